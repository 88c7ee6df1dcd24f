"""A chunk of a list of links: its keys looked up again, its plan written with bulk statements."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, and_, bindparam, insert, select, update

from supplychain.db import opaque
from supplychain.network import facts
from supplychain.network.imports import matching
from supplychain.network.imports.link_plan import Entry, Held, Key, LinkPlan, entry_of, plan
from supplychain.network.imports.rows import LinkRow, Result
from supplychain.network.link_rules import Side, newly_confirmed
from supplychain.network.models import Organization, SupplyLink
from supplychain.network.standing import UNCLAIMED
from supplychain.work import Work

_LINKS = cast(Table, SupplyLink.__table__)
_FOUND = (
    SupplyLink.buyer,
    SupplyLink.supplier,
    SupplyLink.category,
    SupplyLink.owner,
    SupplyLink.run,
    SupplyLink.periods,
    SupplyLink.number,
    SupplyLink.id,
    SupplyLink.share,
    SupplyLink.flow_down,
    SupplyLink.disclosure_buyer,
    SupplyLink.disclosure_supplier,
    SupplyLink.dispute,
    SupplyLink.reviewer,
)
_UPDATE = (
    update(_LINKS)
    .where(_LINKS.c.number == bindparam("at"))
    .values(
        {
            **{
                name: bindparam(name)
                for name in (
                    "periods",
                    "share",
                    "flow_down",
                    "disclosure_buyer",
                    "disclosure_supplier",
                    "dispute",
                    "reviewer",
                    "joined_into",
                )
            },
            "version": _LINKS.c.version + 1,
        }
    )
)


def match(work: Work, rows: Sequence[LinkRow]) -> tuple[list[Entry], list[Result]]:
    """Find the organizations that rows name: entries to write, and results of rows that name none."""
    references = {one for row in rows for one in (row.buyer, row.supplier) if one is not None}
    found = matching.resolve(work, references)
    entries: list[Entry] = []
    results: list[Result] = []
    for row in rows:
        one = entry_of(row, work.actor.organization, found)
        if isinstance(one, Entry):
            entries.append(one)
        else:
            results.append(one)
    return entries, results


def prepare(work: Work, entries: Sequence[Entry]) -> LinkPlan:
    """The plan of some entries, on the links as they are in this transaction."""
    return plan(entries, _known(work, entries), work.today)


def apply(work: Work, made: LinkPlan) -> None:
    """Write a plan; tell the engine, and those who may hear of it."""
    _create(work, made.created)
    update_held(work, made.updated)
    name(made)
    changed = [*made.created, *made.updated]
    work.change(*(held.fact() for held in changed))
    _tell(work, changed)


def name(made: LinkPlan) -> None:
    """Say of every row which link it speaks of, as far as there is one."""
    for result in made.results:
        result.subject = made.targets[result.row].survivor.id or None


def _known(work: Work, entries: Iterable[Entry]) -> Mapping[Key, Sequence[Held]]:
    """Every link of the entries' keys, locked, in order of recording."""
    keys = {entry.key for entry in entries}
    me = work.actor.organization
    ends: dict[Side, set[int]] = defaultdict(set)
    for entry in entries:
        buyer, supplier, _, _ = entry.key
        ends[entry.side].add(supplier if entry.side is Side.BUYER else buyer)
    found: dict[int, Held] = {}
    for side, column, condition in (
        (Side.BUYER, SupplyLink.supplier, and_(SupplyLink.buyer == me, SupplyLink.owner == 0)),
        (Side.SUPPLIER, SupplyLink.buyer, and_(SupplyLink.supplier == me, SupplyLink.owner == 0)),
        (Side.OWNER, SupplyLink.buyer, SupplyLink.owner == me),
    ):
        for held in select_held(work, condition, column, ends.get(side, ())):
            if held.key in keys:
                found[held.number] = held
    known: defaultdict[Key, list[Held]] = defaultdict(list)
    for number in sorted(found):
        known[found[number].key].append(found[number])
    return known


def select_held(work: Work, condition: ColumnElement[bool], column: Any, values: Collection[int]) -> Iterable[Held]:
    """Links whose column has one of the values; locked in a unit that writes."""
    query = select(*_FOUND).where(condition).order_by(SupplyLink.number)
    if work.writes:
        query = query.with_for_update()
    for buyer, supplier, category, owner, run, periods, *rest in matching.rows_in(work, query, column, values):
        held = Held((buyer, supplier, category, owner), run, facts.periods_of(periods), *rest)
        held.before = held.image()
        yield held


def _create(work: Work, created: Sequence[Held]) -> None:
    if not created:
        return
    rows = []
    by_id: dict[str, Held] = {}
    for held in created:
        held.id = opaque("lnk")
        by_id[held.id] = held
        rows.append(_inserted(work, held))
    statement = insert(_LINKS).returning(_LINKS.c.id, _LINKS.c.number)
    for public, number in work.session.execute(statement, rows):
        by_id[public].number = number


def _inserted(work: Work, held: Held) -> dict[str, Any]:
    buyer, supplier, category, owner = held.key
    return {
        "id": held.id,
        "buyer": buyer,
        "supplier": supplier,
        "category": category,
        "owner": owner,
        "run": held.run,
        "created_at": work.now,
        "version": 1,
        **_written(held),
    }


def update_held(work: Work, updated: Sequence[Held]) -> None:
    """Write what was made of links that were there."""
    if updated:
        work.session.execute(_UPDATE, [{"at": held.number, **_written(held)} for held in updated])


def _written(held: Held) -> dict[str, Any]:
    return {
        "periods": facts.stored_periods(held.periods),
        "share": held.share,
        "flow_down": held.flow_down,
        "disclosure_buyer": held.disclosure_buyer,
        "disclosure_supplier": held.disclosure_supplier,
        "dispute": held.dispute,
        "reviewer": held.reviewer,
        "joined_into": held.joined.number if held.joined else None,
    }


def _tell(work: Work, changed: Sequence[Held]) -> None:
    """An event for every open link whose other end has somebody to hear of it."""
    opened = [held for held in changed if not held.key[3] and held.periods]
    me = work.actor.organization
    others = {number for held in opened for number in held.key[:2]} - {me}
    query = select(Organization.number).where(Organization.claim != UNCLAIMED)
    hearing = {number for (number,) in matching.rows_in(work, query, Organization.number, others)}
    for held in opened:
        buyer, supplier, _, _ = held.key
        if hearing.isdisjoint({buyer, supplier}):
            continue
        old = held.before[0] if held.before else ()
        kind = "link.confirmed" if newly_confirmed(old, held.periods) else "link.claimed"
        by = Side.BUYER if buyer == me else Side.SUPPLIER
        if held.before is None or old != held.periods:
            work.emit(kind, held.id, supplier, buyer=buyer, supplier=supplier, by=str(by))
