"""Properties of imports as a flow: foreseen is done, to replace twice is to replace once, no interruption tells."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.network import Period, state_on
from graph.terms import LinkState
from supplychain.network.imports import doing, listing, running
from supplychain.network.imports.reading import read
from supplychain.network.imports.rows import Kind, Manner, Mode
from supplychain.network.link_rules import SAID_BY_ME, Side, ceased, continued, place
from tests.lists import LEI, anew, footprint, images, new_lei, send, statuses
from tests.test_import_properties import FEW, LINK, ORGANIZATION, as_csv
from tests.world import START, Member, World

FIRST = date(2024, 1, 1)
DAY = st.none() | st.integers(0, 12).map(lambda days: FIRST + timedelta(days=days))
TRIED = [FIRST + timedelta(days=days) for days in range(-2, 16)]
SIDES = st.sampled_from([Side.BUYER, Side.SUPPLIER])


@st.composite
def held(draw: Any) -> tuple[Period, ...]:
    """Days of a link, each in a state of its own, without holes or with them."""
    periods: list[Period] = []
    at = FIRST
    for _ in range(draw(st.integers(1, 3))):
        first = at + timedelta(days=draw(st.sampled_from([0, 0, 2])))
        last = first + timedelta(days=draw(st.integers(0, 3)))
        periods.append(Period(first, last, draw(st.sampled_from(list(LinkState)))))
        at = last + timedelta(days=1)
    if draw(st.booleans()):
        periods[-1] = Period(periods[-1].valid_from, None, periods[-1].state)
    merged = [periods[0]]
    for period in periods[1:]:
        last_day = merged[-1].valid_to
        if last_day and last_day + timedelta(days=1) == period.valid_from and merged[-1].state is period.state:
            merged[-1] = Period(merged[-1].valid_from, period.valid_to, period.state)
        else:
            merged.append(period)
    return tuple(merged)


@given(periods=held(), first=DAY, last=DAY, side=SIDES)
def test_what_is_seen_at_a_glance_is_what_is_worked_out(
    periods: tuple[Period, ...], first: date | None, last: date | None, side: Side
) -> None:
    if first and last and last < first:
        first, last = last, first
    glance = continued(periods, first, last, side)
    if glance is not None:
        placed = place([periods], first, last, side)
        assert (placed.at, placed.periods) == (0, glance)


@given(periods=held(), day=DAY.filter(bool), side=SIDES)
def test_a_list_that_is_without_a_link_ends_what_its_side_said_from_its_day_on_and_no_other_day(
    periods: tuple[Period, ...], day: date, side: Side
) -> None:
    after = ceased(periods, day, side)
    in_force = state_on(periods, day) in SAID_BY_ME[side]
    for tried in TRIED:
        before = state_on(periods, tried)
        ends = in_force and tried >= day and before in SAID_BY_ME[side]
        assert state_on(after, tried) == (LinkState.ENDED if ends else before)
    assert ceased(after, day, side) == after


# Through the whole application --------------------------------------------------------------


def supplied(world: World) -> tuple[Member, dict[str, str]]:
    """A sender with three suppliers, and which identifier one of them has in place of that of the lists."""
    member, lei = world.join(f"Brand {uuid4()}", "brand"), new_lei()
    send(member, "organizations", f"code,name,lei\nA,Alpha,\nB,Beta,{lei}\nC,Gamma,\n")
    return member, {LEI: lei}


def rows_said(rows: Sequence[dict[str, str]]) -> str:
    return as_csv([row for row in rows if any(row.values())] or [dict(rows[0], supplier="A")])


@FEW
@given(lists=st.lists(st.tuples(st.booleans(), st.lists(LINK, min_size=1, max_size=6)), min_size=1, max_size=3))
def test_what_is_foreseen_of_any_list_in_any_state_is_what_its_confirmation_does(
    world: World, lists: list[Any]
) -> None:
    member, identifiers = supplied(world)
    for replaces, listed in lists:
        rows = anew(listed, identifiers)
        text = rows_said([{**row, "private": "", "buyer": ""} for row in rows] if replaces else rows)
        query = f"kind=links&mode=replace&valid_on={START}" if replaces else "kind=links"
        headers = {"Content-Type": "text/csv"}
        foreseen = member.post(f"/v1/imports?{query}&dry_run=true", data=text.encode(), headers=headers).json
        ends = member.get(f"/v1/imports/{foreseen['id']}/ends").json["items"]
        done = member.post(f"/v1/imports?confirm={foreseen['id']}")
        assert done.status_code == 201, done.json
        assert statuses(done.json) == statuses(foreseen)
        assert done.json["counts"] == foreseen["counts"]
        assert [row["state"] for row in done.json["results"]] == [row["state"] for row in foreseen["results"]]
        ended = member.get(f"/v1/imports/{done.json['id']}/ends").json["items"]
        assert [one["id"] for one in ended] == [one["id"] for one in ends]


@FEW
@given(
    before=st.lists(LINK, min_size=1, max_size=6),
    rows=st.lists(LINK.filter(lambda row: row["supplier"] != ""), min_size=1, max_size=6),
)
def test_replacing_twice_is_replacing_once(
    world: World, before: list[dict[str, str]], rows: list[dict[str, str]]
) -> None:
    member, identifiers = supplied(world)
    send(member, "links", rows_said(anew(before, identifiers)))
    text = rows_said([{**row, "private": "", "buyer": ""} for row in anew(rows, identifiers)])

    def replace() -> Any:
        query = f"kind=links&mode=replace&valid_on={START}&dry_run=true"
        seen = member.post(f"/v1/imports?{query}", data=text.encode(), headers={"Content-Type": "text/csv"}).json
        return member.post(f"/v1/imports?confirm={seen['id']}").json

    first = replace()
    written = (footprint(world), images(world))
    again = replace()
    assert again["counts"]["ended"] == 0
    stay = {"error", "duplicate"}
    assert statuses(again) == [one if one in stay else "matched" for one in statuses(first)]
    assert (footprint(world), images(world)) == written


@FEW
@given(
    before=st.lists(ORGANIZATION, min_size=1, max_size=5),
    rows=st.lists(ORGANIZATION, min_size=2, max_size=8),
    links=st.lists(LINK, min_size=2, max_size=8),
    size=st.integers(1, 3),
    data=st.data(),
)
def test_interrupted_anywhere_and_done_again_is_uninterrupted(
    world: World,
    before: list[dict[str, str]],
    rows: list[dict[str, str]],
    links: list[dict[str, str]],
    size: int,
    data: st.DataObject,
) -> None:
    whole, broken = (world.join(f"Brand {uuid4()}", "brand") for _ in range(2))
    lei = {LEI: ""}  # identifiers are everybody's: the two senders must not meet in them
    texts = [
        (Kind.ORGANIZATIONS, as_csv([_anonymous(row) for row in before]), Manner()),
        (Kind.ORGANIZATIONS, as_csv([_anonymous(row) for row in rows]), Manner()),
        (Kind.LINKS, as_csv([_of_two(row, lei) for row in links]), Manner(Mode.REPLACE, START, ())),
    ]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(listing, "CHUNK", size)
        for kind, text, manner in texts:
            sheet = read(text.encode(), kind, "csv")
            uninterrupted = _statuses(_import(world, whole, sheet, manner))
            at = data.draw(st.integers(0, 8), label="killed before step")
            _killed(world, broken, sheet, manner, at)
            _import(world, broken, sheet, manner)
            if manner.mode is Mode.ADD:
                assert len(uninterrupted) == len(sheet.rows)
            assert _what_is(world, broken) == _what_is(world, whole)


def _anonymous(row: dict[str, str]) -> dict[str, str]:
    return {**row, "name": row["name"] or "Gamma", "lei": "", "uscc": ""}


def _of_two(row: dict[str, str], without: Mapping[str, str]) -> dict[str, str]:
    supplier = without.get(row["supplier"], row["supplier"])
    return {**row, "supplier": supplier or "A", "buyer": "", "private": ""}


def _import(world: World, member: Member, sheet: Any, manner: Manner) -> Any:
    seen = running.import_sheet(world.runtime, member.number, sheet, manner=manner, dry_run=True)
    return running.import_sheet(world.runtime, member.number, sheet, confirm=seen.id)


def _killed(world: World, member: Member, sheet: Any, manner: Manner, steps: int) -> None:
    """An import that dies before one of its steps, if it has so many."""
    original = doing.chunk
    done: list[None] = []

    def dying(*args: Any, **options: Any) -> Callable[[Any], Any]:
        write = original(*args, **options)

        def body(work: Any) -> Any:
            if len(done) == steps:
                raise KeyboardInterrupt
            outcome = write(work)
            done.append(None)
            return outcome

        return body

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(doing, "chunk", dying)
        try:
            _import(world, member, sheet, manner)
        except KeyboardInterrupt:
            return


def _statuses(report: Any) -> list[str]:
    return [str(result.status) for result in report.results]


def _what_is(world: World, member: Member) -> Any:
    """All that a member has, without what only tells when it was written."""
    records = member.get("/v1/records?limit=200").json["items"]
    links = member.get("/v1/links?limit=200").json["items"]
    names = {record["organization"]: record["code"] for record in records}
    coded = {public: code if code != public else "" for public, code in names.items()}
    return (
        sorted((coded[one["organization"]], one["name"], one["country"] or "") for one in records),
        sorted(
            (coded[one["supplier"]["id"]], one["category"] or "", str(one["periods"]), str(one["share"]),
             one["flow_down"], one["own_disclosure"])
            for one in links
        ),
    )  # fmt: skip
