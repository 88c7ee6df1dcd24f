"""Facts as rows of the append-only log and back, in values that JSON knows."""

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from graph.facts import Change, DayAdvanced, Link, Organization, Ownership, Record, Requirement, Waiver

_KINDS: Final[dict[str, type[Change]]] = {
    "organization": Organization,
    "record": Record,
    "ownership": Ownership,
    "link": Link,
    "requirement": Requirement,
    "waiver": Waiver,
    "day.advanced": DayAdvanced,
}
_KIND_OF: Final = {cls: kind for kind, cls in _KINDS.items()}


def to_payload(change: Change) -> tuple[str, dict[str, Any]]:
    """The kind and the JSON-safe payload of one row of the log."""
    cls: Any = type(change)
    return _KIND_OF[cls], _written(cls)(change)


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


Write = Callable[[Any], Any]


@cache
def _written(cls: Any) -> Write:
    return _record_writer(cls)


@cache
def _writer(wanted: Any) -> Write | None:
    """A function from `wanted` to JSON, made once per annotation; None where JSON knows the value as it is."""
    if get_origin(wanted) in (Union, types.UnionType):
        (inner,) = (_writer(part) for part in get_args(wanted) if part is not type(None))
        return None if inner is None else lambda value: None if value is None else inner(value)
    if get_origin(wanted) is frozenset:
        return sorted
    if get_origin(wanted) is tuple:
        item = _writer(get_args(wanted)[0])
        return list if item is None else lambda value: [item(one) for one in value]
    if wanted is date:
        return date.isoformat
    if isinstance(wanted, type) and issubclass(wanted, StrEnum):
        return str
    return _record_writer(wanted) if is_dataclass(wanted) else None


def _record_writer(wanted: Any) -> Write:
    hints = get_type_hints(wanted)
    writers = [(field.name, _writer(hints[field.name])) for field in fields(wanted)]

    def write(value: Any) -> dict[str, Any]:
        return {name: getattr(value, name) if plain is None else plain(getattr(value, name)) for name, plain in writers}

    return write


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
        return _member(wanted)
    if is_dataclass(wanted):
        return _record_reader(wanted)
    return _exactly(wanted)


def _optional(wanted: Any) -> Read:
    (inner,) = (_reader(part) for part in get_args(wanted) if part is not type(None))
    return lambda value: None if value is None else inner(value)


def _member(wanted: type[StrEnum]) -> Read:
    members = {member.value: member for member in wanted}

    def read(value: Any) -> StrEnum:
        found = members.get(value) if isinstance(value, str) else None
        return wanted(value) if found is None else found

    return read


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

    in_order = tuple(readers.items())

    def read(value: Mapping[str, Any]) -> Any:
        if value.keys() == readers.keys():
            return wanted(*[read_one(value[name]) for name, read_one in in_order])
        if unknown := value.keys() - readers.keys():
            raise ValueError(f"unknown fields of {wanted.__name__}: {sorted(unknown)}")
        if missing := required - value.keys():
            raise ValueError(f"missing fields of {wanted.__name__}: {sorted(missing)}")
        return wanted(**{name: readers[name](item) for name, item in value.items()})

    return read
