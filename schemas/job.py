"""Long work on the wire."""

from marshmallow import fields

from schemas.base import BaseSchema, Int, Str


class JobSchema(BaseSchema):
    """How far it is: rows of an import, organizations of a publication; else only whether it is done (1 of 1)."""

    id = Str(required=True)
    kind = Str(required=True)
    state = Str(required=True, metadata={"description": "waiting, running, done or failed"})
    done = Int(required=True)
    total = Int(required=True)
    result = fields.Dict(allow_none=True)
