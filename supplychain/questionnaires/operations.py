"""Answering a questionnaire: each answer becomes evidence by the one road there is."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from supplychain.conformity.rules import SourceState
from supplychain.errors import Fault, Invalid
from supplychain.evidence import operations as evidence
from supplychain.evidence import rules
from supplychain.evidence.files import Taken
from supplychain.evidence.models import Evidence
from supplychain.evidence.queries import Seen
from supplychain.evidence.rules import Claim
from supplychain.evidence.values import Value
from supplychain.evidence.values import read as value_of
from supplychain.faults import escaped
from supplychain.frameworks import operations as frameworks
from supplychain.frameworks import registry
from supplychain.frameworks.framework import Framework, Indicator
from supplychain.frameworks.terms import EvidenceKind, Kind
from supplychain.frameworks.values import ValueUnusable, reading
from supplychain.questionnaires import stating
from supplychain.questionnaires.asking import Questionnaire, questionnaire
from supplychain.questionnaires.form import as_answer
from supplychain.questionnaires.form_amounts import AMOUNTS
from supplychain.questionnaires.rules import Question, divided, kinds
from supplychain.questionnaires.stating import Statements
from supplychain.questionnaires.telling import key_of, stated
from supplychain.work import Work

Given = Mapping[str, Any]
_PRINTED = ("version", "number", "issuer")
_OF_STANDARDS = ("standard", *_PRINTED)
_STILL_SAYS = frozenset({SourceState.IN_FORCE, SourceState.UNDER_REVIEW})
_PERIOD = ("observed_from", "observed_to")
_DATES = (*_PERIOD, "issued_on", "valid_until")


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as a claim. said: where in the form each of its values stands. period: where its days do.
    files: names of the form's files.
    """

    indicator: str
    claim: Claim
    said: tuple[str, ...]
    period: str
    files: tuple[str, ...]

    @property
    def at(self) -> str:
        """Where in the form it stands."""
        return f"/answers/{self.indicator}"


@dataclass(frozen=True, slots=True)
class Replies:
    """What a form says that is not on record yet, and the indicators of which it says nothing new."""

    replies: tuple[Reply, ...]
    unchanged: tuple[str, ...]
    statements: Statements


def read(work: Work, framework_key: str, organization_id: str | None, body: Given, files: Sequence[str]) -> Replies:
    """What a form says, at whatever level. files: the names of those sent with it.

    Raises NotFound; Invalid with a fault for each field that cannot be evidence.
    """
    found = everything(work, framework_key, organization_id)
    asked = {one.indicator.id: one for one in found.sheet.questions}
    replies: list[Reply] = []
    unchanged: list[str] = []
    faults = list(_file_faults(body["answers"], files))
    for name, given in body["answers"].items():
        if not any(given.values()) and not {"value"} & given.keys():
            continue
        refused = _not_asked(found, asked, name)
        wrong = [refused] if refused is not None else list(_shape_faults(asked[name], given))
        faults += wrong
        if wrong:
            continue
        if _on_record(found, asked[name], given, body):
            unchanged.append(name)
            continue
        reply = _reply(found, asked[name], given, body, organization_id)
        faults += _faults(work, found.framework, reply)
        replies.append(reply)
    statements = stating.read(work, found, body["facts"])
    faults += statements.faults
    if not (replies or unchanged or statements.new or statements.unchanged or faults):
        faults.append(Fault("/answers", "required"))
    if faults:
        raise Invalid("invalid-payload", faults=faults)
    return Replies(tuple(replies), tuple(unchanged), statements)


def everything(work: Work, framework_key: str, organization_id: str | None) -> Questionnaire:
    """The questionnaire with every level's questions: an answer may be of any. Raises NotFound."""
    framework = frameworks.find(work, framework_key)
    return questionnaire(
        work, {"framework": framework_key, "organization": organization_id, "level": framework.top_level}
    )


def submit(work: Work, replies: Replies, taken: Mapping[str, Taken]) -> list[Seen]:
    """Record replies as evidence: what counts on receipt together, what waits for a review each by itself, because a
    reviewer accepts or rejects evidence as a whole.
    """
    versions = tuple(registry(work))
    together: dict[tuple[Any, ...], Claim] = {}
    alone: list[Reply] = []
    for one in replies.replies:
        claim = one.claim
        trust = rules.trust_of(claim, has_files=bool(one.files))
        if one.files or not rules.accepted_on_receipt(claim, trust, versions, verified=work.actor.verified):
            alone.append(one)
            continue
        key = (claim.kind, *(getattr(claim, name) for name in _DATES))
        before = together.get(key)
        together[key] = claim if before is None else replace(before, values=before.values + claim.values)
    return [evidence.submit(work, claim) for claim in together.values()] + [
        evidence.submit(work, one.claim, [taken[name] for name in one.files]) for one in alone
    ]


def _not_asked(found: Questionnaire, asked: Mapping[str, Question], name: str) -> Fault | None:
    at = f"/answers/{escaped(name)}"
    indicator = found.framework.indicator(name)
    if indicator is None:
        return Fault(at, "unknown-indicator", {"framework": found.framework.key})
    if name in asked:
        return None
    if indicator.scope in found.sheet.elsewhere:
        return Fault(at, "answered-elsewhere", {"indicator": name})
    return Fault(at, "does-not-apply", {"indicator": name})


def _file_faults(answers: Mapping[str, Given], files: Sequence[str]) -> Iterator[Fault]:
    named = {one for given in answers.values() for one in given["files"]}
    for name, given in answers.items():
        for at, one in enumerate(given["files"]):
            if one not in files:
                yield Fault(f"/answers/{escaped(name)}/files/{at}", "file-not-sent", {"name": one})
    for one in sorted(set(files)):
        if files.count(one) > 1:
            yield Fault("form:file", "file-name-twice", {"name": one})
        elif one not in named:
            yield Fault("form:file", "file-of-no-answer", {"name": one})


def _shape_faults(one: Question, given: Given) -> Iterator[Fault]:
    """What does not fit the kind of question."""
    indicator = one.indicator
    at = f"/answers/{indicator.id}"
    keys = _further_ids(indicator)
    for key in given["further"]:
        if key not in keys:
            yield Fault(f"{at}/further/{escaped(key)}", "unknown-field")
    if indicator.kind is Kind.CERTIFICATE:
        for name in ("value", "unit", "kind", *AMOUNTS, "price_basis"):
            if name in given:
                yield Fault(f"{at}/{name}", "certificate-needed", {"indicator": indicator.id})
        for name in ("standard", "number", "issuer"):
            if name not in given:
                yield Fault(f"{at}/{name}", "required")
    else:
        yield from (Fault(f"{at}/{name}", "only-for-certificates") for name in _OF_STANDARDS if name in given)
        told = _amounts(indicator, given)
        if "value" not in given and not told:
            yield Fault(f"{at}/value", "required")
        for name, amount in told.items():
            yield from (Fault(f"{at}/{name}/{part}", "required") for part in ("amount", "unit") if part not in amount)


def _amounts(indicator: Indicator, given: Given) -> dict[str, dict[str, Any]]:
    """The amounts that an answer tells, in the units of the question's own where it names none."""
    usual = divided(indicator) or ("", "")
    return {
        name: {**({"unit": unit} if unit else {}), **given[name]}
        for name, unit in zip(AMOUNTS, usual, strict=True)
        if given.get(name)
    }


def _further_ids(indicator: Indicator) -> dict[str, str]:
    told_with = [indicator.parameter.id] if indicator.parameter else []
    return {key_of(indicator, one): one for one in [also.id for also in indicator.also] + told_with}


def _reply(found: Questionnaire, one: Question, given: Given, body: Given, organization_id: str | None) -> Reply:
    indicator = one.indicator
    at = f"/answers/{indicator.id}"
    values, said = _values(indicator, given, at)
    certificate = indicator.kind is Kind.CERTIFICATE
    kind = EvidenceKind(given["kind"]) if "kind" in given else kinds(indicator)[0]
    own = certificate or "observed_from" in given or "observed_to" in given
    period = given if own else body
    claim = Claim(
        kind=EvidenceKind.CERTIFICATE if certificate else kind,
        organization=organization_id,
        framework=found.framework.id if values else None,
        values=values,
        standard=given.get("standard"),
        certificate={name: given[name] for name in _PRINTED if name in given} if certificate else None,
        observed_from=period.get("observed_from"),
        observed_to=period.get("observed_to"),
        issued_on=given.get("issued_on"),
        valid_until=given.get("valid_until"),
        source=body["source"],
    )
    return Reply(indicator.id, claim, said, at if own else "", tuple(given["files"]))


def _values(indicator: Indicator, given: Given, at: str) -> tuple[tuple[Value, ...], tuple[str, ...]]:
    values: list[Value] = []
    said: list[str] = []
    told = {name: given[name] for name in ("value", "price_basis") if given.get(name) not in (None, {})}
    told |= _amounts(indicator, given)
    if told:
        unit = given.get("unit") or (indicator.unit if indicator.kind is Kind.QUANTITY else None)
        values.append(value_of({"indicator": indicator.id, "unit": unit, **told}))
        said.append(at)
    for key, further_id in _further_ids(indicator).items():
        if key in given["further"]:
            told_with = indicator.parameter
            unit = told_with.unit if told_with is not None and told_with.id == further_id else None
            values.append(Value(further_id, given["further"][key], unit))
            said.append(f"{at}/further/{key}")
    return tuple(values), tuple(said)


def _faults(work: Work, asking: Framework, reply: Reply) -> Iterator[Fault]:
    """What keeps an answer from being evidence, each where it stands in the form; of the versions of the framework the
    one that asks must take it.
    """
    versions = tuple(one for one in registry(work) if one is asking or one.id != asking.id)
    found = rules.faults_of(reply.claim, versions, work.today, has_files=bool(reply.files))
    return (Fault(_place(reply, one.pointer), one.code, one.params) for one in found)


def _place(reply: Reply, pointer: str) -> str:
    parts = pointer.split("/")[1:]
    if parts[0] == "certificate":
        return "/".join((reply.at, *parts[1:]))
    if parts[0] != "values":
        of_period = parts[0] in _PERIOD and getattr(reply.claim, parts[0]) is not None
        return f"{reply.period if of_period else reply.at}{pointer}"
    at = reply.said[int(parts[1])]
    inner = [one for one in parts[2:] if one != "indicator"]
    # a further question is its value; its unit is the pack's own
    return "/".join((at, *inner)) if at == reply.at else at


def _on_record(found: Questionnaire, one: Question, given: Given, body: Given) -> bool:
    """Whether evidence that is in force, or waits for its review, says the same of the same days."""
    if given["files"] or "kind" in given:
        return False
    rows = [found.evidence.get(source.evidence) for source in one.sources if source.state in _STILL_SAYS]
    return any(row is not None and _says(one.indicator, row, given, body) for row in rows)


def _says(indicator: Indicator, row: Evidence, given: Given, body: Given) -> bool:
    certificate = indicator.kind is Kind.CERTIFICATE
    days = {name: given.get(name) or (None if certificate else body.get(name)) for name in _PERIOD}
    if any(day is not None and day != getattr(row, name) for name, day in days.items()):
        return False
    before = as_answer(indicator, row)
    now = {name: _plain(value) for name, value in given.items() if name not in {"files", *days} and value}
    if "value" in given:
        now["value"] = given["value"]
    kept = stated(row).get(indicator.id)
    if indicator.kind is not Kind.QUANTITY or kept is None:
        return before == now
    told, unit = now.pop("value", kept[0]), now.pop("unit", indicator.unit if "value" in given else kept[1])
    now |= _amounts(indicator, given)
    if not now.keys() & set(AMOUNTS):
        before = {name: value for name, value in before.items() if name not in AMOUNTS}
    rest = {name: value for name, value in before.items() if name not in {"value", "unit"}}
    return rest == now and _equal(indicator, (kept, (told, unit)))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _equal(indicator: Indicator, told: Iterable[tuple[Any, str | None]]) -> bool:
    try:
        before, now = (reading(indicator, value, unit) for value, unit in told)
    except ValueUnusable:
        return False  # it is told why when it is checked
    return before == now
