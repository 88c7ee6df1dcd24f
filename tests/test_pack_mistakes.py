"""What may be wrong with a pack, as its author reads it: the command names file, line and reason, in both languages."""

import ast
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from supplychain.cli import main
from supplychain.conformity import pack_cases
from supplychain.frameworks import shape
from supplychain.i18n import LANGUAGES, catalogue
from tests import spoken
from tests.test_crosswalk import CARRIED
from tests.test_framework_errors import PACK
from tests.test_method_errors import PACK as INDEX

CIRCLE = CARRIED + "    carries:\n      - {standard: gb, relation: full, tag: K}\n"
ITSELF = CARRIED + "    carries:\n      - {standard: eu, relation: full, tag: K}\n"
CODE_AT = {"pack.error": 0, "document.error": 1, "PackError": 3, "self._refuse": 2, "Unusable": 1}
"""Which argument is the code, by who says it."""
# name: the pack, what is put in its place, the line on which it stands, the code, and words of both reasons
MISTAKES: dict[str, tuple[str, str, str, str | int, str, str, str]] = {
    "a cycle in the crosswalk": (CIRCLE, "", "", -1, "crosswalk-cycle", "in a circle", "循环"),
    "a standard that carries itself": (ITSELF, "", "", -1, "crosswalk-cycle", "in a circle", "循环"),
    "a level without its target": (
        *(INDEX, "      2: {value: 55, per_parameter: 25, tag: K}\n", "", "    targets:\n"),
        *("target-missing", "has no target", "缺少目标"),
    ),
    "a mandatory level without a target": (
        *(PACK, "mandatory_from: null", "mandatory_from: 2", "mandatory_from: 2"),
        *("mandatory-without-target", "at which it asks nothing", "没有目标"),
    ),
    "no targets at all": (
        *(PACK, "    targets:\n      1: {value: some}\n", "", "  - id: X1"),
        *("missing", "is missing", "缺少"),
    ),
    "a target without its value": (
        *(PACK, "1: {value: 70}", "1: {ours: true}", "1: {ours: true}"),
        *("missing", "is missing", "缺少"),
    ),
    "a level that asks less than the one below": (
        *(PACK, "2: {value: 55.5,", "2: {value: 70.5,", "2: {value: 70.5,"),
        *("target-eases", "asks less than the one below", "低于较低等级"),
    ),
    "a level that trusts more easily than the one below": (
        *(PACK, "2: audited", "2: self_declared", "2: self_declared"),
        *("trust-falls", "less trust", "可信度低于"),
    ),
    "an unknown unit": (PACK, "KWH/MTK", "FURLONG", "FURLONG", "unknown-unit", "unit is not known", "单位"),
    "two indicators of one id": (PACK, "id: X1", "id: Q1", 36, "duplicate-id", "is taken", "编号重复"),
    "a key that stands twice": (PACK, "id: tiny", "id: tiny\nid: tiny", 2, "duplicate-key", "twice", "重复"),
    "an expression in place of a number": (
        *(PACK, "1: {value: 70}", "1: {value: \"__import__('os').system('id')\"}", "__import__"),
        *("bad-target", "does not fit", "不相符"),
    ),
    "an expression that would run a program": (
        *(PACK, "staff >= 25", "\"__import__('os').system('id') == 0\"", "__import__"),
        *("not-supported", "may not use", "不允许"),
    ),
    "an expression that matches by a pattern": (
        *(PACK, "staff >= 25", "\"sector.matches('(a+)+$')\"", "matches"),
        *("not-supported", "may not use", "不允许"),
    ),
    "an expression without an end": (
        *(PACK, "staff >= 25", '"' + "staff >= 25 || " * 200 + 'false"', "staff >= 25"),
        *("expression-too-long", "too long", "过长"),
    ),
    "an expression nested without an end": (
        *(PACK, "staff >= 25", '"' + "!(" * 100 + "staff >= 25" + ")" * 100 + '"', "!("),
        *("expression-too-deep", "too deeply", "过深"),
    ),
    "an expression over a fact that nobody keeps": (
        *(PACK, "staff >= 25", "secret >= 25", "secret"),
        *("unknown-fact", "no such fact", "没有这个事实"),
    ),
    "a text in English alone": (
        *(PACK, "{en: Safety, zh: 安全}", "{en: Safety}", "{en: Safety}"),
        *("missing-translation", "in one of the languages", "其中一种语言"),
    ),
    "a text in Chinese alone": (
        *(PACK, "{en: Power, zh: 电}", "{zh: 电}", "{zh: 电}"),
        *("missing-translation", "in one of the languages", "其中一种语言"),
    ),
}


def check(file: Path, *more: str) -> Result:
    return CliRunner().invoke(main, ["framework", "check", str(file), *more])


def line_of(text: str, mark: str | int) -> int:
    """Where something stands, counted by hand; the first line that shows it."""
    lines = text.splitlines()
    if isinstance(mark, int):
        return mark % (len(lines) + 1)
    return next(number for number, line in enumerate(lines, start=1) if mark.rstrip("\n") in line)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", MISTAKES)
def test_the_command_tells_file_line_and_reason(name: str, language: str, tmp_path: Path) -> None:
    pack, old, new, mark, code, english, chinese = MISTAKES[name]
    assert not old or pack.count(old) == 1
    text = pack.replace(old, new) if old else pack
    file = tmp_path / "my-pack.yaml"
    file.write_text(text, "utf-8")
    answer = check(file, "--language", language)
    assert (answer.exit_code, answer.stdout) == (2, "")
    told = [line for line in answer.stderr.splitlines() if f": {code}: " in line]
    at = f"{file}:{line_of(text, mark)}: /"
    assert any(at in line and {"en": english, "zh": chinese}[language] in line for line in told), answer.stderr


@pytest.mark.parametrize("pack", [PACK, CARRIED, INDEX], ids=["gated", "with a crosswalk", "weighted"])
def test_the_packs_that_they_are_made_of_are_good(pack: str, tmp_path: Path) -> None:
    (tmp_path / "my-pack.yaml").write_text(pack, "utf-8")
    assert check(tmp_path / "my-pack.yaml").exit_code == 0


def test_every_mistake_has_a_reason_in_both_languages() -> None:
    files = [*(spoken.ROOT / "supplychain" / "frameworks").glob("*.py"), Path(pack_cases.__file__)]
    said = set(shape._CODES.values()) | {"bad-value", "missing-translation", "unknown-topic", "unknown-measure"}
    for file in files:
        for call in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(call, ast.Call) and (place := CODE_AT.get(ast.unparse(call.func))) is not None:
                code = call.args[place]
                said |= {str(code.value)} if isinstance(code, ast.Constant) else set()
    known = {key.removeprefix("pack.") for key in catalogue("en") if key.startswith("pack.")}
    assert sorted(said ^ known) == []
