"""UNECE Recommendation 20 unit codes, converted exactly.

Rec 20 has no code for most intensities (kWh per m² of board), so a quotient of two codes is a unit too: `KWH/MTK`.
pint knows the sizes of the units; only the codes are listed here. Rec 20 has no money: currencies have their ISO 4217
codes, and `10000CNY` is the 万元 of Chinese statistics. Each is a dimension of its own, because no rate is assumed.
"""

from decimal import Decimal, InvalidOperation, localcontext
from fractions import Fraction
from functools import cache, lru_cache

import pint

# Code -> pint's name. Counts of people and of pieces are dimensions of their own: 3 heads are not 300 %.
# A noise margin in dB is a difference of levels, so decibels convert to nothing but themselves.
CODES = {
    "C62": "dimensionless",
    "P1": "percent",
    "59": "ppm",
    "H87": "piece",
    "HEA": "head",
    "IE": "head",
    "2N": "sound_level",
    "MC": "microgram",
    "MGM": "milligram",
    "GRM": "gram",
    "KGM": "kilogram",
    "TNE": "metric_ton",
    "MLT": "milliliter",
    "LTR": "liter",
    "DMQ": "decimeter ** 3",
    "MTQ": "meter ** 3",
    "MMT": "millimeter",
    "CMT": "centimeter",
    "MTR": "meter",
    "KMT": "kilometer",
    "CMK": "centimeter ** 2",
    "MTK": "meter ** 2",
    "KMK": "kilometer ** 2",
    "JOU": "joule",
    "KJO": "kilojoule",
    "3B": "megajoule",
    "GV": "gigajoule",
    "D30": "terajoule",
    "WHR": "watt_hour",
    "KWH": "kilowatt_hour",
    "MWH": "megawatt_hour",
    "GWH": "gigawatt_hour",
    "KWT": "kilowatt",
    "SEC": "second",
    "MIN": "minute",
    "HUR": "hour",
    "DAY": "day",
    "WEE": "week",
    "MON": "month",
    "ANN": "year",
    "M1": "milligram / liter",
    "GL": "gram / liter",
    "GP": "milligram / meter ** 3",
    "GQ": "microgram / meter ** 3",
    "GM": "gram / meter ** 2",
    "28": "kilogram / meter ** 2",
    "E46": "kilowatt_hour / meter ** 3",
    "MTS": "meter / second",
    "CNY": "yuan",
    "10000CNY": "ten_thousand_yuan",
    "EUR": "euro",
}
_MONEY = frozenset({"CNY", "10000CNY", "EUR"})
_DIGITS = 50  # more than any reading has: the one rounding, of the quotient, is far below what is compared


class UnitsNotConvertible(ValueError):
    """One unit cannot be told in the other, or one of them is not known.

    unit, into: the two codes as given.
    """

    def __init__(self, unit: str, into: str) -> None:
        super().__init__(f"{unit!r} cannot be converted to {into!r}")
        self.unit = unit
        self.into = into


def known(code: str) -> bool:
    """Whether a code, or a quotient of two codes, is a unit we can convert."""
    return len(parts := code.split("/")) <= 2 and all(part in CODES for part in parts)  # noqa: PLR2004 - a quotient


def number(value: object) -> Decimal:
    """A finite number as a Decimal, a float by its shortest writing; ValueError for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError("not a number")  # noqa: TRY004 - to the caller every unusable value is the same
    try:
        exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    except InvalidOperation as error:
        raise ValueError("not a number") from error
    if not exact.is_finite():
        raise ValueError("not a finite number")
    return exact


def convert(value: float | Decimal, unit: str, into: str) -> Decimal:
    """A value told in another unit, exactly wherever the result has a finite decimal form.

    Raises UnitsNotConvertible, and ValueError where the value is not a finite number.
    """
    exact = number(value)
    if unit == into and unit in CODES:
        return exact
    ratio = _ratio(unit, into)
    with localcontext() as context:
        context.prec = _DIGITS
        return exact * ratio.numerator / ratio.denominator


def divide(amount: float | Decimal, unit: str, by: float | Decimal, by_unit: str, into: str) -> Decimal:
    """A quotient of two amounts told in a unit, exactly wherever it has a finite decimal form.

    Raises UnitsNotConvertible where the units do not divide to it, ValueError where an amount is not a finite number,
    ZeroDivisionError where there is nothing to divide by.
    """
    exact = Fraction(number(amount)) / Fraction(number(by)) * _ratio(f"{unit}/{by_unit}", into)
    with localcontext() as context:
        context.prec = _DIGITS
        return Decimal(exact.numerator) / exact.denominator


def of_money(code: str) -> bool:
    """Whether a unit is money, or a quotient with money in it."""
    return not _MONEY.isdisjoint(code.split("/"))


@lru_cache(maxsize=4096)
def _ratio(unit: str, into: str) -> Fraction:
    if not (known(unit) and known(into)):
        raise UnitsNotConvertible(unit, into)
    (size, dimension), (other_size, other_dimension) = _in_base_units(unit), _in_base_units(into)
    if dimension != other_dimension:
        raise UnitsNotConvertible(unit, into)
    return size / other_size


def _in_base_units(code: str) -> tuple[Fraction, str]:
    expression = " / ".join(f"({CODES[part]})" for part in code.split("/"))
    quantity = _registry().Quantity(Decimal(1), expression).to_base_units()
    return Fraction(quantity.magnitude), str(quantity.units)


@cache
def _registry() -> "pint.UnitRegistry[Decimal]":
    registry: pint.UnitRegistry[Decimal] = pint.UnitRegistry(non_int_type=Decimal)
    for own in ("piece", "head", "sound_level", "yuan", "euro"):
        registry.define(f"{own} = [{own}]")
    registry.define("ten_thousand_yuan = 10000 * yuan")
    return registry
