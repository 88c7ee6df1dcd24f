"""What was foreseen, held against what the asker's own lists show today."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from graph.facts import Requirement
from graph.sight import RowKind
from supplychain.conformity.brand import judged_rows, requirements_of
from supplychain.conformity.judged import Judged
from supplychain.frameworks import registry
from supplychain.network import engine
from supplychain.network.visibility import Seen, visible_to
from supplychain.requirements import rules
from supplychain.requirements.rules import Demand
from supplychain.what_if.foreseen import Compared, Key, Level, Verdict, compared, read
from supplychain.what_if.models import WhatIf
from supplychain.work import Work

Item = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Items, and what is told beside them."""

    items: Sequence[Item]
    extra: Mapping[str, Any]


def comparison(work: Work, row: WhatIf, verdict: str | None = None) -> Comparison:
    """What was foreseen beside what is so, nearest tier first; of suppliers that the asker sees today."""
    me, today = work.actor.organization, work.today
    seen = {one.id: one for one in visible_to(work, me, today).values() if one.opens_conformity}
    foreseen = read(row.foreseen)
    made = _made(work, row, {key.demand for key in foreseen})
    real = {name: demand for name, demand in made.items() if demand is not None}
    rows = _rows(work, today, real)
    known = {key: at for key, at in foreseen.items() if key.demand in real and key.supplier in seen}
    found = list(compared(known, {key: _level(one) for key, one in rows.items()}))
    items = [
        _item(work, one, seen[one.key.supplier], real[one.key.demand], rows.get(one.key))
        for one in found
        if verdict is None or one.verdict == verdict
    ]
    counts = Counter(one.verdict for one in found)
    extra = {
        "asked_on": row.asked_on.isoformat(),
        "on": row.looked_at.isoformat(),
        "today": today.isoformat(),
        "made": [{"supposed": name, "requirement": demand and demand.id} for name, demand in sorted(made.items())],
        "verdicts": {str(one): counts[one] for one in Verdict},
        "out_of_sight": sum(key.supplier not in seen for key in foreseen),
    }
    return Comparison(sorted(items, key=position), extra)


def position(item: Mapping[str, Any]) -> list[Any]:
    """Where an item stands."""
    at = item["real"] or item["foreseen"]
    return [at["tier"], item["supplier"], item["requirement"], item["pillar"]]


def _made(work: Work, row: WhatIf, names: Iterable[str]) -> dict[str, Requirement | None]:
    """What stands for each demand of the question today: what it was amended to, or what was published since."""
    own = list(requirements_of(engine.network(work), work.actor.organization))
    published = {f"/changes/{index}": one["publish"] for index, one in enumerate(row.asked) if "publish" in one}
    made: dict[str, Requirement | None] = {}
    for name in {*names, *published}:
        asked = published.get(name)
        first = _published(work, own, asked, row.asked_on) if asked else _named(own, name)
        made[name] = first and _newest(own, first)
    return made


def _named(own: Iterable[Requirement], public: str) -> Requirement | None:
    return next((one for one in own if one.id == public), None)


def _published(work: Work, own: Iterable[Requirement], asked: Mapping[str, Any], since: date) -> Requirement | None:
    """Of what was published since, what is most like what was supposed: the same framework and pillars at least."""
    framework = registry(work).get(asked["framework"])
    if framework is None:
        return None
    pillars = rules.pillars_of(Demand(framework.key, asked["pillar"], asked["schedule"]), framework)
    like = [
        one
        for one in own
        if one.predecessor is None
        and one.published_on >= since
        and (one.framework, one.pillars) == (framework.key, pillars)
    ]
    return max(like, key=lambda one: _likeness(one, asked), default=None)


def _likeness(one: Requirement, asked: Mapping[str, Any]) -> tuple[bool, bool, int]:
    scope = {name: set(values) for name, values in asked["supplier_scope"].items() if values}
    same = (
        one.schedule == tuple(asked["schedule"]),
        one.link_scope == tuple(asked["link_scope"]) and _scope_of(one) == scope,
    )
    return (*same, -one.number)


def _scope_of(one: Requirement) -> dict[str, set[str]]:
    scope = one.supplier_scope
    named = {"countries": scope.countries, "regions": scope.regions, "sectors": scope.sectors, "sizes": scope.sizes}
    return {name: set(values) for name, values in named.items() if values}


def _newest(own: Sequence[Requirement], first: Requirement) -> Requirement:
    successors = {one.predecessor: one for one in own if one.predecessor is not None}
    newest = first
    while newest.number in successors:
        newest = successors[newest.number]
    return newest


def _rows(work: Work, today: date, real: Mapping[str, Requirement]) -> dict[Key, Judged]:
    """What is owed today, of whom the asker may see where it stands."""
    names = {demand.number: name for name, demand in real.items()}
    rows = judged_rows(work, work.actor.organization, today, real.values())
    return {Key(names[one.requirement.number], one.pillar, one.supplier): one for one in _open(rows)}


def _open(rows: Iterable[Judged]) -> Iterator[Judged]:
    return (one for one in rows if one.kind in {RowKind.IDENTITY, RowKind.PSEUDONYM})


def _level(one: Judged) -> Level:
    return Level(one.owed.tier, one.owed.level, one.judged.gap if one.judged else 0)


def _item(work: Work, one: Compared, seen: Seen, demand: Requirement, row: Judged | None) -> Item:
    organization = engine.network(work).organization(seen.organization)
    named = organization if seen.kind is RowKind.IDENTITY else None
    return {
        "supplier": seen.id,
        "name": named.name if named else None,
        "name_zh": named.name_zh if named else None,
        "kind": str(seen.kind),
        "requirement": demand.id,
        "pillar": one.key.pillar,
        "verdict": str(one.verdict),
        "foreseen": _told(one.foreseen),
        "real": _told(one.real),
        "status": row.status if row else None,
    }


def _told(at: Level | None) -> Item | None:
    return None if at is None else {"tier": at.tier, "level": at.level, "gap": at.gap}
