"""Verbs of evidence: submit, withdraw, review, open a file. What follows from them is not known here."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select

from graph.network import Network
from graph.terms import OrganizationKind
from supplychain.accounts.permissions import Permission
from supplychain.db import opaque, table_of
from supplychain.errors import Conflict, Fault, Gone, Invalid, NotFound
from supplychain.evidence import queries, rules
from supplychain.evidence.files import Taken, store_of
from supplychain.evidence.models import Evidence, StoredFile
from supplychain.evidence.queries import FILE_OPENED, Seen, Sight
from supplychain.evidence.rules import Claim
from supplychain.evidence.terms import OPEN, Decided, EvidenceState, RejectedFor
from supplychain.evidence.values import Value
from supplychain.frameworks import registry
from supplychain.frameworks.framework import Framework
from supplychain.frameworks.terms import EvidenceKind, Trust
from supplychain.network import directory, engine
from supplychain.network.independence import may_review
from supplychain.network.models import Organization
from supplychain.work import Work


@dataclass(frozen=True, slots=True)
class _Place:
    """Whose evidence it is, by numbers. registered: entered by the reviewer from a public register."""

    organization: int
    holder: int
    sites: tuple[int, ...]
    registered: bool = False


def check(work: Work, claim: Claim, *, has_files: bool) -> None:
    """Refuse a claim that cannot be evidence, before anything is stored. Raises Invalid."""
    faults = rules.faults_of(claim, _frameworks(work), work.today, has_files=has_files)
    if faults:
        raise Invalid("invalid-payload", faults=faults)


def submit(work: Work, claim: Claim, files: Sequence[Taken] = ()) -> Seen:
    """Record a claim that passed ``check``; accepted at once where a pack or a public register lets it.

    Raises Invalid for organizations, sites and evidence that are not the submitter's to name.
    """
    place = _place(work, claim)
    trust = Trust.CERTIFIED if place.registered else rules.trust_of(claim, has_files=bool(files))
    accepted = place.registered or rules.accepted_on_receipt(
        claim, trust, _frameworks(work), verified=work.actor.verified
    )
    renewed = _renewed(work, claim, place)
    row = _added(
        work,
        _row(work, claim, place, trust),
        files=[opaque("fil") for _ in files],
        state=EvidenceState.ACCEPTED if accepted else EvidenceState.SUBMITTED,
    )
    attached = _attach(work, row, files)
    tell(work, "evidence.submitted", row, kind=row.kind)
    if accepted:
        tell(work, "evidence.accepted", row, trust=row.trust, on_receipt=not place.registered)
        _supersede(work, row, renewed)
    reviewer = row.reviewer
    if not accepted:
        reviewer = queries.assigned_reviewer(work, row.organization, row.holder)
    return Seen(row, Sight.REVIEWER if place.registered else Sight.HOLDER, reviewer, attached)


def withdraw(work: Work, evidence_id: str) -> Seen:
    """Take back what one submitted oneself. Raises NotFound, Conflict."""
    seen = queries.find(work, evidence_id)
    row = seen.row
    if row.submitted_by != work.actor.organization:
        if seen.sight is not Sight.HOLDER:
            raise NotFound
        raise Conflict("evidence-not-submitted-by-you")
    if row.state not in OPEN:
        raise Conflict("evidence-closed", state=row.state)
    if row.reviewed_at is not None and row.reviewer != work.actor.organization:
        # bad news never just vanishes: what a reviewer saw is renewed, not taken back
        raise Conflict("evidence-reviewed", state=row.state)
    row.state, row.closed_at = EvidenceState.WITHDRAWN, work.now
    tell(work, "evidence.withdrawn", row)
    return seen


def review(
    work: Work,
    evidence_id: str,
    decision: Decided,
    *,
    code: RejectedFor | None = None,
    note: str | None = None,
    trust: Trust | None = None,
) -> Seen:
    """Accept or reject what is assigned to the actor and was not reviewed yet; what a pack accepted too.

    trust: what it is worth, None = what was claimed. Raises Invalid, NotFound, Conflict.
    """
    _check_review(decision, code, note, trust)
    seen = queries.find(work, evidence_id)
    row = seen.row
    if seen.sight is not Sight.REVIEWER:
        raise NotFound
    if row.state not in OPEN or row.reviewed_at is not None:
        raise Conflict("evidence-reviewed", state=row.state)
    row.reviewer, row.reviewed_at = work.actor.organization, work.now
    row.review_code, row.review_note = code, note
    if decision is Decided.REJECT:
        row.state = EvidenceState.REJECTED
        tell(work, "evidence.rejected", row, code=code)
        return seen
    row.state = EvidenceState.ACCEPTED
    row.trust = trust.word if trust else row.trust
    tell(work, "evidence.accepted", row, trust=row.trust, on_receipt=False)
    if row.supersedes:
        with work.deriving():  # what it renews may have been reviewed by somebody else
            _supersede(work, row, work.session.scalar(select(Evidence).where(Evidence.id == row.supersedes)))
    return seen


def open_file(work: Work, evidence_id: str, file_id: str) -> tuple[StoredFile, Iterator[bytes]]:
    """A file and its bytes; the opening is logged for its holder. Raises NotFound, Gone, Unavailable.

    The store is asked before the unit of work begins, and the right to see is asked again within it.
    """
    asking = Work(work.runtime, work.actor, writes=False)
    try:
        sha256 = _there(queries.file_of(asking, queries.find(asking, evidence_id).row, file_id)).sha256
    finally:
        asking.close()
    content = store_of(work.runtime).open(sha256)
    evidence = queries.find(work, evidence_id).row
    row = _there(queries.file_of(work, evidence, file_id))
    work.record(FILE_OPENED, row.id, evidence.holder, evidence=evidence.id)
    return row, content


def _there(row: StoredFile) -> StoredFile:
    """A file whose bytes were not erased, even where the store has them still. Raises Gone."""
    if row.erased_at is not None:
        raise Gone("file-erased")
    return row


def tell(work: Work, what: str, row: Evidence, **data: Any) -> None:
    """Say what happened to evidence: to the audit trail, to whom it concerns, and to whoever derives levels."""
    work.record(what, row.id, row.holder, **data)
    work.emit(what, row.id, row.organization)
    work.touch(row.organization, *row.sites)


# Whose it is --------------------------------------------------------------------------------


def _place(work: Work, claim: Claim) -> _Place:
    me = work.actor.organization
    if claim.organization is None:
        return _Place(me, me, _sites(work, me, claim))
    named = directory.named(work, claim.organization, "/organization")
    network = engine.network(work)
    if named.number == me or _is_own_plant(work, network, named):
        return _Place(named.number, me, _sites(work, named.number, claim))
    if not _registers_for(work, network, named):
        raise Invalid.at("/organization", "not-yours-to-answer-for")
    if claim.kind is not EvidenceKind.CERTIFICATE or claim.standard is None:
        raise Invalid.at("/standard", "register-certificates-only")
    return _Place(named.number, named.number, _sites(work, named.number, claim), registered=True)


def _is_own_plant(work: Work, network: Network, named: Organization) -> bool:
    plant = named.kind == OrganizationKind.PLANT
    return plant and named.number in network.owned_by(work.actor.organization, work.today)


def _registers_for(work: Work, network: Network, named: Organization) -> bool:
    """Whether the actor reviews an unclaimed organization and may enter what public registers say of it."""
    me = work.actor.organization
    assigned = named.claim == "unclaimed" and named.evidence_reviewer == me
    permitted = Permission.EVIDENCE_REVIEW in work.actor.permissions
    return assigned and permitted and may_review(network, me, named.number, work.today)


def _sites(work: Work, organization: int, claim: Claim) -> tuple[int, ...]:
    if not claim.sites:
        return ()
    network = engine.network(work)
    own = map(network.organization, (organization, *network.plants_of(organization, work.today)))
    numbers = {one.id: one.number for one in own if one is not None}
    unknown = [Fault(f"/sites/{at}", "unknown-site") for at, one in enumerate(claim.sites) if one not in numbers]
    if unknown:
        raise Invalid("invalid-payload", faults=unknown)
    return tuple(sorted({numbers[one] for one in claim.sites}))


def _renewed(work: Work, claim: Claim, place: _Place) -> Evidence | None:
    if claim.supersedes is None:
        return None
    row = work.session.scalar(
        select(Evidence).where(
            Evidence.id == claim.supersedes,
            Evidence.holder == place.holder,
            Evidence.organization == place.organization,
            Evidence.submitted_by == work.actor.organization,
            Evidence.state.in_(OPEN),
        )
    )
    if row is None:
        raise Invalid.at("/supersedes", "unknown-evidence")
    return row


# What becomes of it -------------------------------------------------------------------------


def _frameworks(work: Work) -> tuple[Framework, ...]:
    return tuple(registry(work))


_EVIDENCE = table_of(Evidence).insert().returning(table_of(Evidence).c.number)


def _added(work: Work, values: dict[str, Any], **more: Any) -> Evidence:
    """The new row as it now is in the database; no object of the session, which takes thrice as long to add one."""
    values |= more
    number = work.connection.execute(_EVIDENCE, values).scalar_one()
    return Evidence(number=number, **values)


def _row(work: Work, claim: Claim, place: _Place, trust: Trust) -> dict[str, Any]:
    return {
        "id": opaque("evd"),
        "organization": place.organization,
        "holder": place.holder,
        "sites": list(place.sites),
        "kind": claim.kind.value,
        "framework": claim.framework,
        "values": [_stored(one) for one in rules.divided(claim, _frameworks(work))],
        "standard": claim.standard,
        "certificate": dict(claim.certificate) if claim.certificate else None,
        "source": claim.source,
        "trust": trust.word,
        "observed_from": claim.observed_from,
        "observed_to": claim.observed_to,
        "issued_on": claim.issued_on,
        "valid_until": claim.valid_until,
        "received_at": work.now,
        "submitted_by": work.actor.organization,
        "reviewer": work.actor.organization if place.registered else None,
        "reviewed_at": work.now if place.registered else None,
        "supersedes": claim.supersedes,
    }


def _stored(one: Value) -> dict[str, Any]:
    return asdict(one, dict_factory=lambda said: {name: told for name, told in said if told is not None})


def _attach(work: Work, row: Evidence, files: Sequence[Taken]) -> tuple[StoredFile, ...]:
    attached = tuple(
        StoredFile(
            id=file_id,
            organization=row.holder,
            evidence=row.number,
            sha256=one.sha256,
            size=one.size,
            name=one.name,
            media_type=one.media_type,
            received_at=work.now,
        )
        for file_id, one in zip(row.files, files, strict=True)
    )
    work.session.add_all(attached)
    return attached


def _supersede(work: Work, renewal: Evidence, renewed: Evidence | None) -> None:
    if renewed is not None and renewed.state in OPEN:
        renewed.state, renewed.closed_at = EvidenceState.SUPERSEDED, work.now
        tell(work, "evidence.superseded", renewed, by=renewal.id)


def _check_review(decision: Decided, code: RejectedFor | None, note: str | None, trust: Trust | None) -> None:
    if decision is Decided.ACCEPT and code is not None:
        raise Invalid.at("/code", "only-when-rejecting")
    if decision is Decided.REJECT and code is None:
        raise Invalid.at("/code", "required")
    if decision is Decided.REJECT and trust is not None:
        raise Invalid.at("/trust", "only-when-accepting")
    if code is RejectedFor.OTHER and note is None:
        raise Invalid.at("/note", "required")
