"""The list in a request's body: whatever it is called, its bytes say what it is."""

from collections.abc import Mapping
from typing import Any, Final

from flask import request

from schemas.importing import ImportRowsSchema
from supplychain.errors import Invalid, Unsupported
from supplychain.i18n import sentence
from supplychain.network.imports import mappings
from supplychain.network.imports.reading import Reading, understood
from supplychain.network.imports.rows import Kind
from supplychain.work import Work

JSON: Final = "application/json"
_READ: Final = {
    "text/csv",
    "application/csv",
    "text/plain",
    "text/tab-separated-values",
    "application/vnd.ms-excel",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.ms-excel.sheet.macroenabled.12",
    "application/vnd.ms-excel.sheet.binary.macroenabled.12",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/xml",
    "text/xml",
    "application/graphml+xml",
    "application/gexf+xml",
    "application/vnd.apache.parquet",
    "application/octet-stream",
    JSON,
}
_ROWS: Final = {"rows": [{"supplier": "V-20417", "category": "8504", "share": 0.12, "valid_from": "2026-01-01"}]}
_FILE: Final = {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}, "required": ["file"]}
BODY: Final = {
    "required": True,
    "content": {
        "text/csv": {"schema": {"type": "string"}, "example": "supplier,category,share\nV-20417,8504,0.12\n"},
        JSON: {"schema": ImportRowsSchema, "example": _ROWS},
        "multipart/form-data": {"schema": _FILE},
    },
}


def reading(work: Work, kind: Kind, said: Mapping[str, Any]) -> Reading:
    """The list in the body, read as the query says. Raises Unsupported, Malformed, Invalid, NotFound for a source."""
    data, is_json = _sent()
    if "mapping" in said:
        said = {**said, "mapping": mappings.parsed(said["mapping"])}
    options = mappings.options_of(work.runtime, work.actor, kind, said)
    return understood(data, kind, "json" if is_json else None, options)


def keep_mapping(work: Work, kind: Kind, said: Mapping[str, Any]) -> None:
    """Keep the mapping that came with a list for the source that it names. Raises Forbidden."""
    if "mapping" in said and "source" in said:
        mappings.put(work, said["source"], {**mappings.parsed(said["mapping"]), "kind": str(kind)})


def shown(told: Mapping[str, Any] | None, language: str) -> dict[str, Any] | None:
    """How a file was read, with sentences."""
    if told is None:
        return None
    notes = [
        {"code": code, "column": column, "count": count, "text": sentence(f"fault.{code}", language, params)}
        for code, column, count, params in told["notes"]
    ]
    return {**told, "notes": notes}


def _sent() -> tuple[bytes, bool]:
    """The bytes, and whether they can be nothing but JSON."""
    if request.mimetype == "multipart/form-data":
        parts = request.files.getlist("file")
        if len(parts) != 1:
            raise Invalid.at("form:file", "one-file")
        parts[0].stream.seek(0)  # a unit that is retried reads it again
        named = (parts[0].filename or "").casefold()
        return parts[0].stream.read(), parts[0].mimetype == JSON or named.endswith(".json")
    if request.mimetype not in _READ:
        raise Unsupported("media-type", expected="text/csv, application/json, a spreadsheet or multipart/form-data")
    return request.get_data(cache=True), request.mimetype == JSON
