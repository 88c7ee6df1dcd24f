"""A release with other rules: what was derived under the old ones does not stay, and nobody is derived twice."""

from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

from supplychain import jobs
from supplychain.audit import AuditEntry
from supplychain.cli import main
from supplychain.conformity import renewing, writing
from supplychain.conformity.models import Conformity
from supplychain.conformity.rules import RULES_VERSION
from supplychain.jobs import Job
from supplychain.network.models import Organization
from supplychain.work import Work
from supplychain.worker import Worker
from tests.conftest import PACKS
from tests.factories import building
from tests.world import World

NAMES = ("first", "second", "third")
OLDER, NEWER = str(int(RULES_VERSION) - 1), str(int(RULES_VERSION) + 1)


@pytest.fixture
def there(world: World) -> World:
    """Three mills derived by an older release, one of them with a level that today's rules do not give."""
    with building(world) as build:
        for name in NAMES:
            build.organization(name, country="MY", claim="verified")
            build.prove(name, 1)

    def older(work: Work) -> None:
        work.session.execute(update(Conformity).values(rules_version=OLDER))
        row = work.session.scalars(_rows().where(Organization.id == "org_second")).one()
        [(key, found)] = row.assessments.items()
        standings = {pillar: {**one, "level": 2} for pillar, one in found["standings"].items()}
        row.assessments = {key: {**found, "standings": standings}}

    world.do(older)
    return world


def _rows() -> Any:
    return (
        select(Conformity).join(Organization, Organization.number == Conformity.organization).order_by(Organization.id)
    )


def stored(world: World) -> dict[str, tuple[str, int | None]]:
    """By organization, the rules and the one level."""

    def body(work: Work) -> Any:
        names = select(Organization.id).join(Conformity, Organization.number == Conformity.organization)
        told = zip(work.session.scalars(names.order_by(Organization.id)), work.session.scalars(_rows()), strict=True)
        return {
            name: (
                row.rules_version,
                *(one["level"] for found in row.assessments.values() for one in found["standings"].values()),
            )
            for name, row in told
        }

    found: dict[str, tuple[str, int | None]] = world.do(body)
    return found


def asked(world: World) -> list[Job]:
    found: list[Job] = world.do(lambda work: list(work.session.scalars(select(Job).where(Job.kind == renewing.JOB))))
    return found


def test_the_worker_derives_anew_what_older_rules_left(there: World) -> None:
    Worker(there.runtime, dispatchers=()).run(once=True)
    assert stored(there) == {f"org_{name}": (RULES_VERSION, 1) for name in NAMES}
    [job] = asked(there)
    assert (job.state, job.progress_done) == ("done", len(NAMES))

    def told(work: Work) -> Any:
        changed = select(AuditEntry).where(
            AuditEntry.action == "level.changed", AuditEntry.rules_version == RULES_VERSION
        )
        return [(one.subject, one.data["before"], one.data["after"]) for one in work.session.scalars(changed)]

    assert ("org_second", 2, 1) in there.do(told)


def test_it_is_asked_for_once_and_not_again_when_done(there: World) -> None:
    assert [there.do(renewing.renew) for _ in range(2)] == [3, 3]
    assert len(asked(there)) == 1
    Worker(there.runtime, dispatchers=()).run(once=True)
    assert there.do(renewing.renew) == 0
    assert len(asked(there)) == 1


def test_the_upgrade_says_so_and_leaves_it_to_the_worker(there: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUPPLYCHAIN_DATABASE_URL", there.runtime.database.url.render_as_string(hide_password=False))
    monkeypatch.setenv("SUPPLYCHAIN_PACKS", str(PACKS))
    answer = CliRunner().invoke(main, ["db", "upgrade"])
    assert (answer.exit_code, "3 organizations were derived under older rules" in answer.output) == (0, True), (
        answer.output
    )
    assert [one.state for one in asked(there)] == ["waiting"]
    assert {version for version, _ in stored(there).values()} == {OLDER}


def test_a_worker_that_dies_is_gone_on_from_where_it_was(there: World, monkeypatch: pytest.MonkeyPatch) -> None:
    object.__setattr__(there.runtime.settings, "derive_limit", 1)
    real, steps = jobs.advance, iter(range(99))

    def dying(*given: Any) -> None:
        if next(steps) == 2:
            raise RuntimeError("killed")
        real(*given)

    monkeypatch.setattr(jobs, "advance", dying)
    Worker(there.runtime, dispatchers=()).run(once=True)
    assert [version for version, _ in stored(there).values()] == [RULES_VERSION, RULES_VERSION, OLDER]
    there.clock.advance(1)
    Worker(there.runtime, dispatchers=()).run(once=True)
    assert {version for version, _ in stored(there).values()} == {RULES_VERSION}


def test_a_process_of_an_older_release_leaves_newer_rows_and_jobs_alone(there: World) -> None:
    there.do(lambda work: work.session.execute(update(Conformity).values(rules_version=NEWER)))
    there.do(lambda work: work.enqueue(renewing.JOB, {"rules": NEWER}))
    Worker(there.runtime, dispatchers=()).run(once=True)
    assert {version for version, _ in stored(there).values()} == {NEWER}
    assert [one.state for one in asked(there)] == ["waiting"]


def test_a_release_with_newer_rules_marks_what_it_finds_unchanged(
    there: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    Worker(there.runtime, dispatchers=()).run(once=True)
    for module in (renewing, writing):
        monkeypatch.setattr(module, "RULES_VERSION", NEWER)
    Worker(there.runtime, dispatchers=()).run(once=True)
    assert stored(there) == {f"org_{name}": (NEWER, 1) for name in NAMES}
    assert len(asked(there)) == 2
