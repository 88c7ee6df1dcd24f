"""Every code that the source says to a reader, found in its syntax, with the values it gives along."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from supplychain import errors

ROOT = Path(__file__).parent.parent
FILES = sorted(path for folder in ("graph", "schemas", "supplychain") for path in (ROOT / folder).rglob("*.py"))
REFUSALS = {name for name, one in vars(errors).items() if isinstance(one, type) and issubclass(one, errors.Refusal)}
REFUSALS |= {"FileRefused"}  # what a reader in a process of its own says, which its caller raises
FAULTS = {"Fault", "PayloadFault"}
CODED = {"FileUnusable", "ValueUnusable", "IdentifierInvalid", "Refused", "Unclear"}
"""Exceptions whose first argument is the code of the fault that they become."""
VALIDATION = {"ValidationError"}
MESSAGES = {"error_messages", "default_error_messages", "CODES"}


@dataclass(frozen=True)
class Spoken:
    """A code as one place says it. given: names of the values it gives along; None: not to be seen there."""

    code: str
    given: frozenset[str] | None
    where: str


@dataclass(frozen=True)
class Unseen:
    """A place whose code is not a literal."""

    where: str


def refusals() -> Iterator[Spoken | Unseen]:
    """What refusals say."""
    for path, call in _calls():
        name = _name(call.func)
        if name in REFUSALS and name != "Refusal" and not _is_method_of_invalid(call):
            where = f"{path}:{call.lineno}"
            if not call.args:
                continue  # the code is the class's own
            given = {one.arg for one in call.keywords if one.arg}
            yield from _spoken(call.args[0], frozenset(given - {"faults", "headers"}), where)
    for code in ("not-found", "version-changed"):
        yield Spoken(code, frozenset(), "supplychain/errors.py")


def faults() -> Iterator[Spoken | Unseen]:
    """What is said of single faults."""
    for path, call in _calls():
        name, where = _name(call.func), f"{path}:{call.lineno}"
        if _is_method_of_invalid(call):
            given = frozenset(one.arg for one in call.keywords if one.arg)
            yield from _spoken(call.args[1], given, where)
        elif name in FAULTS and len(call.args) > 1:
            yield from _spoken(call.args[1], _given_by(call), where)
        elif name in CODED and call.args and "/cli/" not in where:
            yield from _spoken(call.args[0], None, where)
        elif name in VALIDATION and "schemas/" in where and call.args:
            yield from _first_words(call.args[0], where)
        elif "schemas/" in where:
            for keyword in call.keywords:
                if keyword.arg == "error":
                    yield from _first_words(keyword.value, where)


def faults_of_rows() -> Iterator[Spoken | Unseen]:
    """What is said of rows that cannot be read at all, ``{"fault": [column, code, value, values]}``, and of cells that
    only their column tells of, ``{"was": value, "fault": code, "params": values}``."""
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Dict) and any(getattr(key, "value", None) == "fault" for key in node.keys):
                said = dict(zip([getattr(key, "value", None) for key in node.keys], node.values, strict=True))["fault"]
                code = said.elts[1] if isinstance(said, ast.List) else said
                yield from _spoken(code, None, f"{path.name}:{node.lineno}")


def messages_of_fields() -> Iterator[Spoken]:
    """What marshmallow says in our words: the values of every table of error messages in the wire contract."""
    for path in (one for one in FILES if one.parent.name == "schemas"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Assign) and _name(node.targets[0]) in MESSAGES:
                assert isinstance(node.value, ast.Dict)
                said = [value.value for value in node.value.values if isinstance(value, ast.Constant)]
                yield from (Spoken(str(one), None, path.name) for one in said)


def literals() -> set[str]:
    """Every text that stands in the source."""
    return {
        node.value
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def _calls() -> Iterator[tuple[str, ast.Call]]:
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                yield path.relative_to(ROOT).as_posix(), node


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else ""


def _is_method_of_invalid(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr == "at" and _name(call.func.value) == "Invalid"


def _spoken(node: ast.expr, given: frozenset[str] | None, where: str) -> Iterator[Spoken | Unseen]:
    if isinstance(node, ast.IfExp):
        yield from _spoken(node.body, given, where)
        yield from _spoken(node.orelse, given, where)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield Spoken(node.value, given, where)
    else:
        yield Unseen(where)


def _given_by(call: ast.Call) -> frozenset[str] | None:
    tables = [one for one in call.args[2:] if isinstance(one, ast.Dict)]
    if tables and all(isinstance(key, ast.Constant) for key in tables[-1].keys):
        return frozenset(str(key.value) for key in tables[-1].keys if isinstance(key, ast.Constant))
    return frozenset() if len(call.args) == 2 else None


def _first_words(node: ast.expr, where: str) -> Iterator[Spoken | Unseen]:
    if isinstance(node, ast.JoinedStr):
        node = node.values[0]
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield Spoken(node.value.split()[0], None, where)
    else:
        yield Unseen(where)
