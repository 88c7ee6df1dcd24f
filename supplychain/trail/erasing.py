"""Erasures: what must go is taken away, and an entry says who took it on what legal ground (domain rules: evidence).

The entry is signed by the key that seals: who writes to the database without it can neither hide a deletion behind
an erasure nor add one that a worker would then seal as if it were ours.
"""

import base64
from collections.abc import Collection, Mapping
from typing import Any

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import delete, select, update

from supplychain.accounts.models import ApiKey, Invitation, Membership, Person
from supplychain.accounts.permissions import Role
from supplychain.audit import AuditEntry
from supplychain.errors import Conflict, NotFound
from supplychain.evidence.models import Evidence, StoredFile
from supplychain.trail import rules
from supplychain.trail.keys import admit, sealing_key
from supplychain.trail.leaves import sealed_bytes
from supplychain.work import Work

ENTRY, EVIDENCE, PERSON = "entry.erased", "evidence.erased", "person.erased"
ERASURES = (ENTRY, EVIDENCE, PERSON)
NOBODY = "erased"
"""The name of a person whose data are gone."""
_SIGNED = b"supplychain audit: was erased\n"


def erase(work: Work, subject: str, ground: str, by: str) -> None:
    """Erase for good what an id names: an entry's details, a piece of evidence's files and words, or a person's data.

    ground: the legal ground, without personal text. by: e-mail of the operator's person who answers for it. Raises
    NotFound, and Conflict for an entry that is not sealed yet, for an erasure, and for who erases itself.
    """
    operators = select(Membership.person).where(Membership.role == Role.OPERATOR)
    person = work.session.scalar(select(Person).where(Person.email == by.lower(), Person.number.in_(operators)))
    if person is None:
        raise Conflict("eraser-unknown")
    kinds = {"aud": _entry, "evd": _evidence, "per": _person}
    kind = kinds.get(subject.partition("_")[0])
    if kind is None:
        raise NotFound
    if subject == person.id:
        raise Conflict("eraser-erased")
    kind(work, subject, ground, person.id)


def vouched(subject: str, verb: str, data: Mapping[str, Any], keys: Mapping[str, bytes]) -> bool:
    """Whether a trusted key signed an erasure. keys: public keys by id."""
    try:
        message = _message(verb, subject, data["ground"], data["hashes"], data["by"])
        Ed25519PublicKey.from_public_bytes(keys[data["key"]]).verify(base64.b64decode(data["signature"]), message)
    except (KeyError, TypeError, ValueError, InvalidSignature):
        return False
    return True


def _entry(work: Work, entry_id: str, ground: str, by: str) -> None:
    """Its seal holds: the commitment stays, and without the salt nobody can try out what the details were."""
    entry = work.session.scalar(select(AuditEntry).where(AuditEntry.id == entry_id))
    if entry is None:
        raise NotFound
    if entry.leaf is None:
        raise Conflict("entry-unsealed", headers={"Retry-After": "10"})
    if entry.action in ERASURES:
        raise Conflict("erasure-stays")
    if entry.salt is not None:
        entry.data, entry.salt = {}, None
        _record(work, ENTRY, entry.id, entry.organization, ground, [rules.leaf_hash(sealed_bytes(entry)).hex()], by)


def _evidence(work: Work, evidence_id: str, ground: str, by: str) -> None:
    """Rows and hashes stay, and so do value, state and what was derived; bytes go when the store is swept next."""
    row = work.session.scalar(select(Evidence).where(Evidence.id == evidence_id).with_for_update())
    if row is None:
        raise NotFound
    if row.erased_at is not None:
        return
    files = work.session.scalars(select(StoredFile).where(StoredFile.evidence == row.number)).all()
    row.source, row.erased_at = "", work.now
    row.review_note = None
    for file in files:
        file.name, file.erased_at = "", work.now
    work.session.flush()
    _record(work, EVIDENCE, row.id, row.holder, ground, sorted(one.sha256 for one in files), by)
    work.emit(EVIDENCE, row.id, row.organization)


def _person(work: Work, person_id: str, ground: str, by: str) -> None:
    """Name and address go, seats and keys with them; what the person did stays, by number."""
    row = work.session.scalar(select(Person).where(Person.id == person_id).with_for_update())
    if row is None:
        raise NotFound
    if row.erased_at is not None:
        return
    invited = select(Invitation).where(Invitation.email == row.email)
    for one in work.session.scalars(invited):
        one.email = _nowhere(row)
    row.name, row.email, row.erased_at = NOBODY, _nowhere(row), work.now
    work.session.flush()
    keys = update(ApiKey).where(ApiKey.person == row.number)
    work.session.execute(keys.values(name=""))
    work.session.execute(keys.where(ApiKey.revoked_at.is_(None)).values(revoked_at=work.now))
    work.session.execute(delete(Membership).where(Membership.person == row.number))
    _record(work, PERSON, row.id, None, ground, [], by)


def _nowhere(row: Person) -> str:
    """An address that is nobody's (RFC 2606)."""
    return f"{row.id}@erased.invalid"


def _record(
    work: Work, verb: str, subject: str, owner: int | None, ground: str, hashes: Collection[str], by: str
) -> None:
    key = sealing_key(work.runtime.settings)
    signer = admit(work, key)
    signature = base64.b64encode(key.sign(_message(verb, subject, ground, hashes, by))).decode()
    told = {"ground": ground, "hashes": list(hashes), "by": by, "key": signer, "signature": signature}
    work.record(verb, subject, owner, **told)


def _message(verb: str, subject: str, ground: str, hashes: Collection[str], by: str) -> bytes:
    return _SIGNED + orjson.dumps([verb, subject, ground, list(hashes), by])
