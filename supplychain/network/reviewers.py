"""Whose word is accepted: customers and programmes list reviewers, suppliers choose among them."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Select, select

from graph.network import state_on
from graph.terms import CARRYING
from supplychain.accounts import operations as accounts
from supplychain.accounts.models import Invitation
from supplychain.accounts.permissions import Role
from supplychain.dialects import among
from supplychain.errors import Fault, Invalid
from supplychain.network import directory, engine
from supplychain.network.independence import may_review
from supplychain.network.models import Organization
from supplychain.network.standing import require_verified
from supplychain.work import Work


def every() -> Select[Organization]:
    """Organizations that review."""
    return select(Organization).where(Organization.number.in_(accounts.with_role(Role.REVIEWER)))


def accepted(work: Work) -> list[Organization]:
    """Reviewers the acting organization accepts, in its order."""
    numbers = directory.acting(work).accepted_reviewers
    return _in_order(numbers, directory.by_number(work, numbers))


def accept(work: Work, reviewer_ids: Sequence[str]) -> list[Organization]:
    """Say whose word the acting organization accepts of its suppliers; replaces what it said before.

    The first independent one verifies the claims of those it invites. Raises Invalid for whoever is
    no reviewer.
    """
    acting = require_verified(work) or directory.acting(work)
    known = {row.id: row for row in work.session.scalars(every().where(Organization.id.in_(reviewer_ids)))}
    faults = [Fault(f"/reviewers/{at}", "not-a-reviewer") for at, one in enumerate(reviewer_ids) if one not in known]
    if faults:
        raise Invalid("invalid-payload", faults=faults)
    chosen = [known[one] for one in dict.fromkeys(reviewer_ids)]
    acting.accepted_reviewers = [row.number for row in chosen]
    work.record("reviewers.accepted", acting.id, acting.number, reviewers=acting.accepted_reviewers)
    return chosen


def choices(work: Work) -> list[Organization]:
    """Whom the acting organization may choose to review its evidence.

    Those that its customers, or a programme whose invitation it accepted, accept, and that are
    independent of it; by name.
    """
    me = work.actor.organization
    network = engine.network(work)
    customers = {link.buyer for link in network.links_to(me) if state_on(link.periods, work.today) in CARRYING}
    invited = select(Invitation.inviter).where(Invitation.organization == me, Invitation.accepted_at.is_not(None))
    askers = directory.by_number(work, customers | set(work.session.scalars(invited)))
    numbers = {number for row in askers.values() for number in row.accepted_reviewers}
    independent = {number for number in numbers if may_review(network, number, me, work.today)}
    rows = work.session.scalars(every().where(among(Organization.number, independent)))
    return sorted(rows, key=lambda row: (row.name, row.id))


def chosen(work: Work) -> Organization | None:
    """Who reviews the acting organization's evidence."""
    number = directory.acting(work).evidence_reviewer
    return None if number is None else directory.by_number(work, {number})[number]


def choose(work: Work, reviewer_id: str) -> Organization:
    """Choose who reviews the acting organization's evidence from now on. Raises Invalid."""
    acting = require_verified(work) or directory.acting(work)
    reviewer = next((row for row in choices(work) if row.id == reviewer_id), None)
    if reviewer is None:
        raise Invalid.at("/reviewer", "reviewer-not-accepted")
    acting.evidence_reviewer = reviewer.number
    work.record("reviewer.chosen", acting.id, acting.number, reviewer=reviewer.number)
    return reviewer


def _in_order(numbers: Sequence[int], rows: Mapping[int, Organization]) -> list[Organization]:
    return [rows[number] for number in numbers]
