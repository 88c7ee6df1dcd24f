"""All that speaks of an organization in a framework on a day, sorted so that the first that may decide does."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from supplychain.conformity.rules.candidate import EVERY_LEVEL, Candidate, rank
from supplychain.conformity.rules.facts import (
    DecisionFact,
    EvidenceFact,
    EvidenceState,
    Family,
    FindingFact,
    OrganizationFacts,
    Verified,
)
from supplychain.conformity.rules.plan import MET, PARTIAL, Plan, Recognised, Slot, Verdict
from supplychain.conformity.rules.results import SourceState, Why
from supplychain.frameworks.carrying import Route
from supplychain.frameworks.framework import Condition
from supplychain.frameworks.terms import EvidenceKind, Relation, Trust
from supplychain.frameworks.values import ValueUnusable

_DAY = timedelta(days=1)

_READ = frozenset((EvidenceState.ACCEPTED, EvidenceState.EXPIRED, EvidenceState.SUBMITTED))


@dataclass(slots=True)
class Dossier:
    """The candidates per (holder, slot), the decisions and findings in force, and how long all that stands."""

    plan: Plan
    subject: int
    day: date
    company: int
    sites: tuple[int, ...]
    candidates: dict[tuple[int, int], list[Candidate]] = field(default_factory=dict)
    inapplicable: dict[tuple[int, int], Why] = field(default_factory=dict)
    findings: dict[tuple[int, int], int] = field(default_factory=dict)
    good_through: date | None = None

    def holders(self, slot: Slot) -> tuple[int, ...]:
        """Whose results the subject takes for an indicator."""
        return self.sites if slot.site else (self.company,)

    def told(self) -> set[int]:
        """The slots of which anything is recorded."""
        return {index for known in (self.candidates, self.inapplicable, self.findings) for _, index in known}

    def stands_until(self, last: date | None) -> None:
        """Note that something changes on the day after `last`."""
        if last is not None and last >= self.day and (self.good_through is None or last < self.good_through):
            self.good_through = last


def open_dossier(
    plan: Plan,
    subject: int,
    family: Family,
    evidence: Iterable[EvidenceFact],
    findings: Iterable[FindingFact],
    decisions: Iterable[DecisionFact],
    facts: Iterable[OrganizationFacts],
    day: date,
) -> Dossier:
    """Everything that speaks of `subject` on `day`, its company's and its plants' included."""
    company = subject if family.company is None else family.company
    dossier = Dossier(plan, subject, day, company, tuple(sorted(family.plants)) or (subject,))
    _take_evidence(dossier, evidence)
    _take_decisions(dossier, decisions)
    _take_rules(dossier, facts)
    _take_findings(dossier, findings)
    return dossier


def _take_evidence(dossier: Dossier, evidence: Iterable[EvidenceFact]) -> None:
    sites, company = frozenset(dossier.sites), frozenset((dossier.company,))
    kept = dossier.candidates
    for fact in evidence:
        covers = fact.covers
        on_sites, on_company = covers & sites, covers & company
        if fact.state not in _READ or not (on_sites or on_company):
            continue
        hearing = _hear(dossier, fact)
        for slot, candidate in _heard(dossier, hearing):
            for holder in on_sites if slot.site else on_company:
                kept.setdefault((holder, slot.index), []).append(candidate)
                if candidate.state is SourceState.NOT_YET:
                    dossier.stands_until(hearing.begins - _DAY)
                else:
                    dossier.stands_until(candidate.through)
    for candidates in kept.values():
        if len(candidates) > 1:
            candidates.sort(key=rank, reverse=True)


class _Hearing(NamedTuple):
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


def _hear(dossier: Dossier, fact: EvidenceFact) -> _Hearing:
    limit = EVERY_LEVEL
    if fact.on_receipt:
        limit = dossier.plan.receipt_limit.get((fact.kind, fact.trust), 0)
    return _Hearing(fact, dossier.day, fact.seen_on, fact.begins, fact.state is EvidenceState.SUBMITTED, limit)


def _heard(dossier: Dossier, hearing: _Hearing) -> Iterator[tuple[Slot, Candidate]]:
    """By each indicator; what was submitted and lapsed before anybody looked at it is heard by none."""
    plan, fact = dossier.plan, hearing.fact
    found: list[tuple[Slot, Candidate]] = []
    if fact.framework == plan.framework.id:
        for name in fact.values:
            slot = plan.by_indicator.get(name)
            if slot is not None and fact.kind in slot.indicator.evidence:
                found.append((slot, _told(hearing, slot)))
    recognised = plan.standards.get(fact.standard) if fact.standard is not None else None
    if recognised is not None and fact.kind is EvidenceKind.CERTIFICATE:
        found.extend(_certified(dossier, hearing, recognised))
    if not hearing.submitted:
        return iter(found)
    return (one for one in found if one[1].state is not SourceState.LAPSED)


def _told(hearing: _Hearing, slot: Slot) -> Candidate:
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


def _certified(dossier: Dossier, hearing: _Hearing, recognised: Recognised) -> Iterator[tuple[Slot, Candidate]]:
    fact, trust = hearing.fact, recognised.trust
    standard, known = str(fact.standard), recognised.recognises(fact.version)
    problem = None if known else "version-not-recognised"
    until = recognised.until.get(fact.version) if fact.version is not None else None
    for slot in recognised.named_by:
        verdicts = slot.certified(standard, fact.version, fact.values) if known else (None,) * len(slot.levels)
        yield slot, hearing.candidate(slot, Relation.DIRECT, trust, verdicts, problem, until=until)
    for proof in recognised.proofs:
        if known and proof.version in (None, fact.version):
            yield proof.slot, hearing.candidate(proof.slot, proof.relation, trust, proof.verdicts, until=until)
    for route in recognised.routes:
        if known and route.version in (None, fact.version):
            yield from _carried(dossier, hearing, route, until)


def _carried(dossier: Dossier, hearing: _Hearing, route: Route, until: date | None) -> Iterator[tuple[Slot, Candidate]]:
    """What a certificate proves over other standards: never more than the weakest hop."""
    further = dossier.plan.standards[route.standard.id]
    last = min((day for day in (until, route.until) if day), default=None)
    for slot in further.named_by:
        verdicts = slot.certified(route.standard.id, route.as_version, hearing.fact.values)
        shown = _weakened(verdicts, route.relation)
        yield slot, hearing.candidate(slot, route.relation, route.trust, shown, path=route.path, until=last)
    for proof in further.proofs:
        if proof.version in (None, route.as_version):
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


def _take_decisions(dossier: Dossier, decisions: Iterable[DecisionFact]) -> None:
    for decision in decisions:
        slot = _slot_of(dossier, decision.framework, decision.indicator)
        if slot is None or decision.organization not in dossier.holders(slot):
            continue
        if decision.in_force(dossier.day):
            dossier.inapplicable[decision.organization, slot.index] = Why.DECISION
            dossier.stands_until(decision.until)
        elif decision.decided_on > dossier.day:
            dossier.stands_until(decision.decided_on - _DAY)


def _take_rules(dossier: Dossier, facts: Iterable[OrganizationFacts]) -> None:
    by_number = {}
    for one in facts:
        if one.verified:
            by_number[one.number] = one.verified
        dossier.stands_until(one.good_through)
    if not by_number:
        return
    for slot in dossier.plan.conditional:
        for holder in by_number.keys() & dossier.holders(slot):
            known = ((test, by_number[holder].get(test.fact)) for test in slot.indicator.applies)
            if any(fact is not None and not _holds(condition, fact) for condition, fact in known):
                # the rule goes first: what the pack itself leaves out is not the reviewer's share
                dossier.inapplicable[holder, slot.index] = Why.RULE


def _holds(condition: Condition, fact: Verified) -> bool:
    """Whether a verified fact fulfils a condition; a fact of another kind than the condition tests does not fail it."""
    if condition.any_of is not None:
        return not isinstance(fact, frozenset) or bool(fact & condition.any_of)
    if condition.at_least is not None:
        return isinstance(fact, bool | frozenset) or fact >= condition.at_least
    return not isinstance(fact, bool) or fact is condition.equals


def _take_findings(dossier: Dossier, findings: Iterable[FindingFact]) -> None:
    for finding in sorted(findings, key=lambda one: one.number):
        slot = _slot_of(dossier, finding.framework, finding.indicator)
        if slot is not None and finding.is_open:
            dossier.findings.setdefault((finding.organization, slot.index), finding.number)


def _slot_of(dossier: Dossier, framework: str, indicator: str | None) -> Slot | None:
    if framework != dossier.plan.framework.id or indicator is None:
        return None
    return dossier.plan.by_indicator.get(indicator)
