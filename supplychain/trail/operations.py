"""Sealing: entries become leaves of the whole log and of their organization's, and a checkpoint is signed over each."""

from collections import defaultdict
from collections.abc import Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select, update

from supplychain import heads
from supplychain.audit import AuditEntry
from supplychain.db import opaque, table_of
from supplychain.network.models import Organization
from supplychain.trail import queries, rules
from supplychain.trail.checkpoints import Checkpoint, origin_of, signed
from supplychain.trail.keys import admit, sealing_key
from supplychain.trail.leaves import sealed_bytes
from supplychain.trail.models import WHOLE, AuditNode, TreeHead
from supplychain.work import Runtime, Work, run

BATCH = 2000
"""Entries sealed in one transaction."""
_ENTRIES = table_of(AuditEntry)


def seal(runtime: Runtime) -> int:
    """Seal every entry that is not sealed yet; how many. For the worker.

    Leaves are numbered here, under the lock of the log's head, and not by the numbers of the entries: transactions
    commit in another order than they draw their numbers. Each batch is one transaction, so that whoever is killed
    in the middle has sealed nothing. Raises Conflict when nobody introduced the key, ValueError and OSError when
    it cannot be read.
    """
    key = sealing_key(runtime.settings)
    sealed = 0
    while _waiting(runtime) and (batch := run(runtime, lambda work: seal_batch(work, key))):
        sealed += batch
    return sealed


def seal_batch(work: Work, key: Ed25519PrivateKey) -> int:
    """Seal the oldest entries that are not sealed yet, at most BATCH; how many. Raises Conflict."""
    heads.next_revision(work.session, heads.AUDIT)
    entries = work.session.scalars(
        select(AuditEntry).where(AuditEntry.leaf.is_(None)).order_by(AuditEntry.number).limit(BATCH)
    ).all()
    if not entries:
        return 0
    signer = admit(work, key)
    whole, own = _Log(work, WHOLE), defaultdict[int, list[AuditEntry]](list)
    places: dict[int, dict[str, int | None]] = {}
    for leaf, entry in enumerate(entries, whole.size):
        places[entry.number] = {"leaf": leaf, "own_leaf": None}
        if entry.organization:
            own[entry.organization].append(entry)
    whole.grow(entries, key, signer)
    for organization, theirs in own.items():
        log = _Log(work, organization)
        for leaf, entry in enumerate(theirs, log.size):
            places[entry.number]["own_leaf"] = leaf
        log.grow(theirs, key, signer)
    for number, values in places.items():
        work.connection.execute(update(_ENTRIES).where(_ENTRIES.c.number == number).values(**values))
    return len(entries)


class _Log:
    """A log as it is under the lock."""

    def __init__(self, work: Work, organization: int) -> None:
        self._work = work
        self._organization = organization
        newest = queries.newest(work.session, organization)
        self.size, self._ordinal = (newest.size, newest.ordinal) if newest else (0, 0)

    def grow(self, entries: Sequence[AuditEntry], key: Ed25519PrivateKey, signer: str) -> None:
        """Append entries and sign the new head."""
        work, edge = self._work, rules.perfect(0, self.size)
        known = queries.nodes(work.session, self._organization, edge)
        new = rules.appended(self.size, [rules.leaf_hash(sealed_bytes(one)) for one in entries], known)
        rows = [
            {"organization": self._organization, "height": height, "position": position, "hash": found}
            for (height, position), found in new.items()
        ]
        work.connection.execute(table_of(AuditNode).insert(), rows)
        self.size += len(entries)
        known |= new
        root = rules.root([known[node] for node in rules.perfect(0, self.size)])
        checkpoint = Checkpoint(self._origin(), self.size, root, self._ordinal + 1, work.now)
        head = {
            "id": opaque("sth"),
            "organization": self._organization,
            "ordinal": checkpoint.ordinal,
            "size": self.size,
            "key": signer,
            "signed_at": work.now,
            "note": signed(checkpoint, key),
        }
        work.connection.execute(table_of(TreeHead).insert(), [head])

    def _origin(self) -> str:
        if self._organization == WHOLE:
            return origin_of(None)
        public = select(Organization.id).where(Organization.number == self._organization)
        return origin_of(self._work.session.scalar(public))


def _waiting(runtime: Runtime) -> bool:
    """A look that takes no lock."""
    work = Work(runtime, writes=False)
    try:
        return work.session.scalar(select(AuditEntry.number).where(AuditEntry.leaf.is_(None)).limit(1)) is not None
    finally:
        work.close()
