"""Lists that are the whole list of their day: which links are absent from them, and so end."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Final

from sqlalchemy import ColumnElement, and_, select

from graph.network import state_on
from supplychain.errors import Conflict, Invalid
from supplychain.network import facts
from supplychain.network.imports import link_write, matching
from supplychain.network.imports.link_plan import Entry, Key
from supplychain.network.imports.rows import Manner
from supplychain.network.link_rules import SAID_BY_ME, Periods, Side, ceased
from supplychain.network.models import SupplyLink
from supplychain.work import Work

UNASKED: Final = 10
"""Per cent of the links in force that a list may end without having been foreseen and confirmed."""
Reference = tuple[str | None, str | None]
"""Buyer and supplier as a row names them; None is the sender."""


class TwoSides(Invalid):
    """A list that replaces speaks as buyer and as supplier, or for others as well: whose list is it?"""


class Unconfirmed(Conflict):
    """So much would end that somebody must have looked at it first."""


@dataclass(frozen=True, slots=True)
class Ending:
    """What ends because a list does not know it any more.

    numbers: of the links that end, by number. links: so many of what the list is about were in force on its day.
    """

    valid_on: date
    side: Side
    numbers: tuple[int, ...] = ()
    links: int = 0

    def check(self, refused: int) -> None:
        """Whether it may be done unseen. refused: rows of the list that could not be taken. Raises Unconfirmed."""
        ending = len(self.numbers)
        if ending * 100 > UNASKED * self.links or (ending and refused):
            raise Unconfirmed("replace-unconfirmed", ending=ending, links=self.links, refused=refused)


def ending(work: Work, manner: Manner, entries: Sequence[Entry], doubtful: Iterable[Reference]) -> Ending | None:
    """What is absent from a list; None when no row of it says whose list it is.

    A link is absent when no row whose days reach the list's day names its buyer, supplier and code, and it was in
    force on that day by the word of the side that the list speaks for. doubtful: whom rows that were refused name:
    no link between those ends. Raises TwoSides.
    """
    assert manner.valid_on is not None
    sides = {entry.side for entry in entries}
    if len(sides) > 1:
        raise TwoSides("replace-two-sides")
    if not sides:
        return None
    (side,) = sides
    day = manner.valid_on
    named = {entry.key for entry in entries if entry.row.valid_to is None or entry.row.valid_to >= day}
    pairs = _pairs(work, doubtful)
    buyers = {entry.key[0] for entry in entries}
    codes = {entry.key[2] for entry in entries}
    about = [
        (number, key)
        for number, key, periods in _mine(work, side)
        if state_on(periods, day) in SAID_BY_ME[side]
        and (side is not Side.OWNER or key[0] in buyers)
        and _in_scope(key[2], manner.scope, codes)
    ]
    gone = tuple(number for number, key in about if key not in named and key[:2] not in pairs)
    return Ending(day, side, gone, len(about))


def end(work: Work, found: Ending, numbers: Collection[int], source: str) -> list[int]:
    """End some of the links, as far as they did not end meanwhile, and tell it like any end; numbers of those.

    source: public id of the import.
    """
    held = link_write.select_held(work, _condition(work, found.side), SupplyLink.number, sorted(numbers))
    ended = []
    for one in held:
        periods = ceased(one.periods, found.valid_on, found.side)
        if periods != one.periods:
            one.periods = periods
            ended.append(one)
    link_write.update_held(work, ended)
    for one in ended:
        buyer, supplier, _, owner = one.key
        work.change(one.fact())
        mine = supplier if found.side is Side.SUPPLIER else owner or buyer
        day = found.valid_on.isoformat()
        work.record("link.ended", one.id, mine, by=str(found.side), from_day=day, source=source)
        if not owner:
            work.emit("link.ended", one.id, supplier, buyer=buyer, supplier=supplier, by=str(found.side))
    return [one.number for one in ended]


def _pairs(work: Work, doubtful: Iterable[Reference]) -> set[tuple[int, int]]:
    """Whose links a row that was refused may have meant."""
    doubtful = set(doubtful)
    found = matching.resolve(work, {one for pair in doubtful for one in pair if one is not None})
    me = frozenset({work.actor.organization})

    def meant(one: str | None) -> frozenset[int]:
        return me if one is None else found.get(one, frozenset())

    return {pair for buyer, supplier in doubtful for pair in product(meant(buyer), meant(supplier))}


def _in_scope(category: str, scope: tuple[str, ...] | None, named: Collection[str]) -> bool:
    if scope is None:
        return category in named
    return not scope or category.startswith(scope)


def _condition(work: Work, side: Side) -> ColumnElement[bool]:
    me = work.actor.organization
    if side is Side.OWNER:
        return SupplyLink.owner == me
    own = SupplyLink.buyer if side is Side.BUYER else SupplyLink.supplier
    return and_(own == me, SupplyLink.owner == 0)


def _mine(work: Work, side: Side) -> Iterable[tuple[int, Key, Periods]]:
    query = select(
        SupplyLink.number,
        SupplyLink.buyer,
        SupplyLink.supplier,
        SupplyLink.category,
        SupplyLink.owner,
        SupplyLink.periods,
    ).where(_condition(work, side), SupplyLink.joined_into.is_(None))
    for number, buyer, supplier, category, owner, periods in work.session.execute(query.order_by(SupplyLink.number)):
        yield number, (buyer, supplier, category, owner), facts.periods_of(periods)


def ids_of(work: Work, numbers: Collection[int]) -> dict[int, str]:
    """Public ids of links, by number."""
    query = select(SupplyLink.number, SupplyLink.id)
    return dict(tuple(row) for row in matching.rows_in(work, query, SupplyLink.number, sorted(numbers)))
