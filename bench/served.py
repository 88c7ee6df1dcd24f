"""HTTP: the status of one supplier in a network of an industry, beside the demo network. `SIZE=S|M|L`, L by default.

The links of `bench.industry` and everybody whom they name lie in a snapshot that gunicorn opens; the database has rows
of the brand, its two demands and the suppliers that are asked about. CPU time of one worker, in turn, as many suppliers
asked about again and again as the brand of the demo knows by name.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np

from bench import chain, snapshots
from bench.network import drain, key, links, organizations
from bench.server import Client, Server, cost, serve
from graph.base import underlaid
from graph.columns import LinkColumns
from graph.facts import Organization
from graph.openness import sight
from supplychain import wiring
from supplychain.config import Settings
from supplychain.conformity import derive
from supplychain.db import Database
from supplychain.demo.access import keys_of, secret_of
from supplychain.network import calendar, engine
from supplychain.network.engine import State
from supplychain.network.snapshots import Folded, write
from supplychain.work import Work, run

CHUNKS, CHUNK = 15, 100
"""Revisions, and suppliers of each that have rows in the database: more than a log has that is sooner folded."""
REQUESTS: Final = 200
ROUNDS: Final = 5
DEMO, LARGE = 8915, 8916


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom to ask about, as whom, and where."""

    environment: Mapping[str, str]
    key: str
    suppliers: tuple[str, ...]

    def status(self, number: int) -> tuple[str, str, None, dict[str, str]]:
        """The question with a number."""
        supplier = self.suppliers[number % len(self.suppliers)]
        return "GET", f"/v1/suppliers/{supplier}/status", None, {"Authorization": f"Bearer {self.key}"}


def main() -> int:
    """One line."""
    found = compared(os.environ.get("SIZE", "L"))
    print(json.dumps(found, indent=1))
    return 0


def measured(case: Any) -> dict[str, dict[str, Any]]:
    """The row of the table of goals."""
    return {"http": compared(case.size)}


def compared(size: str) -> dict[str, Any]:
    """How many requests are answered beside the demo network's: theirs over ours, in microseconds of CPU."""
    with tempfile.TemporaryDirectory(prefix="supplychain-bench-") as folder, _both(Path(folder), size) as servers:
        (demo, its), (large, mine) = servers
        first = cost(large, mine.status, 1)
        everybody = cost(large, mine.status, REQUESTS)
        as_many = replace(mine, suppliers=mine.suppliers[: len(its.suppliers)])
        for server, asked in ((large, as_many), (demo, its)):
            cost(server, asked.status, REQUESTS)
        rounds = [(cost(large, as_many.status, REQUESTS), cost(demo, its.status, REQUESTS)) for _ in range(ROUNDS)]
        ours, theirs = zip(*rounds, strict=True)
        ratios = sorted(b / a for a, b in rounds)
        pss = large.pss()[0]
    return {
        "value": ratios[len(ratios) // 2],
        "ours": [one / 1e6 for one in ours],
        "theirs": [one / 1e6 for one in theirs],
        "first answer, s": first / 1e6,
        "of a supplier nobody asked about before, s": everybody / 1e6,
        "MiB of the worker (PSS)": pss,
    }


@contextmanager
def _both(folder: Path, size: str) -> Iterator[tuple[tuple[Server, Asked], tuple[Server, Asked]]]:
    demo, large = _demo(folder / "demo"), _industry(folder / "large", size)
    with (
        serve("wsgi:app", DEMO, **demo.environment) as small,
        serve("wsgi:app", LARGE, **large.environment) as whole,
    ):
        yield (small, _all_of(demo, small)), (whole, large)


def _demo(folder: Path) -> Asked:
    """The demo network; asked about are the suppliers that its brand knows by name."""
    folder.mkdir()
    command = [sys.executable, "-c", "from supplychain.cli import main; main()", "demo", "load"]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    instance = folder / "instance"
    settings = Settings(database_url=f"sqlite:///{instance}/supplychain.db", secret=secret_of(instance))
    database = Database(settings.database_url)
    brand = keys_of(wiring.runtime(settings, database), instance)["brand"]["key"]
    database.dispose()
    return Asked(_environment(settings, instance / "files"), brand, ())


def _all_of(asked: Asked, server: Server) -> Asked:
    headers = {"Authorization": f"Bearer {asked.key}"}
    status, body = Client(server.port).call("GET", "/v1/suppliers?limit=200&kind=identity", headers=headers)
    assert status == 200, body
    return Asked(asked.environment, asked.key, tuple(one["id"] for one in json.loads(body)["items"]))


def _industry(folder: Path, size: str) -> Asked:
    folder.mkdir()
    runtime = chain.opened(folder)
    calendar.advance_day(runtime)
    brand, *others = (one for _ in range(CHUNKS) for one in run(runtime, partial(organizations, count=CHUNK)))
    run(runtime, partial(chain.demand_twice, issuer=brand))
    run(runtime, partial(links, pairs=[(brand, one) for one in others]))  # for who owes nothing is not derived
    token = run(runtime, partial(key, organization=brand, role="brand"))
    drain(runtime)
    derive.rebuild(runtime)
    work = Work(runtime, writes=False)
    try:
        suppliers = _kept(work, size, brand, others)
    finally:
        work.close()
    runtime.database.dispose()
    return Asked(_environment(runtime.settings, folder / "files"), token, suppliers)


def _kept(work: Work, size: str, brand: int, others: list[int]) -> tuple[str, ...]:
    """Write the snapshot of the whole industry; the ids of those who are asked about."""
    state: State = engine.present(work)
    made, count, _ = snapshots.columns(size)
    everybody = (one for one in snapshots.organizations(count) if one.number > len(others) + 1)
    known = state.network.apply(everybody, state.network.revision)
    folder = work.runtime.settings.snapshot_folder
    assert folder is not None
    folded = Folded(underlaid(known, _renumbered(made, count, brand, others)), state.level_revision, state.standings)
    write(work.connection, folder, folded, datetime.now(UTC))
    found: list[Organization | None] = [state.network.organization(one) for one in others]
    return tuple(one.id for one in found if one is not None)


def _renumbered(links: LinkColumns, count: int, brand: int, others: list[int]) -> LinkColumns:
    """The links, the brand being who buys most and the others some of those below it."""
    issuer = int(np.bincount(links.buyer).argmax())
    below = sight(underlaid(engine.State().network, links), issuer, snapshots.TODAY).tier
    chosen = [issuer, *(one for one in below if one != issuer)][:: max(1, len(below) // (len(others) + 1))]
    chosen = chosen[: len(others) + 1]
    numbers = np.array([brand, *others])
    assert len(chosen) == len(numbers) == numbers.max()
    rest = np.setdiff1d(np.arange(1, count + 1), chosen)
    place = np.zeros(count + 1, np.int64)
    place[chosen], place[rest] = numbers, np.arange(len(numbers) + 1, count + 1)
    columns = {name: getattr(links, name) for name in links.__dataclass_fields__}
    return LinkColumns(**{**columns, "buyer": place[links.buyer], "supplier": place[links.supplier]})


def _environment(settings: Settings, files: Path) -> dict[str, str]:
    return {
        "SUPPLYCHAIN_DATABASE_URL": settings.database_url,
        "SUPPLYCHAIN_SECRET": settings.secret,
        "SUPPLYCHAIN_FILES_URL": str(files),
    }


if __name__ == "__main__":
    sys.exit(main())
