"""Imported lists on the wire."""

from typing import Final

from marshmallow import fields

from schemas.base import BaseSchema, Choice, Int, Many, Moment, Nested, PageQuery, Str

KINDS: Final = ("organizations", "links")
STATUSES: Final = ("created", "updated", "matched", "error")
STATES: Final = ("waiting", "running", "done", "failed")
CHANGES: Final = ("added", "dropped", "moved", "renamed", "moved_and_renamed", "recategorised", "kept")
MAX_ANSWERED: Final = 1000
"""Rows with their results in one answer."""
_YES_OR_NO: Final = ("true", "false")


class ImportQuery(BaseSchema):
    """What the list is about, and whether it is only to be foreseen."""

    kind = Choice(KINDS, required=True)
    dry_run = Choice(_YES_OR_NO, load_default="false", metadata={"description": "true: write nothing"})


class ImportListQuery(PageQuery):
    """Your imports, or those of one kind."""

    kind = Choice(KINDS)


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


class RowResultSchema(BaseSchema):
    """What became of a row; rows are counted from 1, the header not counted."""

    row = Int(required=True)
    status = Choice(STATUSES, required=True)
    id = Str(required=True, allow_none=True, metadata={"description": "Of the organization or the link"})
    record = Choice(STATUSES[:3], allow_none=True, metadata={"description": "What became of your own record"})
    errors = Many(Nested(RowFaultSchema), required=True)


class CountsSchema(BaseSchema):
    """rows = created + updated + matched + error, once the import is done."""

    rows = Int(required=True)
    created = Int(required=True)
    updated = Int(required=True)
    matched = Int(required=True)
    error = Int(required=True)


class ImportSchema(BaseSchema):
    """An import. id is null for a dry run. results: all rows when there are at most 1,000 and the import is done."""

    id = Str(required=True, allow_none=True)
    kind = Choice(KINDS, required=True)
    state = Choice(STATES, required=True)
    dry_run = fields.Boolean(required=True)
    counts = Nested(CountsSchema, required=True)
    job = Str(allow_none=True, required=True, metadata={"description": "Of a long import: see /v1/jobs/{id}"})
    created_at = Moment(allow_none=True, required=True)
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
