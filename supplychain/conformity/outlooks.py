"""Where organizations go if nothing is renewed, as the deriver sees it; who may be told is the caller's to decide."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from functools import cache, partial
from typing import Any

from supplychain.conformity import wording
from supplychain.conformity.appraisal import Bench, frameworks_for, situation
from supplychain.conformity.levels import bench_of, digest
from supplychain.conformity.rules import Outlook, outlook
from supplychain.work import Work

Outlooks = Mapping[str, Outlook]
"""By framework key."""


def outlooks(work: Work, wanted: Mapping[int, Collection[str]], until: date) -> Mapping[int, Outlooks]:
    """The outlooks of organizations in the frameworks asked for, until a day, from that of the unit's moment on; in a
    constant number of statements.
    """
    bench = bench_of(work, wanted, work.moment.on)
    return {number: _of(bench, number, keys, until) for number, keys in wanted.items()}


def own_outlooks(work: Work, organization: int, until: date) -> Outlooks:
    """The outlook of an organization in every framework that concerns it."""
    bench = bench_of(work, [organization], work.moment.on)
    keys = [one.key for one in frameworks_for(bench, organization, situation(bench, organization, bench.day).family)]
    return _of(bench, organization, keys, until)


def window_end(work: Work) -> date:
    """The last day that the ``evidence_expiring`` flag looks at."""
    return work.moment.on + timedelta(days=work.runtime.settings.expiring_days)


def series(found: Outlook, pillar: str, days: Collection[date]) -> dict[str, list[Any]]:
    """The levels of a pillar on some days, fit for a plot."""
    return {"x": [wording.plain(day) for day in days], "y": [found.level(pillar, day) for day in days]}


def _of(bench: Bench, organization: int, keys: Collection[str], until: date) -> Outlooks:
    situation_on = cache(partial(situation, bench, organization))
    known = {key: framework for key in keys if (framework := bench.registry.get(key)) is not None}
    told = digest(bench, organization)
    return {
        key: bench.network.memory.recall(
            ("outlook", organization, key, bench.day, until, told),
            partial(outlook, framework, organization, situation_on, bench.day, until),
        )
        for key, framework in known.items()
    }
