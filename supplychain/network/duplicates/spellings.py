"""Spellings a sender confirmed: how its own lists write a company, known at its next import."""

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import Row, delete, select

from supplychain.dialects import upsert
from supplychain.network import aliases
from supplychain.network.duplicates.models import KnownSpelling
from supplychain.network.duplicates.names import read
from supplychain.network.models import SupplierRecord
from supplychain.work import Work

Written = tuple[str, str | None]
"""A name as a list writes it, and the country it gives."""
_SLICE = 1000


def meant(known: Iterable[tuple[str, str, int]], wanted: Collection[Written]) -> Mapping[Written, int]:
    """Which organizations some names mean by the spellings known (spelling, country, organization): pure.

    A spelling known for the very country holds; else one that is known for a single organization, where either the
    row or the spelling says no country. A spelling of another country is another company.
    """
    by_spelling: dict[str, dict[str, int]] = {}
    for spelling, place, organization in known:
        by_spelling.setdefault(spelling, {})[place] = organization
    found: dict[Written, int] = {}
    for written in wanted:
        name, country = written
        places = by_spelling.get(read(name).spelling, {})
        fitting = {one for place, one in places.items() if not (place and country)}
        if country and country in places:
            found[written] = places[country]
        elif len(fitting) == 1:
            found[written] = fitting.pop()
    return found


def known(work: Work, wanted: Collection[Written]) -> Mapping[Written, int]:
    """Organizations (numbers) that the caller said some names mean; merged ones followed."""
    spellings = sorted({read(name).spelling for name, _ in wanted})
    rows: list[Row[str, str, int]] = []
    columns = KnownSpelling.spelling, KnownSpelling.country, KnownSpelling.organization
    query = select(*columns).where(KnownSpelling.owner == work.actor.organization)
    for start in range(0, len(spellings), _SLICE):
        rows += work.session.execute(query.where(KnownSpelling.spelling.in_(spellings[start : start + _SLICE])))
    found = meant(((row[0], row[1], row[2]) for row in rows), wanted)
    now = aliases.canonical_of(work, set(found.values()))
    return {written: now[number] for written, number in found.items()}


def learn(work: Work, records: Iterable[SupplierRecord], merge: int | None) -> None:
    """Know from here on that the names of some records mean their organizations. merge: by which that was said."""
    rows = {
        (read(row.name).spelling, row.country or ""): {
            "owner": work.actor.organization,
            "spelling": read(row.name).spelling,
            "country": row.country or "",
            "organization": row.organization,
            "merge": merge,
            "decided_at": work.now,
        }
        for row in records
    }
    upsert(work.connection, KnownSpelling, list(rows.values()), ["owner", "spelling", "country"])


def forget(work: Work, records: Iterable[SupplierRecord]) -> None:
    """Know no more what the names of some records mean."""
    for row in records:
        work.session.execute(
            delete(KnownSpelling).where(
                KnownSpelling.owner == work.actor.organization,
                KnownSpelling.spelling == read(row.name).spelling,
                KnownSpelling.country == (row.country or ""),
            )
        )
