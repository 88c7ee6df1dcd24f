"""The controlled lists of topics and measures, as data beside this file, and how packs may use them."""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Protocol

import yaml

from supplychain.frameworks.document import PackError
from supplychain.frameworks.terms import Kind, Text


@cache
def _told() -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    text = (files("supplychain.frameworks") / "topics.yaml").read_text("utf-8")
    return yaml.safe_load(text)  # type: ignore[no-any-return] # a test checks its shape


@cache
def topics() -> Mapping[str, Text]:
    """What sources and indicators are about, by id, in the order in which they are shown."""
    return {one: Text(told["en"], told["zh"]) for one, told in _told()["topics"].items()}


@cache
def own_topics() -> frozenset[str]:
    """The topics that we added to those of the crosswalk of our sources."""
    return frozenset(one for one, told in _told()["topics"].items() if told.get("ours", False))


@cache
def measures() -> Mapping[str, Text]:
    """What is the same reading whoever asks for it, by id."""
    return {one: Text(**names) for one, names in _told()["measures"].items()}


@cache
def evidence_kinds() -> Mapping[str, Text]:
    """What the kinds of evidence are called."""
    return {one: Text(**names) for one, names in _told()["evidence"].items()}


class Pack(Protocol):
    """A shaped pack that can say where something is wrong."""

    @property
    def data(self) -> dict[str, Any]: ...

    def error(self, code: str, remedy: str, *steps: object) -> PackError: ...


_UNKNOWN = {"topics": "unknown-topic", "measures": "unknown-measure"}


def problems(pack: Pack) -> Iterator[PackError]:
    """Topics and measures that are not listed, or that name no indicator, or no quantity, of the pack."""
    kinds = {one["id"]: one["kind"] for one in pack.data["indicators"]}
    for part, listed in (("topics", topics()), ("measures", measures())):
        for word, indicators in pack.data[part].items():
            if word not in listed:
                yield pack.error(_UNKNOWN[part], f"use one of: {', '.join(listed)}", part, word)
            for index, one in enumerate(indicators):
                if one not in kinds:
                    remedy = "use the id of one of the pack's indicators"
                    yield pack.error("unknown-indicator", remedy, part, word, index)
                elif part == "measures" and kinds[one] != Kind.QUANTITY:
                    yield pack.error("not-for-kind", "only a quantity has a measure", part, word, index)


def topics_of(pack: Mapping[str, Any], indicator: str) -> tuple[str, ...]:
    """The topics under which a shaped pack files an indicator, in the order of the list."""
    return tuple(one for one in topics() if indicator in pack["topics"].get(one, ()))


def measure_of(pack: Mapping[str, Any], indicator: str) -> str | None:
    """What an indicator measures, where the pack says so."""
    return next((one for one, some in pack["measures"].items() if indicator in some), None)
