"""The engine against the oracle, on random worlds."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from graph.cascade import Lens, effective, obligations, obligations_of, reach, unclassified_links
from graph.facts import Change, Link, Period, Requirement
from graph.network import Network
from graph.terms import MAX_TIER, Beyond, LinkState
from tests.graph import oracle
from tests.graph.strategies import DAYS, NUMBERS, worlds

LENSES = {
    "owed": Lens.OWED,
    "own": Lens.OWN,
    "identity": Lens.SEEN_IDENTITY,
    "pseudonym": Lens.SEEN_PSEUDONYM,
    "any": Lens.SEEN_ANY,
}


@settings(max_examples=400, deadline=None)
@given(worlds(), DAYS)
def test_obligations_are_those_of_the_plain_reading_through_every_lens(changes: list[Change], day: date) -> None:
    world, network = oracle.World(changes), Network.empty().apply(changes, 1)
    for requirement in network.requirements():
        for name, lens in LENSES.items():
            found = {
                number: oracle.Owed(owed.tier, owed.level, owed.via, owed.due)
                for number, owed in obligations(network, requirement, day, lens).items()
            }
            assert found == oracle.owed(world, requirement, day, name)


@settings(max_examples=150, deadline=None)
@given(worlds(), DAYS)
def test_too_coarse_codes_are_counted_where_the_requirement_arrives(changes: list[Change], day: date) -> None:
    world, network = oracle.World(changes), Network.empty().apply(changes, 1)
    for requirement in network.requirements():
        group = world.group(requirement.issuer, day)
        depth = dict.fromkeys(group, 0)
        depth |= {number: place[0] for number, place in oracle.walk(world, requirement, day, "owed").items()}
        last = MAX_TIER if requirement.beyond is Beyond.HOLD else len(requirement.schedule)
        expected = {
            link.number
            for link in world.links.values()
            if oracle.state_of(link, day) in oracle.CARRIES
            and link.flow_down != "no"
            and depth.get(link.buyer, last) < last
            and oracle.is_unclassified(requirement, link, group)
        }
        assert unclassified_links(network, requirement, day, Lens.OWED) == expected


@settings(max_examples=150, deadline=None)
@given(worlds(), DAYS, NUMBERS)
def test_the_effective_level_is_the_highest_of_the_obligations_in_force(
    changes: list[Change], day: date, supplier: int
) -> None:
    world, network = oracle.World(changes), Network.empty().apply(changes, 1)
    expected: dict[tuple[str, str], int] = {}
    for requirement in world.requirements.values():
        owed = oracle.owed(world, requirement, day).get(supplier)
        if owed and requirement.effective_from <= day:
            key = requirement.framework, "ohs"
            expected[key] = max(expected.get(key, 0), owed.level)
    assert effective(network, supplier, day) == expected
    announced = [one for one in obligations_of(network, supplier, day) if one.announced]
    assert all(requirement_of(network, one.requirement).effective_from > day for one in announced)


def requirement_of(network: Network, number: int) -> Requirement:
    found = network.requirement(number)
    assert found is not None
    return found


@st.composite
def long_chains(draw: st.DrawFn) -> list[Link]:
    """A chain of up to 22 tiers with shortcuts and ways back, which small worlds never have."""
    length = draw(st.integers(10, 22))
    always = (Period(None, None, LinkState.CONFIRMED),)
    ends = [(number, number + 1) for number in range(1, length + 1)]
    ends += draw(st.lists(st.tuples(st.integers(1, length), st.integers(1, length + 1)), max_size=4))
    numbers = draw(st.permutations(range(1, len(ends) + 1)))
    return [Link(number, *pair, always) for number, pair in zip(numbers, ends, strict=True) if pair[0] != pair[1]]


@settings(max_examples=150, deadline=None)
@given(long_chains())
def test_nothing_binds_below_tier_15_and_what_lies_there_is_counted(links: list[Link]) -> None:
    day = date(2026, 1, 1)
    demand = Requirement(1, 1, "eseec@1", ("ohs",), (2,), day, day, beyond=Beyond.HOLD)
    network, world = Network.empty().apply([*links, demand], 1), oracle.World(links)
    tiers = {number: place[0] for number, place in oracle.walk(world, demand, day, "owed").items()}
    found = reach(network, demand, day, Lens.OWED)
    assert {n: t for n, t in found.tier.items() if t} == {n: t for n, t in tiers.items() if t <= MAX_TIER}
    assert found.beyond_horizon == {n for n, t in tiers.items() if t > MAX_TIER}
    assert obligations(network, demand, day).keys() == {n for n, t in tiers.items() if t <= MAX_TIER}
