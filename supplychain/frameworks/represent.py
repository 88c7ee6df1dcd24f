"""Frameworks as the wire shows them, in both languages."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from supplychain.frameworks.comparison import Line
from supplychain.frameworks.crosswalk import Standard
from supplychain.frameworks.framework import (
    Choice,
    Framework,
    Indicator,
    OnReceipt,
    Pillar,
    Reference,
    Sector,
    StandardRef,
    Target,
)
from supplychain.frameworks.period import Period
from supplychain.frameworks.terms import EvidenceKind, Text
from supplychain.frameworks.weighing import Group, Parameter
from supplychain.frameworks.wording import says
from supplychain.i18n import LANGUAGES, sentence

Body = Mapping[str, Any]


@cache
def summary(framework: Framework) -> Body:
    """What a list shows of a framework version."""
    return {
        "key": framework.key,
        "id": framework.id,
        "version": framework.version,
        "method": framework.method.value,
        "names": framework.names.as_dict(),
        "levels": [
            {
                "rank": level.rank,
                "label": level.label.as_dict(),
                "ours": level.ours,
                "score": _number_or_none(level.score),
                "score_ours": level.score_ours,
            }
            for level in framework.levels
        ],
        "pillars": [_named(pillar) for pillar in framework.pillars],
    }


def whole(framework: Framework, indicators: Iterable[Indicator], day: date | None = None) -> Body:
    """A framework version with some or all of its indicators; day: only references in force on it."""
    shown = _indicators(framework)
    if day is None:
        return {**_pack(framework), "indicators": [shown[one.id] for one in indicators]}
    return {
        **_pack(framework),
        "indicators": [{**shown[one.id], "references": cited(one, day)} for one in indicators],
    }


@cache
def _pack(framework: Framework) -> Body:
    return {
        **summary(framework),
        "optional_share": _number(framework.optional_share),
        "notes": [note.as_dict() for note in framework.notes],
        "sectors": [_named(sector) for sector in framework.sectors],
        "groups": [_group(group) for group in framework.groups],
        "on_receipt": [_on_receipt(rule) for rule in framework.on_receipt],
        "crosswalk": [_standard(standard) for standard in framework.crosswalk],
    }


@cache
def _indicators(framework: Framework) -> Mapping[str, Body]:
    return {one.id: _indicator(framework, one) for one in framework.indicators}


def _indicator(framework: Framework, one: Indicator) -> Body:
    return {
        "id": one.id,
        "pillar": one.pillar,
        "kind": one.kind.value,
        "scope": one.scope.value,
        "names": one.names.as_dict(),
        "question": one.question.as_dict(),
        "help": one.help.as_dict(),
        "unit": one.unit,
        "unit_label": _text(one.unit_label),
        "better": one.better.value if one.better else None,
        "choices": [_named(choice) for choice in one.choices],
        "also": [{"id": also.id, "question": also.question.as_dict()} for also in one.also],
        "targets": [target(asked) for asked in one.targets],
        "mandatory_from": one.mandatory_from,
        "evidence": [kind.value for kind in EvidenceKind if kind in one.evidence],
        "min_trust": [{"level": level, "trust": trust.word} for level, trust in enumerate(one.min_trust, start=1)],
        "validity_months": one.validity_months,
        "zero_tolerance": one.zero_tolerance,
        "applies": applies(framework, one),
        "references": [_reference(reference) for reference in one.references],
        "parameter": _parameter(one.parameter),
        "period": period(one.period),
        "group": one.group,
        "weight": _number_or_none(one.weight),
        "shared": one.shared,
        "limiting": one.limiting,
        "ours": one.ours,
        "topics": list(one.topics),
        "measure": one.measure,
    }


def _group(group: Group) -> Body:
    return {
        **_named(group),
        "weight": _number(group.weight),
        "shares": [{"id": share.id, "weight": _number(share.weight)} for share in group.shares],
        "quantitative": group.quantitative,
        "ours": group.ours,
    }


def _parameter(parameter: Parameter | None) -> Body | None:
    if parameter is None:
        return None
    return {"id": parameter.id, "question": parameter.question.as_dict(), "unit": parameter.unit}


def period(measured: Period | None) -> Body | None:
    """Over how long a quantity is measured."""
    if measured is None:
        return None
    return {
        "months": measured.months,
        "ours": measured.ours,
        "mark": measured.tag.mark if measured.tag else None,
    }


def over(measured: Period, language: str) -> str:
    """The same in words: over 12 months."""
    return sentence("form.over.one" if measured.months == 1 else "form.over", language, {"months": measured.months})


def target(asked: Target) -> Body:
    """What one level asks."""
    return {
        "level": asked.level,
        "value": _value(asked.value),
        "per_parameter": _number_or_none(asked.per_parameter),
        "also": list(asked.also),
        "ours": asked.ours,
        "mark": asked.tag.mark if asked.tag else None,
    }


def _value(value: bool | Decimal | str | tuple[StandardRef, ...] | None) -> Any:  # noqa: FBT001 - a yes-or-no target
    if isinstance(value, tuple):
        return [{"standard": one.standard, "version": one.version} for one in value]
    return _number(value) if isinstance(value, Decimal) else value


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _number_or_none(value: Decimal | None) -> int | float | None:
    return None if value is None else _number(value)


def applies(framework: Framework, indicator: Indicator) -> Body | None:
    """Where an indicator applies, as the pack writes it and in words; None = everywhere."""
    rule = indicator.applies
    if rule is None:
        return None
    return {
        "expression": rule.expression,
        "facts": list(rule.facts),
        "says": {language: says(rule, framework, language) for language in LANGUAGES},
    }


def line(one: Line) -> Body:
    """A line of a comparison."""
    named = one.after or one.before
    assert named is not None  # it is in one of the two
    return {
        "indicator": one.indicator,
        "names": named.names.as_dict(),
        "change": one.change.value,
        "differences": [{"what": it.what, "before": it.before, "after": it.after} for it in one.differences],
        "shared_evidence": list(one.shared),
    }


def cited(indicator: Indicator, day: date) -> list[Body]:
    """The references of an indicator that were in force on a day."""
    return [_reference(reference) for reference in indicator.references if reference.in_force(day)]


def _reference(reference: Reference) -> Body:
    return {
        "source": reference.source,
        "title": reference.title.as_dict(),
        "kind": reference.kind.value if reference.kind else None,
        "clause": reference.clause,
        "in_force_from": reference.in_force_from,
        "in_force_to": reference.in_force_to,
        "checked": reference.checked,
        "mark": reference.tag.mark,
        "checked_on": reference.checked_on,
        "note": _text(reference.note),
    }


def _standard(standard: Standard) -> Body:
    return {
        "id": standard.id,
        "names": standard.names.as_dict(),
        "versions": list(standard.versions),
        "until": [{"version": version, "day": day} for version, day in standard.until.items()],
        "authority": standard.authority.as_dict(),
        "trust": standard.trust.word,
        "satisfies": [
            {
                "indicator": one.indicator,
                "relation": one.relation.value,
                "up_to": one.up_to,
                "version": one.version,
                "mark": one.tag.mark if one.tag else None,
                "ours": one.ours,
            }
            for one in standard.satisfies
        ],
        "carries": [
            {
                "standard": one.standard,
                "as_version": one.as_version,
                "version": one.version,
                "relation": one.relation.value,
                "mark": one.tag.mark,
            }
            for one in standard.carries
        ],
        "note": _text(standard.note),
    }


def _on_receipt(rule: OnReceipt) -> Body:
    return {"kind": rule.kind.value, "trust": rule.trust.word, "up_to": rule.up_to}


def _named(one: Pillar | Sector | Choice | Group) -> Body:
    return {"id": one.id, "names": one.names.as_dict()}


def _text(text: Text | None) -> dict[str, str] | None:
    return text.as_dict() if text else None
