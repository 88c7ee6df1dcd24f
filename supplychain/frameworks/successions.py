"""Which clause of the reference library took the place of which, as data beside this file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from supplychain.frameworks.terms import Tag, Text


@dataclass(frozen=True, slots=True)
class Clauses:
    """Clauses of one source, by its code in the library."""

    source: str
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Succession:
    """That some clauses took the place of others, row by row: not which of several answers which.

    before: empty where nothing said so before. tag: how well both sides are known; checked_on: when they were read.
    """

    topic: Text
    before: tuple[Clauses, ...]
    after: tuple[Clauses, ...]
    tag: Tag
    checked_on: date


@cache
def successions() -> tuple[Succession, ...]:
    """Every row that is known."""
    told = yaml.safe_load((files("supplychain.frameworks") / "successors.yaml").read_text("utf-8"))
    tag, checked_on = Tag(told["tag"]), told["checked_on"]
    return tuple(
        Succession(Text(**row["topic"]), _clauses(row.get("before", {})), _clauses(row["after"]), tag, checked_on)
        for row in told["rows"]
    )


def of_source(code: str) -> tuple[Succession, ...]:
    """The rows that name a source on either side."""
    return tuple(row for row in successions() if _names(row.before, code) or _names(row.after, code))


def _clauses(told: Mapping[str, Any]) -> tuple[Clauses, ...]:
    return tuple(Clauses(source, tuple(clauses)) for source, clauses in told.items())


def _names(clauses: Iterable[Clauses], code: str) -> bool:
    return any(one.source == code for one in clauses)
