"""`supplychain cascade --kept`: what differs once some links changed, and the state after them."""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph.bulk.answers import Compared, Differences, Side
from graph.bulk.arrays import NO_DAY
from graph.bulk.due import day_number
from graph.bulk.standing import Change, Standing
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
class Report:
    """What came of it: how many links changed, and how many obligations differ; columns that were ignored."""

    on: date
    changes: int
    new: int
    freed: int
    moved: int
    ignored: tuple[str, ...]


def change(folder: Path, changes: Path, on: date | None, out: Path) -> Report:
    """Go on from a folder's state. Raises Invalid for what does not fit, and OSError.

    on: the day, which must be that of the state. The file is whole before the state is: who dies in between runs the
    same again.
    """
    check_out(out, [changes])
    if not folder.is_dir():
        raise Invalid("cascade-not-kept", folder=str(folder))
    with locked(folder):
        path = verified(folder)
        before, kept = opened(path), opened(path)
        if on not in (None, kept.on):
            raise Invalid("cascade-kept-day", kept=kept.on.isoformat(), asked=str(on))
        mistakes = Mistakes()
        read = read_changes(changes, day_number(kept.on), mistakes)
        _tell_unknown(changes, read, kept, mistakes)
        mistakes.stop_if_any()
        after, suppliers = _changed(kept, read)
        counts = _write(before, after, suppliers, out)
        after.standing.moved[:] = 0
        keep_locked(folder, after)
    return Report(kept.on, len(read.number), counts[NEW], counts[FREED], counts[MOVED], read.ignored)


def _tell_unknown(path: Path, read: Changes, kept: Kept, mistakes: Mistakes) -> None:
    if mistakes.count:
        return  # numbers that could not be read stand as 0
    idle = np.isin(read.number, kept.idle)
    for at in np.flatnonzero(read.ended & ~idle).tolist():
        if kept.standing.slot(int(read.number[at])) < 0:
            mistakes.rows(path, [at + 1], "id", "link-not-kept")


def _changed(kept: Kept, read: Changes) -> tuple[Kept, set[int]]:
    """The state after the changes, made in place, and the places to which changed links led and lead."""
    standing = kept.standing
    carrying = np.flatnonzero(read.carries).tolist()
    kept, numbers = _named(kept, [text for at in carrying for text in (read.buyer[at], read.supplier[at])])
    suppliers: set[int] = set()
    for at, (number, carries) in enumerate(zip(read.number.tolist(), read.carries.tolist(), strict=True)):
        suppliers |= _supplier(standing, number)
        if not carries:
            standing.change(Change(number))
            continue
        ends = numbers[read.buyer[at]], numbers[read.supplier[at]]
        standing.change(Change(number, *ends, standing.code(read.code[at]), int(read.valid_from[at])))
        suppliers |= _supplier(standing, number)
    rests = ~read.carries & ~read.ended
    idle = np.union1d(np.setdiff1d(kept.idle, read.number[~rests]), read.number[rests])
    return replace(kept, idle=idle), suppliers


def _supplier(standing: Standing, number: int) -> set[int]:
    slot = standing.slot(number)
    return {standing.ends(slot)[1]} if slot >= 0 else set()


def _named(kept: Kept, texts: list[str]) -> tuple[Kept, dict[str, int]]:
    """The numbers of organizations by name; who is new has neither country nor sector."""
    unique = list(dict.fromkeys(texts))
    found = pc.index_in(pa.array(unique, pa.large_string()), kept.names).to_pylist()
    numbers = {text: number for text, number in zip(unique, found, strict=True) if number is not None}
    new = [text for text in unique if text not in numbers]
    for text in new:
        numbers[text] = kept.standing.organization()
    nothing = ("", "")
    kinds = kept.kinds if nothing in kept.kinds or not new else (*kept.kinds, nothing)
    added = np.full(len(new), kinds.index(nothing) if new else 0, np.int32)
    names = pa.concat_arrays([kept.names, pa.array(new, pa.large_string())])
    return replace(kept, names=names, kinds=kinds, kind=np.concatenate([kept.kind, added])), numbers


def _write(before: Kept, after: Kept, suppliers: set[int], out: Path) -> dict[str, int]:
    counts = dict.fromkeys((NEW, FREED, MOVED), 0)
    compared = Compared(before.standing, after.standing, suppliers)
    found = compared.differences(after.demands, after.kind, after.kinds)
    with whole(out, [after.names, pa.array(after.ids, pa.string())], SCHEMA) as writer:
        for name, some in zip(after.ids, found, strict=True):
            if len(some.supplier):
                rows = _rows(name, some, after.names)
                writer.write_table(rows)
                for what in counts:
                    counts[what] += pc.sum(pc.equal(rows["change"], what)).as_py()
    return counts


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
