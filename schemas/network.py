"""A sender's network on the wire: in the columns that an import takes, and as a graph."""

from typing import Final

from marshmallow import fields

from graph.terms import Disclosure, FlowDown, LinkState
from schemas.base import BaseSchema, Choice, Day, MomentQuery, Nested, PageQuery, Str
from schemas.link import ROLES

GRAPH_FORMATS: Final = ("node-link", "graphml", "gexf", "parquet")


class NetworkOrganizationSchema(BaseSchema):
    """One of your records with what the directory says of its organization, in the columns of a list to import."""

    code = Str(required=True)
    name = Str(required=True)
    name_zh = Str(required=True, allow_none=True)
    kind = Str(required=True, allow_none=True, metadata={"description": "Only while you may change the entry"})
    country = Str(required=True, allow_none=True)
    region = Str(required=True, allow_none=True)
    sector = Str(required=True, allow_none=True)
    size = Str(required=True, allow_none=True)
    address = Str(required=True, allow_none=True)
    spend = fields.Float(required=True, allow_none=True)
    staff = fields.Float(required=True, allow_none=True)
    revenue_cny = fields.Float(required=True, allow_none=True)
    assets_cny = fields.Float(required=True, allow_none=True)
    figures_year = fields.Integer(required=True, allow_none=True)
    industry_code = Str(required=True, allow_none=True)
    lei = Str(required=True, allow_none=True)
    uscc = Str(required=True, allow_none=True)
    vat = Str(required=True, allow_none=True)
    gln = Str(required=True, allow_none=True)
    duns = Str(required=True, allow_none=True)
    parent_code = Str(required=True, allow_none=True, metadata={"description": "Of the parent that you named"})


class NetworkLinkQuery(PageQuery):
    """Your links, or those to which you are one thing."""

    role = Choice(ROLES[:3], metadata={"description": "Only links to which you are this"})


class NetworkLinkSchema(BaseSchema):
    """Days of a link of yours that you spoke of, in the columns of an import; names and state are for reading."""

    buyer = Str(required=True)
    buyer_name = Str(required=True)
    supplier = Str(required=True)
    supplier_name = Str(required=True)
    category = Str(required=True, allow_none=True)
    share = fields.Float(required=True, allow_none=True)
    valid_from = Day(required=True, allow_none=True)
    valid_to = Day(required=True, allow_none=True)
    flow_down = Choice(FlowDown, required=True, allow_none=True)
    disclosure = Choice(Disclosure, required=True, allow_none=True)
    private = fields.Boolean(required=True)
    state = Choice(LinkState, required=True)


class GraphQuery(MomentQuery):
    """How the graph is written down."""

    format = Choice(
        GRAPH_FORMATS,
        load_default="node-link",
        metadata={"description": "node-link: JSON of networkx; parquet: a list of edges"},
    )


class NodeSchema(BaseSchema):
    """An organization as you see it. What is not known or not open to you is left out."""

    id = Str(required=True, metadata={"description": "Public id, or your own pseudonym for it"})
    kind = Choice(
        ("self", "identity", "pseudonym", "awaiting", "private", "counterpart"),
        required=True,
        metadata={"description": "As what you see it; counterpart: only at the other end of a link of yours"},
    )
    name = Str()
    name_zh = Str()
    country = Str()
    tier = fields.Integer()


class EdgeSchema(BaseSchema):
    """A link as you see it, with the goods from supplier to buyer; key is its id."""

    source = Str(required=True, metadata={"description": "The supplier"})
    target = Str(required=True, metadata={"description": "The buyer"})
    key = Str(required=True)
    state = Choice(LinkState, required=True)
    category = Str()
    share = fields.Float(metadata={"description": "Only of links on which you may read it"})


class GraphSchema(BaseSchema):
    """Node-link JSON, as networkx reads it."""

    directed = fields.Boolean(required=True)
    multigraph = fields.Boolean(required=True)
    graph = fields.Dict(required=True)
    nodes = fields.List(Nested(NodeSchema), required=True)
    edges = fields.List(Nested(EdgeSchema), required=True)
