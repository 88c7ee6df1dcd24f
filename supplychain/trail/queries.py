"""Reading the sealed trail: nodes, heads, proofs."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import Session

from supplychain.audit import AuditEntry
from supplychain.errors import Conflict, NotFound
from supplychain.trail import rules
from supplychain.trail.models import AuditNode, TreeHead

_CHUNK = 200


def newest(session: Session, organization: int) -> TreeHead | None:
    """The newest checkpoint of a log."""
    return session.scalar(heads_of(organization).order_by(TreeHead.ordinal.desc()).limit(1))


def heads_of(organization: int) -> Select[TreeHead]:
    """Every checkpoint of a log."""
    return select(TreeHead).where(TreeHead.organization == organization)


def head(session: Session, organization: int, head_id: str) -> TreeHead:
    """A checkpoint of a log by its public id. Raises NotFound."""
    found = session.scalar(heads_of(organization).where(TreeHead.id == head_id))
    if found is None:
        raise NotFound
    return found


def nodes(session: Session, organization: int, wanted: Sequence[rules.Node]) -> dict[rules.Node, bytes]:
    """The hashes of nodes that are kept."""
    found: dict[rules.Node, bytes] = {}
    place = tuple_(AuditNode.height, AuditNode.position)
    for start in range(0, len(wanted), _CHUNK):
        query = select(AuditNode.height, AuditNode.position, AuditNode.hash).where(
            AuditNode.organization == organization, place.in_(wanted[start : start + _CHUNK])
        )
        found |= {(height, position): bytes(value) for height, position, value in session.execute(query)}
    return found


def path(session: Session, organization: int, ranges: Iterable[rules.Range]) -> list[bytes]:
    """The hashes of the subtrees over ranges of a log."""
    parts = [rules.perfect(*one) for one in ranges]
    known = nodes(session, organization, [node for part in parts for node in part])
    return [rules.root([known[node] for node in part]) for part in parts]


def entries_of(organization: int, subject: str | None = None) -> Select[AuditEntry]:
    """What an organization may read of the trail: what is about it, or of that what is about one subject."""
    query = select(AuditEntry).where(AuditEntry.organization == organization)
    return query if subject is None else query.where(AuditEntry.subject == subject)


def entry(session: Session, organization: int, entry_id: str) -> AuditEntry:
    """An entry about an organization. Raises NotFound."""
    found = session.scalar(entries_of(organization).where(AuditEntry.id == entry_id))
    if found is None:
        raise NotFound
    return found


def inclusion(session: Session, organization: int, index: int | None) -> tuple[TreeHead, list[bytes]]:
    """The newest checkpoint of a log and the proof that a leaf is in it. Raises Conflict for what is not sealed yet."""
    found = newest(session, organization)
    if index is None or found is None:
        raise Conflict("entry-unsealed", headers={"Retry-After": "10"})
    return found, path(session, organization, rules.inclusion(index, found.size))


def first_inclusion(session: Session, organization: int, index: int) -> tuple[TreeHead, list[bytes]]:
    """The first checkpoint that covers a leaf, and the proof: the same whenever they are asked for."""
    covers = heads_of(organization).where(TreeHead.size > index).order_by(TreeHead.ordinal).limit(1)
    found = session.scalars(covers).one()  # a leaf is numbered in the transaction that signs its head
    return found, path(session, organization, rules.inclusion(index, found.size))


def about(session: Session, subject: str, action: str) -> AuditEntry | None:
    """The entry that says that something was done to a subject, whoever may read it."""
    query = select(AuditEntry).where(AuditEntry.subject == subject, AuditEntry.action == action)
    return session.scalar(query.order_by(AuditEntry.number).limit(1))


def consistency(session: Session, organization: int, head_id: str) -> tuple[TreeHead, TreeHead, list[bytes]]:
    """A checkpoint of a log, its newest, and the proof that the one is the beginning of the other. Raises NotFound."""
    first = head(session, organization, head_id)
    second = newest(session, organization) or first
    return first, second, path(session, organization, rules.consistency(first.size, second.size))
