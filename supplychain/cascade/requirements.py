"""Requirements of the offline command, read from JSON."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from marshmallow import ValidationError

from graph.bulk.demand import Demand
from graph.bulk.due import day_number
from graph.terms import Beyond, ScopeApplies
from schemas.cascade import CascadeRequirementSchema
from supplychain.cascade.mistakes import Mistakes, unreadable
from supplychain.errors import Fault
from supplychain.faults import faults_of


@dataclass(frozen=True, slots=True)
class Requirement:
    """A requirement as the file has it."""

    id: str
    issuer: str
    pillar: str
    schedule: tuple[int, ...]
    beyond: str
    hs: tuple[str, ...]
    scope_applies: str
    countries: tuple[str, ...]
    sectors: tuple[str, ...]
    effective_from: date | None
    grace_months: tuple[int, ...]

    def demand(self, group: tuple[int, ...]) -> Demand:
        """The same in numbers, of the issuer's group by rank."""
        return Demand(
            group=group,
            schedule=self.schedule,
            pillar=self.pillar,
            beyond=Beyond(self.beyond),
            hs=self.hs,
            scope_applies=ScopeApplies(self.scope_applies),
            countries=tuple(country.upper() for country in self.countries),
            sectors=self.sectors,
            effective_from=day_number(self.effective_from),
            grace=self.grace_months,
        )


def read_requirements(path: Path, mistakes: Mistakes) -> list[Requirement]:
    """The requirements of a file in the order of their ids. Raises Invalid where it is no list of them."""
    try:
        listed = json.loads(path.read_bytes(), object_pairs_hook=_members, parse_constant=_constant)
    except (ValueError, RecursionError) as error:
        raise unreadable(Fault(path.name, "not-json", {"reason": str(error)})) from error
    if not isinstance(listed, list):
        raise unreadable(Fault(path.name, "not-a-list"))
    schema = CascadeRequirementSchema()
    found: dict[str, Requirement] = {}
    places: dict[str, int] = {}
    for at, item in enumerate(listed):
        where = f"{path.name}, /{at}"
        requirement = _loaded(schema, item, where, mistakes)
        if requirement is None:
            continue
        first = places.setdefault(requirement.id, at)
        if first != at:
            mistakes.add(Fault(f"{where}/id", "listed-twice", {"row": f"/{first}"}))
        found[requirement.id] = requirement
    return [found[name] for name in sorted(found)]


def _members(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"{next(name for name in found if names.count(name) > 1)!r} is there twice in one object")
    return found


def _constant(word: str) -> Any:
    raise ValueError(f"{word} is no value of JSON")


def _loaded(schema: CascadeRequirementSchema, item: Any, where: str, mistakes: Mistakes) -> Requirement | None:
    try:
        loaded: Mapping[str, Any] = schema.load(item)
    except ValidationError as error:
        for fault in faults_of(error.messages):
            mistakes.add(Fault(where + fault.pointer, fault.code, fault.params))
        return None
    for tier, (above, level) in enumerate(pairwise(loaded["schedule"]), 1):
        if level > above:
            mistakes.add(Fault(f"{where}/schedule/{tier}", "schedule-increases", {"above": above}))
    values: dict[str, Any] = {n: tuple(value) if isinstance(value, list) else value for n, value in loaded.items()}
    return Requirement(**values)


def demands_of(
    requirements: Sequence[Requirement], issuers: Sequence[int], group: Callable[[int], tuple[int, ...]]
) -> list[Demand]:
    """The requirements in numbers. issuers: their ranks."""
    pairs = zip(requirements, issuers, strict=True)
    return [requirement.demand(group(int(issuer))) for requirement, issuer in pairs]
