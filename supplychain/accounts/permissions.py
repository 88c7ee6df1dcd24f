"""The one table of roles and what each may do; scopes of a key can only narrow it."""

from collections.abc import Iterable
from enum import StrEnum


class Role(StrEnum):
    """What a person does for an organization; one person may have several."""

    BRAND = "brand"
    SUPPLIER = "supplier"
    REVIEWER = "reviewer"
    ORGANISER = "organiser"
    TRAINER = "trainer"
    OPERATOR = "operator"


class Permission(StrEnum):
    """What a route asks for; also the names of key scopes."""

    ORGANIZATIONS_READ = "organizations.read"
    ORGANIZATIONS_WRITE = "organizations.write"
    CLAIMS_READ = "claims.read"
    CLAIMS_VERIFY = "claims.verify"
    CLAIMS_ASSIGN = "claims.assign"
    LINKS_READ = "links.read"
    LINKS_WRITE = "links.write"
    LINKS_CONFIRM = "links.confirm"
    LINKS_REVIEW = "links.review"
    OWNERSHIPS_READ = "ownerships.read"
    OWNERSHIPS_WRITE = "ownerships.write"
    IMPORTS_WRITE = "imports.write"
    DUPLICATES_READ = "duplicates.read"
    DUPLICATES_DECIDE = "duplicates.decide"
    MERGES_READ = "merges.read"
    MERGES_WRITE = "merges.write"
    MERGES_OPERATE = "merges.operate"
    INVITATIONS_WRITE = "invitations.write"
    AGGREGATES_READ = "aggregates.read"
    REQUIREMENTS_READ = "requirements.read"
    REQUIREMENTS_WRITE = "requirements.write"
    WAIVERS_READ = "waivers.read"
    WAIVERS_GRANT = "waivers.grant"
    ANSWERS_READ = "answers.read"
    ANSWERS_REPLY = "answers.reply"
    OBLIGATIONS_ANSWER = "obligations.answer"
    PLANS_READ = "plans.read"
    PLANS_WRITE = "plans.write"
    PLANS_REVIEW = "plans.review"
    SUPPLIERS_READ = "suppliers.read"
    WHAT_IFS_READ = "what_ifs.read"
    WHAT_IFS_WRITE = "what_ifs.write"
    ME_READ = "me.read"
    FACTS_STATE = "facts.state"
    CONFORMITY_STATE = "conformity.state"
    STATEMENTS_READ = "statements.read"
    STATEMENTS_ISSUE = "statements.issue"
    EVIDENCE_READ = "evidence.read"
    EVIDENCE_SUBMIT = "evidence.submit"
    EVIDENCE_REVIEW = "evidence.review"
    FINDINGS_READ = "findings.read"
    FINDINGS_WRITE = "findings.write"
    FRAMEWORKS_READ = "frameworks.read"
    FRAMEWORKS_PUBLISH = "frameworks.publish"
    FLAGS_READ = "flags.read"
    EVENTS_READ = "events.read"
    EVENTS_WRITE = "events.write"
    EVENTS_REGISTER = "events.register"
    JOBS_READ = "jobs.read"
    KEYS_MANAGE = "keys.manage"
    METRICS_READ = "metrics.read"
    AUDIT_READ = "audit.read"
    NOTICES_READ = "notices.read"
    AUDIT_OPERATE = "audit.operate"


_P = Permission
# Whoever acts for an organization may invite a colleague to it; whom else, its role and records say.
_EVERYBODY = {
    _P.ORGANIZATIONS_READ,
    _P.FRAMEWORKS_READ,
    _P.JOBS_READ,
    _P.KEYS_MANAGE,
    _P.INVITATIONS_WRITE,
    _P.AUDIT_READ,
    _P.NOTICES_READ,
}
_NETWORK = {
    _P.ORGANIZATIONS_WRITE,
    _P.LINKS_READ,
    _P.LINKS_WRITE,
    _P.LINKS_CONFIRM,
    _P.OWNERSHIPS_READ,
    _P.OWNERSHIPS_WRITE,
    _P.IMPORTS_WRITE,
    _P.DUPLICATES_READ,
    _P.DUPLICATES_DECIDE,
    _P.MERGES_READ,
    _P.MERGES_WRITE,
    _P.REQUIREMENTS_READ,
    _P.REQUIREMENTS_WRITE,
    _P.WAIVERS_READ,
    _P.WAIVERS_GRANT,
    _P.ANSWERS_READ,
    _P.ANSWERS_REPLY,
    _P.PLANS_READ,
    _P.PLANS_REVIEW,
    _P.SUPPLIERS_READ,
    _P.WHAT_IFS_READ,
    _P.WHAT_IFS_WRITE,
    _P.STATEMENTS_READ,
    _P.STATEMENTS_ISSUE,
    _P.EVIDENCE_READ,
    _P.FLAGS_READ,
    _P.FINDINGS_READ,
}
_OWN = {
    _P.ME_READ,
    _P.FACTS_STATE,
    _P.CONFORMITY_STATE,
    _P.EVIDENCE_SUBMIT,
    _P.OBLIGATIONS_ANSWER,
    _P.PLANS_WRITE,
}
_PARTICIPANT = {_P.EVENTS_READ, _P.EVENTS_REGISTER}
PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.BRAND: frozenset(_EVERYBODY | _NETWORK | _PARTICIPANT),
    # A supplier is a buyer of its own suppliers, so it may do what a brand may.
    Role.SUPPLIER: frozenset(_EVERYBODY | _NETWORK | _PARTICIPANT | _OWN),
    Role.REVIEWER: frozenset(
        _EVERYBODY
        | {
            _P.CLAIMS_READ,
            _P.CLAIMS_VERIFY,
            _P.LINKS_READ,
            _P.LINKS_CONFIRM,
            _P.LINKS_REVIEW,
            _P.OWNERSHIPS_READ,
            _P.OWNERSHIPS_WRITE,
            _P.EVIDENCE_READ,
            # Certificates of public registers, for unclaimed organizations assigned to it.
            _P.EVIDENCE_SUBMIT,
            _P.EVIDENCE_REVIEW,
            _P.FINDINGS_READ,
            _P.FINDINGS_WRITE,
            _P.PLANS_READ,
            _P.PLANS_REVIEW,
        }
    ),
    Role.ORGANISER: frozenset(
        _EVERYBODY | _PARTICIPANT | {_P.AGGREGATES_READ, _P.EVENTS_WRITE, _P.FLAGS_READ, _P.ORGANIZATIONS_WRITE}
    ),
    Role.TRAINER: frozenset(_EVERYBODY | {_P.FLAGS_READ}),
    Role.OPERATOR: frozenset(
        _EVERYBODY
        | {
            _P.ORGANIZATIONS_WRITE,
            _P.CLAIMS_READ,
            _P.CLAIMS_ASSIGN,
            _P.MERGES_READ,
            _P.MERGES_WRITE,
            _P.MERGES_OPERATE,
            _P.FRAMEWORKS_PUBLISH,
            _P.METRICS_READ,
            _P.AGGREGATES_READ,
            _P.AUDIT_OPERATE,
        }
    ),
}


SUBMITTING: frozenset[str] = frozenset(
    {_P.ORGANIZATIONS_READ, _P.FRAMEWORKS_READ, _P.JOBS_READ, _P.KEYS_MANAGE, _P.EVIDENCE_SUBMIT}
)
"""What is left to the owner of an unverified claim: it may only submit. Were it shown its customers and
what they ask, whoever sends an invitation could read them by accepting it himself."""


def permissions_of(roles: Iterable[str], scopes: Iterable[str]) -> frozenset[str]:
    """What a key may do: all its roles together, narrowed to its scopes when it has any."""
    granted: frozenset[str] = frozenset().union(*(map(str, PERMISSIONS[Role(role)]) for role in roles))
    narrowed = frozenset(scopes)
    return granted & narrowed if narrowed else granted
