"""Evidence: submitted by one POST, kept for ever, in force by its own dates (domain rules: Evidence)."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import event, select

from schemas import evidence as wire
from supplychain.audit import AuditEntry
from supplychain.evidence.models import Evidence, StoredFile
from supplychain.evidence.terms import Decided, EvidenceState, RejectedFor
from supplychain.frameworks.terms import EvidenceKind, Trust
from supplychain.idempotency import IdempotencyKey
from supplychain.outbox import OutboxEvent
from tests import papers
from tests.papers import answer, certificate, quantity
from tests.reviewing import FORM, JSON, assign, count, faults, form, own, send, submit
from tests.world import Member, World

NASTY = {
    "100,000 brackets": (b"[" * 100_000, 400),
    "a lone surrogate": (b'{"kind": "\\ud800"}', 400),
    "5,001 digits": (b'{"kind": ' + b"9" * 5001 + b"}", 400),
    "NUL in a text": (b'{"kind": "answer", "source": "a\\u0000b"}', 422),
    "NaN": (b'{"kind": NaN}', 400),
    "too large for a double": (b'{"kind": 1e400}', 400),
    "invalid UTF-8": (b'{"kind": "\xff\xfe"}', 400),
    "nothing": (b"", 400),
    "not an object": (b"[1, 2]", 422),
    "null": (b"null", 422),
    "a number": (b"7", 422),
    "broken off": (b'{"kind": "answer"', 400),
}


@pytest.fixture
def volt(world: World) -> Member:
    return world.join("Volt", "supplier")


def test_a_checklist_answer_counts_at_once_where_the_pack_says_so(world: World, volt: Member) -> None:
    response = volt.post("/v1/evidence", answer())
    assert response.status_code == 201
    body = response.json
    assert (body["state"], body["on_receipt"], body["trust"]) == ("accepted", True, "self_declared")
    assert body["organization"] == body["holder"] == volt.id
    assert volt.get(response.headers["Location"]).json == body


def test_nothing_of_an_unverified_owner_is_accepted_on_receipt(world: World) -> None:
    newcomer = world.join("Newcomer", "supplier", claim="unverified")
    assert submit(newcomer, answer())["state"] == "submitted"


def test_an_answer_that_could_earn_more_trust_waits_for_a_review(volt: Member) -> None:
    asked = answer(values=[{"indicator": "C19", "value": "policy"}, {"indicator": "O01", "value": "planned"}])
    assert submit(volt, asked)["state"] == "submitted"


def test_what_waits_says_whether_a_reviewer_is_still_to_be_chosen(world: World, volt: Member) -> None:
    sent = submit(volt, quantity())
    assert (sent["state"], sent["waits_for"]) == ("submitted", "choice_of_reviewer")
    assign(world, volt, world.join("Reviewer", "reviewer"))
    assert volt.get(f"/v1/evidence/{sent['id']}").json["waits_for"] == "review"
    assert submit(volt, quantity())["waits_for"] == "review"


def test_the_four_dates_are_never_mixed_up(volt: Member) -> None:
    sent = submit(volt, certificate(observed_from="2024-01-01", observed_to="2024-12-31"))
    dates = ("observed_from", "observed_to", "issued_on", "valid_until")
    assert [sent[name] for name in dates] == ["2024-01-01", "2024-12-31", "2025-03-01", "2028-02-29"]
    assert sent["received_at"].startswith("2026-11-22")
    bare = submit(volt, certificate())
    assert (bare["observed_from"], bare["observed_to"]) == (None, None)


def test_a_file_makes_evidence_documented(volt: Member) -> None:
    sent = send(volt, certificate(), ("iso45001.pdf", papers.pdf()))
    assert (sent.status_code, sent.json["trust"]) == (201, "documented")
    assert submit(volt, certificate())["trust"] == "self_declared"


def test_a_permit_proves_an_indicator_without_being_of_a_recognised_standard(volt: Member) -> None:
    permit = certificate(
        framework="eseec-electronics",
        values=[{"indicator": "E01", "value": True}],
        certificate={"number": "91440300MA5EXAMPLE001P", "issuer": "Shenzhen"},
    )
    del permit["standard"]
    assert submit(volt, permit)["values"] == [{"indicator": "E01", "value": True}]


def test_a_declaration_is_recorded_whether_or_not_an_indicator_takes_it(volt: Member) -> None:
    said = submit(volt, answer(kind="declaration", values=[{"indicator": "E01", "value": False}]))
    assert (said["state"], said["trust"]) == ("submitted", "self_declared")


def test_evidence_is_expired_from_the_day_after_it_is_valid(world: World, volt: Member) -> None:
    sent = submit(volt, answer(issued_on="2026-11-01", valid_until="2026-11-23"))
    world.clock.advance(1)
    assert volt.get(f"/v1/evidence/{sent['id']}").json["state"] == "accepted"
    world.clock.advance(1)
    assert volt.get(f"/v1/evidence/{sent['id']}").json["state"] == "expired"
    assert len(volt.get("/v1/evidence?state=expired").json["items"]) == 1
    assert volt.get("/v1/evidence?state=accepted").json["items"] == []


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"kind": "rumour"}, "/kind", "not-one-of"),
    (answer(framework="no-such"), "/framework", "unknown-framework"),
    (answer(framework=None), "/framework", "not-null"),
    ({"kind": "answer", "values": answer()["values"]}, "/framework", "required"),
    (answer(values=[]), "/values", "required"),
    (answer(values=[{"indicator": "X99", "value": True}]), "/values/0/indicator", "unknown-indicator"),
    (answer(values=answer()["values"] * 2), "/values/1/indicator", "answered-twice"),
    (answer(values=[{"indicator": "C19", "value": "perhaps"}]), "/values/0/value", "not-a-choice"),
    (answer(values=[{"indicator": "C19", "value": True}]), "/values/0/value", "not-a-choice"),
    (answer(values=[{"indicator": "C19", "value": None}]), "/values/0/value", "not-null"),
    (answer(values=[{"indicator": "C19", "value": ["policy"]}]), "/values/0/value", "not-a-value"),
    (answer(values=[{"indicator": "C19", "value": "policy", "unit": "KWH"}]), "/values/0/unit", "unit-not-wanted"),
    (answer(values=[{"indicator": "C19", "value": "policy", "extra": 1}]), "/values/0/extra", "unknown-field"),
    (answer(values=[{"indicator": "E15", "value": 1}]), "/values/0/indicator", "kind-not-accepted"),
    (answer(standard="iso-45001"), "/standard", "only-for-certificates"),
    (answer(certificate=certificate()["certificate"]), "/certificate", "only-for-certificates"),
    (answer(trust="certified"), "/trust", "trust-by-review-only"),
    (answer(trust="documented"), "/trust", "trust-needs-a-file"),
    (answer(observed_to="2026-11-23"), "/observed_to", "in-the-future"),
    (answer(observed_to="22.11.2026"), "/observed_to", "not-a-date"),
    (answer(observed_to="2026-02-30"), "/observed_to", "not-a-date"),
    (answer(observed_to=20261122), "/observed_to", "not-a-date"),
    (answer(valid_until="9999-12-31"), "/valid_until", "date-out-of-range"),
    (answer(issued_on="0001-01-01"), "/issued_on", "date-out-of-range"),
    (answer(surprise=1), "/surprise", "unknown-field"),
    (answer(sites="all"), "/sites", "not-a-list"),
    (answer(sites=["org_unknown"]), "/sites/0", "unknown-site"),
    (answer(organization="org_unknown"), "/organization", "unknown-organization"),
    (answer(supersedes="evd_unknown"), "/supersedes", "unknown-evidence"),
    (quantity(observed_from=None), "/observed_from", "not-null"),
    (quantity(observed_to="2024-12-31"), "/observed_to", "ends-before-it-begins"),
    (quantity(values=[{"indicator": "E15", "value": 1}]), "/values/0/unit", "unit-missing"),
    (quantity(values=[{"indicator": "E15", "value": 1, "unit": "KGM"}]), "/values/0/unit", "unit-not-convertible"),
    (quantity(values=[{"indicator": "E15", "value": 1, "unit": "??"}]), "/values/0/unit", "unit-not-convertible"),
    (quantity(values=[{"indicator": "E15", "value": "1", "unit": "KWH/MTK"}]), "/values/0/value", "not-a-number"),
    (quantity(values=[{"indicator": "E15", "value": True, "unit": "KWH/MTK"}]), "/values/0/value", "not-a-number"),
    (
        quantity(values=[{"indicator": "E06.stock", "value": True}]),
        "/values/0/indicator",
        "answer-its-indicator-too",
    ),
    (
        quantity(values=[{"indicator": "E06", "value": 1, "unit": "P1"}, {"indicator": "E06.stock", "value": 3}]),
        "/values/1/value",
        "not-yes-or-no",
    ),
    (certificate(valid_until="2025-02-28"), "/valid_until", "expires-before-issue"),
    (certificate(issued_on="2026-11-23"), "/issued_on", "in-the-future"),
    (certificate(standard="iso-9999"), "/standard", "unknown-standard"),
    (certificate(certificate={"number": "1", "issuer": "A"}), "/certificate/version", "unknown-edition"),
    (
        certificate(certificate={"number": "1", "issuer": "A", "version": "1999"}),
        "/certificate/version",
        "unknown-edition",
    ),
    (certificate(certificate={"issuer": "A"}), "/certificate/number", "required"),
    ({"kind": "certificate", "issued_on": "2025-03-01"}, "/standard", "standard-or-values"),
    ({"kind": "certificate", "standard": "iso-45001", "issued_on": "2025-03-01"}, "/certificate", "required"),
    (
        {"kind": "certificate", "standard": "emas", "certificate": {"number": "1", "issuer": "A"}},
        "/issued_on",
        "required",
    ),
]


def test_what_is_wrong_is_told_with_its_place_and_changes_nothing(world: World, volt: Member) -> None:
    for body, pointer, code in WRONG:
        assert (pointer, code) in faults(volt.post("/v1/evidence", body)), body
        assert (pointer, code) in faults(volt.post("/v1/evidence", data=form(body), content_type=FORM)), body
    assert count(world, Evidence) == count(world, OutboxEvent, OutboxEvent.type.like("evidence.%")) == 0


def test_every_fault_is_told_at_once(volt: Member) -> None:
    body = certificate(standard="iso-9999", issued_on="2026-11-23", trust="audited")
    assert {at for at, _ in faults(volt.post("/v1/evidence", body))} == {"/standard", "/issued_on", "/trust"}


def test_a_malformed_body_is_a_problem_and_changes_nothing(world: World, volt: Member) -> None:
    for name, (raw, status) in NASTY.items():
        assert volt.post("/v1/evidence", data=raw, content_type=JSON).status_code == status, name
        if b"\xff" not in raw:  # the test client cannot send such a part
            assert (
                volt.post("/v1/evidence", data={"evidence": raw.decode()}, content_type=FORM).status_code == status
            ), name
    assert count(world, Evidence) == 0


def test_a_part_that_is_not_utf8_is_refused(volt: Member) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="evidence"\r\n\r\n'
    raw = head + b'{"kind": "\xff\xfe"}\r\n--x--\r\n'
    response = volt.post("/v1/evidence", data=raw, content_type=f"{FORM}; boundary=x")
    assert (response.status_code, response.json["code"]) == (400, "json-unreadable")


def test_another_media_type_is_refused(volt: Member) -> None:
    for content_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/mixed; boundary=x", ""):
        response = volt.post("/v1/evidence", data=b'{"kind": "answer"}', content_type=content_type)
        assert response.status_code == 415, content_type


def test_a_form_has_one_evidence_and_no_other_parts(volt: Member) -> None:
    assert faults(volt.post("/v1/evidence", data={"other": "1"}, content_type=FORM)) == [
        ("form:other", "unknown-field"),
        ("form:evidence", "required"),
    ]
    twice = {"evidence": ["{}", "{}"]}
    assert faults(volt.post("/v1/evidence", data=twice, content_type=FORM)) == [("form:evidence", "sent-twice")]
    many = [(f"{at}.pdf", papers.pdf()) for at in range(11)]
    assert faults(send(volt, certificate(), *many)) == [("form:file", "items")]
    broken = volt.post("/v1/evidence", data=b"no parts here", content_type=f"{FORM}; boundary=x")
    assert faults(broken) == [("form:evidence", "required")]


def test_a_company_answers_for_its_own_plants_only(world: World, volt: Member) -> None:
    plant = world.join("Plant", kind="plant", claim="unclaimed")
    stranger = world.join("Stranger", "supplier")
    own(world, volt, plant)
    sent = submit(volt, quantity(organization=plant.id))
    assert (sent["organization"], sent["holder"]) == (plant.id, volt.id)
    assert volt.get(f"/v1/evidence/{sent['id']}").status_code == 200
    assert submit(volt, quantity(sites=[plant.id, volt.id]))["sites"] == [volt.id, plant.id]
    refused = faults(stranger.post("/v1/evidence", quantity(organization=plant.id)))
    assert refused == [("/organization", "not-yours-to-answer-for")]
    assert faults(stranger.post("/v1/evidence", quantity(sites=[plant.id]))) == [("/sites/0", "unknown-site")]
    assert faults(volt.post("/v1/evidence", quantity(organization=stranger.id))) == refused


def test_a_company_does_not_answer_for_another_company_it_owns(world: World, volt: Member) -> None:
    daughter = world.join("Daughter", "supplier")
    own(world, volt, daughter)
    refused = faults(volt.post("/v1/evidence", quantity(organization=daughter.id)))
    assert refused == [("/organization", "not-yours-to-answer-for")]


def test_a_renewal_supersedes_only_what_is_ones_own_and_only_once_it_is_accepted(world: World, volt: Member) -> None:
    old, foreign = submit(volt, answer()), submit(world.join("Other", "supplier"), answer())
    assert faults(volt.post("/v1/evidence", answer(supersedes=foreign["id"]))) == [("/supersedes", "unknown-evidence")]
    waiting = submit(volt, answer(supersedes=old["id"], trust="self_declared", values=_reviewed_only()))
    assert (waiting["state"], _state(volt, old)) == ("submitted", "accepted")
    submit(volt, answer(supersedes=old["id"]))
    assert _state(volt, old) == "superseded"


def test_what_one_submitted_can_be_withdrawn_once(world: World, volt: Member) -> None:
    sent = submit(volt, answer())
    withdrawn = volt.post(f"/v1/evidence/{sent['id']}/withdraw")
    assert (withdrawn.status_code, withdrawn.json["state"]) == (200, "withdrawn")
    again = volt.post(f"/v1/evidence/{sent['id']}/withdraw")
    assert (again.status_code, again.json["code"]) == (409, "evidence-closed")
    stranger = world.join("Stranger", "supplier")
    assert stranger.post(f"/v1/evidence/{sent['id']}/withdraw").status_code == 404


def test_evidence_of_others_is_the_same_as_none(world: World, volt: Member) -> None:
    sent = submit(volt, answer())
    stranger = world.join("Stranger", "supplier", "reviewer", "brand")
    bodies = []
    for evidence_id in (sent["id"], "evd_unknown"):
        for path, call in (("", stranger.get), ("/withdraw", stranger.post), ("/files/fil_x", stranger.get)):
            response = call(f"/v1/evidence/{evidence_id}{path}")
            bodies.append({**response.json, "instance": ""})
            assert response.status_code == 404
        response = stranger.post(f"/v1/evidence/{evidence_id}/review", {"decision": "accept"})
        bodies.append({**response.json, "instance": ""})
    assert all(body == bodies[0] for body in bodies)
    assert stranger.get("/v1/evidence").json == {"items": []}


def test_lists_go_on_where_they_stopped(volt: Member) -> None:
    sent = [submit(volt, answer())["id"] for _ in range(5)]
    found, path = [], "/v1/evidence?limit=2"
    while path:
        page = volt.get(path)
        found += [one["id"] for one in page.json["items"]]
        link = page.headers.get("Link")
        path = link.partition(">")[0].lstrip("<") if link else ""
    assert found == sent


def test_a_retry_gets_the_same_answer_and_has_no_second_effect(world: World, volt: Member) -> None:
    first = volt.post("/v1/evidence", answer(), headers={"Idempotency-Key": "k1"})
    again = volt.post("/v1/evidence", answer(), headers={"Idempotency-Key": "k1"})
    assert (first.status_code, first.data) == (again.status_code, again.data)
    assert (again.headers["Idempotency-Replayed"], count(world, Evidence)) == ("true", 1)
    other = volt.post("/v1/evidence", quantity(), headers={"Idempotency-Key": "k1"})
    assert (other.status_code, other.json["code"]) == (422, "idempotency-key-reused")


def test_a_retry_with_files_has_no_second_effect(world: World, volt: Member) -> None:
    key = {"Idempotency-Key": "k2"}
    first = send(volt, certificate(), ("a.pdf", papers.pdf()), **key)
    again = send(volt, certificate(), ("a.pdf", papers.pdf()), **key)
    assert (first.status_code, first.data) == (201, again.data)
    assert (count(world, Evidence), count(world, StoredFile)) == (1, 1)
    other = send(volt, certificate(), ("a.pdf", papers.pdf(b"another")), **key)
    assert other.json["code"] == "idempotency-key-reused"


def test_a_refused_request_leaves_no_key(world: World, volt: Member) -> None:
    key = {"Idempotency-Key": "k3"}
    assert volt.post("/v1/evidence", answer(framework="x"), headers=key).status_code == 422
    assert count(world, IdempotencyKey) == 0
    assert volt.post("/v1/evidence", answer(), headers=key).status_code == 201


@pytest.mark.parametrize("with_file", [False, True])
def test_two_of_the_same_key_at_once_have_one_effect(world: World, volt: Member, with_file: bool) -> None:
    def call(text: str) -> tuple[int, bytes]:
        client = Member(world.app.test_client(), volt.key, volt.number, volt.id)
        if with_file:
            response = send(client, certificate(source=text), ("a.pdf", papers.pdf()), **{"Idempotency-Key": "k4"})
        else:
            response = client.post("/v1/evidence", answer(source=text), headers={"Idempotency-Key": "k4"})
        return response.status_code, response.data

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(call, ["same", "same", "same", "other"]))
    statuses = sorted(status for status, _ in answers)
    assert statuses in ([201, 201, 201, 422], [201, 422, 422, 422])
    assert len({data for status, data in answers if status == 201}) == 1
    assert count(world, Evidence) == 1


def test_each_verb_is_recorded_and_told(world: World, volt: Member) -> None:
    sent = submit(volt, answer())
    volt.post(f"/v1/evidence/{sent['id']}/withdraw")
    told = ["evidence.submitted", "evidence.accepted", "evidence.withdrawn"]
    audits = select(AuditEntry.action).where(AuditEntry.subject == sent["id"]).order_by(AuditEntry.number)
    events = select(OutboxEvent.type).where(OutboxEvent.subject == sent["id"]).order_by(OutboxEvent.number)
    assert world.do(lambda work: list(work.session.scalars(audits))) == told
    assert world.do(lambda work: list(work.session.scalars(events))) == told


def test_a_post_costs_one_insert_a_table_and_reads_nothing_of_its_own(world: World, volt: Member) -> None:
    submit(volt, answer())
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(" ".join(statement.split()))

    event.listen(world.runtime.database.writer, "before_cursor_execute", note)
    submit(volt, answer())
    event.remove(world.runtime.database.writer, "before_cursor_execute", note)
    for table in ("evidence", "audit_entry", "outbox_event"):
        assert len([one for one in seen if one.startswith(f"INSERT INTO {table} ")]) == 1, seen
    first = next(at for at, one in enumerate(seen) if one.startswith("INSERT INTO evidence "))
    assert [one for one in seen[:first] if " FROM " in one] == []


def test_the_words_on_the_wire_are_the_words_of_the_domain() -> None:
    assert set(wire.KINDS) == {kind.value for kind in EvidenceKind}
    assert tuple(trust.word for trust in sorted(Trust)) == wire.TRUSTS
    assert set(wire.STATES) == {state.value for state in EvidenceState}
    assert set(wire.REJECTIONS) == {code.value for code in RejectedFor}
    assert {decision.value for decision in Decided} == {"accept", "reject"}


def _state(member: Member, evidence: dict[str, Any]) -> str:
    state: str = member.get(f"/v1/evidence/{evidence['id']}").json["state"]
    return state


def _reviewed_only() -> list[dict[str, Any]]:
    return [{"indicator": "C19", "value": "register"}, {"indicator": "O01", "value": "planned"}]
