"""What keeps a level from holding: read from the stored row, computed from the facts where it is no longer good."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import bindparam, select

from supplychain.conformity.levels import appraise
from supplychain.conformity.models import Conformity
from supplychain.conformity.rules import Assessment, Unmet, UnmetOf, unmet_for
from supplychain.conformity.stored import unmet_in
from supplychain.work import Work

Stored = tuple[Mapping[str, Any] | None, date | None]
"""An organization's stored assessments, None if it was never derived, and the last day they are good."""

_DERIVED = Conformity.__table__.c
_STORED = select(_DERIVED.organization, _DERIVED.assessments, _DERIVED.good_through).where(
    _DERIVED.organization.in_(bindparam("numbers", expanding=True))
)


def lacking(work: Work, organizations: Iterable[int], day: date) -> Mapping[int, UnmetOf]:
    """What keeps levels from holding on a day, by organization; who may be told is the caller's to decide."""
    if not work.moment.is_present:
        then = appraise(work, organizations, day)
        return {number: computed(one.assessments) for number, one in then.items()}
    stored: dict[int, Stored] = dict.fromkeys(organizations, (None, None))
    if stored:
        rows = work.connection.execute(_STORED, {"numbers": list(stored)})
        stored.update({number: (assessments, through) for number, assessments, through in rows})
    return lacking_in(work, stored)


def lacking_in(work: Work, stored: Mapping[int, Stored]) -> Mapping[int, UnmetOf]:
    """The same where the rows were read already."""
    stale = [number for number, (found, through) in stored.items() if found is None or _over(through, work.today)]
    fresh = appraise(work, stale, work.today) if stale else {}
    return {
        number: computed(fresh[number].assessments) if number in fresh else _read(found or {})
        for number, (found, _) in stored.items()
    }


def computed(assessments: Mapping[str, Assessment]) -> UnmetOf:
    """The look-up in assessments at hand, by framework key."""

    def missing(framework: str, pillar: str, level: int) -> Iterable[Unmet]:
        # Of a framework that this process does not know nothing can be said.
        return unmet_for(assessments[framework], pillar, level) if framework in assessments else ()

    return missing


def _read(assessments: Mapping[str, Any]) -> UnmetOf:
    return lambda framework, pillar, level: unmet_in(assessments.get(framework), pillar, level)


def _over(through: date | None, today: date) -> bool:
    return through is not None and through < today
