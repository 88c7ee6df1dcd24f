"""A network as arrays and back: what a snapshot holds, and what benchmarks of a whole industry start from.

Links are columns with indexes by buyer and by supplier. Whatever else is held is kept as the payloads of the log, one
behind the other, and made an object when somebody asks: opening reads no row.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from datetime import date
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from graph.arrays.columns import LinkColumns
from graph.arrays.floor import Arrays, Floored, LinkTable, Shelf, Table, shelved
from graph.arrays.index import Groups, Index, grouped
from graph.arrays.steps import Steps, steps_of
from graph.arrays.tiertable import TierTable, table_of
from graph.facts import Attributes, Change, Known, Link, Organization, Ownership, Period, Record, Requirement, Waiver
from graph.held import Held
from graph.network import Network
from graph.payload import from_payload, to_payload

_LAYOUT: Final = 3
_SHAPES: Final = (Attributes, Known, Link, Organization, Ownership, Period, Record, Requirement, Waiver)
_SHELVES: Final = {"organizations": 1, "records": 2, "ownerships": 1, "requirements": 1, "waivers": 1}
"""Facts kept as payloads, and of how many numbers their key is."""
Value = TypeVar("Value")
Ends = Callable[[Any], int]
_GROUPS: Final[tuple[tuple[str, str, Ends], ...]] = (
    ("owned", "ownerships", lambda own: own.parent),
    ("owners", "ownerships", lambda own: own.child),
    ("waivers_of", "waivers", lambda waiver: waiver.supplier),
)


def layout() -> str:
    """What arrays of this code look like: those of another layout must not be read."""
    shapes = [(one.__name__, [(field.name, str(field.type)) for field in fields(one)]) for one in _SHAPES]
    said = [_LAYOUT, shapes, [one.name for one in fields(LinkColumns)]]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def arrays_of(network: Network) -> dict[str, NDArray[Any]]:
    """Everything that a network holds. Of what lies on its floor the bytes are copied, not made anew."""
    held = network.held
    arrays: dict[str, NDArray[Any]] = dict(_links(network.columns()))
    for name, parts in _SHELVES.items():
        arrays.update(_under(name, shelved(getattr(held, name), _written, parts)))
    for name, table, end in _GROUPS:
        rows: Floored[int, Any] = getattr(held, table)
        in_order = sorted(rows.each(), key=lambda one: one.number)
        arrays.update(_under(name, grouped(np.array([end(one) for one in in_order], np.int64))))
    arrays["turns"], arrays["terms"] = _days(held.turns), _days(held.terms)
    arrays["reached"] = np.array([network.revision, network.day.toordinal()], np.int64)
    return arrays


def network_of(arrays: Arrays) -> Network:
    """The network of the arrays that `arrays_of` gave; nothing is read yet."""
    columns = LinkColumns.of_arrays({name.removeprefix("links."): one for name, one in arrays.items()})
    steps = Steps(*(arrays[name] for name in ("steps.places", "steps.starts", "links_from.rows", "steps.supplier")))
    links = LinkTable(columns, steps, _tiers_of(arrays))
    tables = {name: shelf_of(arrays, name, _reader(name.removesuffix("s"))) for name in _SHELVES}
    groups = {name: _groups_of(arrays, name, tables[table]) for name, table, _ in _GROUPS}
    groups |= {name: _groups_of(arrays, name, links) for name in ("links_from", "links_to")}
    revision, day = arrays["reached"].tolist()
    facts: dict[str, Any] = {name: Floored(table) for name, table in tables.items()}
    facts |= {name: Index(group) for name, group in groups.items()}
    held = Held(links=Floored(links), turns=_dates(arrays["turns"]), terms=_dates(arrays["terms"]), **facts)
    return Network(held, revision, date.fromordinal(day))


def _tiers_of(arrays: Arrays) -> TierTable | None:
    if "tiers.cells" not in arrays:
        return None
    words, cells, starts, buyer = (arrays[f"tiers.{part}"] for part in ("words", "cells", "starts", "buyer"))
    return table_of(words, cells, starts, buyer, arrays["links_to.rows"])


def underlaid(network: Network, links: LinkColumns) -> Network:
    """A network that knows no link, with these: what a fold of all of them would be, no object a link."""
    return Network(network.held.laid(links), network.revision, network.day)


def built(links: LinkColumns, organizations: Iterable[Organization]) -> Network:
    """A network of these alone."""
    return underlaid(Network.empty().apply(organizations, 1), links)


def shelf_of(arrays: Arrays, name: str, read: Callable[[bytes], Value]) -> Shelf[Any, Value]:
    """The shelf whose arrays have this name before theirs."""
    return Shelf(arrays[f"{name}.keys"], arrays[f"{name}.starts"], arrays[f"{name}.content"], read)


def _links(columns: LinkColumns) -> Iterator[tuple[str, NDArray[Any]]]:
    yield from _under("links", columns.arrays()).items()
    yield from _under("links_to", grouped(columns.supplier)).items()
    by_buyer = grouped(columns.buyer)
    yield from _under("links_from", by_buyer).items()
    steps = steps_of(columns, by_buyer["rows"])
    yield from _under("steps", {"places": steps.places, "starts": steps.starts, "supplier": steps.supplier}).items()


def _groups_of(arrays: Arrays, name: str, table: Table[Any, Any]) -> Groups[Any]:
    return Groups(table, arrays[f"{name}.ends"], arrays[f"{name}.starts"], arrays[f"{name}.rows"])


def _under(name: str, arrays: Arrays) -> dict[str, NDArray[Any]]:
    return {f"{name}.{part}": array for part, array in arrays.items()}


def _written(change: Change) -> bytes:
    return json.dumps(to_payload(change)[1], ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _reader(kind: str) -> Callable[[bytes], Any]:
    return lambda content: from_payload(kind, json.loads(content))


def _days(days: tuple[date, ...]) -> NDArray[np.int32]:
    return np.array([day.toordinal() for day in days], np.int32)


def _dates(ordinals: NDArray[np.int32]) -> tuple[date, ...]:
    return tuple(map(date.fromordinal, ordinals.tolist()))
