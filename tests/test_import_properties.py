"""Properties of imports: twice is once, foreseen is done, a list of links is as good as claims one by one."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import orjson
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from graph.network import state_on
from graph.terms import LinkState
from schemas.importing import STATUSES
from supplychain.network.imports.link_plan import Entry, Held, Key, plan
from supplychain.network.imports.rows import LinkRow, Status
from supplychain.network.link_rules import Side
from tests.lists import LEI, OTHER_LEI, USCC, anew, footprint, images, new_lei, send, statuses
from tests.world import Member, World

FEW = settings(
    max_examples=10,
    deadline=None,
    phases=(
        Phase.explicit,
        Phase.reuse,
        Phase.generate,
    ),  # every example is a world of its own: shrinking takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


CODES = st.sampled_from(["A", "B", "C", ""])
ORGANIZATION = st.fixed_dictionaries(
    {
        "code": CODES,
        "name": st.sampled_from(["Alpha", "ALPHA", "Beta", ""]),
        "country": st.sampled_from(["CN", "DE", "", "XX"]),
        "lei": st.sampled_from(["", "", LEI, OTHER_LEI, "bad"]),
        "uscc": st.sampled_from(["", "", USCC]),
        "parent_code": CODES,
    }
)
DAYS = st.sampled_from(["", "2023-01-01", "2023-12-31", "2024-01-01", "2024-12-31", "2025-06-30", "2026-01-01", "x"])
LINK = st.fixed_dictionaries(
    {
        "buyer": st.sampled_from(["", "", "A"]),
        "supplier": st.sampled_from(["A", "B", "", LEI]),
        "category": st.sampled_from(["", "85", "8504", "8"]),
        "share": st.sampled_from(["", "0.1", "0.2", "7"]),
        "valid_from": DAYS,
        "valid_to": DAYS,
        "flow_down": st.sampled_from(["", "", "yes", "no"]),
        "disclosure": st.sampled_from(["", "", "none", "identity"]),
        "private": st.sampled_from(["", "", "yes"]),
    }
)


def as_csv(rows: Sequence[dict[str, str]]) -> str:
    columns = sorted(rows[0])
    return "".join(f"{','.join(line)}\n" for line in (columns, *([row[name] for name in columns] for row in rows)))


def check_twice_is_once(world: World, member: Member, kind: str, text: str) -> None:
    foreseen = send(member, kind, text, dry_run=True, status=200)
    first = send(member, kind, text)
    counts = first["counts"]
    assert counts["rows"] == sum(counts[status] for status in STATUSES)
    assert [result["row"] for result in first["results"]] == list(range(1, counts["rows"] + 1))
    assert statuses(first) == statuses(foreseen)
    before, written = footprint(world), images(world)
    again = send(member, kind, text)
    stay = {"error", "duplicate"}
    assert statuses(again) == [one if one in stay else "matched" for one in statuses(first)]
    assert [result["of"] for result in again["results"]] == [result["of"] for result in first["results"]]
    assert [result["id"] for result in again["results"]] == [result["id"] for result in first["results"]]
    assert (footprint(world), images(world)) == (before, written)


# On values: many and cheap ---------------------------------------------------------------------


START = date(2024, 1, 1)
TODAY = START + timedelta(days=4)
A_DAY = st.none() | st.integers(0, 9).map(lambda days: START + timedelta(days=days))
FLOWS = (None, None, "yes", "no")
ROW = st.tuples(
    A_DAY, A_DAY, st.sampled_from(["", "85"]), st.sampled_from([None, 0.1, 0.2]), st.sampled_from(list(FLOWS))
)


def entries_of(rows: Iterable[Any], side: Side) -> list[Entry]:
    kept = [row for row in rows if row[0] is None or row[1] is None or row[0] <= row[1]]
    return [
        Entry(
            LinkRow(at, valid_from=row[0], valid_to=row[1], category=row[2], share=row[3], flow_down=row[4]), key, side
        )
        for at, row in enumerate(kept, start=1)
        for key in [(1, 2, row[2], 0)]
    ]


def recorded(known: Mapping[Key, list[Held]], made: Any) -> dict[Key, list[Held]]:
    """What the next list finds."""
    after = {key: list(held) for key, held in known.items()}
    number = sum(map(len, after.values()))
    for held in made.created:
        number += 1
        held.number = number
        after.setdefault(held.key, []).append(held)
    for links in after.values():
        links.sort(key=lambda held: held.number)
        for held in links:
            held.before, held.joined = held.image(), None
    return after


@given(lists=st.lists(st.tuples(st.lists(ROW, max_size=6), st.sampled_from([Side.BUYER, Side.SUPPLIER])), max_size=4))
def test_planning_a_list_again_plans_nothing(lists: list[Any]) -> None:
    known: dict[Key, list[Held]] = {}
    for rows, side in lists:
        entries = entries_of(rows, side)
        first = plan(entries, known, TODAY)
        known = recorded(known, first)
        again = plan(entries, known, TODAY)
        assert not again.created
        assert not again.updated
        assert {result.status for result in again.results} <= {Status.MATCHED, Status.DUPLICATE}
        assert [result.row for result in first.results] == [entry.row.row for entry in entries]


@given(rows=st.lists(ROW, max_size=8), other=st.lists(ROW, max_size=4))
def test_every_day_is_held_once_and_by_links_that_do_not_touch(rows: list[Any], other: list[Any]) -> None:
    known = recorded({}, plan(entries_of(other, Side.SUPPLIER), {}, TODAY))
    offered = {
        (held.key, day) for key in known for held in known[key] for day in DAYS_TRIED if state_on(held.periods, day)
    }
    entries = entries_of(rows, Side.BUYER)
    made = plan(entries, known, TODAY)
    links = [held for held in (*made.created, *(held for key in known for held in known[key])) if held.periods]
    for day in DAYS_TRIED:
        for key in {held.key for held in links}:
            states = [state for held in links if held.key == key and (state := state_on(held.periods, day))]
            claimed = any(entry.key == key and _says(entry, day) for entry in entries)
            assert states == _expected(claimed=claimed, offered=(key, day) in offered)
    for one in links:
        for two in links:
            if one is not two and one.key == two.key:
                assert not _touch(one, two)


DAYS_TRIED = [START + timedelta(days=days) for days in range(-2, 13)]


def _says(entry: Entry, day: date) -> bool:
    return (entry.row.valid_from or date.min) <= day <= (entry.row.valid_to or date.max)


def _expected(*, claimed: bool, offered: bool) -> list[LinkState]:
    if claimed and offered:
        return [LinkState.CONFIRMED]
    return [LinkState.CLAIMED] * claimed + [LinkState.OFFERED] * offered


def _touch(one: Held, two: Held) -> bool:
    return any(
        state_on(one.periods, day) and (state_on(two.periods, day) or state_on(two.periods, day + timedelta(days=1)))
        for day in DAYS_TRIED
    )


def _says_something(row: dict[str, str]) -> bool:
    return any(row.values())


# Through the whole application: few ------------------------------------------------------------


@FEW
@given(
    lists=st.lists(
        st.tuples(st.integers(0, 1), st.lists(ORGANIZATION.filter(_says_something), min_size=1, max_size=7)),
        min_size=1,
        max_size=3,
    )
)
def test_importing_organizations_twice_is_importing_them_once(world: World, lists: list[Any]) -> None:
    senders = [world.join(f"Brand {uuid4()}", "brand") for _ in range(2)]
    identifiers: dict[str, str] = {}
    for sender, rows in lists:
        check_twice_is_once(world, senders[sender], "organizations", as_csv(anew(rows, identifiers)))


@FEW
@given(lists=st.lists(st.lists(LINK, min_size=1, max_size=7), min_size=1, max_size=2))
def test_importing_links_twice_is_importing_them_once(world: World, lists: list[list[dict[str, str]]]) -> None:
    member = world.join(f"Brand {uuid4()}", "brand")
    identifiers = {LEI: new_lei()}
    send(member, "organizations", f"code,name,lei\nA,Alpha,\nB,Beta,{identifiers[LEI]}\n")
    for rows in lists:
        listed = [row for row in anew(rows, identifiers) if any(row.values())]
        if listed:
            check_twice_is_once(world, member, "links", as_csv(listed))


@FEW
@given(rows=st.lists(LINK.filter(lambda row: row["supplier"] and not row["buyer"]), min_size=1, max_size=6))
def test_a_list_of_links_gives_the_days_that_claiming_them_one_by_one_gives(
    world: World, rows: list[dict[str, str]]
) -> None:
    listing, claiming = (world.join(f"Brand {uuid4()}", "brand") for _ in range(2))
    ids = {}
    for member in (listing, claiming):
        sent = send(member, "organizations", "code,name\nA,Alpha\nB,Beta\n")["results"]
        ids[member.id] = {"A": sent[0]["id"], "B": sent[1]["id"]}
    kept = [row for row in rows if row["supplier"] in {"A", "B"}]
    if not kept:
        return
    send(listing, "links", as_csv(kept))
    for row in kept:
        body: dict[str, Any] = {name: row[name] for name in ("category", "valid_from", "valid_to") if row[name]}
        if row["share"]:
            body["share"] = float(row["share"])
        for name in ("flow_down", "disclosure"):
            if row[name]:
                body[name] = row[name]
        if row["private"]:
            body["private"] = True
        claiming.post("/v1/links", {"buyer": claiming.id, "supplier": ids[claiming.id][row["supplier"]], **body})

    def days(member: Member) -> list[Any]:
        names = {public: code for code, public in ids[member.id].items()}
        return sorted(
            (names[link["supplier"]["id"]], str(link["category"]), orjson.dumps(link["periods"]))
            for link in member.get("/v1/links?limit=200").json["items"]
        )

    assert days(listing) == days(claiming)
