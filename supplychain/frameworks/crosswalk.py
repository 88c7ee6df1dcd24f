"""What certificates of recognised standards prove (domain rules: Crosswalk)."""

from dataclasses import dataclass

from supplychain.frameworks.terms import Relation, Tag, Text, Trust


@dataclass(frozen=True, slots=True)
class Satisfies:
    """That a certificate proves an indicator, up to a level (None = wherever it has a target)."""

    indicator: str
    relation: Relation
    up_to: int | None = None
    version: str | None = None


@dataclass(frozen=True, slots=True)
class Carries:
    """That a certificate of one standard says what one of another would: EMAS what ISO 14001 does.

    as_version: the edition it stands for. version: of the carrying standard; None = every one.
    tag: how well that is known.
    """

    standard: str
    relation: Relation
    tag: Tag
    as_version: str | None = None
    version: str | None = None


@dataclass(frozen=True, slots=True)
class Standard:
    """A recognised standard in the crosswalk.

    versions: the editions (or grades) a certificate may name; empty = none is asked for.
    authority: who issues certificates that count. trust: what such a certificate is worth.
    satisfies: indicators beyond those whose targets name the standard themselves.
    carries: other standards that it proves in turn, as far as they go.
    """

    id: str
    names: Text
    versions: tuple[str, ...]
    authority: Text
    trust: Trust
    satisfies: tuple[Satisfies, ...] = ()
    note: Text | None = None
    carries: tuple[Carries, ...] = ()
