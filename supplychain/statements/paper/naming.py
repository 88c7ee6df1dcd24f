"""The words of a paper in one language."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from supplychain.pages.telling import Teller
from supplychain.statements.paper.parts import Cell, Tone

Named = Mapping[str, Any]
GOOD = frozenset({"met", "as_issued"})
BAD = frozenset({"unmet", "overdue", "expired", "gap", "withdrawn", "evidence_withdrawn"})
_UNFIT = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')
_LONGEST_NAME = 80


@cache
def _told() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    text = (files("supplychain.statements") / "words.yaml").read_text("utf-8")
    return yaml.safe_load(text)  # type: ignore[no-any-return] # a test checks its shape


@dataclass(frozen=True, slots=True)
class Words:
    """Tells in a language."""

    language: str

    def word(self, word: str, part: str = "words") -> str:
        """A word of ours."""
        return _told()[part][word][self.language]

    def shared(self, word: str, part: str) -> str:
        """A word that the pages of frameworks have: how far evidence is trusted, what kind it is of."""
        return Teller(self.language, date.min).word(word, part)

    def text(self, text: Mapping[str, str] | None) -> str:
        """A text of a pack; nothing where nobody told it."""
        return text[self.language] if text else ""

    def toned(self, code: str, part: str) -> Cell:
        """A code as a word that strikes the eye."""
        return Cell(self.word(code, part), tone=tone_of(code))

    def name(self, party: Named) -> str:
        """A name, in the reader's script first where it is known in both."""
        names = [party["name"], party["name_zh"]]
        known = [one for one in (reversed(names) if self.language == "zh" else names) if one]
        return " · ".join(dict.fromkeys(known))

    def registered(self, party: Named) -> str:
        """Under which identifiers somebody is registered."""
        told = [f"{self.word(one['scheme'], 'schemes')} {one['value']}" for one in party["identifiers"]]
        return self.together([party["id"], *told])

    def together(self, parts: Iterable[str]) -> str:
        """Several things on a line."""
        return " · ".join(part for part in parts if part)


def tone_of(code: str) -> Tone:
    """How a status or a result strikes the eye."""
    if code in GOOD:
        return Tone.GOOD
    return Tone.BAD if code in BAD else Tone.QUIET


def file_name(kind: str, subject: Named, on: date, form: str, language: str) -> str:
    """What a paper is called as a file."""
    words = Words(language)
    name = words.name(subject).split(" · ")[0]
    plain = _UNFIT.sub(" ", f"{words.word(kind)} {name}").strip()[:_LONGEST_NAME]
    return f"{plain} {on.isoformat()}.{form}"
