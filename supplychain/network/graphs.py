"""The network as its reader sees it, as a graph, and the graph as a file.

A node is who the reader may list; an edge is a link whose both ends it may name. Edges go with the goods, from supplier
to buyer, as an import reads them. To a pseudonym no edge leads: which way it is reached is what the pseudonym hides.
Of another day than today the facts of then are drawn, of nobody and of no link but those that are seen today.
"""

import io
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, Final

import networkx as nx
import orjson

from graph.facts import Link
from graph.network import state_on
from graph.sight import RowKind, disclosed
from supplychain.accounts.permissions import Permission
from supplychain.network import engine, link_queries
from supplychain.network.link_rules import HOLDING, Side
from supplychain.network.visibility import country_of, network_for, visible_to
from supplychain.work import Work

_OWN: Final = (Side.BUYER, Side.SUPPLIER, Side.OWNER)
_NOT_XML: Final = re.compile("[\ufffe\uffff]")
Graph = nx.MultiDiGraph
Attributes = dict[str, Any]


def drawn(work: Work, day: date) -> "Graph[str]":
    """The actor's network on a day: nodes by displayed id, edges from supplier to buyer by the link's id."""
    graph: Graph[str] = nx.MultiDiGraph()
    for node, attributes in _nodes(work, day):
        graph.add_node(node, **attributes)
    network = engine.network(work)
    for link, attributes in sorted(_edges(work, day).values(), key=lambda pair: pair[0].id):
        ends = [network.organization(number) for number in (link.buyer, link.supplier)]
        buyer, supplier = (end.id for end in ends if end)
        for end in ends:
            if end and end.id not in graph:
                graph.add_node(end.id, **_said({"kind": "counterpart", "name": end.name, "name_zh": end.name_zh}))
        graph.add_edge(supplier, buyer, key=link.id, **attributes)
    return graph


def _nodes(work: Work, day: date) -> Iterable[tuple[str, Attributes]]:
    me = work.actor.organization
    network = network_for(work, me)
    own = engine.network(work).organization(me)
    if own:
        yield own.id, _said({"kind": "self", "name": own.name, "name_zh": own.name_zh, "tier": 0})
    if Permission.SUPPLIERS_READ not in work.actor.permissions:
        return
    for seen in sorted(visible_to(work, me, day).values(), key=lambda one: (one.tier, one.id)):
        found = network.organization(seen.organization)
        named = found if seen.kind is not RowKind.PSEUDONYM else None
        shown = {
            "kind": str(seen.kind),
            "name": named.name if named else None,
            "name_zh": named.name_zh if named else None,
            "country": country_of(network, seen, me),
            "tier": seen.tier,
        }
        yield seen.id, _said(shown)


def _edges(work: Work, day: date) -> Mapping[int, tuple[Link, Attributes]]:
    """Links by number: below the reader those disclosed by identity, and its own with what it may read of them."""
    me = work.actor.organization
    network = network_for(work, me)
    found: dict[int, tuple[Link, Attributes]] = {}
    if Permission.SUPPLIERS_READ in work.actor.permissions:
        found.update((link.number, (link, _edge(link, day))) for link in disclosed(network, me, day))
    for side in _OWN:
        for link in link_queries.listed(work, side):
            if state_on(link.periods, day) in HOLDING and _still_told(work, link):
                share = None if side is Side.SUPPLIER else link.share
                found[link.number] = (link, {**_edge(link, day), **_said({"share": share})})
    return found


def _still_told(work: Work, link: Link) -> bool:
    """Whether today the actor still reads a link that it once read as its own, or what it was joined into."""
    now = engine.present(work).network
    current = now.link(link.number)
    ends = (link.buyer, link.supplier, link.owner)
    if current is not None and current.periods:
        return (current.buyer, current.supplier, current.owner) == ends
    return any((one.buyer, one.supplier, one.owner) == ends and one.periods for one in now.links_from(link.buyer))


def _edge(link: Link, day: date) -> Attributes:
    return _said({"state": str(state_on(link.periods, day)), "category": link.category})


def _said(attributes: Attributes) -> Attributes:
    """Without what is not known: a graph file has no null."""
    return {name: value for name, value in attributes.items() if value is not None}


# As a file ----------------------------------------------------------------------------------


def _node_link(graph: "Graph[str]") -> bytes:
    return orjson.dumps(nx.node_link_data(graph, edges="edges"))


_WRITTEN_ON: Final = re.compile(rb' lastmodifieddate="[0-9-]+"')


def _graphml(graph: "Graph[str]") -> bytes:
    file = io.BytesIO()
    nx.write_graphml_xml(_labelled(graph), file)
    return file.getvalue()


def _gexf(graph: "Graph[str]") -> bytes:
    file = io.BytesIO()
    nx.write_gexf(_labelled(graph), file)
    # The machine's date is no part of the answer: the same question must be answered alike after midnight.
    return _WRITTEN_ON.sub(b"", file.getvalue(), count=1)


def _labelled(graph: "Graph[str]") -> "Graph[str]":
    """As the tools that draw graphs read it: ids of edges of their own, labels, and nothing that XML cannot hold."""
    made: Graph[str] = nx.MultiDiGraph()
    for node, attributes in graph.nodes(data=True):
        label = attributes.get("name", node)
        made.add_node(node, **{name: _xml(value) for name, value in {**attributes, "label": label}.items()})
    for source, target, key, attributes in graph.edges(keys=True, data=True):
        made.add_edge(source, target, key=key, id=key, **attributes)
    return made


def _xml(value: Any) -> Any:
    return _NOT_XML.sub("\ufffd", value) if isinstance(value, str) else value


def _parquet(graph: "Graph[str]") -> bytes:
    import pyarrow as pa  # noqa: PLC0415 - 100 MB that only this format needs
    from pyarrow import parquet  # noqa: PLC0415

    text = pa.string()
    schema = pa.schema(
        [(name, text) for name in ("id", "source", "source_name", "target", "target_name", "category", "state")]
        + [("share", pa.float64())]
    )
    rows = [
        {
            "id": key,
            "source": source,
            "source_name": graph.nodes[source].get("name"),
            "target": target,
            "target_name": graph.nodes[target].get("name"),
            **{name: attributes.get(name) for name in ("category", "state", "share")},
        }
        for source, target, key, attributes in graph.edges(keys=True, data=True)
    ]
    sink = pa.BufferOutputStream()
    parquet.write_table(pa.Table.from_pylist(rows, schema=schema), sink)
    return bytes(sink.getvalue().to_pybytes())


FILES: Final[Mapping[str, tuple[str, str, Callable[["Graph[str]"], bytes]]]] = {
    "node-link": ("json", "application/json", _node_link),
    "graphml": ("graphml", "application/graphml+xml", _graphml),
    "gexf": ("gexf", "application/gexf+xml", _gexf),
    "parquet": ("parquet", "application/vnd.apache.parquet", _parquet),
}
"""By format: the ending of the file, its media type, and what writes it."""
