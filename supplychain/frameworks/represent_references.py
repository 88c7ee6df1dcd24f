"""The reference library as the wire shows it."""

from collections.abc import Iterable, Mapping
from typing import Any

from supplychain.frameworks.references import Citation, Source, Title
from supplychain.frameworks.successions import Clauses, Succession, of_source
from supplychain.frameworks.terms import Tag, Text
from supplychain.frameworks.topics import own_topics

Body = Mapping[str, Any]


def topic(identifier: str, names: Text) -> Body:
    """A topic of the controlled list."""
    return {"id": identifier, "names": names.as_dict(), "ours": identifier in own_topics()}


def source(one: Source) -> Body:
    """A source of the reference library."""
    return {
        "code": one.code,
        "title": one.title.as_dict(),
        "kind": one.kind.value if one.kind else None,
        "region": one.region.value if one.region else None,
        "topics": list(one.topics),
        "in_force_from": one.in_force_from,
        "in_force_to": one.in_force_to,
        "replaced_by": titled(one.replaced_by) if one.replaced_by else None,
        "replaces": [titled(other) for other in one.replaces],
        "mark": one.tag.mark,
        "checked_on": one.checked_on,
        "citations": [_citation(cited) for cited in one.citations],
    }


def source_whole(one: Source) -> Body:
    """The same with the clauses that took the place of others, on either side of it."""
    return {**source(one), "successions": [_succession(row) for row in of_source(one.code)]}


def titled(one: Title | Source) -> Body:
    """A source as another one names it."""
    return {"code": one.code, "title": one.title.as_dict()}


def _citation(cited: Citation) -> Body:
    return {
        "framework": cited.framework,
        "indicator": cited.indicator,
        "name": cited.name.as_dict(),
        "clause": cited.clause,
        "checked": cited.tag is Tag.READ,
        "mark": cited.tag.mark,
        "checked_on": cited.checked_on,
    }


def _succession(row: Succession) -> Body:
    return {
        "topic": row.topic.as_dict(),
        "before": _clauses(row.before),
        "after": _clauses(row.after),
        "mark": row.tag.mark,
        "checked_on": row.checked_on,
    }


def _clauses(some: Iterable[Clauses]) -> list[Body]:
    return [{"code": one.source, "clauses": list(one.clauses)} for one in some]
