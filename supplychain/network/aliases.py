"""Old ids: where an organization is known now, to everybody and to one sender."""

from collections.abc import Collection, Mapping
from typing import Any, Final

from sqlalchemy import select

from supplychain.crypto import fingerprint
from supplychain.dialects import among
from supplychain.network.merge_models import Merge
from supplychain.network.models import Organization
from supplychain.work import Work

PARAMETERS: Final = ("organization_id", "supplier_id")
"""Parts of paths that name an organization."""
_PSEUDONYM: Final = "psn_"


def canonical(work: Work, number: int) -> int:
    """What the caller means by an organization now."""
    return canonical_of(work, {number})[number]


def canonical_of(work: Work, numbers: Collection[int]) -> Mapping[int, int]:
    """What the caller means by some organizations now: merges of the directory, and its own, followed to the end.

    Where its own and the directory's go round in a circle, the directory's word holds.
    """
    own = _own(work)
    directory = _directory(work, {*numbers, *own.values()})
    return {number: _followed(number, own, directory) for number in numbers}


def number_of(work: Work, organization_id: str) -> int | None:
    """The organization the caller means by a public id; None when there is none."""
    number = work.session.scalar(select(Organization.number).where(Organization.id == organization_id))
    return None if number is None else canonical(work, number)


def now_known_as(work: Work, parameters: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The parameters of a path with the old id in it replaced; None when none of them is an old id.

    A pseudonym is answered with a pseudonym: which company it stands for is not told by its having moved.
    """
    for name in PARAMETERS:
        given = parameters.get(name)
        if given is None:
            continue
        found = _pseudonym_now(work, given) if given.startswith(_PSEUDONYM) else _id_now(work, given)
        if found is not None:
            return {**parameters, name: found}
    return None


def _id_now(work: Work, given: str) -> str | None:
    number = work.session.scalar(select(Organization.number).where(Organization.id == given))
    if number is None or (now := canonical(work, number)) == number:
        return None
    return work.session.scalar(select(Organization.id).where(Organization.number == now))


def _pseudonym_now(work: Work, given: str) -> str | None:
    query = select(Organization.number, Organization.id).where(Organization.merged_into.is_not(None))
    merged = {_pseudonym(work, public): number for number, public in work.session.execute(query)}
    if given not in merged:
        return None
    now = _followed(merged[given], {}, _directory(work, {merged[given]}))
    public = work.session.scalar(select(Organization.id).where(Organization.number == now))
    return None if public is None else _pseudonym(work, public)


def _pseudonym(work: Work, public: str) -> str:
    secret = work.runtime.settings.secret
    return _PSEUDONYM + fingerprint(secret, "pseudonym", work.actor.organization, public)


def _own(work: Work) -> Mapping[int, int]:
    query = select(Merge.source, Merge.target).where(
        Merge.owner == work.actor.organization, Merge.scope == "own", Merge.undone_at.is_(None)
    )
    return dict(work.session.execute(query.order_by(Merge.number)).all())


def _directory(work: Work, numbers: Collection[int]) -> Mapping[int, int]:
    """Merges of the directory from some organizations on, with all that follow."""
    found: dict[int, int] = {}
    asked = set(numbers)
    while asked:
        query = select(Organization.number, Organization.merged_into).where(
            among(Organization.number, asked), Organization.merged_into.is_not(None)
        )
        new = {number: into for number, into in work.session.execute(query) if into is not None}
        found.update(new)
        asked = set(new.values()) - found.keys()
    return found


def _followed(number: int, own: Mapping[int, int], directory: Mapping[int, int]) -> int:
    seen: set[int] = set()
    while number not in seen:
        seen.add(number)
        into = directory.get(number, own.get(number))
        if into is None:
            return number
        number = into
    while number in directory:
        number = directory[number]
    return number
