"""The `gated` method as a spreadsheet would do it, written from the words of the domain page and no code of the rules:
for every indicator and level it looks through all evidence anew. Also what the rules' speed is held against.
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil
from typing import NamedTuple

from supplychain.conformity.rules import DecisionFact, EvidenceFact, FindingFact
from supplychain.frameworks.framework import Framework, Indicator, Target


@dataclass(frozen=True)
class Sheet:
    """What speaks of one organization without plants; values are in the indicators' own units."""

    framework: Framework
    evidence: Sequence[EvidenceFact]
    day: date
    decisions: Sequence[DecisionFact] = ()
    findings: Sequence[FindingFact] = ()


TOO_SHORT = "too short"
"""It speaks, and decides nothing."""


class Word(NamedTuple):
    """What one piece of evidence says of one indicator at one level; the greatest decides."""

    direct: bool
    seen_on: date
    trust: int
    received_at: datetime
    order: int
    outcome: str
    through: date


def levels(sheet: Sheet) -> Mapping[str, int | None]:
    """The level of each pillar; None = not assessed."""
    return {pillar.id: level(sheet, pillar.id) for pillar in sheet.framework.pillars}


def level(sheet: Sheet, pillar: str) -> int | None:
    """The level of a pillar; None = not assessed."""
    asked = [one for one in sheet.framework.indicators if one.pillar == pillar]
    for one in asked:
        if one.zero_tolerance and outcome(sheet, one, one.targets[0].level) == "unmet":
            return 0
    if not any(_speaks(sheet, one) for one in asked):
        return None
    reached = 0
    for rank in range(1, len(sheet.framework.levels) + 1):
        if not _holds(sheet, asked, rank):
            break
        reached = rank
    return reached


def outcome(sheet: Sheet, asked: Indicator, rank: int) -> str:
    """What an indicator is at a level it has a target for."""
    if any(one.indicator == asked.id and one.state != "verified" for one in sheet.findings):
        return "unmet"
    if any(one.indicator == asked.id for one in sheet.decisions):
        return "not_applicable"
    words = [one for one in _words(sheet, asked, rank) if one.outcome != TOO_SHORT]
    trusted = [one for one in words if one.trust >= asked.min_trust[rank - 1]]
    in_force = [one for one in trusted if one.through >= sheet.day]
    if not in_force:
        return "expired" if trusted else "not_assessed"
    return max(in_force).outcome


def outcomes(sheet: Sheet) -> Mapping[tuple[str, int], str]:
    """What each indicator is at each level it has a target for."""
    return {
        (asked.id, target.level): outcome(sheet, asked, target.level)
        for asked in sheet.framework.indicators
        for target in asked.targets
    }


def _holds(sheet: Sheet, asked: Iterable[Indicator], rank: int) -> bool:
    here = [one for one in asked if rank in [target.level for target in one.targets]]
    results = {one.id: outcome(sheet, one, rank) for one in here}
    mandatory = [one for one in here if one.mandatory_from is not None and one.mandatory_from <= rank]
    gone = [one for one in mandatory if results[one.id] == "not_applicable"]
    left = [one for one in mandatory if results[one.id] != "not_applicable"]
    optional = [one for one in here if one.mandatory_from is None and results[one.id] != "not_applicable"]
    return (
        bool(left)
        and len(gone) / len(mandatory) <= 0.3
        and all(results[one.id] == "met" for one in left)
        and len([one for one in optional if results[one.id] == "met"])
        >= ceil(sheet.framework.optional_share * len(optional))
    )


def _speaks(sheet: Sheet, asked: Indicator) -> bool:
    return any(word.through >= sheet.day for target in asked.targets for word in _words(sheet, asked, target.level))


def _words(sheet: Sheet, asked: Indicator, rank: int) -> Iterator[Word]:
    """What accepted evidence says of an indicator at a level, lapsed evidence included."""
    target = next(one for one in asked.targets if one.level == rank)
    for fact in sheet.evidence:
        seen_on = fact.observed_to or fact.issued_on or fact.received_at.date()
        if fact.state != "accepted" or max(seen_on, fact.issued_on or seen_on) > sheet.day:
            continue
        if fact.framework == sheet.framework.id and asked.id in fact.values and fact.kind in asked.evidence:
            said = _answered(asked, target, fact)
            through = _months_on(seen_on, asked.validity_months)
            if fact.valid_until is not None:
                through = fact.valid_until if fact.kind == "certificate" else min(through, fact.valid_until)
            yield Word(True, seen_on, fact.trust, fact.received_at, -fact.number, said, through)
        if fact.kind == "certificate" and fact.standard is not None:
            for trust, direct, said, last in _proved(sheet.framework, asked, target, fact):
                through = fact.valid_until or _months_on(seen_on, asked.validity_months)
                through = min(through, last or through)
                yield Word(direct, seen_on, trust, fact.received_at, -fact.number, said, through)


def _answered(asked: Indicator, target: Target, fact: EvidenceFact) -> str:
    value, unit = fact.values[asked.id]
    assert unit == asked.unit
    if target.value is not None and not covers(asked, fact):
        return TOO_SHORT
    if asked.kind == "quantity":
        lower = asked.better == "lower"
        good = target.value is None or (value <= target.value if lower else value >= target.value)  # type: ignore[operator] # numbers both
    elif asked.kind == "choice":
        order = [choice.id for choice in asked.choices]
        good = order.index(str(value)) >= order.index(str(target.value))
    else:
        good = value is True
    return _beside(target, fact) if good else "unmet"


def covers(asked: Indicator, fact: EvidenceFact) -> bool:
    """Whether the days observed hold the months it is measured over: counted forwards, a day may be wanting."""
    if asked.period is None:
        return True
    if fact.observed_from is None or fact.observed_to is None:
        return False
    early, after = fact.observed_from - timedelta(days=1), fact.observed_to + timedelta(days=1)
    year, month = divmod(early.year * 12 + early.month - 1 + asked.period.months, 12)
    last = monthrange(year, month + 1)[1]
    # a month from 31 January is over when February is
    over = date(year, month + 1, min(early.day, last)) + timedelta(days=early.day > last)
    return over <= after


def _beside(target: Target, fact: EvidenceFact) -> str:
    """The further questions of a target whose value is met."""
    if all(fact.values.get(question, (False, None))[0] for question in target.also):
        return "met"
    return "unmet" if target.value is None else "partly_met"


Proved = tuple[int, bool, str, date | None]
"""Trust, whether it is more than a part, the outcome, the last day of the editions it rests on."""


def _proved(framework: Framework, asked: Indicator, target: Target, fact: EvidenceFact) -> Iterator[Proved]:
    """What a certificate proves of an indicator at a level, over every standard that it stands for."""
    for standard, version, part, trust, last in _stands_for(framework, str(fact.standard), fact.version):
        named = target.value if isinstance(target.value, tuple) else ()
        if any(one.standard == standard and one.version in (None, version) for one in named):
            said = _beside(target, fact)
            yield trust, not part, "partly_met" if part and said == "met" else said, last
        row = next(one for one in framework.crosswalk if one.id == standard)
        for one in row.satisfies:
            reaches = one.up_to is None or target.level <= one.up_to
            if one.indicator == asked.id and one.version in (None, version) and reaches:
                less = part or one.relation == "partial"
                yield trust, not less, "partly_met" if less else "met", last


def _stands_for(
    framework: Framework,
    standard: str,
    version: str | None,
    way: tuple[int, bool, date | None] = (99, False, None),
) -> Iterator[tuple[str, str | None, bool, int, date | None]]:
    """A standard and all it carries: its edition, whether only in part, the least trust, the first last day.

    way: the last three of what led here.
    """
    row = next((one for one in framework.crosswalk if one.id == standard), None)
    if row is None or (row.versions and version not in row.versions):
        return
    trust, part, last = way
    trust = min(trust, row.trust)
    last = min((one for one in (last, row.until.get(version or "")) if one), default=None)
    yield standard, version, part, trust, last
    for hop in row.carries:
        if hop.version in (None, version):
            weaker = part or hop.relation == "partial"
            yield from _stands_for(framework, hop.standard, hop.as_version, (trust, weaker, last))


def _months_on(day: date, months: int) -> date:
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(years, month + 1, min(day.day, monthrange(years, month + 1)[1]))
