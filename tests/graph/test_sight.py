"""Who is seen, as what, and by which way: sentences first, then brute force over every path."""

from collections.abc import Iterable
from datetime import date, timedelta
from unittest.mock import patch

from hypothesis import given, settings

from graph import passing
from graph.cascade import Lens, explain, obligations, reach
from graph.facts import Change, Organization, Ownership, Record, Requirement
from graph.memory import Memory
from graph.network import Network
from graph.sight import Row, RowKind, View, passes_on, passing_through, rows_about, sight, view
from graph.terms import Beyond, Disclosure, FlowDown, LinkState
from tests.graph import oracle
from tests.graph.casebook import Numbers, read_link
from tests.graph.strategies import DAYS, worlds

DAY = date(2026, 1, 1)
IDENTITY, PSEUDONYM = Disclosure.IDENTITY, Disclosure.PSEUDONYM


class Story:
    """A network told in links, seen by B."""

    def __init__(self, *links: str, schedule: tuple[int, ...] = (4, 3, 2, 1), more: Iterable[Change] = ()) -> None:
        self.numbers = Numbers()
        self.brand = self.numbers["B"]
        self.requirement = Requirement(1, self.brand, "eseec@1", ("ohs",), schedule, DAY, DAY, Beyond.HOLD)
        facts = [read_link(text, self.numbers) for text in links]
        self.network = Network.empty().apply([*facts, *more, self.requirement], 1)

    def view(self) -> View:
        return view(self.network, self.requirement, DAY)

    def rows(self) -> dict[tuple[str, RowKind], int]:
        """Name and kind to tier."""
        names = {number: name for name, number in self.numbers.items()}
        return {(names[row.organization], row.kind): row.tier for row in self.view().rows}

    def protected(self) -> set[str]:
        names = {number: name for name, number in self.numbers.items()}
        return {names[owed.supplier] for owed in self.view().protected}

    def openness(self) -> dict[str, Disclosure]:
        names = {number: name for name, number in self.numbers.items()}
        found = sight(self.network, self.brand, DAY)
        return {names[number]: how for number, how in found.openness.items() if number not in found.group}


def test_the_readers_own_confirmed_links_are_always_identity_to_it() -> None:
    assert Story("1 B>X 85 show=none").openness() == {"X": IDENTITY}


def test_sight_along_a_path_is_its_most_closed_link() -> None:
    story = Story("1 B>X 85", "2 X>Y 85 show=identity", "3 Y>Z 85 show=pseudonym", "4 Z>W 85 show=identity")
    assert story.openness() == {"X": IDENTITY, "Y": IDENTITY, "Z": PSEUDONYM, "W": PSEUDONYM}


def test_over_paths_the_most_open_wins_with_its_own_tier() -> None:
    story = Story("1 B>X 85", "2 X>Z 85 show=pseudonym", "3 X>Y 85 show=identity", "4 Y>Z 85 show=identity")
    assert story.openness()["Z"] == IDENTITY
    assert story.rows()["Z", RowKind.IDENTITY] == 3
    assert sight(story.network, story.brand, DAY).tier[story.numbers["Z"]] == 3
    owed = obligations(story.network, story.requirement, DAY)[story.numbers["Z"]]
    assert (owed.tier, owed.level) == (2, 3)


def test_what_is_disclosed_to_nobody_is_never_listed_but_still_owes_and_is_protected() -> None:
    story = Story("1 B>X 85", "2 X>Y 85 show=none", "3 Y>Z 85 show=identity")
    assert story.rows() == {("X", RowKind.IDENTITY): 1}
    assert story.protected() == {"Y", "Z"}
    assert obligations(story.network, story.requirement, DAY).keys() == {story.numbers[name] for name in "XYZ"}


def test_a_claimed_link_carries_requirements_but_opens_no_sight() -> None:
    story = Story("1 B>X 85 claimed", "2 X>Y 85 show=identity", "3 B>V 85", "4 V>W 85 claimed show=identity")
    assert story.openness() == {"V": IDENTITY}
    assert story.rows() == {("V", RowKind.IDENTITY): 1, ("X", RowKind.AWAITING): 1}
    assert story.protected() == set()
    assert len(obligations(story.network, story.requirement, DAY)) == 4


def test_a_claimed_supplier_seen_over_another_way_is_shown_by_that_way_alone() -> None:
    story = Story("1 B>X 85", "2 X>Y 85 show=identity", "3 B>Y 85 claimed")
    assert story.rows() == {("X", RowKind.IDENTITY): 1, ("Y", RowKind.IDENTITY): 2}


def test_claiming_a_link_to_a_pseudonym_does_not_make_the_pseudonym_vanish() -> None:
    before = Story("1 B>X 85", "2 X>Y 85 show=pseudonym")
    after = Story("1 B>X 85", "2 X>Y 85 show=pseudonym", "3 B>Y 85 claimed", "4 X>V 85 private owner=B")
    assert after.rows().items() >= before.rows().items()
    assert after.rows()["Y", RowKind.AWAITING] == 1


def test_hearsay_of_a_pseudonym_stands_beside_it_and_does_not_make_it_vanish() -> None:
    story = Story("1 B>X 85", "2 X>Y 85 show=pseudonym", "3 X>Y 85 private owner=B")
    assert story.rows() == {
        ("X", RowKind.IDENTITY): 1,
        ("Y", RowKind.PSEUDONYM): 2,
        ("Y", RowKind.PRIVATE): 2,
    }


def test_claiming_a_link_to_a_hidden_supplier_does_not_change_what_is_protected() -> None:
    hidden = "1 B>X 85", "2 X>Y 85 show=none"
    assert Story(*hidden, "3 B>Y 85 claimed").protected() == Story(*hidden).protected() == {"Y"}


def test_private_links_are_followed_by_their_owner_alone_and_never_from_a_pseudonym() -> None:
    story = Story(
        "1 B>X 85",
        "2 X>P 85 show=pseudonym",
        "3 X>Y 85 private owner=B",
        "4 Y>Z 85 private owner=B",
        "5 P>Q 85 private owner=B",
        "6 X>V 85 private owner=X",
        "7 B>C 85 claimed",
        "8 C>D 85 private owner=B",
        "9 Y>E 85 show=identity",
    )
    private = {name: tier for (name, kind), tier in story.rows().items() if kind is RowKind.PRIVATE}
    assert private == {"Y": 2, "Z": 3, "D": 2}
    assert all(row.due is None for row in story.view().rows if row.kind is RowKind.PRIVATE)
    assert story.numbers["Y"] not in obligations(story.network, story.requirement, DAY)


def test_an_organization_seen_only_outside_the_scope_is_protected_rather_than_shown_twice() -> None:
    story = Story("1 B>X 85", "2 X>Z 85 show=identity flow=no", "3 X>Z 85 show=pseudonym")
    assert story.openness()["Z"] == IDENTITY
    assert ("Z", RowKind.PSEUDONYM) not in story.rows()
    assert story.protected() == {"Z"}


def test_suppliers_of_the_readers_own_plants_are_its_own() -> None:
    own = Ownership(1, child=2, parent=1, confirmed=True)
    story = Story("1 B>X 85", more=[own])
    assert story.numbers["X"] == 2
    assert story.rows() == {}
    plant = Story("1 P>X 85 show=none", more=[own])
    assert plant.openness() == {"X": IDENTITY}
    assert plant.rows() == {("X", RowKind.IDENTITY): 1}


def test_codes_behind_a_pseudonym_are_not_counted_as_unclassified() -> None:
    story = Story(
        "1 B>X 8504", "2 X>Y - show=pseudonym", "3 X>Z - show=identity", "4 B>C - claimed", "5 X>V - private owner=B"
    )
    scoped = Requirement(2, story.brand, "eseec@1", ("ohs",), (2, 1), DAY, DAY, link_scope=("8504",))
    assert view(story.network, scoped, DAY).unclassified_links == {3, 4, 5}


def test_what_lies_beyond_the_horizon_is_counted_only_where_it_could_be_listed() -> None:
    def story(show: str) -> frozenset[int]:
        links = [f"{n} S{n - 1}>S{n} 85 show={show}" for n in range(2, 19)]
        return Story("1 B>S1 85", *links).view().beyond_horizon

    assert len(story("identity")) == len(story("pseudonym")) == 3
    assert story("none") == frozenset()


def test_a_way_that_nobody_may_see_counts_nobody_beyond_the_horizon() -> None:
    hidden = [f"{n} S{n - 1}>S{n} 85 show=none" for n in range(2, 19)]
    story = Story("1 B>S1 85", *hidden, "20 S1>S18 85 show=pseudonym flow=no")
    assert story.openness()["S18"] == PSEUDONYM
    assert story.view().beyond_horizon == frozenset()


def test_an_unpublished_or_ended_requirement_shows_nothing() -> None:
    story = Story("1 B>X -")
    assert view(story.network, story.requirement, DAY - timedelta(days=1)) == View((), (), frozenset(), frozenset())


def test_passing_on_is_no_when_anything_is_held_back_and_yes_when_all_is_passed() -> None:
    story = Story(
        "1 X>A 85 flow=yes",
        "2 X>C 85 flow=no",
        "3 Y>A 85 flow=yes",
        "4 Y>C 85 disputed flow=no",
        "5 Z>A 85",
        "6 Z>C 85 flow=yes",
    )
    said = {name: passes_on(story.network, story.numbers[name], DAY) for name in "XYZA"}
    assert said == {"X": FlowDown.NO, "Y": FlowDown.YES, "Z": FlowDown.UNDECLARED, "A": FlowDown.UNDECLARED}


def test_a_direct_buyer_sees_its_own_suppliers_one_tier_below_itself() -> None:
    story = Story("1 B>X 85", "2 X>Y 85", "3 X>Z 85 claimed", "4 B>Y 85", "5 X>B 85", "6 X>K 85 flow=no")
    (row,) = passing_through(story.network, story.numbers["X"], DAY)
    assert (row.supplier, row.tier, row.level, row.via) == (story.numbers["Y"], 2, 3, 2)
    assert passing_through(story.network, story.brand, DAY) == ()


def test_a_direct_buyer_sees_a_due_date_by_its_own_way() -> None:
    late = "2 X>Y 85 claimed 2026-02-01..2026-02-28 confirmed 2026-03-01.."
    story = Story("1 B>X 85 confirmed 2026-01-15..", late)
    (row,) = passing_through(story.network, story.numbers["X"], date(2026, 4, 1))
    assert row.due == date(2026, 3, 1)


def test_a_direct_buyers_own_way_to_a_supplier_is_as_young_as_the_way_to_the_buyer() -> None:
    story = Story("1 B>X 85 confirmed 2026-03-01..", "2 X>Y 85 confirmed 2020-01-01..")
    (row,) = passing_through(story.network, story.numbers["X"], date(2026, 4, 1))
    assert row.due == date(2026, 3, 1)


def test_of_several_links_a_direct_buyer_is_told_of_the_confirmed_one() -> None:
    story = Story("1 B>X 85", "2 X>Y 85 claimed", "3 X>Y 85", "4 X>Y 85")
    (row,) = passing_through(story.network, story.numbers["X"], DAY)
    assert row.via == 3


def test_nothing_passes_through_a_buyer_at_the_horizon() -> None:
    links = [f"{n} S{n - 1}>S{n} 85" for n in range(2, 18)]
    story = Story("1 B>S1 85", *links)
    assert [row.tier for row in passing_through(story.network, story.numbers["S14"], DAY)] == [15]
    assert passing_through(story.network, story.numbers["S15"], DAY) == ()


@settings(max_examples=60, deadline=None)
@given(worlds(most_links=10), DAYS)
def test_to_walk_only_what_leads_to_a_buyer_or_to_look_at_one_supplier_changes_nothing_that_passes_through_it(
    changes: list[Change], day: date
) -> None:
    network = Network.empty().apply(changes, 1)
    everybody = frozenset(range(1, 8))
    for buyer in everybody:
        found = passing_through(network, buyer, day)
        network.memory = Memory()
        with patch.object(passing, "_above", lambda *_: everybody):
            assert passing_through(network, buyer, day) == found
        for one in everybody:
            told = tuple(row for row in found if row.supplier == one)
            assert passing_through(network, buyer, day, frozenset({one})) == told


@settings(max_examples=60, deadline=None)
@given(worlds(most_links=10), DAYS)
def test_a_look_at_one_organization_finds_its_rows_of_the_whole_view_with_nothing_walked_before(
    changes: list[Change], day: date
) -> None:
    network = Network.empty().apply(changes, 1)
    for demand in network.requirements():
        rows = view(network, demand, day).rows
        for one in range(1, 8):
            network.memory = Memory()
            assert rows_about(network, demand, day, {one}) == tuple(row for row in rows if row.organization == one)


def test_who_does_not_owe_itself_still_passes_on() -> None:
    story = Story("1 B>X 85", "2 X>Y 85", more=[Organization(2, country="DE"), Record(1, 3, country="CN")])
    assert (story.numbers["X"], story.numbers["Y"]) == (2, 3)
    assert [row.supplier for row in passing_through(story.network, 2, DAY)] == [3]


@settings(max_examples=200, deadline=None)
@given(worlds(most_links=10), DAYS)
def test_sight_is_that_of_enumerating_every_path(changes: list[Change], day: date) -> None:
    world, network = oracle.World(changes), Network.empty().apply(changes, 1)
    for reader in (1, 2, 3):
        found = sight(network, reader, day)
        seen = {n: (how, found.tier[n]) for n, how in found.openness.items() if n not in found.group}
        assert seen == oracle.sight(world, reader, day)


@settings(max_examples=200, deadline=None)
@given(worlds(most_links=10), DAYS)
def test_a_view_is_that_of_enumerating_every_path(changes: list[Change], day: date) -> None:
    world, network = oracle.World(changes), Network.empty().apply(changes, 1)
    for requirement in network.requirements():
        found = view(network, requirement, day)
        kinds = {kind: told(found.rows, kind) for kind in RowKind}
        seen = oracle.sight(world, requirement.issuer, day)
        identity = oracle.owed(world, requirement, day, "identity")
        pseudonym = oracle.owed(world, requirement, day, "pseudonym")
        veiled = {n: owed for n, owed in pseudonym.items() if seen[n][0] is PSEUDONYM}
        own = oracle.owed(world, requirement, day, "own")
        awaiting = {n: owed for n, owed in own.items() if n not in identity}
        assert kinds[RowKind.IDENTITY] == identity
        assert kinds[RowKind.PSEUDONYM] == veiled
        assert kinds[RowKind.AWAITING] == awaiting
        anybody = oracle.owed(world, requirement, day, "any").keys()
        assert {owed.supplier for owed in found.protected} == anybody - identity.keys() - veiled.keys()
        private = {row.organization: row.tier for row in found.rows if row.kind is RowKind.PRIVATE}
        assert private == hearsay(world, requirement, day, identity.keys() | awaiting.keys())


def told(rows: tuple[Row, ...], kind: RowKind) -> dict[int, oracle.Owed]:
    return {
        row.organization: oracle.Owed(row.tier, row.owed.level, row.owed.via, row.due or date.min)
        for row in rows
        if row.kind is kind
    }


def hearsay(world: oracle.World, requirement: Requirement, day: date, shown: Iterable[int]) -> dict[int, int]:
    """Who is reached over what the issuer knows, private links included, and is not shown otherwise."""
    if not oracle.is_live(requirement, day):
        return {}
    group = world.group(requirement.issuer, day)
    sighted = group | oracle.walk(world, requirement, day, "identity").keys()
    own = oracle.followed(world, requirement, day, "own")[0]
    seen = [x for x in oracle.followed(world, requirement, day, "identity")[0] if x.buyer in sighted]
    private = [
        link
        for link in world.links.values()
        if oracle.state_of(link, day) is LinkState.PRIVATE and link.owner == requirement.issuer
    ]
    usable = [
        link
        for link in {x.number: x for x in [*own, *seen, *private]}.values()
        if link.flow_down is not FlowDown.NO and oracle.in_scope(requirement, link, group)
    ]
    places = oracle.positions(usable, group, day, set(LinkState))
    return {
        number: tier
        for number, (tier, _, _) in places.items()
        if number not in shown and oracle.asked(world, requirement, number, tier) is not None
    }


@settings(max_examples=60, deadline=None)
@given(worlds(), DAYS)
def test_every_row_can_be_explained_through_its_lens(changes: list[Change], day: date) -> None:
    network = Network.empty().apply(changes, 1)
    for requirement in network.requirements():
        for row in view(network, requirement, day).rows:
            found = explain(network, requirement, row.organization, day, row.lens)
            assert found.obligation == row.owed
            assert [link.number for link in found.path][-1:] == [row.owed.via]
            assert len(found.path) == row.tier
            assert row.organization not in reach(network, requirement, day, Lens.OWED).group
