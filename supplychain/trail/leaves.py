"""What is sealed of an entry, to the byte."""

import hashlib
from datetime import UTC
from typing import Any

import orjson

from supplychain.audit import AuditEntry


def sealed_bytes(entry: AuditEntry) -> bytes:
    """The bytes of an entry's leaf: JSON with sorted keys and no spaces.

    They tell a reader nothing beyond what the entry shows: the numbers of who did it for whom are in ``who`` by a
    hash with the entry's blind, the details in ``data`` by one with its salt.
    """
    return orjson.dumps(
        {
            "id": entry.id,
            "at": entry.at.astimezone(UTC).isoformat(),
            "action": entry.action,
            "subject": entry.subject,
            "who": _who(entry),
            "data": entry.commitment,
        },
        option=orjson.OPT_SORT_KEYS,
    )


def _who(entry: AuditEntry) -> str:
    told: list[Any] = [
        entry.number,
        entry.organization,
        entry.actor_organization,
        entry.actor_person,
        entry.request_id,
        entry.rules_version,
    ]
    return hashlib.sha256(bytes.fromhex(entry.blind) + orjson.dumps(told)).hexdigest()
