"""What a buyer sees of its suppliers: rows over confirmed links, judged on displayed values only.

Domain rules: what may be seen by whom. Everything here is a function of what the reader may see.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from graph.cascade import Obligation
from graph.network import Network, Requirement, Waiver, state_on
from graph.passing import passing_through
from graph.sight import Row, RowKind, rows_about, view
from graph.terms import LinkState
from graph.waivers import excused, terms, waivers_for
from supplychain.answers.queries import heard_by
from supplychain.answers.rules import Heard, Said
from supplychain.conformity import wording
from supplychain.conformity.judged import Judged, Ruling, due_shown, gap_shown
from supplychain.conformity.levels import Key, Stood, levels
from supplychain.conformity.rules import Status, answered, judge
from supplychain.conformity.rules.results import Standing
from supplychain.network import engine
from supplychain.network.visibility import Names, display_id, displaying, listed_names, network_for, visible_to
from supplychain.requirements.naming import requirement_ref
from supplychain.work import Work

_UNCONFIRMED: Final = (RowKind.AWAITING, RowKind.PRIVATE)  # of two a tuple is quicker: an enum's hash is a call


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
    judging = _judging(work, reader, day, stood, listed_names(work, reader, day) if among is None else {})
    return [one for requirement, row in rows for one in judging.judged(requirement, row.owed, row.kind)]


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
    if not owed:
        return []
    wanted = {
        (one.supplier, requirement.framework, pillar) for requirement, one in owed for pillar in requirement.pillars
    }
    stood = levels(work, wanted, day)
    judging = _judging(work, reader, day, stood)
    rows = [
        row for requirement, one in owed for row in judging.judged(requirement, one, RowKind.IDENTITY, passing=True)
    ]
    return sorted(rows, key=lambda one: (shown_as(work, reader, one), one.pillar))


def _of_suppliers(work: Work, reader: int, owed: Iterable[Obligation]) -> Iterator[Obligation]:
    """What passed through to those that are the reader's own direct suppliers today."""
    if work.moment.is_present:
        return iter(owed)
    links = engine.present(work).network.links_from(reader)
    direct = {one.supplier for one in links if state_on(one.periods, work.today) is LinkState.CONFIRMED}
    return (one for one in owed if one.supplier in direct)


def _keys(requirement: Requirement, row: Row) -> Iterator[Key]:
    if row.kind not in _UNCONFIRMED:
        for pillar in requirement.pillars:
            yield row.organization, requirement.framework, pillar


class _Known(NamedTuple):
    """What decides a status beside the demand and the standing. claimed: somebody of the supplier can act."""

    waivers: tuple[Waiver, ...]
    said: Said | None
    claimed: bool


def _judging(
    work: Work, reader: int, day: date, stood: Mapping[Key, Stood], named: Names = MappingProxyType({})
) -> "_Judging":
    """named: names that are known already."""
    return _Judging(engine.network(work), day, stood, displaying(work, reader, named), heard_by(work, reader))


@dataclass(frozen=True, slots=True)
class _Judging:
    """What all rows of an answer are judged by, looked up once; who stands, owes and is late alike is judged once.

    displayed: what stands for an organization in the reader's answers. alike: rulings by all that decides them.
    """

    network: Network
    day: date
    stood: Mapping[Key, Stood]
    displayed: Callable[[int, RowKind], str]
    heard: Heard
    alike: dict[Hashable, Ruling] = field(default_factory=dict)

    def judged(
        self, requirement: Requirement, owed: Obligation, kind: RowKind, *, passing: bool = False
    ) -> list[Judged]:
        """An obligation in each pillar. passing: it is somebody else's demand."""
        shown, rows = self.displayed(owed.supplier, kind), []
        known, closed = self._known(requirement, owed.supplier, kind, passing=passing), kind in _UNCONFIRMED
        for pillar in requirement.pillars:
            stood = None if closed else self.stood[owed.supplier, requirement.framework, pillar]
            demand = requirement.number, pillar, owed.level, owed.due_for(pillar), owed.announced
            # By identity: an enum's hash is a call, and what stands is held for as long.
            alike = demand, known, id(kind), passing, id(stood)
            ruling = self.alike.get(alike)
            if ruling is None:
                ruling = self._ruling(requirement, owed, pillar, kind, known, stood, passing=passing)
                self.alike[alike] = ruling
            rows.append(Judged(owed, shown, ruling))
        return rows

    def _known(self, requirement: Requirement, supplier: int, kind: RowKind, *, passing: bool) -> _Known:
        """What a waiver or an answer says stands with the name under which it was given: it may not tell whose the
        pseudonym is.
        """
        veiled = kind is RowKind.PSEUDONYM
        organization = None if veiled else self.network.organization(supplier)
        claimed = veiled or (organization is not None and organization.claimed)
        silent = passing or kind is RowKind.PRIVATE
        said = None if silent else self.heard.of(requirement.number, supplier, veiled=veiled)
        if kind in _UNCONFIRMED:
            return _Known((), said, claimed)
        under = None if passing else veiled
        return _Known(waivers_for(self.network, requirement, supplier, self.day, veiled=under), said, claimed)

    def _ruling(
        self,
        requirement: Requirement,
        owed: Obligation,
        pillar: str,
        kind: RowKind,
        known: _Known,
        stood: Stood | None,
        *,
        passing: bool,
    ) -> Ruling:
        due = owed.due_for(pillar)
        asked = terms(owed.level, due, known.waivers)
        if kind is RowKind.PRIVATE:
            return Ruling(requirement, kind, pillar, None, "private", None, None, asked)
        status, said = _status(self.day, owed, pillar, known, stood), known.said
        judged = answered(status, said.answered_on) if said and said.waits else status
        told = () if passing else known.waivers
        return Ruling(requirement, kind, pillar, due, str(status.code), judged, stood, asked, told, said, passing)


def _status(day: date, owed: Obligation, pillar: str, known: _Known, stood: Stood | None) -> Status:
    due = owed.due_for(pillar)
    level = stood.standing.level if stood else None
    return judge(
        owed.level,
        due,
        owed.announced,
        stood.standing if stood else Standing(pillar, None),
        day,
        awaiting=stood is None,
        waived=stood is not None and excused(owed.level, due, level, known.waivers, day),
        claimed=known.claimed,
        # A level follows from the supplier's own evidence, but since when there is none, from who asked first.
        since=stood.since if stood and level is not None else None,
    )


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


def lasts(work: Work) -> bool:
    """Whether what is told stays so for a revision of the network and of the levels.

    Not of another day by all that is known now: what is recorded next may alter it, and no level of today.
    """
    return work.moment.known is not None or work.moment.on == work.today


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
