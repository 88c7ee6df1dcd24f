"""What a row of a list is, before and after it was checked, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

Cell = str | int | float | bool | None
Raw = list[Any] | dict[str, Any]
"""Cells in the order of the sheet's columns; or ``{"fault": [column, code, value, params]}``.

A cell that the whole column was needed to read is ``{"was": as written, "is": value}`` or, where it cannot be
accepted, ``{"was": as written, "fault": code, "params": {…}}``.
"""
SHOWN = 200
"""So many characters of a wrong value are repeated in the answer."""


class Kind(StrEnum):
    """What a list is about."""

    ORGANIZATIONS = "organizations"
    LINKS = "links"


class Mode(StrEnum):
    """What a list says by what is not in it."""

    ADD = "add"
    """Nothing."""
    REPLACE = "replace"
    """That it is over: it is the whole list of its day."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How a list is to be taken.

    valid_on: the day of a list that replaces. scope: HS prefixes of the links that it is the whole list of; none
    is every link, None those with a code that the list names.
    """

    mode: Mode = Mode.ADD
    valid_on: date | None = None
    scope: tuple[str, ...] | None = None


ADDING = Manner()


class Status(StrEnum):
    """What became of a row; every row has exactly one."""

    CREATED = "created"
    UPDATED = "updated"
    MATCHED = "matched"
    DUPLICATE = "duplicate"
    """It says nothing that an earlier row of the same list does not say."""
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a row: in which column (None: the whole row), the code, the value, its parameters."""

    column: str | None
    code: str
    value: Any = None
    params: Mapping[str, Any] = field(default_factory=dict)

    def stored(self) -> list[Any]:
        """As JSON; a long value is cut."""
        value = self.value if isinstance(self.value, int | float | bool | None) else str(self.value)[:SHOWN]
        return [self.column, self.code, value, dict(self.params)]


@dataclass(slots=True)
class Result:
    """What became of a row.

    subject: public id of the organization or link. record: what became of the sender's own record about the
    organization: created, updated, matched; None where there is none. of: the earlier row that a duplicate repeats.
    before, after: state of a link on the row's day nearest to today. said: see
    ``OrganizationRow.said``.
    """

    row: int
    status: Status
    subject: str | None = None
    record: Status | None = None
    faults: tuple[Fault, ...] = ()
    of: int | None = None
    before: str | None = None
    after: str | None = None
    said: Mapping[str, str] | None = None


def as_written(cell: Any) -> Cell:
    """What the file has in a cell, whatever was made of it."""
    was: Cell = cell["was"] if isinstance(cell, dict) else cell
    return was


def refused(row: int, *faults: Fault) -> Result:
    """The result of a row with faults; nothing of it is written."""
    return Result(row, Status.ERROR, faults=faults)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A list as it was sent: rows counted from 1 in the order of the file, their cells not yet checked.

    headings: header cells as the file wrote them, parallel to columns. lines: the line of the file or row of the
    sheet, counted from 1, each row came from. ignored: headings that are no column of ours.
    """

    kind: Kind
    columns: tuple[str, ...]
    rows: list[Raw]
    headings: tuple[str, ...] = ()
    lines: tuple[int, ...] = ()
    ignored: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OrganizationRow:
    """A checked row about an organization. None: not said, and then nothing is changed.

    raw: by column, the value as written where reading made another one of it; two rows that differ in it alone say
    the same.
    """

    row: int
    name: str
    name_zh: str | None = None
    kind: str | None = None
    country: str | None = None
    region: str | None = None
    sector: str | None = None
    size: str | None = None
    code: str | None = None
    spend: float | None = None
    address: str | None = None
    staff: float | None = None
    revenue_cny: float | None = None
    assets_cny: float | None = None
    figures_year: int | None = None
    industry_code: str | None = None
    parent_code: str | None = None
    identifiers: tuple[tuple[str, str], ...] = ()
    raw: Mapping[str, Any] = field(default_factory=dict, compare=False)

    @property
    def said(self) -> dict[str, str]:
        """What another year's list may say otherwise of the same organization."""
        told = {"name": self.name, "country": self.country, "region": self.region, "address": self.address}
        return {name: value for name, value in told.items() if value is not None}

    @property
    def name_only(self) -> bool:
        """Whether it has neither a code nor an identifier: nothing but the name to go by."""
        return self.code is None and not self.identifiers


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A checked row about a link. buyer, supplier: id, own code or identifier; None is the sender."""

    row: int
    buyer: str | None = None
    supplier: str | None = None
    category: str = ""
    share: float | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    flow_down: str | None = None
    disclosure: str | None = None
    private: bool = False
