"""Verbs of statements: have one issued, take one back."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import select

from supplychain import __version__
from supplychain.conformity.rules import RULES_VERSION
from supplychain.db import opaque
from supplychain.errors import Conflict
from supplychain.moments import moment
from supplychain.network import engine, own
from supplychain.network.models import Identifier
from supplychain.statements import chain, conformity, queries
from supplychain.statements.canonical import canonical, digest
from supplychain.statements.models import Statement
from supplychain.statements.rules import StatementKind
from supplychain.work import Work

FORMAT = "supplychain-statement/1"
ISSUED, WITHDRAWN = "statement.issued", "statement.withdrawn"
Asked = Mapping[str, Any]


def state_conformity(work: Work, query: Asked, asked: Asked) -> Statement:
    """State the conformity of the caller, or of a plant of its own, on a day. Raises NotFound, Invalid."""
    with _reading(work, query) as look:
        organization = own.member(look, query.get("organization"), look.today)
        body, evidence = conformity.content(look, organization, asked["framework"], obligations=asked["obligations"])
        row = _drawn(look, StatementKind.CONFORMITY, organization, body, conformity.figures(body))
    row.evidence = evidence
    return _issued(work, row, proof=asked["proof"])


def state_chain(work: Work, query: Asked, asked: Asked) -> Statement:
    """State where the caller's chain stands on a day. Raises Invalid."""
    with _reading(work, query) as look:
        body = chain.content(look, asked["requirement"], rows=asked["rows"])
        row = _drawn(look, StatementKind.CHAIN, work.actor.organization, body, chain.figures(body))
    return _issued(work, row, proof=asked["proof"])


def withdraw(work: Work, statement_id: str, reason: str) -> Statement:
    """Take a statement back: whoever holds its paper is told so, and not why. Raises NotFound, Conflict."""
    row = queries.own(work, statement_id)
    if row.withdrawn_at is not None:
        raise Conflict("statement-withdrawn")
    row.withdrawn_at, row.withdrawal = work.now, reason
    work.session.flush()
    work.record(WITHDRAWN, row.id, row.holder)
    return row


@contextmanager
def _reading(work: Work, query: Asked) -> Iterator[Work]:
    """A snapshot to write from: a chain takes seconds, and nobody's write is to wait for it."""
    look = Work(work.runtime, work.actor, writes=False, request_id=work.request_id)
    look.now = work.now
    look.moment = moment(look.today, query.get("on"), query.get("known"))
    try:
        yield look
    finally:
        look.close()


def _drawn(look: Work, kind: StatementKind, organization: int, body: Asked, figures: Asked) -> Statement:
    """A statement as it will be kept."""
    public, me = opaque("stm"), look.actor.organization
    on, known = look.moment.on, look.moment.known_on
    parties = {"issuer": _party(look, me), "subject": _party(look, organization)}
    head = {
        "format": FORMAT,
        "id": public,
        "kind": str(kind),
        "on": on.isoformat(),
        "known": known.isoformat(),
        "issued_on": look.today.isoformat(),
        "issued_at": look.now.isoformat(),
        "time_zone": look.runtime.settings.time_zone,
        "rules_version": RULES_VERSION,
        "software_version": __version__,
    }
    content = canonical({**head, **parties, **body})
    network, level = engine.present(look).heads
    return Statement(
        id=public,
        holder=me,
        organization=organization,
        person=look.actor.person,
        kind=str(kind),
        looked_at=on,
        known=known,
        content=content,
        size=len(content),
        sha256=digest(content),
        told={**parties, **figures},
        evidence=[],
        token=opaque("stv"),
        network_revision=network,
        level_revision=level,
        issued_at=look.now,
    )


def _issued(work: Work, row: Statement, *, proof: bool) -> Statement:
    row.proof = proof
    work.session.add(row)
    work.session.flush()
    # Without the heads: whoever is shown the proof is shown these details, and a counter tells everybody's activity.
    work.record(
        ISSUED,
        row.id,
        row.holder,
        rules_version=RULES_VERSION,
        sha256=row.sha256,
        kind=row.kind,
        on=row.looked_at.isoformat(),
        known=row.known.isoformat(),
    )
    return row


def _party(look: Work, number: int) -> dict[str, Any]:
    """An organization as the directory names it today."""
    found = engine.present(look).network.organization(number)
    assert found is not None  # it acts, or is a plant of who acts
    query = select(Identifier.scheme, Identifier.value).where(Identifier.organization == number)
    registered = sorted((row.scheme, row.value) for row in look.session.execute(query))
    return {
        **{name: getattr(found, name) for name in ("id", "name", "name_zh", "country")},
        "identifiers": [{"scheme": scheme, "value": value} for scheme, value in registered],
    }
