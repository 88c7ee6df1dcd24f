"""Evidence as it goes over the wire; organizations by their public ids."""

from collections.abc import Mapping, Sequence
from typing import Any

from graph.network import Network
from supplychain.evidence.models import Evidence, Grant, StoredFile
from supplychain.evidence.queries import Seen, Sight, files_of, state_of
from supplychain.evidence.terms import EvidenceState
from supplychain.network import engine
from supplychain.work import Work


def of_one(work: Work, seen: Seen) -> dict[str, Any]:
    """One piece of evidence as its reader sees it."""
    return of_many(work, [seen])[0]


def of_many(work: Work, seen: Sequence[Seen]) -> list[dict[str, Any]]:
    """Evidence as its reader sees it, with the files of all of it in one statement."""
    asked = [one.row.number for one in seen if one.row.files and one.files is None]
    files = files_of(work, asked) if asked else {}
    network = _network(work, {number for one in seen for number in _named_in(one.row)})
    return [_represent(work, network, one, files) for one in seen]


def of_grant(grant: Grant, organization: str, brand: str) -> dict[str, Any]:
    """A grant, with the public ids of both ends."""
    return {
        "id": grant.id,
        "organization": organization,
        "brand": brand,
        "granted_at": grant.granted_at,
        "revoked_at": grant.revoked_at,
    }


def _named_in(row: Evidence) -> set[int]:
    named = {row.organization, row.holder, row.reviewer or row.holder}
    return named.union(row.sites)


def _network(work: Work, numbers: set[int]) -> Network:
    """Where public ids are looked up: they never change, so what this process has folded will do."""
    folded = work.runtime.component(engine.Engine).state.network
    known = all(folded.organization(one) is not None for one in numbers)
    return folded if known else engine.network(work)


def _id(network: Network, number: int) -> str:
    found = network.organization(number)
    if found is None:
        raise LookupError(f"organization {number} was never told to the network")
    return found.id


def _represent(work: Work, network: Network, seen: Seen, files: Mapping[int, Sequence[StoredFile]]) -> dict[str, Any]:
    row = seen.row
    body = {
        "id": row.id,
        "organization": _id(network, row.organization),
        "holder": _id(network, row.holder),
        "sites": [_id(network, one) for one in row.sites],
        "kind": row.kind,
        "framework": row.framework,
        "values": row.values,
        "standard": row.standard,
        "certificate": row.certificate,
        "observed_from": row.observed_from,
        "observed_to": row.observed_to,
        "issued_on": row.issued_on,
        "valid_until": row.valid_until,
        "received_at": row.received_at,
        "source": row.source,
        "trust": row.trust,
        "state": state_of(row, work.today),
        "on_receipt": row.state == EvidenceState.ACCEPTED and row.reviewed_at is None,
        "supersedes": row.supersedes,
        "source_erased": row.erased_at is not None,
        "files": [_file(one) for one in seen.files or files.get(row.number, ())],
    }
    if seen.sight is not Sight.BRAND:
        body["waits_for"] = _waits_for(seen)
        body["review"] = _review(network, row)
        body["withdrawn_for"] = row.review_code if row.state == EvidenceState.WITHDRAWN else None
    return body


def _waits_for(seen: Seen) -> str | None:
    if seen.row.state != EvidenceState.SUBMITTED:
        return None
    return "review" if seen.assigned is not None else "choice_of_reviewer"


def _review(network: Network, row: Evidence) -> dict[str, Any] | None:
    if row.reviewer is None:
        return None
    return {
        "by": _id(network, row.reviewer),
        "at": row.reviewed_at,
        "code": row.review_code,
        "note": row.review_note,
    }


def _file(row: StoredFile) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "media_type": row.media_type,
        "size": row.size,
        "sha256": row.sha256,
    }
