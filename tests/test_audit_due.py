"""Compulsory cleaner production audits: dated rule sets, whose word counts, and when an audit settles it."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supplychain.audits.compulsory import audits, in_force, rule_sets, trigger_facts
from supplychain.conformity.derive import rebuild
from supplychain.conformity.rules import (
    AuditCase,
    EvidenceFact,
    EvidenceState,
    FindingState,
    StatedFact,
    audit_due,
    audit_needs,
    audits_good_through,
)
from supplychain.frameworks.catalogue import FactKind, catalogue
from supplychain.frameworks.loader import load_packs, shipped_packs
from supplychain.frameworks.terms import EvidenceKind, Kind, Trust
from tests.conformity_cases import NOON, SUPPLIER, TODAY, finding
from tests.factories import Builder, building
from tests.test_derive import derived
from tests.test_forecast import opened
from tests.world import START, Member, World

CODE = date(2026, 8, 15)
LONG_AGO = date(2010, 1, 1)
LIMITS = {"framework": "hj450-pcb", "values": {"HJM1": (False, None)}}
FULL = {"framework": "eseec-electronics", "values": {"E14": ("full", None)}}


def case(**fields: Any) -> AuditCase:
    return AuditCase(SUPPLIER, fields.pop("country", "CN"), **fields)


def states(fact: str, value: bool = True, day: date = TODAY, **fields: Any) -> StatedFact:
    return StatedFact(SUPPLIER, fact, value, day, **fields)


def shown(what: dict[str, Any], day: date, **fields: Any) -> EvidenceFact:
    given = {"kind": EvidenceKind.ANSWER, "trust": Trust.AUDITED, "state": EvidenceState.ACCEPTED, **what, **fields}
    return EvidenceFact(1, SUPPLIER, received_at=NOON, observed_to=day, **given)


def classes(found: AuditCase, day: date = TODAY) -> list[tuple[str | None, str | None]]:
    return [
        (need.rules.id if need.rules else None, need.bound.id if need.bound else None)
        for need in audit_needs(found, day)
    ]


# The data -----------------------------------------------------------------------------------


def test_the_rule_sets_of_a_country_follow_one_another_without_a_gap() -> None:
    found = [one.in_force for one in rule_sets()]
    for before, after in pairwise(found):
        assert before.last is not None
        assert after.first == before.last + timedelta(days=1)
    assert found[-1].last is None


def test_each_law_names_the_classes_it_names() -> None:
    named = {one.id: [(each.id, each.clause, each.tag) for each in one.classes] for one in rule_sets()}
    assert named == {
        "cn-2003": [("over", "art. 28", "K"), ("toxic", "art. 28", "K")],
        "cn-2012": [("over", "art. 27", "V"), ("energy", "art. 27", "V"), ("toxic", "art. 27", "V")],
        "cn-2026": [("over", "art. 967", "V"), ("toxic", "art. 967", "V"), ("named", "art. 967", "V")],
    }


def test_what_a_rule_set_reads_exists_and_can_be_said() -> None:
    facts = catalogue()
    assert {facts[name].kind for name in trigger_facts()} == {FactKind.BOOLEAN}
    packs = list(load_packs(shipped_packs()))
    said = [*audits(), *(one for rules in rule_sets() for bound in rules.classes for one in bound.indicators)]
    for one in said:
        asked = [found for pack in packs if pack.id == one.framework if (found := pack.indicator(one.indicator))]
        assert asked, one
        for indicator in asked:
            if one.below is not None:
                assert indicator.kind is Kind.QUANTITY
            elif indicator.kind is Kind.CHOICE:
                assert set(one.values) <= {choice.id for choice in indicator.choices}
            else:
                assert indicator.kind is Kind.BOOLEAN
                assert all(isinstance(value, bool) for value in one.values)


# The rule -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fact", "before", "since"),
    [
        ("exceeds_discharge_limits", ("cn-2012", "over"), ("cn-2026", "over")),
        ("exceeds_total_cap", ("cn-2012", "over"), ("cn-2026", "over")),
        ("exceeds_energy_quota", ("cn-2012", "energy"), None),
        ("uses_toxic_substances", ("cn-2012", "toxic"), ("cn-2026", "toxic")),
        ("discharges_toxic_substances", ("cn-2012", "toxic"), ("cn-2026", "toxic")),
        ("high_toxic_goods", ("cn-2012", "toxic"), ("cn-2026", "toxic")),
        ("on_audit_list", None, ("cn-2026", "named")),
    ],
)
def test_what_binds_follows_the_law_in_force_on_the_day(fact: str, before: Any, since: Any) -> None:
    found = case(stated=[states(fact, day=LONG_AGO)])
    assert classes(found, CODE - timedelta(days=1)) == ([before] if before else [])
    assert classes(found, CODE) == ([since] if since else [])


def test_before_2012_energy_bound_nobody() -> None:
    found = case(stated=[states("exceeds_energy_quota", day=LONG_AGO)])
    assert classes(found, date(2012, 6, 30)) == []
    assert classes(found, date(2012, 7, 1)) == [("cn-2012", "energy")]


@pytest.mark.parametrize("country", ["DE", None])
def test_elsewhere_nothing_is_compulsory(country: str | None) -> None:
    assert classes(case(country=country, stated=[states("uses_toxic_substances")])) == []


def test_a_word_of_authority_beats_the_supplier_s_whoever_spoke_last() -> None:
    own = states("exceeds_discharge_limits", value=False)
    assert classes(case(stated=[own], evidence=[shown(LIMITS, TODAY - timedelta(days=300))])) == [("cn-2026", "over")]
    good = {**LIMITS, "values": {"HJM1": (True, None)}}
    admits = states("exceeds_discharge_limits")
    assert classes(case(stated=[admits], evidence=[shown(good, TODAY - timedelta(days=300))])) == []


def test_what_a_reviewer_confirmed_beats_a_declaration() -> None:
    confirmed = states("exceeds_total_cap", value=False, day=TODAY - timedelta(days=30), verified=True)
    assert classes(case(stated=[states("exceeds_discharge_limits"), confirmed])) == []


def test_an_open_finding_overrides_until_it_is_verified() -> None:
    good = shown({**LIMITS, "values": {"HJM1": (True, None)}}, TODAY)
    found = finding("HJM1", framework="hj450-pcb", observed_on=TODAY - timedelta(days=9))
    assert classes(case(evidence=[good], findings=[found])) == [("cn-2026", "over")]
    assert classes(case(evidence=[good], findings=[replace(found, state=FindingState.VERIFIED)])) == []


def test_to_admit_something_needs_no_review() -> None:
    said = shown(LIMITS, TODAY, kind=EvidenceKind.DECLARATION, trust=Trust.SELF_DECLARED, state=EvidenceState.SUBMITTED)
    assert classes(case(evidence=[said])) == [("cn-2026", "over")]


def test_a_share_of_good_samples_below_all_of_them_is_over_the_limits() -> None:
    def sampled(share: float) -> AuditCase:
        return case(evidence=[shown({"framework": "cp-enterprise", "values": {"CPP1": (share, "P1")}}, TODAY)])

    assert classes(sampled(99.5)) == [("cn-2026", "over")]
    assert classes(sampled(100)) == []


def test_an_audit_since_the_word_settles_it_and_an_older_one_does_not() -> None:
    stated = [states("exceeds_discharge_limits", day=TODAY - timedelta(days=50))]
    assert classes(case(stated=stated, audited=[shown(FULL, TODAY - timedelta(days=51))])) == [("cn-2026", "over")]
    assert classes(case(stated=stated, audited=[shown(FULL, TODAY - timedelta(days=50))])) == []


def test_who_goes_on_using_toxic_substances_is_audited_every_five_years() -> None:
    stated = [states("uses_toxic_substances", day=TODAY)]
    audited = [shown(FULL, date(2021, 11, 22))]
    assert classes(case(stated=stated, audited=audited), TODAY) == []
    assert classes(case(stated=stated, audited=audited), TODAY + timedelta(days=1)) == [("cn-2026", "toxic")]


@pytest.mark.parametrize(
    "less",
    [
        {"state": EvidenceState.SUBMITTED},
        {"trust": Trust.SELF_DECLARED},
        {"values": {"E14": ("due", None)}},
        {"observed_to": TODAY + timedelta(days=1)},
    ],
)
def test_what_shows_no_audit_settles_nothing(less: dict[str, Any]) -> None:
    audited = replace(shown(FULL, TODAY), **less)
    assert classes(case(stated=[states("uses_toxic_substances")], audited=[audited])) == [("cn-2026", "toxic")]


def test_an_audit_older_than_the_framework_allows_is_due_again_for_whoever_was_audited() -> None:
    old = case(ages={"eseec-electronics@2": 60}, audited=[shown(FULL, date(2021, 11, 21))])
    (need,) = audit_needs(old, TODAY)
    assert (need.framework, need.last, need.until) == ("eseec-electronics@2", date(2021, 11, 21), date(2026, 11, 21))
    assert classes(case(ages={"eseec-electronics@2": 60})) == []


def test_the_reason_names_rule_set_case_sources_and_days() -> None:
    decision = audit_due([case(stated=[states("uses_toxic_substances")])], TODAY)
    assert decision.open
    assert [(one.code, dict(one.params)) for one in decision.reasons] == [
        (
            "audit_required",
            {
                "rules": "cn-2026",
                "case": "toxic",
                "sources": ("uses_toxic_substances",),
                "since": "2026-11-22",
                "last": None,
            },
        )
    ]


DAYS = st.integers(-4000, 1500).map(lambda days: TODAY + timedelta(days=days))
STATED = st.builds(
    StatedFact,
    st.just(SUPPLIER),
    st.sampled_from(sorted(trigger_facts())),
    st.booleans(),
    DAYS,
    st.booleans(),
    st.none() | DAYS,
    st.none() | DAYS,
)
SHOWN = st.builds(
    shown, st.sampled_from([LIMITS, FULL]), DAYS, valid_until=st.none() | DAYS, trust=st.sampled_from(Trust)
)


@settings(deadline=None)
@given(st.lists(STATED, max_size=3), st.lists(SHOWN, max_size=3), DAYS, st.data())
def test_nothing_changes_until_the_day_after_good_through(
    stated: list[StatedFact], evidence: list[EvidenceFact], day: date, data: st.DataObject
) -> None:
    found = [case(stated=stated, evidence=evidence, audited=evidence, ages={"eseec-electronics@2": 60})]
    last = audits_good_through(found, day) or day + timedelta(days=3000)
    between = data.draw(st.integers(0, (last - day).days))
    assert audit_due(found, day) == audit_due(found, day + timedelta(days=between))
    assert last >= day


def test_of_every_day_at_most_one_rule_set_of_a_country_is_in_force() -> None:
    assert in_force("CN", date(2002, 12, 31)) is None
    for day in (date(2003, 1, 1), date(2012, 6, 30), date(2012, 7, 1), CODE - timedelta(days=1), CODE):
        assert sum(one.in_force.holds_on(day) for one in rule_sets()) == 1


# The flag -----------------------------------------------------------------------------------


def audited(build: Builder, name: str, day: date) -> None:
    values = [{"indicator": "E14", "value": "full"}]
    build.evidence(
        name, f"audit_{day:%Y}", kind="answer", framework="eseec-electronics", values=values, trust="documented",
        observed_to=day,
    )  # fmt: skip


@pytest.fixture
def plater(world: World) -> Member:
    return world.join("Plater", "supplier", country="CN")


def told(member: Member) -> dict[str, Any]:
    (item,) = member.get("/v1/flags?kind=audit_due&view=supplier").json["items"]
    found: dict[str, Any] = item
    return found


def test_a_declaration_opens_the_flag_and_says_rule_set_case_facts_and_days(world: World, plater: Member) -> None:
    plater.post("/v1/me/facts", {"fact": "uses_toxic_substances", "value": True})
    flag = told(plater)
    assert flag["opened_on"] == START.isoformat()
    assert [one["code"] for one in flag["reasons"]] == ["audit_required"]
    (need,) = flag["audits"]
    assert {name: need[name] for name in ("rules", "clause", "mark", "case", "last", "until")} == {
        "rules": "cn-2026",
        "clause": "art. 967",
        "mark": "read",
        "case": "toxic",
        "last": None,
        "until": None,
    }
    assert need["words"] == [{"source": "uses_toxic_substances", "day": START.isoformat(), "authority": False}]
    plater.post("/v1/me/facts", {"fact": "uses_toxic_substances", "value": False})
    assert [one["code"] for one in told(plater)["closing_reasons"]] == ["no_audit_due"]


def test_a_newer_audit_closes_it_and_five_years_later_it_opens_again(world: World) -> None:
    with building(world) as build:
        plater = build.member("plater", "supplier")
    plater.post("/v1/me/facts", {"fact": "uses_toxic_substances", "value": True})
    with building(world) as build:
        audited(build, "plater", START - timedelta(days=1800))
    assert opened(world, "audit_due") == [(START, START)]
    again = date(2026, 12, 19)  # five years and a day after the audit
    world.clock.go_to(again - timedelta(days=1))
    assert opened(world, "audit_due") == [(START, START)]
    world.clock.go_to(again + timedelta(days=40))
    assert opened(world, "audit_due") == [(START, START), (again, None)]
    incremental = derived(world)
    rebuild(world.runtime)
    assert derived(world) == incremental


def test_of_a_plant_its_company_is_told_too(world: World) -> None:
    with building(world) as build:
        build.organization("plant", kind="plant")
        build.own("company", "plant")
        company = build.member("company", "supplier")
    company.post("/v1/me/facts", {"fact": "uses_toxic_substances", "value": True, "organization": "org_plant"})
    (need,) = told(company)["audits"]
    assert need["organization"] == "org_plant"


def test_no_buyer_learns_of_it(world: World) -> None:
    with building(world) as build:
        build.chain("brand > plater")
        build.require("brand")
        brand, plater = build.member("brand", "brand"), build.member("plater", "supplier")
    before = brand.get("/v1/suppliers").json, brand.get("/v1/flags?view=brand").json
    plater.post("/v1/me/facts", {"fact": "uses_toxic_substances", "value": True})
    assert plater.get("/v1/me/status").json["flags"] == ["audit_due", "training"]
    assert (brand.get("/v1/suppliers").json, brand.get("/v1/flags?view=brand").json) == before
    assert brand.get("/v1/flags?view=brand&kind=audit_due").json["items"] == []
