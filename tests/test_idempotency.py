"""One effect and one answer per Idempotency-Key, whoever repeats it, however often and whenever."""

import json
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from sqlalchemy import event, select

from supplychain.accounts import operations as accounts
from supplychain.actor import Actor
from supplychain.evidence.models import Evidence
from supplychain.idempotency import IdempotencyKey, claim
from supplychain.requirements.models import Requirement
from supplychain.work import Work
from tests.conftest import is_postgres
from tests.papers import pdf
from tests.racing import at_once
from tests.reviewing import FORM, count, form
from tests.world import Answer, Member, World

BODY: dict[str, Any] = {
    "kind": "answer",
    "framework": "eseec-electronics",
    "values": [{"indicator": "E20", "value": "own"}],
}
OTHER = {**BODY, "source": "Another checklist"}
CERTIFICATE = {
    "kind": "certificate",
    "standard": "iso-45001",
    "certificate": {"number": "CN-45", "issuer": "Example Certification", "version": "2018"},
    "issued_on": "2025-03-01",
    "valid_until": "2028-02-29",
}
KEPT = ("Content-Type", "Location", "ETag", "Link")


@pytest.fixture
def supplier(world: World) -> Member:
    return world.join("Mill", "supplier")


def submit(member: Member, key: str, body: Any = BODY) -> Answer:
    return member.post("/v1/evidence", body, headers={"Idempotency-Key": key})


def is_replay(answer: Answer) -> bool:
    return answer.headers.get("Idempotency-Replayed") == "true"


def same(first: Answer, second: Answer) -> bool:
    kept = [(one.status_code, one.get_data(), [one.headers.get(name) for name in KEPT]) for one in (first, second)]
    return kept[0] == kept[1]


def is_reused(answer: Answer) -> bool:
    return (answer.status_code, answer.json["code"]) == (422, "idempotency-key-reused")


def test_the_same_request_again_is_answered_alike_and_has_no_second_effect(world: World, supplier: Member) -> None:
    first, *others = [submit(supplier, "one") for _ in range(3)]
    assert first.status_code == 201
    assert not is_replay(first)
    assert all(is_replay(other) and same(first, other) for other in others)
    assert count(world, Evidence) == 1


def test_after_a_change_of_the_secret_a_retry_is_refused_and_has_no_second_effect(
    world: World, supplier: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert submit(supplier, "one").status_code == 201
    monkeypatch.setattr(world.runtime, "settings", replace(world.runtime.settings, secret="b" * 64))
    again = submit(supplier, "one")
    assert (again.status_code, again.json["code"]) == (409, "idempotency-answer-unreadable")
    assert count(world, Evidence) == 1


def test_without_a_key_every_request_is_a_new_one(world: World, supplier: Member) -> None:
    assert [supplier.post("/v1/evidence", BODY).status_code for _ in range(2)] == [201, 201]
    assert count(world, Evidence) == 2


def test_json_that_means_the_same_is_the_same_request(world: World, supplier: Member) -> None:
    first = submit(supplier, "one")
    body = json.dumps(dict(reversed(BODY.items())), indent=2)
    headers = {"Idempotency-Key": "one"}
    second = supplier.call("POST", "/v1/evidence", data=body, content_type="application/json", headers=headers)
    assert is_replay(second)
    assert same(first, second)


def test_the_key_of_another_request_is_refused(world: World, supplier: Member) -> None:
    submit(supplier, "one")
    headers = {"Idempotency-Key": "one"}
    assert is_reused(submit(supplier, "one", OTHER))
    assert is_reused(supplier.post("/v1/evidence?x=1", BODY, headers=headers))
    assert is_reused(supplier.post("/v1/grants", {"brand": supplier.id}, headers=headers))
    assert is_replay(submit(supplier, "one"))
    assert count(world, Evidence) == 1


def test_a_refused_request_leaves_no_key(world: World, supplier: Member) -> None:
    assert submit(supplier, "one", {**BODY, "values": []}).status_code == 422
    assert submit(supplier, "one", {**BODY, "kind": "rumour"}).status_code == 422
    assert count(world, IdempotencyKey) == 0
    made = submit(supplier, "one")
    assert made.status_code == 201
    assert not is_replay(made)


def test_a_request_that_fails_on_our_side_leaves_no_key(
    world: World, supplier: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    derive = world.runtime.derive

    def fail(work: Work) -> None:
        derive(work)
        raise ValueError("as if derive had a mistake")

    monkeypatch.setattr(world.runtime, "derive", fail)
    headers = {"Authorization": f"Bearer {supplier.key}", "Idempotency-Key": "one"}
    assert world.app.test_client().post("/v1/evidence", json=BODY, headers=headers).status_code == 500
    monkeypatch.setattr(world.runtime, "derive", derive)
    assert (count(world, IdempotencyKey), count(world, Evidence)) == (0, 0)
    assert submit(supplier, "one").status_code == 201


def test_two_tenants_draw_their_keys_without_knowing_of_each_other(world: World, supplier: Member) -> None:
    other = world.join("Spinner", "supplier")
    mine, theirs = submit(supplier, "one"), submit(other, "one", OTHER)
    assert (mine.status_code, theirs.status_code) == (201, 201)
    assert mine.json["organization"] != theirs.json["organization"]
    assert is_replay(submit(supplier, "one"))
    assert is_replay(submit(other, "one", OTHER))


def test_a_colleague_is_not_shown_the_answer_that_held_your_secret(world: World, supplier: Member) -> None:
    def hire(work: Work) -> str:
        person = accounts.enroll(work, supplier.number, email="two@mill.example", name="Two", roles=["supplier"])
        work.session.flush()
        return accounts.issue_key(work, supplier.number, person.number, roles=["supplier"])[1]

    colleague = Member(world.app.test_client(), world.do(hire), supplier.number, supplier.id)
    headers = {"Idempotency-Key": "one"}
    mine = supplier.post("/v1/keys", {}, headers=headers)
    assert mine.json["key"]
    assert is_reused(colleague.post("/v1/keys", {}, headers=headers))


def test_a_replay_needs_a_key_that_may_do_the_same(world: World, supplier: Member) -> None:
    narrow = supplier.post("/v1/keys", {"scopes": ["evidence.read"]}).json["key"]
    submit(supplier, "one")
    reader = Member(world.app.test_client(), narrow, supplier.number, supplier.id)
    assert submit(reader, "one").status_code == 403


def test_a_kept_answer_cannot_be_read_in_the_database(world: World, supplier: Member) -> None:
    made = supplier.post("/v1/keys", {}, headers={"Idempotency-Key": "one"})
    secret = made.json["key"].split("_")[2][:20]
    row = world.do(lambda work: work.session.scalars(select(IdempotencyKey)).one())
    assert secret.encode() not in row.body
    assert secret not in json.dumps(row.headers)


def test_an_answer_without_a_body_is_replayed_too(world: World) -> None:
    brand = world.join("Brand", "brand")
    draft = brand.post("/v1/requirements", {"title": "T", "framework": "eseec-electronics@1", "schedule": [1]})
    path, headers = draft.headers["Location"], {"Idempotency-Key": "one"}
    gone = [brand.call("DELETE", path, headers=headers) for _ in range(2)]
    assert [(one.status_code, is_replay(one)) for one in gone] == [(204, False), (204, True)]
    assert count(world, Requirement) == 0


def test_a_read_takes_no_key(world: World, supplier: Member) -> None:
    assert not any(is_replay(supplier.get("/v1/me", headers={"Idempotency-Key": "one"})) for _ in range(2))
    assert count(world, IdempotencyKey) == 0


def test_a_key_that_is_empty_or_too_long_is_refused(world: World, supplier: Member) -> None:
    for key in ("", "   ", "k" * 256):
        refused = submit(supplier, key)
        assert (refused.status_code, refused.json["code"]) == (400, "idempotency-key-invalid")
    assert count(world, Evidence) == 0


def test_any_other_key_is_a_key(world: World, supplier: Member) -> None:
    for key in ("k", "k" * 255, '"quoted"', "ключ".encode().decode("latin-1")):
        first, second = submit(supplier, key), submit(supplier, key)
        assert first.status_code == 201
        assert is_replay(second)
        assert same(first, second)


# Files ----------------------------------------------------------------------------------------


def upload(member: Member, *files: tuple[str, bytes], body: Any = CERTIFICATE) -> Answer:
    # Each form is sent with a boundary of its own, as clients do.
    return member.post("/v1/evidence", data=form(body, *files), content_type=FORM, headers={"Idempotency-Key": "form"})


def test_a_form_sent_again_is_the_same_request_whatever_its_boundary(world: World, supplier: Member) -> None:
    first, second = upload(supplier, ("c.pdf", pdf())), upload(supplier, ("c.pdf", pdf()))
    assert first.status_code == 201, first.json
    assert is_replay(second)
    assert same(first, second)
    assert count(world, Evidence) == 1


def test_a_form_with_another_file_name_or_field_is_another_request(world: World, supplier: Member) -> None:
    upload(supplier, ("c.pdf", pdf()))
    assert is_reused(upload(supplier, ("c.pdf", pdf(b"other bytes"))))
    assert is_reused(upload(supplier, ("d.pdf", pdf())))
    assert is_reused(upload(supplier, ("c.pdf", pdf()), body={**CERTIFICATE, "source": "other"}))
    assert is_reused(upload(supplier))
    assert count(world, Evidence) == 1


def test_a_form_is_kept_over_a_refusal(world: World, supplier: Member) -> None:
    assert upload(supplier, ("c.pdf", b"not a pdf")).status_code == 422
    assert upload(supplier, ("c.pdf", pdf())).status_code == 201


# Several at once ------------------------------------------------------------------------------


def test_equal_requests_at_once_have_one_effect_and_equal_answers(world: World, supplier: Member) -> None:
    answers = at_once(world, supplier, [partial(submit, key="one")] * 6)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.get_data() for answer in answers}) == 1
    assert sorted(map(is_replay, answers)) == [False] + [True] * 5
    assert count(world, Evidence) == 1


def test_of_different_requests_at_once_one_is_done_and_the_others_are_refused(world: World, supplier: Member) -> None:
    bodies = [{**BODY, "source": f"list {number}"} for number in range(5)]
    answers = at_once(world, supplier, [partial(submit, key="one", body=body) for body in bodies])
    assert sorted(answer.status_code for answer in answers) == [201, 422, 422, 422, 422]
    assert all(is_reused(answer) for answer in answers if answer.status_code == 422)
    assert count(world, Evidence) == 1


def test_who_waits_for_another_longer_than_we_let_wait_is_told_to_come_back(world: World, supplier: Member) -> None:
    object.__setattr__(world.runtime.settings, "idempotency_wait_seconds", 0.2)
    if not is_postgres(world.runtime.settings.database_url):
        hurry(world)
    holder = Work(world.runtime, Actor(organization=supplier.number))
    claim(holder, "one", "somebody else's fingerprint")
    headers = {"Authorization": f"Bearer {supplier.key}", "Idempotency-Key": "one"}
    waiting = world.app.test_client().post("/v1/evidence", json=BODY, headers=headers)
    holder.close()
    assert waiting.headers["Retry-After"] == "1"
    # SQLite has one lock for everybody: who waits there cannot know that it is for the same key.
    told = (409, "request-in-flight") if is_postgres(world.runtime.settings.database_url) else (503, "busy")
    assert waiting.json is not None
    assert (waiting.status_code, waiting.json["code"]) == told
    assert submit(supplier, "one").status_code == 201


def hurry(world: World) -> None:
    """Let connections of SQLite wait for a lock no longer than a blink."""
    engine = world.runtime.database.writer
    engine.dispose()
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA busy_timeout = 200"))
