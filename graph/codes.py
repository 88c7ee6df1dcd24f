"""What a link scope says of a product code: rule 1 of the cascade."""

from enum import Enum


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
