"""The part of a form that asks facts of the organization."""

from collections.abc import Iterable, Mapping
from typing import Any

from supplychain.frameworks.catalogue import FactKind, FactType
from supplychain.i18n import sentence
from supplychain.questionnaires.deciding import AskedFact, FactState
from supplychain.questionnaires.stating import as_said

Item = dict[str, Any]
_FILLING_IN = frozenset({FactState.DECLARED, FactState.DOCUMENTED})
_LEAST_YEAR, _MOST = 1990, 10**15 - 1


def schema(asked: Iterable[AskedFact], language: str) -> Item:
    """The facts as a property of the form's JSON Schema; empty where none is asked."""
    properties = {one.type.id: _asked(one, language) for one in asked}
    if not properties:
        return {}
    title = sentence("form.facts", language)
    return {"facts": {"type": "object", "title": title, "additionalProperties": False, "properties": properties}}


def layout(asked: Iterable[AskedFact], language: str) -> list[Item]:
    """A category of JSON Forms with a group a fact; none where none is asked."""
    groups = [
        {
            "type": "Group",
            "label": one.type.question[language],
            "elements": [
                {"type": "Control", "scope": f"#/properties/facts/properties/{one.type.id}/properties/{name}"}
                for name in _parts(one.type)
            ],
        }
        for one in asked
    ]
    return [{"type": "Category", "label": sentence("form.facts", language), "elements": groups}] if groups else []


def filled_in(asked: Iterable[AskedFact]) -> Mapping[str, Item]:
    """What is in force by the organization's own word, as the form states it; what has lapsed is asked anew."""
    return {one.type.id: as_said(one.known) for one in asked if one.known is not None and one.state in _FILLING_IN}


def about(one: AskedFact, language: str) -> str:
    """How a fact stands, and what it decides."""
    indicators = ", ".join(indicator.id for indicator in one.decides)
    decides = sentence("form.fact-decides", language, {"indicators": indicators})
    return f"{sentence(f'form.fact.{one.state}', language)} {decides}"


def _parts(fact: FactType) -> tuple[str, ...]:
    return (*(("value", "year") if fact.yearly else ("value", "valid_from", "valid_to")), "document")


def _asked(one: AskedFact, language: str) -> Item:
    fact = one.type
    properties: Item = {"value": {"title": fact.names[language], **_value(fact, language)}}
    properties["document"] = {
        "type": "string",
        "title": sentence("form.document", language),
        "description": sentence("form.document.help", language),
        "maxLength": 64,
    }
    for name in _parts(fact)[1:-1]:
        properties[name] = {"title": sentence(f"form.{name}", language), "type": "string", "format": "date"}
    if fact.yearly:
        properties["year"] = {
            "title": sentence("form.year", language),
            "type": "integer",
            "minimum": _LEAST_YEAR,
            "default": one.year,
        }
    return {
        "type": "object",
        "title": fact.question[language],
        "description": about(one, language),
        "additionalProperties": False,
        "properties": properties,
        "dependentRequired": {name: ["value"] for name in properties if name not in {"value", "year"}},
    }


def _value(fact: FactType, language: str) -> Item:
    if fact.kind is FactKind.BOOLEAN:
        return {"type": "boolean"}
    if fact.kind is FactKind.NUMBER:
        unit = sentence("form.in-unit", language, {"unit": sentence(f"form.unit.{fact.unit}", language)})
        return {"type": "integer", "minimum": 0, "maximum": _MOST, **({"description": unit} if fact.unit else {})}
    offered = [{"const": code.id, "title": code.names[language]} for code in fact.codes.values()]
    return {"type": "array", "uniqueItems": True, "minItems": 1, "items": {"type": "string", "oneOf": offered}}
