"""What may not be told of days to come: two worlds that differ only in when something hidden lapses or begins."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from supplychain.evidence.models import Evidence
from tests.factories import ELECTRONICS, printed
from tests.visibility.answers import Worlds
from tests.visibility.story import Hook, Teller, Twist
from tests.world import START

DAY = timedelta(days=1)
SOON, LATER = START + 60 * DAY, START + 200 * DAY
ROUTES = (
    *("/v1/forecast", "/v1/forecast/breaks", "/v1/suppliers/<supplier_id>/forecast", "/v1/me/forecast"),
    *("/v1/flags", "/v1/suppliers", "/v1/suppliers/<supplier_id>/status", "/v1/me/obligations"),
)


@pytest.fixture
def foreseen(worlds: Worlds) -> Worlds:
    """Worlds whose readers ask what lies ahead alone."""
    return Worlds(worlds.make, ROUTES)


def lapsing(day: date, *names: str) -> Hook:
    """All that was proven of some runs out on a day."""

    def hook(build: Teller) -> None:
        for name in names:
            number = build.number(name)
            for one in build.work.session.scalars(select(Evidence).where(Evidence.organization == number)):
                one.valid_until = day
            build.work.touch(number)

    return hook


def test_when_a_supplier_by_name_will_lose_a_level_that_is_asked_for_is_told(foreseen: Worlds) -> None:
    """Or the tests below would prove nothing."""
    found = foreseen.differences(("brand",), Twist(late=lapsing(SOON, "mill")), Twist(late=lapsing(LATER, "mill")))
    told = {one.split()[2].partition("?")[0] for one in found}
    assert {"/v1/forecast", "/v1/forecast/breaks", "/v1/suppliers/org_mill/forecast"} <= told


def test_a_brand_cannot_tell_when_it_will_lapse_what_a_pseudonym_or_somebody_unseen_holds(foreseen: Worlds) -> None:
    hidden = ("weaver", "dyer", "agent", "shade")
    foreseen.alike("brand", twist=Twist(late=lapsing(SOON, *hidden)), other=Twist(late=lapsing(LATER, *hidden)))


def test_a_brand_cannot_tell_when_a_supplier_will_lose_what_the_brand_does_not_ask_for(foreseen: Worlds) -> None:
    def holding(day: date) -> Hook:
        return lambda build: build.prove("mill", 1, ELECTRONICS, valid_until=day)

    foreseen.alike("brand", twist=Twist(late=holding(SOON)), other=Twist(late=holding(LATER)))


def test_a_brand_cannot_tell_which_of_two_proofs_lapses_where_the_level_falls_on_the_same_day(foreseen: Worlds) -> None:
    """Level 1 ends on one day in both worlds; in one it was level 2's certificate that carried it until then."""

    def proven(first: str, second: str) -> Hook:
        def hook(build: Teller) -> None:
            lapsing(SOON - 90 * DAY, "mill")(build)
            for word, until in ((first, SOON), (second, SOON - 1 * DAY)):
                build.evidence("mill", word, standard="rspo", certificate=printed("MB"), valid_until=until)

        return hook

    foreseen.alike("brand", twist=Twist(late=proven("a", "b")), other=Twist(late=proven("b", "a")))


def test_a_brand_cannot_tell_how_long_others_give_leave(foreseen: Worlds) -> None:
    def leave(until: date) -> Hook:
        def hook(build: Teller) -> None:
            lapsing(LATER, "mill")(build)
            build.waive("rival", "spinner", level=0, until=until)
            build.link("second", "mill")
            build.require("second", (2, 1))
            build.waive("second", "mill", level=1, until=until)

        return hook

    foreseen.alike("brand", twist=Twist(late=leave(SOON)), other=Twist(late=leave(LATER)))


def test_a_brand_cannot_tell_how_long_it_gave_leave_by_pseudonym_to_whom_it_sees_by_name(foreseen: Worlds) -> None:
    """What was granted to a pseudonym may be tied to no name, whoever it was."""

    def leave(until: date) -> Hook:
        def hook(build: Teller) -> None:
            lapsing(SOON, "mill")(build)
            build.waive("brand", "spinner", id="wvr_veiled", veiled=True, level=0, due=None, until=until)

        return hook

    foreseen.alike("brand", twist=Twist(late=leave(SOON)), other=Twist(late=leave(LATER)))


def test_a_supplier_cannot_tell_what_lies_ahead_of_others(foreseen: Worlds) -> None:
    """Neither of its customers and their other suppliers, nor of its own suppliers that nobody asks through it."""
    others = ("rivalmill", "solder", "loom", "dyer")
    foreseen.alike(
        "mill", "spinner", "farm", twist=Twist(late=lapsing(SOON, *others)), other=Twist(late=lapsing(LATER, *others))
    )
