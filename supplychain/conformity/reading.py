"""From the rows of the one statement that loads facts to the facts that the rules work on."""

from collections.abc import Iterable
from types import MappingProxyType
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from supplychain.conformity.rules.audit import StatedFact
from supplychain.conformity.rules.facts import EvidenceFact, EvidenceState, FindingFact, FindingState
from supplychain.frameworks.terms import EvidenceKind, Trust

_KINDS = {str(kind): kind for kind in EvidenceKind}
_STATES = {str(state): state for state in EvidenceState}


class Recorded(NamedTuple):
    """A row of the statement, its columns in their order: read many times faster than by name from a result."""

    what: str
    number: int
    organization: int
    sites: Any
    values: Any
    certificate: Any
    framework: Any
    kind: Any
    standard: Any
    trust: Any
    state: Any
    observed_from: Any
    observed_to: Any
    issued_on: Any
    valid_until: Any
    received_at: Any
    reviewed_at: Any


def finding_fact(row: Recorded, organization: int) -> FindingFact:
    """A finding that is not verified yet."""
    state = FindingState(row.state)
    return FindingFact(row.number, organization, row.framework, row.kind, row.trust, state, row.observed_from)


def stated_fact(row: Recorded, organization: int, zone: ZoneInfo) -> StatedFact:
    """A yes or no that an organization stated, and whether a reviewer confirmed it."""
    return StatedFact(
        organization=organization,
        fact=row.kind,
        value=row.values == ["true"],
        day=row.issued_on or row.received_at.astimezone(zone).date(),
        verified=row.issued_on is not None,
        valid_from=row.observed_from,
        valid_to=row.observed_to,
    )


def evidence_fact(row: Recorded, organization: int, sites: Iterable[int] | None, zone: ZoneInfo) -> EvidenceFact:
    """A piece of evidence; the calendar days of its moments are those of the zone."""
    certificate = row.certificate or {}
    return EvidenceFact(
        number=row.number,
        organization=organization,
        kind=_KINDS[row.kind],
        trust=Trust.of(row.trust),
        state=_STATES[row.state],
        received_at=row.received_at.astimezone(zone),  # its date is a calendar day
        sites=frozenset(sites or ()),
        framework=row.framework,
        values=MappingProxyType({one["indicator"]: (one["value"], one.get("unit")) for one in row.values or ()}),
        standard=row.standard,
        version=certificate.get("version"),
        observed_from=row.observed_from,
        observed_to=row.observed_to,
        issued_on=row.issued_on,
        valid_until=row.valid_until,
        on_receipt=row.reviewed_at is None and row.state == EvidenceState.ACCEPTED,
    )
