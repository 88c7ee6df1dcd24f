"""Reads the cases of `cases/*.toml`, which a person who knows the rules and no Python can extend."""

import itertools
import re
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from graph.network import (
    Change,
    Link,
    Network,
    Organization,
    Ownership,
    Period,
    Record,
    Requirement,
    SupplierScope,
)
from graph.terms import Beyond, Disclosure, FlowDown, LinkState, ScopeApplies

FOLDER = Path(__file__).parent / "cases"
DAY = date(2026, 1, 1)
_ALWAYS = "confirmed"


@dataclass(frozen=True)
class Case:
    name: str
    network: Network
    requirement: Requirement
    day: date
    owed: dict[str, str]
    unclassified: set[int] | None
    beyond_horizon: set[str] | None
    names: dict[int, str]


def load_cases() -> list[Case]:
    return [
        _case(path.stem, book["network"], scenario)
        for path in sorted(FOLDER.glob("*.toml"))
        for book in [tomllib.loads(path.read_text(encoding="utf-8"))]
        for scenario in book["scenario"]
    ]


class Numbers(dict[str, int]):
    """Names of organizations, numbered as they appear."""

    def __missing__(self, name: str) -> int:
        self[name] = len(self) + 1
        return self[name]


def read_link(text: str, numbers: Numbers) -> Link:
    """`7 B>X 8517 claimed 2025-01-01..2025-12-31 confirmed 2026-01-01.. flow=no show=identity owner=B`"""
    number, ends, code, *rest = text.split()
    buyer, supplier = ends.split(">")
    options = dict(word.split("=") for word in rest if "=" in word)
    words = [word for word in rest if "=" not in word]
    return Link(
        number=int(number),
        buyer=numbers[buyer],
        supplier=numbers[supplier],
        periods=_periods(words),
        category=None if code == "-" else code,
        flow_down=FlowDown(options.get("flow", "undeclared")),
        disclosure=Disclosure(options.get("show", "pseudonym")),
        owner=numbers[options["owner"]] if "owner" in options else None,
        id=f"lnk_{number}",
    )


def _periods(words: list[str]) -> tuple[Period, ...]:
    pairs: list[tuple[str, str]] = []
    for word in words or [_ALWAYS]:
        if ".." in word:
            pairs[-1] = (pairs[-1][0], word)
        else:
            pairs.append((word, ".."))
    return tuple(Period(*_days(days), LinkState(state)) for state, days in pairs)


def _days(text: str) -> tuple[date | None, date | None]:
    first, last = text.split("..")
    return (date.fromisoformat(first) if first else None, date.fromisoformat(last) if last else None)


def _case(book: str, facts: dict[str, Any], scenario: dict[str, Any]) -> Case:
    numbers = Numbers()
    chain = facts.get("chain", "").split(">")
    links = [f"{i} {buyer}>{seller} -" for i, (buyer, seller) in enumerate(itertools.pairwise(chain), 1)]
    links += facts.get("links", [])
    organizations = [*facts.get("organizations", []), *scenario.get("extra_organizations", [])]
    requirement = _requirement(scenario["requirement"], numbers)
    changes: list[Change] = [
        *(read_link(text, numbers) for text in links),
        *(_ownership(i, text, numbers) for i, text in enumerate(facts.get("owned", []), 1)),
        *(_organization(text, numbers) for text in organizations),
        *(_record(text, numbers) for text in facts.get("records", [])),
        requirement,
    ]
    owed = dict(line.split(" ", 1) for line in scenario["owed"])
    return Case(
        name=f"{book}: {scenario['title']}",
        network=Network.empty().apply(changes, 1),
        requirement=requirement,
        day=scenario.get("day", DAY),
        owed=owed,
        unclassified=set(scenario["unclassified"]) if "unclassified" in scenario else None,
        beyond_horizon=set(scenario["beyond_horizon"]) if "beyond_horizon" in scenario else None,
        names={number: name for name, number in numbers.items()},
    )


def _requirement(facts: dict[str, Any], numbers: Numbers) -> Requirement:
    effective_from = facts.get("effective_from", DAY)
    return Requirement(
        number=1,
        issuer=numbers[facts["issuer"]],
        framework="test@1",
        pillars=("ohs",),
        schedule=tuple(facts["schedule"]),
        effective_from=effective_from,
        published_on=facts.get("published_on", effective_from),
        effective_to=facts.get("effective_to"),
        beyond=Beyond(facts.get("beyond", "stop")),
        grace=tuple(facts.get("grace", ())),
        link_scope=tuple(facts.get("link_scope", ())),
        scope_applies=ScopeApplies(facts.get("scope_applies", "every")),
        supplier_scope=SupplierScope(
            countries=frozenset(facts.get("countries", ())), sizes=frozenset(facts.get("sizes", ()))
        ),
    )


def _ownership(number: int, text: str, numbers: Numbers) -> Ownership:
    ends, *rest = text.split()
    child, parent = ends.split("<")
    first, last = _days(next((word for word in rest if ".." in word), ".."))
    return Ownership(number, numbers[child], numbers[parent], first, last, "unconfirmed" not in rest)


def _organization(text: str, numbers: Numbers) -> Organization:
    name, *rest = text.split()
    facts = dict(word.split("=") for word in rest)
    return Organization(numbers[name], country=facts.get("country"), size=facts.get("size"))


def _record(text: str, numbers: Numbers) -> Record:
    owner, name, *rest = re.split(r"[: ]", text)
    facts = dict(word.split("=") for word in rest)
    return Record(numbers[owner], numbers[name], country=facts.get("country"), size=facts.get("size"))
