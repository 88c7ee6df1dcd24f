"""What all ways of taking a list share: looking at one snapshot, and writing a chunk a transaction."""

import time
from collections.abc import Callable
from typing import Final, TypeVar

from supplychain.network.imports import store
from supplychain.network.imports.confirming import Foreseen
from supplychain.network.imports.listing import Listing, Outcome, Step, chunks_of, listing, unheard
from supplychain.network.imports.rows import Manner, Sheet
from supplychain.network.models import ImportRun
from supplychain.work import Actor, Runtime, Work, run

ASKED_AGAIN_SECONDS: Final = 0.105
"""A little more than the longest pause of SQLite's busy handler."""
T = TypeVar("T")


def matched(reader: Work, sheet: Sheet, manner: Manner, seen: Foreseen | None) -> Listing:
    """A list, checked and matched, that may be done. Raises Forbidden, TwoSides, Unconfirmed, Otherwise."""
    found = listing(reader, sheet, manner)
    check(reader, found, seen)
    return found


def check(reader: Work, found: Listing, seen: Foreseen | None) -> None:
    """Whether it may be done: as foreseen and confirmed, or because little ends by it."""
    if seen is not None:
        seen.check(reader, found)
    elif found.ending is not None:
        found.ending.check(len(found.refused))


def chunk(
    row: ImportRun | store.Found, sheet: Sheet, step: Step, seen: Foreseen | None, *, last: bool
) -> Callable[[Work], Outcome]:
    """A step with its results and, as the last one, the end of the import, as the body of a unit of work."""
    number, public = row.number, row.id

    def write(work: Work) -> Outcome:
        outcome = step(work, public)
        if seen is not None:
            seen.check_done(outcome)
        store.note(work, number, sheet, outcome)
        if last:
            store.finish(work, number)
        return outcome

    return write


def give_way(runtime: Runtime, *, last: bool) -> None:
    """Let whoever waits for a chunk to be written go first.

    PostgreSQL's locks stand in line. Of SQLite's, who waits asks again at most a tenth of a second later, and would
    find the next chunk at it.
    """
    if not last and not runtime.database.is_postgres:
        time.sleep(ASKED_AGAIN_SECONDS)


def with_last(steps: list[Step]) -> list[tuple[Step, bool]]:
    """Steps, and whether each is the last one."""
    return [(step, at == len(steps)) for at, step in enumerate(steps, start=1)]


def look(reader: Work, sheet: Sheet, manner: Manner, beat: Callable[[int], None] = unheard) -> Outcome:
    """What would become of a list."""
    found = listing(reader, sheet, manner, beat)
    results = [*found.foresee(reader, beat), *found.refused]
    return Outcome(results, list(found.ending.numbers) if found.ending else [])


def note_foreseen(
    runtime: Runtime,
    actor: Actor,
    row: ImportRun | store.Found,
    sheet: Sheet,
    outcome: Outcome,
    settle: Callable[..., None] | None = None,
) -> None:
    """Write down a report by the thousand. settle: called with every unit of work, and whether it is the last."""
    number = row.number
    parts = [Outcome(list(results)) for results in chunks_of(outcome.results)]
    parts += [Outcome(ended=list(ended)) for ended in chunks_of(outcome.ended)]
    for at, part in enumerate(parts, start=1):

        def body(work: Work, part: Outcome = part, last: bool = at == len(parts)) -> None:  # noqa: FBT001 - bound now
            store.note(work, number, sheet, part)
            if last:
                store.finish(work, number)
            if settle:
                settle(work, last=last)

        run(runtime, body, actor)


def reading(runtime: Runtime, actor: Actor, body: Callable[[Work], T]) -> T:
    """What a look at one snapshot finds."""
    reader = Work(runtime, actor, writes=False)
    try:
        return body(reader)
    finally:
        reader.close()
