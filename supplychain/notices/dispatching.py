"""Events that an organization's people should know of, and the new day, on which reminders are due."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from sqlalchemy import select

from supplychain.answers import queries as answers
from supplychain.answers.models import Answer
from supplychain.answers.rules import WANTING_REPLY, AnswerKind
from supplychain.evidence import queries as evidence
from supplychain.evidence.models import Evidence
from supplychain.evidence.terms import EvidenceState
from supplychain.i18n import both
from supplychain.network import engine
from supplychain.network.independence import may_review
from supplychain.network.models import SupplyLink
from supplychain.notices import reminding
from supplychain.notices.operations import Said, tell
from supplychain.notices.queries import reached_at
from supplychain.notices.rules import Kind
from supplychain.outbox import OutboxEvent
from supplychain.plans import queries as plans
from supplychain.plans.models import Plan
from supplychain.plans.rules import PlanState
from supplychain.waivers.models import Waiver
from supplychain.work import Work

DAY: Final = "day.advanced"
Telling = Callable[[Work, OutboxEvent], Said | Iterable[Said] | None]


def dispatch(work: Work, event: OutboxEvent) -> None:
    """Tell whom an event concerns; a new day is left to a job."""
    if event.type == DAY:
        work.enqueue(reminding.JOB, {"day": event.subject})
    elif (telling := _TELLING.get(event.type)) is not None and (said := telling(work, event)) is not None:
        for one in (said,) if isinstance(said, Said) else said:
            tell(work, one)


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


def _answered(work: Work, event: OutboxEvent) -> Said | None:
    """To the issuer, where it hears the answer and owes a reply to it."""
    row = work.session.scalar(select(Answer).where(Answer.id == event.subject))
    if row is None or AnswerKind(row.kind) not in WANTING_REPLY or answers.shown_as(work, row) is None:
        return None
    return Said(row.issuer, Kind.ANSWER_WAITING, row.id, f"{Kind.ANSWER_WAITING}:{row.id}", _said(row.kind))


def _replied(work: Work, event: OutboxEvent) -> Said | None:
    row = work.session.scalar(select(Answer).where(Answer.id == event.subject))
    if row is None:
        return None
    key = f"{Kind.ANSWER_REPLIED}:{event.id}"
    return Said(row.holder, Kind.ANSWER_REPLIED, row.id, key, _said(event.data["said"]))


def _said(kind: str) -> Mapping[str, Any]:
    words = both(f"history.word.kind.{kind}")
    return {"names": {language: {"said": word} for language, word in words.items()}}


def _waiver(kind: Kind) -> Telling:
    """To the supplier, or to the company of a plant that nobody acts for."""

    def said(work: Work, event: OutboxEvent) -> Said | None:
        row = work.session.scalar(select(Waiver).where(Waiver.id == event.subject))
        if row is None:
            return None
        told = {"until": row.until.isoformat()}
        return Said(reached_at(work, row.supplier), kind, row.id, f"{kind}:{row.id}", told)

    return said


def _reported(work: Work, event: OutboxEvent) -> Iterator[Said]:
    """To whoever may say whether a plan was carried out, once every step is reported and as long as it did not."""
    row = work.session.scalar(select(Plan).where(Plan.id == event.subject))
    if row is None:
        return
    for reader, shown in plans.concerned(work, row):
        if shown.state is PlanState.DONE:
            yield Said(reader, Kind.PLAN_WAITING, row.id, f"{Kind.PLAN_WAITING}:{row.id}:{row.reported_at}")


def _reviewed(kind: Kind) -> Telling:
    def said(work: Work, event: OutboxEvent) -> Said | None:
        row = work.session.scalar(select(Plan).where(Plan.id == event.subject))
        return None if row is None else Said(row.holder, kind, row.id, f"{kind}:{event.id}")

    return said


_TELLING: Mapping[str, Telling] = {
    "obligation.answered": _answered,
    "answer.replied": _replied,
    "waiver.granted": _waiver(Kind.WAIVER_GRANTED),
    "waiver.revoked": _waiver(Kind.WAIVER_REVOKED),
    "plan.reported": _reported,
    "plan.verified": _reviewed(Kind.PLAN_VERIFIED),
    "plan.returned": _reviewed(Kind.PLAN_RETURNED),
    "evidence.submitted": _waiting,
    "evidence.accepted": _of_holder(Kind.EVIDENCE_ACCEPTED),
    "evidence.rejected": _of_holder(Kind.EVIDENCE_REJECTED),
    "finding.opened": _own(Kind.FINDING_OPENED),
    "flag.opened": _flag(Kind.FLAG_OPENED),
    "flag.closed": _flag(Kind.FLAG_CLOSED),
    "link.claimed": _claimed,
}
