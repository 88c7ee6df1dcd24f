"""A database of its own, people with keys, and units of work of 1,000 for what a reviewer does by the thousand."""

import logging
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import select

from supplychain import lease, migrate, telemetry, wiring
from supplychain.accounts import operations as accounts
from supplychain.accounts.permissions import Role, permissions_of
from supplychain.app import create_app
from supplychain.config import Settings
from supplychain.db import Database
from supplychain.jobs import Job
from supplychain.network import calendar, facts
from supplychain.network.models import Organization
from supplychain.work import Actor, Runtime, Work, run
from tests.conftest import publish_packs
from tests.world import Member

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("SUPPLYCHAIN_DATA", ROOT / ".." / "shared" / "data"))
PACKS = ROOT / "tests" / "packs"


class Stage:
    """One database with the application on it."""

    def __init__(self, folder: Path) -> None:
        url = f"sqlite:///{folder}/trial.db"
        self.runtime: Runtime = wiring.runtime(
            Settings(database_url=url, files_url=str(folder / "files"), packs=(PACKS,)), Database(url)
        )
        migrate.upgrade(self.runtime.database)
        publish_packs(self.runtime.database)
        calendar.advance_day(self.runtime)
        telemetry.configure(level=logging.WARNING)
        self.app = create_app(runtime=self.runtime)

    def join(self, name: str, role: Role) -> tuple[Member, Actor]:
        """A verified organization with a key, and the actor it is."""

        def body(work: Work) -> tuple[int, str, str, int]:
            row = Organization(name=name, claim="verified", created_at=work.now)
            work.session.add(row)
            work.session.flush()
            work.change(facts.of_organization(row))
            email = f"{row.number}@example.org"
            person = accounts.enroll(work, row.number, email=email, name=name, roles=[role])
            _, key = accounts.issue_key(work, row.number, person.number, roles=[role])
            return row.number, row.id, key, person.number

        number, public, key, person_number = run(self.runtime, body)
        actor = Actor(
            organization=number,
            organization_id=public,
            person=person_number,
            roles=frozenset({str(role)}),
            permissions=permissions_of([role], []),
            verified=True,
        )
        return Member(self.app.test_client(), key, number, public), actor

    def verify_all(self) -> None:
        """Take everybody for a verified owner of its entry, as if a reviewer had seen their papers."""

        def body(work: Work) -> None:
            for row in work.session.scalars(select(Organization).where(Organization.claim != "verified")):
                row.claim = "verified"
                work.session.flush()
                work.change(facts.of_organization(row))

        run(self.runtime, body)

    def key_for(self, organization_id: str, role: Role) -> Member:
        """A key for somebody of an organization that is there."""

        def body(work: Work) -> tuple[int, str]:
            row = work.session.scalars(select(Organization).where(Organization.id == organization_id)).one()
            email = f"{row.number}@example.org"
            person = accounts.enroll(work, row.number, email=email, name=row.name, roles=[role])
            return row.number, accounts.issue_key(work, row.number, person.number, roles=[role])[1]

        number, key = run(self.runtime, body)
        return Member(self.app.test_client(), key, number, organization_id)

    def by_thousands(self, actor: Actor, items: Sequence[Any], body: Callable[[Work, Sequence[Any]], Any]) -> None:
        """Do something for all items, a thousand a unit of work."""
        for start in range(0, len(items), 1000):
            chunk = items[start : start + 1000]
            run(self.runtime, lambda work, chunk=chunk: body(work, chunk), actor)  # type: ignore[misc] # bound now

    def assign(self, reviewer: int) -> None:
        """What the operator does for unclaimed organizations, and suppliers for themselves: name their reviewer."""

        def body(work: Work) -> None:
            for row in work.session.scalars(select(Organization).where(Organization.number != reviewer)):
                row.evidence_reviewer = reviewer

        run(self.runtime, body)

    def do_jobs(self) -> int:
        """Do what was left to the worker; how many jobs."""
        handlers = wiring.job_handlers()
        done = 0
        while jobs := run(self.runtime, lambda work: list(lease.claim(work.session, Job, "trial", work.now))):
            for job in jobs:
                handlers[job.kind](self.runtime, job, "trial")
                done += 1
        return done


@contextmanager
def staged() -> Iterator[Stage]:
    """A stage in a folder that goes when the block ends."""
    with TemporaryDirectory(prefix="supplychain-trial-") as folder:
        stage = Stage(Path(folder))
        try:
            yield stage
        finally:
            stage.runtime.database.dispose()
