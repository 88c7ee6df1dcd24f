"""Routes of facts: the catalogue, what one states of oneself, and what reviewers confirm."""

from typing import Any

from flask import Response

from schemas.base import PageQuery, page_of
from schemas.fact import (
    FACT_EXAMPLE,
    FactConfirmationSchema,
    FactSchema,
    FactStatementSchema,
    FactTypeSchema,
    FactWithdrawalSchema,
    MyFactQuery,
    ReviewedFactQuery,
    SizeClassQuery,
    SizeClassSchema,
)
from supplychain.accounts.permissions import Permission
from supplychain.facts import operations, queries
from supplychain.facts.models import OrganizationFact
from supplychain.frameworks import registry
from supplychain.frameworks.catalogue import catalogue
from supplychain.http import Blueprint, answer, current, looking, page_of_items, page_of_select

blp = Blueprint("facts", __name__, url_prefix="/v1", description="Facts of an organization that rules read")
BLUEPRINTS = (blp,)


@blp.route("/fact-catalogue", permission=Permission.FRAMEWORKS_READ)
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_of(FactTypeSchema))
def list_fact_types(query: dict[str, Any]) -> Response:
    """List the facts that may be stated of an organization, with the rules that read them."""
    readers = queries.readers_in(registry(current()))
    return page_of_items(
        tuple(catalogue().values()),
        key=lambda one: (one.id,),
        represent=lambda shown: [queries.represent_type(one, readers) for one in shown],
        cursor=query.get("cursor"),
        limit=query["limit"],
    )


@blp.route("/me/facts", permission=Permission.ME_READ)
@blp.arguments(MyFactQuery, location="query")
@blp.response(200, page_of(FactSchema))
def list_own_facts(query: dict[str, Any]) -> Response:
    """List what you stated of yourself, or of a plant of yours, and what of it is confirmed."""
    cursor, limit = query.pop("cursor", None), query.pop("limit")
    found = queries.of_mine(current(), **query)
    return page_of_select(found, [OrganizationFact.number], queries.represent, cursor, limit)


@blp.route("/me/facts", methods=["POST"], permission=Permission.FACTS_STATE)
@blp.arguments(FactStatementSchema, example=FACT_EXAMPLE)
@blp.response(201, FactSchema)
def state_fact(sent: dict[str, Any]) -> Response:
    """State a fact of yourself or of a plant of yours; another value than before ends what stood."""
    row = operations.state(current(), **sent)
    return answer(queries.shown(current(), row), 201)


@blp.route("/me/size-classes", permission=Permission.ME_READ)
@blp.arguments(SizeClassQuery, location="query")
@blp.response(200, page_of(SizeClassSchema))
def list_size_classes(query: dict[str, Any]) -> Response:
    """Show your size class by each rule: the figures used, what is missing, and how sure the rule is."""
    work = looking(query)
    return page_of_items(
        queries.sizings(work, work.moment.on),
        key=lambda one: (one[0].rule.id,),
        represent=lambda shown: [queries.represent_sizing(*one) for one in shown],
        cursor=query.get("cursor"),
        limit=query["limit"],
    )


@blp.route("/facts", permission=Permission.CLAIMS_VERIFY)
@blp.arguments(ReviewedFactQuery, location="query")
@blp.response(200, page_of(FactSchema))
def list_reviewed_facts(query: dict[str, Any]) -> Response:
    """List what organizations assigned to you and their plants state; `documented` waits for you."""
    cursor, limit = query.pop("cursor", None), query.pop("limit")
    found = queries.of_reviewed(current(), **query)
    return page_of_select(found, [OrganizationFact.number], queries.represent, cursor, limit)


@blp.route("/facts/<fact_id>/confirm", methods=["POST"], permission=Permission.CLAIMS_VERIFY)
@blp.arguments(FactConfirmationSchema, example={"value": False, "note": "Site visit of March, no canteen on site"})
@blp.response(200, FactSchema)
def confirm_fact(sent: dict[str, Any], fact_id: str) -> Response:
    """Confirm a fact on a document that bears exactly this value; a pack's rules then count on it."""
    return answer(queries.shown(current(), operations.confirm(current(), fact_id, sent["value"], sent["note"])))


@blp.route("/facts/<fact_id>/withdraw", methods=["POST"], permission=Permission.CLAIMS_VERIFY)
@blp.arguments(FactWithdrawalSchema, example={"note": "The licence was of another plant"})
@blp.response(200, FactSchema)
def withdraw_confirmation(sent: dict[str, Any], fact_id: str) -> Response:
    """Take back that a fact is confirmed; it stands as stated."""
    return answer(queries.shown(current(), operations.withdraw(current(), fact_id, sent["note"])))
