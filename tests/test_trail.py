"""What a member proves of its own log, and the operator of the whole one, with nothing but what the API hands out."""

import sys
import time
from pathlib import Path

import httpx
import orjson
import pytest
from click.testing import CliRunner
from sqlalchemy import func, select, update

from supplychain.audit import AuditEntry
from supplychain.cli import main
from supplychain.trail import keys, operations, publishing
from supplychain.trail.checkpoints import raw
from supplychain.trail.models import WHOLE, TreeHead
from supplychain.trail.verify import verify
from supplychain.work import Work
from tests.rfc9162 import consistent, included, read_note, sha
from tests.serving import PATIENCE, live_by_the_real_clock, running
from tests.world import Member, World


@pytest.fixture
def mill(world: World) -> Member:
    return world.join("Mill", "supplier")


BY = ("--by", "platform@example.org")


@pytest.fixture
def operator(world: World) -> Member:
    return world.join("Platform", "operator")


def happen(world: World, member: Member, times: int = 1) -> None:
    for turn in range(times):
        world.do(lambda work, turn=turn: work.record("claim.verified", member.id, member.number, note=f"Seen {turn}"))
    operations.seal(world.runtime)


def verifier(member: Member) -> str:
    (only,) = member.get("/v1/audit/keys").json["items"]
    text: str = only["verifier"]
    return text


def test_a_member_proves_each_entry_about_it_by_the_published_key_alone(world: World, mill: Member) -> None:
    happen(world, mill, 5)
    happen(world, world.join("Other", "supplier"), 3)
    happen(world, mill, 6)
    entries = mill.get("/v1/audit/entries").json["items"]
    assert len(entries) >= 11
    for entry in entries:
        proof = mill.get(f"/v1/audit/entries/{entry['id']}/proof").json
        origin, size, root = read_note(proof["checkpoint"], verifier(mill))
        assert origin == f"supplychain-audit/{mill.id}"
        assert size == len(entries), "nobody learns from it how much others did"
        told = orjson.loads(proof["leaf"])
        assert (told["id"], told["action"], told["subject"]) == (entry["id"], entry["action"], entry["subject"])
        leaf = sha(b"\x00" + proof["leaf"].encode())
        path = [bytes.fromhex(one) for one in proof["hashes"]]
        assert included(leaf, proof["leaf_index"], size, path, root)
        assert not included(sha(b"\x00another"), proof["leaf_index"], size, path, root)


def test_a_checkpoint_kept_is_proved_to_be_the_beginning_of_the_newest(
    world: World, mill: Member, operator: Member
) -> None:
    for _ in range(4):
        happen(world, mill, 3)
    for member, where in ((mill, "/v1/audit/checkpoints"), (operator, "/v1/audit/whole/checkpoints")):
        heads = member.get(where).json["items"]
        assert len(heads) >= 4
        for head in heads:
            proof = member.get(f"{where}/{head['id']}/consistency").json
            assert proof["first"] == head["note"]
            (_, first, before), (_, second, after) = (
                read_note(proof[name], verifier(mill)) for name in ("first", "second")
            )
            assert (first, second) == (head["size"], heads[-1]["size"])
            assert consistent(first, before, second, after, [bytes.fromhex(one) for one in proof["hashes"]])


def test_nobody_reads_another_s_log_and_only_the_operator_the_whole(
    world: World, mill: Member, operator: Member
) -> None:
    happen(world, mill)
    (entry, *_) = mill.get("/v1/audit/entries").json["items"]
    (head, *_) = mill.get("/v1/audit/checkpoints").json["items"]
    assert operator.get(f"/v1/audit/entries/{entry['id']}/proof").status_code == 404
    assert operator.get(f"/v1/audit/checkpoints/{head['id']}/consistency").status_code == 404
    assert operator.get(f"/v1/audit/whole/checkpoints/{head['id']}/consistency").status_code == 404
    assert mill.get("/v1/audit/whole/checkpoints").status_code == 403


def test_an_entry_is_proved_only_when_it_is_sealed(world: World, mill: Member) -> None:
    operations.seal(world.runtime)
    world.do(lambda work: work.record("claim.verified", mill.id, mill.number))
    entry = mill.get("/v1/audit/entries").json["items"][-1]
    assert entry["sealed"] == "not_yet"
    refused = mill.get(f"/v1/audit/entries/{entry['id']}/proof")
    assert (refused.status_code, refused.json["code"]) == (409, "entry-unsealed")
    operations.seal(world.runtime)
    assert mill.get(f"/v1/audit/entries/{entry['id']}/proof").status_code == 200


# The command ----------------------------------------------------------------------------------


@pytest.fixture
def shell(world: World, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("SUPPLYCHAIN_DATABASE_URL", world.runtime.settings.database_url)
    monkeypatch.setenv("SUPPLYCHAIN_SECRET", world.runtime.settings.secret)
    return CliRunner()


def test_the_command_says_where_an_entry_was_changed(
    world: World, mill: Member, operator: Member, shell: CliRunner, tmp_path: Path
) -> None:
    happen(world, mill, 3)
    kept = tmp_path / "kept"
    assert shell.invoke(main, ["audit", "checkpoint", "--output", str(kept)]).exit_code == 0
    sound = shell.invoke(main, ["audit", "verify", "--checkpoint", str(kept)])
    assert (sound.exit_code, sound.output) == (0, "everything is as it was sealed\n")
    with world.runtime.database.owner() as connection:
        row = connection.execute(select(AuditEntry.number, AuditEntry.id).where(AuditEntry.leaf == 1)).one()
        connection.execute(update(AuditEntry).where(AuditEntry.number == row.number).values(subject="x"))
    told = shell.invoke(main, ["audit", "verify", "--checkpoint", str(kept)])
    assert told.exit_code == 1
    assert f"entry-changed: {row.id} of supplychain-audit" in told.output


def test_the_key_is_printed_as_it_is_published_and_rotated_by_a_file(
    world: World, mill: Member, shell: CliRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    happen(world, mill)
    old = shell.invoke(main, ["audit", "key"]).output.strip()
    assert old == verifier(mill)
    new = tmp_path / "new.pem"
    assert shell.invoke(main, ["audit", "rotate", str(new)]).exit_code == 0
    monkeypatch.setenv("SUPPLYCHAIN_AUDIT_KEY", str(new))
    assert shell.invoke(main, ["audit", "checkpoint"]).exit_code == 0
    assert shell.invoke(main, ["audit", "verify"]).exit_code == 0
    assert shell.invoke(main, ["audit", "verify", "--key", old]).exit_code == 0
    assert shell.invoke(main, ["audit", "verify", "--key", "nonsense"]).exit_code == 2
    published = [one["verifier"] for one in mill.get("/v1/audit/keys").json["items"]]
    assert published == [old, shell.invoke(main, ["audit", "key"]).output.strip()]


def test_details_are_erased_for_good_and_every_proof_stays_whole(
    world: World, mill: Member, operator: Member, shell: CliRunner, tmp_path: Path
) -> None:
    happen(world, mill, 3)
    kept = tmp_path / "kept"
    shell.invoke(main, ["audit", "checkpoint", "--output", str(kept)])
    query = select(AuditEntry).where(AuditEntry.action == "claim.verified").order_by(AuditEntry.number)
    entry = world.do(lambda work: work.session.scalars(query).first())
    assert shell.invoke(main, ["audit", "erase", entry.id, *BY, "--ground", "GDPR-17-1-b"]).exit_code == 0
    operations.seal(world.runtime)
    erased = world.do(lambda work: work.session.scalars(query).first())
    assert (erased.id, erased.data, erased.salt) == (entry.id, {}, None)
    told = shell.invoke(main, ["audit", "verify", "--checkpoint", str(kept)])
    assert (told.exit_code, told.output) == (0, "everything is as it was sealed\n")
    proof = mill.get(f"/v1/audit/entries/{entry.id}/proof").json
    _, size, root = read_note(proof["checkpoint"], verifier(mill))
    path = [bytes.fromhex(one) for one in proof["hashes"]]
    assert included(sha(b"\x00" + proof["leaf"].encode()), proof["leaf_index"], size, path, root)
    (record,) = world.do(
        lambda work: work.session.scalars(select(AuditEntry).where(AuditEntry.action == "entry.erased")).all()
    )
    assert (record.subject, record.data["ground"]) == (entry.id, "GDPR-17-1-b")
    assert record.data["hashes"] == [sha(b"\x00" + proof["leaf"].encode()).hex()]
    world.do(lambda work: work.record("claim.verified", mill.id, mill.number))
    young = world.do(lambda work: work.session.scalars(query).all())[-1]
    assert shell.invoke(main, ["audit", "erase", young.id, *BY, "--ground", "x"]).exit_code == 2


# The worker -----------------------------------------------------------------------------------


def test_checkpoints_are_given_to_whoever_keeps_them(
    world: World, mill: Member, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "kept"
    object.__setattr__(world.runtime.settings, "audit_checkpoint", str(kept))
    for _ in range(2):
        world.do(lambda work: work.record("claim.verified", mill.id, mill.number))
        assert publishing.seal(world.runtime) >= 1
    assert publishing.seal(world.runtime) == 0
    notes = [one for one in kept.read_text("utf-8").split("\n\nsupplychain") if one]
    assert len(notes) == 2
    assert kept.read_text("utf-8").endswith(f"{publishing.newest(world.runtime)}\n")


SEALING = """
import random, sys, time
from supplychain import wiring
from supplychain.config import Settings
from supplychain.db import Database
from supplychain.trail import operations
from supplychain.work import run

url, secret = sys.argv[1:]
operations.BATCH = 7
grow = operations._Log.grow

def slowly(self, *arguments):
    time.sleep(random.random() * 0.05)
    grow(self, *arguments)
    time.sleep(random.random() * 0.05)

operations._Log.grow = slowly
runtime = wiring.runtime(Settings(database_url=url, secret=secret), Database(url, pool_size=2))
while True:
    operations.seal(runtime)
    time.sleep(0.01)
"""


def test_killed_while_it_seals_it_is_resumed_and_nothing_is_sealed_twice(world: World, mill: Member) -> None:
    live_by_the_real_clock(world)
    settings = world.runtime.settings
    command = [sys.executable, "-c", SEALING, settings.database_url, settings.secret]
    kills = 0
    for turn in range(4):
        for _ in range(15):
            world.do(lambda work: work.record("claim.verified", mill.id, mill.number))
        with running(command) as process:
            deadline = time.monotonic() + PATIENCE
            while heads_of_all(world) <= turn:
                assert time.monotonic() < deadline
                assert process.poll() is None
                time.sleep(0.01)
            time.sleep(0.05)
        kills += 1
    operations.seal(world.runtime)
    leaves = world.do(lambda work: work.session.scalars(select(AuditEntry.leaf).order_by(AuditEntry.leaf)).all())
    assert kills == 4
    assert leaves == list(range(len(leaves)))
    assert len(leaves) >= 60
    work = Work(world.runtime, writes=False)
    try:
        with work.deriving():
            assert list(verify(work.session, raw(keys.sealing_key(settings).public_key()))) == []
    finally:
        work.close()


def heads_of_all(world: World) -> int:
    """Read beside whoever seals: a unit that writes would wait for it, and it for that."""
    look = Work(world.runtime, writes=False)
    try:
        return look.session.scalar(select(func.count()).where(TreeHead.organization == WHOLE)) or 0
    finally:
        look.close()


def test_a_checkpoint_that_nobody_takes_stops_no_sealing(world: World, mill: Member) -> None:
    object.__setattr__(world.runtime.settings, "audit_checkpoint", "http://127.0.0.1:9/kept")
    with pytest.raises(httpx.HTTPError):
        publishing._give("http://127.0.0.1:9/kept", "note")
    happen(world, mill)
    world.do(lambda work: work.record("claim.verified", mill.id, mill.number))
    assert publishing.seal(world.runtime) == 1
