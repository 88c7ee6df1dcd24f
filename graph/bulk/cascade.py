"""Who owes what over a whole industry: the walk in batches, and rows out of it a requirement at a time."""

from collections import defaultdict, deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import accumulate
from operator import or_
from typing import Final

import numpy as np

from graph.bulk.arrays import Ints, Longs, Words, rows_of, rows_of_zeros
from graph.bulk.demand import Batch, Demand, Walk, batches, least_width, width_for
from graph.bulk.due import Owed, Room, day_number, latest_valid_from, terms_of
from graph.bulk.network import Links, Network, network_of
from graph.bulk.rows import Entered, Into, Upward, counted, written
from graph.bulk.scopes import CodeClasses, link_masks
from graph.bulk.wave import FLAGGED, PLANES, Downward, Front, Levels, Masks, State, wave
from graph.terms import MAX_TIER

__all__ = ["Demand", "Industry", "Owed", "day_number", "obligations"]

ROWS_AT_ONCE: Final = 2**25
"""How many rows are held at a time, 8 or 16 bytes each; a single requirement may have more."""
_WORD: Final = 64
NO_LEVELS: Final = Levels(
    highest=np.zeros((0, 0), np.int16),
    asked=np.zeros((MAX_TIER + 1, 0, 0, 0), np.uint64),
    most=np.zeros((MAX_TIER + 1, 0), np.int16),
    kind=np.zeros(0, np.int32),
    owes=np.zeros(0, np.uint64),
)


@dataclass(frozen=True, slots=True)
class Industry:
    """A network and what scopes ask of it.

    kind: for each rank, which of the kinds (country, sector) the organization is; an empty text is not known.
    """

    network: Network
    classes: CodeClasses
    kind: Ints
    kinds: tuple[tuple[str, str], ...]


def industry_of(links: Links, size: int, codes: Sequence[str], walks: Collection[Walk]) -> Industry:
    """What some walks go through: links between so many organizations, of whom nothing else is known.

    Every prefix of a link scope has a class, also where no code begins with it.
    """
    prefixes = sorted({prefix for walk in walks for prefix in walk.hs})
    classes = CodeClasses([*prefixes, *codes], prefixes)
    sources = np.array(sorted({member for walk in walks for member in walk.group}), np.int32)
    network = network_of(links, size, classes.of_code[len(prefixes) :], sources)
    return Industry(network, classes, np.zeros(size, np.int32), (("", ""),))


def walked(industry: Industry, depths: Mapping[Walk, int]) -> Iterator[tuple[list[Walk], Words]]:
    """Walks in their order, as many at a time as travel together, and their planes: good until the next ones.

    depths: the last tier of each walk.
    """
    walks, width = list(depths), least_width(len(depths))
    walker = Walker(industry, width)
    for start in range(0, len(walks), _WORD * width):
        some = walks[start : start + _WORD * width]
        yield some, walker.walk(Batch({walk: depths[walk] for walk in some}, [])).planes


def obligations(
    industry: Industry,
    demands: Sequence[Demand],
    *,
    width: int | None = None,
    rows_at_once: int = ROWS_AT_ONCE,
    threads: int = 1,
) -> Iterator[Owed]:
    """What each requirement asks of whom, in the order of the requirements; suppliers by rank.

    width: W, how many words of 64 requirements walk together; by default what suits the sizes. Memory is bounded by
    the network, 7·W words an organization, and `rows_at_once`. threads: how many compute at the same time, each 64
    requirements or fewer by itself; then the rows of one more such part than there are threads are held.
    """
    if threads > 1:
        yield from _on_threads(industry, demands, threads)
        return
    walker = Walker(industry, width or width_for(demands, industry.network.size))
    latest = np.empty(industry.network.size if industry.network.dated else 0, np.int32)
    for batch in batches(demands, walker.width):
        found = walker.walk(batch)
        counts = counted(found.planes, walker.words)
        for members in _parts(batch.members, counts, rows_at_once):
            rows = walker.rows(found, counts, sorted({walk for _, walk in members}))
            since: dict[int, Ints] = {}
            room = Room(sum(len(rows[walk][0]) for _, walk in members))
            for number, walk in members:
                if industry.network.dated and walk not in since:
                    since[walk] = latest_valid_from(*rows[walk], industry.network.place, latest)
                terms = terms_of(demands[number], industry.kind, industry.kinds)
                columns = room.add(rows[walk][0], since.get(walk, latest[:0]), terms)
                yield columns._replace(via=_numbers(industry.network, columns.via))


def _on_threads(industry: Industry, demands: Sequence[Demand], threads: int) -> Iterator[Owed]:
    """Parts of the requirements side by side; what is compiled lets other threads run."""
    size = max(1, min(_WORD, -(-len(demands) // threads)))
    waiting: deque[Future[list[Owed]]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        for start in range(0, len(demands), size):
            waiting.append(pool.submit(list, obligations(industry, demands[start : start + size])))
            if len(waiting) > threads:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()


def _parts(members: list[tuple[int, int]], counts: Longs, most: int) -> Iterator[list[tuple[int, int]]]:
    """The requirements in their order, as many at a time as their walks have at most so many rows."""
    part: list[tuple[int, int]] = []
    walks: set[int] = set()
    rows = 0
    for member in members:
        more = 0 if member[1] in walks else int(counts[member[1]])
        if part and rows + more > most:
            yield part
            part, walks, rows, more = [], set(), 0, int(counts[member[1]])
        part.append(member)
        walks.add(member[1])
        rows += more
    yield part


def _numbers(network: Network, links: Longs) -> Longs:
    return links if network.numbers is None else network.numbers[links]


class Walker:
    """Walks batches of requirements one after the other in the same memory."""

    def __init__(self, industry: Industry, width: int, *, planes: bool = True) -> None:
        network = industry.network
        self.industry, self.width = industry, width
        self.words = (0,) * width
        self._downward = Downward(network.down, network.supplier, network.down_class)
        upward = network.up, network.buyer, network.up_class, network.number, network.valid_from
        self._upward = Upward(network.place, *upward)
        row = network.size * width
        blocks = (network.size >> FLAGGED) + 1
        seen, even, odd = rows_of_zeros(3 * row).reshape(3, row)  # in one piece, so that pages are large
        self._state = State(seen, (Front(even, np.zeros(blocks, np.uint8)), Front(odd, np.zeros(blocks, np.uint8))))
        self._planes = rows_of_zeros(row * PLANES if planes else 0)

    def walk(self, batch: Batch, levels: Levels = NO_LEVELS) -> Entered:
        """Where each walk of the batch arrives; good until the next one."""
        masks = self._masks(batch)
        self._state.seen.fill(0)
        self._planes.fill(0)
        group = self._start(batch)
        wave(self._downward, masks, self._state, self._planes, levels, self.words)
        return Entered(self._planes, masks.own, masks.below, group)

    def rows(self, found: Entered, counts: Longs, walks: Sequence[int]) -> dict[int, tuple[Words, Words]]:
        """The rows of some walks, and their days if the network has any."""
        wanted = np.zeros(self.width, np.uint64)
        free = np.zeros(len(counts), np.int64)
        total = 0
        for walk in walks:
            wanted[walk >> 6] |= np.uint64(1 << (walk & 63))
            free[walk] = total
            total += int(counts[walk])
        rows = np.empty(total, np.uint64)
        days = np.empty(total if self.industry.network.dated else 0, np.uint64)
        written(self._upward, found, wanted, Into(free, rows, days), self.words)
        parts = {walk: slice(int(free[walk] - counts[walk]), int(free[walk])) for walk in walks}
        return {walk: (rows[part], days[part]) for walk, part in parts.items()}

    def _masks(self, batch: Batch) -> Masks:
        own, below = link_masks(self.industry.classes, batch, self.width)
        ends = [0] * (MAX_TIER + 2)
        for number, depth in enumerate(batch.walks.values()):
            ends[depth] |= 1 << number
        deeper = rows_of(accumulate(reversed(ends), or_), self.width)[::-1].copy()
        return Masks(own, below, deeper.reshape(-1))

    def _start(self, batch: Batch) -> Words:
        """Put every bit where its group is; the bits of the first places."""
        by_member: defaultdict[int, int] = defaultdict(int)
        for number, walk in enumerate(batch.walks):
            for member in walk.group:
                by_member[member] |= 1 << number
        places = self.industry.network.place[list(by_member)]
        group = np.zeros((int(places.max()) + 1, self.width), np.uint64)
        group[places] = rows_of(by_member.values(), self.width)
        bits = group.reshape(-1)
        rows, blocks = self._state.fronts[0]
        rows[: len(bits)] = bits
        blocks[places >> FLAGGED] = 1
        return bits
