"""What a list of organizations makes of the directory and of the sender's records: a plan on values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from supplychain.network.figures import FIGURES
from supplychain.network.imports.matching import Pair, plain
from supplychain.network.imports.rows import Fault, OrganizationRow, Result, Status, refused
from supplychain.network.models import Organization, SupplierRecord

ATTRIBUTES: Final = ("name", "name_zh", "kind", "country", "region", "sector", "size")
WRITTEN: Final = ("name", "country", "region", "sector", "size", "spend", "address", *FIGURES)
RECORDED: Final = (*WRITTEN, "raw")


@dataclass(slots=True, eq=False)
class Entry:
    """A row, and what the whole file says of it.

    named: the organization that a row with nothing but a name means. leads: whether it is the first
    row about its organization, whose attributes the directory takes from it. gains_parent: whether its ownership
    is new.
    """

    row: OrganizationRow
    named: int | None = None
    leads: bool = True
    gains_parent: bool = False


@dataclass(slots=True, eq=False)
class Subject:
    """An organization while a plan is made. number: 0 until it is entered. held: whether the sender may change it."""

    values: dict[str, Any]
    number: int = 0
    id: str = ""
    held: bool = False
    changed: bool = False
    row: Organization | None = None


@dataclass(slots=True, eq=False)
class Record:
    """A record while a plan is made. number: 0 until it is written. code: None takes the organization's id."""

    subject: Subject
    code: str | None
    values: dict[str, Any]
    number: int = 0
    changed: bool = False


@dataclass(slots=True)
class Known:
    """What there is: by registered identifier, by own code, by number.

    records: the sender's about the organizations concerned, in order of writing.
    """

    me: int
    holders: Mapping[Pair, int]
    organizations: Mapping[int, Organization]
    records: Sequence[SupplierRecord]
    held: frozenset[int] = frozenset()


@dataclass(slots=True)
class OrganizationPlan:
    """What is to be written, and what will have become of every row. subjects: by row."""

    entered: list[Subject] = field(default_factory=list)
    changed: list[Subject] = field(default_factory=list)
    identifiers: list[tuple[Subject, Pair]] = field(default_factory=list)
    written: list[Record] = field(default_factory=list)
    rewritten: list[Record] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)
    subjects: dict[int, Subject] = field(default_factory=dict)


class Planner:
    """Plans rows one after the other; what one enters, the next one finds."""

    def __init__(self, known: Known) -> None:
        self.plan = OrganizationPlan()
        self._me = known.me
        self._by_number = {number: _subject(row, known.held) for number, row in known.organizations.items()}
        self._by_pair = {pair: self._by_number[number] for pair, number in known.holders.items()}
        self._by_code: dict[str, Record] = {}
        self._first_record: dict[int, Record] = {}
        self._last_record: dict[int, Record] = {}
        self._called: dict[tuple[int, str], Record] = {}
        for row in known.records:
            self._remember(self._record(row))

    def add(self, entry: Entry) -> None:
        """Plan one row; its result is appended."""
        found = self._find(entry)
        if isinstance(found, Fault):
            self.plan.results.append(refused(entry.row.row, found))
            return
        created = found is None
        subject = self._enter(entry.row) if found is None else found
        self.plan.subjects[entry.row.row] = subject
        changed = not created and self._correct(subject, entry)
        record = self._write_down(subject, entry.row)
        status = Status.CREATED if created else Status.MATCHED
        if not created and (changed or entry.gains_parent or record is Status.UPDATED):
            status = Status.UPDATED
        self.plan.results.append(Result(entry.row.row, status, record=record, said=entry.row.said))

    def told(self) -> Iterable["Record"]:
        """Of every organization whose records change, the newest record, if it is one of those."""
        changing = {id(record.subject): record.subject for record in (*self.plan.rewritten, *self.plan.written)}
        newest = (self._last_record[key] for key in changing)
        return [record for record in newest if record.changed or not record.number]

    def _find(self, entry: Entry) -> Subject | Fault | None:
        row = entry.row
        holders = {id(holder): holder for pair in row.identifiers if (holder := self._by_pair.get(pair))}
        if len(holders) > 1:
            scheme, value = row.identifiers[-1]
            return Fault(scheme, "identifiers-disagree", value)
        by_identifier = next(iter(holders.values()), None)
        record = self._by_code.get(row.code) if row.code else None
        if record is not None and by_identifier is not None and record.subject is not by_identifier:
            return Fault("code", "code-of-another", row.code)
        if record is not None:
            return record.subject
        if by_identifier is None and row.code is None and entry.named is not None:
            return self._by_number[entry.named]
        return by_identifier

    def _enter(self, row: OrganizationRow) -> Subject:
        values = {"kind": "company", **_said(row, ATTRIBUTES)}
        subject = Subject(values, held=True)
        self.plan.entered.append(subject)
        self._identify(subject, row)
        return subject

    def _correct(self, subject: Subject, entry: Entry) -> bool:
        """Let the first source correct what the directory has of it."""
        if not subject.held:
            return False
        added = self._identify(subject, entry.row)
        if not entry.leads:
            return added
        row = _unnamed(entry.row, subject.values)
        # What the sender's record said before is no news: the directory may have been corrected since by other means.
        known = self._by_code.get(entry.row.code) if entry.row.code else None
        before = known.values if known else {}
        said = {
            name: value
            for name, value in _said(row, ATTRIBUTES).items()
            if value not in {subject.values[name], before.get(name)}
        }
        subject.values.update(said)
        if said and not subject.changed and subject.number:
            subject.changed = True
            self.plan.changed.append(subject)
        return added or bool(said)

    def _identify(self, subject: Subject, row: OrganizationRow) -> bool:
        new = [pair for pair in row.identifiers if pair not in self._by_pair]
        for pair in new:
            self._by_pair[pair] = subject
            self.plan.identifiers.append((subject, pair))
        return bool(new)

    def _write_down(self, subject: Subject, row: OrganizationRow) -> Status | None:
        if subject.number == self._me:
            return None  # nobody keeps a record about itself
        record = self._by_code.get(row.code) if row.code else self._uncoded(subject, row)
        if record is None:
            record = Record(subject, row.code, dict.fromkeys(RECORDED) | _recorded(row, {}))
            self._remember(record)
            self.plan.written.append(record)
            return Status.CREATED
        new = _recorded(_unnamed(row, record.values), record.values)
        said = {name: value for name, value in new.items() if record.values[name] != value}
        if not said:
            return Status.MATCHED
        record.values.update(said)
        if record.number and not record.changed:
            record.changed = True
            self.plan.rewritten.append(record)
        return Status.UPDATED

    def _uncoded(self, subject: Subject, row: OrganizationRow) -> Record | None:
        """The record that a row without a code is about: the one it calls by its name, else the first."""
        first = self._first_record.get(id(subject))
        if first is None or not row.name_only:
            return first
        return self._called.get((id(subject), plain(row.name)), first)

    def _record(self, row: SupplierRecord) -> Record:
        values = {name: getattr(row, name) for name in RECORDED}
        return Record(self._by_number[row.organization], row.code, values, row.number)

    def _remember(self, record: Record) -> None:
        if record.code is not None:
            self._by_code[record.code] = record
        self._first_record.setdefault(id(record.subject), record)
        self._called.setdefault((id(record.subject), plain(record.values["name"])), record)
        self._last_record[id(record.subject)] = record


def _subject(row: Organization, held: frozenset[int]) -> Subject:
    values = {name: getattr(row, name) for name in ATTRIBUTES}
    return Subject(values, row.number, row.id, row.number in held, row=row)


def _unnamed(row: OrganizationRow, held: Mapping[str, Any]) -> OrganizationRow:
    """A row with nothing but a name that is kept as a spelling of another name: that is its key, it renames nobody."""
    if not row.name_only or plain(row.name) == plain(held["name"]):
        return row
    was = held.get("raw") or {}
    kept = {column: value for column, value in was.items() if column == "name"}
    others = {column: value for column, value in row.raw.items() if column != "name"}
    return replace(row, name=held["name"], raw=kept | others)


def _said(row: OrganizationRow, names: Iterable[str]) -> dict[str, Any]:
    return {name: value for name in names if (value := getattr(row, name)) is not None}


def _recorded(row: OrganizationRow, before: Mapping[str, Any]) -> dict[str, Any]:
    """What a row says to a record: how an earlier list wrote a column holds until a list says something else there."""
    said = _said(row, WRITTEN)
    new = {name for name, value in said.items() if before.get(name) != value}
    kept = {column: was for column, was in (before.get("raw") or {}).items() if column not in new}
    return {**said, "raw": {**kept, **row.raw} or None}
