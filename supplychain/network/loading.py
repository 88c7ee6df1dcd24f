"""All links of the table as columns, with no object a row: what folding the log gives, for who begins with nothing.

PostgreSQL puts the columns of a chunk together itself, numbers as eight bytes each and texts with NUL between them,
which no text of a database holds; SQLite gives plain rows. What a million links say in few words – periods, codes,
wishes – is read once a wording.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np
import orjson
from numpy.typing import NDArray

from graph.arrays.columns import DISCLOSURES, FLOWS, NOBODY, LinkColumns, columns_of
from graph.facts import Link
from graph.terms import Disclosure, FlowDown, most_closed
from supplychain.network import facts
from supplychain.work import Work

CHUNK: Final = 1 << 18
"""Links at a time: what a server puts together for one answer stays far below the gigabyte that a field may have."""
_ROWS: Final = """
SELECT number, buyer, supplier, owner, share, id, category,
    flow_down || ' ' || disclosure_buyer || ' ' || disclosure_supplier AS wishes, CAST(periods AS text) AS periods
FROM supply_link WHERE number > {after} ORDER BY number LIMIT {limit}
"""
_KINDS: Final = {
    "number": "int64",
    "buyer": "int64",
    "supplier": "int64",
    "owner": "int64",
    "share": "float64",
    "id": "string",
    "category": "string",
    "wishes": "string",
    "periods": "string",
}
_TOGETHER: Final = {
    "int64": "string_agg(int8send({}), '')",
    "float64": "string_agg(float8send(coalesce({}, 'NaN')), '')",
    "string": r"string_agg(textsend({}), '\x00')",
}
_COLUMNS: Final = (
    f"SELECT {', '.join(_TOGETHER[kind].format(name) for name, kind in _KINDS.items())} FROM ({_ROWS}) AS link"  # noqa: S608
)


def links(work: Work, chunk: int = CHUNK) -> LinkColumns:
    """Every link there is, at the heads of a read: the columns of all links that are folded up to there.

    chunk: so many links at a time. Raises: ValueError for a unit that writes, whose statements may each see another
    revision.
    """
    if work.writes:
        raise ValueError("only a read sees one revision in all its statements")
    with work.deriving():
        return _columns(list(_chunks(work, chunk)))


def _chunks(work: Work, limit: int) -> Iterator[Any]:
    """Arrow tables in the order of the links' numbers; the last one is not full."""
    read = _from_postgres if work.runtime.database.is_postgres else _from_sqlite
    driver, after, full = work.connection.connection.driver_connection, 0, True
    while full:
        chunk = read(driver, {"after": after, "limit": limit})
        yield chunk
        full = len(chunk) == limit
        after = chunk["number"][-1].as_py() if full else after


def _from_postgres(driver: Any, part: Mapping[str, int]) -> Any:
    pa, _ = _arrow()
    found = driver.execute(_COLUMNS.format(after="%(after)s", limit="%(limit)s"), part, binary=True).fetchone()
    pairs = zip(_KINDS.items(), found, strict=True)
    return pa.table({name: _apart(kind, data) for (name, kind), data in pairs})


def _apart(kind: str, data: bytes | None) -> Any:
    """A column that was put together; None is one without rows."""
    pa, pc = _arrow()
    if data is None:
        return pa.array([], kind)
    if kind == "string":
        return pc.split_pattern(pa.array([data], pa.binary()), b"\0").values.cast(kind)
    return pa.array(np.frombuffer(data, np.dtype(kind).newbyteorder(">")).astype(kind))


def _from_sqlite(driver: Any, part: Mapping[str, int]) -> Any:
    pa, _ = _arrow()
    rows = driver.execute(_ROWS.format(after=":after", limit=":limit"), part).fetchall()
    names = enumerate(_KINDS.items())
    return pa.table({name: pa.array([row[at] for row in rows], kind) for at, (name, kind) in names})


def _columns(chunks: Sequence[Any]) -> LinkColumns:
    pa, _ = _arrow()
    table = pa.concat_tables(chunks)
    whole = {name: table[name].to_numpy() for name, kind in _KINDS.items() if kind != "string"}
    wording = {name: _wordings(table[name]) for name in ("category", "wishes", "periods")}
    which, codes = wording["category"]
    categories = tuple(sorted(filter(None, codes)))
    place = {category: at for at, category in enumerate(categories)}
    which_wish, wishes = wording["wishes"]
    flows, disclosures = zip(*map(_wish, wishes), strict=True) if wishes else ((), ())
    periods, first, last, state = _periods(*wording["periods"])
    return LinkColumns(
        number=whole["number"],
        buyer=whole["buyer"],
        supplier=whole["supplier"],
        category=np.array([place.get(one, NOBODY) for one in codes], np.int32)[which],
        share=whole["share"],
        flow_down=np.array(flows, np.uint8)[which_wish],
        disclosure=np.array(disclosures, np.uint8)[which_wish],
        owner=np.where(whole["owner"] == 0, NOBODY, whole["owner"]),
        id=_ids(table["id"]),
        periods=periods,
        first=first,
        last=last,
        state=state,
        categories=categories,
    )


def _wordings(column: Any) -> tuple[NDArray[Any], list[str]]:
    """Of each text its place among the different ones, and these."""
    encoded = column.dictionary_encode().unify_dictionaries().combine_chunks()
    return encoded.indices.to_numpy(), encoded.dictionary.to_pylist()


def _wish(text: str) -> tuple[int, int]:
    flow_down, buyer, supplier = text.split(" ")
    disclosure = most_closed(Disclosure(buyer), Disclosure(supplier))
    return FLOWS.index(FlowDown(flow_down)), DISCLOSURES.index(disclosure)


def _periods(which: NDArray[Any], texts: Sequence[str]) -> tuple[NDArray[Any], ...]:
    """Where each link's periods begin, and the columns of all periods."""
    different = columns_of(
        Link(number, 0, 0, facts.periods_of(orjson.loads(text))) for number, text in enumerate(texts)
    )
    count = np.diff(different.periods)[which]
    begin = np.concatenate([[0], np.cumsum(count)])
    at = np.arange(begin[-1]) + np.repeat(different.periods[which] - begin[:-1], count)
    return begin, different.first[at], different.last[at], different.state[at]


def _ids(column: Any) -> NDArray[np.bytes_]:
    pa, pc = _arrow()
    width = max(pc.max(pc.binary_length(column)).as_py() or 1, 1)
    padded = pc.ascii_rpad(column, width, "\0").cast(pa.binary(width)).combine_chunks()
    return np.frombuffer(padded.buffers()[1], f"S{width}", len(padded))


def _arrow() -> tuple[Any, Any]:
    import pyarrow as pa  # noqa: PLC0415 - 100 MB, for the process that makes a snapshot only
    import pyarrow.compute as pc  # noqa: PLC0415

    return pa, pc
