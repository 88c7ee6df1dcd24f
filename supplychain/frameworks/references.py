"""The reference library: every law, regulation and standard that a framework rests on, with who cites it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from supplychain.frameworks.framework import Framework, Indicator, Reference
from supplychain.frameworks.loader import Registry
from supplychain.frameworks.terms import Region, SourceKind, Tag, Text
from supplychain.frameworks.topics import topics

_SUREST = (Tag.READ, Tag.KNOWN, Tag.REMEMBERED)


@dataclass(frozen=True, slots=True)
class Citation:
    """An indicator that rests on a source. clause: None where only law and topic are known.

    name: of the indicator. checked_on: when the clause was read; None = it was not.
    """

    framework: str
    indicator: str
    name: Text
    clause: str | None
    tag: Tag
    checked_on: date | None
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Title:
    """A source as another one names it."""

    code: str
    title: Text


@dataclass(frozen=True, slots=True)
class Source:
    """A law, regulation or standard, the same in every framework that names it by the same title.

    code: what the packs call it; where two packs give one code to different sources, the later one's carries its
    framework's id. replaced_by: what took its place; replaces: whose place it took.
    in_force_from, in_force_to: inclusive; None = not known, or open.
    """

    code: str
    title: Text
    kind: SourceKind | None
    region: Region | None
    in_force_from: date | None
    in_force_to: date | None
    replaced_by: Title | None
    citations: tuple[Citation, ...]
    replaces: tuple[Title, ...] = ()

    @property
    def topics(self) -> tuple[str, ...]:
        """What the indicators that cite it are about, in the order of the list."""
        cited = {topic for one in self.citations for topic in one.topics}
        return tuple(topic for topic in topics() if topic in cited)

    @property
    def tag(self) -> Tag:
        """How well the best known of its cited clauses is known."""
        return min((one.tag for one in self.citations), key=_SUREST.index)

    @property
    def checked_on(self) -> date | None:
        """When a clause of it was last read."""
        return max((one.checked_on for one in self.citations if one.checked_on), default=None)

    def in_force(self, day: date) -> bool:
        """Whether it may be cited for that day."""
        begun = self.in_force_from is None or self.in_force_from <= day
        return begun and (self.in_force_to is None or day <= self.in_force_to)

    def speaks_of(self, words: str) -> bool:
        """Whether every word is in its title, its topics or the name of an indicator that cites it, in any language."""
        texts = (self.title, *(one.name for one in self.citations), *(topics()[one] for one in self.topics))
        whole = " ".join(f"{text.en} {text.zh}" for text in texts).casefold()
        return all(word in whole for word in words.casefold().split())


@lru_cache(maxsize=8)
def library(registry: Registry) -> tuple[Source, ...]:
    """Every source of every framework, by English title."""
    codes = _codes(registry)
    found: dict[str, Source] = {}
    for framework in registry:
        titles = {one.source: one.title for indicator in framework.indicators for one in indicator.references}
        for indicator in framework.indicators:
            for reference in indicator.references:
                cited = _citation(framework, indicator, reference)
                told = _source(reference, codes, titles)
                found[reference.title.en] = _joined(found.get(reference.title.en), told, cited)
    replaced: dict[str, list[Title]] = defaultdict(list)
    for one in sorted(found.values(), key=lambda one: one.title.en):
        if one.replaced_by:
            replaced[one.replaced_by.code].append(Title(one.code, one.title))
    return tuple(replace(found[title], replaces=tuple(replaced[found[title].code])) for title in sorted(found))


def matching(
    sources: Iterable[Source],
    *,
    words: str | None = None,
    region: str | None = None,
    day: date | None = None,
    framework: str | None = None,
    topic: str | None = None,
    kind: str | None = None,
) -> list[Source]:
    """Those that pass every filter given; framework, topic: with the citations that match alone."""
    shown = []
    for source in sources:
        cited = tuple(
            one
            for one in source.citations
            if framework in (None, one.framework) and (topic is None or topic in one.topics)
        )
        if (
            cited
            and (words is None or source.speaks_of(words))
            and region in (None, source.region)
            and kind in (None, source.kind)
            and (day is None or source.in_force(day))
        ):
            shown.append(replace(source, citations=cited))
    return shown


def _codes(registry: Registry) -> Mapping[str, str]:
    """The code of every source by English title."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for framework in registry:
        for reference in (one for indicator in framework.indicators for one in indicator.references):
            if reference.title.en not in found:
                code = reference.source
                if code in taken:
                    code = f"{code}.{framework.id}"
                taken.add(code)
                found[reference.title.en] = code
    return found


def _citation(framework: Framework, indicator: Indicator, reference: Reference) -> Citation:
    return Citation(
        framework.key,
        indicator.id,
        indicator.names,
        reference.clause,
        reference.tag,
        reference.checked_on,
        indicator.topics,
    )


def _source(reference: Reference, codes: Mapping[str, str], titles: Mapping[str, Text]) -> Source:
    successor = titles.get(reference.replaced_by or "")
    return Source(
        code=codes[reference.title.en],
        title=reference.title,
        kind=reference.kind,
        region=reference.region,
        in_force_from=reference.in_force_from,
        in_force_to=reference.in_force_to,
        replaced_by=Title(codes[successor.en], successor) if successor else None,
        citations=(),
    )


def _joined(known: Source | None, told: Source, cited: Citation) -> Source:
    """What was known of a source with what one more citation says; a later pack knows better."""
    if known is None:
        return replace(told, citations=(cited,))
    return replace(
        told,
        kind=told.kind or known.kind,
        region=told.region or known.region,
        in_force_from=told.in_force_from or known.in_force_from,
        in_force_to=told.in_force_to or known.in_force_to,
        replaced_by=told.replaced_by or known.replaced_by,
        citations=(*known.citations, cited),
    )
