"""All that speaks of an organization in a framework on a day, sorted so that the first that may decide does."""

from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from supplychain.conformity.rules.candidate import Candidate, rank
from supplychain.conformity.rules.facts import (
    DecisionFact,
    EvidenceFact,
    Family,
    FindingFact,
    OrganizationFacts,
)
from supplychain.conformity.rules.hearing import covering, hear, heard
from supplychain.conformity.rules.plan import Plan, Slot
from supplychain.conformity.rules.results import SourceState, Why

_DAY = timedelta(days=1)


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
    *,
    only: Container[int] | None = None,
) -> Dossier:
    """Everything that speaks of `subject` on `day`, its company's and its plants' included.

    only: the slots of which evidence is heard; by default all.
    """
    company = subject if family.company is None else family.company
    dossier = Dossier(plan, subject, day, company, tuple(sorted(family.plants)) or (subject,))
    _take_evidence(dossier, evidence, range(len(plan.slots)) if only is None else only)
    _take_decisions(dossier, decisions)
    _take_rules(dossier, facts)
    _take_findings(dossier, findings)
    return dossier


def _take_evidence(dossier: Dossier, evidence: Iterable[EvidenceFact], only: Container[int]) -> None:
    kept = dossier.candidates
    for fact, on_sites, on_company in covering(dossier.sites, dossier.company, evidence):
        hearing = hear(dossier.plan, fact, dossier.day)
        for slot, candidate in heard(dossier.plan, hearing, only):
            for holder in on_sites if slot.site else on_company:
                kept.setdefault((holder, slot.index), []).append(candidate)
                if candidate.state is SourceState.NOT_YET:
                    dossier.stands_until(hearing.begins - _DAY)
                else:
                    dossier.stands_until(candidate.through)
    for candidates in kept.values():
        if len(candidates) > 1:
            candidates.sort(key=rank, reverse=True)


def _take_decisions(dossier: Dossier, decisions: Iterable[DecisionFact]) -> None:
    for decision in decisions:
        slot = slot_of(dossier.plan, decision.framework, decision.indicator)
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
    for slot, rule in dossier.plan.conditional:
        for holder in by_number.keys() & dossier.holders(slot):
            if rule.leaves_out(by_number[holder]):
                # the rule goes first: what the pack itself leaves out is not the reviewer's share
                dossier.inapplicable[holder, slot.index] = Why.RULE


def _take_findings(dossier: Dossier, findings: Iterable[FindingFact]) -> None:
    for finding in sorted(findings, key=lambda one: one.number):
        slot = slot_of(dossier.plan, finding.framework, finding.indicator)
        if slot is not None and finding.is_open:
            dossier.findings.setdefault((finding.organization, slot.index), finding.number)


def slot_of(plan: Plan, framework: str, indicator: str | None) -> Slot | None:
    """The slot of an indicator of a framework, None where it is not this plan's."""
    if framework != plan.framework.id or indicator is None:
        return None
    return plan.by_indicator.get(indicator)
