"""Finding frameworks and parts of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from supplychain.errors import Conflict, Invalid, NotFound
from supplychain.frameworks.comparison import Line, compare
from supplychain.frameworks.framework import Framework, Indicator
from supplychain.frameworks.gaps import Gap, gaps
from supplychain.frameworks.jurisdictions import Regional, jurisdictions
from supplychain.frameworks.library import registry
from supplychain.frameworks.references import Source, library, matching
from supplychain.frameworks.terms import EvidenceKind, Region
from supplychain.frameworks.topics import topics
from supplychain.work import Work


def find(work: Work, key: str) -> Framework:
    """The framework version ``id@version``. Raises NotFound."""
    framework = registry(work).get(key)
    if framework is None:
        raise NotFound
    return framework


def indicators(framework: Framework, wanted: Mapping[str, Any]) -> Sequence[Indicator]:
    """The indicators that pass every filter given: pillar, level, kind, evidence.

    Raises Invalid for a pillar or a level that the framework lacks: an empty list would look like an answer.
    """
    pillar, level, evidence = wanted.get("pillar"), wanted.get("level"), wanted.get("evidence")
    if pillar is not None and not framework.has_pillar(pillar):
        raise Invalid.at("?pillar", "not-one-of", allowed=", ".join(one.id for one in framework.pillars))
    if level is not None and level > len(framework.levels):
        raise Invalid.at("?level", "level-unknown", top=len(framework.levels))
    return [
        one
        for one in framework.indicators
        if pillar in (None, one.pillar)
        and wanted.get("kind") in (None, one.kind)
        and (level is None or one.target(level) is not None)
        and (evidence is None or EvidenceKind(evidence) in one.evidence)
    ]


def source(work: Work, code: str) -> Source:
    """A source of the reference library. Raises NotFound."""
    for one in library(registry(work)):
        if one.code == code:
            return one
    raise NotFound


def comparison(work: Work, key: str, other: str) -> tuple[Framework, Framework, Sequence[Line]]:
    """Two versions of one framework and what differs between them.

    Raises NotFound for an unknown version; Conflict for versions of two frameworks, which have no indicator in common.
    """
    before, after = find(work, key), find(work, other)
    if before.id != after.id:
        raise Conflict("frameworks-differ", before=before.id, after=after.id)
    return before, after, compare(before, after)


def gaps_between(work: Work, key: str, other: str, wanted: Mapping[str, Any]) -> tuple[Framework, Sequence[Gap]]:
    """The other framework, or version, and what each of the two asks about the topics wanted.

    Raises NotFound, Invalid.
    """
    before, after = find(work, key), find(work, other)
    topic, side = wanted.get("topic"), wanted.get("side")
    if topic is not None and topic not in topics():
        raise Invalid.at("?topic", "not-one-of", allowed=", ".join(topics()))
    found = [one for one in gaps(before, after) if topic in (None, one.topic) and side in (None, one.side)]
    return after, found


def regions_compared(work: Work, key: str, wanted: Mapping[str, Any]) -> Sequence[Regional]:
    """What two regions ask about the topics of a framework version. Raises NotFound, Invalid for a reversed period."""
    framework = find(work, key)
    day = wanted.get("on") or work.today
    until = wanted.get("until") or day
    if until < day:
        raise Invalid.at("?until", "ends-before-it-begins")
    sources = tuple(matching(library(registry(work)), framework=framework.key))
    return jurisdictions(framework, sources, (Region(wanted["before"]), Region(wanted["after"])), day, until)
