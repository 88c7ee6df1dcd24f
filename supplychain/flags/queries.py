"""Whose view of the flags a reader gets: one for each role its key has."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from supplychain.accounts.permissions import Role
from supplychain.conformity import flag_views
from supplychain.errors import Invalid
from supplychain.matchmaking import queries as matchmaking
from supplychain.training import queries as training
from supplychain.training.modules import covering
from supplychain.work import Work

Item = dict[str, Any]
View = Callable[[Work, Mapping[str, Any]], list[Item]]
VIEWS: Mapping[str, tuple[frozenset[Role], View]] = {
    "supplier": (frozenset({Role.SUPPLIER}), flag_views.for_supplier),
    # A supplier is a buyer of its own suppliers, so it has a brand's view too.
    "brand": (frozenset({Role.BRAND, Role.SUPPLIER}), flag_views.for_brand),
    "trainer": (frozenset({Role.TRAINER}), training.flagged),
    "organiser": (frozenset({Role.ORGANISER}), matchmaking.flagged),
}


OF_TODAY: Final = frozenset({"trainer", "organiser"})
"""Views that rest on a consent: how it stood on another day is not kept, and it was given for the days since."""


def flagged(work: Work, query: Mapping[str, Any]) -> list[Item]:
    """The flags the caller may see, of every view its roles give, or of the one asked for.

    A view asked for that no role gives is empty, as is a list in which nothing fits the filters. Raises Invalid for
    another moment than now of a view that there is of today alone.
    """
    asked = {
        name: view
        for name, (roles, view) in VIEWS.items()
        if roles & work.actor.roles and query.get("view", name) == name
    }
    if not work.moment.is_present and (of_today := OF_TODAY & asked.keys()):
        raise Invalid.at("?view", "of-today-alone", views=", ".join(sorted(of_today)))
    found = ({"view": name, **item} for name, view in asked.items() for item in view(work, query))
    return [_with_modules(item) for item in found if _fits(item, query)]


def position(item: Item) -> list[Any]:
    """Where a flag stands in the list: an order that tells nothing of when it opened."""
    return [item["view"], item["kind"], item["supplier"], item.get("id", "")]


def _fits(item: Item, query: Mapping[str, Any]) -> bool:
    return all(item.get(name) == query[name] for name in ("kind", "region") if name in query)


def _with_modules(item: Item) -> Item:
    unmet: dict[str, list[str]] = {}
    for pillar in item.get("pillars", ()):
        wanting = [one["indicator"] for one in pillar.get("unmet", ())]
        unmet.setdefault(pillar["framework"], []).extend(wanting)
    return {**item, "modules": covering(unmet)} if any(unmet.values()) else item
