"""Routes of a sender's network as a whole: in the columns of an import, and as a graph."""

from typing import Any

from flask import Response

from schemas.base import PageQuery, page_of
from schemas.network import GraphQuery, GraphSchema, NetworkLinkQuery, NetworkLinkSchema, NetworkOrganizationSchema
from supplychain.accounts.permissions import Permission
from supplychain.http import Blueprint, current, looking, page_of_items, page_of_select
from supplychain.network import graphs, importable
from supplychain.network.models import SupplierRecord

blp = Blueprint("network", __name__, url_prefix="/v1/network", description="Your network as a whole, to take away")
_XML = {"type": "string"}
_BINARY = {"type": "string", "format": "binary"}


@blp.route("/organizations", permission=Permission.IMPORTS_WRITE)
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_of(NetworkOrganizationSchema))
def list_network_organizations(query: dict[str, Any]) -> Response:
    """List your records in the columns of an import; imported again, the list changes nothing."""
    work = current()
    return page_of_select(
        importable.own_records(work),
        [SupplierRecord.number],
        lambda rows: importable.organizations(work, [row for (row,) in rows]),
        query.get("cursor"),
        query["limit"],
    )


@blp.route("/links", permission=Permission.IMPORTS_WRITE)
@blp.arguments(NetworkLinkQuery, location="query")
@blp.response(200, page_of(NetworkLinkSchema))
def list_network_links(query: dict[str, Any]) -> Response:
    """List the days of links that you spoke of, in the columns of an import; imported again, they change nothing."""
    work = current()
    return page_of_items(
        importable.said(work, query.get("role")),
        key=importable.position,
        represent=lambda days: importable.links(work, days),
        cursor=query.get("cursor"),
        limit=query["limit"],
        in_order=True,
    )


@blp.route("", permission=Permission.LINKS_READ)
@blp.arguments(GraphQuery, location="query")
@blp.response(200, GraphSchema)
@blp.alt_response(200, schema=_XML, content_type="application/graphml+xml", success=True)
@blp.alt_response(200, schema=_XML, content_type="application/gexf+xml", success=True)
@blp.alt_response(200, schema=_BINARY, content_type="application/vnd.apache.parquet", success=True)
def draw_network(query: dict[str, Any]) -> Response:
    """Draw the network as you see it: node-link JSON, GraphML, GEXF, or the edges alone as Parquet.

    Nodes are whom you may list, under the ids you know them by; edges are links whose both ends you may name,
    with the goods from supplier to buyer. To a pseudonym no edge leads: how it is reached is what the pseudonym hides.
    """
    work = looking(query)
    ending, media, write = graphs.FILES[query["format"]]
    response = Response(write(graphs.drawn(work, work.moment.on)), mimetype=media)
    response.headers["Content-Disposition"] = f'attachment; filename="network-{work.moment.on}.{ending}"'
    return response
