"""A framework version as one frozen value, and its parts (domain rules: Framework, Indicator, Crosswalk)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from supplychain.frameworks.applicability import Rule
from supplychain.frameworks.crosswalk import Standard
from supplychain.frameworks.period import Period
from supplychain.frameworks.terms import (
    Better,
    EvidenceKind,
    Kind,
    Method,
    Region,
    Scope,
    SourceKind,
    Tag,
    Text,
    Trust,
)
from supplychain.frameworks.weighing import Group, Parameter


@dataclass(frozen=True, slots=True)
class Level:
    """A level: its rank, 1 = lowest, and its label. `ours`: our sources do not give the label.

    score: in a weighted framework, what the index must reach (0 to 100) for the level. score_ours: no document sets it.
    """

    rank: int
    label: Text
    ours: bool = False
    score: Decimal | None = None
    score_ours: bool = False


@dataclass(frozen=True, slots=True)
class Pillar:
    """A pillar, classified on its own."""

    id: str
    names: Text


@dataclass(frozen=True, slots=True)
class Sector:
    """A sector the pack distinguishes; its id is a value of the fact `sector`."""

    id: str
    names: Text


@dataclass(frozen=True, slots=True)
class Reference:
    """A law, regulation or standard behind an indicator.

    source: its code in the pack. region: None = not said. replaced_by: the code of what took its place.
    clause: None where it is only remembered: a wrong clause is a defect, a missing one is not.
    in_force_from, in_force_to: inclusive days; None = not known, or open.
    kind: None = not said. checked_on: when the text of the clause was read; None = it was not.
    """

    title: Text
    clause: str | None
    in_force_from: date | None
    in_force_to: date | None
    tag: Tag
    note: Text | None = None
    source: str = ""
    region: Region | None = None
    replaced_by: str | None = None
    kind: SourceKind | None = None
    checked_on: date | None = None

    @property
    def checked(self) -> bool:
        """Whether the text of the clause itself was read."""
        return self.tag is Tag.READ

    def in_force(self, day: date) -> bool:
        """Whether it may be cited for that day."""
        begun = self.in_force_from is None or self.in_force_from <= day
        return begun and (self.in_force_to is None or day <= self.in_force_to)


@dataclass(frozen=True, slots=True)
class StandardRef:
    """A recognised standard as a target names it; no version = every accepted one."""

    standard: str
    version: str | None = None

    def covers(self, standard: str, version: str | None) -> bool:
        """Whether a certificate of this standard and version is meant."""
        return self.standard == standard and self.version in (None, version)


@dataclass(frozen=True, slots=True)
class Also:
    """A further yes-or-no question that a target may ask beside its value; answered in the same evidence."""

    id: str
    question: Text


@dataclass(frozen=True, slots=True)
class Target:
    """What one level asks of an indicator.

    value: True, a number in the indicator's unit, a choice's id, or the standards of which one will do; None:
    any number, only what it asks beside counts.
    per_parameter: what is added to the number for each unit of the indicator's parameter.
    also: ids of further questions that must be answered yes.
    ours: the threshold is set by us; no law or standard gives it.
    tag: how well the threshold is known, where a document sets it; None = not stated.
    """

    level: int
    value: bool | Decimal | str | tuple[StandardRef, ...] | None
    also: tuple[str, ...] = ()
    ours: bool = False
    per_parameter: Decimal | None = None
    tag: Tag | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer of an ordered choice."""

    id: str
    names: Text


@dataclass(frozen=True, slots=True)
class Indicator:
    """One thing to measure or check.

    unit: UNECE Rec 20 code, or a quotient of two (`KWH/MTK`); None unless a quantity.
    targets: by rising level; a level without one is not judged.
    mandatory_from: None = optional.
    min_trust: by rank, for every level of the framework (index 0 = level 1).
    validity_months: how long evidence that says no date of its own stays in force.
    period: over how long a quantity is measured; None = a state, or nobody says.
    zero_tolerance: unmet at its lowest target, the pillar has level 0.
    applies: where verified facts say no, the indicator is not applicable; None = everywhere.
    parameter: what its targets follow beside the level.
    group, weight, shared, limiting: in a weighted framework its group, its weight in it or the share it takes
    part in, and whether every level needs it met whatever the score.
    ours: the row itself is set by us, with its weight in an index; no document has it.
    topics: what it is about. measure: what one and the same reading tells, whoever asks for it; None = not said.
    """

    id: str
    pillar: str
    kind: Kind
    scope: Scope
    names: Text
    question: Text
    help: Text
    targets: tuple[Target, ...]
    mandatory_from: int | None
    evidence: frozenset[EvidenceKind]
    min_trust: tuple[Trust, ...]
    validity_months: int
    unit: str | None = None
    unit_label: Text | None = None
    better: Better | None = None
    choices: tuple[Choice, ...] = ()
    also: tuple[Also, ...] = ()
    zero_tolerance: bool = False
    applies: Rule | None = None
    references: tuple[Reference, ...] = ()
    parameter: Parameter | None = None
    period: Period | None = None
    group: str | None = None
    weight: Decimal | None = None
    shared: str | None = None
    limiting: bool = False
    ours: bool = False
    topics: tuple[str, ...] = ()
    measure: str | None = None

    def target(self, level: int) -> Target | None:
        """The target at a level, if there is one."""
        return next((target for target in self.targets if target.level == level), None)

    def trust_at(self, level: int) -> Trust:
        """The least trust with which evidence counts at a level."""
        return self.min_trust[level - 1]


@dataclass(frozen=True, slots=True)
class OnReceipt:
    """Evidence that needs no review to count up to a level: this kind, with this trust."""

    kind: EvidenceKind
    trust: Trust
    up_to: int


@dataclass(frozen=True, slots=True, eq=False)
class Framework:
    """One version of a framework; compared by identity, because a version is read once and never changes.

    optional_share: of the optional indicators with a target at a level, the part that must be met.
    notes: what a reader must know about the pack's own choices.
    groups: of a weighted framework.
    """

    id: str
    version: str
    method: Method
    names: Text
    levels: tuple[Level, ...]
    pillars: tuple[Pillar, ...]
    indicators: tuple[Indicator, ...]
    optional_share: Decimal = Decimal(0)
    crosswalk: tuple[Standard, ...] = ()
    sectors: tuple[Sector, ...] = ()
    on_receipt: tuple[OnReceipt, ...] = ()
    notes: tuple[Text, ...] = ()
    groups: tuple[Group, ...] = ()
    _indicators: Mapping[str, Indicator] = field(init=False, repr=False)
    _standards: Mapping[str, Standard] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_indicators", {one.id: one for one in self.indicators})
        object.__setattr__(self, "_standards", {one.id: one for one in self.crosswalk})

    @property
    def key(self) -> str:
        """The name under which requirements and assessments know this version: `id@version`."""
        return f"{self.id}@{self.version}"

    @property
    def top_level(self) -> int:
        """The rank of the highest level."""
        return len(self.levels)

    def indicator(self, indicator_id: str) -> Indicator | None:
        """The indicator of that id."""
        return self._indicators.get(indicator_id)

    def standard(self, standard_id: str) -> Standard | None:
        """The standard of that id, if the crosswalk recognises it."""
        return self._standards.get(standard_id)

    def has_pillar(self, pillar_id: str) -> bool:
        """Whether there is a pillar of that id."""
        return any(pillar.id == pillar_id for pillar in self.pillars)

    def accepts_on_receipt(self, kind: EvidenceKind, trust: Trust, indicators: frozenset[str]) -> bool:
        """Whether evidence for these indicators counts without a review, up to the level the pack says.

        Only where it can count: each has a target up to that level for which this trust is enough.
        The rest waits for a review, which could give it more trust.
        """
        return any(
            rule.kind is kind and rule.trust is trust and self._all_count(indicators, rule) for rule in self.on_receipt
        )

    def receipt_limit(self, kind: EvidenceKind, trust: Trust) -> int:
        """Up to which level evidence accepted on receipt counts; 0 = at none."""
        return max((rule.up_to for rule in self.on_receipt if (rule.kind, rule.trust) == (kind, trust)), default=0)

    def _all_count(self, indicators: frozenset[str], rule: OnReceipt) -> bool:
        found = [self._indicators.get(indicator_id) for indicator_id in indicators]
        return bool(found) and all(indicator is not None and _counts(indicator, rule) for indicator in found)


def _counts(indicator: Indicator, rule: OnReceipt) -> bool:
    return rule.kind in indicator.evidence and any(
        target.level <= rule.up_to and indicator.trust_at(target.level) <= rule.trust for target in indicator.targets
    )
