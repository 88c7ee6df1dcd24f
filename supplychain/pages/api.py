"""Routes of the pages, open to everybody: a framework is a publication, and its page shows nobody's data."""

from functools import cache
from importlib.resources import files
from typing import Any

from flask import Response, make_response, url_for
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from schemas.page import LibraryPageQuery, OptOutQuery, PageViewQuery
from supplychain.errors import NotFound
from supplychain.frameworks import operations, references
from supplychain.frameworks.library import registry
from supplychain.frameworks.successions import of_source
from supplychain.frameworks.terms import Region, SourceKind, Tag
from supplychain.frameworks.topics import topics
from supplychain.http import PUBLIC, Blueprint, current, language
from supplychain.notices import operations as notices
from supplychain.pages.telling import Teller, number, ours_of

blp = Blueprint("pages", __name__, description="Pages for people")
BLUEPRINTS = (blp,)
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_TYPES = {"js": "text/javascript", "css": "text/css"}


@blp.route("/frameworks", permission=PUBLIC)
@blp.arguments(PageViewQuery, location="query")
@blp.response(200, {"type": "string"}, description="The page of all frameworks", content_type="text/html")
def frameworks_page(query: dict[str, Any]) -> Response:
    """Show which frameworks there are, for people."""
    return _page("frameworks.html", query, frameworks=tuple(registry(current())))


@blp.route("/frameworks/<key>", permission=PUBLIC)
@blp.arguments(PageViewQuery, location="query")
@blp.response(200, {"type": "string"}, description="The page of a framework version", content_type="text/html")
def framework_page(query: dict[str, Any], key: str) -> Response:
    """Show what a framework version asks, with the dates and marks of what it rests on, for people."""
    framework = operations.find(current(), key)
    known = references.matching(references.library(registry(current())), framework=key)
    return _page(
        "framework.html", query, framework=framework, sources={one.title.en: one for one in known}, of_source=of_source
    )


@blp.route("/references", permission=PUBLIC)
@blp.arguments(LibraryPageQuery, location="query")
@blp.response(200, {"type": "string"}, description="The page of the reference library", content_type="text/html")
def references_page(query: dict[str, Any]) -> Response:
    """Show the reference library, for people."""
    asked = {name: query.get(name) or None for name in ("topic", "kind", "region")}
    known = references.matching(references.library(registry(current())), **asked)
    return _page("references.html", query, sources=known, asked=asked, of_source=of_source, topics=topics())


@blp.route("/notices/opt-out", permission=PUBLIC)
@blp.arguments(OptOutQuery, location="query")
@blp.response(200, {"type": "string"}, description="The page that asks once more", content_type="text/html")
def opt_out_page(query: dict[str, Any]) -> Response:
    """Ask whether digests shall end: scanners of mail follow links, so a GET changes nothing."""
    return _page("opt_out.html", query, token=query["token"], done=False)


@blp.route("/notices/opt-out", methods=["POST"], permission=PUBLIC, bearer="token")
@blp.arguments(OptOutQuery, location="query")
@blp.response(200, {"type": "string"}, description="The page that says it is done", content_type="text/html")
def opt_out(query: dict[str, Any]) -> Response:
    """End the digests about one organization to whoever shows the link of one; mail programs post to it (RFC 8058)."""
    notices.opt_out(current(), query["token"])
    return _page("opt_out.html", query, token=query["token"], done=True)


@blp.route("/static/pages/<name>", permission=PUBLIC)
@blp.response(200, {"type": "string"}, description="A file of the pages", content_type="text/*")
def pages_asset(name: str) -> Response:
    """Serve what the pages need; they ask no other machine."""
    folder = files("supplychain") / "static" / "pages"
    kind = _TYPES.get(name.rpartition(".")[2])
    if kind is None or name not in {entry.name for entry in folder.iterdir()}:
        raise NotFound
    response = Response((folder / name).read_bytes(), mimetype=kind)
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


@cache
def _templates() -> Environment:
    made = Environment(
        loader=PackageLoader("supplychain.pages"),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["number"] = number
    made.globals.update(ours_of=ours_of, kinds=tuple(SourceKind), regions=tuple(Region), marks=tuple(Tag))
    return made


def _page(template: str, query: dict[str, Any], **shown: Any) -> Response:
    spoken = query.get("language") or language()
    teller = Teller(spoken, query.get("on") or current().today)
    text = (
        _templates()
        .get_template(template)
        .render(t=teller, word=teller.word, url_for=url_for, asked_day=query.get("on"), **shown)
    )
    response = make_response(text)
    response.headers["Content-Type"] = "text/html; charset=utf-8"
    response.headers["Content-Language"] = spoken
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Vary"] = "Accept-Language"
    return response
