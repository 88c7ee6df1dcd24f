"""JSON: rows as objects, or a network as node-link data."""

from typing import Any

import orjson

from supplychain.errors import Invalid, Malformed
from supplychain.network.imports.files import graphs
from supplychain.network.imports.files.encoding import decoded
from supplychain.network.imports.files.table import Options, Table
from supplychain.network.imports.rows import SHOWN, Kind


def read(data: bytes, kind: Kind, options: Options) -> Table:
    """A table from JSON. Raises Malformed when it is none, Invalid when it has another shape."""
    return of(_parsed(data, options), kind)


def of(body: Any, kind: Kind) -> Table:
    """``{"rows": [{column: value}, …]}`` or ``items`` as our own lists, a list of such objects, or node-link data.

    Raises Invalid.
    """
    if isinstance(body, dict) and "nodes" in body:
        return graphs.of_node_link(body, kind)
    rows = body
    if isinstance(body, dict):
        given = "items" if "items" in body and "rows" not in body else "rows"
        for name in body:
            if name != given:
                raise Invalid.at(f"/{name}", "unknown-field")
        if given not in body:
            raise Invalid.at("/rows", "required")
        rows = body[given]
        if not isinstance(rows, list):
            raise Invalid.at(f"/{given}", "not-a-list")
    elif not isinstance(body, list):
        raise Invalid.at("", "not-an-object")
    return of_objects("json", rows)


def of_objects(form: str, rows: list[Any], *, typed: bool = False) -> Table:
    """A table whose columns are all names that its objects use."""
    names = tuple(dict.fromkeys(name for row in rows if isinstance(row, dict) for name in row))
    cells = [_cells(row, names) for row in rows]
    return Table(form, cells, list(range(1, len(rows) + 1)), typed=typed, headings=names)


def _cells(row: Any, names: tuple[str, ...]) -> Any:
    if not isinstance(row, dict):
        return {"fault": [None, "not-an-object", None, {}]}
    return [_cell(row.get(name)) for name in names]


def _cell(value: Any) -> Any:
    if isinstance(value, list | dict):
        return {"was": str(value)[:SHOWN], "fault": "not-text", "params": {}}
    return value


def _parsed(data: bytes, options: Options) -> Any:
    if options.encoding is not None or data.lstrip()[:1] not in {b"{", b"["}:
        data = decoded(data, options.encoding)[0].encode("utf-8", "replace")
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise Malformed("json-unreadable", reason=error.msg.split(":")[0]) from error
