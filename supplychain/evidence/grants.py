"""Verbs of grants: a holder lets a brand see its accepted evidence and open the files, and takes it back."""

from sqlalchemy import select

from supplychain.errors import Forbidden, Invalid, NotFound
from supplychain.evidence.models import Grant
from supplychain.network import directory
from supplychain.work import Work


def grant(work: Work, brand_id: str) -> tuple[Grant, bool]:
    """Let a brand see the actor's evidence; the standing grant, and whether it is new.

    Raises Invalid, and Forbidden while nobody verified who the actor is.
    """
    _check_verified(work)
    me = work.actor.organization
    brand = directory.named(work, brand_id, "/brand")
    if brand.number == me:
        raise Invalid.at("/brand", "not-yourself")
    standing = work.session.scalar(
        select(Grant).where(Grant.organization == me, Grant.brand == brand.number, Grant.revoked_at.is_(None))
    )
    if standing is not None:
        return standing, False
    row = Grant(organization=me, brand=brand.number, granted_at=work.now)
    work.session.add(row)
    work.session.flush()
    work.record("grant.given", row.id, me)
    work.emit("grant.given", row.id, me)
    return row, True


def revoke(work: Work, grant_id: str) -> Grant:
    """End a grant of one's own from now on; again changes nothing. Raises NotFound, Forbidden."""
    _check_verified(work)
    me = work.actor.organization
    row = work.session.scalar(select(Grant).where(Grant.id == grant_id, Grant.organization == me))
    if row is None:
        raise NotFound
    if row.revoked_at is None:
        row.revoked_at = work.now
        work.record("grant.revoked", row.id, me)
        work.emit("grant.revoked", row.id, me)
    return row


def _check_verified(work: Work) -> None:
    """Whoever accepted an invitation may be anybody: it submits, and opens nothing to others."""
    if not work.actor.verified:
        raise Forbidden("claim-unverified")
