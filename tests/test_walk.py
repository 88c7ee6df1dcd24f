"""The whole road, over HTTP alone and in sentences: network in, requirement down, evidence up, flags and events out."""

import io
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from tests.world import START, Answer, Member, World

USCC = "91440306DEM9000012"
YESTERDAY = (START - timedelta(days=1)).isoformat()
LAST_YEAR = (START - timedelta(days=365)).isoformat()


@dataclass
class Road:
    """Who walks it. mill: the supplier's own entry once the brand imported it; its member once it accepted."""

    world: World
    brand: Member
    reviewer: Member
    organiser: Member
    trainer: Member

    def imports(self, kind: str, rows: str) -> Any:
        answer = self.brand.post(f"/v1/imports?kind={kind}", data=rows, content_type="text/csv")
        assert answer.status_code == 201
        return answer.json

    def enters_a_supplier(self) -> str:
        """The brand imports a supplier and its link; the supplier's id."""
        report = self.imports("organizations", f"code,name,country,region,sector,uscc\nV1,Mill,CN,Jiangsu,PCB,{USCC}\n")
        self.imports("links", "supplier,category\nV1,8534\n")
        found: str = report["results"][0]["id"]
        return found

    def demands(self, **values: Any) -> str:
        """The brand publishes a requirement of today; its id."""
        said = {
            "title": "Health and safety",
            "framework": "eseec-electronics@1",
            "pillar": "ohs",
            "schedule": [3, 2, 1],
            "beyond": "hold",
            "grace": [12, 18, 24],
            "link_scope": ["85"],
            **values,
        }
        drafted = self.brand.post("/v1/requirements", said)
        assert drafted.status_code == 201
        requirement: str = drafted.json["id"]
        assert self.brand.post(f"/v1/requirements/{requirement}/publish", {}).json["state"] == "published"
        return requirement

    def lets_in(self, organization: str) -> Member:
        """The brand invites, somebody follows the invitation; the new member, unverified."""
        seat = {"organization": organization, "email": "li@mill.example", "role": "supplier", "language": "zh"}
        sent = self.brand.post("/v1/invitations", {**seat, "expires_in_days": 30})
        assert sent.status_code == 201
        client = self.world.app.test_client()
        took = client.post("/v1/invitations/accept", json={"token": sent.json["token"], "name": "Li"})
        assert took.status_code == 201
        assert took.json is not None
        assert took.json["claim"] == "unverified"
        return Member(self.world.app.test_client(), took.json["key"], 0, organization)

    def verifies(self, supplier: Member) -> None:
        """The reviewer that the brand accepts finds the claim among its own and verifies it."""
        assert [one["organization"]["id"] for one in self.reviewer.get("/v1/claims").json["items"]] == [supplier.id]
        seen = {"scheme": "uscc", "value": USCC, "note": "Business licence, copy seen"}
        assert self.reviewer.post(f"/v1/claims/{supplier.id}/verify", seen).json["claim"] == "verified"

    def confirms(self, supplier: Member) -> None:
        """The supplier confirms its only link."""
        (link,) = supplier.get("/v1/links?role=supplier").json["items"]
        assert link["state"] == "claimed"
        assert supplier.post(f"/v1/links/{link['id']}/confirm", {}).json["state"] == "confirmed"

    def a_verified_supplier(self) -> Member:
        """A supplier that is in, verified and confirmed."""
        supplier = self.lets_in(self.enters_a_supplier())
        self.verifies(supplier)
        self.confirms(supplier)
        return supplier

    def accepts(self, evidence: Answer, trust: str) -> None:
        """The reviewer accepts a piece of evidence and says what it is worth."""
        assert evidence.status_code == 201, evidence.json
        decision = {"decision": "accept", "trust": trust}
        reviewed = self.reviewer.post(f"/v1/evidence/{evidence.json['id']}/review", decision)
        assert reviewed.json["state"] == "accepted"

    def proves_level_three(self, supplier: Member) -> None:
        """The supplier proves level 3 in every pillar, and the reviewer accepts it as audited."""
        for one in _everything_of_level_three():
            self.accepts(supplier.post("/v1/evidence", one), "audited")


@pytest.fixture
def road(world: World) -> Road:
    """A brand that accepts a reviewer, an organiser and a trainer; no supplier yet."""
    reviewer = world.join("Lighthouse", "reviewer")
    brand = world.join("Brand", "brand")
    assert brand.call("PUT", "/v1/me/accepted-reviewers", json={"reviewers": [reviewer.id]}).status_code == 200
    return Road(world, brand, reviewer, world.join("Chamber", "organiser"), world.join("Unit", "trainer"))


# 1. Procurement team ------------------------------------------------------------------------


def test_a_list_gets_one_result_a_row_and_the_same_list_again_changes_nothing(road: Road) -> None:
    rows = f"code,name,country,uscc\nV1,Mill,CN,{USCC}\nV2,Typo,CN,{USCC[:-2]}00\n"
    first = road.imports("organizations", rows)
    assert [one["status"] for one in first["results"]] == ["created", "error"]
    (fault,) = first["results"][1]["errors"]
    assert (fault["column"], fault["code"]) == ("uscc", "identifier-checksum")
    again = road.imports("organizations", rows)
    assert [one["status"] for one in again["results"]] == ["matched", "error"]
    assert again["results"][0]["id"] == first["results"][0]["id"]


def test_a_requirement_reaches_a_claimed_supplier_whose_standing_stays_closed_to_the_brand(road: Road) -> None:
    mill = road.enters_a_supplier()
    requirement = road.demands()
    (owed,) = road.brand.get(f"/v1/requirements/{requirement}/obligations").json["items"]
    assert (owed["supplier"], owed["tier"], owed["level"]) == (mill, 1, 3)
    assert owed["status"] == "awaiting_confirmation"
    assert owed["achieved"] is None


def test_who_falls_short_is_listed_by_tier_pillar_gap_and_due_date(road: Road) -> None:
    supplier = road.a_verified_supplier()
    requirement = road.demands()
    listed = f"/v1/requirements/{requirement}/obligations"
    (owed,) = road.brand.get(f"{listed}?tier=1&pillar=ohs&min_gap=3&due_until=2027-11-22").json["items"]
    assert (owed["supplier"], owed["gap"], owed["due"]) == (supplier.id, 3, "2027-11-22")
    for nobody in ("tier=2", "pillar=csr", "due_until=2027-11-21", "status=met"):
        assert road.brand.get(f"{listed}?{nobody}").json["items"] == []


def test_the_brand_is_told_the_path_every_rule_and_the_facts_they_used(road: Road) -> None:
    supplier = road.a_verified_supplier()
    requirement = road.demands()
    (told,) = road.brand.get(f"/v1/suppliers/{supplier.id}/explanation?requirement={requirement}").json["items"]
    (hop,) = told["path"]
    assert (hop["buyer"]["id"], hop["supplier"]["id"], hop["category"]) == (road.brand.id, supplier.id, "8534")
    assert {"link_carries", "scope_matched", "tier_is_shortest", "schedule_entry", "due_rule"} <= {
        one["code"] for one in told["rules"]
    }
    first = told["rules"][0]
    assert (first["params"]["link"], first["params"]["state"]) == (hop["link"], "confirmed")
    assert ("is confirmed" in first["text"]["en"], "已确认" in first["text"]["zh"]) == (True, True)
    assert not [one for one in told["rules"] for text in one["text"].values() if not text or "{" in text]


# 2. Supplier --------------------------------------------------------------------------------


def test_an_invited_supplier_reads_nothing_of_its_customers_before_it_is_verified(road: Road) -> None:
    road.demands()
    supplier = road.lets_in(road.enters_a_supplier())
    assert supplier.get("/v1/links").status_code == 403
    assert supplier.get("/v1/me/obligations").status_code == 403
    road.verifies(supplier)
    (owed,) = supplier.get("/v1/me/obligations").json["items"]
    assert (owed["issuer"]["id"], owed["level"], owed["status"]) == (road.brand.id, 3, "not_assessed")
    assert owed["move"] == "supplier"


def test_a_disputed_link_obliges_nobody(road: Road) -> None:
    road.demands()
    supplier = road.lets_in(road.enters_a_supplier())
    road.verifies(supplier)
    (link,) = supplier.get("/v1/links?role=supplier").json["items"]
    disputed = supplier.post(f"/v1/links/{link['id']}/dispute", {"reason": "not_a_customer"})
    assert disputed.json["state"] == "disputed"
    assert supplier.get("/v1/me/obligations").json["items"] == []
    assert road.brand.get("/v1/suppliers").json["items"] == []


def test_three_kinds_of_evidence_go_in_by_one_post_each(road: Road) -> None:
    supplier = road.a_verified_supplier()
    answer = supplier.post("/v1/evidence", _answer(C19="policy"))
    assert (answer.status_code, answer.json["state"]) == (201, "accepted")
    metered = supplier.post("/v1/evidence", _quantity(("E15", 52, "KWH/MTK")))
    assert (metered.status_code, metered.json["state"]) == (201, "submitted")
    paper = _with_file(supplier, _certificate("iso-45001", "2018"))
    assert (paper.status_code, paper.json["trust"]) == (201, "documented")
    assert paper.json["files"][0]["name"] == "paper.txt"


def test_a_retry_of_a_submission_is_answered_again_and_recorded_once(road: Road) -> None:
    supplier = road.a_verified_supplier()
    once, twice = (_with_file(supplier, _certificate("iso-45001", "2018"), key="retry-0001") for _ in range(2))
    assert once.get_data() == twice.get_data()
    assert twice.headers["Idempotency-Replayed"] == "true"
    assert len(supplier.get("/v1/evidence").json["items"]) == 1


def test_a_supplier_reads_its_level_what_the_next_one_lacks_and_what_each_obligation_lacks(road: Road) -> None:
    road.demands(schedule=[2])
    supplier = road.a_verified_supplier()
    supplier.post("/v1/evidence", _answer(C19="policy"))
    (framework,) = supplier.get("/v1/me/status").json["frameworks"]
    pillars = {one["pillar"]: one for one in framework["pillars"]}
    assert pillars["csr"]["level"] == 0
    assert "C01" in {one["indicator"] for one in pillars["csr"]["next"]["unmet"]}
    assert pillars["ohs"]["level"] is None
    assert pillars["ohs"]["effective"] == 2
    (owed,) = supplier.get("/v1/me/obligations").json["items"]
    assert {"O01", "O05", "O07"} <= {one["indicator"] for one in owed["unmet"]}


# 3. Reviewer --------------------------------------------------------------------------------


def test_a_reviewer_sees_what_is_assigned_to_it_and_every_opening_is_told_to_the_owner(road: Road) -> None:
    supplier = road.a_verified_supplier()
    paper = _with_file(supplier, _certificate("iso-45001", "2018")).json
    stranger = road.world.join("Other", "reviewer")
    assert stranger.get("/v1/evidence").json["items"] == []
    path = f"/v1/evidence/{paper['id']}/files/{paper['files'][0]['id']}"
    assert stranger.get(path).status_code == 404
    assert road.reviewer.get(path).get_data() == b"A certificate.\n"
    (opening,) = supplier.get("/v1/me/openings").json["items"]
    assert opening["organization"] == road.reviewer.id


def test_a_rejection_has_a_code_and_counts_for_nothing(road: Road) -> None:
    supplier = road.a_verified_supplier()
    sent = supplier.post("/v1/evidence", _answer(C15="trained")).json
    refusal = {"decision": "reject", "code": "scope", "note": "Names another plant"}
    assert road.reviewer.post(f"/v1/evidence/{sent['id']}/review", refusal).json["state"] == "rejected"
    assert supplier.get(f"/v1/evidence/{sent['id']}").json["review"]["code"] == "scope"
    assert [one["level"] for one in _pillars_of(supplier)] == []


def test_level_status_and_flag_follow_an_acceptance_in_the_next_answer(road: Road) -> None:
    road.demands()
    supplier = road.a_verified_supplier()
    assert [one["kind"] for one in supplier.get("/v1/flags?view=supplier").json["items"]] == ["training"]
    road.proves_level_three(supplier)
    assert {one["pillar"]: one["level"] for one in _pillars_of(supplier)} == {
        "eco_efficiency": 3,
        "ohs": 3,
        "csr": 3,
    }
    (seen,) = road.brand.get("/v1/suppliers").json["items"]
    assert (seen["status"], seen["flags"]) == ("met", [])
    (flag,) = supplier.get("/v1/flags?view=supplier").json["items"]
    assert flag["closed_on"] == START.isoformat()
    assert [one["code"] for one in flag["closing_reasons"]] == ["no_gap"]


def test_a_finding_overrides_evidence_until_it_is_verified(road: Road) -> None:
    supplier = road.a_verified_supplier()
    road.proves_level_three(supplier)
    seen = {"indicator": "O07", "severity": "critical", "observed_on": YESTERDAY, "note": "Fire exit blocked"}
    about = {"organization": supplier.id, "framework": "eseec-electronics"}
    finding = road.reviewer.post("/v1/findings", {**about, **seen})
    assert finding.status_code == 201
    assert _level(supplier, "ohs") == 0
    path = f"/v1/findings/{finding.json['id']}"
    assert supplier.post(f"{path}/explain", {"note": "A late delivery"}).json["state"] == "explained"
    assert supplier.post(f"{path}/rectify", {"note": "Exit cleared"}).json["state"] == "rectified"
    assert _level(supplier, "ohs") == 0
    assert road.reviewer.post(f"{path}/verify", {"decision": "accept"}).json["state"] == "verified"
    assert _level(supplier, "ohs") == 3


# 4. Trainer and organiser -------------------------------------------------------------------


def test_a_trainer_sees_who_agreed_what_it_lacks_and_the_month_but_never_who_asks(road: Road) -> None:
    road.demands()
    supplier = road.a_verified_supplier()
    assert road.trainer.get("/v1/flags?kind=training").json["items"] == []
    _consent(supplier, training_consent=True)
    (flag,) = road.trainer.get("/v1/flags?kind=training&region=Jiangsu").json["items"]
    assert (flag["supplier"], flag["deadline_month"]) == (supplier.id, "2027-11")
    assert flag["modules"]
    assert road.brand.id not in json.dumps(flag)
    assert road.trainer.get("/v1/flags?kind=training&region=Zhejiang").json["items"] == []


def test_an_organiser_pairs_flagged_suppliers_with_buyers_and_reads_why_in_both_languages(road: Road) -> None:
    supplier = road.a_verified_supplier()
    road.proves_level_three(supplier)
    assert road.organiser.get("/v1/flags?kind=matchmaking").json["items"] == []
    _consent(supplier, listed=True)
    (flag,) = road.organiser.get("/v1/flags?kind=matchmaking").json["items"]
    buyer = road.world.join("Alder", "brand", country="DE")
    event = road.organiser.post("/v1/events", _event())
    assert event.status_code == 201
    path = f"/v1/events/{event.json['id']}"
    offer = {"side": "supplier", "organization": flag["supplier"], "offer": {"categories": ["853400"]}}
    assert road.organiser.post(f"{path}/registrations", offer).status_code == 201
    wanted = {"products": ["8534"], "levels": {"ohs": 3}, "countries": ["CN"], "languages": [], "meetings": 4}
    demand = {"side": "buyer", "organization": buyer.id, "demand": wanted}
    assert road.organiser.post(f"{path}/registrations", demand).status_code == 201
    (pairing,) = road.organiser.get(f"{path}/pairings").json["items"]
    assert pairing["supplier"]["organization"]["id"] == supplier.id
    assert pairing["rank"] == 1
    assert {one["state"] for one in pairing["gates"]} <= {"open", "not_available"}
    assert pairing["parts"]
    assert all(one["reason"]["text"]["zh"] for one in (*pairing["gates"], *pairing["parts"]))


# What is sent -------------------------------------------------------------------------------


def _everything_of_level_three() -> list[dict[str, Any]]:
    permits = [_certificate(None, None) | _said({name: True}) for name in ("E01", "O09")]
    standards = [("iso-14001", "2015"), ("iso-45001", "2018"), ("sa8000", "2014")]
    measured = [("E05", 3, "2N"), ("E06", 100, "P1"), ("E15", 50, "KWH/MTK"), ("E21", 30, "P1"), ("O05", 100, "P1")]
    measured += [("O06", 100, "P1"), ("O13", 1, "C62"), ("C01", 0, "HEA"), ("C06", 100, "P1"), ("C26", 20, "HUR")]
    quantity = _quantity(*measured)
    quantity["values"] += [{"indicator": one, "value": True} for one in _FURTHER]
    answers = {"E20": "verified", "O01": "engineer", "O07": "audited", "O24": "audited"}
    more = {"C11": "tested", "C15": "closed", "C17": "contract", "C19": "partners"}
    return [*permits, *(_certificate(*one) for one in standards), quantity, _answer(**answers, **more)]


_FURTHER = ("E06.stock", "E06.visit", "C01.identity", "C01.remedy")


def _said(values: dict[str, Any]) -> dict[str, Any]:
    told = [{"indicator": name, "value": value} for name, value in values.items()]
    return {"framework": "eseec-electronics", "values": told}


def _answer(**values: str) -> dict[str, Any]:
    return {"kind": "answer", **_said(values), "observed_to": YESTERDAY}


def _quantity(*values: tuple[str, float, str]) -> dict[str, Any]:
    told = [{"indicator": name, "value": value, "unit": unit} for name, value, unit in values]
    period = {"observed_from": LAST_YEAR, "observed_to": YESTERDAY}
    return {"kind": "quantity", "framework": "eseec-electronics", "values": told, **period}


def _certificate(standard: str | None, version: str | None) -> dict[str, Any]:
    printed = {"number": "DEMO-1", "issuer": "Example Certification"}
    named = {"standard": standard, "certificate": {**printed, "version": version}} if standard else {}
    return {"kind": "certificate", "issued_on": YESTERDAY, "valid_until": "2028-11-22", **named}


def _with_file(supplier: Member, claim: dict[str, Any], key: str | None = None) -> Answer:
    form = {"evidence": json.dumps(claim), "file": (io.BytesIO(b"A certificate.\n"), "paper.txt", "text/plain")}
    headers = {"Idempotency-Key": key} if key else {}
    return supplier.post("/v1/evidence", data=form, content_type="multipart/form-data", headers=headers)


def _event() -> dict[str, Any]:
    held_on = (START + timedelta(days=60)).isoformat()
    return {"name": "Round table", "held_on": held_on, "framework": "eseec-electronics@1", "threshold": 3}


def _consent(supplier: Member, **consents: bool) -> None:
    path = f"/v1/organizations/{supplier.id}"
    etag = supplier.get(path).headers["ETag"]
    assert supplier.patch(path, consents, etag).status_code == 200


def _pillars_of(supplier: Member) -> list[Any]:
    frameworks = supplier.get("/v1/me/status").json["frameworks"]
    return [pillar for framework in frameworks for pillar in framework["pillars"]]


def _level(supplier: Member, pillar: str) -> int | None:
    (found,) = (one["level"] for one in _pillars_of(supplier) if one["pillar"] == pillar)
    level: int | None = found
    return level
