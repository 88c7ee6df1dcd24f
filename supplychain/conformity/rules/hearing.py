"""What each indicator hears of a piece of evidence (domain rules: Evidence, Crosswalk)."""

from collections.abc import Container, Iterable, Iterator
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from supplychain.conformity.rules.candidate import EVERY_LEVEL, Candidate
from supplychain.conformity.rules.facts import EvidenceFact, EvidenceState
from supplychain.conformity.rules.plan import MET, PARTIAL, Plan, Recognised, Slot, Verdict
from supplychain.conformity.rules.results import SourceState
from supplychain.frameworks.carrying import Route
from supplychain.frameworks.terms import EvidenceKind, Relation, Trust
from supplychain.frameworks.values import ValueUnusable

READ = frozenset((EvidenceState.ACCEPTED, EvidenceState.EXPIRED, EvidenceState.SUBMITTED))
"""The states in which evidence is heard at all."""


class Hearing(NamedTuple):
    """A piece of evidence with what is the same for every indicator that hears it. limit: as `accepted_up_to`."""

    fact: EvidenceFact
    day: date
    seen_on: date
    begins: date
    submitted: bool
    limit: int

    def candidate(
        self,
        slot: Slot,
        relation: Relation,
        trust: Trust,
        verdicts: tuple[Verdict | None, ...],
        problem: str | None = None,
        path: tuple[str, ...] = (),
        until: date | None = None,
        *,
        short: bool = False,
    ) -> Candidate:
        """As one indicator hears it; until: the last day on which the edition it rests on counts."""
        fact = self.fact
        through = _through(fact, self.seen_on, slot.indicator.validity_months)
        if until is not None and until < through:
            through = until
        if problem:
            state = SourceState.UNUSABLE
        elif through < self.day:
            state = SourceState.LAPSED
        elif self.begins > self.day:
            state = SourceState.NOT_YET
        else:
            state = SourceState.UNDER_REVIEW if self.submitted else SourceState.IN_FORCE
        return Candidate(
            fact.number,
            relation,
            state,
            trust,
            self.seen_on,
            fact.received_at,
            through,
            verdicts,
            self.limit,
            problem,
            path,
            short,
        )


def covering(
    sites: Iterable[int], company: int, evidence: Iterable[EvidenceFact]
) -> Iterator[tuple[EvidenceFact, frozenset[int], frozenset[int]]]:
    """The evidence that speaks of some sites or of their company at all, each with those of either it covers."""
    these, owner = frozenset(sites), frozenset((company,))
    for fact in evidence:
        if fact.state in READ:
            covers = fact.covers
            on_sites, on_company = covers & these, covers & owner
            if on_sites or on_company:
                yield fact, on_sites, on_company


def hear(plan: Plan, fact: EvidenceFact, day: date) -> Hearing:
    """A piece of evidence on a day, before any indicator is asked."""
    limit = EVERY_LEVEL
    if fact.on_receipt:
        limit = plan.receipt_limit.get((fact.kind, fact.trust), 0)
    return Hearing(fact, day, fact.seen_on, fact.begins, fact.state is EvidenceState.SUBMITTED, limit)


def heard(plan: Plan, hearing: Hearing, only: Container[int]) -> Iterator[tuple[Slot, Candidate]]:
    """By each indicator; what was submitted and lapsed before anybody looked at it is heard by none.

    only: the slots that listen.
    """
    found = _heard(plan, hearing, only)
    if not hearing.submitted:
        return found
    return (one for one in found if one[1].state is not SourceState.LAPSED)


def _heard(plan: Plan, hearing: Hearing, only: Container[int]) -> Iterator[tuple[Slot, Candidate]]:
    fact = hearing.fact
    if fact.framework == plan.framework.id:
        for name in fact.values:
            slot = plan.by_indicator.get(name)
            if slot is not None and slot.index in only and fact.kind in slot.indicator.evidence:
                yield slot, _told(hearing, slot)
    recognised = plan.standards.get(fact.standard) if fact.standard is not None else None
    if recognised is not None and fact.kind is EvidenceKind.CERTIFICATE:
        yield from _certified(plan, hearing, recognised, only)


def _told(hearing: Hearing, slot: Slot) -> Candidate:
    """What evidence itself answers. A reading over fewer months than the indicator is measured over decides no target
    that asks a number: neither for nor against, whatever it says.
    """
    fact, period = hearing.fact, slot.indicator.period
    short = period is not None and not period.covered(fact.observed_from, fact.observed_to)
    try:
        verdicts, problem = slot.verdicts(fact.values), None
    except ValueUnusable as unusable:
        # a later version of the framework may ask otherwise than what was once answered
        verdicts, problem, short = (None,) * len(slot.levels), unusable.code, False
    if short:
        verdicts = slot.over_less(verdicts)
    return hearing.candidate(slot, Relation.DIRECT, fact.trust, verdicts, problem, short=short)


def _certified(
    plan: Plan, hearing: Hearing, recognised: Recognised, only: Container[int]
) -> Iterator[tuple[Slot, Candidate]]:
    fact, trust = hearing.fact, recognised.trust
    standard, known = str(fact.standard), recognised.recognises(fact.version)
    problem = None if known else "version-not-recognised"
    until = recognised.until.get(fact.version) if fact.version is not None else None
    for slot in recognised.named_by:
        if slot.index not in only:
            continue
        verdicts = slot.certified(standard, fact.version, fact.values) if known else (None,) * len(slot.levels)
        yield slot, hearing.candidate(slot, Relation.DIRECT, trust, verdicts, problem, until=until)
    for proof in recognised.proofs:
        if known and proof.slot.index in only and proof.version in (None, fact.version):
            yield proof.slot, hearing.candidate(proof.slot, proof.relation, trust, proof.verdicts, until=until)
    for route in recognised.routes:
        if known and route.version in (None, fact.version):
            yield from _carried(plan, hearing, route, until, only)


def _carried(
    plan: Plan, hearing: Hearing, route: Route, until: date | None, only: Container[int]
) -> Iterator[tuple[Slot, Candidate]]:
    """What a certificate proves over other standards: never more than the weakest hop."""
    further = plan.standards[route.standard.id]
    last = min((day for day in (until, route.until) if day), default=None)
    for slot in further.named_by:
        if slot.index not in only:
            continue
        verdicts = slot.certified(route.standard.id, route.as_version, hearing.fact.values)
        shown = _weakened(verdicts, route.relation)
        yield slot, hearing.candidate(slot, route.relation, route.trust, shown, path=route.path, until=last)
    for proof in further.proofs:
        if proof.slot.index in only and proof.version in (None, route.as_version):
            relation = Relation.PARTIAL if route.relation is Relation.PARTIAL else proof.relation
            shown = _weakened(proof.verdicts, relation)
            yield proof.slot, hearing.candidate(proof.slot, relation, route.trust, shown, path=route.path, until=last)


def _weakened(verdicts: tuple[Verdict | None, ...], relation: Relation) -> tuple[Verdict | None, ...]:
    if relation is not Relation.PARTIAL:
        return verdicts
    return tuple(PARTIAL if verdict == MET else verdict for verdict in verdicts)


def _through(fact: EvidenceFact, seen_on: date, months: int) -> date:
    """The last day in force. A certificate runs as long as it says; anybody else's word no longer than the pack
    allows, whatever date it bears.
    """
    if fact.valid_until is not None and fact.kind is EvidenceKind.CERTIFICATE:
        return fact.valid_until
    last = _months_after(seen_on, months)
    return last if fact.valid_until is None else min(last, fact.valid_until)


@lru_cache(maxsize=16384)
def _months_after(day: date, months: int) -> date:
    return day + relativedelta(months=months)
