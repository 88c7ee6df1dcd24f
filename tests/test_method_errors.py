"""What a graded or weighted pack must hold, and what a parameter must: refused with line, place and code."""

import pytest

from supplychain.frameworks.document import PackErrors
from supplychain.frameworks.loader import load_text

PACK = """\
id: tiny
version: "1"
method: weighted
names: {en: Tiny, zh: 小}
levels:
  - {label: {en: Low, zh: 低}, score: 100}
  - {label: {en: High, zh: 高}, score: 85}
pillars:
  - {id: index, names: {en: Index, zh: 指数}}
groups:
  - {id: one, names: {en: One, zh: 一}, weight: 0.6}
  - {id: two, names: {en: Two, zh: 二}, weight: 0.4, shares: {metals: 1}}
indicators:
  - id: Q1
    pillar: index
    group: one
    weight: 1
    limiting: true
    kind: quantity
    scope: site
    names: {en: Power, zh: 电}
    question: {en: How much, zh: 多少}
    help: {en: Read it, zh: 抄表}
    unit: KWH/MTK
    unit_label: {en: kWh per m², zh: 千瓦时}
    better: lower
    parameter: {id: Q1.n, unit: C62, question: {en: How many layers, zh: 多少层}}
    targets:
      1: {value: 70, per_parameter: 30, tag: K}
      2: {value: 55, per_parameter: 25, tag: K}
    mandatory_from: 1
    evidence: [quantity]
    min_trust: {1: documented}
    validity_months: 12
  - id: B1
    pillar: index
    group: two
    shared: metals
    kind: boolean
    scope: site
    names: {en: Plan, zh: 计划}
    question: {en: Is there a plan, zh: 有计划吗}
    help: {en: Send it, zh: 提交}
    targets:
      1: {value: true}
      2: {value: true}
    mandatory_from: 1
    evidence: [answer]
    min_trust: {1: documented}
    validity_months: 12
"""
GRADED = PACK.replace("method: weighted", "method: graded")


def refused(*changes: tuple[str, str], pack: str = PACK) -> list[str]:
    text = pack
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    with pytest.raises(PackErrors) as caught:
        load_text("tiny.yaml", text)
    return [f"{error.line}: {error.pointer}: {error.code}" for error in caught.value.errors]


def test_the_pack_that_the_others_are_broken_from_is_good() -> None:
    assert load_text("tiny.yaml", PACK).key == "tiny@1"


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("weight: 0.6}", "weight: 0.7}", "10: /groups: weights-not-one"),
        ("    weight: 1\n", "    weight: 0.9\n", "11: /groups/0: weights-not-one"),
        ("shares: {metals: 1}", "shares: {metals: 0.8}", "12: /groups/1: weights-not-one"),
        ("shares: {metals: 1}", "shares: {metals: 1, oils: 1}", "12: /groups/1/shares/oils: unused"),
        ("weight: 0.6}", "weight: -0.6}", "11: /groups/0/weight: bad-weight"),
        ("group: one", "group: three", "16: /indicators/0/group: unknown-group"),
        ("group: one\n", "\n", "14: /indicators/0/group: unknown-group"),
        ("shared: metals", "shared: oils", "38: /indicators/1/shared: unknown-share"),
        ("shared: metals", "shared: metals\n    weight: 1", "35: /indicators/1: bad-weight"),
        (", score: 85", "", "7: /levels/1/score: score-missing"),
        (", score: 85", ", score: 101", "7: /levels/1/score: score-missing"),
        ("id: two", "id: one", "12: /groups/1/id: duplicate-id"),
        (
            "  - {id: index, names: {en: Index, zh: 指数}}",
            "  - {id: index, names: {en: Index, zh: 指数}}\n  - {id: b, names: {en: B, zh: 二}}",
            "8: /pillars: one-pillar",
        ),
        ("method: weighted", "method: weighted\noptional_share: 0.5", "4: /optional_share: not-for-method"),
        ("      2: {value: 55, per_parameter: 25, tag: K}\n", "", "28: /indicators/0/targets: target-missing"),
        ("    limiting: true", "    zero_tolerance: true", "18: /indicators/0/zero_tolerance: not-for-method"),
        # the parameter that targets follow
        ("id: Q1.n", "id: n", "27: /indicators/0/parameter/id: bad-id"),
        ("unit: C62", "unit: LAYER", "27: /indicators/0/parameter/unit: unknown-unit"),
        ("per_parameter: 25", "per_parameter: 31", "30: /indicators/0/targets/2: target-eases"),
        (
            "    parameter: {id: Q1.n, unit: C62, question: {en: How many layers, zh: 多少层}}\n",
            "",
            "28: /indicators/0/targets/1/per_parameter: missing",
        ),
        (
            "{en: How many layers, zh: 多少层}",
            "{en: How many}",
            "27: /indicators/0/parameter/question/zh: missing-translation",
        ),
        ("value: 70, per_parameter: 30", "value: null", "29: /indicators/0/targets/1: bad-target"),
        ("tag: K}\n      2", "tag: P}\n      2", "29: /indicators/0/targets/1/tag: bad-value"),
    ],
)
def test_each_mistake_is_told_with_its_line_and_place(old: str, new: str, error: str) -> None:
    assert error in refused((old, new))


def test_a_parameter_that_no_target_follows_is_unused() -> None:
    changes = ((", per_parameter: 30", ""), (", per_parameter: 25", ""))
    assert refused(*changes) == ["27: /indicators/0/parameter: unused"]


def test_only_a_weighted_pack_has_groups_weights_and_scores() -> None:
    found = refused(pack=GRADED)
    assert {error.rpartition(" ")[2] for error in found} == {"not-for-method"}
    assert {error.split(": ")[1] for error in found} == {
        *("/groups", "/levels/0/score", "/levels/1/score", "/indicators/0/group", "/indicators/0/weight"),
        *("/indicators/0/limiting", "/indicators/1/group", "/indicators/1/shared"),
    }


def test_an_expression_instead_of_a_number_is_refused_and_never_run() -> None:
    for hostile in ("70 + 30*n", "__import__('os').system('true')", "[70, 30]", "{a: 1}"):
        (error, *_) = refused(("value: 70,", f"value: {hostile!r},"))
        assert error.startswith("29: /indicators/0/targets/1/value: bad-target")


def test_a_further_question_may_not_be_dropped_at_a_higher_level() -> None:
    asked = (
        "    targets:\n      1: {value: 70, per_parameter: 30, tag: K}",
        "    also: [{id: Q1.log, question: {en: A log, zh: 记录}}]\n    targets:\n      1: {value: 70, also: [Q1.log]}",
    )
    assert "31: /indicators/0/targets/2/also: target-eases" in refused(asked)
