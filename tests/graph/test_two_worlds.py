"""Two worlds that differ only in what a reader may not see answer that reader alike."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from graph.cascade import Lens, reach
from graph.exposure import flow
from graph.facts import Change, Link, Requirement
from graph.network import Network
from graph.periods import state_on
from graph.sight import RowKind, Sight, passing_through, sight, view
from graph.structure import chain_of, chokepoints, shared
from graph.terms import Disclosure, LinkState
from tests.graph.looking import SHARES, spending
from tests.graph.strategies import links, worlds

READER = 1


def is_hidden(link: Link, seen: Sight, day: date) -> bool:
    """Whether the reader may not know of the link: not its own, not its knowledge, and no open confirmed one."""
    if link.owner == READER or link.buyer in seen.group:
        return False
    if link.owner is not None or link.buyer not in seen.openness:
        return True
    return state_on(link.periods, day) is not LinkState.CONFIRMED or link.disclosure is Disclosure.NONE


def answers(network: Network, day: date) -> list[object]:
    """Everything the issuer reads; protected aggregates are excepted by the rule itself."""
    told: list[object] = [sight(network, READER, day)]
    for requirement in network.requirements():
        if requirement.issuer == READER:
            found = view(network, requirement, day)
            told += [found.rows, found.unclassified_links, found.beyond_horizon, flow(network, requirement, day)]
            told += [shape(network, day, requirement), shape(network, day, None)]
    return told


def shape(network: Network, day: date, requirement: Requirement | None) -> object:
    chain = chain_of(network, READER, day, requirement)
    return chokepoints(chain), shared(chain)


def unmerged(changes: list[Change]) -> list[Change]:
    """Without ownership and amendments, whose days in the past have a sight of their own."""
    return [c for c in changes if type(c).__name__ != "Ownership" and getattr(c, "predecessor", None) is None]


@settings(max_examples=300, deadline=None)
@given(spending(), st.data())
def test_hidden_links_may_come_go_and_change_without_a_trace(changes: list[Change], data: st.DataObject) -> None:
    network = Network.empty().apply(unmerged(changes), 1)
    day = network.day
    seen = sight(network, READER, day)
    other = network
    for number in data.draw(st.lists(st.integers(1, 20), unique=True, max_size=4)):
        held = network.link(number)
        hidden = replace(data.draw(links(number)), share=data.draw(SHARES))
        if (held is None or is_hidden(held, seen, day)) and is_hidden(hidden, seen, day):
            other = other.apply([hidden], 2)
    assert answers(other, day) == answers(network, day)


@settings(max_examples=300, deadline=None)
@given(worlds(), st.data())
def test_claiming_links_and_noting_down_hearsay_unmasks_no_pseudonym(
    changes: list[Change], data: st.DataObject
) -> None:
    network = Network.empty().apply(changes, 1)
    day = network.day
    claimed = data.draw(links(30).filter(lambda link: link.owner in (None, READER)))
    if claimed.owner is None:
        state, buyer = LinkState.CLAIMED, READER
    else:
        state, buyer = LinkState.PRIVATE, claimed.buyer
    periods = tuple(type(period)(period.valid_from, period.valid_to, state) for period in claimed.periods)
    link = Link(30, buyer, claimed.supplier, periods, claimed.category, owner=claimed.owner)
    if link.buyer == link.supplier:
        return
    after = network.apply([link], 2)
    for requirement in network.requirements():
        if requirement.issuer == READER:
            one, other = view(network, requirement, day), view(after, requirement, day)
            assert confirmed_rows(one.rows) == confirmed_rows(other.rows)
            assert one.protected == other.protected
    assert sight(network, READER, day) == sight(after, READER, day)


def confirmed_rows(rows: tuple[object, ...]) -> list[object]:
    open_kinds = (RowKind.IDENTITY, RowKind.PSEUDONYM)
    return [row for row in rows if getattr(row, "kind", None) in open_kinds]


@settings(max_examples=200, deadline=None)
@given(worlds(), links(30))
def test_what_passes_through_a_buyer_tells_nothing_of_other_buyers_of_its_suppliers(
    changes: list[Change], elsewhere: Link
) -> None:
    network = Network.empty().apply(changes, 1)
    for buyer in range(2, 8):
        told = passing_through(network, buyer, network.day)
        for supplier in {row.supplier for row in told} - {elsewhere.buyer}:
            after = network.apply([replace(elsewhere, supplier=supplier)], 2)
            if elsewhere.buyer != buyer and places(after, buyer) == places(network, buyer):
                assert passing_through(after, buyer, network.day) == told


def places(network: Network, buyer: int) -> list[tuple[object, ...]]:
    """What the buyer itself is told of its place: tier and age of the way to it, now and before amendments."""
    days = {network.day} | {one.effective_from - timedelta(days=1) for one in network.requirements()}
    return [
        (requirement.number, day, found.tier.get(buyer), found.since.get(buyer))
        for requirement in network.requirements()
        for day in sorted(days)
        for found in [reach(network, requirement, day, Lens.OWED)]
    ]
