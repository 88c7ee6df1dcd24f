"""What moved, told to the engine as ordinary facts of the network, whichever way it moved."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlalchemy import select

from graph import network as graph
from supplychain.network import engine, facts, records
from supplychain.network.merges.journal import Step, numbers_in, table_named
from supplychain.network.models import Organization, OwnershipRow, SupplierRecord, SupplyLink
from supplychain.work import Work


def tell(work: Work, steps: Sequence[Step], both: tuple[int, int], network: graph.Network) -> None:
    """Say how everything is now that some steps changed.

    network: as it was before the unit, for requirements are another room's rows.
    """
    work.session.flush()
    rows = work.session.scalars(select(Organization).where(Organization.number.in_(both)))
    work.change(*(facts.of_organization(row) for row in rows))
    links = work.session.scalars(select(SupplyLink).where(SupplyLink.number.in_(numbers_in(steps, "supply_link"))))
    work.change(*(facts.of_link(row) for row in links))
    work.change(*_ownerships(work, steps))
    work.change(*_requirements(work, steps, network))
    work.change(*_waivers(work, steps, both, network))
    work.change(*(records.fact_of(work, *pair) for pair in sorted(_record_pairs(work, steps))))
    work.touch(*both, *_covered(work, steps))


def network_before(work: Work) -> graph.Network:
    """The network as it is before this unit changes anything."""
    return engine.network(work)


def _ownerships(work: Work, steps: Sequence[Step]) -> Iterable[graph.Ownership]:
    changed = numbers_in(steps, "ownership")
    found = {
        row.number: row for row in work.session.scalars(select(OwnershipRow).where(OwnershipRow.number.in_(changed)))
    }
    for number in sorted(changed):
        if number in found:
            yield facts.of_ownership(found[number])
        else:
            image = next(step.old for step in steps if step.column is None and step.key == {"number": number})
            yield graph.Ownership(number, image["child"], image["parent"])


def _requirements(work: Work, steps: Sequence[Step], network: graph.Network) -> Iterable[graph.Requirement]:
    table = table_named("requirement")
    query = select(table.c.number, table.c.issuer).where(table.c.number.in_(numbers_in(steps, "requirement")))
    for number, issuer in work.session.execute(query.order_by(table.c.number)):
        known = network.requirement(number)
        if known is not None:
            yield replace(known, issuer=issuer)


def _waivers(
    work: Work, steps: Sequence[Step], both: tuple[int, int], network: graph.Network
) -> Iterable[graph.Waiver]:
    table = table_named("waiver")
    query = select(table.c.number, table.c.supplier).where(table.c.number.in_(numbers_in(steps, "waiver")))
    suppliers = {row.number: row.supplier for row in work.session.execute(query)}
    for known in (one for end in both for one in network.waivers_of(end)):
        if known.number in suppliers:
            yield replace(known, supplier=suppliers[known.number])


def _record_pairs(work: Work, steps: Sequence[Step]) -> set[tuple[int, int]]:
    """Whose word on whom may be another now: before and after."""
    pairs: set[tuple[int, int]] = set()
    ends: dict[int, dict[str, set[int]]] = {}
    for step in steps:
        if step.table != "supplier_record":
            continue
        held = ends.setdefault(step.key["number"], {"owner": set(), "organization": set()})
        if step.column is None:
            for name, values in held.items():
                values.add(step.old[name])
        elif step.column in held:
            held[step.column] |= {step.old, step.new}
    query = select(SupplierRecord.number, SupplierRecord.owner, SupplierRecord.organization)
    for number, owner, organization in work.session.execute(query.where(SupplierRecord.number.in_(ends))):
        ends[number]["owner"].add(owner)
        ends[number]["organization"].add(organization)
    for held in ends.values():
        pairs |= {(owner, organization) for owner in held["owner"] for organization in held["organization"]}
    return pairs


def _covered(work: Work, steps: Sequence[Step]) -> set[int]:
    """Organizations whose evidence covers another site now."""
    table = table_named("evidence")
    query = select(table.c.organization).where(table.c.number.in_(numbers_in(steps, "evidence")))
    return set(work.session.scalars(query))
