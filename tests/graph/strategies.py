"""Random small worlds: cycles, hubs, parallel links, changing states, ownership, scopes and amendments."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import strategies as st

from graph.facts import (
    Change,
    DayAdvanced,
    Link,
    Organization,
    Ownership,
    Period,
    Record,
    Requirement,
    SupplierScope,
)
from graph.terms import Beyond, Disclosure, FlowDown, LinkState, ScopeApplies

START = date(2026, 1, 25)
"""Near a month's end, so that grace has something to clip."""
WINDOW = 14
NUMBERS = st.integers(1, 7)
DAYS = st.integers(0, WINDOW).map(lambda n: START + timedelta(days=n))
CODES = st.sampled_from([None, "8", "85", "8504", "850440", "8517", "39"])
COUNTRIES = st.sampled_from([None, "CN", "DE"])
PREFIXES = st.lists(st.sampled_from(["85", "8504", "39"]), max_size=2, unique=True).map(tuple)


@st.composite
def periods(draw: st.DrawFn, states: st.SearchStrategy[LinkState]) -> tuple[Period, ...]:
    """One to three periods with or without days between them, open at either end or not."""
    day = START - timedelta(days=draw(st.integers(0, 4)))
    found: list[Period] = []
    for _ in range(draw(st.sampled_from([1, 1, 1, 2, 3]))):
        first = day + timedelta(days=draw(st.sampled_from([0, 0, 1, 3])))
        last = first + timedelta(days=draw(st.integers(0, WINDOW)))
        found.append(Period(first, last, draw(states)))
        day = last + timedelta(days=1)
    if draw(st.booleans()):
        found[0] = Period(None, found[0].valid_to, found[0].state)
    if draw(st.integers(0, 3)):
        found[-1] = Period(found[-1].valid_from, None, found[-1].state)
    return tuple(found)


_STATES = st.sampled_from([LinkState.CONFIRMED] * 5 + [LinkState.CLAIMED] * 3 + list(LinkState)[:5])
_HEARSAY = st.sampled_from([LinkState.PRIVATE] * 4 + [LinkState.ENDED])


@st.composite
def links(draw: st.DrawFn, number: int) -> Link:
    owner = draw(st.sampled_from([None] * 5 + [1, 2]))
    buyer = draw(NUMBERS)
    return Link(
        number=number,
        buyer=buyer,
        supplier=draw(NUMBERS.filter(lambda n: n != buyer)),
        periods=draw(periods(_STATES if owner is None else _HEARSAY)),
        category=draw(CODES),
        flow_down=draw(st.sampled_from([FlowDown.UNDECLARED, FlowDown.YES, FlowDown.UNDECLARED, FlowDown.NO])),
        disclosure=draw(st.sampled_from([*Disclosure, Disclosure.IDENTITY])),
        owner=owner,
        id=f"lnk_{number}",
    )


@st.composite
def ownerships(draw: st.DrawFn, number: int) -> Ownership:
    first, last = sorted((draw(DAYS), draw(DAYS)))
    return Ownership(
        number,
        child=draw(NUMBERS),
        parent=draw(st.sampled_from([1, 2, 3])),
        valid_from=draw(st.sampled_from([None, first])),
        valid_to=draw(st.sampled_from([None, last])),
        confirmed=draw(st.integers(0, 3)) > 0,
    )


@st.composite
def requirements(draw: st.DrawFn, number: int) -> Requirement:
    published, effective = sorted((draw(DAYS), draw(DAYS)))
    return Requirement(
        number=number,
        issuer=draw(st.sampled_from([1, 2])),
        framework=draw(st.sampled_from(["eseec@1", "eseec@2", "cp@1"])),
        pillars=("ohs",),
        schedule=tuple(sorted(draw(st.lists(st.integers(1, 4), min_size=1, max_size=4)), reverse=True)),
        effective_from=effective,
        published_on=published,
        beyond=draw(st.sampled_from(Beyond)),
        grace=tuple(draw(st.lists(st.integers(0, 18), max_size=3))),
        link_scope=draw(PREFIXES),
        scope_applies=draw(st.sampled_from(ScopeApplies)),
        supplier_scope=SupplierScope(countries=draw(st.sampled_from([frozenset(), frozenset({"CN"})]))),
        effective_to=draw(st.sampled_from([None, None, effective + timedelta(days=5)])),
    )


@st.composite
def amended(draw: st.DrawFn, number: int, before: Requirement) -> tuple[Requirement, Requirement]:
    """The predecessor, ended, and a successor that changes its schedule, grace or scope."""
    effective = draw(DAYS.filter(lambda day: day > START))
    successor = replace(
        draw(requirements(number)),
        issuer=before.issuer,
        framework="eseec@2",
        predecessor=before.number,
        effective_from=effective,
        published_on=START,
        effective_to=None,
    )
    return replace(before, effective_to=effective - timedelta(days=1)), successor


@st.composite
def worlds(draw: st.DrawFn, most_links: int = 14) -> list[Change]:
    """Facts in the order of a log, the day last."""
    count = draw(st.integers(1, most_links))
    changes: list[Change] = [draw(links(number)) for number in range(1, count + 1)]
    changes += [draw(ownerships(number)) for number in range(1, draw(st.integers(0, 3)) + 1)]
    changes += [Organization(number, country=draw(COUNTRIES)) for number in range(1, 8)]
    changes += [Record(1, number, country="CN") for number in draw(st.sets(NUMBERS, max_size=3))]
    first = draw(requirements(1))
    changes += [first, draw(requirements(2))]
    if draw(st.booleans()):
        changes += draw(amended(3, first))
    return [*changes, DayAdvanced(draw(DAYS))]


@st.composite
def edits(draw: st.DrawFn) -> list[Change]:
    """Later facts: links replaced, added or moved, ownership, attributes, requirements, days."""
    some = st.one_of(
        st.integers(1, 18).flatmap(links),
        st.integers(1, 18).flatmap(links),
        st.integers(1, 4).flatmap(ownerships),
        st.integers(1, 3).flatmap(requirements),
        st.builds(Organization, NUMBERS, country=COUNTRIES),
        st.builds(Record, st.just(1), NUMBERS, country=COUNTRIES),
        st.builds(DayAdvanced, DAYS),
    )
    return draw(st.lists(some, min_size=1, max_size=4))
