"""Looking up the chain, on the wire: by tier, by spend, and on whom a brand depends."""

from typing import Final

from marshmallow import fields

from schemas.base import BaseSchema, Choice, Int, Many, MomentQuery, Nested, Number, PageQuery, QueryInt, Reason, Str
from schemas.explanation import HopSchema
from schemas.supplier import KINDS, STATUSES, ProtectedCellSchema

MOST_LEVERS: Final = 100
_PART = {"description": "A part of the whole spend, 0 to 1, to a millionth"}


class LookQuery(MomentQuery):
    """Which demands of yours; all that are live when nothing is said."""

    requirement = Str(max=40)
    framework = Str(max=80)
    pillar = Str(max=40)


class LookPageQuery(PageQuery, LookQuery):
    """Which demands, and where to go on."""


class TierPageQuery(LookPageQuery):
    """Which demands, which tier, and where to go on."""

    tier = QueryInt(min=1, max=15)


class ChainQuery(PageQuery, MomentQuery):
    """Over all links that you see, or over those that carry one requirement."""

    requirement = Str(max=40)


class LeverQuery(LookQuery):
    """How many suppliers to choose."""

    count = QueryInt(min=1, max=MOST_LEVERS, load_default=10)


class DemandSchema(BaseSchema):
    """Which requirement it is about."""

    requirement = Str(required=True)
    title = Str(required=True)
    framework = Str(required=True)


class StatusCountsSchema(BaseSchema):
    """How many suppliers stand how."""

    overdue = Int(required=True)
    expired = Int(required=True)
    gap = Int(required=True)
    not_assessed = Int(required=True)
    awaiting_confirmation = Int(required=True)
    private = Int(required=True)
    waived = Int(required=True)
    announced = Int(required=True)
    met = Int(required=True)


class KnownCountsSchema(BaseSchema):
    """How far it is known where suppliers stand; each is counted once, and that it is late does not hide why.

    declined: the last answer is a refusal. closed: conformity is not open to you. expired: evidence that lapsed would
    meet it. not_assessed: nothing is known. short: assessed, and a level is missing.
    """

    met = Int(required=True)
    waived = Int(required=True)
    declined = Int(required=True)
    closed = Int(required=True)
    expired = Int(required=True)
    not_assessed = Int(required=True)
    short = Int(required=True)


class TierSchema(DemandSchema):
    """One tier of one demand in one pillar. lowest: the lowest level among those whose conformity is open to you."""

    pillar = Str(required=True)
    tier = Int(required=True)
    suppliers = Int(required=True)
    lowest = Int(required=True, allow_none=True)
    statuses = Nested(StatusCountsSchema, required=True)
    coverage = Nested(KnownCountsSchema, required=True)


class ProtectedOfSchema(ProtectedCellSchema):
    """What of one requirement may only be counted."""

    requirement = Str(required=True)


class TierPageSchema(BaseSchema):
    """Tiers, and beside them what is undisclosed: whom you cannot list, in counts that protect the single company."""

    items = Many(Nested(TierSchema), required=True)
    protected = Many(Nested(ProtectedOfSchema), required=True)


class PartsSchema(BaseSchema):
    """Parts of the spend by how far it is known where they stand, the worst of the pillars asked about.

    The words are those of `GET /v1/network/conformity`; not_owing: the requirement asks nothing there.
    """

    met = Number(required=True)
    waived = Number(required=True)
    declined = Number(required=True)
    closed = Number(required=True)
    expired = Number(required=True)
    not_assessed = Number(required=True)
    short = Number(required=True)
    not_owing = Number(required=True)


class DepthSchema(BaseSchema):
    """Where spend stands so many purchases down.

    exposure: the part of `weight` that stands at suppliers meeting the requirement in all pillars asked about; null
    where nothing stands at anybody known. weight, undisclosed and uncarried make 1 together.
    """

    depth = Int(required=True, metadata={"description": "1 to 8; a way may come to a supplier at several"})
    suppliers = Int(required=True)
    weight = Number(required=True, metadata={"description": "The part that stands at suppliers whom you may name"})
    exposure = Number(required=True, allow_none=True)
    parts = Nested(PartsSchema, required=True)
    undisclosed = Number(required=True, metadata={"description": "The part of which you cannot know where it stands"})
    uncarried = Number(required=True, metadata={"description": "The part on links that do not carry the requirement"})


class ExposureSchema(DepthSchema):
    """One depth of one demand."""

    requirement = Str(required=True)
    title = Str(required=True)
    framework = Str(required=True)


class ExposurePageSchema(BaseSchema):
    """Depths by requirement, and what to know of the shares they rest on."""

    items = Many(Nested(ExposureSchema), required=True)
    warnings = Many(Nested(Reason), required=True)


class SupplierExposureSchema(DemandSchema):
    """One supplier under one demand.

    weights: the part of your spend that stands at it at depth 1 to 8. below: the same of its own spend, as far as you
    see whom it buys from. Of a pseudonym neither is told.
    """

    weights = Many(Number(metadata=_PART), required=True, allow_none=True)
    below = Many(Nested(DepthSchema), required=True)


class SupplierExposuresSchema(BaseSchema):
    """A supplier under each demand."""

    items = Many(Nested(SupplierExposureSchema), required=True)
    warnings = Many(Nested(Reason), required=True)


class WeakestSchema(DemandSchema):
    """The weakest link of one demand in one pillar, and the way to it.

    weight: the part of your spend that stands at it at its tier; of a pseudonym it is not told, as the way is not.
    """

    pillar = Str(required=True)
    supplier = Str(required=True)
    kind = Choice(KINDS, required=True)
    name = Str(required=True, allow_none=True)
    name_zh = Str(required=True, allow_none=True)
    tier = Int(required=True)
    level = Int(required=True)
    achieved = Int(required=True, allow_none=True)
    gap = Int(required=True)
    status = Choice(STATUSES, required=True)
    weight = Number(required=True, allow_none=True, metadata=_PART)
    path = Many(Nested(HopSchema), required=True)


class NodeOfChainSchema(BaseSchema):
    """A supplier as you know it."""

    supplier = Str(required=True)
    kind = Choice(KINDS, required=True)
    name = Str(required=True, allow_none=True)
    name_zh = Str(required=True, allow_none=True)
    country = Str(required=True, allow_none=True)
    tier = Int(required=True)


class ChokepointSchema(NodeOfChainSchema):
    """A supplier on which others depend, as far as you see.

    only_way_to: suppliers to which every way from you leads through it. separates: suppliers that without it would hang
    together with you in no way, whoever buys from whom.
    """

    only_way_to = Int(required=True)
    separates = Int(required=True)


class SharedSupplierSchema(NodeOfChainSchema):
    """A supplier that is reached over several of your direct suppliers. through: the first ten of them, by id."""

    direct_suppliers = Int(required=True)
    through = Many(Str(), required=True)


class _ChainPageSchema(BaseSchema):
    """looked_at: suppliers that you may name. veiled: pseudonyms, which are left out: no way to them is told."""

    looked_at = Int(required=True)
    veiled = Int(required=True)


class ChokepointPageSchema(_ChainPageSchema):
    """Chokepoints, the one with the most behind it first."""

    items = Many(Nested(ChokepointSchema), required=True)


class SharedSupplierPageSchema(_ChainPageSchema):
    """Shared suppliers, the one under the most direct suppliers first."""

    items = Many(Nested(SharedSupplierSchema), required=True)


class LeverObligationSchema(BaseSchema):
    """An obligation that one more level would satisfy."""

    requirement = Str(required=True)
    pillar = Str(required=True)
    level = Int(required=True)
    achieved = Int(required=True, allow_none=True)


class LeverSchema(NodeOfChainSchema):
    """A supplier to work with. gain: obligations that its rise would satisfy; satisfied: with all before it."""

    gain = Int(required=True)
    satisfied = Int(required=True)
    obligations = Many(Nested(LeverObligationSchema), required=True)


class LeversSchema(BaseSchema):
    """Whose rise by one level in what is asked of them would satisfy most.

    open: obligations of yours that are neither met nor waived. satisfiable: those of them that lack one level.
    """

    count = Int(required=True)
    open = Int(required=True)
    satisfiable = Int(required=True)
    satisfied = Int(required=True)
    part_of_open = Number(required=True, allow_none=True)
    part_of_satisfiable = Number(required=True, allow_none=True)
    guarantee = Nested(Reason, required=True)
    items = fields.List(Nested(LeverSchema), required=True)
