"""A questionnaire in one language, as plain data."""

from collections.abc import Iterable, Mapping
from typing import Any

from supplychain.conformity.rules import Outcome
from supplychain.evidence.models import Evidence
from supplychain.frameworks import represent
from supplychain.frameworks.framework import Framework, Indicator
from supplychain.frameworks.terms import Text
from supplychain.i18n import sentence
from supplychain.questionnaires.asking import ALL, MISSING, Questionnaire
from supplychain.questionnaires.deciding import AskedFact, FactState
from supplychain.questionnaires.rules import Needs, Question, needs

Item = dict[str, Any]
_TO_BE_STATED = frozenset({FactState.MISSING, FactState.OUT_OF_DATE, FactState.OF_ANOTHER_YEAR})


def told(found: Questionnaire, language: str, mode: str = ALL) -> Item:
    """The whole questionnaire. mode: ``missing`` leaves out what keeps no level from holding."""
    framework, asked = found.framework, questions(found, mode)
    return {
        **heading(found, language),
        "questions": [_question(found, one, language) for one in asked],
        "left_out": [
            {
                "indicator": indicator.id,
                "name": text(indicator.names, language),
                "reason": str(result.why),
                "says": sentence(f"why.{result.why}", language),
                "applies": represent.applies(framework, indicator),
            }
            for indicator, result in found.sheet.left_out
        ],
        "facts": [_fact(framework, one, language) for one in facts(found, mode)],
        "open_facts": _open_facts(asked),
        "elsewhere": [
            {"organization": {"id": one.id, "name": one.name}, "scope": str(scope)} for one, scope in found.elsewhere
        ],
        "method": str(framework.method),
    }


def heading(found: Questionnaire, language: str) -> Item:
    """Which framework asks whom, up to which levels."""
    framework = found.framework
    labels = {level.rank: level.label for level in framework.levels}
    return {
        "framework": framework.key,
        "name": text(framework.names, language),
        "language": language,
        "organization": {"id": found.organization.id, "name": found.organization.name},
        "pillars": [
            {
                "pillar": pillar.id,
                "name": text(pillar.names, language),
                "level": found.levels[pillar.id],
                "label": text(labels[found.levels[pillar.id]], language),
            }
            for pillar in framework.pillars
            if pillar.id in found.levels
        ],
    }


def questions(found: Questionnaire, mode: str) -> tuple[Question, ...]:
    """The questions asked for, in their order."""
    return tuple(one for one in found.sheet.questions if mode != MISSING or one.missing)


def facts(found: Questionnaire, mode: str) -> tuple[AskedFact, ...]:
    """The facts asked for. mode: ``missing`` leaves out what is in force, and what keeps no level from holding."""
    return tuple(one for one in found.facts if mode != MISSING or (one.missing and one.state in _TO_BE_STATED))


def text(both: Text, language: str) -> str:
    """The text in a language."""
    return both.as_dict()[language]


def over(indicator: Indicator, language: str) -> str | None:
    """Over how long a reading is taken, in words."""
    return represent.over(indicator.period, language) if indicator.period else None


def further(indicator: Indicator, language: str) -> list[Item]:
    """The questions told with an indicator's value; ``key``: the name under which a form answers it."""
    shown = [
        {"id": one.id, "key": key_of(indicator, one.id), "question": text(one.question, language), "unit": None}
        for one in indicator.also
    ]
    if (told_with := indicator.parameter) is not None:
        question = text(told_with.question, language)
        key = key_of(indicator, told_with.id)
        shown.append({"id": told_with.id, "key": key, "question": question, "unit": told_with.unit})
    return shown


def key_of(indicator: Indicator, further_id: str) -> str:
    """The id of a further question without its indicator's: form libraries read a dot as a path."""
    return further_id.removeprefix(f"{indicator.id}.").replace(".", "_")


def _question(found: Questionnaire, one: Question, language: str) -> Item:
    indicator = one.indicator
    return {
        "indicator": indicator.id,
        "pillar": indicator.pillar,
        "level": one.target.level,
        "from_level": one.first,
        "mandatory": one.mandatory,
        "missing": one.missing,
        "scope": str(indicator.scope),
        "name": text(indicator.names, language),
        "question": text(indicator.question, language),
        "help": text(indicator.help, language),
        "kind": str(indicator.kind),
        "unit": indicator.unit,
        "symbol": text(indicator.unit_label, language) if indicator.unit_label else None,
        "better": str(indicator.better) if indicator.better else None,
        "period": represent.period(indicator.period),
        "over": over(indicator, language),
        "choices": [{"id": choice.id, "name": text(choice.names, language)} for choice in indicator.choices],
        "further": [
            {**shown, "wanted": shown["id"] in one.target.also or shown["unit"] is not None}
            for shown in further(indicator, language)
        ],
        "target": represent.target(one.target),
        "needs": _needs(needs(found.framework, one), language),
        "may_not_apply": represent.applies(found.framework, indicator) if one.open_facts else None,
        "result": str(one.result.outcome),
        "reason": str(one.result.why),
        "says": sentence(f"why.{one.result.why}", language),
        "known": _known(found, one),
    }


def _fact(framework: Framework, one: AskedFact, language: str) -> Item:
    known = one.known
    return {
        "fact": one.type.id,
        "name": one.type.names[language],
        "question": one.type.question[language],
        "kind": one.type.kind,
        "unit": one.type.unit,
        "year": one.year,
        "codes": [{"id": code.id, "name": code.names[language]} for code in one.type.codes.values()],
        "feeds": one.type.feeds,
        "state": one.state,
        "says": sentence(f"form.fact.{one.state}", language),
        "missing": one.missing,
        "decides": [
            {
                "indicator": indicator.id,
                "name": text(indicator.names, language),
                "applies": represent.applies(framework, indicator),
            }
            for indicator in one.decides
        ],
        "known": known
        and {
            "value": known.value,
            "year": known.year,
            "valid_from": known.valid_from and known.valid_from.isoformat(),
            "valid_to": known.valid_to and known.valid_to.isoformat(),
            "standing": known.standing,
            "through": known.through and known.through.isoformat(),
        },
    }


def _needs(one: Needs, language: str) -> Item:
    return {
        "kinds": [kind.value for kind in one.kinds],
        "trust": one.trust.word,
        "file": one.file,
        "review": one.review,
        "standards": [
            {"standard": standard.id, "name": text(standard.names, language), "versions": list(versions)}
            for standard, versions in one.standards
        ],
    }


def _known(found: Questionnaire, one: Question) -> Item | None:
    """What is on record, by whose word, until when, and whether it is enough. Of somebody else's evidence (a company's
    that covers its plant) only that it is there.
    """
    source = one.source
    if source is None:
        return None
    row = found.evidence.get(source.evidence)
    values = stated(row)
    indicator = one.indicator
    value, unit = values.get(indicator.id, (None, None))
    return {
        "evidence": row.id if row else None,
        "kind": row.kind if row else None,
        "value": value,
        "unit": unit,
        "further": {key_of(indicator, shown): values[shown][0] for shown in _further_ids(indicator) if shown in values},
        "standard": row.standard if row else None,
        "certificate": row.certificate if row else None,
        "state": str(source.state),
        "trust": source.trust.word,
        "seen_on": source.seen_on.isoformat(),
        "through": source.through.isoformat() if source.through else None,
        "relation": str(source.relation),
        "path": list(source.path),
        "holds": one.result.outcome is Outcome.MET,
    }


def _further_ids(indicator: Indicator) -> list[str]:
    told_with = [indicator.parameter.id] if indicator.parameter else []
    return [one.id for one in indicator.also] + told_with


def stated(row: Evidence | None) -> Mapping[str, tuple[Any, str | None]]:
    """What evidence says, as it was written: value and unit by indicator or further question."""
    return {one["indicator"]: (one["value"], one.get("unit")) for one in (row.values if row else ())}


def _open_facts(asked: Iterable[Question]) -> list[Item]:
    """Which facts, once verified, would settle whether questions apply at all."""
    found: dict[str, list[str]] = {}
    for one in asked:
        for fact in one.open_facts:
            found.setdefault(fact, []).append(one.indicator.id)
    return [{"fact": fact, "settles": indicators} for fact, indicators in found.items()]
