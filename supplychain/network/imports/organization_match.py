"""What a whole file says of organizations: rows that repeat others, names, parents; outside any write transaction."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields

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
    """

    entries: list[Entry] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)
    repeats: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    numbers: dict[int, int] = field(default_factory=dict)
    parents: dict[int, int] = field(default_factory=dict)
    above: dict[int, int] = field(default_factory=dict)


def match(work: Work, rows: Sequence[OrganizationRow]) -> Matched:
    """Match rows with the directory, the sender's records and each other."""
    made = Matched()
    named = matching.by_name(work, {row.name for row in rows if _nameless(row)})
    groups = _groups(work, made, rows, named)
    made.numbers = {row: group for row, group in groups.items() if isinstance(group, int)}
    # Rows with a code of their own speak first: others are about what those have named.
    agreed = sorted((row for row in rows if row.row in groups), key=lambda row: row.code is None)
    staying = list(_with_known_parents(work, made, list(_without_repeats(made, agreed, groups))))
    by_code = {row.code: row.row for row in staying if row.code is not None}
    made.parents = {row.row: by_code[row.parent_code] for row in staying if row.parent_code in by_code}
    gaining = _gaining(work, made, staying, groups)
    led: set[object] = set()
    for row in staying:
        group = groups[row.row]
        made.entries.append(Entry(row, named.get(row.name), leads=group not in led, gains_parent=row.row in gaining))
        led.add(group)
    return made


def _nameless(row: OrganizationRow) -> bool:
    """Whether a row has nothing but the name to go by."""
    return row.code is None and not row.identifiers


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


def _groups(
    work: Work, made: Matched, rows: Sequence[OrganizationRow], named: Mapping[str, int]
) -> Mapping[int, object]:
    """By row, what stands for its organization: rows with the same are about the same one.

    Rows whose identifiers or code mean different organizations are refused and have none.
    """
    coded = matching.by_code(work, {row.code for row in rows if row.code is not None})
    holders = matching.by_identifier(work, {pair for row in rows for pair in row.identifiers})
    seen: dict[object, object] = {("code", code): number for code, number in coded.items()}
    seen.update(holders)
    groups: dict[int, object] = {}
    for row in (row for row in rows if not _nameless(row)):
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
    return {**groups, **_by_name(rows, groups, named)}


def _by_name(
    rows: Sequence[OrganizationRow], groups: Mapping[int, object], named: Mapping[str, int]
) -> Mapping[int, object]:
    """Of rows with nothing but a name: what the sender's records call so, else the only one of the file called so."""
    called: defaultdict[str, set[object]] = defaultdict(set)
    for row in rows:
        if row.row in groups:
            called[matching.plain(row.name)].add(groups[row.row])
    found: dict[int, object] = {}
    for row in filter(_nameless, rows):
        same = called.get(matching.plain(row.name), set())
        alone = next(iter(same)) if len(same) == 1 else ("name", matching.plain(row.name))
        found[row.row] = named.get(row.name, alone)
    return found


def _disagreement(row: OrganizationRow, identified: set[object]) -> Fault:
    if len(identified) > 1:
        scheme, value = row.identifiers[-1]
        return Fault(scheme, "identifiers-disagree", value)
    return Fault("code", "code-of-another", row.code)


def _without_repeats(
    made: Matched, rows: Iterable[OrganizationRow], groups: Mapping[int, object]
) -> Iterable[OrganizationRow]:
    """Rows that speak of a record for the first time; of the others, those that say something else are refused."""
    by_code: dict[str, OrganizationRow] = {}
    first: dict[object, OrganizationRow] = {}
    for row in rows:
        group = groups[row.row]
        earlier = first.get(group) if row.code is None else by_code.get(row.code)
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
    """Whether a row says nothing that an earlier one does not say."""
    if matching.plain(row.name) != matching.plain(earlier.name) or not set(row.identifiers) <= set(earlier.identifiers):
        return False
    said = (one.name for one in fields(row) if one.name not in {"row", "name", "identifiers", "raw"})
    return all(getattr(row, name) in {None, getattr(earlier, name)} for name in said)


def _with_known_parents(work: Work, made: Matched, rows: list[OrganizationRow]) -> Iterable[OrganizationRow]:
    """Rows without a parent, or whose parent is among the sender's records or one of these rows."""
    in_file = {row.code for row in rows if row.code is not None}
    named = {row.parent_code for row in rows if row.parent_code is not None}
    known = matching.by_code(work, named - in_file)
    below: defaultdict[str | None, list[OrganizationRow]] = defaultdict(list)
    for row in rows:
        below[row.parent_code].append(row)
    accepted: set[int] = set()
    reached = [*below[None], *(row for code in known for row in below[code])]
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
                yield Result(row, Status.MATCHED, result.subject, result.record and Status.MATCHED)
