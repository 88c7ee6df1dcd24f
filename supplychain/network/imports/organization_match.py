"""What a whole file says of organizations: rows that repeat others, names, parents; outside any write transaction."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields

from supplychain.network.duplicates import spellings
from supplychain.network.imports import matching
from supplychain.network.imports.organization_plan import Entry
from supplychain.network.imports.organization_write import new_ownerships
from supplychain.network.imports.rows import Fault, OrganizationRow, Result, Status, refused
from supplychain.work import Work


@dataclass(slots=True)
class Matched:
    """Entries to write, and what is known of the other rows already.

    repeats: rows that say what an earlier one said, by that one's row. numbers: organizations there were before,
    by row. parents: by row, that of the parent, where it is in the file; above: its number, where it is not.
    spellings: by row with nothing but a name, how it is compared.
    """

    entries: list[Entry] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)
    repeats: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    numbers: dict[int, int] = field(default_factory=dict)
    parents: dict[int, int] = field(default_factory=dict)
    above: dict[int, int] = field(default_factory=dict)
    spellings: dict[int, str] = field(default_factory=dict)


def match(work: Work, rows: Sequence[OrganizationRow]) -> Matched:
    """Match rows with the directory, the sender's records and each other.

    Rows with more to go by than a name speak first, and those with a code of their own before the others; what is
    left says a name alone and is about somebody that is called so once the others are written.
    """
    made = Matched()
    keyed = sorted((row for row in rows if not row.name_only), key=lambda row: row.code is None)
    groups = dict(_groups(work, made, keyed))
    staying = _agreed(work, made, [row for row in keyed if row.row in groups], groups, [])
    named = [row for row in rows if row.name_only]
    if named:
        groups |= _by_name(work, staying, named, groups)
        made.spellings = {row.row: matching.plain(row.name) for row in named}
        staying += _agreed(work, made, named, groups, staying)
    made.numbers = {row: group for row, group in groups.items() if isinstance(group, int)}
    by_code = {row.code: row.row for row in staying if row.code is not None}
    made.parents = {row.row: by_code[row.parent_code] for row in staying if row.parent_code in by_code}
    gaining = _gaining(work, made, staying, groups)
    led: set[object] = set()
    for row in staying:
        group = groups[row.row]
        means = group if row.name_only and isinstance(group, int) else None
        made.entries.append(Entry(row, means, leads=group not in led, gains_parent=row.row in gaining))
        led.add(group)
    return made


def _gaining(work: Work, made: Matched, rows: Iterable[OrganizationRow], groups: Mapping[int, object]) -> set[int]:
    """Rows whose ownership the sender has not claimed before."""
    pairs = {}
    gaining = set()
    for row in rows:
        if row.parent_code is None or groups.get(made.parents.get(row.row, 0)) == groups[row.row]:
            continue
        child = made.numbers.get(row.row)
        parent = made.above.get(row.row) or made.numbers.get(made.parents.get(row.row, 0))
        if child is None or parent is None:
            gaining.add(row.row)
        elif child != parent:
            pairs[row.row] = (child, parent)
    new = set(new_ownerships(work, list(pairs.values())))
    return gaining | {row for row, pair in pairs.items() if pair in new}


def _groups(work: Work, made: Matched, rows: Sequence[OrganizationRow]) -> Mapping[int, object]:
    """By row, what stands for its organization: rows with the same are about the same one.

    Rows whose identifiers or code mean different organizations are refused and have none.
    """
    coded = matching.by_code(work, {row.code for row in rows if row.code is not None})
    holders = matching.by_identifier(work, {pair for row in rows for pair in row.identifiers})
    seen: dict[object, object] = {("code", code): number for code, number in coded.items()}
    seen.update(holders)
    groups: dict[int, object] = {}
    for row in sorted(rows, key=lambda row: row.row):
        own = ("code", row.code)
        identified = {seen[pair] for pair in row.identifiers if pair in seen}
        meant = identified | ({seen[own]} if row.code is not None and own in seen else set())
        if len(meant) > 1:
            made.results.append(refused(row.row, _disagreement(row, identified)))
            continue
        group = next(iter(meant), ("row", row.row))
        seen.update(dict.fromkeys(row.identifiers, group))
        if row.code is not None:
            seen[own] = group
        groups[row.row] = group
    return groups


def _by_name(
    work: Work, written: Iterable[OrganizationRow], rows: Sequence[OrganizationRow], groups: Mapping[int, object]
) -> Mapping[int, object]:
    """Of rows with nothing but a name: whom the sender's records, as the file leaves them, call so.

    Else whom it once said to be spelled like that, else a new one.
    """
    names = matching.Names(work)
    for row in written:
        names.rename(row.row, row.code, groups[row.row], row.name)
    names.settle()
    confirmed = spellings.known(work, {(row.name, row.country) for row in rows})
    return {
        row.row: names.meant(row.name) or confirmed.get((row.name, row.country)) or ("name", matching.plain(row.name))
        for row in rows
    }


def _disagreement(row: OrganizationRow, identified: set[object]) -> Fault:
    if len(identified) > 1:
        scheme, value = row.identifiers[-1]
        return Fault(scheme, "identifiers-disagree", value)
    return Fault("code", "code-of-another", row.code)


def _agreed(
    work: Work,
    made: Matched,
    rows: Sequence[OrganizationRow],
    groups: Mapping[int, object],
    before: Sequence[OrganizationRow],
) -> list[OrganizationRow]:
    """Rows that say something new and whose parent is known; before: those of which that is certain already."""
    return list(_with_known_parents(work, made, list(_without_repeats(made, rows, groups, before)), before))


def _without_repeats(
    made: Matched,
    rows: Iterable[OrganizationRow],
    groups: Mapping[int, object],
    before: Iterable[OrganizationRow],
) -> Iterable[OrganizationRow]:
    """Rows that speak of a record for the first time; of the others, those that say something else are refused."""
    by_code: dict[str, OrganizationRow] = {}
    first: dict[object, OrganizationRow] = {}
    called: dict[object, OrganizationRow] = {}
    for row in before:
        first.setdefault(groups[row.row], row)
        called.setdefault((groups[row.row], matching.plain(row.name)), row)
    for row in rows:
        group = groups[row.row]
        same = called.get((group, matching.plain(row.name))) if row.name_only else None
        earlier = by_code.get(row.code) if row.code is not None else same or first.get(group)
        if earlier is None:
            first.setdefault(group, row)
            if row.code is not None:
                by_code[row.code] = row
            yield row
        elif _says_the_same(row, earlier):
            made.repeats[earlier.row].append(row.row)
        else:
            fault = Fault(row.code and "code", "repeated-in-file", row.code or row.name, {"row": earlier.row})
            made.results.append(refused(row.row, fault))


def _says_the_same(row: OrganizationRow, earlier: OrganizationRow) -> bool:
    """Whether a row says nothing that an earlier one does not say; with nothing but a name, that is its key."""
    if not (row.name_only or matching.plain(row.name) == matching.plain(earlier.name)):
        return False
    if not set(row.identifiers) <= set(earlier.identifiers):
        return False
    said = (one.name for one in fields(row) if one.name not in {"row", "name", "identifiers", "raw"})
    return all(getattr(row, name) in {None, getattr(earlier, name)} for name in said)


def _with_known_parents(
    work: Work, made: Matched, rows: list[OrganizationRow], before: Sequence[OrganizationRow]
) -> Iterable[OrganizationRow]:
    """Rows without a parent, or whose parent is among the sender's records or one of these rows."""
    accepted_before = {row.code for row in before if row.code is not None}
    in_file = accepted_before | {row.code for row in rows if row.code is not None}
    named = {row.parent_code for row in rows if row.parent_code is not None}
    known = matching.by_code(work, named - in_file)
    below: defaultdict[str | None, list[OrganizationRow]] = defaultdict(list)
    for row in rows:
        below[row.parent_code].append(row)
    accepted: set[int] = set()
    reached = [*below[None], *(row for code in {*known, *accepted_before} for row in below[code])]
    while reached:
        row = reached.pop()
        accepted.add(row.row)
        reached += below[row.code] if row.code is not None else ()
    for row in rows:
        if row.row in accepted:
            if row.parent_code is not None and row.parent_code in known:
                made.above[row.row] = known[row.parent_code]
            yield row
        else:
            code = "parent-not-accepted" if row.parent_code in in_file else "unknown-parent"
            fault = Fault("parent_code", code, row.parent_code)
            made.results += [refused(one, fault) for one in (row.row, *made.repeats.pop(row.row, ()))]


def repeated(matched: Matched, results: Iterable[Result]) -> Iterable[Result]:
    """The results of the rows that repeat those with results."""
    for result in results:
        for row in matched.repeats.get(result.row, ()):
            if result.status is Status.ERROR:
                yield Result(row, Status.ERROR, faults=result.faults)
            else:
                record = result.record and Status.MATCHED
                yield Result(row, Status.DUPLICATE, result.subject, record, of=result.row, said=result.said)
