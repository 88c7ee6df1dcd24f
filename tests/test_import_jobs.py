"""Long lists: jobs that go on where they were interrupted, chunks, statements, the command line."""

import io
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import select

from supplychain import lease, wiring
from supplychain.errors import Forbidden, Refusal
from supplychain.jobs import Job
from supplychain.lease import LeaseLost
from supplychain.network.imports import job as import_job
from supplychain.network.imports import listing
from supplychain.network.models import ImportChunk, ImportResult, OwnershipRow, SupplierRecord
from supplychain.work import run
from tests.lists import count, counted, footprint, import_file, send, suppliers
from tests.world import Member, World


@pytest.fixture
def brand(world: World) -> Member:
    return world.join("Brand", "brand")


LONG = 2_500


def long_list(count: int = LONG) -> str:
    return "code,name,country,parent_code\n" + "".join(
        f"V{n},Supplier {n},{'CN' if n % 100 else 'XX'},{f'V{count - 2}' if n == 1 else ''}\n" for n in range(count)
    )


def lease_job(world: World, owner: str = "worker") -> Job:
    def body(work: Any) -> Job:
        job: Job = lease.claim(work.session, Job, owner, work.now)[0]
        return job

    return run(world.runtime, body)


def work_off(world: World) -> None:
    """Do all jobs there are."""
    handlers = wiring.job_handlers()
    while True:
        jobs = run(world.runtime, lambda work: lease.claim(work.session, Job, "worker", work.now))
        if not jobs:
            return
        for job in jobs:
            handlers[job.kind](world.runtime, job, "worker")


def test_a_long_list_becomes_a_job_that_says_how_far_it_is(world: World, brand: Member) -> None:
    sent = send(brand, "organizations", long_list(), status=202)
    assert (sent["state"], sent["counts"]["rows"]) == ("waiting", LONG)
    assert brand.get(f"/v1/jobs/{sent['job']}").json["done"] == 0
    work_off(world)
    job = brand.get(f"/v1/jobs/{sent['job']}").json
    assert (job["state"], job["done"], job["total"]) == ("done", LONG, LONG)
    assert job["result"] == {
        "import": sent["id"], "rows": LONG, "created": LONG - 25, "updated": 0, "matched": 0, "duplicates": 0,
        "errors": 25, "ended": 0,
    }  # fmt: skip
    done = brand.get(f"/v1/imports/{sent['id']}").json
    assert (done["state"], done["omitted"]) == ("done", LONG)
    assert done["counts"] == {
        "rows": LONG, "created": LONG - 25, "updated": 0, "matched": 0, "duplicate": 0, "error": 25, "ended": 0,
    }  # fmt: skip
    wrong = brand.get(f"/v1/imports/{sent['id']}/rows?status=error&limit=200").json["items"]
    assert [row["row"] for row in wrong] == list(range(1, LONG, 100))
    assert count(world, ImportChunk) == 0
    assert count(world, OwnershipRow) == 1


def test_a_job_that_dies_goes_on_at_its_chunk(world: World, brand: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    send(brand, "organizations", long_list(), status=202)
    job = lease_job(world)
    written: list[int] = []
    original = listing._Organizations._write

    def dying(self: Any, chunk: Any, work: Any) -> Any:
        if len(written) == 1:
            raise KeyboardInterrupt
        written.append(len(chunk))
        return original(self, chunk, work)

    monkeypatch.setattr(listing._Organizations, "_write", dying)
    with pytest.raises(KeyboardInterrupt):
        import_job.handle(world.runtime, job, "worker")
    assert count(world, ImportResult) == 1000
    monkeypatch.setattr(listing._Organizations, "_write", original)
    world.clock.now += lease.LEASE * 2
    work_off(world)
    assert count(world, ImportResult) == LONG
    assert count(world, SupplierRecord) == LONG - 25
    assert count(world, OwnershipRow) == 1
    statuses_ = Counter(row.status for row in world.do(lambda work: list(work.session.scalars(select(ImportResult)))))
    assert statuses_ == {"created": LONG - 25, "error": 25}


def test_a_job_whose_lease_was_lost_writes_nothing_more(world: World, brand: Member) -> None:
    send(brand, "organizations", long_list(1001), status=202)
    job = lease_job(world, "first")
    world.clock.now += lease.LEASE * 2
    lease_job(world, "second")
    with pytest.raises(LeaseLost):
        import_job.handle(world.runtime, job, "first")
    assert count(world, SupplierRecord) == 0


def test_a_chunk_is_one_revision(world: World, brand: Member) -> None:
    send(brand, "organizations", suppliers(*(f"V{n}" for n in range(30))))
    before = footprint(world)[0]
    send(brand, "links", "supplier\n" + "".join(f"V{n}\n" for n in range(30)))
    assert footprint(world)[0] == before + 1


def test_statements_do_not_grow_with_the_rows(world: World, brand: Member) -> None:
    counts = []
    for size in (10, 400):
        names = [f"S{size}-{n}" for n in range(size)]
        send(brand, "organizations", suppliers(*names))
        with counted(world) as statements:
            send(brand, "links", "supplier\n" + "".join(f"{name}\n" for name in names))
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_a_file_is_imported_from_the_command_line_with_progress(world: World, brand: Member) -> None:
    seen: list[tuple[int, int]] = []
    stream = io.BytesIO(long_list(1500).encode())
    report = import_file(
        world.runtime, brand.number, stream, "organizations", progress=lambda done, total: seen.append((done, total))
    )
    assert len(report.results) == report.rows == 1500
    assert seen[-1] == (1500, 1500)
    assert len(seen) > 1
    assert brand.get(f"/v1/imports/{report.id}").json["counts"]["created"] == 1500 - 15
    unverified = world.join("Fresh", "brand", claim="unverified")
    with pytest.raises(Forbidden):
        import_file(world.runtime, unverified.number, io.BytesIO(b"name\nX\n"), "organizations")
    with pytest.raises(Refusal):
        import_file(world.runtime, brand.number, io.BytesIO(b"{"), "links", "json")
