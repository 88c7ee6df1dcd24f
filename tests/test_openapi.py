"""The published document: valid, whole, and what the routes really do."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from supplychain.accounts.permissions import Permission
from tests.contract import contract
from tests.test_permissions import OPEN_TO_EVERYBODY
from tests.world import World

SNAPSHOT = Path(__file__).parent / "openapi.json"
DOCUMENT = contract().document
WRITES = {"post", "put", "patch", "delete"}
WITHOUT_EXAMPLE = {"multipart/form-data"}


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            if method != "parameters":
                yield path, method, operation


OPERATIONS = [pytest.param(*one, id=f"{one[1].upper()} {one[0]}") for one in operations()]
each_operation = pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS)


def test_the_document_is_valid_openapi_of_version_3_1() -> None:
    assert DOCUMENT["openapi"].startswith("3.1")
    assert [error.message for error in OpenAPIV31SpecValidator(DOCUMENT).iter_errors()] == []


def test_the_contract_changes_only_knowingly() -> None:
    kept = json.loads(SNAPSHOT.read_text("utf-8"))
    differing = sorted(_differing(kept, DOCUMENT))
    assert not differing, f"the contract changed; if that is meant, run «make contract»: {differing[:20]}"


def _differing(kept: Any, now: Any, where: str = "#") -> Iterator[str]:
    if isinstance(kept, dict) and isinstance(now, dict):
        for name in kept.keys() | now.keys():
            yield from _differing(kept.get(name), now.get(name), f"{where}/{name}")
    elif kept != now:
        yield where


def test_the_api_serves_this_document(world: World) -> None:
    assert world.app.test_client().get("/v1/openapi.json").json == DOCUMENT


def test_every_route_is_described(world: World) -> None:
    described = {(method.upper(), operation["operationId"]) for _, method, operation in operations()}
    routed = {
        (method, rule.endpoint.rpartition(".")[2])
        for rule in world.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert described == routed


def test_no_two_operations_share_a_name() -> None:
    names = [operation["operationId"] for _, _, operation in operations()]
    assert sorted(names) == sorted(set(names))


@each_operation
def test_an_operation_says_what_it_does_and_for_whom(path: str, method: str, operation: dict[str, Any]) -> None:
    assert operation["summary"].endswith(".")
    assert operation["tags"]
    public = f"{method.upper()} {path.replace('{', '<').replace('}', '>')}" in OPEN_TO_EVERYBODY
    if public:
        assert operation["security"] == []
    else:
        (demanded,) = operation["security"]
        assert set(demanded["key"]) <= set(Permission)
        assert len(demanded["key"]) == 1


@each_operation
def test_an_operation_refuses_by_problems(path: str, method: str, operation: dict[str, Any]) -> None:
    refusals = {status: one for status, one in operation["responses"].items() if not status.startswith("2")}
    assert "default" in refusals
    for response in refusals.values():
        named = DOCUMENT["components"]["responses"][response["$ref"].rpartition("/")[2]]
        assert named["content"] == {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}


@each_operation
def test_an_operation_documents_what_it_answers(path: str, method: str, operation: dict[str, Any]) -> None:
    answers = {status: one for status, one in operation["responses"].items() if status.startswith("2")}
    assert answers
    assert all("content" in one for status, one in answers.items() if status != "204")


@each_operation
def test_an_operation_takes_the_headers_of_its_kind(path: str, method: str, operation: dict[str, Any]) -> None:
    named = {one["$ref"].rpartition("/")[2] for one in operation.get("parameters", []) if "$ref" in one}
    assert ("IdempotencyKey" in named) == (method in WRITES)
    assert ("IfMatch" in named) == (method == "patch")
    reads_facts = method == "get" and operation["security"] != [] and "{file_id}" not in path
    assert ("MinRevision" in named) == reads_facts


def examples() -> Iterator[Any]:
    for path, method, operation in operations():
        for media, body in operation.get("requestBody", {}).get("content", {}).items():
            pointer = ("paths", path, method, "requestBody", "content", media, "schema")
            yield pytest.param(pointer, body, id=f"{method.upper()} {path} {media}")


@pytest.mark.parametrize(("pointer", "body"), list(examples()))
def test_a_body_has_examples_that_it_would_take(pointer: tuple[str, ...], body: dict[str, Any]) -> None:
    named = [one["value"] for one in body.get("examples", {}).values()]
    given = [*named, body["example"]] if "example" in body else named
    assert given or pointer[-2] in WITHOUT_EXAMPLE
    for example in given:
        assert [error.message for error in contract().validator(*pointer).iter_errors(example)] == []


def test_every_example_of_a_field_is_one() -> None:
    wrong = [
        f"{name}.{field}: {error.message}"
        for name, schema in DOCUMENT["components"]["schemas"].items()
        for field, described in schema.get("properties", {}).items()
        if "example" in described
        for error in contract()
        .validator("components", "schemas", name, "properties", field)
        .iter_errors(described["example"])
    ]
    assert wrong == []


def test_patterns_are_regular_expressions_of_json_schema() -> None:
    only_python_knows = re.compile(r"\\[AZ]|\(\?P|\(\?[aiLmsux]")
    patterns = list(_patterns(DOCUMENT))
    assert patterns
    assert [pattern for pattern in patterns if only_python_knows.search(pattern)] == []


def _patterns(value: Any) -> Iterator[str]:
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if isinstance(value, dict) and isinstance(value.get("pattern"), str):
        yield value["pattern"]
    for child in children:
        yield from _patterns(child)
