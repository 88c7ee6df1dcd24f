"""Networks to measure on, written through rows and facts as the application writes them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from supplychain import lease, migrate, wiring
from supplychain.accounts import operations as accounts
from supplychain.config import Settings
from supplychain.db import Database
from supplychain.jobs import Job
from supplychain.network import calendar, facts
from supplychain.network.models import Organization, SupplyLink
from supplychain.requirements.facts import fact_of
from supplychain.requirements.models import Requirement
from supplychain.work import Runtime, Work, run

FRAMEWORK = "eseec-electronics@1"


@dataclass(frozen=True, slots=True)
class Built:
    """A built network: its database, keys of a brand and its suppliers, and the id of one of them."""

    url: str
    brand_key: str
    supplier_keys: tuple[str, ...]
    supplier_id: str


def build(path: Path, *, suppliers: int, brands: int) -> Built:
    """Suppliers that each serve every one of the brands, each brand with a requirement of its own."""
    url = f"sqlite:///{path}"
    database = Database(url)
    migrate.upgrade(database)
    runtime = wiring.runtime(Settings(database_url=url), database)
    calendar.advance_day(runtime)
    numbers = run(runtime, lambda work: organizations(work, suppliers + brands))
    sellers, buyers = numbers[:suppliers], numbers[suppliers:]
    for one in sellers:
        run(runtime, lambda work, one=one: links(work, [(buyer, one) for buyer in buyers]))
    for start in range(0, len(buyers), 250):
        run(runtime, lambda work, start=start: requirements(work, buyers[start : start + 250]))
    brand_key = run(runtime, lambda work: key(work, buyers[0], "brand"))
    supplier_keys = run(runtime, lambda work: tuple(key(work, one, "supplier") for one in sellers))
    public = run(runtime, lambda work: work.session.get_one(Organization, sellers[0]).id)
    drain(runtime)
    database.dispose()
    return Built(url, brand_key, supplier_keys, public)


def organizations(work: Work, count: int) -> list[int]:
    rows = [
        Organization(name=f"Organization {n:05}", country="CN", claim="verified", created_at=work.now)
        for n in range(count)
    ]
    work.session.add_all(rows)
    work.session.flush()
    work.change(*map(facts.of_organization, rows))
    return [row.number for row in rows]


def links(work: Work, pairs: Sequence[tuple[int, int]], disclosure: str = "pseudonym") -> None:
    """Confirmed links of buyers and suppliers, disclosed as both wish."""
    rows = [
        SupplyLink(
            buyer=buyer,
            supplier=supplier,
            category="8534",
            periods=[[None, None, "confirmed"]],
            disclosure_buyer=disclosure,
            disclosure_supplier=disclosure,
            created_at=work.now,
        )
        for buyer, supplier in pairs
    ]
    work.session.add_all(rows)
    work.session.flush()
    work.change(*map(facts.of_link, rows))


def requirements(work: Work, issuers: Sequence[int]) -> None:
    for issuer in issuers:
        row = Requirement(
            issuer=issuer,
            title="OHS",
            framework=FRAMEWORK,
            pillar="ohs",
            schedule=[3, 2, 1],
            beyond="hold",
            grace=[12, 18, 24],
            link_scope=["85"],
            scope_applies="every",
            supplier_scope={},
            effective_from=work.today,
            state="published",
            published_at=work.now,
            created_at=work.now,
        )
        work.session.add(row)
        work.session.flush()
        work.change(fact_of(row, ("ohs",), work.today))


def key(work: Work, organization: int, role: str) -> str:
    person = accounts.enroll(work, organization, email=f"{role}{organization}@example.org", name=role, roles=[role])
    return accounts.issue_key(work, organization, person.number, roles=[role])[1]


def drain(runtime: Runtime) -> None:
    """Do the jobs that building left behind, as the worker would."""
    handlers = wiring.job_handlers()
    while jobs := run(runtime, lambda work: list(lease.claim(work.session, Job, "bench", work.now))):
        for job in jobs:
            handlers[job.kind](runtime, job, "bench")
