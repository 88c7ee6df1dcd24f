"""What standards of management systems ask that no indicator asks by itself, and guidance that nobody is certified by.

Data beside this file; a test holds it equal to the crosswalk of our sources.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from supplychain.frameworks.terms import Relation, Tag, Text


@dataclass(frozen=True, slots=True)
class Asked:
    """What the clauses of a standard say of a topic. version: the edition; None = every one."""

    topic: str
    names: Text
    clauses: str
    relation: Relation
    tag: Tag
    version: str | None


@cache
def _told() -> Mapping[str, Any]:
    return yaml.safe_load((files("supplychain.frameworks") / "systems.yaml").read_text("utf-8"))  # type: ignore[no-any-return] # a test checks its shape


@cache
def guidance() -> Mapping[str, Text]:
    """Standards that nobody is certified by, and what they are called."""
    return {name: Text(**names) for name, names in _told()["guidance"].items()}


def asked_by(standard: str, version: str | None) -> Iterator[Asked]:
    """What a standard asks of a management system, in an edition of it."""
    for topic, told in _told()["topics"].items():
        for one in told["standards"].get(standard, ()):
            edition = one.get("version")
            if edition in {None, version}:
                names, relation = Text(**told["names"]), Relation(one["relation"])
                yield Asked(topic, names, one["clauses"], relation, Tag(one["tag"]), edition)
