"""Which supplier should meet which buyer: scores, gates and reasons become ranked candidate pairings.

Gates shut a pairing out, score parts rank the rest. The levels judged here are those the caller found to hold
on the event's day; nothing is known of the supply network. An optimal assignment under limits of meetings and
a timetable without clashes take `propose`'s open pairings as their edges and belong in this module too.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from graph.terms import Param, Reason


class GateCode(StrEnum):
    """What must hold before a pairing is proposed at all."""

    FLAG = "flag"
    LEVEL = "level"
    PRODUCT = "product"
    COUNTRY = "country"
    LANGUAGE = "language"
    ALREADY_LINKED = "already_linked"
    REFUSED = "refused"


class GateState(StrEnum):
    OPEN = "open"
    SHUT = "shut"
    NOT_AVAILABLE = "not_available"
    """Rests on what a participant stated that the reader is not."""


class PartCode(StrEnum):
    """What makes one open pairing better than another."""

    LEVEL = "level_margin"
    PRODUCT = "product_closeness"
    LANGUAGE = "languages_shared"
    SECTOR = "sector_match"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A supplier registered for an event.

    Attributes:
        number: its registration or organization, unique among candidates.
        levels: achieved rank by pillar; None or absent is not assessed.
        products: HS codes it offers, digits only.
        flagged: whether its `matchmaking` flag is open.
        partners: numbers of demands whose buyer it itself stated to supply.
        refusals: numbers of demands whose buyer it itself does not want to meet.
    """

    number: int
    levels: Mapping[str, int | None] = field(default_factory=dict)
    products: frozenset[str] = frozenset()
    country: str | None = None
    languages: frozenset[str] = frozenset()
    sectors: frozenset[str] = frozenset()
    flagged: bool = False
    partners: frozenset[int] = frozenset()
    refusals: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Demand:
    """What one buyer looks for at an event. An empty set asks for nothing in particular.

    Attributes:
        number: unique among demands.
        products: HS prefixes wanted, digits only.
        levels: rank wanted by pillar.
        top: the highest rank of the framework the levels are of.
        meetings: how many the buyer wants; the ranking shows more, an assignment will not.
        partners: numbers of candidates the buyer itself stated to buy from already.
        refusals: numbers of candidates the buyer itself does not want to meet.
    """

    number: int
    products: frozenset[str] = frozenset()
    levels: Mapping[str, int] = field(default_factory=dict)
    top: int = 4
    countries: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    sectors: frozenset[str] = frozenset()
    meetings: int = 1
    partners: frozenset[int] = frozenset()
    refusals: frozenset[int] = frozenset()


class Reader(StrEnum):
    """Whose eyes a pairing is made for: what the other side stated is closed to everybody else."""

    CANDIDATE = "candidate"
    BUYER = "buyer"
    ORGANISER = "organiser"


@dataclass(frozen=True, slots=True)
class Gate:
    code: GateCode
    state: GateState
    reason: Reason


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a score: `value` from 0 to 1, `weight` its share of the total."""

    code: PartCode
    value: float
    weight: float
    reason: Reason


@dataclass(frozen=True, slots=True)
class Pairing:
    """A candidate and a demand, judged. `total` is from 0 to 1; `rank` counts from 1 within the demand."""

    candidate: int
    demand: int
    total: float
    gates: tuple[Gate, ...]
    parts: tuple[Part, ...]
    rank: int = 0

    @property
    def open(self) -> bool:
        """Whether no gate is known to be shut."""
        return all(gate.state is not GateState.SHUT for gate in self.gates)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        return (*(gate.reason for gate in self.gates), *(part.reason for part in self.parts))


WEIGHTS: Final[Mapping[PartCode, float]] = {
    PartCode.LEVEL: 0.4,
    PartCode.PRODUCT: 0.4,
    PartCode.LANGUAGE: 0.1,
    PartCode.SECTOR: 0.1,
}
"""Ours, not any programme's: product and conformity decide, the rest breaks ties."""


def propose(
    candidates: Iterable[Candidate],
    demands: Iterable[Demand],
    reader: Reader = Reader.ORGANISER,
    weights: Mapping[PartCode, float] = WEIGHTS,
) -> tuple[Pairing, ...]:
    """All open pairings, by demand and rank; of equal totals the smaller candidate number comes first."""
    pool = tuple(candidates)
    ranked: list[Pairing] = []
    for demand in sorted(demands, key=lambda demand: demand.number):
        judged = (judge(candidate, demand, reader, weights) for candidate in pool)
        best = sorted((one for one in judged if one.open), key=lambda one: (-one.total, one.candidate))
        ranked.extend(_ranked(one, place) for place, one in enumerate(best, start=1))
    return tuple(ranked)


def judge(
    candidate: Candidate,
    demand: Demand,
    reader: Reader = Reader.ORGANISER,
    weights: Mapping[PartCode, float] = WEIGHTS,
) -> Pairing:
    """One pairing with every gate and score part, open or not; its rank is left at 0."""
    parts = tuple(_parts(candidate, demand, weights))
    weight = sum(part.weight for part in parts)
    total = sum(part.value * part.weight for part in parts) / weight if weight else 0.0
    gates = (*_open_gates(candidate, demand), *_stated_gates(candidate, demand, reader))
    return Pairing(candidate.number, demand.number, round(total, 6), gates, parts)


def _ranked(one: Pairing, place: int) -> Pairing:
    return Pairing(one.candidate, one.demand, one.total, one.gates, one.parts, place)


def _gate(code: GateCode, is_open: bool, **params: Param) -> Gate:  # noqa: FBT001 - the test's outcome
    state = GateState.OPEN if is_open else GateState.SHUT
    return Gate(code, state, Reason(f"gate_{code}_{state}", params))


def _open_gates(candidate: Candidate, demand: Demand) -> Iterator[Gate]:
    yield _gate(GateCode.FLAG, candidate.flagged)
    missed = tuple(pillar for pillar, wanted in sorted(demand.levels.items()) if _rank(candidate, pillar) < wanted)
    yield _gate(GateCode.LEVEL, not missed, missed=missed)
    matched = _closest(candidate, demand)
    yield _gate(GateCode.PRODUCT, not demand.products or matched is not None, wanted=_listed(demand.products))
    in_country = not demand.countries or candidate.country in demand.countries
    yield _gate(GateCode.COUNTRY, in_country, country=candidate.country, wanted=_listed(demand.countries))
    shared = demand.languages & candidate.languages
    yield _gate(GateCode.LANGUAGE, not demand.languages or bool(shared), shared=_listed(shared))


def _stated_gates(candidate: Candidate, demand: Demand, reader: Reader) -> Iterator[Gate]:
    """Gates on links and refusals use only what the reader itself stated (domain rules: matchmaking gates)."""
    by_candidate = reader is Reader.CANDIDATE
    partners = demand.number in candidate.partners if by_candidate else candidate.number in demand.partners
    refusals = demand.number in candidate.refusals if by_candidate else candidate.number in demand.refusals
    for code, stated in ((GateCode.ALREADY_LINKED, partners), (GateCode.REFUSED, refusals)):
        if reader is Reader.ORGANISER:
            state = GateState.NOT_AVAILABLE
            yield Gate(code, state, Reason(f"gate_{code}_{state}"))
        else:
            yield _gate(code, not stated)


def _parts(candidate: Candidate, demand: Demand, weights: Mapping[PartCode, float]) -> Iterator[Part]:
    """Only parts that the demand asks about: what it leaves open makes nobody better or worse."""
    values: dict[PartCode, tuple[float, dict[str, Param]]] = {}
    if demand.levels:
        margins = tuple(_margin(candidate, demand, pillar) for pillar in demand.levels)
        values[PartCode.LEVEL] = sum(margins) / len(margins), {"pillars": _listed(demand.levels)}
    if demand.products:
        match = _closest(candidate, demand) or ("", "")
        closeness = len(match[0]) / len(match[1]) if match[1] else 0.0
        values[PartCode.PRODUCT] = closeness, {"wanted": match[0], "offered": match[1]}
    if demand.languages:
        shared = demand.languages & candidate.languages
        values[PartCode.LANGUAGE] = len(shared) / len(demand.languages), {"shared": _listed(shared)}
    if demand.sectors:
        common = demand.sectors & candidate.sectors
        values[PartCode.SECTOR] = float(bool(common)), {"shared": _listed(common)}
    for code, (value, params) in values.items():
        weight = weights.get(code, 0.0)
        yield Part(code, round(value, 6), weight, Reason(f"part_{code}", params))


def _rank(candidate: Candidate, pillar: str) -> int:
    return candidate.levels.get(pillar) or 0


def _margin(candidate: Candidate, demand: Demand, pillar: str) -> float:
    """Half for reaching what is wanted, the rest for going beyond it towards the top."""
    wanted, reached = demand.levels[pillar], _rank(candidate, pillar)
    if reached < wanted:
        return 0.0
    room = demand.top - wanted
    return 1.0 if room <= 0 else 0.5 + 0.5 * min(1.0, (reached - wanted) / room)


def _closest(candidate: Candidate, demand: Demand) -> tuple[str, str] | None:
    """The wanted prefix and offered code that agree most closely: the longer the prefix, the more so.

    A prefix matches a code that starts with it; a code coarser than the prefix promises nothing.
    """
    matches = [
        (wanted, offered) for wanted in demand.products for offered in candidate.products if offered.startswith(wanted)
    ]
    return max(matches, key=lambda match: (len(match[0]) / len(match[1]), match), default=None)


def _listed(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(names))
