"""Gates shut, parts rank, and nobody reads what the other side stated."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.pairing import Candidate, Demand, GateCode, GateState, PartCode, Reader, judge, propose

LEVELS = {"eco": 3, "ohs": 3, "csr": 3}
SUPPLIER = Candidate(
    1,
    levels=LEVELS,
    products=frozenset({"850440", "8517"}),
    country="CN",
    languages=frozenset({"en", "zh"}),
    flagged=True,
)
BUYER = Demand(
    1,
    products=frozenset({"8504"}),
    levels={"ohs": 3},
    countries=frozenset({"CN", "VN"}),
    languages=frozenset({"en", "de"}),
)


def state(candidate: Candidate, demand: Demand, code: GateCode, reader: Reader = Reader.ORGANISER) -> GateState:
    return {gate.code: gate.state for gate in judge(candidate, demand, reader).gates}[code]


@pytest.mark.parametrize(
    ("candidate", "code"),
    [
        (replace(SUPPLIER, flagged=False), GateCode.FLAG),
        (replace(SUPPLIER, levels={**LEVELS, "ohs": 2}), GateCode.LEVEL),
        (replace(SUPPLIER, levels={**LEVELS, "ohs": None}), GateCode.LEVEL),
        (replace(SUPPLIER, levels={}), GateCode.LEVEL),
        (replace(SUPPLIER, products=frozenset({"8517", "85"})), GateCode.PRODUCT),
        (replace(SUPPLIER, products=frozenset()), GateCode.PRODUCT),
        (replace(SUPPLIER, country="DE"), GateCode.COUNTRY),
        (replace(SUPPLIER, country=None), GateCode.COUNTRY),
        (replace(SUPPLIER, languages=frozenset({"zh"})), GateCode.LANGUAGE),
    ],
)
def test_each_gate_shuts_alone_and_a_shut_gate_keeps_the_pairing_out(candidate: Candidate, code: GateCode) -> None:
    judged = judge(candidate, BUYER)
    assert [gate.code for gate in judged.gates if gate.state is GateState.SHUT] == [code]
    assert not judged.open
    assert propose([candidate], [BUYER]) == ()


def test_a_pairing_with_every_gate_open_is_proposed_with_its_reasons() -> None:
    (found,) = propose([SUPPLIER], [BUYER])
    assert found.rank == 1
    assert [reason.code for reason in found.reasons] == [
        "gate_flag_open",
        "gate_level_open",
        "gate_product_open",
        "gate_country_open",
        "gate_language_open",
        "gate_already_linked_not_available",
        "gate_refused_not_available",
        "part_level_margin",
        "part_product_closeness",
        "part_languages_shared",
    ]


def test_a_demand_that_asks_for_nothing_meets_every_flagged_supplier() -> None:
    (found,) = propose([replace(SUPPLIER, levels={}, products=frozenset())], [Demand(1)])
    assert (found.open, found.parts, found.total) == (True, (), 0.0)


def test_what_one_side_stated_is_used_for_that_side_and_not_available_to_anybody_else() -> None:
    shy = replace(SUPPLIER, refusals=frozenset({BUYER.number}), partners=frozenset({BUYER.number}))
    for code in (GateCode.REFUSED, GateCode.ALREADY_LINKED):
        assert state(shy, BUYER, code, Reader.CANDIDATE) is GateState.SHUT
        assert state(shy, BUYER, code, Reader.BUYER) is GateState.OPEN
        assert state(shy, BUYER, code, Reader.ORGANISER) is GateState.NOT_AVAILABLE
    for reader in (Reader.BUYER, Reader.ORGANISER):
        assert judge(shy, BUYER, reader) == judge(SUPPLIER, BUYER, reader)
    picky = replace(BUYER, refusals=frozenset({SUPPLIER.number}))
    assert state(SUPPLIER, picky, GateCode.REFUSED, Reader.BUYER) is GateState.SHUT
    assert judge(SUPPLIER, picky, Reader.CANDIDATE) == judge(SUPPLIER, BUYER, Reader.CANDIDATE)


def test_a_longer_common_code_is_closer() -> None:
    exact = replace(BUYER, products=frozenset({"850440"}))
    coarse = replace(BUYER, products=frozenset({"85"}))
    found = [closeness(demand) for demand in (exact, BUYER, coarse)]
    assert found == [1.0, pytest.approx(4 / 6, abs=1e-6), pytest.approx(2 / 4)]


def closeness(demand: Demand) -> float:
    return next(part.value for part in judge(SUPPLIER, demand).parts if part.code is PartCode.PRODUCT)


def test_going_beyond_what_is_wanted_ranks_higher() -> None:
    better = replace(SUPPLIER, number=2, levels={**LEVELS, "ohs": 4})
    assert [found.candidate for found in propose([SUPPLIER, better], [BUYER])] == [2, 1]


def test_equal_totals_are_ranked_by_number_whatever_order_they_came_in() -> None:
    pool = [replace(SUPPLIER, number=number) for number in (3, 1, 2)]
    demands = [replace(BUYER, number=2), BUYER]
    found = [(one.demand, one.rank, one.candidate) for one in propose(pool, demands)]
    assert found == [(1, 1, 1), (1, 2, 2), (1, 3, 3), (2, 1, 1), (2, 2, 2), (2, 3, 3)]


CODES = st.frozensets(st.sampled_from(["85", "8504", "850440", "8517", "39"]), max_size=3)
TONGUES = st.frozensets(st.sampled_from(["en", "zh", "de"]), max_size=3)
CANDIDATES = st.builds(
    Candidate,
    st.integers(1, 9),
    levels=st.dictionaries(st.sampled_from(["eco", "ohs"]), st.none() | st.integers(0, 4)),
    products=CODES,
    country=st.sampled_from([None, "CN", "DE"]),
    languages=TONGUES,
    flagged=st.booleans(),
)
DEMANDS = st.builds(
    Demand,
    st.integers(1, 9),
    products=CODES,
    levels=st.dictionaries(st.sampled_from(["eco", "ohs"]), st.integers(1, 4)),
    countries=st.frozensets(st.sampled_from(["CN", "DE"])),
    languages=TONGUES,
)


@given(st.lists(CANDIDATES, unique_by=lambda c: c.number), st.lists(DEMANDS, unique_by=lambda d: d.number))
def test_scores_stay_between_0_and_1_and_ranks_follow_them(pool: list[Candidate], demands: list[Demand]) -> None:
    found = propose(pool, demands)
    for one in found:
        assert 0 <= one.total <= 1
        assert all(0 <= part.value <= 1 for part in one.parts)
        assert one.open
    for demand in demands:
        ranked = [one for one in found if one.demand == demand.number]
        assert [one.rank for one in ranked] == list(range(1, len(ranked) + 1))
        assert sorted(ranked, key=lambda one: (-one.total, one.candidate)) == ranked
    judged = {(c.number, d.number) for c in pool for d in demands if judge(c, d).open}
    assert {(one.candidate, one.demand) for one in found} == judged


@given(CANDIDATES, DEMANDS, st.sampled_from(["eco", "ohs"]))
def test_a_higher_level_never_lowers_a_score_or_shuts_a_gate(candidate: Candidate, demand: Demand, pillar: str) -> None:
    higher = replace(candidate, levels={**candidate.levels, pillar: (candidate.levels.get(pillar) or 0) + 1})
    before, after = judge(candidate, demand), judge(higher, demand)
    assert after.total >= before.total
    assert after.open or not before.open
