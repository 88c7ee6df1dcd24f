"""Verbs of facts: an organization states them, a reviewer confirms them or takes the confirmation back."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import or_, select

from supplychain.errors import Conflict, Fault, Invalid
from supplychain.evidence.models import Evidence, StoredFile
from supplychain.facts import queries
from supplychain.facts.models import OrganizationFact
from supplychain.frameworks.catalogue import FactType, catalogue, faults_of
from supplychain.network import facts as network_facts
from supplychain.network.models import Organization
from supplychain.network.standing import require_verified
from supplychain.work import Work


def state(
    work: Work,
    *,
    fact: str,
    value: Any,
    year: int | None = None,
    organization: str | None = None,
    document: str | None = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> OrganizationFact:
    """State a fact of oneself or of a plant of one's own; another value ends what stood, and its verification.

    The same value again only adds its document. year: the calendar year of a yearly fact. document: evidence of
    one's own that has a file, by its id or by the file's SHA-256. Raises Invalid, NotFound, Forbidden.
    """
    require_verified(work)
    wrong = faults(work, fact=fact, value=value, year=year, valid_from=valid_from, valid_to=valid_to)
    if wrong:
        raise Invalid("invalid-payload", faults=wrong)
    values = _stored(value)
    subject = queries.own(work, organization)
    bearing = None if document is None else document_of(work, document)
    with work.deriving():  # what stands may have been stated by the plant's other holder
        row = _locked(work, subject)
        stands = queries.standing(work, subject, fact, year)
        if stands and (stands.values, stands.valid_from, stands.valid_to) == (values, valid_from, valid_to):
            if bearing is not None:
                stands.document = bearing
            work.session.flush()
            return stands
        if stands:
            _end(work, stands)
        added = OrganizationFact(
            organization=subject,
            holder=work.actor.organization,
            fact=fact,
            year=year,
            values=values,
            valid_from=valid_from,
            valid_to=valid_to,
            document=bearing,
            stated_at=work.now,
        )
        work.session.add(added)
        work.session.flush()
        if stands and stands.reviewer is not None:
            _project(work, row)
    work.touch(subject)
    work.record("fact.stated", added.id, subject, fact=fact, standing=added.standing)
    return added


def faults(
    work: Work,
    *,
    fact: str,
    value: Any,
    year: int | None = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> list[Fault]:
    """What keeps a fact from being stated, each where it stands. Raises Invalid for one that nobody knows."""
    kind = _kind(fact)
    found = faults_of(kind, value, year, work.today.year)
    if kind.yearly and (valid_from or valid_to):
        found.append(Fault("/valid_from" if valid_from else "/valid_to", "fact-year-alone"))
    if valid_from and valid_to and valid_to < valid_from:
        found.append(Fault("/valid_to", "ends-before-it-begins"))
    return found


def confirm(work: Work, fact_id: str, value: Any, note: str) -> OrganizationFact:
    """Confirm, as a reviewer it is assigned to, the value of a fact that a document bears; packs' rules then read it.

    Raises NotFound, Conflict for a fact in whose place another stands, Invalid for another value than was stated.
    """
    require_verified(work)
    found = queries.reviewed(work, fact_id)
    with work.deriving():
        row = _locked(work, found.organization)
        work.session.refresh(found)
        if found.ended_at is not None:
            raise Conflict("fact-ended")
        kind = _kind(found.fact)
        if faults_of(kind, value, found.year, work.today.year) or _stored(value) != found.values:
            raise Invalid.at("/value", "fact-differs")
        found.reviewer, found.verified_on, found.note = work.actor.organization, work.today, note
        work.session.flush()
        _project(work, row)
    _tell(work, "fact.verified", found, note=note)
    return found


def withdraw(work: Work, fact_id: str, note: str) -> OrganizationFact:
    """Take the confirmation of a fact back, as a reviewer that found it wrong; the fact stands as stated.

    Raises NotFound, Conflict for what nobody confirmed.
    """
    require_verified(work)
    found = queries.reviewed(work, fact_id)
    with work.deriving():
        row = _locked(work, found.organization)
        work.session.refresh(found)
        if found.reviewer is None or found.ended_at is not None:
            raise Conflict("fact-unverified")
        found.reviewer = found.verified_on = found.note = None
        work.session.flush()
        _project(work, row)
    _tell(work, "fact.unverified", found, note=note)
    return found


def project(rows: Sequence[OrganizationFact]) -> list[dict[str, Any]] | None:
    """The verified facts of one organization as its entry carries them into the network log."""
    return [_carried(one) for one in rows if one.reviewer is not None and one.ended_at is None] or None


def _kind(fact: str) -> FactType:
    kind = catalogue().get(fact)
    if kind is None:
        raise Invalid.at("/fact", "unknown-fact", known=", ".join(catalogue()))
    return kind


def _stored(value: Any) -> list[str]:
    if isinstance(value, bool):
        return ["true" if value else "false"]
    return sorted(set(value)) if isinstance(value, list) else [str(value)]


def document_of(work: Work, document: str) -> int:
    """The evidence of one's own whose file bears a fact. document: its id, or the SHA-256 of the file.

    Of several pieces with the same file the latest. Raises Invalid.
    """
    me = work.actor.organization
    mine = or_(Evidence.holder == me, Evidence.organization == me)
    with_file = select(StoredFile.evidence).where(StoredFile.sha256 == document.lower())
    named = or_(Evidence.id == document, Evidence.number.in_(with_file))
    query = select(Evidence).where(named, mine).order_by(Evidence.number.desc()).limit(1)
    row = work.session.scalar(query)
    if row is None:
        raise Invalid.at("/document", "unknown-evidence")
    if not row.files:
        raise Invalid.at("/document", "fact-document-without-file")
    return row.number


def _locked(work: Work, organization: int) -> Organization:
    """The entry, which whoever changes its facts holds: of two at once the later one sees what the earlier wrote."""
    query = select(Organization).where(Organization.number == organization).with_for_update()
    return work.session.execute(query.execution_options(populate_existing=True)).scalar_one()


def _end(work: Work, row: OrganizationFact) -> None:
    row.ended_at = work.now
    if row.reviewer is not None:
        _tell(work, "fact.unverified", row)


def _project(work: Work, row: Organization) -> None:
    row.verified_facts = project(queries.all_standing(work, row.number))
    work.session.flush()
    work.change(network_facts.of_organization(row))
    work.touch(row.number)


def _carried(row: OrganizationFact) -> dict[str, Any]:
    return {
        "fact": row.fact,
        "values": list(row.values),
        "year": row.year,
        "valid_from": row.valid_from and row.valid_from.isoformat(),
        "valid_to": row.valid_to and row.valid_to.isoformat(),
    }


def _tell(work: Work, what: str, row: OrganizationFact, **data: Any) -> None:
    work.record(what, row.id, row.organization, fact=row.fact, values=row.values, **data)
    work.emit(what, row.id, row.organization, fact=row.fact)
