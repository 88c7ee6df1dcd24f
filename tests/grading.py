"""Graded and weighted frameworks for tests, and evidence that just reaches what is wanted of each row."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from supplychain.conformity.rules import EvidenceFact
from supplychain.frameworks.framework import Framework, Indicator, Level, StandardRef
from supplychain.frameworks.terms import EvidenceKind, Kind, Method, Trust
from supplychain.frameworks.weighing import Group, Share
from tests.conformity_cases import WORDS, certificate, evidence, framework, indicator

Row = tuple[str, str, Decimal | None, bool]
"""(indicator, group, weight or None = of the share, limiting)."""


def graded(rows: Mapping[str, str], levels: int = 3) -> Framework:
    """A graded framework: {indicator: category}; target of level k is 10·k."""
    asked = {level: 10 * level for level in range(1, levels + 1)}
    made = framework(*(indicator(name, targets=asked, pillar=category) for name, category in rows.items()))
    return replace(made, method=Method.GRADED)


def weighted(groups: Mapping[str, str], rows: list[Row], scores: tuple[int, ...] = (100, 85, 85)) -> Framework:
    """A weighted framework of one pillar; the share of a group takes what its rows leave; targets as in `graded`."""
    asked = {level: 10 * level for level in range(1, len(scores) + 1)}
    indicators = [
        replace(
            indicator(name, targets=asked, pillar="index"),
            group=group,
            weight=weight,
            shared="share" if weight is None else None,
            limiting=limiting,
        )
        for name, group, weight, limiting in rows
    ]
    return replace(
        framework(*indicators),
        method=Method.WEIGHTED,
        levels=tuple(Level(rank, WORDS, score=Decimal(score)) for rank, score in enumerate(scores, start=1)),
        groups=tuple(Group(name, WORDS, Decimal(weight), _shares(name, rows)) for name, weight in groups.items()),
    )


def _shares(group: str, rows: list[Row]) -> tuple[Share, ...]:
    mine = [weight for _, name, weight, _ in rows if name == group]
    if None not in mine:
        return ()
    return (Share("share", 1 - sum((one for one in mine if one is not None), Decimal(0))),)


def just_meeting(pack: Framework, level: int, but: Mapping[str, int] | None = None) -> Iterator[EvidenceFact]:
    """Audited evidence of last month that just meets the target of a level in every row; `but`: another level, by
    row, 0 = misses the lowest one.
    """
    for number, one in enumerate(pack.indicators, start=1):
        fact = proof(pack, number, one, (but or {}).get(one.id, level))
        if fact is not None:
            yield fact


def proof(pack: Framework, number: int, one: Indicator, level: int) -> EvidenceFact | None:
    """Evidence that just meets the highest target up to a level; None where it has none, or misses by a certificate."""
    reached = [target for target in one.targets if target.level <= level]
    given: dict[str, Any] = {
        "framework": pack.id,
        "observed_to": date(2026, 10, 31),
        "trust": Trust.AUDITED,
    }
    kind = EvidenceKind.QUANTITY if one.kind is Kind.QUANTITY else min(one.evidence)
    if not reached:
        missed = _missed(one) if level == 0 else None
        return None if missed is None else evidence(number, kind=kind, values={one.id: missed}, **given)
    target = reached[-1]
    values: dict[str, Any] = dict.fromkeys(target.also, (True, None))
    if isinstance(target.value, tuple):
        named: StandardRef = target.value[0]
        standard = pack.standard(named.standard)
        assert standard is not None
        version = named.version or next(iter(standard.versions), None)
        return certificate(number, named.standard, version=version, values=values, **given)
    if one.parameter is not None:
        assert isinstance(target.value, Decimal)
        values[one.parameter.id] = (2, one.parameter.unit)
        values[one.id] = (target.value + 2 * (target.per_parameter or 0), one.unit)
    else:
        values[one.id] = (0 if target.value is None else target.value, one.unit)
    return evidence(number, kind=kind, values=values, **given)


def _missed(one: Indicator) -> tuple[Any, str | None] | None:
    if one.kind is Kind.QUANTITY:
        return (10**9 if one.better == "lower" else -(10**9)), one.unit
    if one.kind is Kind.BOOLEAN:
        return False, None
    return (one.choices[0].id, None) if one.kind is Kind.CHOICE else None
