"""Why a supplier owes what it owes: the way there, and every rule applied."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from graph.facts import Link, Requirement
from graph.network import Network
from graph.obligations import Obligation, obligation
from graph.periods import state_on
from graph.schedule import due_of, grace_at, latest, level_at
from graph.scope import scope_tests
from graph.terms import MAX_TIER, Reason, ScopeApplies, Why
from graph.walks.positions import position_of, tier_of
from graph.walks.reach import Lens, Reach, carries, reach, reach_without, valid_from


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer to "why this level?" as seen through one lens.

    Attributes:
        obligation: what is owed, None if nothing.
        path: the links from the issuer's group to the supplier; empty if it is not reached.
        reasons: the rules, in the order in which they were applied.
    """

    obligation: Obligation | None
    path: tuple[Link, ...]
    reasons: tuple[Reason, ...]


def explain(
    network: Network, requirement: Requirement, supplier: int, day: date, lens: Lens = Lens.OWED
) -> Explanation:
    """The path to the supplier and each rule that made, or refused, its obligation."""
    owed = obligation(network, requirement, supplier, day, lens)
    way = path(network, requirement, supplier, day, lens)
    reasons = tuple(_reasons(network, requirement, supplier, day, lens))
    return Explanation(owed, way, reasons)


def path(
    network: Network, requirement: Requirement, supplier: int, day: date, lens: Lens = Lens.OWED
) -> tuple[Link, ...]:
    """The via path, from the issuer's group down to the supplier (domain rules: cascade, rule 5)."""
    links: list[Link] = []
    at = supplier
    while (found := position_of(network, requirement, at, day, lens)) is not None:
        link = network.link(found.via)
        if link is None:
            raise LookupError(f"the way to {supplier} leads over link {found.via}, which the network lacks")
        links.append(link)
        at = link.buyer
    return tuple(reversed(links))


def ways_in(
    network: Network, requirement: Requirement, supplier: int, day: date, lens: Lens = Lens.OWED
) -> tuple[Link, ...]:
    """The last links of all ways to the supplier, the shortest way first, then by number.

    A way that leads through the supplier itself is none, and one longer than the horizon is none.
    """
    here = tier_of(network, requirement, supplier, day, lens)
    if not here:
        return ()
    links = [link for link in network.links_to(supplier) if carries(network, requirement, link, day, lens)]
    found = {link.buyer: tier_of(network, requirement, link.buyer, day, lens) for link in links}
    tiers: Mapping[int, int] = {buyer: tier for buyer, tier in found.items() if tier is not None}
    deeper = [buyer for buyer, tier in tiers.items() if tier > here] if network.links_from(supplier) else []
    # Whose own way avoids the supplier is where it is without it, too.
    if any(link.buyer == supplier for one in deeper for link in path(network, requirement, one, day, lens)):
        tiers = reach_without(network, requirement, day, lens, {supplier}).tier
    open_ways = [link for link in links if tiers.get(link.buyer, MAX_TIER) < MAX_TIER and link.buyer != supplier]
    return tuple(sorted(open_ways, key=lambda link: (tiers[link.buyer], link.number)))


def alternatives(
    network: Network, requirement: Requirement, supplier: int, day: date, lens: Lens = Lens.OWED
) -> tuple[Link, ...]:
    """The last links of the ways that would still lead to the supplier without its via link."""
    found = position_of(network, requirement, supplier, day, lens)
    via = None if found is None else found.via
    return tuple(link for link in ways_in(network, requirement, supplier, day, lens) if link.number != via)


def _reasons(network: Network, requirement: Requirement, supplier: int, day: date, lens: Lens) -> Iterator[Reason]:
    if not requirement.live_on(day):
        yield Reason(Why.NOT_LIVE, {"effective_from": requirement.effective_from, "day": day})
        return
    if requirement.announced_on(day):
        yield Reason(Why.ANNOUNCED, {"effective_from": requirement.effective_from})
    reached = reach(network, requirement, day, lens)
    tier = reached.tier.get(supplier)
    if tier is None:
        beyond = supplier in reached.beyond_horizon
        yield Reason(Why.BEYOND_HORIZON, {"horizon": MAX_TIER}) if beyond else Reason(Why.NOT_REACHED)
    elif tier == 0:
        yield Reason(Why.IN_ISSUER_GROUP, {"issuer": requirement.issuer})
    else:
        yield from _way_reasons(network, requirement, supplier, day, lens)
        yield from _level_reasons(network, requirement, supplier, tier)
        yield from _due_reasons(network, requirement, supplier, day, lens)


def on_the_way(
    network: Network, requirement: Requirement, way: Iterable[Link], day: date, lens: Lens
) -> Iterator[Reason]:
    """Why each link of a way carries the requirement on."""
    reached = reach(network, requirement, day, lens)
    for link in way:
        since = valid_from(link, day, lens)
        yield Reason(Why.LINK_CARRIES, {"link": link.number, "state": state_on(link.periods, day), "since": since})
        yield _scope_reason(requirement, link, reached)


def level_reason(requirement: Requirement, tier: int) -> Reason:
    """What the schedule asks of a tier, and where it says so."""
    level = level_at(requirement, tier)
    entries = len(requirement.schedule)
    if level is None:
        return Reason(Why.BELOW_SCHEDULE, {"tier": tier, "entries": entries})
    if tier > entries:
        return Reason(Why.HELD_BEYOND_SCHEDULE, {"tier": tier, "level": level, "entries": entries})
    return Reason(Why.SCHEDULE_ENTRY, {"tier": tier, "level": level})


def due_reason(requirement: Requirement, tier: int, since: date | None) -> Reason:
    """By when, amendments apart, and from which facts it follows."""
    return Reason(
        Why.DUE_RULE,
        {
            "effective_from": requirement.effective_from,
            "since": since,
            "start": latest(requirement.effective_from, since),
            "months": grace_at(requirement, tier),
            "due": due_of(requirement, tier, since),
        },
    )


def _way_reasons(network: Network, requirement: Requirement, supplier: int, day: date, lens: Lens) -> Iterator[Reason]:
    reached = reach(network, requirement, day, lens)
    yield from on_the_way(network, requirement, path(network, requirement, supplier, day, lens), day, lens)
    yield Reason(Why.TIER_IS_SHORTEST, {"tier": reached.tier[supplier]})
    yield from _tie_reasons(network, requirement, supplier, day, lens)


def _scope_reason(requirement: Requirement, link: Link, reached: Reach) -> Reason:
    if not requirement.link_scope:
        return Reason(Why.SCOPE_OPEN, {"link": link.number})
    if requirement.scope_applies is ScopeApplies.FIRST and link.buyer not in reached.group:
        return Reason(Why.SCOPE_FIRST_ONLY, {"link": link.number})
    code = link.category or ""
    prefix = next(prefix for prefix in requirement.link_scope if code.startswith(prefix))
    return Reason(Why.SCOPE_MATCHED, {"link": link.number, "category": code, "prefix": prefix})


def _tie_reasons(network: Network, requirement: Requirement, supplier: int, day: date, lens: Lens) -> Iterator[Reason]:
    reached = reach(network, requirement, day, lens)
    above = reached.tier[supplier] - 1
    ties = tuple(
        link.number
        for link in network.links_to(supplier)
        if reached.tier.get(link.buyer) == above and carries(network, requirement, link, day, lens)
    )
    if len(ties) > 1:
        yield Reason(Why.VIA_TIE_BREAK, {"link": reached.via[supplier], "among": ties})


def _level_reasons(network: Network, requirement: Requirement, supplier: int, tier: int) -> Iterator[Reason]:
    yield level_reason(requirement, tier)
    tests = tuple(scope_tests(network, requirement, supplier))
    if not tests:
        yield Reason(Why.SUPPLIER_SCOPE_OPEN)
    for test in tests:
        code = Why.SUPPLIER_SCOPE_BY if test.passed else Why.SUPPLIER_SCOPE_EXCLUDES
        yield Reason(code, {"attribute": test.attribute, "value": test.value, "source": test.source})


def _due_reasons(network: Network, requirement: Requirement, supplier: int, day: date, lens: Lens) -> Iterator[Reason]:
    owed = obligation(network, requirement, supplier, day, lens)
    if owed is None:
        return
    since = reach(network, requirement, day, lens).since[supplier]
    fresh = due_of(requirement, owed.tier, since)
    yield due_reason(requirement, owed.tier, since)
    for pillar in requirement.pillars:
        if owed.due_for(pillar) != fresh:
            kept = {"predecessor": requirement.predecessor, "pillar": pillar, "due": owed.due_for(pillar)}
            yield Reason(Why.AMENDMENT_KEPT_DUE, kept)
