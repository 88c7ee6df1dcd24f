"""Links as columns: what a link takes in memory is bytes, not objects, and a day's state of all is one comparison.

A link is made an object again when somebody asks for it.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from graph.facts import Link, Period
from graph.terms import Disclosure, FlowDown, LinkState

STATES: Final = tuple(LinkState)
DISCLOSURES: Final = tuple(Disclosure)
FLOWS: Final = tuple(FlowDown)
"""A column holds the place in these."""
NO_LINK: Final = 255
"""In place of a state on days without the link."""
NOBODY: Final = -1
"""In place of a category or an owner where there is none."""
_OPEN: Final = 0
"""In place of a day where a period has no first or no last one; days are proleptic ordinals."""


@dataclass(frozen=True, slots=True)
class LinkColumns:
    """Links in the order of their numbers; m of them, with p periods in all.

    Attributes:
        number: int64[m], ascending. buyer, supplier: int64[m], numbers of organizations.
        category: int32[m], place in `categories`, or NOBODY. owner: int64[m], or NOBODY.
        share: float64[m], NaN where it is not known.
        flow_down, disclosure: uint8[m], places in FLOWS and DISCLOSURES.
        id: bytes[m].
        periods: int64[m + 1], where each link's periods begin. first, last: int32[p], 0 is open. state: uint8[p].
        categories: ascending, digits only; the one column that is not an array.
    """

    number: NDArray[np.int64]
    buyer: NDArray[np.int64]
    supplier: NDArray[np.int64]
    category: NDArray[np.int32]
    share: NDArray[np.float64]
    flow_down: NDArray[np.uint8]
    disclosure: NDArray[np.uint8]
    owner: NDArray[np.int64]
    id: NDArray[np.bytes_]
    periods: NDArray[np.int64]
    first: NDArray[np.int32]
    last: NDArray[np.int32]
    state: NDArray[np.uint8]
    categories: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.number)

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """All columns by name, categories as fixed-width bytes."""
        found = {one.name: getattr(self, one.name) for one in fields(self)}
        return {**found, "categories": _texts(self.categories)}

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> "LinkColumns":
        """The columns that `arrays` gave."""
        columns: dict[str, Any] = {one.name: arrays[one.name] for one in fields(cls)}
        return cls(**{**columns, "categories": tuple(one.decode() for one in arrays["categories"].tolist())})

    def at(self, number: int) -> int | None:
        """The place of a link."""
        found = int(np.searchsorted(self.number, number))
        return found if found < len(self.number) and int(self.number[found]) == number else None

    def link(self, at: int) -> Link:
        """The link at a place, as the fact it was."""
        category, owner, share = int(self.category[at]), int(self.owner[at]), float(self.share[at])
        begin, end = int(self.periods[at]), int(self.periods[at + 1])
        days = zip(*(column[begin:end].tolist() for column in (self.first, self.last, self.state)), strict=True)
        return Link(
            number=int(self.number[at]),
            buyer=int(self.buyer[at]),
            supplier=int(self.supplier[at]),
            periods=tuple(period_of(*three) for three in days),
            category=None if category == NOBODY else self.categories[category],
            share=None if np.isnan(share) else share,
            flow_down=FLOWS[int(self.flow_down[at])],
            disclosure=DISCLOSURES[int(self.disclosure[at])],
            owner=None if owner == NOBODY else owner,
            id=self.id[at].decode(),
        )

    def state_on(self, day: date) -> NDArray[np.uint8]:
        """uint8[m]: each link's state on the day as a place in STATES, NO_LINK where there is none."""
        today = day.toordinal()
        holds = (self.first <= today) & ((self.last == _OPEN) | (self.last >= today))
        found = np.full(len(self), NO_LINK, np.uint8)
        which = np.flatnonzero(holds)
        found[np.searchsorted(self.periods, which, side="right") - 1] = self.state[which]
        return found


_OF_PERIODS: Final = ("first", "last", "state")
_PLAIN: Final = tuple(one for one in fields(LinkColumns) if one.name not in ("periods", "categories"))


def columns_of(links: Iterable[Link]) -> LinkColumns:
    """Columns of some links, in whatever order they come."""
    some = sorted(links, key=lambda link: link.number)
    categories = tuple(sorted({link.category for link in some if link.category is not None}))
    place: dict[str | None, int] = {None: NOBODY}
    place.update((category, at) for at, category in enumerate(categories))
    flows, disclosures, states = ({one: at for at, one in enumerate(table)} for table in (FLOWS, DISCLOSURES, STATES))
    periods = [period for link in some for period in link.periods]
    return LinkColumns(
        number=np.array([link.number for link in some], np.int64),
        buyer=np.array([link.buyer for link in some], np.int64),
        supplier=np.array([link.supplier for link in some], np.int64),
        category=np.array([place[link.category] for link in some], np.int32),
        share=np.array([np.nan if link.share is None else link.share for link in some], np.float64),
        flow_down=np.array([flows[link.flow_down] for link in some], np.uint8),
        disclosure=np.array([disclosures[link.disclosure] for link in some], np.uint8),
        owner=np.array([NOBODY if link.owner is None else link.owner for link in some], np.int64),
        id=_texts(link.id for link in some),
        periods=np.concatenate([[0], np.cumsum([len(link.periods) for link in some], dtype=np.int64)]).astype(np.int64),
        first=np.array([_ordinal(period.valid_from) for period in periods], np.int32),
        last=np.array([_ordinal(period.valid_to) for period in periods], np.int32),
        state=np.array([states[period.state] for period in periods], np.uint8),
        categories=categories,
    )


def replaced(columns: LinkColumns, links: Collection[Link]) -> LinkColumns:
    """The columns with these links in addition, or in the place of what had their numbers."""
    if not links:
        return columns
    new = columns_of(links)
    categories = tuple(sorted({*columns.categories, *new.categories}))
    kept = np.flatnonzero(~np.isin(columns.number, new.number))
    parts = [_recoded(taken(columns, kept), categories), _recoded(new, categories)]
    joined = {one.name: np.concatenate([getattr(part, one.name) for part in parts]) for one in _PLAIN}
    periods = np.concatenate([parts[0].periods, parts[1].periods[1:] + parts[0].periods[-1]])
    whole = LinkColumns(**joined, periods=periods, categories=categories)
    return taken(whole, np.argsort(whole.number, kind="stable"))


def taken(columns: LinkColumns, which: NDArray[np.int64]) -> LinkColumns:
    """The links in some rows, in this order."""
    lengths = np.diff(columns.periods)[which]
    periods = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    days = np.repeat(columns.periods[which] - periods[:-1], lengths) + np.arange(periods[-1])
    taken = {one.name: getattr(columns, one.name)[days if one.name in _OF_PERIODS else which] for one in _PLAIN}
    return LinkColumns(**taken, periods=periods, categories=columns.categories)


def _recoded(columns: LinkColumns, categories: tuple[str, ...]) -> LinkColumns:
    place = {category: at for at, category in enumerate(categories)}
    code = np.array([*map(place.get, columns.categories), NOBODY], np.int32)  # NOBODY finds itself at the end
    return replace(columns, category=code[columns.category], categories=categories)


@lru_cache(maxsize=4096)
def period_of(first: int, last: int, state: int) -> Period:
    """The period that three columns say; many links have one alike."""
    return Period(_day(first), _day(last), STATES[state])


def _texts(texts: Iterable[str]) -> NDArray[np.bytes_]:
    encoded = [text.encode() for text in texts]
    return np.array(encoded, f"S{max(map(len, encoded), default=1) or 1}")


def _ordinal(day: date | None) -> int:
    return _OPEN if day is None else day.toordinal()


def _day(ordinal: int) -> date | None:
    return None if ordinal == _OPEN else date.fromordinal(ordinal)
