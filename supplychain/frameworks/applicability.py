"""Where an indicator applies, as a rule over verified facts, and what it says of facts that are not known.

A rule answers yes, no, or None: what is known does not decide it. Only no leaves an indicator out, so what is not
known binds (domain rules: Indicator). `and` and `or` take what is not known as CEL's `&&` and `||` take an error:
`false && x` is false and `true || x` is true on either side, all else stays open.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import reduce
from itertools import chain
from operator import and_, or_
from typing import Any, Protocol

Known = Mapping[str, object]
"""Verified facts by name: a set of words, a number, or yes or no."""


@dataclass(frozen=True, slots=True)
class Words:
    """The listed words; or, if `others`, every word but these."""

    listed: frozenset[str]
    others: bool = False

    def __contains__(self, word: str) -> bool:
        return (word in self.listed) is not self.others

    def __invert__(self) -> "Words":
        return Words(self.listed, not self.others)

    def __and__(self, other: "Words") -> "Words":
        if self.others and other.others:
            return Words(self.listed | other.listed, others=True)
        if self.others or other.others:
            kept, dropped = (other, self) if self.others else (self, other)
            return Words(kept.listed - dropped.listed)
        return Words(self.listed & other.listed)

    def __or__(self, other: "Words") -> "Words":
        return ~(~self & ~other)


class Test(Protocol):
    """A condition, or several joined by `and` or `or`. Two are equal if they were written alike but for order."""

    def holds(self, known: Known) -> bool | None:
        """Whether it holds; None: what is known does not decide."""

    def denied(self) -> "Test":
        """The test that holds where this one does not."""

    def parts(self) -> Iterator["Condition"]:
        """Its conditions, in the order in which they were written."""

    def undecided(self, known: Known) -> Iterator["Condition"]:
        """The conditions on which it still hangs; none once it is decided."""


@dataclass(frozen=True, slots=True)
class Condition(ABC):
    """A test of one fact; a value of another kind than it tests decides nothing."""

    fact: str

    @abstractmethod
    def holds(self, known: Known) -> bool | None:
        """See Test."""

    @abstractmethod
    def denied(self) -> "Condition":
        """See Test."""

    def parts(self) -> Iterator["Condition"]:
        """See Test."""
        yield self

    def undecided(self, known: Known) -> Iterator["Condition"]:
        """See Test."""
        if self.holds(known) is None:
            yield self


@dataclass(frozen=True, slots=True)
class YesNo(Condition):
    """A yes-or-no fact is as wanted."""

    wanted: bool

    def holds(self, known: Known) -> bool | None:
        """See Test."""
        value = known.get(self.fact)
        return value is self.wanted if isinstance(value, bool) else None

    def denied(self) -> "YesNo":
        """See Test."""
        return YesNo(self.fact, not self.wanted)


@dataclass(frozen=True, slots=True)
class OneOf(Condition):
    """A fact of one word is among these. Several words are known of it where any of them may be it."""

    words: Words

    def holds(self, known: Known) -> bool | None:
        """See Test. Yes or no only where all that may be it agree."""
        may_be = known.get(self.fact)
        if not isinstance(may_be, frozenset) or not may_be:
            return None
        among = may_be & self.words.listed
        if among and len(among) < len(may_be):
            return None
        return bool(among) is not self.words.others

    def denied(self) -> "OneOf":
        """See Test."""
        return OneOf(self.fact, ~self.words)


@dataclass(frozen=True, slots=True)
class AnyOf(Condition):
    """A fact that is a set has a word among these; or, if `none`, it has none of them."""

    words: Words
    none: bool = False

    def holds(self, known: Known) -> bool | None:
        """See Test."""
        has = known.get(self.fact)
        if not isinstance(has, frozenset):
            return None
        return any(word in self.words for word in has) is not self.none

    def denied(self) -> "AnyOf":
        """See Test."""
        return AnyOf(self.fact, self.words, not self.none)


@dataclass(frozen=True, slots=True)
class Within(Condition):
    """A whole number is not below `least` and not above `most`, as far as each is set; or, if `outside`, it is."""

    least: int | None
    most: int | None
    outside: bool = False

    def holds(self, known: Known) -> bool | None:
        """See Test."""
        value = known.get(self.fact)
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            return None
        inside = (self.least is None or self.least <= value) and (self.most is None or value <= self.most)
        return inside is not self.outside

    def denied(self) -> "Within":
        """See Test."""
        if self.least is None and self.most is not None:
            return Within(self.fact, self.most + 1, None)
        if self.most is None and self.least is not None:
            return Within(self.fact, None, self.least - 1)
        return Within(self.fact, self.least, self.most, not self.outside)


@dataclass(frozen=True, slots=True)
class Joined:
    """Tests of which all must hold, or any. decided: what one part of this value decides for all, whatever the rest."""

    tests: tuple[Test, ...] = field(compare=False)
    decided: bool
    _unordered: frozenset[Any] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_unordered", frozenset(self.tests))

    def holds(self, known: Known) -> bool | None:
        """See Test."""
        found: bool | None = not self.decided
        for test in self.tests:
            told = test.holds(known)
            if told is self.decided:
                return told
            found = None if told is None else found
        return found

    def denied(self) -> Test:
        """See Test; by De Morgan."""
        return joined((test.denied() for test in self.tests), decided=not self.decided)

    def parts(self) -> Iterator[Condition]:
        """See Test."""
        return chain.from_iterable(test.parts() for test in self.tests)

    def undecided(self, known: Known) -> Iterator[Condition]:
        """See Test."""
        if self.holds(known) is None:
            yield from chain.from_iterable(test.undecided(known) for test in self.tests)


def joined(tests: Iterable[Test], *, decided: bool) -> Test:
    """Several tests as one: `decided=False` is `and`, `decided=True` is `or`.

    What is joined alike is taken in, and tests of the words of one fact become one; so `x == "a" || x == "b"` is
    `x in ["a", "b"]`.
    """
    flat: list[Test] = []
    for test in tests:
        flat += test.tests if isinstance(test, Joined) and test.decided is decided else (test,)
    kept: dict[object, Test] = {}
    for test in flat:
        key = _alike(test, decided=decided)
        kept[key] = _merged(kept[key], test, decided=decided) if key in kept else test
    return next(iter(kept.values())) if len(kept) == 1 else Joined(tuple(kept.values()), decided)


def _alike(test: Test, *, decided: bool) -> object:
    """What tests that become one have in common; else the test itself."""
    if isinstance(test, OneOf):
        return OneOf, test.fact
    # to have a word of a or of b is to have one of both; to have none of a and none of b is to have none of both
    return (AnyOf, test.fact) if isinstance(test, AnyOf) and test.none is not decided else test


def _merged(first: Test, second: Test, *, decided: bool) -> Test:
    if isinstance(first, OneOf) and isinstance(second, OneOf):
        return OneOf(first.fact, reduce(or_ if decided else and_, (first.words, second.words)))
    if isinstance(first, AnyOf) and isinstance(second, AnyOf):
        return AnyOf(first.fact, first.words | second.words, first.none)
    return first


@dataclass(frozen=True, slots=True)
class Rule:
    """Where an indicator applies: the expression of the pack, and the test that it is. Equal if the tests are."""

    expression: str = field(compare=False)
    test: Test

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts it reads, in the order in which it names them."""
        return tuple(dict.fromkeys(one.fact for one in self.test.parts()))

    def leaves_out(self, known: Known) -> bool:
        """Whether verified facts make it inapplicable."""
        return self.test.holds(known) is False

    def open_facts(self, known: Known) -> tuple[str, ...]:
        """The facts on which it still hangs whether the indicator applies."""
        return tuple(dict.fromkeys(one.fact for one in self.test.undecided(known)))

    def __str__(self) -> str:
        return self.expression
