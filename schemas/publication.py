"""Publishing a framework version on the wire."""

from typing import Final

from marshmallow import fields, validate

from schemas.base import BaseSchema, Bilingual, Choice, Int, Many, Moment, Nested, PageQuery, Str

STATES: Final = ("proposed", "published", "refused")
_SHA256: Final = validate.Regexp("^[0-9a-f]{64}$", error="not-a-hash")
_RANK: Final = {"description": "Rank; null = not assessed"}


class ProposalSchema(BaseSchema):
    """A version to publish, and why."""

    framework = Str(
        required=True, max=80, metadata={"description": "Key of a version whose pack lies in a folder here"}
    )
    reason = Str(required=True, min=1, max=2000)


class ApprovalSchema(BaseSchema):
    """What another person says yes to."""

    sha256 = Str(
        required=True, max=64, validate=_SHA256, metadata={"description": "Of the pack you looked at, as it is shown"}
    )
    reason = Str(required=True, min=1, max=2000)


class RefusalSchema(BaseSchema):
    """Why a version is not published."""

    reason = Str(required=True, min=1, max=2000)


class PublicationQuerySchema(PageQuery):
    """Your organization's proposals."""

    state = Choice(STATES)


class PublicationPersonSchema(BaseSchema):
    """Who proposed or decided."""

    id = Str(required=True)
    name = Str(required=True)


class PreviewSchema(BaseSchema):
    """How far the look at everybody is."""

    job = Str(required=True)
    state = Str(required=True, metadata={"description": "waiting, running, done or failed"})
    done = Int(required=True, metadata={"description": "Organizations looked at"})
    total = Int(required=True)
    against = Str(
        required=True,
        allow_none=True,
        metadata={"description": "The newest published version of the framework; null = this would be the first"},
    )


class PublicationSchema(BaseSchema):
    """A proposal to publish a framework version, and what was decided."""

    id = Str(required=True)
    framework = Str(required=True)
    sha256 = Str(required=True, metadata={"description": "Of the pack's bytes, which never change once published"})
    state = Choice(STATES, required=True)
    reason = Str(required=True)
    proposed_by = Nested(PublicationPersonSchema, required=True, allow_none=True)
    proposed_at = Moment(required=True)
    decision = Str(required=True, allow_none=True)
    decided_by = Nested(PublicationPersonSchema, required=True, allow_none=True)
    decided_at = Moment(required=True, allow_none=True)
    preview = Nested(PreviewSchema, required=True, allow_none=True)


class ShiftStepSchema(BaseSchema):
    """So many organizations go from one level of a pillar to another."""

    pillar = Str(required=True)
    before = Int(required=True, allow_none=True, metadata=_RANK)
    after = Int(required=True, allow_none=True, metadata=_RANK)
    count = Int(required=True)


class ShiftShareSchema(BaseSchema):
    """So many organizations of one place or sector change in any pillar. value: null = not known."""

    value = Str(required=True, allow_none=True)
    count = Int(required=True)


class ImpactSchema(BaseSchema):
    """What the version would change, counted; complete once the preview is done."""

    complete = fields.Boolean(required=True, metadata={"description": "Whether the preview is done"})
    organizations = Int(required=True)
    steps = Many(Nested(ShiftStepSchema), required=True)
    by_country = Many(Nested(ShiftShareSchema), required=True)
    by_region = Many(Nested(ShiftShareSchema), required=True)
    by_sector = Many(Nested(ShiftShareSchema), required=True)


class ShiftQuerySchema(PageQuery):
    """Which changes."""

    pillar = Str(max=40)
    country = Str(max=2)
    region = Str(max=80)
    sector = Str(max=80)


class ShiftedSchema(BaseSchema):
    """Whose level changes, by its directory name."""

    id = Str(required=True)
    name = Nested(Bilingual, required=True)


class ShiftSchema(BaseSchema):
    """A level that the version gives another than the one before it."""

    organization = Nested(ShiftedSchema, required=True)
    pillar = Str(required=True)
    before = Int(required=True, allow_none=True, metadata=_RANK)
    after = Int(required=True, allow_none=True, metadata=_RANK)
    country = Str(required=True, allow_none=True)
    region = Str(required=True, allow_none=True)
    sector = Str(required=True, allow_none=True)
