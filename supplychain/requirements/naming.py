"""Under which name a reader hears of a requirement: its id, or one for this reader only where the issuer is hidden."""

from datetime import date

from graph.cascade import Obligation, obligation
from graph.network import Network, Requirement
from supplychain.crypto import fingerprint
from supplychain.work import Work


def requirement_ref(work: Work, reader: int, requirement: Requirement, *, issuer_shown: bool) -> str:
    """What stands for a requirement: its id, or a name for this reader only where the issuer is not shown."""
    if issuer_shown:
        return requirement.id
    return "rqp_" + fingerprint(work.runtime.settings.secret, "requirement", reader, requirement.id)


def issuer_shown(requirement: Requirement, owed: Obligation | None) -> bool:
    """Whether a supplier is told who asks: where it is asked directly, or where the issuer wants to be named.

    owed: what it owes; None when it owes nothing (any more).
    """
    return requirement.named or (owed is not None and owed.tier == 1)


def own_reference(work: Work, network: Network, requirement: Requirement, supplier: int, day: date) -> tuple[str, bool]:
    """A supplier's own name for a requirement, and whether the issuer is shown to it."""
    shown = issuer_shown(requirement, obligation(network, requirement, supplier, day))
    return requirement_ref(work, supplier, requirement, issuer_shown=shown), shown
