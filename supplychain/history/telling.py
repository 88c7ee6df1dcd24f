"""Entries in words: who, as far as the reader may know, did what."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from supplychain.accounts.models import Person
from supplychain.audit import AuditEntry
from supplychain.dialects import among
from supplychain.frameworks import registry
from supplychain.frameworks.catalogue import catalogue as facts
from supplychain.frameworks.framework import Framework
from supplychain.history.rules import Done, Party, is_named, party_of
from supplychain.i18n import LANGUAGES, catalogue, sentence
from supplychain.network import directory
from supplychain.verbs import VERBS
from supplychain.work import Work

LEVELS = ("before", "after")
LISTED = {"en": ", ", "zh": "、"}


def represent(work: Work, rows: Sequence[AuditEntry]) -> Iterator[Mapping[str, Any]]:
    """Entries as the caller reads them, in their order; a constant number of statements."""
    me = work.actor.organization
    acted = {row.actor_organization for row in rows if row.actor_organization and is_named(_done(row), me)}
    named = {number: {"id": one.id, "name": one.name} for number, one in directory.by_number(work, acted).items()}
    people = _people(work, {row.actor_person for row in rows if row.actor_person and _is_colleague(row, me)})
    frameworks = {one.key: one for one in registry(work)}
    for row in rows:
        party = party_of(_done(row), me)
        person = people.get(row.actor_person or 0) if _is_colleague(row, me) else None
        organization = named.get(row.actor_organization or 0) if is_named(_done(row), me) else None
        by = {"party": str(party), "organization": organization, "person": person}
        text = {one: _text(row, party, by, one, frameworks) for one in LANGUAGES}
        said = {"at": row.at, "verb": row.action, "subject": row.subject, "by": by, "text": text}
        yield {**said, "entry": row.id if row.organization == me else None}


def _done(row: AuditEntry) -> Done:
    return Done(row.action, row.actor_organization, row.data)


def _is_colleague(row: AuditEntry, me: int) -> bool:
    """People are told to their own organization alone."""
    return party_of(_done(row), me) is Party.YOU


def _people(work: Work, numbers: Iterable[int]) -> Mapping[int, Mapping[str, str]]:
    query = select(Person.number, Person.id, Person.name).where(among(Person.number, numbers))
    return {one.number: {"id": one.id, "name": one.name} for one in work.session.execute(query)}


def _text(
    row: AuditEntry, party: Party, by: Mapping[str, Any], language: str, frameworks: Mapping[str, Framework]
) -> str:
    if row.salt is None:
        return sentence("history.erased", language, {"subject": row.subject})
    said = {name: _word(name, value, language) for name, value in row.data.items()}
    said |= _names(row.data, language, frameworks)
    said |= {"who": _who(party, by, language), "subject": row.subject, "verb": row.action}
    if row.action not in VERBS:  # of another release
        return sentence("history.other", language, said)
    on_receipt = ".on_receipt" if row.data.get("on_receipt") else ""
    return sentence(f"history.{row.action}{on_receipt}", language, said)


def _who(party: Party, by: Mapping[str, Any], language: str) -> str:
    who = sentence(f"history.by.{party}", language)
    known = by["person"] or (by["organization"] if party is not Party.YOU else None)
    return sentence("history.by.person", language, {"who": who, "person": known["name"]}) if known else who


def _names(data: Mapping[str, Any], language: str, frameworks: Mapping[str, Framework]) -> Mapping[str, str]:
    """What things are called in the reader's language; the keys themselves where they are not known any more."""
    named: dict[str, str] = {}
    framework = frameworks.get(data.get("framework", ""))
    if framework is not None:
        named["framework"] = framework.names.as_dict()[language]
        pillar = next((one for one in framework.pillars if one.id == data.get("pillar")), None)
        if pillar is not None:
            named["pillar"] = pillar.names.as_dict()[language]
    if "flag" in data:
        named["flag"] = sentence(f"notice.flag.{data['flag']}", language)
    if data.get("fact") in facts():
        named["fact"] = facts()[data["fact"]].names[language]
    return named


def _word(name: str, value: Any, language: str) -> str:
    if name in LEVELS:
        return sentence("history.word.level" + (".none" if value is None else ""), language, {"level": value})
    if value is None:
        return sentence("history.word.nothing", language)
    if isinstance(value, list):
        return LISTED[language].join(str(one) for one in value)
    code = f"history.word.{name}.{value}"
    return sentence(code, language) if code in catalogue(language) else str(value)
