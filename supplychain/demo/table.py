"""What is printed before serving: where every brand stands, and what to try."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table
from sqlalchemy import select

from supplychain.conformity.supplier_list import supplier_items
from supplychain.demo.access import Keys
from supplychain.demo.organizations import numbers_of
from supplychain.demo.plan import HERO
from supplychain.demo.words import public
from supplychain.network.models import Organization
from supplychain.work import Runtime, Work, run

COLUMNS = ("met", "gap", "overdue", "not_assessed")


@dataclass(frozen=True, slots=True)
class Line:
    """One brand's suppliers at one tier, as the brand itself sees them: each under the worst of its statuses.

    other: expired, announced, awaiting confirmation, private, or owing nothing. flags: flagged ``training``.
    """

    brand: str
    tier: int
    suppliers: int
    counts: Mapping[str, int]
    other: int
    flags: int


def lines(runtime: Runtime) -> Sequence[Line]:
    """Every brand and tier."""
    return run(runtime, lambda work: list(_lines(work)))


def _lines(work: Work) -> Iterator[Line]:
    numbers = numbers_of(work)
    brands = [numbers[f"brand-{at}"] for at in range(1, 7)]
    query = select(Organization.number, Organization.name).where(Organization.number.in_(brands))
    names = {row.number: row.name for row in work.session.execute(query)}
    for brand in brands:
        items = supplier_items(work, brand, work.today)
        for tier in sorted({item["tier"] for item in items}):
            yield _line(names[brand], tier, [item for item in items if item["tier"] == tier])


def _line(brand: str, tier: int, items: Sequence[Mapping[str, Any]]) -> Line:
    statuses = Counter(str(item["status"]) for item in items)
    counts = {name: statuses[name] for name in COLUMNS}
    flags = sum(bool(item["flags"]) for item in items)
    return Line(brand, tier, len(items), counts, len(items) - sum(counts.values()), flags)


def table(rows: Sequence[Line]) -> Table:
    """The lines as a table; a brand is named once."""
    title = "Where the brands stand, each in its own eyes"
    drawn = Table(title=title, caption=_CAPTION, title_justify="left", caption_justify="left", box=SIMPLE_HEAD)
    drawn.add_column("brand", no_wrap=True)
    for name in ("tier", "suppliers", *(one.replace("_", " ") for one in COLUMNS), "other", "flags"):
        drawn.add_column(name, justify="right")
    named = ""
    for row in rows:
        if row.brand != named and named:
            drawn.add_section()
        numbers = (row.tier, row.suppliers, *(row.counts[name] for name in COLUMNS), row.other, row.flags)
        drawn.add_row(row.brand if row.brand != named else "", *(str(one) if one else "·" for one in numbers))
        named = row.brand
    return drawn


_CAPTION = (
    "other: expired, announced, awaiting confirmation, private, or owing nothing; flags: flagged for training. "
    "Suppliers behind closed links are not listed: they are counted in GET /v1/requirements/{id}/obligations."
)


def commands(address: str, keys: Keys) -> Sequence[tuple[str, str]]:
    """Five things to try, each with its curl command."""
    supplier, requirement, event = public("org", HERO), public("req", "ohs-1"), public("mev", "conference")

    def curl(role: str, path: str) -> str:
        return f'curl -s -H "Authorization: Bearer {keys[role]["key"]}" "{address}{path}"'

    return (
        ("brand: who is overdue at tier 1", curl("brand", "/v1/suppliers?tier=1&status=overdue")),
        (
            "brand: why does this supplier owe its level",
            curl("brand", f"/v1/suppliers/{supplier}/explanation?requirement={requirement}"),
        ),
        ("supplier: what do I owe, and what is unmet", curl("supplier", "/v1/me/obligations")),
        ("reviewer: what waits for me", curl("reviewer", "/v1/evidence?role=reviewer&state=submitted")),
        ("organiser: who should meet whom", curl("organiser", f"/v1/events/{event}/pairings?limit=5")),
    )
