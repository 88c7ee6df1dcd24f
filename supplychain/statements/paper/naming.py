"""The words of a paper in one language."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from supplychain.i18n import words_of
from supplychain.pages.telling import Teller
from supplychain.statements.paper.parts import Cell, Tone

Named = Mapping[str, Any]
GOOD = frozenset({"met", "as_issued"})
BAD = frozenset({"unmet", "overdue", "expired", "gap", "withdrawn", "evidence_withdrawn"})
_UNFIT = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Words:
    """Tells in a language."""

    language: str

    def word(self, word: str, part: str = "words") -> str:
        """A word of ours."""
        return words_of("supplychain.statements")[part][word][self.language]

    def shared(self, word: str, part: str) -> str:
        """A word that the pages of frameworks have: how far evidence is trusted, what kind it is of."""
        return Teller(self.language, date.min).word(word, part)

    def text(self, text: Mapping[str, str] | None) -> str:
        """A text of a pack; nothing where nobody told it."""
        return text[self.language] if text else ""

    def toned(self, code: str, part: str) -> Cell:
        """A code as a word that strikes the eye."""
        return Cell(self.word(code, part), tone=tone_of(code))

    def names(self, party: Named) -> list[str]:
        """Its names, that in the reader's script first."""
        known = [party["name"], party["name_zh"]]
        return list(dict.fromkeys(one for one in (reversed(known) if self.language == "zh" else known) if one))

    def name(self, party: Named) -> str:
        """Its names on a line."""
        return self.together(self.names(party))

    def registered(self, party: Named) -> str:
        """Under which identifiers somebody is registered."""
        told = [f"{self.word(one['scheme'], 'schemes')} {one['value']}" for one in party["identifiers"]]
        return self.together([party["id"], *told])

    def until(self, day: str | None) -> str:
        """That something is waived, and until when."""
        return f"{self.word('waived_until')}\n{day}" if day else ""

    def together(self, parts: Iterable[str]) -> str:
        """Several things on a line."""
        return " · ".join(part for part in parts if part)


def told_at(moment: str) -> str:
    """A moment as people read it: ISO 8601 in UTC to the second."""
    return f"{datetime.fromisoformat(moment).astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def tone_of(code: str) -> Tone:
    """How a status or a result strikes the eye."""
    if code in GOOD:
        return Tone.GOOD
    return Tone.BAD if code in BAD else Tone.QUIET


def file_name(kind: str, subject: Named, on: date, form: str, language: str) -> str:
    """What a paper is called as a file."""
    words = Words(language)
    plain = _UNFIT.sub(" ", f"{words.word(kind)} {words.names(subject)[0]}").strip()[:_LONGEST_NAME]
    return f"{plain} {on.isoformat()}.{form}"
