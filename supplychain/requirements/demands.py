"""What an issuer says of a demand, held against the rules: shared by those that publish and those that only suppose."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from graph import network as graph
from supplychain import frameworks
from supplychain.errors import Conflict, Fault, Invalid
from supplychain.network import engine
from supplychain.requirements import queries, rules
from supplychain.requirements.facts import fact_of
from supplychain.requirements.models import Requirement
from supplychain.requirements.rules import Demand
from supplychain.work import Work

DRAFT, PUBLISHED = "draft", "published"
OPTIONAL: Mapping[str, Any] = {
    "pillar": rules.ALL,
    "purpose": "",
    "beyond": "stop",
    "grace": [],
    "link_scope": [],
    "scope_applies": "every",
    "supplier_scope": {},
    "effective_from": None,
    "effective_to": None,
    "named": False,
}
DEMANDED = ("title", "framework", "schedule", *OPTIONAL)
"""What an issuer says; the rest of a row is ours."""


def new(work: Work, values: Mapping[str, Any]) -> Requirement:
    """A row of the caller's that is in no table yet."""
    said = {name: values[name] for name in DEMANDED}
    return Requirement(issuer=work.actor.organization, state=DRAFT, created_at=work.now, **said)


def successor_of(work: Work, row: Requirement, values: Mapping[str, Any]) -> Requirement:
    """What amends a published row, in no table yet; effective from today unless said otherwise.

    Raises Invalid, Conflict.
    """
    must_hold(work, row)
    must_be_newest(work, row)
    said = {name: getattr(row, name) for name in DEMANDED if name != "effective_from"}
    successor = new(work, {**said, "effective_from": None, **values})
    successor.effective_from = successor.effective_from or work.today
    successor.predecessor = row.number
    refuse(rules.faults_of_amendment(demand_of(successor), demand_of(row)))
    return successor


def checked(work: Work, row: Requirement) -> tuple[str, ...]:
    """The pillars of a row that may be published today. Raises Invalid."""
    demand = demand_of(row)
    framework = frameworks.registry(work).get(row.framework)
    refuse([*rules.faults(demand, framework), *rules.faults_at_publication(demand, work.today)])
    assert framework is not None, "refused above"
    return rules.pillars_of(demand, framework)


def fact(work: Work, row: Requirement, pillars: tuple[str, ...]) -> graph.Requirement:
    """What the engine folds of a row published today."""
    return fact_of(row, pillars, work.today)


def recorded(work: Work, row: Requirement) -> graph.Requirement:
    """The fact of a published row as the log has it."""
    found = engine.network(work).requirement(row.number)
    if found is None:
        raise LookupError(f"requirement {row.number} is published, but not in the log")
    return found


def ended(work: Work, row: Requirement, effective_to: Any) -> graph.Requirement:
    """The fact of a published row with another last day. Raises Invalid, Conflict."""
    must_hold(work, row)
    must_be_newest(work, row)
    refuse(rules.faults_of_end(effective_to, work.today))
    return replace(recorded(work, row), effective_to=effective_to)


def demand_of(row: Requirement) -> Demand:
    """What the rules test of a row."""
    return Demand(row.framework, row.pillar, row.schedule, row.grace, row.effective_from, row.effective_to)


def refuse(faults: Iterable[Fault]) -> None:
    """Raises Invalid if there is any fault."""
    found = tuple(faults)
    if found:
        raise Invalid("invalid-payload", faults=found)


def must_hold(work: Work, row: Requirement) -> None:
    """Raises Conflict unless the row is published and not over."""
    if row.state == DRAFT:
        raise Conflict("requirement-not-published")
    if rules.has_ended(row.effective_to, work.today):
        raise Conflict("requirement-ended", effective_to=row.effective_to)


def must_be_newest(work: Work, row: Requirement) -> None:
    """Raises Conflict when another row amends this one."""
    if queries.relatives(work, [row]).successors:
        raise Conflict("requirement-amended")
