"""Looking for tampering, against somebody who writes to the database but does not hold the sealing key.

What a database alone cannot tell is that its newest entries and their checkpoints are gone together: give a
checkpoint that was kept elsewhere.
"""

import binascii
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from supplychain.audit import AuditEntry, commitment
from supplychain.network.models import Organization
from supplychain.trail import queries, rules
from supplychain.trail.checkpoints import Checkpoint, Unsigned, opened, origin_of
from supplychain.trail.erased import Erasures, erasures, unrecorded
from supplychain.trail.keys import listed, trusted
from supplychain.trail.leaves import sealed_bytes
from supplychain.trail.models import WHOLE, AuditNode, TreeHead

_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was sealed. what: a kebab-case code; log: its origin; where: entry, leaf or head."""

    what: str
    log: str
    where: str


def verify(session: Session, anchor: bytes, kept: Iterable[str] = ()) -> Iterator[Finding]:
    """Everything that is not as it was sealed, the whole of it read anew.

    anchor: the public key that is trusted. kept: texts of checkpoints kept elsewhere.
    """
    rows = listed(session)
    keys = trusted(rows, anchor)
    for row in rows:
        if row.id not in keys:
            yield Finding("key-not-trusted", origin_of(None), row.id)
    origins = _origins(session)
    sizes = _sizes(session)
    erased = erasures(session, keys)
    yield from _entries(session, origins, sizes, erased)
    for subject in erased.forged:
        yield Finding("erasure-not-signed", origin_of(None), subject)
    for what, subject in unrecorded(session, erased):
        yield Finding(what, origin_of(None), subject)
    for organization in sorted(sizes.keys() | _with_heads(session)):
        origin = origins.get(organization, f"organization {organization}")
        yield from _nodes(session, organization, origin, sizes.get(organization, 0))
        yield from _heads(session, organization, origin, sizes.get(organization, 0), keys)
    yield from _kept(session, {origin: number for number, origin in origins.items()}, kept, keys)


def _origins(session: Session) -> dict[int, str]:
    rows = session.execute(select(Organization.number, Organization.id))
    return {WHOLE: origin_of(None), **{number: origin_of(public) for number, public in rows}}


def _sizes(session: Session) -> dict[int, int]:
    """How many leaves each log has by its nodes: one more than the last position."""
    query = (
        select(AuditNode.organization, func.max(AuditNode.position) + 1)
        .where(AuditNode.height == 0)
        .group_by(AuditNode.organization)
    )
    return {organization: size for organization, size in session.execute(query)}  # noqa: C416 - rows are not pairs to mypy


def _with_heads(session: Session) -> set[int]:
    return set(session.scalars(select(TreeHead.organization).distinct()))


# Entries against leaves ---------------------------------------------------------------------


def _entries(
    session: Session, origins: Mapping[int, str], sizes: Mapping[int, int], erased: Erasures
) -> Iterator[Finding]:
    whole, expected = origins[WHOLE], 0
    owned: dict[int, int] = {}
    sealed = select(AuditEntry).where(AuditEntry.leaf.is_not(None)).order_by(AuditEntry.leaf)
    for entry in session.scalars(sealed.execution_options(yield_per=_BATCH)):
        assert entry.leaf is not None
        for missing in range(expected, entry.leaf):
            yield Finding("entry-missing", whole, f"leaf {missing}")
        expected = max(expected, entry.leaf + 1)
        yield from _entry(session, entry, origins, erased)
        if entry.organization:
            if entry.own_leaf != owned.get(entry.organization, 0):
                yield Finding("entry-misplaced", origins.get(entry.organization, "?"), entry.id)
            owned[entry.organization] = owned.get(entry.organization, 0) + 1
    for missing in range(expected, sizes.get(WHOLE, 0)):
        yield Finding("entry-missing", whole, f"leaf {missing}")
    for organization, size in sizes.items():
        if organization != WHOLE and owned.get(organization, 0) != size:
            yield Finding("entries-miscounted", origins.get(organization, "?"), f"{size} leaves")


def _entry(session: Session, entry: AuditEntry, origins: Mapping[int, str], erased: Erasures) -> Iterator[Finding]:
    try:
        found = rules.leaf_hash(sealed_bytes(entry))
        told = entry.commitment if entry.salt is None else commitment(entry.salt, entry.data)
    except (ValueError, TypeError, AttributeError):  # what was put there is not even readable
        yield Finding("entry-changed", origins[WHOLE], entry.id)
        return
    if told != entry.commitment or (entry.salt is None and entry.data):
        yield Finding("entry-details-changed", origins[WHOLE], entry.id)
    if entry.salt is None and not erased.covers(entry.id, found.hex()):
        yield Finding("entry-erased-without-record", origins[WHOLE], entry.id)
    if entry.salt is not None and erased.covers(entry.id):
        yield Finding("entry-erased-is-back", origins[WHOLE], entry.id)
    for organization, leaf in ((WHOLE, entry.leaf), (entry.organization, entry.own_leaf)):
        if organization is None:
            continue
        stored = None if leaf is None else session.get(AuditNode, (organization, 0, leaf))
        if stored is None or bytes(stored.hash) != found:
            yield Finding("entry-changed", origins.get(organization, "?"), entry.id)
        if stored is not None:
            session.expunge(stored)


# Nodes against nodes ------------------------------------------------------------------------


def _nodes(session: Session, organization: int, origin: str, size: int) -> Iterator[Finding]:
    """Every subtree follows from its two halves, none is missing and none too many."""
    height, count = 0, size
    while count:
        found = dict(_level(session, organization, height, count))
        for missing in set(range(count)) - found.keys():
            yield Finding("node-missing", origin, f"height {height} position {missing}")
        above = dict(_level(session, organization, height + 1, count // 2))
        for position, value in above.items():
            left, right = found.get(2 * position), found.get(2 * position + 1)
            if left is not None and right is not None and rules.node_hash(left, right) != value:
                yield Finding("node-changed", origin, f"height {height + 1} position {position}")
        height, count = height + 1, count // 2
    stored = session.scalar(select(func.count()).select_from(AuditNode).where(AuditNode.organization == organization))
    if stored != sum(size >> one for one in range(size.bit_length())):
        yield Finding("nodes-miscounted", origin, f"{stored} nodes")


def _level(session: Session, organization: int, height: int, count: int) -> list[tuple[int, bytes]]:
    query = select(AuditNode.position, AuditNode.hash).where(
        AuditNode.organization == organization, AuditNode.height == height, AuditNode.position < count
    )
    return [(position, bytes(value)) for position, value in session.execute(query.order_by(AuditNode.position))]


# Heads against nodes ------------------------------------------------------------------------


def _heads(session: Session, organization: int, origin: str, size: int, keys: Mapping[str, bytes]) -> Iterator[Finding]:
    heads = session.scalars(queries.heads_of(organization).order_by(TreeHead.ordinal)).all()
    for ordinal in sorted(
        set(range(1, max((one.ordinal for one in heads), default=0))) - {one.ordinal for one in heads}
    ):
        yield Finding("checkpoint-missing", origin, f"ordinal {ordinal}")
    for head in heads:
        yield from _head(session, head, origin, keys)
    ages = list(keys)
    for earlier, later in pairwise(heads):
        if earlier.size >= later.size:
            yield Finding("checkpoint-out-of-order", origin, later.id)
        if {earlier.key, later.key} <= keys.keys() and ages.index(earlier.key) > ages.index(later.key):
            yield Finding("checkpoint-of-a-retired-key", origin, later.id)
    if (heads[-1].size if heads else 0) != size:
        yield Finding("checkpoint-missing", origin, f"size {size}")


def _head(session: Session, head: TreeHead, origin: str, keys: Mapping[str, bytes]) -> Iterator[Finding]:
    try:
        said, signer = opened(head.note, keys)
    except (Unsigned, ValueError, binascii.Error):
        yield Finding("checkpoint-signature", origin, head.id)
        return
    if (said.origin, said.size, said.ordinal, said.at, signer) != (
        origin,
        head.size,
        head.ordinal,
        head.signed_at,
        head.key,
    ):
        yield Finding("checkpoint-changed", origin, head.id)
    yield from _root(session, head.organization, said, head.id)


def _root(session: Session, organization: int, said: Checkpoint, where: str) -> Iterator[Finding]:
    wanted = rules.perfect(0, said.size)
    known = queries.nodes(session, organization, wanted)
    if len(known) < len(wanted) or rules.root([known[node] for node in wanted]) != said.root:
        yield Finding("checkpoint-root", said.origin, where)


def _kept(
    session: Session, numbers: Mapping[str, int], kept: Iterable[str], keys: Mapping[str, bytes]
) -> Iterator[Finding]:
    for place, note in enumerate(kept, 1):
        where = f"kept checkpoint {place}"
        try:
            said, _ = opened(note, keys)
        except (Unsigned, ValueError, binascii.Error):
            yield Finding("checkpoint-signature", origin_of(None), where)
            continue
        if said.origin not in numbers:
            yield Finding("log-missing", said.origin, where)
        else:
            yield from _root(session, numbers[said.origin], said, where)
