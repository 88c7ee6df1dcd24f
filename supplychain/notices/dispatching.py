"""Events that an organization's people should know of, and the new day, on which reminders are due."""

from collections.abc import Callable, Mapping
from typing import Final

from sqlalchemy import select

from supplychain.evidence import queries as evidence
from supplychain.evidence.models import Evidence
from supplychain.evidence.terms import EvidenceState
from supplychain.i18n import both
from supplychain.network import engine
from supplychain.network.independence import may_review
from supplychain.network.models import SupplyLink
from supplychain.notices import reminding
from supplychain.notices.operations import Said, tell
from supplychain.notices.rules import Kind
from supplychain.outbox import OutboxEvent
from supplychain.work import Work

DAY: Final = "day.advanced"
Telling = Callable[[Work, OutboxEvent], Said | None]


def dispatch(work: Work, event: OutboxEvent) -> None:
    """Tell whom an event concerns; a new day is left to a job."""
    if event.type == DAY:
        work.enqueue(reminding.JOB, {"day": event.subject})
    elif (telling := _TELLING.get(event.type)) is not None and (said := telling(work, event)) is not None:
        tell(work, said)


def _own(kind: Kind) -> Telling:
    def said(_work: Work, event: OutboxEvent) -> Said | None:
        if event.organization is None:
            return None
        return Said(event.organization, kind, event.subject, f"{kind}:{event.subject}:{event.id}")

    return said


def _of_holder(kind: Kind) -> Telling:
    """To whoever submitted it: of a plant's evidence the owner that sent it."""

    def said(work: Work, event: OutboxEvent) -> Said | None:
        row = work.session.scalar(select(Evidence).where(Evidence.id == event.subject))
        return None if row is None else Said(row.holder, kind, row.id, f"{kind}:{row.id}")

    return said


def _waiting(work: Work, event: OutboxEvent) -> Said | None:
    row = work.session.scalar(select(Evidence).where(Evidence.id == event.subject))
    if row is None or row.state != EvidenceState.SUBMITTED:
        return None
    reviewer = row.reviewer or evidence.assigned_reviewer(work, row.organization, row.holder)
    network = engine.network(work)
    if reviewer is None or not all(
        may_review(network, reviewer, one, work.today) for one in (row.organization, row.holder)
    ):
        return None
    return Said(reviewer, Kind.EVIDENCE_WAITING, row.id, f"{Kind.EVIDENCE_WAITING}:{row.id}")


def _flag(kind: Kind) -> Telling:
    def said(_work: Work, event: OutboxEvent) -> Said | None:
        if event.organization is None:
            return None
        names = {language: {"flag": name} for language, name in both(f"notice.flag.{event.data['flag']}").items()}
        return Said(event.organization, kind, event.subject, f"{kind}:{event.subject}", {"names": names})

    return said


def _claimed(work: Work, event: OutboxEvent) -> Said | None:
    """To the other end, which may confirm or dispute it."""
    link = work.session.scalar(select(SupplyLink).where(SupplyLink.id == event.subject))
    if link is None or event.data["by"] not in {"buyer", "supplier"}:
        return None
    other = link.supplier if event.data["by"] == "buyer" else link.buyer
    return Said(other, Kind.LINK_CLAIMED, link.id, f"{Kind.LINK_CLAIMED}:{event.id}")


_TELLING: Mapping[str, Telling] = {
    "evidence.submitted": _waiting,
    "evidence.accepted": _of_holder(Kind.EVIDENCE_ACCEPTED),
    "evidence.rejected": _of_holder(Kind.EVIDENCE_REJECTED),
    "finding.opened": _own(Kind.FINDING_OPENED),
    "flag.opened": _flag(Kind.FLAG_OPENED),
    "flag.closed": _flag(Kind.FLAG_CLOSED),
    "link.claimed": _claimed,
}
