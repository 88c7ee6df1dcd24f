"""The test cases of a pack, as a domain expert writes them: evidence, and what must come of it.

    framework: cp-enterprise@1
    cases:
      - name: one sample over the limit, no class
        day: 2026-11-22
        meets: 2
        except: {CPP1: 0}
        expect: {levels: {index: 0}}

`meets` sends evidence that just meets a level in every indicator, `except` another level for some (0: what misses the
lowest target; nothing: no evidence). `evidence` adds pieces; a bare number is in the indicator's own unit, else
`[value, unit]`; without an `observed_from` it covers what its indicators are measured over. `facts` are verified,
`away` are decisions that an indicator does not apply, `findings` are open.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from marshmallow import Schema, fields, validate

from supplychain.conformity.rules import (
    Assessment,
    DecisionFact,
    EvidenceFact,
    Family,
    FindingFact,
    FindingState,
    OrganizationFacts,
    Outcome,
    assess,
    unmet_for,
)
from supplychain.conformity.specimens import NOTHING, SUBJECT, Sent, just_meeting
from supplychain.frameworks.document import Document, PackError, PackErrors, pointer_to, read
from supplychain.frameworks.framework import Framework
from supplychain.frameworks.shape import shaped_as
from supplychain.frameworks.terms import EvidenceKind, Trust

FOLDER = "cases"
_NUMBERED = 1000
_LONG = timedelta(days=365)
_DATES = ("observed_from", "observed_to", "issued_on", "valid_until")


@dataclass(frozen=True, slots=True)
class Miss:
    """What a case expected and did not get: file, line and name of the case, place, and both values."""

    file: str
    line: int
    name: str
    what: str
    expected: Any
    found: Any

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.name}: {self.what}: expected {self.expected}, found {self.found}"


class _Piece(Schema):
    kind = fields.String(required=True, validate=validate.OneOf([one.value for one in EvidenceKind]))
    trust = fields.String(load_default="documented", validate=validate.OneOf([one.word for one in Trust]))
    observed_from = fields.Date(load_default=None)
    observed_to = fields.Date(load_default=None)
    issued_on = fields.Date(load_default=None)
    valid_until = fields.Date(load_default=None)
    standard = fields.String(load_default=None)
    version = fields.String(load_default=None)
    values = fields.Dict(keys=fields.String(), load_default=dict)


class _Expected(Schema):
    levels = fields.Dict(keys=fields.String(), values=fields.Integer(strict=True, allow_none=True), load_default=dict)
    overall = fields.Integer(strict=True, allow_none=True)
    results = fields.Dict(keys=fields.String(), values=fields.Dict(keys=fields.String()), load_default=dict)
    scores = fields.Dict(keys=fields.String(), values=fields.Dict(keys=fields.String()), load_default=dict)
    missing = fields.Dict(
        keys=fields.String(), values=fields.Dict(keys=fields.String(), values=fields.List(fields.String()))
    )


class _Case(Schema):
    name = fields.String(required=True, validate=validate.Length(min=1))
    day = fields.Date(required=True)
    facts = fields.Dict(keys=fields.String(), load_default=dict)
    meets = fields.Integer(strict=True, load_default=None)
    trust = fields.String(load_default="audited", validate=validate.OneOf([one.word for one in Trust]))
    but = fields.Dict(
        data_key="except",
        keys=fields.String(),
        values=fields.Integer(strict=True, allow_none=True),
        load_default=dict,
    )
    evidence = fields.List(fields.Nested(_Piece), load_default=list)
    away = fields.List(fields.String(), load_default=list)
    findings = fields.List(fields.String(), load_default=list)
    expect = fields.Nested(_Expected, required=True)


class _Cases(Schema):
    framework = fields.String(required=True)
    cases = fields.List(fields.Nested(_Case), required=True, validate=validate.Length(min=1))


_CASES = _Cases()


def beside(pack: Path) -> Path:
    """Where the cases of a pack are: in the folder `cases` beside it, under the same name."""
    return pack.parent / FOLDER / pack.name


def run(file: str, text: str, framework: Framework) -> tuple[int, list[Miss]]:
    """How many cases a text holds, and everything in which the framework does not answer as they expect.

    Raises PackErrors for cases that cannot be read, with file and line.
    """
    document = read(file, text)
    data = shaped_as(_CASES, document)
    errors = list(_unknown(document, data, framework))
    if errors:
        raise PackErrors(errors)
    cases = data["cases"]
    return len(cases), [
        Miss(file, document.lines[pointer_to("cases", index)], case["name"], *miss)
        for index, case in enumerate(cases)
        for miss in _misses(case, _assessed(framework, case))
    ]


def _unknown(document: Document, data: dict[str, Any], framework: Framework) -> Iterator[PackError]:
    if data["framework"] != framework.key:
        yield document.error("/framework", "unknown-framework", f"these are to be the cases of {framework.key}")
    pillars = {pillar.id for pillar in framework.pillars}
    for index, case in enumerate(data["cases"]):
        at = ("cases", index)
        expect = case["expect"]
        named = [(key, one) for key in ("away", "findings") for one in case[key]] + [
            ("except", one) for one in case["but"]
        ]
        named += [(f"expect/{key}", one) for key in ("results",) for one in expect[key]]
        named += [
            ("evidence", one) for piece in case["evidence"] for one in piece["values"] if not _asked(framework, one)
        ]
        for key, indicator in named:
            if framework.indicator(indicator) is None:
                yield document.error(pointer_to(*at, *key.split("/")), "unknown-indicator", f"{indicator} is none")
        for key in ("levels", "scores", "missing"):
            for pillar in set(expect.get(key, ())) - pillars:
                yield document.error(pointer_to(*at, "expect", key), "unknown-pillar", f"{pillar} is none")


def _asked(framework: Framework, name: str) -> bool:
    """Whether a name is a further question or a parameter of an indicator."""
    return any(
        any(also.id == name for also in one.also) or (one.parameter is not None and one.parameter.id == name)
        for one in framework.indicators
    )


def _assessed(framework: Framework, case: dict[str, Any]) -> Assessment:
    day: date = case["day"]
    but = {name: NOTHING if level is None else level for name, level in case["but"].items()}
    sent = Sent(day, Trust.of(case["trust"]))
    facts = [] if case["meets"] is None else list(just_meeting(framework, case["meets"], sent, but))
    facts += [_piece(framework, piece, number, day) for number, piece in enumerate(case["evidence"], start=_NUMBERED)]
    findings = [
        FindingFact(number, SUBJECT, framework.id, one, "major", FindingState.OPEN)
        for number, one in enumerate(case["findings"], start=1)
    ]
    decisions = [
        DecisionFact(number, SUBJECT, framework.id, one, "case", day - _LONG, day + _LONG)
        for number, one in enumerate(case["away"], start=1)
    ]
    verified = {
        name: frozenset(map(str, value)) if isinstance(value, list) else value for name, value in case["facts"].items()
    }
    about = [OrganizationFacts(SUBJECT, verified)]
    return assess(framework, SUBJECT, Family(), facts, findings, decisions, about, day)


def _piece(framework: Framework, piece: Mapping[str, Any], number: int, day: date) -> EvidenceFact:
    values = {name: _value(framework, name, told) for name, told in piece["values"].items()}
    sent = Sent(day, Trust.of(piece["trust"]))
    dates = {name: piece[name] for name in _DATES if piece[name] is not None}
    return sent.fact(
        framework,
        number,
        kind=EvidenceKind(piece["kind"]),
        standard=piece["standard"],
        version=piece["version"],
        values=values,
        **dates,
    )


def _value(framework: Framework, name: str, told: Any) -> tuple[Any, str | None]:
    if isinstance(told, list):
        return told[0], str(told[1])
    indicator = framework.indicator(name)
    if indicator is not None:
        return told, indicator.unit
    parameters = (one.parameter for one in framework.indicators if one.parameter is not None)
    return told, next((one.unit for one in parameters if one.id == name), None)


def _misses(case: dict[str, Any], result: Assessment) -> Iterator[tuple[str, Any, Any]]:
    expect = case["expect"]
    for pillar, level in expect["levels"].items():
        yield from _compare(f"level of {pillar}", level, result.pillars[pillar].level)
    if "overall" in expect:
        yield from _compare("overall level", expect["overall"], result.overall)
    for name, outcomes in expect["results"].items():
        for level, outcome in outcomes.items():
            found = result.results[name].at(int(level))
            yield from _compare(f"{name} at level {level}", outcome, found.outcome if found else None)
    for pillar, scores in expect["scores"].items():
        for level, score in scores.items():
            check = next((one for one in result.pillars[pillar].checks if one.level == int(level)), None)
            wanted = Decimal(score).normalize()
            told = check.score.normalize() if check is not None and check.score is not None else None
            yield from _compare(f"score of {pillar} for level {level}", wanted, told)
    for pillar, by_level in expect.get("missing", {}).items():
        for level, names in by_level.items():
            lacking = sorted(one.indicator for one in unmet_for(result, pillar, int(level)))
            yield from _compare(f"what {pillar} lacks for level {level}", sorted(names), lacking)


def _compare(what: str, expected: Any, found: Any) -> Iterator[tuple[str, Any, Any]]:
    shown = found.value if isinstance(found, Outcome) else found
    if shown != expected:
        yield what, expected, shown
