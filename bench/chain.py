"""One brand and its suppliers over eight tiers, in a database: to measure the service on at the size of an industry."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import islice, pairwise
from pathlib import Path
from typing import Final

from bench.network import demand, drain, key, link, opened, organizations, publish, record
from supplychain.network import calendar, facts
from supplychain.work import Runtime, Work, run

TIERS: Final = (1, 200, 1_500, 4_500, 8_800, 11_000, 11_000, 8_500, 4_500)
"""The brand, and suppliers by tier: 50,000."""
MORE: Final = 1.2
"""Links of a supplier beside the one that puts it in its tier."""
STEPS: Final = ((1, 0.85), (2, 0.07), (0, 0.05), (-1, 0.03))
"""How many tiers such a link leads down, and how often."""
DISCLOSED: Final = (("identity", 0.7), ("pseudonym", 0.25), ("none", 0.05))
CODES: Final = ("8504", "8517", "8534", "8542", "3926", "7326")
CHUNK: Final = 2_000


Clock = Callable[[], datetime]


def now() -> datetime:
    """The time."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Chain:
    """A runtime on the database, the brand's number and key, and the suppliers by tier."""

    runtime: Runtime
    brand: int
    key: str
    tiers: tuple[tuple[int, ...], ...]


def build(folder: Path, scale: float = 1.0, seed: int = 6, clock: Clock = now, more: float = MORE) -> Chain:
    """Record everybody and every link, publish two requirements, and derive all levels.

    scale: of the suppliers. more: links of each beside the first.
    """
    runtime = opened(folder / "chain.db", files_url=str(folder / "files"), clock=clock)
    calendar.advance_day(runtime)
    sizes = [1, *(max(1, round(size * scale)) for size in TIERS[1:])]
    numbers: list[int] = []
    for start in range(0, sum(sizes), CHUNK):
        count = min(CHUNK, sum(sizes) - start)
        numbers += run(runtime, partial(organizations, count=count))
    each = iter(numbers)
    tiers = tuple(tuple(islice(each, size)) for size in sizes)
    pairs = iter(dict.fromkeys(_pairs(random.Random(seed), tiers, more)))
    draw = random.Random(seed + 1)
    while chunk := list(islice(pairs, CHUNK)):
        run(runtime, partial(_links, pairs=chunk, draw=draw))
    brand = tiers[0][0]
    run(runtime, partial(_demand_twice, issuer=brand))
    token = run(runtime, lambda work: key(work, brand, "brand"))
    drain(runtime)
    return Chain(runtime, brand, token, tiers)


def _pairs(draw: random.Random, tiers: Sequence[Sequence[int]], more: float) -> Iterator[tuple[int, int]]:
    """Buyer and supplier; few have very many links."""
    for above, below in pairwise(tiers):
        for supplier in below:
            yield _some(draw, above), supplier
    deepest = len(tiers) - 1
    steps, shares = zip(*STEPS, strict=True)
    for _ in range(int(more * sum(map(len, tiers)))):
        tier = draw.randrange(1, deepest)
        target = min(max(1, tier + draw.choices(steps, shares)[0]), deepest)
        buyer, supplier = _some(draw, tiers[tier]), _some(draw, tiers[target])
        if buyer != supplier:
            yield buyer, supplier


def _some(draw: random.Random, among: Sequence[int]) -> int:
    return among[int(len(among) * draw.random() ** 2)]


def _links(work: Work, *, pairs: Sequence[tuple[int, int]], draw: random.Random) -> None:
    shown, shares = zip(*DISCLOSED, strict=True)
    rows = []
    for buyer, supplier in pairs:
        disclosure = draw.choices(shown, shares)[0]
        state = "confirmed" if draw.random() < 0.9 else "claimed"
        code, first = draw.choice(CODES), f"20{draw.randrange(18, 26)}-0{draw.randrange(1, 10)}-01"
        rows.append(link(work, buyer, supplier, disclosure, category=code, periods=[[first, None, state]]))
    record(work, rows, facts.of_link)


def _demand_twice(work: Work, *, issuer: int) -> None:
    ecology = {"title": "Ecology", "pillar": "eco_efficiency", "link_scope": ["85"]}
    publish(work, [demand(work, issuer, schedule=[3, 3, 2, 2, 1]), demand(work, issuer, **ecology)])
