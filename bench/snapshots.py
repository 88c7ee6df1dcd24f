"""What a process pays for the network: opened from a snapshot, and folded from the log. `SIZE=S|M|L`, M by default.

The industry of `bench.industry` straight as arrays, without a database; requirements, an organization's own facts and
two standings each. A worker is a process of its own that imports what a web worker does. CPU time, and pages of its
own (Private_Dirty of smaps_rollup) that grow.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
from immutables import Map

from bench.industry import Industry, industry
from bench.timing import timed
from graph import snapshot
from graph.arrays.columns import DISCLOSURES, FLOWS, NOBODY, STATES, LinkColumns
from graph.arrays.floor import Floored, shelved
from graph.base import arrays_of, built, network_of, shelf_of
from graph.bulk.table import tabled
from graph.facts import Link, Organization, Period, Requirement
from graph.network import Network, from_payload, to_payload
from graph.terms import Beyond, Disclosure, FlowDown, LinkState

ROWS: Final = 1_000
A_REVISION: Final = 10
FOLDED: Final = 100_000
"""Log rows folded to learn what one costs."""
EPOCH: Final = date(1970, 1, 1).toordinal()
TODAY: Final = date(2026, 11, 26)


def columns(size: str) -> tuple[LinkColumns, int, int]:
    """Links, how many organizations, how many requirements."""
    made = industry(size)
    return columns_of(made), made.organizations, len(made.requirements)


def columns_of(made: Industry) -> LinkColumns:
    """The links of an industry as they are folded; its organization 0 is number 1."""
    count = len(made.buyer)
    return LinkColumns(
        number=np.arange(1, count + 1, dtype=np.int64),
        buyer=made.buyer.astype(np.int64) + 1,
        supplier=made.supplier.astype(np.int64) + 1,
        category=made.code,
        share=np.full(count, np.nan),
        flow_down=np.full(count, FLOWS.index(FlowDown.UNDECLARED), np.uint8),
        disclosure=np.full(count, DISCLOSURES.index(Disclosure.IDENTITY), np.uint8),
        owner=np.full(count, NOBODY, np.int64),
        id=np.char.add(b"lnk_", np.arange(10**19, 10**19 + count, dtype=np.uint64).astype("S20")),
        periods=np.arange(count + 1, dtype=np.int64),
        first=made.valid_from + EPOCH,
        last=np.zeros(count, np.int32),
        state=np.full(count, STATES.index(LinkState.CONFIRMED), np.uint8),
        categories=made.codes,
    )


def organizations(count: int) -> Iterator[Organization]:
    """Companies with what scopes test."""
    chance = random.Random(6)
    for number in range(1, count + 1):
        yield Organization(
            number,
            country=chance.choice(("CN", "DE", "VN")),
            sector="C26",
            size="large",
            verified=True,
            claimed=True,
            id=f"org_{number:020}",
            name=f"Organization {number}",
        )


def demand(number: int) -> Requirement:
    """A requirement."""
    return Requirement(number, number, "eseec-electronics@1", ("ohs",), (3, 2, 1), TODAY, TODAY, beyond=Beyond.HOLD)


def changes(number: int, count: int, links: int) -> list[Link]:
    """Links of one revision: half are new, half in the place of one that was."""
    chance = random.Random(number)
    found = []
    for at in range(A_REVISION):
        link = links + number * A_REVISION + at if at % 2 else chance.randint(1, links)
        ends = chance.sample(range(1, count + 1), 2)
        found.append(Link(link, *ends, (Period(TODAY, None, LinkState.CONFIRMED),), "8542", id=f"lnk_{link:020}"))
    return found


def worker(path: str) -> None:
    """Open the snapshot and fold more rows, in this process; prints what it cost as JSON."""
    from supplychain import wiring  # noqa: PLC0415 - what a web worker has imported before it opens one

    wiring.load_models()
    snapshot.about(Path(path))
    before = dirty()
    snapshot.verify_once(Path(path))
    start, wall = time.process_time(), time.perf_counter()
    snapshot.verify_once(Path(path))
    arrays = snapshot.opened(Path(path)).arrays
    network, standings = network_of(arrays), Floored(shelf_of(arrays, "standings", json.loads))
    told = {"cpu": time.process_time() - start, "wall": time.perf_counter() - wall, "opened": dirty() - before}
    links, count = len(network.held.links), len(network.held.organizations)
    start = time.process_time()
    for revision in range(ROWS // A_REVISION):
        network = network.apply(changes(revision, count, links), network.revision + 1)
        standings = standings.update({revision + 1: [["eseec-electronics@1", "ohs", {"level": 2}]]})
    told["row"] = (time.process_time() - start) / ROWS
    told["folded"] = dirty() - before
    print(json.dumps(told))


def dirty() -> int:
    """Bytes of this process that it shares with nobody and wrote to."""
    line = next(one for one in Path("/proc/self/smaps_rollup").read_text().splitlines() if "Private_Dirty" in one)
    return int(line.split()[1]) * 1024


def main() -> int:
    """Write, open, fold; one line each, with the goal where there is one."""
    size = os.environ.get("SIZE", "M")
    links, count, requirements = columns(size)
    print(f"{size}: {count:,} organizations, {len(links):,} links, {requirements:,} requirements")
    seconds, network = timed(lambda: built(links, organizations(count)))
    line("a base built from arrays", f"{seconds:.2f} s")
    network = network.apply([demand(number) for number in range(1, requirements + 1)], 2)
    seconds, arrays = timed(lambda: whole(network))
    tiers = sum(one.nbytes for name, one in arrays.items() if name.startswith("tiers."))
    line("its arrays, with the tiers of all walks", f"{seconds:.2f} s, {tiers / 2**20:.0f} MiB of tiers")
    with tempfile.TemporaryDirectory(prefix="supplychain-bench-") as folder:
        seconds, path = timed(lambda: written(Path(folder), arrays, count))
        weight = sum(file.stat().st_size for file in path.iterdir())
        line("a snapshot written", f"{seconds:.2f} s, {weight / 2**20:.0f} MiB")
        seconds, _ = timed(lambda: snapshot.verify_once(path))
        line("its hashes, once after each start of the machine", f"{seconds:.2f} s")
        found = [opened(path) for _ in range(3)]
        best = min(found, key=lambda one: one["wall"])
        line("opened by a worker", f"{best['wall'] * 1e3:.1f} ms ({best['cpu'] * 1e3:.1f} ms CPU)", "<= 10 ms")
        line("pages of its own after opening", f"{best['opened'] / 2**20:.1f} MiB")
        line(f"pages of its own after {ROWS:,} log rows", f"{best['folded'] / 2**20:.1f} MiB", "<= 40 MiB")
        line("a log row folded on it", f"{best['row'] * 1e6:.0f} us")
        check(links, network_of(snapshot.opened(path).arrays), network)
        line("what is opened is what was written", "yes")
    line("the log folded from nothing, without reading it", f"{folded(links, count):.1f} s")
    return 0


def whole(network: Network) -> dict[str, Any]:
    """The arrays of a snapshot, with the tiers of all walks."""
    arrays = arrays_of(network)
    return {**arrays, **tabled(network, arrays)}


def written(folder: Path, arrays: dict[str, Any], count: int) -> Path:
    """The snapshot of a network, with standings of everybody."""
    mine = [["eseec-electronics@1", pillar, {"level": 2, "since": "2026-01-01"}] for pillar in ("ohs", "eco")]
    standings = shelved(Floored(top=Map(dict.fromkeys(range(1, count + 1), mine))), _json)
    return snapshot.write(folder, "1", {**arrays, **{f"standings.{name}": one for name, one in standings.items()}}, {})


def opened(path: Path) -> dict[str, Any]:
    """What a process of its own tells."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.snapshots", str(path)], check=True, capture_output=True, text=True
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def check(links: LinkColumns, found: Network, network: Network) -> None:
    """Equality of columns, and of objects where they are too many to compare all."""
    for name, column in found.columns().arrays().items():
        assert np.array_equal(column, links.arrays()[name], equal_nan=column.dtype.kind == "f"), name
    assert found.requirements() == network.requirements()
    chance = random.Random(7)
    everybody = {one.number: one for one in organizations(min(1_000, len(found.held.organizations)))}
    for number, organization in everybody.items():
        assert found.organization(number) == organization
        at = np.flatnonzero(links.buyer == number) if number % 50 == 0 else None
        assert at is None or found.links_from(number) == tuple(links.link(one) for one in at.tolist())
        link = chance.randint(1, len(links))
        assert found.link(link) == links.link(link - 1)


def folded(links: LinkColumns, count: int) -> float:
    """CPU seconds to make facts of log rows and fold them, in revisions of an import; of some rows, times all."""
    rows = [to_payload(one) for one in organizations(min(count, FOLDED // 10))]
    rows += [to_payload(links.link(at)) for at in range(min(len(links), FOLDED - len(rows)))]
    text = [(kind, json.dumps(payload)) for kind, payload in rows]

    def fold() -> None:
        network = Network.empty()
        for start in range(0, len(text), ROWS):
            some = [from_payload(kind, json.loads(payload)) for kind, payload in text[start : start + ROWS]]
            network = network.apply(some, network.revision + 1)

    return timed(fold)[0] / len(text) * (len(links) + count)


def line(what: str, found: str, goal: str = "") -> None:
    """One line of the table."""
    print(f"{what:52} {found:>26}   {goal}")


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        worker(sys.argv[1])
    else:
        sys.exit(main())
