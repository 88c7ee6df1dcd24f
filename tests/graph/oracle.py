"""The rules of the cascade and of sight once more, read from the domain rules, slow and on purpose different.

Nothing is shared with the engine but the facts and the vocabulary: days are counted one by one, tiers come from
networkx, sight from enumerating every simple path.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import networkx as nx
from dateutil.relativedelta import relativedelta

from graph.facts import Change, Link, Organization, Ownership, Record, Requirement
from graph.terms import Beyond, Disclosure, FlowDown, LinkState, ScopeApplies

ONE = timedelta(days=1)
EARLIEST = date(2025, 12, 1)
"""Before every day that the generated facts speak of."""

ORDER = [Disclosure.NONE, Disclosure.PSEUDONYM, Disclosure.IDENTITY]
CARRIES = {LinkState.CLAIMED, LinkState.CONFIRMED}


@dataclass(frozen=True)
class Owed:
    tier: int
    level: int
    via: int
    due: date


class World:
    """The facts as plain dictionaries of last images."""

    def __init__(self, changes: Iterable[Change]) -> None:
        self.links: dict[int, Link] = {}
        self.owned: dict[int, Ownership] = {}
        self.organizations: dict[int, Organization] = {}
        self.records: dict[tuple[int, int], Record] = {}
        self.requirements: dict[int, Requirement] = {}
        for change in changes:
            match change:
                case Link():
                    self.links[change.number] = change
                case Ownership():
                    self.owned[change.number] = change
                case Organization():
                    self.organizations[change.number] = change
                case Record():
                    self.records[change.owner, change.organization] = change
                case Requirement():
                    self.requirements[change.number] = change

    def group(self, issuer: int, day: date) -> set[int]:
        graph: nx.DiGraph[int] = nx.DiGraph()
        graph.add_node(issuer)
        for own in self.owned.values():
            begun = own.valid_from is None or own.valid_from <= day
            lasts = own.valid_to is None or own.valid_to >= day
            if own.confirmed and begun and lasts:
                graph.add_edge(own.parent, own.child)
        return {issuer, *nx.descendants(graph, issuer)}


def state_of(link: Link, day: date) -> LinkState | None:
    states = [
        period.state
        for period in link.periods
        if (period.valid_from or date.min) <= day <= (period.valid_to or date.max)
    ]
    assert len(states) <= 1
    return states[0] if states else None


def first_day(link: Link, day: date, states: set[LinkState]) -> date | None:
    while state_of(link, day - ONE) in states:
        day -= ONE
        if day < EARLIEST:
            return None
    return day


def in_scope(requirement: Requirement, link: Link, group: set[int]) -> bool:
    if not requirement.link_scope:
        return True
    if requirement.scope_applies is ScopeApplies.FIRST and link.buyer not in group:
        return True
    return any((link.category or "").startswith(prefix) for prefix in requirement.link_scope)


def is_unclassified(requirement: Requirement, link: Link, group: set[int]) -> bool:
    if in_scope(requirement, link, group):
        return False
    if link.category is None:
        return True
    return any(prefix != link.category and prefix.startswith(link.category) for prefix in requirement.link_scope)


def followed(world: World, requirement: Requirement, day: date, lens: str) -> tuple[list[Link], set[LinkState]]:
    """Links that the lens follows from wherever they start, scope and flow-down apart, and the states it takes."""
    group = world.group(requirement.issuer, day)
    if lens == "owed":
        return [link for link in world.links.values() if state_of(link, day) in CARRIES], CARRIES
    if lens == "own":
        own = [link for link in world.links.values() if link.buyer in group and state_of(link, day) in CARRIES]
        return own, CARRIES
    floor = {"identity": 2, "pseudonym": 1, "any": 0}[lens]
    confirmed = [
        link
        for link in world.links.values()
        if state_of(link, day) is LinkState.CONFIRMED and (link.buyer in group or ORDER.index(link.disclosure) >= floor)
    ]
    return confirmed, {LinkState.CONFIRMED}


def walk(world: World, requirement: Requirement, day: date, lens: str) -> dict[int, tuple[int, int, date | None]]:
    """Organization to (tier, via, since), tiers without an end."""
    group = world.group(requirement.issuer, day)
    links, states = followed(world, requirement, day, lens)
    usable = [x for x in links if x.flow_down is not FlowDown.NO and in_scope(requirement, x, group)]
    return positions(usable, group, day, states)


def positions(
    links: list[Link], group: set[int], day: date, states: set[LinkState]
) -> dict[int, tuple[int, int, date | None]]:
    graph: nx.DiGraph[object] = nx.DiGraph()
    graph.add_edges_from(("group", member) for member in group)
    graph.add_edges_from((link.buyer, link.supplier) for link in links)
    depth = {n: d - 1 for n, d in nx.single_source_shortest_path_length(graph, "group").items()}
    found: dict[int, tuple[int, int, date | None]] = {}
    for number in sorted((n for n in depth if isinstance(n, int) and n not in group), key=lambda n: depth[n]):
        into = [x for x in links if x.supplier == number and depth.get(x.buyer) == depth[number] - 1]
        via = min(into, key=lambda link: link.number)
        above = found[via.buyer][2] if via.buyer in found else None
        days = [one for one in (above, first_day(via, day, states)) if one is not None]
        found[number] = depth[number], via.number, max(days, default=None)
    return found


def owed(world: World, requirement: Requirement, day: date, lens: str = "owed") -> dict[int, Owed]:
    if not is_live(requirement, day):
        return {}
    found = {}
    for number, (tier, via, since) in walk(world, requirement, day, lens).items():
        level = asked(world, requirement, number, tier)
        if level is not None:
            found[number] = Owed(tier, level, via, due(world, requirement, number, day, lens, (tier, level, since)))
    return found


def is_live(requirement: Requirement, day: date) -> bool:
    last = requirement.effective_to or date.max
    if last < requirement.effective_from:
        return False
    return requirement.published_on <= day <= last or requirement.effective_from <= day <= last


def asked(world: World, requirement: Requirement, supplier: int, tier: int) -> int | None:
    levels = list(requirement.schedule)
    if requirement.beyond is Beyond.HOLD:
        levels += [levels[-1]] * (15 - len(levels))
    if tier > len(levels) or not binds(world, requirement, supplier):
        return None
    return levels[tier - 1]


def binds(world: World, requirement: Requirement, supplier: int) -> bool:
    scope = requirement.supplier_scope
    for name, allowed in (
        ("country", scope.countries),
        ("region", scope.regions),
        ("sector", scope.sectors),
        ("size", scope.sizes),
    ):
        own = getattr(world.organizations.get(supplier), name, None)
        value = own or getattr(world.records.get((requirement.issuer, supplier)), name, None)
        if allowed and value not in allowed:
            return False
    return True


def due(
    world: World,
    requirement: Requirement,
    supplier: int,
    day: date,
    lens: str,
    place: tuple[int, int, date | None],
) -> date:
    """The due date by rule 7, or the one that an amendment keeps: from the newest requirement backwards."""
    tier, level, since = place
    months = [*requirement.grace, *[requirement.grace[-1]] * 15] if requirement.grace else [0] * 15
    fresh = max(requirement.effective_from, since or date.min) + relativedelta(months=months[tier - 1])
    before = world.requirements.get(requirement.predecessor or 0)
    eve = requirement.effective_from - ONE
    if before is None or (before.effective_to or date.max) < eve:
        return fresh
    if before.framework.split("@")[0] != requirement.framework.split("@")[0]:
        return fresh
    if since is not None and since >= requirement.effective_from:
        return fresh
    then = walk(world, before, eve, lens).get(supplier)
    if then is None:
        return fresh
    level_then = asked(world, before, supplier, then[0])
    if level_then is None or level > level_then:
        return fresh
    return due(world, before, supplier, eve, lens, (then[0], level_then, then[2]))


def simple_paths(links: list[Link], group: set[int], longest: int = 12) -> Iterator[tuple[Link, ...]]:
    """Every path from the group that visits nobody twice."""
    stack: list[tuple[Link, ...]] = [(link,) for link in links if link.buyer in group and link.supplier not in group]
    while stack:
        path = stack.pop()
        yield path
        been = {link.supplier for link in path} | group
        if len(path) < longest:
            stack += [(*path, x) for x in links if x.buyer == path[-1].supplier and x.supplier not in been]


def openness_of(path: tuple[Link, ...], group: set[int]) -> int:
    return min(2 if link.buyer in group else ORDER.index(link.disclosure) for link in path)


def sight(world: World, reader: int, day: date) -> dict[int, tuple[Disclosure, int]]:
    """Organization to how it appears and at which tier, over all simple paths of confirmed links."""
    group = world.group(reader, day)
    confirmed = [link for link in world.links.values() if state_of(link, day) is LinkState.CONFIRMED]
    paths: dict[int, list[tuple[int, int]]] = {}
    for path in simple_paths(confirmed, group):
        paths.setdefault(path[-1].supplier, []).append((openness_of(path, group), len(path)))
    found = {}
    for number, ways in paths.items():
        best = max(openness for openness, _ in ways)
        if best > 0:
            found[number] = ORDER[best], min(length for openness, length in ways if openness >= best)
    return found
