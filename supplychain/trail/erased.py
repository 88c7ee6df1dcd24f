"""What was erased, held against the erasures that a trusted key signed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from supplychain.accounts.models import Person
from supplychain.audit import AuditEntry
from supplychain.evidence.models import Evidence, StoredFile
from supplychain.trail.erasing import ERASURES, vouched


@dataclass(frozen=True, slots=True)
class Erasures:
    """The signed erasures. hashes: by subject, those of what was erased. forged: subjects that nobody signed for."""

    hashes: Mapping[str, frozenset[str]]
    forged: tuple[str, ...]

    def covers(self, subject: str, found: str | None = None) -> bool:
        """Whether the erasure of something, or of that of it which has a hash, is signed."""
        return subject in self.hashes and (found is None or found in self.hashes[subject])


def erasures(session: Session, keys: Mapping[str, bytes]) -> Erasures:
    """Every erasure of the trail. keys: the public keys that are trusted, by id."""
    signed: dict[str, frozenset[str]] = {}
    unsigned = set()
    entries = select(AuditEntry.subject, AuditEntry.action, AuditEntry.data).where(AuditEntry.action.in_(ERASURES))
    for row in session.execute(entries.order_by(AuditEntry.number)):
        if vouched(row.subject, row.action, row.data, keys):
            signed[row.subject] = signed.get(row.subject, frozenset()) | frozenset(row.data["hashes"])
        else:
            unsigned.add(row.subject)
    return Erasures(signed, tuple(sorted(unsigned)))


def unrecorded(session: Session, erased: Erasures) -> Iterator[tuple[str, str]]:
    """What is marked as erased though no erasure of it was signed: a code, and the id."""
    for table, what in ((Evidence, "evidence-erased-without-record"), (Person, "person-erased-without-record")):
        for public in session.scalars(select(table.id).where(table.erased_at.is_not(None)).order_by(table.number)):
            if not erased.covers(public):
                yield what, public
    files = select(StoredFile.id, StoredFile.sha256, Evidence.id.label("evidence"))
    joined = files.outerjoin(Evidence, Evidence.number == StoredFile.evidence)
    for row in session.execute(joined.where(StoredFile.erased_at.is_not(None)).order_by(StoredFile.number)):
        if not erased.covers(row.evidence or "", row.sha256):
            yield "file-erased-without-record", row.id
