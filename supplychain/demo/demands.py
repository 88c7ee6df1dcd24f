"""What the six brands demand, by days from today; some of it is overdue, some only announced."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta


@dataclass(frozen=True, slots=True)
class Demand:
    """A requirement. months: when it takes effect, from today. amends: the key of the one it replaces.

    ended: the day before today minus so many days on which it ended, for one that was amended.
    """

    key: str
    issuer: str
    title: str
    pillar: str
    schedule: Sequence[int]
    grace: Sequence[int]
    months: int
    beyond: str = "hold"
    link_scope: Sequence[str] = ()
    scope_applies: str = "every"
    supplier_scope: dict[str, Any] = field(default_factory=dict)
    named: bool = False
    amends: str | None = None
    amended_months: int | None = None
    published: bool = True


DEMANDS = (
    Demand(
        "ohs-1",
        "brand-1",
        "Health and safety, electronics",
        "ohs",
        (3, 2, 1),
        (12, 18, 24),
        -14,
        link_scope=("85",),
        scope_applies="first",
    ),
    Demand("all-1", "brand-1", "Supplier code", "all", (2, 1), (9, 15), -3),
    Demand(
        "csr-1",
        "brand-1",
        "Social standards, Zhejiang first",
        "csr",
        (3, 2),
        (12, 18),
        2,
        supplier_scope={"regions": ["Zhejiang"]},
    ),
    Demand("eco-2a", "brand-2", "Eco-efficiency of 2024", "eco_efficiency", (2, 1), (18, 24), -26, amended_months=-5),
    Demand(
        "eco-2",
        "brand-2",
        "Eco-efficiency, raised",
        "eco_efficiency",
        (3, 2, 2),
        (9, 12, 18),
        -5,
        supplier_scope={"countries": ["CN"]},
        amends="eco-2a",
    ),
    Demand("ohs-2", "brand-2", "Safe workplaces", "ohs", (2, 2, 1), (6, 12), -8),
    Demand(
        "csr-3",
        "brand-3",
        "Decent work",
        "csr",
        (3, 2),
        (12, 24),
        -18,
        scope_applies="first",
        link_scope=("8534", "8517", "8544"),
    ),
    Demand("all-4", "brand-4", "Basics everywhere", "all", (1,), (6, 9, 12, 18), -10, named=True),
    Demand("csr-5", "brand-5", "People first", "csr", (4, 3, 2), (24, 30, 36), -12, beyond="stop"),
    Demand(
        "eco-6",
        "brand-6",
        "Green products",
        "eco_efficiency",
        (2, 1),
        (12,),
        -15,
        beyond="stop",
        supplier_scope={"sectors": ["PCB", "SMT", "PLT"]},
    ),
    Demand("ohs-6", "brand-6", "Health and safety 2030", "ohs", (3, 3, 2), (24,), 6, published=False),
)
"""The first is the demand of the issue's journeys."""


def effective_from(demand: Demand, day: date) -> date:
    """The day a demand takes effect."""
    return day + relativedelta(months=demand.months)


def effective_to(demand: Demand, day: date) -> date | None:
    """The last day of a demand that was amended."""
    if demand.amended_months is None:
        return None
    return day + relativedelta(months=demand.amended_months) - timedelta(days=1)
