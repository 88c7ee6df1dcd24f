"""The network as it was before facts that it holds, for who does not want to fold all that came before them."""

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet

import numpy as np

from graph.arrays.columns import taken
from graph.facts import Change
from graph.network import Network
from graph.parts import part

Key = int | tuple[int, int]
Touched = Mapping[str, AbstractSet[Key]]
"""Keys of facts, by the kind that a row of the log says."""


def undone(network: Network, touched: Touched, before: Iterable[Change], revision: int) -> Network:
    """What the log folds to up to an earlier revision, but for days on which only what came since turned.

    touched: all that came, or changed, since. before: of each what was said of it last until then, and the day that
    had been reached; in the order of the log there may be more.
    """

    def stays(kind: str) -> Callable[[Key], bool]:
        gone = touched.get(kind, frozenset())
        return lambda key: key not in gone

    held = network.held
    few = (("ownership", held.ownerships), ("requirement", held.requirements), ("waiver", held.waivers))
    others = (some[number] for kind, some in few for number in filter(stays(kind), some))
    columns = network.columns()
    gone = np.array(sorted(touched.get("link", ())), np.int64)
    links = taken(columns, np.flatnonzero(~np.isin(columns.number, gone)))
    return part(network, others, links, stays("organization"), stays("record")).apply(before, revision)
