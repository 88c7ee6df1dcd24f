"""Facts as rows of the append-only log and back, in values that JSON knows."""

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from graph.facts import Change, DayAdvanced, Link, Organization, Ownership, Record, Requirement

_KINDS: Final[dict[str, type[Change]]] = {
    "organization": Organization,
    "record": Record,
    "ownership": Ownership,
    "link": Link,
    "requirement": Requirement,
    "day.advanced": DayAdvanced,
}
_KIND_OF: Final = {cls: kind for kind, cls in _KINDS.items()}


def to_payload(change: Change) -> tuple[str, dict[str, Any]]:
    """The kind and the JSON-safe payload of one row of the log."""
    return _KIND_OF[type(change)], _plain_fields(change)


def from_payload(kind: str, payload: Mapping[str, Any]) -> Change:
    """The fact that a row of the log records.

    A row written before a field existed takes the field's default. Raises ValueError for an unknown kind,
    an unknown or missing field, or a value that does not fit.
    """
    if kind not in _KINDS:
        raise ValueError(f"unknown kind of change: {kind}")
    wanted: Any = _KINDS[kind]
    change: Change = _reader(wanted)(payload)
    return change


def _plain(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, frozenset):
        return sorted(value)
    if is_dataclass(value):
        return _plain_fields(value)
    return value


def _plain_fields(value: Any) -> dict[str, Any]:
    return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}


Read = Callable[[Any], Any]


@cache
def _reader(wanted: Any) -> Read:
    """A function from JSON to `wanted`, made once per annotation: a fold reads a million rows."""
    if get_origin(wanted) in (Union, types.UnionType):
        return _optional(wanted)
    if get_origin(wanted) in (tuple, frozenset):
        container: Any = get_origin(wanted)
        item = _reader(get_args(wanted)[0])
        return lambda value: container(map(item, _listed(value)))
    if wanted is date:
        return date.fromisoformat
    if isinstance(wanted, type) and issubclass(wanted, StrEnum):
        return wanted
    if is_dataclass(wanted):
        return _record_reader(wanted)
    return _exactly(wanted)


def _optional(wanted: Any) -> Read:
    (inner,) = (_reader(part) for part in get_args(wanted) if part is not type(None))
    return lambda value: None if value is None else inner(value)


def _exactly(wanted: type) -> Read:
    accepted = (int, float) if wanted is float else (wanted,)

    def read(value: Any) -> Any:
        if type(value) not in accepted:
            raise ValueError(f"expected {wanted.__name__}, got {value!r}")
        return value

    return read


def _listed(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError(f"expected a list, got {value!r}")  # noqa: TRY004 - one error for every bad row
    return value


def _record_reader(wanted: Any) -> Read:
    hints = get_type_hints(wanted)
    readers = {field.name: _reader(hints[field.name]) for field in fields(wanted)}
    required = {field.name for field in fields(wanted) if field.default is MISSING and field.default_factory is MISSING}

    def read(value: Mapping[str, Any]) -> Any:
        if unknown := value.keys() - readers.keys():
            raise ValueError(f"unknown fields of {wanted.__name__}: {sorted(unknown)}")
        if missing := required - value.keys():
            raise ValueError(f"missing fields of {wanted.__name__}: {sorted(missing)}")
        return wanted(**{name: readers[name](item) for name, item in value.items()})

    return read
