"""Keys: made, narrowed, rotated, revoked, expired; never wider than what they come from."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from supplychain.accounts import keys, operations
from supplychain.work import Work
from tests.world import Answer, Member, World


def make(member: Member, **sent: Any) -> Answer:
    return member.post("/v1/keys", sent)


def with_key(world: World, member: Member, key: str) -> Member:
    return Member(world.app.test_client(), key, member.number, member.id)


def test_a_key_is_shown_once_and_works(world: World) -> None:
    acme = world.join("Acme", "brand")
    made = make(acme, name="ERP")
    assert made.status_code == 201
    assert with_key(world, acme, made.json["key"]).get("/v1/me").status_code == 200
    listed = acme.get("/v1/keys").json["items"]
    assert [row["name"] for row in listed] == ["", "ERP"]
    assert all("key" not in row for row in listed)
    assert listed[1]["prefix"] == made.json["key"].split("_")[1]


def test_scopes_narrow_a_key(world: World) -> None:
    acme = world.join("Acme", "brand")
    key = make(acme, scopes=["organizations.read"]).json["key"]
    narrow = with_key(world, acme, key)
    assert narrow.get("/v1/organizations").status_code == 200
    refused = narrow.get("/v1/keys")
    assert (refused.status_code, refused.json["code"]) == (403, "permission-missing")


def test_a_key_never_makes_a_wider_one(world: World) -> None:
    acme = world.join("Acme", "brand")
    narrow = with_key(world, acme, make(acme, scopes=["keys.manage", "organizations.read"]).json["key"])
    for sent in ({}, {"scopes": ["requirements.write"]}):
        assert make(narrow, **sent).json["code"] == "key-wider"


def test_a_key_has_no_role_its_person_does_not_hold(world: World) -> None:
    acme = world.join("Acme", "brand")
    refused = make(acme, roles=["operator"])
    assert (refused.status_code, refused.json["code"]) == (403, "role-not-held")


def test_a_key_may_speak_for_one_of_several_roles(world: World) -> None:
    both = world.join("Both", "brand", "trainer")
    key = with_key(world, both, make(both, roles=["trainer"]).json["key"])
    assert key.get("/v1/me").json["roles"] == ["trainer"]
    assert make(key, roles=["brand"]).json["code"] == "key-wider"


def test_an_unknown_scope_is_pointed_at(world: World) -> None:
    acme = world.join("Acme", "brand")
    refused = make(acme, scopes=["keys.manage", "everything"])
    assert refused.status_code == 422
    assert [(fault["pointer"], fault["code"]) for fault in refused.json["errors"]] == [
        ("/scopes/1", "unknown-permission")
    ]


def test_two_keys_live_while_one_is_replaced_and_never_three(world: World) -> None:
    acme = world.join("Acme", "brand")
    (first,) = acme.get("/v1/keys").json["items"]
    rotated = acme.post(f"/v1/keys/{first['id']}/rotate")
    assert rotated.status_code == 201
    new = with_key(world, acme, rotated.json["key"])
    assert acme.get("/v1/me").status_code == new.get("/v1/me").status_code == 200
    for again in (acme.post(f"/v1/keys/{first['id']}/rotate"), make(acme)):
        assert (again.status_code, again.json["code"]) == (409, "keys-two-live")
    assert new.call("DELETE", f"/v1/keys/{first['id']}").status_code == 200
    assert acme.get("/v1/me").status_code == 401
    assert new.post(f"/v1/keys/{first['id']}/rotate").json["code"] == "key-not-live"
    assert make(new).status_code == 201


def test_two_keys_asked_for_at_once_are_never_three(world: World) -> None:
    acme = world.join("Acme", "brand")
    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(make, with_key(world, acme, acme.key)) for _ in range(2)]
        answers = sorted(one.result().status_code for one in asked)
    assert answers == [201, 409]


def test_a_successor_keeps_roles_scopes_and_lifetime(world: World) -> None:
    acme = world.join("Acme", "brand")
    made = make(acme, name="ERP", scopes=["keys.manage", "organizations.read"], expires_in_days=10).json
    (old,) = [row for row in acme.get("/v1/keys").json["items"] if row["id"] == made["id"]]
    acme.call("DELETE", f"/v1/keys/{acme.get('/v1/keys').json['items'][0]['id']}")
    world.clock.advance(days=9)
    new = with_key(world, acme, made["key"]).post(f"/v1/keys/{old['id']}/rotate").json
    assert (new["roles"], new["scopes"], new["name"]) == (old["roles"], old["scopes"], "ERP")
    assert new["expires_at"][:10] == "2026-12-11"


def test_the_owner_of_an_unverified_claim_rotates_its_key(world: World) -> None:
    mill = world.join("Mill", "supplier", claim="unverified")
    (first,) = mill.get("/v1/keys").json["items"]
    rotated = mill.post(f"/v1/keys/{first['id']}/rotate")
    assert rotated.status_code == 201
    new = with_key(world, mill, rotated.json["key"])
    assert new.get("/v1/me").json["permissions"] == mill.get("/v1/me").json["permissions"]


def test_an_expired_key_is_like_an_unknown_one(world: World) -> None:
    acme = world.join("Acme", "brand")
    short = with_key(world, acme, make(acme, expires_in_days=1).json["key"])
    assert short.get("/v1/me").status_code == 200
    world.clock.advance(days=1)
    expired, unknown = short.get("/v1/me"), with_key(world, acme, keys.mint().text).get("/v1/me")
    assert expired.status_code == unknown.status_code == 401
    assert expired.json | {"instance": ""} == unknown.json | {"instance": ""}


def test_an_expired_key_makes_room_for_the_next(world: World) -> None:
    acme = world.join("Acme", "brand")
    make(acme, expires_in_days=1)
    assert make(acme).status_code == 409
    world.clock.advance(days=1)
    assert make(acme).status_code == 201


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x", "Basic abc", "Bearer sck_000000000000_"])
def test_a_credential_that_is_no_key_is_refused(world: World, header: str) -> None:
    refused = world.app.test_client().get("/v1/me", headers={"Authorization": header})
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_key_with_a_typing_error_is_refused_by_its_checksum() -> None:
    text = keys.mint().text
    assert keys.parse(text) is not None
    assert keys.parse(text[:-1] + ("0" if text[-1] != "0" else "1")) is None


def test_only_a_hash_of_a_key_is_stored(world: World) -> None:
    acme = world.join("Acme", "brand")
    secret = acme.key.split("_")[2]
    rows = world.do(lambda work: work.session.scalars(operations.own_keys(acme.number)).all())
    assert all(secret[:48] not in str(vars(row)) for row in rows)


def test_another_organizations_key_is_unknown(world: World) -> None:
    acme, other = world.join("Acme", "brand"), world.join("Other", "brand")
    key_id = acme.get("/v1/keys").json["items"][0]["id"]
    assert [row["id"] for row in other.get("/v1/keys").json["items"]] != [key_id]
    for refused in (other.post(f"/v1/keys/{key_id}/rotate"), other.call("DELETE", f"/v1/keys/{key_id}")):
        assert refused.status_code == 404
    assert acme.get("/v1/me").status_code == 200


def test_a_colleague_revokes_what_can_do_no_more_and_rotates_nothing(world: World) -> None:
    acme = world.join("Acme", "brand")
    colleague = with_key(world, acme, world.do(lambda work: hire(work, acme, "brand")))
    trainer = with_key(world, acme, world.do(lambda work: hire(work, acme, "trainer")))
    ids = {row["person"]["name"] + row["roles"][0]: row["id"] for row in acme.get("/v1/keys").json["items"]}
    assert colleague.post(f"/v1/keys/{ids['Acmebrand']}/rotate").json["code"] == "key-of-another"
    assert trainer.call("DELETE", f"/v1/keys/{ids['Acmebrand']}").json["code"] == "key-of-another"
    assert acme.get("/v1/me").status_code == 200
    assert colleague.call("DELETE", f"/v1/keys/{ids['Acmebrand']}").status_code == 200
    assert acme.get("/v1/me").status_code == 401


def hire(work: Work, member: Member, role: str) -> str:
    person = operations.enroll(work, member.number, email=f"{role}@acme.example", name=role, roles=[role])
    work.session.flush()
    return operations.issue_key(work, member.number, person.number, roles=[role])[1]
