"""The status of an obligation, and whose move it is (domain rules: Requirement … Status)."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from supplychain.conformity.rules.results import Standing

_DAY = timedelta(days=1)


class StatusCode(StrEnum):
    """In the order in which they are tried; the first that fits is the status."""

    AWAITING_CONFIRMATION = "awaiting_confirmation"
    ANNOUNCED = "announced"
    MET = "met"
    WAIVED = "waived"
    OVERDUE = "overdue"
    EXPIRED = "expired"
    NOT_ASSESSED = "not_assessed"
    GAP = "gap"


class Move(StrEnum):
    """Who has to do something next."""

    SUPPLIER = "supplier"
    REVIEWER = "reviewer"
    BRAND = "brand"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Status:
    """The status of an obligation, whose move it is, and since when (None = the caller knows no day).

    gap: levels still missing, 0 if none; it is told beside every status, waived included.
    """

    code: StatusCode
    move: Move
    since: date | None
    gap: int


def gap(obligation_level: int, level: int | None) -> int:
    """Obligation level minus achieved level, when positive; not assessed counts as 0."""
    return max(0, obligation_level - (level or 0))


def judge(
    obligation_level: int,
    due: date,
    announced: bool,  # noqa: FBT001 - a fact of the obligation beside its level and due date
    standing: Standing,
    today: date,
    *,
    awaiting: bool = False,
    waived: bool = False,
    claimed: bool = True,
    since: date | None = None,
) -> Status:
    """The status of an obligation on `today`.

    announced: its requirement is published but not yet effective. awaiting: the reader is a brand that reaches
    the supplier only by its own claimed link; its view ends there. waived: a waiver is in force today.
    claimed: somebody of the supplier can act; if not, it is for the brand to invite it.
    since: the day from which the standing is what it is.
    """
    if awaiting:
        # the reader may not know the standing, so the gap is not told either
        return Status(StatusCode.AWAITING_CONFIRMATION, Move.SUPPLIER if claimed else Move.BRAND, None, 0)
    missing = gap(obligation_level, standing.level)
    code = _code(obligation_level, missing, due, standing, today, announced=announced, waived=waived)
    if code in _SETTLED:
        return Status(code, Move.NOBODY, since if code is StatusCode.MET else None, missing)
    if (standing.provisional_level or 0) >= obligation_level:
        move = Move.REVIEWER
    else:
        move = Move.SUPPLIER if claimed else Move.BRAND
    if code is StatusCode.OVERDUE:
        since = max(due + _DAY, since or due)
    return Status(code, move, since, missing)


def answered(status: Status, since: date) -> Status:
    """The status while a question, a dispute or a refusal of the supplier waits: the brand answers next."""
    return replace(status, move=Move.BRAND, since=since)


_SETTLED = frozenset((StatusCode.ANNOUNCED, StatusCode.MET, StatusCode.WAIVED))


def _code(
    level: int, missing: int, due: date, standing: Standing, today: date, *, announced: bool, waived: bool
) -> StatusCode:
    tried = (
        (announced, StatusCode.ANNOUNCED),
        (not missing, StatusCode.MET),
        (waived, StatusCode.WAIVED),
        (today > due, StatusCode.OVERDUE),
        ((standing.lapsed_level or 0) >= level, StatusCode.EXPIRED),
        (standing.level is None, StatusCode.NOT_ASSESSED),
    )
    return next((code for fits, code in tried if fits), StatusCode.GAP)
