"""Who reviews whom and who owns what, in worlds of tests about evidence; and how files are sent."""

import io
import json
from typing import Any

from sqlalchemy import func, select

from graph.network import Period
from graph.terms import LinkState
from supplychain.network import facts
from supplychain.network.models import Organization, OwnershipRow, SupplyLink
from supplychain.work import Work
from tests.world import Answer, Member, World

JSON, FORM = "application/json", "multipart/form-data"


def assign(world: World, organization: Member, reviewer: Member | None, *, role: str = "evidence_reviewer") -> None:
    """Let a reviewer review the evidence (or verify the claim) of an organization from now on."""

    def body(work: Work) -> None:
        row = work.session.get_one(Organization, organization.number)
        setattr(row, role, reviewer.number if reviewer else None)

    world.do(body)


def verify(world: World, organization: Member) -> None:
    """Let an organization be claimed, and its claim verified."""

    def body(work: Work) -> None:
        row = work.session.get_one(Organization, organization.number)
        row.claim = "verified"
        work.session.flush()
        work.change(facts.of_organization(row))

    world.do(body)


def own(world: World, parent: Member, child: Member) -> None:
    """Put a child under a parent, agreed by both."""

    def body(work: Work) -> None:
        row = OwnershipRow(
            child=child.number,
            parent=parent.number,
            confirmed_by_child=True,
            confirmed_by_parent=True,
            claimed_by=parent.number,
            created_at=work.now,
        )
        work.session.add(row)
        work.session.flush()
        work.change(facts.of_ownership(row))

    world.do(body)


def sell(world: World, supplier: Member, buyer: Member) -> None:
    """Record that a supplier sells to a buyer, confirmed."""

    def body(work: Work) -> None:
        row = SupplyLink(
            buyer=buyer.number,
            supplier=supplier.number,
            periods=facts.stored_periods((Period(None, None, LinkState.CONFIRMED),)),
            created_at=work.now,
        )
        work.session.add(row)
        work.session.flush()
        work.change(facts.of_link(row))

    world.do(body)


def count(world: World, model: Any, *conditions: Any) -> int:
    """How many rows there are."""
    found = world.do(lambda work: work.session.scalar(select(func.count()).select_from(model).where(*conditions)))
    assert isinstance(found, int)
    return found


def form(body: Any, *files: tuple[str, bytes] | tuple[str, bytes, str]) -> dict[str, Any]:
    """Evidence with files as a form; each file is (name, bytes) or (name, bytes, media type)."""
    return {
        "evidence": body if isinstance(body, str) else json.dumps(body),
        "file": [(io.BytesIO(data), name, *declared) for name, data, *declared in files],
    }


def send(member: Member, body: Any, *files: tuple[str, bytes] | tuple[str, bytes, str], **headers: str) -> Answer:
    """Submit evidence with files."""
    return member.post("/v1/evidence", data=form(body, *files), content_type=FORM, headers=headers)


def submit(member: Member, body: dict[str, Any]) -> dict[str, Any]:
    """Submit evidence that must be taken; what was answered."""
    response = member.post("/v1/evidence", body)
    assert response.status_code == 201, response.json
    answered: dict[str, Any] = response.json
    return answered


def faults(response: Answer) -> list[tuple[str, str]]:
    """Pointer and code of everything wrong with a payload."""
    assert response.status_code == 422, response.json
    return [(fault["pointer"], fault["code"]) for fault in response.json["errors"]]
