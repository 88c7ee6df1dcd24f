"""An industry as the service holds it: every link in a snapshot; its demands, and who has a part in them, in rows.

Rows have whoever issues a demand, a brand and suppliers in its sight, a supplier at the bottom, a buyer in the middle
with its direct suppliers, and the links among all these. Suppliers that are asked about have answered a question, so
that their levels are derived; everybody else is known from the snapshot alone.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np

from bench import snapshots
from bench.industry import Industry, number_of
from bench.network import answers, demand, key, link, opened, publish, quick
from bench.network import record as record_rows
from graph import network as graph
from graph.arrays.columns import LinkColumns
from graph.base import underlaid
from graph.openness import sight
from supplychain.conformity import derive
from supplychain.network import calendar, engine, facts
from supplychain.network.models import Organization
from supplychain.network.snapshots import Folded, write
from supplychain.work import Runtime, Work, run

CHUNK: Final = 50
"""Rows of a revision: more revisions than are folded sooner than a snapshot is opened."""
DEMANDS: Final = 3
"""Of the brand: as many as the demo's brand has."""
FEW: Final = range(10, 51)
"""How many customers, and suppliers, one has that is no hub."""
ANSWERED: Final = {"values": [{"indicator": "E20", "value": "own"}], "trust": "documented"}
PILLARS: Final = {"eco": "eco_efficiency", "ohs": "ohs", "csr": "csr", "governance": "csr"}


@dataclass(frozen=True, slots=True)
class Cast:
    """Numbers of who has a part: who asks, and about whom.

    brand: of the issuers with as many demands the one that buys most. suppliers: some in its sight, at every tier.
    bottom: who buys from nobody, and buyer: who issues nothing and buys from few; of those with few customers the ones
    with most. direct: whom the buyer buys from. last: the ends of the last link, which has a row for the next one to be
    numbered after it.
    """

    issuers: tuple[int, ...]
    brand: int
    suppliers: tuple[int, ...]
    bottom: int
    buyer: int
    direct: tuple[int, ...]
    last: tuple[int, int]

    @property
    def everybody(self) -> frozenset[int]:
        """All of them."""
        return frozenset({*self.issuers, *self.suppliers, self.bottom, self.buyer, *self.direct, *self.last})


@dataclass(frozen=True, slots=True)
class Recorded:
    """A runtime on the database and its snapshot, the cast, and the keys of brand, bottom and buyer."""

    runtime: Runtime
    cast: Cast
    keys: tuple[str, str, str]


def record(folder: Path, made: Industry, asked: int) -> Recorded:
    """Write rows, logs and the snapshot of an industry. asked: suppliers of the brand that have rows."""
    links = snapshots.columns_of(made)
    cast = chosen(made, links, asked)
    runtime = opened(folder / "chain.db", files_url=str(folder / "files"))
    calendar.advance_day(runtime)
    _write_rows(quick(runtime), made, links, cast)
    derive.rebuild(runtime)
    _keep_snapshot(runtime, links, made.organizations, cast)
    who = ((cast.brand, "brand"), (cast.bottom, "supplier"), (cast.buyer, "supplier"))
    brand, bottom, buyer = (run(runtime, partial(key, organization=one, role=role)) for one, role in who)
    return Recorded(runtime, cast, (brand, bottom, buyer))


def chosen(made: Industry, links: LinkColumns, asked: int) -> Cast:
    """Who has a part in it."""
    issuers = Counter(number_of(one["issuer"]) + 1 for one in made.requirements)
    bought, sold = (np.bincount(ends, minlength=made.organizations + 1) for ends in (links.buyer, links.supplier))
    brand = max(issuers, key=lambda one: (issuers[one] == DEMANDS, bought[one]))
    below = [
        one for one in sight(underlaid(engine.State().network, links), brand, snapshots.TODAY).tier if one != brand
    ]
    few_bought, few_sold = np.isin(bought, FEW), np.isin(sold, FEW)
    few_bought[list(issuers)] = False
    buyer = int(np.where(few_bought & few_sold, sold, 0).argmax())
    return Cast(
        issuers=tuple(issuers),
        brand=brand,
        suppliers=tuple(below[:: max(1, len(below) // asked)][:asked]),
        bottom=int(np.where((bought == 0) & few_sold, sold, 0).argmax()),
        buyer=buyer,
        direct=tuple(links.supplier[links.buyer == buyer].tolist()),
        last=(int(links.buyer[-1]), int(links.supplier[-1])),
    )


def _write_rows(runtime: Runtime, made: Industry, links: LinkColumns, cast: Cast) -> None:
    numbers = cast.everybody
    for some in _chunks([one for one in snapshots.organizations(made.organizations) if one.number in numbers]):
        run(runtime, partial(_organizations, known=some))
    among = np.isin(links.buyer, list(numbers)) & np.isin(links.supplier, list(numbers))
    for some in _chunks([links.link(at) for at in np.flatnonzero(among).tolist()]):
        run(runtime, partial(_links, known=some))
    for some in _chunks(made.requirements):
        run(runtime, partial(_requirements, demands=some))
    for some in _chunks(sorted({*cast.suppliers, cast.bottom, cast.buyer, *cast.direct})):
        run(runtime, partial(answers, numbers=some, **ANSWERED))


def _chunks(rows: Sequence) -> Iterable[Sequence]:
    return (rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK))


def _organizations(work: Work, known: Sequence[graph.Organization]) -> None:
    told = ("number", "id", "name", "country", "sector", "size")
    said = [{name: getattr(one, name) for name in told} for one in known]
    rows = [Organization(**one, claim="verified", created_at=work.now) for one in said]
    record_rows(work, rows, facts.of_organization)


def _links(work: Work, known: Sequence[graph.Link]) -> None:
    rows = [
        link(
            work,
            one.buyer,
            one.supplier,
            str(one.disclosure),
            number=one.number,
            id=one.id,
            category=one.category or "",
            periods=facts.stored_periods(one.periods),
        )
        for one in known
    ]
    record_rows(work, rows, facts.of_link)


def _requirements(work: Work, demands: Sequence[dict]) -> None:
    rows = [
        demand(
            work,
            number_of(one["issuer"]) + 1,
            title=one["id"],
            pillar=PILLARS[one["pillar"]],
            schedule=one["schedule"],
            beyond="stop",
            grace=one["grace_months"],
            link_scope=one["hs"],
            effective_from=date.fromisoformat(one["effective_from"]),
        )
        for one in demands
    ]
    publish(work, rows)


def _keep_snapshot(runtime: Runtime, links: LinkColumns, count: int, cast: Cast) -> None:
    """Write the snapshot of the whole industry, and see that a worker opens it."""
    work = Work(runtime, writes=False)
    try:
        state = engine.present(work)
        everybody = (one for one in snapshots.organizations(count) if one.number not in cast.everybody)
        known = state.network.apply(everybody, state.network.revision)
        folder = runtime.settings.snapshot_folder
        assert folder is not None
        folded = Folded(underlaid(known, links), state.level_revision, state.standings)
        write(work.connection, folder, folded, datetime.now(UTC))
        assert len(engine.Engine().up_to(work, work.heads).network.held.links) == len(links)
    finally:
        work.close()
