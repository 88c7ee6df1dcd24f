"""From the Authorization header to an actor: called once a request, in ``app.py``."""

from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, column, select, table, text

from supplychain import heads
from supplychain.accounts import keys
from supplychain.accounts.models import ApiKey
from supplychain.accounts.permissions import SUBMITTING, permissions_of
from supplychain.errors import Unauthenticated
from supplychain.work import Actor, Work

# The table alone: organizations belong to a room above this one.
_ORGANIZATION = table("organization", column("number"), column("id"), column("claim"))
_KEYS = ApiKey.__table__.c
# Written once: every request pays for what is built here.
_KEY = (
    select(
        _KEYS.number,
        _KEYS.secret_hash,
        _KEYS.organization,
        _KEYS.person,
        _KEYS.roles,
        _KEYS.scopes,
        _KEYS.expires_at,
        _KEYS.revoked_at,
        _ORGANIZATION.c.id.label("organization_id"),
        _ORGANIZATION.c.claim,
        *heads.COLUMNS,
    )
    .join(_ORGANIZATION, _ORGANIZATION.c.number == _KEYS.organization)
    .where(_KEYS.prefix == bindparam("prefix"))
)
_PRESENT = text("SELECT set_config('app.key', :prefix, true)")
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
    if found is None or not keys.same(found.secret_hash, digest) or not _live(found, work.now):
        raise Unauthenticated("key-invalid", headers=CHALLENGE)
    return _actor(found)


def _actor(found: Any) -> Actor:
    permissions = _permissions(tuple(found.roles), tuple(found.scopes))
    verified = found.claim == "verified"
    return Actor(
        organization=found.organization,
        organization_id=found.organization_id,
        person=found.person,
        key=found.number,
        roles=frozenset(found.roles),
        permissions=permissions if verified else permissions & SUBMITTING,
        verified=verified,
    )


_permissions = lru_cache(maxsize=1024)(permissions_of)


def _find(work: Work, prefix: str) -> Any:
    if work.runtime.database.is_postgres:
        # Row-level security shows a key to its organization, and to whoever presents it.
        work.connection.execute(_PRESENT, {"prefix": prefix})
    found = work.connection.execute(_KEY, {"prefix": prefix}).one_or_none()
    if found is not None:
        work.heads = (found.network_head or 0, found.level_head or 0)
    return found


def _live(found: Any, now: datetime) -> bool:
    return found.revoked_at is None and (found.expires_at is None or now < found.expires_at)
