"""Networks to measure on, written through rows and facts as the application writes them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from graph.memory import Memory
from supplychain import heads, lease, migrate, wiring
from supplychain.accounts import operations as accounts
from supplychain.config import Settings
from supplychain.db import Database
from supplychain.evidence.models import Evidence
from supplychain.jobs import Job
from supplychain.network import calendar, facts, log
from supplychain.network.engine import Engine, Past
from supplychain.network.models import Organization, SupplyLink
from supplychain.requirements.facts import fact_of
from supplychain.requirements.models import Requirement
from supplychain.work import Runtime, Work, run

FRAMEWORK: Final = "eseec-electronics@1"


@dataclass(frozen=True, slots=True)
class Built:
    """A built network: its database, keys of a brand and its suppliers, and the id of one of them."""

    url: str
    brand_key: str
    supplier_keys: tuple[str, ...]
    supplier_id: str


def build(path: Path, *, suppliers: int, brands: int) -> Built:
    """Suppliers that each serve every one of the brands, each brand with a requirement of its own."""
    runtime = opened(path)
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
    runtime.database.dispose()
    return Built(runtime.settings.database_url, brand_key, supplier_keys, public)


def opened(database: Path | str, **settings: Any) -> Runtime:
    """A runtime on a database, made if there is none: a file of SQLite, or a URL."""
    url = database if isinstance(database, str) else f"sqlite:///{database}"
    runtime = wiring.runtime(Settings(database_url=url, **settings), Database(url))
    migrate.upgrade(runtime.database)
    return runtime


def quick(runtime: Runtime) -> Runtime:
    """The runtime with which changes are logged and nothing is derived from them."""
    return replace(runtime, derive=_only_log)


def _only_log(work: Work) -> None:
    if work.changes:
        log.append(work.session, heads.next_revision(work.session, heads.NETWORK), work.changes, work.now)


def record(work: Work, rows: Sequence[Any], fact: Callable[[Any], Any]) -> list[int]:
    """Write rows and the facts that they are; their numbers."""
    work.session.add_all(rows)
    work.session.flush()
    work.change(*map(fact, rows))
    return [row.number for row in rows]


def organizations(work: Work, count: int) -> list[int]:
    rows = [
        Organization(name=f"Organization {n:05}", country="CN", claim="verified", created_at=work.now)
        for n in range(count)
    ]
    return record(work, rows, facts.of_organization)


def link(work: Work, buyer: int, supplier: int, disclosure: str = "pseudonym", **said: Any) -> SupplyLink:
    """A row: confirmed for ever unless more is said, disclosed as both wish."""
    usual = {"category": "8534", "periods": [[None, None, "confirmed"]], "created_at": work.now}
    wishes = {"disclosure_buyer": disclosure, "disclosure_supplier": disclosure}
    return SupplyLink(buyer=buyer, supplier=supplier, **{**usual, **wishes, **said})


def links(work: Work, pairs: Sequence[tuple[int, int]], disclosure: str = "pseudonym") -> None:
    """Confirmed links of buyers and suppliers, disclosed as both wish."""
    record(work, [link(work, *pair, disclosure) for pair in pairs], facts.of_link)


def demand(work: Work, issuer: int, **said: Any) -> Requirement:
    """A row: published and in force from today on, unless more is said."""
    usual = {
        "title": "OHS",
        "framework": FRAMEWORK,
        "pillar": "ohs",
        "schedule": [3, 2, 1],
        "beyond": "hold",
        "grace": [12, 18, 24],
        "link_scope": [],
        "scope_applies": "every",
        "supplier_scope": {},
        "effective_from": work.today,
        "state": "published",
        "published_at": work.now,
        "created_at": work.now,
    }
    return Requirement(issuer=issuer, **{**usual, **said})


def publish(work: Work, rows: Sequence[Requirement]) -> None:
    """Record requirements of one pillar each."""
    record(work, rows, lambda row: fact_of(row, (row.pillar,), work.today))


def requirements(work: Work, issuers: Sequence[int]) -> None:
    """One of each issuer."""
    publish(work, [demand(work, issuer, link_scope=["85"]) for issuer in issuers])


def answers(work: Work, numbers: Sequence[int], **said: Any) -> None:
    """A piece of accepted evidence of each organization, from today."""
    usual = {"kind": "answer", "framework": FRAMEWORK.partition("@")[0], "state": "accepted"}
    days = {"observed_from": work.today, "observed_to": work.today, "received_at": work.now}
    work.session.add_all(
        Evidence(organization=one, holder=one, submitted_by=one, **usual, **days, **said) for one in numbers
    )
    work.session.flush()
    work.touch(*numbers)


def key(work: Work, organization: int, role: str) -> str:
    person = accounts.enroll(work, organization, email=f"{role}{organization}@example.org", name=role, roles=[role])
    return accounts.issue_key(work, organization, person.number, roles=[role])[1]


def drain(runtime: Runtime) -> None:
    """Do the jobs that building left behind, as the worker would."""
    handlers = wiring.job_handlers()
    while jobs := run(runtime, lambda work: list(lease.claim(work.session, Job, "bench", work.now))):
        for job in jobs:
            handlers[job.kind](runtime, job, "bench")


def forget(runtime: Runtime) -> None:
    """Let nothing be remembered but the present network itself."""
    runtime.components.pop(Past, None)
    runtime.component(Engine).state.network.memory = Memory()
