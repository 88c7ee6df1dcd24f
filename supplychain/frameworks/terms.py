"""The words of a framework (domain rules: Framework, Indicator, Evidence, Crosswalk)."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Method(StrEnum):
    """How the results of indicators become a level."""

    GATED = "gated"
    """A level holds when its mandatory indicators are met and every level below holds."""
    GRADED = "graded"
    """Each indicator falls in a grade; a category is graded like its worst indicator."""
    WEIGHTED = "weighted"
    """Limiting indicators must all be met, and the weighted score of the rest reaches the level's."""


class Kind(StrEnum):
    """What an indicator asks for."""

    BOOLEAN = "boolean"
    QUANTITY = "quantity"
    CHOICE = "choice"
    CERTIFICATE = "certificate"


class Better(StrEnum):
    """Which way a quantity improves."""

    LOWER = "lower"
    HIGHER = "higher"


class Scope(StrEnum):
    """Whose indicator it is: a plant takes its company's result for `organization` indicators,
    a company takes the worst of its plants for `site` indicators.
    """

    ORGANIZATION = "organization"
    SITE = "site"


class EvidenceKind(StrEnum):
    """What a piece of evidence is."""

    ANSWER = "answer"
    QUANTITY = "quantity"
    CERTIFICATE = "certificate"
    DECLARATION = "declaration"


class Relation(StrEnum):
    """How far a source proves an indicator: by itself, or as a certificate over the crosswalk."""

    DIRECT = "direct"
    FULL = "full"
    PARTIAL = "partial"


class Trust(IntEnum):
    """How far a source is to be believed; ordered, and told by its word."""

    SELF_DECLARED = 1
    DOCUMENTED = 2
    CERTIFIED = 3
    AUDITED = 4

    @property
    def word(self) -> str:
        """The name on the wire: `self_declared`, `documented`, `certified` or `audited`."""
        return self.name.lower()

    @classmethod
    def of(cls, word: str) -> "Trust":
        """The trust of a word; ValueError for any other word."""
        try:
            return _TRUSTS[word]
        except KeyError:
            raise ValueError(f"{word!r} is none of {', '.join(_TRUSTS)}") from None


_TRUSTS = {trust.word: trust for trust in Trust}


class Region(StrEnum):
    """Where a source holds."""

    CHINA = "china"
    EU = "eu"
    INTERNATIONAL = "international"


class SourceKind(StrEnum):
    """What a source is. How far it reaches (national, regional, international) is its region's to say."""

    LAW = "law"
    REGULATION = "regulation"
    """Binding, beside or below a law: ordinances, ministerial orders, regulations and directives of the EU."""
    CONVENTION = "convention"
    STANDARD = "standard"
    GUIDELINE = "guideline"
    CODE_OF_CONDUCT = "code_of_conduct"


class Tag(StrEnum):
    """How well a reference, or a number, is known: text read, known but not read, only remembered."""

    READ = "V"
    KNOWN = "K"
    REMEMBERED = "K?"

    @property
    def mark(self) -> str:
        """The word on the wire: `read`, `known` or `remembered`."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Text:
    """A text in both languages."""

    en: str
    zh: str

    def as_dict(self) -> dict[str, str]:
        """The form on the wire and in names stored as `{en, zh}`."""
        return {"en": self.en, "zh": self.zh}
