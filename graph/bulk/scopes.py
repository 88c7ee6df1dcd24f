"""Scopes as masks: what requirements ask of product codes, countries and sectors, for all of them at once."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import accumulate

import numpy as np

from graph.bulk.arrays import Bytes, Classes, Words, rows_of
from graph.bulk.demand import Batch, Walk
from graph.codes import beginning_with

_TWO_BYTES = 2**16


class CodeClasses:
    """Codes that no link scope tells apart, named by the longest prefix that some scope has of them.

    Millions of links have thousands of codes, of which the prefixes of all requirements leave a handful of classes.
    """

    def __init__(self, codes: Sequence[str], prefixes: Iterable[str]) -> None:
        known = frozenset(prefixes)
        longest = [next((one for one in reversed(list(accumulate(code))) if one in known), "") for code in codes]
        self.names = sorted({"", *longest})
        number = {name: at for at, name in enumerate(self.names)}
        numbers = [number[name] for name in longest]
        few = len(self.names) <= _TWO_BYTES
        self.of_code: Classes = np.array(numbers, np.uint16) if few else np.array(numbers, np.uint32)

    def __len__(self) -> int:
        return len(self.names)

    def beginning_with(self, prefix: str) -> slice:
        """The classes whose codes all begin with the prefix; the codes of the others all do not."""
        return beginning_with(self.names, prefix)


def link_masks(classes: CodeClasses, batch: Batch, width: int) -> tuple[Words, Words]:
    """For each class the bits it lets through: on the group's own links, and below them."""
    first_only = 0
    by_prefix: defaultdict[str, int] = defaultdict(int)
    for number, walk in enumerate(batch.walks):
        first_only |= walk.first_only << number
        for prefix in walk.hs or ("",):
            by_prefix[prefix] |= 1 << number
    own = np.zeros((len(classes), width), np.uint64)
    for prefix, row in zip(by_prefix, rows_of(by_prefix.values(), width), strict=True):
        own[classes.beginning_with(prefix)] |= row
    return own.reshape(-1), (own | rows_of([first_only], width)).reshape(-1)


def bound(kinds: Sequence[tuple[str, str]], walk: Walk) -> Bytes:
    """For each kind of organization, its country and sector, whether the supplier scope binds it.

    An attribute that is not known is not in the scope: nobody is bound on a guess.
    """
    if not (walk.countries or walk.sectors):
        return np.ones(len(kinds), np.uint8)
    countries, sectors = frozenset(walk.countries), frozenset(walk.sectors)
    return np.array(
        [(not countries or one in countries) and (not sectors or other in sectors) for one, other in kinds], np.uint8
    )
