"""What the published document promises, held against every answer of the tests."""

from datetime import datetime
from fnmatch import fnmatch
from functools import cache
from http import HTTPStatus
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012
from werkzeug.test import TestResponse

from supplychain.app import create_app
from supplychain.config import Settings
from supplychain.document import as_path, document

BASE = "urn:api"
NOTHING_SENT = {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}
FORMATS = FormatChecker(["date"])


def _is_moment(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


FORMATS.checks("date-time", raises=ValueError)(_is_moment)


class Contract:
    """The document of an application, and a way to ask whether an answer keeps it.

    app: serves the worlds of the tests, one after the other: to document every route takes longer than most tests. A
    test that changes it changes it back.
    """

    def __init__(self) -> None:
        self.app = create_app(Settings(database_url="sqlite://"))
        self.document = document(self.app)
        self._registry: Registry[Any] = Registry().with_resource(
            BASE, Resource.from_contents(self.document, DRAFT202012)
        )
        self._routes = self.app.url_map.bind("localhost")
        self._validators: dict[tuple[str, ...], Draft202012Validator] = {}

    def validator(self, *pointer: str) -> Draft202012Validator:
        """The validator of the schema at a JSON pointer into the document, given as its parts."""
        if pointer not in self._validators:
            path = "/".join(part.replace("~", "~0").replace("/", "~1") for part in pointer)
            schema = {"$ref": f"{BASE}#/{path}"}
            self._validators[pointer] = Draft202012Validator(schema, registry=self._registry, format_checker=FORMATS)
        return self._validators[pointer]

    def broken(self, response: TestResponse) -> list[str]:
        """Where an answer breaks the document: nowhere, if it keeps it."""
        if response.status_code >= HTTPStatus.BAD_REQUEST:
            return self._faults(response.json, "components", "schemas", "Problem")
        if response.status_code in NOTHING_SENT or response.request.method == "HEAD":
            return ["there is a body"] if response.get_data() else []
        path, method = self._operation(response)
        documented = self.document["paths"][path][method]["responses"].get(str(response.status_code))
        if documented is not None and "$ref" in documented:
            documented = self.document["components"]["responses"][documented["$ref"].rpartition("/")[2]]
        if documented is None or not any(fnmatch(response.mimetype, media) for media in documented["content"]):
            return [f"{method} {path} does not say that it answers {response.status_code} {response.mimetype}"]
        if response.mimetype != "application/json":
            return []
        media = ("responses", str(response.status_code), "content", response.mimetype, "schema")
        return self._faults(response.json, "paths", path, method, *media)

    def _operation(self, response: TestResponse) -> tuple[str, str]:
        method = response.request.method
        rule, _ = self._routes.match(response.request.path, method=method, return_rule=True)
        return as_path(rule.rule), method.lower()

    def _faults(self, instance: Any, *pointer: str) -> list[str]:
        errors = self.validator(*pointer).iter_errors(instance)
        return [f"{'/'.join(pointer)}: {error.json_path} {error.message}" for error in errors]


@cache
def contract() -> Contract:
    """The contract of this process's code."""
    return Contract()
