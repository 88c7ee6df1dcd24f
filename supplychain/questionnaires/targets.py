"""What each level asks of an indicator, in words."""

from decimal import Decimal

from supplychain.frameworks.framework import Framework, Indicator, StandardRef, Target
from supplychain.frameworks.terms import Better, Tag
from supplychain.i18n import sentence
from supplychain.questionnaires.telling import text


def targets(framework: Framework, indicator: Indicator, language: str) -> str:
    """A line a level, from the lowest; a level that asks nothing has none."""
    labels = {level.rank: text(level.label, language) for level in framework.levels}
    begins = indicator.mandatory_from
    optional = "" if begins is not None else f" ({sentence('form.optional', language)})"
    return "\n".join(
        f"{one.level} {labels[one.level]}{optional}: {_asks(framework, indicator, one, language)}"
        for one in indicator.targets
        if begins is None or begins <= one.level
    )


def _asks(framework: Framework, indicator: Indicator, target: Target, language: str) -> str:
    asked = _value(framework, indicator, target, language)
    beside = [text(one.question, language) for one in indicator.also if one.id in target.also]
    return " + ".join([asked, *beside]) + _mark(target, language)


def _mark(target: Target, language: str) -> str:
    """Whose the number is, or that nobody read it where it is said to stand."""
    if target.ours:
        return " †"
    unread = target.tag is not None and target.tag is not Tag.READ
    return f" ({sentence('form.unread', language)})" if unread else ""


def _value(framework: Framework, indicator: Indicator, target: Target, language: str) -> str:
    value = target.value
    if value is None:
        return sentence("form.any-number", language)
    if isinstance(value, tuple):
        return " / ".join(_standard(framework, one, language) for one in value)
    if isinstance(value, bool):
        return sentence("form.yes" if value else "form.no", language)
    if isinstance(value, str):
        return next(text(one.names, language) for one in indicator.choices if one.id == value)
    sign = "≤" if indicator.better is Better.LOWER else "≥"
    slope = f" + {_number(target.per_parameter)} × n" if target.per_parameter else ""
    unit = text(indicator.unit_label, language) if indicator.unit_label else str(indicator.unit)
    return f"{sign} {_number(value)}{slope} {unit}"


def _standard(framework: Framework, asked: StandardRef, language: str) -> str:
    known = framework.standard(asked.standard)
    name = text(known.names, language) if known is not None else asked.standard
    return f"{name} ({asked.version})" if asked.version else name


def _number(value: Decimal) -> str:
    return f"{value.normalize():f}"
