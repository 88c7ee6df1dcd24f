"""How conformity is told: reasons in both languages, indicators by name, numbers as ids."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from graph.network import Waiver
from graph.terms import Reason
from supplychain.answers.rules import AnswerKind, Said
from supplychain.conformity.rules import LevelCheck, Unmet, Why
from supplychain.frameworks.framework import Framework, Indicator
from supplychain.i18n import LANGUAGES, catalogue, sentence

SEVERITY = (
    "overdue",
    "expired",
    "gap",
    "not_assessed",
    "awaiting_confirmation",
    "private",
    "waived",
    "announced",
    "met",
)
"""Statuses from the one that needs most attention to the one that needs none."""


def worst(statuses: Iterable[str]) -> str | None:
    """Of several statuses the one that needs most attention."""
    return min(statuses, key=SEVERITY.index, default=None)


def plain(value: Any) -> Any:
    """A value JSON knows: days as text, sets and tuples as lists."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | frozenset | set | list):
        return [plain(one) for one in value]
    return value


def reason(code: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """A reason as a code with its values and a sentence in both languages."""
    shown = {name: plain(value) for name, value in params.items()}
    text = {language: sentence(f"why.{code}", language, _said(shown, language)) for language in LANGUAGES}
    return {"code": code, "params": shown, "text": text}


def _said(values: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Values as a sentence has them: lists in one piece, words for codes and for what nobody knows."""
    words = catalogue(language)
    return {
        name: ", ".join(map(str, value))
        if isinstance(value, list)
        else words.get(f"said.{name}.{'unknown' if value is None else value}", value)
        for name, value in values.items()
    }


def waiver(found: Sequence[Waiver]) -> dict[str, Any] | None:
    """The waiver that an obligation stands under, the latest of several; null where there is none."""
    if not found:
        return None
    one = found[-1]
    return {"id": one.id, "until": plain(one.until), "due": plain(one.due), "level": one.level}


def answer(said: Said | None) -> dict[str, Any]:
    """What was last said to an obligation; nothing is ``silent``."""
    if said is None:
        return {"id": None, "kind": str(AnswerKind.SILENT), "open": False}
    return {"id": said.id, "kind": str(said.kind), "open": said.waits}


def reasons(found: Iterable[Reason]) -> list[dict[str, Any]]:
    """Several reasons, in their order."""
    return [reason(str(one.code), one.params) for one in found]


def score(framework: Framework, check: LevelCheck) -> dict[str, float | str | None]:
    """What an index scores for a level, and what the level needs; null where the method knows no score.

    cannot_hold: why the level cannot hold whatever is met, null where it can. score_ours: no document sets it.
    """
    return {
        "cannot_hold": None if check.mark is None else str(check.mark),
        "score": None if check.score is None else float(check.score),
        "score_needed": None if check.score_needed is None else float(check.score_needed),
        "score_ours": framework.levels[check.level - 1].score_ours,
    }


def unmet(framework: Framework | None, found: Iterable[Unmet], *, points: bool = False) -> list[dict[str, Any]]:
    """Unmet indicators by name, with what is wrong with each. points: what each would add to an index is told too."""
    return [_unmet(framework, one, points=points) for one in found]


def _unmet(framework: Framework | None, one: Unmet, *, points: bool) -> dict[str, Any]:
    indicator = framework.indicator(one.indicator) if framework else None
    names = {"en": indicator.names.en, "zh": indicator.names.zh} if indicator else None
    return {
        "indicator": one.indicator,
        "name": names,
        "level": one.level,
        "result": str(one.outcome),
        "reason": str(one.why),
        "optional": one.optional,
        "points": float(one.points) if points and one.points is not None else None,
        **_threshold(indicator, one.level),
        **_months(indicator, one.why),
    }


def _months(indicator: Indicator | None, why: Why) -> dict[str, int]:
    """How many months a reading must cover, where that is what is wrong with it."""
    measured = indicator.period if indicator and why is Why.PERIOD else None
    return {"months": measured.months} if measured else {}


def _threshold(indicator: Indicator | None, level: int) -> dict[str, Any]:
    """Whose the threshold is that was missed, and how well it is known."""
    target = indicator.target(level) if indicator else None
    return {
        "ours": target.ours if target else False,
        "mark": target.tag.mark if target and target.tag else None,
    }
