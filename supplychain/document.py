"""The API's description: what the routes say of themselves, and what the edge does to every one of them."""

import re
from collections.abc import Iterator
from typing import Any

import orjson
from flask import Flask

from supplychain.exports.formats import BY_MEDIA_TYPE, CSV_TYPE, XLSX_TYPE
from supplychain.http import PUBLIC, Access
from supplychain.idempotency import HEADER as IDEMPOTENCY_KEY
from supplychain.idempotency import MAX_LENGTH
from supplychain.revisions import MIN_REVISION, REVISION

_ARGUMENT = re.compile(r"<(?:[^:<>]+:)?([^:<>]+)>")
_TEXT = {"type": "string"}
_PARAMETERS = {
    "IdempotencyKey": {
        "name": IDEMPOTENCY_KEY,
        "in": "header",
        "description": "Drawn anew for every new request, sent again with its repetitions: one effect, one answer. "
        "Kept for 24 hours.",
        "schema": {**_TEXT, "minLength": 1, "maxLength": MAX_LENGTH},
    },
    "IfMatch": {
        "name": "If-Match",
        "in": "header",
        "required": True,
        "description": "The ETag of the version that is edited; 428 without, 412 when it was changed meanwhile.",
        "schema": _TEXT,
        "example": '"3"',
    },
    "MinRevision": {
        "name": MIN_REVISION,
        "in": "header",
        "description": f"A {REVISION} of an earlier answer: this one is of no older state, or 503 with Retry-After.",
        "schema": _TEXT,
    },
}
_HEADERS = {
    "ETag": {
        "description": "Strong for what can be edited (send it as If-Match), weak for all else (If-None-Match)",
        "schema": _TEXT,
    },
    "NextPage": {
        "description": "The next page, `rel=next`; absent on the last one",
        "schema": {**_TEXT, "examples": ['</v1/things?cursor=gAAAA…>; rel="next"']},
    },
    "FileName": {"description": "Of a whole list: what the file is called, RFC 6266", "schema": _TEXT},
    "Monitor": {"description": "The job that derives what follows, `rel=monitor`", "schema": _TEXT},
    "Replayed": {
        "description": "`true` when this is the kept answer of an earlier request with the same Idempotency-Key",
        "schema": _TEXT,
    },
    "Revision": {
        "description": f"Up to which state this answer is; opaque, differs every time, taken back as {MIN_REVISION}",
        "schema": _TEXT,
    },
}
_FILES: dict[str, Any] = {
    CSV_TYPE: {"type": "string", "description": "The whole list: UTF-8 with its mark, a header, text defused"},
    XLSX_TYPE: {"type": "string", "format": "binary", "description": "The whole list: one sheet"},
}
_NAMES_AN_ORGANIZATION = re.compile(r"\{(?:organization_id|supplier_id)\}")
_MERGED = {
    "description": "The entry was merged into another; Location is the same route with its id",
    "headers": {
        "Location": {"description": "The same route with the id that holds now", "schema": _TEXT},
        "Link": {"description": "The same, `rel=canonical`", "schema": _TEXT},
    },
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
_LATER = "Done; what follows for many others is derived by the job that Link names"


def document(app: Flask) -> dict[str, Any]:
    """The OpenAPI 3.1 document of an application, as plain values."""
    made: dict[str, Any] = orjson.loads(orjson.dumps(app.extensions["supplychain-api"].spec.to_dict()))
    components = made["components"]
    components["parameters"] = {**components.get("parameters", {}), **_PARAMETERS}
    components["headers"] = {**components.get("headers", {}), **_HEADERS}
    components["responses"]["Merged"] = _MERGED
    components["schemas"].pop("PaginationMetadata")  # of flask-smorest's own pages, which we do not use
    for path, method, endpoint in _routes(app):
        operation = made["paths"][path][method]
        if _NAMES_AN_ORGANIZATION.search(path):
            operation["responses"]["308"] = {"$ref": "#/components/responses/Merged"}
        _describe(operation, method, app.access[endpoint])  # type: ignore[attr-defined] # an Application
        operation["operationId"] = endpoint.rpartition(".")[2]
    return made


def _routes(app: Flask) -> Iterator[tuple[str, str, str]]:
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield as_path(rule.rule), method.lower(), rule.endpoint


def as_path(rule: str) -> str:
    """The path of a route as the document writes it."""
    return _ARGUMENT.sub(r"{\1}", rule)


def _describe(operation: dict[str, Any], method: str, access: Access) -> None:
    public = access.permission == PUBLIC
    operation["security"] = [] if public else [{"key": [str(access.permission)]}]
    parameters, headers = [], []
    if method != "get":
        parameters.append("IdempotencyKey")
        headers.append(("Idempotency-Replayed", "Replayed"))
        _may_be_later(operation["responses"])
    elif not (public or access.writes):
        parameters.append("MinRevision")
        headers += [("ETag", "ETag"), (REVISION, "Revision")]
    if method == "patch":
        parameters.append("IfMatch")
    if any(one.get("name") == "cursor" for one in operation.get("parameters", [])):
        headers.append(("Link", "NextPage"))
        headers.append(("Content-Disposition", "FileName"))
        for media in BY_MEDIA_TYPE:
            operation["responses"]["200"]["content"][media] = {"schema": _FILES[media]}
    if parameters:
        given = operation.setdefault("parameters", [])
        given += [{"$ref": f"#/components/parameters/{name}"} for name in parameters]
    for status, response in operation["responses"].items():
        if status.startswith("2") and headers:
            named = {header: {"$ref": f"#/components/headers/{name}"} for header, name in headers}
            response["headers"] = {**named, **response.get("headers", {})}


def _may_be_later(responses: dict[str, Any]) -> None:
    done = responses.get("201") or responses.get("200")
    if done and "202" not in responses:
        monitor = {"Link": {"$ref": "#/components/headers/Monitor"}}
        responses["202"] = {**done, "description": _LATER, "headers": monitor}
