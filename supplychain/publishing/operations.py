"""Proposing a framework version, approving and refusing it."""

from sqlalchemy import select

from supplychain.errors import Conflict, Forbidden, Invalid, NotFound
from supplychain.frameworks.library import Pack, packs, registry
from supplychain.frameworks.models import PROPOSED, PUBLISHED, REFUSED, Publication
from supplychain.jobs import Job
from supplychain.publishing import preview, spreading
from supplychain.work import Work


def find(work: Work, publication: str) -> Publication:
    """A proposal of the caller's organization. Raises NotFound."""
    mine = Publication.organization == work.actor.organization
    row = work.session.scalar(select(Publication).where(Publication.id == publication, mine))
    if row is None:
        raise NotFound
    return row


def propose(work: Work, framework: str, reason: str) -> Publication:
    """Propose to publish a version whose pack lies in a folder of the operator's, and look at who would change.

    Raises Invalid for a version that no pack here has; Conflict for one that ships with the system, or is proposed
    or published already; Forbidden for a key that is nobody's.
    """
    pack = _pack(work, framework)
    if pack is None:
        raise Invalid.at("/framework", "framework-without-pack")
    if pack.shipped:
        raise Conflict("framework-ships", framework=framework)
    if work.session.scalar(select(Publication.number).where(Publication.holds == framework)) is not None:
        raise Conflict("framework-proposed", framework=framework)
    row = Publication(
        organization=work.actor.organization,
        framework=framework,
        holds=framework,
        sha256=pack.sha256,
        reason=reason,
        proposer=_person(work),
        proposed_at=work.now,
        against=_before(work, pack),
    )
    work.session.add(row)
    work.session.flush()
    _look(work, row)
    work.record("framework.proposed", row.id, row.organization, framework=framework, sha256=row.sha256, reason=reason)
    return row


def look_again(work: Work, row: Publication) -> Publication:
    """Look anew at who would change: facts of today, and the version that is the newest by now.

    Raises Conflict once it is decided.
    """
    _undecided(row)
    pack = _pack(work, row.framework)
    if pack is None or pack.sha256 != row.sha256:
        raise Conflict("pack-changed", framework=row.framework)
    row.against = _before(work, pack)
    _look(work, row)
    return row


def approve(work: Work, row: Publication, sha256: str, reason: str) -> Publication:
    """Publish what another person proposed; what follows for everybody's levels is left to a job. It changes no
    obligation: requirements move over by amendment.

    sha256: of the pack the approver looked at. Raises Conflict when it is decided, when the pack is not what was
    proposed, or while the preview is not done; Forbidden for the person who proposed it.
    """
    person = _decides(work, row)
    if person == row.proposer:
        raise Forbidden("second-person-needed")
    pack = _pack(work, row.framework)
    if pack is None or not pack.sha256 == row.sha256 == sha256:
        raise Conflict("pack-changed", framework=row.framework)
    looked = work.session.get(Job, row.preview)
    if looked is None or looked.done_at is None:
        raise Conflict("preview-unfinished")
    _decide(work, row, PUBLISHED, person, reason)
    work.enqueue(spreading.JOB, {"framework": row.framework}, organization=row.organization)
    work.emit("framework.published", row.id, framework=row.framework, sha256=row.sha256)
    return row


def refuse(work: Work, row: Publication, reason: str) -> Publication:
    """Refuse a proposal, one's own included; the version may then be proposed anew. Raises Conflict once decided."""
    person = _decides(work, row)
    _decide(work, row, REFUSED, person, reason)
    row.holds = None
    return row


def _decide(work: Work, row: Publication, state: str, person: int, reason: str) -> None:
    row.state, row.decider, row.decision, row.decided_at = state, person, reason, work.now
    told = {"framework": row.framework, "sha256": row.sha256, "reason": reason}
    work.record(f"framework.{state}", row.id, row.organization, **told)


def _look(work: Work, row: Publication) -> None:
    job = work.enqueue(preview.JOB, {"publication": row.number}, organization=row.organization)
    row.preview = job.number


def _pack(work: Work, framework: str) -> Pack | None:
    return next((one for one in packs(work.runtime) if one.framework.key == framework), None)


def _before(work: Work, pack: Pack) -> str | None:
    """The newest published version of the same framework."""
    known = [one.key for one in registry(work) if one.id == pack.framework.id]
    return known[-1] if known else None


def _undecided(row: Publication) -> None:
    if row.state != PROPOSED:
        raise Conflict("publication-decided")


def _decides(work: Work, row: Publication) -> int:
    _undecided(row)
    return _person(work)


def _person(work: Work) -> int:
    if work.actor.person is None:
        raise Forbidden("person-needed")
    return work.actor.person
