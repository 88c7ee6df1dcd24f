"""The form of an API key: ``sck_<prefix>_<secret><checksum>``.

The prefix finds the row, the checksum refuses typing errors without a look-up, and the secret
has 192 random bits, so a plain SHA-256 is what is stored (a slow hash protects weak passwords,
which these are not).
"""

import hashlib
import hmac
import re
import secrets
import zlib
from dataclasses import dataclass

_FORM = re.compile(r"sck_([0-9a-f]{12})_([0-9a-f]{48})([0-9a-f]{8})")


@dataclass(frozen=True, slots=True)
class Minted:
    """A new key: the text shown once, the prefix and the hash that stay."""

    text: str
    prefix: str
    secret_hash: str


def mint() -> Minted:
    """Draw a new key."""
    prefix, secret = secrets.token_hex(6), secrets.token_hex(24)
    head = f"sck_{prefix}_{secret}"
    return Minted(head + _checksum(head), prefix, _digest(secret))


def parse(text: str) -> tuple[str, str] | None:
    """Prefix and hash of a key's text; None when it is no key of ours."""
    match = _FORM.fullmatch(text)
    if match is None or _checksum(text[:-8]) != match[3]:
        return None
    return match[1], _digest(match[2])


def same(stored: str, given: str) -> bool:
    """Compare hashes in constant time."""
    return hmac.compare_digest(stored, given)


def token() -> tuple[str, str]:
    """A new single-use token and the hash that stays."""
    text = secrets.token_urlsafe(32)
    return text, token_hash(text)


def token_hash(text: str) -> str:
    """The stored form of a token."""
    return _digest(text)


def _checksum(head: str) -> str:
    return f"{zlib.crc32(head.encode()):08x}"


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
