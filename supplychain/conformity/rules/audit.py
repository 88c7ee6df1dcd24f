"""When a cleaner production audit is due (domain rules: Flags, `audit_due`).

An organization is in a class of the rule set of its country where somebody says so and nobody who may know better says
otherwise: an open finding first, then the latest word of a regulator, reviewer or auditor, then its own latest word. An
audit since that word, or one that is young enough where the class goes on being bound, settles it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from graph.facts import spans
from graph.terms import Reason
from supplychain.audits.compulsory import AuditClass, RuleSet, Said, audits, in_force, rule_sets
from supplychain.conformity.rules.facts import EvidenceFact, EvidenceState, FindingFact
from supplychain.conformity.rules.flag import FlagDecision, FlagKind, FlagReason
from supplychain.frameworks.terms import Trust

_DAY = timedelta(days=1)
_HEARD = frozenset((EvidenceState.ACCEPTED, EvidenceState.SUBMITTED))
"""To admit something needs no review."""


@dataclass(frozen=True, slots=True)
class StatedFact:
    """A yes or no that an organization stated, and whether a reviewer confirmed it. day: when that was."""

    organization: int
    fact: str
    value: bool
    day: date
    verified: bool = False
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class AuditCase:
    """Everything that speaks of compulsory audits at one organization.

    evidence, findings: about itself. audited: evidence that may show an audit of it: its own, or its company's.
    ages: by framework, how many months old the pack lets an audit be.
    """

    organization: int
    country: str | None
    stated: Sequence[StatedFact] = ()
    evidence: Sequence[EvidenceFact] = ()
    findings: Sequence[FindingFact] = ()
    audited: Sequence[EvidenceFact] = ()
    ages: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """Somebody's word on whether an organization is in a class.

    source: the fact, or the indicator of the evidence or finding. authority: of who may know better than itself.
    finding: an open one, which overrides until it is verified.
    """

    source: str
    says: bool
    day: date
    authority: bool
    finding: bool = False


@dataclass(frozen=True, slots=True)
class AuditNeed:
    """Why an audit is due at an organization.

    rules, bound: the rule set and its class, None where the last audit is only older than `framework` allows.
    words: what put it into the class. last: the day of its last audit; until: the day from which that was too old.
    """

    organization: int
    last: date | None
    rules: RuleSet | None = None
    bound: AuditClass | None = None
    words: tuple[Word, ...] = ()
    framework: str | None = None
    until: date | None = None

    @property
    def reason(self) -> Reason:
        """As a flag stores it: codes and days."""
        last = self.last.isoformat() if self.last else None
        if self.rules is None or self.bound is None:
            return Reason(FlagReason.AUDIT_TOO_OLD, {"framework": self.framework, "last": last})
        sources = tuple(sorted({word.source for word in self.words}))
        since = max(word.day for word in self.words).isoformat()
        told = {"rules": self.rules.id, "case": self.bound.id, "sources": sources, "since": since, "last": last}
        return Reason(FlagReason.AUDIT_REQUIRED, told)


def audit_due(cases: Iterable[AuditCase], day: date) -> FlagDecision:
    """Open iff an audit is due at one of the organizations whose cases these are."""
    reasons = tuple(need.reason for case in cases for need in audit_needs(case, day))
    return FlagDecision(FlagKind.AUDIT_DUE, bool(reasons), reasons or (Reason(FlagReason.NO_AUDIT_DUE),))


def audit_needs(case: AuditCase, day: date) -> Iterator[AuditNeed]:
    """Every reason for which an audit is due on a day."""
    last = last_audit(case, day)
    rules = in_force(case.country, day)
    for bound in rules.classes if rules else ():
        words = _deciding(list(_words(case, bound, day)))
        if words and _unsettled(bound, words, last, day):
            yield AuditNeed(case.organization, last, rules, bound, words, until=_kept_until(bound, last, day))
    for framework, months in (case.ages or {}).items():
        if last is not None and last + relativedelta(months=months) < day:
            until = last + relativedelta(months=months)
            yield AuditNeed(case.organization, last, framework=framework, until=until)


def last_audit(case: AuditCase, day: date) -> date | None:
    """The day of the last audit that is recorded: accepted, and more than somebody's bare word."""
    return max((fact.seen_on for fact, _ in _audits(case) if fact.begins <= day), default=None)


def audits_good_through(cases: Iterable[AuditCase], day: date) -> date | None:
    """The last day on which, without new facts, it is the same whether an audit is due."""
    return min((turn - _DAY for case in cases for turn in _turns(case) if turn > day), default=None)


def _unsettled(bound: AuditClass, words: Sequence[Word], last: date | None, day: date) -> bool:
    if last is None:
        return True
    until = _kept_until(bound, last, day)
    return until < day if until is not None else last < max(word.day for word in words)


def _kept_until(bound: AuditClass, last: date | None, day: date) -> date | None:
    """The last day for which an audit keeps, where the class says how long."""
    again = bound.again
    if last is None or again is None or not again.in_force.holds_on(day):
        return None
    return last + relativedelta(months=again.months)


def _deciding(words: Sequence[Word]) -> tuple[Word, ...]:
    """The words that put an organization into a class; none where the one that counts says no."""
    for counts in _COUNTS_FIRST:
        heard = [word for word in words if counts(word)]
        if heard:
            latest = max(word.day for word in heard)
            return tuple(word for word in heard if word.day == latest and word.says)
    return ()


_COUNTS_FIRST: Sequence[Callable[[Word], bool]] = (
    lambda word: word.finding,
    lambda word: word.authority,
    lambda word: not word.authority,
)


def _words(case: AuditCase, bound: AuditClass, day: date) -> Iterator[Word]:
    for stated in case.stated:
        if stated.fact in bound.facts and spans(stated.valid_from, stated.valid_to, day):
            yield Word(stated.fact, stated.value, stated.day, stated.verified)
    for said in bound.indicators:
        source = f"{said.framework}/{said.indicator}"
        for fact in case.evidence:
            if said.indicator in _values(fact, said) and fact.state in _HEARD and _counts(fact, day):
                authority = fact.trust >= Trust.CERTIFIED and fact.state is EvidenceState.ACCEPTED
                yield Word(source, said.says(fact.values[said.indicator][0]), fact.seen_on, authority)
        for finding in case.findings:
            if finding.is_open and (finding.framework, finding.indicator) == (said.framework, said.indicator):
                yield Word(source, says=True, day=finding.observed_on or day, authority=True, finding=True)


def _values(fact: EvidenceFact, said: Said) -> Mapping[str, object]:
    return fact.values if fact.framework == said.framework else {}


def _counts(fact: EvidenceFact, day: date) -> bool:
    return fact.begins <= day and (fact.valid_until is None or day <= fact.valid_until)


def _audits(case: AuditCase) -> Iterator[tuple[EvidenceFact, Said]]:
    for fact in case.audited:
        if fact.state is EvidenceState.ACCEPTED and fact.trust >= Trust.DOCUMENTED:
            for said in audits():
                if said.indicator in _values(fact, said) and said.says(fact.values[said.indicator][0]):
                    yield fact, said


def _turns(case: AuditCase) -> Iterator[date]:
    """The days on which something about an audit may be another than the day before."""
    for rules in rule_sets():
        spans_of = [rules.in_force, *(one.again.in_force for one in rules.classes if one.again)]
        for span in spans_of if rules.country == case.country else ():
            yield from (one for one in (span.first, span.last and span.last + _DAY) if one)
    for stated in case.stated:
        yield from (one for one in (stated.valid_from, stated.valid_to and stated.valid_to + _DAY) if one)
    for fact in case.evidence:
        yield fact.begins
        if fact.valid_until is not None:
            yield fact.valid_until + _DAY
    months = {one.again.months for rules in rule_sets() for one in rules.classes if one.again}
    for fact, _ in _audits(case):
        yield fact.begins
        for kept in months | set((case.ages or {}).values()):
            yield fact.seen_on + relativedelta(months=kept) + _DAY
