"""Whatever code a reader meets, there is a sentence for it in English and in Chinese, with its values filled in."""

import re
from collections.abc import Iterable
from importlib.resources import files
from string import Formatter

import pytest

from graph.pairing import GateCode, GateState, PartCode
from graph.terms import LinkState
from graph.terms import Why as WhyOwed
from supplychain import problems
from supplychain.conformity.rules.flag import FlagKind, FlagReason
from supplychain.conformity.rules.judge import Move, StatusCode
from supplychain.conformity.rules.results import Mark, Outcome
from supplychain.conformity.rules.results import Why as WhyResult
from supplychain.conformity.wording import reason
from supplychain.exposure.rules import Note
from supplychain.i18n import LANGUAGES, catalogue
from supplychain.network.duplicates.scoring import Part
from supplychain.notices import rules as notices
from supplychain.notices.rules import Kind
from tests import spoken
from tests.spoken import Spoken, Unseen
from tests.world import World

CHINESE = re.compile("[\u4e00-\u9fff]")
STATED_BY_PARTICIPANTS = {GateCode.ALREADY_LINKED, GateCode.REFUSED}
"""Gates that rest on what a participant stated, which another reader does not get to know."""
FILLED_IN_ELSEWHERE = {"allowed", "min", "max", "limit"}
"""Values that the edge or marshmallow gives."""
SPOKEN_BY_A_VARIABLE = {
    "supplychain/frameworks/catalogue.py": {
        "not-true-or-false",
        "fact-not-a-number",
        "fact-not-codes",
        "fact-unknown-code",
        "fact-year-needed",
        "fact-without-year",
    },
    "supplychain/audits/operations.py": {"finding-rectified", "finding-verified", "finding-not-explained"},
    "supplychain/network/links.py": {"link-over", "link-nothing-to-dispute", "link-nothing-to-settle"},
    "supplychain/network/registry.py": {"identifier-checksum"},
    "supplychain/network/identifiers.py": {"identifier-length", "identifier-format", "identifier-component"},
    "supplychain/cascade/mistakes.py": {
        "required",
        "not-a-whole-number",
        "ends-before-it-begins",
        "listed-twice",
        "not-a-date",
        "not-one-of",
    },
    "supplychain/network/imports/organization_match.py": {"unknown-parent", "parent-not-accepted"},
}
"""Where a code is chosen before it is said, and some that are."""


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def missing(keys: Iterable[str]) -> dict[str, list[str]]:
    """Which of some keys a language lacks."""
    wanted = set(keys)
    return {language: lacking for language in LANGUAGES if (lacking := sorted(wanted - catalogue(language).keys()))}


def seen(found: Iterable[Spoken | Unseen]) -> list[Spoken]:
    return [one for one in found if isinstance(one, Spoken)]


def test_both_languages_have_the_same_sentences() -> None:
    english, chinese = catalogue("en").keys(), catalogue("zh").keys()
    assert (sorted(english - chinese), sorted(chinese - english)) == ([], [])


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_written_twice_or_left_empty(language: str) -> None:
    written = (files("supplychain") / "messages" / f"{language}.yaml").read_text("utf-8").splitlines()
    keys = [line.partition(":")[0] for line in written if line and not line.startswith(("#", " "))]
    assert sorted({key for key in keys if keys.count(key) > 1}) == []
    assert sorted(keys) == sorted(catalogue(language))
    assert [key for key, sentence in catalogue(language).items() if not sentence.strip()] == []


def test_each_language_speaks_itself() -> None:
    assert [key for key, sentence in catalogue("zh").items() if not CHINESE.search(sentence)] == []
    assert [key for key, sentence in catalogue("en").items() if CHINESE.search(sentence)] == []


def test_both_languages_fill_in_the_same_values() -> None:
    english, chinese = catalogue("en"), catalogue("zh")
    differing = {key for key in english if placeholders(english[key]) != placeholders(chinese[key])}
    assert differing == set()


def test_what_to_do_says_more_than_what_is_wrong() -> None:
    for language in LANGUAGES:
        sentences = catalogue(language)
        titles = [key for key in sentences if key.endswith(".title")]
        assert titles
        assert [key for key in titles if sentences[key] == sentences.get(key.removesuffix(".title"))] == []


def test_every_refusal_says_what_is_wrong_and_what_to_do() -> None:
    codes = {one.code for one in seen(spoken.refusals())} | set(problems._FRAMEWORK_CODES.values()) | {"internal"}
    assert len(codes) > 50
    assert missing(key for code in codes for key in (code, f"{code}.title")) == {}


def test_every_fault_says_what_to_do() -> None:
    codes = {one.code for one in seen([*spoken.faults(), *spoken.faults_of_rows(), *spoken.messages_of_fields()])}
    assert len(codes) > 100
    assert missing(f"fault.{code}" for code in codes) == {}


def test_codes_that_are_chosen_before_they_are_said_are_known_to_this_test() -> None:
    unseen = {one.where.partition(":")[0] for one in spoken.refusals() if isinstance(one, Unseen)}
    unseen |= {one.where.partition(":")[0] for one in spoken.faults() if isinstance(one, Unseen)}
    allowed = SPOKEN_BY_A_VARIABLE.keys() | PASSED_ON.keys()
    assert unseen - allowed == set()
    for codes in SPOKEN_BY_A_VARIABLE.values():
        assert missing(code if code in catalogue("en") else f"fault.{code}" for code in codes) == {}


PASSED_ON = {
    "supplychain/cascade/distributed.py": "what a worker of Spark found with the local readers",
    "supplychain/errors.py": "Invalid.at passes on its own argument",
    "supplychain/faults.py": "the first word of what marshmallow says",
    "supplychain/evidence/files.py": "of FileUnusable",
    "supplychain/network/imports/cells.py": "of the cell's own reader, or of the reading of the row",
    "supplychain/network/imports/files/columns.py": "of Unclear",
    "supplychain/network/imports/files/sandbox.py": "of FileRefused",
    "supplychain/cascade/requirements.py": "what marshmallow says of a requirement",
    "schemas/event.py": "what marshmallow says of both halves of an entry",
    "supplychain/evidence/rules.py": "of ValueUnusable",
    "supplychain/what_if/changes.py": "of publishing, at its place in the question",
    "supplychain/answers/operations.py": "of the waiver, at its place in the reply",
    "supplychain/questionnaires/operations.py": "of evidence, at its place in the form",
    "supplychain/questionnaires/stating.py": "of facts, at their place in the form",
    "supplychain/questionnaires/drafts.py": "of a form that cannot be sent",
    "supplychain/questionnaires/workbook_reading.py": "of cells, and of the form at its cells",
    "supplychain/questionnaires/api/workbooks.py": "of the form, at its cells",
    "schemas/questionnaire_answers.py": "what marshmallow says of each value, at its name",
}
"""Where a code is passed on that was said elsewhere."""


def test_the_values_that_a_sentence_names_are_given_where_it_is_said() -> None:
    said = [(one, one.code) for one in seen(spoken.refusals())]
    said += [(one, f"fault.{one.code}") for one in seen(spoken.faults())]
    lacking = {
        f"{one.where} {key}": sorted(names)
        for one, base in said
        for key in (base, f"{base}.title")
        if one.given is not None and key in catalogue("en")
        if (names := placeholders(catalogue("en")[key]) - one.given)
    }
    assert lacking == {}


def test_every_reason_of_the_cascade_of_a_flag_and_of_a_result_has_a_sentence() -> None:
    reasons = [*WhyOwed, *FlagReason, *WhyResult, *Part, *Note]
    assert len(reasons) == len(set(map(str, reasons))), "two vocabularies share a code, and so a sentence"
    assert missing(f"why.{one}" for one in reasons) == {}


def test_every_gate_and_score_of_a_pairing_has_a_sentence() -> None:
    gates = [
        f"why.gate_{code}_{state}"
        for code in GateCode
        for state in GateState
        if state is not GateState.NOT_AVAILABLE or code in STATED_BY_PARTICIPANTS
    ]
    assert missing([*gates, *(f"why.part_{code}" for code in PartCode)]) == {}


def test_every_status_move_result_and_mark_has_a_sentence() -> None:
    words = {"status": StatusCode, "move": Move, "result": Outcome, "mark": Mark}
    assert missing(f"{name}.{one}" for name, vocabulary in words.items() for one in vocabulary) == {}


def test_every_notice_and_every_part_of_a_digest_has_a_sentence() -> None:
    wanted = {f"notice.{one}" for one in Kind} | {f"notice.flag.{one}" for one in FlagKind}
    wanted |= {f"mail.{one}" for one in (*notices.Move, "subject", "opening", "closing")}
    assert missing(wanted) == {}


def test_a_reason_says_in_words_what_is_a_code_or_not_known() -> None:
    link = {"link": "lnk_1", "state": LinkState.CONFIRMED, "since": None}
    told = reason("link_carries", link)["text"]
    assert told["en"] == "The link lnk_1 is confirmed and carries the requirement (since an unknown day)."
    assert told["zh"] == "供应关系 lnk_1 的状态为“已确认”，传递该要求（自 未知日期 起）。"
    scope = {"attribute": "country", "value": None, "source": "nobody"}
    assert reason("supplier_scope_excludes", scope)["text"] == {
        "en": "The supplier is out of scope: its country is unknown (nobody states it).",
        "zh": "供应商不在范围内：其国家为 未知（无人说明）。",
    }


def test_no_sentence_is_left_that_nobody_says() -> None:
    literals = spoken.literals()
    vocabularies = {f"why.{one}" for one in (*WhyOwed, *FlagReason, *WhyResult, *Note)}
    vocabularies |= {f"why.gate_{code}_{state}" for code in GateCode for state in GateState}
    vocabularies |= {f"why.part_{code}" for code in PartCode}
    vocabularies |= {f"why.{part}" for part in Part}
    words = {word for text in literals for word in re.findall(r"[a-z0-9-]+", text)}
    unsaid = [
        key
        for key in catalogue("en")
        if not {key, key.removesuffix(".none")} & vocabularies
        and key.removeprefix("fault.").removeprefix("pack.").removesuffix(".title") not in words
        and not key.startswith(
            (
                "status.",
                "move.",
                "result.",
                "mark.",
                "form.",
                "notice.",
                "mail.",
                "picture.",
                "history.",
                "rule.",
                "said.",
            )
        )
    ]
    assert unsaid == []


def test_everybody_can_look_up_what_a_word_means(world: World) -> None:
    items = world.join("Brand", "brand").get("/v1/vocabulary").json["items"]
    told = {(one["kind"], one["code"]): one["text"] for one in items}
    for name, vocabulary in (("status", StatusCode), ("move", Move), ("result", Outcome), ("mark", Mark)):
        for one in vocabulary:
            assert told[name, one] == {language: catalogue(language)[f"{name}.{one}"] for language in LANGUAGES}
    assert all(set(text) == set(LANGUAGES) for text in told.values())
    assert {kind for kind, _ in told} == {"status", "move", "result", "mark", "why"}
