"""The expressions in which packs say where an indicator applies: a subset of CEL, compiled once, when a pack is read.

What is allowed: `&&`, `||`, `!`; a yes-or-no fact by itself or against `true` and `false`; `==`, `!=`, `in` and
`startsWith` for words; `in`, `exists` and `all` for sets; `==`, `!=`, `<`, `<=`, `>`, `>=` for numbers. A fact is
compared with values that are written out. Every expression that is allowed is CEL and means there what it means here.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import Any

import pycountry

from supplychain.frameworks.applicability import AnyOf, OneOf, Rule, Test, Within, Words, YesNo, joined
from supplychain.frameworks.catalogue import FactKind, catalogue, derived
from supplychain.frameworks.document import Document, PackError, pointer_to
from supplychain.frameworks.expression import Call, Listed, Literal, Name, Tree, Unusable, parsed


class ValueKind(StrEnum):
    """What an expression may compare a fact as."""

    YES_NO = "yes or no"
    WORD = "one word"
    SET = "a set of words"
    NUMBER = "a whole number"


_KINDS = {FactKind.BOOLEAN: ValueKind.YES_NO, FactKind.CODES: ValueKind.SET, FactKind.NUMBER: ValueKind.NUMBER}
_ORDERS = ("==", "!=", "<", "<=", ">", ">=")
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_NOT_SUPPORTED = "is not among ==, !=, <, <=, >, >=, in, &&, ||, !, startsWith, exists and all"


@dataclass(frozen=True, slots=True)
class Declared:
    """A fact that expressions may read. words: those it may have; None = any."""

    kind: ValueKind
    words: Collection[str] | None = None


Declarations = Mapping[str, Declared]


def declarations(sectors: Collection[str]) -> Declarations:
    """Every fact that a pack with these sectors may read."""
    words: Mapping[str, Collection[str] | None] = {
        "sector": sectors,
        "country": [one.alpha_2 for one in pycountry.countries],
    }
    told = {
        name: Declared(ValueKind.WORD, words.get(name, tuple(one.codes) or None)) for name, one in derived().items()
    }
    return told | {one.id: Declared(_KINDS[one.kind], tuple(one.codes) or None) for one in catalogue().values()}


def compiled(expression: str, known: Declarations) -> Rule:
    """The rule of an expression; Unusable says at which character it cannot be used and why."""
    test = _test(parsed(expression), known)
    for one in test.parts():
        if isinstance(one, OneOf | AnyOf) and not one.words.listed:
            raise Unusable(1, "decides-nothing", f"what it asks of {one.fact} is always so, or never")
    return Rule(expression, test)


def rules_of(document: Document, pack: dict[str, Any]) -> tuple[list[Rule | None], list[PackError]]:
    """Where each indicator of a shaped pack applies, and what is wrong with how it is written."""
    known = declarations([one["id"] for one in pack["sectors"]])
    rules: list[Rule | None] = []
    refused: list[PackError] = []
    for index, indicator in enumerate(pack["indicators"]):
        try:
            rules.append(None if indicator["applies"] is None else compiled(indicator["applies"], known))
        except Unusable as wrong:
            error = document.error(pointer_to("indicators", index, "applies"), wrong.code, str(wrong))
            refused.append(replace(error, line=error.line + _lines_below(indicator["applies"], wrong.at)))
    return rules, refused


def _lines_below(text: str, at: int) -> int:
    """How far a character of a text is below its key: only a text of several lines begins on the next one."""
    return 1 + text.count("\n", 0, at - 1) if "\n" in text else 0


def _test(tree: Tree, known: Declarations) -> Test:
    match tree:
        case Call(name="&&" | "||" as sign, of=None, args=args):
            return joined([_test(one, known) for one in args], decided=sign == "||")
        case Call(name="!", of=None, args=(inner,)):
            return _test(inner, known).denied()
        case Name():
            _fact(tree, ValueKind.YES_NO, known)
            return YesNo(tree.name, wanted=True)
        case Call():
            return _condition(tree, known)
        case _:
            raise _refused(tree)


def _condition(tree: Call, known: Declarations) -> Test:
    """What is asked of one fact."""
    match tree:
        case Call(name="exists" | "all", of=Name() as fact):
            return _quantified(tree, fact, known)
        case Call(name="in", of=None, args=(Literal() as word, Name() as fact)):
            declared = _fact(fact, ValueKind.SET, known)
            return AnyOf(fact.name, Words(frozenset({_word(word, fact.name, declared)})))
        case Call(name=sign, of=None, args=(Literal() as value, Name() as fact)) if sign in _ORDERS:
            return _compared(fact, _TURNED.get(sign, sign), value, tree, known)
        case Call(name=sign, of=None, args=(Name() as fact, Literal() as value)) if sign in _ORDERS:
            return _compared(fact, sign, value, tree, known)
        case Call(name="in", of=None, args=(Name() as fact, Listed())) | Call(name="startsWith", of=Name() as fact):
            declared = _fact(fact, ValueKind.WORD, known)
            return OneOf(fact.name, _words(tree, fact.name, fact.name, declared))
        case _:
            raise _refused(tree)


def _compared(fact: Name, sign: str, value: Literal, tree: Tree, known: Declarations) -> Test:
    """A fact beside a value that is written out."""
    declared = _fact(fact, None, known)
    if declared.kind is ValueKind.WORD:
        return OneOf(fact.name, _words(tree, fact.name, fact.name, declared))
    if declared.kind is ValueKind.YES_NO and isinstance(value.value, bool) and sign in ("==", "!="):
        return YesNo(fact.name, wanted=value.value is (sign == "=="))
    if declared.kind is ValueKind.NUMBER and type(value.value) is int:
        return _bounds(sign)(partial(Within, fact.name), value.value)
    raise _wrong_kind(fact, declared)


def _bounds(sign: str) -> Callable[[Callable[..., Within], int], Within]:
    """What a comparison of whole numbers leaves."""
    return {
        "==": lambda within, bound: within(bound, bound),
        "!=": lambda within, bound: within(bound, bound, outside=True),
        "<": lambda within, bound: within(None, bound - 1),
        "<=": lambda within, bound: within(None, bound),
        ">": lambda within, bound: within(bound + 1, None),
        ">=": lambda within, bound: within(bound, None),
    }[sign]


def _quantified(tree: Call, fact: Name, known: Declarations) -> Test:
    declared = _fact(fact, ValueKind.SET, known)
    match tree.args:
        case (Name(name=each), inner) if each not in known:
            words = _words(inner, each, fact.name, declared)
        case _:
            raise Unusable(tree.at, "bad-expression", f"write {tree.name}(it, …), `it` being the name of no fact")
    return AnyOf(fact.name, words) if tree.name == "exists" else AnyOf(fact.name, ~words, none=True)


def _words(tree: Tree, each: str, fact: str, declared: Declared) -> Words:
    """The words of a fact for which a test of one of them, called `each`, holds."""
    match tree:
        case Call(name="&&", of=None, args=(first, *rest)):
            found = _words(first, each, fact, declared)
            for one in rest:
                found = found & _words(one, each, fact, declared)
            return found
        case Call(name="||", of=None, args=(first, *rest)):
            found = _words(first, each, fact, declared)
            for one in rest:
                found = found | _words(one, each, fact, declared)
            return found
        case Call(name="!", of=None, args=(inner,)):
            return ~_words(inner, each, fact, declared)
        case (
            Call(name="==" | "!=" as sign, of=None, args=(Name() as name, Literal() as word))
            | Call(name="==" | "!=" as sign, of=None, args=(Literal() as word, Name() as name))
        ):
            _only(name, each)
            return Words(frozenset({_word(word, fact, declared)}), others=sign == "!=")
        case Call(name="in", of=None, args=(Name() as name, Listed(items=items))):
            _only(name, each)
            if not items:
                raise Unusable(tree.at, "decides-nothing", "list at least one word")
            return Words(frozenset(_word(one, fact, declared) for one in items))
        case Call(name="startsWith", of=Name() as name, args=(Literal(value=str() as beginning),)):
            _only(name, each)
            return Words(_beginning(tree, beginning, fact, declared))
        case _:
            raise _refused(tree)


def _only(name: Name, each: str) -> None:
    if name.name != each:
        raise Unusable(name.at, "not-supported", f"within a test of single words only {each} is tested")


def _beginning(tree: Call, beginning: str, fact: str, declared: Declared) -> frozenset[str]:
    if declared.words is None:
        raise Unusable(tree.at, "not-supported", f"{fact} has no list of words: compare it as a whole")
    found = frozenset(one for one in declared.words if one.startswith(beginning))
    if not found or len(found) == len(declared.words):
        raise Unusable(tree.at, "decides-nothing", f"no word of {fact}, or every one, begins with {beginning!r}")
    return found


def _word(tree: Tree, fact: str, declared: Declared) -> str:
    if not isinstance(tree, Literal) or not isinstance(tree.value, str):
        raise Unusable(tree.at, "wrong-kind", f"{fact} is compared with texts that are written out")
    if declared.words is not None and tree.value not in declared.words:
        raise Unusable(tree.at, "unknown-code", f"{tree.value!r} is no word of {fact}")
    return tree.value


def _fact(name: Name, kind: ValueKind | None, known: Declarations) -> Declared:
    declared = known.get(name.name)
    if declared is None:
        raise Unusable(name.at, "unknown-fact", f"{name.name} is not among {', '.join(known)}")
    if kind not in (None, declared.kind):
        raise _wrong_kind(name, declared)
    return declared


_HOW = {
    ValueKind.YES_NO: "write it alone, or == true",
    ValueKind.WORD: 'write {} == "…", {} in ["…"] or {}.startsWith("…")',
    ValueKind.SET: 'write "…" in {} or {}.exists(it, …)',
    ValueKind.NUMBER: "compare it with a whole number by ==, !=, <, <=, > or >=",
}


def _wrong_kind(name: Name, declared: Declared) -> Unusable:
    how = _HOW[declared.kind].replace("{}", name.name)
    return Unusable(name.at, "wrong-kind", f"{name.name} is {declared.kind}: {how}")


def _refused(tree: Tree) -> Unusable:
    """Why a tree is no test."""
    if isinstance(tree, Call) and tree.name in ("==", "!=", "<", "<=", ">", ">=", "in", "startsWith", "exists", "all"):
        return Unusable(tree.at, "not-supported", f"{tree.name} takes one fact and values that are written out")
    if isinstance(tree, Call):
        return Unusable(tree.at, "not-supported", f"{tree.name} {_NOT_SUPPORTED}")
    return Unusable(tree.at, "not-a-condition", "a value by itself is no condition: compare a fact with it")
