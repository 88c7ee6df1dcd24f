"""Reviews and grants: who sees what of whose evidence, and decides (domain rules: Evidence, what may be seen)."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import text

from supplychain.evidence.models import Evidence, Grant
from supplychain.outbox import OutboxEvent
from tests import papers
from tests.papers import answer, certificate, quantity
from tests.reviewing import assign, count, faults, own, sell, send, submit, verify
from tests.world import Answer, Member, World


@pytest.fixture
def volt(world: World) -> Member:
    return world.join("Volt", "supplier")


@pytest.fixture
def reviewer(world: World) -> Member:
    return world.join("Reviewer", "reviewer")


def review(member: Member, evidence: dict[str, Any], decision: str = "accept", **said: Any) -> Answer:
    return member.post(f"/v1/evidence/{evidence['id']}/review", {"decision": decision, **said})


def ids(member: Member, query: str = "") -> list[str]:
    return [one["id"] for one in member.get(f"/v1/evidence{query}").json["items"]]


def test_a_reviewer_sees_only_what_is_assigned_to_it(world: World, volt: Member, reviewer: Member) -> None:
    mine, other = submit(volt, quantity()), submit(world.join("Other", "supplier"), quantity())
    assert ids(reviewer) == []
    assign(world, volt, reviewer)
    assert ids(reviewer) == ids(reviewer, "?role=reviewer&state=submitted") == [mine["id"]]
    assert review(reviewer, other).status_code == 404


def test_what_waits_is_taken_up_by_the_choice_of_a_reviewer_and_moves_with_it(
    world: World, volt: Member, reviewer: Member
) -> None:
    sent = submit(volt, quantity())
    second = world.join("Second", "reviewer")
    assign(world, volt, reviewer)
    assign(world, volt, second)
    assert (ids(reviewer), ids(second)) == ([], [sent["id"]])
    assert review(reviewer, sent).status_code == 404
    assert review(second, sent).json["review"]["by"] == second.id
    assign(world, volt, reviewer)
    assert (ids(reviewer), ids(second)) == ([], [sent["id"]])


def test_a_review_accepts_with_the_trust_it_grants(world: World, volt: Member, reviewer: Member) -> None:
    assign(world, volt, reviewer)
    sent = send(volt, quantity(), ("meter.pdf", papers.pdf())).json
    taken = review(reviewer, sent, trust="audited")
    assert (taken.status_code, taken.json["state"], taken.json["trust"]) == (200, "accepted", "audited")
    assert volt.get(f"/v1/evidence/{sent['id']}").json["review"] == {
        "by": reviewer.id,
        "at": "2026-11-22T08:00:00+00:00",
        "code": None,
        "note": None,
    }
    assert review(reviewer, submit(volt, quantity())).json["trust"] == "self_declared"


def test_a_review_rejects_with_a_coded_reason(world: World, volt: Member, reviewer: Member) -> None:
    assign(world, volt, reviewer)
    sent = submit(volt, quantity())
    assert faults(review(reviewer, sent, "reject")) == [("/code", "required")]
    assert faults(review(reviewer, sent, "reject", code="mood")) == [("/code", "not-one-of")]
    assert faults(review(reviewer, sent, "reject", code="other")) == [("/note", "required")]
    assert faults(review(reviewer, sent, "reject", code="age", trust="audited")) == [("/trust", "only-when-accepting")]
    assert faults(review(reviewer, sent, code="age")) == [("/code", "only-when-rejecting")]
    assert faults(review(reviewer, sent, "perhaps")) == [("/decision", "not-one-of")]
    assert review(reviewer, sent, "reject", code="scope", note="Names another plant").status_code == 200
    told = volt.get(f"/v1/evidence/{sent['id']}").json
    assert (told["state"], told["review"]["code"], told["review"]["note"]) == (
        "rejected",
        "scope",
        "Names another plant",
    )
    assert count(world, OutboxEvent, OutboxEvent.type == "evidence.rejected") == 1


def test_what_was_decided_is_not_decided_again(world: World, volt: Member, reviewer: Member) -> None:
    assign(world, volt, reviewer)
    sent = submit(volt, quantity())
    assert review(reviewer, sent).status_code == 200
    again = review(reviewer, sent, "reject", code="age")
    assert (again.status_code, again.json["code"]) == (409, "evidence-reviewed")
    withdrawn = submit(volt, quantity())
    volt.post(f"/v1/evidence/{withdrawn['id']}/withdraw")
    assert review(reviewer, withdrawn).json["code"] == "evidence-reviewed"


def test_what_a_pack_accepted_on_receipt_can_still_be_reviewed(world: World, volt: Member, reviewer: Member) -> None:
    assign(world, volt, reviewer)
    sent = submit(volt, answer())
    assert (sent["state"], sent["on_receipt"]) == ("accepted", True)
    taken = review(reviewer, sent, trust="documented").json
    assert (taken["state"], taken["on_receipt"], taken["trust"]) == ("accepted", False, "documented")


def test_two_decisions_at_once_make_one(world: World, volt: Member, reviewer: Member) -> None:
    assign(world, volt, reviewer)
    sent = submit(volt, quantity())

    def decide(said: dict[str, str]) -> int:
        member = Member(world.app.test_client(), reviewer.key, reviewer.number, reviewer.id)
        return member.post(f"/v1/evidence/{sent['id']}/review", said).status_code

    with ThreadPoolExecutor(2) as pool:
        statuses = list(pool.map(decide, [{"decision": "accept"}, {"decision": "reject", "code": "age"}]))
    assert sorted(statuses) == [200, 409]


def test_a_reviewer_of_the_suppliers_group_or_of_a_customer_sees_nothing(
    world: World, volt: Member, reviewer: Member
) -> None:
    sent = submit(volt, quantity())
    assign(world, volt, reviewer)
    assert ids(reviewer) == [sent["id"]]
    brand = world.join("Brand", "brand")
    own(world, brand, reviewer)
    assert ids(reviewer) == [sent["id"]]
    sell(world, volt, brand)
    assert ids(reviewer) == []
    assert reviewer.get(f"/v1/evidence/{sent['id']}").status_code == 404
    assert review(reviewer, sent).status_code == 404


def test_what_a_reviewer_may_not_see_leaves_no_gap_in_its_list(world: World, volt: Member, reviewer: Member) -> None:
    customer = world.join("Customer", "supplier")
    submit(customer, quantity())
    sent = submit(volt, quantity())
    for one in (customer, volt):
        assign(world, one, reviewer)
    sell(world, customer, reviewer)
    assert ids(reviewer, "?limit=1") == [sent["id"]]


def test_a_reviewer_of_the_same_group_sees_nothing(world: World, volt: Member, reviewer: Member) -> None:
    sent = submit(volt, quantity())
    assign(world, volt, reviewer)
    group = world.join("Group", "supplier")
    own(world, group, volt)
    own(world, group, reviewer)
    assert ids(reviewer) == []
    assert review(reviewer, sent).status_code == 404


def test_nobody_reviews_its_own(world: World) -> None:
    both = world.join("Both", "supplier", "reviewer")
    assign(world, both, both)
    sent = submit(both, quantity())
    assert review(both, sent).status_code == 404
    assert ids(both, "?role=reviewer") == []


def test_what_a_company_says_of_a_plant_goes_to_the_plants_reviewer_or_else_its_own(
    world: World, volt: Member, reviewer: Member
) -> None:
    plant, second = world.join("Plant", kind="plant", claim="unclaimed"), world.join("Second", "reviewer")
    own(world, volt, plant)
    assign(world, volt, reviewer)
    sent = submit(volt, quantity(organization=plant.id))
    assert (ids(reviewer), ids(second)) == ([sent["id"]], [])
    assign(world, plant, second)
    assert (ids(reviewer), ids(second)) == ([], [sent["id"]])
    assert review(reviewer, sent).status_code == 404
    assert review(second, sent).status_code == 200


def test_a_renewal_supersedes_once_it_is_accepted_whoever_reviewed_the_old_one(
    world: World, volt: Member, reviewer: Member
) -> None:
    assign(world, volt, reviewer)
    old = submit(volt, quantity())
    review(reviewer, old)
    second = world.join("Second", "reviewer")
    assign(world, volt, second)
    rejected = submit(volt, quantity(supersedes=old["id"]))
    review(second, rejected, "reject", code="value")
    assert volt.get(f"/v1/evidence/{old['id']}").json["state"] == "accepted"
    renewal = submit(volt, quantity(supersedes=old["id"]))
    assert review(second, renewal).status_code == 200
    assert volt.get(f"/v1/evidence/{old['id']}").json["state"] == "superseded"
    assert volt.post(f"/v1/evidence/{old['id']}/withdraw").json["code"] == "evidence-closed"


def test_a_reviewer_enters_certificates_of_public_registers_for_unclaimed_organizations(
    world: World, volt: Member, reviewer: Member
) -> None:
    mill = world.join("Mill", kind="plant", claim="unclaimed")
    register = certificate(
        organization=mill.id,
        standard="rspo",
        certificate={"number": "RSPO-1", "issuer": "RSPO", "version": "IP"},
        source="Public register",
    )
    unassigned = faults(reviewer.post("/v1/evidence", register))
    assert unassigned == [("/organization", "not-yours-to-answer-for")]
    assign(world, mill, reviewer)
    entered = submit(reviewer, register)
    assert (entered["state"], entered["trust"], entered["on_receipt"]) == ("accepted", "certified", False)
    assert entered["holder"] == mill.id
    assert ids(reviewer) == [entered["id"]]
    assert reviewer.get(f"/v1/evidence/{entered['id']}").json == entered
    refused = faults(reviewer.post("/v1/evidence", answer(organization=mill.id)))
    assert refused == [("/standard", "register-certificates-only")]
    assign(world, volt, reviewer)
    assert faults(reviewer.post("/v1/evidence", certificate(organization=volt.id))) == unassigned


def test_a_register_certificate_is_renewed_and_withdrawn_by_who_entered_it_only(world: World, reviewer: Member) -> None:
    mill = world.join("Mill", "supplier", claim="unclaimed")
    assign(world, mill, reviewer)
    entered = submit(reviewer, certificate(organization=mill.id))
    renewed = submit(reviewer, certificate(organization=mill.id, supersedes=entered["id"]))
    verify(world, mill)
    assert [(one["id"], one["state"]) for one in mill.get("/v1/evidence").json["items"]] == [
        (entered["id"], "superseded"),
        (renewed["id"], "accepted"),
    ]
    refused = mill.post(f"/v1/evidence/{renewed['id']}/withdraw")
    assert (refused.status_code, refused.json["code"]) == (409, "evidence-not-submitted-by-you")
    claimed = faults(reviewer.post("/v1/evidence", certificate(organization=mill.id)))
    assert claimed == [("/organization", "not-yours-to-answer-for")]
    assert reviewer.post(f"/v1/evidence/{renewed['id']}/withdraw").json["state"] == "withdrawn"


def test_a_grant_opens_accepted_evidence_to_one_brand_until_it_is_revoked(
    world: World, volt: Member, reviewer: Member
) -> None:
    brand, other = world.join("Brand", "brand"), world.join("Other", "brand")
    assign(world, volt, reviewer)
    accepted, waiting = submit(volt, quantity()), submit(volt, quantity())
    review(reviewer, accepted, note="Meter seen")
    given = volt.post("/v1/grants", {"brand": brand.id})
    assert (given.status_code, given.json["brand"], given.json["revoked_at"]) == (201, brand.id, None)
    assert ids(brand) == ids(brand, "?role=brand") == ids(brand, f"?organization={volt.id}") == [accepted["id"]]
    assert ids(brand, "?role=holder") == ids(other) == []
    seen = brand.get(f"/v1/evidence/{accepted['id']}").json
    assert "review" not in seen
    assert "waits_for" not in seen
    assert brand.get(f"/v1/evidence/{waiting['id']}").status_code == 404
    assert brand.get("/v1/grants").json == volt.get("/v1/grants").json
    revoked = volt.call("DELETE", f"/v1/grants/{given.json['id']}")
    assert (revoked.status_code, revoked.json["revoked_at"]) == (200, "2026-11-22T08:00:00+00:00")
    assert ids(brand) == []
    assert brand.get(f"/v1/evidence/{accepted['id']}").status_code == 404
    assert len(volt.get("/v1/grants").json["items"]) == 1


def test_a_grant_is_given_once_and_is_its_givers_to_revoke(world: World, volt: Member) -> None:
    brand = world.join("Brand", "brand", "supplier")
    first, again = (volt.post("/v1/grants", {"brand": brand.id}) for _ in range(2))
    assert (first.status_code, again.status_code, first.json) == (201, 200, again.json)
    grant = f"/v1/grants/{first.json['id']}"
    assert brand.call("DELETE", grant).status_code == 404
    assert volt.call("DELETE", "/v1/grants/grt_unknown").status_code == 404
    assert volt.call("DELETE", grant).json == volt.call("DELETE", grant).json
    assert volt.post("/v1/grants", {"brand": brand.id}).status_code == 201
    assert faults(volt.post("/v1/grants", {"brand": volt.id})) == [("/brand", "not-yourself")]
    assert faults(volt.post("/v1/grants", {"brand": "org_unknown"})) == [("/brand", "unknown-organization")]
    assert count(world, Grant) == 2


def test_an_unverified_owner_only_submits(world: World) -> None:
    newcomer, brand = world.join("Newcomer", "supplier", claim="unverified"), world.join("Brand", "brand")
    sent = submit(newcomer, answer())
    assert newcomer.get("/v1/evidence").json["code"] == "claim-unverified"
    refused = newcomer.post("/v1/grants", {"brand": brand.id})
    assert (refused.status_code, refused.json["code"]) == (403, "claim-unverified")
    assert newcomer.call("DELETE", "/v1/grants/grt_x").status_code == 403
    assert newcomer.post(f"/v1/evidence/{sent['id']}/withdraw").status_code == 200


def test_a_brand_without_a_grant_has_no_route_to_evidence(world: World, volt: Member) -> None:
    brand = world.join("Brand", "brand")
    sell(world, volt, brand)
    sent = submit(volt, answer())
    assert ids(brand) == []
    assert brand.get(f"/v1/evidence/{sent['id']}").status_code == 404
    assert brand.post("/v1/evidence", answer()).status_code == 403
    assert review(brand, sent).status_code == 403


def test_row_level_security_alone_keeps_evidence_apart(world: World, volt: Member, reviewer: Member) -> None:
    if not world.runtime.database.is_postgres:
        pytest.skip("SQLite has no row-level security")
    brand = world.join("Brand", "brand")
    sent = [submit(volt, answer())["id"], submit(volt, quantity())["id"]]

    def seen(member: Member) -> int:
        with world.runtime.database.writer.begin() as connection:
            connection.execute(text("SELECT set_config('app.organization', :me, true)"), {"me": str(member.number)})
            return len(connection.execute(text("SELECT id FROM evidence")).all())

    assert [seen(who) for who in (volt, reviewer, brand)] == [2, 0, 0]
    assign(world, volt, reviewer)
    volt.post("/v1/grants", {"brand": brand.id})
    assert [seen(who) for who in (volt, reviewer, brand)] == [2, 2, 1]
    assert count(world, Evidence, Evidence.id.in_(sent)) == 2
