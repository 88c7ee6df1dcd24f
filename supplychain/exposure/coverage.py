"""How far it is known where a supplier stands, in one word that nothing hides: not even that it is late."""

from collections.abc import Iterable
from typing import Final

from graph.sight import RowKind
from supplychain.answers.rules import AnswerKind
from supplychain.conformity.judged import Judged

COVERAGE: Final = ("met", "waived", "declined", "closed", "expired", "not_assessed", "short")
"""In the order in which they are tried; the first that fits. `closed`: conformity is not open to the reader."""
_WORST: Final = ("closed", "declined", "not_assessed", "expired", "short", "waived", "met")


def worst(words: Iterable[str]) -> str:
    """Of several pillars the one of which least is known, else where most is missing."""
    return min(words, key=_WORST.index)


def coverage(row: Judged) -> str:
    """How far it is known where the supplier stands; that it is late does not hide why."""
    fits = {
        "met": row.stood is not None and row.judged is not None and not row.judged.gap,
        "waived": row.status == "waived",
        "declined": row.said is not None and row.said.kind is AnswerKind.DECLINE,
        "closed": row.stood is None,
        "expired": row.status == "expired" or _lapsed(row),
        "not_assessed": row.stood is not None and row.stood.standing.level is None,
    }
    return next((word for word, so in fits.items() if so), "short")


def _lapsed(row: Judged) -> bool:
    """Whether evidence that lapsed would meet it; of a pseudonym its status alone is told."""
    if row.kind is not RowKind.IDENTITY or row.stood is None:
        return False
    return (row.stood.standing.lapsed_level or 0) >= row.owed.level
