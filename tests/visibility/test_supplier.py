"""What a supplier may not tell: who stands above its customers, and what its own suppliers do elsewhere."""

from datetime import date

from tests.factories import ELECTRONICS
from tests.visibility.answers import Worlds
from tests.visibility.story import LONG_AGO, Hook, Teller, Twist


def asked_by(issuer: str) -> Hook:
    """A demand that reaches mill, and through it spinner and farm; only its title is as its issuer."""

    def demand(build: Teller) -> None:
        build.link(issuer, "mill")
        build.require(issuer, (2, 1, 1), id="req_unnamed", grace=[1])

    return demand


def test_a_supplier_at_tier_2_cannot_tell_who_asks(worlds: Worlds) -> None:
    worlds.alike("spinner", "farm", twist=Twist(early=asked_by("second")), other=Twist(early=asked_by("third")))


def test_neither_a_supplier_at_tier_2_nor_a_buyer_on_the_way_can_tell_who_gave_leave(worlds: Worlds) -> None:
    """Spinner buys from loom, so that a demand passes through it."""

    def given(issuer: str) -> Twist:
        def known(build: Teller) -> None:
            asked_by(issuer)(build)
            build.link("spinner", "loom")

        def leave(build: Teller) -> None:
            for supplier in ("spinner", "loom"):
                build.waive(issuer, supplier, "req_unnamed", id=f"wvr_unnamed_{supplier}")
                build.reply(build.answer(supplier, "req_unnamed", "question", text="Why?"), text="So")

        return Twist(early=known, late=leave)

    worlds.alike("spinner", "farm", twist=given("second"), other=given("third"))


def test_a_supplier_cannot_tell_what_leave_others_were_given(worlds: Worlds) -> None:
    def leave(build: Teller) -> None:
        build.waive("brand", "spinner")
        build.waive("maker", "solder", level=0)
        build.answer("solder", "req_maker", "decline", reason="no_capacity")
        build.review_plan(build.plan("solder", 1, ELECTRONICS), "maker")
        build.reply(build.answer("spinner", "req_brand_cotton", "question", text="Why?"), text="So")

    worlds.alike("farm", "star", twist=Twist(late=leave))


def test_a_direct_buyer_cannot_tell_who_asks_through_it(worlds: Worlds) -> None:
    """Spinner buys from mine; the demand reaches it over mill."""

    def known(issuer: str) -> Hook:
        def demand(build: Teller) -> None:
            asked_by(issuer)(build)
            build.link("spinner", "loom")

        return demand

    worlds.alike("spinner", twist=Twist(early=known("second")), other=Twist(early=known("third")))


def test_a_supplier_cannot_tell_the_hops_between_its_customer_and_the_issuer(worlds: Worlds) -> None:
    def through(trader: str) -> Hook:
        def hop(build: Teller) -> None:
            build.link("second", trader, since=LONG_AGO)
            build.link(trader, "weaver", "5205", disclosure="none")
            build.require("second", (1,), grace=[3])

        return hop

    worlds.alike("farm", twist=Twist(early=through("third")), other=Twist(early=through("yarn")))


def test_a_supplier_cannot_tell_where_a_demand_that_misses_it_goes(worlds: Worlds) -> None:
    def elsewhere(build: Teller) -> None:
        build.link("second", "mill")
        build.require("second", (2,), beyond="stop")

    worlds.alike("spinner", "farm", twist=Twist(early=elsewhere))


def test_a_supplier_cannot_tell_what_its_customers_note_down_about_it(worlds: Worlds) -> None:
    def notes(build: Teller) -> None:
        build.record("maker", "mill", country="VN", spend=1000.0)
        build.record("brand", "spinner", spend=7.5)
        build.record("weaver", "farm", country="VN")
        build.link("brand", "mill", "52", private_to="brand")
        build.link("rival", "spinner", private_to="brand")

    worlds.alike("mill", "spinner", "farm", twist=Twist(late=notes, links={"brand>mill": {"share": 0.9}}))


def test_a_supplier_cannot_tell_that_its_customer_changed_what_is_its_own(worlds: Worlds) -> None:
    def changed(build: Teller) -> None:
        build.link("brand", "mill", "5205", share=0.9, flow_down="yes")

    worlds.alike("mill", twist=Twist(late=changed))


def test_a_supplier_cannot_tell_whether_its_customer_declared_a_flow_down(worlds: Worlds) -> None:
    worlds.alike("mill", "spinner", twist=Twist(links={"brand>mill": {"flow_down": "undeclared"}}))


def test_a_supplier_cannot_tell_from_whom_else_its_customers_buy(worlds: Worlds) -> None:
    def others(build: Teller) -> None:
        for buyer in ("brand", "rival"):
            build.link(buyer, "loom")
            build.link(buyer, "ghost", state="claimed")
        build.prove("rivalmill", 2)

    worlds.alike("mill", "spinner", "farm", twist=Twist(early=others))


def test_a_supplier_cannot_tell_who_else_buys_from_its_suppliers_or_what_for(worlds: Worlds) -> None:
    """The shorter way to spinner, over its other customer, binds spinner, and is none of mill's business."""

    def others(build: Teller) -> None:
        for buyer in ("second", "rival"):
            build.link(buyer, "spinner")
            build.link(buyer, "weaver", disclosure="none")
        build.require("second", (2,), grace=[0])
        build.require("second", (1,), "wide", framework=ELECTRONICS, named=True)

    worlds.alike("mill", twist=Twist(early=others))


def test_a_buyer_sees_of_its_suppliers_only_what_passes_through_it(worlds: Worlds) -> None:
    def more(build: Teller) -> None:
        for supplier in ("spinner", "weaver", "shade"):
            build.prove(supplier, 2, ELECTRONICS)
        build.record("rival", "spinner", sector="PLT")

    worlds.alike("mill", twist=Twist(late=more))


def test_a_supplier_sees_nothing_of_its_own_suppliers_below_what_is_hidden(worlds: Worlds) -> None:
    def below(build: Teller) -> None:
        build.link("spinner", "loom", state="claimed")
        build.link("shade", "yarn", disclosure="none")
        build.chain("mine > ghost > deeper")

    worlds.alike("mill", twist=Twist(early=below))


def test_a_supplier_sees_no_drafts_and_no_requirements_that_do_not_bind_it(worlds: Worlds) -> None:
    def drafts(build: Teller) -> None:
        build.require("rival", (2,), "draft", published=False)
        build.require("brand", (1,), "later", published=False)
        build.require("brand", (1,), "elsewhere", supplier_scope={"countries": ["BR"]})
        build.require("brand", (1,), "other", link_scope=["90"])

    worlds.alike("mill", "spinner", "farm", twist=Twist(late=drafts))


def test_a_supplier_cannot_tell_when_a_link_above_its_customer_began(worlds: Worlds) -> None:
    worlds.alike("farm", twist=Twist(links={"mill>weaver": {"since": date(2025, 2, 2), "share": 0.7}}))


def test_a_supplier_sees_nobody_elses_grants_findings_keys_or_reviewers(worlds: Worlds) -> None:
    def business(build: Teller) -> None:
        other = build.number("other_reviewer")
        build.grant("spinner", "maker")
        build.find_fault("weaver", "other_reviewer", "O07", ELECTRONICS)
        build.member("weaver", "supplier")
        build.invite("rival", "weaver")
        build.organization("maker", accepted_reviewers=[other])
        build.organization("weaver", evidence_reviewer=other)
        build.own("holding", "rivalmill")

    worlds.alike("mill", "farm", "star", twist=Twist(late=business))


def test_a_supplier_cannot_tell_at_an_event_which_buyer_refused_it(worlds: Worlds) -> None:
    worlds.alike("star", "organiser", twist=Twist(refusals={"buyer": {"excluded": ("star",), "partners": ("maker",)}}))
