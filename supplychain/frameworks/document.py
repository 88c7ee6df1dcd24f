"""A YAML file as plain values, with the line of each: so that every error can say where."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import yaml
from yaml.events import CollectionEndEvent, CollectionStartEvent
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from supplychain.i18n import sentence

_BYTES = 2_000_000
_DEPTH = 40
# YAML 1.2 words and numbers only: "no" is a text here, and a number keeps its digits.
_PLAIN = {"true": True, "false": False, "null": None, "": None}
_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)", re.ASCII)
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class PackError:
    """One thing wrong with a pack: file, line (from 1), JSON pointer, code, and what to do."""

    file: str
    line: int
    pointer: str
    code: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.pointer or '/'}: {self.code}: {self.remedy}"

    def told(self, language: str) -> str:
        """The same with what is wrong in the reader's language; what to do is told in English."""
        reason = sentence(f"pack.{self.code}", language)
        return f"{self.file}:{self.line}: {self.pointer or '/'}: {self.code}: {reason} ({self.remedy})"


class PackErrors(ValueError):
    """A pack, or several, cannot be used; says everything that is wrong with them."""

    def __init__(self, errors: Iterable[PackError]) -> None:
        self.errors = tuple(sorted(set(errors)))
        super().__init__("\n".join(str(error) for error in self.errors))


@dataclass(frozen=True, slots=True)
class Document:
    """The values of a file and the line of each JSON pointer."""

    file: str
    data: Any
    lines: dict[str, int]

    def error(self, pointer: str, code: str, remedy: str) -> PackError:
        """An error at a pointer, or at the nearest thing around it that is there."""
        at = pointer
        while at and at not in self.lines:
            at = at.rpartition("/")[0]
        return PackError(self.file, self.lines.get(at, 1), pointer, code, remedy)


def pointer_to(*steps: object) -> str:
    """The JSON pointer of these steps (RFC 6901)."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def read(file: str, text: str) -> Document:
    """The document of a YAML text; PackErrors if it is not YAML or not plain data."""
    if len(text.encode()) > _BYTES:
        raise PackErrors([PackError(file, 1, "", "pack-too-large", f"keep a pack below {_BYTES} bytes")])
    try:
        _check_depth(file, text)
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise PackErrors([PackError(file, line, "", "not-yaml", error.problem or "write valid YAML")]) from error
    except yaml.YAMLError as error:
        raise PackErrors([PackError(file, 1, "", "not-yaml", "remove characters YAML does not allow")]) from error
    reading = _Reading(file)
    data = reading.value(root, ()) if root is not None else None
    if reading.errors:
        raise PackErrors(reading.errors)
    return Document(file, data, reading.lines)


def _check_depth(file: str, text: str) -> None:
    """Refuse what is nested too deeply before it is composed: the parser in C calls itself once a level."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if depth > _DEPTH + 1:
            line = event.start_mark.line + 1 if event.start_mark else 1
            raise PackErrors([PackError(file, line, "", "too-deep", f"nest at most {_DEPTH} levels")])


class _Reading:
    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[str, int] = {}
        self.errors: list[PackError] = []
        self._seen: set[int] = set()

    def value(self, node: Node, path: tuple[object, ...]) -> Any:
        pointer = pointer_to(*path)
        self.lines.setdefault(pointer, node.start_mark.line + 1)
        if isinstance(node, ScalarNode):
            return _scalar(node)
        if id(node) in self._seen:
            return self._refuse(node, pointer, "alias", "write the value out: a pack has no anchors")
        if len(path) > _DEPTH:
            return self._refuse(node, pointer, "too-deep", f"nest at most {_DEPTH} levels")
        self._seen.add(id(node))
        if isinstance(node, SequenceNode):
            return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
        return dict(self._pairs(node, path)) if isinstance(node, MappingNode) else None

    def _pairs(self, node: MappingNode, path: tuple[object, ...]) -> Iterator[tuple[str, Any]]:
        keys: set[str] = set()
        for key, item in node.value:
            name = key.value if isinstance(key, ScalarNode) else ""
            pointer = pointer_to(*path, name)
            if not name:
                self._refuse(key, pointer, "bad-key", "use a plain text as key")
            elif name in keys:
                self._refuse(key, pointer, "duplicate-key", "keep one of the two")
            else:
                keys.add(name)
                self.lines[pointer] = key.start_mark.line + 1
                yield name, self.value(item, (*path, name))

    def _refuse(self, node: Node, pointer: str, code: str, remedy: str) -> None:
        self.errors.append(PackError(self.file, node.start_mark.line + 1, pointer, code, remedy))


def _scalar(node: ScalarNode) -> Any:
    text: str = node.value
    if node.style:
        return text
    if text in _PLAIN:
        return _PLAIN[text]
    if _INTEGER.fullmatch(text):
        return int(text) if len(text) < 20 else Decimal(text)  # noqa: PLR2004 - int() refuses thousands of digits
    return Decimal(text) if _DECIMAL.fullmatch(text) else text
