"""From what participants state to candidates and demands, and which levels count on the event's day."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graph.pairing import Candidate, Demand, Pairing, Reader, judge, propose
from supplychain.conformity.rules import Standing
from supplychain.errors import Fault
from supplychain.frameworks.framework import Framework

Levels = Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class Participant:
    """One registration, with what the shared rules need to know of its organization.

    registration, organization: numbers. stated: the offer of a supplier or the demand of a buyer.
    partners, excluded: organizations by number, as the participant itself stated them.
    levels: of a supplier, certified, on the event's day. flagged: may be proposed at this event.
    """

    registration: int
    organization: int
    stated: Mapping[str, Any]
    partners: frozenset[int] = frozenset()
    excluded: frozenset[int] = frozenset()
    country: str | None = None
    sector: str | None = None
    levels: Levels = field(default_factory=dict)
    flagged: bool = False


def certain_level(standing: Standing) -> int | None:
    """The level that holds on evidence of trust `certified` or more alone; 0 where zero tolerance shuts the pillar."""
    if standing.zero_tolerance:
        return 0
    if standing.level is None or standing.certified_level is None:
        return None
    return min(standing.level, standing.certified_level)


def level_faults(levels: Mapping[str, int], framework: Framework) -> tuple[Fault, ...]:
    """What is wrong with the levels a demand asks for: pillars and ranks the framework does not have."""
    known = [pillar.id for pillar in framework.pillars]
    pillars = [
        Fault(f"/demand/levels/{pillar}", "not-one-of", {"allowed": ", ".join(known)})
        for pillar in levels
        if pillar not in known
    ]
    ranks = [
        Fault(f"/demand/levels/{pillar}", "level-unknown", {"top": framework.top_level})
        for pillar, level in levels.items()
        if pillar in known and level > framework.top_level
    ]
    return (*pillars, *ranks)


def ranked(suppliers: Iterable[Participant], buyers: Iterable[Participant], top: int, reader: Reader) -> list[Pairing]:
    """The pairings proposed, best first; an organization never meets itself.

    The rank is the place among the pairings of the same buyer. For a supplier it is the place among its own:
    anything else would tell it how many others are better.
    """
    offered, wanted = tuple(suppliers), tuple(buyers)
    found = list(
        _alone(offered, wanted, top) if reader is Reader.CANDIDATE else _proposed(offered, wanted, top, reader)
    )
    return sorted(found, key=lambda one: (-one.total, one.demand, one.rank, one.candidate))


def _proposed(
    suppliers: tuple[Participant, ...], buyers: tuple[Participant, ...], top: int, reader: Reader
) -> Iterator[Pairing]:
    candidates = {one.registration: candidate_of(one, buyers) for one in suppliers}
    for buyer in buyers:
        others = [candidates[one.registration] for one in suppliers if one.organization != buyer.organization]
        yield from propose(others, [demand_of(buyer, suppliers, top)], reader)


def _alone(suppliers: tuple[Participant, ...], buyers: tuple[Participant, ...], top: int) -> Iterator[Pairing]:
    for supplier in suppliers:
        candidate = candidate_of(supplier, buyers)
        others = [one for one in buyers if one.organization != supplier.organization]
        judged = [judge(candidate, demand_of(one, suppliers, top), Reader.CANDIDATE) for one in others]
        mine = sorted((one for one in judged if one.open), key=lambda one: (-one.total, one.demand))
        for place, one in enumerate(mine, start=1):
            yield Pairing(one.candidate, one.demand, one.total, one.gates, one.parts, place)


def candidate_of(supplier: Participant, buyers: Iterable[Participant]) -> Candidate:
    """A supplier as the pairing rules read it."""
    others = tuple(buyers)
    return Candidate(
        number=supplier.registration,
        levels=supplier.levels,
        products=frozenset(supplier.stated["categories"]),
        country=supplier.country,
        languages=frozenset(supplier.stated["languages"]),
        sectors=frozenset({supplier.sector} if supplier.sector else ()),
        flagged=supplier.flagged,
        partners=_registered(others, supplier.partners),
        refusals=_registered(others, supplier.excluded),
    )


def demand_of(buyer: Participant, suppliers: Iterable[Participant], top: int) -> Demand:
    """A buyer's demand as the pairing rules read it. top: the highest rank of the event's framework."""
    others = tuple(suppliers)
    return Demand(
        number=buyer.registration,
        products=frozenset(buyer.stated["products"]),
        levels=buyer.stated["levels"],
        top=top,
        countries=frozenset(buyer.stated["countries"]),
        languages=frozenset(buyer.stated["languages"]),
        sectors=frozenset(buyer.stated["sectors"]),
        meetings=buyer.stated["meetings"],
        partners=_registered(others, buyer.partners),
        refusals=_registered(others, buyer.excluded),
    )


def _registered(others: Iterable[Participant], organizations: frozenset[int]) -> frozenset[int]:
    return frozenset(one.registration for one in others if one.organization in organizations)
