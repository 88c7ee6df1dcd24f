"""The shape of a pack: which keys there are and what kind of value each holds. Meaning is checked in `checks`."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from supplychain.frameworks.document import Document, PackError, PackErrors, pointer_to
from supplychain.frameworks.period import LONGEST
from supplychain.frameworks.terms import (
    Better,
    EvidenceKind,
    Kind,
    Method,
    Region,
    Relation,
    Scope,
    SourceKind,
    Tag,
    Trust,
)

# What marshmallow says -> our code. What it says itself is the remedy.
_CODES = {
    "Unknown field.": "unknown-key",
    "Missing data for required field.": "missing",
    "Field may not be null.": "empty",
}
_SOME = validate.Length(min=1)
_ID = validate.Regexp(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")


def _one_of(words: Any) -> validate.OneOf:
    return validate.OneOf([getattr(word, "word", word) for word in words], error="use one of: {choices}")


class _Number(fields.Field[Decimal]):
    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            raise ValidationError("write a plain number, such as 3 or 0.5")
        return Decimal(value)


class _Map(fields.Field[dict[str, Any]]):
    """A mapping whose keys the pack chooses; unlike marshmallow's own it files errors under the key alone."""

    def __init__(self, inner: type[Schema] | fields.Field[Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._inner = inner if isinstance(inner, fields.Field) else fields.Nested(inner)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise ValidationError("write a mapping")
        good, bad = {}, {}
        for key, item in value.items():
            try:
                good[key] = self._inner.deserialize(item)
            except ValidationError as error:
                bad[key] = error.messages
        if bad:
            raise ValidationError(bad)
        return good


class _YesNo(fields.Field[bool]):
    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError("write true or false")
        return value


class _Id(fields.String):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validate=_ID, **kwargs)


class _Text(Schema):
    en = fields.String(required=True, validate=_SOME, error_messages={"required": "missing-translation"})
    zh = fields.String(required=True, validate=_SOME, error_messages={"required": "missing-translation"})


class _Named(Schema):
    id = _Id(required=True)
    names = fields.Nested(_Text, required=True)


class _Level(Schema):
    label = fields.Nested(_Text, required=True)
    ours = _YesNo(load_default=False)
    score = _Number(load_default=None)
    score_ours = _YesNo(load_default=False)


class _Source(Schema):
    title = fields.Nested(_Text, required=True)
    in_force_from = fields.Date(load_default=None)
    in_force_to = fields.Date(load_default=None)
    region = fields.String(load_default=None, validate=_one_of(Region))
    replaced_by = _Id(load_default=None)
    kind = fields.String(load_default=None, validate=_one_of(SourceKind))


class _Reference(Schema):
    source = _Id(required=True)
    clause = fields.String(load_default=None, validate=_SOME)
    tag = fields.String(required=True, validate=_one_of(Tag))
    note = fields.Nested(_Text, load_default=None)


class _Target(Schema):
    value = fields.Raw(required=True, allow_none=True)
    per_parameter = _Number(load_default=None)
    also = fields.List(_Id(), load_default=list)
    ours = _YesNo(load_default=False)
    tag = fields.String(load_default=None, validate=_one_of(Tag))


class _Also(Schema):
    id = _Id(required=True)
    question = fields.Nested(_Text, required=True)


class _Parameter(Schema):
    id = _Id(required=True)
    question = fields.Nested(_Text, required=True)
    unit = fields.String(required=True)


class _Period(Schema):
    months = fields.Integer(strict=True, required=True, validate=validate.Range(min=1, max=LONGEST))
    ours = _YesNo(load_default=False)
    tag = fields.String(load_default=None, validate=_one_of(Tag))


class _Indicator(_Named):
    pillar = _Id(required=True)
    kind = fields.String(required=True, validate=_one_of(Kind))
    scope = fields.String(required=True, validate=_one_of(Scope))
    question = fields.Nested(_Text, required=True)
    help = fields.Nested(_Text, required=True)
    unit = fields.String(load_default=None)
    unit_label = fields.Nested(_Text, load_default=None)
    better = fields.String(load_default=None, validate=_one_of(Better))
    choices = fields.List(fields.Nested(_Named), load_default=list)
    also = fields.List(fields.Nested(_Also), load_default=list)
    targets = _Map(_Target, required=True, validate=_SOME)
    mandatory_from = fields.Integer(strict=True, required=True, allow_none=True)
    evidence = fields.List(fields.String(validate=_one_of(EvidenceKind)), required=True, validate=_SOME)
    min_trust = _Map(fields.String(validate=_one_of(Trust)), required=True, validate=_SOME)
    validity_months = fields.Integer(strict=True, required=True, validate=validate.Range(min=1, max=240))
    zero_tolerance = _YesNo(load_default=False)
    applies = fields.String(
        load_default=None, error_messages={"invalid": 'write an expression, such as sector in ["PCB", "PLT"]'}
    )
    references = fields.List(fields.Nested(_Reference), load_default=list)
    parameter = fields.Nested(_Parameter, load_default=None)
    period = fields.Nested(_Period, load_default=None)
    group = _Id(load_default=None)
    weight = _Number(load_default=None)
    shared = _Id(load_default=None)
    limiting = _YesNo(load_default=False)
    ours = _YesNo(load_default=False)


class _Satisfies(Schema):
    indicator = _Id(required=True)
    relation = fields.String(required=True, validate=_one_of([Relation.FULL, Relation.PARTIAL]))
    up_to = fields.Integer(strict=True, load_default=None)
    version = fields.String(load_default=None)
    tag = fields.String(load_default=None, validate=_one_of(Tag))
    ours = _YesNo(load_default=False)


class _Carries(Schema):
    standard = _Id(required=True)
    relation = fields.String(required=True, validate=_one_of([Relation.FULL, Relation.PARTIAL]))
    tag = fields.String(required=True, validate=_one_of(Tag))
    as_version = fields.String(load_default=None)
    version = fields.String(load_default=None)


class _Standard(_Named):
    versions = fields.List(fields.String(), load_default=list)
    until = _Map(fields.Date(), load_default=dict)
    authority = fields.Nested(_Text, required=True)
    trust = fields.String(required=True, validate=_one_of(Trust))
    satisfies = fields.List(fields.Nested(_Satisfies), load_default=list)
    carries = fields.List(fields.Nested(_Carries), load_default=list)
    note = fields.Nested(_Text, load_default=None)


class _Group(_Named):
    weight = _Number(required=True)
    shares = _Map(_Number(), load_default=dict)
    quantitative = _YesNo(load_default=None)
    ours = _YesNo(load_default=False)


class _OnReceipt(Schema):
    kind = fields.String(required=True, validate=_one_of(EvidenceKind))
    trust = fields.String(required=True, validate=_one_of(Trust))
    up_to = fields.Integer(strict=True, required=True)


class _Pack(_Named):
    version = fields.String(required=True, validate=_ID)
    method = fields.String(required=True, validate=_one_of(Method))
    notes = fields.List(fields.Nested(_Text), load_default=list)
    optional_share = _Number(load_default=Decimal(0))
    levels = fields.List(fields.Nested(_Level), required=True, validate=_SOME)
    pillars = fields.List(fields.Nested(_Named), required=True, validate=_SOME)
    sectors = fields.List(fields.Nested(_Named), load_default=list)
    on_receipt = fields.List(fields.Nested(_OnReceipt), load_default=list)
    sources = _Map(_Source, load_default=dict)
    checked_on = fields.Date(load_default=None)
    topics = _Map(fields.List(_Id()), load_default=dict)
    measures = _Map(fields.List(_Id()), load_default=dict)
    groups = fields.List(fields.Nested(_Group), load_default=list)
    indicators = fields.List(fields.Nested(_Indicator), required=True, validate=_SOME)
    crosswalk = fields.List(fields.Nested(_Standard), load_default=list)


_PACK = _Pack()


def shaped(document: Document) -> dict[str, Any]:
    """The pack as typed plain values, all optional keys filled in; PackErrors says all that does not fit."""
    return shaped_as(_PACK, document)


def shaped_as(schema: Schema, document: Document) -> dict[str, Any]:
    """The same for a document of another schema."""
    if not isinstance(document.data, dict):
        raise PackErrors([document.error("", "not-a-mapping", "write a mapping of keys")])
    try:
        data: dict[str, Any] = schema.load(document.data)
    except ValidationError as error:
        raise PackErrors(_errors(document, error.messages_dict)) from error
    return data


def _errors(document: Document, messages: Mapping[Any, Any]) -> Iterator[PackError]:
    for path, message in _flat(messages, ()):
        if message == "missing-translation":
            yield document.error(pointer_to(*path), message, "give the text in English and in Chinese")
        else:
            yield document.error(pointer_to(*path), _CODES.get(message, "bad-value"), message)


def _flat(messages: Any, path: tuple[object, ...]) -> Iterator[tuple[tuple[object, ...], str]]:
    if isinstance(messages, Mapping):
        for step, inner in messages.items():
            yield from _flat(inner, path if step == "_schema" else (*path, step))
    elif isinstance(messages, list):
        for message in messages:
            yield from _flat(message, path)
    else:
        yield path, str(messages)
