"""A paper as a page that needs nothing else, and the page that says whether a paper is true."""

import base64
import hashlib
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from markupsafe import Markup

from supplychain.pages.rendering import rendered, templates
from supplychain.pages.telling import Teller
from supplychain.statements.paper.naming import Words, told_at, tone_of
from supplychain.statements.paper.parts import Facts, Heading, Note, Paper

PACKAGE = "supplychain.statements"


def written(paper: Paper) -> str:
    """A paper as a page: saved as a file it looks the same, and prints."""
    template = templates(PACKAGE).get_template("statement.html")
    kinds = {"heading": Heading, "note": Note, "facts": Facts}
    return template.render(paper=paper, style=Markup(_style()), is_a=lambda part, kind: isinstance(part, kinds[kind]))  # noqa: S704 - our own file


def policy() -> str:
    """What such a page may do: show itself in its own style."""
    hashed = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{hashed}'; img-src data:; base-uri 'none'; frame-ancestors 'none'"


def verification(told: Mapping[str, Any], language: str, today: date, token: str, url_for: Callable[..., str]) -> str:
    """The page that says what a paper must say to be true."""
    shown = {"told": told, "token": token, "url_for": url_for, "tone_of": tone_of, "told_at": told_at}
    return rendered("verification.html", Teller(language, today), PACKAGE, p=Words(language), **shown)


@cache
def _style() -> str:
    return (files(PACKAGE) / "templates" / "statement.css").read_text("utf-8")
