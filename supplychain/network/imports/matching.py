"""Which organizations a list means: by own code, id or registered identifier; by name only among own records."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final

from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute

from supplychain.network import aliases
from supplychain.network.identifiers import IdentifierInvalid, Scheme, guesses, normalised
from supplychain.network.models import Identifier, Organization, SupplierRecord
from supplychain.work import Work

SLICE: Final = 1000
"""Values in one IN list; SQLite takes 32,766 in a statement."""
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


def by_name(work: Work, names: Iterable[str]) -> Mapping[str, int]:
    """Organizations that the sender's own records call so, where they leave no doubt; by the names as given.

    Of several, the one whose record has no code of the sender's: it came from a row with a name alone as well.
    Compared without case, width and superfluous blanks.
    """
    wanted = {name: plain(name) for name in names}
    if not wanted:
        return {}
    query = (
        select(SupplierRecord.name, SupplierRecord.organization, SupplierRecord.code == Organization.id)
        .join(Organization, Organization.number == SupplierRecord.organization)
        .where(SupplierRecord.owner == work.actor.organization)
    )
    called: defaultdict[str, dict[int, bool]] = defaultdict(dict)
    for name, number, nameless in work.session.execute(query):
        called[plain(name)][number] = nameless or called[plain(name)].get(number, False)
    meant = {name: _only(called.get(key, {})) for name, key in wanted.items()}
    return {name: number for name, number in meant.items() if number is not None}


def _only(numbers: Mapping[int, bool]) -> int | None:
    uncoded = [number for number, nameless in numbers.items() if nameless]
    if len(numbers) == 1:
        return next(iter(numbers))
    return uncoded[0] if len(uncoded) == 1 else None


def plain(name: str) -> str:
    """A name as it is compared."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


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
