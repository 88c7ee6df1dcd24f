"""Checkpoints as text: the signed notes of C2SP ``tlog-checkpoint``, so that tools of transparency logs read them."""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

NAME = "supplychain-audit"
"""The name of our keys in notes, and the beginning of every log's origin."""
_ED25519 = b"\x01"
_FIELDS = 5


class Unsigned(Exception):
    """A text that is no checkpoint, or that no known key signed."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a checkpoint says: the root (bytes) of a log at a size. origin: which log; ordinal: its how manyeth."""

    origin: str
    size: int
    root: bytes
    ordinal: int
    at: datetime

    @property
    def text(self) -> str:
        """The lines that are signed."""
        root = base64.b64encode(self.root).decode()
        return f"{self.origin}\n{self.size}\n{root}\nordinal {self.ordinal}\ntime {self.at.isoformat()}\n"


def origin_of(organization: str | None) -> str:
    """The name of an organization's log, by its public id; None = the whole log."""
    return f"{NAME}/{organization}" if organization else NAME


def raw(key: Ed25519PublicKey) -> bytes:
    """The 32 bytes of a public key."""
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def key_id(public: bytes) -> str:
    """The id of a key: SHA-256 (hex) of its bytes."""
    return hashlib.sha256(public).hexdigest()


def verifier(public: bytes) -> str:
    """A key as verifiers of notes take it: ``name+hash+base64``."""
    return f"{NAME}+{_hint(public).hex()}+{base64.b64encode(_ED25519 + public).decode()}"


def key_of(text: str) -> bytes:
    """The public key that ``verifier`` wrote. Raises ValueError."""
    name, hint, encoded = text.split("+", 2)
    found = base64.b64decode(encoded, validate=True)
    if name != NAME or found[:1] != _ED25519 or _hint(found[1:]).hex() != hint:
        raise ValueError("not a key of an audit trail")
    return found[1:]


def signed(checkpoint: Checkpoint, key: Ed25519PrivateKey) -> str:
    """The note: the text, an empty line, the signature."""
    signature = _hint(raw(key.public_key())) + key.sign(checkpoint.text.encode())
    return f"{checkpoint.text}\n\u2014 {NAME} {base64.b64encode(signature).decode()}\n"


def opened(note: str, keys: Mapping[str, bytes]) -> tuple[Checkpoint, str]:
    """What a note says and the id of the key that signed it. keys: public keys by id. Raises Unsigned."""
    text, separator, signatures = note.partition("\n\n")
    if not separator:
        raise Unsigned("no signature")
    text += "\n"
    for line in signatures.splitlines():
        for known, public in keys.items():
            if _signs(line, text, public):
                return _read(text), known
    raise Unsigned("no known key signed it")


def _signs(line: str, text: str, public: bytes) -> bool:
    try:
        dash, name, encoded = line.split(" ")
        signature = base64.b64decode(encoded, validate=True)
        if (dash, name, signature[:4]) != ("\u2014", NAME, _hint(public)):
            return False
        Ed25519PublicKey.from_public_bytes(public).verify(signature[4:], text.encode())
    except (ValueError, binascii.Error, InvalidSignature):
        return False
    return True


def _read(text: str) -> Checkpoint:
    lines = text.splitlines()
    if len(lines) != _FIELDS:
        raise Unsigned("not a checkpoint of ours")
    origin, size, root, ordinal, time = lines
    moment = datetime.fromisoformat(time.removeprefix("time "))
    return Checkpoint(
        origin, int(size), base64.b64decode(root, validate=True), int(ordinal.removeprefix("ordinal ")), moment
    )


def _hint(public: bytes) -> bytes:
    return hashlib.sha256(NAME.encode() + b"\n" + _ED25519 + public).digest()[:4]
