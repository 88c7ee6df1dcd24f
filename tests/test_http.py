"""The kernel over HTTP: versions, revisions, headers, refusals."""

import re
from inspect import getsource, unwrap
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from supplychain.app import SECURITY_HEADERS
from supplychain.audit import AuditEntry
from supplychain.heads import NETWORK, LogHead
from supplychain.http import PUBLIC
from supplychain.work import Work
from tests.shelves import Book, cursor_of, refusal
from tests.world import Member, World

DRAFT = {"title": "T", "framework": "eseec-electronics@1", "schedule": [1]}


@pytest.fixture
def brand(world: World) -> Member:
    return world.join("Brand", "brand")


@pytest.fixture
def book(world: World, brand: Member) -> Book:
    book = Book(world, brand, "records")
    book.add(range(5))
    return book


# Versions -------------------------------------------------------------------------------------


@pytest.fixture
def draft(brand: Member) -> tuple[str, str]:
    """Path and ETag of something that can be edited."""
    made = brand.post("/v1/requirements", DRAFT)
    return made.headers["Location"], made.headers["ETag"]


def test_what_can_be_edited_has_a_strong_tag_that_changes_with_it(brand: Member, draft: tuple[str, str]) -> None:
    path, tag = draft
    assert re.fullmatch(r'"[^"]+"', tag)
    assert brand.get(path).headers["ETag"] == tag
    changed = brand.patch(path, {"title": "U"}, tag)
    assert changed.status_code == 200
    assert changed.headers["ETag"] not in {tag, None}
    assert brand.get(path).headers["ETag"] == changed.headers["ETag"]


def test_an_edit_says_which_version_it_edits(brand: Member, draft: tuple[str, str]) -> None:
    path, _ = draft
    assert refusal(brand.patch(path, {"title": "U"})) == (428, "if-match-required")
    assert refusal(brand.patch(path, {"title": "U"}, "*")) == (428, "if-match-required")
    assert brand.get(path).json["title"] == "T"


def test_an_edit_of_an_older_version_is_refused(brand: Member, draft: tuple[str, str]) -> None:
    path, tag = draft
    brand.patch(path, {"title": "U"}, tag)
    assert refusal(brand.patch(path, {"title": "V"}, tag)) == (412, "version-changed")
    assert brand.get(path).json["title"] == "U"


def test_a_weak_tag_names_no_version(brand: Member, draft: tuple[str, str]) -> None:
    path, tag = draft
    weak = brand.get("/v1/requirements").headers["ETag"]
    for given_tag in (f"W/{tag}", weak, tag.strip('"') + "0", f'"{tag}"', ""):
        assert brand.patch(path, {"title": "U"}, given_tag).status_code in {412, 428}
    assert brand.get(path).json["title"] == "T"


def test_one_of_several_versions_may_match(brand: Member, draft: tuple[str, str]) -> None:
    path, tag = draft
    assert brand.patch(path, {"title": "U"}, f'"other", {tag}').status_code == 200


def test_every_edit_compares_versions(world: World) -> None:
    views = [
        world.app.view_functions[rule.endpoint]
        for rule in world.app.url_map.iter_rules()
        if "PATCH" in (rule.methods or set())
    ]
    assert views
    assert [view.__name__ for view in views if "check_if_match(" not in getsource(unwrap(view))] == []


def test_a_view_that_did_not_change_is_not_sent_again(world: World, book: Book) -> None:
    read = book.brand.get("/v1/records")
    tag = read.headers["ETag"]
    assert tag.startswith('W/"')
    again = book.brand.get("/v1/records", headers={"If-None-Match": tag})
    assert (again.status_code, again.get_data(), again.headers["ETag"]) == (304, b"", tag)
    assert again.headers["Cache-Control"] == "private, no-cache"
    book.add([7])
    changed = book.brand.get("/v1/records", headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != tag


def test_what_can_be_edited_is_not_sent_again_either(brand: Member, draft: tuple[str, str]) -> None:
    path, tag = draft
    for given_tag in (tag, f'"other", {tag}', f"W/{tag}"):
        assert brand.get(path, headers={"If-None-Match": given_tag}).status_code == 304


def test_two_readers_of_the_same_bytes_have_different_tags(world: World, brand: Member) -> None:
    other = world.join("Other", "brand")
    mine, theirs = brand.get("/v1/frameworks"), other.get("/v1/frameworks")
    assert mine.get_data() == theirs.get_data()
    assert mine.headers["ETag"] != theirs.headers["ETag"]


def test_head_tells_what_get_would(brand: Member) -> None:
    got, head = brand.get("/v1/frameworks"), brand.call("HEAD", "/v1/frameworks")
    assert head.status_code == 200
    assert head.get_data() == b""
    assert {name: head.headers[name] for name in ("ETag", "Content-Type", "Content-Length")} == {
        name: got.headers[name] for name in ("ETag", "Content-Type", "Content-Length")
    }


# Revisions ------------------------------------------------------------------------------------


def test_an_answer_says_up_to_which_revision_it_is(brand: Member) -> None:
    tokens = [brand.get(path).headers["Revision"] for path in ("/v1/flags", "/v1/flags", "/v1/me")]
    assert len(set(tokens)) == 3
    assert len({len(token) for token in tokens}) == 1
    assert all(brand.get("/v1/flags", headers={"Min-Revision": token}).status_code == 200 for token in tokens)


def test_an_older_state_than_asked_for_is_refused(world: World, brand: Member) -> None:
    before = brand.get("/v1/me").headers["Revision"]
    world.join("Other", "brand")
    after = brand.get("/v1/me").headers["Revision"]
    assert brand.get("/v1/me", headers={"Min-Revision": before}).status_code == 200
    # As a replica would answer that has not heard of the newest revision yet.
    world.do(_go_back)
    refused = world.app.test_client().get("/v1/me", headers=_as(brand, **{"Min-Revision": after}))
    assert refused.json is not None
    assert (refused.status_code, refused.json["code"]) == (503, "behind")
    assert refused.headers["Retry-After"] == "1"
    assert brand.get("/v1/me", headers={"Min-Revision": before}).status_code == 200


def _go_back(work: Work) -> None:
    head = work.session.get_one(LogHead, NETWORK)
    head.revision -= 1


def _as(member: Member, **headers: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {member.key}", **headers}


def test_a_revision_that_we_did_not_give_is_refused(book: Book) -> None:
    real = book.brand.get("/v1/flags").headers["Revision"]
    for forged in ("", "x", "0", "gAAAAA==", "é", real[:-4], cursor_of(book.brand, "/v1/records?limit=2")):
        answer = book.brand.get("/v1/flags", headers={"Min-Revision": forged})
        assert refusal(answer) == (400, "revision-unreadable"), forged


# What is on every answer ----------------------------------------------------------------------


def test_every_answer_has_the_security_headers_and_a_request_id(world: World, brand: Member) -> None:
    client = world.app.test_client()
    answers = [
        client.get("/livez"),
        client.get("/v1/me"),
        client.get("/nowhere"),
        client.put("/v1/me"),
        brand.get("/v1/me"),
        brand.get("/v1/frameworks", headers={"If-None-Match": brand.get("/v1/frameworks").headers["ETag"]}),
        brand.post("/v1/requirements", DRAFT),
        brand.post("/v1/requirements", {}),
    ]
    assert [answer.status_code for answer in answers] == [200, 401, 404, 405, 200, 304, 201, 422]
    for answer in answers:
        assert {name: answer.headers.get(name) for name in SECURITY_HEADERS} == SECURITY_HEADERS
        assert re.fullmatch(r"[0-9a-f]{24}", answer.headers["X-Request-Id"])
        assert answer.headers["Cache-Control"] == "private, no-cache"
    assert len({answer.headers["X-Request-Id"] for answer in answers}) == len(answers)


def test_a_mistake_of_ours_is_a_problem_without_its_cause(
    world: World, brand: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(work: Work) -> None:
        raise ValueError("the cause, with a secret")

    monkeypatch.setattr(world.runtime, "derive", fail)
    answer = world.app.test_client().post("/v1/requirements", json=DRAFT, headers=_as(brand))
    assert (answer.status_code, answer.mimetype) == (500, "application/problem+json")
    assert answer.json is not None
    assert answer.json["code"] == "internal"
    assert "secret" not in answer.get_data(as_text=True)
    assert {name: answer.headers.get(name) for name in SECURITY_HEADERS} == SECURITY_HEADERS
    assert answer.headers["X-Request-Id"] in answer.json["instance"]


def test_a_request_id_is_taken_over_told_and_written_down(world: World, brand: Member) -> None:
    asked = uuid4().hex
    made = brand.post("/v1/requirements", DRAFT, headers={"X-Request-Id": asked})
    refused = brand.post("/v1/requirements", {}, headers={"X-Request-Id": asked})
    assert made.headers["X-Request-Id"] == refused.headers["X-Request-Id"] == asked
    assert refused.json["instance"] == f"urn:request:{asked}"
    entries = world.do(
        lambda work: work.session.scalars(select(AuditEntry.action).where(AuditEntry.request_id == asked)).all()
    )
    assert entries == ["requirement.drafted"]


def test_an_odd_request_id_is_not_taken_over(brand: Member) -> None:
    for odd in ("", "short", "x" * 81, "has space in it", "semi;colon", "new\tline-of-log"):
        told = brand.get("/v1/me", headers={"X-Request-Id": odd}).headers["X-Request-Id"]
        assert re.fullmatch(r"[0-9a-f]{24}", told), odd


LANGUAGES = {
    "zh": "zh",
    "zh-CN,en;q=0.5": "zh",
    "zh-CN,zh;q=0.9,en;q=0.8": "zh",
    "zh-Hant-TW": "zh",
    "fr,ZH;q=0.1": "zh",
    "en-GB": "en",
    "en,zh;q=0.9": "en",
    "zh;q=0": "en",
    "fr": "en",
    "*": "en",
    "": "en",
}


def test_a_refusal_is_told_in_the_readers_language(brand: Member) -> None:
    for asked, language in LANGUAGES.items():
        answer = brand.post("/v1/requirements", {"title": 1}, headers={"Accept-Language": asked})
        assert answer.headers["Content-Language"] == language, asked
        sentences = [answer.json["title"], answer.json["detail"], *(one["detail"] for one in answer.json["errors"])]
        assert all(bool(re.search("[\u4e00-\u9fff]", sentence)) == (language == "zh") for sentence in sentences)
        assert answer.json["code"] == "invalid-payload"


def test_what_a_code_means_can_be_looked_up(brand: Member) -> None:
    refused = brand.get("/v1/requirements/nothing").json
    told = brand.get(refused["type"]).json
    assert (told["code"], told["title"]["en"], told["detail"]["en"]) == (
        "not-found",
        refused["title"],
        refused["detail"],
    )
    assert refusal(brand.get("/v1/problems/no-such-code")) == (404, "not-found")


# What the framework refuses -------------------------------------------------------------------


def test_a_path_that_is_not_there_is_told_like_an_id_that_is_not_there(brand: Member) -> None:
    nowhere, nothing = brand.get("/v1/nowhere"), brand.get("/v1/requirements/nothing")
    assert refusal(nowhere) == refusal(nothing) == (404, "not-found")
    assert nowhere.json["detail"] == nothing.json["detail"]


def test_a_method_that_is_not_taken_is_told_which_are(brand: Member) -> None:
    answer = brand.call("DELETE", "/v1/requirements", json={})
    assert refusal(answer) == (405, "method-not-allowed")
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS, POST"
    assert "GET, HEAD, OPTIONS, POST" in answer.json["detail"]


def test_a_body_that_is_too_large_is_refused_before_it_is_read(
    world: World, brand: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(world.app.config, "MAX_CONTENT_LENGTH", 1000)
    answer = brand.post("/v1/requirements", {**DRAFT, "title": "T" * 2000})
    assert refusal(answer) == (413, "too-large")
    assert "1000" in answer.json["detail"]


def test_another_media_type_is_refused(brand: Member) -> None:
    for media in ("text/plain", "application/xml", "application/x-www-form-urlencoded", ""):
        answer = brand.call("POST", "/v1/requirements", data=b'{"title": "T"}', content_type=media)
        assert refusal(answer) == (415, "media-type"), media
        assert "application/json" in answer.json["detail"]


def test_headers_that_are_too_large_are_refused(brand: Member) -> None:
    assert refusal(brand.get("/v1/me", headers={"X-Anything": "x" * 20_000})) == (431, "headers-too-large")
    many = {f"X-Anything-{number}": "x" * 500 for number in range(40)}
    assert refusal(brand.get("/v1/me", headers=many)) == (431, "headers-too-large")
    assert brand.get("/v1/me", headers={"X-Anything": "x" * 4000}).status_code == 200


def test_only_open_routes_answer_without_a_revision(world: World, brand: Member) -> None:
    for rule in world.app.url_map.iter_rules():
        access = world.app.access[rule.endpoint]
        if not rule.arguments and "GET" in (rule.methods or set()) and access.permission in {PUBLIC, "me.read"}:
            answer: Any = brand.get(rule.rule)
            if answer.status_code == 200:
                assert ("Revision" in answer.headers) == (access.permission != PUBLIC), rule.rule
