"""The bytes of a statement, and their hash: what is stored, handed out and sealed is the same to the byte."""

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson


def canonical(content: Mapping[str, Any]) -> bytes:
    """JSON in UTF-8 with sorted keys and no spaces, as leaves of the audit trail are written."""
    return orjson.dumps(content, option=orjson.OPT_SORT_KEYS)


def read(content: bytes) -> dict[str, Any]:
    """What canonical bytes say."""
    return dict(orjson.loads(content))


def digest(content: bytes) -> str:
    """SHA-256 as hexadecimal."""
    return hashlib.sha256(content).hexdigest()
