"""The network as arrays, in two orders: by buyer to carry requirements down, by supplier to find the link they came by.

Organizations have a *rank*, their place in the alphabet of their names, in which everything comes in and goes out,
and a *place*, in which the walk sees them: the top of the chain first, in a tier those with many customers first.
So a walk down the tiers moves through memory in one direction, and what is touched most often lies together.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from graph.bulk.arrays import NO_DAY, Classes, Ints, Longs, compiled
from graph.bulk.sorting import sorted_by, starts_of

MOST_ORGANIZATIONS: Final = 2**28
MOST_LINKS: Final = 2**31 - 2**8
"""What the numbers in a row have bits for; see `graph.bulk.rows`."""
_LARGEST: Final = 2**32 - 1
AHEAD: Final = 64
"""How many links ahead the walk asks for memory; the arrays of ends are that much longer."""


@dataclass(frozen=True, slots=True)
class Links:
    """Links that carry on the day, as columns.

    Attributes:
        buyer, supplier: ranks of organizations.
        number: the link's number.
        code: which of the distinct category codes.
        valid_from: days since 1970-01-01, `NO_DAY` where it is not known.
    """

    buyer: Ints
    supplier: Ints
    number: Longs
    code: Ints
    valid_from: Ints


@dataclass(frozen=True, slots=True)
class Network:
    """Attributes:
    size: the number of organizations.
    place, rank: from rank to place and back.
    down, supplier, down_class: for each place, its links by place of the supplier, with the class of their code.
    up, buyer, up_class, number, valid_from: for each rank, the links that lead there by number, with the buyer's
        place.
    numbers: where link numbers need more than 32 bits, all of them in order; `number` is then a position in it.
    dated: whether any link says since when it is valid.
    """

    size: int
    place: Ints
    rank: Ints
    down: Longs
    supplier: Ints
    down_class: Classes
    up: Longs
    buyer: Ints
    up_class: Classes
    number: NDArray[np.uint32]
    valid_from: Ints
    numbers: Longs | None
    dated: bool

    @property
    def bytes_per_link(self) -> float:
        """What a link takes in memory, both directions and all fields."""
        columns = self.supplier, self.down_class, self.buyer, self.up_class, self.number, self.valid_from, self.numbers
        return sum(one.nbytes for one in columns if one is not None) / max(len(self.number), 1)


def network_of(links: Links, size: int, classes: Classes, sources: Ints) -> Network:
    """The network of some links.

    size: how many organizations. classes: from code to the class that the link scopes can tell apart.
    sources: ranks of all organizations of issuers' groups; they come first.
    """
    count = len(links.number)
    everything = np.arange(count, dtype=np.int32)
    if (links.number[1:] < links.number[:-1]).any():
        everything = np.argsort(links.number, kind="stable").astype(np.int32)
    up = starts_of(links.supplier, size)
    upward = sorted_by(links.supplier, up, everything)
    by_buyer = starts_of(links.buyer, size)
    tier = _tiers(by_buyer, sorted_by(links.buyer, by_buyer, everything), links.supplier, sources)
    rank = _ranks(tier, np.diff(up))
    place = np.empty(size, np.int32)
    place[rank] = np.arange(size, dtype=np.int32)
    buyer, supplier = place[links.buyer], place[links.supplier]
    down = starts_of(buyer, size)
    downward = sorted_by(buyer, down, sorted_by(supplier, starts_of(supplier, size), everything))
    room = np.zeros(AHEAD, np.int32)
    valid_from = links.valid_from[upward]
    number, numbers = links.number[upward].astype(np.uint32), None
    if count and not (links.number.min() >= 0 and links.number.max() <= _LARGEST):
        numbers = links.number[everything]
        number = np.searchsorted(numbers, links.number[upward]).astype(np.uint32)
    return Network(
        size=size,
        place=place,
        rank=rank,
        down=down,
        supplier=np.concatenate([supplier[downward], room]),
        down_class=classes[links.code[downward]],
        up=up,
        buyer=np.concatenate([buyer[upward], room]),
        up_class=classes[links.code[upward]],
        number=number,
        valid_from=valid_from,
        numbers=numbers,
        dated=bool((valid_from != NO_DAY).any()),
    )


@compiled
def _tiers(starts: Longs, order: Ints, supplier: Ints, sources: Ints) -> Ints:
    """The tier of everybody below all the sources together; who is not reached is below everybody."""
    size = len(starts) - 1
    tier = np.full(size, -1, np.int32)
    queue = np.empty(size, np.int32)
    end = 0
    for source in sources:
        if tier[source] < 0:
            tier[source] = 0
            queue[end] = source
            end += 1
    at = 0
    while at < end:
        buyer = queue[at]
        at += 1
        for link in range(starts[buyer], starts[buyer + 1]):
            reached = supplier[order[link]]
            if tier[reached] < 0:
                tier[reached] = tier[buyer] + 1
                queue[end] = reached
                end += 1
    last = 0 if end == 0 else tier[queue[end - 1]] + 1
    for one in range(size):
        if tier[one] < 0:
            tier[one] = last
    return tier


def _ranks(tier: Ints, customers: Longs) -> Ints:
    """Everybody's rank, by tier and within a tier the most sought-after first."""
    most = int(customers.max(initial=0))
    rarity = (most - customers).astype(np.int32)
    everybody = np.arange(len(tier), dtype=np.int32)
    by_rarity = sorted_by(rarity, starts_of(rarity, most + 1), everybody)
    return sorted_by(tier, starts_of(tier, int(tier.max(initial=0)) + 1), by_rarity)
