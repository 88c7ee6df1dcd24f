"""`supplychain cascade --kept`: what differs once links, requirements or organizations changed, and the state then."""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph.bulk.answers import Differences, Side, differences
from graph.bulk.arrays import NO_DAY, Ints
from graph.bulk.due import day_number
from graph.bulk.standing import Change, Standing
from supplychain.cascade.asking import Asked, asked_of, read_asked
from supplychain.cascade.changes import Changes, read_changes
from supplychain.cascade.keeping import Kept, keep_locked, locked, opened, verified
from supplychain.cascade.mistakes import Mistakes
from supplychain.cascade.tables import check_out
from supplychain.cascade.writing import whole
from supplychain.errors import Invalid

_SIDES: Final = (("tier", pa.int32()), ("level", pa.int32()), ("due", pa.date32()), ("via", pa.int64()))
SCHEMA: Final = pa.schema(
    [("requirement", pa.string()), ("supplier", pa.string()), ("change", pa.string())]
    + [(f"{when}{name}", kind) for name, kind in _SIDES for when in ("old_", "")]
)
NEW, FREED, MOVED = "new", "freed", "moved"


@dataclass(frozen=True, slots=True)
class News:
    """Files that say what is otherwise than in a state; None where nothing is.

    changes: of links. requirements, organizations: whole lists instead of those of the state.
    """

    changes: Path | None = None
    requirements: Path | None = None
    organizations: Path | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What came of it: how many links changed, how many requirements are there now, how many obligations differ.

    unknown_issuers, ignored: as of a whole run.
    """

    on: date
    changes: int
    requirements: int
    new: int
    freed: int
    moved: int
    unknown_issuers: tuple[str, ...]
    ignored: dict[str, tuple[str, ...]]


def change(folder: Path, news: News, on: date | None, out: Path) -> Report:
    """Go on from a folder's state. Raises Invalid for what does not fit, and OSError.

    on: the day, which must be that of the state. The file is whole before the state is: who dies in between runs the
    same again.
    """
    check_out(out, [news.changes, news.requirements, news.organizations])
    if not folder.is_dir():
        raise Invalid("cascade-not-kept", folder=str(folder))
    with locked(folder):
        path = verified(folder)
        before, kept = opened(path), opened(path)
        if on not in (None, kept.on):
            raise Invalid("cascade-kept-day", kept=kept.on.isoformat(), asked=str(on))
        mistakes = Mistakes()
        changes = read_changes(news.changes, day_number(kept.on), mistakes)
        asked = read_asked(news.requirements, news.organizations, mistakes)
        _tell_unknown(news.changes, changes, kept, mistakes)
        mistakes.stop_if_any()
        kept, numbers = _named(kept, changes)
        kept, unknown = asked_of(kept, asked)
        after, ends = _changed(kept, changes, numbers)
        counts = _write(before, after, ends, out)
        keep_locked(folder, after, over=path)
    return Report(
        on=kept.on,
        changes=len(changes.number),
        requirements=len(after.ids),
        new=counts[NEW],
        freed=counts[FREED],
        moved=counts[MOVED],
        unknown_issuers=unknown,
        ignored=_ignored(news, changes, asked),
    )


def _tell_unknown(path: Path | None, read: Changes, kept: Kept, mistakes: Mistakes) -> None:
    if path is None or mistakes.count:
        return  # numbers that could not be read stand as 0
    idle = np.isin(read.number, kept.idle)
    for at in np.flatnonzero(read.ended & ~idle).tolist():
        if kept.standing.slot(int(read.number[at])) < 0:
            mistakes.rows(path, [at + 1], "id", "link-not-kept")


def _named(kept: Kept, read: Changes) -> tuple[Kept, Ints]:
    """The state that knows the ends of all links that carry; the numbers of their buyers, then of their suppliers."""
    carrying = np.flatnonzero(read.carries).tolist()
    ends = [texts[at] for texts in (read.buyer, read.supplier) for at in carrying]
    return kept.naming(pa.array(ends, pa.string()))


def _changed(kept: Kept, read: Changes, numbers: Ints) -> tuple[Kept, set[tuple[int, int]]]:
    """The state after the changes, made in place, and the places of buyers and suppliers of changed links."""
    standing = kept.standing
    ends: set[tuple[int, int]] = set()
    codes = standing.coded([read.code[at] for at in np.flatnonzero(read.carries).tolist()])
    said = zip(*numbers.reshape(2, -1).tolist(), codes, strict=True)
    for at, (number, carries) in enumerate(zip(read.number.tolist(), read.carries.tolist(), strict=True)):
        ends |= _ends(standing, number)
        if not carries:
            standing.change(Change(number))
            continue
        buyer, supplier, code = next(said)
        standing.change(Change(number, buyer, supplier, code, int(read.valid_from[at])))
        ends |= _ends(standing, number)
    rests = ~read.carries & ~read.ended
    idle = np.union1d(np.setdiff1d(kept.idle, read.number[~rests]), read.number[rests])
    return replace(kept, idle=idle), ends


def _ends(standing: Standing, number: int) -> set[tuple[int, int]]:
    slot = standing.slot(number)
    return {standing.ends(slot)} if slot >= 0 else set()


def _write(before: Kept, after: Kept, ends: set[tuple[int, int]], out: Path) -> dict[str, int]:
    counts = dict.fromkeys((NEW, FREED, MOVED), 0)
    old, new = (dict(zip(one.ids, one.demands, strict=True)) for one in (before, after))
    ids = sorted(old.keys() | new.keys())
    pairs = [(old.get(one), new.get(one)) for one in ids]
    found = differences(before.answering, after.answering, ends, pairs)
    with whole(out, [after.names, pa.array(ids, pa.string())], SCHEMA) as writer:
        for name, some in zip(ids, found, strict=True):
            if len(some.supplier):
                rows = _rows(name, some, after.names)
                writer.write_table(rows)
                for what in counts:
                    counts[what] += pc.sum(pc.equal(rows["change"], what)).as_py()
    return counts


def _ignored(news: News, changes: Changes, asked: Asked) -> dict[str, tuple[str, ...]]:
    listed = () if asked.organizations is None else asked.organizations.ignored
    pairs = (news.changes, changes.ignored), (news.organizations, listed)
    return {path.name: columns for path, columns in pairs if path is not None and columns}


def _rows(requirement: str, some: Differences, names: Any) -> Any:
    """The differences of a requirement as rows, suppliers in the order of code points."""
    suppliers = names.take(pa.array(some.supplier)).cast(pa.string())
    was, owes = some.before.level > 0, some.after.level > 0
    change = np.where(was & owes, MOVED, np.where(owes, NEW, FREED))
    columns = [pa.array([requirement] * len(suppliers), pa.string()), suppliers, pa.array(change.tolist(), pa.string())]
    for name, kind in _SIDES:
        for side, owed in ((some.before, was), (some.after, owes)):
            columns.append(_column(side, name, kind, ~owed))
    return pa.Table.from_arrays(columns, schema=SCHEMA).take(pc.sort_indices(suppliers))


def _column(side: Side, name: str, kind: Any, absent: Any) -> Any:
    values = getattr(side, name)
    if name != "due":
        return pa.array(values, mask=absent).cast(kind)
    return pa.array(values, pa.int32(), mask=absent | (values == NO_DAY)).cast(kind)
