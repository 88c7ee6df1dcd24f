"""What is said of an indicator: a value, or two amounts of the same time whose quotient it is.

A plant knows its 1,250 m³ of water and its 5,000 m² of board; the quotient, and with it every slip of a decimal point,
is ours to compute.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from supplychain.errors import Fault
from supplychain.frameworks import units
from supplychain.frameworks.framework import Indicator
from supplychain.frameworks.terms import Kind

CURRENT, CONSTANT = "current", "constant"
AGREES = Decimal("0.001")
"""By what part of the quotient a value sent beside its amounts may differ: as three digits are rounded. Ours."""
_WHOLE = 2**53  # above it, a number on the wire is no longer whole to everybody


@dataclass(frozen=True, slots=True)
class Amount:
    """How much was used, made or generated in the time observed."""

    amount: float
    unit: str


@dataclass(frozen=True, slots=True)
class PriceBasis:
    """At which prices money is told: those of the time observed, or the constant ones of a year."""

    prices: str
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """What is said of one indicator, or of one of its further questions.

    value: None where numerator and denominator are sent instead. unit: of the value; None = the indicator's own.
    """

    indicator: str
    value: bool | float | str | None = None
    unit: str | None = None
    numerator: Amount | None = None
    denominator: Amount | None = None
    price_basis: PriceBasis | None = None


def read(said: Mapping[str, Any]) -> Value:
    """A value as it is said on the wire, with its amounts and prices."""
    parts: Mapping[str, Any] = {"numerator": Amount, "denominator": Amount, "price_basis": PriceBasis}
    return Value(**{name: parts[name](**told) if name in parts else told for name, told in said.items()})


def faults_of(one: Value, indicator: Indicator | None, at: str) -> Iterator[Fault]:
    """What is wrong with the amounts of a value and with its prices. indicator: None for a further question."""
    quantity = indicator if indicator is not None and indicator.kind is Kind.QUANTITY else None
    if one.numerator is None and one.denominator is None:
        if one.value is None:
            yield Fault(f"{at}/value", "required")
    elif quantity is None:
        name = "numerator" if one.numerator is not None else "denominator"
        yield Fault(f"{at}/{name}", "quotient-not-wanted", {"indicator": one.indicator})
    else:
        yield from _in_amounts(one, quantity, at)
    yield from _in_prices(one, quantity, at)


def resolved(one: Value, indicator: Indicator | None) -> Value:
    """The value with its quotient filled in: what is stored, and judged. Without amounts, as it was said.

    The division is exact; the one rounding is to the seventeen digits of a number on the wire.
    """
    if one.numerator is None or one.denominator is None or indicator is None or indicator.unit is None:
        return one
    unit = one.unit or indicator.unit
    exact = _quotient(one.numerator, one.denominator, unit)
    whole = exact == exact.to_integral_value() and abs(exact) < _WHOLE
    return replace(one, value=int(exact) if whole else float(exact), unit=unit)


def _quotient(numerator: Amount, denominator: Amount, unit: str) -> Decimal:
    return units.divide(numerator.amount, numerator.unit, denominator.amount, denominator.unit, unit)


def _in_amounts(one: Value, indicator: Indicator, at: str) -> Iterator[Fault]:
    if one.numerator is None or one.denominator is None:
        yield Fault(f"{at}/{'numerator' if one.numerator is None else 'denominator'}", "required")
        return
    if one.denominator.amount <= 0:
        yield Fault(f"{at}/denominator/amount", "denominator-not-positive", {"indicator": indicator.id})
        return
    unit = one.unit or str(indicator.unit)
    try:
        exact = _quotient(one.numerator, one.denominator, unit)
    except units.UnitsNotConvertible:
        told = {"numerator": one.numerator.unit, "denominator": one.denominator.unit, "unit": unit}
        yield Fault(f"{at}/numerator/unit", "units-do-not-divide", {**told, "indicator": indicator.id})
        return
    if one.value is not None and not _agrees(one.value, exact):
        yield Fault(f"{at}/value", "value-differs", {"quotient": f"{exact:.6g}", "unit": unit, "given": one.value})


def _agrees(value: bool | float | str, exact: Decimal) -> bool:  # noqa: FBT001 - a value of any kind
    try:
        return abs(units.number(value) - exact) <= AGREES * abs(exact)
    except ValueError:
        return False


def _in_prices(one: Value, indicator: Indicator | None, at: str) -> Iterator[Fault]:
    basis, told = one.price_basis, {"indicator": one.indicator}
    per_money = indicator is not None and indicator.unit is not None and units.of_money(indicator.unit)
    if basis is None:
        if per_money:
            yield Fault(f"{at}/price_basis", "price-basis-missing", told)
    elif not per_money:
        yield Fault(f"{at}/price_basis", "price-basis-not-wanted", told)
    elif basis.prices == CONSTANT and basis.year is None:
        yield Fault(f"{at}/price_basis/year", "required")
    elif basis.prices == CURRENT and basis.year is not None:
        yield Fault(f"{at}/price_basis/year", "price-year-not-wanted")
