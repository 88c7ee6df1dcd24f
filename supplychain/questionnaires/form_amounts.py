"""The part of a form that takes two amounts of the same time, where an indicator is their quotient."""

from typing import Any, Final

from supplychain.evidence.values import CONSTANT, CURRENT
from supplychain.frameworks import units
from supplychain.frameworks.framework import Indicator
from supplychain.i18n import sentence
from supplychain.questionnaires.rules import divided

Item = dict[str, Any]
AMOUNTS: Final = ("numerator", "denominator")


def amounts(indicator: Indicator, language: str) -> Item:
    """The two amounts as properties of an answer; empty where the indicator is no quotient."""
    known = divided(indicator)
    if known is None:
        return {}
    return {name: _amount(name, unit, language) for name, unit in zip(AMOUNTS, known, strict=True)}


def per_money(indicator: Indicator) -> bool:
    """Whether it is an amount per money, which needs a price basis."""
    return indicator.unit is not None and units.of_money(indicator.unit)


def prices(indicator: Indicator, language: str) -> Item:
    """At which prices money is told; empty where the indicator is not judged per money."""
    if not per_money(indicator):
        return {}
    offered = [{"const": one, "title": sentence(f"form.prices.{one}", language)} for one in (CURRENT, CONSTANT)]
    return {
        "price_basis": {
            "type": "object",
            "title": sentence("form.price_basis", language),
            "additionalProperties": False,
            "properties": {
                "prices": {"type": "string", "oneOf": offered},
                "year": {"type": "integer", "title": sentence("form.year", language)},
            },
        }
    }


def _amount(name: str, unit: str, language: str) -> Item:
    told: Item = {"type": "string", "title": sentence(f"form.{name}_unit", language), "maxLength": 20}
    return {
        "type": "object",
        "title": sentence(f"form.{name}", language),
        "additionalProperties": False,
        "properties": {
            "amount": {"type": "number", "title": sentence(f"form.{name}", language)},
            "unit": {**told, **({"default": unit} if unit else {})},
        },
    }
