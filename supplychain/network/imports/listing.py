"""A whole list, checked and matched: the chunks to write, and what is known of the other rows already."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final, TypeVar

from sqlalchemy import select

from supplychain.network.imports import (
    link_write,
    matching,
    organization_match,
    organization_write,
    replacing,
)
from supplychain.network.imports.cells import checked
from supplychain.network.imports.link_plan import Entry as LinkEntry
from supplychain.network.imports.link_plan import Key
from supplychain.network.imports.organization_match import Matched, repeated
from supplychain.network.imports.organization_plan import Entry as OrganizationEntry
from supplychain.network.imports.replacing import Ending, Reference
from supplychain.network.imports.rows import (
    ADDING,
    Kind,
    LinkRow,
    Manner,
    Mode,
    OrganizationRow,
    Raw,
    Result,
    Sheet,
    as_written,
    refused,
)
from supplychain.network.models import Organization
from supplychain.network.standing import require_verified
from supplychain.work import Work

CHUNK: Final = 1000
"""Rows written in one transaction, and answered at once."""


@dataclass(slots=True)
class Outcome:
    """What a step did: results of rows, and the numbers of links that it ended."""

    results: list[Result] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)


T = TypeVar("T")
Step = Callable[[Work, str], Outcome]
"""Does a chunk of a list, for the import with a public id."""
Beat = Callable[[int], None]
"""Called now and then in work that takes long, with how many rows are looked at."""


def unheard(_done: int) -> None:
    """For work that nobody waits for."""


class Listing(ABC):
    """What is to be done about a list, in steps that each fit one transaction.

    refused: results of rows of which nothing is written, whatever happens to the others. ending: what ends because
    the list is without it.
    """

    def __init__(self, refused_rows: list[Result], ending: Ending | None = None) -> None:
        self.refused = refused_rows
        self.ending = ending

    def steps(self, done: Mapping[int, str | None]) -> list[Step]:
        """What is left to do, one step at least. done: rows with results of an interrupted run, and their subjects."""
        left = [result for result in self.refused if result.row not in done]
        answers: list[Step] = [partial(_answer, chunk) for chunk in chunks_of(left)]
        gone = self.ending.numbers if self.ending else ()
        ends: list[Step] = [partial(self._end, chunk) for chunk in chunks_of(gone)]
        return [*map(_rows_only, self._writes(done)), *answers, *ends] or [partial(_answer, [])]

    def _end(self, numbers: Sequence[int], work: Work, source: str) -> Outcome:
        assert self.ending is not None
        return Outcome(ended=replacing.end(work, self.ending, numbers, source))

    @abstractmethod
    def _writes(self, done: Mapping[int, str | None]) -> list[Callable[[Work], list[Result]]]: ...

    @abstractmethod
    def foresee(self, work: Work, beat: Beat = unheard) -> list[Result]:
        """What would become of the rows that are not refused, with nothing written."""


def chunks_of(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """A thousand at a time."""
    return (values[start : start + CHUNK] for start in range(0, len(values), CHUNK))


def _answer(results: Sequence[Result], _work: Work, _source: str) -> Outcome:
    return Outcome(list(results))


def _rows_only(write: Callable[[Work], list[Result]]) -> Step:
    return lambda work, _source: Outcome(write(work))


def listing(work: Work, sheet: Sheet, manner: Manner = ADDING, beat: Beat = unheard) -> Listing:
    """Check and match every row.

    Raises Forbidden for an unverified sender, who may only submit evidence; TwoSides.
    """
    require_verified(work)
    organizations: list[OrganizationRow] = []
    links: list[LinkRow] = []
    results: list[Result] = []
    for number, raw in enumerate(sheet.rows, start=1):
        row = checked(sheet.kind, sheet.columns, number, raw)
        if isinstance(row, OrganizationRow):
            organizations.append(row)
        elif isinstance(row, LinkRow):
            links.append(_as_of(row, manner))
        else:
            results.append(refused(number, *row))
        if number % CHUNK == 0:
            beat(0)
    if sheet.kind is Kind.ORGANIZATIONS:
        return _Organizations(organization_match.match(work, organizations), results)
    entries, wrong = link_write.match(work, links)
    results += wrong
    ending = None
    if manner.mode is Mode.REPLACE:
        doubtful = [_reference(sheet, sheet.rows[result.row - 1]) for result in results]
        ending = replacing.ending(work, manner, entries, doubtful)
    return _Links(entries, results, ending)


def _as_of(row: LinkRow, manner: Manner) -> LinkRow:
    """A row that says no first day says it as of the day of the list, if that has one."""
    day = manner.valid_on
    if day is None or row.valid_from is not None or (row.valid_to is not None and row.valid_to < day):
        return row
    return replace(row, valid_from=day)


def _reference(sheet: Sheet, raw: Raw) -> Reference:
    """Whom a row that was refused names."""
    if isinstance(raw, dict):
        return None, None
    cells = dict(zip(sheet.columns, map(as_written, raw), strict=True))
    buyer, supplier = (str(cells.get(column) or "").strip() or None for column in ("buyer", "supplier"))
    return buyer, supplier


class _Links(Listing):
    def __init__(self, entries: Sequence[LinkEntry], results: list[Result], ending: Ending | None) -> None:
        super().__init__(results, ending)
        self._entries = entries

    def _writes(self, done: Mapping[int, str | None]) -> list[Callable[[Work], list[Result]]]:
        return [partial(self._write, chunk) for chunk in self._chunks(done)]

    def _chunks(self, done: Mapping[int, str | None]) -> list[list[LinkEntry]]:
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
        return [chunk for chunk in chunks if chunk]

    def _write(self, chunk: Sequence[LinkEntry], work: Work) -> list[Result]:
        made = link_write.prepare(work, chunk)
        link_write.apply(work, made)
        return made.results

    def foresee(self, work: Work, beat: Beat = unheard) -> list[Result]:
        results: list[Result] = []
        for chunk in self._chunks({}):
            made = link_write.prepare(work, chunk)
            link_write.name(made)
            results += made.results
            beat(len(results))
        return results


class _Organizations(Listing):
    def __init__(self, matched: Matched, results: list[Result]) -> None:
        super().__init__(results + matched.results)
        self._matched = matched
        self._numbers: dict[int, int] = {}
        self._ids: Mapping[int, str | None] = {}

    def _writes(self, done: Mapping[int, str | None]) -> list[Callable[[Work], list[Result]]]:
        self._ids = done
        left = [entry for entry in self._matched.entries if entry.row.row not in done]
        return [partial(self._write, chunk) for chunk in chunks_of(left)]

    def _write(self, chunk: Sequence[OrganizationEntry], work: Work) -> list[Result]:
        planner = organization_write.prepare(work, chunk)
        organization_write.apply(work, planner)
        plan = planner.plan
        written = {row: subject.number for row, subject in plan.subjects.items()}
        organization_write.own(work, self._pairs(work, written))
        # Of an attempt that is rolled back and repeated, the last one's stay.
        self._numbers.update(written)
        self._spell(work, written)
        return [*plan.results, *repeated(self._matched, plan.results)]

    def foresee(self, work: Work, beat: Beat = unheard) -> list[Result]:
        planner = organization_write.prepare(work, self._matched.entries, beat)
        organization_write.name(planner.plan)
        results = planner.plan.results
        return [*results, *repeated(self._matched, results)]

    def _spell(self, work: Work, written: Mapping[int, int]) -> None:
        """Keep whom the rows meant that had nothing but a name, and those that repeat one just written."""
        spelled = self._matched.spellings
        said = {spelled[row]: number for row, number in written.items() if row in spelled}
        for row, number in written.items():
            said |= {spelled[one]: number for one in self._matched.repeats.get(row, ()) if one in spelled}
        if said:
            matching.spell(work, said)

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
