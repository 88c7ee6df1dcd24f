"""Verbs of answers: a supplier answers what is asked of it, and the issuer answers back."""

from collections.abc import Iterable, Mapping
from typing import Any

from graph.cascade import obligations_of
from graph.network import Requirement
from graph.sight import RowKind, view
from supplychain.answers import queries, rules
from supplychain.answers.models import Answer, Reply
from supplychain.answers.reasons import reasons
from supplychain.answers.rules import WANTING_REPLY, AnswerKind, AnswerState, ReplyKind
from supplychain.errors import Conflict, Fault, Invalid, NotFound
from supplychain.network import engine
from supplychain.requirements.naming import issuer_shown, requirement_ref
from supplychain.waivers import operations as waivers
from supplychain.work import Work


def answer(work: Work, supplier: int, reference: str, values: Mapping[str, Any]) -> Answer:
    """Say something to what is asked of a supplier: the caller, or a plant of its own.

    reference: the supplier's own name of the requirement. values: ``kind``, ``reason``, ``text``. What is said last
    counts. Raises NotFound, Invalid.
    """
    requirement = _owed_as(work, supplier, reference)
    kind = AnswerKind(values["kind"])
    _refuse(rules.faults_of_answer(kind, values["reason"], values["text"], reasons(work.today)))
    row = Answer(
        issuer=requirement.issuer,
        requirement=requirement.number,
        supplier=supplier,
        holder=work.actor.organization,
        person=work.actor.person,
        veiled=_heard_veiled(work, requirement, supplier),
        kind=str(kind),
        reason=values["reason"],
        text=values["text"],
        answered_on=work.today,
        answered_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    # In the supplier's log alone: an entry names who acted, which the issuer may not know.
    work.record("obligation.answered", row.id, row.holder, kind=row.kind, reason=row.reason)
    work.emit("obligation.answered", row.id, row.supplier, said=row.kind)
    return row


def reply(work: Work, answer_id: str, values: Mapping[str, Any]) -> Answer:
    """Answer back, as the issuer; ``waive`` grants a waiver. Raises NotFound, Conflict, Invalid."""
    row = queries.own(work, answer_id)
    (item,) = queries.represent(work, [row])
    if item["state"] == AnswerState.REPLACED:
        raise Conflict("answer-replaced")
    if AnswerKind(row.kind) not in WANTING_REPLY:
        raise Conflict("answer-wants-no-reply")
    kind, leave = ReplyKind(values["kind"]), values["waiver"]
    _refuse(rules.faults_of_reply(kind, values["text"], leave=leave is not None))
    said = Reply(
        answer=row.number,
        issuer=row.issuer,
        supplier=row.supplier,
        holder=row.holder,
        person=work.actor.person,
        kind=str(kind),
        text=values["text"],
        waiver=_granted(work, item, leave, values["text"]) if leave else None,
        replied_on=work.today,
        replied_at=work.now,
    )
    work.session.add(said)
    work.session.flush()
    work.record("answer.replied", row.id, row.issuer, kind=said.kind)
    work.emit("answer.replied", row.id, row.supplier, said=said.kind)
    return row


def _owed_as(work: Work, supplier: int, reference: str) -> Requirement:
    """The requirement that a supplier owes and calls by a reference. Raises NotFound."""
    network = engine.network(work)
    for one in obligations_of(network, supplier, work.today):
        requirement = network.requirement(one.requirement)
        assert requirement is not None  # it has an obligation
        shown = issuer_shown(requirement, one)
        if requirement_ref(work, supplier, requirement, issuer_shown=shown) == reference:
            return requirement
    raise NotFound


def _heard_veiled(work: Work, requirement: Requirement, supplier: int) -> bool | None:
    """Whether the issuer sees the supplier by a pseudonym; None where it hears nothing of it.

    By name before by pseudonym: who answers a customer that claims it answers that customer.
    """
    rows = view(engine.network(work), requirement, work.today).rows
    kinds = {row.kind for row in rows if row.organization == supplier}
    if kinds & queries.NAMED:
        return False
    return True if RowKind.PSEUDONYM in kinds else None


def _granted(work: Work, item: Mapping[str, Any], leave: Mapping[str, Any], text: str) -> int:
    whom = {name: item[name] for name in ("requirement", "supplier")}
    try:
        return waivers.grant(work, {**leave, **whom, "note": text}).number
    except Invalid as refused:
        said = ((_POINTERS.get(one.pointer, f"/waiver{one.pointer}"), one) for one in refused.faults)
        faults = [Fault(pointer, one.code, one.params) for pointer, one in said]
        raise Invalid(refused.code, faults=faults) from refused


_POINTERS = {"/note": "/text", "/supplier": "/kind", "/requirement": "/kind"}
"""Where what a waiver would be refused for was said in a reply."""


def _refuse(found: Iterable[Fault]) -> None:
    faults = list(found)
    if faults:
        raise Invalid("invalid-payload", faults=faults)
