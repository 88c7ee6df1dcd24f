"""Crosswalks of several hops: a certificate that proves another standard, which proves an indicator."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

import networkx as nx

from supplychain.frameworks.crosswalk import Standard
from supplychain.frameworks.document import PackError
from supplychain.frameworks.framework import Framework
from supplychain.frameworks.terms import Relation, Tag, Trust


@dataclass(frozen=True, slots=True)
class Route:
    """A way from a standard to one that it carries, as strong as its weakest hop.

    version: of the first standard, None = every one. as_version: of the last. path: all of them, both ends included.
    until: the last day on which every edition on the way counts, None = open. tag: of the hop known least.
    """

    standard: Standard
    as_version: str | None
    version: str | None
    relation: Relation
    trust: Trust
    path: tuple[str, ...]
    until: date | None = None
    tag: Tag | None = None


def routes(framework: Framework, start: Standard) -> tuple[Route, ...]:
    """Every way on from a standard; the pack has no cycles, so all of them end."""
    return tuple(_onward(framework, Route(start, None, None, Relation.FULL, start.trust, (start.id,))))


def _onward(framework: Framework, here: Route) -> Iterator[Route]:
    first = len(here.path) == 1
    for hop in here.standard.carries:
        further = framework.standard(hop.standard)
        if further is None or not (first or hop.version in (None, here.as_version)):
            continue
        relation = Relation.PARTIAL if Relation.PARTIAL in (here.relation, hop.relation) else Relation.FULL
        version = hop.version if first else here.version
        trust = min(here.trust, further.trust)
        until = min((day for day in (here.until, further.last_day(hop.as_version)) if day), default=None)
        path = (*here.path, further.id)
        route = Route(further, hop.as_version, version, relation, trust, path, until, _least_known(here.tag, hop.tag))
        yield route
        yield from _onward(framework, route)


def _least_known(before: Tag | None, hop: Tag) -> Tag:
    """What is known of a way is what is known of its least known hop."""
    order = list(Tag)
    return hop if before is None else max(before, hop, key=order.index)


class Pack(Protocol):
    """A shaped pack that can say where something is wrong."""

    @property
    def data(self) -> dict[str, Any]: ...

    def error(self, code: str, remedy: str, *steps: object) -> PackError: ...


def problems(pack: Pack) -> Iterator[PackError]:
    """Hops to standards or editions that are not there, and hops in a circle."""
    standards = {one["id"]: one for one in pack.data["crosswalk"]}
    hops: nx.DiGraph[str] = nx.DiGraph()
    for index, standard in enumerate(pack.data["crosswalk"]):
        for place, hop in enumerate(standard["carries"]):
            at = ("crosswalk", index, "carries", place)
            further = standards.get(hop["standard"])
            if further is None:
                yield pack.error("unknown-standard", "carry a standard of the crosswalk", *at, "standard")
                continue
            yield from _edition(pack, further, hop["as_version"], *at, "as_version")
            if hop["version"] is not None:
                yield from _edition(pack, standard, hop["version"], *at, "version")
            if hop["standard"] == standard["id"] or (
                hops.has_node(hop["standard"])
                and hops.has_node(standard["id"])
                and nx.has_path(hops, hop["standard"], standard["id"])
            ):
                yield pack.error("crosswalk-cycle", "leave out the hop that leads back", *at, "standard")
            else:
                hops.add_edge(standard["id"], hop["standard"])


def _edition(pack: Pack, standard: dict[str, Any], version: str | None, *steps: object) -> Iterator[PackError]:
    if version not in standard["versions"] and (version is not None or standard["versions"]):
        yield pack.error("unknown-version", f"say which of the versions of {standard['id']}", *steps)
