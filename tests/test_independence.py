"""Who may judge whom, as a rule over the network."""

from datetime import date, timedelta

import pytest

from graph.network import Change, Link, Network, Ownership, Period
from graph.terms import LinkState
from supplychain.network.independence import may_review

DAY = date(2026, 11, 22)
REVIEWER, SUPPLIER, OWNER, SISTER, CUSTOMER = range(1, 6)


def owns(number: int, parent: int, child: int, *, confirmed: bool = True) -> Ownership:
    return Ownership(number, child=child, parent=parent, confirmed=confirmed)


def buys(
    buyer: int,
    supplier: int,
    state: LinkState = LinkState.CONFIRMED,
    *,
    owner: int | None = None,
    until: date | None = None,
) -> Link:
    return Link(1, buyer, supplier, (Period(None, until, state),), owner=owner)


@pytest.mark.parametrize(
    ("facts", "independent"),
    [
        ([], True),
        ([owns(1, REVIEWER, SUPPLIER)], False),
        ([owns(1, SUPPLIER, REVIEWER)], False),
        ([owns(1, OWNER, REVIEWER), owns(2, OWNER, SUPPLIER)], False),
        ([owns(1, REVIEWER, SUPPLIER, confirmed=False)], True),
        ([buys(REVIEWER, SUPPLIER)], False),
        ([buys(REVIEWER, SUPPLIER, LinkState.CLAIMED)], False),
        ([buys(REVIEWER, SUPPLIER, LinkState.OFFERED)], False),
        ([buys(REVIEWER, SUPPLIER, LinkState.DISPUTED)], False),
        ([buys(REVIEWER, SUPPLIER, LinkState.ENDED)], True),
        ([buys(REVIEWER, SUPPLIER, until=DAY - timedelta(days=1))], True),
        ([buys(REVIEWER, SUPPLIER, LinkState.PRIVATE, owner=CUSTOMER)], True),
        ([buys(SUPPLIER, REVIEWER)], True),
        ([buys(CUSTOMER, SUPPLIER)], True),
        ([buys(CUSTOMER, SUPPLIER), owns(1, CUSTOMER, REVIEWER)], False),
        ([buys(CUSTOMER, SUPPLIER), owns(1, OWNER, CUSTOMER), owns(2, OWNER, REVIEWER)], False),
        ([buys(REVIEWER, OWNER), owns(1, OWNER, SUPPLIER)], False),
        ([buys(REVIEWER, SISTER), owns(1, SUPPLIER, SISTER)], False),
    ],
)
def test_a_reviewer_is_neither_of_the_group_nor_of_a_customers(facts: list[Change], independent: bool) -> None:
    network = Network.empty().apply(facts, 1)
    assert may_review(network, REVIEWER, SUPPLIER, DAY) is independent


def test_nobody_reviews_itself() -> None:
    assert not may_review(Network.empty(), REVIEWER, REVIEWER, DAY)
