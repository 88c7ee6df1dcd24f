"""Why a supplier may dispute or decline, as dated data: reasons that are a law's name their source."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from graph.facts import spans
from supplychain.frameworks.terms import Tag

Text = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason. source, conditions, notice: of one that is a law's, in English and Chinese.

    in_force_from, in_force_to: inclusive days; None is open. mark: ``read`` or ``known``: how sure we are.
    """

    id: str
    kinds: tuple[str, ...]
    names: Text
    source: Text | None = None
    conditions: Text | None = None
    notice: Text | None = None
    in_force_from: date | None = None
    in_force_to: date | None = None
    checked_on: date | None = None
    mark: str | None = None


def reasons(day: date) -> Mapping[str, Reason]:
    """The reasons that hold on a day, by id, in the order of the file."""
    return {one.id: one for one in _all() if spans(one.in_force_from, one.in_force_to, day)}


@cache
def _all() -> tuple[Reason, ...]:
    told = yaml.safe_load((files("supplychain.answers") / "reasons.yaml").read_text("utf-8"))
    return tuple(_reason(one, told["notice"]) for one in told["reasons"])


def _reason(one: Mapping[str, Any], notice: Text) -> Reason:
    days = one.get("in_force", {})
    return Reason(
        id=one["id"],
        kinds=tuple(one["kinds"]),
        names=one["names"],
        source=one.get("source"),
        conditions=one.get("conditions"),
        notice=notice if "source" in one else None,
        in_force_from=days.get("from"),
        in_force_to=days.get("to"),
        checked_on=one.get("checked_on"),
        mark=Tag(one["mark"]).mark if "mark" in one else None,
    )
