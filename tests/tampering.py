"""Somebody who writes to the database of a sealed trail and holds every algorithm, but not the sealing key."""

import base64
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, delete, select, update

from supplychain.accounts.models import Person
from supplychain.audit import AuditEntry, commitment
from supplychain.db import table_of
from supplychain.evidence.models import Evidence
from supplychain.trail import erasing, queries, rules
from supplychain.trail.checkpoints import Checkpoint, key_id, origin_of, raw, signed
from supplychain.trail.keys import sealing_key
from supplychain.trail.leaves import sealed_bytes
from supplychain.trail.models import WHOLE, AuditNode, SealKey, TreeHead
from supplychain.trail.operations import seal_batch
from supplychain.work import Work

ENTRIES, NODES, HEADS = map(table_of, (AuditEntry, AuditNode, TreeHead))


@dataclass
class Tamperer:
    """Somebody with write access to every table, and every public algorithm."""

    work: Work
    chance: random.Random

    @property
    def connection(self) -> Connection:
        return self.work.connection

    def entry(self) -> Any:
        """A sealed entry that still has its details."""
        whole = select(ENTRIES).where(ENTRIES.c.leaf.is_not(None), ENTRIES.c.salt.is_not(None))
        return self.chance.choice(self.connection.execute(whole.order_by(ENTRIES.c.leaf)).all())

    def head(self) -> Any:
        return self.chance.choice(self.connection.execute(select(HEADS).order_by(HEADS.c.number)).all())

    def node(self) -> Any:
        return self.chance.choice(self.connection.execute(select(NODES)).all())

    def change(self, number: int, **values: Any) -> None:
        self.connection.execute(update(ENTRIES).where(ENTRIES.c.number == number).values(**values))

    # Each returns the words of which one must be in what is said.

    def edit(self) -> set[str]:
        row = self.entry()
        column = self.chance.choice(
            [
                *("action", "subject", "at", "organization", "actor_organization", "actor_person", "request_id"),
                *("data", "rules_version", "salt", "blind", "commitment"),
            ]
        )
        values: dict[str, Callable[[], Any]] = {
            "at": lambda: row.at.replace(year=2020),
            "organization": lambda: 1 if row.organization != 1 else 2,
            "actor_organization": lambda: (row.actor_organization or 0) + 1,
            "actor_person": lambda: (row.actor_person or 0) + 1,
            "data": lambda: {**row.data, "note": "Never seen"},
            "salt": lambda: "00" * 16,
            "blind": lambda: "00" * 16,
            "commitment": lambda: "00" * 32,
        }
        self.change(row.number, **{column: values[column]() if column in values else "forged"})
        return {row.id}

    def edit_with_new_commitment(self) -> set[str]:
        row = self.entry()
        data = {**row.data, "note": "Never seen"}
        self.change(row.number, data=data, commitment=commitment(row.salt, data))
        return {row.id}

    def erase(self) -> set[str]:
        row = self.entry()
        self.change(row.number, data={}, salt=None)
        return {row.id}

    def erase_with_a_record(self) -> set[str]:
        """Take details away behind an erasure made up, which a worker may seal before anybody looks."""
        row = self.entry()
        self.change(row.number, data={}, salt=None)
        forged = Ed25519PrivateKey.generate()
        signer = key_id(raw(forged.public_key()))
        known = self.connection.execute(select(table_of(SealKey).c.id)).scalars().first()
        leaf = rules.leaf_hash(sealed_bytes(self.work.session.get_one(AuditEntry, row.number))).hex()
        told: dict[str, Any] = {"ground": "GDPR-17-1-b", "hashes": [leaf], "by": "per_forged"}
        message = erasing._message(erasing.ENTRY, row.id, told["ground"], [leaf], told["by"])
        signature = base64.b64encode(forged.sign(message)).decode()
        said: Any = self.chance.choice(
            [
                {"ground": told["ground"]},
                {**told, "key": signer, "signature": signature},
                {**told, "key": known, "signature": signature},
                {**told, "key": known, "signature": "AA=="},
            ]
        )
        self._add_record(row.id, said)
        return {row.id}

    def erase_with_the_record_of_another(self) -> set[str]:
        """Take details away, and let the signed erasure of another entry speak of this one."""
        row, erased = self.entry(), self._erased()
        while row.id == erased.subject or row.action in erasing.ERASURES or row.salt is None:
            row = self.entry()
        self.change(row.number, data={}, salt=None)
        self._add_record(row.id, erased.data)
        return {row.id}

    def mark_as_erased(self) -> set[str]:
        """Mark evidence that nobody erased as erased, or a person."""
        table = self.chance.choice([table_of(Person), table_of(Evidence)])
        number, public = self.chance.choice(
            self.connection.execute(select(table.c.number, table.c.id).where(table.c.erased_at.is_(None))).all()
        )
        self.connection.execute(update(table).where(table.c.number == number).values(erased_at=self.work.now))
        return {public}

    def _erased(self) -> Any:
        rows = self.connection.execute(select(ENTRIES).where(ENTRIES.c.action == erasing.ENTRY))
        return self.chance.choice(rows.all())

    def _add_record(self, subject: str, data: dict[str, Any]) -> None:
        self.work.record(erasing.ENTRY, subject, None, **data)
        self.work._write_down()
        self.work._entries.clear()
        if self.chance.random() < 0.5:
            seal_batch(self.work, sealing_key(self.work.runtime.settings))

    def delete(self) -> set[str]:
        row = self.entry()
        self.connection.execute(delete(ENTRIES).where(ENTRIES.c.number == row.number))
        return {f"leaf {row.leaf}"}

    def unseal(self) -> set[str]:
        row = self.entry()
        self.change(row.number, leaf=None, own_leaf=None)
        return {f"leaf {row.leaf}"}

    def swap(self) -> set[str]:
        one = self.entry()
        other = self.entry()
        while other.number == one.number:
            other = self.entry()
        columns = self.chance.choice([("leaf",), ("subject", "data", "salt", "commitment", "blind", "action", "at")])
        if columns == ("leaf",):
            self.change(one.number, leaf=-1)
        for row, with_ in ((other, one), (one, other)):
            self.change(row.number, **{name: getattr(with_, name) for name in columns})
        return {one.id, other.id}

    def cut_entries(self) -> set[str]:
        row = self.entry()
        self.connection.execute(delete(ENTRIES).where(ENTRIES.c.leaf >= row.leaf))
        return {f"leaf {row.leaf}"}

    def rehash(self) -> set[str]:
        """Change an entry and everything that is computed from it but the signatures."""
        row = self.entry()
        data = {**row.data, "note": "Never seen"}
        self.change(row.number, data=data, commitment=commitment(row.salt, data))
        self.work.session.expire_all()
        entry = self.work.session.get_one(AuditEntry, row.number)
        for organization, leaf in ((WHOLE, row.leaf), (row.organization, row.own_leaf)):
            if organization is not None:
                self._grow_anew(organization, leaf, rules.leaf_hash(sealed_bytes(entry)))
        if self.chance.random() < 0.5:
            return set(self._covering(row))
        self._sign_anew(row.leaf)
        return set(self._covering(row))

    def _covering(self, row: Any) -> Iterator[str]:
        for head in self.connection.execute(select(HEADS)):
            if (head.organization == WHOLE and head.size > row.leaf) or (
                head.organization == row.organization and head.size > row.own_leaf
            ):
                yield head.id

    def _grow_anew(self, organization: int, leaf: int, value: bytes) -> None:
        rows = self.connection.execute(
            select(NODES.c.position, NODES.c.hash).where(NODES.c.organization == organization, NODES.c.height == 0)
        )
        hashes = {position: bytes(one) for position, one in rows} | {leaf: value}
        for (height, position), one in rules.appended(0, [hashes[at] for at in sorted(hashes)], {}).items():
            self.connection.execute(
                update(NODES)
                .where(NODES.c.organization == organization, NODES.c.height == height, NODES.c.position == position)
                .values(hash=one)
            )

    def _sign_anew(self, leaf: int) -> None:
        """With a key of the tamperer's own, over the roots that are computed now."""
        forged = Ed25519PrivateKey.generate()
        for head in self.connection.execute(select(HEADS).where(HEADS.c.organization == WHOLE, HEADS.c.size > leaf)):
            edge = rules.perfect(0, head.size)
            known = queries.nodes(self.work.session, WHOLE, edge)
            root = rules.root([known[node] for node in edge])
            note = signed(Checkpoint(origin_of(None), head.size, root, head.ordinal, head.signed_at), forged)
            self.connection.execute(update(HEADS).where(HEADS.c.number == head.number).values(note=note))

    def change_node(self) -> set[str]:
        row = self.node()
        self._nodes(row, update(NODES).values(hash=bytes(32)))
        return {f"position {row.position}", f"position {row.position // 2}", "entry", "root"}

    def delete_node(self) -> set[str]:
        row = self.node()
        self._nodes(row, delete(NODES))
        return {f"height {row.height} position {row.position}", "nodes", "leaves", f"leaf {row.position}"}

    def _nodes(self, row: Any, statement: Any) -> None:
        equal = (NODES.c[name] == getattr(row, name) for name in ("organization", "height", "position"))
        self.connection.execute(statement.where(*equal))

    def change_head(self) -> set[str]:
        row = self.head()
        values = {
            "size": row.size + 1,
            "signed_at": row.signed_at.replace(year=2020),
            "key": "0" * 64,
            "note": row.note.replace("ordinal", "0rdinal"),
            "ordinal": row.ordinal + 1000,
        }
        column = self.chance.choice(list(values))
        self.connection.execute(update(HEADS).where(HEADS.c.number == row.number).values(**{column: values[column]}))
        return {row.id}

    def delete_head(self) -> set[str]:
        row = self.head()
        self.connection.execute(delete(HEADS).where(HEADS.c.number == row.number))
        return {f"ordinal {row.ordinal}", "size"}

    def swap_heads(self) -> set[str]:
        one = self.head()
        other = self.head()
        while other.number == one.number:
            other = self.head()
        for row, with_ in ((other, one), (one, other)):
            self.connection.execute(update(HEADS).where(HEADS.c.number == row.number).values(note=with_.note))
        return {one.id, other.id}


WAYS: tuple[Callable[[Tamperer], set[str]], ...] = (
    Tamperer.edit,
    Tamperer.edit_with_new_commitment,
    Tamperer.erase,
    Tamperer.erase_with_a_record,
    Tamperer.erase_with_the_record_of_another,
    Tamperer.mark_as_erased,
    Tamperer.delete,
    Tamperer.unseal,
    Tamperer.swap,
    Tamperer.cut_entries,
    Tamperer.rehash,
    Tamperer.change_node,
    Tamperer.delete_node,
    Tamperer.change_head,
    Tamperer.delete_head,
    Tamperer.swap_heads,
)
