"""What brands and suppliers of the demo have said to each other about what is asked."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from sqlalchemy import select

from supplychain.accounts.models import Person
from supplychain.demo.organizations import email_of, numbers_of
from supplychain.demo.plan import PLAYED, Plan
from supplychain.demo.words import public
from supplychain.requirements.models import Requirement
from supplychain.waivers.facts import fact_of
from supplychain.waivers.models import Waiver
from supplychain.work import Work

BRAND = "brand-1"


def add(work: Work, plan: Plan, day: date) -> None:
    """Leave given by one brand to two of its direct suppliers: more time, and a lower level for a while."""
    numbers = numbers_of(work)
    first, second, *_ = direct_suppliers(plan)
    rows = [
        _waiver(work, numbers, "ohs-1", first, day, due=day + timedelta(days=120), reason="plan_agreed"),
        _waiver(work, numbers, "all-1", second, day, level=1, reason="newly_approached"),
    ]
    rows[0].note = "Sprinklers of hall 2 are ordered; delivery in three months"
    work.session.add_all(rows)
    work.session.flush()
    work.change(*map(fact_of, rows))


def direct_suppliers(plan: Plan) -> Iterator[str]:
    """Whom the brand buys from by a confirmed link, but for those that have a part in the journeys."""
    found = (one.supplier for one in plan.links if one.buyer == BRAND and one.state == "confirmed")
    return iter(dict.fromkeys(key for key in found if key not in PLAYED))


def _waiver(
    work: Work,
    numbers: Mapping[str, int],
    demand: str,
    supplier: str,
    day: date,
    *,
    reason: str,
    due: date | None = None,
    level: int | None = None,
) -> Waiver:
    requirement = work.session.scalar(select(Requirement.number).where(Requirement.id == public("req", demand)))
    assert requirement is not None, "the demands come first"
    return Waiver(
        id=public("wvr", demand, supplier),
        issuer=numbers[BRAND],
        requirement=requirement,
        supplier=numbers[supplier],
        veiled=False,
        reason=reason,
        approver=work.session.scalar(select(Person.number).where(Person.email == email_of(BRAND))),
        granted_on=day,
        granted_at=work.now,
        until=day + timedelta(days=180),
        due=due,
        level=level,
    )
