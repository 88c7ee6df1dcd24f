"""The road on real networks, with counts made from the files themselves."""

from collections import defaultdict
from pathlib import Path

import pytest

from tests.trials import computer, palm
from tests.trials.stage import staged

pytestmark = [pytest.mark.data, pytest.mark.slow, pytest.mark.timeout(900)]


def needs(path: Path) -> None:
    if not path.exists():
        pytest.skip(f"{path} is absent: set SUPPLYCHAIN_DATA to the folder of the public data sets")


def test_the_palm_lists_are_imported_to_the_last_row_and_show_who_falls_short() -> None:
    needs(palm.FOLDER)
    with staged() as stage:
        figures = palm.walk(stage, {})
    mills = {row["UML ID"]: row for row in palm.table("mills.csv")}
    edges = palm.table("brand_mill_edges_2017_2020.csv")
    rows = figures["link rows"]
    unknown = sum(row["UML ID"] not in mills for row in edges)
    assert rows["error"] == rows["error unknown-organization"] == unknown == 701
    assert rows["created"] + rows["updated"] + rows["duplicate"] + rows["error"] == len(edges) == 41770
    distinct = {tuple(row.values()) for row in edges if row["UML ID"] in mills}
    assert rows["duplicate"] == len(edges) - unknown - len(distinct)
    assert figures["link rows, the same files again"] == {
        **_again(rows),
        "error": 701,
        "error unknown-organization": 701,
    }
    nestle = {row["UML ID"] for row in edges if row["consumer_brand"] == "Nestle" and row["report_year"] == "2020"}
    owing = nestle & mills.keys()
    assert figures["mills that owe RSPO"] == len(owing)
    met = sum(mills[one]["RSPO Status"] == "RSPO Certified" for one in owing)
    assert figures["of these by status"] == {"met": met, "not_assessed": len(owing) - met}
    assert figures["links"] == figures["links confirmed"] == _runs(edges, mills)


def _again(rows: dict[str, int]) -> dict[str, int]:
    return {"matched": rows["created"] + rows["updated"], "duplicate": rows["duplicate"]}


def _runs(edges: palm.Rows, mills: dict[str, dict[str, str]]) -> int:
    """Years on end of one brand and mill are one link; a year without a list begins another."""
    years: dict[tuple[str, str], set[int]] = defaultdict(set)
    for row in edges:
        if row["UML ID"] in mills:
            years[row["consumer_brand"], row["UML ID"]].add(int(row["report_year"]))
    return sum(year - 1 not in known for known in years.values() for year in known)


def test_the_obligations_of_a_published_chain_are_those_of_plain_networkx() -> None:
    needs(computer.FILE)
    with staged() as stage:
        figures = computer.walk(stage, {}, every=9)
    assert (figures["stages"], figures["purchases"]) == ({"created": 577}, {"created": 2262})
    assert figures["issuers"] == figures["issuers whose answer equals networkx"] == 10
    assert figures["deepest tier"] == 7
