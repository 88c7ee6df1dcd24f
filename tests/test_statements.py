"""Statements say what the API says, to the byte and for ever; whoever holds the paper can tell whether it is true."""

import hashlib
import io
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from pypdf import PdfReader
from werkzeug.serving import make_server

from schemas.supplier import STATUSES
from supplychain.app import create_app
from supplychain.conformity.rules import Outcome, Why
from supplychain.evidence.models import StoredFile
from supplychain.network.models import Identifier
from supplychain.statements import chain
from supplychain.statements.paper import fonts, pdf
from supplychain.statements.paper.drawing import drawn
from supplychain.statements.rules import NOTHING_OWED, Validity, by_demand, by_tier
from supplychain.trail import operations as trail
from supplychain.trail.erasing import erase
from tests.factories import MILLS, Builder, building
from tests.ground import org
from tests.rfc9162 import included, read_note, sha
from tests.world import START, Answer, Member, World

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROOM = Path(__file__).parent.parent / "supplychain" / "statements"
CHINESE = "苏州锦佳纺织有限公司"
HASH = hashlib.sha256(b"a certificate").hexdigest()


@pytest.fixture
def mill(world: World) -> World:
    """brand asks mill for level 2 of two; mill has 1, by a certificate with a file; below it spinner and others."""
    with building(world) as build:
        for name, role in (("brand", "brand"), ("rival", "brand"), ("mill", "supplier"), ("operator", "operator")):
            build.member(name, role)
        rename(build, "mill", name="Jinjia Mill Co., Ltd.", name_zh=CHINESE)
        number = build.number("mill")
        build._add(Identifier(organization=number, scheme="duns", value="123456789"))
        build.link("brand", "mill")
        build.link("rival", "mill")
        build.link("mill", "spinner")
        build.link("mill", "weaver", disclosure="pseudonym")
        build.link("mill", "shade", disclosure="none")
        build.link("brand", "dyer", state="claimed")
        build.require("brand", (2, 1))
        build.require("rival", (1,))
        (row, *_) = build.prove("mill", 1)
        given = {"name": "certificate.pdf", "media_type": "application/pdf", "size": 13, "received_at": build.work.now}
        build._add(StoredFile(id="fil_mill", organization=number, evidence=row.number, sha256=HASH, **given))
        row.files = ["fil_mill"]
        build.prove("spinner", 1)
    return world


def rename(build: Builder, who: str, **names: str | None) -> None:
    build.change(build.organization(who), names)


def stated(member: Member, path: str = "/v1/me/statements", **asked: Any) -> dict[str, Any]:
    answer = member.post(path, asked)
    assert answer.status_code == 201, answer.json
    made: dict[str, Any] = answer.json
    assert answer.headers["Location"] == f"/v1/statements/{made['id']}"
    return made


def document(member: Member, made: dict[str, Any], form: str = "json", language: str = "en") -> Answer:
    answer = member.get(f"/v1/statements/{made['id']}/document?format={form}&language={language}")
    assert answer.status_code == 200
    return answer


def content(member: Member, made: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = document(member, made).json
    return told


def verified(world: World, made: dict[str, Any], **headers: str) -> Answer:
    client = world.app.test_client()
    answer: Any = client.get(made["verify"].removeprefix("http://127.0.0.1:8000"), headers=headers)
    return answer  # type: ignore[no-any-return] # its JSON is known


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


# What it says ----------------------------------------------------------------------------------


@pytest.mark.parametrize("days", ["", "?on=2026-11-22", "?on=2027-06-01", "?on=2026-11-22&known=2026-11-23"])
def test_a_statement_of_conformity_says_what_the_status_says(mill: World, days: str) -> None:
    mill.clock.advance(1)
    with building(mill) as build:
        build.prove("mill", 2)
    supplier = mill.members["mill"]
    status = supplier.get(f"/v1/me/status{days}").json
    said = content(supplier, stated(supplier, f"/v1/me/statements{days}"))
    assert said["on"] == status["day"]
    assert [one["framework"] for one in said["frameworks"]] == [one["framework"] for one in status["frameworks"]]
    for told, one in zip(said["frameworks"], status["frameworks"], strict=True):
        assert told["overall"] == one["overall"]
        assert [(it["pillar"], it["level"]) for it in told["pillars"]] == [
            (it["pillar"], it["level"]) for it in one["pillars"]
        ]
        assert [it["next"]["level"] for it in told["pillars"]] == [it["next"]["level"] for it in one["pillars"]]
        results = [[(it["level"], it["result"], it["evidence"]) for it in row["levels"]] for row in told["indicators"]]
        assert results == [
            [(it["level"], it["result"], it["evidence"]) for it in row["levels"]] for row in one["indicators"]
        ]


def test_it_names_what_decides_with_the_hash_of_every_file_and_whether_it_was_reviewed(mill: World) -> None:
    supplier = mill.members["mill"]
    said = content(supplier, stated(supplier, framework=MILLS))
    (piece,) = said["evidence"]
    assert (piece["id"], piece["files"], piece["review"]) == ("evd_mill_rspo01_1", [HASH], "reviewed")
    assert (piece["kind"], piece["standard"], piece["trust"]) == ("certificate", "rspo", "certified")
    assert (piece["observed_to"], piece["valid_until"]) == (START.isoformat(), "2040-01-01")
    assert said["subject"]["identifiers"] == [{"scheme": "duns", "value": "123456789"}]
    (framework,) = said["frameworks"]
    assert (framework["framework"], framework["overall"], said["rules_version"]) == (MILLS, 1, "3")
    assert re.fullmatch("[0-9a-f]{64}", framework["sha256"])
    assert [it["indicator"] for it in framework["pillars"][0]["next"]["unmet"]] == ["RSPO01"]


def test_who_asks_for_what_is_told_only_where_the_supplier_wants_it(mill: World) -> None:
    supplier = mill.members["mill"]
    silent = document(supplier, stated(supplier)).get_data(as_text=True)
    assert "Brand" not in silent
    assert "Rival" not in silent
    assert '"effective"' not in silent
    said = content(supplier, stated(supplier, obligations=True))
    owed = supplier.get("/v1/me/obligations").json["items"]
    assert [(one["issuer"], one["status"], one["due"]) for one in said["obligations"]] == [
        (one["issuer"]["name"], one["status"], one["due"]) for one in owed
    ]
    assert {one["issuer"] for one in said["obligations"]} == {"Brand", "Rival"}


@pytest.mark.parametrize("days", ["", "?on=2026-11-22&known=2026-11-22", "?on=2027-12-01"])
def test_a_statement_of_a_chain_says_what_the_list_of_suppliers_says(mill: World, days: str) -> None:
    mill.clock.advance(1)
    with building(mill) as build:
        build.prove("mill", 2)
    brand = mill.members["brand"]
    listed = brand.get(f"/v1/suppliers{days}").json["items"]
    said = content(brand, stated(brand, f"/v1/statements{days}"))
    kept = ("id", "kind", "name", "name_zh", "country", "tier", "status")
    assert [{name: one[name] for name in kept} for one in said["suppliers"]] == [
        {name: one[name] for name in kept} for one in listed
    ]
    owed = ("requirement", "pillar", "tier", "level", "achieved", "gap", "status", "due")
    assert [[{name: it[name] for name in owed} for it in one["obligations"]] for one in said["suppliers"]] == [
        [{name: it[name] for name in owed} for it in one["obligations"]] for one in listed
    ]
    (requirement,) = said["requirements"]
    beside = brand.get(f"/v1/requirements/req_brand/obligations{days}").json
    assert requirement["protected"] == beside["protected"]
    assert said["counts"]["suppliers"] == len(listed)
    # Whoever counts the rows gets the counts.
    assert said["counts"]["by_tier"] == by_tier(said["suppliers"])
    assert said["counts"]["by_requirement"] == by_demand(said["suppliers"])


def test_a_chain_is_stated_as_it_is_seen_and_on_a_past_day_by_name_alone(mill: World) -> None:
    brand = mill.members["brand"]
    said = content(brand, stated(brand, "/v1/statements"))
    assert {one["kind"]: one["name"] for one in said["suppliers"] if one["tier"] > 1 or one["kind"] != "identity"} == {
        "identity": "Spinner",
        "pseudonym": None,
        "awaiting": "Dyer",
    }
    assert "Weaver" not in document(brand, stated(brand, "/v1/statements")).get_data(as_text=True)
    assert "Shade" not in document(brand, stated(brand, "/v1/statements")).get_data(as_text=True)
    mill.clock.advance(1)
    past = content(brand, stated(brand, "/v1/statements?on=2026-11-22"))
    assert {one["kind"] for one in past["suppliers"]} == {"identity"}


def test_demands_of_others_that_pass_through_are_not_stated(mill: World) -> None:
    supplier = mill.members["mill"]
    assert any(one["passing"] for item in supplier.get("/v1/suppliers").json["items"] for one in item["obligations"])
    said = content(supplier, stated(supplier, "/v1/statements"))
    assert said["requirements"] == []
    assert {len(one["obligations"]) for one in said["suppliers"]} == {0}
    assert said["counts"]["by_tier"][0]["statuses"].keys() == {NOTHING_OWED}


def test_counts_alone_tell_no_supplier_and_one_requirement_only_who_owes_it(mill: World) -> None:
    with building(mill) as build:
        build.require("brand", (1,), "first", beyond="stop")
    brand = mill.members["brand"]
    assert "suppliers" not in content(brand, stated(brand, "/v1/statements", rows=False))
    said = content(brand, stated(brand, "/v1/statements", requirement="req_brand_first"))
    assert {one["tier"] for one in said["suppliers"]} == {1}
    assert {it["requirement"] for one in said["suppliers"] for it in one["obligations"]} == {"req_brand_first"}
    refused = brand.post("/v1/statements", {"requirement": "req_rival"})
    assert refused.json["errors"][0]["code"] == "requirement-not-in-force"


def test_a_chain_that_is_too_long_is_refused_and_never_cut(mill: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain, "MAX_ROWS", 3)
    refused = mill.members["brand"].post("/v1/statements", {})
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/rows")
    assert "4 lines" in refused.json["errors"][0]["detail"]
    assert mill.members["brand"].post("/v1/statements", {"rows": False}).status_code == 201


def test_a_company_states_for_its_plant_and_for_nobody_elses(mill: World) -> None:
    with building(mill) as build:
        for owner, plant in (("mill", "works"), ("rival", "theirs")):
            build.organization(plant, kind="plant")
            build.own(owner, plant)
    supplier = mill.members["mill"]
    made = stated(supplier, f"/v1/me/statements?organization={org('works')}")
    said = content(supplier, made)
    assert (made["subject"], said["subject"]["name"], said["issuer"]["id"]) == (org("works"), "Works", org("mill"))
    assert "Issued by Jinjia Mill" in " ".join(text_of(document(supplier, made, "pdf").get_data()).split())
    assert supplier.post(f"/v1/me/statements?organization={org('theirs')}", {}).status_code == 404


def test_what_cannot_be_stated_is_refused(mill: World) -> None:
    supplier = mill.members["mill"]
    refused = supplier.post("/v1/me/statements?known=2026-11-24", {})
    assert [(one["pointer"], one["code"]) for one in refused.json["errors"]] == [("?known", "not-known-yet")]
    refused = supplier.post("/v1/me/statements", {"framework": "nobodys@1"})
    assert [(one["pointer"], one["code"]) for one in refused.json["errors"]] == [
        ("/framework", "framework-not-assessed")
    ]
    assert mill.members["brand"].post("/v1/me/statements", {}).status_code == 403


# What it is ------------------------------------------------------------------------------------


def test_the_hash_is_of_the_bytes_and_of_what_they_say_in_canonical_json(mill: World) -> None:
    for member, path in ((mill.members["mill"], "/v1/me/statements"), (mill.members["brand"], "/v1/statements")):
        made = stated(member, path)
        raw = document(member, made).get_data()
        assert (hashlib.sha256(raw).hexdigest(), len(raw)) == (made["sha256"], made["bytes"])
        again = json.dumps(json.loads(raw), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        assert again == raw


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("path", ["/v1/me/statements", "/v1/statements"])
def test_whatever_changes_later_a_statement_is_the_same_to_the_byte(mill: World, path: str, language: str) -> None:
    member = mill.members["mill" if "me" in path else "brand"]
    made = stated(member, path)
    before = {form: document(member, made, form, language).get_data() for form in ("json", "html", "pdf")}
    mill.clock.advance(40)
    with building(mill) as build:
        rename(build, "mill", name="Another Name", name_zh=None)
        rename(build, "brand", name="Another Brand")
        build.prove("mill", 2)
        build.link("brand", "mill", state="ended")
        build.require("brand", (2,), "more")
    assert {form: document(member, made, form, language).get_data() for form in before} == before
    assert b"Another" not in before["json"] + before["html"]


def test_a_pdf_is_the_same_to_the_byte_in_any_thread_and_any_process(mill: World, tmp_path: Path) -> None:
    brand = mill.members["brand"]
    made = stated(brand, "/v1/statements")
    file = tmp_path / "statement.json"
    file.write_bytes(document(brand, made).get_data())
    paper = drawn(json.loads(file.read_bytes()), "zh", made["verify"], made["sha256"])
    alone = pdf.written(paper, file.read_bytes())
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)  # threads take turns a hundred times as often, and so in the worst of places
    try:
        with ThreadPoolExecutor(4) as threads:
            together = list(threads.map(lambda _: pdf.written(paper, file.read_bytes()), range(8)))
    finally:
        sys.setswitchinterval(usual)
    assert {*together} == {alone}
    code = (
        "import json, sys; from pathlib import Path; from supplychain.statements.paper import drawing, pdf;"
        "data = Path(sys.argv[1]).read_bytes();"
        "paper = drawing.drawn(json.loads(data), 'zh', *sys.argv[2:]);"
        "sys.stdout.buffer.write(pdf.written(paper, data))"
    )
    asked = [sys.executable, "-c", code, str(file), made["verify"], made["sha256"]]
    elsewhere = subprocess.run(asked, capture_output=True, check=True, env={**os.environ, "PYTHONHASHSEED": "1"})
    assert elsewhere.stdout == alone


def test_the_pdf_carries_names_in_both_scripts_its_fonts_and_its_data(mill: World) -> None:
    brand = mill.members["brand"]
    made = stated(brand, "/v1/statements")
    for language, title in (("en", "Statement of supply chain conformity"), ("zh", "供应链符合性声明书")):
        pdf = document(brand, made, "pdf", language).get_data()
        told = text_of(pdf)
        assert title in told
        assert CHINESE in told
        assert "Jinjia Mill Co., Ltd." in " ".join(told.split())
        assert made["sha256"] in told
        assert made["verify"].rpartition("/")[2] in told
        reader = PdfReader(io.BytesIO(pdf))
        (data,) = reader.attachments["statement.json"]
        assert hashlib.sha256(data).hexdigest() == made["sha256"]
        assert _fonts(reader) == {"NotoSans-Regular", "NotoSans-Bold", "DroidSansFallback"}


def _fonts(reader: PdfReader) -> set[str]:
    """The fonts that a PDF carries, by their names without the mark of a part."""
    found: set[str] = set()
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index] # a dictionary
            described = font.get_object().get("/FontDescriptor")
            if described is not None and "/FontFile2" in described.get_object():
                found.add(font["/BaseFont"].partition("+")[2])
    return found


def test_a_sign_that_no_font_has_is_printed_as_its_code_point(mill: World) -> None:
    assert fonts.shown("Müller Łódź Việt Ωμέγα Завод 𠮷 ไทย") == (
        "Müller Łódź Việt Ωμέγα Завод [U+20BB7] [U+0E44][U+0E17][U+0E22]"
    )
    assert fonts.shown("龘镕囍々〇ー") == "龘镕囍々〇ー"
    assert fonts.shown("Ⅲ级") == "III级"
    with building(mill) as build:
        rename(build, "mill", name="ไทย Mill", name_zh=None)
    supplier = mill.members["mill"]
    made = stated(supplier)
    assert "[U+0E44][U+0E17][U+0E22] Mill" in text_of(document(supplier, made, "pdf").get_data())
    assert "ไทย Mill" in document(supplier, made, "html").get_data(as_text=True)


def test_a_name_is_text_wherever_it_stands(mill: World) -> None:
    evil = '<script>alert(1)</script> & "Sons" <b>{{ 7 * 7 }}</b>'
    with building(mill) as build:
        rename(build, "mill", name=evil)
        rename(build, "brand", name=evil)
    for member, path in ((mill.members["mill"], "/v1/me/statements"), (mill.members["brand"], "/v1/statements")):
        made = stated(member, path)
        pages = [document(member, made, "html").get_data(as_text=True)]
        pages += [verified(mill, made, Accept="text/html").get_data(as_text=True)]
        for page in pages:
            assert "<script>alert" not in page
            assert "<b>{{" not in page
            assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; " in page
        assert "<script>alert(1)</script>" in "".join(text_of(document(member, made, "pdf").get_data()).split("\n"))


def test_a_past_day_and_a_day_to_come_say_so_on_paper(mill: World) -> None:
    mill.clock.advance(1)
    supplier = mill.members["mill"]
    for days, sentence in (("?on=2026-11-22", "tells of a past day"), ("?on=2027-06-01", "tells of a day to come")):
        made = stated(supplier, f"/v1/me/statements{days}")
        assert sentence in document(supplier, made, "html").get_data(as_text=True)
    today = document(supplier, stated(supplier), "html").get_data(as_text=True)
    assert "tells of a" not in today


def test_its_form_and_language_are_those_that_the_reader_accepts(mill: World) -> None:
    supplier = mill.members["mill"]
    where = f"/v1/statements/{stated(supplier)['id']}/document"
    for accept, media in (
        ("*/*", "application/json"),
        ("application/pdf", "application/pdf"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"),
        ("image/png", "application/json"),
    ):
        assert supplier.get(where, headers={"Accept": accept}).mimetype == media
    chinese = supplier.get(f"{where}?format=html", headers={"Accept-Language": "zh-CN"})
    assert (chinese.headers["Content-Language"], "符合性声明书" in chinese.get_data(as_text=True)) == ("zh", True)
    assert "filename*=UTF-8''" in supplier.get(f"{where}?format=pdf").headers["Content-Disposition"]
    assert supplier.get(f"{where}?format=docx").status_code == 422


def test_a_repeated_request_issues_one_statement(mill: World) -> None:
    supplier = mill.members["mill"]
    first, again = (supplier.post("/v1/me/statements", {}, headers={"Idempotency-Key": "once"}) for _ in range(2))
    assert (again.json, again.headers["Idempotency-Replayed"]) == (first.json, "true")
    assert [one["id"] for one in supplier.get("/v1/statements").json["items"]] == [first.json["id"]]
    assert supplier.get("/v1/statements?kind=chain").json["items"] == []
    assert supplier.get(f"/v1/statements/{first.json['id']}").json == first.json


# Whether it is true ----------------------------------------------------------------------------


def test_whoever_holds_the_paper_is_told_what_it_must_say(mill: World) -> None:
    supplier, brand = mill.members["mill"], mill.members["brand"]
    made, whole = stated(supplier, obligations=True), stated(brand, "/v1/statements")
    told = verified(mill, made).json
    assert (told["sha256"], told["validity"], told["on"]) == (made["sha256"], "as_issued", START.isoformat())
    assert told["subject"]["name"] == "Jinjia Mill Co., Ltd."
    (framework,) = told["figures"]["frameworks"]
    assert [(one["pillar"], one["level"]) for one in framework["pillars"]] == [("sourcing", 1)]
    assert "Brand" not in json.dumps(told), "what it owes stands on the paper alone"
    counted = verified(mill, whole)
    assert counted.json["figures"]["counts"] == content(brand, whole)["counts"]
    assert "Spinner" not in counted.get_data(as_text=True)


def test_an_unknown_token_is_the_same_404(mill: World) -> None:
    made = stated(mill.members["mill"])
    client = mill.app.test_client()
    told = [
        client.get(f"/v1/statements/verify/{token}", headers={"X-Request-Id": "the-same-request"})
        for token in ("stv_" + "0" * 26, made["id"], "nothing", "stv_%25", made["sha256"])
    ]
    assert {one.status_code for one in told} == {404}
    assert len({json.dumps({**one.json, "instance": ""}, sort_keys=True) for one in told if one.json}) == 1


def test_a_statement_that_is_taken_back_tells_that_and_no_figures(mill: World) -> None:
    supplier = mill.members["mill"]
    made = stated(supplier)
    mill.clock.advance(1)
    gone = supplier.post(f"/v1/statements/{made['id']}/withdraw", {"reason": "Sent to the wrong customer"}).json
    assert (gone["validity"], gone["withdrawal"]) == ("withdrawn", "Sent to the wrong customer")
    told = verified(mill, made)
    assert (told.json["validity"], told.json["figures"]) == ("withdrawn", None)
    assert told.json["withdrawn_at"].startswith("2026-11-23")
    assert "wrong customer" not in told.get_data(as_text=True)
    assert "do not rely on it" in verified(mill, made, Accept="text/html").get_data(as_text=True)
    again = supplier.post(f"/v1/statements/{made['id']}/withdraw", {"reason": "Again"})
    assert (again.status_code, again.json["code"]) == (409, "statement-withdrawn")
    assert document(supplier, made).status_code == 200, "its issuer keeps it"


def test_what_was_erased_of_a_source_is_told_by_the_next_statement_and_the_earlier_one_stays(mill: World) -> None:
    supplier = mill.members["mill"]
    before = stated(supplier, framework=MILLS)
    mill.do(lambda work: erase(work, "evd_mill_rspo01_1", "GDPR-17-1-b", "operator@example.org"))
    after = stated(supplier, framework=MILLS)
    told = [content(supplier, one)["evidence"][0] for one in (before, after)]
    assert [(one["source_erased"], one["files"]) for one in told] == [(False, [HASH]), (True, [HASH])]
    assert "source erased" in text_of(document(supplier, after, "pdf").get_data())
    assert "source erased" not in text_of(document(supplier, before, "pdf").get_data())


def test_evidence_that_is_withdrawn_is_told_and_what_came_since_is_not(mill: World) -> None:
    supplier, brand = mill.members["mill"], mill.members["brand"]
    with building(mill) as build:
        build.require("brand", (1,), "steps", framework="first-steps@1")
    answer = {"kind": "answer", "framework": "first-steps", "values": [{"indicator": "FS01", "value": True}]}
    sent = supplier.post("/v1/evidence", answer).json
    made, whole = stated(supplier, framework="first-steps@1"), stated(brand, "/v1/statements")
    (piece,) = content(supplier, made)["evidence"]
    assert (piece["id"], piece["review"], piece["files"]) == (sent["id"], "on_receipt", [])
    plain = verified(mill, made).json
    with building(mill) as build:
        build.prove("mill", 2)
        build.find_fault("mill", "rival", "RSPO01")
        build.link("rival", "mill", "5205")
    assert verified(mill, made).json == plain, "what is newer says nothing of that day"
    withdrawn = supplier.post(f"/v1/evidence/{sent['id']}/withdraw")
    assert withdrawn.status_code == 200, withdrawn.json
    assert verified(mill, made).json["validity"] == "evidence_withdrawn"
    assert supplier.get(f"/v1/statements/{made['id']}").json["validity"] == "evidence_withdrawn"
    assert verified(mill, whole).json["validity"] == "as_issued", "of others' evidence a chain tells nothing"


def test_a_statement_is_sealed_and_its_proof_shown_where_the_issuer_wants(mill: World) -> None:
    supplier = mill.members["mill"]
    silent, shown = stated(supplier), stated(supplier, proof=True)
    assert verified(mill, shown).json["trail"]["sealed"] == "not_yet"
    trail.seal(mill.runtime)
    assert verified(mill, silent).json["trail"]["proof"] is None
    told = verified(mill, shown).json
    proof = told["trail"]["proof"]
    (key,) = mill.app.test_client().get("/v1/audit/keys").get_json()["items"]
    origin, size, root = read_note(proof["checkpoint"], key["verifier"])
    assert origin == f"supplychain-audit/{supplier.id}"
    leaf = sha(b"\x00" + proof["leaf"].encode())
    assert included(leaf, proof["leaf_index"], size, [bytes.fromhex(one) for one in proof["hashes"]], root)
    sealed = json.loads(proof["leaf"])
    assert (sealed["action"], sealed["subject"]) == ("statement.issued", shown["id"])
    opened = json.dumps(proof["data"], sort_keys=True, separators=(",", ":")).encode()
    assert hashlib.sha256(bytes.fromhex(proof["salt"]) + opened).hexdigest() == sealed["data"]
    assert proof["data"]["sha256"] == told["sha256"] == shown["sha256"]
    stated(supplier)
    trail.seal(mill.runtime)
    assert verified(mill, shown).json == told, "how busy its issuer was since is nobody's to know"


def test_the_issuer_finds_its_statement_in_its_own_log(mill: World) -> None:
    supplier = mill.members["mill"]
    made = stated(supplier)
    supplier.post(f"/v1/statements/{made['id']}/withdraw", {"reason": "Wrong"})
    trail.seal(mill.runtime)
    entries = supplier.get(f"/v1/audit/entries?subject={made['id']}").json["items"]
    assert [one["action"] for one in entries] == ["statement.issued", "statement.withdrawn"]
    assert supplier.get(f"/v1/audit/entries/{entries[0]['id']}/proof").status_code == 200


def test_a_statement_follows_an_entry_that_is_merged(mill: World) -> None:
    made = stated(mill.members["mill"])
    with building(mill) as build:
        again = build.member("mill_again", "supplier")
    body = {"source": org("mill"), "target": org("mill_again"), "scope": "directory", "people": "both"}
    assert mill.members["operator"].post("/v1/merges", body).status_code == 201
    assert again.get(f"/v1/statements/{made['id']}").json["sha256"] == made["sha256"]
    assert verified(mill, made).json["subject"]["id"] == org("mill"), "it says what it said"


# Words -----------------------------------------------------------------------------------------


def test_there_is_a_word_in_both_languages_for_all_that_a_paper_may_say() -> None:
    words = yaml.safe_load((ROOM / "words.yaml").read_text("utf-8"))
    assert all(set(told) == {"en", "zh"} for part in words.values() for told in part.values())
    assert words["results"].keys() == {str(one) for one in Outcome}
    assert words["whys"].keys() == {str(one) for one in Why}
    assert words["statuses"].keys() == {*STATUSES, NOTHING_OWED}
    assert words["words"].keys() >= {str(one) for one in Validity}
    code = "".join(
        path.read_text("utf-8") for path in [*(ROOM / "paper").glob("*.py"), *(ROOM / "templates").iterdir()]
    )
    used = set(re.findall(r"""\bword\(["'](\w+)["']\)""", code)) | set(re.findall(r"""\bline\('(\w+)'""", code))
    columns = set(re.findall(r"""\("(\w+)", \d""", code))
    assert words["words"].keys() >= used | columns


# In a real browser -----------------------------------------------------------------------------


@pytest.fixture
def site(mill: World) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, create_app(runtime=mill.runtime), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.browser
def test_a_statement_saved_as_a_file_needs_nothing_else_and_fits_a_phone(page: "Page", mill: World) -> None:
    supplier = mill.members["mill"]
    page.set_viewport_size({"width": 360, "height": 740})
    page.set_content(document(supplier, stated(supplier, obligations=True), "html", "zh").get_data(as_text=True))
    assert page.locator("h1").inner_text() == CHINESE
    assert page.locator("td.bad, td .good").count() > 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.locator("header").evaluate("it => getComputedStyle(it).borderTopWidth") == "6px"


@pytest.mark.browser
def test_whoever_opens_the_link_reads_whether_it_is_true_in_either_language(
    page: "Page", mill: World, site: str
) -> None:
    made = stated(mill.members["mill"])
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(made["verify"].replace("http://127.0.0.1:8000", site))
    assert page.locator(".verdict").inner_text() == "Issued as told below, and not taken back"
    assert page.locator(".hash").inner_text() == made["sha256"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.locator("a.language").click()
    assert page.locator("h1").inner_text() == "本声明是否属实？"
