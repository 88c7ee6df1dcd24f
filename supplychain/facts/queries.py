"""Who sees which fact: the organization, who owns it as a plant, and the reviewer it is assigned to. Nobody else."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import aliased

from supplychain.audits.compulsory import rule_sets
from supplychain.errors import NotFound
from supplychain.evidence.models import Evidence
from supplychain.facts.models import FactStanding, OrganizationFact
from supplychain.facts.sizing import Sizing, rules, size
from supplychain.frameworks.catalogue import FactType
from supplychain.frameworks.framework import Framework
from supplychain.network import engine, proofs
from supplychain.network.models import Organization
from supplychain.work import Work

Row = tuple[OrganizationFact, str, str | None]
_Subject, _Document = aliased(Organization), aliased(Evidence)
_STANDS = OrganizationFact.ended_at.is_(None)


def own(work: Work, organization: str | None) -> int:
    """Oneself, or a plant of one's own by its public id. Raises NotFound."""
    mine = work.actor.organization
    if organization is None:
        return mine
    network = engine.network(work)
    for number in {mine, *network.plants_of(mine, work.today)}:
        found = network.organization(number)
        if found is not None and found.id == organization:
            return number
    raise NotFound


def standing(work: Work, organization: int, fact: str, year: int | None) -> OrganizationFact | None:
    """The fact that stands of an organization."""
    query = select(OrganizationFact).where(
        _STANDS,
        OrganizationFact.organization == organization,
        OrganizationFact.fact == fact,
        OrganizationFact.year.is_(None) if year is None else OrganizationFact.year == year,
    )
    return work.session.scalar(query)


def all_standing(work: Work, organization: int) -> Sequence[OrganizationFact]:
    """Every fact that stands of an organization, in the order it was stated."""
    query = select(OrganizationFact).where(_STANDS, OrganizationFact.organization == organization)
    return work.session.scalars(query.order_by(OrganizationFact.number)).all()


def own_standing(work: Work, organization: int) -> Sequence[OrganizationFact]:
    """The facts that stand of the caller, or that it stated of a plant of its own, in the order they were stated."""
    query = select(OrganizationFact).where(_STANDS, OrganizationFact.organization == organization, _mine(work))
    return work.session.scalars(query.order_by(OrganizationFact.number)).all()


def of_mine(
    work: Work, *, organization: str | None = None, history: str = "without", **filters: Any
) -> Select[OrganizationFact, str, str | None]:
    """The facts of the caller, or of a plant of its own that it stated, as they stand or with what ended."""
    query = _shown().where(OrganizationFact.organization == own(work, organization), _mine(work))
    return _filtered(query if history == "with" else query.where(_STANDS), **filters)


def of_reviewed(
    work: Work, *, organization: str | None = None, **filters: Any
) -> Select[OrganizationFact, str, str | None]:
    """The facts that stand of the organizations assigned to the caller and of their plants."""
    query = _shown().where(_STANDS, OrganizationFact.organization.in_(_assigned(work)))
    if organization is not None:
        query = query.where(_Subject.id == organization)
    return _filtered(query, **filters)


def reviewed(work: Work, fact_id: str) -> OrganizationFact:
    """A fact of an organization assigned to the caller. Raises NotFound."""
    mine = OrganizationFact.organization.in_(_assigned(work))
    row = work.session.scalar(select(OrganizationFact).where(OrganizationFact.id == fact_id, mine))
    if row is None:
        raise NotFound
    return row


def shown(work: Work, row: OrganizationFact) -> dict[str, Any]:
    """One fact as it goes over the wire."""
    with work.deriving():  # the caller was let to the fact; its document's id goes with it
        found = work.session.execute(_shown().where(OrganizationFact.number == row.number)).one()
    return represent([tuple(found)])[0]


def sizings(work: Work, day: date) -> list[tuple[Sizing, FactStanding | None]]:
    """What each size rule makes of the caller's figures on a day, with the weakest standing among those it used."""
    rows = [one for one in all_standing(work, work.actor.organization) if one.year is not None]
    figures: dict[str, dict[int, int]] = {}
    for one in rows:
        figures.setdefault(one.fact, {})[one.year or 0] = int(one.values[0])
    return [_with_standing(size(rule, figures, day), rows) for rule in rules().values()]


def represent_sizing(sizing: Sizing, weakest: FactStanding | None) -> dict[str, Any]:
    """A size rule and what it makes of the caller's figures, as it goes over the wire."""
    rule = sizing.rule
    return {
        "rule": rule.id,
        "names": rule.names,
        "source": rule.source,
        "tag": rule.tag,
        "in_force_from": rule.in_force_from,
        "in_force_to": rule.in_force_to,
        "size_class": sizing.decided,
        "possible": list(sizing.possible),
        "year": sizing.year,
        "used": [{"fact": name, "value": value} for name, value in sizing.used.items()],
        "missing": list(sizing.missing),
        "standing": weakest,
    }


def represent_type(one: FactType, readers: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """A fact of the catalogue, with the indicators, size rules and audit rule sets that read it."""
    by_rules = [rule.id for rule in rules().values() if one.id in rule.bounds]
    by_rules += [f"audit/{rule.id}" for rule in rule_sets() if any(one.id in each.facts for each in rule.classes)]
    return {
        "id": one.id,
        "kind": one.kind,
        "names": one.names,
        "question": one.question,
        "unit": one.unit,
        "yearly": one.yearly,
        "codes": [
            {"id": code.id, "names": code.names, "sectors": None if code.sectors is None else sorted(code.sectors)}
            for code in one.codes.values()
        ],
        "read_by": [*readers.get(one.id, ()), *readers.get(one.feeds or "", ()), *by_rules],
    }


def readers_in(frameworks: Iterable[Framework]) -> Mapping[str, Sequence[str]]:
    """By fact, the indicators whose rules read it, as ``framework@version/indicator``."""
    found: dict[str, list[str]] = {}
    for framework in frameworks:
        for indicator in framework.indicators:
            for fact in indicator.applies.facts if indicator.applies else ():
                found.setdefault(fact, []).append(f"{framework.key}/{indicator.id}")
    return found


def represent(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Facts as they go over the wire."""
    return [
        {
            "id": row.id,
            "organization": organization,
            "fact": row.fact,
            "year": row.year,
            "value": row.value,
            "valid_from": row.valid_from,
            "valid_to": row.valid_to,
            "standing": row.standing,
            "document": document,
            "stated_at": row.stated_at,
            "verified_on": row.verified_on,
            "ended_at": row.ended_at,
        }
        for row, organization, document in rows
    ]


def _shown() -> Any:
    return (
        select(OrganizationFact, _Subject.id, _Document.id)
        .join(_Subject, _Subject.number == OrganizationFact.organization)
        .outerjoin(_Document, _Document.number == OrganizationFact.document)
    )


def _mine(work: Work) -> ColumnElement[bool]:
    me = work.actor.organization
    return or_(OrganizationFact.organization == me, OrganizationFact.holder == me)


def _assigned(work: Work) -> Select[int]:
    return proofs.reviewed(work).with_only_columns(Organization.number)


def _filtered(query: Select[Any], *, fact: str | None = None, standing: str | None = None) -> Select[Any]:
    if fact is not None:
        query = query.where(OrganizationFact.fact == fact)
    return query if standing is None else query.where(_told_as(FactStanding(standing)))


def _told_as(standing: FactStanding) -> ColumnElement[bool]:
    unread = OrganizationFact.reviewer.is_(None)
    return {
        FactStanding.VERIFIED: OrganizationFact.reviewer.is_not(None),
        FactStanding.DOCUMENTED: and_(unread, OrganizationFact.document.is_not(None)),
        FactStanding.DECLARED: and_(unread, OrganizationFact.document.is_(None)),
    }[standing]


def _with_standing(sizing: Sizing, rows: Sequence[OrganizationFact]) -> tuple[Sizing, FactStanding | None]:
    order = list(FactStanding)
    used = [one.standing for one in rows if one.fact in sizing.used and one.year == sizing.year]
    return sizing, min(used, key=order.index, default=None)
