"""Whether an organization's owner is known to be who it says (domain rules: claimed)."""

from supplychain.errors import Forbidden
from supplychain.network import directory
from supplychain.network.models import Organization
from supplychain.work import Work

UNCLAIMED, UNVERIFIED, VERIFIED = "unclaimed", "unverified", "verified"


def require_verified(work: Work) -> Organization | None:
    """The acting organization, its claim verified; None for the system.

    An unverified owner may only submit. Raises Forbidden("claim-unverified").
    """
    if work.actor.system:
        return None
    acting = directory.acting(work)
    if acting.claim != VERIFIED:
        raise Forbidden("claim-unverified")
    return acting
