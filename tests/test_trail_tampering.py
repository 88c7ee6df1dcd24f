"""Whoever writes to the database without the sealing key changes nothing unnoticed, and it is said where."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, delete, func, select, text, update

from supplychain import heads
from supplychain.audit import AuditEntry, commitment
from supplychain.db import table_of
from supplychain.errors import Conflict
from supplychain.trail import keys, operations, queries, rules
from supplychain.trail.checkpoints import Checkpoint, origin_of, raw, signed
from supplychain.trail.leaves import sealed_bytes
from supplychain.trail.models import WHOLE, AuditNode, TreeHead
from supplychain.trail.verify import Finding, verify
from supplychain.work import Work
from tests.world import World

ENTRIES, NODES, HEADS = map(table_of, (AuditEntry, AuditNode, TreeHead))
TAMPERINGS = 1000


@pytest.fixture
def sealed(world: World) -> World:
    """A trail of several organizations, sealed in several batches."""
    members = [world.join(name, "supplier") for name in ("Mill", "Spinner", "Weaver")]
    for batch in range(6):
        world.do(lambda work, batch=batch: record(work, [one.number for one in members], batch))
        operations.seal(world.runtime)
    return world


def record(work: Work, organizations: list[int], batch: int) -> None:
    for place in range(5):
        work.record(
            "claim.verified", f"sub_{batch}_{place}", organizations[(batch + place) % 3], note=f"Seen {batch} {place}"
        )
    work.record("day.passed", f"day_{batch}")


def anchor(world: World) -> bytes:
    return raw(keys.sealing_key(world.runtime.settings).public_key())


def found(world: World, kept: tuple[str, ...] = (), trusted: bytes | None = None) -> list[Finding]:
    work = Work(world.runtime, writes=False)
    try:
        with work.deriving():
            return list(verify(work.session, trusted or anchor(world), kept))
    finally:
        work.close()


def test_nothing_is_found_in_a_trail_that_nobody_touched(sealed: World) -> None:
    assert found(sealed) == []
    assert sealed.do(lambda work: work.session.scalar(select(func.count()).select_from(AuditEntry))) > 36


# Tamperings -----------------------------------------------------------------------------------


@dataclass
class Tamperer:
    """Somebody with write access to every table, and every public algorithm."""

    work: Work
    chance: random.Random

    @property
    def connection(self) -> Connection:
        return self.work.connection

    def entry(self) -> Any:
        rows = self.connection.execute(select(ENTRIES).where(ENTRIES.c.leaf.is_not(None)).order_by(ENTRIES.c.leaf))
        return self.chance.choice(rows.all())

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


def as_owner(work: Work) -> None:
    """Beyond every role and grant."""
    if work.runtime.database.is_postgres:
        work.connection.execute(text("SET LOCAL ROLE NONE"))
        for table in ("audit_node", "tree_head"):
            work.connection.execute(text(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY"))


def tampered(world: World, seed: int) -> tuple[str, set[str], list[Finding]]:
    """One tampering, what must be named, and what is found; rolled back."""
    work = Work(world.runtime)
    try:
        as_owner(work)
        tamperer = Tamperer(work, random.Random(seed))
        way = WAYS[seed % len(WAYS)]
        words = way(tamperer)
        work.session.expire_all()
        return way.__name__, words, list(verify(work.session, anchor(world)))
    finally:
        work.close()


def test_each_of_a_thousand_tamperings_is_found_and_it_is_said_where(sealed: World) -> None:
    share = TAMPERINGS if not sealed.runtime.database.is_postgres else 5 * len(WAYS)
    unseen = []
    for seed in range(share):
        way, words, findings = tampered(sealed, seed)
        said = [f"{one.what} {one.where}" for one in findings]
        if not any(word in line for word in words for line in said):
            unseen.append((seed, way, words, said))
    assert unseen == []
    assert found(sealed) == [], "the tamperings of this test were rolled back"


# What a database alone cannot tell -------------------------------------------------------------


def newest(world: World) -> str:
    note: str = world.do(lambda work: queries.newest(work.session, WHOLE).note)
    return note


def cut_off(world: World, batches: int) -> None:
    """Take the newest entries away with everything that covers them."""
    work = Work(world.runtime)
    try:
        as_owner(work)
        kept = work.session.scalars(
            select(TreeHead.size).where(TreeHead.organization == WHOLE).order_by(TreeHead.ordinal.desc())
        ).all()[batches]
        work.connection.execute(delete(ENTRIES).where(ENTRIES.c.leaf >= kept))
        for organization in [WHOLE, *(one.number for one in world.members.values())]:
            theirs = select(func.count()).select_from(AuditEntry).where(AuditEntry.organization == organization)
            left = kept if organization == WHOLE else work.session.scalar(theirs) or 0
            later = HEADS.c.organization == organization, HEADS.c.size > left
            work.connection.execute(delete(HEADS).where(*later))
            for height in range(12):
                of = NODES.c.organization == organization, NODES.c.height == height
                work.connection.execute(delete(NODES).where(*of, NODES.c.position >= left >> height))
        work.connection.commit()
    finally:
        work.close()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_end_cut_off_with_its_seals_is_told_by_a_checkpoint_kept_elsewhere(sealed: World) -> None:
    kept = newest(sealed)
    assert found(sealed, (kept,)) == []
    cut_off(sealed, 2)
    assert found(sealed) == []
    (one,) = found(sealed, (kept,))
    assert (one.what, one.where) == ("checkpoint-root", "kept checkpoint 1")


def test_a_checkpoint_somebody_else_signed_is_none(sealed: World) -> None:
    kept = newest(sealed)
    assert [one.what for one in found(sealed, (kept.replace("ordinal", "ordinal "),))] == ["checkpoint-signature"]


# Keys -------------------------------------------------------------------------------------------


def rotated(world: World, path: Path) -> Ed25519PrivateKey:
    old, new = keys.sealing_key(world.runtime.settings), keys.drawn(path)
    world.do(lambda work: keys.introduce(work, old, new))
    return new


def test_a_new_key_seals_on_and_either_key_vouches_for_the_whole_trail(sealed: World, tmp_path: Path) -> None:
    old = anchor(sealed)
    new = rotated(sealed, tmp_path / "new.pem")
    assert (tmp_path / "new.pem").stat().st_mode & 0o077 == 0
    sealed.do(lambda work: record(work, [sealed.members["Mill"].number] * 3, 7))
    assert sealed.do(lambda work: operations.seal_batch(work, new)) == 7
    for trusted in (old, raw(new.public_key())):
        assert found(sealed, trusted=trusted) == []
    sealed.do(lambda work: record(work, [sealed.members["Mill"].number] * 3, 8))
    operations.seal(sealed.runtime)  # by the old key, which is retired
    assert {one.what for one in found(sealed)} == {"checkpoint-of-a-retired-key"}


def test_a_key_that_nobody_introduced_seals_nothing(sealed: World) -> None:
    stranger = Ed25519PrivateKey.generate()
    sealed.do(lambda work: record(work, [sealed.members["Mill"].number] * 3, 7))
    with pytest.raises(Conflict):
        sealed.do(lambda work: operations.seal_batch(work, stranger))
    assert {one.what for one in found(sealed, trusted=raw(stranger.public_key()))} >= {"key-not-trusted"}
    assert sealed.do(lambda work: operations.seal_batch(work, keys.sealing_key(sealed.runtime.settings))) == 6


# Order ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_entries_committed_out_of_the_order_of_their_numbers_are_all_sealed_once(sealed: World) -> None:
    slow = Work(sealed.runtime)
    try:
        slow.become(slow.actor)
        slow.record("slow.one", "first")
        slow._write_down()  # its number is drawn, its commit waits
        sealed.do(lambda work: work.record("quick.one", "second"))
        assert operations.seal(sealed.runtime) == 1
        slow.connection.commit()
    finally:
        slow.close()
    assert operations.seal(sealed.runtime) == 1
    assert found(sealed) == []
    places = sealed.do(
        lambda work: work.session.execute(
            select(AuditEntry.subject).where(AuditEntry.subject.in_(["first", "second"])).order_by(AuditEntry.leaf)
        ).scalars().all()
    )  # fmt: skip
    assert places == ["second", "first"]
    assert sealed.do(lambda work: work.session.scalar(select(heads.LogHead.revision).filter_by(name="audit"))) == 8
