"""The cascade over files: who owes what is what two plain readings of the rules say, and what the service says."""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.facts import Change, Link, Organization, Ownership, Period, SupplierScope
from graph.facts import Requirement as Demanded
from graph.network import Network
from graph.obligations import obligations
from graph.terms import Beyond, FlowDown, LinkState, ScopeApplies
from graph.walks.reach import Lens
from tests.cascade_oracles import Owed, Row, by_duckdb, by_networkx
from tests.cascade_worlds import LINK_TYPES, ON, Situation, chains, computed, situations, write

ENDINGS = st.sampled_from([".csv", ".parquet"])
BEGUN = date(2000, 1, 1)


@settings(max_examples=200, deadline=None)
@given(situations() | chains(), ENDINGS)
def test_who_owes_what_is_what_networkx_and_duckdb_say(situation: Situation, ending: str) -> None:
    with TemporaryDirectory() as folder:
        found = computed(write(Path(folder), situation, ending))
    expected = by_networkx(situation.links, situation.requirements, situation.organizations, ON)
    assert found == expected
    assert found == by_duckdb(situation.links, situation.requirements, situation.organizations, ON)


@settings(max_examples=150, deadline=None)
@given(situations())
def test_who_owes_what_is_what_the_service_says(situation: Situation) -> None:
    for requirement in situation.requirements:
        requirement["effective_from"] = requirement["effective_from"] or BEGUN
    with TemporaryDirectory() as folder:
        found = computed(write(Path(folder), situation, ".csv"))
    assert found == by_the_service(situation)


def by_the_service(situation: Situation) -> list[Owed]:
    """The obligations that the engine of the service derives from the same facts."""
    names = sorted({link[end] for link in situation.links for end in ("buyer", "supplier")} | _named(situation))
    number = {name: at for at, name in enumerate(names, 1)}
    demanded = [_demanded(at, row, number) for at, row in enumerate(situation.requirements, 1)]
    facts: list[Change] = [
        *(_link(row, number) for row in situation.links if row["buyer"] != row["supplier"]),
        *(Organization(number[o["ref"]], country=o["country"], sector=o["sector"]) for o in situation.organizations),
        *(
            Ownership(at, number[o["ref"]], number[o["parent"]], confirmed=True)
            for at, o in enumerate(situation.organizations, 1)
            if o["parent"]
        ),
        *demanded,
    ]
    network = Network.empty().apply(facts, 1)
    return [
        (demand.id, names[supplier - 1], owed.tier, owed.level, owed.due, owed.via)
        for demand in demanded
        for supplier, owed in sorted(obligations(network, demand, ON, Lens.OWED).items())
    ]


def _named(situation: Situation) -> set[str]:
    named = {one["issuer"] for one in situation.requirements}
    return named | {one[name] for one in situation.organizations for name in ("ref", "parent") if one[name]}


def _link(row: Row, number: dict[str, int]) -> Link:
    period = Period(row["valid_from"], row["valid_to"], LinkState.CONFIRMED)
    flow_down = FlowDown(row["flow_down"] or "undeclared")
    return Link(row["id"], number[row["buyer"]], number[row["supplier"]], (period,), row["hs"], flow_down=flow_down)


def _demanded(at: int, row: Row, number: dict[str, int]) -> Demanded:
    return Demanded(
        number=at,
        issuer=number[row["issuer"]],
        framework="test@1",
        pillars=("ohs",),
        schedule=tuple(row["schedule"]),
        effective_from=row["effective_from"],
        published_on=BEGUN,
        beyond=Beyond(row["beyond"]),
        grace=tuple(row["grace_months"]),
        link_scope=tuple(row["hs"]),
        scope_applies=ScopeApplies(row["scope_applies"]),
        supplier_scope=SupplierScope(frozenset(row["countries"]), sectors=frozenset(row["sectors"])),
        id=row["id"],
    )


WORKED = [(1, "B", "X", "8517"), (2, "B", "Y", "8504"), (3, "X", "Z", "8517"), (4, "Y", "Z", "8504")]
WORKED += [(5, "Z", "W", "8542"), (6, "W", "X", "8504")]
ALL_FOUR = [("R", "W", 3, 1, None, 5), ("R", "X", 1, 3, None, 1), ("R", "Y", 1, 3, None, 2), ("R", "Z", 2, 2, None, 3)]


@pytest.mark.parametrize(
    ("demand", "owed"),
    [
        ({}, ALL_FOUR),
        ({"hs": ["8504"]}, [("R", "Y", 1, 3, None, 2), ("R", "Z", 2, 2, None, 4)]),
        ({"beyond": "hold"}, ALL_FOUR),
    ],
)
def test_the_worked_example_of_the_domain_rules(tmp_path: Path, demand: Row, owed: list[Owed]) -> None:
    links = [
        {**dict.fromkeys(LINK_TYPES.names), "id": number, "buyer": buyer, "supplier": supplier, "hs": code}
        for number, buyer, supplier, code in WORKED
    ]
    requirement = {"id": "R", "issuer": "B", "pillar": "OHS", "schedule": [3, 2, 1], **demand}
    assert computed(write(tmp_path, Situation(links, [requirement], []), ".csv")) == owed
