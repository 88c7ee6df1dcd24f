"""Routes of the pages, open to everybody: a framework is a publication, and its page shows nobody's data."""

from importlib.resources import files
from typing import Any

from flask import Response, url_for

from schemas.page import LibraryPageQuery, OptOutQuery, PageViewQuery
from supplychain.errors import NotFound
from supplychain.frameworks import operations, references
from supplychain.frameworks.library import registry
from supplychain.frameworks.successions import of_source
from supplychain.frameworks.topics import topics
from supplychain.http import PUBLIC, Blueprint, current, language, page
from supplychain.notices import operations as notices
from supplychain.pages.rendering import rendered
from supplychain.pages.telling import Teller

blp = Blueprint("pages", __name__, description="Pages for people")
BLUEPRINTS = (blp,)
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


def _page(template: str, query: dict[str, Any], **shown: Any) -> Response:
    teller = Teller(query.get("language") or language(), query.get("on") or current().today)
    return page(rendered(template, teller, url_for=url_for, asked_day=query.get("on"), **shown), teller.language)
