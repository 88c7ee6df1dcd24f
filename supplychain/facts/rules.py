"""What packs' rules read of an organization: its verified facts on a day, and nothing it merely says.

A reviewer's proof of a sector or a size stands beside what verified facts say of them: rules see the union, so that
of two documents the one that binds more is heard.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from types import MappingProxyType

from graph.facts import Attributes, Known, spans
from supplychain.facts.sizing import counts, last_day, rules, size
from supplychain.frameworks.catalogue import FactKind, catalogue, sectors_of

PACK_RULE = "cn-2011"
"""The size rule whose classes packs' rules read."""
Value = frozenset[str] | Decimal | bool


@dataclass(slots=True)
class Verified:
    """What is verified on a day. good_through: the last day on which it is the same; None = for ever."""

    values: Mapping[str, Value] = field(default_factory=dict)
    good_through: date | None = None


def verified(proven: Attributes, known: Iterable[Known], day: date) -> Verified:
    """Every fact that packs' rules may read of an organization on a day."""
    found: dict[str, Value] = {}
    figures: dict[str, dict[int, int]] = {}
    ends: list[date] = []
    for one in known:
        fact = catalogue().get(one.fact)
        if fact is None:  # recorded when a catalogue of another day knew it
            continue
        ends += _changes(one, day)
        if fact.yearly and one.year is not None:
            figures.setdefault(one.fact, {})[one.year] = int(one.values[0])
        elif spans(one.valid_from, one.valid_to, day):
            found[one.fact] = _value(fact.kind, one.values)
    for name, by_year in figures.items():
        counting = [year for year in by_year if counts(year, day)]
        if counting:
            found[name] = Decimal(by_year[max(counting)])
    _join(found, "sector", proven.sector, _sectors(found))
    _join(found, "size", proven.size, _sizes(figures, day))
    for name in ("country", "region"):
        _join(found, name, getattr(proven, name), frozenset())
    return Verified(MappingProxyType(found), min(ends, default=None))


def _value(kind: FactKind, values: tuple[str, ...]) -> Value:
    if kind is FactKind.BOOLEAN:
        return values == ("true",)
    return frozenset(values) if kind is FactKind.CODES else Decimal(values[0])


def _changes(one: Known, day: date) -> list[date]:
    """The last days before something about it changes, from the day on."""
    days = [one.valid_to, one.valid_from - timedelta(days=1) if one.valid_from else None]
    if one.year is not None:
        days += [date(one.year - 1, 12, 31), last_day(one.year)]
    return [last for last in days if last is not None and last >= day]


def _join(found: dict[str, Value], name: str, proven: str | None, told: frozenset[str]) -> None:
    both = told | ({proven} if proven is not None else frozenset())
    if both:
        found[name] = both


def _sectors(found: Mapping[str, Value]) -> frozenset[str]:
    industry = found.get("industry")
    return (sectors_of(industry) or frozenset()) if isinstance(industry, frozenset) else frozenset()


def _sizes(figures: Mapping[str, Mapping[int, int]], day: date) -> frozenset[str]:
    """The classes still possible: a rule for large companies leaves out only who cannot be one."""
    if not figures:
        return frozenset()
    sizing = size(rules()[PACK_RULE], figures, day)
    return frozenset(sizing.possible) if sizing.year is not None else frozenset()
