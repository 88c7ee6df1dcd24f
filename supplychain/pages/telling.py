"""What the pages say in one language: the words around the data, and targets and conditions in words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from supplychain.frameworks import represent
from supplychain.frameworks.crosswalk import Carries, Satisfies, Standard
from supplychain.frameworks.framework import Framework, Indicator, Reference, Target
from supplychain.frameworks.period import Period
from supplychain.frameworks.references import Source
from supplychain.frameworks.terms import Better, Relation, Tag, Text, Trust
from supplychain.frameworks.topics import own_topics, topics
from supplychain.frameworks.wording import says
from supplychain.i18n import words_of


@dataclass(frozen=True, slots=True)
class Row:
    """What one level asks, in words. beside: further questions. mark: how well a document's number is known."""

    rank: int
    label: str
    asks: str
    beside: tuple[str, ...]
    ours: bool
    mark: Tag | None
    trust: str


@dataclass(frozen=True, slots=True)
class Proofs:
    """What certificates of a standard prove, as far as it is known alike. version: of that edition alone."""

    relation: Relation
    version: str | None
    tag: Tag | None
    ours: bool
    rows: tuple[Satisfies, ...]


@dataclass(frozen=True)
class Teller:
    """Tells in a language what is so on a day."""

    language: str
    day: date

    def text(self, text: Text) -> str:
        """A text of a pack in this language."""
        return text.zh if self.language == "zh" else text.en

    def word(self, word: str, part: str = "words") -> str:
        """A word of ours; in every part but `words` the word itself where nobody told it, as packs may add facts."""
        told = words_of("supplychain.pages")[part]
        if part == "words":
            return told[word][self.language]
        return told[word][self.language] if word in told else word.replace("_", " ")

    def clause(self, clause: str) -> str:
        """Where in a text something stands; numbers without a word are those of the text itself."""
        kind, _, place = clause.partition(" ")
        told = words_of("supplychain.pages")["clauses"]
        return told[kind][self.language].format(place) if kind in told else clause

    def topic(self, topic: str) -> str:
        """The name of a topic."""
        return self.text(topics()[topic])

    def is_own(self, topic: str) -> bool:
        """Whether we added the topic to those of our sources."""
        return topic in own_topics()

    def asked_by(self, framework: Framework, standard: Standard) -> Iterator[tuple[str, str]]:
        """The indicators whose targets name the standard, with the levels, and the edition where one is named."""
        for one in framework.indicators:
            named = [
                (target.level, name.version)
                for target in one.targets
                if isinstance(target.value, tuple)
                for name in target.value
                if name.standard == standard.id
            ]
            if named:
                yield (
                    one.id,
                    self.together([f"{level}: {version}" if version else str(level) for level, version in named]),
                )

    def proofs(self, standard: Standard) -> Iterator[Proofs]:
        """What its certificates prove, in full first."""
        found: dict[tuple[Relation, str | None, Tag | None, bool], list[Satisfies]] = {}
        for one in standard.satisfies:
            found.setdefault((one.relation, one.version, one.tag, one.ours), []).append(one)
        for alike in sorted(found, key=lambda alike: alike[0] is not Relation.FULL):
            yield Proofs(*alike, tuple(found[alike]))

    def ends(self, framework: Framework, hop: Carries) -> date | None:
        """The last day on which a certificate stands for the standard that it carries; None = no end is known."""
        carried = framework.standard(hop.standard)
        return carried.last_day(hop.as_version) if carried else None

    def trust(self, trust: Trust) -> str:
        """How far evidence must be believed."""
        return self.word(trust.word, "trusts")

    def together(self, parts: Sequence[str]) -> str:
        """Several names in a row."""
        return ("、" if self.language == "zh" else ", ").join(parts)

    def rows(self, framework: Framework, indicator: Indicator) -> Iterator[Row]:
        """What each level asks, from the lowest."""
        questions = {one.id: self.text(one.question) for one in indicator.also}
        for target in indicator.targets:
            yield Row(
                rank=target.level,
                label=self.text(framework.levels[target.level - 1].label),
                asks=self._asks(framework, indicator, target),
                beside=tuple(questions[one] for one in target.also),
                ours=target.ours,
                mark=target.tag,
                trust=self.trust(indicator.trust_at(target.level)),
            )

    def over(self, period: Period) -> str:
        """Over how long a reading is taken."""
        return represent.over(period, self.language)

    def applies(self, framework: Framework, indicator: Indicator) -> str:
        """Where an indicator applies."""
        return says(indicator.applies, framework, self.language) if indicator.applies else self.word("everywhere")

    def state(self, known: Reference | Source) -> str:
        """Whether a source is in force on the day: `in_force`, `not_yet`, `ended`, or `unrecorded`."""
        if known.in_force_from is None and known.in_force_to is None:
            return "unrecorded"
        if known.in_force(self.day):
            return "in_force"
        return "not_yet" if known.in_force_from and known.in_force_from > self.day else "ended"

    def standing(self, known: Reference | Source) -> str:
        """Whether it is in force on the day, and from when to when."""
        told = [self.word(self.state(known))]
        told += [self._dated("since", known.in_force_from)] if known.in_force_from else []
        told += [self._dated("until", known.in_force_to)] if known.in_force_to else []
        return " · ".join(told)

    def _dated(self, word: str, day: date) -> str:
        return f"{self.word(word)} {day.isoformat()}"

    def _asks(self, framework: Framework, indicator: Indicator, target: Target) -> str:
        value = target.value
        if value is None:
            return self.word("any_number")
        if isinstance(value, tuple):
            names = [self._standard(framework, one.standard, one.version) for one in value]
            return f" {self.word('or')} ".join(names)
        if isinstance(value, bool):
            return self.word("yes" if value else "no")
        if isinstance(value, str):
            return next(self.text(one.names) for one in indicator.choices if one.id == value)
        sign = "≤" if indicator.better is Better.LOWER else "≥"
        unit = self.text(indicator.unit_label) if indicator.unit_label else ""
        return f"{sign} {number(value)}{_slope(target.per_parameter)} {unit}"

    def _standard(self, framework: Framework, standard: str, version: str | None) -> str:
        known = framework.standard(standard)
        name = self.text(known.names) if known else standard
        return f"{name} ({version})" if version else name


def number(value: Decimal) -> str:
    """A number without needless zeros."""
    return f"{value.normalize():f}"


def _slope(per_parameter: Decimal | None) -> str:
    if not per_parameter:
        return ""
    return f" {'−' if per_parameter < 0 else '+'} {number(abs(per_parameter))} n"


def ours_of(framework: Framework) -> int:
    """How many rows, thresholds, periods, weights, scores and labels of a framework no law or standard gives."""
    rows = sum(one.ours for one in framework.indicators)
    targets = sum(target.ours for one in framework.indicators for target in one.targets)
    periods = sum(one.period.ours for one in framework.indicators if one.period is not None)
    labels = sum(level.ours + level.score_ours for level in framework.levels)
    return rows + targets + periods + labels + sum(group.ours for group in framework.groups)
