"""The reference library: every law, regulation and standard that a framework rests on, with who cites it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from supplychain.frameworks.framework import Reference
from supplychain.frameworks.loader import Registry
from supplychain.frameworks.terms import Region, Tag, Text


@dataclass(frozen=True, slots=True)
class Citation:
    """An indicator that rests on a source. clause: None where only law and topic are known."""

    framework: str
    indicator: str
    topic: Text
    clause: str | None
    tag: Tag


@dataclass(frozen=True, slots=True)
class Source:
    """A law, regulation or standard, the same in every framework that names it by the same title.

    replaced_by: the title of what took its place. in_force_from, in_force_to: inclusive; None = not known, or open.
    """

    title: Text
    region: Region | None
    in_force_from: date | None
    in_force_to: date | None
    replaced_by: Text | None
    citations: tuple[Citation, ...]

    def in_force(self, day: date) -> bool:
        """Whether it may be cited for that day."""
        begun = self.in_force_from is None or self.in_force_from <= day
        return begun and (self.in_force_to is None or day <= self.in_force_to)

    def speaks_of(self, words: str) -> bool:
        """Whether every word is in its title or in the name of an indicator that cites it, in either language."""
        texts = (self.title, *(one.topic for one in self.citations))
        whole = " ".join(f"{text.en} {text.zh}" for text in texts).casefold()
        return all(word in whole for word in words.casefold().split())


@lru_cache(maxsize=8)
def library(registry: Registry) -> tuple[Source, ...]:
    """Every source of every framework, by English title."""
    found: dict[str, Source] = {}
    for framework in registry:
        titles = {one.source: one.title for indicator in framework.indicators for one in indicator.references}
        for indicator in framework.indicators:
            for reference in indicator.references:
                cited = Citation(framework.key, indicator.id, indicator.names, reference.clause, reference.tag)
                told = _source(reference, titles.get(reference.replaced_by or ""))
                found[reference.title.en] = _joined(found.get(reference.title.en), told, cited)
    return tuple(found[title] for title in sorted(found))


def matching(
    sources: Iterable[Source], *, words: str | None, region: str | None, day: date | None, framework: str | None
) -> list[Source]:
    """Those that pass every filter given; framework: with its own citations only."""
    shown = []
    for source in sources:
        cited = tuple(one for one in source.citations if framework in (None, one.framework))
        if (
            cited
            and (words is None or source.speaks_of(words))
            and region in (None, source.region)
            and (day is None or source.in_force(day))
        ):
            shown.append(replace(source, citations=cited))
    return shown


def _source(reference: Reference, replacement: Text | None) -> Source:
    return Source(reference.title, reference.region, reference.in_force_from, reference.in_force_to, replacement, ())


def _joined(known: Source | None, told: Source, cited: Citation) -> Source:
    """What was known of a source with what one more citation says; a later pack knows better."""
    if known is None:
        return replace(told, citations=(cited,))
    return Source(
        told.title,
        told.region or known.region,
        told.in_force_from or known.in_force_from,
        told.in_force_to or known.in_force_to,
        told.replaced_by or known.replaced_by,
        (*known.citations, cited),
    )
