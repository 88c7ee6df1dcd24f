"""What a link scope says of a product code: rule 1 of the cascade."""

from bisect import bisect_left
from collections.abc import Sequence
from enum import Enum
from typing import Final

_AFTER_DIGITS: Final = ":"
"""The character after 9: every code that begins with a prefix sorts before the prefix with this behind it."""


class ScopeMatch(Enum):
    """What a link scope says of a link's code (domain rules: cascade, rule 1)."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    UNCLASSIFIED = "unclassified"


def code_match(prefixes: tuple[str, ...], code: str) -> ScopeMatch:
    """What some prefixes say of a code, that of a link without one being empty."""
    if code.startswith(prefixes):
        return ScopeMatch.INSIDE
    if any(prefix.startswith(code) for prefix in prefixes):
        return ScopeMatch.UNCLASSIFIED
    return ScopeMatch.OUTSIDE


def beginning_with(codes: Sequence[str], prefix: str) -> slice:
    """Where those of some codes stand that begin with a prefix. codes: ascending, digits only."""
    return slice(bisect_left(codes, prefix), bisect_left(codes, prefix + _AFTER_DIGITS))
