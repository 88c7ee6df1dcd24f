"""People on the wire."""

from schemas.base import BaseSchema, Str


class PersonSchema(BaseSchema):
    """Somebody who acts for the organization."""

    id = Str(required=True)
    name = Str(required=True)
