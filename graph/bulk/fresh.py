"""A standing cascade from nothing: the walk in batches, its planes unfolded into bytes."""

from collections.abc import Mapping, Sequence

from graph.bulk.arrays import Bytes
from graph.bulk.cascade import Industry, industry_of, walked
from graph.bulk.demand import Demand, Walk
from graph.bulk.network import Links
from graph.bulk.repair import BEYOND, blocked
from graph.bulk.slots import Columns, Slots, base_of, narrow, no_more
from graph.bulk.standing import About, Standing, depths_of
from graph.bulk.unfold import unfolded


def standing(links: Links, size: int, codes: Sequence[str], demands: Sequence[Demand]) -> Standing:
    """The cascade of some requirements over links between so many organizations, by number."""
    depths = depths_of(demands)
    prefixes = sorted({prefix for way in depths for prefix in way.hs})
    industry = industry_of(links, size, codes, depths)
    kind = narrow(industry.classes.of_code[len(prefixes) :], len(industry.classes) + 1)[links.code]
    place = industry.network.place
    columns = Columns(place[links.buyer], place[links.supplier], kind, links.number, links.valid_from, links.code)
    base = base_of(columns, size)
    about = About(size, 0, codes, prefixes, list(depths), list(depths.values()))
    return Standing(Slots(base, no_more(size, base.up_class)), place, _tiers(industry, depths), about)


def _tiers(industry: Industry, depths: Mapping[Walk, int]) -> Bytes:
    """For each place and walk the tier, as deep as each goes."""
    place, start = industry.network.place, 0
    tiers = blocked(len(place), len(depths))
    for some, planes in walked(industry, depths):
        unfolded(planes, len(some), tiers, start, BEYOND)
        start += len(some)
    for at, way in enumerate(depths):
        tiers[place[list(way.group)], at] = 0
    return tiers
