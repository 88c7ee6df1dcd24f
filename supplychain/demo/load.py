"""Writes the demo network: rows in bulk, facts through units of work, in parts that are resumed where they ended."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain
from random import Random
from typing import Any

from sqlalchemy import select

from supplychain.audit import AuditEntry
from supplychain.conformity import protected
from supplychain.demo import dealings, extras, plating
from supplychain.demo.demands import DEMANDS, Demand, effective_from, effective_to
from supplychain.demo.organizations import enter, numbers_of
from supplychain.demo.plan import SEED, Company, Plan, Trade, make
from supplychain.demo.proofs import Values, evidence_of, profile_of
from supplychain.demo.words import public
from supplychain.evidence.models import Evidence
from supplychain.frameworks import registry
from supplychain.network import calendar, engine, facts
from supplychain.network.models import Organization, SupplyLink
from supplychain.requirements import rules
from supplychain.requirements.facts import fact_of
from supplychain.requirements.models import Requirement
from supplychain.work import Runtime, Work, run
from supplychain.worker import Worker

FRAMEWORK = "eseec-electronics@1"
LOADED = "demo.loaded"
LINKS, SUPPLIERS = 900, 90
"""So many rows, and so many suppliers with their evidence, in one unit of work."""
Part = tuple[str, Callable[[Work], None]]
Progress = Callable[[int, int], None]


class NotEmpty(Exception):
    """The database holds somebody's data that is not the demo."""


def load(runtime: Runtime, progress: Progress | None = None) -> bool:
    """Load the demo network, or what is missing of it; whether anything was missing. Raises NotEmpty.

    Dates count from the day of the first part, so that a load that was interrupted stays of one piece.
    """
    done, first_day = _done(runtime)
    if not done:
        _must_be_empty(runtime)
    calendar.advance_day(runtime)
    plan = make()
    parts = _parts(plan, first_day or run(runtime, lambda work: work.today))
    missing = [part for part in parts if part[0] not in done]
    for at, (name, body) in enumerate(missing, len(parts) - len(missing)):
        if progress:
            progress(at, len(parts))
        run(runtime, lambda work, name=name, body=body: _part(work, name, body))  # type: ignore[misc] # bound now
        Worker(runtime).run(once=True)  # what a part leaves to a job is there before the next
    if progress:
        progress(len(parts), len(parts))
    return bool(missing)


def is_loaded(runtime: Runtime) -> bool:
    """Whether the whole demo network is there."""
    done, first_day = _done(runtime)
    return bool(done) and all(name in done for name, _ in _parts(make(), first_day or date.min))


def _parts(plan: Plan, day: date) -> Sequence[Part]:
    """The parts in their order: whatever one refers to is in one before it."""
    return [
        ("organizations", lambda work: enter(work, plan)),
        *_chunked("links", plan.links, LINKS, _links, day),
        ("facts", lambda work: plating.state(work, plan, day)),
        *_chunked("evidence", plan.companies, SUPPLIERS, _evidence, day),
        ("requirements", lambda work: _requirements(work, plan, day)),
        ("extras", lambda work: extras.add(work, plan, day)),
        ("dealings", lambda work: dealings.add(work, plan, day)),
        ("register", lambda work: extras.register_suppliers(work, plan)),
        ("cells", lambda work: protected.compute(work, engine.network(work), work.today)),
    ]


def _chunked(
    name: str, rows: Sequence[Any], size: int, write: Callable[[Work, Sequence[Any], date], None], day: date
) -> Iterator[Part]:
    for start in range(0, len(rows), size):
        chunk = rows[start : start + size]
        yield f"{name} {start}", lambda work, chunk=chunk: write(work, chunk, day)  # type: ignore[misc] # bound now


def _part(work: Work, name: str, body: Callable[[Work], None]) -> None:
    body(work)
    work.record(LOADED, name, day=work.today, seed=SEED)


def _done(runtime: Runtime) -> tuple[set[str], date | None]:
    """The parts that were committed, and the day of the first."""
    query = select(AuditEntry.subject, AuditEntry.data).where(AuditEntry.action == LOADED).order_by(AuditEntry.number)
    rows = run(runtime, lambda work: work.session.execute(query).all())
    return {one.subject for one in rows}, date.fromisoformat(rows[0].data["day"]) if rows else None


def _must_be_empty(runtime: Runtime) -> None:
    if run(runtime, lambda work: work.session.scalar(select(Organization.number).limit(1))) is not None:
        raise NotEmpty


# Links --------------------------------------------------------------------------------------


def _links(work: Work, links: Sequence[Trade], day: date) -> None:
    numbers = numbers_of(work)
    rows = [_link(work, one, numbers, day) for one in links]
    work.session.add_all(rows)
    work.session.flush()
    work.change(*map(facts.of_link, rows))


def _link(work: Work, one: Trade, numbers: Mapping[str, int], day: date) -> SupplyLink:
    disputed = one.state == "disputed"
    return SupplyLink(
        id=public("lnk", one.buyer, one.supplier, one.category, one.owner or ""),
        buyer=numbers[one.buyer],
        supplier=numbers[one.supplier],
        category=one.category,
        owner=numbers[one.owner] if one.owner else 0,
        share=one.share,
        flow_down=one.flow_down,
        disclosure_buyer=one.buyer_wish,
        disclosure_supplier=one.supplier_wish,
        periods=_periods(one, day),
        dispute={"by": numbers[one.supplier], "reason": "not_a_customer", "note": None} if disputed else None,
        created_at=work.now,
    )


def _periods(one: Trade, day: date) -> list[list[str | None]]:
    first = (day + timedelta(days=one.since)).isoformat()
    if one.state == "ended":
        turn = day - timedelta(days=60)
        before = (turn - timedelta(days=1)).isoformat()
        return [[first, before, "confirmed"], [turn.isoformat(), None, "ended"]]
    return [[first, (day + timedelta(days=one.until)).isoformat() if one.until else None, one.state]]


# Evidence -----------------------------------------------------------------------------------


def _evidence(work: Work, companies: Sequence[Company], day: date) -> None:
    """Evidence that nothing is derived from yet: the requirements come next, and then it is done once for all."""
    framework, index = registry(work).get(FRAMEWORK), registry(work).get(plating.INDEX)
    assert framework is not None, "the electronics pack ships with the package"
    assert index is not None, "so does the index"
    numbers = numbers_of(work)
    for company in companies:
        profile = profile_of(Random(f"{SEED} {company.key}"), company)
        rows = chain(evidence_of(framework, company, profile, day), plating.readings_of(index, company, day))
        work.session.add_all(_rows_of(rows, company, numbers, day))
    work.session.flush()


def _rows_of(rows: Iterable[Values], company: Company, numbers: Mapping[str, int], day: date) -> Iterator[Evidence]:
    for at, values in enumerate(rows):
        yield from _row_of(company, at, dict(values), numbers, day)


def _row_of(company: Company, at: int, values: Values, numbers: Mapping[str, int], day: date) -> Iterator[Evidence]:
    """A row; what is about a site is about every plant, and the last plant of some lags behind the others."""
    site = values.pop("site")
    plants = company.plants if site else ()
    if plants and int(company.key[-1]) % 2:
        plants = plants[:-1]
    seen: date = values["observed_to"] or day
    received = min(seen + timedelta(days=5), day - timedelta(days=3))
    reviewed = values["state"] != "submitted"
    yield Evidence(
        id=public("evd", company.key, at),
        organization=numbers[company.key],
        holder=numbers[company.key],
        sites=[numbers[plant] for plant in plants],
        received_at=_morning(received),
        submitted_by=numbers[company.key],
        reviewer=numbers["reviewer"] if reviewed else None,
        reviewed_at=_morning(received + timedelta(days=2)) if reviewed else None,
        **values,
    )


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(8), UTC)


# Requirements -------------------------------------------------------------------------------


def _requirements(work: Work, plan: Plan, day: date) -> None:
    numbers = numbers_of(work)
    work.touch(*(numbers[one.key] for one in plan.companies))
    made: dict[str, Requirement] = {}
    for demand in DEMANDS:
        row = _requirement(demand, numbers, made, day)
        work.session.add(row)
        work.session.flush()
        made[demand.key] = row
        if demand.published:
            work.change(_published(work, row, demand, day))


def _requirement(demand: Demand, numbers: Mapping[str, int], made: Mapping[str, Requirement], day: date) -> Requirement:
    return Requirement(
        id=public("req", demand.key),
        issuer=numbers[demand.issuer],
        title=demand.title,
        framework=FRAMEWORK,
        pillar=demand.pillar,
        schedule=list(demand.schedule),
        beyond=demand.beyond,
        grace=list(demand.grace),
        link_scope=list(demand.link_scope),
        scope_applies=demand.scope_applies,
        supplier_scope=demand.supplier_scope,
        effective_from=effective_from(demand, day),
        effective_to=effective_to(demand, day),
        named=demand.named,
        state="published" if demand.published else "draft",
        predecessor=made[demand.amends].number if demand.amends else None,
        published_at=_morning(_published_on(demand, day)) if demand.published else None,
        created_at=_morning(_published_on(demand, day)),
    )


def _published(work: Work, row: Requirement, demand: Demand, day: date) -> Any:
    asked = rules.Demand(row.framework, row.pillar, row.schedule)
    framework = registry(work).get(row.framework)
    assert framework is not None, "the electronics pack ships with the package"
    return fact_of(row, rules.pillars_of(asked, framework), _published_on(demand, day))


def _published_on(demand: Demand, day: date) -> date:
    return min(effective_from(demand, day) - timedelta(days=30), day)


__all__ = ["FRAMEWORK", "NotEmpty", "is_loaded", "load"]
