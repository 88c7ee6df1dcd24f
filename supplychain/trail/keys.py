"""The key that seals, its predecessors, and why they are trusted."""

import base64
from collections.abc import Sequence
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from sqlalchemy import select
from sqlalchemy.orm import Session

from supplychain.config import Settings
from supplychain.crypto import derived
from supplychain.errors import Conflict
from supplychain.trail.checkpoints import key_id, raw
from supplychain.trail.models import SealKey
from supplychain.work import Work

_SUCCEEDS = b"supplychain audit key: is succeeded by\n"
_PRECEDES = b"supplychain audit key: was preceded by\n"


def sealing_key(settings: Settings) -> Ed25519PrivateKey:
    """The private key of this installation. Raises ValueError for a file that holds no Ed25519 key, OSError."""
    if settings.audit_key is None:
        return Ed25519PrivateKey.from_private_bytes(derived(settings.secret, "audit-seal"))
    return read(settings.audit_key)


def read(path: Path) -> Ed25519PrivateKey:
    """The key in a PEM file. Raises ValueError, OSError."""
    key = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError(f"{path} holds no Ed25519 key")  # noqa: TRY004 - what a file holds, not what a caller passed
    return key


def drawn(path: Path) -> Ed25519PrivateKey:
    """A new key, written to a file that only its owner reads. Raises FileExistsError."""
    key = Ed25519PrivateKey.generate()
    path.touch(mode=0o600, exist_ok=False)
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return key


def listed(session: Session) -> Sequence[SealKey]:
    """Every key there was, the oldest first."""
    return session.scalars(select(SealKey).order_by(SealKey.number)).all()


def admit(work: Work, key: Ed25519PrivateKey) -> str:
    """The id of a key that may seal: the first there is, or one its predecessor introduced. Raises Conflict."""
    public = raw(key.public_key())
    known = listed(work.session)
    if key_id(public) not in {row.id for row in known}:
        if known:
            raise Conflict("seal-key-unknown")
        work.session.add(_row(work, public))
        work.session.flush()
    return key_id(public)


def introduce(work: Work, old: Ed25519PrivateKey, new: Ed25519PrivateKey) -> SealKey:
    """Let a key succeed the newest one; each signs the other. Raises Conflict."""
    before, public = admit(work, old), raw(new.public_key())
    known = [row.id for row in listed(work.session)]
    if before != known[-1] or key_id(public) in known:
        raise Conflict("seal-key-unknown")
    row = _row(work, public)
    row.predecessor = before
    row.introduction = base64.b64encode(old.sign(_SUCCEEDS + public)).decode()
    row.vouched = base64.b64encode(new.sign(_PRECEDES + raw(old.public_key()))).decode()
    work.session.add(row)
    work.session.flush()
    work.record("seal-key.introduced", row.id, predecessor=before)
    return row


def trusted(rows: Sequence[SealKey], anchor: bytes) -> dict[str, bytes]:
    """The keys that a trusted one leads to, by id, the oldest first; a row that another signature belies is not.

    anchor: the public key that is trusted, from outside the database.
    """
    publics = {row.id: base64.b64decode(row.public) for row in rows}
    sound = {one for one, public in publics.items() if key_id(public) == one}
    reached, grows = {key_id(anchor): anchor}, True
    while grows:
        before = len(reached)
        for row in rows:
            if row.id in sound and row.predecessor in sound and _linked(row, publics, reached):
                reached[row.id], reached[row.predecessor] = publics[row.id], publics[row.predecessor]
        grows = len(reached) > before
    order = {row.id: place for place, row in enumerate(rows)}
    return dict(sorted(reached.items(), key=lambda item: order.get(item[0], len(order))))


def _linked(row: SealKey, publics: dict[str, bytes], reached: dict[str, bytes]) -> bool:
    assert row.predecessor is not None
    assert row.introduction is not None
    assert row.vouched is not None
    old, new = publics[row.predecessor], publics[row.id]
    if row.id in reached:
        return _signed(new, row.vouched, _PRECEDES + old)
    return row.predecessor in reached and _signed(old, row.introduction, _SUCCEEDS + new)


def _signed(public: bytes, signature: str, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(base64.b64decode(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _row(work: Work, public: bytes) -> SealKey:
    return SealKey(id=key_id(public), public=base64.b64encode(public).decode(), since=work.now)
