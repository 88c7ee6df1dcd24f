"""Networks of other tools: node-link JSON, GraphML, GEXF. The kind of list says which half is read.

Goods flow along an edge: its source supplies its target.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from supplychain.errors import Invalid
from supplychain.network.imports.files import headings, sandbox
from supplychain.network.imports.files.table import Table
from supplychain.network.imports.rows import Kind

_ENDS: Final = (("source", "target"), ("from", "to"))


def read(data: bytes, kind: Kind) -> Table:
    """GraphML or GEXF, read by a process of its own. Raises Malformed, Invalid."""
    told = sandbox.call("graph", data)
    if kind is Kind.LINKS and not told["directed"]:
        raise Invalid.at("/edges", "graph-undirected")
    return _table("graph", told["nodes"] if kind is Kind.ORGANIZATIONS else told["edges"], kind)


def of_node_link(body: Mapping[str, Any], kind: Kind) -> Table:
    """Node-link data as networkx, D3 and others write it. Raises Invalid."""
    nodes = _objects(body, "nodes")
    if kind is Kind.ORGANIZATIONS:
        return _table("node-link", nodes, kind)
    if body.get("directed") is False:
        raise Invalid.at("/edges", "graph-undirected")
    edges = _objects(body, "edges" if "edges" in body else "links")
    ids = [node.get("id") for node in nodes]
    return _table("node-link", [_named(edge, ids) for edge in edges], kind)


def _objects(body: Mapping[str, Any], name: str) -> Sequence[dict[str, Any]]:
    found = body.get(name)
    if not isinstance(found, list):
        raise Invalid.at(f"/{name}", "not-a-list" if name in body else "required")
    for at, one in enumerate(found):
        if not isinstance(one, dict):
            raise Invalid.at(f"/{name}/{at}", "not-an-object")
    return found


def _named(edge: dict[str, Any], ids: Sequence[Any]) -> dict[str, Any]:
    """An edge whose ends are ids: older files give the position of a node instead."""
    known = set(map(str, ids))

    def end(value: Any) -> Any:
        by_position = isinstance(value, int) and not isinstance(value, bool) and str(value) not in known
        return ids[value] if by_position and 0 <= value < len(ids) else value

    for source, target in _ENDS:
        if source in edge and target in edge:
            others = {name: value for name, value in edge.items() if name not in {source, target}}
            return {"source": end(edge[source]), "target": end(edge[target]), **others}
    return edge


def _table(form: str, objects: Sequence[Mapping[str, Any]], kind: Kind) -> Table:
    names = tuple(dict.fromkeys(name for one in objects for name in one))
    rows = [[_cell(one.get(name)) for name in names] for one in objects]
    if kind is Kind.ORGANIZATIONS and "id" in names:
        names, rows = _with_names(names, rows)
    return Table(form, rows, list(range(1, len(rows) + 1)), typed=True, headings=names)


def _with_names(names: tuple[str, ...], rows: list[list[Any]]) -> tuple[tuple[str, ...], list[list[Any]]]:
    """A node without a name is called by its id."""
    code = names.index("id")
    called = next((at for at, name in enumerate(names) if _means_name(name)), None)
    if called is None:
        return (*names, "name"), [[*row, row[code]] for row in rows]
    for row in rows:
        if row[called] in {None, ""}:
            row[called] = row[code]
    return names, rows


def _means_name(heading: str) -> bool:
    found = headings.meaning(Kind.ORGANIZATIONS, heading)
    return found is not None and found[1] == "name"


def _cell(value: Any) -> Any:
    return value if value is None or isinstance(value, str | bool | int | float) else str(value)
