"""From the Authorization header to an actor: called once a request, in ``app.py``."""

from sqlalchemy import column, select, table, text

from supplychain.accounts import keys
from supplychain.accounts.models import ApiKey
from supplychain.accounts.permissions import SUBMITTING, permissions_of
from supplychain.errors import Unauthenticated
from supplychain.work import Actor, Work

# The table alone: organizations belong to a room above this one.
_ORGANIZATION = table("organization", column("number"), column("id"), column("claim"))
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="supplychain"'}


def authenticate(work: Work, header: str | None) -> Actor:
    """The actor of a request.

    Raises Unauthenticated, with the same answer for unknown, wrong, expired and revoked keys.
    """
    if not header:
        raise Unauthenticated("key-missing", headers=CHALLENGE)
    scheme, _, credential = header.partition(" ")
    parsed = keys.parse(credential.strip()) if scheme.lower() == "bearer" else None
    if parsed is None:
        raise Unauthenticated("key-invalid", headers=CHALLENGE)
    prefix, digest = parsed
    found = _find(work, prefix)
    if found is None or not keys.same(found[0].secret_hash, digest) or not found[0].live_at(work.now):
        raise Unauthenticated("key-invalid", headers=CHALLENGE)
    return _actor(*found)


def _actor(row: ApiKey, organization_id: str, claim: str) -> Actor:
    permissions = permissions_of(row.roles, row.scopes)
    verified = claim == "verified"
    return Actor(
        organization=row.organization,
        organization_id=organization_id,
        person=row.person,
        key=row.number,
        roles=frozenset(row.roles),
        permissions=permissions if verified else permissions & SUBMITTING,
        verified=verified,
    )


def _find(work: Work, prefix: str) -> tuple[ApiKey, str, str] | None:
    if work.runtime.database.is_postgres:
        # Row-level security shows a key to its organization, and to whoever presents it.
        work.session.execute(text("SELECT set_config('app.key', :prefix, true)"), {"prefix": prefix})
    query = (
        select(ApiKey, _ORGANIZATION.c.id, _ORGANIZATION.c.claim)
        .join(_ORGANIZATION, _ORGANIZATION.c.number == ApiKey.organization)
        .where(ApiKey.prefix == prefix)
    )
    found = work.session.execute(query).one_or_none()
    return None if found is None else (found[0], found[1], found[2])
