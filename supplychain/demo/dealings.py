"""What brands and suppliers of the demo have said to each other about what is asked."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy import select

from supplychain.accounts.models import Person
from supplychain.answers.models import Answer, Reply
from supplychain.conformity.models import Conformity
from supplychain.demo.organizations import email_of, numbers_of
from supplychain.demo.plan import PLAYED, Plan
from supplychain.demo.words import public
from supplychain.plans.models import Plan as ActionPlan
from supplychain.requirements.models import Requirement
from supplychain.waivers.facts import fact_of
from supplychain.waivers.models import Waiver
from supplychain.work import Work

BRAND = "brand-1"
FRAMEWORK = "eseec-electronics@1"


def add(work: Work, plan: Plan, day: date) -> None:
    """Leave given by one brand to two of its direct suppliers, and what others answered to it."""
    numbers = numbers_of(work)
    suppliers = list(direct_suppliers(plan))
    first = next(key for key in suppliers if _falls_short(work, numbers[key]))
    second, *others = (key for key in suppliers if key != first)
    _leave(work, numbers, first, second, day)
    _answers(work, numbers, others, day)
    work.session.add(_action_plan(numbers[first], day, work))
    work.session.flush()


def _action_plan(supplier: int, day: date, work: Work) -> ActionPlan:
    """How the one with more time will use it: a step done, one late, one to come."""
    steps = (
        ("Sprinklers ordered", -30, -35),
        ("Hall 2 cleared", -5, None),
        ("Accepted by the fire service", 90, None),
    )
    return ActionPlan(
        id=public("pln", supplier),
        organization=supplier,
        holder=supplier,
        framework=FRAMEWORK,
        pillar="ohs",
        level=3,
        title="Fire safety of hall 2",
        owner="EHS manager",
        milestones=[
            {
                "title": title,
                "due": (day + timedelta(days=due)).isoformat(),
                "done_on": None if done is None else (day + timedelta(days=done)).isoformat(),
                "note": "",
                "evidence": [],
            }
            for title, due, done in steps
        ],
        made_on=day - timedelta(days=60),
        made_at=work.now - timedelta(days=60),
        started_on=day - timedelta(days=50),
        reported_at=work.now - timedelta(days=35),
    )


def _leave(work: Work, numbers: Mapping[str, int], first: str, second: str, day: date) -> None:
    """More time for one, a lower level for a while for another."""
    rows = [
        _waiver(work, numbers, "ohs-1", first, day, due=day + timedelta(days=120), reason="plan_agreed"),
        _waiver(work, numbers, "all-1", second, day, level=1, reason="newly_approached"),
    ]
    rows[0].note = "Sprinklers of hall 2 are ordered; delivery in three months"
    work.session.add_all(rows)
    work.session.flush()
    work.change(*map(fact_of, rows))


def _answers(work: Work, numbers: Mapping[str, int], suppliers: Sequence[str], day: date) -> None:
    """One of each kind; the question was answered, the dispute and the refusal wait. Everybody else is silent."""
    said = (
        ("accept", None, ""),
        ("question", None, "Does this include our warehouse?"),
        ("dispute", "wrong_due", ""),
        ("decline", "eu_value_chain_cap", "We have 180 staff and were asked for a CSRD report"),
    )
    rows = [
        Answer(
            id=public("ans", supplier),
            issuer=numbers[BRAND],
            requirement=_requirement(work, "all-1"),
            supplier=numbers[supplier],
            holder=numbers[supplier],
            person=_person(work, supplier),
            veiled=False,
            kind=kind,
            reason=reason,
            text=text,
            answered_on=day - timedelta(days=20),
            answered_at=work.now - timedelta(days=20),
        )
        for supplier, (kind, reason, text) in zip(suppliers, said, strict=False)
    ]
    work.session.add_all(rows)
    work.session.flush()
    question = next(row for row in rows if row.kind == "question")
    work.session.add(
        Reply(
            id=public("rpl", question.id),
            answer=question.number,
            issuer=question.issuer,
            supplier=question.supplier,
            holder=question.holder,
            person=_person(work, BRAND),
            kind="explain",
            text="It does, from the day on which you handle our goods there",
            replied_on=day - timedelta(days=12),
            replied_at=work.now - timedelta(days=12),
        )
    )
    work.session.flush()


def direct_suppliers(plan: Plan) -> Iterator[str]:
    """From whom the brand buys electronics by a confirmed link, but for those that have a part in the journeys."""
    own = (one for one in plan.links if one.buyer == BRAND and one.state == "confirmed" and one.category[:2] == "85")
    return iter(dict.fromkeys(one.supplier for one in own if one.supplier not in PLAYED))


def _falls_short(work: Work, supplier: int) -> bool:
    """Whether a supplier was assessed, and has not the level of safety that the brand asks."""
    row = work.session.get(Conformity, supplier)
    standings = row.assessments.get(FRAMEWORK, {}).get("standings", {}) if row else {}
    return 0 < (standings.get("ohs", {}).get("level") or 0) < 3


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
    return Waiver(
        id=public("wvr", demand, supplier),
        issuer=numbers[BRAND],
        requirement=_requirement(work, demand),
        supplier=numbers[supplier],
        veiled=False,
        reason=reason,
        approver=_person(work, BRAND),
        granted_on=day,
        granted_at=work.now,
        until=day + timedelta(days=180),
        due=due,
        level=level,
    )


def _requirement(work: Work, demand: str) -> int:
    number = work.session.scalar(select(Requirement.number).where(Requirement.id == public("req", demand)))
    assert number is not None, "the demands come first"
    return number


def _person(work: Work, key: str) -> int | None:
    return work.session.scalar(select(Person.number).where(Person.email == email_of(key)))
