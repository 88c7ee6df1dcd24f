"""A standing cascade from nothing: the walk in batches, its planes unfolded into bytes."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from graph.bulk.arrays import Bytes
from graph.bulk.cascade import Industry, Walker
from graph.bulk.demand import WIDTHS, Batch, Demand, Walk
from graph.bulk.network import Links, network_of
from graph.bulk.repair import BEYOND, blocked
from graph.bulk.scopes import CodeClasses
from graph.bulk.slots import Columns, Slots, base_of, narrow, no_more
from graph.bulk.standing import Standing, Words, depths_of
from graph.bulk.unfold import unfolded

_WORD: Final = 64


def standing(links: Links, size: int, codes: Sequence[str], demands: Sequence[Demand]) -> Standing:
    """The cascade of some requirements over links between so many organizations, by number."""
    depths = depths_of(demands)
    ways = list(depths)
    prefixes = sorted({prefix for way in ways for prefix in way.hs})
    classes = CodeClasses([*prefixes, *codes], prefixes)
    class_of = narrow(classes.of_code[len(prefixes) :].astype(np.int32), len(classes) + 1)
    sources = np.array(sorted({member for way in ways for member in way.group}), np.int32)
    network = network_of(links, size, class_of, sources)
    industry = Industry(network, classes, np.zeros(size, np.int32), (("", ""),))
    place = network.place
    columns = Columns(
        place[links.buyer], place[links.supplier], class_of[links.code], links.number, links.valid_from, links.code
    )
    base = base_of(columns, size)
    slots = Slots(base, no_more(size, base.up_class))
    return Standing(
        slots, place, _tiers(industry, depths), Words(size, 0, codes, prefixes, ways, list(depths.values()))
    )


def _tiers(industry: Industry, depths: Mapping[Walk, int]) -> Bytes:
    """For each place and walk the tier, as deep as each goes."""
    place, ways = industry.network.place, list(depths)
    tiers = blocked(len(place), len(ways))
    width = next((width for width in WIDTHS if len(ways) <= _WORD * width), WIDTHS[-1])
    walker = Walker(industry, width)
    for start in range(0, len(ways), _WORD * width):
        some = ways[start : start + _WORD * width]
        found = walker.walk(Batch({way: depths[way] for way in some}, []))
        unfolded(found.planes, width, len(some), tiers, start, BEYOND)
    for at, way in enumerate(ways):
        tiers[place[list(way.group)], at] = 0
    return tiers
