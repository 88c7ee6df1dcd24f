"""Fifteen brands and 2,095 palm oil mills, as they published them (UChicago DSI, PalmWatch; 2017-2020).

Mills are plants, parents and groups own them. Each brand imports one list a year; the newest list holds until another
says otherwise. A reviewer confirms links and ownership on the strength of the published lists and enters the public
RSPO register. Then a brand asks for RSPO, and the groups are measured by their worst mill.
"""

import csv
import io
import sys
from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

import pycountry
from sqlalchemy import select

from supplychain.accounts.permissions import Role
from supplychain.conformity.models import Conformity
from supplychain.evidence import operations as evidence
from supplychain.evidence.rules import Claim
from supplychain.frameworks.terms import EvidenceKind
from supplychain.network import engine, links, ownership
from supplychain.network.imports.rows import Status
from supplychain.network.models import Organization, OwnershipRow, SupplyLink
from supplychain.work import Actor, Work, run
from tests.lists import import_file
from tests.trials.stage import DATA, Stage, staged

FOLDER = DATA / "palm-brand-mill-network"
FRAMEWORK = "palm-mill@1"
REGISTERED_ON = date(2023, 3, 31)
EDITION = "2018"
"""The register names none; on its day that of 2018 was the one in force."""
UNKNOWN = {"", "UNKNOWN"}
Figures = dict[str, Any]
Rows = list[dict[str, str]]


def table(name: str) -> Rows:
    """A table of the data set."""
    with (FOLDER / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def walk(stage: Stage, figures: Figures) -> Figures:
    """The whole road; figures gather what can be counted."""
    mills = table("mills.csv")
    edges = table("brand_mill_edges_2017_2020.csv")
    register, _ = stage.join("Universal Mill List", Role.BRAND)
    _, reviewer = stage.join("Document reviewer", Role.REVIEWER)
    mill_ids = enter_mills(stage, register.number, mills, figures)
    stage.assign(reviewer.organization)
    confirm_ownership(stage, reviewer, figures)
    brands = {name: stage.join(name, Role.BRAND) for name in sorted({row["consumer_brand"] for row in edges})}
    enter_links(stage, {name: actor for name, (_, actor) in brands.items()}, edges, mill_ids, figures)
    confirm_links(stage, reviewer, figures)
    enter_certificates(stage, reviewer, mills, mill_ids, figures)
    ask(stage, brands["Nestle"][0], figures)
    measure_groups(stage, figures)
    return figures


def enter_mills(stage: Stage, register: int, mills: Rows, figures: Figures) -> dict[str, str]:
    """Import mills, parents and groups with who owns whom; the public id of each mill by its UML id."""
    text = _csv(["code", "name", "kind", "country", "parent_code"], _organization_rows(mills))
    report = import_file(stage.runtime, register, io.BytesIO(text), "organizations")
    figures["organization rows"] = counted(report.results)
    again = import_file(stage.runtime, register, io.BytesIO(text), "organizations")
    figures["organization rows, the same file again"] = counted(again.results)
    return {row["UML ID"]: report.results[at].subject or "" for at, row in enumerate(mills)}


def _organization_rows(mills: Rows) -> Iterable[list[str]]:
    for row in mills:
        country = pycountry.countries.get(alpha_3=row["ISO"])
        parent = row["Parent Company"]
        yield [row["UML ID"], row["Mill Name"], "plant", country.alpha_2 if country else "", _code(parent)]
    groups = sorted({(row["Parent Company"], row["Group Name"]) for row in mills})
    for parent, group in groups:
        if parent not in UNKNOWN:
            yield [_code(parent), parent, "company", "", _code(group) if group != parent else ""]
    for group in sorted({group for _, group in groups} - {parent for parent, _ in groups} - UNKNOWN):
        yield [_code(group), group, "company", "", ""]


def _code(name: str) -> str:
    return "" if name in UNKNOWN else f"C-{name}"[:80]


def confirm_ownership(stage: Stage, reviewer: Actor, figures: Figures) -> None:
    """Confirm each ownership as the reviewer who saw the list."""
    found = run(stage.runtime, lambda work: list(work.session.scalars(select(OwnershipRow.number))))

    def body(work: Work, numbers: Iterable[int]) -> None:
        for number in numbers:
            ownership.review(work, work.session.get_one(OwnershipRow, number), "Universal Mill List")

    stage.by_thousands(reviewer, found, body)
    figures["ownerships confirmed"] = len(found)


def enter_links(
    stage: Stage, brands: dict[str, Actor], edges: Rows, mill_ids: dict[str, str], figures: Figures
) -> None:
    """Every brand imports its lists, all years in one file, as published: repeated rows and unknown mills included."""
    total: Counter[str] = Counter()
    again: Counter[str] = Counter()
    for name, actor in brands.items():
        mine = [row for row in edges if row["consumer_brand"] == name]
        newest = max(row["report_year"] for row in mine)
        rows = [
            [
                mill_ids.get(row["UML ID"], row["UML ID"]),
                f"{row['report_year']}-01-01",
                "" if row["report_year"] == newest else f"{row['report_year']}-12-31",
                "1511",
                "identity",
            ]
            for row in mine
        ]
        text = _csv(["supplier", "valid_from", "valid_to", "category", "disclosure"], rows)
        total += counted(import_file(stage.runtime, actor.organization, io.BytesIO(text), "links").results)
        again += counted(import_file(stage.runtime, actor.organization, io.BytesIO(text), "links").results)
    figures["link rows"] = dict(total)
    figures["link rows, the same files again"] = dict(again)
    figures["links"] = run(stage.runtime, lambda work: len(list(engine.network(work).links())))


def confirm_links(stage: Stage, reviewer: Actor, figures: Figures) -> None:
    """Confirm every link: the buyer itself published it."""
    found = run(stage.runtime, lambda work: list(work.session.scalars(select(SupplyLink.id))))
    stage.by_thousands(reviewer, found, lambda work, ids: links.confirm_many(work, ids, "The brand's own list"))
    figures["links confirmed"] = len(found)


def enter_certificates(stage: Stage, reviewer: Actor, mills: Rows, mill_ids: dict[str, str], figures: Figures) -> None:
    """Enter the public register: one certificate a certified mill."""
    certified = [row for row in mills if row["RSPO Status"] == "RSPO Certified"]

    def body(work: Work, rows: Iterable[dict[str, str]]) -> None:
        for row in rows:
            claim = Claim(
                kind=EvidenceKind.CERTIFICATE,
                organization=mill_ids[row["UML ID"]],
                standard="rspo-mill-ip" if "IP" in row["RSPO Type"] else "rspo-mill-mb",
                certificate={
                    "number": row["UML ID"],
                    "issuer": "RSPO public register",
                    "version": EDITION,
                },
                issued_on=REGISTERED_ON,
                valid_until=date(2028, 3, 30),
                source="RSPO public register",
            )
            evidence.check(work, claim, has_files=False)
            evidence.submit(work, claim)

    stage.by_thousands(reviewer, certified, body)
    figures["certificates"] = len(certified)
    figures["jobs after the certificates"] = stage.do_jobs()


def ask(stage: Stage, brand: Any, figures: Figures) -> None:
    """A brand asks its mills for RSPO from today on and looks who falls short."""
    draft = {
        "title": "RSPO at every mill",
        "framework": FRAMEWORK,
        "pillar": "all",
        "purpose": "No deforestation",
        "schedule": [1],
        "beyond": "stop",
        "grace": [12],
        "link_scope": ["15"],
        "scope_applies": "every",
    }
    made = brand.post("/v1/requirements", draft).json
    published = brand.post(f"/v1/requirements/{made['id']}/publish", {})
    figures["publishing answers"] = published.status_code
    figures["jobs after publishing"] = stage.do_jobs()
    rows = everything(brand, f"/v1/requirements/{made['id']}/obligations?limit=200")
    figures["mills that owe RSPO"] = len(rows)
    figures["of these by status"] = dict(Counter(row["status"] for row in rows))
    first = rows[0]["supplier"]
    told = brand.get(f"/v1/suppliers/{first}/explanation").json["items"][0]
    figures["why one owes"] = [rule["code"] for rule in told["rules"]]
    figures["its flags"] = brand.get(f"/v1/suppliers/{first}").json["flags"]


def measure_groups(stage: Stage, figures: Figures) -> None:
    """What the worst-plant rule makes of the companies: as good as their worst mill."""

    def body(work: Work) -> Figures:
        network = engine.network(work)
        companies = {
            number: len(network.plants_of(number, work.today))
            for number in work.session.scalars(select(Organization.number).where(Organization.kind == "company"))
        }
        rows = {row.organization: row for row in work.session.scalars(select(Conformity))}
        held = Counter[str]()
        for number, plants in companies.items():
            row = rows.get(number)
            if plants > 1 and row is not None and FRAMEWORK in row.assessments:
                level = row.assessments[FRAMEWORK]["overall"]
                held[f"level {level}"] += 1
        return {
            "companies with more than one mill": sum(plants > 1 for plants in companies.values()),
            "of these with a certified mill, by the level of the company": dict(sorted(held.items())),
        }

    figures.update(run(stage.runtime, body))


def everything(member: Any, path: str) -> list[dict[str, Any]]:
    """All items of a list, page after page."""
    items: list[dict[str, Any]] = []
    while path:
        answer = member.get(path)
        items += answer.json["items"]
        link = answer.headers.get("Link", "")
        path = link[1 : link.index(">")] if link else ""
    return items


def counted(results: Iterable[Any]) -> Counter[str]:
    """Rows by what became of them, and faults by code."""
    counts = Counter(str(result.status) for result in results)
    counts += Counter(f"error {fault.code}" for one in results if one.status is Status.ERROR for fault in one.faults)
    return counts


def _csv(header: list[str], rows: Iterable[list[str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode()


def main() -> int:
    """Walk the road and print every figure."""
    if not FOLDER.exists():
        print(f"{FOLDER} is absent: set SUPPLYCHAIN_DATA to the folder of the public data sets")
        return 1
    with staged() as stage:
        for name, figure in walk(stage, {}).items():
            print(f"{name:64} {dict(figure) if isinstance(figure, Counter) else figure}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
