"""A body for every route that writes: the example of the document, or one put together from its schema."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from werkzeug.routing import Rule

from supplychain.app import Application

WRITING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
Schema = Mapping[str, Any]


def writing(app: Application) -> list[tuple[str, Rule]]:
    """Every method and route that writes."""
    found = [(method, rule) for rule in app.url_map.iter_rules() for method in WRITING & (rule.methods or set())]
    return sorted(found, key=lambda one: (one[1].rule, one[0]))


def schema_of(app: Application, method: str, rule: Rule) -> Schema | None:
    """The schema of the JSON body of a route; None if it takes none."""
    content = _operation(app, method, rule).get("requestBody", {}).get("content", {})
    return resolved(app, content["application/json"]["schema"]) if "application/json" in content else None


def body_of(app: Application, method: str, rule: Rule) -> Any:
    """A body that the route can read; None if it takes none. What it names need not be there."""
    content = _operation(app, method, rule).get("requestBody", {}).get("content", {})
    if "application/json" not in content:
        return None
    told = content["application/json"]
    if "example" in told:
        return told["example"]
    if "examples" in told:
        return next(iter(told["examples"].values()))["value"]
    return made(app, told["schema"])


def made(app: Application, schema: Schema) -> Any:
    """A value of a schema, with everything that may be said said."""
    schema = resolved(app, schema)
    if "example" in schema:
        return schema["example"]
    if "enum" in schema:
        return next(one for one in schema["enum"] if one is not None)
    kind = schema.get("type")
    kind = next(one for one in kind if one != "null") if isinstance(kind, list) else kind
    if kind == "object":
        return {name: made(app, one) for name, one in schema.get("properties", {}).items()}
    if kind == "array":
        return [made(app, schema["items"])]
    if kind == "string":
        return "2026-12-01" if schema.get("format") == "date" else "x" * max(3, schema.get("minLength", 0))
    return {"integer": max(1, schema.get("minimum", 1)), "number": 0.5, "boolean": True}.get(str(kind), "x")


def resolved(app: Application, schema: Schema) -> Schema:
    """The schema itself where one only refers to it."""
    told = schema
    for one in (*schema.get("allOf", ()), *schema.get("anyOf", ()), *schema.get("oneOf", ()), schema):
        if "$ref" in one:
            told = _document(app)["components"]["schemas"][one["$ref"].rpartition("/")[2]]
    return told


def path_of(rule: Rule, values: Mapping[str, str]) -> str:
    """The path of a route with values for its parameters."""
    path = rule.rule
    for name in rule.arguments:
        path = path.replace(f"<{name}>", values[name])
    return path


def _operation(app: Application, method: str, rule: Rule) -> Mapping[str, Any]:
    path = rule.rule.replace("<", "{").replace(">", "}")
    found: Mapping[str, Any] = _document(app)["paths"][path][method.lower()]
    return found


@lru_cache(maxsize=1)
def _document(app: Application) -> dict[str, Any]:
    document: dict[str, Any] = app.extensions["supplychain-api"].spec.to_dict()
    return document
