"""Whoever writes to the database without the sealing key changes nothing unnoticed, and it is said where."""

import random
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import delete, func, select, text

from supplychain import heads
from supplychain.audit import AuditEntry
from supplychain.errors import Conflict
from supplychain.trail import erasing, keys, operations, queries
from supplychain.trail.checkpoints import raw
from supplychain.trail.models import WHOLE, TreeHead
from supplychain.trail.verify import Finding, verify
from supplychain.work import Work
from tests.tampering import ENTRIES, HEADS, NODES, WAYS, Tamperer
from tests.world import World

TAMPERINGS = 1000


@pytest.fixture
def sealed(world: World) -> World:
    """A trail of several organizations, sealed in several batches, with an erasure and something else to erase."""
    world.join("Operator", "operator")
    members = [world.join(name, "supplier") for name in ("Mill", "Spinner", "Weaver")]
    answer = {"kind": "answer", "framework": "eseec-electronics", "values": [{"indicator": "E20", "value": "own"}]}
    assert members[0].post("/v1/evidence", answer).status_code == 201
    for batch in range(6):
        world.do(lambda work, batch=batch: record(work, [one.number for one in members], batch))
        if batch == 1:
            entry = world.do(lambda work: work.session.scalar(select(AuditEntry.id).filter_by(subject="sub_0_0")))
            world.do(lambda work, entry=entry: erasing.erase(work, entry, "GDPR-17-1-b", "operator@example.org"))
        operations.seal(world.runtime)
    return world


def record(work: Work, organizations: list[int], batch: int) -> None:
    for place in range(5):
        work.record(
            "claim.verified", f"sub_{batch}_{place}", organizations[(batch + place) % 3], note=f"Seen {batch} {place}"
        )
    work.record("day.advanced", f"day_{batch}")


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
    head: TreeHead = world.do(lambda work: queries.newest(work.session, WHOLE))
    return head.note


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
        slow.record("day.advanced", "first")
        slow._write_down()  # its number is drawn, its commit waits
        sealed.do(lambda work: work.record("day.advanced", "second"))
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
