"""What other days may not tell: two worlds that are equal in everything a reader may see today, but not before."""

from datetime import timedelta

import pytest

from tests.visibility import answers
from tests.visibility.answers import Worlds
from tests.visibility.story import Teller, Twist
from tests.world import START

DAY = timedelta(days=1)
ROUTES = (
    *("/v1/suppliers", "/v1/suppliers/<supplier_id>", "/v1/suppliers/<supplier_id>/status"),
    *("/v1/suppliers/<supplier_id>/explanation", "/v1/requirements/<requirement_id>/obligations"),
    *("/v1/flags", "/v1/network", "/v1/forecast", "/v1/forecast/breaks", "/v1/suppliers/<supplier_id>/forecast"),
)
"""Those that answer a brand for other days."""
OWN = (
    *("/v1/me/status", "/v1/me/obligations", "/v1/me/obligations/<reference>/explanation", "/v1/me/forecast"),
    *("/v1/me/gaps", "/v1/flags", "/v1/network"),
)
"""Those that answer a supplier for other days."""


@pytest.fixture
def asked(worlds: Worlds) -> Worlds:
    """Worlds whose readers ask for suppliers and obligations alone, on every day."""
    return Worlds(worlds.make, ROUTES)


@pytest.fixture
def asked_of_itself(worlds: Worlds) -> Worlds:
    """Worlds whose readers ask what they themselves owe and hold alone, on every day."""
    return Worlds(worlds.make, OWN)


def test_a_brand_cannot_tell_whom_it_could_see_before(asked: Worlds) -> None:
    """Ghost was shown by name, and so was what is below it; since then it is hidden."""

    def shown(build: Teller) -> None:
        build.link("mill", "ghost", "5", disclosure="identity")
        build.chain("ghost > deeper")
        build.prove("ghost", 1)

    def hidden(build: Teller) -> None:
        build.link("mill", "ghost", "5", disclosure="none")

    asked.alike("brand", twist=Twist(early=shown, late=hidden))


def test_a_brand_cannot_tell_whom_its_supplier_bought_from_before(asked: Worlds) -> None:
    def over(build: Teller) -> None:
        build.link("mill", "ghost", "5", since=START - 300 * DAY, until=START + DAY)
        build.link("spinner", "ghost", "52", since=START - 300 * DAY, until=START)

    asked.alike("brand", twist=Twist(early=over))


def test_a_brand_cannot_tell_that_whom_it_sees_was_reached_another_way_before(asked: Worlds) -> None:
    """Spinner was a supplier of a supplier that is not shown any more: its tier and path of then rest on it."""

    def over(build: Teller) -> None:
        build.link("shade", "spinner", "5201", since=START - 300 * DAY)
        build.link("brand", "ghost", "5205", state="ended")
        build.link("ghost", "spinner", "5201")

    asked.alike("brand", twist=Twist(early=over))


def test_a_brand_cannot_tell_since_when_it_sees_a_pseudonym(asked: Worlds) -> None:
    """The link was recorded a day later, and in the other world shown by name first."""

    def by_name(build: Teller) -> None:
        build.link("mill", "twill", "5210", disclosure="identity")

    def by_pseudonym(build: Teller) -> None:
        build.link("mill", "twill", "5210", disclosure="pseudonym")

    asked.alike("brand", twist=Twist(early=by_name, late=by_pseudonym), other=Twist(late=by_pseudonym))


def test_a_brand_cannot_tell_since_when_its_supplier_passes_on(asked: Worlds) -> None:
    def first_so(build: Teller) -> None:
        build.link("mill", "shade", "5209", disclosure="none", flow_down="no")

    def then_otherwise(build: Teller) -> None:
        build.link("mill", "shade", "5209", disclosure="none", flow_down="undeclared")

    asked.alike("brand", twist=Twist(early=first_so, late=then_otherwise))


def test_a_supplier_cannot_tell_who_asked_before_over_whom_it_does_not_know(asked_of_itself: Worlds) -> None:
    """A customer of mill's customer asked, under a name that spinner is not shown, over one trader or another."""

    def over(trader: str) -> Twist:
        def asks(build: Teller) -> None:
            build.chain(f"second > {trader} > mill")
            build.require("second", (1, 1, 1), id="req_unnamed")

        def no_more(build: Teller) -> None:
            build.link("second", trader, state="ended")

        return Twist(early=asks, late=no_more)

    asked_of_itself.alike("spinner", "farm", twist=over("third"), other=over("yarn"))


def test_a_supplier_cannot_tell_what_its_customers_bought_elsewhere_before(asked_of_itself: Worlds) -> None:
    def elsewhere(build: Teller) -> None:
        build.chain("brand > loom > reel")
        build.chain("rival > ghost > deeper", disclosure="identity")
        build.prove("loom", 2)

    def no_more(build: Teller) -> None:
        build.link("brand", "loom", state="ended")
        build.link("rival", "ghost", state="ended")

    asked_of_itself.alike("mill", "spinner", twist=Twist(early=elsewhere, late=no_more))


def everything_was_otherwise(build: Teller) -> None:
    """What a brand could see once, and suppliers that were reached over whom it sees no more."""
    build.link("mill", "ghost", "5", disclosure="identity")
    build.chain("ghost > deeper")
    build.prove("ghost", 1)
    build.link("shade", "spinner", "5201", since=START - 300 * DAY)
    build.link("brand", "ghost", "5205", state="ended")
    build.link("mill", "yarn", "5", since=START - 300 * DAY, until=START + DAY)
    build.link("mill", "holding", "5209", disclosure="none", flow_down="no")
    build.chain("second > third > mill")
    build.require("second", (1, 1, 1), id="req_unnamed")


def as_it_is_now(build: Teller) -> None:
    build.link("mill", "ghost", "5", disclosure="none")
    build.link("mill", "holding", "5209", disclosure="none", flow_down="undeclared")
    build.link("second", "third", state="ended")


@pytest.mark.postgres
def test_other_days_tell_nothing_behind_the_second_wall_either(worlds_on_postgres: Worlds) -> None:
    twist = Twist(early=everything_was_otherwise, late=as_it_is_now)
    Worlds(worlds_on_postgres.make, ROUTES).alike("brand", twist=twist)


@pytest.mark.postgres
def test_of_other_days_both_databases_answer_alike(worlds: Worlds, worlds_on_postgres: Worlds) -> None:
    twist = Twist(early=everything_was_otherwise, late=as_it_is_now)
    here, there = worlds.told(twist), worlds_on_postgres.told(twist)
    differ = [
        (reader, question)
        for reader, routes in (("brand", ROUTES), ("mill", OWN))
        for question, walk in answers.asked(here, there, reader, routes)
        if here.answers(reader, question, walk=walk) != there.answers(reader, question, walk=walk)
    ]
    assert differ == []
