"""An organization's links on two days compared: whom it gained, whom it lost, what is bought under another code."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Final

from graph.network import state_on
from supplychain.network import directory, link_queries
from supplychain.network.link_rules import HOLDING, Side
from supplychain.network.models import Organization
from supplychain.work import Work

_SIDES: Final = (Side.BUYER, Side.SUPPLIER, Side.OWNER)


class Change(StrEnum):
    """What became of the links of a buyer and a supplier; each pair has exactly one."""

    ADDED = "added"
    DROPPED = "dropped"
    RECATEGORISED = "recategorised"
    KEPT = "kept"


@dataclass(slots=True)
class Pair:
    """A buyer and a supplier with the categories of their links on either day. number: of their first link."""

    side: Side
    buyer: int
    supplier: int
    number: int
    before: set[str] = field(default_factory=set)
    after: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)

    @property
    def change(self) -> Change:
        """What became of the pair."""
        if not self.before:
            return Change.ADDED
        if not self.after:
            return Change.DROPPED
        return Change.KEPT if self.before == self.after else Change.RECATEGORISED

    @property
    def position(self) -> tuple[int]:
        """Where it stands in the list."""
        return (self.number,)


def between(work: Work, earlier: date, later: date, role: str | None = None) -> list[Pair]:
    """The actor's pairs of buyer and supplier that have a link on either day, from the links as they are known now."""
    pairs: dict[tuple[Side, int, int], Pair] = {}
    for side in _SIDES:
        for link in link_queries.listed(work, side) if role in {None, side} else ():
            held = [state_on(link.periods, day) in HOLDING for day in (earlier, later)]
            if not any(held):
                continue
            key = (side, link.buyer, link.supplier)
            pair = pairs.setdefault(key, Pair(*key, number=link.number))
            pair.number = min(pair.number, link.number)
            pair.links.append(link.id)
            for categories, holds in zip((pair.before, pair.after), held, strict=True):
                if holds:
                    categories.add(link.category or "")
    return list(pairs.values())


def counted(pairs: Sequence[Pair]) -> Mapping[str, int]:
    """Pairs by what became of them."""
    found = Counter(pair.change for pair in pairs)
    return {str(one): found[one] for one in Change}


def represent(work: Work, pairs: Sequence[Pair]) -> list[dict[str, Any]]:
    """Pairs as their reader is shown them."""
    ends = directory.by_number(work, {end for pair in pairs for end in (pair.buyer, pair.supplier)})
    return [
        {
            "role": str(pair.side),
            "buyer": _party(ends[pair.buyer]),
            "supplier": _party(ends[pair.supplier]),
            "change": str(pair.change),
            "before": sorted(pair.before),
            "after": sorted(pair.after),
            "links": pair.links,
        }
        for pair in pairs
    ]


def _party(row: Organization) -> dict[str, Any]:
    return {"id": row.id, "name": row.name, "name_zh": row.name_zh}
