"""Routes of frameworks: what is asked at each level, for everybody with a key."""

from typing import Any

from flask import Response

from schemas.base import PageQuery, page_of
from schemas.framework import ComparisonSchema, FrameworkSchema, FrameworkSummarySchema, IndicatorFilter
from schemas.gap import GapQuery, GapSchema, JurisdictionQuery, RegionalSchema
from schemas.reference import ReferenceFilter, SourceSchema, TopicSchema, WholeSourceSchema
from supplychain.accounts.permissions import Permission
from supplychain.frameworks import operations, references
from supplychain.frameworks.library import registry
from supplychain.frameworks.represent import line, summary, whole
from supplychain.frameworks.represent_gaps import gap, regional
from supplychain.frameworks.represent_references import source, source_whole, topic
from supplychain.frameworks.topics import topics
from supplychain.http import Blueprint, answer, current, page_of_items

blp = Blueprint("frameworks", __name__, url_prefix="/v1", description="Conformity frameworks as data")
BLUEPRINTS = (blp,)
_PLACES = {topic: place for place, topic in enumerate(topics())}


@blp.route("/frameworks", permission=Permission.FRAMEWORKS_READ)
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_of(FrameworkSummarySchema))
def list_frameworks(query: dict[str, Any]) -> Response:
    """List the framework versions that requirements may name."""
    return page_of_items(
        tuple(registry(current())),
        key=lambda framework: (framework.id, framework.version),
        represent=lambda shown: [summary(framework) for framework in shown],
        cursor=query.get("cursor"),
        limit=query["limit"],
    )


@blp.route("/frameworks/<key>", permission=Permission.FRAMEWORKS_READ)
@blp.arguments(IndicatorFilter, location="query")
@blp.response(200, FrameworkSchema)
def get_framework(query: dict[str, Any], key: str) -> Response:
    """Show a framework version with its indicators: targets, evidence, trust and references."""
    framework = operations.find(current(), key)
    return answer(whole(framework, operations.indicators(framework, query), query.get("on")))


@blp.route("/frameworks/<key>/comparison/<other>", permission=Permission.FRAMEWORKS_READ)
@blp.response(200, ComparisonSchema)
def compare_versions(key: str, other: str) -> Response:
    """Compare two versions of a framework, indicator by indicator, with the evidence that would serve both."""
    before, after, lines = operations.comparison(current(), key, other)
    return answer({"before": before.key, "after": after.key, "items": [line(one) for one in lines]})


@blp.route("/frameworks/<key>/gaps/<other>", permission=Permission.FRAMEWORKS_READ)
@blp.arguments(GapQuery, location="query")
@blp.response(200, page_of(GapSchema))
def list_gaps(query: dict[str, Any], key: str, other: str) -> Response:
    """Compare two frameworks or versions by topic: what each asks, on which clauses both rest, what serves both."""
    after, found = operations.gaps_between(current(), key, other, query)
    return page_of_items(
        found,
        key=lambda one: (_PLACES[one.topic],),
        represent=lambda shown: [gap(after, one) for one in shown],
        cursor=query.get("cursor"),
        limit=query["limit"],
        in_order=True,
    )


@blp.route("/frameworks/<key>/jurisdictions", permission=Permission.FRAMEWORKS_READ)
@blp.arguments(JurisdictionQuery, location="query")
@blp.response(200, page_of(RegionalSchema))
def list_jurisdictions(query: dict[str, Any], key: str) -> Response:
    """Compare what two regions ask about a framework's topics on a day, and what changes until another."""
    return page_of_items(
        operations.regions_compared(current(), key, query),
        key=lambda one: (_PLACES[one.topic],),
        represent=lambda shown: [regional(one) for one in shown],
        cursor=query.get("cursor"),
        limit=query["limit"],
        in_order=True,
    )


@blp.route("/references", permission=Permission.FRAMEWORKS_READ)
@blp.arguments(ReferenceFilter, location="query")
@blp.response(200, page_of(SourceSchema))
def list_references(query: dict[str, Any]) -> Response:
    """Search the laws, regulations and standards that frameworks rest on, with the indicators that cite them."""
    found = references.matching(
        references.library(registry(current())),
        words=query.get("q"),
        region=query.get("region"),
        day=query.get("on"),
        framework=query.get("framework"),
        topic=query.get("topic"),
        kind=query.get("kind"),
    )
    return page_of_items(
        found,
        key=lambda one: (one.title.en,),
        represent=lambda shown: [source(one) for one in shown],
        cursor=query.get("cursor"),
        limit=query["limit"],
    )


@blp.route("/references/<code>", permission=Permission.FRAMEWORKS_READ)
@blp.response(200, WholeSourceSchema)
def get_reference(code: str) -> Response:
    """Show a law, regulation or standard: who cites it, and which clause took the place of which."""
    return answer(source_whole(operations.source(current(), code)))


@blp.route("/topics", permission=Permission.FRAMEWORKS_READ)
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_of(TopicSchema))
def list_topics(query: dict[str, Any]) -> Response:
    """List what sources and indicators are about, in both languages."""
    return page_of_items(
        tuple(topics().items()),
        key=lambda one: (one[0],),
        represent=lambda shown: [topic(*one) for one in shown],
        cursor=query.get("cursor"),
        limit=query["limit"],
    )
