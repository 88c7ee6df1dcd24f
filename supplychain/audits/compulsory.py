"""Which organizations must have a cleaner production audit, as dated rule sets read from ``compulsory.yaml``."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Span:
    """Days on which something is in force, both inclusive; None is open."""

    first: date | None
    last: date | None

    def holds_on(self, day: date) -> bool:
        """Whether a day is among them."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class Said:
    """An indicator of a pack that says something by its value. framework: without version. below: by any lesser number.

    ages: of an audit, that the pack's validity is how old the audit itself may be.
    """

    framework: str
    indicator: str
    values: tuple[Any, ...] = ()
    below: Decimal | None = None
    ages: bool = False

    def says(self, value: Any) -> bool:
        """Whether a value of the indicator says so."""
        if self.below is not None:
            return Decimal(str(value)) < self.below
        return any(value is one or (isinstance(one, str) and value == one) for one in self.values)


@dataclass(frozen=True, slots=True)
class Again:
    """How long an audit keeps. months: from its day on."""

    months: int
    in_force: Span
    source: Words
    tag: str


@dataclass(frozen=True, slots=True)
class AuditClass:
    """A class of organizations that a rule set binds. tag: how well its clause is known."""

    id: str
    names: Words
    clause: str | None
    tag: str
    facts: frozenset[str]
    indicators: tuple[Said, ...]
    again: Again | None


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The classes that a law of a country names, and when it is in force."""

    id: str
    country: str
    names: Words
    in_force: Span
    classes: tuple[AuditClass, ...]


@cache
def rule_sets() -> tuple[RuleSet, ...]:
    """Every rule set, the oldest first."""
    return tuple(_rule_sets(_read()))


@cache
def audits() -> tuple[Said, ...]:
    """The indicators that show that an audit was done."""
    return tuple(_said(one) for one in _read()["audits"])


@cache
def trigger_facts() -> frozenset[str]:
    """Every fact that a rule set reads."""
    return frozenset(fact for one in rule_sets() for each in one.classes for fact in each.facts)


def in_force(country: str | None, day: date) -> RuleSet | None:
    """The rule set of a country on a day; None where there is none, or the country is not known."""
    return next((one for one in rule_sets() if one.country == country and one.in_force.holds_on(day)), None)


@cache
def _read() -> Any:
    return yaml.safe_load((files("supplychain.audits") / "compulsory.yaml").read_text("utf-8"))


def _rule_sets(told: Mapping[str, Any]) -> Iterator[RuleSet]:
    again = {key: _again(one) for key, one in told["again"].items()}
    for one in told["rule_sets"]:
        classes = tuple(_class(told, each, again) for each in one["classes"])
        yield RuleSet(one["id"], one["country"], one["names"], _span(one["in_force"]), classes)


def _class(told: Mapping[str, Any], one: Mapping[str, Any], again: Mapping[str, Again]) -> AuditClass:
    triggers = told["triggers"][one["class"]]
    return AuditClass(
        id=one["class"],
        names=told["classes"][one["class"]],
        clause=one.get("clause"),
        tag=one["tag"],
        facts=frozenset(triggers["facts"]),
        indicators=tuple(_said(each) for each in triggers.get("indicators", ())),
        again=again[one["again"]] if "again" in one else None,
    )


def _again(one: Mapping[str, Any]) -> Again:
    return Again(one["months"], _span(one["in_force"]), one["source"], one["tag"])


def _said(one: Mapping[str, Any]) -> Said:
    below = one.get("below")
    return Said(
        framework=one["framework"],
        indicator=one["indicator"],
        values=tuple(one.get("values", ())),
        below=None if below is None else Decimal(below),
        ages=one.get("ages", False),
    )


def _span(one: Mapping[str, date | None]) -> Span:
    return Span(one["from"], one["to"])
