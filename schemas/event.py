"""Matchmaking events on the wire: events, who takes part, and the pairings proposed."""

from typing import Any, Final

from marshmallow import ValidationError, fields, validate

from graph.pairing import GateCode, GateState, PartCode
from schemas.base import (
    CODES,
    BaseSchema,
    Bool,
    Choice,
    Day,
    Int,
    Many,
    Moment,
    Nested,
    Number,
    PageQuery,
    QueryInt,
    Reason,
    Str,
)
from schemas.codes import is_country, is_language

SIDES: Final = ("supplier", "buyer")
SUPPLIER, BUYER = SIDES
DEFAULT_THRESHOLD: Final = 3
MAX_PAIRINGS: Final = 1000
MAX_PILLARS: Final = 50
_HS = validate.Regexp("^[0-9]{2,10}$", error="not-an-hs-prefix")

EVENT_EXAMPLE: Final = {
    "name": "Business facilitation conference, Shenzhen",
    "name_zh": "深圳商务对接会",
    "held_on": "2027-03-16",
    "place": "Shenzhen",
    "framework": "eseec-electronics@1",
    "threshold": 3,
}
SUPPLIER_EXAMPLE: Final = {
    "side": "supplier",
    "organization": "org_0f3a…",
    "offer": {"categories": ["850440", "8534"], "languages": ["zh", "en"]},
}
BUYER_EXAMPLE: Final = {
    "side": "buyer",
    "organization": "org_9c1b…",
    "demand": {
        "products": ["8504"],
        "levels": {"ohs": 3, "csr": 3},
        "countries": ["CN", "VN"],
        "languages": ["en"],
        "meetings": 6,
    },
}


class Levels(fields.Dict):
    """A level by pillar; a fault points at the pillar."""

    default_error_messages = {**CODES, "invalid": "not-an-object"}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(keys=Str(min=1, max=40), values=Int(min=1, max=20), **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, dict) and len(value) > MAX_PILLARS:
            raise ValidationError(f"items 0 {MAX_PILLARS}")
        try:
            return super()._deserialize(value, attr, data, **kwargs)  # type: ignore[no-untyped-call] # marshmallow's
        except ValidationError as error:
            if not isinstance(error.messages, dict):
                raise
            # marshmallow says which half of an entry is wrong; a JSON pointer knows no halves
            flat = {
                pillar: [code for codes in halves.values() for code in codes]
                for pillar, halves in error.messages.items()
            }
            raise ValidationError(flat) from error


class AttendeeSchema(BaseSchema):
    """Who organises or takes part, as the shared directory names it."""

    id = Str(required=True)
    name = Str(required=True)
    name_zh = Str(allow_none=True, required=True)


class EventDraftSchema(BaseSchema):
    """An event to set up."""

    name = Str(required=True, min=1, max=300)
    name_zh = Str(min=1, max=300, allow_none=True, load_default=None)
    held_on = Day(required=True, metadata={"description": "The day on which levels must still hold"})
    place = Str(max=200, load_default="")
    framework = Str(
        max=80, metadata={"description": "A framework version; default: the one that decides the flag `matchmaking`"}
    )
    threshold = Int(
        min=1,
        max=20,
        load_default=DEFAULT_THRESHOLD,
        metadata={"description": "The level that every pillar must reach on the event's day"},
    )
    open = Bool(
        load_default=False, metadata={"description": "Whether every member sees the event and may register itself"}
    )


class EventEditSchema(EventDraftSchema):
    """What of an event can change; the framework cannot, since demands name its levels."""

    class Meta(BaseSchema.Meta):
        exclude = ("framework",)


class EventSchema(EventDraftSchema):
    """An event."""

    id = Str(required=True)
    organiser = Nested(AttendeeSchema, required=True)


class OfferSchema(BaseSchema):
    """What a supplier offers."""

    categories = Many(
        Str(max=10, validate=_HS),
        max=100,
        load_default=list,
        metadata={"description": "HS codes, as fine as it can say; digits only"},
    )
    languages = Many(
        Str(max=2, validate=is_language),
        max=20,
        metadata={"description": "ISO 639-1; default: what the organization speaks"},
    )


class DemandSchema(BaseSchema):
    """What a buyer looks for; what it leaves out it does not ask for."""

    products = Many(
        Str(max=10, validate=_HS), max=100, load_default=list, metadata={"description": "HS prefixes, digits only"}
    )
    levels = Levels(load_default=dict, metadata={"description": "Level by pillar of the event's framework"})
    countries = Many(Str(max=2, validate=is_country), max=250, load_default=list)
    languages = Many(Str(max=2, validate=is_language), max=20, load_default=list)
    sectors = Many(Str(min=1, max=20), max=100, load_default=list)
    meetings = Int(min=1, max=100, load_default=1, metadata={"description": "How many meetings the buyer wants"})


class StatementSchema(BaseSchema):
    """What a participant states about others, read by nobody else."""

    partners = Many(
        Str(min=1, max=40), metadata={"description": "Organizations it trades with already; only it may say and see"}
    )
    excluded = Many(
        Str(min=1, max=40), metadata={"description": "Organizations it does not want to meet; only it may say and see"}
    )


class RegistrationDraftSchema(StatementSchema):
    """A participant to register: oneself, or as the organiser anybody one is shown."""

    side = Choice(SIDES, required=True)
    organization = Str(min=1, max=40, metadata={"description": "Default: oneself"})
    offer = Nested(OfferSchema, metadata={"description": "Of a supplier"})
    demand = Nested(DemandSchema, metadata={"description": "Of a buyer"})


class RegistrationEditSchema(StatementSchema):
    """What a participant changes of its own registration; each part sent replaces the whole part."""

    offer = Nested(OfferSchema)
    demand = Nested(DemandSchema)


class RegistrationSchema(StatementSchema):
    """A participant of an event."""

    id = Str(required=True)
    side = Choice(SIDES, required=True)
    organization = Nested(AttendeeSchema, required=True)
    offer = Nested(OfferSchema)
    demand = Nested(DemandSchema)
    registered_at = Moment(required=True)


class RegistrationQuery(PageQuery):
    """Which participants."""

    side = Choice(SIDES)


class PairingQuery(PageQuery):
    """Whose pairings, and how many of the best."""

    buyer = Str(min=1, max=40, metadata={"description": "Only of this buyer's registration"})
    supplier = Str(min=1, max=40, metadata={"description": "Only of this supplier's registration"})
    limit = QueryInt(min=1, max=MAX_PAIRINGS, load_default=100)


class PairingGateSchema(BaseSchema):
    """A condition of the pairing; `not_available` rests on what a participant stated that you are not."""

    code = Choice(GateCode, required=True)
    state = Choice(GateState, required=True)
    reason = Nested(Reason, required=True)


class PairingPartSchema(BaseSchema):
    """A part of the score: its value from 0 to 1, and its weight."""

    code = Choice(PartCode, required=True)
    value = Number(required=True)
    weight = Number(required=True)
    reason = Nested(Reason, required=True)


class PairingEndSchema(BaseSchema):
    """One end of a pairing."""

    registration = Str(required=True)
    organization = Nested(AttendeeSchema, required=True)


class CandidateSchema(BaseSchema):
    """A supplier that qualifies for an event, with the certified level of each pillar on its day."""

    supplier = Str(required=True)
    name = Str(required=True)
    name_zh = Str(required=True, allow_none=True)
    country = Str(required=True, allow_none=True)
    region = Str(required=True, allow_none=True)
    sector = Str(required=True, allow_none=True)
    languages = Many(Str(), required=True)
    framework = Str(required=True)
    levels = fields.Dict(keys=Str(), values=Int(allow_none=True), required=True)


class PairingSchema(BaseSchema):
    """A supplier and a buyer proposed to each other.

    `rank`: place among the pairings of the same buyer; for a supplier, among its own.
    """

    rank = Int(required=True)
    total = Number(required=True)
    supplier = Nested(PairingEndSchema, required=True)
    buyer = Nested(PairingEndSchema, required=True)
    gates = Many(Nested(PairingGateSchema), required=True)
    parts = Many(Nested(PairingPartSchema), required=True)


class PairingsSchema(BaseSchema):
    """The best pairings first, and how many there are in all."""

    items = fields.List(Nested(PairingSchema), required=True)
    found = Int(required=True)
