"""What the system says of itself on the wire."""

from schemas.base import BaseSchema, Bilingual, Choice, Many, Nested, Str


class AliveSchema(BaseSchema):
    """The process answers."""

    status = Str(required=True, metadata={"example": "ok"})


class ReadySchema(BaseSchema):
    """The process can do its work; ``schema`` is the revision of its tables."""

    status = Str(required=True, metadata={"example": "ok"})
    schema = Str(required=True, metadata={"example": "0002"})


class ProblemTypeSchema(BaseSchema):
    """What a problem's code means, and what to do about it."""

    code = Str(required=True)
    title = Nested(Bilingual, required=True)
    detail = Nested(Bilingual, required=True)


class WordSchema(BaseSchema):
    """What a code means; ``{name}`` in the text stands for the value of that name beside the code."""

    kind = Choice(("status", "move", "result", "mark", "why"), required=True)
    code = Str(required=True, metadata={"example": "not_assessed"})
    text = Nested(Bilingual, required=True)


class VocabularySchema(BaseSchema):
    """Every code that answers use beside those of problems."""

    items = Many(Nested(WordSchema), required=True)
