"""Drafts of questionnaires on the wire."""

from marshmallow import fields

from schemas.base import BaseSchema, Choice, Day, Int, Many, Moment, Nested, PageQuery, QueryInt, Str
from schemas.questionnaire import AskedOfSchema, QuestionnaireFormSchema
from schemas.questionnaire_answers import AnswersSchema, GivenFactSchema, GivenSchema, Named

DRAFT_EXAMPLE = {
    "framework": "eseec-electronics@2",
    "title": "First half of the walk through the plant",
    "answers": {"C19": {"value": "policy"}},
}


class DraftEntrySchema(AnswersSchema):
    """A form as far as it is filled in; it may be wrong and wanting, and is told what."""

    framework = Str(required=True, max=100, metadata={"example": "eseec-electronics@2"})
    organization = Str(max=40, metadata={"description": "A plant of your own; yourself when absent"})
    title = Str(max=200, load_default="", metadata={"description": "Your own name for it"})


class DraftChangesSchema(BaseSchema):
    """Going on with a draft: each answer or fact takes the place of the one kept, an empty object drops it."""

    framework = Str(max=100, metadata={"description": "Another version, to take the answers there"})
    title = Str(max=200)
    answers = Named(keys=Str(max=60), values=Nested(GivenSchema))
    facts = Named(keys=Str(max=40), values=Nested(GivenFactSchema))
    observed_from = Day(allow_none=True)
    observed_to = Day(allow_none=True)
    source = Str(max=200)


class DraftQuery(PageQuery):
    """Which drafts of yours."""

    framework = Str(max=100)


class DraftFormQuery(BaseSchema):
    """Which questions of a draft, as of a questionnaire."""

    pillar = Str(max=64)
    level = QueryInt(min=1, max=20, metadata={"description": "Up to which level"})
    requirement = Str(max=40, metadata={"description": "One that you owe: its pillars and levels are asked"})
    mode = Choice(("all", "missing"), load_default="all")
    language = Choice(("en", "zh"), metadata={"description": "Default: by `Accept-Language`"})


class DraftSchema(BaseSchema):
    """A form that is not sent yet; nobody else sees it, and it counts for nothing."""

    id = Str(required=True)
    organization = Nested(AskedOfSchema, required=True)
    framework = Str(required=True)
    replaced_by = Str(
        required=True, allow_none=True, metadata={"description": "The version that took the place of the draft's"}
    )
    title = Str(required=True)
    answered = Int(required=True, metadata={"description": "How many questions it answers"})
    stated = Int(required=True, metadata={"description": "How many facts it states"})
    created_at = Moment(required=True)
    changed_at = Moment(required=True)


class ObstacleSchema(BaseSchema):
    """What would keep a draft from being sent today, and where it stands."""

    pointer = Str(required=True)
    code = Str(required=True)
    detail = Str(required=True)


class DraftDetailSchema(DraftSchema):
    """A draft with what it says."""

    content = Nested(AnswersSchema, required=True)
    obstacles = Many(Nested(ObstacleSchema), required=True)


class DraftFormSchema(QuestionnaireFormSchema):
    """The form of a draft, with what it says filled in over what is known."""

    beside = Many(Str(), required=True, metadata={"description": "Answers it keeps to what this form does not ask"})
    replaced_by = fields.String(required=True, allow_none=True)
