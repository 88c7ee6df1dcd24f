"""Imported lists on the wire."""

from typing import Final

from marshmallow import fields

from schemas.base import BaseSchema, Choice, Int, Many, Moment, Nested, PageQuery, Str

KINDS: Final = ("organizations", "links")
STATUSES: Final = ("created", "updated", "matched", "error")
STATES: Final = ("waiting", "running", "done", "failed")
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
