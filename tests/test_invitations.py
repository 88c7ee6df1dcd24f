"""Invitations and claims: how an entry gets an owner, and who makes sure that it is the right one."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import pytest
from sqlalchemy import select

from supplychain.audit import AuditEntry
from supplychain.outbox import OutboxEvent
from supplychain.work import Work
from tests.reviewing import assign
from tests.world import Answer, Member, World, check

USCC = "91110000600037341L"
ANSWER = {"kind": "answer", "framework": "eseec-electronics", "values": [{"indicator": "E20", "value": "own"}]}
CERTIFICATE = {
    "kind": "certificate",
    "standard": "iso-14001",
    "certificate": {"number": "0815", "issuer": "Example Certification", "version": "2015"},
    "issued_on": "2026-01-01",
    "valid_until": "2028-12-31",
}
PRINTED = {"scheme": "uscc", "value": USCC, "note": "Business licence, copy seen"}


def enter(member: Member, name: str = "Kaifeng") -> str:
    sent = {"name": name, "identifiers": [{"scheme": "uscc", "value": USCC}], "record": {"code": "1"}}
    return str(member.post("/v1/organizations", sent).json["id"])


def invite(member: Member, organization: str, **sent: Any) -> Answer:
    return member.post("/v1/invitations", {"organization": organization, "email": "li@kaifeng.example", **sent})


def accept(world: World, token: str, **sent: Any) -> Answer:
    sent = {"token": token, "name": "Li Wei", **sent}
    return nobody(world, "POST", "/v1/invitations/accept", json=sent)


def nobody(world: World, method: str, path: str, **options: Any) -> Answer:
    """An answer to somebody without a key."""
    response = cast(Answer, world.app.test_client().open(path, method=method, **options))
    check(response)
    return response


def join_by(world: World, inviter: Member, organization: str, **sent: Any) -> Member:
    answer = accept(world, invite(inviter, organization, **sent).json["token"]).json
    return Member(world.app.test_client(), answer["key"], 0, organization)


def with_reviewer(world: World) -> tuple[Member, Member, str]:
    """A brand that accepts a reviewer, the reviewer, and an unclaimed entry of the brand's."""
    acme, reviewer = world.join("Acme", "brand"), world.join("Bureau", "reviewer")
    assert acme.call("PUT", "/v1/me/accepted-reviewers", json={"reviewers": [reviewer.id]}).status_code == 200
    return acme, reviewer, enter(acme)


def test_an_invitation_claims_an_unclaimed_entry_once(world: World) -> None:
    acme = world.join("Acme", "brand")
    organization = enter(acme)
    sent = invite(acme, organization, language="zh")
    assert sent.status_code == 201
    token = sent.json["token"]
    assert sent.json["link"] == f"/v1/invitations/{token}"
    preview = nobody(world, "GET", sent.json["link"])
    assert preview.json.keys() == {"inviter", "organization", "language", "expires_at"}
    assert (preview.json["inviter"], preview.json["organization"]) == ("Acme", "Kaifeng")

    accepted = accept(world, token)
    assert accepted.status_code == 201
    assert (accepted.json["claim"], accepted.json["roles"]) == ("unverified", ["supplier"])
    li = Member(world.app.test_client(), accepted.json["key"], 0, organization)
    assert li.get("/v1/me").json["organization"]["claim"] == "unverified"
    assert [row["state"] for row in acme.get("/v1/invitations").json["items"]] == ["accepted"]

    for over in (accept(world, token), nobody(world, "GET", sent.json["link"])):
        assert (over.status_code, over.json["code"]) == (410, "invitation-gone")


def test_one_token_twice_at_once_lets_one_in(world: World) -> None:
    acme = world.join("Acme", "brand")
    token = invite(acme, enter(acme)).json["token"]
    with ThreadPoolExecutor(2) as pool:
        answers = [pool.submit(accept, world, token) for _ in range(2)]
        assert sorted(answer.result().status_code for answer in answers) == [201, 410]


def test_two_invitations_accepted_at_once_make_one_owner(world: World) -> None:
    acme, other = world.join("Acme", "brand"), world.join("Other", "brand")
    organization = enter(acme)
    enter(other)
    tokens = [
        invite(acme, organization).json["token"],
        invite(other, organization, email="x@y.example").json["token"],
    ]
    with ThreadPoolExecutor(2) as pool:
        answers = [pool.submit(accept, world, token) for token in tokens]
        assert sorted(answer.result().status_code for answer in answers) == [201, 410]


def test_an_accepted_answer_is_replayed_to_the_same_idempotency_key(world: World) -> None:
    acme = world.join("Acme", "brand")
    token = invite(acme, enter(acme)).json["token"]
    sent = {"token": token, "name": "Li Wei"}
    first, second = (
        nobody(world, "POST", "/v1/invitations/accept", json=sent, headers={"Idempotency-Key": "once"})
        for _ in range(2)
    )
    assert first.status_code == second.status_code == 201
    assert first.data == second.data
    assert second.headers["Idempotency-Replayed"] == "true"


def test_a_key_that_a_stranger_guesses_is_another_key(world: World) -> None:
    acme = world.join("Acme", "brand")
    organization = enter(acme)
    other = str(acme.post("/v1/organizations", {"name": "Other", "record": {"code": "2"}}).json["id"])
    mine, strangers = (invite(acme, one).json["token"] for one in (organization, other))

    def accept_as(token: str, name: str, key: str = "1") -> Answer:
        sent = {"token": token, "name": name}
        return nobody(world, "POST", "/v1/invitations/accept", json=sent, headers={"Idempotency-Key": key})

    assert accept_as("nobodys", "Stranger").status_code == 404
    assert accept_as(strangers, "Stranger").status_code == 201
    first = accept_as(mine, "Li Wei")
    assert (first.status_code, first.json["organization"]["id"]) == (201, organization)
    assert accept_as(mine, "Li Wei").data == first.data
    reused = accept_as(mine, "Wei Li")
    assert (reused.status_code, reused.json["code"]) == (422, "idempotency-key-reused")
    assert accept_as(mine, "Li Wei", key="2").status_code == 410


def test_an_invitation_expires_and_is_taken_back(world: World) -> None:
    acme = world.join("Acme", "brand")
    organization = enter(acme)
    short, long = invite(acme, organization, expires_in_days=2), invite(acme, organization)
    assert acme.call("DELETE", f"/v1/invitations/{long.json['id']}").status_code == 200
    assert accept(world, long.json["token"]).status_code == 410
    world.clock.advance(days=2)
    assert accept(world, short.json["token"]).status_code == 410
    assert [row["state"] for row in acme.get("/v1/invitations").json["items"]] == ["expired", "revoked"]


@pytest.mark.parametrize("days", [0, 91])
def test_an_invitation_lives_at_most_ninety_days(world: World, days: int) -> None:
    acme = world.join("Acme", "brand")
    assert invite(acme, enter(acme), expires_in_days=days).status_code == 422


def test_an_unknown_token_is_unknown(world: World) -> None:
    assert accept(world, "nothing").status_code == 404
    assert nobody(world, "GET", "/v1/invitations/nothing").status_code == 404


def test_only_the_invited_address_is_let_in(world: World) -> None:
    acme = world.join("Acme", "brand")
    token = invite(acme, enter(acme)).json["token"]
    assert accept(world, token, email="boss@acme.example").status_code == 422
    assert accept(world, token, email="LI@kaifeng.example").status_code == 201


def test_only_a_buyer_a_programme_or_the_operator_invites(world: World) -> None:
    acme, stranger = world.join("Acme", "brand"), world.join("Stranger", "brand")
    programme, operator = world.join("Chamber", "organiser"), world.join("Platform", "operator")
    organization = enter(acme)
    refused = invite(stranger, organization)
    assert (refused.status_code, refused.json["code"]) == (403, "invitation-not-yours")
    for inviter in (acme, programme, operator):
        assert invite(inviter, organization).status_code == 201


def test_a_buyer_with_a_link_invites(world: World) -> None:
    acme, buyer = world.join("Acme", "brand"), world.join("Buyer", "supplier")
    organization = enter(acme)
    assert invite(buyer, organization).status_code == 403
    assert buyer.post("/v1/links", {"buyer": buyer.id, "supplier": organization}).status_code == 201
    assert invite(buyer, organization).status_code == 201


def test_nobody_offers_a_role_that_is_not_his_to_give(world: World) -> None:
    acme, programme = world.join("Acme", "brand"), world.join("Chamber", "organiser")
    organization = enter(acme)
    for inviter, role in ((acme, "reviewer"), (acme, "brand"), (programme, "operator")):
        refused = invite(inviter, organization, role=role)
        assert refused.status_code == 422
        assert refused.json["errors"][0]["code"] == "role-not-yours"
    assert invite(programme, organization, role="brand").status_code == 201
    assert invite(acme, acme.id, role="operator").status_code == 422


def test_a_colleague_is_invited_by_the_organization_itself(world: World) -> None:
    acme = world.join("Acme", "brand")
    token = invite(acme, acme.id, role="brand", email="bo@acme.example").json["token"]
    accepted = accept(world, token)
    assert (accepted.status_code, accepted.json["claim"]) == (201, "verified")
    assert accept(world, token).status_code == 410


def test_a_foreign_invitation_to_a_claimed_entry_lets_nobody_in_and_tells_nothing(world: World) -> None:
    acme, other = world.join("Acme", "brand"), world.join("Other", "brand")
    operator = world.join("Platform", "operator")
    organization = enter(acme)
    enter(other)
    open_answer = invite(other, organization)
    join_by(world, acme, organization)
    for inviter in (other, operator):
        closed_answer = invite(inviter, organization)
        assert closed_answer.status_code == 201
        assert closed_answer.json.keys() == open_answer.json.keys()
        assert closed_answer.json["state"] == "open"
        refused = accept(world, closed_answer.json["token"])
        assert (refused.status_code, refused.json["code"]) == (410, "invitation-gone")
    assert {row["state"] for row in other.get("/v1/invitations").json["items"]} == {"open"}


def test_an_invitation_is_its_senders_alone(world: World) -> None:
    acme, other = world.join("Acme", "brand"), world.join("Other", "brand")
    sent = invite(acme, enter(acme)).json
    assert other.get("/v1/invitations").json["items"] == []
    assert other.call("DELETE", f"/v1/invitations/{sent['id']}").status_code == 404
    assert accept(world, sent["token"]).status_code == 201


def test_an_unverified_owner_reads_nothing_of_who_buys_from_it(world: World) -> None:
    acme, rival = world.join("Acme", "brand"), world.join("Rival", "brand")
    organization = enter(acme)
    enter(rival)
    assert rival.post("/v1/links", {"buyer": rival.id, "supplier": organization}).status_code == 201
    spy = join_by(world, acme, organization, email="spy@acme.example")
    for path in ("/v1/links", "/v1/ownerships", "/v1/me/reviewer", "/v1/records"):
        refused = spy.get(path)
        assert (refused.status_code, refused.json["code"]) == (403, "claim-unverified")


def test_the_reviewer_the_inviter_accepts_verifies_the_claim(world: World) -> None:
    acme, reviewer, organization = with_reviewer(world)
    li = join_by(world, acme, organization)
    (claim,) = reviewer.get("/v1/claims").json["items"]
    assert claim["organization"]["id"] == organization
    assert claim["contacts"] == [{"name": "Li Wei", "email": "li@kaifeng.example"}]
    verified = reviewer.post(f"/v1/claims/{organization}/verify", PRINTED)
    assert (verified.status_code, verified.json["claim"]) == (200, "verified")
    assert li.get("/v1/me").json["organization"]["claim"] == "verified"
    assert li.get("/v1/records").status_code == 200
    assert li.get("/v1/me/reviewer").json["reviewer"]["id"] == reviewer.id
    assert reviewer.get("/v1/claims").json["items"] == []
    again = reviewer.post(f"/v1/claims/{organization}/verify", PRINTED)
    assert (again.status_code, again.json["code"]) == (409, "claim-settled")


def test_a_document_must_bear_the_registered_identifier(world: World) -> None:
    acme, reviewer, organization = with_reviewer(world)
    li = join_by(world, acme, organization)
    path = f"/v1/claims/{organization}/verify"
    for value, code in (("91110000600037341A", "identifier-checksum"), ("91350100M000100Y43", "identifier-differs")):
        refused = reviewer.post(path, {**PRINTED, "value": value})
        assert refused.status_code == 422
        assert [(fault["pointer"], fault["code"]) for fault in refused.json["errors"]] == [("/value", code)]
    assert li.get("/v1/me").json["organization"]["claim"] == "unverified"


def test_an_identifier_the_directory_lacks_is_entered_from_the_document(world: World) -> None:
    acme, reviewer = world.join("Acme", "brand"), world.join("Bureau", "reviewer")
    acme.call("PUT", "/v1/me/accepted-reviewers", json={"reviewers": [reviewer.id]})
    bare = str(acme.post("/v1/organizations", {"name": "Bare", "record": {"code": "2"}}).json["id"])
    enter(acme, "Holder")
    join_by(world, acme, bare)
    path = f"/v1/claims/{bare}/verify"
    assert reviewer.post(path, PRINTED).json["errors"][0]["code"] == "identifier-taken"
    duns = {"scheme": "duns", "value": "15-048-3782", "note": "Register extract"}
    assert reviewer.post(path, duns).json["identifiers"] == [{"scheme": "duns", "value": "150483782"}]


def test_a_rejected_claim_frees_the_entry_and_ends_its_keys(world: World) -> None:
    acme, reviewer, organization = with_reviewer(world)
    impostor = join_by(world, acme, organization)
    token = invite(acme, organization).json["token"]
    sent = {"code": "impostor", "note": "The licence is another company's"}
    assert reviewer.post(f"/v1/claims/{organization}/reject", sent).json["claim"] == "unclaimed"
    assert impostor.get("/v1/me").status_code == 401
    assert accept(world, token).status_code == 201


def test_what_a_false_claimant_submitted_leaves_the_queue_and_nothing_else_does(world: World) -> None:
    acme, reviewer, organization = with_reviewer(world)
    operator = world.join("Platform", "operator")
    assert operator.post(f"/v1/claims/{organization}/assign", {"reviewer": reviewer.id}).status_code == 200
    registered = reviewer.post("/v1/evidence", {**CERTIFICATE, "organization": organization}).json["id"]
    impostor = join_by(world, acme, organization)
    waiting, accepted, refused = (impostor.post("/v1/evidence", ANSWER).json["id"] for _ in range(3))
    path = "/v1/evidence/{}/review"
    assert reviewer.post(path.format(accepted), {"decision": "accept"}).status_code == 200
    assert reviewer.post(path.format(refused), {"decision": "reject", "code": "value"}).status_code == 200
    bystander = world.join("Bystander", "supplier")
    assert bystander.call("PUT", "/v1/me/reviewer", json={"reviewer": reviewer.id}).status_code == 422
    assign(world, bystander, reviewer)
    other = bystander.post("/v1/evidence", ANSWER).json["id"]
    queue = reviewer.get("/v1/evidence?state=submitted").json["items"]
    assert {one["id"] for one in queue} == {waiting, other}

    sent = {"code": "impostor", "note": "The licence is another company's"}
    assert reviewer.post(f"/v1/claims/{organization}/reject", sent).status_code == 200

    queue = reviewer.get("/v1/evidence?state=submitted").json["items"]
    assert {one["id"] for one in queue} == {other}
    shown = {one: reviewer.get(f"/v1/evidence/{one}").json for one in (waiting, accepted, refused, registered, other)}
    assert [one["state"] for one in shown.values()] == ["withdrawn", "accepted", "rejected", "accepted", "submitted"]
    assert [one["withdrawn_for"] for one in shown.values()] == ["claim-rejected", None, None, None, None]
    assert reviewer.post(path.format(waiting), {"decision": "accept"}).json["code"] == "evidence-reviewed"

    def told(work: Work) -> tuple[Any, Any]:
        audit = select(AuditEntry.data).where(AuditEntry.subject == waiting, AuditEntry.action == "evidence.withdrawn")
        events = select(OutboxEvent.type).where(OutboxEvent.subject == waiting).order_by(OutboxEvent.number)
        return work.session.scalars(audit).all(), work.session.scalars(events).all()

    assert world.do(told) == ([{"code": "claim-rejected"}], ["evidence.submitted", "evidence.withdrawn"])


def test_a_claim_is_its_reviewers_alone(world: World) -> None:
    acme, _, organization = with_reviewer(world)
    join_by(world, acme, organization)
    other = world.join("OtherBureau", "reviewer")
    assert other.get("/v1/claims").json["items"] == []
    for verb, sent in (("verify", PRINTED), ("reject", {"code": "impostor", "note": "not seen"})):
        assert other.post(f"/v1/claims/{organization}/{verb}", sent).status_code == 404


def test_the_operator_assigns_a_reviewer_and_does_not_read_contacts(world: World) -> None:
    acme, operator = world.join("Acme", "brand"), world.join("Platform", "operator")
    reviewer = world.join("Bureau", "reviewer")
    organization = enter(acme)
    join_by(world, acme, organization)
    (claim,) = operator.get("/v1/claims").json["items"]
    assert claim["reviewer"] is None
    assert "contacts" not in claim
    path = f"/v1/claims/{organization}/assign"
    assert operator.post(path, {"reviewer": acme.id}).json["errors"][0]["code"] == "not-a-reviewer"
    assert operator.post(path, {"reviewer": reviewer.id}).json["reviewer"]["id"] == reviewer.id
    assert reviewer.post(f"/v1/claims/{organization}/verify", PRINTED).status_code == 200
    settled = operator.post(path, {"reviewer": reviewer.id})
    assert (settled.status_code, settled.json["code"]) == (409, "claim-settled")


def test_a_customer_never_reviews_its_supplier(world: World) -> None:
    buyer, operator = world.join("Buyer", "brand", "reviewer"), world.join("Platform", "operator")
    organization = enter(buyer)
    assert buyer.post("/v1/links", {"buyer": buyer.id, "supplier": organization}).status_code == 201
    assigned = operator.post(f"/v1/claims/{organization}/assign", {"reviewer": buyer.id})
    assert assigned.json["errors"][0]["code"] == "reviewer-not-independent"
    buyer.call("PUT", "/v1/me/accepted-reviewers", json={"reviewers": [buyer.id]})
    join_by(world, buyer, organization)
    (claim,) = operator.get("/v1/claims").json["items"]
    assert claim["reviewer"] is None


def test_a_reviewer_that_became_a_customer_loses_the_claim(world: World) -> None:
    acme = world.join("Acme", "brand")
    reviewer = world.join("Bureau", "reviewer", "brand")
    acme.call("PUT", "/v1/me/accepted-reviewers", json={"reviewers": [reviewer.id]})
    organization = enter(acme)
    join_by(world, acme, organization)
    assert len(reviewer.get("/v1/claims").json["items"]) == 1
    assert reviewer.post("/v1/links", {"buyer": reviewer.id, "supplier": organization}).status_code == 201
    assert reviewer.post(f"/v1/claims/{organization}/verify", PRINTED).status_code == 404
    assert reviewer.get("/v1/claims").json["items"] == []


def test_a_supplier_chooses_its_reviewer_among_those_its_customers_accept(world: World) -> None:
    acme, mill = world.join("Acme", "brand"), world.join("Mill", "supplier")
    accepted, unknown = world.join("Bureau", "reviewer"), world.join("Friend", "reviewer")
    acme.call("PUT", "/v1/me/accepted-reviewers", json={"reviewers": [accepted.id, accepted.id]})
    assert [row["id"] for row in acme.get("/v1/me/accepted-reviewers").json["items"]] == [accepted.id]
    assert mill.get("/v1/me/reviewer").json == {"reviewer": None, "choices": []}
    assert acme.post("/v1/links", {"buyer": acme.id, "supplier": mill.id}).status_code == 201
    assert [row["id"] for row in mill.get("/v1/me/reviewer").json["choices"]] == [accepted.id]
    refused = mill.call("PUT", "/v1/me/reviewer", json={"reviewer": unknown.id})
    assert refused.json["errors"][0]["code"] == "reviewer-not-accepted"
    chosen = mill.call("PUT", "/v1/me/reviewer", json={"reviewer": accepted.id})
    assert chosen.json["reviewer"]["id"] == accepted.id


def test_a_customer_that_reviews_is_not_to_be_chosen(world: World) -> None:
    buyer, mill = world.join("Buyer", "brand", "reviewer"), world.join("Mill", "supplier")
    buyer.call("PUT", "/v1/me/accepted-reviewers", json={"reviewers": [buyer.id]})
    assert buyer.post("/v1/links", {"buyer": buyer.id, "supplier": mill.id}).status_code == 201
    assert mill.get("/v1/me/reviewer").json["choices"] == []


def test_a_supplier_may_choose_whom_the_programme_that_invited_it_accepts(world: World) -> None:
    programme, reviewer = world.join("Chamber", "organiser"), world.join("Bureau", "reviewer")
    programme.call("PUT", "/v1/me/accepted-reviewers", json={"reviewers": [reviewer.id]})
    organization = enter(programme)
    supplier = join_by(world, programme, organization)
    assert reviewer.post(f"/v1/claims/{organization}/verify", PRINTED).status_code == 200
    assert [row["id"] for row in supplier.get("/v1/me/reviewer").json["choices"]] == [reviewer.id]


def test_only_reviewers_are_accepted(world: World) -> None:
    acme, reviewer = world.join("Acme", "brand"), world.join("Bureau", "reviewer")
    refused = acme.call("PUT", "/v1/me/accepted-reviewers", json={"reviewers": [reviewer.id, acme.id, "org_0"]})
    assert [fault["pointer"] for fault in refused.json["errors"]] == ["/reviewers/1", "/reviewers/2"]
    assert [row["id"] for row in acme.get("/v1/reviewers").json["items"]] == [reviewer.id]
