"""From rows to the facts the engine folds; every change of a row is told through here."""

from datetime import date
from typing import Any

from graph import network as facts
from graph.facts import Attributes, Known
from graph.terms import Disclosure, FlowDown, LinkState, OrganizationKind, most_closed
from supplychain.network.models import Organization, OwnershipRow, SupplierRecord, SupplyLink


def of_organization(row: Organization) -> facts.Organization:
    """What scopes and roll-ups test of an organization.

    Until its owner is verified the row holds what its first source entered: another buyer's word, which
    no scope may test and no reader may see. The source's own record says the same to the source. An entry that was
    merged into another is nobody any more.
    """
    merged = row.merged_into is not None
    verified = row.claim == "verified" and not merged
    return facts.Organization(
        number=row.number,
        kind=OrganizationKind(row.kind),
        active=row.active and not merged,
        country=row.country if verified else None,
        region=row.region if verified else None,
        sector=row.sector if verified else None,
        size=row.size if verified else None,
        verified=verified,
        claimed=row.claim != "unclaimed" and not merged,
        id=row.id,
        name=row.name,
        name_zh=row.name_zh,
        proven=Attributes(**{name: proof["value"] for name, proof in (row.proven or {}).items()}),
        known=tuple(_known(one) for one in row.verified_facts or ()),
    )


def of_record(row: SupplierRecord) -> facts.Record:
    """What a buyer wrote down about an organization."""
    return facts.Record(
        owner=row.owner,
        organization=row.organization,
        country=row.country,
        region=row.region,
        sector=row.sector,
        size=row.size,
    )


def of_ownership(row: OwnershipRow) -> facts.Ownership:
    """A dated ownership and whether it counts."""
    return facts.Ownership(
        number=row.number,
        child=row.child,
        parent=row.parent,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        confirmed=row.confirmed,
    )


def of_link(row: SupplyLink) -> facts.Link:
    """A supply link with the more closed of both wishes."""
    return facts.Link(
        number=row.number,
        id=row.id,
        buyer=row.buyer,
        supplier=row.supplier,
        category=row.category or None,
        share=row.share,
        periods=periods_of(row.periods),
        flow_down=FlowDown(row.flow_down),
        disclosure=most_closed(Disclosure(row.disclosure_buyer), Disclosure(row.disclosure_supplier)),
        owner=row.owner or None,
    )


def periods_of(stored: list[Any]) -> tuple[facts.Period, ...]:
    """Periods from their stored form ``[[from|null, to|null, state], …]``."""
    return tuple(
        facts.Period(_day(valid_from), _day(valid_to), LinkState(state)) for valid_from, valid_to, state in stored
    )


def stored_periods(periods: tuple[facts.Period, ...]) -> list[Any]:
    """Periods in their stored form."""
    return [[_text(period.valid_from), _text(period.valid_to), str(period.state)] for period in periods]


def _known(stored: dict[str, Any]) -> Known:
    return Known(
        fact=stored["fact"],
        values=tuple(stored["values"]),
        year=stored["year"],
        valid_from=_day(stored["valid_from"]),
        valid_to=_day(stored["valid_to"]),
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
