"""Keys drawn from the one secret: sealed values, pseudonyms, opaque tokens."""

import base64
import binascii
import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

_NONCE = 16
"""Random bytes at the head of a sealed value: equal values are sealed differently."""


class Unreadable(Exception):
    """A sealed value that we did not seal, or with another secret."""


@lru_cache(maxsize=64)
def _key(secret: str, purpose: str) -> bytes:
    return hmac.digest(secret.encode(), purpose.encode(), "sha256")


@lru_cache(maxsize=64)
def _cipher(secret: str, purpose: str) -> AESSIV:
    return AESSIV(_key(secret, purpose))


class Sealer:
    """Authenticated encryption for one purpose (cursors, stored answers, revisions), as base64url.

    AES-SIV (RFC 5297): every answer is sealed for as long as the secret lives, and SIV stays safe should a nonce
    come twice.
    """

    def __init__(self, secret: str, purpose: str) -> None:
        self._cipher = _cipher(secret, purpose)

    def seal(self, data: bytes) -> bytes:
        """Encrypt and authenticate."""
        nonce = os.urandom(_NONCE)
        return base64.urlsafe_b64encode(nonce + self._cipher.encrypt(data, [nonce]))

    def open(self, token: bytes) -> bytes:
        """Decrypt. Raises Unreadable."""
        try:
            sealed = base64.b64decode(token, altchars=b"-_", validate=True)
            return self._cipher.decrypt(sealed[_NONCE:], [sealed[:_NONCE]])
        except (binascii.Error, InvalidTag) as error:
            raise Unreadable from error


def fingerprint(secret: str, purpose: str, *parts: object) -> str:
    """HMAC-SHA256 of parts under a purpose, as 26 base32 characters (130 bits)."""
    message = "\x1f".join(str(part) for part in parts).encode()
    digest = hmac.digest(_key(secret, purpose), message, hashlib.sha256)
    return base64.b32encode(digest[:20])[:26].decode().lower()


def derived(secret: str, purpose: str) -> bytes:
    """32 bytes for one purpose, for whoever needs a key of its own."""
    return _key(secret, purpose)
