"""What a buyer sees of its suppliers: rows over confirmed links, judged on displayed values only.

Domain rules: what may be seen by whom. Everything here is a function of what the reader may see.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from graph.cascade import Obligation
from graph.network import Network, Requirement, Waiver, state_on
from graph.passing import passing_through
from graph.sight import Row, RowKind, rows_about, view
from graph.terms import LinkState
from graph.waivers import Terms, excused, terms, waivers_for
from supplychain.answers.queries import heard_by
from supplychain.answers.rules import Heard, Said
from supplychain.conformity import wording
from supplychain.conformity.levels import Key, Stood, levels
from supplychain.conformity.rules import Status, StatusCode, answered, gap, judge
from supplychain.conformity.rules.results import Standing
from supplychain.network import engine
from supplychain.network.visibility import display_id, displaying, network_for, visible_to
from supplychain.requirements.naming import requirement_ref
from supplychain.work import Work

UNCONFIRMED = frozenset({RowKind.AWAITING, RowKind.PRIVATE})


@dataclass(frozen=True, slots=True)
class Judged:
    """One obligation in one pillar, as its reader sees it.

    passing: it is somebody else's demand that reaches the supplier through the reader.
    stood: None where conformity is closed to the reader.
    waivers: those in force that the reader may know to be about this row. terms: what they leave of the demand.
    said: what the supplier last answered to the reader's own demand, None is silence.
    """

    requirement: Requirement
    owed: Obligation
    supplier: str
    kind: RowKind
    pillar: str
    due: date | None
    status: str
    judged: Status | None
    stood: Stood | None
    terms: Terms
    waivers: tuple[Waiver, ...] = ()
    said: Said | None = None
    passing: bool = False


def requirements_of(network: Network, issuer: int) -> Iterator[Requirement]:
    """The requirements an issuer ever published."""
    return (one for one in network.requirements() if one.issuer == issuer)


def judged_rows(
    work: Work, reader: int, day: date, requirements: Iterable[Requirement], among: AbstractSet[int] | None = None
) -> list[Judged]:
    """The obligations of an issuer's own requirements, one for each pillar. among: of nobody else."""
    network = network_for(work, reader)
    listed = among if work.moment.is_present else _listed(work, reader, day, among)
    rows = [
        (requirement, row)
        for requirement in requirements
        for row in _rows(network, requirement, day, among)
        if listed is None or row.organization in listed
    ]
    stood = levels(work, {key for requirement, row in rows for key in _keys(requirement, row)}, day)
    judging, heard = _judging(work, reader, day, stood), heard_by(work, reader)
    judged = (_judge(judging, requirement, row, pillar) for requirement, row, pillar in _pillars(rows))
    return [_with_answer(heard, one) for one in judged]


def _listed(work: Work, reader: int, day: date, among: AbstractSet[int] | None) -> AbstractSet[int]:
    """Whom of some, or of all, a reader may list at another moment than now: all of them by their own ids."""
    listed = visible_to(work, reader, day)
    if among is None:
        return {one.organization for one in listed.values()}
    return {one for one in among if display_id(work, reader, one, RowKind.IDENTITY) in listed}


def _rows(network: Network, requirement: Requirement, day: date, among: AbstractSet[int] | None) -> tuple[Row, ...]:
    return view(network, requirement, day).rows if among is None else rows_about(network, requirement, day, among)


Passing = tuple[tuple[Requirement, Obligation], ...]


def passing(work: Work, reader: int, day: date, among: AbstractSet[int] | None = None) -> Passing:
    """What the reader's own direct suppliers owe because of demands that pass through the reader.

    among: nobody else is looked at.
    """
    network = engine.network(work)
    wanted = None if among is None else frozenset(among)
    through = _of_suppliers(work, reader, passing_through(network, reader, day, wanted))
    owed = ((network.requirement(one.requirement), one) for one in through)
    return tuple((requirement, one) for requirement, one in owed if requirement is not None)


def passing_rows(work: Work, reader: int, day: date, owed: Passing) -> list[Judged]:
    """Demands that pass through the reader, one for each pillar.

    In the order in which they are shown: that of their numbers would tell which issuer was first.
    """
    wanted = {
        (one.supplier, requirement.framework, pillar) for requirement, one in owed for pillar in requirement.pillars
    }
    stood = levels(work, wanted, day)
    judging = _judging(work, reader, day, stood)
    rows = [_passing(judging, requirement, one, pillar) for requirement, one in owed for pillar in requirement.pillars]
    return sorted(rows, key=lambda one: (shown_as(work, reader, one), one.pillar))


def _of_suppliers(work: Work, reader: int, owed: Iterable[Obligation]) -> Iterator[Obligation]:
    """What passed through to those that are the reader's own direct suppliers today."""
    if work.moment.is_present:
        return iter(owed)
    links = engine.present(work).network.links_from(reader)
    direct = {one.supplier for one in links if state_on(one.periods, work.today) is LinkState.CONFIRMED}
    return (one for one in owed if one.supplier in direct)


def _keys(requirement: Requirement, row: Row) -> Iterator[Key]:
    if row.kind not in UNCONFIRMED:
        for pillar in requirement.pillars:
            yield row.organization, requirement.framework, pillar


def _pillars(rows: Sequence[tuple[Requirement, Row]]) -> Iterator[tuple[Requirement, Row, str]]:
    for requirement, row in rows:
        for pillar in requirement.pillars:
            yield requirement, row, pillar


@dataclass(frozen=True, slots=True)
class _Judging:
    """What all rows of an answer are judged by, looked up once.

    displayed: what stands for an organization in the reader's answers. alike: statuses by all that decides them.
    """

    network: Network
    day: date
    stood: Mapping[Key, Stood]
    displayed: Callable[[int, RowKind], str]
    alike: dict[Hashable, Status] = field(default_factory=dict)


def _judging(work: Work, reader: int, day: date, stood: Mapping[Key, Stood]) -> _Judging:
    return _Judging(engine.network(work), day, stood, displaying(work, reader))


def _judge(judging: _Judging, requirement: Requirement, row: Row, pillar: str) -> Judged:
    supplier = judging.displayed(row.organization, row.kind)
    due = row.owed.due_for(pillar) if row.due is not None else None
    if row.kind in UNCONFIRMED:
        asked = Terms(row.owed.level, row.owed.due_for(pillar))
        if row.kind is RowKind.PRIVATE:
            return Judged(requirement, row.owed, supplier, row.kind, pillar, None, "private", None, None, asked)
        judged = _status(judging, row.owed, pillar, None, row.kind)
        return Judged(requirement, row.owed, supplier, row.kind, pillar, due, str(judged.code), judged, None, asked)
    # A waiver stands with the name under which it was granted: it may not tell whose the pseudonym is.
    veiled = row.kind is RowKind.PSEUDONYM
    waivers = waivers_for(judging.network, requirement, row.organization, judging.day, veiled=veiled)
    found = judging.stood[row.organization, requirement.framework, pillar]
    judged = _status(judging, row.owed, pillar, found, row.kind, waivers)
    asked = terms(row.owed.level, row.owed.due_for(pillar), waivers)
    return Judged(
        requirement, row.owed, supplier, row.kind, pillar, due, str(judged.code), judged, found, asked, waivers
    )


def _with_answer(heard: Heard, one: Judged) -> Judged:
    """What was said to a demand stands, as a waiver does, with the name under which it was said."""
    if one.judged is None:
        return one
    veiled = one.kind is RowKind.PSEUDONYM
    said = heard.of(one.requirement.number, one.owed.supplier, veiled=veiled)
    if said is None:
        return one
    return replace(one, said=said, judged=answered(one.judged, said.answered_on) if said.waits else one.judged)


def _passing(judging: _Judging, requirement: Requirement, owed: Obligation, pillar: str) -> Judged:
    found = judging.stood[owed.supplier, requirement.framework, pillar]
    waivers = waivers_for(judging.network, requirement, owed.supplier, judging.day)
    kind, due = RowKind.IDENTITY, owed.due_for(pillar)
    judged = _status(judging, owed, pillar, found, kind, waivers)
    supplier = judging.displayed(owed.supplier, kind)
    asked = terms(owed.level, due, waivers)
    return Judged(requirement, owed, supplier, kind, pillar, due, str(judged.code), judged, found, asked, passing=True)


def _status(
    judging: _Judging,
    owed: Obligation,
    pillar: str,
    found: Stood | None,
    kind: RowKind,
    waivers: Sequence[Waiver] = (),
) -> Status:
    organization = judging.network.organization(owed.supplier)
    claimed = kind is RowKind.PSEUDONYM or (organization is not None and organization.claimed)
    due, day = owed.due_for(pillar), judging.day
    alike = (id(found), owed.level, due, owed.announced, claimed, waivers)  # what stands is held for as long
    if alike not in judging.alike:
        judging.alike[alike] = judge(
            owed.level,
            due,
            owed.announced,
            found.standing if found else Standing(pillar, None),
            day,
            awaiting=found is None,
            waived=found is not None and excused(owed.level, due, found.standing.level, waivers, day),
            claimed=claimed,
            # A level follows from the supplier's own evidence, but since when there is none, from who asked first.
            since=found.since if found and found.standing.level is not None else None,
        )
    return judging.alike[alike]


def gap_shown(one: Judged) -> int | None:
    """The levels missing; None where the reader may not know."""
    return one.judged.gap if one.judged and one.stood else None


def due_shown(one: Judged) -> date | None:
    """The last day to reach it; None where the reader may not know."""
    return None if one.kind is RowKind.PSEUDONYM else one.due


def obligation_item(work: Work, reader: int, one: Judged) -> dict[str, Any]:
    """One obligation as the reader may see it: of a pseudonym no dates."""
    veiled = one.kind is RowKind.PSEUDONYM
    return {
        "requirement": shown_as(work, reader, one),
        "title": one.requirement.title if _issuer_shown(one) else None,
        "passing": one.passing,
        "framework": one.requirement.framework,
        "pillar": one.pillar,
        "tier": one.owed.tier,
        "level": one.owed.level,
        "achieved": one.stood.standing.level if one.stood else None,
        "gap": gap_shown(one),
        "status": one.status,
        "move": str(one.judged.move) if one.judged else None,
        "since": _day(one.judged.since) if one.judged and not veiled else None,
        "due": _day(due_shown(one)),
        "waiver": wording.waiver(one.waivers),
        "answer": None if one.passing or one.judged is None else wording.answer(one.said),
    }


def shown_as(work: Work, reader: int, one: Judged) -> str:
    """Under which name the reader hears of the requirement."""
    return requirement_ref(work, reader, one.requirement, issuer_shown=_issuer_shown(one))


def _issuer_shown(one: Judged) -> bool:
    return not one.passing or one.requirement.named


def needs_training(rows: Iterable[Judged]) -> bool:
    """Whether a reader's own obligations alone would open the ``training`` flag."""
    return any(
        one.stood is not None
        and one.judged is not None
        and not one.passing
        and one.judged.code is not StatusCode.ANNOUNCED
        and gap(one.terms.level, one.stood.standing.level) > 0
        for one in rows
    )


def lasts(work: Work) -> bool:
    """Whether what is told stays so for a revision of the network and of the levels.

    Not of another day by all that is known now: what is recorded next may alter it, and no level of today.
    """
    return work.moment.known is not None or work.moment.on == work.today


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
