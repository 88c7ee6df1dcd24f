"""Verbs of requirements: draft, edit, discard, publish, end, amend (domain rules: requirement)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from graph import network as graph
from supplychain import frameworks
from supplychain.errors import Conflict
from supplychain.requirements import demands, rules
from supplychain.requirements.models import Requirement
from supplychain.work import Work

CHANGEABLE = {"title", "effective_to"}
"""What it may still say once others rely on it."""


def draft(work: Work, values: Mapping[str, Any]) -> Requirement:
    """Write down a demand that binds nobody yet: ``title``, ``framework``, ``schedule`` and what else is said.

    Raises Invalid.
    """
    row = demands.new(work, {**demands.OPTIONAL, **values})
    demands.refuse(rules.faults(demands.demand_of(row), frameworks.registry(work).get(row.framework)))
    work.session.add(row)
    work.session.flush()
    work.record("requirement.drafted", row.id, row.issuer)
    return row


def edit(work: Work, row: Requirement, values: Mapping[str, Any]) -> None:
    """Change a draft, or the title and the end of a published requirement. Raises Invalid, Conflict."""
    changed = {name: value for name, value in values.items() if value != getattr(row, name)}
    if row.state != demands.DRAFT:
        _edit_published(work, row, changed)
        return
    for name, value in changed.items():
        setattr(row, name, value)
    demands.refuse(rules.faults(demands.demand_of(row), frameworks.registry(work).get(row.framework)))
    work.session.flush()
    if changed:
        work.record("requirement.edited", row.id, row.issuer, fields=sorted(changed))


def discard(work: Work, row: Requirement) -> None:
    """Throw a draft away. Raises Conflict."""
    _must_be_draft(row)
    work.session.delete(row)
    work.record("requirement.discarded", row.id, row.issuer)


def publish(work: Work, row: Requirement, effective_from: date | None = None) -> None:
    """Let a draft bind from a day on, today or later; it never changes again. Raises Invalid, Conflict."""
    _must_be_draft(row)
    row.effective_from = effective_from or row.effective_from or work.today
    work.change(_published(work, row))
    work.record("requirement.published", row.id, row.issuer)
    work.emit("requirement.published", row.id, row.issuer, effective_from=row.effective_from)


def end(work: Work, row: Requirement, effective_to: date | None = None) -> None:
    """Give a published requirement a last day, today or later. Raises Invalid, Conflict.

    One that is only announced may end before it begins: then it never binds.
    """
    demands.must_hold(work, row)
    edit(work, row, {"effective_to": effective_to or work.today})


def amend(work: Work, row: Requirement, values: Mapping[str, Any]) -> Requirement:
    """Publish a successor that differs in ``values`` and ends this one the day before it takes effect.

    Both are one revision of the log. Raises Invalid, Conflict.
    """
    successor = demands.successor_of(work, row, values)
    first = successor.effective_from or work.today
    published = _published(work, successor)
    row.effective_to = rules.last_day_before(first)
    work.change(_republished(work, row), published)
    work.record("requirement.amended", row.id, row.issuer, successor=successor.id)
    work.emit("requirement.amended", row.id, row.issuer, successor=successor.id)
    work.session.flush()
    return successor


def _edit_published(work: Work, row: Requirement, changed: Mapping[str, Any]) -> None:
    fixed = changed.keys() - CHANGEABLE
    if fixed:
        raise Conflict("requirement-fixed", fields=", ".join(sorted(fixed)))
    if "effective_to" in changed:
        demands.must_hold(work, row)
        demands.must_be_newest(work, row)
        row.effective_to = changed["effective_to"]
        demands.refuse(rules.faults_of_end(row.effective_to, work.today))
        action = "requirement.ended" if row.effective_to else "requirement.continued"
        work.record(action, row.id, row.issuer, effective_to=row.effective_to)
        work.emit(action, row.id, row.issuer, effective_to=row.effective_to)
    if "title" in changed:
        row.title = changed["title"]
        work.record("requirement.retitled", row.id, row.issuer)
    if changed:
        work.change(_republished(work, row))
        work.session.flush()


def _published(work: Work, row: Requirement) -> graph.Requirement:
    """Make a row binding, and say so as a fact."""
    pillars = demands.checked(work, row)
    row.state = demands.PUBLISHED
    row.published_at = work.now
    work.session.add(row)
    work.session.flush()
    return demands.fact(work, row, pillars)


def _republished(work: Work, row: Requirement) -> graph.Requirement:
    """The fact of old with what may change: pillars and day of publication stay as they were recorded."""
    return replace(demands.recorded(work, row), title=row.title, effective_to=row.effective_to)


def _must_be_draft(row: Requirement) -> None:
    if row.state != demands.DRAFT:
        raise Conflict("requirement-not-draft")
