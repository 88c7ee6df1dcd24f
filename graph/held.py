"""What a network holds: its facts by key, and indexes by who they are about."""

from dataclasses import dataclass, field, replace
from datetime import date
from itertools import chain

import numpy as np

from graph.arrays.columns import LinkColumns, columns_of, replaced
from graph.arrays.floor import Floored, LinkTable
from graph.arrays.index import Groups, Index, grouped
from graph.arrays.steps import steps_of
from graph.facts import Link, Organization, Ownership, Record, Requirement, Waiver
from graph.folding import News
from graph.turns import link_turns, merged, ownership_turns, requirement_turns


@dataclass(frozen=True, slots=True)
class Held:
    """Facts at one revision; a value.

    turns: days on which a link or an ownership came, changed or went. terms: on which a requirement began or ended.
    """

    organizations: Floored[int, Organization] = field(default_factory=Floored)
    records: Floored[tuple[int, int], Record] = field(default_factory=Floored)
    links: Floored[int, Link] = field(default_factory=Floored)
    links_from: Index[Link] = field(default_factory=Index)
    links_to: Index[Link] = field(default_factory=Index)
    ownerships: Floored[int, Ownership] = field(default_factory=Floored)
    owned: Index[Ownership] = field(default_factory=Index)
    owners: Index[Ownership] = field(default_factory=Index)
    requirements: Floored[int, Requirement] = field(default_factory=Floored)
    waivers: Floored[int, Waiver] = field(default_factory=Floored)
    waivers_of: Index[Waiver] = field(default_factory=Index)
    turns: tuple[date, ...] = ()
    terms: tuple[date, ...] = ()

    def after(self, new: News) -> "Held":
        """What is held with the news; this stays as it is."""
        return Held(
            organizations=self.organizations.update(new.organizations),
            records=self.records.update(new.records),
            links=self.links.update(new.links),
            links_from=self.links_from.after(self.links, new.links, lambda link: link.buyer),
            links_to=self.links_to.after(self.links, new.links, lambda link: link.supplier),
            ownerships=self.ownerships.update(new.ownerships),
            owned=self.owned.after(self.ownerships, new.ownerships, lambda own: own.parent),
            owners=self.owners.after(self.ownerships, new.ownerships, lambda own: own.child),
            requirements=self.requirements.update(new.requirements),
            waivers=self.waivers.update(new.waivers),
            waivers_of=self.waivers_of.after(self.waivers, new.waivers, lambda waiver: waiver.supplier),
            turns=merged(self.turns, chain(link_turns(new.links), ownership_turns(new.ownerships))),
            terms=merged(self.terms, requirement_turns(new.requirements)),
        )

    def laid(self, links: LinkColumns) -> "Held":
        """The same with these links, where none was known: what a fold of them would be, no object a link."""
        by_buyer, by_supplier = grouped(links.buyer), grouped(links.supplier)
        table = LinkTable(links, steps_of(links, by_buyer["rows"]))
        days = np.unique(np.concatenate([links.first[links.first > 0], links.last[links.last > 0] + 1]))
        turns = map(date.fromordinal, days[days <= date.max.toordinal()].tolist())
        return replace(
            self,
            links=Floored(table),
            links_from=Index(Groups(table, **by_buyer)),
            links_to=Index(Groups(table, **by_supplier)),
            turns=merged(self.turns, turns),
        )

    def link_columns(self) -> LinkColumns:
        """All links as columns: those of the floor, with what changed since in its place."""
        floor = self.links.floor
        changed = tuple(self.links.top.values())
        return replaced(floor.columns, changed) if isinstance(floor, LinkTable) else columns_of(changed)
