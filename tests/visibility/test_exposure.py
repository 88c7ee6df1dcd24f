"""What looking up the chain may not tell: shares, ways and chokepoints that the reader does not see."""

from datetime import date

from tests.visibility.answers import Worlds
from tests.visibility.story import LONG_AGO, Teller, Twist


def test_a_brand_cannot_tell_what_part_of_its_spend_goes_to_whom_it_does_not_see(worlds: Worlds) -> None:
    def bought(build: Teller) -> None:
        build.link("mill", "ghost", "5", disclosure="none", share=0.3)
        build.link("spinner", "loom", state="claimed", share=0.9)
        build.link("dyer", "spinner", share=0.5)
        build.link("second", "mill", share=1.0)

    links = {
        "mill>shade": {"share": 0.6},
        "mill>weaver": {"share": 0.7},
        "weaver>farm": {"share": 0.2},
        "spinner>mine": {"share": 0.9},
        "rival>mill": {"share": 0.1},
        "dyer>ginner": {"share": 1.0},
    }
    worlds.alike("brand", twist=Twist(early=bought, links=links))


def test_a_brand_cannot_tell_over_whom_a_pseudonym_is_reached_or_over_how_many(worlds: Worlds) -> None:
    def other_ways(build: Teller) -> None:
        build.link("spinner", "farm", "5201", disclosure="pseudonym", since=LONG_AGO)
        build.link("spinner", "reel", "5204", disclosure="pseudonym")
        build.link("farm", "spool", "5204")

    worlds.alike("brand", twist=Twist(early=other_ways))


def test_a_brand_cannot_tell_that_a_supplier_it_knows_is_reached_over_others_as_well(worlds: Worlds) -> None:
    def hidden_ways(build: Teller) -> None:
        build.link("shade", "spinner", "5201")
        build.link("weaver", "spinner", "5201")
        build.link("dyer", "spinner", "5201")
        build.link("agent", "spinner", "5201", disclosure="none", since=date(2026, 2, 2))

    worlds.alike("brand", twist=Twist(early=hidden_ways))
