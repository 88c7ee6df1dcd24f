"""Merges and splits on the wire."""

from typing import Final

from schemas.base import BaseSchema, Choice, Many, Moment, Nested, PageQuery, Str

SCOPES: Final = ("own", "directory")
PEOPLE: Final = ("target", "source", "both")
STATES: Final = ("merged", "split")


class MergeEntrySchema(BaseSchema):
    """Two entries that are one company; the target keeps its id."""

    source = Str(required=True, max=40, metadata={"description": "The entry whose id answers 308 from here on"})
    target = Str(required=True, max=40)
    scope = Choice(
        SCOPES,
        load_default="own",
        metadata={"description": "own: your rows, for your eyes. directory: everybody's, an operator's decision"},
    )
    people = Choice(PEOPLE, metadata={"description": "Of two claimed entries, whose seats and keys stay"})
    note = Str(max=2000, load_default="")


class MergePartySchema(BaseSchema):
    """One of the two entries, by its directory name."""

    id = Str(required=True)
    name = Str(required=True)


class MergeSchema(BaseSchema):
    """A merge, and whether it was taken back."""

    id = Str(required=True)
    state = Choice(STATES, required=True)
    scope = Choice(SCOPES, required=True)
    source = Nested(MergePartySchema, required=True)
    target = Nested(MergePartySchema, required=True)
    people = Choice(PEOPLE, required=True, allow_none=True)
    note = Str(required=True)
    merged_at = Moment(required=True)
    undone_at = Moment(required=True, allow_none=True)


class MergeQuerySchema(PageQuery):
    """Your merges; an operator sees the directory's as well."""

    scope = Choice(SCOPES)


class RecordSplitSchema(BaseSchema):
    """A record that was taken for another company's."""

    name = Str(
        min=1, max=300, metadata={"description": "The new organization's name (default: as the record writes it)"}
    )
    links = Many(
        Str(max=40), load_default=list, metadata={"description": "Your unanswered or private links to take along"}
    )
