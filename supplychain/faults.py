"""From marshmallow's nested messages to a flat list of faults with JSON pointers."""

from collections.abc import Iterator
from typing import Any

from supplychain.errors import Fault

_LOCATIONS = {"_schema": "", "json": "", "query": "?", "querystring": "?", "form": "form:", "path": "path:"}
_NAMED = {"length": ("min", "max"), "range": ("min", "max"), "items": ("min", "max")}


def faults_of(messages: Any) -> list[Fault]:
    """Flatten marshmallow messages, whose leaves are codes with blank-separated values."""
    if not isinstance(messages, dict):
        return list(_walk(messages, ""))
    faults: list[Fault] = []
    for location, inner in messages.items():
        prefix = _LOCATIONS.get(str(location))
        if prefix is None:
            faults += _walk(inner, f"/{escaped(location)}")
        else:
            faults += _walk(inner, prefix)
    return faults


def _walk(messages: Any, pointer: str) -> Iterator[Fault]:
    if isinstance(messages, dict):
        for key, inner in messages.items():
            here = pointer if key == "_schema" else _joined(pointer, key)
            yield from _walk(inner, here)
    elif isinstance(messages, list | tuple):
        for message in messages:
            yield from _walk(message, pointer)
    else:
        yield _fault(pointer, str(messages))


def _joined(pointer: str, key: object) -> str:
    if pointer in {"?", "form:", "path:"}:
        return f"{pointer}{key}"
    return f"{pointer}/{escaped(key)}"


def escaped(key: object) -> str:
    """A member's name as a step of a JSON pointer (RFC 6901)."""
    return str(key).replace("~", "~0").replace("/", "~1")


def unescaped(step: str) -> str:
    """The member's name that such a step says."""
    return step.replace("~1", "/").replace("~0", "~")


def _fault(pointer: str, message: str) -> Fault:
    code, _, rest = message.partition(" ")
    if code in _NAMED:
        return Fault(pointer, code, dict(zip(_NAMED[code], rest.split(), strict=False)))
    return Fault(pointer, code, {"allowed": rest} if rest else {})
