"""Where an indicator applies, in CEL: compiled here, and held against CEL as its authors implement it."""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

import pytest
from cel_expr_python import cel
from hypothesis import example, given
from hypothesis import strategies as st

from supplychain.frameworks.applicability import Rule
from supplychain.frameworks.compiling import Declarations, Declared, ValueKind, compiled, declarations
from supplychain.frameworks.expression import Unusable
from supplychain.frameworks.loader import load_packs, shipped_packs

WORDS = ("PCB", "PLT", "SMT")
FACTS: Declarations = {
    "sector": Declared(ValueKind.WORD, WORDS),
    "region": Declared(ValueKind.WORD),
    "toxic": Declared(ValueKind.YES_NO),
    "canteen": Declared(ValueKind.YES_NO),
    "lines": Declared(ValueKind.SET, ("gold", "zinc", "zinc_alloy")),
    "staff": Declared(ValueKind.NUMBER),
}
VALUES: Mapping[str, tuple[Any, ...]] = {
    "sector": WORDS,
    "region": ("Anhui", "Hunan"),
    "toxic": (True, False),
    "canteen": (True, False),
    "lines": ((), ("gold",), ("zinc",), ("gold", "zinc_alloy"), ("gold", "zinc", "zinc_alloy")),
    "staff": (0, 24, 25, 1000),
}
_TYPES = {
    ValueKind.WORD: cel.Type.STRING,
    ValueKind.YES_NO: cel.Type.BOOL,
    ValueKind.SET: cel.Type.List(cel.Type.STRING),
    ValueKind.NUMBER: cel.Type.INT,
}
ORACLE = cel.NewEnv(variables={name: _TYPES[one.kind] for name, one in FACTS.items()})


def rule(expression: str) -> Rule:
    return compiled(expression, FACTS)


def known(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as rules read them: a word as the set of what it may be."""
    return {
        name: frozenset({value} if isinstance(value, str) else value) if isinstance(value, str | tuple) else value
        for name, value in facts.items()
    }


def said_by_cel(expression: str, facts: Mapping[str, Any]) -> bool | None:
    """What CEL makes of an expression; None where it fails for want of a fact."""
    told = ORACLE.compile(expression).eval(
        data={name: list(value) if isinstance(value, tuple) else value for name, value in facts.items()}
    )
    return told.value() if told.type() == cel.Type.BOOL else None


def worlds(may_be: Mapping[str, tuple[Any, ...]]) -> Iterator[dict[str, Any]]:
    for values in product(*may_be.values()):
        yield dict(zip(may_be, values, strict=True))


# Expressions ---------------------------------------------------------------------------------------


def listed(words: list[str]) -> str:
    return "[" + ", ".join(f'"{one}"' for one in words) + "]"


def about(name: str, words: tuple[str, ...]) -> st.SearchStrategy[str]:
    """A test of one word."""
    return st.one_of(
        st.tuples(st.sampled_from(("==", "!=")), st.sampled_from(words)).map(lambda it: f"{name} {it[0]} '{it[1]}'"),
        st.lists(st.sampled_from(words), min_size=1, max_size=3).map(lambda it: f"{name} in {listed(it)}"),
    )


def joined(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        parts.map(lambda one: f"!({one})"),
        st.tuples(parts, st.sampled_from(("&&", "||")), parts).map(" ".join).map(lambda one: f"({one})"),
    )


LINES = ("gold", "zinc", "zinc_alloy")
IN_A_SET = st.recursive(about("it", LINES) | st.just('it.startsWith("zinc")'), joined, max_leaves=3)
LEAVES = st.one_of(
    about("sector", WORDS),
    about("region", ("Anhui", "Hunan")),
    st.just('sector.startsWith("P")'),
    st.sampled_from(("toxic", "canteen", "toxic == true", "false != canteen", "!toxic")),
    st.tuples(st.sampled_from(("exists", "all")), IN_A_SET).map(lambda it: f"lines.{it[0]}(it, {it[1]})"),
    st.sampled_from(LINES).map(lambda one: f'"{one}" in lines'),
    st.tuples(st.sampled_from(("==", "!=", "<", "<=", ">", ">=")), st.sampled_from((0, 24, 25, 1000))).map(
        lambda it: f"staff {it[0]} {it[1]}"
    ),
    st.sampled_from(("25 <= staff", "1000 > staff", "24 == staff")),
)
EXPRESSIONS = st.recursive(LEAVES, joined, max_leaves=6)


def whole(expression: str) -> Rule | None:
    """The rule; None where what it asks is always so, or never, which is refused."""
    try:
        return rule(expression)
    except Unusable as refused:
        if refused.code == "decides-nothing":
            return None
        raise


GOLD = {name: values[0] for name, values in VALUES.items()} | {"lines": ("gold",)}


@example('"gold" in lines && "zinc" in lines', GOLD)
@example('!("gold" in lines) || !("zinc" in lines)', GOLD)
@given(EXPRESSIONS, st.fixed_dictionaries({name: st.sampled_from(values) for name, values in VALUES.items()}))
def test_where_every_fact_is_known_it_says_what_cel_says(expression: str, facts: Mapping[str, Any]) -> None:
    found = whole(expression)
    if found is not None:
        assert found.test.holds(known(facts)) is said_by_cel(expression, facts)
        assert found.test.denied().holds(known(facts)) is not said_by_cel(expression, facts)
        assert found.open_facts(known(facts)) == ()


@given(EXPRESSIONS, st.data())
@example('sector == "PCB" || sector != "PCB"', None)
def test_what_is_not_known_leaves_nothing_out_unless_no_value_of_it_would_apply(
    expression: str, data: st.DataObject | None
) -> None:
    """Facts are known, not known, or, of one word, known to be among some."""
    found = whole(expression)
    if found is None or data is None:
        assert found is None
        return
    may_be = {
        name: data.draw(st.just(VALUES[name]) | st.sampled_from(VALUES[name]).map(lambda it: (it,)), name)
        for name in found.facts
    }
    if "sector" in may_be:
        may_be["sector"] = tuple(data.draw(st.sets(st.sampled_from(WORDS), min_size=1), "may be in"))
    facts = {name: values for name, values in may_be.items() if len(values) == 1}
    read = known({name: one for name, (one,) in facts.items()})
    if len(may_be.get("sector", ())) in (1, 2):
        read["sector"] = frozenset(may_be["sector"])
    told = {said_by_cel(expression, world) for world in worlds(may_be)}
    answer = found.test.holds(read)
    assert answer is None or told == {answer}
    assert found.leaves_out(read) <= (told == {False})
    assert bool(found.open_facts(read)) is (answer is None)
    # what CEL decides without a fact is decided here; more is where tests of one fact became one
    without = said_by_cel(expression, {name: one for name, (one,) in facts.items()})
    assert without is None or without is answer


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('sector == "PCB" || "PLT" == sector', 'sector in ["PLT", "PCB", "PLT"]'),
        ('sector != "PCB" && sector != "PLT"', '!(sector in ["PCB", "PLT"])'),
        ("toxic && canteen", "canteen == true && (toxic && toxic)"),
        ("!(toxic || canteen)", "canteen != true && toxic == false"),
        ('"gold" in lines || "zinc" in lines', 'lines.exists(it, it in ["zinc", "gold"])'),
        ('lines.all(line, line != "gold")', '!("gold" in lines)'),
        ('sector.startsWith("P")', 'sector in ["PCB", "PLT"]'),
        ("staff > 24", "!(25 > staff) // the same"),
    ],
)
def test_expressions_that_ask_the_same_are_equal_however_they_are_written(one: str, other: str) -> None:
    assert rule(one) == rule(other)
    assert hash(rule(one)) == hash(rule(other))
    assert str(rule(one)) == one


def test_expressions_that_differ_for_some_fact_are_not_equal() -> None:
    assert rule("toxic && canteen") != rule("toxic || canteen")
    assert rule("staff > 24") != rule("staff >= 24")
    assert rule("lines.exists(it, it != 'gold')") != rule("!('gold' in lines)")


def test_what_is_open_is_what_would_still_decide() -> None:
    both = rule('sector in ["PCB"] && toxic && staff >= 1000')
    assert both.facts == ("sector", "toxic", "staff")
    assert both.open_facts({}) == ("sector", "toxic", "staff")
    assert both.open_facts({"toxic": True, "sector": frozenset({"PCB", "SMT"})}) == ("sector", "staff")
    assert both.open_facts({"toxic": False}) == ()
    assert rule("toxic || canteen").open_facts({"toxic": True}) == ()


@given(st.text(st.sampled_from("toxicsectorlines ()[]!&|=<>.,'\"?:+-*/%0123456789\\"), max_size=60))
def test_whatever_is_written_is_a_rule_of_cel_or_is_refused(text: str) -> None:
    try:
        found = rule(text)
    except Unusable:
        return
    assert ORACLE.compile(found.expression).return_type() == cel.Type.BOOL


# What ships ----------------------------------------------------------------------------------------


def test_every_rule_that_ships_is_cel_over_the_declared_facts() -> None:
    for pack in load_packs(shipped_packs()):
        facts = declarations([one.id for one in pack.sectors])
        env = cel.NewEnv(variables={name: _TYPES[one.kind] for name, one in facts.items()})
        for rule in (one.applies for one in pack.indicators if one.applies):
            assert env.compile(rule.expression).return_type() == cel.Type.BOOL
