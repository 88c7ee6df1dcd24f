"""What a buyer sees coming: on which day a demand of its own is no longer met, at which level, and nothing of why.

Only of suppliers whose conformity is open to it by identity, and only in the pillars of its own demands, where it is
shown the level of today as well; of which evidence lapses a supplier alone is told (domain rules: what may be seen).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from graph.sight import RowKind
from supplychain.conformity.brand import Judged
from supplychain.conformity.outlooks import Outlooks, outlooks, series, window_end
from supplychain.conformity.rules import Outlook, Step, month_ends
from supplychain.conformity.supplied import suppliers
from supplychain.errors import NotFound
from supplychain.network import engine
from supplychain.network.visibility import Seen, find
from supplychain.work import Work

Item = dict[str, Any]
PillarKey = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A supplier by identity with the reader's own demands and where its levels go."""

    seen: Seen
    rows: Sequence[Judged]
    ahead: Outlooks

    def outlook(self, row: Judged) -> Outlook | None:
        """The outlook in a demand's framework; None of one that this process does not know."""
        return self.ahead.get(row.requirement.framework)


def of_supplier(work: Work, displayed: str, months: int) -> Item:
    """The forecast of one supplier for each of the reader's own demands. Raises NotFound.

    Of a pseudonym, of what awaits confirmation and of private knowledge there is none.
    """
    reader = work.actor.organization
    find(work, reader, displayed, work.today)
    found = suppliers(work, reader, work.today).get(displayed)
    if found is None:
        raise NotFound
    ends = month_ends(work.today, months)
    told = _foreseen(work, {displayed: found}, ends[-1])
    return {
        "supplier": displayed,
        "kind": str(found[0].kind),
        "day": work.today,
        "until": ends[-1],
        "obligations": [_obligation(row, ahead, ends) for one in told for row, ahead in _with_outlook(one)],
    }


def by_month(work: Work, months: int) -> list[Item]:
    """How many suppliers meet the reader's own demands at each month's end, by framework, pillar and tier.

    A demand counts from the month in which it is effective; who has several in a pillar meets them all or falls short.
    """
    ends = month_ends(work.today, months)
    met: Counter[tuple[date, str, str, int]] = Counter()
    short: Counter[tuple[date, str, str, int]] = Counter()
    for one in _foreseen(work, suppliers(work, work.actor.organization, work.today), ends[-1]):
        for day in ends:
            for (framework, pillar), meets in _standing(one, day).items():
                (met if meets else short)[day, framework, pillar, one.seen.tier] += 1
    return [
        {
            "month": f"{day:%Y-%m}",
            "day": day,
            "framework": framework,
            "pillar": pillar,
            "tier": tier,
            "meeting": met[day, framework, pillar, tier],
            "falling_short": short[day, framework, pillar, tier],
        }
        for day, framework, pillar, tier in sorted(met.keys() | short.keys())
    ]


def breaks(work: Work, months: int) -> list[Item]:
    """Every own demand that is met today and will not be, the first to break first."""
    until = month_ends(work.today, months)[-1]
    network = engine.network(work)
    found = []
    for one in _foreseen(work, suppliers(work, work.actor.organization, work.today), until):
        about = network.organization(one.seen.organization)
        for row, ahead in _with_outlook(one):
            step = _break(row, ahead)
            if step is not None:
                named = {"supplier": one.seen.id, "name": about.name if about else None}
                found.append({**named, **_demand(row), **_broken(step)})
    return sorted(found, key=position)


def month_position(item: Mapping[str, Any]) -> list[Any]:
    """Where a count stands in the list."""
    return [item["month"], item["framework"], item["pillar"], item["tier"]]


def matching(items: Iterable[Item], wanted: Mapping[str, Any]) -> list[Item]:
    """The items that fit the filters."""
    asked = {name: wanted[name] for name in ("framework", "pillar", "tier") if wanted.get(name) is not None}
    return [item for item in items if all(item[name] == value for name, value in asked.items())]


def position(item: Mapping[str, Any]) -> list[Any]:
    """Where a demand that breaks stands in the list."""
    return [item["breaks_on"].isoformat(), item["supplier"], item["requirement"], item["pillar"]]


def expiring(work: Work, found: Mapping[str, tuple[Seen, Sequence[Judged]]]) -> list[tuple[str, list[Item]]]:
    """The suppliers whose ``evidence_expiring`` flag the reader's own demands alone would open, with what breaks.

    By the day on which a level that it demands breaks; what else the supplier may lose is not its to know.
    """
    told = []
    for one in _foreseen(work, found, window_end(work)):
        falls = [
            {"framework": row.requirement.framework, "pillar": row.pillar, "day": step.day, "level": step.level}
            for row, ahead in _with_outlook(one)
            if (step := _break(row, ahead)) is not None
        ]
        if falls:
            told.append((one.seen.id, _first_of_each(falls)))
    return told


def _foreseen(work: Work, found: Mapping[str, tuple[Seen, Sequence[Judged]]], until: date) -> Iterator[Foreseen]:
    """Those by identity, nobody else, with the outlooks that the reader's own demands ask for."""
    open_to = [(seen, [row for row in rows if _is_own(row)]) for _, (seen, rows) in sorted(found.items())]
    named = [(seen, rows) for seen, rows in open_to if seen.kind is RowKind.IDENTITY and rows]
    wanted = {seen.organization: {row.requirement.framework for row in rows} for seen, rows in named}
    ahead = outlooks(work, wanted, until)
    return (Foreseen(seen, rows, ahead[seen.organization]) for seen, rows in named)


def _is_own(row: Judged) -> bool:
    return not row.passing and row.stood is not None and row.kind is RowKind.IDENTITY


def _with_outlook(one: Foreseen) -> Iterator[tuple[Judged, Outlook]]:
    return ((row, ahead) for row in one.rows if (ahead := one.outlook(row)) is not None)


def _standing(one: Foreseen, day: date) -> Mapping[PillarKey, bool]:
    """By pillar whether every demand that is effective on a day is met."""
    found: dict[PillarKey, bool] = {}
    for row, ahead in _with_outlook(one):
        if row.requirement.effective_from <= day:
            key = (row.requirement.framework, row.pillar)
            found[key] = found.get(key, True) and (ahead.level(row.pillar, day) or 0) >= row.owed.level
    return found


def _break(row: Judged, ahead: Outlook) -> Step | None:
    return ahead.breaks(row.pillar, row.owed.level)


def _obligation(row: Judged, ahead: Outlook, ends: Sequence[date]) -> Item:
    return {
        **_demand(row),
        "achieved": ahead.now[row.pillar],
        "series": series(ahead, row.pillar, ends),
        "steps": [{"day": step.day, "level": step.level} for step in ahead.steps[row.pillar]],
        **_broken(_break(row, ahead)),
    }


def _demand(row: Judged) -> Item:
    return {
        "requirement": row.requirement.id,
        "title": row.requirement.title,
        "framework": row.requirement.framework,
        "pillar": row.pillar,
        "tier": row.owed.tier,
        "level": row.owed.level,
        "due": row.due,
    }


def _broken(step: Step | None) -> Item:
    return {"breaks_on": step.day if step else None, "becomes": step.level if step else None}


def _first_of_each(found: Iterable[Item]) -> list[Item]:
    """Of each pillar the first day, in an order that tells nothing else."""
    first: dict[PillarKey, Item] = {}
    for one in sorted(found, key=lambda one: one["day"]):
        first.setdefault((one["framework"], one["pillar"]), one)
    return [first[key] for key in sorted(first)]
