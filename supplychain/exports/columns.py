"""From the schema of a list's items to columns, and from an item to its cells.

Every leaf of the schema is a column, named by its path: ``buyer.name``. Several values stand in one cell, joined by
``; ``, and those of the columns of one list of objects in the same order; what is several within several is joined by
``, ``. An object without named fields is compact JSON.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any, Final

import marshmallow as ma
import orjson

Cell = str | int | float | bool | date | datetime | None
JOINS: Final = ("; ", ", ", " / ")
"""What joins several values, several within several, and whatever is deeper."""


class Kind(StrEnum):
    """What the cells of a column are, as far as a schema says."""

    VALUE = "value"
    DAY = "day"
    MOMENT = "moment"


@dataclass(frozen=True, slots=True)
class Column:
    """One leaf of a schema. path: the names of the fields that lead to it."""

    path: tuple[str, ...]
    kind: Kind = Kind.VALUE

    @property
    def code(self) -> str:
        """The stable name: the path with dots."""
        return ".".join(self.path)

    def cell(self, item: Mapping[str, Any]) -> Cell:
        """What an item has in this column; None where it has nothing."""
        value = _reached(item, self.path, 0)
        if isinstance(value, str) and self.kind is not Kind.VALUE:
            return _dated(value, self.kind)
        return value


@cache
def columns_of(schema: type[ma.Schema]) -> tuple[Column, ...]:
    """The columns of the items that a schema describes, in its order."""
    return tuple(_leaves(schema(), (), several=False))


def _leaves(schema: ma.Schema, above: tuple[str, ...], *, several: bool) -> Iterator[Column]:
    among = several
    for name, field in schema.fields.items():
        inner, several = field, among
        while isinstance(inner, ma.fields.List):
            inner, several = inner.inner, True
        if isinstance(inner, ma.fields.Nested):
            yield from _leaves(inner.schema, (*above, name), several=several)
        else:
            yield Column((*above, name), Kind.VALUE if several else _kind(inner))


def _kind(field: ma.fields.Field[Any]) -> Kind:
    if isinstance(field, ma.fields.Date):
        return Kind.DAY
    return Kind.MOMENT if isinstance(field, ma.fields.DateTime) else Kind.VALUE


def _reached(value: Any, path: Sequence[str], depth: int) -> Cell:
    if value is None:
        return None
    if isinstance(value, list | tuple):
        return _joined(value, path, depth)
    if path and isinstance(value, Mapping):
        return _reached(value.get(path[0]), path[1:], depth)
    if isinstance(value, Mapping):
        return _json(value) if value else None
    if isinstance(value, StrEnum):
        return str(value)
    return value  # type: ignore[no-any-return] # what orjson writes: text, numbers, true, false, days and moments


def _joined(values: Sequence[Any], path: Sequence[str], depth: int) -> str | None:
    if not path and any(isinstance(one, Mapping) for one in values):
        return _json(values)
    texts = [as_text(_reached(one, path, depth + 1)) for one in values]
    return JOINS[min(depth, len(JOINS) - 1)].join(texts) if any(texts) else None


def _json(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()


def _dated(text: str, kind: Kind) -> Cell:
    return date.fromisoformat(text) if kind is Kind.DAY else datetime.fromisoformat(text)


def as_text(cell: Cell) -> str:
    """A cell as text: days and moments in ISO 8601, true and false in these words."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return cell.isoformat() if isinstance(cell, date) else str(cell)
