"""Where organizations stand on a day: what the level log says, recomputed where it is not good that long."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from hashlib import blake2b
from typing import Any, Final

from graph.facts import Organization
from graph.memory import Memory
from graph.network import Network
from supplychain.conformity import loading
from supplychain.conformity.appraisal import Appraisal, Bench, appraisal_of, readers_from, situation
from supplychain.conformity.rules import Standing, standings
from supplychain.conformity.stored import standing_from
from supplychain.frameworks import registry
from supplychain.network import engine
from supplychain.work import Work

_UNPROVEN: Final = Organization(0).proven
_ROOM = 500_000
"""Units of the engine's memory that standings of other days take beside it: 50 MB, of some 80,000 organizations."""
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
    state, looks_back = engine.state(work), work.moment.looks_back
    found: dict[Key, Stood] = {}
    stale: set[Key] = set()
    alike: dict[tuple[int, str], tuple[Mapping[str, Any], Stood | None]] = {}  # which the log keeps once, is read once
    for key in wanted:
        payload = None if looks_back else state.standing(*key)
        if payload is None:
            stale.add(key)
            continue
        same = id(payload), key[2]
        if same not in alike:
            alike[same] = payload, None if _lapsed(payload, day) else _stood(key[2], payload)
        if (stood := alike[same][1]) is None:
            stale.add(key)
        else:
            found[key] = stood
    return found | _computed(work, stale, day) if stale else found


def _stood(pillar: str, payload: Mapping[str, Any]) -> Stood:
    return Stood(standing_from(pillar, payload), date.fromisoformat(payload["since"]))


def _computed(work: Work, wanted: AbstractSet[Key], day: date) -> dict[Key, Stood]:
    """Standings from the facts; of whom nothing is known, one stands for all."""
    bench = bench_of(work, {organization for organization, _, _ in wanted}, day)
    memory, blank = _remembered(bench.network), partial(_is_blank, bench)
    found: dict[Key, Stood] = {}
    alike: dict[tuple[int | None, str], Mapping[str, Stood]] = {}
    nowhere = {pillar: Stood(Standing(pillar, None), None) for _, _, pillar in wanted}
    for key in wanted:
        organization, framework, pillar = key
        which = None if blank(organization) else organization, framework
        if which not in alike:
            alike[which] = _standings(bench, memory, organization, framework)
        found[key] = alike[which].get(pillar, nowhere[pillar])
    return found


def _remembered(network: Network) -> Memory:
    """Where standings are remembered: of the network they take ownership and what is known of organizations alone."""
    return network.memory.followed(
        "standings",
        (network.owned, network.described),
        lambda: Memory(_ROOM),
        lambda earlier, moves: None if any(moves) else earlier,
    )


def _standings(bench: Bench, memory: Memory, organization: int, key: str) -> Mapping[str, Stood]:
    """Where an organization stands in a framework version, by pillar; remembered as long as its facts are the same."""
    framework = bench.registry.get(key)
    if framework is None:  # of one that this process does not know nothing can be said
        return {}

    def found() -> Mapping[str, Stood]:
        reached = standings(framework, organization, *situation(bench, organization, bench.day), bench.day)
        return {pillar: Stood(standing, None) for pillar, standing in reached.items()}

    if _is_blank(bench, organization):
        return memory.recall(("blank", key, bench.day), found)
    return memory.recall(("standings", organization, key, bench.day, digest(bench, organization)), found)


def _is_blank(bench: Bench, organization: int) -> bool:
    """Whether nothing at all is known of an organization that the rules read: of a deep tier, of most."""
    facts, found = bench.facts, bench.network.organization(organization)
    if organization in facts.evidence or organization in facts.findings or organization in facts.decisions:
        return False
    if found is not None and (found.known or (found.proven is not _UNPROVEN and found.proven != _UNPROVEN)):
        return False
    return bench.network.stands_alone(organization)


def digest(bench: Bench, organization: int) -> bytes:
    """Of all that is recorded of an organization, but for the network in whose memory the digest is a key.

    To read the facts is little beside what the rules make of them.
    """
    facts = bench.facts
    read = sorted(readers_from(bench.network, organization, bench.day))
    kinds = (facts.evidence, facts.findings, facts.decisions)
    said = [(reader, *(kind.get(reader, ()) for kind in kinds)) for reader in read]
    return blake2b(repr(said).encode(), digest_size=16).digest()


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
