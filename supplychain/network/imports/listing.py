"""A whole list, checked and matched: the chunks to write, and what is known of the other rows already."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Final

from sqlalchemy import select

from supplychain.network.imports import link_write, matching, organization_match, organization_write
from supplychain.network.imports.cells import checked
from supplychain.network.imports.link_plan import Entry as LinkEntry
from supplychain.network.imports.link_plan import Key
from supplychain.network.imports.organization_match import Matched, repeated
from supplychain.network.imports.organization_plan import Entry as OrganizationEntry
from supplychain.network.imports.rows import Kind, LinkRow, OrganizationRow, Result, Sheet, refused
from supplychain.network.models import Organization
from supplychain.network.standing import require_verified
from supplychain.work import Work

CHUNK: Final = 1000
"""Rows written in one transaction, and answered at once."""


Step = Callable[[Work], list[Result]]
"""Writes a chunk of rows and says what became of them."""


class Listing(ABC):
    """What is to be done about a list, in steps that each fit one transaction.

    refused: results of rows of which nothing is written, whatever happens to the others.
    """

    def __init__(self, refused_rows: list[Result]) -> None:
        self.refused = refused_rows

    def steps(self, done: Mapping[int, str | None]) -> list[Step]:
        """What is left to do. done: rows with results of an interrupted run, and their subjects."""
        left = [result for result in self.refused if result.row not in done]
        answers = [partial(_answer, left[start : start + CHUNK]) for start in range(0, len(left), CHUNK)]
        return [*self._writes(done), *answers]

    @abstractmethod
    def _writes(self, done: Mapping[int, str | None]) -> list[Step]: ...

    @abstractmethod
    def foresee(self, work: Work) -> list[Result]:
        """What would become of the rows that are not refused, with nothing written."""


def _answer(results: list[Result], _work: Work) -> list[Result]:
    return results


def listing(work: Work, sheet: Sheet) -> Listing:
    """Check and match every row. Raises Forbidden for an unverified sender, who may only submit evidence."""
    require_verified(work)
    organizations: list[OrganizationRow] = []
    links: list[LinkRow] = []
    results: list[Result] = []
    for number, raw in enumerate(sheet.rows, start=1):
        row = checked(sheet.kind, sheet.columns, number, raw)
        if isinstance(row, OrganizationRow):
            organizations.append(row)
        elif isinstance(row, LinkRow):
            links.append(row)
        else:
            results.append(refused(number, *row))
    if sheet.kind is Kind.ORGANIZATIONS:
        return _Organizations(organization_match.match(work, organizations), results)
    entries, wrong = link_write.match(work, links)
    return _Links(entries, results + wrong)


class _Links(Listing):
    def __init__(self, entries: Sequence[LinkEntry], results: list[Result]) -> None:
        super().__init__(results)
        self._entries = entries

    def _writes(self, done: Mapping[int, str | None]) -> list[Step]:
        """All rows of one link stay together, so that a step holds more than a chunk if one link does."""
        groups: dict[Key, list[LinkEntry]] = {}
        for entry in self._entries:
            if entry.row.row not in done:
                groups.setdefault(entry.key, []).append(entry)
        chunks: list[list[LinkEntry]] = [[]]
        for group in groups.values():
            if chunks[-1] and len(chunks[-1]) + len(group) > CHUNK:
                chunks.append([])
            chunks[-1] += group
        return [partial(self._write, chunk) for chunk in chunks if chunk]

    def _write(self, chunk: Sequence[LinkEntry], work: Work) -> list[Result]:
        made = link_write.prepare(work, chunk)
        link_write.apply(work, made)
        return made.results

    def foresee(self, work: Work) -> list[Result]:
        return link_write.prepare(work, self._entries).results


class _Organizations(Listing):
    def __init__(self, matched: Matched, results: list[Result]) -> None:
        super().__init__(results + matched.results)
        self._matched = matched
        self._numbers: dict[int, int] = {}
        self._ids: Mapping[int, str | None] = {}

    def _writes(self, done: Mapping[int, str | None]) -> list[Step]:
        self._ids = done
        left = [entry for entry in self._matched.entries if entry.row.row not in done]
        return [partial(self._write, left[start : start + CHUNK]) for start in range(0, len(left), CHUNK)]

    def _write(self, chunk: Sequence[OrganizationEntry], work: Work) -> list[Result]:
        planner = organization_write.prepare(work, chunk)
        organization_write.apply(work, planner)
        plan = planner.plan
        written = {row: subject.number for row, subject in plan.subjects.items()}
        organization_write.own(work, self._pairs(work, written))
        # Of an attempt that is rolled back and repeated, the last one's stay.
        self._numbers.update(written)
        return [*plan.results, *repeated(self._matched, plan.results)]

    def foresee(self, work: Work) -> list[Result]:
        results = organization_write.prepare(work, self._matched.entries).plan.results
        return [*results, *repeated(self._matched, results)]

    def _pairs(self, work: Work, written: Mapping[int, int]) -> organization_write.Pairs:
        """New pairs of child and parent of which one was written just now, and the other one too or before."""
        matched = self._matched
        between = {pair for pair in matched.parents.items() if not written.keys().isdisjoint(pair)}
        earlier = {row for pair in between for row in pair} - written.keys() - self._numbers.keys()
        numbers = {**self._done_before(work, earlier), **self._numbers, **written}
        pairs = [
            (numbers[child], numbers[parent]) for child, parent in sorted(between) if {child, parent} <= numbers.keys()
        ]
        pairs += [(written[row], above) for row, above in matched.above.items() if row in written]
        return organization_write.new_ownerships(work, [pair for pair in pairs if pair[0] != pair[1]])

    def _done_before(self, work: Work, rows: Iterable[int]) -> Mapping[int, int]:
        """Organizations of rows that an interrupted run wrote."""
        ids = {row: public for row in rows if (public := self._ids.get(row)) is not None}
        query = select(Organization.id, Organization.number)
        numbers = dict(tuple(one) for one in matching.rows_in(work, query, Organization.id, set(ids.values())))
        return {row: numbers[public] for row, public in ids.items()}
