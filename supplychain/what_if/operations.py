"""Ask what changes would change: computed from what the caller is shown, and nothing of it is written."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any

from graph.cascade import Obligation
from graph.facts import Attributes, Requirement
from graph.network import Network
from graph.sight import RowKind
from graph.waivers import excused, waivers_for
from graph.whatif import Altered, Outcome, Pair, Stage, outcome, staged
from supplychain.conformity.levels import Key, levels
from supplychain.conformity.rules import Standing, judge
from supplychain.errors import Invalid
from supplychain.network import engine
from supplychain.network.visibility import Seen, country_of, visible_to
from supplychain.what_if import changes
from supplychain.what_if.changes import LevelKey, Supposed
from supplychain.what_if.rules import Effect, Side, effects
from supplychain.work import Work


@dataclass(frozen=True, slots=True)
class Difference:
    """One supplier, one demand, one pillar: what is owed before and after, and what that is called."""

    seen: Seen
    pair: Pair
    pillar: str
    before: Side | None
    after: Side | None
    effects: tuple[Effect, ...]

    @property
    def side(self) -> Side:
        """After the changes; of whom they free, before."""
        found = self.after or self.before
        assert found is not None, "a difference has a side"
        return found

    @property
    def demand(self) -> Requirement:
        """The demand before the changes; the one they publish."""
        found = self.pair.before or self.pair.after
        assert found is not None, "a pair has a side"
        return found


@dataclass(frozen=True, slots=True)
class Answer:
    """What the changes would change on a day, nearest tier first.

    closed, unstated, veiled: how many the caller may list that are left out: their conformity is closed; no value
    that a scope tests is displayed; it is not shown where the changes meet them.
    """

    supposed: Supposed
    stage: Stage
    seen: Mapping[int, Seen]
    pairs: Sequence[Pair]
    found: Outcome
    on: date
    differences: Sequence[Difference]
    closed: int
    unstated: int
    veiled: int


def ask(work: Work, question: Mapping[str, Any]) -> Answer:
    """The difference that the changes of a question would make to the caller's own demands.

    question: ``changes``, each one of ``publish``, ``publish_draft``, ``amend``, ``end``, ``open``, ``close``,
    ``level``, ``waive``, ``revoke``; ``on``.
    Raises Invalid, Conflict.
    """
    me, today = work.actor.organization, work.today
    stage = staged(engine.network(work), me, today)
    supposed = changes.read(work, stage, question["changes"])
    on = question.get("on") or changes.day_of(supposed, today)
    if on < today:
        raise Invalid.at("/on", "before-today", today=today.isoformat())
    listed = visible_to(work, me, today).values()
    seen = {one.organization: one for one in listed if one.opens_conformity}
    pairs = _pairs(stage, supposed, on)
    found = outcome(stage, pairs, supposed.facts, on, _Stated(stage, seen), supposed.about)
    return Answer(
        supposed,
        stage,
        seen,
        pairs,
        found,
        on,
        sorted(_differences(work, seen, pairs, found, supposed, on), key=_position),
        closed=len(listed) - len(seen),
        unstated=len(found.unstated),
        veiled=len(stage.veiled) if supposed.links else len(found.unplaced),
    )


def owed_after(work: Work, answer: Answer) -> Iterator[Difference]:
    """All that would be owed under the demands that were looked at, whether it changes or not."""
    owed = [
        Altered(index, supplier, None, after)
        for index, found in enumerate(answer.found.owed)
        for supplier, after in chain(found.named.items(), found.veiled.items())
    ]
    bench = _Bench(work, answer.on, answer.seen, answer.pairs, owed, answer.supposed)
    for one in owed:
        pair = answer.pairs[one.pair]
        for pillar in pair.after.pillars if pair.after else ():
            after = bench.after(pair.after, one.after, pillar)
            yield Difference(answer.seen[one.supplier], pair, pillar, None, after, ())


def _position(one: Difference) -> tuple[object, ...]:
    return one.side.tier, one.seen.id, one.demand.id, one.pillar


def _pairs(stage: Stage, supposed: Supposed, on: date) -> list[Pair]:
    """The demands that change, and if ways, levels or waivers do, all others."""
    changed = [pair for one in supposed.amendments for pair in one.on(on)]
    if not (supposed.links or supposed.about):
        return changed
    return [*changed, *(Pair(one, one) for one in stage.network.requirements() if one.number not in supposed.amended)]


@dataclass(frozen=True, slots=True)
class _Stated:
    """Attributes as displayed: the country of the list, and of whom is known by name the caller's own record."""

    stage: Stage
    seen: Mapping[int, Seen]

    def __call__(self, organization: int) -> Attributes:
        shown = self.seen[organization]
        country = country_of(self.stage.actual, shown, self.stage.asker)
        # Of a pseudonym among few the list shows a continent, which no scope names.
        known = country if country is not None and len(country) == 2 else None  # noqa: PLR2004 - ISO 3166 alpha-2
        record = self.stage.network.record(self.stage.asker, organization)
        if shown.kind is RowKind.PSEUDONYM or record is None:
            return Attributes(known)
        return Attributes(known, record.region, record.sector, record.size)


def _differences(
    work: Work, seen: Mapping[int, Seen], pairs: Sequence[Pair], found: Outcome, supposed: Supposed, on: date
) -> Iterator[Difference]:
    bench = _Bench(work, on, seen, pairs, found.altered, supposed)
    for one in found.altered:
        pair, shown = pairs[one.pair], seen[one.supplier]
        for pillar in sorted({pillar for side in (pair.before, pair.after) if side for pillar in side.pillars}):
            before = bench.before(pair.before, one.before, pillar)
            after = bench.after(pair.after, one.after, pillar)
            if named := effects(before, after):
                yield Difference(shown, pair, pillar, before, after, named)


class _Bench:
    """Where everybody stands whom the changes touch, looked up at once."""

    def __init__(
        self,
        work: Work,
        on: date,
        seen: Mapping[int, Seen],
        pairs: Sequence[Pair],
        altered: Iterable[Altered],
        supposed: Supposed,
    ) -> None:
        self.on, self.seen, self.supposed = on, seen, supposed
        self.now = engine.network(work)
        self.then = self.now.apply(supposed.waivers, self.now.revision) if supposed.waivers else self.now
        touched = {
            (one.supplier, demand.framework, pillar)
            for one in altered
            for demand in (pairs[one.pair].before, pairs[one.pair].after)
            if demand is not None
            for pillar in demand.pillars
        }
        veiled = {key for key in touched if self._veils(key[0])}
        # Of a pseudonym no forecast is shown: it stands where it stands today.
        self.stood = {**levels(work, touched - veiled, on), **levels(work, veiled, work.today)}

    def before(self, demand: Requirement | None, owed: Obligation | None, pillar: str) -> Side | None:
        """What is owed in a pillar and where the supplier stands; None if nothing is owed."""
        return self._side(demand, owed, pillar, self.now, {})

    def after(self, demand: Requirement | None, owed: Obligation | None, pillar: str) -> Side | None:
        """The same with what is supposed of levels and waivers."""
        return self._side(demand, owed, pillar, self.then, self.supposed.levels)

    def _side(
        self,
        demand: Requirement | None,
        owed: Obligation | None,
        pillar: str,
        network: Network,
        supposed: Mapping[LevelKey, int | None],
    ) -> Side | None:
        if demand is None or owed is None or pillar not in demand.pillars:
            return None
        key: Key = (owed.supplier, demand.framework, pillar)
        standing = Standing(pillar, supposed[key]) if key in supposed else self.stood[key].standing
        due = owed.due_for(pillar)
        veils = self._veils(owed.supplier)
        # As in a list, a waiver stands with the name under which it was granted.
        waivers = waivers_for(network, demand, owed.supplier, self.on, veiled=veils)
        waived = excused(owed.level, due, standing.level, waivers, self.on)
        judged = judge(owed.level, due, owed.announced, standing, self.on, waived=waived)
        shown = None if veils else due
        return Side(
            demand.framework, owed.tier, owed.level, standing.level, judged.gap, shown, owed.via, str(judged.code)
        )

    def _veils(self, supplier: int) -> bool:
        return self.seen[supplier].kind is RowKind.PSEUDONYM
