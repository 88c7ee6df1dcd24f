"""What a buyer sees coming: on which day a demand of its own is no longer met, at which level, and nothing of why.

Only of suppliers whose conformity is open to it by identity, and only in the pillars of its own demands, where it is
shown the level of today as well; of which evidence lapses a supplier alone is told (domain rules: what may be seen).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import Any

from graph.sight import RowKind
from graph.waivers import Demanded, Terms, demanded
from supplychain.conformity.judged import Judged
from supplychain.conformity.outlooks import Outlooks, outlooks, series, window_end
from supplychain.conformity.rules import Outlook, month_ends
from supplychain.conformity.supplied import suppliers
from supplychain.errors import NotFound
from supplychain.network import engine
from supplychain.network.visibility import Seen, find
from supplychain.work import Work

Item = dict[str, Any]
PillarKey = tuple[str, str]


class Kept(IntEnum):
    """What becomes of a demand, the worst last."""

    MET = 0
    WAIVED = 1
    SHORT = 2


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
    find(work, reader, displayed, work.moment.on)
    found = suppliers(work, reader, work.moment.on).get(displayed)
    if found is None:
        raise NotFound
    ends = month_ends(work.moment.on, months)
    told = _foreseen(work, {displayed: found}, ends[-1])
    return {
        "supplier": displayed,
        "kind": str(found[0].kind),
        "day": work.moment.on,
        "until": ends[-1],
        "obligations": [_obligation(work, row, ahead, ends) for one in told for row, ahead in _with_outlook(one)],
    }


def by_month(work: Work, months: int) -> list[Item]:
    """How many suppliers meet the reader's own demands at each month's end, by framework, pillar and tier.

    A demand counts in the months in which it is effective. Who has several in a pillar meets them all, or else is
    waived where every one it misses is, or falls short.
    """
    ends = month_ends(work.moment.on, months)
    counts: dict[tuple[date, str, str, int], Counter[Kept]] = {}
    for one in _foreseen(work, suppliers(work, work.actor.organization, work.moment.on), ends[-1]):
        asked = [(row, ahead, _asked(work, row)) for row, ahead in _with_outlook(one)]
        for day in ends:
            for (framework, pillar), kept in _standing(asked, day).items():
                counts.setdefault((day, framework, pillar, one.seen.tier), Counter())[kept] += 1
    return [
        {
            "month": f"{day:%Y-%m}",
            "day": day,
            "framework": framework,
            "pillar": pillar,
            "tier": tier,
            "meeting": found[Kept.MET],
            "waived": found[Kept.WAIVED],
            "falling_short": found[Kept.SHORT],
        }
        for (day, framework, pillar, tier), found in sorted(counts.items(), key=lambda pair: pair[0])
    ]


def breaks(work: Work, months: int) -> list[Item]:
    """Every own demand that is met, or waived, today and will be neither, the first to break first."""
    until = month_ends(work.moment.on, months)[-1]
    network = engine.network(work)
    found = []
    for one in _foreseen(work, suppliers(work, work.actor.organization, work.moment.on), until):
        about = network.organization(one.seen.organization)
        for row, ahead in _with_outlook(one):
            broken = _broken(work, row, ahead)
            if broken["breaks_on"] is not None:
                named = {"supplier": one.seen.id, "name": about.name if about else None}
                found.append({**named, **_demand(row), **broken})
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
            if (step := ahead.breaks(row.pillar, row.owed.level)) is not None
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


def _standing(rows: Iterable[tuple[Judged, Outlook, Demanded]], day: date) -> Mapping[PillarKey, Kept]:
    """By pillar the worst that becomes of a demand that is effective on a day."""
    found: dict[PillarKey, Kept] = {}
    for row, ahead, asked in rows:
        if row.requirement.effective_on(day):
            key, level = (row.requirement.framework, row.pillar), ahead.level(row.pillar, day)
            unmet = Kept.WAIVED if asked.excuses(level, day) else Kept.SHORT
            found[key] = max(found.get(key, Kept.MET), Kept.MET if (level or 0) >= asked.level else unmet)
    return found


def _asked(work: Work, row: Judged) -> Demanded:
    """As it is asked on the days to come, under the waivers that stand with the supplier's own name."""
    asked = Terms(row.owed.level, row.owed.due_for(row.pillar))
    return demanded(engine.network(work), row.requirement, row.owed.supplier, asked, veiled=False)


def _obligation(work: Work, row: Judged, ahead: Outlook, ends: Sequence[date]) -> Item:
    return {
        **_demand(row),
        "achieved": ahead.now[row.pillar],
        "series": series(ahead, row.pillar, ends),
        "steps": [{"day": step.day, "level": step.level} for step in ahead.steps[row.pillar]],
        **_broken(work, row, ahead),
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


def _broken(work: Work, row: Judged, ahead: Outlook) -> Item:
    day = ahead.missed(row.pillar, _asked(work, row))
    return {"breaks_on": day, "becomes": None if day is None else ahead.level(row.pillar, day)}


def _first_of_each(found: Iterable[Item]) -> list[Item]:
    """Of each pillar the first day, in an order that tells nothing else."""
    first: dict[PillarKey, Item] = {}
    for one in sorted(found, key=lambda one: one["day"]):
        first.setdefault((one["framework"], one["pillar"]), one)
    return [first[key] for key in sorted(first)]
