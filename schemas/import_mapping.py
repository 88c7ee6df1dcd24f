"""What the headings of a sender's lists mean, on the wire."""

from typing import Any, Final

from marshmallow import fields, validate

from schemas.base import BaseSchema, Choice, Moment, PageQuery, Str
from schemas.importing import KINDS

DATE_ORDERS: Final = ("dmy", "mdy")
DECIMALS: Final = (".", ",")
MAPPING_EXAMPLE: Final = {
    "source": "ERP of the works in Dresden",
    "kind": "organizations",
    "columns": {"Lieferant": "name", "KredNr": "code", "Bemerkung": None},
    "constants": {"country": "DE"},
    "splits": {"Branche": "|"},
    "date_order": "dmy",
    "decimal": ",",
}
_MOST: Final = validate.Length(max=200, error="items 0 {max}")


class Words(fields.Dict):
    """An object of short texts."""

    default_error_messages = {"invalid": "not-an-object", "null": "not-null"}

    def __init__(self, *, longest: int = 300, nullable: bool = False, **kwargs: Any) -> None:
        values = Str(min=1, max=longest, allow_none=nullable)
        super().__init__(keys=Str(min=1, max=300), values=values, validate=_MOST, **kwargs)


class MappingSchema(BaseSchema):
    """By heading, the column it means; what holds for every row; marks between several values of one cell."""

    columns = Words(nullable=True, metadata={"description": "By heading, a column of ours; null: to be ignored"})
    constants = Words(metadata={"description": "By column, the value of rows that have none"})
    splits = Words(longest=5, metadata={"description": "By heading, the mark between values; the first one is taken"})
    date_order = Choice(DATE_ORDERS, allow_none=True)
    decimal = Choice(DECIMALS, allow_none=True, metadata={"description": "The decimal mark of its numbers"})


class ImportMappingEntrySchema(MappingSchema):
    """A mapping to be kept for a source."""

    source = Str(required=True, min=1, max=80, metadata={"description": "Your name for where its lists come from"})
    kind = Choice(KINDS, required=True)


class ImportMappingQuery(PageQuery):
    """Your mappings, or the one for a source."""

    source = Str(min=1, max=80)


class ImportMappingSchema(ImportMappingEntrySchema):
    """A mapping that is kept for a source."""

    id = Str(required=True)
    changed_at = Moment(required=True)
