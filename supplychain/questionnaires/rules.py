"""What a framework asks of an organization up to a level, and what an answer would need (domain rules: Indicator)."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from supplychain.conformity.rules import Assessment, LevelResult, Outcome, Source, SourceState, unmet_for
from supplychain.frameworks.carrying import routes
from supplychain.frameworks.crosswalk import Standard
from supplychain.frameworks.framework import Framework, Indicator, Target
from supplychain.frameworks.terms import EvidenceKind, Kind, Method, Relation, Scope, Trust

_PERCENT = "P1"
_USUAL = {Kind.QUANTITY: EvidenceKind.QUANTITY, Kind.CERTIFICATE: EvidenceKind.CERTIFICATE}
_TELLING = (SourceState.IN_FORCE, SourceState.UNDER_REVIEW, SourceState.LAPSED)


@dataclass(frozen=True, slots=True)
class Question:
    """An indicator as it is asked up to a level.

    targets: those that count up to the level, by rising level; all of them are to be met.
    missing: whether it keeps a level up to the asked one from holding. result: at the target's level.
    source: the evidence that decides there, else the one that says most. sources: all that speaks of it.
    open_facts: those that could still make it inapplicable, once somebody verified them.
    """

    indicator: Indicator
    targets: tuple[Target, ...]
    mandatory: bool
    missing: bool
    result: LevelResult
    source: Source | None
    sources: tuple[Source, ...]
    open_facts: tuple[str, ...]

    @property
    def target(self) -> Target:
        """The highest one: no level eases, so a value that meets it meets all."""
        return self.targets[-1]

    @property
    def first(self) -> int:
        """The lowest level at which it counts."""
        return self.targets[0].level


@dataclass(frozen=True, slots=True)
class Needs:
    """What an answer needs to count at a level: evidence of one of `kinds` and of at least `trust`.

    file: only with a document. review: not before somebody accepted it.
    standards: those of which a certificate meets every target, each with the editions that do (none: any).
    """

    kinds: tuple[EvidenceKind, ...]
    trust: Trust
    file: bool
    review: bool
    standards: tuple[tuple[Standard, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The questions of one organization in the order of a walk through a plant, and what is not asked.

    left_out: what does not apply, with the result that says why.
    elsewhere: scopes whose indicators are answered by its company, or by its plants.
    """

    questions: tuple[Question, ...]
    left_out: tuple[tuple[Indicator, LevelResult], ...]
    elsewhere: frozenset[Scope]


def ask(
    framework: Framework,
    assessment: Assessment,
    levels: Mapping[str, int],
    scopes: Collection[Scope],
    verified: Mapping[str, object],
) -> Sheet:
    """What `framework` asks up to a level of each pillar.

    levels: by pillar; a pillar without one is not asked. scopes: whose answers count for the organization itself.
    verified: what packs' rules read of it on the day.
    """
    place = {pillar.id: at for at, pillar in enumerate(framework.pillars)}
    lacking = {unmet.indicator for pillar, level in levels.items() for unmet in unmet_for(assessment, pillar, level)}
    questions: list[Question] = []
    left_out: list[tuple[Indicator, LevelResult]] = []
    elsewhere: set[Scope] = set()
    for indicator in framework.indicators:
        counting = targets_up_to(indicator, levels.get(indicator.pillar, 0))
        if not counting:
            continue
        if indicator.scope not in scopes:
            elsewhere.add(indicator.scope)
            continue
        target = counting[-1]
        result = assessment.results[indicator.id].at(target.level)
        assert result is not None  # there is a target
        if result.outcome is Outcome.NOT_APPLICABLE:
            left_out.append((indicator, result))
            continue
        sources = assessment.results[indicator.id].sources
        questions.append(
            Question(
                indicator=indicator,
                targets=counting,
                mandatory=_mandatory(framework, indicator),
                missing=indicator.id in lacking,
                result=result,
                source=_telling(sources, result),
                sources=sources,
                open_facts=indicator.applies.open_facts(verified) if indicator.applies else (),
            )
        )
    questions.sort(key=lambda one: (place[one.indicator.pillar], one.first))  # within: the pack's own order
    return Sheet(tuple(questions), tuple(left_out), frozenset(elsewhere))


def targets_up_to(indicator: Indicator, level: int) -> tuple[Target, ...]:
    """The targets that count towards a level: none below that from which the indicator is mandatory."""
    begins = indicator.mandatory_from or 1
    return tuple(one for one in indicator.targets if begins <= one.level <= level)


def needs(framework: Framework, one: Question) -> Needs:
    """What an answer needs to count at every level asked."""
    indicator, target = one.indicator, one.target
    trust = indicator.trust_at(target.level)
    on_receipt = any(
        rule.kind in indicator.evidence and rule.trust >= trust and rule.up_to >= target.level
        for rule in framework.on_receipt
    )
    return Needs(
        kinds=kinds(indicator),
        trust=trust,
        file=trust >= Trust.DOCUMENTED,
        review=not on_receipt,
        standards=tuple(proving(framework, indicator, one.targets)),
    )


def divided(indicator: Indicator) -> tuple[str, str] | None:
    """The units of the two amounts that a form asks for instead of the quotient; "" where any will do that divide.

    None where the indicator is no quotient that a plant would reckon out of amounts.
    """
    if indicator.kind is not Kind.QUANTITY or indicator.unit is None:
        return None
    if indicator.unit == _PERCENT:
        return "", ""
    numerator, slash, denominator = indicator.unit.partition("/")
    return (numerator, denominator) if slash else None


def kinds(indicator: Indicator) -> tuple[EvidenceKind, ...]:
    """The kinds of evidence that answer an indicator, the one meant where nobody says so first."""
    usual = _USUAL.get(indicator.kind, EvidenceKind.ANSWER)
    return tuple(sorted(indicator.evidence, key=lambda kind: (kind is not usual, kind)))


def proving(
    framework: Framework, indicator: Indicator, targets: Sequence[Target]
) -> Iterator[tuple[Standard, tuple[str, ...]]]:
    """The standards of which a certificate alone meets every target, each with the editions that do.

    A standard that only a higher level names, and whose certificate leaves a lower one open, is none of them.
    """
    if EvidenceKind.CERTIFICATE not in indicator.evidence and not _in_crosswalk(framework, indicator):
        return

    def meets(standard: Standard, version: str | None) -> bool:
        return all(_proves(framework, standard, version, indicator, target) for target in targets)

    for standard in framework.crosswalk:
        good = tuple(one for one in standard.versions if meets(standard, one))
        if good or (not standard.versions and meets(standard, None)):
            yield standard, good


def _in_crosswalk(framework: Framework, indicator: Indicator) -> bool:
    return any(one.indicator == indicator.id for standard in framework.crosswalk for one in standard.satisfies)


def _proves(
    framework: Framework, standard: Standard, version: str | None, indicator: Indicator, target: Target
) -> bool:
    needed = indicator.trust_at(target.level)
    if standard.trust >= needed and _says(framework, standard, version, indicator, target):
        return True
    return any(
        route.relation is Relation.FULL
        and route.version in (None, version)
        and route.trust >= needed
        and _says(framework, route.standard, route.as_version, indicator, target)
        for route in routes(framework, standard)
    )


def _says(framework: Framework, standard: Standard, version: str | None, indicator: Indicator, target: Target) -> bool:
    """Whether a certificate says by itself that a target is met: the target names it, or the crosswalk does."""
    named = isinstance(target.value, tuple) and any(one.covers(standard.id, version) for one in target.value)
    return named or any(
        one.indicator == indicator.id
        and one.relation is Relation.FULL
        and one.version in (None, version)
        and target.level <= (one.up_to or framework.top_level)
        for one in standard.satisfies
    )


def _mandatory(framework: Framework, indicator: Indicator) -> bool:
    if framework.method is Method.WEIGHTED:
        return indicator.limiting
    return indicator.mandatory_from is not None


def _telling(sources: Sequence[Source], result: LevelResult) -> Source | None:
    """The source that decided, else the first of those in force, under review or lapsed."""
    decided = next((one for one in sources if one.evidence == result.evidence), None)
    told = [one for one in sources if one.state in _TELLING]
    return decided or min(told, key=lambda one: _TELLING.index(one.state), default=None)
