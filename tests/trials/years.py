"""The lists of one company year after year, and of fifteen: what each pair of years added, dropped, moved and kept.

Apple's supplier list 2012-2018 and 2020-2022 (CommonWealth Magazine): a row is a production site. What is imported is
a row a supplier, as a buyer keeps it: its own number, here the name without company forms; the name as that year's
list first writes it; where it produces. So a move is another set of countries, and another spelling
a new name. The palm oil disclosures 2017-2020 (UChicago DSI): a list of links a brand and year.
"""

import csv
import io
import re
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from cleanco import basename

from supplychain.accounts.permissions import Role
from tests.lists import import_file
from tests.trials import palm
from tests.trials.stage import DATA, Stage, staged
from tests.world import Member

FILE = DATA / "apple-supplier-list" / "apple-supplier-list.csv"
Figures = dict[str, Any]
Rows = list[dict[str, str]]


def apple() -> dict[int, Rows]:
    """The rows of Apple's lists by year."""
    found: dict[int, Rows] = {}
    with FILE.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(int(row["year"]), []).append(row)
    return dict(sorted(found.items()))


def key_of(row: Mapping[str, str]) -> str:
    """What stands for a row's supplier in every year: its name without company forms, remarks and signs."""
    name = re.sub(r"\(.*?\)", "", " ".join(row["supplier_name"].split()))
    for _ in range(3):  # «Co.», «Ltd.», «(Holdings)»
        name = basename(name)
    return re.sub(r"\W", "", name.casefold())[:80]


def walk_apple(stage: Stage, figures: Figures) -> Figures:
    """Import every year's list and compare it with the one before; figures by pair of years."""
    member, actor = stage.join("Apple's list", Role.BRAND)
    imports: dict[int, str] = {}
    for year, rows in apple().items():
        text = _csv(rows)
        report = import_file(stage.runtime, actor.organization, io.BytesIO(text), "organizations")
        imports[year] = report.id or ""
        figures[f"{year}, rows refused"] = sum(bool(one.faults) for one in report.results)
    for (before, earlier), (after, later) in zip(list(imports.items())[:-1], list(imports.items())[1:], strict=True):
        figures[f"{before} to {after}"] = _counts(member, later, earlier)
    return figures


def _csv(rows: Rows) -> bytes:
    """A year's rows as its sender would send them: one a supplier."""
    names: dict[str, str] = {}
    countries: dict[str, set[str]] = {}
    for row in rows:
        key = key_of(row)
        names.setdefault(key, " ".join(row["supplier_name"].split()))
        countries.setdefault(key, set()).add(row["country"])
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["code", "name", "address"])
    writer.writerows([key, name, "; ".join(sorted(countries[key]))] for key, name in names.items())
    return text.getvalue().encode()


def walk_palm(stage: Stage, figures: Figures) -> Figures:
    """Import every brand's disclosure of every year as links, and compare year with year."""
    mills, edges = palm.table("mills.csv"), palm.table("brand_mill_edges_2017_2020.csv")
    register, _ = stage.join("Universal Mill List", Role.BRAND)
    ids = palm.enter_mills(stage, register.number, mills, {})
    for brand in sorted({row["consumer_brand"] for row in edges}):
        member, actor = stage.join(brand, Role.BRAND)
        imports: dict[str, str] = {}
        for year, wanted in sorted(palm_years(edges, brand).items()):
            lines = [f"{ids.get(mill, mill)},{year}-01-01,{year}-12-31,1511\n" for mill in wanted]
            text = "supplier,valid_from,valid_to,category\n" + "".join(lines)
            report = import_file(stage.runtime, actor.organization, io.BytesIO(text.encode()), "links")
            imports[year] = report.id or ""
        for earlier, later in zip(list(imports)[:-1], list(imports)[1:], strict=True):
            figures[f"{brand}, {earlier} to {later}"] = _counts(member, imports[later], imports[earlier])
            on = f"from={earlier}-06-30&to={later}-06-30"
            figures[f"{brand}, {earlier} to {later}, links"] = member.get(f"/v1/links/changes?{on}").json["counts"]
    return figures


def palm_years(edges: Rows, brand: str) -> dict[str, list[str]]:
    """A brand's mills by year, as disclosed."""
    found: dict[str, list[str]] = {}
    for row in edges:
        if row["consumer_brand"] == brand:
            found.setdefault(row["report_year"], []).append(row["UML ID"])
    return found


def _counts(member: Member, later: str, earlier: str) -> dict[str, int]:
    answer = member.get(f"/v1/imports/{later}/comparison?with={earlier}&limit=1")
    counts: dict[str, int] = answer.json["counts"]
    return counts


def _told(figures: Mapping[str, Any]) -> Iterable[str]:
    for name, figure in figures.items():
        shown = ", ".join(f"{count} {what}" for what, count in figure.items()) if isinstance(figure, dict) else figure
        yield f"{name:44} {shown}"


def main() -> int:
    """Walk both and print every figure."""
    if not FILE.exists() or not palm.FOLDER.exists():
        print(f"{DATA} lacks the lists: set SUPPLYCHAIN_DATA to the folder of the public data sets")
        return 1
    with staged() as stage:
        print("\n".join(_told(walk_apple(stage, {}))))
        print("\n".join(_told(walk_palm(stage, {}))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
