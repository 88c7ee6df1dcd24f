"""Answers: accepted, asked, disputed, declined, or nothing said; heard by who asks, and answered back."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supplychain.answers.reasons import reasons
from supplychain.answers.rules import AnswerKind, Said, heard, last_words, state_of
from supplychain.network.visibility import pseudonym
from tests.factories import building
from tests.ground import org
from tests.world import START, Answer, Member, World

CAP = date(2026, 3, 18)
DAY = timedelta(days=1)


@pytest.fixture
def mill(world: World) -> World:
    """brand asks mill by name, spinner by pseudonym, dyer by a claim of its own, and shade, which it cannot see."""
    with building(world) as build:
        for name, role in (("brand", "brand"), ("mill", "supplier"), ("spinner", "supplier"), ("shade", "supplier")):
            build.member(name, role)
        build.member("dyer", "supplier")
        build.link("brand", "mill")
        build.link("mill", "spinner", disclosure="pseudonym")
        build.link("mill", "shade", disclosure="none")
        build.link("brand", "dyer", state="claimed")
        build.require("brand", (2, 1))
        build.prove("mill", 1)
    return world


def reference(member: Member) -> str:
    """What a supplier calls the one thing that is asked of it."""
    (item,) = member.get("/v1/me/obligations").json["items"]
    told: str = item["requirement"]
    return told


def say(world: World, name: str, kind: str, **values: Any) -> Answer:
    member = world.members[name]
    body = {"kind": kind, **values}
    return member.post(f"/v1/me/obligations/{reference(member)}/answers", json=body)


def ask(world: World, name: str = "mill") -> str:
    """A question; what its id is."""
    answer = say(world, name, "question", text="Which halls?")
    assert answer.status_code == 201, answer.json
    told: str = answer.json["id"]
    return told


def listed(world: World, query: str = "") -> dict[str, Any]:
    body: dict[str, Any] = world.members["brand"].get(f"/v1/requirements/req_brand/obligations{query}").json
    return body


def row(world: World, supplier: str) -> dict[str, Any]:
    return next(item for item in listed(world)["items"] if item["supplier"] == supplier)


def veiled(world: World, name: str) -> str:
    told: str = world.do(lambda work: pseudonym(work, world.members["brand"].number, org(name)))
    return told


def faults(answer: Answer) -> list[tuple[str, str]]:
    assert answer.status_code == 422, answer.json
    return [(one["pointer"], one["code"]) for one in answer.json["errors"]]


# What is said, and whose move it is ------------------------------------------------------------


def test_silence_is_counted_like_every_answer(mill: World) -> None:
    assert listed(mill)["answers"] == {"silent": 3, "accept": 0, "question": 0, "dispute": 0, "decline": 0}
    assert say(mill, "mill", "accept").status_code == 201
    assert say(mill, "spinner", "decline", reason="no_capacity").status_code == 201
    assert listed(mill)["answers"] == {"silent": 1, "accept": 1, "question": 0, "dispute": 0, "decline": 1}
    assert [item["supplier"] for item in listed(mill, "?answer=silent")["items"]] == [org("dyer")]
    assert [item["supplier"] for item in listed(mill, "?answer=accept")["items"]] == [org("mill")]


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("question", {"text": "Which halls?"}),
        ("dispute", {"reason": "wrong_due"}),
        ("decline", {"reason": "no_capacity"}),
    ],
)
def test_what_waits_for_a_reply_is_the_brands_move_and_then_the_suppliers_again(
    mill: World, kind: str, values: dict[str, Any]
) -> None:
    mill.clock.advance(1)
    supplier = mill.members["mill"]
    before = row(mill, org("mill"))
    assert before["move"] == "supplier"
    answer = say(mill, "mill", kind, **values).json
    today = (START + DAY).isoformat()
    own = supplier.get("/v1/me/obligations").json["items"][0]
    for item in (row(mill, org("mill")), own):
        assert (item["move"], item["since"], item["status"]) == ("brand", today, "overdue")
        assert item["answer"] == {"id": answer["id"], "kind": kind, "open": True}
    replied = mill.members["brand"].post(f"/v1/answers/{answer['id']}/replies", json={"kind": "keep"})
    assert (replied.status_code, replied.json["state"]) == (201, "replied")
    assert row(mill, org("mill")) == {**before, "answer": {"id": answer["id"], "kind": kind, "open": False}}


def test_the_list_of_suppliers_follows_an_answer_at_once(mill: World) -> None:
    brand = mill.members["brand"]

    def told() -> dict[str, Any]:
        item = next(one for one in brand.get("/v1/suppliers").json["items"] if one["id"] == org("mill"))
        found: dict[str, Any] = item["obligations"][0]["answer"]
        return found

    assert told()["kind"] == "silent"
    asked = ask(mill)
    assert told() == {"id": asked, "kind": "question", "open": True}
    brand.post(f"/v1/answers/{asked}/replies", json={"kind": "explain", "text": "All of them"})
    assert told()["open"] is False


def test_open_answers_are_asked_for_by_themselves(mill: World) -> None:
    brand = mill.members["brand"]
    first = ask(mill)
    say(mill, "spinner", "accept")
    ids = {
        query: [one["id"] for one in brand.get(f"/v1/answers?{query}").json["items"]]
        for query in ("open=true", "open=false")
    }
    assert ids["open=true"] == [first]
    assert first not in ids["open=false"]
    assert len(ids["open=false"]) == 1
    assert brand.get("/v1/answers?open=yes").status_code == 422
    assert [one["id"] for one in brand.get("/v1/answers?kind=question").json["items"]] == [first]


def test_the_last_answer_counts_and_only_it_is_replied_to(mill: World) -> None:
    first = ask(mill)
    say(mill, "mill", "accept")
    own = {one["id"]: one["state"] for one in mill.members["mill"].get("/v1/me/answers").json["items"]}
    assert (own.pop(first), list(own.values())) == ("replaced", ["given"])
    brand = mill.members["brand"]
    refused = brand.post(f"/v1/answers/{first}/replies", json={"kind": "keep"})
    assert (refused.status_code, refused.json["code"]) == (409, "answer-replaced")
    (accepted,) = own
    refused = brand.post(f"/v1/answers/{accepted}/replies", json={"kind": "keep"})
    assert (refused.status_code, refused.json["code"]) == (409, "answer-wants-no-reply")


def test_whoever_is_asked_anew_has_said_nothing_yet(mill: World) -> None:
    say(mill, "mill", "accept")
    amended = mill.members["brand"].post("/v1/requirements/req_brand/amend", json={"schedule": [2, 2]}).json["id"]
    items = mill.members["brand"].get(f"/v1/requirements/{amended}/obligations").json["items"]
    assert {item["answer"]["kind"] for item in items} == {"silent"}


def test_a_reply_may_grant_a_waiver(mill: World) -> None:
    mill.clock.advance(1)
    asked = say(mill, "spinner", "decline", reason="no_capacity").json["id"]
    leave = {"reason": "no_capacity", "until": "2027-12-31", "level": 0}
    answered = mill.members["brand"].post(
        f"/v1/answers/{asked}/replies", json={"kind": "waive", "text": "Until next year", "waiver": leave}
    )
    assert answered.status_code == 201, answered.json
    (back,) = answered.json["replies"]
    item = row(mill, veiled(mill, "spinner"))
    assert (item["status"], item["waiver"]["id"]) == ("waived", back["waiver"])
    (told,) = mill.members["spinner"].get("/v1/me/waivers").json["items"]
    assert (told["id"], told["note"]) == (back["waiver"], "Until next year")
    (own,) = mill.members["spinner"].get("/v1/me/answers").json["items"]
    assert own["replies"] == [back]


# What is refused -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"kind": "question"}, ("/text", "answer-needs-words")),
        ({"kind": "dispute"}, ("/reason", "required")),
        ({"kind": "decline", "reason": "not_a_supplier"}, ("/reason", "not-one-of")),
        ({"kind": "accept", "reason": "other"}, ("/reason", "answer-takes-no-reason")),
        ({"kind": "decline", "reason": "other"}, ("/text", "answer-needs-words")),
        ({"kind": "silent"}, ("/kind", "not-one-of")),
    ],
)
def test_an_answer_is_refused(mill: World, body: dict[str, Any], expected: tuple[str, str]) -> None:
    assert expected in faults(say(mill, "mill", **body))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"kind": "explain"}, ("/text", "answer-needs-words")),
        ({"kind": "waive"}, ("/waiver", "required")),
        ({"kind": "keep", "waiver": {"reason": "other", "until": "2030-01-01"}}, ("/waiver", "waiver-not-granted")),
        (
            {"kind": "waive", "text": "So", "waiver": {"reason": "other", "until": "2020-01-01"}},
            ("/waiver/until", "before-today"),
        ),
        ({"kind": "waive", "waiver": {"reason": "other", "until": "2030-01-01"}}, ("/text", "reason-needs-words")),
    ],
)
def test_a_reply_is_refused(mill: World, body: dict[str, Any], expected: tuple[str, str]) -> None:
    asked = ask(mill)
    assert expected in faults(mill.members["brand"].post(f"/v1/answers/{asked}/replies", json=body))


def test_nobody_answers_what_is_not_asked_of_it(mill: World) -> None:
    stolen = reference(mill.members["spinner"])
    answer = mill.members["mill"].post(f"/v1/me/obligations/{stolen}/answers", json={"kind": "accept"})
    assert answer.status_code == 404
    assert (
        mill.members["brand"].post("/v1/me/obligations/req_brand/answers", json={"kind": "accept"}).status_code == 403
    )


# Who hears it ----------------------------------------------------------------------------------


def test_an_answer_travels_without_telling_either_end_who_the_other_is(mill: World) -> None:
    answer = say(mill, "spinner", "question", text="Which halls?").json
    assert answer["requirement"].startswith("rqp_")
    assert "supplier" not in answer
    (heard_item,) = mill.members["brand"].get("/v1/answers").json["items"]
    assert (heard_item["supplier"], heard_item["requirement"]) == (veiled(mill, "spinner"), "req_brand")
    assert mill.members["mill"].get("/v1/answers").json["items"] == []
    assert mill.members["mill"].get(f"/v1/answers/{answer['id']}").status_code == 404
    passing = mill.members["mill"].get(f"/v1/suppliers/{org('spinner')}").json["obligations"]
    assert [one["answer"] for one in passing] == [None]


def test_whoever_the_brand_cannot_see_is_not_heard_and_is_not_told_so(mill: World) -> None:
    answer = say(mill, "shade", "question", text="Who asks?")
    assert answer.status_code == 201
    assert mill.members["brand"].get("/v1/answers").json["items"] == []
    assert mill.members["brand"].get(f"/v1/answers/{answer.json['id']}").status_code == 404
    with building(mill) as build:
        build.link("mill", "shade", disclosure="pseudonym")
    assert row(mill, veiled(mill, "shade"))["answer"]["kind"] == "silent"
    assert mill.members["shade"].get("/v1/me/answers").json["items"][0]["state"] == "open"


def test_whoever_is_only_claimed_answers_by_name(mill: World) -> None:
    asked = say(mill, "dyer", "dispute", reason="not_a_supplier").json["id"]
    (item,) = mill.members["brand"].get("/v1/answers").json["items"]
    assert (item["id"], item["supplier"]) == (asked, org("dyer"))
    told = row(mill, org("dyer"))
    assert (told["status"], told["move"], told["achieved"]) == ("awaiting_confirmation", "brand", None)


def test_an_answer_is_heard_under_the_name_it_was_given_and_no_other(mill: World) -> None:
    asked = ask(mill, "spinner")
    with building(mill) as build:
        build.link("mill", "spinner", disclosure="identity")
    assert mill.members["brand"].get(f"/v1/answers/{asked}").status_code == 404
    assert row(mill, org("spinner"))["answer"]["kind"] == "silent"


def test_answers_follow_a_supplier_whose_entry_is_merged(mill: World) -> None:
    asked = ask(mill)
    with building(mill) as build:
        build.member("operator", "operator")
        build.organization("mill_again", claim="verified")
    merged = mill.members["operator"].post(
        "/v1/merges",
        json={"source": org("mill"), "target": org("mill_again"), "scope": "directory", "people": "both"},
    )
    assert merged.status_code == 201, merged.json
    assert mill.members["brand"].get(f"/v1/answers/{asked}").json["supplier"] == org("mill_again")
    assert row(mill, org("mill_again"))["answer"]["id"] == asked


def test_a_company_answers_for_its_plant(mill: World) -> None:
    with building(mill) as build:
        build.organization("works", kind="plant")
        build.own("mill", "works")
        build.link("brand", "works")
    member = mill.members["mill"]
    path = f"/v1/me/obligations/req_brand/answers?organization={org('works')}"
    assert member.post(path, json={"kind": "accept"}).status_code == 201
    (said,) = member.get(f"/v1/me/answers?organization={org('works')}").json["items"]
    assert said["kind"] == "accept"
    assert member.get("/v1/me/answers").json["items"] == []
    (owed,) = member.get(f"/v1/me/obligations?organization={org('works')}").json["items"]
    assert owed["answer"]["id"] == said["id"]
    assert row(mill, org("works"))["answer"]["kind"] == "accept"


# Reasons as data -------------------------------------------------------------------------------


def test_the_reason_of_a_law_has_source_days_a_mark_and_a_notice_in_both_languages(mill: World) -> None:
    items = {one["id"]: one for one in mill.members["mill"].get("/v1/answer-reasons").json["items"]}
    cap = items["eu_value_chain_cap"]
    assert (cap["in_force_from"], cap["mark"]) == (CAP.isoformat(), "read")
    assert "2026/470" in cap["source"]["en"]
    for text in (cap["source"], cap["conditions"], cap["notice"]):
        assert set(text) == {"en", "zh"}
        assert all(text.values())
    assert "Not legal advice" in cap["notice"]["en"]
    assert items["no_capacity"]["notice"] is None


def test_a_reason_holds_only_while_its_law_is_in_force(mill: World) -> None:
    assert "eu_value_chain_cap" not in reasons(CAP - DAY)
    assert "eu_value_chain_cap" in reasons(CAP)
    assert say(mill, "mill", "decline", reason="eu_value_chain_cap").status_code == 201


# The rules -------------------------------------------------------------------------------------

KINDS = st.sampled_from([kind for kind in AnswerKind if kind is not AnswerKind.SILENT])


def answers() -> st.SearchStrategy[list[Said]]:
    """What two suppliers said to two requirements, heard by name, by pseudonym or not at all."""
    one = st.builds(
        Said,
        number=st.just(0),
        id=st.just("ans"),
        requirement=st.integers(1, 2),
        supplier=st.integers(3, 4),
        veiled=st.sampled_from([None, True, False]),
        kind=KINDS,
        answered_on=st.just(START),
        replied=st.booleans(),
    )
    return st.lists(one, max_size=6).map(lambda found: [replace(said, number=at) for at, said in enumerate(found, 1)])


@given(answers(), st.randoms())
def test_under_each_name_the_last_word_is_heard_whatever_the_order_of_reading(said: list[Said], chance: Any) -> None:
    shuffled = list(said)
    chance.shuffle(shuffled)
    found = heard(shuffled, (0, 0))
    for requirement in (1, 2):
        for supplier in (3, 4):
            for name in (True, False):
                ours = [
                    one for one in said if (one.requirement, one.supplier, one.veiled) == (requirement, supplier, name)
                ]
                expected = ours[-1] if ours else None
                assert found.of(requirement, supplier, veiled=name) == expected
    assert all(one.veiled is not None for one in found.by_name.values())


@given(answers())
def test_an_answer_waits_only_if_it_counts_wants_a_reply_and_has_none(said: list[Said]) -> None:
    counting = {one.number for one in last_words(said).values()}
    for one in said:
        later = any(other.requirement == one.requirement and other.number > one.number for other in said)
        waits = not later and one.kind is not AnswerKind.ACCEPT and not one.replied
        assert (state_of(one, counting) == "open") is waits


# On other days ----------------------------------------------------------------------------------


def of_day(world: World, query: str) -> tuple[str, bool, str]:
    """What mill's answer was, whether it waited, and whose move it was; in the list and in mill's own."""
    told = listed(world, f"?{query}")
    (item,) = [one for one in told["items"] if one["supplier"] == org("mill")]
    (own,) = world.members["mill"].get(f"/v1/me/obligations?{query}").json["items"]
    (shown,) = world.members["brand"].get(f"/v1/suppliers/{org('mill')}/status?{query}").json["obligations"]
    assert item["answer"] == own["answer"] == shown["answer"]
    assert item["move"] == own["move"] == shown["move"]
    assert told["answers"][item["answer"]["kind"]] >= 1
    return item["answer"]["kind"], item["answer"]["open"], item["move"]


def test_on_a_past_day_that_is_said_which_was_said_by_then(mill: World) -> None:
    """Silent on the first day, a question on the second, answered back on the third, accepted on the fourth."""
    days = [START + number * DAY for number in range(4)]
    mill.clock.advance(1)
    asked = ask(mill)
    mill.clock.advance(1)
    reply = {"kind": "explain", "text": "All halls."}
    assert mill.members["brand"].post(f"/v1/answers/{asked}/replies", reply).status_code == 201
    mill.clock.advance(1)
    assert say(mill, "mill", "accept").status_code == 201
    mill.clock.advance(1)
    expected = [
        ("silent", False, "supplier"),
        ("question", True, "brand"),
        ("question", False, "supplier"),
        ("accept", False, "supplier"),
    ]
    assert [of_day(mill, f"on={day}") for day in days] == expected
    assert [of_day(mill, f"on={days[3]}&known={day}") for day in days] == expected
    # What is said counts from the day on which it is said: hindsight does not hear it earlier.
    assert [of_day(mill, f"on={day}&known={days[3]}") for day in days] == expected
    assert of_day(mill, "on=2028-01-01")[0] == "accept"


def test_what_a_pseudonym_said_is_in_no_answer_of_another_day(mill: World) -> None:
    assert say(mill, "spinner", "decline", reason="no_capacity", text="").status_code == 201
    mill.clock.advance(1)
    assert listed(mill)["answers"]["decline"] == 1
    assert listed(mill, f"?on={START}")["answers"] == {**dict.fromkeys(map(str, AnswerKind), 0), "silent": 1}
