"""Blocks, search and learning: what is compared with what, and from which score on it is proposed."""

from hypothesis import given
from hypothesis import strategies as st

from supplychain.network.duplicates import finding, spellings
from supplychain.network.duplicates.finding import NEAR, WIDE, Blocks, find
from supplychain.network.duplicates.learning import DEFAULT, ENOUGH, HIGHEST, LOWEST, threshold
from supplychain.network.duplicates.names import agreement
from supplychain.network.duplicates.scoring import Profile, score

WORDS = ("acme", "bolt", "crane", "delta", "elm", "foods", "textile", "shenzhen", "hanoi")
SOME_NAMES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)


def profiles(*names: str) -> list[Profile]:
    return [Profile(at, at, f"c{at}", name) for at, name in enumerate(names)]


def found(some: list[Profile], fresh: set[int] | None = None) -> set[tuple[int, int]]:
    return {(pair.first, pair.second) for pair in find(some, fresh)}


@given(st.lists(SOME_NAMES, max_size=12))
def test_blocks_lose_no_pair_that_shares_a_telling_word_and_scores_enough(names: list[str]) -> None:
    some = profiles(*names)
    everything = {
        (one, other)
        for one in range(len(some))
        for other in range(one + 1, len(some))
        if score(some[one], some[other], agreement(some[one].name, some[other].name)).value >= DEFAULT
    }
    assert everything <= found(some)


@given(st.lists(SOME_NAMES, max_size=12), st.integers(0, 12))
def test_what_came_later_compared_with_all_is_the_whole(names: list[str], known: int) -> None:
    some = profiles(*names)
    before = found(some[:known])
    after = found(some, set(range(known, len(some))))
    assert before | after == found(some)
    assert before & after == set()


def test_records_of_one_organization_are_not_compared() -> None:
    one, other = profiles("Acme Bolt", "Acme Bolt")
    assert found([one, Profile(1, one.organization, "c1", other.written)]) == set()


def test_a_wide_block_is_taken_by_country_and_then_by_neighbours() -> None:
    some = [Profile(at, at, f"c{at}", f"Acme {at:04}", "CN" if at % 3 else "VN") for at in range(3 * WIDE)]
    blocks = Blocks(some)
    near = blocks.near(0)
    assert {some[one].country for one in near} == {"VN"}
    assert len(Blocks(some[: WIDE // 2]).near(0)) == WIDE // 2 - 1
    assert len(blocks.near(1)) <= 4 * NEAR


def test_each_pair_says_by_which_blocks_it_was_found() -> None:
    (pair,) = find(profiles("Bolt Xbroadcom", "Bolt Broadcom"))
    assert pair.blocks == (finding.Block.WORD,)
    (other,) = find(profiles("Broadcom", "Broadcomm"))
    assert other.blocks == (finding.Block.BEGINNING,)


def test_batches_change_nothing() -> None:
    some = profiles(*[f"Acme {word}" for word in WORDS for _ in range(3)])
    whole = found(some)
    size = finding.BATCH
    try:
        finding.BATCH = 2  # type: ignore[misc] # put back below
        assert found(some) == whole
    finally:
        finding.BATCH = size  # type: ignore[misc]


DECISIONS = st.lists(st.tuples(st.integers(700, 1000).map(lambda one: one / 1000), st.booleans()), max_size=40)


def test_a_few_decisions_teach_nothing() -> None:
    assert threshold([(0.99, False)] * (ENOUGH - 1)) == DEFAULT


def test_what_was_different_above_the_threshold_raises_it_just_above() -> None:
    assert threshold([(0.86, False)] * 5 + [(0.97, True)] * 5) == 0.87


def test_what_was_the_same_below_the_threshold_lowers_it_just_to_it() -> None:
    assert threshold([(0.75, False)] * 5 + [(0.78, True)] * 5) == 0.78


def test_agreement_with_the_default_leaves_it() -> None:
    assert threshold([(0.75, False)] * 10 + [(0.9, True)] * 10) == DEFAULT


@given(DECISIONS)
def test_the_learned_threshold_errs_no_more_than_the_default(decided: list[tuple[float, bool]]) -> None:
    def wrong(at: float) -> int:
        return sum((score >= at) is not same for score, same in decided)

    learned = threshold(decided)
    assert LOWEST <= learned <= HIGHEST
    assert wrong(learned) <= wrong(DEFAULT)


@given(DECISIONS, st.randoms())
def test_the_order_of_decisions_does_not_matter(decided: list[tuple[float, bool]], random: object) -> None:
    shuffled = sorted(decided)
    assert threshold(shuffled) == threshold(decided)


def test_a_spelling_of_the_country_holds_before_one_of_no_country_and_another_countrys_is_nobodys() -> None:
    known = [("acme ltd", "CN", 1), ("acme ltd", "", 2), ("bolt ltd", "VN", 3)]
    wanted = [("Acme Co., Ltd.", "CN"), ("Acme Ltd", "JP"), ("Acme Ltd", None), ("Bolt Ltd", "CN"), ("Bolt Ltd", None)]
    assert spellings.meant(known, wanted) == {
        ("Acme Co., Ltd.", "CN"): 1,
        ("Acme Ltd", "JP"): 2,
        ("Bolt Ltd", None): 3,
    }
