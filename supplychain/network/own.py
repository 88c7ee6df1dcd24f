"""Whom a supplier asks about: itself or a plant of its own."""

from datetime import date

from supplychain.errors import NotFound
from supplychain.network import engine
from supplychain.work import Work


def member(work: Work, organization_id: str | None, day: date) -> int:
    """The organization a supplier asks about: itself, or a plant it owns on a day as known now. Raises NotFound.

    A company it owns is a supplier of its own, and nobody else sees its customers and what they ask.
    """
    mine = work.actor.organization
    if organization_id is None:
        return mine
    network = engine.present(work).network
    for number in {mine, *network.plants_of(mine, day)}:
        found = network.organization(number)
        if found is not None and found.id == organization_id:
            return number
    raise NotFound
