"""What whoever holds a paper is told: what it must say, what it is still worth, and where it is sealed."""

from typing import Any

from supplychain.statements import queries
from supplychain.statements.models import Statement
from supplychain.statements.operations import ISSUED
from supplychain.statements.rules import Validity
from supplychain.trail import queries as trail
from supplychain.trail.representation import of_proof
from supplychain.work import Work

Item = dict[str, Any]


def verification(work: Work, token: str) -> Item:
    """What a token vouches for. Raises NotFound.

    Nothing that the paper does not say itself, but whether it was taken back, and whether evidence that it names was.
    What was taken back tells no figures any more.
    """
    row = queries.by_token(work, token)
    worth = queries.validities(work, [row])[row.number]
    return {
        "id": row.id,
        "kind": row.kind,
        "validity": str(worth),
        "withdrawn_at": row.withdrawn_at,
        "issuer": row.told["issuer"],
        "subject": row.told["subject"],
        "on": row.looked_at,
        "known": row.known,
        "issued_at": row.issued_at,
        "sha256": row.sha256,
        "figures": None if worth is Validity.WITHDRAWN else _figures(row),
        "trail": _trail(work, row),
    }


def _figures(row: Statement) -> Item:
    return {name: value for name, value in row.told.items() if name not in {"issuer", "subject"}}


def _trail(work: Work, row: Statement) -> Item:
    """Where it is sealed. The proof tells how long the issuer's log then was, so it is the issuer's to show."""
    entry = trail.about(work.session, row.id, ISSUED)
    sealed = entry is not None and entry.own_leaf is not None
    told: Item = {"entry": entry.id if entry else None, "sealed": "yes" if sealed else "not_yet", "proof": None}
    if entry is not None and entry.organization and entry.own_leaf is not None and row.proof:
        head, path = trail.first_inclusion(work.session, entry.organization, entry.own_leaf)
        proof = of_proof(entry, entry.own_leaf, head, path)
        told["proof"] = {**proof, "salt": entry.salt, "data": entry.data if entry.salt else None}
    return told
