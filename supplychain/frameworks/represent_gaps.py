"""Gap comparisons as the wire shows them."""

from collections.abc import Mapping
from typing import Any

from supplychain.frameworks.framework import Framework, Indicator
from supplychain.frameworks.gaps import Cited, Gap, Means, Shared
from supplychain.frameworks.jurisdictions import Cites, Regional, Turning
from supplychain.frameworks.represent import target
from supplychain.frameworks.represent_references import titled
from supplychain.frameworks.terms import Text
from supplychain.frameworks.topics import evidence_kinds, measures, topics

Body = Mapping[str, Any]


def gap(after: Framework, one: Gap) -> Body:
    """A topic that one of two frameworks asks about, or both."""
    return {
        "topic": one.topic,
        "names": topics()[one.topic].as_dict(),
        "side": one.side.value,
        "before": [_asked(it) for it in one.before],
        "after": [_asked(it) for it in one.after],
        "references": [_cited(it) for it in one.references],
        "shared": [_shared(after, it) for it in one.shared],
    }


def regional(one: Regional) -> Body:
    """A topic that one of two regions asks about, or both, or that changes."""
    return {
        "topic": one.topic,
        "names": topics()[one.topic].as_dict(),
        "side": one.side.value if one.side else None,
        "before": [_cites(it) for it in one.before],
        "after": [_cites(it) for it in one.after],
        "shared": [
            {"id": it.id, "names": it.names.as_dict(), "evidence": sorted(kind.value for kind in it.evidence)}
            for it in one.serving
        ],
        "changes": [_turning(it) for it in one.changes],
    }


def _asked(one: Indicator) -> Body:
    return {
        "id": one.id,
        "names": one.names.as_dict(),
        "unit": one.unit,
        "mandatory_from": one.mandatory_from,
        "min_trust": one.trust_at(one.targets[0].level).word,
        "targets": [target(asked) for asked in one.targets],
    }


def _cited(one: Cited) -> Body:
    return {"title": one.title.as_dict(), "before": list(one.before), "after": list(one.after)}


def _shared(after: Framework, one: Shared) -> Body:
    return {
        "means": one.means.value,
        "what": one.what,
        "names": _names(after, one).as_dict(),
        "sure": one.sure.value,
        "before": list(one.before),
        "after": list(one.after),
    }


def _names(after: Framework, one: Shared) -> Text:
    if one.means is Means.MEASURE:
        return measures()[one.what]
    if one.means is Means.KIND:
        return evidence_kinds()[one.what]
    known = (after.standard if one.means is Means.CERTIFICATE else after.indicator)(one.what)
    assert known is not None  # both of them have it
    return known.names


def _cites(one: Cites) -> Body:
    source = one.source
    return {
        **titled(source),
        "dated": source.in_force_from is not None or source.in_force_to is not None,
        "citations": [{"indicator": it.indicator, "clause": it.clause, "mark": it.tag.mark} for it in one.citations],
    }


def _turning(one: Turning) -> Body:
    replaced_by = one.source.replaced_by
    return {
        **titled(one.source),
        "turn": one.turn.value,
        "on": one.on,
        "replaced_by": titled(replaced_by) if replaced_by else None,
    }
