"""`supplychain cascade` on Spark against this process, on the same files; `SIZE=S|M`, S by default.

Wall time and processor time of the whole command, its children included; every row is compared. What was measured is
kept in `results/`.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
import psutil
import pyarrow as pa
import pyarrow.parquet as pq

from bench.goals import keep, machine
from bench.industry import Industry, industry, name_of

COMMAND: Final = str(Path(sys.executable).with_name("supplychain"))
ON: Final = "2026-11-26"


def main() -> int:
    """Measure one size."""
    size = os.environ.get("SIZE", "S")
    made = industry(size)
    with TemporaryDirectory() as folder:
        write(Path(folder), made)
        print(f"{size}: {len(made.buyer):,} links, {len(made.requirements)} requirements")
        costs = {name: _run(Path(folder), name, more) for name, more in ENGINES.items()}
        tables = [pq.read_table(Path(folder) / f"{name}.parquet") for name in ENGINES]
    assert tables[0].equals(tables[1])
    print(f"{tables[0].num_rows:,} rows, equal")
    (wall, work), (far_wall, far_work) = costs.values()
    print(f"spark / local: wall {far_wall / wall:.1f}, processor {far_work / work:.1f}")
    named = {name: {"wall": wall, "processor": work} for name, (wall, work) in costs.items()}
    shape = {"links": len(made.buyer), "requirements": len(made.requirements), "rows": tables[0].num_rows}
    keep(f"spark-{size}", {"size": size, "machine": machine(), **shape, **named})
    return 0


ENGINES: Final[dict[str, Sequence[str]]] = {
    "local": (),
    "spark": ("--engine", "spark", "--master", "local[2]", "--conf", "spark.driver.memory=6g"),
}


def write(folder: Path, made: Industry) -> None:
    """The industry as the files of the command, links in eight row groups."""
    names = pa.array([name_of(one) for one in range(made.organizations)])
    columns: dict[str, Any] = {
        "id": np.arange(1, len(made.buyer) + 1),
        "buyer": names.take(pa.array(made.buyer)),
        "supplier": names.take(pa.array(made.supplier)),
        "hs": pa.array(made.codes).take(pa.array(made.code)),
        "valid_from": pa.array(made.valid_from).cast(pa.date32()),
    }
    pq.write_table(pa.table(columns), folder / "links.parquet", row_group_size=-(-len(made.buyer) // 8))
    (folder / "requirements.json").write_text(json.dumps(made.requirements), "utf-8")


def _run(folder: Path, name: str, more: Sequence[str]) -> tuple[float, float]:
    files = ["--links", folder / "links.parquet", "--requirements", folder / "requirements.json"]
    line = [COMMAND, "cascade", *map(str, files), "--on", ON, "--out", str(folder / f"{name}.parquet"), *more]
    begun = time.perf_counter()
    with psutil.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        work = _worked(process)
        assert process.wait() == 0, process.stderr.read()
    wall = time.perf_counter() - begun
    print(f"{name:8} wall {wall:7.1f} s   processor {work:7.1f} s")
    sys.stdout.flush()
    return wall, work


def _worked(process: psutil.Popen) -> float:
    """Processor seconds of a process and all below it, asked ten times a second: Java's are no children of ours."""
    seen: dict[int, float] = {}
    while process.poll() is None:
        for one in [process, *process.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess):
                times = one.cpu_times()
                seen[one.pid] = times.user + times.system
        time.sleep(0.1)
    return sum(seen.values())


if __name__ == "__main__":
    sys.exit(main())
