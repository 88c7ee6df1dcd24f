"""Parts of a network – as it was earlier, as a reader may be told of it, as it may suppose on it – fact by fact."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from graph import told
from graph.base import arrays_of, network_of
from graph.facts import Change, DayAdvanced, Link, Ownership
from graph.network import Network
from graph.payload import to_payload
from graph.periods import state_on
from graph.sight import sight
from graph.staging import link_of, staged
from graph.terms import Disclosure, LinkState
from graph.undoing import Key, undone
from tests.graph.strategies import edits, worlds
from tests.graph.test_base import looked_up
from tests.graph.test_base import told as left_out
from tests.graph.test_network import everything

READER = 1
LOGS = st.tuples(
    worlds(most_links=8), st.lists(st.tuples(edits(), left_out()).map(lambda two: [*two[0], *two[1]]), max_size=4)
).map(lambda first_and_more: [first_and_more[0], *first_and_more[1]])
"""What was recorded, revision by revision."""


def folded(log: Sequence[Sequence[Change]]) -> Network:
    return Network.empty().apply(chain.from_iterable(log), len(log))


def same_facts(one: Network, other: Network) -> None:
    """All but the days on which anything may turn, of which there may be too many."""
    assert looked_up(one)[:-3] == looked_up(other)[:-3]
    assert sorted(one.organizations(), key=repr) == sorted(other.organizations(), key=repr)
    assert dict(one.held.records) == dict(other.held.records)
    assert dict(one.held.waivers) == dict(other.held.waivers)


def fact(change: Change) -> tuple[str, Key]:
    kind, said = to_payload(change)
    return kind, said["number"] if "number" in said else (said["owner"], said["organization"])


@settings(max_examples=40, deadline=None)
@given(LOGS, st.data())
def test_what_came_since_undone_is_what_was_folded_before_it(log: list[list[Change]], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(log)))
    earlier, since = list(chain.from_iterable(log[:cut])), chain.from_iterable(log[cut:])
    touched: dict[str, set[Key]] = defaultdict(set)
    for kind, key in (fact(one) for one in since if not isinstance(one, DayAdvanced)):
        touched[kind].add(key)
    said = [one for one in earlier if isinstance(one, DayAdvanced) or fact(one)[1] in touched[fact(one)[0]]]
    now = data.draw(st.sampled_from([folded, lambda some: network_of(arrays_of(folded(some)))]))(log)
    found, expected = undone(now, touched, said, cut), folded(log[:cut])
    same_facts(found, expected)
    same_facts(network_of(arrays_of(found)), expected)
    assert everything(found, found.day) == everything(expected, expected.day)


def plainly(network: Network, of: Network, facts: Iterator[Change | None]) -> Network:
    """A network of facts, and of whom the reader knows by name in another."""
    seen = sight(of, READER, of.day)
    known = [number for number in range(1, 8) if seen.knows(number)]
    about = (some for one in known for some in (network.organization(one), network.record(READER, one)))
    own = (one for one in network.requirements() if one.issuer == READER)
    return Network.empty().apply(filter(None, chain(about, own, facts)), network.revision)


def between(network: Network, ends: Callable[[int], bool]) -> Iterator[Link]:
    return (link for link in network.links() if ends(link.buyer) and ends(link.supplier))


def is_open(now: Network, link: Link) -> bool:
    """As `graph.told` says of a link that is not the reader's own."""
    current = now.link(link.number)
    pair = (one for one in now.links() if (one.buyer, one.supplier) == (link.buyer, link.supplier))
    standing = [current] if current is not None and current.periods else [one for one in pair if one.periods]
    return bool(standing) and all(one.disclosure is Disclosure.IDENTITY for one in standing)


@settings(max_examples=60, deadline=None)
@given(LOGS, st.data())
def test_what_a_reader_is_told_of_another_day_is_told_fact_by_fact(
    log: list[list[Change]], data: st.DataObject
) -> None:
    now, then = folded(log), folded(log[: data.draw(st.integers(1, len(log)))])
    seen = sight(now, READER, now.day)

    def facts() -> Iterator[Change]:
        for link in between(then, seen.knows):
            own = link.buyer in seen.group or link.owner == READER
            if link.owner in {None, READER} and (own or is_open(now, link)):
                yield replace(link, disclosure=Disclosure.IDENTITY)
        yield from (one for one in then.ownerships() if {one.child, one.parent} <= seen.group)
        yield DayAdvanced(then.day)

    same_facts(told.told(then, now, READER, now.day), plainly(then, now, facts()))


@settings(max_examples=60, deadline=None)
@given(LOGS)
def test_what_is_supposed_on_is_what_is_shown_fact_by_fact(log: list[list[Change]]) -> None:
    network = folded(log)
    seen, day = sight(network, READER, network.day), network.day

    def facts() -> Iterator[Change]:
        for link in between(network, seen.knows):
            shown = link.disclosure is Disclosure.IDENTITY and state_on(link.periods, day) is LinkState.CONFIRMED
            if link.owner is None and (shown or link.buyer in seen.group):
                yield link
        yield from (Ownership(one, one, READER, confirmed=True) for one in seen.group if one != READER)

    stage, expected = staged(network, READER, day), plainly(network, network, facts())
    same_facts(stage.network, expected)
    on_stage = {link.id: link for link in expected.links() if link.id}
    names: list[Any] = ["", "lnk_1\0", *(f"lnk_{number}" for number in range(1, 41))]
    assert {name: found for name in names if name and (found := link_of(stage, name))} == on_stage
