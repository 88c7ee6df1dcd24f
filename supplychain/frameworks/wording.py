"""Where an indicator applies, in words."""

from collections.abc import Iterable, Mapping

from supplychain.frameworks.applicability import AnyOf, Condition, Joined, OneOf, Rule, Test, Within, Words, YesNo
from supplychain.frameworks.catalogue import catalogue, derived
from supplychain.frameworks.framework import Framework
from supplychain.i18n import sentence

_HAS = {
    (False, False): "rule.has",
    (False, True): "rule.has_other",
    (True, False): "rule.has_none",
    (True, True): "rule.has_only",
}
"""What a set must have, by whether it is none of some words, and whether they are all but those that are listed."""


def says(rule: Rule, framework: Framework, language: str) -> str:
    """A rule of a framework's indicator in one language."""
    return _test(rule.test, framework, language)


def _test(test: Test, framework: Framework, language: str) -> str:
    if isinstance(test, Joined):
        told = [_test(one, framework, language) for one in test.tests]
        told = [f"({one})" if isinstance(it, Joined) else one for one, it in zip(told, test.tests, strict=True)]
        return sentence("rule.or" if test.decided else "rule.and", language).join(told)
    assert isinstance(test, Condition)  # what is not joined is one
    return _condition(test, framework, language)


def _condition(test: Condition, framework: Framework, language: str) -> str:
    names, words = _names(test.fact, framework)
    fact = names.get(language, test.fact)
    match test:
        case YesNo(wanted=True):
            return fact
        case YesNo():
            return sentence("rule.not", language, {"fact": fact})
        case OneOf(words=told):
            code = "rule.other_than" if told.others else "rule.one_of"
            return sentence(code, language, {"fact": fact, "words": _listed(told, words, language)})
        case AnyOf(words=told, none=none):
            code = _HAS[none, told.others]
            return sentence(code, language, {"fact": fact, "words": _listed(told, words, language)})
        case Within():
            return _bounds(test, fact)
    raise TypeError(test)


def _bounds(test: Within, fact: str) -> str:
    least, most = (None if one is None else f"{one:,}" for one in (test.least, test.most))
    if least == most:
        return f"{fact} {'≠' if test.outside else '='} {least}"
    assert not test.outside  # only one number is left out
    return f"{fact} ≤ {most}" if least is None else f"{fact} ≥ {least}"


def _names(fact: str, framework: Framework) -> tuple[Mapping[str, str], Mapping[str, Mapping[str, str]]]:
    """What a fact and its words are called."""
    if fact == "sector":
        return derived()[fact].names, {one.id: one.names.as_dict() for one in framework.sectors}
    known = catalogue().get(fact) or derived().get(fact)
    return ({}, {}) if known is None else (known.names, {key: one.names for key, one in known.codes.items()})


def _listed(told: Words, words: Mapping[str, Mapping[str, str]], language: str) -> str:
    """In the order of the list that they are from."""
    order = [*words, *sorted(told.listed - words.keys())]
    return sentence("rule.or_word", language).join(_named(order, told.listed, words, language))


def _named(
    order: Iterable[str], listed: frozenset[str], words: Mapping[str, Mapping[str, str]], language: str
) -> Iterable[str]:
    return (words.get(one, {}).get(language, one) for one in order if one in listed)
