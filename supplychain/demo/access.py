"""Who may try the demo: the secret of the instance, a key for each role, and an invitation that waits.

Keys and tokens are drawn anew for every instance, and only their hashes are in the database; the files beside it
are what a lost one is replaced from.
"""

import json
import secrets
from pathlib import Path
from typing import Any

from sqlalchemy import select

from supplychain.accounts import keys as forms
from supplychain.accounts import operations as accounts
from supplychain.accounts.models import ApiKey, Invitation, Membership, Person
from supplychain.demo.organizations import email_of
from supplychain.demo.plan import HERO, INVITED
from supplychain.demo.words import public
from supplychain.network import invitations
from supplychain.network.models import Organization
from supplychain.work import Actor, Runtime, Work, run

MEMBERS = {
    "brand": "brand-1",
    "supplier": HERO,
    "reviewer": "reviewer",
    "organiser": "organiser",
    "trainer": "trainer",
    "operator": "operator",
}
"""Role to the short name of the organization that plays it in the journeys."""
KEYS_FILE, INVITATION_FILE, SECRET_FILE = "demo-keys.json", "demo-invitation.json", "secret"
_KEY_NAME = "demo"
Keys = dict[str, dict[str, str]]


def secret_of(instance: Path) -> str:
    """The secret of an instance, drawn once: pseudonyms and cursors stay good over a restart."""
    path = instance / SECRET_FILE
    if not path.exists():
        _write(path, secrets.token_urlsafe(32))
    return path.read_text("utf-8").strip()


def keys_of(runtime: Runtime, instance: Path) -> Keys:
    """A key for each role as ``{role: {"organization", "key"}}``, minted and written down where it is missing."""
    path = instance / KEYS_FILE
    found: Keys = _read(path)
    if not _all_live(runtime, found):
        found = run(runtime, _mint)
        _write(path, json.dumps(found, indent=2))
    return found


def invitation_of(runtime: Runtime, instance: Path) -> dict[str, str] | None:
    """The open invitation of a supplier that nobody claimed, sent again if its token is lost; None once accepted."""
    path = instance / INVITATION_FILE
    found: dict[str, str] = _read(path)
    if run(runtime, _is_claimed):
        return None
    if not found or not run(runtime, lambda work: _is_open(work, found["token"])):
        found = run(runtime, _invite)
        _write(path, json.dumps(found, indent=2))
    return found


def _all_live(runtime: Runtime, found: Keys) -> bool:
    """Whether every role has a key that this database knows."""
    if set(found) != set(MEMBERS):
        return False
    wanted = {parsed[0] for one in found.values() if (parsed := forms.parse(one["key"])) is not None}

    def living(work: Work) -> set[str]:
        rows = work.session.scalars(select(ApiKey).where(ApiKey.prefix.in_(wanted)))
        return {row.prefix for row in rows if row.live_at(work.now)}

    return len(run(runtime, living)) == len(MEMBERS)


def _mint(work: Work) -> Keys:
    """New keys for everybody; what was minted before is revoked, since its text is lost."""
    minted: Keys = {}
    for role, key in MEMBERS.items():
        organization = _organization(work, key)
        person = work.session.scalars(select(Person).where(Person.email == email_of(key))).one()
        for old in work.session.scalars(
            accounts.own_keys(organization.number).where(ApiKey.name == _KEY_NAME, ApiKey.revoked_at.is_(None))
        ):
            old.revoked_at = work.now
        roles = work.session.scalars(select(Membership.role).where(Membership.person == person.number)).all()
        _, text = accounts.issue_key(work, organization.number, person.number, roles=roles, name=_KEY_NAME)
        minted[role] = {"organization": organization.id, "key": text}
    return minted


def _invite(work: Work) -> dict[str, str]:
    """An invitation by the brand, in its own name."""
    sender, invited = _organization(work, MEMBERS["brand"]), _organization(work, INVITED)
    person = work.session.scalars(select(Person.number).where(Person.email == email_of(MEMBERS["brand"]))).one()
    work.actor = Actor(sender.number, sender.id, person, roles=frozenset({"brand"}))
    sent: dict[str, Any] = {
        "organization": invited.id,
        "email": email_of(INVITED),
        "role": "supplier",
        "language": "zh",
        "expires_in_days": 30,
    }
    _, token = invitations.invite(work, sent)
    return {"organization": invited.id, "email": email_of(INVITED), "token": token}


def _is_claimed(work: Work) -> bool:
    return _organization(work, INVITED).claim != "unclaimed"


def _is_open(work: Work, token: str) -> bool:
    row = work.session.scalar(select(Invitation).where(Invitation.token_hash == forms.token_hash(token)))
    return row is not None and row.state_at(work.now) == "open"


def _organization(work: Work, key: str) -> Organization:
    return work.session.scalars(select(Organization).where(Organization.id == public("org", key))).one()


def _read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8")) if path.exists() else {}


def _write(path: Path, text: str) -> None:
    """Write a file that only its owner reads, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".new")
    beside.touch(mode=0o600)
    beside.write_text(text + "\n", "utf-8")
    beside.replace(path)
