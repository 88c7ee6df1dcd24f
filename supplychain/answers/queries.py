"""Who hears which answer: the issuer, under the name by which it then saw the supplier, and the supplier itself."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select

from graph.network import Requirement
from graph.sight import RowKind
from supplychain.answers import rules
from supplychain.answers.models import Answer, Reply
from supplychain.answers.rules import AnswerKind, Heard, Said
from supplychain.dialects import among
from supplychain.errors import NotFound
from supplychain.network import engine
from supplychain.network.visibility import display_id, visible_to
from supplychain.requirements.naming import own_reference
from supplychain.waivers.models import Waiver
from supplychain.work import Work

Item = dict[str, Any]
NAMED = frozenset({RowKind.IDENTITY, RowKind.AWAITING})
"""Rows in which an issuer reads the supplier's own name and hears what it says: not those of its private knowledge."""
_SAID = ("id", "kind", "reason", "text", "answered_on", "answered_at")


def heard_by(work: Work, issuer: int) -> Heard:
    """The answers that count, as the caller hears them as an issuer; read anew only when something was said."""
    version, until = _version(work, issuer), _until(work)

    def read() -> Heard:
        return rules.heard(_said(work, select(Answer).where(Answer.issuer == issuer)), version)

    if work.writes:  # what is not committed may never be, and must not be remembered
        return read()
    return engine.network(work).memory.recall(("answers", issuer, version, until), read)


def said_by(work: Work, supplier: int) -> Mapping[int, Said]:
    """What a supplier last said, by requirement. Whether the caller may know is the caller's to have asked."""
    with _family(work, supplier):
        return rules.last_words(_said(work, select(Answer).where(Answer.supplier == supplier)))


def own(work: Work, answer_id: str) -> Answer:
    """An answer to one of the caller's requirements that it hears. Raises NotFound."""
    row = work.session.scalar(_to_me(work).where(Answer.id == answer_id))
    if row is None or shown_as(work, row) is None:
        raise NotFound
    return row


def to_me(work: Work, query: Mapping[str, Any]) -> list[Item]:
    """The answers to the caller's requirements, in the order in which they were given."""
    return _fitting(represent(work, work.session.scalars(_to_me(work)).all()), query)


def represent(work: Work, rows: Sequence[Answer]) -> list[Item]:
    """Answers as the issuer hears them, but for those of suppliers that it does not see by that name (any more)."""
    counting = {one.number for one in heard_by(work, work.actor.organization).by_name.values()}
    told = _told(work, rows, counting)
    shown = ((row, shown_as(work, row)) for row in rows)
    return [
        {**told[row.number], "requirement": requirement_of(work, row).id, "supplier": supplier}
        for row, supplier in shown
        if supplier is not None
    ]


def mine(work: Work, supplier: int, query: Mapping[str, Any]) -> list[Item]:
    """The answers that were given for a supplier, with what was answered back."""
    with _family(work, supplier):
        rows = work.session.scalars(select(Answer).where(Answer.supplier == supplier).order_by(Answer.number)).all()
        counting = {one.number for one in rules.last_words(_said_in(work, rows)).values()}
        told = _told(work, rows, counting)
    network = engine.network(work)
    items = []
    for row in rows:
        reference, _ = own_reference(work, network, requirement_of(work, row), supplier, work.today)
        items.append({**told[row.number], "requirement": reference})
    return _fitting(items, query)


def position(item: Mapping[str, Any]) -> list[Any]:
    """Where an answer stands in a list."""
    return [item["answered_at"].isoformat(), item["id"]]


def shown_as(work: Work, row: Answer) -> str | None:
    """The name under which it was heard, as long as its issuer sees that: another would tell that both are one."""
    if row.veiled is None:
        return None
    shown = display_id(work, row.issuer, row.supplier, RowKind.PSEUDONYM if row.veiled else RowKind.IDENTITY)
    seen = visible_to(work, row.issuer, work.today).get(shown)
    kinds = {RowKind.PSEUDONYM} if row.veiled else NAMED
    return shown if seen is not None and seen.kind in kinds else None


def requirement_of(work: Work, row: Answer) -> Requirement:
    """The requirement that an answer is about."""
    found = engine.network(work).requirement(row.requirement)
    assert found is not None  # only a published one is owed
    return found


def _family(work: Work, supplier: int) -> AbstractContextManager[None]:
    """What was said for a plant its owner may know, though the rows are the plant's."""
    return nullcontext() if supplier == work.actor.organization else work.deriving()


def _to_me(work: Work) -> Select[Answer]:
    return select(Answer).where(Answer.issuer == work.actor.organization).order_by(Answer.number)


def _until(work: Work) -> date:
    """The last day on which what was said counts at the moment that is asked about."""
    return min(work.moment.on, work.moment.known_on)


def _version(work: Work, issuer: int) -> tuple[int, int]:
    last = select(func.max(Answer.number)).where(Answer.issuer == issuer).scalar_subquery()
    back = select(func.max(Reply.number)).where(Reply.issuer == issuer).scalar_subquery()
    said, replied = work.session.execute(select(last, back)).one()
    return said or 0, replied or 0


def _said(work: Work, query: Select[Answer]) -> list[Said]:
    told = query.where(Answer.answered_on <= _until(work)).order_by(Answer.number)
    return _said_in(work, work.session.scalars(told).all())


def _said_in(work: Work, rows: Sequence[Answer]) -> list[Said]:
    numbers = [row.number for row in rows]
    back = select(Reply.answer).where(among(Reply.answer, numbers), Reply.replied_on <= _until(work))
    replied = set(work.session.scalars(back))
    return [_fact(row, replied=row.number in replied) for row in rows]


def _fact(row: Answer, *, replied: bool) -> Said:
    kind = AnswerKind(row.kind)
    return Said(row.number, row.id, row.requirement, row.supplier, row.veiled, kind, row.answered_on, replied)


def _told(work: Work, rows: Sequence[Answer], counting: set[int]) -> Mapping[int, Item]:
    replies = _replies(work, [row.number for row in rows])
    return {
        row.number: {
            **{name: getattr(row, name) for name in _SAID},
            "state": str(rules.state_of(_fact(row, replied=bool(replies[row.number])), counting)),
            "replies": replies[row.number],
        }
        for row in rows
    }


def _replies(work: Work, answers: Iterable[int]) -> Mapping[int, list[Item]]:
    query = (
        select(Reply, Waiver.id)
        .outerjoin(Waiver, Waiver.number == Reply.waiver)
        .where(among(Reply.answer, list(answers)))
        .order_by(Reply.number)
    )
    found: dict[int, list[Item]] = defaultdict(list)
    for row, waiver in work.session.execute(query):
        told = {"kind": row.kind, "text": row.text, "waiver": waiver, "replied_on": row.replied_on}
        found[row.answer].append(told)
    return found


def _fitting(items: Iterable[Item], query: Mapping[str, Any]) -> list[Item]:
    wanted = {name: query[name] for name in ("kind", "requirement", "supplier") if query.get(name) is not None}
    is_open = query.get("open")
    return [
        item
        for item in items
        if all(item[name] == value for name, value in wanted.items())
        and is_open in (None, item["state"] == rules.AnswerState.OPEN)
    ]
