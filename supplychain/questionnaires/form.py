"""A questionnaire as a form: JSON Schema 2020-12, a layout for each of two form libraries, and what is known.

Names hold no dots, which the libraries read as paths, but for indicators whose pack gives them one.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from supplychain.conformity.rules import SourceState
from supplychain.evidence.models import Evidence
from supplychain.frameworks.framework import Indicator
from supplychain.frameworks.terms import Kind, Relation
from supplychain.i18n import sentence
from supplychain.questionnaires import form_facts
from supplychain.questionnaires.asking import ALL, Questionnaire
from supplychain.questionnaires.deciding import AskedFact
from supplychain.questionnaires.form_amounts import AMOUNTS, amounts, prices
from supplychain.questionnaires.rules import Question, divided, kinds, needs
from supplychain.questionnaires.telling import facts, further, heading, key_of, over, questions, stated, text

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_DAYS = ("observed_from", "observed_to")
_FILLING_IN = frozenset({SourceState.IN_FORCE, SourceState.UNDER_REVIEW})
Item = dict[str, Any]


def form(found: Questionnaire, language: str, mode: str = ALL) -> Item:
    """The form of a questionnaire in a language."""
    asked, asked_facts = questions(found, mode), facts(found, mode)
    stated = form_facts.filled_in(asked_facts)
    return {
        **heading(found, language),
        "json_schema": _schema(found, asked, asked_facts, language),
        "ui_schema": _layout(found, asked, asked_facts, language),
        "rjsf_ui_schema": _rjsf(asked, asked_facts, language),
        "data": {"answers": filled_in(found, asked), **({"facts": stated} if stated else {})},
    }


def filled_in(found: Questionnaire, asked: Iterable[Question]) -> Item:
    """What is known, as answers; what has lapsed is asked anew."""
    answers = {}
    for one in asked:
        source = one.source
        if source is not None and source.state in _FILLING_IN and source.relation is Relation.DIRECT:
            row = found.evidence.get(source.evidence)
            said = as_answer(one.indicator, row) if row is not None else {}
            if said:
                answers[one.indicator.id] = said
    return answers


def as_answer(indicator: Indicator, row: Evidence) -> Item:
    """What evidence says of an indicator, in the form of an answer; empty where it says nothing of its own."""
    values = stated(row)
    asked_too = [one.id for one in indicator.also] + ([indicator.parameter.id] if indicator.parameter else [])
    more = {key_of(indicator, one): values[one][0] for one in asked_too if one in values}
    said: Item = {"further": more} if more else {}
    if indicator.kind is Kind.CERTIFICATE:
        printed = {name: (row.certificate or {}).get(name) for name in ("version", "number", "issuer")}
        days = {"issued_on": row.issued_on, "valid_until": row.valid_until}
        said |= {"standard": row.standard, **printed, **{name: day and day.isoformat() for name, day in days.items()}}
        return {name: value for name, value in said.items() if value is not None} if row.standard else {}
    kept = next((one for one in row.values if one["indicator"] == indicator.id), None)
    if kept is None:
        return {}
    # what is told as two amounts is gone on with as two amounts: who changes one need not reckon
    away = {"indicator", *(("value",) if "numerator" in kept else ())}
    return {**{name: told for name, told in kept.items() if name not in away}, **said}


def _schema(found: Questionnaire, asked: Iterable[Question], asked_facts: Iterable[AskedFact], language: str) -> Item:
    return {
        "$schema": DIALECT,
        "title": text(found.framework.names, language),
        "type": "object",
        "additionalProperties": False,
        "properties": {
            **form_facts.schema(asked_facts, language),
            "answers": {
                "type": "object",
                "title": sentence("form.answers", language),
                "additionalProperties": False,
                "properties": {one.indicator.id: _answer(found, one, language) for one in asked},
            },
            **{name: _day(name, language) for name in _DAYS},
            "source": {"type": "string", "title": sentence("form.source", language), "maxLength": 200},
        },
        "dependentRequired": {"observed_from": ["observed_to"]},
    }


def _answer(found: Questionnaire, one: Question, language: str) -> Item:
    indicator = one.indicator
    certificate = indicator.kind is Kind.CERTIFICATE
    told = _certificate(found, one, language) if certificate else _value(indicator, language)
    more = further(indicator, language)
    properties = {
        **told,
        **({"further": _further(more)} if more else {}),
        **({} if certificate else _kind(indicator, language)),
        **({} if certificate else _observed(indicator, language)),
        "files": {"type": "array", "title": sentence("form.files", language), "items": {"type": "string"}},
    }
    return {
        "type": "object",
        "title": text(indicator.question, language),
        "description": text(indicator.help, language),
        "additionalProperties": False,
        "properties": properties,
        **_needed(indicator, properties),
    }


def _needed(indicator: Indicator, properties: Iterable[str]) -> Item:
    """What an answer cannot do without. An object left empty is none: form libraries make one for every question."""
    if indicator.kind is not Kind.QUANTITY:
        begins = "standard" if indicator.kind is Kind.CERTIFICATE else "value"
        return {"dependentRequired": {name: [begins] for name in properties if name != begins}}
    told = {"anyOf": [{"required": ["value"]}, {"required": list(AMOUNTS)}]}
    return {"dependentSchemas": {name: told for name in properties if name not in {"value", *AMOUNTS}}}


def _value(indicator: Indicator, language: str) -> Item:
    title = text(indicator.names, language)
    if indicator.kind is Kind.BOOLEAN:
        return {"value": {"type": "boolean", "title": title}}
    if indicator.kind is Kind.CHOICE:
        offered = [{"const": choice.id, "title": text(choice.names, language)} for choice in indicator.choices]
        return {"value": {"type": "string", "title": title, "oneOf": offered}}
    unit: Item = {"type": "string", "title": sentence("form.unit", language), "default": indicator.unit}
    if indicator.unit_label is not None:
        unit["description"] = text(indicator.unit_label, language)
    more = {**amounts(indicator, language), **prices(indicator, language)}
    return {"value": {"type": "number", "title": title}, "unit": {**unit, "maxLength": 20}, **more}


def _certificate(found: Questionnaire, one: Question, language: str) -> Item:
    proving = needs(found.framework, one).standards
    editions = sorted({version for _, versions in proving for version in versions})
    offered = [{"const": standard.id, "title": text(standard.names, language)} for standard, _ in proving]
    return {
        "standard": {"type": "string", "title": sentence("form.standard", language), "oneOf": offered},
        **({"version": _text("version", language, enum=editions)} if editions else {}),
        "number": _text("number", language, maxLength=100),
        "issuer": _text("issuer", language, maxLength=200),
        "issued_on": _day("issued_on", language),
        "valid_until": _day("valid_until", language),
    }


def _further(more: Iterable[Mapping[str, Any]]) -> Item:
    properties = {
        shown["key"]: (
            {"type": "boolean", "title": shown["question"]}
            if shown["unit"] is None
            else {"type": "number", "minimum": 0, "title": shown["question"]}
        )
        for shown in more
    }
    return {"type": "object", "additionalProperties": False, "properties": properties}


def _kind(indicator: Indicator, language: str) -> Item:
    """How it is shown, where there are several ways, or a document must say when it was issued."""
    accepted = kinds(indicator)
    offered = [{"const": kind.value, "title": sentence(f"form.kind.{kind.value}", language)} for kind in accepted]
    shown = {"kind": {"type": "string", "title": sentence("form.kind", language), "oneOf": offered}}
    issued = {name: _day(name, language) for name in ("issued_on", "valid_until")}
    return {**(shown if len(accepted) > 1 else {}), **(issued if "certificate" in accepted else {})}


def _text(name: str, language: str, **more: Any) -> Item:
    return {"type": "string", "title": sentence(f"form.{name}", language), **more}


def _observed(indicator: Indicator, language: str) -> Item:
    """The days of a reading; with the months they must hold, where it is measured over some."""
    months = over(indicator, language)
    described = {"description": months} if months else {}
    return {name: {**_day(name, language), **described} for name in _DAYS}


def _day(name: str, language: str) -> Item:
    return _text(name, language, format="date")


def _layout(found: Questionnaire, asked: tuple[Question, ...], asked_facts: Iterable[AskedFact], language: str) -> Item:
    """Of JSON Forms: the facts, then a category a pillar, in it a group a question."""
    categories = [
        {
            "type": "Category",
            "label": text(pillar.names, language),
            "elements": [_group(one, language) for one in asked if one.indicator.pillar == pillar.id],
        }
        for pillar in found.framework.pillars
        if any(one.indicator.pillar == pillar.id for one in asked)
    ]
    general = {"type": "Category", "label": sentence("form.general", language), "elements": _controls("#", _GENERAL)}
    return {"type": "Categorization", "elements": [*form_facts.layout(asked_facts, language), *categories, general]}


_GENERAL = (*_DAYS, "source")


def _group(one: Question, language: str) -> Item:
    indicator = one.indicator
    at = f"#/properties/answers/properties/{indicator.id}"
    told = ["standard", "version", "number", "issuer", "issued_on", "valid_until"]
    if indicator.kind is not Kind.CERTIFICATE:
        told = ["value", "unit"] if indicator.kind is Kind.QUANTITY else ["value"]
        if divided(indicator) is not None:
            told += [f"{name}/properties/{part}" for name in AMOUNTS for part in ("amount", "unit")]
        told += _DAYS if indicator.kind is Kind.QUANTITY else ()
    more = [shown["key"] for shown in further(indicator, language)]
    return {
        "type": "Group",
        "label": f"{indicator.id} · {text(indicator.question, language)}",
        "elements": [*_controls(at, told), *_controls(f"{at}/properties/further", more)],
    }


def _controls(at: str, names: Iterable[str]) -> list[Item]:
    return [{"type": "Control", "scope": f"{at}/properties/{name}"} for name in names]


def _rjsf(asked: Iterable[Question], asked_facts: tuple[AskedFact, ...], language: str) -> Item:
    """Of react-jsonschema-form: the order, and the help under each question."""
    first = ["facts"] if asked_facts else []
    shown = {one.indicator.id: {"ui:description": text(one.indicator.help, language)} for one in asked}
    return {"ui:order": [*first, "answers", *_GENERAL], "answers": {"ui:order": [*shown], **shown}}
