"""The network as a graph: what its reader may see, in formats that other tools read."""

import io
from typing import Any

import networkx as nx
import pytest
from pyarrow import parquet

from tests.lists import send
from tests.shelves import refusal
from tests.world import Member, World


@pytest.fixture
def members(world: World) -> dict[str, Member]:
    """Brand > Mill > Spinner (by identity) and Mill > Dyer (by pseudonym); Weaver is another customer of Mill's."""
    found = {
        "Brand": world.join("Brand", "brand"),
        "Weaver": world.join("Weaver", "brand"),
        **{name: world.join(name, "supplier") for name in ("Mill", "Spinner", "Dyer")},
    }
    for buyer, supplier, disclosure in (
        ("Brand", "Mill", "pseudonym"),
        ("Weaver", "Mill", "pseudonym"),
        ("Mill", "Spinner", "identity"),
        ("Mill", "Dyer", "pseudonym"),
    ):
        body: dict[str, Any] = {
            "buyer": found[buyer].id,
            "supplier": found[supplier].id,
            "category": "5205",
            "disclosure": disclosure,
        }
        if buyer != "Weaver":
            body["share"] = 0.25
        link = found[buyer].post("/v1/links", body).json["id"]
        assert found[supplier].post(f"/v1/links/{link}/confirm", {}).status_code == 200
        if disclosure == "identity":
            tag = found[supplier].get(f"/v1/links/{link}").headers["ETag"]
            assert found[supplier].patch(f"/v1/links/{link}", {"disclosure": "identity"}, tag).status_code == 200
    return found


def graph(member: Member) -> dict[str, Any]:
    body: dict[str, Any] = member.get("/v1/network").json
    return body


def drawn(body: dict[str, Any]) -> set[tuple[str, str]]:
    """Buyers and suppliers, by name."""
    names = {node["id"]: node.get("name", node["kind"]) for node in body["nodes"]}
    return {(names[edge["target"]], names[edge["source"]]) for edge in body["edges"]}


def test_a_brand_sees_links_whose_both_ends_it_may_name(members: dict[str, Member]) -> None:
    body = graph(members["Brand"])
    assert drawn(body) == {("Brand", "Mill"), ("Mill", "Spinner")}
    assert sorted((node["kind"], node["tier"]) for node in body["nodes"]) == [
        ("identity", 1),
        ("identity", 2),
        ("pseudonym", 2),
        ("self", 0),
    ]
    (veiled,) = [node for node in body["nodes"] if node["kind"] == "pseudonym"]
    assert veiled["id"].startswith("psn_")
    assert veiled.keys() <= {"id", "kind", "country", "tier"}
    assert {edge.get("share") for edge in body["edges"]} == {0.25, None}


def test_a_supplier_sees_its_own_links_and_no_share_of_its_customers(members: dict[str, Member]) -> None:
    body = graph(members["Mill"])
    assert drawn(body) == {("Brand", "Mill"), ("Weaver", "Mill"), ("Mill", "Spinner"), ("Mill", "Dyer")}
    names = {node["id"]: node["name"] for node in body["nodes"]}
    assert {names[edge["source"]] for edge in body["edges"] if "share" in edge} == {"Spinner", "Dyer"}


def test_a_claimed_link_is_drawn_and_nothing_below_it(world: World, members: dict[str, Member]) -> None:
    other = world.join("Other", "brand")
    other.post("/v1/links", {"buyer": other.id, "supplier": members["Mill"].id})
    body = graph(other)
    assert drawn(body) == {("Other", "Mill")}
    assert [edge["state"] for edge in body["edges"]] == ["claimed"]


def test_whom_only_a_pseudonym_stands_for_is_not_named_in_any_format(members: dict[str, Member]) -> None:
    for form in ("node-link", "graphml", "gexf", "parquet"):
        answer = members["Brand"].get(f"/v1/network?format={form}")
        text = (
            answer.data if form != "parquet" else repr(parquet.read_table(io.BytesIO(answer.data)).to_pylist()).encode()
        )
        assert b"Spinner" in text
        assert b"Dyer" not in text
        assert members["Dyer"].id.encode() not in text
        assert members["Weaver"].id.encode() not in text


def test_no_format_says_on_which_day_the_file_was_made(members: dict[str, Member]) -> None:
    for form in ("node-link", "graphml", "gexf"):
        assert b"modified" not in members["Brand"].get(f"/v1/network?format={form}").data


def test_every_format_holds_the_same_graph(members: dict[str, Member]) -> None:
    brand = members["Brand"]
    body = graph(brand)
    edges = {(edge["source"], edge["target"], edge["key"]) for edge in body["edges"]}
    nodes = {node["id"] for node in body["nodes"]}
    of_json = nx.node_link_graph(body, edges="edges")
    assert (set(of_json.nodes), set(of_json.edges)) == (nodes, edges)
    of_graphml = nx.read_graphml(io.BytesIO(brand.get("/v1/network?format=graphml").data), force_multigraph=True)
    assert (set(of_graphml.nodes), set(of_graphml.edges)) == (nodes, edges)
    of_gexf = nx.read_gexf(io.BytesIO(brand.get("/v1/network?format=gexf").data))
    assert set(of_gexf.nodes) == nodes
    assert set(of_gexf.edges()) == {(supplier, buyer) for supplier, buyer, _ in edges}
    answer = brand.get("/v1/network?format=parquet")
    rows = parquet.read_table(io.BytesIO(answer.data)).to_pylist()
    assert {(row["source"], row["target"], row["id"]) for row in rows} == edges
    assert answer.headers["Content-Disposition"].endswith('.parquet"')


def test_a_graph_imports_again_without_a_change(world: World) -> None:
    brand = world.join("Brand", "brand")
    send(brand, "organizations", "code,name\na,Loom\nb,Dyer\n")
    send(brand, "links", "supplier,category,share\na,5205,0.5\nb,5208,\n")
    for form in ("node-link", "graphml", "gexf", "parquet"):
        answer = brand.get(f"/v1/network?format={form}")
        media = {"Content-Type": answer.mimetype}
        report = brand.post("/v1/imports?kind=links", data=answer.data, headers=media)
        assert report.status_code == 201, (form, report.json)
        assert report.json["counts"]["matched"] == report.json["counts"]["rows"] == 2, (form, report.json)


def test_an_unknown_format_is_refused(members: dict[str, Member]) -> None:
    assert refusal(members["Brand"].get("/v1/network?format=csv")) == (422, "invalid-payload")
