"""From the Authorization header to an actor: called once a request, in ``app.py``."""

from sqlalchemy import select, text

from supplychain.accounts import keys
from supplychain.accounts.models import ApiKey
from supplychain.accounts.permissions import permissions_of
from supplychain.errors import Unauthenticated
from supplychain.work import Actor, Work

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
    row = _find(work, prefix)
    if row is None or not keys.same(row.secret_hash, digest) or not row.live_at(work.now):
        raise Unauthenticated("key-invalid", headers=CHALLENGE)
    return Actor(
        organization=row.organization,
        person=row.person,
        key=row.number,
        roles=frozenset(row.roles),
        permissions=permissions_of(row.roles, row.scopes),
    )


def _find(work: Work, prefix: str) -> ApiKey | None:
    if work.runtime.database.is_postgres:
        # Row-level security shows a key to its organization, and to whoever presents it.
        work.session.execute(text("SELECT set_config('app.key', :prefix, true)"), {"prefix": prefix})
    return work.session.scalar(select(ApiKey).where(ApiKey.prefix == prefix))
