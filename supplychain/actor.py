"""Who acts in a unit of work."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: an organization through one of its keys, or the system itself.

    organization: number; organization_id: public id; permissions: what the key may do.
    verified: a reviewer saw who the organization's owner is; an unverified one may only submit.
    """

    organization: int = 0
    organization_id: str = ""
    person: int | None = None
    key: int | None = None
    roles: frozenset[str] = frozenset()
    permissions: frozenset[str] = frozenset()
    verified: bool = True
    system: bool = False


NOBODY = Actor()
SYSTEM = Actor(system=True)
