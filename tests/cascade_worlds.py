"""Random small industries as the files of `supplychain cascade` hold them, and the files themselves."""

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
from hypothesis import strategies as st

from supplychain.cascade.operations import Files, Report, cascade
from tests.cascade_oracles import Owed, Row

ON = date(2026, 1, 31)
REFS = ["B", "b", "P 1", "P,2", "X", "Y", "Z", "é", "工厂", "10", "9"]
CODES = [None, "8", "85", "8504", "850440", "8517", "39", "3901"]
DAYS = st.integers(-3, 3).map(lambda days: ON + timedelta(days=days))
MONTH_ENDS = st.sampled_from([None, date(2024, 2, 29), date(2025, 12, 31), date(2026, 1, 30), ON])
LINK_TYPES = pa.schema(
    {
        "id": pa.int64(),
        "buyer": pa.string(),
        "supplier": pa.string(),
        "hs": pa.string(),
        "flow_down": pa.string(),
        "valid_from": pa.date32(),
        "valid_to": pa.date32(),
    }
)
ORGANIZATION_TYPES = pa.schema({name: pa.string() for name in ("ref", "country", "sector", "parent")})


@dataclass(frozen=True)
class Situation:
    links: list[Row]
    requirements: list[Row]
    organizations: list[Row]


@st.composite
def links(draw: st.DrawFn, number: int, refs: Sequence[str]) -> Row:
    valid_from = draw(MONTH_ENDS | DAYS)
    valid_to = draw(st.sampled_from([None, None, None]) | DAYS)
    if valid_from and valid_to and valid_to < valid_from:
        valid_to = valid_from
    return {
        "id": number,
        "buyer": draw(st.sampled_from(refs)),
        "supplier": draw(st.sampled_from(refs)),
        "hs": draw(st.sampled_from(CODES)),
        "flow_down": draw(st.sampled_from([None, "yes", "undeclared", "yes", "no"])),
        "valid_from": valid_from,
        "valid_to": valid_to,
    }


@st.composite
def requirements(draw: st.DrawFn, number: int, refs: Sequence[str]) -> Row:
    return {
        "id": f"R{number}",
        "issuer": draw(st.sampled_from(refs)),
        "pillar": "ohs",
        "schedule": sorted(draw(st.lists(st.integers(1, 4), min_size=1, max_size=4)), reverse=True),
        "beyond": draw(st.sampled_from(["stop", "hold"])),
        "hs": draw(st.lists(st.sampled_from(["8", "85", "8504", "39", "390110"]), max_size=3)),
        "scope_applies": draw(st.sampled_from(["every", "first"])),
        "countries": draw(st.sampled_from([[], [], ["CN"], ["CN", "VN"]])),
        "sectors": draw(st.sampled_from([[], [], ["PCB"]])),
        "effective_from": draw(MONTH_ENDS),
        "grace_months": draw(st.lists(st.integers(0, 14), max_size=3)),
    }


@st.composite
def situations(draw: st.DrawFn, most_links: int = 25, most_requirements: int = 4) -> Situation:
    """Few organizations and many links between them: cycles, self-loops, several links between two, hubs."""
    refs = REFS[: draw(st.integers(2, len(REFS)))]
    count = draw(st.integers(0, most_links))
    numbers = draw(
        st.lists(
            st.integers(1, 60) | st.integers(2**32, 2**40) | st.integers(-(2**63), 2**62),
            min_size=count,
            max_size=count,
            unique=True,
        )
    )
    demands = draw(st.integers(1, most_requirements))
    listed = draw(st.sets(st.sampled_from(refs)))
    return Situation(
        [draw(links(number, refs)) for number in numbers],
        [draw(requirements(number, refs)) for number in range(demands)],
        [
            {
                "ref": ref,
                "country": draw(st.sampled_from([None, "CN", "VN", "DE"])),
                "sector": draw(st.sampled_from([None, "PCB", "wire"])),
                "parent": draw(st.sampled_from([None, None, *refs, "somebody else"])),
            }
            for ref in sorted(listed)
        ],
    )


@st.composite
def chains(draw: st.DrawFn) -> Situation:
    """A chain of up to 22 tiers with short cuts and ways back, which small networks never have."""
    length = draw(st.integers(10, 22))
    ends = [(at, at + 1) for at in range(length)]
    ends += draw(st.lists(st.tuples(st.integers(0, length), st.integers(0, length)), max_size=4))
    numbers = draw(st.permutations(range(1, len(ends) + 1)))
    rows = [
        {
            **dict.fromkeys(LINK_TYPES.names),
            "id": number,
            "buyer": f"o{buyer:02}",
            "supplier": f"o{supplier:02}",
            "valid_from": draw(MONTH_ENDS),
        }
        for number, (buyer, supplier) in zip(numbers, ends, strict=True)
    ]
    demands = [{**draw(requirements(at, ["o00", "o03"])), "hs": []} for at in range(2)]
    return Situation(rows, demands, [])


def write(folder: Path, situation: Situation, ending: str) -> Files:
    """The three files of a situation, and where the answer goes."""
    files = Files(
        folder / f"links{ending}",
        folder / "requirements.json",
        folder / f"organizations{ending}",
        folder / f"out{ending}",
    )
    assert files.organizations is not None
    _table(files.links, situation.links, LINK_TYPES)
    _table(files.organizations, situation.organizations, ORGANIZATION_TYPES)
    files.requirements.write_text(json.dumps(situation.requirements, default=str), "utf-8")
    return files


def _table(path: Path, rows: Sequence[Row], schema: Any) -> None:
    if path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(list(rows), schema), path)
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, schema.names)
        writer.writeheader()
        writer.writerows(rows)


def run(files: Files, on: date = ON) -> Report:
    return cascade(files, on, lambda what, done, total: None)


def computed(files: Files, on: date = ON) -> list[Owed]:
    """What the command's own verb makes of the files, in the order in which it writes it."""
    run(files, on)
    return rows_of(files)


def rows_of(files: Files) -> list[Owed]:
    """The rows of the answer in the order of its file."""
    if files.out.suffix == ".parquet":
        rows = pq.read_table(files.out).to_pylist()
    else:
        types = {"requirement": pa.string(), "supplier": pa.string(), "due": pa.date32()}
        rows = pacsv.read_csv(files.out, convert_options=pacsv.ConvertOptions(column_types=types)).to_pylist()
    return [tuple(row.values()) for row in rows]
