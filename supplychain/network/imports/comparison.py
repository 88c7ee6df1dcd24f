"""Two lists of one sender compared by organization: who was added, dropped, moved, renamed and kept.

By public id, not by the text of rows: a supplier whose name is written otherwise this year is the same one if the
import found it so. Of each organization the whole of what a list says counts, however many rows it takes.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Any, Final

import orjson
from sqlalchemy import Select, String, case, func, literal, select

from supplychain.errors import Conflict, Invalid
from supplychain.network.imports import store
from supplychain.network.imports.matching import plain
from supplychain.network.imports.rows import Kind
from supplychain.network.models import ImportResult, ImportRun, Organization, SupplyLink
from supplychain.work import Work

PLACE: Final = ("country", "region", "address")
_BATCH: Final = 1000


class Change(StrEnum):
    """What became of an organization from one list to the other; each has exactly one."""

    ADDED = "added"
    DROPPED = "dropped"
    MOVED = "moved"
    RENAMED = "renamed"
    MOVED_AND_RENAMED = "moved_and_renamed"
    RECATEGORISED = "recategorised"
    """Of links: what is bought of it is under other codes."""
    KEPT = "kept"


Changed = tuple[str, Change]
"""Public id of an organization, and what became of it."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two imports of one kind, and what became of every organization of either, by id.

    compared: the columns of places that both lists have. refused: rows of either that are of no organization.
    """

    before: ImportRun
    after: ImportRun
    compared: tuple[str, ...]
    all: Sequence[Changed]
    refused: tuple[int, int]

    def changed(self, change: str | None = None) -> Sequence[Changed]:
        """All of it, or what changed in one way."""
        return self.all if change is None else [one for one in self.all if one[1] == change]

    def counts(self) -> dict[str, int]:
        """Organizations by what became of them; refused rows beside them, so that every row is accounted for."""
        found = Counter(change for _, change in self.all)
        before, after = self.refused
        return {**{str(one): found[one] for one in Change}, "refused_before": before, "refused_after": after}


def compare(work: Work, before_id: str, after_id: str) -> Comparison:
    """What changed from one list to another. Raises NotFound, Invalid for two kinds, Conflict for an unfinished one."""
    (before, _), (after, _) = store.find(work, before_id), store.find(work, after_id)
    if before.kind != after.kind:
        raise Invalid("imports-of-two-kinds")
    if not (before.finished_at and after.finished_at):
        raise Conflict("import-unfinished")
    compared = tuple(name for name in PLACE if name in before.columns and name in after.columns)
    was = dict(_marks(work, before, compared))
    found: list[Changed] = []
    for organization, mark in _marks(work, after, compared):
        earlier = was.pop(organization, None)
        found.append((organization, Change.ADDED if earlier is None else _change(earlier, mark)))
    found += [(organization, Change.DROPPED) for organization in was]
    return Comparison(before, after, compared, sorted(found), (_refused(work, before), _refused(work, after)))


def position(one: Changed) -> tuple[str]:
    """Where an organization stands in the comparison."""
    return (one[0],)


Mark = tuple[bytes, bytes, bytes]
"""What a list says of an organization, of its names, places and categories, each short enough for 100,000 of them."""


def _change(before: Mark, after: Mark) -> Change:
    renamed, moved, recategorised = (one != other for one, other in zip(before, after, strict=True))
    if moved and renamed:
        return Change.MOVED_AND_RENAMED
    if moved or renamed:
        return Change.MOVED if moved else Change.RENAMED
    return Change.RECATEGORISED if recategorised else Change.KEPT


def _marks(work: Work, run: ImportRun, compared: Sequence[str]) -> Iterable[tuple[str, Mark]]:
    query = _rows(run).execution_options(yield_per=_BATCH)
    for organization, rows in groupby(work.session.execute(query), key=lambda row: row[0]):
        names, places, categories = set(), set(), set()
        for _, said, category, _ in rows:
            told = said or {}
            if "name" in told:
                names.add(plain(told["name"]))
            places.add(tuple(plain(told.get(name, "")) for name in compared))
            categories.add(category or "")
        yield organization, (_mark(names), _mark(places), _mark(categories))


def _mark(values: set[Any]) -> bytes:
    return hashlib.blake2b(orjson.dumps(sorted(values)), digest_size=16).digest()


def _rows(run: ImportRun) -> Select[str, Any, str | None, int]:
    """Organization, what is said of it, category and row, those of one organization together.

    Of a list of links, the organization is the supplier, or the buyer where the sender is the supplier.
    """
    if run.kind == Kind.ORGANIZATIONS:
        nothing = literal(None, String)
        query = select(ImportResult.subject, ImportResult.said, nothing, ImportResult.row)
        return query.where(ImportResult.run == run.number, ImportResult.subject.is_not(None)).order_by(
            ImportResult.subject, ImportResult.row
        )
    mine = case((SupplyLink.supplier == run.owner, SupplyLink.buyer), else_=SupplyLink.supplier)
    return (
        select(Organization.id, ImportResult.said, SupplyLink.category, ImportResult.row)
        .join(SupplyLink, SupplyLink.id == ImportResult.subject)
        .join(Organization, Organization.number == mine)
        .where(ImportResult.run == run.number)
        .order_by(Organization.id, ImportResult.row)
    )


def _refused(work: Work, run: ImportRun) -> int:
    query = select(func.count()).where(ImportResult.run == run.number, ImportResult.subject.is_(None))
    return int(work.session.scalar(query) or 0)


def represent(work: Work, found: Comparison, page: Sequence[Changed]) -> list[dict[str, Any]]:
    """Organizations with what either list says of them."""
    ids = [organization for organization, _ in page]
    entries = {row.id: row for row in work.session.scalars(select(Organization).where(Organization.id.in_(ids)))}
    before, after = (_said(work, run, ids, found.compared) for run in (found.before, found.after))
    return [
        {
            "organization": {name: getattr(entries[one], name) for name in ("id", "name", "name_zh")},
            "change": str(change),
            "before": before.get(one),
            "after": after.get(one),
        }
        for one, change in page
    ]


def _said(work: Work, run: ImportRun, ids: Sequence[str], compared: Sequence[str]) -> Mapping[str, dict[str, Any]]:
    query = _rows(run)
    told: dict[str, dict[str, Any]] = {}
    for organization, said, category, row in work.session.execute(query.where(query.selected_columns[0].in_(ids))):
        one = told.setdefault(organization, {"names": [], "places": [], "categories": [], "rows": []})
        place = {name: (said or {}).get(name) for name in compared}
        for values, value in (
            (one["names"], (said or {}).get("name")),
            (one["places"], place if compared else None),
            (one["categories"], category or None),
        ):
            if value is not None and value not in values:
                values.append(value)
        one["rows"].append(row)
    return told
