"""The pairings of an event: ranked, explained in both languages, and to each reader only what is its to know."""

import csv
import re
from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from graph.pairing import Candidate, Demand, Gate, GateCode, GateState, PartCode, Reader, judge
from graph.terms import Reason
from supplychain.conformity.rules import Standing
from supplychain.i18n import LANGUAGES, catalogue
from supplychain.matchmaking.rules import Participant, certain_level, ranked
from supplychain.matchmaking.telling import reason
from tests.supplying import change, electronics, find_fault, prove, supply
from tests.test_matchmaking import DEMAND, achiever, entered, event
from tests.world import START, Member, World


@pytest.fixture
def organiser(world: World) -> Member:
    return world.join("Chamber", "organiser")


@pytest.fixture
def buyer(world: World) -> Member:
    return world.join("Buyer", "brand", country="DE")


def pairings(who: Member, at: str, query: str = "") -> list[dict[str, Any]]:
    answer = who.get(f"{at}/pairings{query}")
    assert answer.status_code == 200, answer.json
    found: list[dict[str, Any]] = answer.json["items"]
    return found


def ends(items: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(one["supplier"]["organization"]["name"], one["buyer"]["organization"]["name"]) for one in items]


def states(item: dict[str, Any]) -> dict[str, str]:
    return {gate["code"]: gate["state"] for gate in item["gates"]}


def test_a_pairing_says_its_score_parts_gates_and_reasons_in_both_languages(
    world: World, organiser: Member, buyer: Member
) -> None:
    supplier = achiever(world)
    at = event(organiser)
    mine, theirs = entered(organiser, at, "supplier", supplier.id), entered(organiser, at, "buyer", buyer.id)
    (item,) = pairings(organiser, at)
    assert (item["rank"], item["supplier"]["registration"]) == (1, mine.rpartition("/")[2])
    assert item["buyer"] == {
        "registration": theirs.rpartition("/")[2],
        "organization": {"id": buyer.id, "name": "Buyer", "name_zh": None},
    }
    parts = {part["code"]: (part["value"], part["weight"]) for part in item["parts"]}
    assert parts == {
        "level_margin": (0.5, 0.4),
        "product_closeness": (round(4 / 6, 6), 0.4),
        "languages_shared": (1.0, 0.1),
    }
    assert item["total"] == pytest.approx((0.5 * 0.4 + 4 / 6 * 0.4 + 0.1) / 0.9, abs=1e-5)
    assert states(item) == {
        "flag": "open",
        "level": "open",
        "product": "open",
        "country": "open",
        "language": "open",
        "already_linked": "not_available",
        "refused": "not_available",
    }
    margin = next(part["reason"] for part in item["parts"] if part["code"] == "level_margin")
    assert margin["params"] == {"pillars": ["ohs"]}
    assert "Occupational health and safety" in margin["text"]["en"]
    assert "职业健康安全" in margin["text"]["zh"]


def test_pairings_are_ranked_within_a_buyer_and_listed_best_first(
    world: World, organiser: Member, buyer: Member
) -> None:
    at = event(organiser)
    plain, better = achiever(world, "Plain"), achiever(world, "Better", level=4)
    picky = world.join("Picky", "brand")
    for one in (plain, better):
        entered(organiser, at, "supplier", one.id)
    entered(organiser, at, "buyer", buyer.id)
    entered(organiser, at, "buyer", picky.id, demand={**DEMAND, "products": ["850440"]})
    found = pairings(organiser, at)
    assert ends(found) == [("Better", "Picky"), ("Better", "Buyer"), ("Plain", "Picky"), ("Plain", "Buyer")]
    assert [one["rank"] for one in found] == [1, 1, 2, 2]
    totals = [one["total"] for one in found]
    assert totals == sorted(totals, reverse=True)


def test_a_limit_keeps_the_best_and_says_how_many_there_are(world: World, organiser: Member, buyer: Member) -> None:
    at = event(organiser)
    plain, better = achiever(world, "Plain"), achiever(world, "Better", level=4)
    ids = {one.id: entered(organiser, at, "supplier", one.id).rpartition("/")[2] for one in (plain, better)}
    guest = entered(organiser, at, "buyer", buyer.id).rpartition("/")[2]
    answer = organiser.get(f"{at}/pairings?limit=1").json
    assert (ends(answer["items"]), answer["found"]) == ([("Better", "Buyer")], 2)
    (second,) = pairings(organiser, at, f"?supplier={ids[plain.id]}&buyer={guest}")
    assert (second["supplier"]["organization"]["id"], second["rank"]) == (plain.id, 2)
    assert pairings(organiser, at, "?buyer=rgn_none") == []
    first = organiser.get(f"{at}/pairings?limit=1")
    rest = organiser.get(first.headers["Link"].partition("<")[2].partition(">")[0]).json
    assert (ends(rest["items"]), rest["found"]) == ([("Plain", "Buyer")], 2)
    file = organiser.get(f"{at}/pairings?format=csv&header=codes")
    names = [row["supplier.organization.name"] for row in csv.DictReader(file.get_data(as_text=True).splitlines())]
    assert names == ["Better", "Plain"]
    for wrong in ("limit=1001", "limit=0", "limit=x", "page=2"):
        assert organiser.get(f"{at}/pairings?{wrong}").status_code == 422


def test_what_a_demand_asks_for_shuts_out_who_lacks_it(world: World, organiser: Member) -> None:
    at = event(organiser)
    entered(organiser, at, "supplier", achiever(world).id)
    asked: dict[str, dict[str, Any]] = {
        "Anything": {},
        "Finer": {"products": ["85044001"]},
        "Elsewhere": {"countries": ["VN"]},
        "Francophone": {"languages": ["fr"]},
        "Higher": {"levels": {"csr": 4}},
        "Sector": {"sectors": ["BAT"]},
    }
    for name, demand in asked.items():
        entered(organiser, at, "buyer", world.join(name, "brand").id, demand=demand)
    # Of equal ones the smaller id comes first, and ids are drawn.
    found = sorted(pairings(organiser, at), key=lambda one: str(one["buyer"]["organization"]["name"]))
    assert ends(found) == [("Achiever", "Anything"), ("Achiever", "Sector")]
    none = {gate["code"]: gate["reason"]["text"]["en"] for gate in found[0]["gates"]}
    assert none["product"] == "The buyer looks for no particular product."
    assert found[1]["parts"][0]["reason"]["text"]["en"] == "The supplier's sector is not one the buyer prefers."


def test_the_level_must_still_hold_on_the_day_of_the_event(world: World, organiser: Member, buyer: Member) -> None:
    last = START + timedelta(days=91)
    supplier = world.join("Timed", "supplier", listed=True)
    prove(world, supplier.number, 3, until=last)
    at = event(organiser, held_on=last.isoformat())
    entered(organiser, at, "supplier", supplier.id)
    entered(organiser, at, "buyer", buyer.id, demand={})
    assert len(pairings(organiser, at)) == 1
    put_off = {"held_on": (last + timedelta(days=1)).isoformat()}
    assert organiser.patch(at, put_off, organiser.get(at).headers["ETag"]).status_code == 200
    assert pairings(organiser, at) == []


def test_an_event_may_ask_for_more_than_the_flag(world: World, organiser: Member, buyer: Member) -> None:
    at = event(organiser)
    for level in (3, 4):
        entered(organiser, at, "supplier", achiever(world, f"Level {level}", level=level).id)
    entered(organiser, at, "buyer", buyer.id, demand={})
    assert len(pairings(organiser, at)) == 2
    assert organiser.patch(at, {"threshold": 4}, organiser.get(at).headers["ETag"]).status_code == 200
    assert ends(pairings(organiser, at)) == [("Level 4", "Buyer")]


def test_who_takes_back_consent_or_has_a_critical_finding_is_proposed_to_nobody(
    world: World, organiser: Member, buyer: Member
) -> None:
    at = event(organiser)
    suppliers = [achiever(world, name) for name in ("One", "Two", "Three")]
    for one in suppliers:
        entered(organiser, at, "supplier", one.id)
    entered(organiser, at, "buyer", buyer.id)
    change(world, suppliers[0].number, listed=False)
    find_fault(world, suppliers[1].number, world.join("Reviewer", "reviewer").number)
    for reader in (organiser, buyer):
        assert ends(pairings(reader, at)) == [("Three", "Buyer")]
    assert pairings(suppliers[0], at) == []


def test_a_refusal_works_for_whoever_stated_it_and_shows_to_nobody_else(
    world: World, organiser: Member, buyer: Member
) -> None:
    supplier = achiever(world)
    at = event(organiser)
    mine, theirs = entered(organiser, at, "supplier", supplier.id), entered(organiser, at, "buyer", buyer.id)
    readers = {"supplier": (supplier, mine, buyer), "buyer": (buyer, theirs, supplier)}
    for (side, (reader, own, other)), said in product(readers.items(), ("excluded", "partners")):
        rest = [organiser, *(one for name, (one, *_) in readers.items() if name != side)]
        before = [one.get(f"{at}/pairings").get_data() for one in rest]
        (item,) = pairings(reader, at)
        assert (states(item)["already_linked"], states(item)["refused"]) == ("open", "open")
        tag = reader.get(own).headers["ETag"]
        stated = reader.patch(own, {said: [other.id]}, tag)
        assert pairings(reader, at) == []
        assert [one.get(f"{at}/pairings").get_data() for one in rest] == before
        assert reader.patch(own, {said: []}, stated.headers["ETag"]).status_code == 200


def test_links_of_the_network_matter_to_no_pairing(world: World, organiser: Member, buyer: Member) -> None:
    supplier = achiever(world)
    at = event(organiser)
    entered(organiser, at, "supplier", supplier.id)
    entered(organiser, at, "buyer", buyer.id)
    readers = (organiser, supplier, buyer)
    before = [one.get(f"{at}/pairings").get_data() for one in readers]
    supply(world, buyer.number, supplier.number)
    assert [one.get(f"{at}/pairings").get_data() for one in readers] == before


def test_a_supplier_sees_its_own_pairings_and_nothing_of_how_others_fare(
    world: World, organiser: Member, buyer: Member
) -> None:
    supplier, other = achiever(world), world.join("Second", "brand")
    at = event(organiser)
    entered(organiser, at, "supplier", supplier.id)
    entered(organiser, at, "buyer", buyer.id)
    entered(organiser, at, "buyer", other.id, demand={**DEMAND, "products": ["850440"]})
    before = supplier.get(f"{at}/pairings")
    assert ends(before.json["items"]) == [("Achiever", "Second"), ("Achiever", "Buyer")]
    assert [one["rank"] for one in before.json["items"]] == [1, 2]
    for number in range(2):
        entered(organiser, at, "supplier", achiever(world, f"Rival {number}", level=4).id)
    after = supplier.get(f"{at}/pairings")
    assert after.get_data() == before.get_data()
    assert after.headers["ETag"] == before.headers["ETag"]
    assert [one["rank"] for one in pairings(organiser, at, f"?supplier={first_of(before.json)}")] == [3, 3]


def first_of(answer: dict[str, Any]) -> str:
    return str(answer["items"][0]["supplier"]["registration"])


def test_a_buyer_sees_the_ranking_of_its_own_demand_only(world: World, organiser: Member, buyer: Member) -> None:
    at = event(organiser)
    for name, level in (("Plain", 3), ("Better", 4)):
        entered(organiser, at, "supplier", achiever(world, name, level=level).id)
    entered(organiser, at, "buyer", buyer.id)
    before = buyer.get(f"{at}/pairings").get_data()
    entered(organiser, at, "buyer", world.join("Rival", "brand").id)
    assert buyer.get(f"{at}/pairings").get_data() == before
    assert ends(pairings(buyer, at)) == [("Better", "Buyer"), ("Plain", "Buyer")]


def test_nobody_meets_itself_and_who_only_looks_at_an_open_event_sees_no_pairing(
    world: World, organiser: Member, buyer: Member
) -> None:
    both = achiever(world, "Both")
    at = event(organiser, open=True)
    entered(both, at, "supplier")
    entered(both, at, "buyer")
    assert pairings(organiser, at) == []
    entered(organiser, at, "buyer", buyer.id)
    assert ends(pairings(organiser, at)) == [("Both", "Buyer")]
    assert ends(pairings(both, at)) == [("Both", "Buyer")]
    assert pairings(world.join("Visitor", "brand"), at) == []


def every_reason() -> list[Reason]:
    """One of each code the pairing rules can give, with the parameters they give it."""
    empty, full = Candidate(1), Candidate(1, {"ohs": 4}, frozenset({"8504"}), "CN", frozenset({"en"}), frozenset({"X"}))
    nothing = Demand(1)
    much = Demand(1, frozenset({"85"}), {"ohs": 3}, 4, frozenset({"CN"}), frozenset({"en"}), frozenset({"X"}))
    stated = Demand(1, partners=frozenset({1}), refusals=frozenset({1}))
    judged = [
        judge(candidate, demand, reader)
        for candidate, demand, reader in product(
            (empty, full, Candidate(1, flagged=True)), (nothing, much, stated), Reader
        )
    ]
    return [told for one in judged for told in one.reasons]


def test_every_reason_has_a_whole_sentence_in_both_languages() -> None:
    told = every_reason()
    not_available = {GateCode.ALREADY_LINKED, GateCode.REFUSED}
    expected = {f"gate_{code}_{state}" for code, state in product(GateCode, (GateState.OPEN, GateState.SHUT))}
    expected |= {f"gate_{code}_{GateState.NOT_AVAILABLE}" for code in not_available}
    expected |= {f"part_{code}" for code in PartCode}
    assert {one.code for one in told} == expected
    for one, language in product(told, LANGUAGES):
        text = reason(one, electronics())["text"][language]
        assert f"why.{one.code}" in catalogue(language)
        assert not re.search(r"[{}]|\(\)|（）|: *\.|：。", text), text


def test_a_level_counts_only_as_far_as_it_is_certified_and_not_at_all_under_zero_tolerance() -> None:
    assert certain_level(Standing("ohs", 4, certified_level=3)) == 3
    assert certain_level(Standing("ohs", 2, certified_level=3)) == 2
    assert certain_level(Standing("ohs", None)) is None
    assert certain_level(Standing("ohs", 4, certified_level=None)) is None
    assert certain_level(Standing("ohs", 4, certified_level=4, zero_tolerance=("O01",))) == 0


def supplier_of(number: int, **values: Any) -> Participant:
    stated = {"categories": ["8504"], "languages": ["en"]}
    return Participant(number, 100 + number, stated, levels={"ohs": 3}, flagged=True, **values)


def buyer_of(number: int, **values: Any) -> Participant:
    stated = {"products": ["8504"], "levels": {}, "countries": [], "languages": [], "sectors": [], "meetings": 1}
    return Participant(number, 200 + number, stated, **values)


def test_statements_name_organizations_and_reach_all_their_registrations() -> None:
    mine = supplier_of(1, excluded=frozenset({203}), partners=frozenset({204}))
    found = ranked([mine], [buyer_of(number) for number in (2, 3, 4)], 4, Reader.CANDIDATE)
    assert [(one.demand, one.rank) for one in found] == [(2, 1)]


def test_of_equal_pairings_the_earlier_registered_come_first_whatever_the_order_given() -> None:
    suppliers, buyers = [supplier_of(number) for number in (3, 1)], [buyer_of(number) for number in (5, 4)]
    for some in (suppliers, suppliers[::-1]):
        found = ranked(some, buyers, 4, Reader.ORGANISER)
        assert [(one.demand, one.candidate, one.rank) for one in found] == [(4, 1, 1), (4, 3, 2), (5, 1, 1), (5, 3, 2)]


def test_only_a_gate_known_to_be_shut_keeps_a_pairing_out() -> None:
    (found,) = ranked([supplier_of(1)], [buyer_of(2, excluded=frozenset({101}))], 4, Reader.ORGANISER)
    assert Gate(GateCode.REFUSED, GateState.NOT_AVAILABLE, Reason("gate_refused_not_available")) in found.gates
    assert ranked([supplier_of(1)], [buyer_of(2, excluded=frozenset({101}))], 4, Reader.BUYER) == []
