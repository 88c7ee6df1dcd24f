"""An obligation as its reader sees it: whose it is, and what is said of it as of all that stand alike."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from graph.cascade import Obligation
from graph.network import Requirement, Waiver
from graph.sight import RowKind
from graph.waivers import Terms
from supplychain.answers.rules import Said
from supplychain.conformity.levels import Stood
from supplychain.conformity.rules import Status, StatusCode, gap


@dataclass(frozen=True, slots=True)
class Ruling:
    """What is said of an obligation in one pillar; all that stand alike share one.

    passing: it is somebody else's demand that reaches the supplier through the reader.
    stood: None where conformity is closed to the reader.
    waivers: those in force that the reader may know to be about this row. terms: what they leave of the demand.
    said: what the supplier last answered to the reader's own demand, None is silence.
    """

    requirement: Requirement
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


class Judged(NamedTuple):
    """One obligation in one pillar. supplier: its displayed id."""

    owed: Obligation
    supplier: str
    ruling: Ruling

    @property
    def requirement(self) -> Requirement:
        return self.ruling.requirement

    @property
    def kind(self) -> RowKind:
        return self.ruling.kind

    @property
    def pillar(self) -> str:
        return self.ruling.pillar

    @property
    def due(self) -> date | None:
        return self.ruling.due

    @property
    def status(self) -> str:
        return self.ruling.status

    @property
    def judged(self) -> Status | None:
        return self.ruling.judged

    @property
    def stood(self) -> Stood | None:
        return self.ruling.stood

    @property
    def terms(self) -> Terms:
        return self.ruling.terms

    @property
    def waivers(self) -> tuple[Waiver, ...]:
        return self.ruling.waivers

    @property
    def said(self) -> Said | None:
        return self.ruling.said

    @property
    def passing(self) -> bool:
        return self.ruling.passing


def gap_shown(one: Judged) -> int | None:
    """The levels missing; None where the reader may not know."""
    return one.judged.gap if one.judged and one.stood else None


def due_shown(one: Judged) -> date | None:
    """The last day to reach it; None where the reader may not know."""
    return None if one.kind is RowKind.PSEUDONYM else one.due


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
