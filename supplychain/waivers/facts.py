"""From a waiver's row to the fact that the engine folds."""

from graph import network as graph
from supplychain.waivers.models import Waiver


def fact_of(row: Waiver) -> graph.Waiver:
    """The waiver as a fact of the network."""
    return graph.Waiver(
        number=row.number,
        requirement=row.requirement,
        supplier=row.supplier,
        granted_on=row.granted_on,
        until=row.until,
        due=row.due,
        level=row.level,
        revoked_on=row.revoked_on,
        veiled=row.veiled,
        id=row.id,
    )
