"""Two frameworks, two versions or two jurisdictions beside each other, topic by topic, and what would serve both.

Levels are never compared: level 2 of one framework says nothing of level 2 of another. What can be compared is what
each asks about one topic, on which clauses both rest, and which evidence would answer both.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from supplychain.frameworks import carrying, units
from supplychain.frameworks.framework import Framework, Indicator, Reference
from supplychain.frameworks.terms import EvidenceKind, Kind, Relation, Text
from supplychain.frameworks.topics import topics


class Side(StrEnum):
    """Who asks something about a topic."""

    BOTH = "both"
    BEFORE = "before"
    AFTER = "after"


class Sureness(StrEnum):
    """How sure it is that one piece of evidence serves both."""

    CERTAIN = "certain"
    """The same indicator or measure in units that convert, or a certificate that both recognise in full."""
    PARTIAL = "partial"
    """The same measure with a further number for one of them, or a certificate that proves one only in part."""
    POSSIBLE = "possible"
    """The same kind of evidence about the same topic; nobody compared what the two ask."""


class Means(StrEnum):
    """By what both are served."""

    INDICATOR = "indicator"
    MEASURE = "measure"
    CERTIFICATE = "certificate"
    KIND = "kind"


@dataclass(frozen=True, slots=True)
class Shared:
    """Evidence that would serve indicators of both. what: the indicator, measure, standard or kind of evidence."""

    means: Means
    what: str
    sure: Sureness
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cited:
    """A clause that both rest on, as each cites it; None where only the source is known."""

    title: Text
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """A topic that at least one of two frameworks asks about."""

    topic: str
    side: Side
    before: tuple[Indicator, ...]
    after: tuple[Indicator, ...]
    references: tuple[Cited, ...]
    shared: tuple[Shared, ...]


def gaps(before: Framework, after: Framework) -> tuple[Gap, ...]:
    """Every topic that one of the two asks about, in the order of the list."""
    return tuple(one for topic in topics() if (one := _gap(topic, before, after)) is not None)


def side_of(before: Iterable[object], after: Iterable[object]) -> Side | None:
    """Who has anything; None = nobody."""
    one, other = any(True for _ in before), any(True for _ in after)
    if one and other:
        return Side.BOTH
    return Side.BEFORE if one else Side.AFTER if other else None


def _gap(topic: str, before: Framework, after: Framework) -> Gap | None:
    first, second = _about(before, topic), _about(after, topic)
    side = side_of(first, second)
    if side is None:
        return None
    if side is not Side.BOTH:
        return Gap(topic, side, first, second, (), ())
    sure = (*_same(first, second), *_certificates((before, first), (after, second)))
    return Gap(topic, side, first, second, tuple(_cited(first, second)), (*sure, *_kinds(first, second, sure)))


def _about(framework: Framework, topic: str) -> tuple[Indicator, ...]:
    return tuple(one for one in framework.indicators if topic in one.topics)


def _same(first: Iterable[Indicator], second: tuple[Indicator, ...]) -> Iterator[Shared]:
    for one in first:
        for other in second:
            if one.id == other.id or (one.measure is not None and one.measure == other.measure):
                sure = same_reading(one, other)
                if sure is not None:
                    means = Means.INDICATOR if one.id == other.id else Means.MEASURE
                    what = one.id if one.id == other.id else one.measure or one.id
                    yield Shared(means, what, sure, (one.id,), (other.id,))


def same_reading(one: Indicator, other: Indicator) -> Sureness | None:
    """How far one piece of evidence answers two indicators that ask for the same; None = not at all.

    Partial where one of them asks beside it what the other does not.
    """
    if one.kind is not other.kind or not one.evidence & other.evidence:
        return None
    if one.kind is Kind.QUANTITY:
        try:
            units.convert(Decimal(1), one.unit or "", other.unit or "")
        except units.UnitsNotConvertible:
            return None
    further = (one.parameter is None) != (other.parameter is None) or _questions(one) != _questions(other)
    return Sureness.PARTIAL if further else Sureness.CERTAIN


def _questions(indicator: Indicator) -> set[str]:
    return {one.id for one in indicator.also}


def _certificates(
    first: tuple[Framework, tuple[Indicator, ...]], second: tuple[Framework, tuple[Indicator, ...]]
) -> Iterator[Shared]:
    one, other = proofs(*first), proofs(*second)
    for standard in sorted(one.keys() & other.keys()):
        proven = (*one[standard].values(), *other[standard].values())
        sure = Sureness.CERTAIN if all(it is Relation.FULL for it in proven) else Sureness.PARTIAL
        yield Shared(Means.CERTIFICATE, standard, sure, tuple(one[standard]), tuple(other[standard]))


def proofs(framework: Framework, indicators: Iterable[Indicator]) -> dict[str, dict[str, Relation]]:
    """By standard, which of some indicators its certificate proves at all, in full or in part."""
    wanted = {one.id: one for one in indicators}
    found: dict[str, dict[str, Relation]] = {}
    for start in framework.crosswalk:
        ways = [(start, Relation.FULL), *((way.standard, way.relation) for way in carrying.routes(framework, start))]
        proven: dict[str, Relation] = {}
        for standard, way in ways:
            named = [one.id for one in wanted.values() if _names(one, standard.id)]
            told = [(one, Relation.FULL) for one in named]
            told += [(one.indicator, one.relation) for one in standard.satisfies if one.indicator in wanted]
            for indicator, relation in told:
                full = Relation.FULL in (proven.get(indicator), relation if way is Relation.FULL else None)
                proven[indicator] = Relation.FULL if full else Relation.PARTIAL
        if proven:
            found[start.id] = {one: proven[one] for one in sorted(proven)}
    return found


def _names(indicator: Indicator, standard: str) -> bool:
    return any(
        one.standard == standard
        for target in indicator.targets
        if isinstance(target.value, tuple)
        for one in target.value
    )


def _kinds(first: tuple[Indicator, ...], second: tuple[Indicator, ...], sure: Iterable[Shared]) -> Iterator[Shared]:
    """What is left: kinds of evidence that some of each accept, of those that nothing surer serves."""
    told = list(sure)
    left = [one for one in first if not any(one.id in it.before for it in told)]
    others = [one for one in second if not any(one.id in it.after for it in told)]
    for kind in EvidenceKind:
        one = tuple(it.id for it in left if kind in it.evidence)
        other = tuple(it.id for it in others if kind in it.evidence)
        if one and other and kind is not EvidenceKind.QUANTITY:  # another quantity is another reading
            yield Shared(Means.KIND, kind.value, Sureness.POSSIBLE, one, other)


def _cited(first: Iterable[Indicator], second: Iterable[Indicator]) -> Iterator[Cited]:
    one, other = _clauses(first), _clauses(second)
    for title in sorted(one.keys() & other.keys()):
        yield Cited(one[title][0].title, _told(one[title]), _told(other[title]))


def _clauses(indicators: Iterable[Indicator]) -> dict[str, list[Reference]]:
    found: dict[str, list[Reference]] = {}
    for indicator in indicators:
        for reference in indicator.references:
            found.setdefault(reference.title.en, []).append(reference)
    return found


def _told(references: Iterable[Reference]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.clause for one in references if one.clause))
