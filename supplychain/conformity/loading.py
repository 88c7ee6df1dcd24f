"""The facts that conformity follows from, of any number of organizations in one statement.

On PostgreSQL each statement of a write sees its own snapshot, so the heads come with the facts: whoever waited
for a supplier's lock then computes from what the holder of the lock committed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    JSON,
    ColumnElement,
    Date,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    false,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session

from graph.network import Network
from graph.terms import OrganizationKind
from supplychain.audits.compulsory import trigger_facts
from supplychain.audits.models import Decision, Finding
from supplychain.conformity.moved import Whereabouts
from supplychain.conformity.moved import since as moved_since
from supplychain.conformity.reading import Recorded, evidence_fact, finding_fact, stated_fact
from supplychain.conformity.rules.audit import StatedFact
from supplychain.conformity.rules.facts import (
    DecisionFact,
    EvidenceFact,
    EvidenceState,
    Family,
    FindingFact,
    FindingState,
    OrganizationFacts,
)
from supplychain.db import UTCDateTime
from supplychain.dialects import among, among_sent
from supplychain.evidence.models import Evidence
from supplychain.facts.models import OrganizationFact
from supplychain.facts.rules import verified
from supplychain.heads import LEVEL, NETWORK, LogHead
from supplychain.network.models import Organization
from supplychain.work import Work

_COUNTS = ("submitted", "accepted")


@dataclass(frozen=True, slots=True)
class Facts:
    """What is recorded about some organizations, by organization; of whom nothing is recorded is not there.

    heads: network and level revision at the moment the facts were read.
    """

    heads: tuple[int, int]
    evidence: Mapping[int, Sequence[EvidenceFact]]
    findings: Mapping[int, Sequence[FindingFact]]
    decisions: Mapping[int, Sequence[DecisionFact]]
    stated: Mapping[int, Sequence[StatedFact]]


def family_of(network: Network, organization: int, day: date) -> Family:
    """Whose results an organization takes over: a plant its company's, a company its plants'."""
    found = network.organization(organization)
    if found is not None and found.kind is OrganizationKind.PLANT:
        return Family(company=network.company_of(organization, day))
    return Family(plants=frozenset(network.plants_of(organization, day)))


def relatives(network: Network, organization: int, day: date) -> frozenset[int]:
    """Everybody whose conformity what is recorded about an organization may change."""
    found = network.organization(organization)
    if found is not None and found.kind is OrganizationKind.PLANT:
        return network.owners_of(organization, day) | {organization}
    return frozenset(network.plants_of(organization, day)) | {organization}


def facts_about(network: Network, organization: int, day: date | None = None) -> OrganizationFacts:
    """What is verified about an organization on a day: what a reviewer confirmed on a document, never its own word.

    day: by default the one that the network has reached.
    """
    on = network.day if day is None else day
    found = network.organization(organization)
    if found is None:
        return OrganizationFacts(organization)
    told = verified(found.proven, found.known, on)
    return OrganizationFacts(organization, told.values, told.good_through)


def load(work: Work, organizations: Iterable[int]) -> Facts:
    """All evidence that may count, open findings, decisions and what is stated that audit rules read, by the
    organization that it speaks of.

    Of a moment at which less was known, what was recorded by then, as it then was.
    """
    cutoff = work.moment.cutoff(work.runtime.settings.time_zone)
    moved = Whereabouts() if cutoff is None else moved_since(work.connection, cutoff)
    zone = ZoneInfo(work.runtime.settings.time_zone)
    numbers = sorted(set(organizations))
    asked_about = frozenset(numbers)
    evidence: dict[int, list[EvidenceFact]] = {}
    findings: dict[int, list[FindingFact]] = {}
    decisions: dict[int, list[DecisionFact]] = {}
    stated: dict[int, list[StatedFact]] = {}
    heads = (0, 0)
    asked = {"numbers": [*numbers, *moved.organizations], **({"cutoff": cutoff} if cutoff else {})}
    told = work.connection.execute(_STATEMENT_THEN if cutoff else _STATEMENT, asked).all()  # one by one is slower
    for row in map(Recorded._make, told):
        if row.what == "heads":
            heads = (row.number, row.organization)
            continue
        whose = moved.then("organization", row.what, row.number, row.organization)
        if whose not in asked_about:
            continue
        if row.what == "evidence":
            sites = moved.then("sites", row.what, row.number, row.sites)
            evidence.setdefault(whose, []).append(evidence_fact(row, whose, sites, zone))
        elif row.what == "finding":
            findings.setdefault(whose, []).append(finding_fact(row, whose))
        elif row.what == "stated":
            stated.setdefault(whose, []).append(stated_fact(row, whose, zone))
        else:
            decisions.setdefault(whose, []).append(
                DecisionFact(
                    row.number, whose, row.framework, row.kind, row.standard, row.observed_from, row.observed_to
                )
            )
    return Facts(heads, evidence, findings, decisions, stated)


_EVIDENCE = Evidence.__table__.c
_FINDING = Finding.__table__.c
_DECISION = Decision.__table__.c
_HEAD = LogHead.__table__.c
_FACT = OrganizationFact.__table__.c
_CUTOFF: Any = bindparam("cutoff", type_=UTCDateTime())


def _theirs(organization: Any) -> ColumnElement[bool]:
    return among_sent(organization, "numbers")


def _head(name: str) -> Any:
    return select(_HEAD.revision).where(_HEAD.name == name).scalar_subquery()


def _union() -> list[Any]:
    """The columns all parts share, as `Recorded` names them; what a part lacks is NULL of the right type."""
    return [
        cast(null(), JSON).label("sites"),
        cast(null(), JSON).label("values"),
        cast(null(), JSON).label("certificate"),
        cast(null(), String).label("framework"),
        cast(null(), String).label("kind"),
        cast(null(), String).label("standard"),
        cast(null(), String).label("trust"),
        cast(null(), String).label("state"),
        cast(null(), Date).label("observed_from"),
        cast(null(), Date).label("observed_to"),
        cast(null(), Date).label("issued_on"),
        cast(null(), Date).label("valid_until"),
        cast(null(), UTCDateTime).label("received_at"),
        cast(null(), UTCDateTime).label("reviewed_at"),
    ]


def _part(what: str, number: Any, organization: Any, **columns: Any) -> Select[Any]:
    shared = [columns.get(column.name, column) for column in _union()]
    return select(literal(what).label("what"), number.label("number"), organization.label("organization"), *shared)


def _heads() -> Select[Any]:
    return _part("heads", _head(NETWORK), _head(LEVEL))


def _evidence() -> Select[Any]:
    names = [column.name for column in _union()]
    columns = {name: _EVIDENCE[name] for name in names}
    return _part("evidence", _EVIDENCE.number, _EVIDENCE.organization, **columns).where(
        _theirs(_EVIDENCE.organization), _EVIDENCE.state.in_(_COUNTS)
    )


def _evidence_then() -> Select[Any]:
    names = [column.name for column in _union()]
    reviewed = _EVIDENCE.reviewed_at < _CUTOFF
    rejected = _EVIDENCE.state == EvidenceState.REJECTED.value
    state = case(
        (~func.coalesce(reviewed, false()), _EVIDENCE.received_state),
        (rejected, EvidenceState.REJECTED.value),
        else_=EvidenceState.ACCEPTED.value,
    )
    then = {
        "state": state,
        "trust": case((reviewed, _EVIDENCE.trust), else_=_EVIDENCE.received_trust),
        "reviewed_at": case((reviewed, _EVIDENCE.reviewed_at)),
    }
    columns = {name: then[name].label(name) if name in then else _EVIDENCE[name] for name in names}
    return _part("evidence", _EVIDENCE.number, _EVIDENCE.organization, **columns).where(
        _theirs(_EVIDENCE.organization),
        _EVIDENCE.received_at < _CUTOFF,
        or_(_EVIDENCE.closed_at.is_(None), _EVIDENCE.closed_at >= _CUTOFF),
        state.in_(_COUNTS),
    )


def _findings(standing: ColumnElement[bool]) -> Select[Any]:
    return _part(
        "finding",
        _FINDING.number,
        _FINDING.organization,
        framework=_FINDING.framework,
        kind=_FINDING.indicator,
        trust=_FINDING.severity,
        state=case((_FINDING.state == FindingState.VERIFIED.value, FindingState.RECTIFIED.value), else_=_FINDING.state),
        observed_from=_FINDING.observed_on,
    ).where(_theirs(_FINDING.organization), standing)


def _decisions(made: ColumnElement[bool]) -> Select[Any]:
    return _part(
        "decision",
        _DECISION.number,
        _DECISION.organization,
        framework=_DECISION.framework,
        kind=_DECISION.indicator,
        standard=_DECISION.reason,
        observed_from=_DECISION.decided_on,
        observed_to=_DECISION.expires_on,
    ).where(_theirs(_DECISION.organization), made)


def _stated(standing: ColumnElement[bool]) -> Select[Any]:
    return _part(
        "stated",
        _FACT.number,
        _FACT.organization,
        values=_FACT["values"],
        kind=_FACT.fact,
        observed_from=_FACT.valid_from,
        observed_to=_FACT.valid_to,
        issued_on=_FACT.verified_on,
        received_at=_FACT.stated_at,
    ).where(_theirs(_FACT.organization), standing, _FACT.fact.in_(sorted(trigger_facts())))


_OPEN_NOW = _FINDING.state != FindingState.VERIFIED.value
_OPEN_THEN = and_(_FINDING.opened_at < _CUTOFF, or_(_FINDING.verified_at.is_(None), _FINDING.verified_at >= _CUTOFF))
_STOOD_THEN = and_(_FACT.stated_at < _CUTOFF, or_(_FACT.ended_at.is_(None), _FACT.ended_at >= _CUTOFF))
# Built once: to build it costs as much as to run it.
_STATEMENT = union_all(
    _heads(), _evidence(), _findings(_OPEN_NOW), _decisions(true()), _stated(_FACT.ended_at.is_(None))
)
_STATEMENT_THEN = union_all(
    _heads(), _evidence_then(), _findings(_OPEN_THEN), _decisions(_DECISION.decided_at < _CUTOFF), _stated(_STOOD_THEN)
)


def consents(session: Session, organizations: Sequence[int]) -> frozenset[int]:
    """Which of them consent to be listed for matchmaking."""
    query = select(Organization.number).where(among(Organization.number, organizations), Organization.listed)
    return frozenset(session.scalars(query))
