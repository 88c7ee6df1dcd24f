"""A made-up industry to measure the cascade on: brands, eight tiers below them, hubs, short cuts and ways back.

Nine layers. Of a hundred links 85 lead one layer down, 7 two, 5 stay in the layer and 3 lead back up, which closes
cycles. Who buys and who sells is drawn by a power law, so that few have very many links. The same seed gives the
same industry. Organizations are recorded in no particular order, as in life.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

LAYERS: Final = (0.002, 0.03, 0.08, 0.14, 0.18, 0.19, 0.17, 0.13, 0.078)
"""The share of organizations in each layer, brands first."""
BUYING: Final = (0.02, 0.06, 0.12, 0.17, 0.2, 0.19, 0.15, 0.09)
"""The share of links that start in each layer; nobody in the last one buys downwards."""
STEPS: Final = ((1, 0.85), (2, 0.07), (0, 0.05), (-1, 0.03))
POWER: Final = 0.7
CHAPTERS: Final = 32
HEADINGS: Final = 40
FIRST_DAY: Final = np.datetime64("2018-01-01")


@dataclass(frozen=True, slots=True)
class Industry:
    """Links as columns (row i is link i + 1) and the requirements of the contract; codes are HS headings."""

    organizations: int
    buyer: np.ndarray[Any, np.dtype[np.int32]]
    supplier: np.ndarray[Any, np.dtype[np.int32]]
    code: np.ndarray[Any, np.dtype[np.int32]]
    valid_from: np.ndarray[Any, np.dtype[np.int32]]
    codes: tuple[str, ...]
    requirements: tuple[dict[str, Any], ...]


SIZES: Final = {"S": (10_000, 60_000, 50), "M": (100_000, 1_000_000, 200), "L": (1_000_000, 10_000_000, 1_000)}


def industry(size: str, seed: int = 6) -> Industry:
    """The industry of a size: about so many organizations and links, exactly so many requirements."""
    organizations, links, requirements = SIZES[size]
    draw = np.random.default_rng(seed)
    bounds = np.concatenate([[0], np.cumsum(np.array(LAYERS) / sum(LAYERS) * organizations).astype(np.int64)])
    bounds[-1] = organizations
    buyer, supplier = _ends(draw, bounds, links)
    renumber = draw.permutation(organizations).astype(np.int32)
    order = draw.permutation(len(buyer))
    buyer, supplier = renumber[buyer[order]], renumber[supplier[order]]
    chapters = [f"{chapter:02}" for chapter in range(1, CHAPTERS + 1)]
    codes = tuple(f"{chapter}{heading:02}" for chapter in chapters for heading in range(1, HEADINGS + 1))
    chapter = _power_law(draw, CHAPTERS, len(buyer))
    code = (chapter * HEADINGS + _power_law(draw, HEADINGS, len(buyer))).astype(np.int32)
    begun = FIRST_DAY.astype("datetime64[D]").astype(np.int32) + draw.integers(0, 3000, len(buyer), dtype=np.int32)
    brands = renumber[: bounds[1]]
    demands = tuple(_requirement(draw, number, brands, chapters) for number in range(requirements))
    return Industry(organizations, buyer, supplier, code, begun, codes, demands)


def name_of(organization: int) -> str:
    """How the files call an organization."""
    return f"org-{organization:07}"


def number_of(name: str) -> int:
    """The organization that the files call so."""
    return int(name.removeprefix("org-"))


def _ends(draw: np.random.Generator, bounds: Any, links: int) -> tuple[Any, Any]:
    """Different pairs of layered ends: a plain DiGraph, which the rivals use, holds one link a pair."""
    layers = len(bounds) - 1
    layer = draw.choice(layers - 1, links, p=np.array(BUYING) / sum(BUYING))
    step = draw.choice([one for one, _ in STEPS], links, p=[share for _, share in STEPS])
    target = np.clip(layer + step, 0, layers - 1)
    buyer, supplier = np.empty(links, np.int64), np.empty(links, np.int64)
    for one in range(layers):
        for ends, at in ((buyer, layer == one), (supplier, target == one)):
            ends[at] = bounds[one] + _power_law(draw, bounds[one + 1] - bounds[one], int(at.sum()))
    pairs = np.unique((buyer << 32) | supplier)
    buyer, supplier = pairs >> 32, pairs & 0xFFFFFFFF
    different = buyer != supplier
    return buyer[different].astype(np.int32), supplier[different].astype(np.int32)


def _power_law(draw: np.random.Generator, size: int, count: int) -> Any:
    """Numbers below `size`, the smaller the likelier: the k-th has weight k to the minus POWER."""
    weights = np.cumsum(np.arange(1, size + 1) ** -POWER)
    return np.searchsorted(weights, draw.random(count) * weights[-1]).astype(np.int64)


def _requirement(draw: np.random.Generator, number: int, brands: Any, chapters: list[str]) -> dict[str, Any]:
    depth = int(draw.integers(1, 9))
    level, every = int(draw.integers(2, 5)), int(draw.integers(1, 4))
    kind = draw.random()
    many = 0 if kind < 0.12 else int(draw.integers(10, 19) if kind < 0.56 else draw.integers(2, 7))
    return {
        "id": f"R{number:05}",
        "issuer": name_of(int(brands[int(_power_law(draw, len(brands), 1)[0])])),
        "pillar": ("eco", "ohs", "csr", "governance")[int(draw.integers(0, 4))],
        "schedule": [max(1, level - tier // every) for tier in range(depth)],
        "hs": sorted(draw.choice(chapters, many, replace=False).tolist()),
        "effective_from": "2024-01-01",
        "grace_months": [12, 18, 24],
    }
