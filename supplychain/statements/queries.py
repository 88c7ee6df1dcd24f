"""Whose a statement is: its holder's, and as far as a paper vouches for it, whoever shows the token."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select

from supplychain.dialects import among
from supplychain.errors import NotFound
from supplychain.evidence.models import Evidence
from supplychain.statements.models import Statement
from supplychain.statements.rules import Validity, validity_of
from supplychain.work import Work

Item = dict[str, Any]
_GONE = ("withdrawn", "rejected")


def listed(work: Work, kind: str | None = None) -> Select[Statement]:
    """The caller's own statements, all or those of a kind."""
    query = select(Statement).where(Statement.holder == work.actor.organization)
    return query if kind is None else query.where(Statement.kind == kind)


def own(work: Work, statement_id: str) -> Statement:
    """One of the caller's own. Raises NotFound for another's as for none."""
    row = work.session.scalar(listed(work).where(Statement.id == statement_id))
    if row is None:
        raise NotFound
    return row


def by_token(work: Work, token: str) -> Statement:
    """What a token vouches for; the unit of work is the deriver from here. Raises NotFound."""
    work.derive_from_here()
    row = work.session.scalar(select(Statement).where(Statement.token == token))
    if row is None:
        raise NotFound
    return row


def validities(work: Work, rows: Sequence[Statement]) -> dict[int, Validity]:
    """What papers are still worth, by number, in one statement."""
    named = {number for row in rows for number in row.evidence}
    gone: set[int] = set()
    if named:
        query = select(Evidence.number).where(among(Evidence.number, named), Evidence.state.in_(_GONE))
        with work.deriving():  # what decided may be another's of the group
            gone = set(work.session.scalars(query))
    return {
        row.number: validity_of(withdrawn=row.withdrawn_at is not None, evidence_gone=not gone.isdisjoint(row.evidence))
        for row in rows
    }


def link(work: Work, row: Statement) -> str:
    """Where whoever holds the paper asks whether it is true."""
    return f"{work.runtime.settings.public_url.rstrip('/')}/v1/statements/verify/{row.token}"


def items(work: Work, rows: Sequence[Statement]) -> list[Item]:
    """Statements as their holder sees them."""
    worth = validities(work, rows)
    return [
        {
            "id": row.id,
            "kind": row.kind,
            "subject": row.told["subject"]["id"],
            "name": row.told["subject"]["name"],
            "on": row.looked_at,
            "known": row.known,
            "issued_at": row.issued_at,
            "sha256": row.sha256,
            "bytes": row.size,
            "proof": row.proof,
            "verify": link(work, row),
            "validity": str(worth[row.number]),
            "withdrawn_at": row.withdrawn_at,
            "withdrawal": row.withdrawal,
        }
        for row in rows
    ]
