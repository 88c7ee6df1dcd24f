"""What reviewers decide not to apply: it may lift what it is about, and nothing else, and not too much of it."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from supplychain.conformity.rules import (
    Assessment,
    DecisionFact,
    EvidenceFact,
    Family,
    Mark,
    OrganizationFacts,
    Outcome,
    levels,
)
from supplychain.conformity.specimens import NOTHING, Sent, specimen
from supplychain.frameworks.framework import Framework, Indicator
from supplychain.frameworks.loader import load_packs, shipped_packs
from supplychain.frameworks.terms import Method, Trust
from tests.conformity_cases import SUPPLIER, TODAY, assessed, decision, evidence, finding
from tests.grading import Row, index_sheet, just_meeting, weighted

PACKS = {pack.key: pack for pack in load_packs(shipped_packs())}
every_pack = pytest.mark.parametrize("pack", PACKS.values(), ids=PACKS)
few = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
FACTS = {
    "sector": ["PCB", "SMT", "CBL", "CMP", "PLT", "BAT", "MET"],
    "size": ["micro", "small", "medium", "large"],
    "board_types": ["single", "double", "multilayer", "hdi"],
    "processes": ["zinc_plating", "copper_plating", "nickel_plating", "gold_plating", "hard_chromium_plating"],
}
YES_OR_NO = ("occupational_hazards", "high_toxic_goods", "discharge_permit", "soil_key_unit", "dormitory_or_canteen")


class Case:
    """A supplier of a shipped pack: evidence, verified facts, and what reviewers decided away."""

    def __init__(self, pack: Framework, chance: Random) -> None:
        self.pack, self.chance = pack, chance
        self.shabby = chance.random() < 0.3
        floor = chance.choice([NOTHING, 0, pack.top_level - 1, pack.top_level])
        found = (
            specimen(pack, one, chance.randint(floor, pack.top_level), Sent(TODAY), number)
            for number, one in enumerate(pack.indicators, start=1)
        )
        self.evidence: list[EvidenceFact] = [self.aged(one) for one in found if one is not None]
        told: dict[str, frozenset[str] | bool] = {
            name: frozenset(chance.sample(words, chance.randint(1, 2))) for name, words in FACTS.items()
        }
        told |= {name: chance.random() < 0.5 for name in YES_OR_NO}
        known = chance.sample(sorted(told), chance.choice([0, 0, 2, len(told)]))
        self.facts = [OrganizationFacts(SUPPLIER, {name: told[name] for name in known})]
        faults = chance.choice([0, 0, 0, 0, 0, 1, 2])
        self.findings = [
            finding(row.id, number=number, framework=pack.id)
            for number, row in enumerate(chance.sample(pack.indicators, min(len(pack.indicators), faults)), start=1)
        ]
        # few rows, or many of one pillar, so that both sides of the share are met
        rows = self.rows()
        self.away = set(chance.sample(rows, min(len(rows), chance.choice([0, 1, 2, 4, len(rows) // 3 + 1]))))

    def aged(self, fact: EvidenceFact) -> EvidenceFact:
        """Now and then lapsed, or of too little trust; in most cases nothing is, so that high levels are reached."""
        if not self.shabby:
            return fact
        days = self.chance.choice([0, 0, 0, 0, 0, 0, 0, 0, 0, 2000])
        trust = Trust.DOCUMENTED if self.chance.random() < 0.02 else fact.trust
        seen = None if fact.observed_to is None else fact.observed_to - timedelta(days=days)
        until = None if fact.valid_until is None else fact.valid_until - timedelta(days=days)
        return replace(fact, trust=trust, observed_to=seen, valid_until=until)

    def rows(self) -> list[str]:
        pillar = self.chance.choice(self.pack.pillars).id
        return [one.id for one in self.pack.indicators if one.pillar == pillar]

    def decisions(self, *more: str) -> list[DecisionFact]:
        away = sorted(self.away | set(more))
        return [decision(one, number=number, framework=self.pack.id) for number, one in enumerate(away, start=1)]

    def assess(self, *more: str) -> Assessment:
        told = {"decisions": self.decisions(*more), "findings": self.findings, "facts": self.facts}
        return assessed(self.pack, *self.evidence, **told)


def worth(level: int | None) -> int:
    return -1 if level is None else level


@every_pack
@few
@given(chance=st.randoms(use_true_random=False))
def test_a_further_decision_never_raises_a_level_that_is_capped(pack: Framework, chance: Random) -> None:
    case = Case(pack, chance)
    before, after = case.assess(), case.assess(chance.choice(pack.indicators).id)
    for name, pillar in before.pillars.items():
        caps = [check.level for check in pillar.checks if check.mark]
        if caps:
            assert worth(after.pillars[name].level) < min(caps)


def binding(pack: Framework, indicator: Indicator, level: int) -> bool:
    """Whether a row that misses a level keeps its pillar below it, whatever the rest says."""
    if indicator.target(level) is None:
        return False
    if pack.method is Method.WEIGHTED:
        return indicator.limiting
    return indicator.mandatory_from is not None and indicator.mandatory_from <= level


@every_pack
@few
@given(chance=st.randoms(use_true_random=False))
def test_a_decision_lifts_no_cap_but_that_of_the_row_it_is_about(pack: Framework, chance: Random) -> None:
    case = Case(pack, chance)
    about = chance.choice(pack.indicators).id
    before, after = case.assess(), case.assess(about)
    for row in pack.indicators:
        if row.id == about:
            continue
        for level in range(1, pack.top_level + 1):
            told = before.results[row.id].at(level)
            if told and binding(pack, row, level) and told.outcome not in {Outcome.MET, Outcome.NOT_APPLICABLE}:
                assert worth(after.pillars[row.pillar].level) < level, (row.id, level)
        if row.zero_tolerance and before.results[row.id].levels[0].outcome is Outcome.UNMET:
            assert after.pillars[row.pillar].level == 0


@every_pack
@few
@given(chance=st.randoms(use_true_random=False))
def test_the_quick_way_to_the_levels_gives_those_of_the_whole_assessment(pack: Framework, chance: Random) -> None:
    case = Case(pack, chance)
    whole = case.assess()
    given = (pack, SUPPLIER, Family(), case.evidence, case.findings, case.decisions(), case.facts, TODAY)
    assert levels(*given) == {name: pillar.level for name, pillar in whole.pillars.items()}


# -- an index: how much may be decided away

GROUPS = {"one": "0.5", "two": "0.3", "three": "0.2"}
ROWS: list[Row] = [
    ("A", "one", Decimal("0.4"), True),
    ("B", "one", Decimal("0.3"), False),
    ("C", "one", Decimal("0.2"), True),
    ("D", "one", Decimal("0.1"), True),
    ("E", "two", Decimal("0.2"), True),
    ("F", "two", None, False),
    ("G", "two", None, False),
    ("H", "two", None, False),
    ("I", "three", Decimal("0.5"), False),
    ("J", "three", Decimal("0.5"), False),
]
NAMES = [name for name, *_ in ROWS]
INDEX = weighted(GROUPS, ROWS)


@settings(max_examples=400, deadline=None)
@given(
    st.dictionaries(st.sampled_from(NAMES), st.integers(8, 35), min_size=7),
    st.sets(st.sampled_from(NAMES), max_size=4),
)
def test_an_index_of_which_too_much_was_decided_away_has_no_class(values: dict[str, int], away: set[str]) -> None:
    facts = [evidence(number, **{row: value}) for number, (row, value) in enumerate(values.items())]
    pillar = assessed(INDEX, *facts, decisions=[decision(row) for row in sorted(away)]).pillars["index"]
    held, columns = index_sheet(GROUPS, ROWS, values, away)
    assert pillar.level == held
    assert [check.mark is None for check in pillar.checks] == [columns is not None] * 3
    for column, check in zip(columns or (), pillar.checks, strict=False):
        assert check.score is not None
        assert Fraction(check.score) <= column < Fraction(check.score) + Fraction(1, 100)


@pytest.mark.parametrize(
    ("away", "mark"),
    [
        ("A", None),  # one of four limiting rows, 20 % of the weight
        ("AC", Mark.NOT_APPLICABLE_SHARE),  # two of four: a half
        ("BI", None),  # 15 + 10 % of the weight
        ("BIF", Mark.NOT_APPLICABLE_SHARE),  # 8 % more
        ("IJ", Mark.NO_MANDATORY),  # a group with nothing left
        ("ACDE", Mark.NO_MANDATORY),  # nothing left that limits
    ],
)
def test_a_limiting_row_may_be_decided_away_but_not_the_limits(away: str, mark: Mark | None) -> None:
    good = evidence(1, **{name: 30 for name in NAMES if name not in away})
    pillar = assessed(INDEX, good, decisions=[decision(row) for row in away]).pillars["index"]
    assert (pillar.level, pillar.checks[0].mark) == ((0, mark) if mark else (3, None))


def test_a_plater_with_nothing_to_show_cannot_decide_its_limits_away() -> None:
    plating = PACKS["electroplating-index@1"]
    missing = ["EP19", "EP21", "EP23"]
    told = {}
    for count in (0, 2, 3):
        away = [decision(row, number=n, framework=plating.id) for n, row in enumerate(missing[:count], start=1)]
        short = just_meeting(plating, 3, dict.fromkeys(missing, -1))
        told[count] = assessed(plating, *short, decisions=away).pillars["index"]
    assert sum(one.limiting for one in plating.indicators) == 9
    # two of nine are not yet too many, but the third still limits; with it, a third of them is gone
    assert {count: (one.level, one.checks[2].mark) for count, one in told.items()} == {
        0: (0, None),
        2: (0, None),
        3: (0, Mark.NOT_APPLICABLE_SHARE),
    }
