"""``python -m bench.imports``: what importing 41,770 palm oil links costs, against a bare ``executemany`` of them.

The lists are those of fifteen brands about 2,095 mills (UChicago DSI, PalmWatch; 2017-2020), one file a brand with all
its years, read from the folder that SUPPLYCHAIN_DATA names; without it, and ten times as long, a made-up network of
the same shape. Bare: the same rows, one after the other, into a table with the columns of ``supply_link``. CPU time
of this process; what was imported is counted and held against the rows by a few lines that know nothing of imports.
"""

import csv
import gc
import io
import itertools
import os
import random
import resource
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pysqlite3
from sqlalchemy import func, select

from bench.network import opened, record
from graph.terms import LinkState
from supplychain import wiring
from supplychain.network import calendar, facts
from supplychain.network.imports.reading import read
from supplychain.network.imports.rows import Kind
from supplychain.network.imports.running import import_sheet
from supplychain.network.models import Organization, SupplyLink
from supplychain.work import Runtime, Work, run

DATA = Path(os.environ.get("SUPPLYCHAIN_DATA", Path(__file__).parents[2] / "shared" / "data"))
FOLDER = DATA / "palm-brand-mill-network"
Edge = tuple[str, int, str]
"""Brand, year, mill."""
BRANDS, MILLS, EDGES, YEARS = 15, 2095, 41_770, range(2017, 2021)
CODE = "1511"


def main() -> None:
    """Measure, check and print one line each."""
    wiring.collect_less()
    edges = published()
    if edges is None:
        print(f"{FOLDER} is absent (SUPPLYCHAIN_DATA): a made-up network of the same shape instead")
        edges = made_up(1)
    once = measured("palm links" if FOLDER.exists() else "made-up links", edges)
    longer = measured("ten times as many, made up", made_up(10))
    print(f"{'ten times the rows cost so many times the CPU':58} {longer / once:27.1f}   <= 12")


def published() -> list[Edge] | None:
    """The rows as they were published, repeated ones and unknown mills included."""
    path = FOLDER / "brand_mill_edges_2017_2020.csv"
    if not path.exists():
        return None
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [(row["consumer_brand"], int(row["report_year"]), row["UML ID"]) for row in csv.DictReader(file)]


def made_up(times: int) -> list[Edge]:
    """As many rows, brands as long, mills as shared: every eighth row is there twice."""
    draw = random.Random(5)
    edges: list[Edge] = []
    for brand in range(BRANDS):
        known = draw.sample(range(MILLS * times), MILLS * times // 2)
        for mill in known:
            first = draw.choice(YEARS)
            edges += [(f"Brand {brand}", year, f"PO{mill}") for year in range(first, YEARS.stop)]
    edges = edges[: EDGES * times * 7 // 8]
    return edges + draw.choices(edges, k=EDGES * times - len(edges))


def measured(what: str, edges: list[Edge]) -> float:
    """Import the lists of all brands; CPU seconds."""
    with tempfile.TemporaryDirectory(prefix="supplychain-bench-") as folder:
        bare = bare_cost(Path(folder) / "bare.db", edges)
        runtime = opened(Path(folder) / "ours.db", files_url=str(Path(folder) / "files"))
        calendar.advance_day(runtime)
        brands = entered(runtime, edges)
        texts = {brand: text_of(edges, brand) for brand in brands}
        gc.collect()
        before = resident()
        chunks = [0.0]
        with longest_wait(runtime) as waits, peak() as most:
            started = time.process_time()
            for brand, number in brands.items():
                begun = [time.perf_counter()]
                told = partial(_mark, begun)
                import_sheet(runtime, number, read(texts[brand], Kind.LINKS), told)
                # The first one waits for the list to be read and matched, which takes no lock.
                chunks += [after - before for before, after in itertools.pairwise(begun[1:])]
            cost = time.process_time() - started
        check(runtime, edges, brands)
        runtime.database.dispose()
    print(f"{what + f' ({len(edges):,} rows)':58} {cost:8.2f}s {bare:7.2f}s {cost / bare:8.1f}   <= 25")
    print(f"{'  memory over before':58} {(most[0] - before) / 2**20:23.0f} MiB   <= 100")
    one_chunk = f"<= one chunk: {max(chunks) * 1000:.0f} ms"
    print(f"{'  longest wait of another write':58} {max(waits) * 1000:24.0f} ms   {one_chunk}")
    sys.stdout.flush()
    return cost


def _mark(marks: list[float], *_: int) -> None:
    marks.append(time.perf_counter())


def bare_cost(path: Path, edges: list[Edge]) -> float:
    """The same rows by ``executemany`` in one transaction, the median of three."""
    columns = [column.name for column in SupplyLink.__table__.columns if column.name != "number"]
    rows = [
        (
            f"lnk_{at}", 1, 2, CODE, 0, 0, None, "undeclared", "identity", "pseudonym",
            f'[["{year}-01-01","{year}-12-31","claimed"]]', None, None, None, "2026-11-26 00:00:00", 1,
        )
        for at, (_, year, _) in enumerate(edges)
    ]  # fmt: skip
    costs = []
    for attempt in range(3):
        connection = pysqlite3.connect(f"{path}{attempt}", isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(f"CREATE TABLE link (number INTEGER PRIMARY KEY, {', '.join(columns)})")
        marks = ", ".join("?" * len(columns))
        started = time.process_time()
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(f"INSERT INTO link ({', '.join(columns)}) VALUES ({marks})", rows)
        connection.execute("COMMIT")
        costs.append(time.process_time() - started)
        assert connection.execute("SELECT count(*) FROM link").fetchone() == (len(edges),)
        connection.close()
    return sorted(costs)[1]


def entered(runtime: Runtime, edges: list[Edge]) -> dict[str, int]:
    """The brands, verified, by name; each has entered its mills under their numbers."""

    def body(work: Work, name: str) -> int:
        row = Organization(name=name, claim="verified", created_at=work.now)
        return record(work, [row], facts.of_organization)[0]

    known = known_mills(edges)
    brands = {}
    shared: dict[str, str] = {}
    register = run(runtime, lambda work: body(work, "Register"))
    listed = sorted({mill for _, _, mill in edges if mill in known})
    mills = table(["code", "name"], ([mill, f"Mill {mill}"] for mill in listed))
    report = import_sheet(runtime, register, read(mills, Kind.ORGANIZATIONS))
    shared = {mill: result.subject or "" for mill, result in zip(listed, report.results, strict=True)}
    for name in sorted({brand for brand, _, _ in edges}):
        brands[name] = run(runtime, lambda work, name=name: body(work, name))  # type: ignore[misc] # bound now
    _ids.clear()
    _ids.update(shared)
    return brands


_ids: dict[str, str] = {}
"""Public id of each mill that is known."""


def known_mills(edges: list[Edge]) -> set[str]:
    """Those of the register; some rows name others, as published."""
    path = FOLDER / "mills.csv"
    if edges[0][2].startswith("PO1") and len(edges[0][2]) > 6 and path.exists():
        with path.open(encoding="utf-8-sig", newline="") as file:
            return {row["UML ID"] for row in csv.DictReader(file)}
    return {mill for _, _, mill in edges if int(mill[2:]) % 50}


def text_of(edges: list[Edge], brand: str) -> bytes:
    """A brand's list, all years in one file; the newest list holds until another says otherwise."""
    mine = [edge for edge in edges if edge[0] == brand]
    newest = max(year for _, year, _ in mine)
    rows = (
        [_ids.get(mill, mill), f"{year}-01-01", "" if year == newest else f"{year}-12-31", CODE, "identity"]
        for _, year, mill in mine
    )
    return table(["supplier", "valid_from", "valid_to", "category", "disclosure"], rows)


def table(header: list[str], rows: Iterator[list[str]]) -> bytes:
    """A CSV file."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode()


def check(runtime: Runtime, edges: list[Edge], brands: dict[str, int]) -> None:
    """Every run of years without a gap is one link, and there is no other."""
    years: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    for brand, year, mill in edges:
        if mill in _ids:
            years[brand, mill].add(year)
    expected = sum(sum(year - 1 not in said for year in said) for said in years.values())

    def body(work: Work) -> None:
        assert work.session.scalar(select(func.count()).select_from(SupplyLink)) == expected
        periods = work.session.scalars(select(SupplyLink.periods))
        assert {state for held in periods for _, _, state in held} == {LinkState.CLAIMED}
        assert set(work.session.scalars(select(SupplyLink.buyer))) == set(brands.values())

    run(runtime, body)


@contextmanager
def longest_wait(runtime: Runtime) -> Iterator[list[float]]:
    """Another tenant's small writes meanwhile, and how long each of them took."""
    waits = [0.0]
    over = threading.Event()

    def write() -> None:
        while not over.wait(0.25):
            started = time.perf_counter()
            run(runtime, lambda work: work.record("demo.loaded", "nobody"))
            waits.append(time.perf_counter() - started)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield waits
    finally:
        over.set()
        thread.join()


@contextmanager
def peak() -> Iterator[list[int]]:
    """The most memory that was resident meanwhile, in bytes."""
    most = [resident()]
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.02):
            most[0] = max(most[0], resident())

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield most
    finally:
        over.set()
        thread.join()


def resident() -> int:
    """Bytes of this process in memory."""
    with Path("/proc/self/statm").open() as file:
        return int(file.read().split()[1]) * resource.getpagesize()


if __name__ == "__main__":
    main()
