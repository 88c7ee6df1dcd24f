"""What is exported imports again without a change: organizations and links, in every format and with any name."""

import io
from collections.abc import Mapping
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from schemas.network import NetworkLinkSchema, NetworkOrganizationSchema
from supplychain.network.imports.cells import COLUMNS
from supplychain.network.imports.rows import Kind
from tests.lists import LEI, USCC, images, send
from tests.world import Answer, Member, World

HEADERS = ("en", "zh", "codes")
FORMS = ("csv", "xlsx", "json")
NASTY = (
    "=1+1", "+49 30", "-a", "@home", "'=quoted", "O'Brien & Söhne", 'Zhang "Big" Co., Ltd.', "深圳凯峰电路有限公司",
    "Loom\nand Co", "a,b;c", "007", "2026-01-31", "TRUE", "1e5", "№ 5 – ñandú", "\u00a0x", "＝全角", "null", "#N/A?",
)  # fmt: skip
names = st.sampled_from(NASTY) | st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=20
).filter(lambda text: text.strip() != "")
_brands = count()


def imported(member: Member, kind: str, answer: Answer) -> dict[str, Any]:
    """Import an exported file as it is."""
    assert answer.status_code == 200, answer.json
    media = {"Content-Type": answer.mimetype}
    report = member.post(f"/v1/imports?kind={kind}", data=answer.get_data(), headers=media)
    assert report.status_code in {201, 202}, report.json
    counts: dict[str, Any] = report.json
    return counts


def unchanged(world: World, member: Member, kind: str, form: str, header: str = "en") -> None:
    """Export, import, and assert that every row was matched and no row of the database is another."""
    named = "&header=codes" if header == "codes" else ""
    answer = member.get(f"/v1/network/{kind}?format={form}{named}", headers={"Accept-Language": header})
    before = images(world)
    report = imported(member, kind, answer)
    assert report["counts"]["matched"] == report["counts"]["rows"] > 0, (
        report["counts"],
        report["results"][:3],
        answer.get_data()[:600],
    )
    assert images(world) == before


def test_the_exported_columns_are_those_of_an_import() -> None:
    assert set(NetworkOrganizationSchema().fields) == COLUMNS[Kind.ORGANIZATIONS].keys()
    for_reading = {"buyer_name", "supplier_name", "state"}
    in_short = {"year"}  # stands for the days that are exported
    assert set(NetworkLinkSchema().fields) == COLUMNS[Kind.LINKS].keys() - in_short | for_reading


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    entries=st.dictionaries(
        st.text(st.sampled_from("0aZ-=+@'é中,;\""), min_size=1, max_size=6),
        st.fixed_dictionaries(
            {"name": names}, optional={"region": names, "address": names, "spend": st.floats(0, 1e12)}
        ),
        min_size=1,
        max_size=6,
    ),
    form=st.sampled_from(sorted(FORMS)),
    header=st.sampled_from(HEADERS),
)
def test_organizations_come_back_as_they_were(
    world: World, entries: Mapping[str, Mapping[str, Any]], form: str, header: str
) -> None:
    brand = world.join(f"Brand{next(_brands)}", "brand")
    rows = [{"code": code, **values} for code, values in entries.items()]
    report = brand.post("/v1/imports?kind=organizations", {"rows": rows}).json
    assume(report["counts"]["created"] > 0)  # of a name such as «N/A» an import makes nothing
    unchanged(world, brand, "organizations", form, header)


@pytest.fixture
def brand(world: World) -> Member:
    return world.join("Brand", "brand")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("header", HEADERS)
def test_identifiers_plants_and_parents_come_back(world: World, brand: Member, form: str, header: str) -> None:
    send(
        brand,
        "organizations",
        "code,name,name_zh,kind,country,sector,size,lei,uscc,parent_code\n"
        f"0001,Kaifeng,凯峰,company,CN,PCB,sme,{LEI},{USCC},\n"
        "0002,Kaifeng plant 2,,plant,CN,PCB,,,,0001\n",
    )
    unchanged(world, brand, "organizations", form, header)
    first = brand.get("/v1/network/organizations").json["items"][1]
    assert (first["code"], first["kind"], first["parent_code"]) == ("0002", "plant", "0001")


@pytest.mark.parametrize("form", FORMS)
def test_what_was_corrected_since_stays_corrected(world: World, brand: Member, form: str) -> None:
    report = send(brand, "organizations", "code,name,country\na,Loom,CN\n")
    organization = report["results"][0]["id"]
    version = brand.get(f"/v1/organizations/{organization}").headers["ETag"]
    assert brand.patch(f"/v1/organizations/{organization}", {"name": "Loom Ltd"}, version).status_code == 200
    unchanged(world, brand, "organizations", form)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("header", HEADERS)
def test_links_come_back_with_every_state_they_have(world: World, brand: Member, form: str, header: str) -> None:
    loom, dyer = (world.join(name, "supplier") for name in ("Loom", "Dyer"))
    weaver = world.join("Weaver", "brand")
    claims: list[tuple[Member, dict[str, Any]]] = [
        (brand, {"buyer": brand.id, "supplier": loom.id, "category": "8504", "share": 0.125, "flow_down": "no"}),
        (brand, {"buyer": brand.id, "supplier": loom.id, "valid_from": "2024-01-01", "valid_to": "2024-12-31"}),
        (brand, {"buyer": brand.id, "supplier": dyer.id, "disclosure": "none"}),
        (brand, {"buyer": loom.id, "supplier": dyer.id, "private": True, "share": 0.5}),
        (dyer, {"buyer": brand.id, "supplier": dyer.id, "category": "5208"}),
        (weaver, {"buyer": weaver.id, "supplier": brand.id, "category": "5209"}),
        (brand, {"buyer": weaver.id, "supplier": brand.id, "category": "5210"}),
    ]
    links = [member.post("/v1/links", body) for member, body in claims]
    assert {answer.status_code for answer in links} == {201}
    assert loom.post(f"/v1/links/{links[0].json['id']}/confirm", {}).status_code == 200
    assert brand.post(f"/v1/links/{links[2].json['id']}/end", {}).status_code == 200
    unchanged(world, brand, "links", form, header)
    told = brand.get("/v1/network/links").json["items"]
    assert sorted((row["state"], row["category"]) for row in told if row["category"]) == [
        ("confirmed", "8504"),
        ("offered", "5210"),
    ]
    assert {row["buyer_name"] for row in told} == {"Brand", "Loom", "Weaver"}


def test_what_only_the_other_end_says_is_not_confirmed_by_an_export(world: World, brand: Member) -> None:
    dyer = world.join("Dyer", "supplier")
    offered = dyer.post("/v1/links", {"buyer": brand.id, "supplier": dyer.id, "category": "5208"}).json["id"]
    assert brand.get("/v1/network/links").json["items"] == []
    assert brand.get(f"/v1/links/{offered}").json["state"] == "offered"


def test_a_sheet_holds_what_the_csv_holds(world: World, brand: Member) -> None:
    send(brand, "organizations", 'code,name,spend\n0001,"=1+1",12.5\n0002,"Loom, Ltd",\n')
    answer = brand.get("/v1/network/organizations?format=xlsx&header=codes")
    header, *rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    found = [dict(zip(header, row, strict=True)) for row in rows]
    assert [(row["code"], row["name"], row["spend"]) for row in found] == [
        ("0001", "'=1+1", 12.5),
        ("0002", "Loom, Ltd", ""),
    ]
