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
CODES = [None, "8504", "850440", "85", "39", "8517", "3901", "8"]
SCOPES = [[], ["85"], ["8504", "39"], ["390110", "8"], ["39"], ["8504"], ["85", "8504", "85"]]
DAYS = st.integers(1, 3).map(timedelta)
MONTH_ENDS = st.sampled_from([None, date(2024, 2, 29), date(2025, 12, 31), date(2026, 1, 30), ON])
NUMBERS = st.integers(1, 60) | st.integers(2**32, 2**40) | st.integers(-(2**63), 2**62)
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


def _terms(**stated: st.SearchStrategy[Any]) -> st.SearchStrategy[Row]:
    """What a link says that carries on the day, unless something else is stated."""
    carrying = {
        "flow_down": st.sampled_from([None, "yes", "undeclared"]),
        "valid_from": MONTH_ENDS,
        "valid_to": st.sampled_from([None, ON, ON + timedelta(days=1)]),
    }
    return st.fixed_dictionaries(carrying | stated)


CARRYING = _terms()
# One reason at a time: of two, neither decides.
ANY_TERMS = st.one_of(
    CARRYING,
    _terms(flow_down=st.just("no")),
    _terms(valid_from=DAYS.map(lambda days: ON + days), valid_to=st.none()),
    _terms(valid_from=st.none(), valid_to=DAYS.map(lambda days: ON - days)),
)


@st.composite
def links(
    draw: st.DrawFn, number: int, buyers: Sequence[str], suppliers: Sequence[str] = (), terms: Any = ANY_TERMS
) -> Row:
    """A link from one of these to one of those, who are the same unless they are named."""
    return {
        "id": number,
        "buyer": draw(st.sampled_from(buyers)),
        "supplier": draw(st.sampled_from(suppliers or buyers)),
        "hs": draw(st.sampled_from(CODES)),
        **draw(terms),
    }


@st.composite
def requirements(draw: st.DrawFn, number: int, refs: Sequence[str]) -> Row:
    return {
        "id": f"R{number}",
        "issuer": draw(st.sampled_from(refs)),
        "pillar": "ohs",
        "schedule": sorted(draw(st.lists(st.integers(1, 4), min_size=1, max_size=4)), reverse=True),
        "beyond": draw(st.sampled_from(["stop", "hold"])),
        "hs": draw(st.sampled_from(SCOPES)),
        "scope_applies": draw(st.sampled_from(["every", "first"])),
        "countries": draw(st.sampled_from([[], [], ["CN"], ["CN", "VN"]])),
        "sectors": draw(st.sampled_from([[], [], ["PCB"]])),
        "effective_from": draw(MONTH_ENDS),
        "grace_months": draw(st.lists(st.integers(0, 14), max_size=3)),
    }


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    """A family, whom others supply tier below tier over links that carry, and loose links between any of them.

    Families have up to four generations, any of which buys and issues. Loose links make cycles, self-loops, short cuts
    (some of which do not carry) and several links between two; owners make loops too, and suppliers of relatives.
    """
    first = draw(st.integers(0, len(REFS) - 1))
    refs = [*REFS[first:], *REFS[:first]][: draw(st.integers(5, 9))]
    family = draw(st.integers(1, 4))
    loose = draw(st.integers(3, 12))
    count = 2 * (len(refs) - family) + loose
    numbers = draw(st.lists(NUMBERS, min_size=count, max_size=count, unique=True))
    supplying = [
        draw(links(numbers.pop(), refs[max(0, at - 3) : at], refs[at : at + 1], CARRYING))
        for at in [*range(family, len(refs))] * 2
    ]
    owners = [None, None, *refs, "somebody else"]
    parents = [refs[max(0, at - 2) : at] if 0 < at < family else owners for at in range(len(refs))]
    return Situation(
        [*supplying, *(draw(links(number, refs)) for number in numbers)],
        [draw(requirements(number, refs[: family + 1])) for number in range(draw(st.integers(3, 6)))],
        [
            {
                "ref": ref,
                "country": draw(st.sampled_from([None, "CN", "VN", "DE"])),
                "sector": draw(st.sampled_from([None, "PCB", "wire"])),
                "parent": draw(st.sampled_from(owner)),
            }
            for ref, owner in zip(refs, parents, strict=True)
            if draw(st.integers(0, 7))
        ],
    )


@st.composite
def chains(draw: st.DrawFn) -> Situation:
    """A chain of up to 22 tiers with short cuts and ways back, which small networks never have.

    It begins with a family of up to four generations, and somewhere on it turns to another product.
    """
    length = draw(st.integers(10, 22))
    chain = [(at, at + 1) for at in range(length)]
    places = st.integers(0, length)
    loose = draw(st.lists(st.sampled_from(chain) | st.tuples(places, places), max_size=6))
    ends = [*chain, *loose]
    numbers = draw(st.permutations(range(1, len(ends) + 1)))
    turn, youngest = draw(places), draw(st.integers(0, 3))
    rows = [
        {
            "id": number,
            "buyer": f"o{buyer:02}",
            "supplier": f"o{supplier:02}",
            "hs": "850440" if buyer < turn else "390110",
            **draw(CARRYING if at < length else ANY_TERMS),
        }
        for at, (number, (buyer, supplier)) in enumerate(zip(numbers, ends, strict=True))
    ]
    organizations = [
        {
            "ref": f"o{at:02}",
            "country": ("CN", "VN", "DE")[at % 3],
            "sector": ("PCB", "wire")[at % 2],
            "parent": f"o{at - 1:02}" if 0 < at <= youngest else None,
        }
        for at in range(length + 1)
    ]
    return Situation(rows, [draw(requirements(at, ["o00", "o03"])) for at in range(3)], organizations)


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
