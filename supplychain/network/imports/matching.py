"""Which organizations a list means: by own code, id or registered identifier; by name only among own records."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final, cast

from sqlalchemy import Select, Table, insert, select, update
from sqlalchemy.orm import InstrumentedAttribute

from supplychain.network import aliases
from supplychain.network.identifiers import IdentifierInvalid, Scheme, guesses, normalised
from supplychain.network.models import Identifier, Organization, Spelling, SupplierRecord
from supplychain.work import Work

SLICE: Final = 1000
"""Values in one IN list; SQLite takes 32,766 in a statement."""
MAX_NAME: Final = 300
_SPELLINGS = cast(Table, Spelling.__table__)
_ID = re.compile(r"org_[0-9a-f]{26}")
Pair = tuple[str, str]
"""Scheme and normalised value."""


def rows_in(
    work: Work, query: Select[*tuple[Any, ...]], column: InstrumentedAttribute[Any], values: Collection[Any]
) -> Iterator[Any]:
    """The rows of a query whose column has one of the values, however many there are."""
    wanted = list(values)
    for start in range(0, len(wanted), SLICE):
        yield from work.session.execute(query.where(column.in_(wanted[start : start + SLICE])))


def resolve(work: Work, references: Collection[str]) -> Mapping[str, frozenset[int]]:
    """Numbers of the organizations that each reference may mean: none, one, or several with like identifiers.

    A reference is one of the sender's own codes, an id, ``scheme:value``, or an identifier alone; the first of
    these that finds anything holds.
    """
    found: dict[str, frozenset[int]] = {}
    for code, number in by_code(work, references).items():
        found[code] = frozenset({number})
    ids = [one for one in references if one not in found and _ID.fullmatch(one)]
    known = dict(map(tuple, rows_in(work, select(Organization.id, Organization.number), Organization.id, ids)))
    now = aliases.canonical_of(work, set(known.values())) if known else {}
    found.update((public, frozenset({now[number]})) for public, number in known.items())
    found.update(_by_any_identifier(work, [one for one in references if one not in found]))
    return found


def by_code(work: Work, codes: Collection[str]) -> Mapping[str, int]:
    """Organizations of the sender's records, by its own codes."""
    query = select(SupplierRecord.code, SupplierRecord.organization).where(
        SupplierRecord.owner == work.actor.organization
    )
    return dict(tuple(row) for row in rows_in(work, query, SupplierRecord.code, codes))


def by_identifier(work: Work, pairs: Collection[Pair]) -> Mapping[Pair, int]:
    """Organizations that hold registered identifiers, or what the sender means by these now."""
    query = select(Identifier.scheme, Identifier.value, Identifier.organization)
    values = {value for _, value in pairs}
    found = {(scheme, value): number for scheme, value, number in rows_in(work, query, Identifier.value, values)}
    now = aliases.canonical_of(work, set(found.values())) if found else {}
    return {pair: now[number] for pair, number in found.items()}


class Names:
    """What the sender's own records call organizations; who goes by a name alone is found here.

    A spelling by which a row with nothing but a name meant somebody is kept, so that the same row means the same
    one for ever, whatever the records around it come to be called. Compared without case, width and superfluous
    blanks. ``rename`` tells what the rows of a file that have more to go by make of the records: a name is looked
    up among the records as the file leaves them, so that it says the same the second time.
    """

    def __init__(self, work: Work) -> None:
        me = work.actor.organization
        query = select(
            SupplierRecord.number, SupplierRecord.organization, SupplierRecord.code, SupplierRecord.name
        ).where(SupplierRecord.owner == me)
        self._called: dict[object, tuple[object, str]] = {}
        self._by_code: dict[str, int] = {}
        self._first: dict[object, int] = {}
        for number, organization, code, name in work.session.execute(query.order_by(SupplierRecord.number)):
            self._called[number] = (organization, plain(name))
            self._by_code[code] = number
            self._first.setdefault(organization, number)
        known = select(Spelling.name, Spelling.organization).where(Spelling.owner == me)
        spelled: dict[str, int] = dict(work.session.execute(known).all())
        self._spelled = {name: number for name, number in spelled.items() if number in self._first}

    def rename(self, row: int, code: str | None, about: object, name: str) -> None:
        """The record that a row of the file writes, under its code or the first about somebody, has this name."""
        record = self._by_code.get(code) if code is not None else self._first.get(about)
        self._called[("row", row) if record is None else record] = (about, plain(name))

    def settle(self) -> None:
        """No more records are renamed: names may be looked up."""
        self._meant: defaultdict[str, set[object]] = defaultdict(set)
        for about, name in self._called.values():
            self._meant[name].add(about)

    def known(self, name: str) -> bool:
        """Whether the name is kept as a spelling."""
        return plain(name) in self._spelled

    def meant(self, name: str) -> object | None:
        """Who is called so, when there is no doubt; as ``rename`` said it, or a number."""
        spelled = self._spelled.get(plain(name))
        if spelled is not None:
            return spelled
        found = self._meant.get(plain(name), set())
        return next(iter(found)) if len(found) == 1 else None


def spell(work: Work, spellings: Mapping[str, int]) -> None:
    """Keep by which names alone (as compared) rows meant organizations."""
    me = work.actor.organization
    query = select(Spelling.name, Spelling.organization).where(Spelling.owner == me)
    known = dict(tuple(row) for row in rows_in(work, query, Spelling.name, spellings.keys()))
    new = [
        {"owner": me, "name": name, "organization": number} for name, number in spellings.items() if name not in known
    ]
    if new:
        work.session.execute(insert(_SPELLINGS), new)
    for name, number in spellings.items():
        # Kept of somebody of whom the sender has no record any more.
        if known.get(name, number) != number:
            mine = (Spelling.owner == me, Spelling.name == name)
            work.session.execute(update(_SPELLINGS).where(*mine).values(organization=number))


def plain(name: str) -> str:
    """A name as it is compared; a few ligatures grow long, and no index takes more."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())[:MAX_NAME]


def _by_any_identifier(work: Work, references: Collection[str]) -> Mapping[str, frozenset[int]]:
    meant = {one: _pairs(one) for one in references}
    holders = by_identifier(work, {pair for pairs in meant.values() for pair in pairs})
    return {
        one: numbers
        for one, pairs in meant.items()
        if (numbers := frozenset(holders[pair] for pair in pairs if pair in holders))
    }


def _pairs(reference: str) -> frozenset[Pair]:
    scheme, colon, value = reference.partition(":")
    if colon and scheme.casefold() in list(Scheme):
        try:
            return frozenset({(scheme.casefold(), normalised(scheme.casefold(), value.strip()))})
        except IdentifierInvalid:
            return frozenset()
    return frozenset((str(scheme), value) for value in guesses(reference) for scheme in Scheme)
