"""Expressions that cannot be used are refused where they fail, with the reason; the others are told in words."""

import pytest

from supplychain.frameworks.compiling import compiled, declarations
from supplychain.frameworks.document import PackErrors
from supplychain.frameworks.expression import DEEPEST, LONGEST, Unusable
from supplychain.frameworks.loader import load_text
from supplychain.frameworks.wording import says
from tests.test_applicability import rule
from tests.test_framework_errors import PACK

# Hostile and wrong ---------------------------------------------------------------------------------

HOSTILE = [
    # no expression
    ("", 1, "bad-expression"),
    ("toxic &&", 9, "bad-expression"),
    ("toxic toxic", 7, "bad-expression"),
    ("toxic & canteen", 7, "bad-expression"),
    ("toxic and canteen", 7, "bad-expression"),
    ("(toxic", 7, "bad-expression"),
    ("for", 1, "bad-expression"),
    ('sector == "PCB', 11, "bad-expression"),
    ("tóxic", 2, "bad-expression"),
    ("lines.exists('a', true)", 7, "bad-expression"),
    ("lines.exists(toxic, toxic == 'gold')", 7, "bad-expression"),
    ("toxic; import os", 6, "bad-expression"),
    # too much
    ("toxic || " * 300 + "toxic", LONGEST + 1, "expression-too-long"),
    ("(" * 900 + "toxic" + ")" * 900, DEEPEST + 1, "expression-too-deep"),
    ("!" * 1_500 + "toxic", DEEPEST + 1, "expression-too-deep"),
    ("[" * 900, DEEPEST + 1, "expression-too-deep"),
    ("toxic ? canteen : " * 100 + "toxic", 351, "expression-too-deep"),
    ("a == " * 300 + "a", 1498, "not-supported"),
    ("1 + " * 400 + "1", 1599, "not-supported"),
    # names and codes
    ("toxics", 1, "unknown-fact"),
    ("toxic && __import__", 10, "unknown-fact"),
    ('sector == "PCBA"', 11, "unknown-code"),
    ('sector in ["PCB", "X"]', 19, "unknown-code"),
    ('"silver" in lines', 1, "unknown-code"),
    ("lines.all(it, it != 'silver')", 21, "unknown-code"),
    # kinds
    ("sector", 1, "wrong-kind"),
    ("lines", 1, "wrong-kind"),
    ("!staff", 2, "wrong-kind"),
    ("toxic && sector", 10, "wrong-kind"),
    ("toxic == 1", 1, "wrong-kind"),
    ("toxic < true", 1, "wrong-kind"),
    ("staff == '25'", 1, "wrong-kind"),
    ("staff >= true", 1, "wrong-kind"),
    ("staff >= 99999999999999999999", 10, "wrong-kind"),
    ("staff in [1, 2]", 1, "wrong-kind"),
    ("sector in [1]", 12, "wrong-kind"),
    ("sector == null", 11, "wrong-kind"),
    ("'PCB' in sector", 10, "wrong-kind"),
    ("lines in ['gold']", 1, "wrong-kind"),
    ("lines == 'gold'", 1, "wrong-kind"),
    ("sector.exists(it, it == 'PCB')", 1, "wrong-kind"),
    # nothing but a value
    ("true", 1, "not-a-condition"),
    ("toxic || true", 10, "not-a-condition"),
    ("'PCB'", 1, "not-a-condition"),
    ("['PCB']", 1, "not-a-condition"),
    ("lines.exists(it, true)", 18, "not-a-condition"),
    # nothing decided
    ("sector in []", 8, "decides-nothing"),
    ("sector == 'PCB' && sector == 'SMT'", 1, "decides-nothing"),
    ("sector != 'PCB' || sector != 'SMT'", 1, "decides-nothing"),
    ("sector.startsWith('Q')", 8, "decides-nothing"),
    ("sector.startsWith('')", 8, "decides-nothing"),
    # CEL, but not ours
    ("sector.matches('(a+)+$')", 8, "not-supported"),
    ("lines.exists(it, it.matches('(a|a)*b'))", 21, "not-supported"),
    ("size(lines) > 1", 13, "not-supported"),
    ("has(lines.x)", 1, "not-supported"),
    ("staff * 2 > 10", 11, "not-supported"),
    ("-staff < 0", 8, "not-supported"),
    ("staff > 1.5", 9, "not-supported"),
    ("staff > 1u", 9, "not-supported"),
    ("staff > 0x10", 9, "not-supported"),
    ("sector == r'PCB'", 11, "not-supported"),
    ("sector == '''PCB'''", 11, "not-supported"),
    ("sector == b'PCB'", 11, "not-supported"),
    ("sector == 'P\\x43B'", 11, "not-supported"),
    ("toxic ? canteen : toxic", 7, "not-supported"),
    ("toxic == canteen", 7, "not-supported"),
    ("sector == region", 8, "not-supported"),
    ("(toxic && canteen) == true", 20, "not-supported"),
    ("sector in lines", 8, "not-supported"),
    ("region.startsWith('An')", 8, "not-supported"),
    ("sector.contains('P')", 8, "not-supported"),
    ("lines[0] == 'gold'", 6, "not-supported"),
    ("lines{}", 6, "not-supported"),
    ("lines.exists(it, toxic)", 18, "not-a-condition"),
    ("lines.exists(it, sector == 'PCB')", 18, "not-supported"),
    ("lines.exists(a, lines.exists(b, b == 'gold'))", 23, "not-supported"),
    ("lines.map(it, it).exists(it, it == 'gold')", 19, "not-supported"),
    ("[[1, 2], [3]].exists(it, true)", 15, "not-supported"),
    ("lines.exists_one(it, it == 'gold')", 7, "not-supported"),
    ("getattr(toxic, '__class__')", 1, "not-supported"),
    ("toxic.__class__", 7, "not-supported"),
]


@pytest.mark.parametrize(("expression", "at", "code"), HOSTILE, ids=[one[0][:40] or "empty" for one in HOSTILE])
def test_an_expression_that_cannot_be_used_is_refused_where_it_fails_and_with_the_reason(
    expression: str, at: int, code: str
) -> None:
    with pytest.raises(Unusable) as caught:
        rule(expression)
    assert (caught.value.code, caught.value.at) == (code, at)
    assert str(caught.value).startswith(f"at character {at}: ")


def test_a_pack_with_such_an_expression_is_refused_with_file_line_place_and_reason() -> None:
    with pytest.raises(PackErrors) as caught:
        load_text("tiny.yaml", PACK.replace("staff >= 25", "staff.matches('(a+)+$') && stuff"))
    assert str(caught.value) == (
        "tiny.yaml:32: /indicators/0/applies: not-supported: at character 7: matches is not among "
        "==, !=, <, <=, >, >=, in, &&, ||, !, startsWith, exists and all"
    )


@pytest.mark.parametrize(
    ("written", "line"),
    [
        ("staff >= 25 && stuff", 32),
        ("|\n      staff >= 25\n      && stuff", 34),
        (">-\n      staff >= 25 && stuff", 32),
    ],
)
def test_the_line_is_that_of_the_mistake_or_of_the_key(written: str, line: int) -> None:
    with pytest.raises(PackErrors) as caught:
        load_text("tiny.yaml", PACK.replace("staff >= 25", written))
    assert [(error.line, error.code) for error in caught.value.errors] == [(line, "unknown-fact")]


# In words ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "english", "chinese"),
    [
        ("staff >= 1000", "Staff ≥ 1,000", "从业人员 ≥ 1,000"),
        ("staff == 5 || staff != 6", "Staff = 5; or Staff ≠ 6", "从业人员 = 5；或从业人员 ≠ 6"),
        ("staff < 20", "Staff ≤ 19", "从业人员 ≤ 19"),
        ('size in ["large", "medium"]', "Size class: Medium or Large", "规模类型为中型或大型"),
        ('size != "large"', "Size class: other than Large", "规模类型不为大型"),
        ('country == "CN"', "Country: CN", "国家为CN"),
        ("!dormitory_or_canteen", "not: Dormitory or canteen", "非“宿舍或食堂”"),
        (
            '"hdi" in board_types',
            "Kinds of printed circuit board made: High-density interconnect",
            "印制电路板产品类型含HDI 板",
        ),
        ('!("single" in board_types)', "Kinds of printed circuit board made: without Single-sided", None),
        ('board_types.all(it, it == "single")', "Kinds of printed circuit board made: only Single-sided", None),
        (
            'board_types.exists(it, it != "single")',
            "Kinds of printed circuit board made: other than Single-sided",
            None,
        ),
        (
            '(dormitory_or_canteen || staff > 9) && size == "large"',
            "(Dormitory or canteen; or Staff ≥ 10), and Size class: Large",
            None,
        ),
    ],
)
def test_a_rule_is_told_in_words(expression: str, english: str, chinese: str | None) -> None:
    pack = load_text("tiny.yaml", PACK)
    found = compiled(expression, declarations([]))
    assert says(found, pack, "en") == english
    assert chinese is None or says(found, pack, "zh") == chinese
