"""Keys drawn from the one secret: sealed values, pseudonyms, opaque tokens."""

import base64
import hashlib
import hmac
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken


class Unreadable(Exception):
    """A sealed value that we did not seal, or with another secret."""


@lru_cache(maxsize=64)
def _key(secret: str, purpose: str) -> bytes:
    return hmac.digest(secret.encode(), purpose.encode(), "sha256")


@lru_cache(maxsize=64)
def _fernet(secret: str, purpose: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(_key(secret, purpose)))


class Sealer:
    """Authenticated encryption for one purpose (cursors, stored answers)."""

    def __init__(self, secret: str, purpose: str) -> None:
        self._fernet = _fernet(secret, purpose)

    def seal(self, data: bytes) -> bytes:
        """Encrypt and authenticate."""
        return self._fernet.encrypt(data)

    def open(self, token: bytes) -> bytes:
        """Decrypt. Raises Unreadable."""
        try:
            return self._fernet.decrypt(token)
        except InvalidToken as error:
            raise Unreadable from error


def fingerprint(secret: str, purpose: str, *parts: object) -> str:
    """HMAC-SHA256 of parts under a purpose, as 26 base32 characters (130 bits)."""
    message = "\x1f".join(str(part) for part in parts).encode()
    digest = hmac.digest(_key(secret, purpose), message, hashlib.sha256)
    return base64.b32encode(digest)[:26].decode().lower()
