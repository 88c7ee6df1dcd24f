"""The tiers of all walks of a service's network as the table that lies beside its links (`graph.arrays.tiertable`)."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from graph.arrays.columns import FLOWS, NOBODY, STATES, LinkColumns
from graph.arrays.tiertable import Way, words_of
from graph.bulk.arrays import NO_DAY, Bytes, Ints, Longs, Words, compiled
from graph.bulk.cascade import industry_of, walked
from graph.bulk.demand import Walk
from graph.bulk.network import Links
from graph.bulk.sorting import starts_of
from graph.bulk.wave import PLANES
from graph.network import Network
from graph.terms import CARRYING, MAX_TIER, FlowDown, ScopeApplies
from graph.walks.alltiers import ways

Arrays = Mapping[str, NDArray[Any]]
_CARRYING: Final = np.array([state in CARRYING for state in STATES] + [False] * (256 - len(STATES)))


def tabled(network: Network, arrays: Arrays) -> dict[str, NDArray[Any]]:
    """The table of a network as arrays, beside those that `graph.base.arrays_of` gave of it."""
    columns = LinkColumns.of_arrays({name.removeprefix("links."): one for name, one in arrays.items()})
    places = arrays["steps.places"]
    place = np.zeros(int(places[-1]) + 1 if len(places) else 1, np.int32)
    place[places] = np.arange(len(places), dtype=np.int32)
    upward = arrays["links_to.rows"]
    wanted = ways(network)
    groups = {way.issuer: network.group(way.issuer, network.day) for way in wanted}
    members = {
        issuer: tuple(sorted(int(place[one]) for one in group if _known(places, one)))
        for issuer, group in groups.items()
    }
    # Two groups that links tell not apart today may be told apart by one that comes.
    column: dict[tuple[frozenset[int], Walk], int] = {}
    walks = {way: _walk(way, members[way.issuer]) for way in wanted}
    found = {way: column.setdefault((groups[way.issuer], walks[way]), len(column)) for way in wanted}
    return {
        "tiers.words": words_of(network.day, found, groups),
        "tiers.cells": _cells(columns, place, [walk for _, walk in column], len(places), network.day),
        "tiers.starts": starts_of(place[columns.supplier], len(places)),
        "tiers.buyer": place[columns.buyer[upward]],
    }


def _known(places: Longs, number: int) -> bool:
    at = int(np.searchsorted(places, number))
    return at < len(places) and int(places[at]) == number


def _walk(way: Way, group: tuple[int, ...]) -> Walk:
    return Walk(group, tuple(sorted(set(way.scope))), bool(way.scope) and way.applies is ScopeApplies.FIRST, (), ())


def _cells(columns: LinkColumns, place: Ints, walks: list[Walk], size: int, day: date) -> Bytes:
    carries = np.flatnonzero(_CARRYING[columns.state_on(day)] & (columns.flow_down != FLOWS.index(FlowDown.NO)))
    code = columns.category[carries]
    codes = (*columns.categories, "")
    links = Links(
        place[columns.buyer[carries]],
        place[columns.supplier[carries]],
        np.arange(len(carries), dtype=np.int64),
        np.where(code == NOBODY, len(columns.categories), code).astype(np.int32),
        np.full(len(carries), NO_DAY, np.int32),
    )
    cells = np.zeros((size, -(-len(walks) // 2)), np.uint8)
    columns_of: defaultdict[Walk, list[int]] = defaultdict(list)
    for at, walk in enumerate(walks):
        if walk.group:
            columns_of[walk].append(at)
    industry = industry_of(links, size, codes, columns_of)
    for some, planes in walked(industry, dict.fromkeys(columns_of, MAX_TIER)):
        which = np.array([(bit, at) for bit, walk in enumerate(some) for at in columns_of[walk]], np.int64)
        _fold(planes, which, industry.network.place, cells)
    return cells


@compiled
def _fold(planes: Words, which: Longs, place: Ints, cells: Bytes) -> None:
    """Write the tiers of a batch of walks into columns, two a byte. which: int64[c, 2], a walk's bit and a column."""
    one = np.uint64(1)
    width = len(planes) // (PLANES * len(cells))
    for rank in range(len(cells)):
        base = np.int64(place[rank]) * PLANES * width
        for at in range(len(which)):
            walk, column = which[at, 0], which[at, 1]
            word, bit = base + (walk >> 6), np.uint64(walk & 63)
            tier = np.uint64(0)
            for plane in range(PLANES):
                tier |= (planes[word + plane * width] >> bit & one) << np.uint64(plane)
            cells[rank, column >> 1] |= np.uint8(tier) << np.uint8((column & 1) * 4)
