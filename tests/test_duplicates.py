"""Which records of one sender may be about one company: found, explained, decided, learned from, and nobody else's."""

from typing import Any

import pytest

from supplychain.network.duplicates import spellings
from supplychain.work import Actor, Work
from supplychain.worker import Worker
from tests.factories import building
from tests.lists import send
from tests.world import Member, World

SUPPLIERS = """code,name,country
1,Alps Electric Co Ltd,JP
2,"Alps Electric Co., Ltd.",JP
3,ALPS ELECTRIC COMPANY LIMITED,JP
4,Sumitomo Chemical Company Limited,JP
5,Sumitomo Electric Industries Limited,JP
6,深圳市立讯精密有限公司,CN
7,深圳市立訊精密有限公司,CN
"""


def search(world: World, member: Member) -> dict[str, Any]:
    """Ask for a search and let the worker do it."""
    asked = member.post("/v1/duplicates/searches")
    assert asked.status_code == 202
    Worker(world.runtime).run(once=True)
    job: dict[str, Any] = member.get(asked.headers["Location"]).json
    assert job["state"] == "done", job
    return job


def pairs(member: Member, query: str = "") -> list[tuple[str, str]]:
    items = member.get(f"/v1/duplicates{query}").json["items"]
    return [(one["records"][0]["code"], one["records"][1]["code"]) for one in items]


def pair(member: Member, *codes: str) -> dict[str, Any]:
    items: list[dict[str, Any]] = member.get("/v1/duplicates?min_score=0&limit=200").json["items"]
    return next(one for one in items if [record["code"] for record in one["records"]] == list(codes))


def decide(member: Member, duplicate: dict[str, Any], decision: str, status: int = 200, **more: Any) -> dict[str, Any]:
    path = f"/v1/duplicates/{duplicate['id']}"
    etag = member.get(path).headers["ETag"]
    response = member.patch(path, {"decision": decision, **more}, etag)
    assert response.status_code == status, response.json
    answer: dict[str, Any] = response.json
    return answer


@pytest.fixture
def listed(world: World) -> Member:
    """A brand that imported a list, with the job of the import done."""
    brand = world.join("Brand", "brand")
    send(brand, "organizations", SUPPLIERS)
    Worker(world.runtime).run(once=True)
    return brand


def test_an_import_is_searched_for_pairs_and_siblings_are_none(listed: Member) -> None:
    assert sorted(pairs(listed)) == [("1", "2"), ("1", "3"), ("2", "3"), ("6", "7")]


def test_a_pair_says_why_in_parts_that_add_up_to_its_score(listed: Member) -> None:
    found = pair(listed, "1", "3")
    assert (found["state"], found["score"], found["blocks"]) == ("open", 1.0, ["beginning", "word"])
    assert [part["code"] for part in found["parts"]] == ["same_name"]
    assert sum(part["points"] for part in found["parts"]) == pytest.approx(found["score"], abs=0.002)
    assert found["parts"][0]["text"] == {"en": "The names say the same.", "zh": "名称相同。"}


def test_what_was_compared_and_says_the_same_is_not_compared_again(world: World, listed: Member) -> None:
    assert search(world, listed)["result"] == {"records": 7, "compared": 0, "proposed": 0}
    send(listed, "organizations", "code,name,country\n8,Alps Electric,JP\n")
    Worker(world.runtime).run(once=True)
    assert sorted(pairs(listed))[:6] == [("1", "2"), ("1", "3"), ("1", "8"), ("2", "3"), ("2", "8"), ("3", "8")]
    assert search(world, listed)["result"] == {"records": 8, "compared": 0, "proposed": 0}


def test_a_renamed_record_is_compared_anew(world: World, listed: Member) -> None:
    (record,) = [one for one in listed.get("/v1/records").json["items"] if one["code"] == "3"]
    etag = listed.get(f"/v1/records/{record['id']}").headers["ETag"]
    listed.patch(f"/v1/records/{record['id']}", {"name": "Murata Manufacturing"}, etag)
    assert search(world, listed)["result"] == {"records": 7, "compared": 1, "proposed": 0}
    assert sorted(pairs(listed)) == [("1", "2"), ("6", "7")]


def test_a_pair_decided_the_same_is_one_organization_and_implies_the_rest(listed: Member) -> None:
    decided = decide(listed, pair(listed, "1", "2"), "same")
    assert decided["state"] == "same"
    assert decided["records"][0]["organization"] == decided["records"][1]["organization"]
    assert listed.get(f"/v1/merges/{decided['merge']}").json["scope"] == "own"
    decide(listed, pair(listed, "2", "3"), "same")
    assert pair(listed, "1", "3")["state"] == "same"
    assert pairs(listed, "?state=open") == [("6", "7")]


def test_the_sender_may_say_which_organization_stays(listed: Member) -> None:
    found = pair(listed, "1", "2")
    second = found["records"][1]["organization"]
    refused = decide(listed, found, "same", 422, keep=pair(listed, "6", "7")["records"][0]["organization"])
    assert refused["errors"][0]["code"] == "not-of-the-pair"
    decided = decide(listed, found, "same", keep=second)
    assert {one["organization"] for one in decided["records"]} == {second}


def test_a_pair_decided_different_is_never_proposed_again(world: World, listed: Member) -> None:
    decide(listed, pair(listed, "6", "7"), "different")
    for record in listed.get("/v1/records").json["items"]:
        if record["code"] in {"6", "7"}:
            listed.call("DELETE", f"/v1/records/{record['id']}")
    again = "code,name,country\n16,深圳市立讯精密有限公司,CN\n17,深圳市立訊精密有限公司,CN\n"
    send(listed, "organizations", again)
    search(world, listed)
    assert ("16", "17") not in pairs(listed, "?min_score=0&limit=200")


def test_a_decision_is_taken_back_by_another(listed: Member) -> None:
    same = decide(listed, pair(listed, "1", "2"), "same")
    apart = decide(listed, same, "different")
    assert (apart["state"], apart["merge"]) == ("different", None)
    assert len({one["organization"] for one in apart["records"]}) == 2
    assert listed.get(f"/v1/merges/{same['merge']}").json["state"] == "split"


def test_a_merge_taken_back_opens_its_pairs_again(listed: Member) -> None:
    same = decide(listed, pair(listed, "1", "2"), "same")
    assert listed.post(f"/v1/merges/{same['merge']}/undo").status_code == 200
    assert pair(listed, "1", "2")["state"] == "open"
    assert known(listed, "Alps Electric Company Limited", world_of(listed)) is None


def test_what_was_said_to_differ_does_not_become_one_by_way_of_a_third(listed: Member) -> None:
    apart = decide(listed, pair(listed, "1", "3"), "different")
    decide(listed, pair(listed, "1", "2"), "same")
    refused = decide(listed, pair(listed, "2", "3"), "same", 409)
    assert (refused["code"], apart["id"] in refused["detail"]) == ("duplicate-contradicts", True)


def test_several_pairs_are_decided_at_once_all_or_none(listed: Member) -> None:
    one, two = pair(listed, "1", "2"), pair(listed, "6", "7")
    sent = [{"duplicate": one["id"], "decision": "same"}, {"duplicate": "dup_nothing", "decision": "same"}]
    refused = listed.post("/v1/duplicates/decisions", {"decisions": sent})
    assert refused.json["errors"][0]["pointer"] == "/decisions/1/duplicate"
    assert pair(listed, "1", "2")["state"] == "open"
    sent[1] = {"duplicate": two["id"], "decision": "unsure"}
    decided = listed.post("/v1/duplicates/decisions", {"decisions": sent}).json["items"]
    assert [item["state"] for item in decided] == ["same", "unsure"]


def test_the_list_is_read_page_by_page_and_by_state_and_score(listed: Member) -> None:
    first = listed.get("/v1/duplicates?limit=3")
    following = listed.get(first.headers["Link"].split(">")[0].strip("<"))
    assert [len(page.json["items"]) for page in (first, following)] == [3, 1]
    assert pairs(listed, "?min_score=1") == pairs(listed)
    assert pairs(listed, "?state=same") == []
    assert listed.get("/v1/duplicates?min_score=2").status_code == 422


def world_of(member: Member) -> World:
    """The world whose application a member calls."""
    runtime = member.client.application.runtime  # type: ignore[attr-defined] # an Application
    return World(runtime, member.client.application, runtime.settings.clock)  # type: ignore[arg-type]


def known(member: Member, name: str, world: World) -> int | None:
    """Which organization a name means to a sender by what it confirmed."""

    def ask(work: Work) -> int | None:
        work.actor = Actor(organization=member.number)
        return spellings.known(work, [(name, "JP")]).get((name, "JP"))

    found: int | None = world.do(ask)
    return found


def test_a_spelling_confirmed_as_the_same_is_known_from_then_on(world: World, listed: Member) -> None:
    assert known(listed, "alps electric company, limited", world) is None
    decided = decide(listed, pair(listed, "1", "2"), "same")
    with building(world) as build:
        rival = build.member("rival", "brand")
    number = known(listed, "alps electric company, limited", world)
    public = listed.get(f"/v1/organizations/{decided['records'][0]['organization']}").json["id"]
    assert number is not None
    assert public == decided["records"][0]["organization"]
    assert known(rival, "alps electric company, limited", world) is None


def test_the_rules_say_how_pairs_are_found_and_what_was_learned(listed: Member) -> None:
    rules = listed.get("/v1/duplicates/rules").json
    assert (rules["threshold"], rules["decisions"]) == (0.82, 0)
    assert rules["blocks"] == ["word", "beginning", "code", "identifier"]


def test_nothing_of_another_sender_enters(world: World) -> None:
    """Two worlds: in one a rival's list is full of the same names and decisions."""

    def story(rivals: bool) -> tuple[Any, ...]:
        brand = world.join("Brand" if rivals else "Marke", "brand")
        if rivals:
            rival = world.join("Rival", "brand")
            send(rival, "organizations", SUPPLIERS.replace("Sumitomo Chemical", "Sumitomo Electric"))
            Worker(world.runtime).run(once=True)
            for found in rival.get("/v1/duplicates").json["items"]:
                decide(rival, found, "different")
        send(brand, "organizations", SUPPLIERS)
        job = search(world, brand)["result"]
        items = brand.get("/v1/duplicates?min_score=0").json["items"]
        shown = [
            (one["score"], one["state"], one["parts"], one["blocks"], [record["code"] for record in one["records"]])
            for one in items
        ]
        return job, sorted(shown, key=repr), brand.get("/v1/duplicates/rules").json

    assert story(rivals=False) == story(rivals=True)


def test_a_pair_of_another_sender_is_unknown(world: World, listed: Member) -> None:
    rival = world.join("Rival", "brand")
    found = pair(listed, "1", "2")
    assert rival.get(f"/v1/duplicates/{found['id']}").status_code == 404
    assert rival.get("/v1/duplicates").json["items"] == []
