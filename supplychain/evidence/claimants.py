"""What becomes of the evidence of a claimant that was not the organization."""

from sqlalchemy import select

from supplychain.evidence.models import Evidence
from supplychain.evidence.operations import tell
from supplychain.evidence.terms import EvidenceState, WithdrawnFor
from supplychain.network import claims
from supplychain.network.models import Organization
from supplychain.work import Work


def reject_claim(work: Work, row: Organization, *, code: str, note: str) -> Organization:
    """Reject a claim; what the claimant submitted and nobody reviewed leaves the queue with it, withdrawn.

    What a reviewer accepted rests on the reviewer's word and stays. Raises Conflict when the claim does not wait.
    """
    claims.reject(work, row, code=code, note=note)
    submitted = select(Evidence).where(
        Evidence.submitted_by == row.number, Evidence.state == EvidenceState.SUBMITTED.value
    )
    with work.deriving():  # it is the claimant's, whose tenant the reviewer cannot write
        for evidence in work.session.scalars(submitted.order_by(Evidence.number)):
            evidence.state, evidence.closed_at = EvidenceState.WITHDRAWN, work.now
            evidence.review_code = WithdrawnFor.CLAIM_REJECTED
            tell(work, "evidence.withdrawn", evidence, code=WithdrawnFor.CLAIM_REJECTED)
        work.session.flush()
    return row
