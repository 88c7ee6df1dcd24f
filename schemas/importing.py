"""Imported lists on the wire."""

from typing import Final

from marshmallow import fields

from graph.terms import LinkState
from schemas.base import BaseSchema, Choice, Day, Int, Many, Moment, Nested, PageQuery, QueryInt, Str

KINDS: Final = ("organizations", "links")
STATUSES: Final = ("created", "updated", "matched", "duplicate", "error")
STATES: Final = ("waiting", "running", "done", "failed", "refused")
MODES: Final = ("add", "replace")
CHANGES: Final = ("added", "dropped", "moved", "renamed", "moved_and_renamed", "recategorised", "kept")
MAX_ANSWERED: Final = 1000
"""Rows with their results in one answer."""
SEPARATORS: Final = (",", ";", "\t", "|")
_YES_OR_NO: Final = ("true", "false")


class ImportQuery(BaseSchema):
    """What the list is about, whether it is only to be foreseen, and what it says by what is not in it."""

    kind = Choice(KINDS, metadata={"description": "Needed, but for «confirm»"})
    dry_run = Choice(_YES_OR_NO, load_default="false", metadata={"description": "true: write nothing but the report"})
    mode = Choice(
        MODES,
        load_default="add",
        metadata={"description": "replace (links only): your links that the list is without end on valid_on"},
    )
    valid_on = Day(metadata={"description": "The day of a list that replaces"})
    scope = Str(
        metadata={
            "description": "What a list that replaces is the whole list of: «all», or HS prefixes such as 85,8471;"
            " without it, links with a code that the list names"
        }
    )
    confirm = Str(metadata={"description": "Id of a dry run: import its list, exactly as foreseen"})
    source = Str(
        min=1,
        max=80,
        metadata={"description": "Your name for where the list comes from: read by its import mapping"},
    )
    mapping = Str(
        max=20_000,
        metadata={"description": "JSON with columns, constants, splits; kept for «source» if that is said too"},
    )
    encoding = Str(max=40, metadata={"description": "Of a text file, where it cannot be told", "example": "big5"})
    separator = Choice(SEPARATORS, metadata={"description": "Of a text file, where it cannot be told"})
    sheet = Str(max=100, metadata={"description": "Name of the sheet, or its number; default: the one with a header"})
    header_row = QueryInt(min=1, metadata={"description": "Row of the headings, counted from 1"})
    date_order = Choice(
        ("dmy", "mdy"), metadata={"description": "Of days such as 03/04/2020, where no column shows it"}
    )
    decimal = Choice((".", ","), metadata={"description": "The decimal mark, where no column shows it"})


class ImportListQuery(PageQuery):
    """Your imports, or those of one kind, with or without dry runs."""

    kind = Choice(KINDS)
    dry_run = Choice(_YES_OR_NO, metadata={"description": "true: dry runs alone; false: none; else both"})


class ImportRowsQuery(PageQuery):
    """The results of an import's rows, or those with one status."""

    status = Choice(STATUSES)


class ImportRowsSchema(BaseSchema):
    """A list as JSON: the same columns as in CSV."""

    rows = fields.List(fields.Dict(), required=True)


class RowFaultSchema(BaseSchema):
    """What is wrong with a row: the column (null: the whole row), a code, the value sent, what to do."""

    column = Str(required=True, allow_none=True)
    code = Str(required=True)
    value = fields.Raw(required=True, allow_none=True)
    reason = Str(required=True)


class StatesSchema(BaseSchema):
    """The state of a link before and after, on the day of the row that is nearest to today; null: no link."""

    before = Choice(LinkState, required=True, allow_none=True)
    after = Choice(LinkState, required=True, allow_none=True)


class RowResultSchema(BaseSchema):
    """What became of a row; rows are counted from 1, the header not counted."""

    row = Int(required=True)
    status = Choice(STATUSES, required=True)
    id = Str(required=True, allow_none=True, metadata={"description": "Of the organization or the link"})
    record = Choice(STATUSES[:3], allow_none=True, metadata={"description": "What became of your own record"})
    of = Int(required=True, allow_none=True, metadata={"description": "The row that a duplicate repeats"})
    state = Nested(StatesSchema, required=True, allow_none=True)
    errors = Many(Nested(RowFaultSchema), required=True)


class CountsSchema(BaseSchema):
    """rows = created + updated + matched + duplicate + error, once the import is done. ended: links that ended."""

    rows = Int(required=True)
    created = Int(required=True)
    updated = Int(required=True)
    matched = Int(required=True)
    duplicate = Int(required=True)
    error = Int(required=True)
    ended = Int(required=True)


class ImportFaultSchema(BaseSchema):
    """What is otherwise than foreseen: a row or a link that would end."""

    pointer = Str(required=True)
    code = Str(required=True)
    detail = Str(required=True)


class ImportRefusalSchema(BaseSchema):
    """Why a job did not do an import, or not to its end; what is counted was done."""

    code = Str(required=True)
    title = Str(required=True)
    detail = Str(required=True)
    errors = Many(Nested(ImportFaultSchema), required=True)


class ReadColumnSchema(BaseSchema):
    """A column of ours and the heading it was taken from; null: a constant of the mapping."""

    heading = Str(required=True, allow_none=True)
    column = Str(required=True)
    date_order = Str(required=True, allow_none=True, metadata={"description": "Of its days, where it shows one"})
    decimal = Str(required=True, allow_none=True, metadata={"description": "Of its numbers"})


class ReadNoteSchema(BaseSchema):
    """What was made of some cells of a column that is worth a look."""

    code = Str(required=True)
    column = Str(required=True, allow_none=True)
    count = Int(required=True, metadata={"description": "Cells"})
    text = Str(required=True)


class ReadingSchema(BaseSchema):
    """How the file was read. encoding, separator: of text; sheet: of a workbook; header_row: counted from 1."""

    format = Str(required=True)
    encoding = Str(required=True, allow_none=True)
    separator = Str(required=True, allow_none=True)
    sheet = Str(required=True, allow_none=True)
    other_sheets = fields.List(fields.String(), required=True, metadata={"description": "That were not read"})
    header_row = Int(required=True, allow_none=True)
    columns = fields.List(fields.Nested(ReadColumnSchema), required=True)
    ignored = fields.List(fields.String(), required=True, metadata={"description": "Headings that are no column"})
    notes = fields.List(fields.Nested(ReadNoteSchema), required=True)


class ImportSchema(BaseSchema):
    """An import or a dry run. results: all rows when there are at most 1,000 and it is done."""

    id = Str(required=True)
    kind = Choice(KINDS, required=True)
    state = Choice(STATES, required=True)
    dry_run = fields.Boolean(required=True)
    mode = Choice(MODES, required=True)
    valid_on = Day(required=True, allow_none=True)
    counts = Nested(CountsSchema, required=True)
    job = Str(allow_none=True, required=True, metadata={"description": "Of a long import: see /v1/jobs/{id}"})
    refusal = Nested(ImportRefusalSchema, required=True, allow_none=True)
    reading = Nested(ReadingSchema, required=True, allow_none=True)
    created_at = Moment(required=True)
    results = Many(Nested(RowResultSchema), max=MAX_ANSWERED)
    omitted = Int(metadata={"description": "Rows whose results are left out of this answer; see …/rows"})


class ComparisonQuery(PageQuery):
    """Which earlier list this one is compared with, and which changes are asked for."""

    with_ = Str(required=True, max=40, data_key="with", metadata={"description": "Id of the earlier import"})
    change = Choice(CHANGES)


class SaidPlaceSchema(BaseSchema):
    """Where a list says that an organization is, in the columns that both lists have."""

    country = Str(allow_none=True)
    region = Str(allow_none=True)
    address = Str(allow_none=True)


class SaidSchema(BaseSchema):
    """What a list says of an organization; of a link, under which categories."""

    names = fields.List(Str(), required=True)
    places = fields.List(Nested(SaidPlaceSchema), required=True)
    categories = fields.List(Str(), required=True)
    rows = fields.List(Int(), required=True, metadata={"description": "Rows of the list, counted from 1"})


class ComparedOrganizationSchema(BaseSchema):
    """An organization by its id, as the directory names it."""

    id = Str(required=True)
    name = Str(required=True)
    name_zh = Str(required=True, allow_none=True)


class ComparedSchema(BaseSchema):
    """An organization of either list, and what became of it; null: that list does not have it."""

    organization = Nested(ComparedOrganizationSchema, required=True)
    change = Choice(CHANGES, required=True)
    before = Nested(SaidSchema, required=True, allow_none=True)
    after = Nested(SaidSchema, required=True, allow_none=True)


class ChangeCountsSchema(BaseSchema):
    """Organizations by what became of them, and rows of either list that were refused and so are of none."""

    added = Int(required=True)
    dropped = Int(required=True)
    moved = Int(required=True)
    renamed = Int(required=True)
    moved_and_renamed = Int(required=True)
    recategorised = Int(required=True)
    kept = Int(required=True)
    refused_before = Int(required=True)
    refused_after = Int(required=True)


class ComparisonPageSchema(BaseSchema):
    """A page of a comparison; the counts are of all of it, whatever is filtered."""

    items = fields.List(Nested(ComparedSchema), required=True)
    counts = Nested(ChangeCountsSchema, required=True)
    compared = fields.List(
        Str(), required=True, metadata={"description": "Columns that both lists have and that tell a move"}
    )
