"""What a waiver may say, and what became of it."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from graph.network import Waiver
from supplychain.errors import Fault


class WaiverState(StrEnum):
    """What became of a waiver."""

    IN_FORCE = "in_force"
    ENDED = "ended"
    REVOKED = "revoked"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class Said:
    """What an issuer says. until: the last day. due, level: what is asked meanwhile; None leaves it as it is."""

    until: date
    due: date | None = None
    level: int | None = None
    reason: str = ""
    note: str = ""


def settled(said: Said) -> Said:
    """What is meant: with neither a day nor a level the supplier gets until the waiver ends."""
    if said.due is not None or said.level is not None:
        return said
    return Said(said.until, said.until, None, said.reason, said.note)


def faults(said: Said, owed_level: int, today: date) -> Iterator[Fault]:
    """What keeps a waiver from being granted today to a supplier that owes a level.

    Whether its day is later than the one owed is not asked: of a pseudonym the issuer may not learn that day. Where
    it is not, it changes nothing.
    """
    for name, day in (("until", said.until), ("due", said.due)):
        if day is not None and day < today:
            yield Fault(f"/{name}", "before-today", {"today": today.isoformat()})
    if said.due is not None and said.due > said.until:
        yield Fault("/due", "after-until", {"until": said.until.isoformat()})
    if said.level is not None and said.level >= owed_level:
        yield Fault("/level", "level-not-lower", {"owed": owed_level})
    if said.reason == "other" and not said.note:
        yield Fault("/note", "reason-needs-words")


def state_of(waiver: Waiver, in_force: Collection[Waiver], today: date) -> WaiverState:
    """What became of a waiver. in_force: those of its supplier that hold today."""
    if waiver.revoked_on is not None:
        return WaiverState.REVOKED
    if waiver.until < today:
        return WaiverState.ENDED
    return WaiverState.IN_FORCE if waiver in in_force else WaiverState.REPLACED
