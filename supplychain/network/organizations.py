"""Verbs of organizations: entered into the shared directory, changed by whoever holds their attributes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from supplychain.errors import Forbidden, Invalid
from supplychain.network import aliases, directory, facts, proofs, records, registry
from supplychain.network.models import Organization, SupplierRecord
from supplychain.network.registry import Pair
from supplychain.network.standing import VERIFIED, require_verified
from supplychain.work import Work

ATTRIBUTES: Final = ("name", "name_zh", "kind", "active", "languages", *records.ATTRIBUTES)
CONSENTS: Final = ("listed", "training_consent")


@dataclass(frozen=True, slots=True)
class Entered:
    """What came of an entry.

    identifiers: those sent that the directory holds for the organization. record: the sender's own
    row about it. similar: others that the sender's records call the same.
    """

    organization: Organization
    created: bool
    identifiers: tuple[Pair, ...]
    record: SupplierRecord | None
    similar: tuple[Organization, ...] = ()


def enter(work: Work, sent: Mapping[str, Any]) -> Entered:
    """Enter an organization, or match it by a registered identifier; a name alone never matches.

    What was sent about it goes to the sender's own record as well: the attributes of a matched
    entry are not the sender's to change, and scopes test nobody's word but its own. Raises Forbidden,
    Invalid for identifiers, Conflict for a record code that names another organization.
    """
    require_verified(work)
    pairs = registry.checked(sent.get("identifiers", ()))
    number = registry.match(work, pairs)
    if number is not None:
        return _matched(work, aliases.canonical(work, number), pairs, sent)
    row = _add(work, sent)
    registry.register(work, row.number, pairs)
    record = _keep_record(work, row, sent)
    namesakes = directory.by_number(work, records.same_name(work, sent["name"], but=row.number))
    return Entered(row, True, tuple(pairs), record, tuple(namesakes[number] for number in sorted(namesakes)))


def holds(work: Work, row: Organization) -> bool:
    """Whether the caller holds an organization's attributes: it, once verified; before, its first source."""
    if row.claim == VERIFIED:
        return row.number == work.actor.organization
    return row.source == work.actor.organization


def held(work: Work, organization_id: str) -> Organization:
    """An organization whose attributes the caller holds. Raises NotFound, Forbidden."""
    require_verified(work)
    row = directory.find(work, organization_id)
    if not holds(work, row):
        raise Forbidden("organization-not-held")
    return row


def change(work: Work, row: Organization, sent: Mapping[str, Any]) -> Organization:
    """Change attributes the caller holds, add identifiers, give or take back consents.

    Raises Invalid for consents that are not the caller's to give and for identifiers of others.
    """
    _check_consents(work, row, sent)
    names = (*ATTRIBUTES, *CONSENTS)
    proven = proofs.proven_since(row)
    changed = [name for name in names if name in sent and sent[name] != getattr(row, name)]
    for name in changed:
        setattr(row, name, sent[name])
    if registry.add(work, row.number, registry.checked(sent.get("identifiers", ()))):
        changed.append("identifiers")
    if changed:
        _changed(work, row, changed)
        proofs.tell_ended(work, row, proven)
    return row


def _matched(work: Work, number: int, pairs: list[Pair], sent: Mapping[str, Any]) -> Entered:
    row = directory.by_number(work, {number})[number]
    held = directory.by_identifier(work, pairs)
    return Entered(row, False, tuple(pair for pair in pairs if pair in held), _keep_record(work, row, sent))


def _add(work: Work, sent: Mapping[str, Any]) -> Organization:
    row = Organization(
        source=work.actor.organization or None,
        created_at=work.now,
        **{name: sent[name] for name in ATTRIBUTES if name in sent},
    )
    work.session.add(row)
    work.session.flush()
    work.record("organization.entered", row.id, work.actor.organization)
    work.change(facts.of_organization(row))
    return row


def _keep_record(work: Work, row: Organization, sent: Mapping[str, Any]) -> SupplierRecord | None:
    said = {name: sent[name] for name in records.ATTRIBUTES if sent.get(name) is not None}
    if row.number == work.actor.organization or not (said or "record" in sent):
        return None
    return records.keep(work, row, {"name": sent["name"], **said, **sent.get("record", {})})


def _check_consents(work: Work, row: Organization, sent: Mapping[str, Any]) -> None:
    for name in CONSENTS:
        if name in sent and row.number != work.actor.organization:
            raise Invalid.at(f"/{name}", "consent-not-yours")


def _changed(work: Work, row: Organization, changed: list[str]) -> None:
    work.session.flush()
    work.record("organization.changed", row.id, row.number, changed=changed)
    work.change(facts.of_organization(row))
    work.touch(row.number)
