"""Verbs of notices: notice something once, say how often to be told, and around which days to remind."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from supplychain.crypto import Sealer, Unreadable
from supplychain.db import opaque
from supplychain.dialects import insert_unless_there
from supplychain.errors import Malformed
from supplychain.notices import queries
from supplychain.notices.models import Notice, NoticePreference, ReminderSchedule
from supplychain.notices.rules import DAYS, Frequency, Kind
from supplychain.requirements import queries as requirements
from supplychain.work import Work


@dataclass(frozen=True, slots=True)
class Said:
    """Something an organization should know; see ``Notice``."""

    organization: int
    kind: Kind
    subject: str
    key: str
    data: Mapping[str, Any] = field(default_factory=dict)


def tell(work: Work, said: Said) -> bool:
    """Write down what was not told before, and say it as an event; whether it was not."""
    public = opaque("ntc")
    fresh = insert_unless_there(
        work.connection,
        Notice,
        {
            "id": public,
            "organization": said.organization,
            "kind": said.kind.value,
            "subject": said.subject,
            "data": dict(said.data),
            "key": said.key,
            "day": work.today,
            "created_at": work.now,
        },
    )
    if fresh:
        work.emit("notice.given", public, said.organization, about=said.kind.value, of=said.subject)
    return fresh


def prefer(work: Work, person: int, organization: int, frequency: Frequency, without: Collection[str]) -> None:
    """Say how often a person wants digests about an organization, and of what not."""
    row = work.session.get(NoticePreference, (person, organization))
    if row is None:
        row = NoticePreference(person=person, organization=organization)
        work.session.add(row)
    row.frequency, row.without, row.changed_at = frequency.value, sorted(without), work.now
    work.session.flush()
    work.record("notices.preferred", str(person), organization, frequency=frequency.value, without=row.without)


def opt_out_token(secret: str, person: int, organization: int) -> str:
    """What a digest carries so that its reader may end them without signing in (RFC 8058)."""
    return _sealer(secret).seal(orjson.dumps([person, organization])).decode()


def opt_out(work: Work, token: str) -> None:
    """End the digests of whoever shows a token; again and again is the same. Raises Malformed."""
    try:
        person, organization = orjson.loads(_sealer(work.runtime.settings.secret).open(token.encode()))
    except Unreadable as error:
        raise Malformed("opt-out-unreadable") from error
    with work.deriving():  # who follows the link is nobody yet
        _, without = queries.preference(work, person, organization)
        prefer(work, person, organization, Frequency.NEVER, without)


def reminders(work: Work, requirement_id: str) -> Sequence[int]:
    """Around which days the suppliers of an own requirement are reminded. Raises NotFound."""
    row = requirements.own(work, requirement_id)
    return queries.days_of(work, [row.number]).get(row.number, DAYS)


def remind(work: Work, requirement_id: str, days: Iterable[int]) -> Sequence[int]:
    """Set the days around the due day on which the suppliers of an own requirement are reminded. Raises NotFound."""
    requirement = requirements.own(work, requirement_id)
    row = work.session.get(ReminderSchedule, requirement.number)
    if row is None:
        row = ReminderSchedule(requirement=requirement.number, issuer=requirement.issuer)
        work.session.add(row)
    row.days, row.changed_at = sorted(set(days)), work.now
    work.session.flush()
    work.record("reminders.set", requirement.id, requirement.issuer, days=row.days)
    return row.days


def _sealer(secret: str) -> Sealer:
    return Sealer(secret, "opt-out")
