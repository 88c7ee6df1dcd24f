"""Proven attributes: only what a reviewer confirmed on a document leaves an indicator out, never a supplier's word."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select, update

from graph.network import Organization as OrganizationFact
from graph.network import from_payload, to_payload
from supplychain.audit import AuditEntry
from supplychain.conformity.derive import rebuild
from supplychain.conformity.models import Conformity
from supplychain.network import engine
from supplychain.network.log import NetworkLogRow
from supplychain.network.models import Organization
from supplychain.outbox import OutboxEvent
from supplychain.work import Work
from tests.lists import send as import_list
from tests.racing import another, together
from tests.reviewing import assign, own, sell
from tests.supplying import ask
from tests.test_invitations import PRINTED, enter, join_by, with_reviewer
from tests.world import Answer, Member, World

NOTE = "Discharge permit, page 3"
CONDITIONAL = {"E12", "E15"}
"""What the electronics pack asks of some sectors only; of MET neither."""


@pytest.fixture
def reviewer(world: World) -> Member:
    return world.join("Bureau", "reviewer")


@pytest.fixture
def supplier(world: World, reviewer: Member) -> Member:
    return asked(world, reviewer)


def asked(world: World, reviewer: Member) -> Member:
    """A supplier that states a sector of which neither indicator is asked; a buyer asks for the framework."""
    brand, supplier = world.join("Trading house", "brand"), world.join("Works", "supplier", country="CN", sector="MET")
    sell(world, supplier, brand)
    ask(world, brand.number, 1001, {"eco_efficiency": 4})
    assign(world, supplier, reviewer)
    return supplier


def confirm(reviewer: Member, organization: str, note: str = NOTE, **printed: str) -> Answer:
    return reviewer.post(f"/v1/attributes/{organization}/confirm", {"attributes": printed, "note": note})


def state(member: Member, **values: Any) -> Answer:
    path = f"/v1/organizations/{member.id}"
    answer = member.patch(path, values, member.get(path).headers["ETag"])
    assert answer.status_code == 200, answer.json
    return answer


def left_out(member: Member) -> set[str]:
    """The indicators that do not apply, as the supplier reads them."""
    (framework,) = member.get("/v1/me/status").json["frameworks"]
    return {
        one["indicator"]
        for one in framework["indicators"]
        if all(level["result"] == "not_applicable" for level in one["levels"])
    }


def faults(answer: Answer) -> list[tuple[str, str]]:
    assert answer.status_code == 422, answer.json
    return [(fault["pointer"], fault["code"]) for fault in answer.json["errors"]]


def unmet(world: World, organization: int) -> dict[str, Any]:
    """The stored results, as they were derived."""
    query = select(Conformity.assessments).where(Conformity.organization == organization)
    stored: dict[str, Any] = world.do(lambda work: work.session.scalar(query))
    results: dict[str, Any] = stored["eseec-electronics@1"]["results"]
    return results


def test_what_a_supplier_says_of_itself_leaves_no_indicator_out(world: World) -> None:
    supplier = asked(world, world.join("Assessors", "reviewer"))
    assert left_out(supplier) == set()
    for sector in ("BAT", "PCB", "MET"):
        state(supplier, sector=sector, country="VN", size="sme")
        assert left_out(supplier) == set()


def test_what_a_reviewer_confirmed_does_from_that_moment_on(world: World, supplier: Member, reviewer: Member) -> None:
    answer = confirm(reviewer, supplier.id, sector="MET")
    assert answer.status_code == 200
    assert answer.json["attributes"] == {"country": "CN", "region": None, "sector": "MET", "size": None}
    assert answer.json["proven"] == {"sector": "2026-11-22"}
    assert left_out(supplier) == CONDITIONAL
    assert supplier.get("/v1/me").json["organization"]["proven"] == {"sector": "2026-11-22"}
    world.clock.advance(3)
    assert confirm(reviewer, supplier.id, sector="MET", country="CN").json["proven"] == {
        "country": "2026-11-25",
        "sector": "2026-11-22",
    }


def test_a_changed_value_is_unproven_and_changing_it_back_does_not_prove_it(world: World) -> None:
    reviewer = world.join("Assessors", "reviewer")
    supplier = asked(world, reviewer)
    day = world.clock.now.date().isoformat()
    confirm(reviewer, supplier.id, sector="MET", country="CN")
    assert left_out(supplier) == CONDITIONAL
    assert state(supplier, sector="BAT").json["proven"] == {"country": day}
    assert left_out(supplier) == set()
    assert state(supplier, sector="MET").json["proven"] == {"country": day}
    assert left_out(supplier) == set()
    assert confirm(reviewer, supplier.id, sector="MET").status_code == 200
    assert left_out(supplier) == CONDITIONAL


def test_to_send_the_same_value_again_ends_no_proof(supplier: Member, reviewer: Member) -> None:
    confirm(reviewer, supplier.id, sector="MET")
    assert state(supplier, sector="MET", size="sme").json["proven"] == {"sector": "2026-11-22"}
    assert left_out(supplier) == CONDITIONAL


def test_a_list_that_changes_an_attribute_ends_its_proof(world: World, reviewer: Member) -> None:
    brand = world.join("Brand", "brand")
    entry = enter(brand)
    assign_entry(world, entry, reviewer)
    assert confirm(reviewer, entry, sector="MET", country="CN").json["proven"].keys() == {"sector", "country"}
    import_list(brand, "organizations", "code,name,sector,country\n1,Kaifeng,BAT,CN\n")
    (shown,) = reviewer.get(f"/v1/attributes?organization={entry}").json["items"]
    assert shown["attributes"]["sector"] == "BAT"
    assert shown["proven"].keys() == {"country"}
    assert "attributes.unproven" in recorded(world, entry)


def test_a_document_that_bears_another_value_proves_nothing(world: World, supplier: Member, reviewer: Member) -> None:
    refused = confirm(reviewer, supplier.id, sector="PCB", country="CN", size="sme")
    assert sorted(faults(refused)) == [
        ("/attributes/sector", "attribute-differs"),
        ("/attributes/size", "attribute-differs"),
    ]
    assert supplier.get("/v1/me").json["organization"]["proven"] == {}
    assert supplier.get("/v1/me").json["organization"]["size"] is None
    assert faults(confirm(reviewer, supplier.id)) == [("/attributes", "items")]
    assert recorded(world, supplier.id) == []


def test_a_reviewer_takes_back_what_it_confirmed_wrongly(world: World, supplier: Member, reviewer: Member) -> None:
    confirm(reviewer, supplier.id, sector="MET", country="CN")
    path, sent = f"/v1/attributes/{supplier.id}/withdraw", {"attributes": ["sector"], "note": "Another plant's"}
    assert reviewer.post(path, sent).json["proven"] == {"country": "2026-11-22"}
    assert left_out(supplier) == set()
    assert supplier.get("/v1/me").json["organization"]["sector"] == "MET"
    assert faults(reviewer.post(path, sent)) == [("/attributes/0", "attribute-unproven")]
    assert recorded(world, supplier.id) == ["attributes.confirmed", "attributes.unproven"]


def test_only_an_assigned_and_independent_reviewer_confirms(world: World, supplier: Member, reviewer: Member) -> None:
    other = world.join("Other", "reviewer")
    assert confirm(other, supplier.id, sector="MET").status_code == 404
    assert other.get("/v1/attributes").json["items"] == []
    assert confirm(supplier, supplier.id, sector="MET").status_code == 403
    assert [one["organization"]["id"] for one in reviewer.get("/v1/attributes").json["items"]] == [supplier.id]
    sell(world, supplier, reviewer)
    assert confirm(reviewer, supplier.id, sector="MET").status_code == 404
    assert reviewer.get("/v1/attributes").json["items"] == []


def test_whoever_verifies_a_claim_says_which_attributes_the_document_bore(world: World) -> None:
    acme, reviewer, organization = with_reviewer(world)
    li = join_by(world, acme, organization)
    path = f"/v1/claims/{organization}/verify"
    verified = reviewer.post(path, {**PRINTED, "attributes": {"country": "CN", "sector": "MET"}})
    assert (verified.status_code, verified.json["claim"]) == (200, "verified")
    mine = li.get("/v1/me").json["organization"]
    # The entry had neither: both are entered from the document, as identifiers are.
    assert (mine["country"], mine["sector"], mine["proven"].keys()) == ("CN", "MET", {"country", "sector"})


def test_a_document_with_another_attribute_verifies_nothing(world: World) -> None:
    acme, reviewer = world.join("Acme", "brand"), world.join("Bureau", "reviewer")
    acme.call("PUT", "/v1/me/accepted-reviewers", json={"reviewers": [reviewer.id]})
    sent = {"name": "Kaifeng", "sector": "PCB", "identifiers": [{"scheme": "uscc", "value": PRINTED["value"]}]}
    organization = acme.post("/v1/organizations", {**sent, "record": {"code": "1"}}).json["id"]
    li = join_by(world, acme, organization)
    refused = reviewer.post(f"/v1/claims/{organization}/verify", {**PRINTED, "attributes": {"sector": "MET"}})
    assert faults(refused) == [("/attributes/sector", "attribute-differs")]
    assert li.get("/v1/me").json["organization"]["claim"] == "unverified"


def test_a_reviewer_the_operator_assigned_confirms_of_an_unclaimed_organization(world: World, reviewer: Member) -> None:
    operator, brand = world.join("Platform", "operator"), world.join("Brand", "brand")
    entry = enter(brand)
    assert confirm(reviewer, entry, sector="MET").status_code == 404
    assert operator.post(f"/v1/claims/{entry}/assign", {"reviewer": reviewer.id}).status_code == 200
    assert confirm(reviewer, entry, sector="MET").json["proven"].keys() == {"sector"}
    number = number_of(world, entry)
    sell(world, Member(brand.client, "", number, entry), brand)
    ask(world, brand.number, 1, {"eco_efficiency": 4})
    results = unmet(world, number)
    assert {name for name, levels in results.items() if levels[0][1] == "not_applicable"} == CONDITIONAL
    # Whoever entered it first learns nothing of what was proven, and no scope tests it.
    assert "proven" not in brand.get(f"/v1/organizations/{entry}").json
    assert scope_sector(world, number) is None


def test_a_plant_is_proven_by_the_reviewer_of_its_company(world: World, supplier: Member, reviewer: Member) -> None:
    plant = world.join("Mill works", "supplier", kind="plant", sector="MET")
    own(world, supplier, plant)
    confirm(reviewer, supplier.id, sector="MET")
    assert left_out(supplier) == set(), "the site's own sector decides, and nobody confirmed that"
    assert {one["organization"]["id"] for one in reviewer.get("/v1/attributes").json["items"]} == {
        supplier.id,
        plant.id,
    }
    assert confirm(reviewer, plant.id, sector="MET").status_code == 200
    assert left_out(supplier) == CONDITIONAL


def test_a_value_that_changes_while_it_is_confirmed_is_never_proven_by_another(
    world: World, supplier: Member, reviewer: Member
) -> None:
    path, sectors = f"/v1/organizations/{supplier.id}", ("BAT", "MET")
    for turn in range(6):
        tag, sector = supplier.get(path).headers["ETag"], sectors[turn % 2]
        owner, bureau = another(world, supplier), another(world, reviewer)
        answers = together(
            [
                partial(owner.patch, path, {"sector": sector}, tag),
                partial(confirm, bureau, supplier.id, sector=sectors[(turn + 1) % 2]),
            ]
        )
        assert {one.status_code for one in answers} <= {200, 412, 422}
        (shown,) = reviewer.get("/v1/attributes").json["items"]
        confirmed = world.do(lambda work: work.session.get_one(Organization, supplier.number).proven) or {}
        assert all(proof["value"] == shown["attributes"][name] for name, proof in confirmed.items())
        derived = unmet(world, supplier.number)
        rebuild(world.runtime)
        assert unmet(world, supplier.number) == derived


def test_every_step_is_audited_and_told(world: World, supplier: Member, reviewer: Member) -> None:
    confirm(reviewer, supplier.id, sector="MET")
    state(supplier, sector="BAT")

    def body(work: Work) -> tuple[list[Any], list[Any]]:
        audit = select(AuditEntry).where(AuditEntry.subject == supplier.id).order_by(AuditEntry.number)
        events = select(OutboxEvent).where(OutboxEvent.subject == supplier.id).order_by(OutboxEvent.number)
        entries = [(one.action, one.actor_organization, one.data) for one in work.session.scalars(audit)]
        return entries, [(one.type, one.data) for one in work.session.scalars(events)]

    audit, events = world.do(body)
    told = [one for one in audit if one[0].startswith("attributes.")]
    assert told == [
        ("attributes.confirmed", reviewer.number, {"values": {"sector": "MET"}, "note": NOTE}),
        ("attributes.unproven", supplier.number, {"attributes": ["sector"]}),
    ]
    assert [one for one in events if one[0].startswith("attributes.")] == [
        ("attributes.confirmed", {"attributes": ["sector"]}),
        ("attributes.unproven", {"attributes": ["sector"]}),
    ]


def test_a_rebuild_finds_what_was_derived_at_each_step(world: World, supplier: Member, reviewer: Member) -> None:
    steps: list[Callable[[], Answer]] = [
        lambda: confirm(reviewer, supplier.id, sector="MET"),
        lambda: state(supplier, sector="BAT"),
        lambda: state(supplier, sector="MET"),
        lambda: confirm(reviewer, supplier.id, sector="MET"),
    ]
    for step in steps:
        step()
        derived = unmet(world, supplier.number)
        rebuild(world.runtime)
        assert unmet(world, supplier.number) == derived


def test_rows_of_the_log_from_before_there_were_proofs_prove_nothing(
    world: World, supplier: Member, reviewer: Member
) -> None:
    fact = OrganizationFact(number=1, sector="MET", verified=True)
    kind, payload = to_payload(fact)
    assert from_payload(kind, payload) == fact
    del payload["proven"]
    assert from_payload(kind, payload) == fact

    confirm(reviewer, supplier.id, sector="MET")

    assert left_out(supplier) == CONDITIONAL
    with world.runtime.database.owner() as connection:  # nobody else can rewrite the log
        for row in connection.execute(select(NetworkLogRow).where(NetworkLogRow.kind == "organization")).all():
            payload = {name: value for name, value in row.payload.items() if name != "proven"}
            where = (NetworkLogRow.revision == row.revision, NetworkLogRow.position == row.position)
            connection.execute(update(NetworkLogRow).where(*where).values(payload=payload))
    rebuild(world.runtime)
    assert left_out(supplier) == set()


def assign_entry(world: World, organization: str, reviewer: Member) -> None:
    """Let a reviewer review an entry that nobody claimed."""
    assign(world, Member(reviewer.client, "", number_of(world, organization), organization), reviewer)


def number_of(world: World, organization: str) -> int:
    query = select(Organization.number).where(Organization.id == organization)
    number: int = world.do(lambda work: work.session.scalar(query))
    return number


def recorded(world: World, organization: str) -> list[str]:
    """What the audit trail says of an organization's attributes, in order."""
    query = (
        select(AuditEntry.action)
        .where(AuditEntry.subject == organization, AuditEntry.action.startswith("attributes."))
        .order_by(AuditEntry.number)
    )
    return list(world.do(lambda work: list(work.session.scalars(query))))


def scope_sector(world: World, number: int) -> str | None:
    """The sector that the scopes of requirements test of an organization."""

    def body(work: Work) -> str | None:
        found = engine.network(work).organization(number)
        assert found is not None
        return found.sector

    sector: str | None = world.do(body)
    return sector
