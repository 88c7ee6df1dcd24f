"""History: who did what when, in both languages, and nobody is told of what is not his."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

import supplychain
from supplychain.answers.rules import AnswerKind, ReplyKind
from supplychain.audits.terms import Severity
from supplychain.evidence.terms import RejectedFor
from supplychain.frameworks.terms import EvidenceKind, Trust
from supplychain.history.rules import ACTS, END, Done, Party, is_named, party_of
from supplychain.i18n import LANGUAGES, catalogue
from supplychain.network.link_rules import Settlement
from supplychain.network.visibility import pseudonym
from supplychain.notices.rules import Frequency
from supplychain.trail import operations
from supplychain.trail.erasing import erase
from supplychain.verbs import VERBS
from supplychain.work import Work
from tests.factories import building
from tests.ground import org
from tests.lists import counted
from tests.reviewing import assign, submit
from tests.test_reviews import review
from tests.world import START, Member, World

VERB = re.compile(r"[a-z_-]+\.[a-z_-]+")
VALUES = [{"indicator": "E20", "value": "verified"}]
YEAR = START + timedelta(days=365)


@pytest.fixture
def mill(world: World) -> World:
    """brand asks mill by name and spinner by pseudonym; rival buys from mill too, and asks for nothing."""
    with building(world) as build:
        for name, role in (("brand", "brand"), ("rival", "brand"), ("mill", "supplier"), ("spinner", "supplier")):
            build.member(name, role)
        build.link("brand", "mill")
        build.link("rival", "mill")
        build.link("mill", "spinner", disclosure="pseudonym")
        build.require("brand", (2, 1))
        build.prove("mill", 1)
    return world


@dataclass(frozen=True)
class Told:
    verb: str
    party: str
    en: str


def history(member: Member, path: str = "/v1/me/history") -> list[Told]:
    """The sentences, the oldest first; each has its values, and both languages have it."""
    answer = member.get(f"{path}{'&' if '?' in path else '?'}limit=100")
    assert answer.status_code == 200, answer.json
    items = answer.json["items"]
    for item in items:
        assert set(item["text"]) == set(LANGUAGES)
        assert not any("{" in text or "history." in text for text in item["text"].values()), item
    assert [one["at"] for one in items] == sorted((one["at"] for one in items), reverse=True)
    return [Told(one["verb"], one["by"]["party"], one["text"]["en"]) for one in reversed(items)]


def verbs(member: Member, path: str = "/v1/me/history") -> list[str]:
    return [one.verb for one in history(member, path)]


def waive(world: World, supplier: str, issuer: str = "brand") -> str:
    leave = {"requirement": f"req_{issuer}", "supplier": supplier, "reason": "plan_agreed", "until": YEAR.isoformat()}
    answer = world.members[issuer].post("/v1/waivers", leave)
    assert answer.status_code == 201, answer.json
    made: str = answer.json["id"]
    return made


def ask(world: World, name: str) -> str:
    member = world.members[name]
    (owed,) = {one["requirement"] for one in member.get("/v1/me/obligations").json["items"]}
    answer = member.post(f"/v1/me/obligations/{owed}/answers", {"kind": "question", "text": "Which halls?"})
    assert answer.status_code == 201, answer.json
    said: str = answer.json["id"]
    return said


# Sentences -------------------------------------------------------------------------------------


def test_every_verb_has_a_sentence_that_says_who_in_both_languages() -> None:
    for language in LANGUAGES:
        sentences = catalogue(language)
        assert [verb for verb in VERBS if f"history.{verb}" not in sentences] == []
        says_who = {verb for verb in VERBS if "who" in _placeholders(sentences[f"history.{verb}"])}
        assert says_who == ACTS


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_what_has_no_sentence_is_not_recorded(world: World) -> None:
    with pytest.raises(KeyError):
        world.do(lambda work: work.record("mill.painted", "org_mill"))


def test_every_verb_that_the_code_names_is_known_and_no_other_is() -> None:
    named = {text for path in Path(supplychain.__file__).parent.rglob("*.py") for text in _literals(path)}
    assert set(VERBS) - named == {"framework.published", "framework.refused"} - named
    recorded = {verb for path in Path(supplychain.__file__).parent.rglob("*.py") for verb in _recorded(path)}
    assert len(recorded) > 60
    assert recorded <= set(VERBS)


def _literals(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _recorded(path: Path) -> Iterator[str]:
    """Verbs given to whatever records: ``work.record``, or a helper that passes its own on."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and _name(node.func) in {"record", "_tell", "tell", "_say", "_tell_flag"}:
            for argument in node.args[:3]:
                for part in ast.walk(argument):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str) and VERB.fullmatch(part.value):
                        yield part.value


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def test_every_word_of_a_sentence_and_every_party_is_in_both_languages() -> None:
    words = {
        "kind": (*EvidenceKind, *ReplyKind, *(one for one in AnswerKind if one is not AnswerKind.SILENT)),
        "trust": [one.word for one in Trust],
        "code": RejectedFor,
        "severity": Severity,
        "decision": Settlement,
        "frequency": Frequency,
    }
    wanted = {f"history.word.{name}.{one}" for name, some in words.items() for one in some}
    wanted |= {f"history.by.{party}" for party in (*Party, "person")}
    for language in LANGUAGES:
        assert wanted - catalogue(language).keys() == set()
    assert set(VERBS.values()) == {*Party, END} - {Party.YOU, Party.BUYER}


def test_whoever_caused_a_consequence_is_told_to_nobody_the_one_that_did_included() -> None:
    for verb in set(VERBS) - ACTS:
        assert party_of(Done(verb, 7, {"by": "buyer"}), 7) is Party.SYSTEM
        assert not is_named(Done(verb, 7), 8)
    assert party_of(Done("of.another.release", 7), 8) is Party.SYSTEM


# One's own -------------------------------------------------------------------------------------


def test_a_supplier_reads_what_was_done_to_its_evidence_and_what_followed(world: World) -> None:
    mill, reviewer = world.join("Mill", "supplier"), world.join("Reviewer", "reviewer")
    assign(world, mill, reviewer)
    sent = submit(mill, {"kind": "answer", "framework": "eseec-electronics", "values": VALUES})
    evidence = sent["id"]
    world.clock.advance(1)
    assert review(reviewer, sent).status_code == 200
    told = [one for one in history(mill) if one.verb.startswith("evidence")]
    assert [(one.verb, one.party) for one in told] == [("evidence.submitted", "you"), ("evidence.accepted", "reviewer")]
    assert told[0].en.startswith(f"You (Mill) submitted evidence {evidence}")
    assert told[1].en.startswith(f"A reviewer accepted evidence {evidence}")
    (items,) = mill.get(f"/v1/me/history?subject={evidence}&since=2026-11-23").json["items"]
    assert items["verb"] == "evidence.accepted"
    assert items["by"] == {"party": "reviewer", "organization": None, "person": None}
    assert [one.party for one in history(reviewer) if one.verb == "evidence.accepted"] == ["you"]
    assert all(one.party == "system" for one in history(mill) if one.verb in {"level.changed", "flag.opened"})


def test_levels_are_told_as_levels(mill: World) -> None:
    changed = [one.en for one in history(mill.members["mill"]) if one.verb == "level.changed"]
    assert any(one.endswith("went from not assessed to level 1.") for one in changed), changed


def test_an_issuer_whose_demand_flags_a_supplier_is_not_told_to_it(mill: World) -> None:
    brand, supplier = mill.members["brand"], mill.members["mill"]
    opened = [one for one in history(supplier) if one.verb == "flag.opened"]
    assert opened
    assert {one.party for one in opened} == {"system"}
    assert "flag.opened" not in verbs(brand)


def test_a_supplier_reads_of_waivers_and_replies_but_not_who_of_the_customer_it_was(mill: World) -> None:
    brand, supplier = mill.members["brand"], mill.members["mill"]
    waiver, said = waive(mill, org("mill")), ask(mill, "mill")
    assert brand.post(f"/v1/answers/{said}/replies", {"kind": "explain", "text": "All"}).status_code == 201
    told = {one.verb: one for one in history(supplier)}
    assert told["waiver.granted"].en == f"A customer granted waiver {waiver}, which holds until {YEAR}."
    assert told["answer.replied"].en == f"A customer replied to answer {said}: an explanation."
    assert told["obligation.answered"].party == "you"
    assert not {"waiver.granted", "answer.replied", "obligation.answered"} & set(verbs(mill.members["rival"]))
    assert not {"waiver.granted", "answer.replied"} & set(verbs(mill.members["spinner"]))


def test_details_that_were_erased_are_told_as_such(mill: World) -> None:
    mill.join("Platform", "operator")
    supplier = mill.members["mill"]
    operations.seal(mill.runtime)
    entry = next(one for one in supplier.get("/v1/me/history").json["items"] if one["verb"] == "level.changed")
    mill.do(lambda work: erase(work, entry["entry"], "GDPR-17-1-b", "platform@example.org"))
    after = {one["entry"]: one for one in supplier.get("/v1/me/history").json["items"]}
    assert after[entry["entry"]]["text"]["en"] == f"The details of this entry were erased ({entry['subject']})."


# A link ----------------------------------------------------------------------------------------


def test_both_ends_read_what_happened_to_their_link_and_not_what_the_other_changed_of_its_own(world: World) -> None:
    buyer, supplier = world.join("Brand", "brand"), world.join("Mill", "supplier")
    other = world.join("Rival", "brand")
    made = buyer.post("/v1/links", {"buyer": buyer.id, "supplier": supplier.id})
    assert made.status_code == 201
    path, tag = f"/v1/links/{made.json['id']}", made.headers["ETag"]
    assert buyer.patch(path, {"share": 0.2}, tag).status_code == 200
    assert supplier.post(f"{path}/confirm", {}).status_code == 200
    assert buyer.post(f"{path}/end", {}).status_code == 200
    seen = [(one.verb, one.party) for one in history(buyer, f"{path}/history")]
    assert seen == [
        ("link.claimed", "you"),
        ("link.changed", "you"),
        ("link.confirmed", "supplier"),
        ("link.ended", "you"),
    ]
    seen = [(one.verb, one.party) for one in history(supplier, f"{path}/history")]
    assert seen == [("link.claimed", "buyer"), ("link.confirmed", "you"), ("link.ended", "buyer")]
    told = history(supplier)
    assert f"The buyer (Brand) said that link {made.json['id']} exists." in [one.en for one in told]
    assert "link.changed" not in [one.verb for one in told]
    item = supplier.get(f"{path}/history").json["items"][-1]
    assert item["by"] == {"party": "buyer", "organization": {"id": buyer.id, "name": "Brand"}, "person": None}
    assert other.get(f"{path}/history").status_code == 404


def test_a_private_link_has_a_history_for_its_owner_alone(world: World) -> None:
    one, other, agent = world.join("Brand", "brand"), world.join("Mill", "supplier"), world.join("Agent", "brand")
    made = agent.post("/v1/links", {"buyer": one.id, "supplier": other.id, "private": True})
    path = f"/v1/links/{made.json['id']}/history"
    assert verbs(agent, path) == ["link.claimed"]
    for end in (one, other):
        assert end.get(path).status_code == 404
        assert "link.claimed" not in verbs(end)


# A requirement ---------------------------------------------------------------------------------


def test_a_requirement_tells_how_it_came_and_the_waivers_and_answers_under_it(world: World) -> None:
    with building(world) as build:
        for name, role in (("brand", "brand"), ("mill", "supplier"), ("shade", "supplier")):
            build.member(name, role)
        build.link("brand", "mill")
        build.link("mill", "shade", disclosure="none")
    brand = world.members["brand"]
    demand = {"title": "Sourcing", "framework": "rspo-mill@1", "schedule": [2, 1]}
    made = brand.post("/v1/requirements", demand).json["id"]
    assert brand.post(f"/v1/requirements/{made}/publish").status_code == 200
    leave = {"requirement": made, "supplier": org("mill"), "reason": "plan_agreed", "until": YEAR.isoformat()}
    assert brand.post("/v1/waivers", leave).status_code == 201
    for name in ("mill", "shade"):
        ask(world, name)
    world.clock.advance(1)
    after = brand.post(f"/v1/requirements/{made}/amend", {"schedule": [2, 2]}).json["id"]
    path = f"/v1/requirements/{made}/history"
    assert [(one.verb, one.party) for one in history(brand, path)] == [
        ("requirement.drafted", "you"),
        ("requirement.published", "you"),
        ("waiver.granted", "you"),
        ("obligation.answered", "supplier"),
        ("requirement.amended", "you"),
    ]
    assert verbs(brand, f"/v1/requirements/{after}/history") == ["requirement.amended"]
    assert world.members["mill"].get(path).status_code == 404


# A supplier ------------------------------------------------------------------------------------


def test_a_brand_reads_what_it_did_about_a_supplier_and_how_the_levels_it_asks_for_changed(mill: World) -> None:
    brand = mill.members["brand"]
    waive(mill, org("mill"))
    ask(mill, "mill")
    told = history(brand, f"/v1/suppliers/{org('mill')}/history")
    assert {"waiver.granted", "obligation.answered", "level.changed"} == {one.verb for one in told}
    assert not any("Li Wei" in one.en or "(" in one.en.partition(" ")[0] for one in told)


def test_another_customer_reads_nothing_of_it_and_no_level_it_asks_nothing_about(mill: World) -> None:
    waive(mill, org("mill"))
    ask(mill, "mill")
    assert history(mill.members["rival"], f"/v1/suppliers/{org('mill')}/history") == []


def test_a_pseudonym_has_the_dealings_under_it_and_neither_name_nor_levels(mill: World) -> None:
    brand = mill.members["brand"]
    work = Work(mill.runtime, writes=False)
    shown = pseudonym(work, brand.number, org("spinner"))
    work.close()
    waive(mill, shown)
    ask(mill, "spinner")
    assert verbs(brand, f"/v1/suppliers/{shown}/history") == ["waiver.granted", "obligation.answered"]
    assert brand.get(f"/v1/suppliers/{org('spinner')}/history").status_code == 404


def test_who_is_not_seen_any_more_has_no_history_any_more(mill: World) -> None:
    brand = mill.members["brand"]
    waive(mill, org("mill"))
    link = next(one for one in brand.get("/v1/links").json["items"] if one["supplier"]["id"] == org("mill"))
    assert brand.post(f"/v1/links/{link['id']}/end", {}).status_code == 200
    assert brand.get(f"/v1/suppliers/{org('mill')}/history").status_code == 404


# Pages and files -------------------------------------------------------------------------------


def test_pages_follow_one_another_and_files_hold_the_whole(mill: World) -> None:
    supplier = mill.members["mill"]
    whole = supplier.get("/v1/me/history?limit=100").json["items"]
    pages: list[dict[str, Any]] = []
    answer = supplier.get("/v1/me/history?limit=2")
    while True:
        pages += answer.json["items"]
        if "Link" not in answer.headers:
            break
        answer = supplier.get(answer.headers["Link"].partition(">")[0].removeprefix("<"))
    assert pages == whole
    table = supplier.get("/v1/me/history", headers={"Accept": "text/csv"}).get_data(as_text=True)
    assert len(table.splitlines()) == len(whole) + 1


def test_a_page_takes_as_many_statements_however_much_was_done(mill: World) -> None:
    supplier = mill.members["mill"]
    supplier.get("/v1/me/history?limit=2")
    with counted(mill) as few:
        supplier.get("/v1/me/history?limit=2")
    with counted(mill) as many:
        supplier.get("/v1/me/history?limit=100")
    assert len(few) == len(many) <= 8
