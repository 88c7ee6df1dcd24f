"""Supply links: who may say what, what each day holds, and who sees which part (domain rules: supply link)."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select, update

from supplychain.audit import AuditEntry
from supplychain.network import engine, facts
from supplychain.network.models import Organization, SupplyLink
from supplychain.outbox import OutboxEvent
from tests.lists import told
from tests.world import START, Member, World

TODAY = START.isoformat()
YESTERDAY = (START - timedelta(days=1)).isoformat()


@pytest.fixture
def brand(world: World) -> Member:
    return world.join("Brand", "brand")


@pytest.fixture
def mill(world: World) -> Member:
    return world.join("Mill", "supplier")


@pytest.fixture
def stranger(world: World) -> Member:
    return world.join("Stranger", "brand", "supplier")


@pytest.fixture
def reviewer(world: World, mill: Member) -> Member:
    member = world.join("Reviewer", "reviewer")
    assign(world, member, mill)
    return member


def assign(world: World, reviewer: Member, organization: Member) -> None:
    world.do(
        lambda work: work.session.execute(
            update(Organization)
            .where(Organization.number == organization.number)
            .values(evidence_reviewer=reviewer.number)
        )
    )


def claim(by: Member, buyer: Member, supplier: Member, **said: Any) -> dict[str, Any]:
    response = by.post("/v1/links", {"buyer": buyer.id, "supplier": supplier.id, **said})
    assert response.status_code in {200, 201}, response.json
    body: dict[str, Any] = response.json
    return body


def act(by: Member, link: dict[str, Any], verb: str, **body: Any) -> dict[str, Any]:
    response = by.post(f"/v1/links/{link['id']}/{verb}", body)
    assert response.status_code == 200, response.json
    answer: dict[str, Any] = response.json
    return answer


def code_of(response: Any) -> tuple[int, str]:
    faults = response.json.get("errors") or [{}]
    return response.status_code, faults[0].get("code") or response.json["code"]


def pair(first: str | None, last: str | None, state: str) -> dict[str, Any]:
    return {"valid_from": first, "valid_to": last, "state": state}


def revision(world: World) -> int:
    return int(world.do(lambda work: engine.network(work).revision))


def rows_of(world: World, model: Any) -> list[Any]:
    return list(world.do(lambda work: list(work.session.scalars(select(model).order_by(model.number)))))


# Claims ---------------------------------------------------------------------------------------


def test_what_the_buyer_says_is_a_claim(brand: Member, mill: Member) -> None:
    link = claim(brand, brand, mill, category="8504", share=0.25, flow_down="no", disclosure="identity")
    assert link == {
        "id": link["id"],
        "role": "buyer",
        "buyer": {"id": brand.id, "name": "Brand", "name_zh": None},
        "supplier": {"id": mill.id, "name": "Mill", "name_zh": None},
        "category": "8504",
        "state": "claimed",
        "periods": [pair(None, None, "claimed")],
        "private": False,
        "disclosure": "pseudonym",
        "own_disclosure": "identity",
        "share": 0.25,
        "flow_down": "no",
        "dispute": None,
    }


def test_what_the_supplier_says_is_an_offer_that_carries_nothing_yet(brand: Member, mill: Member) -> None:
    link = claim(mill, brand, mill)
    assert link["state"] == "offered"
    assert link["role"] == "supplier"


def test_a_new_link_answers_where_it_is_and_its_version(brand: Member, mill: Member) -> None:
    response = brand.post("/v1/links", {"buyer": brand.id, "supplier": mill.id})
    assert response.status_code == 201
    assert response.headers["Location"] == f"/v1/links/{response.json['id']}"
    assert brand.get(response.headers["Location"]).headers["ETag"] == response.headers["ETag"]


def test_neither_end_is_shown_what_is_the_others_alone(brand: Member, mill: Member) -> None:
    link = claim(brand, brand, mill, share=0.25, flow_down="no", disclosure="none")
    seen = mill.get(f"/v1/links/{link['id']}").json
    assert "share" not in seen
    assert "flow_down" not in seen
    assert seen["own_disclosure"] == "pseudonym"
    assert seen["disclosure"] == "none"


def test_a_change_of_the_buyers_own_part_shows_nowhere_at_the_supplier(brand: Member, mill: Member) -> None:
    link = claim(brand, brand, mill, share=0.25)
    before = mill.get(f"/v1/links/{link['id']}")
    tag = brand.get(f"/v1/links/{link['id']}").headers["ETag"]
    assert brand.patch(f"/v1/links/{link['id']}", {"share": 0.5, "flow_down": "no"}, tag).status_code == 200
    after = mill.get(f"/v1/links/{link['id']}")
    assert (before.json, before.headers["ETag"]) == (after.json, after.headers["ETag"])


def test_a_third_partys_knowledge_is_private_and_nobody_elses(
    world: World, brand: Member, mill: Member, stranger: Member
) -> None:
    link = claim(stranger, brand, mill, private=True, share=0.1)
    assert (link["state"], link["role"], link["private"]) == ("private", "owner", True)
    for end in (brand, mill):
        assert end.get(f"/v1/links/{link['id']}").status_code == 404
        assert end.get("/v1/links").json["items"] == []
    assert [item["id"] for item in stranger.get("/v1/links").json["items"]] == [link["id"]]
    assert told(world) == []


def test_a_private_link_never_joins_an_open_one(brand: Member, mill: Member, stranger: Member) -> None:
    private = claim(stranger, brand, mill, private=True)
    opened = claim(brand, brand, mill)
    assert private["id"] != opened["id"]
    assert opened["periods"] == [pair(None, None, "claimed")]
    assert stranger.get(f"/v1/links/{private['id']}").json["periods"] == [pair(None, None, "private")]


@pytest.mark.parametrize(
    ("said", "pointer", "code"),
    [
        ({"category": "85041"}, "/category", "not-an-hs-code"),
        ({"category": "8"}, "/category", "not-an-hs-code"),
        ({"category": "8504.4"}, "/category", "not-an-hs-code"),
        ({"category": "８５０４"}, "/category", "not-an-hs-code"),
        ({"category": "85" * 6}, "/category", "length"),
        ({"share": 1.01}, "/share", "range"),
        ({"share": -0.01}, "/share", "range"),
        ({"share": "0.3"}, "/share", "not-a-number"),
        ({"valid_from": "2026-02-30"}, "/valid_from", "not-a-date"),
        ({"valid_from": "2026-02-02", "valid_to": "2026-02-01"}, "/valid_to", "ends-before-it-begins"),
        ({"flow_down": "maybe"}, "/flow_down", "not-one-of"),
        ({"disclosure": "open"}, "/disclosure", "not-one-of"),
        ({"private": True}, "/private", "party-not-private"),
        ({"private": "yes"}, "/private", "not-true-or-false"),
        ({"owner": "org_1"}, "/owner", "unknown-field"),
        ({"supplier": "org_unheard_of"}, "/supplier", "unknown-organization"),
    ],
)
def test_a_wrong_claim_is_refused_where_it_is_wrong(
    world: World, brand: Member, mill: Member, said: dict[str, Any], pointer: str, code: str
) -> None:
    before = revision(world)
    response = brand.post("/v1/links", {"buyer": brand.id, "supplier": mill.id, **said})
    assert response.status_code == 422
    assert (pointer, code) in {(fault["pointer"], fault["code"]) for fault in response.json["errors"]}
    assert rows_of(world, SupplyLink) == []
    assert revision(world) <= before + 1  # the day may have advanced


def test_an_organization_cannot_supply_itself(brand: Member) -> None:
    response = brand.post("/v1/links", {"buyer": brand.id, "supplier": brand.id})
    assert code_of(response) == (422, "own-supplier")


def test_a_third_party_cannot_claim_openly(brand: Member, mill: Member, stranger: Member) -> None:
    response = stranger.post("/v1/links", {"buyer": brand.id, "supplier": mill.id})
    assert code_of(response) == (422, "third-party-private")


@pytest.mark.parametrize("said", [{"flow_down": "no"}, {"share": 0.5}])
def test_only_the_buyer_says_what_is_the_buyers(brand: Member, mill: Member, said: dict[str, Any]) -> None:
    response = mill.post("/v1/links", {"buyer": brand.id, "supplier": mill.id, **said})
    assert code_of(response) == (422, "buyer-only")


def test_what_is_said_again_changes_nothing(world: World, brand: Member, mill: Member) -> None:
    link = claim(brand, brand, mill, share=0.25)
    before = (revision(world), len(rows_of(world, AuditEntry)), len(rows_of(world, OutboxEvent)))
    again = brand.post("/v1/links", {"buyer": brand.id, "supplier": mill.id, "share": 0.25})
    assert (again.status_code, again.json) == (200, link)
    assert (revision(world), len(rows_of(world, AuditEntry)), len(rows_of(world, OutboxEvent))) == before


# Days -----------------------------------------------------------------------------------------


def test_touching_years_are_one_link_with_the_first_ones_id(brand: Member, mill: Member) -> None:
    first = claim(brand, brand, mill, valid_from="2025-01-01", valid_to="2025-12-31")
    second = claim(brand, brand, mill, valid_from="2026-01-01", valid_to="2026-12-31")
    assert second["id"] == first["id"]
    assert second["periods"] == [pair("2025-01-01", "2026-12-31", "claimed")]


def test_years_with_a_gap_between_them_are_two_links(brand: Member, mill: Member) -> None:
    first = claim(brand, brand, mill, valid_from="2024-01-01", valid_to="2024-12-31")
    second = claim(brand, brand, mill, valid_from="2026-01-01", valid_to="2026-12-31")
    assert second["id"] != first["id"]
    assert len(brand.get("/v1/links").json["items"]) == 2


def test_a_year_that_closes_the_gap_joins_both_under_the_smallest_number(
    world: World, brand: Member, mill: Member
) -> None:
    first = claim(brand, brand, mill, valid_from="2024-01-01", valid_to="2024-12-31", disclosure="identity")
    second = claim(brand, brand, mill, valid_from="2026-01-01", valid_to="2026-12-31", share=0.5, disclosure="none")
    joined = claim(brand, brand, mill, valid_from="2025-01-01", valid_to="2025-12-31")
    assert joined["id"] == first["id"]
    assert joined["periods"] == [pair("2024-01-01", "2026-12-31", "claimed")]
    assert (joined["share"], joined["own_disclosure"]) == (0.5, "none")
    assert brand.get(f"/v1/links/{second['id']}").json == joined
    assert [item["id"] for item in brand.get("/v1/links").json["items"]] == [first["id"]]
    again = claim(brand, brand, mill, valid_from="2028-01-01", valid_to="2028-12-31")
    assert again["id"] not in {first["id"], second["id"]}


def test_each_day_keeps_its_own_state(brand: Member, mill: Member) -> None:
    link = claim(brand, brand, mill, valid_from="2025-01-01", valid_to="2025-12-31")
    act(mill, link, "confirm")
    later = claim(brand, brand, mill, valid_from="2025-07-01", valid_to="2026-12-31")
    assert later["id"] == link["id"]
    assert later["periods"] == [
        pair("2025-01-01", "2025-12-31", "confirmed"),
        pair("2026-01-01", "2026-12-31", "claimed"),
    ]
    assert later["state"] == "claimed"


def test_other_categories_are_other_links(brand: Member, mill: Member) -> None:
    assert claim(brand, brand, mill, category="8504")["id"] != claim(brand, brand, mill, category="85")["id"]


# Confirming -----------------------------------------------------------------------------------


def test_the_other_end_confirms(world: World, brand: Member, mill: Member) -> None:
    link = claim(brand, brand, mill)
    assert act(mill, link, "confirm")["state"] == "confirmed"
    assert brand.get(f"/v1/links/{link['id']}").json["state"] == "confirmed"
    assert told(world) == ["link.claimed", "link.confirmed"]


def test_a_buyer_confirms_what_its_supplier_offers(brand: Member, mill: Member) -> None:
    link = claim(mill, brand, mill)
    assert act(brand, link, "confirm")["state"] == "confirmed"


def test_both_ends_saying_it_is_a_confirmation(world: World, brand: Member, mill: Member) -> None:
    claim(mill, brand, mill, valid_from="2026-01-01")
    both = claim(brand, brand, mill, valid_from="2026-07-01", valid_to="2026-12-31")
    assert both["periods"] == [
        pair("2026-01-01", "2026-06-30", "offered"),
        pair("2026-07-01", "2026-12-31", "confirmed"),
        pair("2027-01-01", None, "offered"),
    ]
    assert told(world) == ["link.claimed", "link.confirmed"]


def test_nobody_confirms_its_own_word(brand: Member, mill: Member) -> None:
    link = claim(brand, brand, mill)
    assert code_of(brand.post(f"/v1/links/{link['id']}/confirm", {})) == (409, "link-nothing-to-confirm")


def test_an_unverified_owner_says_nothing_of_links_and_is_told_nothing(world: World, brand: Member) -> None:
    fresh = world.join("Fresh", "supplier", claim="unverified")
    link = claim(brand, brand, fresh)
    for verb, body in (("confirm", {}), ("dispute", {"reason": "other"}), ("end", {})):
        assert code_of(fresh.post(f"/v1/links/{link['id']}/{verb}", body)) == (403, "claim-unverified")
    # The state of an offer would tell whether the buyer named it already.
    offer = fresh.post("/v1/links", {"buyer": brand.id, "supplier": fresh.id})
    assert code_of(offer) == code_of(fresh.get("/v1/links")) == (403, "claim-unverified")


def test_an_unverified_buyer_does_not_claim_since_a_claim_carries_at_once(world: World, mill: Member) -> None:
    fresh = world.join("Fresh", "brand", claim="unverified")
    response = fresh.post("/v1/links", {"buyer": fresh.id, "supplier": mill.id})
    assert code_of(response) == (403, "claim-unverified")


def test_a_reviewer_who_saw_a_document_confirms(world: World, brand: Member, mill: Member, reviewer: Member) -> None:
    link = claim(brand, brand, mill, share=0.3)
    assert code_of(reviewer.post(f"/v1/links/{link['id']}/confirm", {})) == (422, "document-required")
    seen = act(reviewer, link, "confirm", note="Invoice 118")
    assert (seen["state"], seen["role"]) == ("confirmed", "reviewer")
    assert seen.keys().isdisjoint({"share", "flow_down", "disclosure", "own_disclosure"})
    (entry,) = [entry for entry in rows_of(world, AuditEntry) if entry.action == "link.confirmed"]
    assert entry.data == {"by": "reviewer", "note": "Invoice 118"}


def test_a_reviewer_sees_only_what_is_assigned_to_it_and_undecided(
    brand: Member, mill: Member, stranger: Member, reviewer: Member
) -> None:
    mine = claim(brand, brand, mill)
    other = claim(brand, brand, stranger)
    assert reviewer.get(f"/v1/links/{other['id']}").status_code == 404
    assert reviewer.post(f"/v1/links/{other['id']}/confirm", {"note": "seen"}).status_code == 404
    assert [item["id"] for item in reviewer.get("/v1/links?role=reviewer").json["items"]] == [mine["id"]]
    act(mill, mine, "confirm")
    assert reviewer.get(f"/v1/links/{mine['id']}").status_code == 404
    assert reviewer.get("/v1/links?role=reviewer").json["items"] == []


def test_a_reviewer_does_not_decide_for_its_own_supplier(world: World, brand: Member, mill: Member) -> None:
    judge = world.join("Judge", "reviewer", "brand")
    assign(world, judge, mill)
    claim(judge, judge, mill)
    link = claim(brand, brand, mill)
    assert judge.post(f"/v1/links/{link['id']}/confirm", {"note": "seen"}).status_code == 404
    assert judge.get("/v1/links?role=reviewer").json["items"] == []


def test_one_document_confirms_many_links_or_none(
    brand: Member, mill: Member, stranger: Member, reviewer: Member
) -> None:
    mine = [claim(brand, brand, mill, category=category)["id"] for category in ("85", "8504", "8542")]
    foreign = claim(brand, brand, stranger)["id"]
    refused = reviewer.post("/v1/links/confirmations", {"links": [*mine, foreign], "note": "List of 2026"})
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/links/3")
    assert reviewer.get(f"/v1/links/{mine[0]}").json["state"] == "claimed"
    done = reviewer.post("/v1/links/confirmations", {"links": mine, "note": "List of 2026"}).json["results"]
    assert done == [{"id": link_id, "status": "confirmed"} for link_id in mine]
    again = reviewer.post("/v1/links/confirmations", {"links": mine, "note": "List of 2026"}).json["results"]
    assert {result["status"] for result in again} == {"unchanged"}


# Disputing and settling -----------------------------------------------------------------------


def test_a_disputed_claim_carries_nothing_until_it_is_settled(
    world: World, brand: Member, mill: Member, reviewer: Member
) -> None:
    link = claim(brand, brand, mill)
    disputed = act(mill, link, "dispute", reason="not_a_customer", note="Never heard of it")
    assert disputed["state"] == "disputed"
    assert disputed["dispute"] == {"by": "supplier", "reason": "not_a_customer", "note": "Never heard of it"}
    assert brand.get(f"/v1/links/{link['id']}").json["dispute"] == disputed["dispute"]
    assert claim(brand, brand, mill)["state"] == "disputed"
    settled = act(reviewer, link, "settle", decision="confirm", note="Delivery notes seen")
    assert (settled["state"], settled["dispute"]) == ("confirmed", None)
    assert "link.settled" in {event.type for event in rows_of(world, OutboxEvent)}


def test_a_dispute_may_be_settled_by_ending_the_link(brand: Member, mill: Member, reviewer: Member) -> None:
    link = claim(brand, brand, mill)
    act(mill, link, "dispute", reason="other")
    assert act(reviewer, link, "settle", decision="end", note="No document")["state"] == "ended"


def test_only_a_reviewer_settles(brand: Member, mill: Member, reviewer: Member) -> None:
    link = claim(brand, brand, mill)
    act(mill, link, "dispute", reason="other")
    for end in (brand, mill):
        assert end.post(f"/v1/links/{link['id']}/settle", {"decision": "end", "note": "x"}).status_code == 403
    assert code_of(reviewer.post(f"/v1/links/{link['id']}/settle", {"decision": "end"})) == (422, "required")


def test_a_confirmed_link_is_no_longer_disputed(brand: Member, mill: Member) -> None:
    link = claim(brand, brand, mill)
    act(mill, link, "confirm")
    assert code_of(mill.post(f"/v1/links/{link['id']}/dispute", {"reason": "other"})) == (
        409,
        "link-nothing-to-dispute",
    )


def test_who_disputed_may_confirm_after_all_and_the_other_end_may_not(brand: Member, mill: Member) -> None:
    link = claim(brand, brand, mill)
    act(mill, link, "dispute", reason="wrong_period")
    assert code_of(brand.post(f"/v1/links/{link['id']}/confirm", {})) == (409, "link-nothing-to-confirm")
    assert act(mill, link, "confirm")["dispute"] is None


def test_a_buyer_disputes_an_offer(brand: Member, mill: Member) -> None:
    link = claim(mill, brand, mill)
    assert act(brand, link, "dispute", reason="not_a_supplier")["dispute"]["by"] == "buyer"


def test_a_dispute_needs_a_coded_reason(brand: Member, mill: Member) -> None:
    link = claim(brand, brand, mill)
    assert code_of(mill.post(f"/v1/links/{link['id']}/dispute", {"reason": "because"})) == (422, "not-one-of")


# Ending ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["buyer", "supplier"])
def test_either_end_ends_a_link_from_today_on(world: World, brand: Member, mill: Member, who: str) -> None:
    link = claim(brand, brand, mill, valid_from="2026-01-01")
    act(mill, link, "confirm")
    ended = act({"buyer": brand, "supplier": mill}[who], link, "end", note="Contract over")
    assert ended["periods"] == [pair("2026-01-01", YESTERDAY, "confirmed"), pair(TODAY, None, "ended")]
    assert ended["state"] == "ended"
    (entry,) = [entry for entry in rows_of(world, AuditEntry) if entry.action == "link.ended"]
    assert (entry.data["by"], entry.data["from_day"], entry.data["note"]) == (who, TODAY, "Contract over")


def test_what_is_over_cannot_be_ended(brand: Member, mill: Member) -> None:
    link = claim(brand, brand, mill, valid_from="2025-01-01", valid_to="2025-12-31")
    assert code_of(brand.post(f"/v1/links/{link['id']}/end", {})) == (409, "link-over")
    assert brand.get(f"/v1/links/{link['id']}").json["state"] is None


def test_the_same_list_again_does_not_revive_what_was_ended(brand: Member, mill: Member) -> None:
    link = claim(brand, brand, mill)
    act(mill, link, "end")
    assert claim(brand, brand, mill)["state"] == "ended"


def test_an_ended_link_is_taken_up_again_from_a_day_on_and_the_other_end_is_asked_anew(
    brand: Member, mill: Member
) -> None:
    link = claim(brand, brand, mill, valid_from="2026-01-01")
    act(mill, link, "confirm")
    act(brand, link, "end", note="Contract over")
    again = claim(brand, brand, mill, valid_from=TODAY)
    assert (again["id"], again["state"]) == (link["id"], "claimed")
    assert again["periods"] == [pair("2026-01-01", YESTERDAY, "confirmed"), pair(TODAY, None, "claimed")]
    assert act(mill, link, "confirm")["state"] == "confirmed"


def test_what_was_ended_stays_ended_before_the_day_on_which_it_is_taken_up_again(brand: Member, mill: Member) -> None:
    link = claim(brand, brand, mill, valid_from="2026-01-01")
    act(brand, link, "end", note="Contract over")
    assert claim(brand, brand, mill, valid_from=YESTERDAY)["state"] == "ended"


def test_a_private_link_is_ended_by_its_owner_alone(brand: Member, mill: Member, stranger: Member) -> None:
    link = claim(stranger, brand, mill, private=True)
    assert brand.post(f"/v1/links/{link['id']}/end", {}).status_code == 404
    assert code_of(stranger.post(f"/v1/links/{link['id']}/confirm", {})) == (409, "link-private")
    assert act(stranger, link, "end")["state"] == "ended"


# Changing -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("buyer", "supplier", "holds"),
    [
        ("identity", "identity", "identity"),
        ("identity", "none", "none"),
        ("none", "identity", "none"),
        ("pseudonym", "identity", "pseudonym"),
    ],
)
def test_of_both_wishes_the_more_closed_holds(
    world: World, brand: Member, mill: Member, buyer: str, supplier: str, holds: str
) -> None:
    link = claim(brand, brand, mill, disclosure=buyer)
    path = f"/v1/links/{link['id']}"
    changed = mill.patch(path, {"disclosure": supplier}, mill.get(path).headers["ETag"])
    assert changed.json["disclosure"] == holds
    (row,) = rows_of(world, SupplyLink)
    folded = world.do(lambda work: engine.network(work).link(row.number))
    assert folded == facts.of_link(row)
    assert folded.disclosure == holds


def test_an_edit_says_which_version_it_edits(brand: Member, mill: Member) -> None:
    link = claim(brand, brand, mill)
    path = f"/v1/links/{link['id']}"
    tag = brand.get(path).headers["ETag"]
    assert code_of(brand.patch(path, {"share": 0.1})) == (428, "if-match-required")
    assert brand.patch(path, {"share": 0.1}, tag).status_code == 200
    assert code_of(brand.patch(path, {"share": 0.2}, tag)) == (412, "version-changed")
    assert code_of(brand.patch(path, {"share": 0.2}, mill.get(path).headers["ETag"])) == (412, "version-changed")


@pytest.mark.parametrize("said", [{"flow_down": "no"}, {"share": 0.5}])
def test_a_supplier_does_not_change_what_is_the_buyers(brand: Member, mill: Member, said: dict[str, Any]) -> None:
    path = f"/v1/links/{claim(brand, brand, mill)['id']}"
    assert code_of(mill.patch(path, said, mill.get(path).headers["ETag"])) == (422, "buyer-only")


def test_the_category_is_part_of_what_a_link_is(brand: Member, mill: Member) -> None:
    path = f"/v1/links/{claim(brand, brand, mill, category='85')['id']}"
    assert code_of(brand.patch(path, {"category": "8504"}, brand.get(path).headers["ETag"])) == (422, "unknown-field")


# Two at once ----------------------------------------------------------------------------------


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What calls that start together answer."""
    gate = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        gate.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(run, call) for call in calls]]


def test_both_ends_saying_it_at_once_make_one_confirmed_link(world: World, brand: Member, mill: Member) -> None:
    for round_ in range(5):
        body = {"buyer": brand.id, "supplier": mill.id, "category": f"85{round_:02}"}
        answers = at_once(partial(brand.post, "/v1/links", body), partial(mill.post, "/v1/links", body))
        assert {answer.status_code for answer in answers} == {200, 201}
        assert len({answer.json["id"] for answer in answers}) == 1
    assert [link["state"] for link in brand.get("/v1/links").json["items"]] == ["confirmed"] * 5


def test_a_confirmation_and_a_dispute_at_once_leave_one_of_both(brand: Member, mill: Member) -> None:
    link = claim(brand, brand, mill)
    answers = at_once(
        lambda: mill.post(f"/v1/links/{link['id']}/confirm", {}),
        lambda: mill.post(f"/v1/links/{link['id']}/dispute", {"reason": "other"}),
    )
    state = brand.get(f"/v1/links/{link['id']}").json["state"]
    # Who disputed may confirm after all; what is confirmed is not disputed any more.
    assert [answer.status_code for answer in answers] in ([200, 200], [200, 409])
    assert state == "confirmed"


def test_touching_years_claimed_at_once_are_one_link(brand: Member, mill: Member) -> None:
    years = [{"valid_from": f"{year}-01-01", "valid_to": f"{year}-12-31"} for year in (2023, 2025, 2024, 2026)]
    claim(brand, brand, mill, **years[0])
    claim(brand, brand, mill, **years[1])
    body = {"buyer": brand.id, "supplier": mill.id}
    at_once(
        lambda: brand.post("/v1/links", {**body, **years[2]}),
        lambda: brand.post("/v1/links", {**body, **years[3]}),
    )
    (link,) = brand.get("/v1/links").json["items"]
    assert link["periods"] == [pair("2023-01-01", "2026-12-31", "claimed")]


# Reading --------------------------------------------------------------------------------------


def test_a_link_of_others_is_answered_like_one_that_is_not_there(brand: Member, mill: Member, stranger: Member) -> None:
    link = claim(brand, brand, mill)
    calls: list[Callable[[str], Any]] = [
        stranger.get,
        lambda path: stranger.patch(path, {"disclosure": "none"}, '"x"'),
        lambda path: stranger.post(f"{path}/confirm", {}),
        lambda path: stranger.post(f"{path}/dispute", {"reason": "other"}),
        lambda path: stranger.post(f"{path}/end", {}),
    ]
    for call in calls:
        foreign, unknown = call(f"/v1/links/{link['id']}"), call("/v1/links/lnk_unheard_of")
        assert foreign.status_code == unknown.status_code == 404
        assert {**foreign.json, "instance": 0} == {**unknown.json, "instance": 0}


def test_a_list_is_filtered_by_role_state_and_counterpart(brand: Member, mill: Member, stranger: Member) -> None:
    bought = claim(brand, brand, mill)["id"]
    sold = claim(brand, stranger, brand)["id"]
    known = claim(brand, stranger, mill, private=True)["id"]
    ended = act(brand, claim(brand, brand, stranger), "end")["id"]

    def found(query: str) -> list[str]:
        return [item["id"] for item in brand.get(f"/v1/links{query}").json["items"]]

    assert found("") == [bought, sold, known, ended]
    assert found("?role=buyer") == [bought, ended]
    assert found("?role=supplier") == [sold]
    assert found("?role=owner") == [known]
    assert found("?role=reviewer") == []
    assert found("?state=ended") == [ended]
    assert found("?state=offered") == [sold]
    assert found(f"?counterpart={stranger.id}") == [sold, known, ended]
    assert found("?counterpart=org_unheard_of") == []
    assert code_of(brand.get("/v1/links?state=gone")) == (422, "not-one-of")


def test_a_long_list_comes_in_pages(brand: Member, mill: Member) -> None:
    made = [claim(brand, brand, mill, category=f"85{n:02}")["id"] for n in range(5)]
    seen: list[str] = []
    path = "/v1/links?limit=2"
    while path:
        page = brand.get(path)
        seen += [item["id"] for item in page.json["items"]]
        path = page.headers.get("Link", "").partition(">")[0].removeprefix("<")
    assert seen == made


def test_the_engine_folds_what_the_rows_say(world: World, brand: Member, mill: Member, reviewer: Member) -> None:
    claim(brand, brand, mill, category="85", valid_from="2024-01-01", valid_to="2024-12-31")
    claim(brand, brand, mill, category="85", valid_from="2026-01-01")
    link = claim(brand, brand, mill, category="85", valid_from="2025-01-01", valid_to="2025-12-31", share=0.5)
    act(mill, link, "dispute", reason="other")
    act(reviewer, link, "settle", decision="confirm", note="seen")
    act(mill, link, "end")
    claim(mill, brand, mill, category="8504")

    def folded(work: Any) -> list[Any]:
        numbers = work.session.scalars(select(SupplyLink.number).order_by(SupplyLink.number))
        return [engine.network(work).link(number) for number in numbers]

    assert world.do(folded) == [facts.of_link(row) for row in rows_of(world, SupplyLink)]
