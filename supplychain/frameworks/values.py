"""Whether a value answers an indicator, and what it is in the indicator's own terms."""

from decimal import Decimal

from supplychain.frameworks.framework import Indicator
from supplychain.frameworks.terms import Kind
from supplychain.frameworks.units import UnitsNotConvertible, convert, number
from supplychain.frameworks.weighing import Parameter


class ValueUnusable(ValueError):
    """A value does not answer the indicator.

    code: `not-yes-or-no`, `not-a-choice`, `not-a-number`, `unit-missing`, `unit-not-convertible`,
    `unit-not-wanted`, `certificate-needed`, `parameter-missing` or `parameter-negative`.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def reading(indicator: Indicator, value: object, unit: str | None) -> bool | Decimal | str:
    """The value as the indicator's targets are written: yes or no, a number in its unit, a choice's id.

    Raises ValueUnusable. Certificates answer by their standard, never by a value.
    """
    if indicator.kind is Kind.QUANTITY:
        return _quantity(indicator, value, unit)
    if unit is not None:
        raise ValueUnusable("unit-not-wanted")
    if indicator.kind is Kind.BOOLEAN:
        return yes_or_no(value)
    if indicator.kind is Kind.CHOICE:
        if not isinstance(value, str) or all(choice.id != value for choice in indicator.choices):
            raise ValueUnusable("not-a-choice")
        return value
    raise ValueUnusable("certificate-needed")


def yes_or_no(value: object) -> bool:
    """The answer to a yes-or-no question; ValueUnusable for anything but true and false."""
    if not isinstance(value, bool):
        raise ValueUnusable("not-yes-or-no")
    return value


def parameter(asked: Parameter, value: object, unit: str | None) -> Decimal:
    """The parameter that a quantity's targets follow, in its own unit; ValueUnusable for less than 0."""
    told = _quantity(asked, value, unit)
    if told < 0:
        raise ValueUnusable("parameter-negative")
    return told


def _quantity(indicator: Indicator | Parameter, value: object, unit: str | None) -> Decimal:
    try:
        exact = number(value)
    except ValueError as error:
        raise ValueUnusable("not-a-number") from error
    if unit is None or indicator.unit is None:
        raise ValueUnusable("unit-missing")
    if unit == indicator.unit:
        return exact
    try:
        return convert(exact, unit, indicator.unit)
    except UnitsNotConvertible as error:
        raise ValueUnusable("unit-not-convertible") from error
