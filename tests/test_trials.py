"""The road on real networks, with counts made from the files themselves."""

from collections import defaultdict
from pathlib import Path

import pytest

from tests.trials import apple, computer, palm, years
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
    assert figures["issuers whose chokepoints equal networkx"] == 10
    assert figures["deepest tier"] == 7


def test_each_year_of_the_list_is_compared_with_the_one_before() -> None:
    needs(years.FILE)
    with staged() as stage:
        figures = years.walk_apple(stage, {})
    lists = years.apple()
    assert sum(map(len, lists.values())) == 7558
    told: dict[int, dict[str, tuple[str, set[str]]]] = {}
    for year, rows in lists.items():
        of_year = told.setdefault(year, {})
        for row in rows:
            name = " ".join(row["supplier_name"].split())
            of_year.setdefault(years.key_of(row), (name, set()))[1].add(row["country"])
        assert figures[f"{year}, rows refused"] == 0
    for before, after in zip(list(told)[:-1], list(told)[1:], strict=True):
        was, now = told[before], told[after]
        both = was.keys() & now.keys()
        moved = {key for key in both if was[key][1] != now[key][1]}
        renamed = {key for key in both if was[key][0].casefold() != now[key][0].casefold()}
        assert figures[f"{before} to {after}"] == {
            "added": len(now.keys() - was.keys()),
            "dropped": len(was.keys() - now.keys()),
            "moved": len(moved - renamed),
            "renamed": len(renamed - moved),
            "moved_and_renamed": len(moved & renamed),
            "recategorised": 0,
            "kept": len(both - moved - renamed),
            "refused_before": 0,
            "refused_after": 0,
        }, (before, after)


def test_the_disclosures_of_each_year_are_compared_with_those_of_the_year_before() -> None:
    needs(palm.FOLDER)
    with staged() as stage:
        figures = years.walk_palm(stage, {})
    known = {row["UML ID"] for row in palm.table("mills.csv")}
    edges = palm.table("brand_mill_edges_2017_2020.csv")
    brands = {row["consumer_brand"] for row in edges}
    compared = 0
    for brand in brands:
        by_year = {year: set(mills) & known for year, mills in sorted(years.palm_years(edges, brand).items())}
        for before, after in zip(list(by_year)[:-1], list(by_year)[1:], strict=True):
            was, now = by_year[before], by_year[after]
            changes = {"added": len(now - was), "dropped": len(was - now), "kept": len(was & now), "recategorised": 0}
            counts = figures[f"{brand}, {before} to {after}"]
            assert {name: counts[name] for name in changes} == changes
            assert figures[f"{brand}, {before} to {after}, links"] == changes
            refused = [
                sum(mill not in known for mill in years.palm_years(edges, brand)[year]) for year in (before, after)
            ]
            assert [counts["refused_before"], counts["refused_after"]] == refused
            compared += 1
    assert compared == 19


def test_ten_years_of_apples_lists_are_some_hundred_companies() -> None:
    needs(apple.FILE)
    with staged() as stage:
        figures = apple.walk(stage)
    assert figures["spellings"] == len(set(apple.spellings(apple.FILE, "supplier_name"))) == 940
    assert 380 <= figures["companies"] <= 480, "a person counts about 430: renamed ones share no word"
    assert figures["pairs proposed"] > figures["spellings"] - figures["companies"]


def test_the_ministrys_two_lists_share_their_companies() -> None:
    needs(apple.CHAINS)
    figures = apple.green()
    assert (figures["factories"], figures["chains"], figures["on both"]) == (2783, 296, 158)
    assert figures["across the lists"] > 0


@pytest.mark.parametrize(
    ("facts", "precision", "recall"), [("apple_pairs.csv", 0.95, 0.75), ("green_pairs.csv", 0.9, 0.65)]
)
def test_what_a_person_judged_is_found_and_hardly_anything_else(facts: str, precision: float, recall: float) -> None:
    figures = apple.measure(apple.judged(facts))
    assert figures["precision"] >= precision
    assert figures["recall"] >= recall
