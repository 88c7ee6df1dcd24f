"""Who sees which plan: the supplier, a customer that sees it by name and whose own demand it serves, the reviewer."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from graph.cascade import obligations_of
from graph.sight import RowKind, view
from supplychain.conformity.levels import levels
from supplychain.conformity.supplied import suppliers
from supplychain.dialects import among
from supplychain.errors import NotFound
from supplychain.evidence.models import Evidence
from supplychain.evidence.queries import assigned_reviewer
from supplychain.network import engine, proofs
from supplychain.network.independence import may_review
from supplychain.network.models import Organization
from supplychain.plans import rules
from supplychain.plans.models import Plan, PlanReview
from supplychain.plans.rules import PlanState, Progress, Step, Verdict
from supplychain.work import Work

Item = dict[str, Any]
CUSTOMER, REVIEWER = "customer", "reviewer"
ACCEPT = "accept"


@dataclass(frozen=True, slots=True)
class Shown:
    """A plan in the eyes of somebody: as which party, what was achieved, and the reviews it knows of."""

    plan: Plan
    party: str
    achieved: int | None
    reviews: Sequence[PlanReview]

    @property
    def state(self) -> PlanState:
        """How far it is, as its reader may know."""
        verdicts = [Verdict(one.decision == ACCEPT, one.at) for one in self.reviews]
        return rules.state_of(progress(self.plan), self.achieved, verdicts)


def progress(row: Plan) -> Progress:
    """What a plan's row says of how far it is."""
    steps = [Step(_day(one["due"]), _day(one["done_on"]) if one["done_on"] else None) for one in row.milestones]
    started, withdrawn = row.started_on is not None, row.withdrawn_on is not None
    return Progress(row.level, steps, started=started, reported_at=row.reported_at, withdrawn=withdrawn)


# The supplier's own ---------------------------------------------------------------------------


def mine(work: Work, organization: int, query: Mapping[str, Any]) -> list[Item]:
    """The plans of an organization that is the caller or a plant of its own, in the order in which they were made."""
    with work.deriving():  # of a plant its owner may know
        rows = work.session.scalars(select(Plan).where(Plan.organization == organization).order_by(Plan.number)).all()
        items = _own_items(work, rows)
    return _fitting(items, query)


def my_plan(work: Work, plan_id: str) -> Plan:
    """A plan that the caller made, or of an organization that it is or owns. Raises NotFound."""
    with work.deriving():
        row = work.session.scalar(select(Plan).where(Plan.id == plan_id))
    if row is None:
        raise NotFound
    me, network = work.actor.organization, engine.network(work)
    if row.organization not in {me, *network.plants_of(me, work.today)}:
        raise NotFound
    return row


def my_item(work: Work, row: Plan) -> Item:
    """A plan as its supplier sees it."""
    with work.deriving():
        (item,) = _own_items(work, [row])
    return item


def _own_items(work: Work, rows: Sequence[Plan]) -> list[Item]:
    reviews, named = _reviews(work, rows), _evidence(work, rows)
    network = engine.network(work)
    items = []
    for row in rows:
        shown = Shown(row, "", achieved(work, row), reviews[row.number])
        found = network.organization(row.organization)
        items.append(
            {
                **_told(work, shown),
                "organization": found.id if found else "",
                "owner": row.owner,
                "made_on": row.made_on,
                "withdrawal": row.withdrawal,
                "milestones": [_own_step(one, named, work.today) for one in row.milestones],
            }
        )
    return items


def achieved(work: Work, row: Plan) -> int | None:
    """The level that the organization has where the plan is to take it."""
    key = (row.organization, row.framework, row.pillar)
    return levels(work, [key], work.today)[key].standing.level


# In the eyes of others ------------------------------------------------------------------------


def shown_to_me(work: Work) -> list[Shown]:
    """The plans that the caller sees as a customer or as the reviewer, in the order of their ids.

    Another order would tell when, and so perhaps why, they were made.
    """
    served = _served(work)
    reviewed = set(work.session.scalars(proofs.reviewed(work).with_only_columns(Organization.number)))
    about = {organization for organization, *_ in served} | reviewed
    if not about:
        return []
    with work.deriving():  # who may see what is decided here, by what the caller sees of the network
        rows = work.session.scalars(select(Plan).where(among(Plan.organization, about)).order_by(Plan.id)).all()
        reviews = _reviews(work, rows)
    found = []
    for row in rows:
        if row.organization in reviewed:
            party, level = REVIEWER, achieved(work, row)
        elif (asked := served.get((row.organization, row.framework, row.pillar))) and rules.serves(row.level, asked[0]):
            party, level = CUSTOMER, asked[1]
        else:
            continue
        mine = [one for one in reviews[row.number] if one.reviewer == work.actor.organization]
        found.append(Shown(row, party, level, mine))
    return found


def concerned(work: Work, row: Plan) -> Iterator[tuple[int, Shown]]:
    """Who may say whether a plan was carried out, by number, and how each sees it; for the deriver.

    Customers as ``shown_to_me`` finds them, and of reviewers the one that evidence of its supplier goes to.
    """
    reviews, level = _reviews(work, [row])[row.number], achieved(work, row)
    parties = dict.fromkeys(_customers(work, row), CUSTOMER)
    reviewer = assigned_reviewer(work, row.organization, row.holder)
    network, whose = engine.network(work), {row.organization, row.holder}
    if reviewer is not None and all(may_review(network, reviewer, one, work.today) for one in whose):
        parties[reviewer] = REVIEWER
    for reader, party in sorted(parties.items()):
        yield reader, Shown(row, party, level, [one for one in reviews if one.reviewer == reader])


def _customers(work: Work, row: Plan) -> Iterator[int]:
    network = engine.network(work)
    for owed in obligations_of(network, row.organization, work.today):
        requirement = network.requirement(owed.requirement)
        if requirement is None or (requirement.framework, row.pillar in requirement.pillars) != (row.framework, True):
            continue
        rows = (one for one in view(network, requirement, work.today).rows if one.organization == row.organization)
        if any(one.kind is RowKind.IDENTITY and rules.serves(row.level, {one.owed.level}) for one in rows):
            yield requirement.issuer


def seen(work: Work, plan_id: str) -> Shown:
    """One of them. Raises NotFound."""
    found = next((one for one in shown_to_me(work) if one.plan.id == plan_id), None)
    if found is None:
        raise NotFound
    return found


def listed(work: Work, query: Mapping[str, Any]) -> list[Item]:
    """The plans that the caller sees, as it may see them."""
    return _fitting([item_of(work, one) for one in shown_to_me(work)], query)


def item_of(work: Work, one: Shown) -> Item:
    """A plan as a customer or the reviewer sees it: not who answers for it, and no evidence but its number."""
    found = engine.network(work).organization(one.plan.organization)
    steps = [{**_step(step, work.today), "evidence": len(step["evidence"])} for step in one.plan.milestones]
    return {**_told(work, one), "supplier": found.id if found else "", "milestones": steps}


def position(item: Mapping[str, Any]) -> list[Any]:
    """Where a plan stands in a list of others'."""
    return [item["id"]]


def position_mine(item: Mapping[str, Any]) -> list[Any]:
    """Where a plan stands in one's own list."""
    return [item["made_on"].isoformat(), item["id"]]


Served = Mapping[tuple[int, str, str], tuple[set[int], int | None]]


def _served(work: Work) -> Served:
    """What the caller itself asks of suppliers it sees by name, by where it asks: the levels, and the one they have."""
    served: dict[tuple[int, str, str], tuple[set[int], int | None]] = {}
    for who, rows in suppliers(work, work.actor.organization, work.today).values():
        for one in rows:
            if one.kind is RowKind.IDENTITY and not one.passing and one.stood is not None:
                key = (who.organization, one.requirement.framework, one.pillar)
                served.setdefault(key, (set(), one.stood.standing.level))[0].add(one.owed.level)
    return served


# Rows and words -------------------------------------------------------------------------------


def _reviews(work: Work, rows: Iterable[Plan]) -> Mapping[int, list[PlanReview]]:
    numbers = [row.number for row in rows]
    found: dict[int, list[PlanReview]] = defaultdict(list)
    query = select(PlanReview).where(among(PlanReview.plan, numbers)).order_by(PlanReview.number)
    for one in work.session.scalars(query):
        found[one.plan].append(one)
    return found


def _evidence(work: Work, rows: Iterable[Plan]) -> Mapping[int, str]:
    numbers = {number for row in rows for step in row.milestones for number in step["evidence"]}
    found = work.session.execute(select(Evidence.number, Evidence.id).where(among(Evidence.number, numbers)))
    return {row.number: row.id for row in found}


def _told(work: Work, one: Shown) -> Item:
    row, state = one.plan, one.state
    return {
        **{name: getattr(row, name) for name in ("id", "framework", "pillar", "level", "title")},
        "achieved": one.achieved,
        "state": str(state),
        "late": rules.late(progress(row), state, work.today),
        "reviews": [
            {"party": said.party, "decision": said.decision, "note": said.note, "day": said.day} for said in one.reviews
        ],
    }


def _own_step(step: Mapping[str, Any], named: Mapping[int, str], today: date) -> Item:
    found = [named[number] for number in step["evidence"] if number in named]
    return {**_step(step, today), "note": step["note"], "evidence": found}


def _step(step: Mapping[str, Any], today: date) -> Item:
    done = _day(step["done_on"]) if step["done_on"] else None
    return {
        "title": step["title"],
        "due": _day(step["due"]),
        "done_on": done,
        "late": Step(_day(step["due"]), done).late_on(today),
    }


def _fitting(items: Iterable[Item], query: Mapping[str, Any]) -> list[Item]:
    wanted = {name: query[name] for name in ("state", "supplier", "pillar") if query.get(name) is not None}
    is_late = query.get("late")
    return [
        item
        for item in items
        if all(item[name] == value for name, value in wanted.items()) and is_late in (None, item["late"] > 0)
    ]


def _day(text: str) -> date:
    return date.fromisoformat(text)
