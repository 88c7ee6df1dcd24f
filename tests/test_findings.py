"""Findings and decisions: bad news has a life and never vanishes (domain rules: Evidence, Indicator)."""

from typing import Any

import pytest
from sqlalchemy import select

from schemas import finding as wire
from supplychain.audit import AuditEntry
from supplychain.audits.models import Decision, Finding
from supplychain.audits.terms import FindingState, Severity
from supplychain.outbox import OutboxEvent
from tests.reviewing import JSON, assign, count, faults, own, sell
from tests.test_evidence import NASTY
from tests.world import Answer, Member, World


@pytest.fixture
def volt(world: World) -> Member:
    return world.join("Volt", "supplier")


@pytest.fixture
def reviewer(world: World, volt: Member) -> Member:
    member = world.join("Reviewer", "reviewer")
    assign(world, volt, member)
    return member


def found(organization: Member, **changes: Any) -> dict[str, Any]:
    return {
        "organization": organization.id,
        "framework": "eseec-electronics",
        "indicator": "O07",
        "severity": "critical",
        "observed_on": "2026-11-20",
        "note": "Exits blocked",
        **changes,
    }


def decided(organization: Member, **changes: Any) -> dict[str, Any]:
    return {
        "organization": organization.id,
        "framework": "eseec-electronics",
        "indicator": "E06",
        "reason": "Dry assembly only",
        "expires_on": "2027-11-20",
        **changes,
    }


def act(member: Member, finding: dict[str, Any], verb: str, **body: Any) -> Answer:
    return member.post(f"/v1/findings/{finding['id']}/{verb}", body)


def test_a_finding_is_recorded_explained_rectified_verified(world: World, volt: Member, reviewer: Member) -> None:
    opened = reviewer.post("/v1/findings", found(volt))
    assert (opened.status_code, opened.json["state"], opened.json["holder"]) == (201, "open", volt.id)
    finding = opened.json
    assert reviewer.get(opened.headers["Location"]).json == volt.get(opened.headers["Location"]).json == finding
    assert act(volt, finding, "explain", note="A late delivery").json["state"] == "explained"
    assert act(volt, finding, "rectify", note="Floor marked").json["state"] == "rectified"
    verified = act(reviewer, finding, "verify", decision="accept").json
    assert (verified["state"], verified["explanation"], verified["rectification"]) == (
        "verified",
        "A late delivery",
        "Floor marked",
    )
    assert [one["id"] for one in volt.get("/v1/findings").json["items"]] == [finding["id"]]
    told = ["finding.opened", "finding.explained", "finding.rectified", "finding.verified"]
    for model, column in ((AuditEntry, AuditEntry.action), (OutboxEvent, OutboxEvent.type)):
        query = select(column).where(model.subject == finding["id"]).order_by(model.number)
        assert world.do(lambda work, query=query: list(work.session.scalars(query))) == told


def test_no_step_is_left_out_and_none_is_the_others_to_take(world: World, volt: Member, reviewer: Member) -> None:
    finding = reviewer.post("/v1/findings", found(volt)).json
    assert act(volt, finding, "rectify", note="Done").json["code"] == "finding-not-explained"
    assert act(reviewer, finding, "verify", decision="accept").json["code"] == "finding-not-rectified"
    act(volt, finding, "explain", note="Why")
    assert act(volt, finding, "explain", note="Better why").json["explanation"] == "Better why"
    act(volt, finding, "rectify", note="Done")
    assert act(volt, finding, "explain", note="Again").json["code"] == "finding-rectified"
    assert act(volt, finding, "verify", decision="accept").status_code == 403
    second = world.join("Second", "reviewer")
    assert act(second, finding, "verify", decision="accept").status_code == 404
    assert act(reviewer, finding, "explain", note="Not mine").status_code == 404
    act(reviewer, finding, "verify", decision="accept")
    assert act(reviewer, finding, "verify", decision="accept").json["code"] == "finding-verified"
    assert act(volt, finding, "rectify", note="Again").json["code"] == "finding-verified"


def test_nobody_verifies_what_was_found_at_itself(world: World, reviewer: Member) -> None:
    both = world.join("Both", "supplier", "reviewer")
    assign(world, both, reviewer)
    finding = reviewer.post("/v1/findings", found(both)).json
    act(both, finding, "explain", note="Why")
    act(both, finding, "rectify", note="Done")
    assert act(both, finding, "verify", decision="accept").status_code == 404
    assert reviewer.get(f"/v1/findings/{finding['id']}").json["state"] == "rectified"


def test_what_is_not_rectified_goes_back(volt: Member, reviewer: Member) -> None:
    finding = reviewer.post("/v1/findings", found(volt)).json
    act(volt, finding, "explain", note="Why")
    act(volt, finding, "rectify", note="Half done")
    assert act(reviewer, finding, "verify", decision="reject").json["state"] == "explained"
    act(volt, finding, "rectify", note="Done")
    assert act(reviewer, finding, "verify", decision="accept").json["state"] == "verified"


def test_a_finding_needs_an_assignment(world: World, volt: Member, reviewer: Member) -> None:
    stranger, other = world.join("Stranger", "supplier"), world.join("Other", "reviewer")
    assert faults(reviewer.post("/v1/findings", found(stranger))) == [("/organization", "not-assigned-to-you")]
    assert faults(other.post("/v1/findings", found(volt))) == [("/organization", "not-assigned-to-you")]
    assign(world, stranger, reviewer, role="claim_reviewer")
    assert reviewer.post("/v1/findings", found(stranger)).status_code == 201
    sell(world, volt, reviewer)
    assert faults(reviewer.post("/v1/findings", found(volt))) == [("/organization", "not-assigned-to-you")]
    assert volt.post("/v1/findings", found(volt)).status_code == 403


def test_a_company_answers_for_the_findings_of_a_plant_that_nobody_claimed(
    world: World, volt: Member, reviewer: Member
) -> None:
    plant = world.join("Plant", "supplier", kind="plant", claim="unclaimed")
    own(world, volt, plant)
    finding = reviewer.post("/v1/findings", found(plant)).json
    assert (finding["organization"], finding["holder"]) == (plant.id, volt.id)
    assert act(volt, finding, "explain", note="Why").status_code == 200


def test_an_unverified_owner_says_nothing_to_findings(world: World, reviewer: Member) -> None:
    newcomer = world.join("Newcomer", "supplier", claim="unverified")
    assign(world, newcomer, reviewer, role="claim_reviewer")
    finding = reviewer.post("/v1/findings", found(newcomer)).json
    assert act(newcomer, finding, "explain", note="x").json["code"] == "claim-unverified"
    assert act(newcomer, finding, "rectify", note="x").json["code"] == "claim-unverified"


def test_findings_of_others_are_the_same_as_none(world: World, volt: Member, reviewer: Member) -> None:
    finding = reviewer.post("/v1/findings", found(volt)).json
    stranger = world.join("Stranger", "supplier", "brand", "reviewer")
    bodies = []
    for one in (finding, {"id": "fnd_unknown"}):
        answers = [
            stranger.get(f"/v1/findings/{one['id']}"),
            act(stranger, one, "explain", note="x"),
            act(stranger, one, "rectify", note="x"),
            act(stranger, one, "verify", decision="accept"),
        ]
        assert [answer.status_code for answer in answers] == [404] * 4
        bodies += [{**answer.json, "instance": ""} for answer in answers]
    assert all(body == bodies[0] for body in bodies)
    assert stranger.get("/v1/findings").json == stranger.get("/v1/decisions").json == {"items": []}


def test_lists_are_filtered_by_what_is_shown(volt: Member, reviewer: Member) -> None:
    first = reviewer.post("/v1/findings", found(volt)).json
    second = reviewer.post("/v1/findings", found(volt, severity="minor")).json
    act(volt, first, "explain", note="Why")

    def listed(query: str) -> list[str]:
        return [one["id"] for one in volt.get(f"/v1/findings?{query}").json["items"]]

    assert listed("state=explained") == [first["id"]]
    assert listed("severity=minor") == [second["id"]]
    assert listed(f"organization={volt.id}") == [first["id"], second["id"]]
    assert listed(f"organization={reviewer.id}") == []
    assert faults(volt.get("/v1/findings?state=gone")) == [("?state", "not-one-of")]


def test_a_decision_has_a_reason_and_an_expiry(world: World, volt: Member, reviewer: Member) -> None:
    made = reviewer.post("/v1/decisions", decided(volt))
    assert (made.status_code, made.json["decided_on"], made.json["expires_on"]) == (201, "2026-11-22", "2027-11-20")
    assert volt.get("/v1/decisions").json["items"] == [made.json]
    assert volt.post("/v1/decisions", decided(volt)).status_code == 403
    stranger = world.join("Stranger", "supplier")
    assert faults(reviewer.post("/v1/decisions", decided(stranger))) == [("/organization", "not-assigned-to-you")]
    assert count(world, OutboxEvent, OutboxEvent.type == "decision.made") == 1


def test_what_is_wrong_is_told_with_its_place_and_changes_nothing(world: World, volt: Member, reviewer: Member) -> None:
    findings: list[tuple[dict[str, Any], str, str]] = [
        ({"framework": "no-such"}, "/framework", "unknown-framework"),
        ({"indicator": "X99"}, "/indicator", "unknown-indicator"),
        ({"severity": "awful"}, "/severity", "not-one-of"),
        ({"observed_on": "2026-11-23"}, "/observed_on", "in-the-future"),
        ({"observed_on": "yesterday"}, "/observed_on", "not-a-date"),
        ({"note": ""}, "/note", "length"),
        ({"note": "a\x00"}, "/note", "control-character"),
        ({"organization": "org_unknown"}, "/organization", "unknown-organization"),
        ({"extra": 1}, "/extra", "unknown-field"),
    ]
    for change, pointer, code in findings:
        assert faults(reviewer.post("/v1/findings", {**found(volt), **change})) == [(pointer, code)]
    decisions: list[tuple[dict[str, Any], str, str]] = [
        ({"expires_on": "2026-11-21"}, "/expires_on", "before-today"),
        ({"reason": ""}, "/reason", "length"),
        ({"expires_on": None}, "/expires_on", "not-null"),
    ]
    for change, pointer, code in decisions:
        assert faults(reviewer.post("/v1/decisions", {**decided(volt), **change})) == [(pointer, code)]
    for raw, _ in NASTY.values():
        for path in ("findings", "decisions"):
            assert reviewer.post(f"/v1/{path}", data=raw, content_type=JSON).status_code in {400, 422}
    assert count(world, Finding) == count(world, Decision) == 0


def test_the_words_on_the_wire_are_the_words_of_the_domain() -> None:
    assert set(wire.STATES) == {state.value for state in FindingState}
    assert set(wire.SEVERITIES) == {severity.value for severity in Severity}
