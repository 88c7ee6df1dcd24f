"""Which pillars two versions of a framework judge differently: of all others the levels need not be compared."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from supplychain.conformity.rules.plan import Recognised, plan_of
from supplychain.frameworks.carrying import Route
from supplychain.frameworks.framework import Framework, Indicator
from supplychain.frameworks.period import Period
from supplychain.frameworks.terms import Text

_SAID = Text("", "")


@lru_cache(maxsize=64)
def differing(before: Framework, after: Framework) -> frozenset[str]:
    """The pillars, of either, whose levels may differ for the same evidence.

    What is only said – names, questions, help, references, marks – judges nobody. What judges and is not the same
    counts as a difference, whether it changes anybody's level or not.
    """
    first, second = _judging(before), _judging(after)
    return frozenset(one for one in first.keys() | second.keys() if first.get(one) != second.get(one))


def _judging(framework: Framework) -> Mapping[str, Any]:
    """By pillar, all that its levels follow from."""
    common = (
        framework.id,
        framework.method,
        [(level.rank, level.score) for level in framework.levels],
        framework.optional_share,
        framework.on_receipt,
        framework.groups,
    )
    return {
        pillar.id: (
            common,
            [_bare(one) for one in framework.indicators if one.pillar == pillar.id],
            _proven(framework, pillar.id),
        )
        for pillar in framework.pillars
    }


def _bare(indicator: Indicator) -> Indicator:
    """An indicator without what is only said of it."""
    return replace(
        indicator,
        names=_SAID,
        question=_SAID,
        help=_SAID,
        unit_label=None,
        targets=tuple(replace(one, ours=False, tag=None) for one in indicator.targets),
        choices=tuple(replace(one, names=_SAID) for one in indicator.choices),
        also=tuple(replace(one, question=_SAID) for one in indicator.also),
        period=indicator.period and Period(indicator.period.months),
        references=(),
        ours=False,
        topics=(),
        measure=None,
    )


def _proven(framework: Framework, pillar: str) -> Mapping[str, Any]:
    """By standard, what its certificates prove of a pillar, themselves or over others."""
    standards = plan_of(framework).standards
    found = {}
    for name, known in standards.items():
        ways = [(None, known), *((route, standards[route.standard.id]) for route in known.routes)]
        told = [(_hop(route), *_proofs(way, pillar)) for route, way in ways]
        if any(proofs or named for _, proofs, named in told):
            found[name] = (known.versions, known.trust, known.until, told)
    return found


def _hop(route: Route | None) -> Any:
    return route and (route.version, route.as_version, route.relation, route.trust, route.path, route.until)


def _proofs(way: Recognised, pillar: str) -> tuple[list[Any], list[str]]:
    named = [slot.indicator.id for slot in way.named_by if slot.indicator.pillar == pillar]
    proofs = [one for one in way.proofs if one.slot.indicator.pillar == pillar]
    return [(one.slot.indicator.id, one.relation, one.version, one.verdicts) for one in proofs], named
