"""A network folded on from arrays is the one that was folded from nothing."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from graph import snapshot
from graph.arrays.columns import columns_of
from graph.base import arrays_of, built, network_of
from graph.facts import Attributes, Change, Known, Link, Organization, Period, Record, Waiver
from graph.network import Network
from graph.terms import LinkState
from graph.walks.ground import ground
from tests.graph.strategies import DAYS, NUMBERS, START, edits, links, worlds
from tests.graph.test_network import everything

EVERYBODY = range(9)


@st.composite
def told(draw: st.DrawFn) -> list[Change]:
    """What worlds leave out: waivers, records of several owners, proofs, links that are none."""
    granted = draw(DAYS)
    some: list[Change] = [
        Waiver(draw(st.integers(1, 2)), 1, draw(NUMBERS), granted, granted + timedelta(days=3)),
        Record(draw(NUMBERS), draw(NUMBERS), draw(st.sampled_from([None, "CN"]))),
        Organization(
            draw(NUMBERS),
            name=draw(st.sampled_from(("", "名", "half \ud83d"))),
            proven=Attributes(country=draw(st.sampled_from([None, "CN"]))),
            known=draw(st.sampled_from([(), (Known("fact", ("true",), 2025),)])),
        ),
        Link(draw(st.integers(1, 40)), draw(NUMBERS), 8, ()),
    ]
    return draw(st.lists(st.sampled_from(some), max_size=3))


def looked_up(network: Network) -> list[Any]:
    """Every public lookup."""
    days = [network.day + timedelta(days=later) for later in (-3, 0, 1)] if network.day > date.min else [START]
    found: list[Any] = [network.revision, network.day, network.requirements()]
    found += [sorted(map(repr, some)) for some in (network.organizations(), network.links(), network.ownerships())]
    for one in EVERYBODY:
        found += [network.organization(one), network.links_from(one), network.links_to(one), network.waivers_of(one)]
        found += [network.record(one, other) for other in EVERYBODY]
        for day in days:
            found += [network.owned_by(one, day), network.owners_of(one, day), network.plants_of(one, day)]
            found += [network.company_of(one, day), network.family_through(one, day), network.group(one, day)]
    found += [[network.link(number), network.ownership(number), network.requirement(number)] for number in range(42)]
    found += [network.kin(owning) for owning in sorted(network.ownerships(), key=lambda own: own.number)]
    return found + [(network.span(day), network.epoch(day), network.term(day)) for day in days]


def same(one: Network, other: Network) -> None:
    assert looked_up(one) == looked_up(other)
    mine, theirs = one.columns().arrays(), other.columns().arrays()
    assert mine.keys() == theirs.keys()
    for name, column in mine.items():
        if name not in ("id", "category", "categories"):  # widths and codes may differ
            assert np.array_equal(column, theirs[name], equal_nan=column.dtype.kind == "f"), name
    columns = one.columns()
    assert [columns.link(at) for at in range(len(columns))] == sorted(one.links(), key=lambda link: link.number)


@settings(max_examples=80, deadline=None)
@given(
    worlds(most_links=6),
    st.lists(st.tuples(edits(), told()), min_size=1, max_size=3),
    st.sets(st.integers(0, 3)),
    st.sets(st.integers(0, 3)),
)
def test_a_network_opened_anywhere_and_folded_on_is_the_one_folded_from_nothing(
    changes: list[Change], steps: Sequence[tuple[list[Change], list[Change]]], written: set[int], looked: set[int]
) -> None:
    plain = opened = Network.empty()
    for revision, step in enumerate([changes, *([*some, *more] for some, more in steps)]):
        plain = plain.apply(step, revision + 1)
        opened = opened.apply(step, revision + 1)
        if revision in written:
            opened = network_of(arrays_of(opened))
        if revision in looked:  # what nobody asks for is made later, of several changes at once
            same(opened, plain)
    same(opened, plain)
    assert everything(opened, plain.day) == everything(plain, plain.day)


SOME_LINKS = st.lists(st.integers(1, 6), unique=True, min_size=1, max_size=4).flatmap(
    lambda numbers: st.tuples(*map(links, numbers))
)


@settings(max_examples=100, deadline=None)
@given(st.lists(SOME_LINKS, min_size=3, max_size=6))
def test_what_nobody_asks_for_between_changes_is_made_of_all_of_them(steps: list[tuple[Link, ...]]) -> None:
    plain = Network.empty().apply(steps[0], 1)
    opened = network_of(arrays_of(plain))
    for revision, step in enumerate(steps[1:], start=2):
        plain, opened = plain.apply(step, revision), opened.apply(step, revision)
    for one in EVERYBODY:
        assert opened.links_from(one) == plain.links_from(one)
        assert opened.links_to(one) == plain.links_to(one)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 9), unique=True).flatmap(lambda them: st.tuples(*map(links, them))))
def test_a_base_built_from_columns_is_a_fold_of_the_links(some: tuple[Link, ...]) -> None:
    everybody = [Organization(number, country="CN") for number in range(1, 8)]
    same(built(columns_of(some), everybody), Network.empty().apply([*everybody, *some], 1))


def test_a_network_that_changed_leaves_its_floor_as_it_was(tmp_path: Path) -> None:
    link = Link(1, 1, 2, (Period(None, None, LinkState.CONFIRMED),))
    arrays = arrays_of(Network.empty().apply([link], 1))
    before = network_of(snapshot.opened(snapshot.write(tmp_path, "1", arrays, {})).arrays)
    after = before.apply([Link(1, 3, 2, link.periods)], 2)
    assert before.links_from(1) == (link,)
    assert after.links_from(1) == ()
    assert [one.buyer for one in after.links_to(2)] == [3]
    assert before.columns().buyer.tolist() == [1]
    assert after.columns().buyer.tolist() == [3]


def test_what_a_snapshot_maps_takes_no_room_in_the_memory(tmp_path: Path) -> None:
    always = (Period(None, None, LinkState.CONFIRMED),)
    plain = Network.empty().apply([Link(number, number, number + 1, always) for number in range(1, 500)], 1)
    opened = network_of(snapshot.opened(snapshot.write(tmp_path, "1", arrays_of(plain), {})).arrays)
    assert ground(opened).weight == 1 < ground(plain).weight
