"""A pack that cannot be used is refused with file, line, place, code and what to do; everything at once."""

from pathlib import Path

import pytest

from supplychain.frameworks.document import PackErrors
from supplychain.frameworks.loader import load_packs, load_text, shipped_packs

PACK = """\
id: tiny
version: "1"
method: gated
names: {en: Tiny, zh: 小}
levels:
  - {label: {en: Low, zh: 低}}
  - {label: {en: High, zh: 高}}
pillars:
  - {id: ohs, names: {en: Safety, zh: 安全}}
sources:
  LAW: {title: {en: Law, zh: 法}, in_force_from: 2020-01-01, in_force_to: 2026-01-01}
indicators:
  - id: Q1
    pillar: ohs
    kind: quantity
    scope: site
    names: {en: Power, zh: 电}
    question: {en: How much, zh: 多少}
    help: {en: Read it, zh: 抄表}
    unit: KWH/MTK
    unit_label: {en: kWh per m², zh: 千瓦时}
    better: lower
    also:
      - {id: Q1.log, question: {en: Is there a log, zh: 有记录吗}}
    targets:
      1: {value: 70}
      2: {value: 55.5, also: [Q1.log], ours: true}
    mandatory_from: 1
    evidence: [quantity]
    min_trust: {1: documented, 2: audited}
    validity_months: 12
    applies: staff >= 25
    ours: false
    references:
      - {source: LAW, clause: art. 1, tag: V}
  - id: X1
    pillar: ohs
    kind: choice
    scope: organization
    names: {en: Staff, zh: 人}
    question: {en: Who, zh: 谁}
    help: {en: Say so, zh: 说明}
    choices:
      - {id: none, names: {en: Nobody, zh: 无}}
      - {id: some, names: {en: Somebody, zh: 有}}
    targets:
      1: {value: some}
    mandatory_from: null
    evidence: [answer]
    min_trust: {1: self_declared}
    validity_months: 12
crosswalk:
  - id: iso
    names: {en: ISO, zh: 标准}
    versions: ["2018"]
    authority: {en: Anybody, zh: 任何}
    trust: certified
    satisfies:
      - {indicator: X1, relation: full, up_to: 1, version: "2018"}
"""


def refused(*changes: tuple[str, str]) -> list[str]:
    text = PACK
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
        # the shape
        ("method: gated", "method: gated\nextra: 1", "4: /extra: unknown-key"),
        ("method: gated\n", "", "1: /method: missing"),
        ("method: gated", "method: dice", "3: /method: bad-value"),
        ('version: "1"', "version: 1", "2: /version: bad-value"),
        ("{en: Safety, zh: 安全}", "{en: Safety}", "9: /pillars/0/names/zh: missing-translation"),
        ("{en: Power, zh: 电}", "{en: '', zh: 电}", "17: /indicators/0/names/en: bad-value"),
        ("ours: true", "ours: yes", "27: /indicators/0/targets/2/ours: bad-value"),
        (
            "validity_months: 12\n    applies",
            "validity_months: 0\n    applies",
            "31: /indicators/0/validity_months: bad-value",
        ),
        ("in_force_to: 2026-01-01", "in_force_to: 2026-02-30", "11: /sources/LAW/in_force_to: bad-value"),
        ("trust: certified", "trust: hearsay", "57: /crosswalk/0/trust: bad-value"),
        ("{1: documented, 2: audited}", "{1: documented, 2: word}", "30: /indicators/0/min_trust/2: bad-value"),
        (
            "levels:\n  - {label: {en: Low, zh: 低}}\n  - {label: {en: High, zh: 高}}",
            "levels: []",
            "5: /levels: bad-value",
        ),
        ("applies: staff >= 25", "applies: [staff]", "32: /indicators/0/applies: bad-value"),
        (
            "validity_months: 12\n    applies",
            "validity_months: 12\n    period: {months: 0, ours: true}\n    applies",
            "32: /indicators/0/period/months: bad-value",
        ),
        (
            "validity_months: 12\n    applies",
            "validity_months: 12\n    period: {months: 37, ours: true}\n    applies",
            "32: /indicators/0/period/months: bad-value",
        ),
        (
            "validity_months: 12\n    applies",
            "validity_months: 12\n    period: {months: 1.5, ours: true}\n    applies",
            "32: /indicators/0/period/months: bad-value",
        ),
        # the meaning
        (
            "validity_months: 12\n    applies",
            "validity_months: 12\n    period: {months: 12}\n    applies",
            "32: /indicators/0/period: mark-missing",
        ),
        (
            "validity_months: 12\n    applies",
            "validity_months: 12\n    period: {months: 12, ours: true, tag: K}\n    applies",
            "32: /indicators/0/period: mark-missing",
        ),
        (
            "validity_months: 12\ncrosswalk",
            "validity_months: 12\n    period: {months: 12, ours: true}\ncrosswalk",
            "52: /indicators/1/period: not-for-kind",
        ),
        ("id: X1", "id: Q1", "36: /indicators/1/id: duplicate-id"),
        ("pillar: ohs\n    kind: choice", "pillar: air\n    kind: choice", "37: /indicators/1/pillar: unknown-pillar"),
        ("KWH/MTK", "FURLONG", "20: /indicators/0/unit: unknown-unit"),
        ("    better: lower\n", "", "13: /indicators/0/better: missing"),
        ("kind: choice", "kind: choice\n    unit: KWH", "39: /indicators/1/unit: not-for-kind"),
        ("2: {value: 55.5,", "2: {value: 70.5,", "27: /indicators/0/targets/2: target-eases"),
        ("2: {value: 55.5,", "3: {value: 55.5,", "27: /indicators/0/targets/3: unknown-level"),
        ("1: {value: 70}", "1: {value: little}", "26: /indicators/0/targets/1/value: bad-target"),
        ("1: {value: 70}", "1: {value: true}", "26: /indicators/0/targets/1/value: bad-target"),
        ("1: {value: some}", "1: {value: all}", "47: /indicators/1/targets/1/value: bad-target"),
        ("mandatory_from: 1", "mandatory_from: 3", "28: /indicators/0/mandatory_from: unknown-level"),
        ("mandatory_from: null", "mandatory_from: 2", "48: /indicators/1/mandatory_from: mandatory-without-target"),
        ("2: audited", "2: self_declared", "30: /indicators/0/min_trust/2: trust-falls"),
        ("{1: self_declared}", "{2: self_declared}", "50: /indicators/1/min_trust: missing"),
        ("id: Q1.log", "id: log", "24: /indicators/0/also/0/id: bad-id"),
        ("also: [Q1.log]", "also: [Q1.loq]", "27: /indicators/0/targets/2/also/0: unknown-question"),
        (", also: [Q1.log]", "", "24: /indicators/0/also/0: unused"),
        ("staff >= 25", 'sector == "PCB"', "32: /indicators/0/applies: unknown-code"),
        ("source: LAW", "source: LORE", "35: /indicators/0/references/0/source: unknown-source"),
        ("tag: V", 'tag: "K?"', "35: /indicators/0/references/0/clause: clause-only-remembered"),
        ("clause: art. 1, ", "", "35: /indicators/0/references/0/clause: clause-missing"),
        ("in_force_from: 2020-01-01", "in_force_from: 2027-01-01", "11: /sources/LAW/in_force_to: dates-reversed"),
        ("indicator: X1", "indicator: X9", "59: /crosswalk/0/satisfies/0/indicator: unknown-indicator"),
        ('version: "2018"', 'version: "1996"', "59: /crosswalk/0/satisfies/0/version: unknown-version"),
        ("up_to: 1", "up_to: 1, ours: true", "59: /crosswalk/0/satisfies/0/relation: ours-in-full"),
        ("up_to: 1", "up_to: 1, tag: P", "59: /crosswalk/0/satisfies/0/tag: bad-value"),
        (
            "trust: certified",
            'trust: certified\n    until: {"1996": 2029-05-31}',
            "58: /crosswalk/0/until/1996: unknown-version",
        ),
        (
            "trust: certified",
            'trust: certified\n    until: {"2018": 2029-02-31}',
            "58: /crosswalk/0/until/2018: bad-value",
        ),
        ("up_to: 1", "up_to: 3", "59: /crosswalk/0/satisfies/0/up_to: unknown-level"),
        ("names: {en: Tiny", "optional_share: 2\nnames: {en: Tiny", "4: /optional_share: share-out-of-range"),
        # the file
        ("id: tiny", "id: tiny\nid: tiny", "2: /id: duplicate-key"),
        ("names: {en: Tiny, zh: 小}", "names: &n {en: Tiny, zh: 小}\nnotes: [*n]", "4: /notes/0: alias"),
        ("names: {en: Tiny, zh: 小}", "names: {en: Tiny, zh: 小", "5: : not-yaml"),
        ("id: tiny", "? [1, 2]\n: tiny", "1: /: bad-key"),
    ],
)
def test_each_mistake_is_told_with_its_line_and_place(old: str, new: str, error: str) -> None:
    assert error in refused((old, new))


def test_all_mistakes_are_told_at_once() -> None:
    assert refused(("KWH/MTK", "FURLONG"), ("source: LAW", "source: LORE"), ("indicator: X1", "indicator: X9")) == [
        "20: /indicators/0/unit: unknown-unit",
        "35: /indicators/0/references/0/source: unknown-source",
        "59: /crosswalk/0/satisfies/0/indicator: unknown-indicator",
    ]


def test_a_mistake_reads_as_file_line_place_code_and_what_to_do() -> None:
    with pytest.raises(PackErrors) as caught:
        load_text("tiny.yaml", PACK.replace("KWH/MTK", "FURLONG"))
    assert str(caught.value) == (
        "tiny.yaml:20: /indicators/0/unit: unknown-unit: use a UNECE Rec 20 code, or a quotient of two: KWH/MTK"
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "not-a-mapping"),
        ("- 1", "not-a-mapping"),
        ("a: [b: }", "not-yaml"),
        ("[" * 60 + "]" * 60, "too-deep"),
        ("[" * 50_000, "too-deep"),
        ("a: \x07", "not-yaml"),
        ("a: !!python/object:os.system {}", "missing"),
        ("# " + "x" * 2_000_001, "pack-too-large"),
        (f"id: {'9' * 5000}", "bad-value"),
        ("a: &a [1, 1]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]", "alias"),
        ("a: &a\n  b: *a", "alias"),
        ("base: &b {x: 1}\na: {<<: *b}", "alias"),
        ("id: !!python/name:os.system ''", "bad-value"),
        ("optional_share: 1e999999999", "bad-value"),
        ("optional_share: .inf", "bad-value"),
        ("optional_share: .nan", "bad-value"),
    ],
    ids=[
        *("empty", "a list", "broken", "deep", "very deep", "control character", "tag", "large", "long number"),
        *("a bomb of aliases", "an alias of itself", "a merge key", "a tag on a name", "huge", "infinite", "no number"),
    ],
)
def test_a_hostile_file_is_an_error_and_nothing_worse(text: str, code: str) -> None:
    with pytest.raises(PackErrors) as caught:
        load_text("bad.yaml", text)
    assert code in {error.code for error in caught.value.errors}


def test_two_packs_may_not_share_a_version_or_another_framework_s_indicator(tmp_path: Path) -> None:
    for name, text in {"a": PACK, "b": PACK, "c": PACK.replace("id: tiny", "id: other")}.items():
        (tmp_path / f"{name}.yaml").write_text(text, "utf-8")
    with pytest.raises(PackErrors) as caught:
        load_packs(sorted(tmp_path.glob("*.yaml")))
    told = [(Path(error.file).name, error.line, error.code) for error in caught.value.errors]
    assert told == [("b.yaml", 2, "duplicate-version"), ("c.yaml", 13, "duplicate-id"), ("c.yaml", 36, "duplicate-id")]


def test_two_versions_of_a_framework_share_their_indicators(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(PACK, "utf-8")
    (tmp_path / "b.yaml").write_text(PACK.replace('"1"', '"2"'), "utf-8")
    registry = load_packs(sorted(tmp_path.glob("*.yaml")))
    assert [framework.key for framework in registry] == ["tiny@1", "tiny@2"]
    assert len(registry.indicator("Q1")) == 2


def test_errors_of_every_file_are_told_and_a_file_that_is_no_text_is_one(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "b.yaml").write_text("[]", "utf-8")
    with pytest.raises(PackErrors) as caught:
        load_packs([*sorted(tmp_path.glob("*.yaml")), *shipped_packs()])
    assert [error.code for error in caught.value.errors] == ["not-utf-8", "not-a-mapping"]
