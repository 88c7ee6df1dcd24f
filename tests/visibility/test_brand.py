"""What a brand may not tell: two worlds that differ in it answer the brand alike on every route.

Each test hides one fact of domain rules §7 in the second world.
"""

from datetime import date, timedelta
from typing import Any

import orjson

from supplychain.plans.models import Plan
from tests.factories import ELECTRONICS, printed
from tests.ground import org
from tests.visibility import lists
from tests.visibility.answers import Telling, Worlds
from tests.visibility.story import LONG_AGO, READERS, Hook, Teller, Twist
from tests.world import START

REVIEWED = "/v1/attributes"
"""Where a reviewer reads what it is to confirm on documents."""


def test_a_brand_cannot_tell_who_else_buys_from_its_suppliers_or_how_many(worlds: Worlds) -> None:
    def others(build: Teller) -> None:
        for buyer in ("second", "third"):
            for supplier in ("mill", "spinner", "weaver", "farm", "dyer", "agent"):
                build.link(buyer, supplier)

    worlds.alike("brand", twist=Twist(early=others))


def test_a_brand_cannot_tell_what_others_ask_of_its_suppliers_or_since_when(worlds: Worlds) -> None:
    def demands(build: Teller) -> None:
        for supplier in ("mill", "spinner", "weaver", "farm", "dyer", "agent"):
            build.link("second", supplier)
        build.require("second", (2,), grace=[0])
        build.require("second", (1,), "wide", framework=ELECTRONICS, named=True)

    worlds.alike("brand", twist=Twist(early=demands))


def test_a_brand_cannot_tell_what_leave_others_gave_its_suppliers(worlds: Worlds) -> None:
    def leave(build: Teller) -> None:
        build.waive("rival", "spinner", level=0)
        build.waive("rival", "weaver")
        build.link("second", "mill")
        build.require("second", (2, 1))
        build.waive("second", "mill", level=0)

    worlds.alike("brand", twist=Twist(late=leave))


def test_a_brand_cannot_tell_whom_it_once_gave_leave_by_name_behind_a_pseudonym(worlds: Worlds) -> None:
    def named(name: str) -> Twist:
        return Twist(late=lambda build: build.waive("brand", name, id="wvr_by_name", level=0))

    worlds.alike("brand", twist=named("weaver"), other=named("farm"))


def test_a_brand_sees_no_plan_for_what_others_ask_nor_what_they_said_of_one(worlds: Worlds) -> None:
    def plans(build: Teller) -> None:
        build.plan("spinner", 2, id="pln_higher")
        build.plan("mill", 1, ELECTRONICS, pillar="ohs", id="pln_other")
        for name in ("farm", "shade", "agent", "rivalmill"):
            build.plan(name, 1)
        own = build._found(Plan, "pln_spinner")
        assert own is not None
        build.review_plan(own, "rival")
        own.owner = "Somebody else"
        build.link("second", "mill")

    worlds.alike("brand", twist=Twist(late=plans))


def test_a_brand_hears_nothing_of_what_its_suppliers_say_to_others(worlds: Worlds) -> None:
    def said(build: Teller) -> None:
        build.answer("spinner", "req_rival", "dispute", veiled=None, reason="wrong_level")
        build.reply(build.answer("mill", "req_rival_safety", "question", text="Which plant?"), text="All")
        build.link("second", "mill")
        build.require("second", (2, 1))
        build.answer("mill", "req_second", "decline", reason="no_capacity")

    worlds.alike("brand", twist=Twist(late=said))


def test_a_brand_hears_nothing_of_whom_it_does_not_see(worlds: Worlds) -> None:
    def said(build: Teller) -> None:
        build.answer("under", "req_brand", "question", veiled=None, text="Who asks?")
        build.answer("agent", "req_brand", "decline", veiled=None, reason="not_in_scope")

    worlds.alike("brand", twist=Twist(late=said))


def test_a_brand_cannot_tell_who_once_answered_by_name_behind_a_pseudonym(worlds: Worlds) -> None:
    def named(name: str) -> Twist:
        return Twist(late=lambda build: build.answer(name, "req_brand", "decline", id="ans_by_name", reason="other"))

    worlds.alike("brand", twist=named("weaver"), other=named("farm"))


def test_a_brand_cannot_tell_that_its_supplier_hides_suppliers(worlds: Worlds) -> None:
    def hidden(build: Teller) -> None:
        build.link("mill", "ghost", "5", disclosure="none")
        build.link("spinner", "ghost", "52", disclosure="none")
        build.chain("ghost > deeper > loom")
        build.organization("ghost", country="VN", region="Hanoi")
        build.prove("ghost", 1)

    worlds.alike("brand", twist=Twist(early=hidden))


def test_a_brand_cannot_tell_by_which_side_a_supplier_is_hidden(worlds: Worlds) -> None:
    by_supplier = {"disclosure_buyer": "identity", "disclosure_supplier": "none"}
    worlds.alike("brand", twist=Twist(links={"mill>shade": by_supplier}))


def test_a_brand_cannot_tell_who_a_pseudonym_is(worlds: Worlds) -> None:
    worlds.alike("brand", twist=Twist(stands_for={"weaver": "twill", "twill": "weaver"}))


def test_a_brand_cannot_tell_what_a_pseudonym_sells_since_when_and_how_much(worlds: Worlds) -> None:
    links = {
        "mill>weaver": {"category": "5210", "since": date(2025, 5, 5), "share": 0.9},
        "weaver>farm": {"category": "5203", "since": LONG_AGO, "until": date(2031, 1, 1)},
    }
    worlds.alike("brand", twist=Twist(links=links))


def test_a_brand_cannot_tell_what_plants_a_pseudonym_has_or_who_owns_it(worlds: Worlds) -> None:
    def owned(build: Teller) -> None:
        build.own("holding", "weaver")
        build.own("holding", "farm")
        build.own("farm", "loom", confirmed=False)

    worlds.alike("brand", twist=Twist(early=owned))


def test_a_brand_sees_no_conformity_over_a_link_that_it_only_claims(worlds: Worlds) -> None:
    def progress(build: Teller) -> None:
        build.find_fault("dyer", "reviewer", "RSPO01")
        build.prove("dyer", 2, ELECTRONICS)
        build.organization("dyer", training_consent=True, listed=True)

    worlds.alike("brand", twist=Twist(late=progress))


def test_a_brand_sees_nothing_below_a_link_that_it_only_claims(worlds: Worlds) -> None:
    def below(build: Teller) -> None:
        build.link("dyer", "yarn")
        build.link("dyer", "farm")
        build.link("dyer", "spinner")
        build.link("spinner", "loom", state="claimed")
        build.chain("mine > ghost > deeper")

    worlds.alike("brand", twist=Twist(early=below))


def test_a_brand_sees_nothing_below_what_it_knows_privately(worlds: Worlds) -> None:
    def below(build: Teller) -> None:
        build.chain("agent > broker > loom")
        build.find_fault("agent", "reviewer", "RSPO01")
        build.link("agent", "farm")

    worlds.alike("brand", twist=Twist(early=below))


def test_a_brand_that_claims_whom_it_knows_by_pseudonym_unmasks_nobody(worlds: Worlds) -> None:
    def claim(name: str) -> Hook:
        def hook(build: Teller) -> None:
            build.link("brand", name, id="lnk_own_claim", state="claimed")
            build.link(name, "broker", id="lnk_own_note", private_to="brand")

        return hook

    # The brand claims twill in both worlds; only in the second is twill the pseudonym as well.
    other = Twist(early=claim("weaver"), stands_for={"weaver": "twill", "twill": "weaver"})
    worlds.alike("brand", twist=other, other=Twist(early=claim("twill")))


def test_a_brand_that_notes_down_suppliers_of_a_pseudonym_unmasks_nobody(worlds: Worlds) -> None:
    def note(name: str) -> Hook:
        return lambda build: build.link(name, "broker", id="lnk_own_note", private_to="brand")

    other = Twist(early=note("weaver"), stands_for={"weaver": "twill", "twill": "weaver"})
    worlds.alike("brand", twist=other, other=Twist(early=note("twill")))


def test_a_brand_cannot_tell_when_a_demand_on_a_pseudonym_falls_due(worlds: Worlds) -> None:
    """The link began two days later, and so the day is another one; whether it is past is not."""

    def met(build: Teller) -> None:
        build.prove("farm", 1)

    yesterday = {
        "mill>weaver": {"since": START + timedelta(days=1)},
        "weaver>farm": {"since": START + timedelta(days=2)},
    }
    worlds.alike("brand", twist=Twist(early=met, links=yesterday), other=Twist(early=met))


def says(*names: str) -> Hook:
    """What organizations say of themselves, without any proof of it."""

    def said(build: Teller) -> None:
        for name in names:
            build.organization(name, region="Jiangsu", size="sme", languages=["zh"])

    return said


def question_of(difference: str) -> str:
    return difference.split(" ", 2)[2].partition("\n")[0].removesuffix(" in pages")


def stated(telling: Telling, reader: str) -> dict[str, dict[str, Any]]:
    """What a reader is shown of attributes, by organization."""
    (told,) = telling.answers(reader, REVIEWED)
    return {one["organization"]["id"]: one["attributes"] for one in orjson.loads(told.body)["items"]}


def test_nobody_but_itself_reads_what_an_organization_says_of_itself(worlds: Worlds) -> None:
    """Save whoever reviews it, as below; nobody reviews weaver, rival and loom, and the reviewer reviews mill."""
    everybody_else = [one for one in READERS if one not in {"mill", "reviewer"}]
    worlds.alike(*everybody_else, twist=Twist(late=says("mill", "weaver", "rival", "loom")))
    worlds.alike("reviewer", twist=Twist(late=says("weaver", "rival", "loom")))


def test_who_reviews_an_organization_reads_what_it_says_on_the_one_route_to_confirm_it(worlds: Worlds) -> None:
    said = Twist(late=says("mill"))
    differing = worlds.differences(["reviewer"], said)
    assert {question_of(one).partition("?")[0] for one in differing} == {REVIEWED}
    before, after = (stated(telling, "reviewer") for telling in (worlds.told(), worlds.told(said)))
    assert before.keys() == after.keys() == {org("mill"), org("newcomer")}
    assert after == before | {org("mill"): before[org("mill")] | {"region": "Jiangsu", "size": "sme"}}


def test_who_reviews_an_organization_reads_nothing_of_it_that_it_does_not_confirm(worlds: Worlds) -> None:
    worlds.alike("reviewer", twist=Twist(late=lambda build: build.organization("mill", languages=["zh"])))


def test_a_reviewer_of_others_reads_nothing_of_what_an_organization_says(worlds: Worlds) -> None:
    """Neither one who reviews another, nor one who reviewed it until it chose anew."""

    def chosen_anew(build: Teller) -> None:
        build.member("other_reviewer", "reviewer")
        build.organization("rival", evidence_reviewer=build.number("reviewer"))
        build.organization("mill", evidence_reviewer=build.number("other_reviewer"))

    def and_says(build: Teller) -> None:
        chosen_anew(build)
        says("mill")(build)

    here, there = Twist(late=chosen_anew), Twist(late=and_says)
    worlds.alike("reviewer", twist=there, other=here)
    assert worlds.differences(["other_reviewer"], there, here)


def test_lists_of_others_and_what_their_headings_mean_tell_a_brand_nothing(worlds: Worlds) -> None:
    def sent(build: Teller) -> None:
        for owner in ("rival", "weaver"):
            for year in ("2025", "2026"):
                rows = {org(name): {"name": f"{name} {year}", "country": "VN"} for name in ("brand", "mill", "shade")}
                lists.send(build, owner, year, "organizations", rows)
            lists.keep_mapping(build, owner, "ERP", "organizations", {"Name": "name"})
        lists.send(build, "mill", "other", "links", {"lnk_brand_mill_5205": None, "lnk_mill_shade_5209": None})
        lists.keep_mapping(build, "mill", "ERP", "links", {"Name": "supplier"})

    worlds.alike("brand", "spinner", "reviewer", "operator", twist=Twist(late=sent))


def test_private_links_of_others_tell_a_brand_nothing(worlds: Worlds) -> None:
    def hearsay(build: Teller) -> None:
        build.link("brand", "rivalmill", private_to="rival")
        build.link("mill", "loom", private_to="rival")
        build.link("brand", "spinner", private_to="mill")
        build.link("spinner", "loom", private_to="mill")

    worlds.alike("brand", twist=Twist(early=hearsay))


def test_a_brand_sees_no_levels_but_those_of_its_obligations(worlds: Worlds) -> None:
    def more(build: Teller) -> None:
        for supplier in ("mill", "spinner", "weaver", "farm"):
            build.prove(supplier, 2, ELECTRONICS)
        build.find_fault("spinner", "reviewer", "O07", ELECTRONICS)

    worlds.alike("brand", twist=Twist(early=more))


def test_a_brand_sees_no_evidence_that_was_not_granted_to_it(worlds: Worlds) -> None:
    def evidence(build: Teller) -> None:
        build.evidence("mill", "again", standard="rspo", certificate=printed("MB"), source="Another office")
        build.evidence("mill", "refused", state="rejected", standard="rspo", certificate=printed("IP"))
        build.grant("spinner", "rival")
        build.grant("weaver", "maker")

    worlds.alike("brand", twist=Twist(late=evidence))


def test_records_of_other_buyers_tell_a_brand_nothing(worlds: Worlds) -> None:
    def records(build: Teller) -> None:
        for about in ("spinner", "weaver", "farm", "dyer", "agent"):
            build.record("rival", about, country="VN", region="Hanoi", sector="PLT", size="sme")

    worlds.alike("brand", twist=Twist(early=records))


def test_ownership_that_nobody_confirmed_tells_a_brand_nothing(worlds: Worlds) -> None:
    def ownership(build: Teller) -> None:
        build.own("rival", "mill", confirmed=False)
        build.own("office", "rival", confirmed=False)
        build.own("weaver", "spinner", confirmed=False)
        build.own("mill", "dyer", confirmed=False)

    worlds.alike("brand", twist=Twist(early=ownership))


def test_links_of_others_that_carry_nothing_tell_a_brand_nothing(worlds: Worlds) -> None:
    def words(build: Teller) -> None:
        build.link("mill", "loom", state="offered")
        build.link("mill", "dyer", state="disputed")
        build.link("mill", "yarn", state="ended")
        build.link("rival", "dyer", state="claimed")
        build.link("spinner", "agent", state="claimed")

    worlds.alike("brand", twist=Twist(early=words))


def test_a_brand_sees_no_keys_people_invitations_or_drafts_of_others(worlds: Worlds) -> None:
    def business(build: Teller) -> None:
        build.member("rival", "brand", "organiser")
        build.member("weaver", "supplier")
        build.invite("rival", "weaver")
        build.invite("mill", "spinner")
        build.require("rival", (1,), "draft", published=False)
        build.require("mill", (1,), "draft", published=False)
        build.organization("rival", accepted_reviewers=[build.number("reviewer")])

    worlds.alike("brand", twist=Twist(late=business))


def test_a_brand_cannot_tell_whom_its_suppliers_chose_or_what_they_consented_to(worlds: Worlds) -> None:
    def choices(build: Teller) -> None:
        reviewer = build.number("other_reviewer")
        for supplier in ("mill", "spinner", "weaver"):
            build.organization(supplier, evidence_reviewer=reviewer, listed=True, training_consent=True)

    worlds.alike("brand", twist=Twist(late=choices))


def test_a_brand_cannot_tell_what_its_suppliers_ask_of_theirs(worlds: Worlds) -> None:
    def demands(build: Teller) -> None:
        build.require("mill", (2, 1))
        build.require("spinner", (1,), framework=ELECTRONICS)

    worlds.alike("brand", twist=Twist(early=demands))


def test_a_buyer_cannot_tell_at_an_event_who_refused_it_or_trades_with_whom(worlds: Worlds) -> None:
    worlds.alike("brand", "organiser", twist=Twist(refusals={"star": {"excluded": ("brand",), "partners": ("buyer",)}}))
