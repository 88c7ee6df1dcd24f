"""What certificates of recognised standards prove (domain rules: Crosswalk)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from supplychain.frameworks.terms import Relation, Tag, Text, Trust


@dataclass(frozen=True, slots=True)
class Satisfies:
    """That a certificate proves an indicator, up to a level (None = wherever it has a target).

    tag: how well the clauses behind it are known, None = not said. ours: the mapping is our own reading of the
    topics of an audit, not a comparison of clauses; such a one is always partial.
    """

    indicator: str
    relation: Relation
    up_to: int | None = None
    version: str | None = None
    tag: Tag | None = None
    ours: bool = False


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
    until: the last day on which certificates of an edition count, of those that were replaced.
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
    until: Mapping[str, date] = field(default_factory=lambda: MappingProxyType({}), hash=False)

    def last_day(self, version: str | None) -> date | None:
        """The last day on which a certificate of an edition counts; None = as long as it says itself."""
        return self.until.get(version) if version is not None else None
