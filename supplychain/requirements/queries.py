"""Which requirements a reader may ask for: its own, and nobody else's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, Select, or_, select

from supplychain.dialects import among
from supplychain.errors import NotFound
from supplychain.requirements.models import Requirement
from supplychain.work import Work


@dataclass(frozen=True, slots=True)
class Relatives:
    """Public ids by number: of what amended what."""

    predecessors: Mapping[int, str] = field(default_factory=dict)
    successors: Mapping[int, str] = field(default_factory=dict)


def own(work: Work, requirement_id: str) -> Requirement:
    """The caller's own requirement. Raises NotFound for another's as for none."""
    row = work.session.scalar(_of(work).where(Requirement.id == requirement_id))
    if row is None:
        raise NotFound
    return row


def listed(work: Work, state: str | None = None) -> Select[Requirement]:
    """The caller's own requirements, all or those in one state."""
    today = work.today
    query = _of(work)
    if state == "draft":
        return query.where(Requirement.state == "draft")
    if state is None:
        return query
    return query.where(Requirement.state == "published", _ended(today) if state == "ended" else ~_ended(today))


def relatives(work: Work, rows: Sequence[Requirement]) -> Relatives:
    """What amends, and what is amended by, some of the caller's own requirements, in one statement."""
    numbers = [row.number for row in rows]
    above = [row.predecessor for row in rows if row.predecessor is not None]
    near = or_(among(Requirement.number, above), among(Requirement.predecessor, numbers))
    found = work.session.execute(select(Requirement.number, Requirement.id, Requirement.predecessor).where(near)).all()
    return Relatives(
        {number: public for number, public, _ in found},
        {predecessor: public for _, public, predecessor in found if predecessor is not None},
    )


def _of(work: Work) -> Select[Requirement]:
    return select(Requirement).where(Requirement.issuer == work.actor.organization)


def _ended(today: date) -> ColumnElement[bool]:
    return Requirement.effective_to.is_not(None) & (Requirement.effective_to < today)
