"""Small frameworks and facts for the tests of the conformity rules."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from supplychain.conformity.rules import (
    Assessment,
    DecisionFact,
    EvidenceFact,
    EvidenceState,
    Family,
    FindingFact,
    FindingState,
    Outcome,
    Standing,
    assess,
    standings,
)
from supplychain.frameworks.applicability import Rule, Test
from supplychain.frameworks.crosswalk import Standard
from supplychain.frameworks.framework import (
    Also,
    Choice,
    Framework,
    Indicator,
    Level,
    OnReceipt,
    Pillar,
    StandardRef,
    Target,
)
from supplychain.frameworks.period import Period
from supplychain.frameworks.terms import Better, EvidenceKind, Kind, Method, Scope, Text, Trust

TODAY = date(2026, 11, 22)
NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
SUPPLIER = 1
WORDS = Text("words", "词")
CHOICES = ("none", "some", "most", "all")


def indicator(
    indicator_id: str,
    kind: Kind = Kind.QUANTITY,
    targets: dict[int, Any] | None = None,
    *,
    pillar: str = "ohs",
    site: bool = False,
    mandatory_from: int | None = 1,
    trust: Sequence[Trust] = (Trust.SELF_DECLARED,) * 4,
    better: Better = Better.HIGHER,
    also: dict[int, tuple[str, ...]] | None = None,
    zero_tolerance: bool = False,
    applies: Test | None = None,
    months: int = 12,
    period: int | None = None,
    evidence: Iterable[EvidenceKind] = EvidenceKind,
) -> Indicator:
    """A quantity in percent unless told otherwise; numbers become Decimals, texts the standards they name."""
    asked = {1: 10, 2: 20, 3: 30} if targets is None else targets
    questions = sorted({one for some in (also or {}).values() for one in some})
    return Indicator(
        id=indicator_id,
        pillar=pillar,
        kind=kind,
        scope=Scope.SITE if site else Scope.ORGANIZATION,
        names=WORDS,
        question=WORDS,
        help=WORDS,
        targets=tuple(
            Target(level, _value(kind, value), (also or {}).get(level, ())) for level, value in sorted(asked.items())
        ),
        mandatory_from=mandatory_from,
        evidence=frozenset(evidence),
        min_trust=tuple(trust),
        validity_months=months,
        unit="P1" if kind is Kind.QUANTITY else None,
        better=better if kind is Kind.QUANTITY else None,
        choices=tuple(Choice(one, WORDS) for one in CHOICES) if kind is Kind.CHOICE else (),
        also=tuple(Also(one, WORDS) for one in questions),
        zero_tolerance=zero_tolerance,
        applies=None if applies is None else Rule("as given", applies),
        period=Period(period, ours=True) if period else None,
    )


def _value(kind: Kind, value: Any) -> Any:
    if kind is Kind.QUANTITY:
        return Decimal(str(value))
    if kind is Kind.CERTIFICATE:
        return tuple(StandardRef(*name.split(":")) for name in value)
    return value


def framework(
    *indicators: Indicator,
    levels: int = 3,
    share: str = "0",
    crosswalk: tuple[Standard, ...] = (),
    on_receipt: tuple[OnReceipt, ...] = (),
) -> Framework:
    """A framework of these indicators; pillars as they name them."""
    pillars = dict.fromkeys(one.pillar for one in indicators)
    return Framework(
        id="test",
        version="1",
        method=Method.GATED,
        names=WORDS,
        levels=tuple(Level(rank, WORDS) for rank in range(1, levels + 1)),
        pillars=tuple(Pillar(one, WORDS) for one in pillars),
        indicators=indicators,
        optional_share=Decimal(share),
        crosswalk=crosswalk,
        on_receipt=on_receipt,
    )


def evidence(number: int = 1, **values: Any) -> EvidenceFact:
    """Accepted, documented evidence of the three years until a month ago; a name of EvidenceFact sets that field, any
    other a value.
    """
    fields = {name: values.pop(name) for name in tuple(values) if name in EvidenceFact.__dataclass_fields__}
    answers = {
        name.replace("__", "."): (value, None if isinstance(value, bool | str) else "P1")
        for name, value in values.items()
    }
    last = fields.setdefault("observed_to", date(2026, 10, 31))
    given = {
        "organization": SUPPLIER,
        "kind": EvidenceKind.QUANTITY,
        "trust": Trust.DOCUMENTED,
        "state": EvidenceState.ACCEPTED,
        "received_at": NOON,
        "framework": "test",
        "observed_from": last and last - 3 * timedelta(days=366),
        "values": answers,
    }
    return EvidenceFact(number=number, **{**given, **fields})


def certificate(number: int = 1, standard: str | None = "iso", **fields: Any) -> EvidenceFact:
    """An accepted certificate of a standard, valid for years."""
    given = {"kind": EvidenceKind.CERTIFICATE, "standard": standard, "valid_until": date(2029, 1, 1)}
    return evidence(number, **{**given, **fields})


def finding(indicator_id: str | None, state: FindingState = FindingState.OPEN, **fields: Any) -> FindingFact:
    """A finding at the supplier."""
    given = {"number": 1, "organization": SUPPLIER, "framework": "test", "severity": "major"}
    return FindingFact(indicator=indicator_id, state=state, **{**given, **fields})


def decision(indicator_id: str, **fields: Any) -> DecisionFact:
    """A reviewer's decision, in force for the year."""
    given = {
        "number": 1,
        "organization": SUPPLIER,
        "framework": "test",
        "reason": "no such process",
        "decided_on": date(2026, 1, 1),
        "until": date(2026, 12, 31),
    }
    return DecisionFact(indicator=indicator_id, **{**given, **fields})


def assessed(given: Framework, *facts: EvidenceFact, **options: Any) -> Assessment:
    """The assessment of the supplier today; options are those of `assess`, all with defaults."""
    return assess(given, *_arguments(facts, options), **options)


def standing_of(given: Framework, *facts: EvidenceFact, **options: Any) -> Standing:
    """Where the supplier stands in the first pillar."""
    return standings(given, *_arguments(facts, options))[given.pillars[0].id]


def _arguments(facts: Sequence[EvidenceFact], options: dict[str, Any]) -> tuple[Any, ...]:
    return (
        options.pop("subject", SUPPLIER),
        options.pop("family", Family()),
        facts,
        options.pop("findings", ()),
        options.pop("decisions", ()),
        options.pop("facts", ()),
        options.pop("day", TODAY),
    )


def level_of(assessment: Assessment, pillar: str = "ohs") -> int | None:
    return assessment.pillars[pillar].level


def outcome(assessment: Assessment, indicator_id: str, level: int = 1) -> Outcome:
    result = assessment.results[indicator_id].at(level)
    assert result is not None
    return result.outcome


def decider(assessment: Assessment, indicator_id: str, level: int = 1) -> int | None:
    result = assessment.results[indicator_id].at(level)
    assert result is not None
    return result.evidence
