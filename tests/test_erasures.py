"""Erasures: what must go goes, what it showed stays, the proof stays whole, and no forged one passes for ours."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from supplychain.accounts.models import ApiKey, Invitation, Membership, Person
from supplychain.audit import AuditEntry
from supplychain.db import table_of
from supplychain.errors import Conflict, NotFound
from supplychain.evidence.files import sweep
from supplychain.evidence.models import Evidence, StoredFile
from supplychain.trail import erasing, operations
from tests import papers
from tests.papers import certificate
from tests.reviewing import count, send
from tests.test_files import _blobs, _go_on, _open
from tests.test_history import history
from tests.test_trail_tampering import found
from tests.world import Member, World

GROUND = "GDPR-17-1-b"
ANSWERING = "platform@example.org"


@pytest.fixture
def mill(world: World) -> Member:
    world.join("Platform", "operator")
    return world.join("Mill", "supplier")


def erase(world: World, subject: str, ground: str = GROUND) -> None:
    world.do(lambda work: erasing.erase(work, subject, ground, ANSWERING))


def person_of(world: World, member: Member) -> Person:
    query = select(Person).join(Membership, Membership.person == Person.number)
    row: Person = world.do(lambda work: work.session.scalar(query.where(Membership.organization == member.number)))
    return row


def wait_for_the_sweep(world: World) -> None:
    for _ in range(2):
        _go_on(world, days=2)
        sweep(world.runtime)


# Evidence --------------------------------------------------------------------------------------


def test_erased_evidence_keeps_what_it_stated_and_loses_its_files_and_words(world: World, mill: Member) -> None:
    sent = send(mill, {**certificate(), "source": "Li Wei, EHS"}, ("li-wei.pdf", papers.pdf())).json
    operations.seal(world.runtime)
    erase(world, sent["id"])
    told = mill.get(f"/v1/evidence/{sent['id']}").json
    assert told["source_erased"] is True
    assert sent["source_erased"] is False
    assert (told["source"], [one["name"] for one in told["files"]]) == ("", [""])
    assert [one["sha256"] for one in told["files"]] == [one["sha256"] for one in sent["files"]]
    same = ("id", "kind", "standard", "certificate", "values", "state", "trust", "valid_until", "received_at")
    assert {name: told[name] for name in same} == {name: sent[name] for name in same}
    assert _open(mill, sent).status_code == 410
    assert not [one for one in history(mill) if one.verb == "file.opened"]
    wait_for_the_sweep(world)
    assert _blobs(world) == []
    said = next(one for one in history(mill) if one.verb == "evidence.erased")
    assert said.en == f"The operator erased the files and words of evidence {sent['id']} on the ground {GROUND}."
    operations.seal(world.runtime)
    assert found(world) == []


def test_who_sent_the_same_bytes_keeps_them(world: World, mill: Member) -> None:
    other = world.join("Other", "supplier")
    sent, theirs = (send(one, certificate(), ("a.pdf", papers.pdf())).json for one in (mill, other))
    erase(world, sent["id"])
    wait_for_the_sweep(world)
    assert _open(other, theirs).data == papers.pdf()
    assert _open(mill, sent).status_code == 410
    assert other.get(f"/v1/evidence/{theirs['id']}").json["source_erased"] is False


def test_an_erasure_of_evidence_names_the_hash_of_each_file(world: World, mill: Member) -> None:
    sent = send(mill, certificate(), ("a.pdf", papers.pdf()), ("b.png", papers.png())).json
    erase(world, sent["id"])
    erase(world, sent["id"])
    (record,) = world.do(
        lambda work: work.session.scalars(select(AuditEntry).filter_by(action="evidence.erased")).all()
    )
    assert record.data["hashes"] == sorted(one["sha256"] for one in sent["files"])
    assert (record.data["ground"], record.organization) == (GROUND, mill.number)
    assert record.data["by"] == person_of(world, world.members["Platform"]).id


# People ----------------------------------------------------------------------------------------


def test_an_erased_person_is_nobody_any_more_and_what_it_did_stays(world: World, mill: Member) -> None:
    send(mill, certificate(), ("a.pdf", papers.pdf()))
    person = person_of(world, mill)
    operations.seal(world.runtime)
    before = count(world, AuditEntry, AuditEntry.actor_person == person.number)
    erase(world, person.id)
    row = world.do(lambda work: work.session.get(Person, person.number))
    assert (row.name, row.email) == ("erased", f"{person.id}@erased.invalid")
    assert mill.get("/v1/me/history").status_code == 401
    assert count(world, Membership, Membership.person == person.number) == 0
    assert count(world, ApiKey, ApiKey.person == person.number, ApiKey.revoked_at.is_(None)) == 0
    assert count(world, AuditEntry, AuditEntry.actor_person == person.number) == before > 0
    assert count(world, AuditEntry, AuditEntry.action == "person.erased") == 1
    erase(world, person.id)
    assert count(world, AuditEntry, AuditEntry.action == "person.erased") == 1
    operations.seal(world.runtime)
    assert found(world) == []


def test_nothing_of_a_persons_data_is_left_in_the_database(world: World, mill: Member) -> None:
    invited = {"organization": world.join("Spinner", "supplier").id, "email": "mill@example.org", "role": "supplier"}
    mill.post("/v1/invitations", invited)
    person = person_of(world, mill)
    erase(world, person.id)

    def left(work: object) -> list[str]:
        session = work.session  # type: ignore[attr-defined] # a unit of work
        tables = [one for one in Person.metadata.sorted_tables if one.name not in {"organization", "network_log"}]
        return [one.name for one in tables if "mill@example.org" in str(session.execute(select(one)).all())]

    assert world.do(left) == []
    assert count(world, Invitation, Invitation.email == "mill@example.org") == 0


# Who, and what not -------------------------------------------------------------------------------


def test_an_erasure_needs_an_operator_who_answers_for_it_and_something_to_erase(world: World, mill: Member) -> None:
    sent = send(mill, certificate(), ("a.pdf", papers.pdf())).json
    for by in ("mill@example.org", "nobody@example.org"):
        with pytest.raises(Conflict, match="eraser-unknown"):
            world.do(lambda work, by=by: erasing.erase(work, sent["id"], GROUND, by))
    for unknown in ("evd_nothing", "per_nothing", "aud_nothing", "org_nothing", mill.id):
        with pytest.raises(NotFound):
            erase(world, unknown)
    with pytest.raises(Conflict, match="eraser-erased"):
        erase(world, person_of(world, world.members["Platform"]).id)


def test_an_erasure_itself_stays(world: World, mill: Member) -> None:
    erase(world, person_of(world, mill).id)
    operations.seal(world.runtime)
    query = select(AuditEntry.id).where(AuditEntry.action == "person.erased")
    with pytest.raises(Conflict, match="erasure-stays"):
        erase(world, world.do(lambda work: work.session.scalar(query)))


# Forged ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [Evidence, StoredFile, Person])
def test_what_is_marked_as_erased_by_nobody_we_know_is_found(
    world: World, mill: Member, model: type[Evidence | StoredFile | Person]
) -> None:
    send(mill, certificate(), ("a.pdf", papers.pdf()))
    operations.seal(world.runtime)
    table = table_of(model)
    with world.runtime.database.owner() as connection:
        row = connection.execute(select(table.c.number, table.c.id)).first()
        assert row is not None
        connection.execute(update(table).where(table.c.number == row.number).values(erased_at=world.clock.now))
    (said,) = found(world)
    assert said.what.endswith("-erased-without-record")
    assert said.where == row.id


def test_a_record_of_an_erasure_that_our_key_did_not_sign_is_found_also_once_it_is_sealed(
    world: World, mill: Member
) -> None:
    operations.seal(world.runtime)
    world.do(lambda work: work.record("entry.erased", "aud_any", mill.number, ground=GROUND))
    for _ in range(2):
        assert [(one.what, one.where) for one in found(world)] == [("erasure-not-signed", "aud_any")]
        operations.seal(world.runtime)


def test_details_that_come_back_after_their_erasure_are_found(world: World, mill: Member) -> None:
    operations.seal(world.runtime)
    query = select(AuditEntry).where(AuditEntry.organization == mill.number)
    world.do(lambda work: work.record("claim.verified", mill.id, mill.number, note="Li Wei"))
    operations.seal(world.runtime)
    entry = world.do(lambda work: work.session.scalars(query).first())
    erase(world, entry.id)
    world.clock.now += timedelta(minutes=1)
    assert found(world) == []
    with world.runtime.database.owner() as connection:
        row = table_of(AuditEntry)
        connection.execute(update(row).where(row.c.number == entry.number).values(data=entry.data, salt=entry.salt))
    assert [one.what for one in found(world)] == ["entry-erased-is-back"]
