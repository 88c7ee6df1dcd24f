"""Where organizations stand on a day: what the level log says, recomputed where it is not good that long."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from supplychain.conformity import loading
from supplychain.conformity.appraisal import Appraisal, Bench, appraisal_of, readers_from
from supplychain.conformity.rules import Standing
from supplychain.conformity.stored import standing_from
from supplychain.frameworks import registry
from supplychain.network import engine
from supplychain.work import Work

Key = tuple[int, str, str]
"""(organization, framework key, pillar)."""


@dataclass(frozen=True, slots=True)
class Stood:
    """A standing and since when its level is what it is (None: not known)."""

    standing: Standing
    since: date | None


def levels(work: Work, wanted: Iterable[Key], day: date) -> Mapping[Key, Stood]:
    """The standings asked for, on the day that the unit's moment names.

    Never stale: what was not derived yet, is not good through the day, or was derived by more than the day knew, is
    computed here from the facts, in a constant number of statements.
    """
    state = engine.state(work)
    found: dict[Key, Stood] = {}
    stale: set[Key] = set()
    for key in wanted:
        payload = state.standing(*key)
        if payload is None or work.moment.looks_back or _lapsed(payload, day):
            stale.add(key)
        else:
            found[key] = Stood(standing_from(key[2], payload), date.fromisoformat(payload["since"]))
    if stale:
        asked = frozenset(framework for _, framework, _ in stale)
        fresh = appraise(work, {organization for organization, _, _ in stale}, day, asked)
        for key in stale:
            found[key] = Stood(_standing_in(fresh[key[0]], key), None)
    return found


def appraise(
    work: Work, organizations: Iterable[int], day: date, also: frozenset[str] = frozenset()
) -> Mapping[int, Appraisal]:
    """Appraise organizations from their facts, as the deriver: who may be told is the caller's to decide.

    also: framework versions to hold them against whether anybody asks for them or not.
    """
    numbers = sorted(set(organizations))
    bench = bench_of(work, numbers, day, also)
    return {number: appraisal_of(bench, number) for number in numbers}


def bench_of(work: Work, organizations: Iterable[int], day: date, also: frozenset[str] = frozenset()) -> Bench:
    """All that appraisals and outlooks of organizations need from a day on, read as the deriver in two statements.

    also: as for `appraise`.
    """
    numbers = sorted(set(organizations))
    network, settings = engine.network(work), work.runtime.settings
    with work.deriving():
        facts = loading.load(work, {one for number in numbers for one in readers_from(network, number, day)})
        consents = loading.consents(work.session, numbers)
    window = timedelta(days=settings.expiring_days)
    return Bench(network, registry(work), facts, day, settings.listing_framework, consents, also, window)


def _lapsed(payload: Mapping[str, Any], day: date) -> bool:
    return bool(payload["good_through"]) and payload["good_through"] < day.isoformat()


def _standing_in(appraisal: Appraisal, key: Key) -> Standing:
    _, framework, pillar = key
    return appraisal.standings.get((framework, pillar), Standing(pillar, None))
