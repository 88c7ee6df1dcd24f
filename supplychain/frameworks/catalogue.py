"""Which facts may be stated of an organization, as data: every fact that a pack's rule reads is here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from supplychain.errors import Fault


class FactKind(StrEnum):
    """What a fact's value is."""

    BOOLEAN = "boolean"
    CODES = "codes"
    """A set of words of the fact's own list."""
    NUMBER = "number"
    """A whole number, not negative."""


@dataclass(frozen=True, slots=True)
class Code:
    """A word of a set. sectors: the packs' sectors that it may mean; None = it says nothing of them."""

    id: str
    names: Mapping[str, str]
    sectors: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class FactType:
    """A fact that may be stated. yearly: one value a calendar year. feeds: what rules read instead of it."""

    id: str
    kind: FactKind
    names: Mapping[str, str]
    question: Mapping[str, str]
    yearly: bool = False
    unit: str | None = None
    feeds: str | None = None
    codes: Mapping[str, Code] = field(default_factory=dict, hash=False)


@cache
def catalogue() -> Mapping[str, FactType]:
    """Every fact that may be stated, by id, in the order of the file."""
    return {one["id"]: _fact(one) for one in _read("catalogue.yaml")["facts"]}


@dataclass(frozen=True, slots=True)
class DerivedFact:
    """What rules read without its being stated: one word, of this list, of a pack's or of a standard's."""

    names: Mapping[str, str]
    codes: Mapping[str, Code] = field(default_factory=dict, hash=False)


@cache
def derived() -> Mapping[str, DerivedFact]:
    """What rules read under another name than it is stated by, by that name."""
    found = _read("catalogue.yaml")["derived"]
    return {key: DerivedFact(one["names"], _codes(one.get("codes", {}))) for key, one in found.items()}


@cache
def industries() -> Mapping[str, Code]:
    """The industry codes that are known, ``scheme:code``, each with the packs' sectors it may mean."""
    return {
        key: Code(
            key, {"en": one["en"], "zh": one["zh"]}, None if one["sectors"] is None else frozenset(one["sectors"])
        )
        for key, one in _read("industries.yaml")["codes"].items()
    }


@cache
def schemes() -> Mapping[str, Mapping[str, str]]:
    """The classifications of industries that codes are taken from, with their names."""
    found: Mapping[str, Mapping[str, str]] = _read("industries.yaml")["schemes"]
    return found


def sectors_of(codes: Iterable[str]) -> frozenset[str] | None:
    """The packs' sectors that industry codes may mean together; None where one of them says nothing of sectors."""
    found = [industries()[one].sectors if one in industries() else None for one in codes]
    told = [one for one in found if one is not None]
    return None if len(told) < len(found) else frozenset().union(*told)


def faults_of(fact: FactType, value: Any, year: int | None, this_year: int) -> list[Fault]:
    """What is wrong with a value of a fact: its kind, its words, its year."""
    faults = [Fault("/value", code, values) for code, values in _wrong(fact, value)]
    if fact.yearly != (year is not None):
        faults.append(Fault("/year", "fact-year-needed" if fact.yearly else "fact-without-year"))
    elif year is not None and year > this_year:
        faults.append(Fault("/year", "fact-year-ahead", {"this": this_year}))
    return faults


def _wrong(fact: FactType, value: Any) -> Iterable[tuple[str, dict[str, Any]]]:
    if fact.kind is FactKind.BOOLEAN:
        return () if isinstance(value, bool) else (("not-true-or-false", {}),)
    if fact.kind is FactKind.NUMBER:
        whole = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**15
        return () if whole else (("fact-not-a-number", {}),)
    if not isinstance(value, list) or not value:
        return (("fact-not-codes", {}),)
    unknown = [one for one in value if one not in fact.codes]
    return (("fact-unknown-code", {"code": unknown[0]}),) if unknown else ()


def _fact(one: Mapping[str, Any]) -> FactType:
    return FactType(
        id=one["id"],
        kind=FactKind(one["kind"]),
        names=one["names"],
        question=one["question"],
        yearly=one.get("yearly", False),
        unit=one.get("unit"),
        feeds=one.get("feeds"),
        codes=industries() if one.get("codes_from") == "industries" else _codes(one.get("codes", {})),
    )


def _codes(words: Mapping[str, Mapping[str, str]]) -> Mapping[str, Code]:
    return {key: Code(key, names) for key, names in words.items()}


def _read(name: str) -> Any:
    return yaml.safe_load((files("supplychain.frameworks") / name).read_text("utf-8"))
