"""Which answer counts, whether it waits for a reply, and what may be said (domain rules: Status, whose move it is)."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from supplychain.answers.reasons import Reason
from supplychain.errors import Fault


class AnswerKind(StrEnum):
    """What a supplier says; ``silent`` is what it says by saying nothing, and is counted like the others."""

    SILENT = "silent"
    ACCEPT = "accept"
    QUESTION = "question"
    DISPUTE = "dispute"
    DECLINE = "decline"


class AnswerState(StrEnum):
    """What became of an answer."""

    OPEN = "open"
    REPLIED = "replied"
    GIVEN = "given"
    REPLACED = "replaced"


class ReplyKind(StrEnum):
    """What an issuer answers back."""

    EXPLAIN = "explain"
    KEEP = "keep"
    WAIVE = "waive"


WANTING_REPLY = frozenset((AnswerKind.QUESTION, AnswerKind.DISPUTE, AnswerKind.DECLINE))


@dataclass(frozen=True, slots=True)
class Said:
    """One answer. number: the order in which answers were given. replied: whether anything was answered back."""

    number: int
    id: str
    requirement: int
    supplier: int
    veiled: bool | None
    kind: AnswerKind
    answered_on: date
    replied: bool = False

    @property
    def waits(self) -> bool:
        """Whether, if it still counts, it is the issuer's move."""
        return self.kind in WANTING_REPLY and not self.replied


@dataclass(frozen=True, slots=True)
class Heard:
    """The answers that count, as one reader hears them. version: another one once anything else was said."""

    version: tuple[int, int]
    by_name: Mapping[tuple[int, int, bool], Said]

    def of(self, requirement: int, supplier: int, *, veiled: bool) -> Said | None:
        """What a supplier last said to a requirement under a name; None is silence."""
        return self.by_name.get((requirement, supplier, veiled))


def heard(said: Iterable[Said], version: tuple[int, int]) -> Heard:
    """What an issuer hears: under each name the last word. What was said unseen is heard under none."""
    last: dict[tuple[int, int, bool], Said] = {}
    for one in sorted(said, key=lambda one: one.number):
        if one.veiled is not None:
            last[one.requirement, one.supplier, one.veiled] = one
    return Heard(version, last)


def last_words(said: Iterable[Said]) -> Mapping[int, Said]:
    """What a supplier itself last said, by requirement, whoever heard it."""
    return {one.requirement: one for one in sorted(said, key=lambda one: one.number)}


def state_of(said: Said, counting: Collection[int]) -> AnswerState:
    """What became of an answer. counting: the numbers of the answers that count."""
    if said.number not in counting:
        return AnswerState.REPLACED
    if said.kind not in WANTING_REPLY:
        return AnswerState.GIVEN
    return AnswerState.REPLIED if said.replied else AnswerState.OPEN


def faults_of_answer(kind: AnswerKind, reason: str | None, text: str, known: Mapping[str, Reason]) -> Iterator[Fault]:
    """What keeps an answer from being given. known: the reasons that hold today, by id."""
    allowed = [one.id for one in known.values() if kind in one.kinds]
    if kind in {AnswerKind.DISPUTE, AnswerKind.DECLINE} and reason is None:
        yield Fault("/reason", "required")
    elif reason is not None and reason not in allowed:
        yield Fault("/reason", "not-one-of" if allowed else "answer-takes-no-reason", {"allowed": ", ".join(allowed)})
    if (kind is AnswerKind.QUESTION or reason == "other") and not text:
        yield Fault("/text", "answer-needs-words")


def faults_of_reply(kind: ReplyKind, text: str, *, leave: bool) -> Iterator[Fault]:
    """What keeps a reply from being given. leave: whether it brings a waiver."""
    if kind is ReplyKind.WAIVE and not leave:
        yield Fault("/waiver", "required")
    if kind is not ReplyKind.WAIVE and leave:
        yield Fault("/waiver", "waiver-not-granted")
    if kind is ReplyKind.EXPLAIN and not text:
        yield Fault("/text", "answer-needs-words")
