"""Notices of waivers, answers and plans: who must move is told, and nobody of what it may not know."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from supplychain.accounts.models import Person
from supplychain.i18n import LANGUAGES, sentence
from supplychain.network.visibility import pseudonym
from supplychain.notices.rules import MOVES, Kind, Move
from supplychain.plans import queries as plans
from supplychain.plans.models import Plan
from supplychain.work import Work
from tests.factories import building
from tests.ground import org
from tests.mailbox import Mailbox, mail_server
from tests.test_notices import kinds, on, work_through, written_to
from tests.test_plans import make, proof, report
from tests.world import START, Member, World

DAY = timedelta(days=1)
YEAR = START + timedelta(days=365)


@pytest.fixture
def mill(world: World) -> World:
    """brand asks mill for level 2 by name, spinner by pseudonym and shade unseen; rival asks mill for level 1."""
    with building(world) as build:
        for name, role in (("brand", "brand"), ("rival", "brand"), ("reviewer", "reviewer")):
            build.member(name, role)
        for name in ("mill", "spinner", "shade"):
            build.member(name, "supplier")
        build.link("brand", "mill")
        build.link("rival", "mill")
        build.link("mill", "spinner", disclosure="pseudonym")
        build.link("mill", "shade", disclosure="none")
        build.require("brand", (2, 1), grace=[24])
        build.require("rival", (1,), grace=[24])
        build.organization("mill", evidence_reviewer=build.number("reviewer"))
    work_through(world)
    return world


@pytest.fixture
def box(mill: World) -> Iterator[Mailbox]:
    with mail_server() as (box, url):
        written_to(mill, url)
        yield box


def told(member: Member) -> list[dict[str, Any]]:
    """Its notices, the oldest first, but for those of flags."""
    items = member.get("/v1/notices?limit=100").json["items"]
    return [one for one in reversed(items) if not one["kind"].startswith("flag")]


def texts(member: Member) -> list[str]:
    return [one["text"]["en"] for one in told(member)]


def answer(world: World, name: str, kind: str, issuer: str = "brand", **said: Any) -> str:
    member = world.members[name]
    owed = [one["requirement"] for one in member.get("/v1/me/obligations").json["items"]]
    asked = next((one for one in owed if one == f"req_{issuer}"), owed[0])
    sent = member.post(f"/v1/me/obligations/{asked}/answers", {"kind": kind, **said})
    assert sent.status_code == 201, sent.json
    work_through(world)
    made: str = sent.json["id"]
    return made


def waive(world: World, supplier: str, until: date = YEAR) -> str:
    leave = {"requirement": "req_brand", "supplier": supplier, "reason": "plan_agreed", "until": until.isoformat()}
    sent = world.members["brand"].post("/v1/waivers", leave)
    assert sent.status_code == 201, sent.json
    work_through(world)
    made: str = sent.json["id"]
    return made


# Answers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("question", {"text": "May we have until June?"}),
        ("dispute", {"reason": "other", "text": "We print only"}),
        ("decline", {"reason": "other", "text": "No means"}),
    ],
)
def test_who_asks_is_told_of_an_answer_that_waits_for_it_and_nobody_else(
    mill: World, kind: str, said: dict[str, str]
) -> None:
    made = answer(mill, "mill", kind, **said)
    (one,) = told(mill.members["brand"])
    assert (one["kind"], one["subject"], one["move"]) == ("answer_waiting", made, "yours")
    assert told(mill.members["rival"]) == told(mill.members["mill"]) == told(mill.members["spinner"]) == []


def test_an_acceptance_waits_for_nobody(mill: World) -> None:
    answer(mill, "mill", "accept")
    assert told(mill.members["brand"]) == []


def test_who_is_seen_by_a_pseudonym_is_heard_without_its_name_and_who_is_not_seen_is_not(mill: World) -> None:
    made = answer(mill, "spinner", "question", text="Which farms?")
    answer(mill, "shade", "question", text="Which halls?")
    (one,) = told(mill.members["brand"])
    assert one["subject"] == made
    assert "spinner" not in str(one).lower().replace(made, "")


def test_who_answered_is_told_of_the_reply_and_of_the_waiver_that_came_with_it(mill: World) -> None:
    made = answer(mill, "mill", "question", text="May we have until June?")
    leave = {"reason": "plan_agreed", "until": YEAR.isoformat()}
    sent = mill.members["brand"].post(f"/v1/answers/{made}/replies", {"kind": "waive", "text": "Yes", "waiver": leave})
    assert sent.status_code == 201, sent.json
    work_through(mill)
    said = texts(mill.members["mill"])
    assert f"A customer replied to your answer {made}: a waiver." in said
    assert any(one.startswith(f"A customer granted you a waiver that holds until {YEAR}") for one in said)
    assert len(said) == 2
    assert told(mill.members["rival"]) == []


# Waivers ---------------------------------------------------------------------------------------


def test_a_supplier_is_told_of_a_waiver_of_its_end_and_of_its_being_revoked(mill: World) -> None:
    last = START + 60 * DAY
    waiver = waive(mill, org("mill"), last)
    for day in range(1, 70):
        on(mill, START + day * DAY)
    supplier = mill.members["mill"]
    assert [(one["kind"], one["day"]) for one in told(supplier) if one["subject"] == waiver] == [
        ("waiver_granted", str(START)),
        ("waiver_ending", str(last - 30 * DAY)),
        ("waiver_ending", str(last - 7 * DAY)),
    ]
    other = waive(mill, org("mill"))
    assert mill.members["brand"].post(f"/v1/waivers/{other}/revoke", {"note": "Stopped"}).status_code == 200
    work_through(mill)
    assert [one["kind"] for one in told(supplier) if one["subject"] == other] == ["waiver_granted", "waiver_revoked"]
    assert not {kind for kind in kinds(mill.members["spinner"]) if kind.startswith("waiver")}


def test_a_short_waiver_is_not_told_to_end_the_day_it_is_given(mill: World) -> None:
    waiver = waive(mill, org("mill"), START + 20 * DAY)
    on(mill, START + DAY)
    assert [one["kind"] for one in told(mill.members["mill"]) if one["subject"] == waiver] == ["waiver_granted"]
    on(mill, START + 13 * DAY)
    assert [one["kind"] for one in told(mill.members["mill"])][-1] == "waiver_ending"


def test_who_was_given_leave_under_a_pseudonym_is_told_all_the_same(mill: World) -> None:
    work = Work(mill.runtime, writes=False)
    shown = pseudonym(work, mill.members["brand"].number, org("spinner"))
    work.close()
    waive(mill, shown)
    (one,) = told(mill.members["spinner"])
    assert one["kind"] == "waiver_granted"
    assert "brand" not in one["text"]["en"].lower()


# Plans -----------------------------------------------------------------------------------------


def done(world: World) -> dict[str, Any]:
    """A plan of mill to level 2 that waits to be verified."""
    made = make(world)
    assert report(world, made, 1).status_code == 200
    work_through(world)
    assert [kind for name in ("brand", "reviewer") for kind in kinds(world.members[name])] == []
    assert report(world, made, 2, evidence=[proof(world)]).status_code == 200
    work_through(world)
    return made


def test_a_plan_that_is_done_waits_for_the_customer_it_serves_and_for_the_reviewer(mill: World) -> None:
    made = done(mill)
    for name in ("brand", "reviewer"):
        waiting = [one for one in told(mill.members[name]) if one["kind"] == "plan_waiting"]
        assert [(one["subject"], one["move"]) for one in waiting] == [(made["id"], "yours")]
    assert told(mill.members["rival"]) == []


def test_who_is_told_that_a_plan_waits_sees_it_and_nobody_that_sees_it_is_left_out(mill: World) -> None:
    made = done(mill)

    def concerned(work: Work) -> set[int]:
        row = work.session.query(Plan).filter_by(id=made["id"]).one()
        return {reader for reader, _ in plans.concerned(work, row)}

    seeing = {one.number for one in mill.members.values() if one.get(f"/v1/plans/{made['id']}").status_code == 200}
    assert mill.do(concerned) == seeing
    assert len(seeing) == 2


def test_a_supplier_is_told_what_was_said_of_its_plan_and_not_by_whom(mill: World) -> None:
    made = done(mill)
    for name, decision in (("brand", "return"), ("reviewer", "accept")):
        sent = mill.members[name].post(f"/v1/plans/{made['id']}/review", {"decision": decision, "note": "Seen"})
        assert sent.status_code == 200, sent.json
        work_through(mill)
    said = [one for one in told(mill.members["mill"]) if one["kind"].startswith("plan")]
    assert [one["kind"] for one in said] == ["plan_returned", "plan_verified"]
    assert not any(name in str(said).lower() for name in ("brand", "reviewer"))


def test_steps_are_told_a_week_before_and_the_day_after_to_who_made_the_plan_alone(mill: World) -> None:
    last = START + 20 * DAY
    steps = [{"title": "Ordered", "due": last.isoformat()}, {"title": "Audited", "due": YEAR.isoformat()}]
    made = make(mill, milestones=steps)
    for day in range(1, 30):
        on(mill, START + day * DAY)
    said = [one for one in told(mill.members["mill"]) if one["kind"].startswith("plan")]
    assert [(one["kind"], one["day"]) for one in said] == [
        ("plan_step_due", str(last - 7 * DAY)),
        ("plan_step_late", str(last + DAY)),
    ]
    assert said[0]["text"]["en"] == f"Step 1 of plan {made['id']} is due on {last}, in 7 days: Ordered."
    assert not [kind for kind in kinds(mill.members["brand"]) if kind.startswith("plan")]


def test_what_is_reported_or_given_up_is_not_told_as_late(mill: World) -> None:
    soon = [{"title": "Ordered", "due": (START + 9 * DAY).isoformat()}]
    made, other = make(mill, milestones=[*soon, {"title": "Audited", "due": YEAR.isoformat()}]), make(mill)
    assert report(mill, made, 1).status_code == 200
    withdrawn = make(mill, milestones=soon)
    answer = mill.members["mill"].post(f"/v1/me/plans/{withdrawn['id']}/withdraw", {"reason": "Closed"})
    assert answer.status_code == 200
    for day in range(1, 15):
        on(mill, START + day * DAY)
    assert not [one for one in told(mill.members["mill"]) if one["kind"].startswith("plan")]
    assert other["id"] != made["id"]


# By e-mail -------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_dealings_go_out_in_the_next_digest_by_whose_move_it_is(mill: World, box: Mailbox, language: str) -> None:
    brand = mill.members["brand"]
    mill.do(lambda work: work.session.execute(update(Person).values(language=language)))
    made = answer(mill, "mill", "question", text="May we have until June?")
    on(mill, START + DAY)
    (letter,) = [one for one in box.letters if made in one.get_content()]
    (text,) = [one["text"][language] for one in told(brand)]
    assert f"- {text}" in letter.get_content()
    own, good = (sentence(f"mail.{move}", language) for move in (Move.YOURS, Move.NOBODYS))
    assert own in letter.get_content()
    assert good not in letter.get_content()


def test_kinds_that_somebody_left_out_are_in_no_digest(mill: World, box: Mailbox) -> None:
    brand = mill.members["brand"]
    wish = {"frequency": "daily", "without": ["answer_waiting"]}
    assert brand.call("PUT", "/v1/notices/preference", json=wish).status_code == 200
    made = answer(mill, "mill", "question", text="May we have until June?")
    on(mill, START + DAY)
    assert [one for one in box.letters if made in one.get_content()] == []
    assert [one["subject"] for one in told(brand)] == [made]


def test_whose_move_it_is_is_said_of_every_kind() -> None:
    assert set(MOVES) == set(Kind)
    assert {kind for kind in Kind if kind.endswith(("_waiting", "_late", "_due", "_ending", "_returned"))} <= {
        kind for kind, move in MOVES.items() if move is Move.YOURS
    }
