"""What a picture of the chain shows: tiers as columns, the way to the weakest link, chokepoints."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from graph.exposure import NOT_OWING
from graph.shown import shown
from graph.sight import RowKind
from supplychain.conformity.wording import worst
from supplychain.exposure import dependence, spend
from supplychain.exposure.demands import demands
from supplychain.network.visibility import Seen, network_for, visible_to
from supplychain.work import Work

MOST_DRAWN: Final = 120
"""Up to so many suppliers each is drawn; more are counted by tier and status."""
MOST_MARKED: Final = 6
"""Where they are counted, so many chokepoints of a tier are drawn beside; those on a way to a weakest link all are."""


@dataclass(frozen=True, slots=True)
class Node:
    """One supplier. label: None of a pseudonym. behind: to how many others it is the only way."""

    id: str
    label: str | None
    tier: int
    status: str
    weak: bool
    behind: int


@dataclass(frozen=True, slots=True)
class Picture:
    """What is drawn.

    Attributes:
        reader: how the reader is called.
        about: the title of the one demand that is asked about; None for all.
        counts: of every tier, how many suppliers stand how.
        nodes: who is drawn, by tier, in the order of the columns.
        edges: (buyer, supplier) by id, and whether the way to a weakest link leads over it; "" is the reader's group.
        every: whether every supplier that is listed is drawn.
    """

    reader: str
    about: str | None
    day: str
    counts: Mapping[int, Mapping[str, int]]
    nodes: Mapping[int, Sequence[Node]]
    edges: Mapping[tuple[str, str], bool]
    every: bool


def pictured(work: Work, wanted: Mapping[str, Any]) -> Picture:
    """The chain as the reader may see it on a day. Raises NotFound for a requirement that is none of the reader's."""
    me, network = work.actor.organization, network_for(work, work.actor.organization)
    asked = demands(work, wanted)
    listed = visible_to(work, me, work.moment.on)
    statuses: dict[str, list[str]] = defaultdict(list)
    for row in (row for one in asked for row in one.rows):
        statuses[row.supplier].append(row.status)
    weak = _weak(work, wanted)
    behind = {one["supplier"]: one["only_way_to"] for one in dependence.critical(work, wanted)[0]}
    nodes = [
        _node(work, seen, worst(statuses.get(shown_id, ())) or NOT_OWING, weak, behind.get(shown_id, 0))
        for shown_id, seen in listed.items()
    ]
    every = len(nodes) <= MOST_DRAWN
    drawn = nodes if every else _marked(nodes)
    edges = _edges(work, weak, {one.id for one in drawn}, every=every)
    own = network.organization(me)
    return Picture(
        own.name if own else "",
        asked[0].requirement.title if wanted.get("requirement") and asked else None,
        work.moment.on.isoformat(),
        _counts(nodes),
        _columns(drawn, edges),
        edges,
        every,
    )


Edges = Mapping[tuple[str, str], bool]


def _weak(work: Work, wanted: Mapping[str, Any]) -> frozenset[tuple[str, str]]:
    """The links on the ways to weakest links by their ends; ("", id) marks one to which no way is told."""
    found: set[tuple[str, str]] = set()
    for one in spend.weakest(work, wanted):
        found |= {(hop["buyer"]["id"], hop["supplier"]["id"]) for hop in one["path"]} or {("", one["supplier"])}
    return frozenset(found)


def _node(work: Work, seen: Seen, status: str, weak: frozenset[tuple[str, str]], behind: int) -> Node:
    veiled = seen.kind is RowKind.PSEUDONYM
    organization = None if veiled else network_for(work, work.actor.organization).organization(seen.organization)
    on_the_way = any(seen.id == supplier for _, supplier in weak)
    return Node(seen.id, organization.name if organization else None, seen.tier, status, on_the_way, behind)


def _marked(nodes: Sequence[Node]) -> list[Node]:
    """Who stands out where the rest is counted."""
    by_tier: dict[int, list[Node]] = defaultdict(list)
    for one in sorted(nodes, key=lambda one: (-one.behind, one.id)):
        if one.behind:
            by_tier[one.tier].append(one)
    chosen = {one.id for some in by_tier.values() for one in some[:MOST_MARKED]}
    return [one for one in nodes if one.weak or one.id in chosen]


def _edges(work: Work, weak: frozenset[tuple[str, str]], drawn: set[str], *, every: bool) -> Edges:
    """Links between those who are drawn; where not everybody is, only the ways to the weakest links."""
    me, network = work.actor.organization, network_for(work, work.actor.organization)
    group = network.group(me, work.moment.on)
    own = {found.id for one in group if (found := network.organization(one))}

    def end(public: str) -> str:
        return "" if public in own else public

    marked = {(end(buyer), supplier) for buyer, supplier in weak if buyer}
    edges = dict.fromkeys(marked, True)
    ends = (end.tolist() for end in shown(network, me, work.moment.on).ends())
    for pair in zip(*ends, strict=True) if every else ():
        buyer, supplier = (found.id if (found := network.organization(one)) else "" for one in pair)
        if supplier in drawn and (end(buyer) == "" or buyer in drawn):
            edges.setdefault((end(buyer), supplier), False)
    return dict(sorted(edges.items()))


def _counts(nodes: Sequence[Node]) -> Mapping[int, Mapping[str, int]]:
    found: dict[int, Counter[str]] = defaultdict(Counter)
    for one in nodes:
        found[one.tier][one.status] += 1
    return {tier: found[tier] for tier in sorted(found)}


def _columns(nodes: Sequence[Node], edges: Edges) -> Mapping[int, Sequence[Node]]:
    """Who stands under whom: near its buyers in the column before, so that few lines cross; else by id."""
    above: dict[str, list[str]] = defaultdict(list)
    for buyer, supplier in edges:
        above[supplier].append(buyer)
    place: dict[str, float] = {}
    columns: dict[int, Sequence[Node]] = {}
    for tier in sorted({one.tier for one in nodes}):
        placed = (
            (one, [place[buyer] for buyer in above[one.id] if buyer in place]) for one in nodes if one.tier == tier
        )
        column = [one for *_, one in sorted((_median(places), one.id, one) for one, places in placed)]
        place |= {one.id: (at + 0.5) / len(column) for at, one in enumerate(column)}
        columns[tier] = column
    return columns


def _median(places: list[float]) -> float:
    """The middle of some places; below all others where there is none."""
    return sorted(places)[len(places) // 2] if places else 2.0
