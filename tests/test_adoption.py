"""A database from before versions were published: what it uses of folder packs goes on counting after the upgrade."""

from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, select

from supplychain import migrate, wiring
from supplychain.app import create_app
from supplychain.audit import AuditEntry
from supplychain.cli import main
from supplychain.frameworks.library import digest_of
from supplychain.frameworks.models import Publication
from supplychain.jobs import Job
from supplychain.work import Work
from supplychain.worker import Worker
from tests.conftest import PACKS
from tests.factories import building
from tests.world import World

KEY, BEFORE_PUBLICATIONS = "rspo-mill@1", "0010"
SHA256 = digest_of(PACKS / "rspo-1.yaml")


@pytest.fixture
def earlier(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """A brand that asks version 1 of a mill, and a certificate nobody asks for, where nothing is published yet."""
    with building(world) as build:
        build.member("brand", "brand")
        for name in ("mill", "other"):
            build.organization(name, country="MY", claim="verified")
            build.prove(name, 1)
        build.link("brand", "mill")
        build.require("brand", (1,), framework=KEY)
    database = world.runtime.database
    database.dispose()
    migrate.downgrade(database, BEFORE_PUBLICATIONS)
    database.dispose()
    monkeypatch.setenv("SUPPLYCHAIN_DATABASE_URL", database.url.render_as_string(hide_password=False))
    monkeypatch.setenv("SUPPLYCHAIN_PACKS", str(PACKS))
    return world


def upgrade(world: World) -> str:
    """What the command says; afterwards every process starts anew."""
    answer = CliRunner().invoke(main, ["db", "upgrade"])
    assert answer.exit_code == 0, answer.output
    world.runtime = wiring.runtime(world.runtime.settings, world.runtime.database)
    world.app = create_app(runtime=world.runtime)
    for member in world.members.values():
        member.client = world.app.test_client()
    return answer.output


def stands(world: World) -> list[tuple[Any, ...]]:
    [one] = world.members["brand"].get("/v1/suppliers/org_mill/status").json["obligations"]
    return [(one["framework"], one["achieved"], one["status"])]


def publications(world: World) -> list[tuple[Any, ...]]:
    columns = (Publication.framework, Publication.state, Publication.sha256, Publication.organization)
    found: list[tuple[Any, ...]] = world.do(lambda work: [tuple(row) for row in work.session.execute(select(*columns))])
    return found


def test_what_was_in_use_is_published_by_the_upgrade_and_goes_on_counting(earlier: World) -> None:
    said = upgrade(earlier)
    assert f"{KEY} was in use: recorded as published with SHA-256 {SHA256}" in said
    assert publications(earlier) == [(KEY, "published", SHA256, None)]
    assert stands(earlier) == [(KEY, 1, "met")]

    def told(work: Work) -> Any:
        entry = work.session.scalars(select(AuditEntry).where(AuditEntry.action == "framework.published")).one()
        return entry.actor_person, entry.data["framework"], entry.data["sha256"]

    assert earlier.do(told) == (None, KEY, SHA256)


def test_the_worker_derives_everybody_with_it(earlier: World) -> None:
    upgrade(earlier)
    earlier.clock.advance(30)  # the command tells the time by the real clock
    Worker(earlier.runtime, dispatchers=()).run(once=True)
    assert earlier.do(lambda work: {job.state for job in work.session.scalars(select(Job))}) == {"done"}
    assert stands(earlier) == [(KEY, 1, "met")]


def test_an_upgrade_that_is_run_again_records_and_says_nothing(earlier: World) -> None:
    upgrade(earlier)
    assert upgrade(earlier) == f"schema {migrate.head()}\n"
    assert len(publications(earlier)) == 1


def test_a_version_without_its_pack_is_named_and_counts_once_the_pack_is_there(
    earlier: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SUPPLYCHAIN_PACKS")
    assert f"{KEY} is in use, but no pack here has it" in upgrade(earlier)
    assert publications(earlier) == []
    monkeypatch.setenv("SUPPLYCHAIN_PACKS", str(PACKS))
    assert KEY in upgrade(earlier)
    assert stands(earlier) == [(KEY, 1, "met")]


def test_what_nobody_uses_still_takes_two_persons(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.do(lambda work: work.session.execute(delete(Publication)))
    url = world.runtime.database.url.render_as_string(hide_password=False)
    monkeypatch.setenv("SUPPLYCHAIN_DATABASE_URL", url)
    monkeypatch.setenv("SUPPLYCHAIN_PACKS", str(PACKS))
    assert upgrade(world) == f"schema {migrate.head()}\n"
    assert publications(world) == []
