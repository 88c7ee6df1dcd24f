"""Drafts of questionnaires: saved half filled in, gone on with in another language, sent; until then no evidence."""

import json
from collections.abc import Mapping
from io import BytesIO
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from supplychain.evidence.models import Evidence
from supplychain.facts.models import OrganizationFact
from supplychain.questionnaires.models import QuestionnaireDraft
from tests import papers
from tests.reviewing import FORM, assign, count, faults, own, sell
from tests.supplying import ask as demand
from tests.test_questionnaires import FULL, MADE_UP, asked
from tests.world import Answer, Member, World

DRAFTS = "/v1/me/questionnaire/drafts"


@pytest.fixture
def volt(world: World) -> Member:
    return world.join("Volt", "supplier")


def save(member: Member, framework: str = MADE_UP, **said: Any) -> Answer:
    answer = member.post(DRAFTS, {"framework": framework, **said})
    assert answer.status_code == 201, answer.json
    return answer


def change(member: Member, draft: Answer, **said: Any) -> Answer:
    answer = member.patch(f"{DRAFTS}/{draft.json['id']}", said, draft.headers["ETag"])
    assert answer.status_code == 200, answer.json
    return answer


def send(member: Member, draft: Answer, *files: str, **headers: str) -> Answer:
    with_tag = {"If-Match": draft.headers["ETag"], **headers}
    where = f"{DRAFTS}/{draft.json['id']}/send"
    if not files:
        return member.post(where, headers=with_tag)
    parts = {"file": [(BytesIO(papers.pdf()), name) for name in files]}
    return member.post(where, data=parts, content_type=FORM, headers=with_tag)


def obstacles(answer: Answer) -> list[tuple[str, str]]:
    return [(one["pointer"], one["code"]) for one in answer.json["obstacles"]]


# Half filled in ----------------------------------------------------------------------------------


def test_a_form_is_saved_as_wanting_as_it_is_and_told_what_it_lacks(world: World, volt: Member) -> None:
    saved = save(volt, title="Walk of Monday", answers={"E15": {"value": 118.5}, "E13": {"standard": "iso-14001"}})
    assert saved.json["title"] == "Walk of Monday"
    assert saved.json["answered"] == 2
    assert set(obstacles(saved)) == {
        ("/answers/E15/observed_from", "required"),
        ("/answers/E15/observed_to", "required"),
        ("/answers/E13/number", "required"),
        ("/answers/E13/issuer", "required"),
    }
    assert all(one["detail"] for one in saved.json["obstacles"])
    assert (count(world, Evidence), count(world, OrganizationFact)) == (0, 0)


def test_what_is_sent_takes_the_place_of_what_was_kept_and_an_empty_answer_drops_it(volt: Member) -> None:
    first = save(volt, answers={"C19": {"value": "policy"}, "O07": {"value": "tested"}}, observed_from="2025-01-01")
    second = change(
        volt, first, answers={"C19": {"value": "partners"}, "O07": {}}, facts={"soil_key_unit": {"value": True}}
    )
    assert second.json["content"]["answers"] == {"C19": {"value": "partners"}}
    assert second.json["content"]["facts"] == {"soil_key_unit": {"value": True}}
    assert second.json["content"]["observed_from"] == "2025-01-01"
    third = change(volt, second, observed_from=None, title="Done")
    assert (third.json["content"].keys(), third.json["title"]) == ({"answers", "facts"}, "Done")
    assert third.json["content"]["answers"] == second.json["content"]["answers"]


def test_a_draft_keeps_nothing_that_no_form_asks(world: World, volt: Member) -> None:
    answer = volt.post(
        DRAFTS, {"framework": MADE_UP, "answers": {"X99": {"value": 1}}, "facts": {"mood": {"value": 1}}}
    )
    assert faults(answer) == [("/answers/X99", "unknown-indicator"), ("/facts/mood", "unknown-fact")]
    assert faults(volt.post(DRAFTS, {"framework": MADE_UP, "answers": {"C19": {"value": {}}}})) == [
        ("/answers/C19/value", "not-a-value")
    ]
    assert volt.post(DRAFTS, {"framework": "nonsense@1"}).status_code == 404
    assert count(world, QuestionnaireDraft) == 0


def test_a_version_is_named_to_change_drop_and_send_a_draft(world: World, volt: Member) -> None:
    draft = save(volt, answers={"C19": {"value": "policy"}})
    path = f"{DRAFTS}/{draft.json['id']}"
    calls = [("PATCH", path, {"title": "x"}), ("DELETE", path, None), ("POST", f"{path}/send", None)]
    for method, where, body in calls:
        options = {"json": body} if body else {}
        assert volt.call(method, where, headers={}, **options).status_code == 428
    newer = change(volt, draft, title="Later")
    for method, where, body in calls:
        options = {"json": body} if body else {}
        stale = volt.call(method, where, headers={"If-Match": draft.headers["ETag"]}, **options)
        assert (stale.status_code, stale.json["code"]) == (412, "version-changed")
    assert volt.get(path).headers["ETag"] == newer.headers["ETag"]
    gone = volt.call("DELETE", path, headers={"If-Match": newer.headers["ETag"]})
    assert (gone.status_code, gone.json["title"]) == (200, "Later")
    assert volt.get(path).status_code == 404
    assert count(world, Evidence) == 0


# Going on ----------------------------------------------------------------------------------------


def test_a_draft_is_gone_on_with_in_another_language(volt: Member) -> None:
    draft = save(volt, answers={"C19": {"value": "policy"}, "E13": {"standard": "iso-14001"}}, source="Plant 1")
    found = volt.get(f"{DRAFTS}/{draft.json['id']}/form?level=1&language=zh")
    assert found.headers["Content-Language"] == "zh"
    assert found.json["data"]["answers"]["C19"]["value"] == "policy"
    assert (found.json["data"]["source"], found.json["beside"]) == ("Plant 1", ["E13"])
    assert "答案来源" in json.dumps(found.json["json_schema"], ensure_ascii=False)
    Draft202012Validator(found.json["json_schema"]).validate(found.json["data"])
    every = volt.get(f"{DRAFTS}/{draft.json['id']}/form?level=4&language=en").json
    assert every["beside"] == []
    assert every["data"]["answers"]["E13"]["standard"] == "iso-14001"


def test_what_a_draft_says_goes_over_what_is_known(volt: Member) -> None:
    volt.post(f"/v1/me/questionnaire/answers?framework={MADE_UP}", {"answers": {"C19": {"value": "policy"}}})
    draft = save(volt, answers={"C19": {"value": "partners"}})
    data = volt.get(f"{DRAFTS}/{draft.json['id']}/form?level=1").json["data"]
    assert data["answers"]["C19"]["value"] == "partners"


def test_a_draft_of_a_version_that_was_replaced_says_so_and_can_be_taken_to_the_new_one(volt: Member) -> None:
    draft = save(volt, MADE_UP, answers={"C19": {"value": "policy"}})
    assert draft.json["replaced_by"] == FULL
    assert volt.get(f"{DRAFTS}/{draft.json['id']}/form").json["replaced_by"] == FULL
    moved = change(volt, draft, framework=FULL)
    assert (moved.json["framework"], moved.json["replaced_by"]) == (FULL, None)
    assert moved.json["content"] == draft.json["content"]


# Sending -----------------------------------------------------------------------------------------


def test_a_draft_is_sent_once_with_its_files_and_is_gone(world: World, volt: Member) -> None:
    answers = {"C19": {"value": "policy"}, "O07": {"value": "tested", "files": ["walk.pdf"]}}
    draft = save(volt, answers=answers, facts={"dormitory_or_canteen": {"value": False}})
    key = {"Idempotency-Key": "the-draft"}
    sent = send(volt, draft, "walk.pdf", **key)
    assert sent.status_code == 201, sent.json["errors"]
    assert [one["fact"] for one in sent.json["facts"]] == ["dormitory_or_canteen"]
    assert {value["indicator"] for one in sent.json["evidence"] for value in one["values"]} == {"C19", "O07"}
    assert volt.get(DRAFTS).json["items"] == []
    again = send(volt, draft, "walk.pdf", **key)
    assert (again.status_code, again.json) == (sent.status_code, sent.json)
    assert count(world, Evidence) == 2
    assert send(volt, draft).status_code == 404


def test_a_draft_that_is_not_right_yet_is_refused_and_kept(world: World, volt: Member) -> None:
    draft = save(volt, answers={"C19": {"value": "policy"}, "E15": {"value": 118.5}}, facts={"staff": {"value": 3}})
    wrong = faults(send(volt, draft))
    assert set(wrong) == set(obstacles(draft))
    assert wrong
    named = save(volt, answers={"C19": {"value": "policy", "files": ["a.pdf"]}})
    assert (obstacles(named), faults(send(volt, named))) == ([], [("/answers/C19/files/0", "file-not-sent")])
    assert (count(world, Evidence), count(world, OrganizationFact), count(world, QuestionnaireDraft)) == (0, 0, 2)


def test_a_draft_is_never_evidence(world: World, volt: Member) -> None:
    brand, bureau = world.join("Brand", "brand"), world.join("Bureau", "reviewer")
    sell(world, volt, brand)
    demand(world, brand.number, 1, {"ohs": 1})
    assign(world, volt, bureau)
    before = standing(volt, brand, bureau)
    save(
        volt,
        answers={"C19": {"value": "policy"}, "O07": {"value": "tested"}},
        facts={"soil_key_unit": {"value": False}},
    )
    assert standing(volt, brand, bureau) == before


def standing(volt: Member, brand: Member, bureau: Member) -> list[Any]:
    """What everybody reads of it but itself of its drafts."""
    own_paths = ("/v1/me/status", "/v1/me/facts", "/v1/evidence", "/v1/me/obligations")
    told = [volt.get(path).json for path in own_paths]
    told += [brand.get(path).json for path in ("/v1/suppliers", "/v1/evidence")]
    told += [bureau.get(path).json for path in ("/v1/evidence", "/v1/facts")]
    return [*told, asked(volt, MADE_UP, level=1)]


# Whose it is -------------------------------------------------------------------------------------


def test_drafts_are_listed_to_their_holder_alone(world: World, volt: Member) -> None:
    other, plant = world.join("Other", "supplier"), world.join("Plant", "supplier", kind="plant")
    own(world, volt, plant)
    draft = save(volt, answers={"C19": {"value": "policy"}})
    about = save(volt, FULL, organization=plant.id)
    listed: list[Mapping[str, Any]] = volt.get(DRAFTS).json["items"]
    assert [one["id"] for one in listed] == [draft.json["id"], about.json["id"]]
    assert [one["organization"]["id"] for one in listed] == [volt.id, plant.id]
    assert [one["id"] for one in volt.get(f"{DRAFTS}?framework={FULL}").json["items"]] == [about.json["id"]]
    for stranger in (other, plant):
        assert stranger.get(DRAFTS).json["items"] == []
        assert stranger.get(f"{DRAFTS}/{about.json['id']}").status_code == 404
        assert send(stranger, about).status_code == 404


def test_a_draft_about_a_plant_that_was_sold_says_that_it_cannot_be_sent(world: World, volt: Member) -> None:
    plant = world.join("Plant", "supplier", kind="plant")
    own(world, volt, plant)
    draft = save(volt, organization=plant.id)
    [ownership] = volt.get("/v1/ownerships").json["items"]
    ended = volt.post(f"/v1/ownerships/{ownership['id']}/end", {"valid_to": "2026-11-22"})
    assert ended.status_code == 200, ended.json
    world.clock.advance(2)
    shown = volt.get(f"{DRAFTS}/{draft.json['id']}")
    assert (shown.status_code, obstacles(shown)) == (200, [("", "not-found")])
    assert send(volt, shown).status_code == 404
