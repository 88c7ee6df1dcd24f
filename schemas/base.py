"""What every schema shares: unknown fields refused, coded messages, problems and pages.

Error messages are codes (``too-long``), never sentences; the edge finds the sentence in the
reader's language.
"""

import re
from functools import cache
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, post_load, validate

MAX_TEXT = 2000
EXPORT_FORMATS = ("csv", "xlsx", "json")
EXPORT_HEADERS = ("names", "codes")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")

CODES = {
    "required": "required",
    "null": "not-null",
    "validator_failed": "invalid",
    "invalid": "invalid",
}


class BaseSchema(Schema):
    """Refuses what it does not know, so that a misspelt field never passes silently."""

    class Meta:
        unknown = RAISE
        ordered = True

    error_messages = {"unknown": "unknown-field", "type": "not-an-object"}


class Str(fields.String):
    """Text without control characters, trimmed, at most ``max`` characters."""

    default_error_messages = {**CODES, "invalid": "not-text", "invalid_utf8": "not-text"}

    def __init__(self, *, max: int = MAX_TEXT, min: int = 0, **kwargs: Any) -> None:  # noqa: A002 - the validators' words
        checks = [validate.Length(min=min, max=max, error="length {min} {max}")]
        extra = kwargs.pop("validate", [])
        super().__init__(validate=checks + (extra if isinstance(extra, list) else [extra]), **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        if _CONTROL.search(text):
            raise ValidationError("control-character")
        return text.strip()


class Int(fields.Integer):
    """A whole number; ``3.0`` and ``"3"`` are refused."""

    default_error_messages = {**CODES, "invalid": "not-a-whole-number", "too_large": "too-large"}

    def __init__(self, *, min: int | None = None, max: int | None = None, **kwargs: Any) -> None:  # noqa: A002 - the validators' words
        if min is not None or max is not None:
            kwargs["validate"] = validate.Range(min=min, max=max, error="range {min} {max}")
        super().__init__(strict=True, **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, str | bool):
            raise ValidationError("not-a-whole-number")
        return super()._deserialize(value, attr, data, **kwargs)


class QueryInt(fields.Integer):
    """A whole number in a query string."""

    default_error_messages = {**CODES, "invalid": "not-a-whole-number", "too_large": "too-large"}

    def __init__(self, *, min: int | None = None, max: int | None = None, **kwargs: Any) -> None:  # noqa: A002 - the validators' words
        if min is not None or max is not None:
            kwargs["validate"] = validate.Range(min=min, max=max, error="range {min} {max}")
        super().__init__(**kwargs)


class Number(fields.Float):
    """A finite number."""

    default_error_messages = {
        **CODES,
        "invalid": "not-a-number",
        "too_large": "too-large",
        "special": "not-finite",
    }

    def __init__(self, *, min: float | None = None, max: float | None = None, **kwargs: Any) -> None:  # noqa: A002 - the validators' words
        if min is not None or max is not None:
            kwargs["validate"] = validate.Range(min=min, max=max, error="range {min} {max}")
        super().__init__(allow_nan=False, **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, str | bool):
            raise ValidationError("not-a-number")
        return super()._deserialize(value, attr, data, **kwargs)


class Bool(fields.Boolean):
    """true or false, nothing that looks like it."""

    default_error_messages = {**CODES, "invalid": "not-true-or-false"}

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, bool):
            raise ValidationError("not-true-or-false")
        return value


class QueryBool(fields.Boolean):
    """``true`` or ``false`` in a query string."""

    default_error_messages = {**CODES, "invalid": "not-true-or-false"}
    truthy = {"true"}
    falsy = {"false"}


class Day(fields.Date):
    """A calendar date, YYYY-MM-DD, in the configured time zone."""

    default_error_messages = {**CODES, "invalid": "not-a-date", "format": "not-a-date"}

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            raise ValidationError("not-a-date")
        return super()._deserialize(value, attr, data, **kwargs)


class Moment(fields.AwareDateTime):
    """A moment with its offset, ISO 8601."""

    default_error_messages = {
        **CODES,
        "invalid": "not-a-moment",
        "invalid_awareness": "not-a-moment",
        "format": "not-a-moment",
    }


class Choice(Str):
    """One word of a vocabulary."""

    def __init__(self, words: Any, **kwargs: Any) -> None:
        allowed = [str(word) for word in words]
        super().__init__(validate=validate.OneOf(allowed, error="not-one-of {choices}"), max=80, **kwargs)


class Many(fields.List[Any]):
    """A list of at most ``max`` items."""

    default_error_messages = {**CODES, "invalid": "not-a-list"}

    def __init__(self, inner: Any, *, max: int = 500, min: int = 0, **kwargs: Any) -> None:  # noqa: A002 - the validators' words
        super().__init__(inner, validate=validate.Length(min=min, max=max, error="items {min} {max}"), **kwargs)


class Nested(fields.Nested):
    """An object of another schema."""

    default_error_messages = {**CODES, "type": "not-an-object"}


class Bilingual(BaseSchema):
    """Text in English and Chinese."""

    en = Str(required=True)
    zh = Str(required=True)


class Reason(BaseSchema):
    """Why, as a code with its values and a sentence in both languages."""

    code = Str(required=True)
    params = fields.Dict(keys=fields.String(), required=True)
    text = Nested(Bilingual, required=True)


class ProblemFault(BaseSchema):
    """One thing wrong: where (a JSON pointer, a query or form field), the code, what to do."""

    pointer = Str(required=True)
    code = Str(required=True)
    detail = Str(required=True)


class Problem(BaseSchema):
    """An RFC 9457 problem; ``code`` is stable, ``detail`` says what to do."""

    type = Str(required=True)
    title = Str(required=True)
    status = Int(required=True)
    detail = Str(required=True)
    code = Str(required=True)
    instance = Str(required=True)
    errors = Many(Nested(ProblemFault))


class MomentQuery(BaseSchema):
    """For which day, and by what was known until when (two axes of time)."""

    on = Day(metadata={"description": "The day in the world; absent = today. A future day rests on facts known now"})
    known = Day(
        metadata={"description": "By what was known at the end of this day; absent = now, of a past day its own end"}
    )


class PageQuery(BaseSchema):
    """Where to go on in a list: an opaque cursor from the ``Link`` header, and how many; or the whole list as a file.

    The edge answers ``format`` and ``header``; a view does not get to see them.
    """

    cursor = Str(max=2000)
    limit = QueryInt(min=1, max=200, load_default=50)
    format = Choice(
        EXPORT_FORMATS,
        metadata={"description": "The whole list as a file, without cursor and limit; also by `Accept`"},
    )
    header = Choice(
        EXPORT_HEADERS,
        metadata={"description": "Of a file: headings in the language of `Accept-Language`, or stable codes"},
    )

    @post_load
    def _leave_to_the_edge(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {name: value for name, value in data.items() if name not in {"format", "header"}}


@cache
def page_of(item: type[Schema]) -> type[Schema]:
    """The schema of a list answer: ``{"items": [...]}``; the next page is in ``Link``."""
    name = item.__name__.removesuffix("Schema") + "PageSchema"
    return type(name, (BaseSchema,), {"items": fields.List(fields.Nested(item), required=True)})
