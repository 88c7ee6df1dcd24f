"""Entries, checkpoints, proofs and keys as they go over the wire."""

import base64
from collections.abc import Sequence
from typing import Any

from supplychain.audit import AuditEntry
from supplychain.trail.checkpoints import verifier
from supplychain.trail.leaves import sealed_bytes
from supplychain.trail.models import SealKey, TreeHead


def of_entry(row: AuditEntry) -> dict[str, Any]:
    """An entry, as far as its seal shows it."""
    return {
        "id": row.id,
        "at": row.at,
        "action": row.action,
        "subject": row.subject,
        "sealed": "not_yet" if row.own_leaf is None else "yes",
    }


def of_head(row: TreeHead) -> dict[str, Any]:
    """A checkpoint."""
    return {"id": row.id, "size": row.size, "signed_at": row.signed_at, "note": row.note}


def of_proof(row: AuditEntry, leaf: int | None, head: TreeHead, path: Sequence[bytes]) -> dict[str, Any]:
    """That an entry is a leaf of a log."""
    return {
        "entry": row.id,
        "leaf": sealed_bytes(row).decode(),
        "leaf_index": leaf,
        "hashes": [one.hex() for one in path],
        "checkpoint": head.note,
    }


def of_consistency(first: TreeHead, second: TreeHead, path: Sequence[bytes]) -> dict[str, Any]:
    """That a log grew from one checkpoint to another."""
    return {"first": first.note, "second": second.note, "hashes": [one.hex() for one in path]}


def of_key(row: SealKey) -> dict[str, Any]:
    """A public key."""
    return {
        "id": row.id,
        "verifier": verifier(base64.b64decode(row.public)),
        "since": row.since,
        "predecessor": row.predecessor,
    }
