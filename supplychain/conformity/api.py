"""Routes of conformity: a buyer's suppliers, a requirement's obligations, a supplier's own view."""

from functools import partial
from typing import Any

from flask import Response

from schemas.base import MomentQuery, page_of
from schemas.coverage import CoverageQuery, CoverageSchema, CoveragesSchema, OwnCoverageQuery
from schemas.explanation import ExplanationQuery, ExplanationsSchema
from schemas.forecast import (
    BreakSchema,
    ForecastPageQuery,
    ForecastQuery,
    ForecastSchema,
    OwnForecastQuery,
    OwnForecastSchema,
    SupplierForecastSchema,
)
from schemas.gap import OwnGapPageSchema, OwnGapQuery
from schemas.index import IndexQuery, IndexSchema
from schemas.level import LevelStepQuery, LevelStepSchema
from schemas.regional_index import RegionalIndexQuery, RegionalIndexSchema
from schemas.supplier import (
    MePageQuery,
    MeQuery,
    ObligationQuery,
    OwnExplanationSchema,
    OwnObligationSchema,
    OwnStatusSchema,
    RequirementObligationPageSchema,
    SupplierQuery,
    SupplierSchema,
)
from supplychain.accounts.permissions import Permission
from supplychain.conformity import (
    brand_forecast,
    coverage,
    explaining,
    held,
    history,
    index,
    obligation_list,
    own_forecast,
    own_obligations,
    own_status,
    regional,
    supplier_list,
)
from supplychain.http import Blueprint, answer, current, looking, page_of_items
from supplychain.network import own

suppliers = Blueprint("suppliers", __name__, url_prefix="/v1", description="A buyer's view of its suppliers")
me = Blueprint("me", __name__, url_prefix="/v1/me", description="A supplier's own view")
indexes = Blueprint("indexes", __name__, url_prefix="/v1", description="Indexes of regions")
BLUEPRINTS = (suppliers, me, indexes)
Arguments = dict[str, Any]


@suppliers.route("/suppliers", permission=Permission.SUPPLIERS_READ)
@suppliers.arguments(SupplierQuery, location="query")
@suppliers.response(200, page_of(SupplierSchema))
def list_suppliers(query: Arguments) -> Response:
    """List everybody the caller may see below it, with what each owes and where it stands."""
    work = looking(query)
    me, day = work.actor.organization, work.moment.on
    found = supplier_list.matching(work, me, day, query)
    show = partial(supplier_list.shown, work, me, day)
    return page_of_items(found, list, show, query.get("cursor"), query["limit"], in_order=True)


@suppliers.route("/suppliers/<supplier_id>", permission=Permission.SUPPLIERS_READ)
@suppliers.arguments(MomentQuery, location="query")
@suppliers.response(200, SupplierSchema)
def get_supplier(query: Arguments, supplier_id: str) -> Response:
    """Show one supplier."""
    work = looking(query)
    return answer(supplier_list.supplier_item(work, work.actor.organization, supplier_id, work.moment.on))


@suppliers.route("/suppliers/<supplier_id>/status", permission=Permission.SUPPLIERS_READ)
@suppliers.arguments(MomentQuery, location="query")
@suppliers.response(200, SupplierSchema)
def get_supplier_status(query: Arguments, supplier_id: str) -> Response:
    """Show where a supplier stands on each obligation, and which indicators are unmet."""
    work = looking(query)
    return answer(supplier_list.supplier_status(work, work.actor.organization, supplier_id, work.moment.on))


@suppliers.route("/suppliers/<supplier_id>/explanation", permission=Permission.SUPPLIERS_READ)
@suppliers.arguments(ExplanationQuery, location="query")
@suppliers.response(200, ExplanationsSchema)
def get_explanation(query: Arguments, supplier_id: str) -> Response:
    """Explain why a supplier owes what it owes: the path, every rule applied, the facts it used; and other ways."""
    work = looking(query)
    me, day = work.actor.organization, work.moment.on
    found = explaining.explanations(work, me, supplier_id, day, query.get("requirement"), query["alternatives"])
    return answer({"items": found})


@suppliers.route("/suppliers/<supplier_id>/forecast", permission=Permission.SUPPLIERS_READ)
@suppliers.arguments(ForecastQuery, location="query")
@suppliers.response(200, SupplierForecastSchema)
def get_supplier_forecast(query: Arguments, supplier_id: str) -> Response:
    """Show a supplier's levels over the next months if it renews nothing, and which demands break on which day."""
    return answer(brand_forecast.of_supplier(looking(query), supplier_id, query["months"]))


@suppliers.route("/forecast", permission=Permission.SUPPLIERS_READ)
@suppliers.arguments(ForecastPageQuery, location="query")
@suppliers.response(200, page_of(ForecastSchema))
def list_forecast(query: Arguments) -> Response:
    """Count, month by month, how many suppliers meet and fall short of your demands if nothing is renewed."""
    found = brand_forecast.matching(brand_forecast.by_month(looking(query), query["months"]), query)
    key = brand_forecast.month_position
    return page_of_items(found, key, list, query.get("cursor"), query["limit"], in_order=True)


@suppliers.route("/forecast/breaks", permission=Permission.SUPPLIERS_READ)
@suppliers.arguments(ForecastPageQuery, location="query")
@suppliers.response(200, page_of(BreakSchema))
def list_breaks(query: Arguments) -> Response:
    """List which demands of yours are met today and will not be, on which day, the first first."""
    found = brand_forecast.matching(brand_forecast.breaks(looking(query), query["months"]), query)
    return page_of_items(found, brand_forecast.position, list, query.get("cursor"), query["limit"], in_order=True)


@suppliers.route("/frameworks/<key>/coverage", permission=Permission.FRAMEWORKS_READ)
@suppliers.arguments(CoverageQuery, location="query")
@suppliers.response(200, CoverageSchema)
def get_coverage(query: Arguments, key: str) -> Response:
    """Show what a certificate of a standard covers of each level, in full and in part, and what is missing."""
    return answer(coverage.of_standard(current(), key, query["standard"], query.get("version")))


@suppliers.route("/requirements/<requirement_id>/obligations", permission=Permission.REQUIREMENTS_READ)
@suppliers.arguments(ObligationQuery, location="query")
@suppliers.response(200, RequirementObligationPageSchema)
def list_obligations(query: Arguments, requirement_id: str) -> Response:
    """List who owes this requirement, who falls short, by how much and until when.

    Beside the items: what may only be counted (``protected``), links too coarsely coded to say whether they
    carry the requirement, and organizations beyond the fifteenth tier.
    """
    work = looking(query)
    rows, counts = obligation_list.obligations(work, requirement_id, work.moment.on)
    found, key = obligation_list.matching(rows, query), obligation_list.position
    show = partial(obligation_list.shown, work)
    return page_of_items(found, key, show, query.get("cursor"), query["limit"], in_order=True, **counts)


@me.route("/status", permission=Permission.ME_READ)
@me.arguments(MeQuery, location="query")
@me.response(200, OwnStatusSchema)
def get_own_status(query: Arguments) -> Response:
    """Show the caller's level per pillar, every indicator, and what the next level lacks."""
    work = looking(query)
    organization = own.member(work, query.get("organization"), work.today)
    return answer(own_status.status(work, organization, work.moment.on))


@me.route("/levels", permission=Permission.ME_READ)
@me.arguments(LevelStepQuery, location="query")
@me.response(200, page_of(LevelStepSchema))
def list_own_levels(query: Arguments) -> Response:
    """List every change of the caller's levels, by framework and pillar: data for a plot."""
    work = looking(query)
    organization = own.member(work, query.get("organization"), work.today)
    found = history.steps(work, organization, query.get("framework"), query.get("pillar"))
    return page_of_items(found, history.position, list, query.get("cursor"), query["limit"], in_order=True)


@me.route("/obligations", permission=Permission.ME_READ)
@me.arguments(MePageQuery, location="query")
@me.response(200, page_of(OwnObligationSchema))
def list_own_obligations(query: Arguments) -> Response:
    """List what the caller owes, the earliest due first, with what is unmet and whose move it is."""
    work = looking(query)
    organization = own.member(work, query.get("organization"), work.today)
    day = work.moment.on
    return page_of_items(
        own_obligations.entries(work, organization, day),
        own_obligations.position,
        lambda some: own_obligations.obligations(work, organization, day, some),
        query.get("cursor"),
        query["limit"],
        in_order=True,
    )


@me.route("/obligations/<reference>/explanation", permission=Permission.ME_READ)
@me.arguments(MeQuery, location="query")
@me.response(200, OwnExplanationSchema)
def get_own_explanation(query: Arguments, reference: str) -> Response:
    """Explain why the caller owes a requirement."""
    work = looking(query)
    organization = own.member(work, query.get("organization"), work.today)
    return answer(own_obligations.explanation(work, organization, reference, work.moment.on))


@me.route("/forecast", permission=Permission.ME_READ)
@me.arguments(OwnForecastQuery, location="query")
@me.response(200, OwnForecastSchema)
def get_own_forecast(query: Arguments) -> Response:
    """Show your levels over the next months if nothing is renewed: what lapses when, which obligations then break."""
    work = looking(query)
    organization = own.member(work, query.get("organization"), work.today)
    return answer(own_forecast.forecast(work, organization, query["months"]))


@me.route("/evidence/<evidence_id>/coverage", permission=Permission.ME_READ)
@me.arguments(OwnCoverageQuery, location="query")
@me.response(200, CoveragesSchema)
def get_own_coverage(query: Arguments, evidence_id: str) -> Response:
    """Show what one of your certificates covers of what applies to you, as if it were accepted already."""
    return answer({"items": coverage.of_own(looking(query), evidence_id, query.get("framework"))})


@me.route("/gaps", permission=Permission.ME_READ)
@me.arguments(OwnGapQuery, location="query")
@me.response(200, OwnGapPageSchema)
def list_own_gaps(query: Arguments) -> Response:
    """Show how far what you hold under one framework goes in another: what serves both, what may be sent again, what
    is missing.
    """
    work = looking(query)
    organization = own.member(work, query.get("organization"), work.today)
    items, told = held.own_gaps(work, organization, query["framework"], query["other"], query.get("level"))
    return page_of_items(items, held.position, list, query.get("cursor"), query["limit"], **told)


@me.route("/index", permission=Permission.ME_READ)
@me.arguments(IndexQuery, location="query")
@me.response(200, IndexSchema)
def get_own_index(query: Arguments) -> Response:
    """Show a weighted index over time: progress, weak links, and how far a class is and by which rows it is reached."""
    work = looking(query)
    organization = own.member(work, query.get("organization"), work.today)
    asked = index.Asked(query["framework"], query.get("level"), query["months"], query["periods"], query.get("by"))
    return answer(index.of_own(work, organization, asked))


@indexes.route("/indexes", permission=Permission.AGGREGATES_READ)
@indexes.arguments(RegionalIndexQuery, location="query")
@indexes.response(200, page_of(RegionalIndexSchema))
def list_regional_indexes(query: Arguments) -> Response:
    """Show a weighted index by region and month: progress, weak links, and how far a goal is; protected counts."""
    found = regional.listed(current(), query)
    return page_of_items(
        found, lambda one: (one["month"].isoformat(), one["region"] or ""), list, query.get("cursor"), query["limit"]
    )
