"""Two entries of one company become one, and two again: everything follows, nothing is lost, nobody else can tell."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from supplychain.conformity.derive import rebuild
from supplychain.db import Base
from supplychain.evidence.models import Evidence
from supplychain.network.merges import moving
from supplychain.network.models import Identifier, OwnershipRow, SupplierRecord, SupplyLink
from tests.factories import Builder, building
from tests.lists import send, statuses
from tests.merging import answers, differences, tables
from tests.world import Member, World


def merged(member: Member, source: str, target: str, status: int = 201, **body: Any) -> dict[str, Any]:
    response = member.post("/v1/merges", {"source": f"org_{source}", "target": f"org_{target}", **body})
    assert response.status_code == status, response.json
    answer: dict[str, Any] = response.json
    return answer


def everybodys(operator: Member, source: str, target: str, status: int = 201, **body: Any) -> dict[str, Any]:
    return merged(operator, source, target, status, scope="directory", **body)


def undone(member: Member, merge: dict[str, Any], status: int = 200) -> dict[str, Any]:
    response = member.post(f"/v1/merges/{merge['id']}/undo")
    assert response.status_code == status, response.json
    answer: dict[str, Any] = response.json
    return answer


def rows(world: World, model: Any, **equal: Any) -> list[Any]:
    return list(
        world.do(lambda work: list(work.session.scalars(select(model).filter_by(**equal).order_by(model.number))))
    )


@pytest.fixture
def twins(world: World) -> World:
    """mill and mill_too are one company: both with customers, records, evidence and suppliers."""
    with building(world) as build:
        build.member("operator", "operator")
        build.member("brand", "brand")
        build.member("rival", "brand")
        build.member("mill", "supplier")
        build.organization("mill_too", claim="unclaimed", source=build.number("brand"))
        build.link("brand", "mill", "5205", until=date(2026, 12, 31))
        build.link("brand", "mill_too", "5205", state="claimed", since=date(2027, 1, 1))
        build.link("rival", "mill_too", "5205")
        build.link("mill", "spinner")
        build.link("mill_too", "mill", state="claimed")
        build.record("brand", "mill_too")
        build.record("rival", "mill_too")
        build.record("mill", "mill_too")
        build.prove("mill_too", 1)
        build.grant("mill", "brand")
        build.require("brand", (1, 1))
        build.require("rival", (2, 1))
        build.own("mill", "mill_too", confirmed=False)
        build._add(Identifier(organization=build.number("mill_too"), scheme="gln", value="4006381333931"))
    return world


# For everybody ------------------------------------------------------------------------------


def test_everything_follows_a_merged_entry(twins: World) -> None:
    operator, mill = twins.members["operator"], twins.members["mill"]
    told = everybodys(operator, "mill_too", "mill", note="One business licence")
    assert (told["state"], told["scope"], told["note"]) == ("merged", "directory", "One business licence")
    others = [row for row in rows(twins, SupplierRecord) if row.owner != mill.number]
    assert {row.organization for row in others} == {mill.number}
    assert {row.organization for row in rows(twins, Evidence)} == {mill.number}
    assert {row.organization for row in rows(twins, Identifier)} == {mill.number}
    assert {row.supplier for row in rows(twins, SupplyLink, buyer=twins.members["rival"].number)} == {mill.number}
    assert rows(twins, OwnershipRow) == []


def test_periods_of_the_same_two_join_under_the_smaller_number_and_each_day_keeps_its_state(twins: World) -> None:
    everybodys(twins.members["operator"], "mill_too", "mill")
    brand = twins.members["brand"]
    (link,) = brand.get("/v1/links?role=buyer").json["items"]
    assert (link["id"], link["supplier"]["id"]) == ("lnk_brand_mill_5205", "org_mill")
    assert link["periods"] == [
        {"valid_from": None, "valid_to": "2026-12-31", "state": "confirmed"},
        {"valid_from": "2027-01-01", "valid_to": None, "state": "claimed"},
    ]
    assert brand.get("/v1/links/lnk_brand_mill_too_5205").json["id"] == "lnk_brand_mill_5205"


def test_a_link_between_the_two_is_ended_on_every_day(twins: World) -> None:
    everybodys(twins.members["operator"], "mill_too", "mill")
    (link,) = rows(twins, SupplyLink, id="lnk_mill_too_mill")
    assert (link.buyer, link.supplier, link.periods) == (
        twins.members["mill"].number,
        twins.members["mill"].number,
        [[None, None, "ended"]],
    )


def issuers_of(member: Member, issuer: str) -> list[dict[str, Any]]:
    """What a supplier owes to an issuer it is told of."""
    owed = member.get("/v1/me/obligations").json["items"]
    return [one for one in owed if one["issuer"] and one["issuer"]["id"] == issuer]


def test_levels_and_obligations_are_those_of_one_company(twins: World) -> None:
    mill = twins.members["mill"]
    assert [one["tier"] for one in issuers_of(mill, "org_rival")] == []
    everybodys(twins.members["operator"], "mill_too", "mill")
    assert [(one["tier"], one["level"]) for one in issuers_of(mill, "org_rival")] == [(1, 2)]
    status = twins.members["rival"].get("/v1/suppliers/org_mill/status").json
    assert [one["achieved"] for one in status["obligations"]] == [1]


OF_AN_ORGANIZATION = (
    "/v1/organizations/{}",
    "/v1/suppliers/{}",
    "/v1/suppliers/{}/status",
    "/v1/suppliers/{}/explanation",
)


@pytest.mark.parametrize("path", OF_AN_ORGANIZATION)
def test_the_old_id_answers_308_to_the_new_one_for_everybody(twins: World, path: str) -> None:
    everybodys(twins.members["operator"], "mill_too", "mill")
    for name in ("brand", "rival"):
        response = twins.members[name].get(path.format("org_mill_too"))
        assert response.status_code == 308
        assert response.headers["Location"] == path.format("org_mill")
        assert response.headers["Link"] == f'<{path.format("org_mill")}>; rel="canonical"'
        assert response.json["code"] == "organization-merged"
        assert twins.members[name].get(response.headers["Location"]).status_code == 200


def test_a_payload_and_a_filter_that_name_the_old_id_mean_the_new_one(twins: World) -> None:
    everybodys(twins.members["operator"], "mill_too", "mill")
    brand = twins.members["brand"]
    link = brand.post("/v1/links", {"buyer": "org_brand", "supplier": "org_mill_too", "category": "61"}).json
    assert link["supplier"]["id"] == "org_mill"
    record = brand.post("/v1/records", {"organization": "org_mill_too", "code": "new", "name": "Mill"}).json
    assert record["organization"] == "org_mill"
    assert len(brand.get("/v1/records?organization=org_mill_too").json["items"]) == 2
    assert len(brand.get("/v1/links?counterpart=org_mill_too").json["items"]) == 2


def test_the_directory_lists_a_merged_entry_no_more_and_its_identifier_finds_the_other(twins: World) -> None:
    everybodys(twins.members["operator"], "mill_too", "mill")
    brand = twins.members["brand"]
    assert [one["id"] for one in brand.get("/v1/organizations?name=mill").json["items"]] == ["org_mill"]
    entered = brand.post(
        "/v1/organizations", {"name": "Whatever", "identifiers": [{"scheme": "gln", "value": "4006381333931"}]}
    )
    assert (entered.status_code, entered.json["id"]) == (200, "org_mill")


def test_an_operator_sees_every_merge_of_the_directory_and_others_only_their_own(twins: World) -> None:
    told = everybodys(twins.members["operator"], "mill_too", "mill")
    with building(twins) as build:
        build.member("second", "operator")
    assert [one["id"] for one in twins.members["second"].get("/v1/merges").json["items"]] == [told["id"]]
    assert twins.members["brand"].get("/v1/merges").json["items"] == []
    assert twins.members["brand"].get(f"/v1/merges/{told['id']}").status_code == 404


def test_only_an_operator_merges_for_everybody(twins: World) -> None:
    refused = everybodys(twins.members["brand"], "mill_too", "mill", 403)
    assert refused["code"] == "permission-missing"


def test_an_entry_is_not_merged_into_itself_nor_the_better_established_into_the_other(twins: World) -> None:
    operator = twins.members["operator"]
    assert everybodys(operator, "mill", "mill", 422)["errors"][0]["code"] == "merge-with-itself"
    assert everybodys(operator, "mill", "mill_too", 409)["code"] == "merge-the-other-way"


def test_of_two_claimed_entries_somebody_says_whose_people_stay(world: World) -> None:
    with building(world) as build:
        for name, role in (("operator", "operator"), ("mill", "supplier"), ("mill_too", "supplier")):
            build.member(name, role)
    operator, too = world.members["operator"], world.members["mill_too"]
    assert everybodys(operator, "mill_too", "mill", 409)["code"] == "merge-both-claimed"
    told = everybodys(operator, "mill_too", "mill", people="target")
    assert too.get("/v1/me").status_code == 401
    undone(operator, told)
    assert too.get("/v1/me").json["organization"]["id"] == "org_mill_too"
    everybodys(operator, "mill_too", "mill", people="both")
    assert too.get("/v1/me").json["organization"]["id"] == "org_mill"
    assert world.members["mill"].get("/v1/me").json["organization"]["id"] == "org_mill"


def test_a_merge_that_would_put_a_company_above_itself_by_way_of_a_third_is_refused(world: World) -> None:
    with building(world) as build:
        operator = build.member("operator", "operator")
        build.own("top", "middle")
        build.own("middle", "bottom")
    assert everybodys(operator, "bottom", "top", 409)["code"] == "merge-closes-circle"
    everybodys(operator, "bottom", "middle")


# Taken back ---------------------------------------------------------------------------------


def readings(world: World) -> Any:
    paths = (
        *("/v1/links", "/v1/records", "/v1/me", "/v1/suppliers", "/v1/organizations?name=m", "/v1/ownerships"),
        *("/v1/organizations/org_mill", "/v1/organizations/org_mill_too", "/v1/suppliers/org_mill_too/status"),
    )
    return answers((world.members[name] for name in ("brand", "rival", "mill")), paths)


def test_a_merge_taken_back_is_as_if_it_had_never_been(twins: World) -> None:
    before, read = tables(twins), readings(twins)
    operator = twins.members["operator"]
    told = everybodys(operator, "mill_too", "mill")
    assert differences(before, tables(twins))
    assert undone(operator, told)["state"] == "split"
    assert differences(before, tables(twins)) == {}
    assert readings(twins) == read
    assert undone(operator, told, 409)["code"] == "merge-undone"


def test_what_was_recorded_meanwhile_stays_with_the_entry_that_stayed(twins: World) -> None:
    operator, brand = twins.members["operator"], twins.members["brand"]
    told = everybodys(operator, "mill_too", "mill")
    brand.post("/v1/records", {"organization": "org_mill_too", "code": "later", "name": "Later"})
    undone(operator, told)
    about = {one["code"]: one["organization"] for one in brand.get("/v1/records").json["items"]}
    assert about == {"brand-mill_too": "org_mill_too", "later": "org_mill"}


def test_days_said_of_a_joined_link_meanwhile_are_in_the_way_and_named(twins: World) -> None:
    operator, brand = twins.members["operator"], twins.members["brand"]
    told = everybodys(operator, "mill_too", "mill")
    brand.post("/v1/links/lnk_brand_mill_5205/end", {"note": "Over"})
    refused = undone(operator, told, 409)
    assert (refused["code"], "lnk_brand_mill_5205" in refused["detail"]) == ("split-in-the-way", True)


def test_a_chain_of_merges_is_followed_and_taken_back_from_its_end(world: World) -> None:
    with building(world) as build:
        operator, brand = build.member("operator", "operator"), build.member("brand", "brand")
        for name in ("one", "two", "three"):
            build.organization(name, claim="unclaimed")
            build.link("brand", name, "8504")
            build.record("brand", name)
    before = tables(world)
    first, second = everybodys(operator, "one", "two"), everybodys(operator, "two", "three")
    assert brand.get("/v1/organizations/org_one").headers["Location"] == "/v1/organizations/org_three"
    assert [one["id"] for one in brand.get("/v1/suppliers").json["items"]] == ["org_three"]
    refused = undone(operator, first, 409)
    assert (refused["code"], second["id"] in refused["detail"]) == ("split-later-first", True)
    undone(operator, second)
    undone(operator, first)
    assert differences(before, tables(world)) == {}


# A sender's own -----------------------------------------------------------------------------


def test_a_senders_merge_moves_its_own_rows_and_no_others(world: World) -> None:
    with building(world) as build:
        brand, rival = build.member("brand", "brand"), build.member("rival", "brand")
        for owner in ("brand", "rival"):
            build.record(owner, "acme_ltd")
            build.link(owner, "acme_ltd", "85", state="claimed")
            build.link("acme_ltd", "maker", private_to=owner)
        build.organization("acme")
    before = answers([rival], ["/v1/links", "/v1/records", "/v1/suppliers", "/v1/organizations/org_acme_ltd"])
    told = merged(brand, "acme_ltd", "acme")
    assert {one["organization"] for one in brand.get("/v1/records").json["items"]} == {"org_acme"}
    ends = {one[end]["id"] for one in brand.get("/v1/links").json["items"] for end in ("buyer", "supplier")}
    assert ends == {"org_brand", "org_acme", "org_maker"}
    assert brand.get("/v1/organizations/org_acme_ltd").headers["Location"] == "/v1/organizations/org_acme"
    assert brand.get("/v1/suppliers/org_acme_ltd/status").headers["Location"] == "/v1/suppliers/org_acme/status"
    assert before == answers([rival], ["/v1/links", "/v1/records", "/v1/suppliers", "/v1/organizations/org_acme_ltd"])
    undone(brand, told)
    assert {one["organization"] for one in brand.get("/v1/records").json["items"]} == {"org_acme_ltd"}
    assert brand.get("/v1/organizations/org_acme_ltd").status_code == 200


def test_a_sender_moves_nothing_that_rests_on_anothers_word(twins: World) -> None:
    with building(twins) as build:
        build.record("rival", "mill")
    refused = merged(twins.members["rival"], "mill_too", "mill", 409)
    assert (refused["code"], "lnk_rival_mill_too_5205" in refused["detail"]) == ("merge-not-alone", True)
    nothing = merged(twins.members["brand"], "spinner", "mill", 422)
    assert nothing["errors"][0]["code"] == "no-record-of-yours"
    assert merged(twins.members["mill"], "mill_too", "mill", 422)["errors"][0]["code"] == "merge-of-yourself"


def test_a_senders_merge_and_its_undoing_leave_every_table_as_it_was(world: World) -> None:
    with building(world) as build:
        brand = build.member("brand", "brand")
        for name in ("acme", "acme_ltd"):
            build.organization(name, claim="unclaimed")
            build.record("brand", name)
            build.link("brand", name, "85", state="claimed")
        build.require("brand", (1,))
    before = tables(world)
    told = merged(brand, "acme_ltd", "acme")
    assert differences(before, tables(world))
    undone(brand, told)
    assert differences(before, tables(world)) == {}


def test_the_directory_has_the_last_word_where_both_go_round_in_a_circle(world: World) -> None:
    with building(world) as build:
        operator, brand = build.member("operator", "operator"), build.member("brand", "brand")
        for name in ("acme", "acme_ltd"):
            build.organization(name, claim="unclaimed")
            build.record("brand", name)
    merged(brand, "acme", "acme_ltd")
    everybodys(operator, "acme_ltd", "acme")
    assert brand.get("/v1/organizations/org_acme").status_code == 200
    assert brand.get("/v1/organizations/org_acme_ltd").headers["Location"] == "/v1/organizations/org_acme"


def test_nobody_else_can_take_back_a_senders_merge(world: World) -> None:
    with building(world) as build:
        brand, rival = build.member("brand", "brand"), build.member("rival", "brand")
        operator = build.member("operator", "operator")
        build.record("brand", "acme_ltd")
        build.organization("acme")
    told = merged(brand, "acme_ltd", "acme")
    for other in (rival, operator):
        assert other.get(f"/v1/merges/{told['id']}").status_code == 404
        undone(other, told, 404)


def test_a_list_that_bears_the_merged_entrys_identifier_means_the_other_one(world: World) -> None:
    with building(world) as build:
        brand = build.member("brand", "brand")
        build.organization("acme")
        build.record("brand", "acme_ltd", code="7")
        build._add(Identifier(organization=build.number("acme_ltd"), scheme="gln", value="4006381333931"))
    merged(brand, "acme_ltd", "acme")
    report = send(brand, "organizations", "code,name,gln\n7,Acme Ltd,4006381333931\n")
    assert (statuses(report), report["results"][0]["id"]) == (["updated"], "org_acme")


# A record of its own ------------------------------------------------------------------------


def test_a_record_taken_for_another_companys_gets_an_organization_of_its_own(world: World) -> None:
    with building(world) as build:
        brand = build.member("brand", "brand")
        build.record("brand", "acme", name="Acme Foods", country="VN")
        build.link("brand", "acme", "85", state="claimed")
    record = brand.get("/v1/records/rec_brand_acme")
    path = "/v1/records/rec_brand_acme/split"
    assert brand.post(path, {}).status_code == 428
    sent = {"name": "Acme Foods Co", "links": ["lnk_brand_acme_85"]}
    split = brand.post(path, sent, headers={"If-Match": record.headers["ETag"]})
    assert split.status_code == 200, split.json
    new = split.json["organization"]
    assert new != "org_acme"
    assert brand.get(f"/v1/organizations/{new}").json["name"] == "Acme Foods Co"
    assert brand.get("/v1/links/lnk_brand_acme_85").json["supplier"]["id"] == new
    assert brand.post(path, {}, headers={"If-Match": record.headers["ETag"]}).status_code == 412


# The tables themselves ----------------------------------------------------------------------


def test_whatever_refers_to_an_organization_is_moved_or_stays_for_a_reason() -> None:
    referring = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if any(key.column.table.name == "organization" for key in column.foreign_keys)
    }
    moved = {f"{column.table.name}.{column.name}" for column in moving.references()}
    assert referring == (moved & referring) | moving.STAYING.keys()
    assert moved & moving.STAYING.keys() == set()


# Any sequence of facts ----------------------------------------------------------------------

NAMES = ("one", "two", "three")
DAYS = st.sampled_from([None, date(2026, 1, 1), date(2026, 6, 1), date(2027, 1, 1)])
FACTS = st.one_of(
    st.tuples(st.just("link"), st.sampled_from(("brand", *NAMES)), st.sampled_from(NAMES), st.sampled_from(("", "85")),
              st.sampled_from(("claimed", "confirmed", "offered", "disputed", "ended")), DAYS),
    st.tuples(st.just("private"), st.sampled_from(NAMES), st.sampled_from(NAMES)),
    st.tuples(st.just("record"), st.sampled_from(("brand", "rival", *NAMES)), st.sampled_from(NAMES)),
    st.tuples(st.just("own"), st.sampled_from(("brand", *NAMES)), st.sampled_from(NAMES)),
    st.tuples(st.just("prove"), st.sampled_from(NAMES)),
    st.tuples(st.just("grant"), st.sampled_from(NAMES), st.sampled_from(("brand", *NAMES))),
    st.tuples(st.just("require"), st.sampled_from(("brand", *NAMES))),
)  # fmt: skip


def told(build: Builder, number: int, fact: tuple[Any, ...]) -> None:
    """Write a fact down, unless it says something of two that are one, or says it twice."""
    kind, *ends = fact
    if len(ends) > 1 and ends[0] == ends[1]:
        return
    if kind == "link":
        buyer, supplier, category, state, since = ends
        build.link(buyer, supplier, category, state=state, since=since)
    elif kind == "private":
        build.link(*ends, private_to="brand")
    elif kind == "own" and not {("own", *ends), ("own", ends[1], ends[0])} & build.said:  # type: ignore[attr-defined]
        build.said.add(("own", *ends))  # type: ignore[attr-defined]
        build.own(*ends, confirmed=number % 2 == 0)
    elif kind in {"record", "prove", "grant", "require"} and fact not in build.said:  # type: ignore[attr-defined]
        build.said.add(fact)  # type: ignore[attr-defined]
        getattr(build, kind)(*ends)


def seen(world: World) -> Any:
    """What every reader is answered on every route that a merge of two could change."""
    paths = [f"/v1/{noun}/org_{name}" for noun in ("organizations", "suppliers") for name in NAMES]
    paths += ["/v1/links", "/v1/records", "/v1/suppliers", "/v1/ownerships", "/v1/organizations?name=o"]
    return answers((world.members[name] for name in ("brand", "rival", "two")), paths)


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(facts=st.lists(FACTS, min_size=3, max_size=14), chain=st.booleans())
def test_any_facts_merged_and_split_are_as_if_never_merged(
    world_on: Callable[[str], World], facts: list[tuple[Any, ...]], chain: bool
) -> None:
    world = world_on("")
    with building(world) as build:
        build.said = set()  # type: ignore[attr-defined]
        operator = build.member("operator", "operator")
        for name, role in (("brand", "brand"), ("rival", "brand"), ("two", "supplier")):
            build.member(name, role)
        for name in ("one", "three"):
            build.organization(name, claim="unclaimed")
        for number, fact in enumerate(facts):
            told(build, number, fact)
    before, read = tables(world), seen(world)
    steps = [("one", "three"), ("three", "two")] if chain else [("one", "two")]
    done = []
    for source, target in steps:
        response = operator.post(
            "/v1/merges", {"source": f"org_{source}", "target": f"org_{target}", "scope": "directory"}
        )
        if response.status_code == 409:
            assert response.json["code"] == "merge-closes-circle"
            break
        done.append(response.json)
    together = seen(world)
    rebuild(world.runtime)
    assert seen(world) == together, "what is derived at once is what is derived from nothing"
    for merge in reversed(done):
        undone(operator, merge)
    assert differences(before, tables(world)) == {}
    assert seen(world) == read
