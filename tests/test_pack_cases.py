"""Packs carry test cases that a domain expert writes; they run by command and here."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from supplychain.cli import main
from supplychain.conformity import pack_cases
from supplychain.frameworks.comparison import Change, compare
from supplychain.frameworks.document import PackErrors
from supplychain.frameworks.framework import Framework
from supplychain.frameworks.loader import load_packs, shipped_packs

KNOWN = {framework.key: framework for framework in load_packs(shipped_packs())}
WITH_CASES = [pack for pack in shipped_packs() if pack_cases.beside(pack).is_file()]
SMALL = """\
framework: cp-enterprise@1
cases:
  - name: one
    day: 2026-11-22
    meets: 2
    except: {CPE1: 1}
    expect: {levels: {index: 2}, scores: {index: {2: 90.4}}}
"""


def small() -> Framework:
    return KNOWN["cp-enterprise@1"]


def told(text: str) -> list[str]:
    return [str(miss) for miss in pack_cases.run("small.yaml", text, small())[1]]


def refused(text: str) -> list[str]:
    with pytest.raises(PackErrors) as caught:
        pack_cases.run("small.yaml", text, small())
    return [f"{error.line}: {error.pointer}: {error.code}" for error in caught.value.errors]


def command(*words: str) -> Result:
    return CliRunner().invoke(main, ["framework", *words])


@pytest.mark.parametrize("pack", WITH_CASES, ids=lambda pack: pack.stem)
def test_every_case_that_a_pack_carries_comes_out_as_expected(pack: Path) -> None:
    file = pack_cases.beside(pack)
    text = file.read_text("utf-8")
    framework = KNOWN[text.splitlines()[0].partition(": ")[2]]
    count, misses = pack_cases.run(file.name, text, framework)
    assert count >= 4
    assert [str(miss) for miss in misses] == []


def test_every_pack_but_the_first_carries_cases() -> None:
    assert {pack.stem for pack in shipped_packs()} - {pack.stem for pack in WITH_CASES} == {"eseec-electronics-1"}


@pytest.mark.parametrize(
    ("old", "new", "miss"),
    [
        ("levels: {index: 2}", "levels: {index: 1}", "level of index: expected 1, found 2"),
        ("2: 90.4", "2: 90.5", "score of index for level 2: expected 90.5, found 90.4"),
        ("levels: {index: 2}", "overall: 1", "overall level: expected 1, found 2"),
        ("levels: {index: 2}", "results: {CPE1: {2: met}}", "CPE1 at level 2: expected met, found unmet"),
        (
            "levels: {index: 2}",
            "missing: {index: {1: [CPE1]}}",
            "what index lacks for level 1: expected ['CPE1'], found []",
        ),
    ],
)
def test_an_answer_that_is_not_as_expected_is_told_with_file_line_and_case(old: str, new: str, miss: str) -> None:
    assert told(SMALL) == []
    assert told(SMALL.replace(old, new)) == [f"small.yaml:3: one: {miss}"]


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("CPE1: 1", "CPE9: 1", "6: /cases/0/except: unknown-indicator"),
        ("levels: {index: 2}", "levels: {ohs: 2}", "7: /cases/0/expect/levels: unknown-pillar"),
        ("levels: {index: 2}", "results: {X: {1: met}}", "7: /cases/0/expect/results: unknown-indicator"),
        ("meets: 2", "findings: [X]", "5: /cases/0/findings: unknown-indicator"),
        ("cp-enterprise@1", "cp-enterprise@2", "1: /framework: unknown-framework"),
        ("day: 2026-11-22", "day: today", "4: /cases/0/day: bad-value"),
        ("    meets: 2", "    meats: 2", "5: /cases/0/meats: unknown-key"),
        ("    expect: {levels: {index: 2}, scores: {index: {2: 90.4}}}\n", "", "3: /cases/0/expect: missing"),
    ],
)
def test_a_case_that_cannot_be_read_is_refused_with_its_line(old: str, new: str, error: str) -> None:
    assert error in refused(SMALL.replace(old, new))


def test_the_command_runs_the_cases_beside_a_pack_or_those_it_is_given(tmp_path: Path) -> None:
    pack = next(one for one in shipped_packs() if one.stem == "cp-enterprise-1")
    assert command("test", str(pack)).output == "cp-enterprise@1: 5 cases, all as expected\n"
    cases = tmp_path / "cases.yaml"
    cases.write_text(SMALL.replace("index: 2}", "index: 0}"), "utf-8")
    failing = command("test", str(pack), "--cases", str(cases))
    assert failing.exit_code == 2
    assert f"{cases}:3: one: level of index: expected 0, found 2" in failing.output
    alone = tmp_path / "alone.yaml"
    alone.write_text(
        "\n".join(pack.read_text("utf-8").splitlines())
        .replace("id: cp-enterprise", "id: mine")
        .replace("id: CP", "id: MY"),
        "utf-8",
    )
    assert "write the cases of alone.yaml in it" in command("test", str(alone)).output


def test_the_difference_of_two_versions_is_what_was_added_changed_and_removed() -> None:
    first, full = KNOWN["eseec-electronics@1"], KNOWN["eseec-electronics@2"]
    lines = {line.indicator: line for line in compare(first, full)}
    changed = {name: line.differences for name, line in lines.items() if line.change is Change.CHANGED}
    # the second version says over how long a reading is taken, and changes nothing else of what the first one asks
    assert {one.what for differences in changed.values() for one in differences} == {"period_months"}
    assert {name: (one.before, one.after) for name, (one,) in changed.items()} == {
        **dict.fromkeys(("E06", "E15", "E21", "O13", "C26"), ("–", "12")),
        "C06": ("–", "3"),
    }
    assert lines["E02"].change is Change.ADDED
    back = {line.indicator: line.change for line in compare(full, first)}
    assert back["E02"] is Change.REMOVED
    assert back["E01"] is Change.SAME


def test_the_command_shows_every_target_that_changed(tmp_path: Path) -> None:
    pack = next(one for one in shipped_packs() if one.stem == "cp-enterprise-1")
    text = pack.read_text("utf-8").replace('version: "1"', 'version: "2"')
    assert text.count("2: {value: 90, ours: true}") == 1
    new = tmp_path / "cp-enterprise-2.yaml"
    new.write_text(text.replace("2: {value: 90, ours: true}", "2: {value: 95.5, ours: true}"), "utf-8")
    output = command("diff", "cp-enterprise@1", str(new)).output
    assert output == (
        "~ CPW1 Solid waste used or recycled\n    target 2: 90 -> 95.5\n0 added, 0 removed, 1 changed, 13 same\n"
    )
    assert "neither a file nor a framework version" in command("diff", "x@1", str(new)).output
