"""A framework turned once into what judging needs: a slot per indicator, and what each standard proves."""

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache, partial
from types import MappingProxyType
from typing import Any, NamedTuple

from supplychain.conformity.rules.facts import Answer
from supplychain.conformity.rules.results import Grid, Outcome, Unmet, Why, alike
from supplychain.frameworks.applicability import Rule
from supplychain.frameworks.carrying import Route, routes
from supplychain.frameworks.framework import Framework, Indicator, Target
from supplychain.frameworks.terms import Better, Kind, Relation, Scope, Trust
from supplychain.frameworks.values import ValueUnusable, parameter, reading, yes_or_no

Verdict = tuple[Outcome, Why]
MET: Verdict = (Outcome.MET, Why.TARGET)
UNMET: Verdict = (Outcome.UNMET, Why.TARGET)
ALSO: Verdict = (Outcome.PARTLY_MET, Why.ALSO)
PARTIAL: Verdict = (Outcome.PARTLY_MET, Why.PARTIAL)


@dataclass(frozen=True, slots=True)
class Slot:
    """An indicator ready to judge. levels, trust: of its targets, by rising level; index: its place in the plan.

    table: where answers are few and need nothing beside them, what each says at each level.
    """

    index: int
    indicator: Indicator
    levels: tuple[int, ...]
    trust: tuple[Trust, ...]
    site: bool
    meets: tuple[Callable[[Any], bool], ...]
    table: Mapping[Any, tuple[Verdict | None, ...]]

    def verdicts(self, values: Mapping[str, Answer]) -> tuple[Verdict | None, ...]:
        """What a piece of evidence says at each level; raises ValueUnusable."""
        told = told_by(self.indicator, values)
        if self.table:
            return self.table[told]
        return tuple(
            [
                (self._with_also(target, values) if target.also else MET) if meets(told) else UNMET
                for target, meets in zip(self.indicator.targets, self.meets, strict=True)
            ]
        )

    def over_less(self, verdicts: tuple[Verdict | None, ...]) -> tuple[Verdict | None, ...]:
        """What of it a reading over too few months may say: where a target asks no number, its period is no matter."""
        targets = self.indicator.targets
        return tuple(
            verdict if target.value is None else None for target, verdict in zip(targets, verdicts, strict=True)
        )

    def certified(self, standard: str, version: str | None, values: Mapping[str, Answer]) -> tuple[Verdict | None, ...]:
        """What a certificate that the targets themselves name says; None where it does not reach."""
        return tuple(
            self._with_also(target, values) if _names(target, standard, version) else None
            for target in self.indicator.targets
        )

    @staticmethod
    def _with_also(target: Target, values: Mapping[str, Answer]) -> Verdict:
        if all(one in values and yes_or_no(values[one][0]) for one in target.also):
            return MET
        return UNMET if target.value is None else ALSO


@dataclass(frozen=True, slots=True)
class Proof:
    """What a certificate proves of an indicator beyond the targets that name it."""

    slot: Slot
    relation: Relation
    version: str | None
    verdicts: tuple[Verdict | None, ...]


@dataclass(frozen=True, slots=True)
class Recognised:
    """A standard of the crosswalk: what its certificates count with, and for."""

    versions: frozenset[str]
    trust: Trust
    named_by: tuple[Slot, ...]
    proofs: tuple[Proof, ...]
    routes: tuple[Route, ...] = ()
    until: Mapping[str, date] = field(default_factory=lambda: MappingProxyType({}))

    def recognises(self, version: str | None) -> bool:
        """Whether a certificate of this version counts at all."""
        return not self.versions or version in self.versions


class Asked(NamedTuple):
    """An indicator that a level asks for: the index of its slot, the place of the level in it.

    silent: what is said where nothing is told of it, the same for everybody: most suppliers lack most indicators.
    """

    slot: int
    place: int
    silent: Unmet


@dataclass(frozen=True, slots=True)
class Gate:
    """What one level of a pillar asks for."""

    level: int
    mandatory: tuple[Asked, ...]
    optional: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A framework ready to assess.

    conditional: the slots of what does not apply to everybody. forbidden: by pillar, what puts it at level 0 if unmet.
    silent: the results by slot where nothing is recorded, nobody's in particular.
    """

    framework: Framework
    slots: tuple[Slot, ...]
    by_indicator: Mapping[str, Slot]
    standards: Mapping[str, Recognised]
    gates: Mapping[str, tuple[Gate, ...]]
    pillar_slots: Mapping[str, tuple[int, ...]]
    receipt_limit: Mapping[tuple[str, Trust], int]
    conditional: tuple[tuple[Slot, Rule], ...]
    forbidden: Mapping[str, tuple[tuple[str, int], ...]]
    silent: Grid


@lru_cache(maxsize=64)
def plan_of(framework: Framework) -> Plan:
    """The plan of a framework version, made once."""
    slots = tuple(_slot(index, indicator) for index, indicator in enumerate(framework.indicators))
    by_indicator = {slot.indicator.id: slot for slot in slots}
    return Plan(
        framework=framework,
        slots=slots,
        by_indicator=by_indicator,
        standards=_standards(framework, slots, by_indicator),
        gates={pillar.id: _gates(framework, slots, pillar.id) for pillar in framework.pillars},
        pillar_slots={
            pillar.id: tuple(slot.index for slot in slots if slot.indicator.pillar == pillar.id)
            for pillar in framework.pillars
        },
        receipt_limit={
            (rule.kind, rule.trust): framework.receipt_limit(rule.kind, rule.trust) for rule in framework.on_receipt
        },
        conditional=tuple((slot, slot.indicator.applies) for slot in slots if slot.indicator.applies),
        forbidden={
            pillar.id: tuple(
                (slot.indicator.id, slot.index)
                for slot in slots
                if slot.indicator.pillar == pillar.id and slot.indicator.zero_tolerance
            )
            for pillar in framework.pillars
        },
        silent=tuple(alike(slot.levels, Outcome.NOT_ASSESSED, Why.NONE, 0) for slot in slots),
    )


def _slot(index: int, indicator: Indicator) -> Slot:
    levels = tuple(target.level for target in indicator.targets)
    meets = tuple(_test(indicator, target) for target in indicator.targets)
    return Slot(
        index=index,
        indicator=indicator,
        levels=levels,
        trust=tuple(indicator.trust_at(level) for level in levels),
        site=indicator.scope is Scope.SITE,
        meets=meets,
        table=_table(indicator, meets),
    )


def _table(indicator: Indicator, meets: Iterable[Callable[[Any], bool]]) -> Mapping[Any, tuple[Verdict | None, ...]]:
    if any(target.also for target in indicator.targets):
        return {}
    answers: Iterable[bool | str] = ()
    if indicator.kind is Kind.BOOLEAN:
        answers = (True, False)
    elif indicator.kind is Kind.CHOICE:
        answers = [choice.id for choice in indicator.choices]
    return {told: tuple(MET if test(told) else UNMET for test in meets) for told in answers}


def _test(indicator: Indicator, target: Target) -> Callable[[Any], bool]:
    if indicator.kind is Kind.QUANTITY:
        # held against the target as it is written: a quantity equal to it meets it
        reaches = operator.ge if indicator.better is Better.LOWER else operator.le
        asked, slope = target.value, target.per_parameter or 0
        if asked is None:
            return lambda _: True
        if indicator.parameter is not None:
            return lambda told: bool(reaches(asked + slope * told[1], told[0]))
        return partial(reaches, asked)
    if indicator.kind is Kind.CHOICE:
        order = [choice.id for choice in indicator.choices]
        good = frozenset(order[order.index(str(target.value)) :])
        return good.__contains__
    return lambda told: told is True


def told_by(indicator: Indicator, values: Mapping[str, Answer]) -> Any:
    """What evidence answers, in the indicator's terms; with its parameter where its targets follow one."""
    told = reading(indicator, *values[indicator.id])
    if indicator.parameter is None:
        return told
    if indicator.parameter.id not in values:
        raise ValueUnusable("parameter-missing")
    return told, parameter(indicator.parameter, *values[indicator.parameter.id])


def _names(target: Target, standard: str, version: str | None) -> bool:
    return isinstance(target.value, tuple) and any(one.covers(standard, version) for one in target.value)


def _standards(
    framework: Framework, slots: tuple[Slot, ...], by_indicator: Mapping[str, Slot]
) -> dict[str, Recognised]:
    recognised = {}
    for standard in framework.crosswalk:
        named_by = tuple(slot for slot in slots if _names_anywhere(slot, standard.id))
        proofs = []
        for one in standard.satisfies:
            slot = by_indicator[one.indicator]
            verdict = MET if one.relation is Relation.FULL else PARTIAL
            up_to = one.up_to or framework.top_level
            reached = tuple(verdict if level <= up_to else None for level in slot.levels)
            proofs.append(Proof(slot, one.relation, one.version, reached))
        recognised[standard.id] = Recognised(
            frozenset(standard.versions),
            standard.trust,
            named_by,
            tuple(proofs),
            routes(framework, standard),
            standard.until,
        )
    return recognised


def _names_anywhere(slot: Slot, standard: str) -> bool:
    return any(
        isinstance(target.value, tuple) and any(one.standard == standard for one in target.value)
        for target in slot.indicator.targets
    )


def _gates(framework: Framework, slots: tuple[Slot, ...], pillar: str) -> tuple[Gate, ...]:
    gates = []
    for level in range(1, framework.top_level + 1):
        asked = [slot for slot in slots if slot.indicator.pillar == pillar and level in slot.levels]
        mandatory = [one for one in asked if (one.indicator.mandatory_from or level + 1) <= level]
        optional = [one for one in asked if one.indicator.mandatory_from is None]
        gates.append(
            Gate(
                level,
                tuple(_asked(one, level, optional=False) for one in mandatory),
                tuple(_asked(one, level, optional=True) for one in optional),
            )
        )
    return tuple(gates)


def _asked(slot: Slot, level: int, *, optional: bool) -> Asked:
    silent = Unmet(slot.indicator.id, level, Outcome.NOT_ASSESSED, Why.NONE, optional)
    return Asked(slot.index, slot.levels.index(level), silent)


def needed(share: Decimal, optional: int) -> int:
    """How many of the optional indicators must be met: the share of them, rounded up."""
    exact = share * optional
    whole = int(exact)
    return whole + (exact > whole)


__all__ = ["Gate", "Plan", "Proof", "Recognised", "Slot", "ValueUnusable", "Verdict", "needed", "plan_of"]
