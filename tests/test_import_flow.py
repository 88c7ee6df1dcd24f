"""Dry runs that are confirmed, lists that replace, and the file of what was refused."""

import io
from datetime import date, timedelta
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from supplychain.audit import AuditEntry
from supplychain.network.imports import replacing, store
from supplychain.network.imports.rows import Manner, Mode
from supplychain.network.models import ImportChunk, ImportEnd, ImportResult, ImportRun, SupplyLink
from supplychain.outbox import OutboxEvent
from supplychain.worker import Worker
from tests.lists import LEI, codes, count, footprint, images, import_file, rows_of, send, statuses, suppliers
from tests.world import START, Answer, Member, World

YEAR_BEFORE = date(START.year - 1, 1, 1)
TODAY = START.isoformat()


@pytest.fixture
def brand(world: World) -> Member:
    return world.join("Brand", "brand")


def post(member: Member, query: str, text: str | None = None, **headers: str) -> Answer:
    sent: dict[str, Any] = {"data": (text or "").encode(), "headers": {"Content-Type": "text/csv", **headers}}
    return member.post(f"/v1/imports?{query}", **({} if text is None else sent))


def foresee(member: Member, text: str, query: str = "kind=links") -> dict[str, Any]:
    response = post(member, f"{query}&dry_run=true", text)
    assert response.status_code == 200, response.json
    report: dict[str, Any] = response.json
    return report


def confirm(member: Member, preview: str) -> Answer:
    return post(member, f"confirm={preview}")


def replace(member: Member, text: str, day: str = TODAY, more: str = "") -> Answer:
    return post(member, f"kind=links&mode=replace&valid_on={day}{more}", text)


def problem(response: Answer) -> tuple[int, str]:
    return response.status_code, response.json["code"]


def links_of(member: Member) -> dict[tuple[str, str | None], list[tuple[str | None, str | None, str]]]:
    """Days and states by supplier's name and code."""
    return {
        (link["supplier"]["name"], link["category"]): [
            (one["valid_from"], one["valid_to"], one["state"]) for one in link["periods"]
        ]
        for link in member.get("/v1/links?limit=200").json["items"]
    }


def names(count: int) -> list[str]:
    return [f"V{n:02}" for n in range(count)]


def supplied(member: Member, *codes: str, category: str = "") -> str:
    """A list of suppliers, which are entered."""
    send(member, "organizations", suppliers(*codes))
    return "supplier,category\n" + "".join(f"{code},{category}\n" for code in codes)


# Confirming what was foreseen ---------------------------------------------------------------


def test_what_was_foreseen_is_imported_by_confirming_it_without_the_list(world: World, brand: Member) -> None:
    text = supplied(brand, "V1", "V2") + "V9,\nV1,\n"
    seen = foresee(brand, text)
    before = footprint(world)
    assert statuses(seen) == ["created", "created", "error", "duplicate"]
    done = confirm(brand, seen["id"])
    assert (done.status_code, statuses(done.json)) == (201, statuses(seen))
    assert footprint(world) != before
    assert done.json["dry_run"] is False
    assert [row["id"] is None for row in seen["results"]] == [True, True, True, True]


def test_what_was_foreseen_is_not_imported_when_it_would_be_otherwise_and_what_is_told(
    world: World, brand: Member
) -> None:
    mill = world.join("Mill", "supplier")
    text = f"supplier\n{mill.id}\n"
    seen = foresee(brand, text)
    mill.post("/v1/links", {"buyer": brand.id, "supplier": mill.id})
    before = (footprint(world), images(world))
    refused = confirm(brand, seen["id"])
    assert problem(refused) == (409, "foreseen-otherwise")
    (fault,) = refused.json["errors"]
    assert fault["pointer"] == "/rows/1"
    assert "created" in fault["detail"]
    assert "confirmed" in fault["detail"]
    assert (footprint(world), images(world)) == before
    again = foresee(brand, text)
    assert again["results"][0]["state"] == {"before": "offered", "after": "confirmed"}
    assert confirm(brand, again["id"]).status_code == 201


def test_what_is_confirmed_a_second_time_is_no_longer_as_foreseen(brand: Member) -> None:
    seen = foresee(brand, supplied(brand, "V1"))
    assert confirm(brand, seen["id"]).status_code == 201
    assert problem(confirm(brand, seen["id"])) == (409, "foreseen-otherwise")


def test_only_ones_own_finished_recent_dry_run_of_this_list_can_be_confirmed(world: World, brand: Member) -> None:
    text = supplied(brand, "V1")
    stranger = world.join("Stranger", "brand")
    seen = foresee(brand, text)
    assert problem(confirm(stranger, seen["id"])) == (404, "not-found")
    assert problem(post(brand, f"kind=links&confirm={seen['id']}", "supplier\nV2\n")) == (422, "preview-of-another")
    done = post(brand, f"kind=links&confirm={seen['id']}", text)
    assert done.status_code == 201
    assert problem(confirm(brand, done.json["id"])) == (409, "preview-is-none")
    old = foresee(brand, text)
    world.clock.advance(8)
    assert problem(confirm(brand, old["id"])) == (409, "preview-too-old")
    foresee(brand, text)
    kept = world.do(lambda work: set(work.session.scalars(select(ImportChunk.run))))
    assert len(kept) == 1


def test_dry_runs_and_imports_are_listed_together_or_apart(brand: Member) -> None:
    text = supplied(brand, "V1")
    seen = foresee(brand, text)
    done = confirm(brand, seen["id"]).json

    def listed(query: str) -> list[str]:
        return [one["id"] for one in brand.get(f"/v1/imports?kind=links{query}").json["items"]]

    assert listed("") == [seen["id"], done["id"]]
    assert listed("&dry_run=true") == [seen["id"]]
    assert listed("&dry_run=false") == [done["id"]]


# Lists that replace -------------------------------------------------------------------------


def test_the_list_of_the_next_year_ends_what_it_is_without(world: World, brand: Member) -> None:
    codes_ = names(20)
    assert replace(brand, supplied(brand, *codes_), YEAR_BEFORE.isoformat()).status_code == 201
    day = START - timedelta(days=100)
    dropped = "supplier\n" + "".join(f"{code}\n" for code in codes_[1:])
    done = replace(brand, dropped, day.isoformat())
    assert done.json["counts"] == {
        "rows": 19, "created": 0, "updated": 0, "matched": 19, "duplicate": 0, "error": 0, "ended": 1,
    }  # fmt: skip
    begun = YEAR_BEFORE.isoformat()
    held = links_of(brand)
    assert held["Supplier V00", None] == [
        (begun, (day - timedelta(days=1)).isoformat(), "claimed"),
        (day.isoformat(), None, "ended"),
    ]
    assert held["Supplier V01", None] == [(begun, None, "claimed")]
    (ended,) = brand.get(f"/v1/imports/{done.json['id']}/ends").json["items"]
    assert ended["supplier"]["name"] == "Supplier V00"
    (entry,) = [one for one in rows_of(world, AuditEntry) if one.action == "link.ended"]
    assert (entry.subject, entry.organization) == (ended["id"], brand.number)
    assert entry.data == {"by": "buyer", "from_day": day.isoformat(), "source": done.json["id"]}
    assert [one.subject for one in rows_of(world, OutboxEvent) if one.type == "link.ended"] == [ended["id"]]
    before = (footprint(world), images(world))
    again = replace(brand, dropped, day.isoformat())
    assert (again.json["counts"]["ended"], again.json["counts"]["matched"]) == (0, 19)
    assert (footprint(world), images(world)) == before


def test_more_than_a_tenth_ends_only_when_it_was_looked_at_first(world: World, brand: Member) -> None:
    send(brand, "links", supplied(brand, *names(20)))
    kept = "supplier\n" + "".join(f"{code}\n" for code in names(17))
    before = (footprint(world), images(world))
    refused = replace(brand, kept)
    assert problem(refused) == (409, "replace-unconfirmed")
    assert "3 of 20" in refused.json["detail"]
    seen = foresee(brand, kept, f"kind=links&mode=replace&valid_on={TODAY}")
    assert (seen["counts"]["ended"], seen["mode"], seen["valid_on"]) == (3, "replace", TODAY)
    ends = brand.get(f"/v1/imports/{seen['id']}/ends").json["items"]
    assert [one["supplier"]["name"] for one in ends] == ["Supplier V17", "Supplier V18", "Supplier V19"]
    assert (footprint(world), images(world)) == before
    done = confirm(brand, seen["id"])
    assert done.json["counts"]["ended"] == 3
    assert {name[0] for name, days in links_of(brand).items() if days[-1][2] == "ended"} == {
        "Supplier V17", "Supplier V18", "Supplier V19",
    }  # fmt: skip


def test_a_link_that_came_or_went_since_the_dry_run_is_told_and_nothing_ends(world: World, brand: Member) -> None:
    done = send(brand, "links", supplied(brand, *names(4)))
    text = "supplier\nV00\nV01\n"
    seen = foresee(brand, text, f"kind=links&mode=replace&valid_on={TODAY}")
    assert brand.post(f"/v1/links/{done['results'][3]['id']}/end", {}).status_code == 200
    before = images(world)
    refused = confirm(brand, seen["id"])
    assert problem(refused) == (409, "foreseen-otherwise")
    assert [fault["pointer"] for fault in refused.json["errors"]] == [f"/ends/{done['results'][3]['id']}"]
    assert images(world) == before


def test_links_of_others_of_other_codes_and_on_other_days_are_not_what_a_list_is_about(
    world: World, brand: Member
) -> None:
    other, mill = world.join("Other", "brand"), world.join("Mill", "supplier")
    send(other, "links", f"supplier\n{mill.id}\n")
    send(brand, "links", supplied(brand, *names(12)))
    send(brand, "links", supplied(brand, "X1", category="8504"))
    over, coming = (START - timedelta(days=1)).isoformat(), (START + timedelta(days=1)).isoformat()
    send(brand, "organizations", suppliers("P1", "P2", "D1", "D2"))
    send(brand, "links", f"supplier,valid_from,valid_to\nD1,2020-01-01,{over}\nD2,{coming},\n")
    send(brand, "links", "buyer,supplier,private\nP1,P2,yes\n")
    mill.post("/v1/links", {"buyer": brand.id, "supplier": mill.id})
    text = "supplier\n" + "".join(f"{code}\n" for code in names(11))
    done = replace(brand, text)
    assert done.status_code == 201, done.json
    ended = brand.get(f"/v1/imports/{done.json['id']}/ends").json["items"]
    assert [one["supplier"]["name"] for one in ended] == ["Supplier V11"]
    assert other.get("/v1/links").json["items"][0]["state"] == "claimed"
    wider = foresee(brand, text, f"kind=links&mode=replace&valid_on={TODAY}&scope=all")
    ended = brand.get(f"/v1/imports/{wider['id']}/ends").json["items"]
    assert [one["supplier"]["name"] for one in ended] == ["Supplier X1"]
    narrow = foresee(brand, text, f"kind=links&mode=replace&valid_on={TODAY}&scope=85")
    assert narrow["counts"]["ended"] == 1


def test_what_is_disputed_or_ended_stays_so_under_a_list_that_replaces(world: World, brand: Member) -> None:
    mill, other = world.join("Mill", "supplier"), world.join("Other", "supplier")
    ended, disputed = (row["id"] for row in send(brand, "links", f"supplier\n{mill.id}\n{other.id}\n")["results"])
    mill.post(f"/v1/links/{ended}/end", {})
    other.post(f"/v1/links/{disputed}/dispute", {"reason": "not_a_customer"})
    done = replace(brand, f"supplier\n{mill.id}\n")
    assert [one["state"] for one in done.json["results"]] == [{"before": "ended", "after": "ended"}]
    assert done.json["counts"]["ended"] == 0
    assert [brand.get(f"/v1/links/{one}").json["state"] for one in (ended, disputed)] == ["ended", "disputed"]


def test_a_row_that_is_refused_ends_nothing_and_asks_for_a_look(world: World, brand: Member) -> None:
    send(brand, "links", supplied(brand, *names(12)))
    text = "supplier,share\n" + "".join(f"{code},{'2' if code == 'V00' else ''}\n" for code in names(12))
    done = replace(brand, text)
    assert (done.status_code, done.json["counts"]["ended"], done.json["counts"]["error"]) == (201, 0, 1)
    misspelt = "supplier\n" + "".join(f"{'V0X' if code == 'V00' else code}\n" for code in names(12))
    assert problem(replace(brand, misspelt)) == (409, "replace-unconfirmed")


def test_a_suppliers_list_of_customers_replaces_what_it_offered(world: World, brand: Member) -> None:
    mill = world.join("Mill", "supplier")
    others = [world.join(f"Customer {n}", "brand") for n in range(10)]
    send(mill, "links", "buyer\n" + "".join(f"{one.id}\n" for one in [brand, *others]))
    done = replace(mill, "buyer\n" + "".join(f"{one.id}\n" for one in others))
    assert done.json["counts"]["ended"] == 1
    (entry,) = [one for one in rows_of(world, AuditEntry) if one.action == "link.ended"]
    assert (entry.data["by"], entry.organization) == ("supplier", mill.number)


def test_whose_whole_list_it_is_must_be_plain(world: World, brand: Member) -> None:
    mill = world.join("Mill", "supplier")
    both = f"buyer,supplier\n,{mill.id}\n{mill.id},\n"
    assert problem(replace(brand, both)) == (422, "replace-two-sides")
    faults = {
        "kind=links&mode=replace": "query:valid_on",
        "kind=links&mode=replace&valid_on=2030-01-01": "query:valid_on",
        "kind=links&mode=replace&valid_on=2026-01-01&scope=cars": "query:scope",
        "kind=links&valid_on=2026-01-01": "query:valid_on",
        "kind=links&scope=all": "query:scope",
        "kind=organizations&mode=replace&valid_on=2026-01-01": "query:mode",
        "mode=replace": "query:kind",
    }
    for query, pointer in faults.items():
        refused = post(brand, query, "supplier\nV1\n")
        assert (refused.status_code, [one["pointer"] for one in refused.json["errors"]]) == (422, [pointer])


# Long lists ---------------------------------------------------------------------------------


def work_off(world: World) -> None:
    Worker(world.runtime).run(once=True)


def long_list(codes_: list[str]) -> str:
    return "supplier\n" + "".join(f"{code}\n" for code in codes_)


LONG = [f"L{n:04}" for n in range(2_600)]


@pytest.fixture
def supplied_long(world: World, brand: Member) -> list[str]:
    """Links to many suppliers."""
    for text, kind in ((suppliers(*LONG), "organizations"), (long_list(LONG), "links")):
        import_file(world.runtime, brand.number, io.BytesIO(text.encode()), kind)
    return LONG


def dying_after(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, times: int) -> None:
    """A process that is killed when something begins for the n-th time more."""
    original = getattr(module, name)
    calls: list[None] = []

    def dying(*args: Any, **options: Any) -> Any:
        calls.append(None)
        if len(calls) > times:
            raise KeyboardInterrupt
        return original(*args, **options)

    monkeypatch.setattr(module, name, dying)


def test_the_ends_of_a_long_list_go_on_where_they_were_interrupted_and_happen_once(
    world: World, brand: Member, supplied_long: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = long_list(supplied_long[:1_050])
    seen = import_file(
        world.runtime, brand.number, io.BytesIO(kept.encode()), "links",
        manner=Manner(Mode.REPLACE, START), dry_run=True,
    )  # fmt: skip
    assert seen.ended == 1_550
    sent = confirm(brand, seen.id)
    assert sent.status_code == 202
    with monkeypatch.context() as patched:
        dying_after(patched, replacing, "end", 1)
        with pytest.raises(KeyboardInterrupt):
            work_off(world)
    half = brand.get(f"/v1/imports/{sent.json['id']}").json["counts"]
    assert (half["matched"], half["ended"]) == (1_050, 1_000)
    world.clock.now += timedelta(minutes=5)
    work_off(world)
    done = brand.get(f"/v1/imports/{sent.json['id']}").json
    assert (done["state"], done["counts"]["ended"], done["refusal"]) == ("done", 1_550, None)
    entries = [one.subject for one in rows_of(world, AuditEntry) if one.action == "link.ended"]
    assert len(entries) == len(set(entries)) == 1_550
    ended = world.do(lambda work: [row for row in work.session.scalars(select(SupplyLink)) if len(row.periods) == 2])
    assert {row.id for row in ended} == set(entries)
    job = brand.get(f"/v1/jobs/{sent.json['job']}").json
    assert job["result"]["ended"] == 1_550


def test_a_long_list_that_may_not_be_done_says_why_and_writes_nothing(
    world: World, brand: Member, supplied_long: list[str]
) -> None:
    before = (footprint(world), images(world))
    sent = replace(brand, long_list(supplied_long[:1_100]))
    assert sent.status_code == 202
    work_off(world)
    refused = brand.get(f"/v1/imports/{sent.json['id']}").json
    assert (refused["state"], refused["refusal"]["code"]) == ("refused", "replace-unconfirmed")
    assert refused["counts"]["matched"] == refused["counts"]["ended"] == 0
    assert brand.get(f"/v1/jobs/{sent.json['job']}").json["result"]["refused"] == "replace-unconfirmed"
    assert (footprint(world), images(world)) == before
    assert count(world, ImportResult) == 0 or not refused["counts"]["created"]


def test_a_dry_run_of_a_long_list_is_a_job_that_begins_anew_when_it_was_interrupted(
    world: World, brand: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes_ = [f"N{n:04}" for n in range(5_200)]
    sent = post(brand, "kind=organizations&dry_run=true", suppliers(*codes_))
    assert (sent.status_code, sent.json["state"]) == (202, "waiting")
    before = footprint(world)
    with monkeypatch.context() as patched:
        dying_after(patched, store, "note", 2)
        with pytest.raises(KeyboardInterrupt):
            work_off(world)
    assert brand.get(f"/v1/imports/{sent.json['id']}").json["counts"]["created"] == 2_000
    assert problem(confirm(brand, sent.json["id"])) == (409, "preview-not-done")
    world.clock.now += timedelta(minutes=5)
    work_off(world)
    seen = brand.get(f"/v1/imports/{sent.json['id']}").json
    assert (seen["state"], seen["dry_run"], seen["counts"]["created"]) == ("done", True, 5_200)
    assert footprint(world) == before


def test_what_became_otherwise_stops_a_long_import_before_it_writes_it(
    world: World, brand: Member, supplied_long: list[str]
) -> None:
    text = "supplier,share\n" + "".join(f"{code},0.1\n" for code in supplied_long[:1_500])
    seen = foresee(brand, text)
    assert seen["counts"]["updated"] == 1_500
    send(brand, "links", f"supplier,share\n{supplied_long[1_200]},0.1\n")
    sent = confirm(brand, seen["id"])
    work_off(world)
    refused = brand.get(f"/v1/imports/{sent.json['id']}").json
    assert (refused["state"], refused["refusal"]["code"]) == ("refused", "foreseen-otherwise")
    assert [one["pointer"] for one in refused["refusal"]["errors"]] == ["/rows/1201"]
    assert refused["counts"]["updated"] == 0


# The file of what was refused ---------------------------------------------------------------


def workbook(member: Member, import_id: str, language: str = "en") -> list[list[Any]]:
    got = member.get(f"/v1/imports/{import_id}/errors.xlsx", headers={"Accept-Language": language})
    assert got.status_code == 200
    assert got.headers["Content-Disposition"] == f"attachment; filename={import_id}-errors.xlsx"
    book = CalamineWorkbook.from_filelike(io.BytesIO(got.get_data()))
    return list(book.get_sheet_by_index(0).to_python())


def test_what_was_refused_comes_back_as_a_workbook_and_imports_once_corrected(world: World, brand: Member) -> None:
    text = f"code,name,country,lei\nV1,One,CN,\n007,=2+3,Nowhere,123\nV3,深圳,,{LEI}\nV4,+49,XX,\n"
    sent = send(brand, "organizations", text)
    assert [row for row, _, _ in codes(sent)] == [2, 2, 4]
    head, *rows = workbook(brand, sent["id"])
    assert head == ["code", "name", "country", "lei", "reasons"]
    assert [row[:4] for row in rows] == [["007", "=2+3", "Nowhere", "123"], ["V4", "+49", "XX", ""]]
    assert rows[0][4].startswith("Row 2: country: unknown-country: ")
    assert "lei: identifier-length: " in rows[0][4]
    rows[0][2:4], rows[1][2] = ["CN", ""], "DE"
    corrected = "\n".join(",".join(map(str, row[:4])) for row in [head, *rows])
    assert statuses(send(brand, "organizations", corrected)) == ["created", "created"]
    assert workbook(brand, sent["id"], "zh")[0][4] == "原因"


def test_the_workbook_itself_imports_once_its_cells_are_corrected(brand: Member) -> None:
    sent = send(brand, "organizations", "code,name,country\n007,Seven,Nowhere\n")
    got = brand.get(f"/v1/imports/{sent['id']}/errors.xlsx").get_data()
    again = brand.post(
        "/v1/imports?kind=organizations", data={"file": (io.BytesIO(got), "errors.xlsx")},
        content_type="multipart/form-data",
    )  # fmt: skip
    assert codes(again.json) == [(1, "country", "unknown-country")]


def test_the_workbook_of_a_dry_run_marks_cells_and_is_its_owners_alone(world: World, brand: Member) -> None:
    stranger = world.join("Stranger", "brand")
    seen = foresee(brand, "supplier,share\nV9,2\n")
    assert workbook(brand, seen["id"])[1][:2] == ["V9", 2.0] or workbook(brand, seen["id"])[1][:2] == ["V9", "2"]
    data = brand.get(f"/v1/imports/{seen['id']}/errors.xlsx").get_data()
    assert b"xl/comments1.xml" in data
    for path in ("errors.xlsx", "ends", "rows"):
        assert stranger.get(f"/v1/imports/{seen['id']}/{path}").status_code == 404


def test_nothing_is_left_behind_by_an_import_but_its_report(world: World, brand: Member) -> None:
    send(brand, "links", supplied(brand, "V1"))
    assert count(world, ImportChunk) == count(world, ImportEnd) == 0
    assert count(world, ImportRun) == 2
