"""What holds for every framework and every pile of evidence; `gated` against a spreadsheet of the rule's text."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from supplychain.conformity.rules import (
    Assessment,
    DecisionFact,
    EvidenceFact,
    EvidenceState,
    Family,
    FindingFact,
    FindingState,
    Outcome,
    Why,
    appraise,
    assess,
    standings,
)
from supplychain.conformity.specimens import SUBJECT, Sent, just_meeting
from supplychain.frameworks.framework import Framework, Indicator
from supplychain.frameworks.loader import load_packs, shipped_packs
from supplychain.frameworks.terms import Method, Trust
from tests import sheet
from tests.conformity_cases import SUPPLIER, TODAY, assessed, decision, evidence, finding, framework, indicator

LEVELS = 3
NAMES = ("A", "B", "C", "D", "E")


@dataclass(frozen=True)
class Case:
    framework: Framework
    evidence: tuple[EvidenceFact, ...]
    decisions: tuple[DecisionFact, ...]
    findings: tuple[FindingFact, ...]

    def assess(self, **changes: Any) -> Assessment:
        facts = changes.pop("evidence", self.evidence)
        options = {"decisions": self.decisions, "findings": self.findings, **changes}
        return assessed(self.framework, *facts, **options)


@st.composite
def indicators(draw: st.DrawFn, name: str) -> Indicator:
    levels = sorted(draw(st.sets(st.integers(1, LEVELS), min_size=1)))
    numbers = sorted(draw(st.lists(st.integers(0, 5), min_size=len(levels), max_size=len(levels))))
    trusts = sorted(draw(st.lists(st.sampled_from(Trust), min_size=LEVELS, max_size=LEVELS)))
    return indicator(
        name,
        targets=dict(zip(levels, numbers, strict=True)),
        pillar=draw(st.sampled_from(("ohs", "csr"))),
        mandatory_from=draw(st.sampled_from((None, *levels))),
        trust=trusts,
        zero_tolerance=draw(st.integers(0, 5)) == 0,
        period=draw(st.sampled_from((None, None, 1, 6, 12))),
    )


@st.composite
def cases(draw: st.DrawFn) -> Case:
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, unique=True))
    share = draw(st.sampled_from(("0", "0.3", "0.5", "1")))
    facts: list[dict[str, Any]] = draw(
        st.lists(
            st.builds(
                dict,
                values=st.dictionaries(st.sampled_from(names), st.tuples(st.integers(0, 5), st.just("P1")), min_size=1),
                trust=st.sampled_from(Trust),
                state=st.sampled_from((EvidenceState.ACCEPTED,) * 5 + (EvidenceState.SUBMITTED,)),
                observed_to=st.integers(-10, 400).map(lambda days: TODAY - timedelta(days=days)),
                observed_from=st.integers(380, 1200).map(lambda days: TODAY - timedelta(days=days)) | st.none(),
            ),
            max_size=8,
        )
    )
    away = draw(st.sets(st.sampled_from(names), max_size=2))
    found = draw(st.lists(st.tuples(st.sampled_from(names), st.sampled_from(FindingState)), max_size=1))
    return Case(
        framework(*[draw(indicators(name)) for name in names], levels=LEVELS, share=share),
        tuple(evidence(number, **fields) for number, fields in enumerate(facts)),
        tuple(decision(name) for name in sorted(away)),
        tuple(finding(name, state) for name, state in found),
    )


def levels(assessment: Assessment) -> dict[str, int | None]:
    return {name: pillar.level for name, pillar in assessment.pillars.items()}


def outcomes(assessment: Assessment) -> dict[tuple[str, int], str]:
    return {(name, one.level): one.outcome for name, result in assessment.results.items() for one in result.levels}


def worth(level: int | None) -> int:
    return -1 if level is None else level


@settings(max_examples=250, deadline=None)
@given(cases())
def test_levels_and_outcomes_are_those_of_the_oracle(case: Case) -> None:
    result = case.assess()
    spread = sheet.Sheet(case.framework, case.evidence, TODAY, case.decisions, case.findings)
    assert (levels(result), outcomes(result)) == (sheet.levels(spread), sheet.outcomes(spread))


PACKS = {pack.key: pack for pack in load_packs(shipped_packs()) if pack.method is Method.GATED}


@st.composite
def mixed(draw: st.DrawFn, pack: Framework) -> list[EvidenceFact]:
    """Some of what would meet various levels, at various times and of various trust."""
    pieces: list[EvidenceFact] = []
    for level in draw(st.lists(st.integers(0, pack.top_level), min_size=1, max_size=4)):
        sent = Sent(TODAY - timedelta(days=draw(st.integers(-40, 900))), draw(st.sampled_from(Trust)))
        chance = draw(st.randoms(use_true_random=False))
        some = [fact for fact in just_meeting(pack, level, sent) if chance.random() < 0.8]
        pieces += [replace(fact, observed_from=_later(fact, chance)) for fact in some]
    return [replace(fact, number=number) for number, fact in enumerate(pieces, start=1)]


def _later(fact: EvidenceFact, chance: Random) -> date | None:
    """The first day it was observed, now and then by weeks too late."""
    first = fact.observed_from
    return first + timedelta(days=chance.choice([1, 2, 40])) if first and chance.random() < 0.2 else first


@settings(max_examples=40, deadline=None)
@given(st.data(), st.sampled_from(sorted(PACKS)))
def test_a_pack_in_full_gives_what_the_spreadsheet_gives(data: st.DataObject, key: str) -> None:
    pack = PACKS[key]
    facts = data.draw(mixed(pack))
    spread = sheet.Sheet(pack, facts, TODAY)
    result = assess(pack, SUBJECT, Family(), facts, (), (), (), TODAY)
    assert (levels(result), outcomes(result)) == (sheet.levels(spread), sheet.outcomes(spread))


@settings(deadline=None)
@given(cases(), st.randoms())
def test_the_order_in_which_facts_come_is_irrelevant(case: Case, shuffler: Random) -> None:
    shuffled = list(case.evidence)
    shuffler.shuffle(shuffled)
    assert case.assess(evidence=shuffled) == case.assess()


@settings(deadline=None)
@given(cases(), st.data())
def test_raising_any_evidence_never_lowers_a_level(case: Case, data: st.DataObject) -> None:
    before = levels(case.assess())
    raised = []
    for fact in case.evidence:
        by = data.draw(st.integers(0, 3))
        values = {name: (int(value) + by, unit) for name, (value, unit) in fact.values.items()}
        raised.append(replace(fact, values=values))
    after = levels(case.assess(evidence=raised))
    assert all(worth(after[name]) >= worth(before[name]) for name in before)


@settings(deadline=None)
@given(cases())
def test_a_level_that_holds_implies_every_level_below_it(case: Case) -> None:
    for pillar in case.assess().pillars.values():
        passed = [check.passed for check in pillar.checks]
        if pillar.level is not None and not pillar.zero_tolerance:
            assert passed[: pillar.level] == [True] * pillar.level
            assert pillar.level == len(passed) or not passed[pillar.level]


@settings(deadline=None)
@given(cases(), st.sampled_from(NAMES))
def test_not_applicable_cannot_raise_a_capped_level(case: Case, name: str) -> None:
    before = case.assess()
    after = case.assess(decisions=(*case.decisions, decision(name, number=9)))
    for pillar in before.pillars.values():
        cap = next((check.level for check in pillar.checks if check.mark), None)
        if cap is not None:
            assert worth(after.pillars[pillar.pillar].level) < cap


@settings(deadline=None)
@given(cases())
def test_nothing_changes_until_the_day_after_good_through(case: Case) -> None:
    arguments = (case.framework, SUPPLIER, Family(), case.evidence, case.findings, case.decisions, ())
    assessment, now = appraise(*arguments, TODAY)
    last = assessment.good_through or TODAY + timedelta(days=3000)
    for day in (TODAY + (last - TODAY) // 2, last):
        later = standings(*arguments, day)
        assert {name: replace(one, good_through=None) for name, one in later.items()} == {
            name: replace(one, good_through=None) for name, one in now.items()
        }


@settings(deadline=None)
@given(cases())
def test_every_look_of_a_standing_is_an_assessment(case: Case) -> None:
    looks: dict[str, dict[str, Any]] = {
        "level": {},
        "lapsed_level": {"include_lapsed": True},
        "provisional_level": {"include_submitted": True},
        "certified_level": {"trust_floor": Trust.CERTIFIED},
    }
    arguments = (case.framework, SUPPLIER, Family(), case.evidence, case.findings, case.decisions, (), TODAY)
    _, now = appraise(*arguments)
    for field, look in looks.items():
        assert {name: getattr(one, field) for name, one in now.items()} == levels(case.assess(**look))


@settings(deadline=None)
@given(cases())
def test_whatever_decided_is_among_the_sources_and_whatever_did_not_has_a_reason(case: Case) -> None:
    for result in case.assess().results.values():
        for one in result.levels:
            if one.why in {Why.TARGET, Why.ALSO, Why.PARTIAL}:
                assert one.evidence in {source.evidence for source in result.sources}
            else:
                assert one.evidence is None
                assert one.outcome is not Outcome.MET
