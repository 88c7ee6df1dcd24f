"""How somebody says that a list is to be taken, checked."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from supplychain.errors import Invalid
from supplychain.network.imports.rows import ADDING, Kind, Manner, Mode

EVERY_LINK: Final = "all"
_PREFIXES = re.compile(r"[0-9]{2,10}(,[0-9]{2,10})*")


def manner_of(said: Mapping[str, Any], today: date) -> tuple[Kind, Manner]:
    """The kind of a list and how it is to be taken.

    said: kind, mode, valid_on (a date) and scope (``all``, or HS prefixes with commas between), as far as said.
    Raises Invalid.
    """
    if said.get("kind") is None:
        raise Invalid.at("query:kind", "required")
    kind, mode = Kind(said["kind"]), Mode(said.get("mode") or Mode.ADD)
    day, scope = said.get("valid_on"), said.get("scope")
    if mode is Mode.ADD:
        for name in ("valid_on", "scope"):
            if said.get(name) is not None:
                raise Invalid.at(f"query:{name}", "only-when-replacing")
        return kind, ADDING
    if kind is not Kind.LINKS:
        raise Invalid.at("query:mode", "replaces-links-only")
    if day is None:
        raise Invalid.at("query:valid_on", "required")
    if day > today:
        raise Invalid.at("query:valid_on", "in-the-future", today=today.isoformat())
    return kind, Manner(mode, day, None if scope is None else _prefixes(scope))


def _prefixes(scope: str) -> tuple[str, ...]:
    if scope == EVERY_LINK:
        return ()
    if not _PREFIXES.fullmatch(scope):
        raise Invalid.at("query:scope", "not-a-scope")
    return tuple(scope.split(","))
