"""What a reader asks of whom, as its lists show it: the rows that everything here is counted over."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from graph.exposure import Depth, Flow, depths, flow
from graph.network import Requirement
from graph.sight import RowKind
from supplychain.conformity import wording
from supplychain.conformity.brand import lasts, requirements_of
from supplychain.conformity.judged import Judged
from supplychain.conformity.supplied import owed
from supplychain.errors import NotFound
from supplychain.exposure.coverage import coverage, worst
from supplychain.exposure.rules import Note
from supplychain.network.visibility import Seen, network_for, visible_to
from supplychain.work import Work

Item = dict[str, Any]
BUYERS_NAMED: Final = 20
"""So many buyers whose shares exceed 1 are named; beside them stands how many there are."""


@dataclass(frozen=True)
class Demand:
    """One live requirement of the reader's and its rows, one for each supplier and pillar that is asked about.

    key: the same only where the rows are.
    """

    requirement: Requirement
    rows: Sequence[Judged]
    key: Hashable

    @property
    def weight(self) -> int:
        """Room it takes in the engine's memory."""
        return 2 * len(self.rows)

    @cached_property
    def standing(self) -> Mapping[int, str]:
        """How far it is known where each supplier stands that the reader may name: the worst of the pillars.

        A pseudonym is in it under no number: beside it the same organization may stand by the reader's own claim.
        """
        found: dict[int, str] = {}
        for one in self.rows:
            if one.kind is not RowKind.PSEUDONYM:
                who, word = one.owed.supplier, coverage(one)
                found[who] = worst((found[who], word)) if who in found else word
        return found

    def told(self) -> Item:
        """Which requirement it is."""
        one = self.requirement
        return {"requirement": one.id, "title": one.title, "framework": one.framework}


def demands(work: Work, wanted: Mapping[str, Any]) -> list[Demand]:
    """The reader's live requirements that are asked about, with the rows of all pillars or of one. Raises NotFound."""
    return [_demand(work, one, wanted.get("pillar")) for one in asked_about(work, wanted)]


def asked_about(work: Work, wanted: Mapping[str, Any]) -> list[Requirement]:
    """The reader's live requirements by id, of one framework or one alone.

    Raises NotFound for a requirement that is none of the reader's.
    """
    network = network_for(work, work.actor.organization)
    own = [one for one in requirements_of(network, work.actor.organization) if one.live_on(work.moment.on)]
    asked, framework, pillar = (wanted.get(name) for name in ("requirement", "framework", "pillar"))
    if asked is not None and asked not in {one.id for one in own}:
        raise NotFound
    chosen = [
        one
        for one in own
        if asked in {None, one.id} and framework in {None, one.framework} and (pillar is None or pillar in one.pillars)
    ]
    return sorted(chosen, key=lambda one: one.id)


def _demand(work: Work, requirement: Requirement, pillar: str | None) -> Demand:
    me = work.actor.organization
    found = owed(work, me, work.moment.on, requirement)
    key = (pillar, found.version.number)

    def made() -> Demand:
        rows = [row for rows in found.rows.values() for row in rows if pillar is None or row.pillar == pillar]
        return Demand(requirement, rows, key)

    if not lasts(work):
        return made()
    return network_for(work, me).memory.recall(("demand", key), made)


def by_depth(work: Work, demand: Demand, start: int | None = None) -> Sequence[Depth]:
    """The reader's spend, or one supplier's, depth by depth, by how suppliers stand to a demand."""
    network = network_for(work, work.actor.organization)
    key = ("depths", demand.key, network.epoch(work.moment.on), start)
    return network.memory.recall(key, lambda: depths(spend(work, demand, start), demand.standing))


def spend(work: Work, demand: Demand, start: int | None = None) -> Flow:
    """The reader's spend over links that carry a demand, or that of one of its suppliers."""
    return flow(network_for(work, work.actor.organization), demand.requirement, work.moment.on, start)


def named(work: Work) -> Mapping[int, Seen]:
    """Whom the reader lists by name, by number."""
    me = work.actor.organization
    network, listed = network_for(work, me), visible_to(work, me, work.moment.on)
    return network.memory.recall(
        ("named", me, network.epoch(work.moment.on)),
        lambda: {one.organization: one for one in listed.values() if one.kind is not RowKind.PSEUDONYM},
    )


def warnings(work: Work, spends: Sequence[Flow]) -> list[Item]:
    """What to know before the weights are believed."""
    network = network_for(work, work.actor.organization)
    numbers = {buyer for one in spends for buyer in one.overstated}
    ids = sorted(buyer.id for number in numbers if (buyer := network.organization(number)))
    told = {"count": len(ids), "buyers": tuple(ids[:BUYERS_NAMED])}
    return [wording.reason(Note.SHARES_ABOVE_ONE, told)] if ids else []


def part(value: float) -> float:
    """A part of a whole as it is told: to a millionth."""
    return round(value, 6)
