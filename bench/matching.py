"""10,000 new names against 100,000 known ones: the whole search beside the library's bare scoring of the same pairs.

Synthetic, seeded, shaped like real lists: places, words of one's own, trades, forms, slips and other ways of writing.
Bare is what anybody would write with the library alone: for each new name, ``process.extract`` over the names that
share its blocks. The figures are CPU seconds of one process; the pairs found by both are compared.
"""

import random
import resource
import time
from collections.abc import Sequence
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import Indel

from supplychain.network.duplicates import finding
from supplychain.network.duplicates.finding import Blocks, alike, find
from supplychain.network.duplicates.names import agreement
from supplychain.network.duplicates.scoring import Profile, score
from supplychain.network.duplicates.words import PLACES, TRADES

Pair = tuple[int, int]
KNOWN, NEW = 100_000, 10_000
_SYLLABLES = (
    *("an", "bao", "chen", "da", "feng", "guang", "hua", "jin", "kang", "li", "mei", "nan", "ping", "qing", "rui"),
    *("sheng", "tai", "wan", "xin", "yong", "zhi", "ber", "cor", "dal", "ex", "flo", "gra", "hel", "ion", "jet"),
    *("kor", "lum", "mar", "nex", "opt", "pol", "quad", "ros", "sol", "tor", "umi", "vex", "wes", "zen", "trans"),
)
_FORMS = ("Co., Ltd.", "CO.,LTD", "Company Limited", "Inc.", "GmbH", "Corp", "Limited", "")


def _name(draw: random.Random, places: Sequence[str], trades: Sequence[str]) -> str:
    own = "".join(draw.choices(_SYLLABLES, k=draw.choice((3, 3, 4, 4))))
    trade = " ".join(draw.sample(trades, draw.choice((1, 1, 2))))
    place = draw.choice(places) + " " if draw.random() < 0.5 else ""
    return f"{place}{own} {trade} {draw.choice(_FORMS)}".title().strip()


def _again(draw: random.Random, name: str) -> str:
    """The same company as another list writes it."""
    words = name.split()
    if draw.random() < 0.3:
        at = draw.randrange(len(words))
        cut = draw.randrange(len(words[at]))
        words[at] = words[at][:cut] + words[at][cut + 1 :] or words[at]
    return f"{' '.join(words)} {draw.choice(_FORMS)}".upper()


def lists(known: int = KNOWN, new: int = NEW) -> list[Profile]:
    """Known names, then new ones, a third of which are known ones written otherwise."""
    draw = random.Random(20261126)
    places, trades = sorted(PLACES), sorted(TRADES)
    names = [_name(draw, places, trades) for _ in range(known)]
    names += [
        _again(draw, draw.choice(names[:known])) if draw.random() < 1 / 3 else _name(draw, places, trades)
        for _ in range(new)
    ]
    return [Profile(at, at, f"N{at}", name, "CN") for at, name in enumerate(names)]


class Figures(NamedTuple):
    """CPU seconds of reading names, of blocks, of our scoring, of the bare one; pairs compared, found; peak MiB."""

    read: float
    blocks: float
    ours: float
    bare: float
    compared: int
    found: int
    peak: float


def measured() -> Figures:
    """Measure once, and compare what both find."""
    profiles = lists()
    began = time.process_time()
    for profile in profiles:
        _ = profile.name
    read = time.process_time() - began
    fresh = range(KNOWN, KNOWN + NEW)

    found = list(find(profiles, set(fresh)))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    began = time.process_time()
    blocks = Blocks(profiles)
    near = {at: sorted(one for one in blocks.near(at) if one < KNOWN or one > at) for at in fresh}
    blocked = time.process_time() - began

    lefts = [at for at in fresh for _ in near[at]]
    rights = [one for at in fresh for one in near[at]]
    began = time.process_time()
    scored = {
        (one, other): score(profiles[one], profiles[other], agreement(profiles[one].name, profiles[other].name)).value
        for one, other in alike(blocks, lefts, rights)
    }
    ours = time.process_time() - began

    cores = [profile.name.core for profile in profiles]
    began = time.process_time()
    bare = {
        (at, near[at][place])
        for at in fresh
        for _, _, place in process.extract(
            cores[at],
            [cores[one] for one in near[at]],
            scorer=Indel.normalized_similarity,
            score_cutoff=finding.ALIKE_AT_ALL,
            limit=None,
        )
    }
    library = time.process_time() - began
    _same(profiles, bare, scored, {(pair.first, pair.second): pair.score.value for pair in found})
    return Figures(read, blocked, ours, library, len(lefts), len(found), peak)


def _same(profiles: list[Profile], bare: set[Pair], scored: dict[Pair, float], found: dict[Pair, float]) -> None:
    """A loop over all that the library finds alike, our scoring of the blocks, and the search find the same."""
    looped = {
        (one, other): score(profiles[one], profiles[other], agreement(profiles[one].name, profiles[other].name)).value
        for one, other in bare
    }
    for pairs in (looped, scored):
        enough = {(min(pair), max(pair)): value for pair, value in pairs.items() if value >= finding.FLOOR}
        assert enough == found, len(enough.keys() ^ found.keys())


def main() -> None:
    """Print three lines."""
    told = measured()
    what = f"matching {NEW:,} names against {KNOWN:,} (scoring)"
    print(f"{what:58} {told.ours:8.2f}s {told.bare:8.2f}s {told.ours / told.bare:7.2f}   <= 3")
    print(f"{'  pairs compared, of them found':58} {told.compared:9,} {told.found:9,}")
    print(f"{'  reading the names, blocks; peak memory':58} {told.read:8.2f}s {told.blocks:8.2f}s {told.peak:5.0f} MiB")


if __name__ == "__main__":
    main()
