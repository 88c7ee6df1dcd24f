"""What trainers, organisers, reviewers and the operator may not tell."""

from datetime import date

from tests.factories import ELECTRONICS
from tests.visibility.answers import Worlds
from tests.visibility.story import Hook, Teller, Twist
from tests.world import START


def wanted_by(issuer: str, *more: str, first_day: date = START) -> Hook:
    """The same training needed by solder, whoever asks for it."""

    def demand(build: Teller) -> None:
        for one in (issuer, *more):
            build.link(one, "solder")
            build.require(one, (2,), framework=ELECTRONICS, grace=[1], effective_from=first_day)

    return demand


def test_a_trainer_cannot_tell_who_asks_for_what_is_lacking(worlds: Worlds) -> None:
    worlds.alike("trainer", twist=Twist(early=wanted_by("second")), other=Twist(early=wanted_by("third")))


def test_a_trainer_cannot_tell_how_many_ask_for_what_is_lacking(worlds: Worlds) -> None:
    both = Twist(early=wanted_by("second", "third"))
    worlds.alike("trainer", twist=both, other=Twist(early=wanted_by("second")))


def test_a_trainer_is_told_the_month_of_a_deadline_and_not_its_day(worlds: Worlds) -> None:
    later = Twist(early=wanted_by("second", first_day=date(2026, 11, 24)))
    worlds.alike("trainer", twist=later, other=Twist(early=wanted_by("second")))


def test_a_trainer_sees_nobody_who_did_not_consent(worlds: Worlds) -> None:
    def flagged(build: Teller) -> None:
        build.organization("loom", region="Jiangsu")
        build.link("second", "loom")
        build.require("second", (2,))

    worlds.alike("trainer", twist=Twist(early=flagged))


def test_an_organiser_sees_no_supplier_that_did_not_consent_to_be_listed(worlds: Worlds) -> None:
    def good(build: Teller) -> None:
        build.organization("loom", listed=True)
        build.prove("loom", 3, ELECTRONICS, trust="audited")

    def taken_back(build: Teller) -> None:
        """The flag may lag behind; consent may not."""
        build.organization("loom").listed = False
        build.work.session.flush()

    worlds.alike("organiser", twist=Twist(early=good, late=taken_back))


def everything_of_others(build: Teller) -> None:
    """Links, demands, evidence, records and refusals among those whom a role has nothing to do with."""
    for buyer in ("second", "third"):
        for supplier in ("mill", "spinner", "weaver"):
            build.link(buyer, supplier)
        build.require(buyer, (2, 1))
        build.record(buyer, "spinner", country="VN")
    build.link("third", "loom", state="disputed")
    build.chain("loom > yarn > ghost")
    build.prove("spinner", 2)
    build.prove("loom", 1, state="submitted")
    build.find_fault("yarn", "other_reviewer", "RSPO01")
    build.grant("spinner", "second")
    build.own("holding", "yarn", confirmed=False)
    build.member("second", "brand")
    build.invite("second", "yarn")
    build.require("third", (1,), "draft", published=False)


def test_who_neither_buys_nor_sells_sees_nothing_of_what_others_do(worlds: Worlds) -> None:
    worlds.alike("trainer", "organiser", "operator", "star", twist=Twist(early=everything_of_others))


def test_a_reviewer_sees_nothing_that_is_not_assigned_to_it(worlds: Worlds) -> None:
    worlds.alike("reviewer", twist=Twist(early=everything_of_others))


def test_a_reviewer_sees_no_claim_that_waits_for_another(worlds: Worlds) -> None:
    def claims(build: Teller) -> None:
        build.organization("loom", claim="unverified", claim_reviewer=build.number("other_reviewer"))

    worlds.alike("reviewer", twist=Twist(late=claims))
