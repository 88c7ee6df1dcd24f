"""Pages as text, made of templates; everything that they are given is escaped."""

from functools import cache
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined, select_autoescape

from supplychain.frameworks.terms import Region, SourceKind, Tag
from supplychain.pages.telling import Teller, number, ours_of

OWN = "supplychain.pages"


@cache
def templates(*packages: str) -> Environment:
    """The templates of some rooms, beside those that all pages share."""
    made = Environment(
        loader=ChoiceLoader([PackageLoader(one) for one in (*packages, OWN)]),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["number"] = number
    made.globals.update(ours_of=ours_of, kinds=tuple(SourceKind), regions=tuple(Region), marks=tuple(Tag))
    return made


def rendered(template: str, teller: Teller, *packages: str, **shown: Any) -> str:
    """A page in the language of a teller. packages: further rooms that have templates."""
    return templates(*packages).get_template(template).render(t=teller, word=teller.word, **shown)
