"""Notices: what an organization should know is told once, listed, and sent as a digest to whoever wants one."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supplychain.accounts import operations as accounts
from supplychain.config import Settings
from supplychain.notices.rules import DAYS, LATE, Frequency, goes_out, reminder
from supplychain.worker import Worker
from tests import papers
from tests.factories import ELECTRONICS
from tests.mailbox import Mailbox, mail_server
from tests.reviewing import assign, submit
from tests.supplying import prove, supply
from tests.test_findings import found
from tests.test_reviews import review
from tests.world import START, Member, World

DUE = date(2027, 2, 22)
"""Three months after the start."""


@pytest.fixture
def box(world: World) -> Iterator[Mailbox]:
    with mail_server() as (box, url):
        written_to(world, url)
        yield box


@pytest.fixture
def mill(world: World) -> Member:
    brand, mill = world.join("Brand", "brand"), world.join("Mill", "supplier")
    supply(world, brand.number, mill.number)
    asked(brand)
    return mill


def asked(brand: Member) -> str:
    demand = {"title": "OHS", "framework": ELECTRONICS, "pillar": "ohs", "schedule": [2], "grace": [3]}
    made: str = brand.post("/v1/requirements", demand).json["id"]
    assert brand.post(f"/v1/requirements/{made}/publish").status_code == 200
    return made


def written_to(world: World, url: str) -> None:
    world.runtime.settings = replace(
        world.runtime.settings, smtp_url=url, mail_from="Supply chain <notices@example.org>", public_url="https://s.org"
    )


def work_through(world: World) -> None:
    """A worker's turns until nothing is due."""
    Worker(world.runtime).run(once=True)


def on(world: World, day: date) -> None:
    world.clock.go_to(day)
    work_through(world)


def kinds(member: Member) -> list[str]:
    return [one["kind"] for one in member.get("/v1/notices").json["items"]]


def reminders(member: Member) -> list[tuple[str, str]]:
    told = member.get("/v1/notices").json["items"]
    return [(one["day"], one["kind"]) for one in reversed(told) if one["kind"].startswith("obligation")]


# Reminders -------------------------------------------------------------------------------------


def test_a_supplier_is_reminded_a_month_and_a_week_before_and_the_day_after(world: World, mill: Member) -> None:
    for day in range(0, 100, 1):
        on(world, START + timedelta(days=day))
    assert reminders(mill) == [
        ("2027-01-23", "obligation_due"),
        ("2027-02-15", "obligation_due"),
        ("2027-02-23", "obligation_overdue"),
    ]
    (newest, *_) = [one for one in mill.get("/v1/notices").json["items"] if one["kind"].startswith("obligation")]
    assert newest["move"] == "yours"
    assert "2027-02-22" in newest["text"]["en"]
    assert "2027-02-22" in newest["text"]["zh"]
    assert "Occupational" in newest["text"]["en"]


def test_who_reached_the_level_is_not_reminded(world: World, mill: Member) -> None:
    prove(world, mill.number, 2)
    for day in (DUE - timedelta(days=30), DUE - timedelta(days=7), DUE + timedelta(days=1)):
        on(world, day)
    assert reminders(mill) == []


def test_an_issuer_says_around_which_days_its_suppliers_are_reminded(world: World) -> None:
    brand, mill = world.join("Brand", "brand"), world.join("Mill", "supplier")
    supply(world, brand.number, mill.number)
    path = f"/v1/requirements/{asked(brand)}/reminders"
    assert brand.get(path).json == {"days": list(DAYS)}
    assert brand.call("PUT", path, json={"days": [3, -60, 3]}).json == {"days": [-60, 3]}
    assert brand.get(path).json == {"days": [-60, 3]}
    for off in (-60, -30, -7, 1, 3):
        on(world, DUE + timedelta(days=off))
    assert reminders(mill) == [("2026-12-24", "obligation_due"), ("2027-02-25", "obligation_overdue")]
    assert brand.call("PUT", path, json={"days": [400]}).json["errors"][0]["pointer"] == "/days/0"
    assert mill.get(path).status_code == 404


def test_days_on_which_the_worker_was_away_are_told_once_when_it_is_back(world: World, mill: Member) -> None:
    on(world, START)
    on(world, DUE - timedelta(days=5))
    assert reminders(mill) == [("2027-02-17", "obligation_due")]


@given(st.integers(-500, 500), st.lists(st.integers(-365, 365), max_size=12))
def test_a_reminder_is_the_latest_that_came_and_is_not_long_over(off: int, days: list[int]) -> None:
    found = reminder(START, START + timedelta(days=off), days)
    passed = [one for one in days if one <= off and off - one < LATE]
    assert found == (max(passed) if passed else None)


@given(st.dates())
def test_weekly_means_one_day_of_seven(day: date) -> None:
    week = [day + timedelta(days=one) for one in range(7)] if day < date(9999, 12, 20) else []
    assert not week or sum(goes_out(Frequency.WEEKLY, one) for one in week) == 1
    assert goes_out(Frequency.DAILY, day)
    assert not goes_out(Frequency.NEVER, day)


# What happens ------------------------------------------------------------------------------------


def test_what_happens_to_an_organization_is_told_to_it_and_to_nobody_else(world: World, mill: Member) -> None:
    reviewer, stranger = world.join("Reviewer", "reviewer"), world.join("Stranger", "supplier")
    assign(world, mill, reviewer)
    assert reviewer.post("/v1/findings", found(mill)).status_code == 201
    work_through(world)
    assert "finding_opened" in kinds(mill)
    assert kinds(stranger) == []
    work_through(world)
    assert kinds(mill).count("finding_opened") == 1


def test_a_link_is_told_to_the_other_end_which_may_confirm_it(world: World) -> None:
    brand, mill = world.join("Brand", "brand"), world.join("Mill", "supplier")
    link = brand.post("/v1/links", {"buyer": brand.id, "supplier": mill.id}).json["id"]
    work_through(world)
    (told,) = mill.get("/v1/notices?kind=link_claimed").json["items"]
    assert (told["subject"], told["move"]) == (link, "yours")
    assert kinds(brand) == []


def test_a_private_link_tells_nobody(world: World) -> None:
    brand, mill, third = (world.join(name, "supplier") for name in ("Brand", "Mill", "Third"))
    assert brand.post("/v1/links", {"buyer": third.id, "supplier": mill.id, "private": True}).status_code == 201
    work_through(world)
    assert kinds(mill) == []


# Digests ------------------------------------------------------------------------------------------


def test_a_digest_says_in_the_readers_language_whose_move_it_is(world: World, mill: Member, box: Mailbox) -> None:
    def chinese(work: object) -> None:
        accounts.enroll(work, mill.number, email="li@example.org", name="李伟", roles=["supplier"], language="zh")  # type: ignore[arg-type] # a Work

    world.do(chinese)
    on(world, DUE - timedelta(days=30))
    (english,) = [one for one in box.letters if "mill@example.org" in str(one["To"])]
    (other,) = [one for one in box.letters if "li@example.org" in str(one["To"])]
    assert str(english["Subject"]).endswith("notices for Mill")
    body = english.get_content()
    assert body.index("Your move") < body.index("is due on 2027-02-22")
    assert "李伟" in str(other["To"])
    assert "2027-02-22" in other.get_content()
    assert "需要您行动" in other.get_content()
    assert "Brand" not in body


def test_a_digest_is_sent_once_and_the_next_one_tells_only_what_is_new(
    world: World, mill: Member, box: Mailbox
) -> None:
    on(world, DUE - timedelta(days=30))
    first = len(box.letters)
    on(world, DUE - timedelta(days=29))
    assert (first, len(box.letters)) == (1, 1)
    on(world, DUE - timedelta(days=7))
    assert "in 7 days" in box.letters[-1].get_content()
    assert "in 30 days" not in box.letters[-1].get_content()
    assert len({str(one["Message-ID"]) for one in box.letters}) == len(box.letters) == 2


def test_a_mail_server_that_refuses_is_asked_again_and_nothing_is_lost(
    world: World, mill: Member, box: Mailbox
) -> None:
    box.refusing = True
    on(world, DUE - timedelta(days=30))
    assert box.letters == []
    box.refusing = False
    world.clock.now += timedelta(minutes=1)
    work_through(world)
    assert len(box.letters) == 1
    work_through(world)
    assert len(box.letters) == 1


def test_what_a_digest_of_a_server_that_stayed_away_should_have_told_is_in_the_next(
    world: World, mill: Member, box: Mailbox
) -> None:
    box.refusing = True
    on(world, DUE - timedelta(days=30))
    for minutes in range(1, 40):
        world.clock.now += timedelta(minutes=minutes)
        work_through(world)
    box.refusing = False
    on(world, DUE - timedelta(days=7))
    (letter,) = box.letters
    assert "in 30 days" in letter.get_content()
    assert "in 7 days" in letter.get_content()


def test_a_weekly_digest_goes_out_on_mondays_and_leaves_out_what_is_not_wanted(
    world: World, mill: Member, box: Mailbox
) -> None:
    wish = {"frequency": "weekly", "without": ["obligation_due"]}
    assert mill.get("/v1/notices/preference").json == {"frequency": "daily", "without": []}
    assert mill.call("PUT", "/v1/notices/preference", json=wish).json == wish
    for day in range(-30, 10):
        on(world, DUE + timedelta(days=day))
    assert [str(one["Date"])[:3] for one in box.letters] == ["Mon"] * len(box.letters)
    assert any("was due on" in one.get_content() for one in box.letters)
    assert not any("is due on" in one.get_content() for one in box.letters)


def test_who_only_claimed_an_entry_is_told_nothing(world: World, mill: Member, box: Mailbox) -> None:
    impostor = world.join("Impostor", "supplier", claim="unverified")
    supply(world, world.members["Brand"].number, impostor.number)
    on(world, DUE - timedelta(days=30))
    assert [str(one["To"]) for one in box.letters] == ["Mill <mill@example.org>"]
    assert impostor.get("/v1/notices").status_code == 403


def test_the_link_in_a_digest_ends_them_and_a_look_at_it_does_not(world: World, mill: Member, box: Mailbox) -> None:
    on(world, DUE - timedelta(days=30))
    (letter,) = box.letters
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = urlsplit(str(letter["List-Unsubscribe"]).replace("\r\n", "").strip("<> "))
    path = f"{link.path}?{link.query}"
    page = mill.client.get(path)
    assert (page.status_code, page.mimetype) == (200, "text/html")
    assert 'method="post"' in page.get_data(as_text=True)
    assert mill.get("/v1/notices/preference").json["frequency"] == "daily"
    done = mill.client.post(path, data={"List-Unsubscribe": "One-Click"})
    assert done.status_code == 200
    assert mill.client.post(path).status_code == 200
    assert mill.get("/v1/notices/preference").json["frequency"] == "never"
    on(world, DUE - timedelta(days=7))
    assert len(box.letters) == 1
    assert "obligation_due" in kinds(mill)  # listed all the same


def test_a_link_that_we_did_not_make_is_refused(world: World, mill: Member) -> None:
    refused = mill.client.post("/notices/opt-out?token=guessed")
    assert (refused.status_code, refused.get_json()["code"]) == (400, "opt-out-unreadable")


def test_a_mail_server_that_asks_for_a_password_gets_it(world: World, mill: Member) -> None:
    with mail_server(password="s@crt") as (box, url):
        written_to(world, url)
        on(world, DUE - timedelta(days=30))
        assert (len(box.letters), box.signed_in) == (1, True)


def test_without_a_mail_server_notices_are_listed_and_nothing_is_sent(world: World, mill: Member) -> None:
    on(world, DUE - timedelta(days=30))
    assert kinds(mill).count("obligation_due") == 1


@pytest.mark.parametrize(
    ("url", "sender"), [("http://mail", "a@b.org"), ("smtp://", "a@b.org"), ("smtp://mail", "nobody")]
)
def test_settings_of_mail_that_cannot_be_right_stop_the_start(url: str, sender: str) -> None:
    with pytest.raises(ValueError, match="SUPPLYCHAIN_"):
        Settings(smtp_url=url, mail_from=sender).check()


def test_evidence_is_told_to_its_reviewer_and_what_became_of_it_to_its_holder(world: World) -> None:
    volt, reviewer = world.join("Volt", "supplier"), world.join("Reviewer", "reviewer")
    assign(world, volt, reviewer)
    kept, refused = (submit(volt, papers.quantity()) for _ in range(2))
    work_through(world)
    assert kinds(reviewer) == ["evidence_waiting"] * 2
    assert review(reviewer, kept).status_code == 200
    assert review(reviewer, refused, "reject", code="age").status_code == 200
    work_through(world)
    told = {one["subject"]: one["kind"] for one in volt.get("/v1/notices").json["items"]}
    assert told[kept["id"]] == "evidence_accepted"
    assert told[refused["id"]] == "evidence_rejected"
