"""Ownership: who says it, when it counts, who sees it, and how it ends."""

from datetime import date, timedelta
from typing import Any

import pytest

from supplychain.network import directory, engine
from supplychain.network.cycles import Edge, closes_a_circle
from supplychain.work import Work
from tests.world import START, Answer, Member, World

NEW_YEAR = date(2026, 1, 1)


def claim(member: Member, child: str, parent: str, **sent: Any) -> Answer:
    return member.post("/v1/ownerships", {"child": child, "parent": parent, **sent})


def counts(world: World, child: Member, parent: Member) -> bool:
    """Whether the engine has the child below the parent today."""

    def read(work: Work) -> bool:
        return child.number in engine.network(work).owned_by(parent.number, work.today)

    found: bool = world.do(read)
    return found


def assign(world: World, organization: str, reviewer: Member) -> None:
    def change(work: Work) -> None:
        directory.find(work, organization).evidence_reviewer = reviewer.number

    world.do(change)


def test_ownership_counts_once_both_ends_said_so(world: World) -> None:
    group, plant = world.join("Group", "supplier"), world.join("Plant", "supplier", kind="plant")
    claimed = claim(group, plant.id, group.id, valid_from="2026-01-01")
    assert (claimed.status_code, claimed.json["state"]) == (201, "claimed")
    assert not counts(world, plant, group)
    confirmed = plant.post(f"{claimed.headers['Location']}/confirm")
    assert confirmed.json["state"] == "confirmed"
    assert counts(world, plant, group)


def test_the_other_end_confirms_by_saying_the_same(world: World) -> None:
    group, plant = world.join("Group", "supplier"), world.join("Plant", "supplier", kind="plant")
    first = claim(group, plant.id, group.id)
    again = claim(group, plant.id, group.id)
    assert (again.status_code, again.json) == (200, first.json)
    assert claim(plant, plant.id, group.id).json["state"] == "confirmed"
    assert len(group.get("/v1/ownerships").json["items"]) == 1


def test_one_ends_word_twice_confirms_nothing(world: World) -> None:
    group, plant = world.join("Group", "supplier"), world.join("Plant", "supplier", kind="plant")
    path = claim(group, plant.id, group.id).headers["Location"]
    assert group.post(f"{path}/confirm").json["state"] == "claimed"
    assert not counts(world, plant, group)


def test_a_third_partys_claim_is_shown_to_itself_and_the_childs_reviewer_only(world: World) -> None:
    brand, group, plant = world.join("Brand", "brand"), world.join("Group", "supplier"), world.join("Plant", "supplier")
    reviewer = world.join("Bureau", "reviewer")
    path = claim(brand, plant.id, group.id).headers["Location"]
    assert brand.get(path).status_code == 200
    for other in (group, plant, reviewer):
        assert other.get("/v1/ownerships").json["items"] == []
        assert other.get(path).status_code == 404
        assert other.post(f"{path}/end", {}).status_code in {403, 404}
    assign(world, plant.id, reviewer)
    assert len(reviewer.get("/v1/ownerships").json["items"]) == 1
    reviewed = reviewer.post(f"{path}/review", {"reason": "Published list of mills, row 12"})
    assert (reviewed.json["state"], reviewed.json["confirmed_by_reviewer"]) == ("confirmed", True)
    assert counts(world, plant, group)
    assert [row["id"] for row in plant.get("/v1/ownerships").json["items"]] == [reviewed.json["id"]]


def test_an_end_claims_beside_what_a_third_party_claimed_unseen(world: World) -> None:
    brand, group, plant = world.join("Brand", "brand"), world.join("Group", "supplier"), world.join("Plant", "supplier")
    theirs = claim(brand, plant.id, group.id).json
    own = claim(group, plant.id, group.id)
    assert own.status_code == 201
    assert own.json["id"] != theirs["id"]


def test_a_reviewer_without_assignment_or_independence_confirms_nothing(world: World) -> None:
    group, plant = world.join("Group", "supplier"), world.join("Plant", "supplier", kind="plant")
    reviewer, buyer = world.join("Bureau", "reviewer"), world.join("Buyer", "brand", "reviewer")
    path = claim(group, plant.id, group.id).headers["Location"]
    sent = {"reason": "Register extract"}
    assert reviewer.post(f"{path}/review", sent).status_code == 404
    assert buyer.post("/v1/links", {"buyer": buyer.id, "supplier": plant.id}).status_code == 201
    assign(world, plant.id, buyer)
    refused = buyer.post(f"{path}/review", sent)
    assert (refused.status_code, refused.json["code"]) == (403, "ownership-not-yours")
    assert not counts(world, plant, group)


def test_a_reviewer_does_not_confirm_its_own_claim_unasked(world: World) -> None:
    group, plant, reviewer = (
        world.join("Group", "supplier"),
        world.join("Plant", "supplier"),
        world.join("Bureau", "reviewer"),
    )
    path = claim(reviewer, plant.id, group.id).headers["Location"]
    refused = reviewer.post(f"{path}/review", {"reason": "Register extract"})
    assert (refused.status_code, refused.json["code"]) == (403, "ownership-not-yours")
    assign(world, plant.id, reviewer)
    assert reviewer.post(f"{path}/review", {"reason": "Register extract"}).json["state"] == "confirmed"


def test_a_review_says_which_document_was_seen(world: World) -> None:
    group, plant, reviewer = (
        world.join("Group", "supplier"),
        world.join("Plant", "supplier"),
        world.join("Bureau", "reviewer"),
    )
    path = claim(group, plant.id, group.id).headers["Location"]
    assign(world, plant.id, reviewer)
    for sent in ({}, {"reason": ""}):
        assert reviewer.post(f"{path}/review", sent).status_code == 422


def test_nobody_is_its_own_parent(world: World) -> None:
    group = world.join("Group", "supplier")
    assert claim(group, group.id, group.id).json["errors"][0]["code"] == "own-parent"


def test_a_claim_against_a_visible_ownership_conflicts(world: World) -> None:
    group, plant = world.join("Group", "supplier"), world.join("Plant", "supplier", kind="plant")
    claim(group, plant.id, group.id, valid_from="2026-01-01")
    turned = claim(plant, group.id, plant.id)
    assert (turned.status_code, turned.json["code"]) == (409, "ownership-circle")
    overlapping = claim(plant, plant.id, group.id, valid_from="2026-06-01")
    assert (overlapping.status_code, overlapping.json["code"]) == (409, "ownership-exists")


def test_a_circle_through_others_is_refused_without_telling_by_whom(world: World) -> None:
    top, middle, bottom = (world.join(name, "supplier") for name in ("Top", "Middle", "Bottom"))
    for child, parent in ((middle, top), (bottom, middle)):
        claim(child, child.id, parent.id)
        assert claim(parent, child.id, parent.id).json["state"] == "confirmed"
    claimed = claim(bottom, top.id, bottom.id)
    assert claimed.status_code == 201
    refused = top.post(f"{claimed.headers['Location']}/confirm")
    assert (refused.status_code, refused.json["code"]) == (422, "ownership-impossible")
    assert "Middle" not in refused.get_data(as_text=True)
    assert not counts(world, top, bottom)


@pytest.mark.parametrize(
    ("held", "circle"),
    [
        ([Edge(2, 1, None, None)], True),
        ([Edge(2, 3, None, None), Edge(3, 1, None, None)], True),
        ([Edge(2, 3, None, None)], False),
        ([Edge(2, 1, None, NEW_YEAR - timedelta(days=1))], False),
        ([Edge(2, 1, None, NEW_YEAR)], True),
        ([Edge(2, 3, None, date(2026, 6, 30)), Edge(3, 1, date(2026, 7, 1), None)], False),
        ([Edge(2, 3, None, date(2026, 7, 1)), Edge(3, 1, date(2026, 7, 1), None)], True),
        ([Edge(3, 2, None, None), Edge(2, 3, None, None)], False),
    ],
)
def test_a_circle_is_one_only_where_days_meet(held: list[Edge], circle: bool) -> None:
    assert closes_a_circle(held, Edge(child=1, parent=2, valid_from=NEW_YEAR, valid_to=None)) is circle


def test_either_end_ends_it_and_what_is_past_stays(world: World) -> None:
    group, plant = world.join("Group", "supplier"), world.join("Plant", "supplier", kind="plant")
    path = claim(group, plant.id, group.id).headers["Location"]
    claim(plant, plant.id, group.id)
    early = (START - timedelta(days=2)).isoformat()
    assert plant.post(f"{path}/end", {"valid_to": early}).json["errors"][0]["code"] == "before-yesterday"
    assert plant.post(f"{path}/end", {}).json["state"] == "confirmed"
    later = (START + timedelta(days=9)).isoformat()
    assert group.post(f"{path}/end", {"valid_to": later}).json["errors"][0]["code"] == "only-earlier"
    assert counts(world, plant, group)
    world.clock.advance(days=1)
    assert not counts(world, plant, group)
    over = plant.post(f"{path}/confirm")
    assert (over.status_code, over.json["code"]) == (409, "ownership-over")


def test_an_ownership_that_has_not_begun_loses_its_confirmations(world: World) -> None:
    group, plant = world.join("Group", "supplier"), world.join("Plant", "supplier", kind="plant")
    first = (START + timedelta(days=5)).isoformat()
    path = claim(group, plant.id, group.id, valid_from=first).headers["Location"]
    claim(plant, plant.id, group.id, valid_from=first)
    assert plant.post(f"{path}/end", {}).json["state"] == "claimed"
    world.clock.advance(days=5)
    assert not counts(world, plant, group)


def test_a_claimant_withdraws_only_what_nobody_confirmed(world: World) -> None:
    brand, group, plant = world.join("Brand", "brand"), world.join("Group", "supplier"), world.join("Plant", "supplier")
    reviewer = world.join("Bureau", "reviewer")
    assign(world, plant.id, reviewer)
    path = claim(brand, plant.id, group.id).headers["Location"]
    reviewer.post(f"{path}/review", {"reason": "Register extract"})
    assert brand.post(f"{path}/end", {}).json["code"] == "ownership-not-yours"
    assert reviewer.post(f"{path}/end", {}).status_code == 200


def test_days_in_the_wrong_order_are_refused(world: World) -> None:
    group, plant = world.join("Group", "supplier"), world.join("Plant", "supplier", kind="plant")
    wrong = claim(group, plant.id, group.id, valid_from="2026-02-01", valid_to="2026-01-01")
    assert wrong.json["errors"][0]["code"] == "ends-before-it-begins"
