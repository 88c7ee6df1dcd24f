"""Publishing a framework version: four eyes, a preview, and bytes that never change again."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select, update

from graph.cascade import obligations_of
from supplychain import wiring
from supplychain.accounts import operations as accounts
from supplychain.app import create_app
from supplychain.audit import AuditEntry
from supplychain.cli import main
from supplychain.conformity import derive, loading
from supplychain.conformity.appraisal import Bench, appraisal_of, readers, situation
from supplychain.conformity.models import Conformity
from supplychain.conformity.rules import assess
from supplychain.evidence.models import Evidence
from supplychain.frameworks import check
from supplychain.frameworks.document import PackErrors
from supplychain.frameworks.library import everything
from supplychain.frameworks.models import Publication
from supplychain.jobs import Job
from supplychain.network import engine
from supplychain.outbox import OutboxEvent
from supplychain.publishing import preview, spreading
from supplychain.work import Work
from supplychain.worker import Worker
from tests.conftest import PACKS
from tests.factories import building
from tests.racing import derived, together
from tests.world import START, Answer, Member, World

KEY, NEXT = "rspo-mill@1", "rspo-mill@2"


@pytest.fixture
def drafts(tmp_path: Path) -> Path:
    """A folder with a second, stricter version: mass balance is no level 1 any more."""
    folder = tmp_path / "drafts"
    folder.mkdir()
    text = (PACKS / "rspo-1.yaml").read_text("utf-8")
    stricter = text.replace('version: "1"', 'version: "2"').replace("{value: [rspo]}", '{value: ["rspo:IP"]}')
    (folder / "rspo-2.yaml").write_text(stricter, "utf-8")
    return folder


@pytest.fixture
def there(world: World, drafts: Path) -> World:
    """Two operators, mills on certificates of both kinds, and a brand that asks version 1 of one of them."""
    settings = replace(world.runtime.settings, packs=(PACKS, drafts))
    world.runtime = wiring.runtime(settings, world.runtime.database)
    world.app = create_app(runtime=world.runtime)
    first = world.join("First", "operator")

    world.members["Second"] = colleague(world, first, "Second")
    with building(world) as build:
        world.members["brand"] = build.member("brand", "brand")
        for name in ("balanced", "preserved", "silent"):
            build.organization(name, country="MY", claim="verified")
        build.link("brand", "preserved")
        build.prove("balanced", 1)
        build.prove("preserved", 2)
        build.require("brand", (1,), framework=KEY)
    return world


def colleague(world: World, of: Member, name: str) -> Member:
    """Another operator of the same organization."""

    def body(work: Work) -> str:
        person = accounts.enroll(work, of.number, email=f"{name.lower()}@example.org", name=name, roles=["operator"])
        return accounts.issue_key(work, of.number, person.number, roles=["operator"])[1]

    return Member(world.app.test_client(), world.do(body), of.number, of.id)


def propose(world: World) -> Any:
    answer = world.members["First"].post("/v1/publications", {"framework": NEXT, "reason": "Tighter"})
    assert answer.status_code == 201, answer.json
    return answer.json


def approve(world: World, who: str, row: Any, **other: Any) -> Any:
    body = {"sha256": row["sha256"], "reason": "Read", **other}
    return world.members[who].post(f"/v1/publications/{row['id']}/approve", body)


def work_off(world: World) -> None:
    Worker(world.runtime, dispatchers=()).run(once=True)


def published(world: World) -> Any:
    row = propose(world)
    work_off(world)
    answer = approve(world, "Second", row)
    assert answer.status_code == 200, answer.json
    work_off(world)
    return answer.json


def number(work: Work, name: str) -> int:
    return next(one.number for one in engine.network(work).organizations() if one.id == f"org_{name}")


def versions(world: World, name: str) -> set[str]:
    def body(work: Work) -> set[str]:
        query = select(Conformity.assessments).where(Conformity.organization == number(work, name))
        return set(work.session.scalar(query) or ())

    found: set[str] = world.do(body)
    return found


def test_the_preview_says_whose_levels_would_change_before_it_happens(there: World) -> None:
    row = propose(there)
    path = f"/v1/publications/{row['id']}"
    second = there.members["Second"]
    assert second.get(f"{path}/impact").json["complete"] is False
    work_off(there)
    impact = second.get(f"{path}/impact").json
    assert (impact["complete"], impact["organizations"]) == (True, 1)
    assert impact["steps"] == [{"pillar": "sourcing", "before": 1, "after": 0, "count": 1}]
    assert impact["by_country"] == [{"value": "MY", "count": 1}]
    [shift] = second.get(f"{path}/shifts?pillar=sourcing&country=MY").json["items"]
    assert (shift["organization"]["id"], shift["before"], shift["after"]) == ("org_balanced", 1, 0)
    assert second.get(f"{path}/shifts?country=CN").json["items"] == []
    shown = second.get(path).json["preview"]
    assert (shown["against"], shown["state"], shown["done"]) == (KEY, "done", shown["total"])
    assert versions(there, "balanced") == {KEY}


def test_nobody_approves_what_it_proposed_or_before_the_preview_is_done(there: World) -> None:
    row = propose(there)
    assert approve(there, "Second", row).json["code"] == "preview-unfinished"
    work_off(there)
    own = approve(there, "First", row)
    assert (own.status_code, own.json["code"]) == (403, "second-person-needed")
    assert approve(there, "Second", row, sha256="0" * 64).json["code"] == "pack-changed"
    assert approve(there, "Second", row).json["state"] == "published"
    assert approve(there, "Second", row).json["code"] == "publication-decided"


def test_a_draft_is_visible_to_operators_alone(there: World) -> None:
    brand = there.members["brand"]
    assert brand.get(f"/v1/frameworks/{NEXT}").status_code == 404
    assert there.members["First"].get(f"/v1/frameworks/{NEXT}").status_code == 200
    assert brand.post("/v1/publications", {"framework": NEXT, "reason": "x"}).status_code == 403
    published(there)
    assert brand.get(f"/v1/frameworks/{NEXT}").status_code == 200


def test_a_publication_changes_no_obligation_and_is_a_recorded_fact(there: World) -> None:
    def owed(work: Work) -> Any:
        network = engine.network(work)
        return [str(one) for one in obligations_of(network, number(work, "preserved"), network.day)]

    before = there.do(owed)
    row = published(there)
    assert before == there.do(owed) != []
    # Who is asked for version 1 stays with it; whose evidence nobody asks for is held against the newest.
    assert versions(there, "preserved") == {KEY}
    assert versions(there, "balanced") == {NEXT}
    assert (row["proposed_by"]["name"], row["decided_by"]["name"]) == ("First", "Second")

    def told(work: Work) -> Any:
        entry = work.session.scalars(select(AuditEntry).where(AuditEntry.action == "framework.published")).one()
        return entry.data["sha256"], entry.data["reason"]

    assert there.do(told) == (row["sha256"], "Read")


def test_a_requirement_moves_over_by_amendment(there: World) -> None:
    brand = there.members["brand"]
    [mine] = brand.get("/v1/requirements").json["items"]
    wanted = {"framework": NEXT, "effective_from": "2026-12-01"}
    assert brand.post(f"/v1/requirements/{mine['id']}/amend", wanted).status_code == 422
    published(there)
    assert brand.post(f"/v1/requirements/{mine['id']}/amend", wanted).status_code == 201


def test_a_pack_that_is_not_what_was_published_is_refused_at_start_and_by_check(
    there: World, drafts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(there)
    other = drafts.parent / "other"
    other.mkdir()
    text = (drafts / "rspo-2.yaml").read_text("utf-8")
    (other / "rspo-2.yaml").write_text(text + "# a word more\n", "utf-8")
    settings = replace(there.runtime.settings, packs=(PACKS, other))
    with pytest.raises(PackErrors, match="published-pack-changed"):
        create_app(runtime=wiring.runtime(settings, there.runtime.database))
    with pytest.raises(PackErrors, match="published-pack-missing"):
        check(wiring.runtime(replace(settings, packs=(PACKS,)), there.runtime.database))
    monkeypatch.setenv("SUPPLYCHAIN_DATABASE_URL", there.runtime.database.url.render_as_string(hide_password=False))
    assert CliRunner().invoke(main, ["framework", "check", str(drafts / "rspo-2.yaml")]).exit_code == 0
    answer = CliRunner().invoke(main, ["framework", "check", str(other / "rspo-2.yaml")])
    assert (answer.exit_code, "published-pack-changed" in answer.output) == (2, True)


def test_a_preview_that_was_interrupted_goes_on_where_it_was(there: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preview, "CHUNK", 1)
    row = propose(there)
    real, calls = preview._rows, iter(range(99))

    def dying(*given: Any) -> Any:
        if next(calls) == 3:
            raise RuntimeError("killed")
        return real(*given)

    monkeypatch.setattr(preview, "_rows", dying)
    work_off(there)
    assert there.members["First"].get(f"/v1/publications/{row['id']}").json["preview"]["done"] == 3
    there.clock.advance(1)
    work_off(there)
    impact = there.members["First"].get(f"/v1/publications/{row['id']}/impact").json
    assert (impact["complete"], impact["organizations"]) == (True, 1)


def test_a_refused_version_may_be_proposed_anew(there: World) -> None:
    row = propose(there)
    again = there.members["First"].post("/v1/publications", {"framework": NEXT, "reason": "Again"})
    assert (again.status_code, again.json["code"]) == (409, "framework-proposed")
    refused = there.members["Second"].post(f"/v1/publications/{row['id']}/refuse", {"reason": "A typing error"})
    assert (refused.json["state"], refused.json["decision"]) == ("refused", "A typing error")
    assert propose(there)["id"] != row["id"]


@pytest.mark.parametrize(("key", "status"), [("eseec-electronics@1", 409), ("nothing@1", 422)])
def test_what_ships_or_has_no_pack_cannot_be_proposed(there: World, key: str, status: int) -> None:
    assert there.members["First"].post("/v1/publications", {"framework": key, "reason": "x"}).status_code == status


def test_the_command_line_asks_two_persons_as_well(there: World, drafts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUPPLYCHAIN_DATABASE_URL", there.runtime.database.url.render_as_string(hide_password=False))
    monkeypatch.setenv("SUPPLYCHAIN_PACKS", f"{PACKS}:{drafts}")
    command = ["framework", "publish", str(drafts / "rspo-2.yaml"), "--reason", "Tighter", "--key"]

    def say(who: str) -> Any:
        return CliRunner().invoke(main, [*command, there.members[who].key])

    assert say("brand").exit_code == 2
    assert "is proposed as pub_" in say("First").output
    there.clock.advance(30)  # the command tells the time by the real clock
    work_off(there)
    assert say("First").exit_code == 2
    answer = say("Second")
    assert (answer.exit_code, "sourcing: 1 -> 0: 1" in answer.output) == (0, True), answer.output


def test_a_version_goes_from_one_person_s_file_to_what_suppliers_owe(
    there: World, drafts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Checked, proposed, looked at, refused to its own author, approved by another, and moved over to by amendment."""
    monkeypatch.setenv("SUPPLYCHAIN_DATABASE_URL", there.runtime.database.url.render_as_string(hide_password=False))
    monkeypatch.setenv("SUPPLYCHAIN_PACKS", f"{PACKS}:{drafts}")
    with building(there) as build:
        build.link("brand", "balanced")
    brand, second = there.members["brand"], there.members["Second"]
    [asked] = brand.get("/v1/requirements").json["items"]
    file = str(drafts / "rspo-2.yaml")

    def owed(requirement: str) -> dict[str, Any]:
        items = brand.get(f"/v1/requirements/{requirement}/obligations").json["items"]
        return {one["supplier"]: {**one, "since": None} for one in items}

    before = owed(asked["id"])
    assert {key: one["status"] for key, one in before.items()} == {"org_balanced": "met", "org_preserved": "met"}
    assert CliRunner().invoke(main, ["framework", "check", file]).exit_code == 0
    told = CliRunner().invoke(main, ["framework", "diff", str(PACKS / "rspo-1.yaml"), file]).output
    assert "~ RSPO01" in told

    row = propose(there)
    work_off(there)
    path = f"/v1/publications/{row['id']}"
    [shift] = second.get(f"{path}/shifts").json["items"]
    assert (shift["organization"]["id"], shift["before"], shift["after"]) == ("org_balanced", 1, 0)
    assert owed(asked["id"]) == before
    own = ["framework", "publish", file, "--reason", "Mine", "--key", there.members["First"].key]
    refusal = CliRunner().invoke(main, own)
    assert (refusal.exit_code, "Another person must approve" in refusal.output) == (2, True), refusal.output
    assert approve(there, "First", row).json["code"] == "second-person-needed"
    assert second.get(path).json["state"] == "proposed"

    assert approve(there, "Second", row).json["state"] == "published"
    work_off(there)
    assert brand.get(f"/v1/frameworks/{NEXT}").status_code == 200
    assert owed(asked["id"]) == before

    first_day = (there.clock.now.date() + timedelta(days=1)).isoformat()
    wanted = {"framework": NEXT, "effective_from": first_day}
    successor = brand.post(f"/v1/requirements/{asked['id']}/amend", wanted).json
    work_off(there)
    assert {one["level"] for one in owed(asked["id"]).values()} == {1}
    there.clock.advance(1)
    work_off(there)
    assert owed(asked["id"]) == {}
    after = owed(successor["id"])
    assert {key: one["status"] for key, one in after.items()} == {"org_balanced": "overdue", "org_preserved": "met"}
    assert {key: one["due"] for key, one in after.items()} == {key: one["due"] for key, one in before.items()}
    assert versions(there, "balanced") == {NEXT}


# As if everybody was looked at alone ---------------------------------------------------------------


def shifted(world: World, row: Any) -> dict[str, tuple[int | None, int | None]]:
    items = world.members["First"].get(f"/v1/publications/{row['id']}/shifts").json["items"]
    return {one["organization"]["id"]: (one["before"], one["after"]) for one in items}


def one_by_one(world: World) -> dict[str, tuple[int | None, int | None]]:
    """Whose level of sourcing differs, each assessed in full from its own facts, nothing stored asked."""

    def body(work: Work) -> Any:
        network, known = engine.network(work), everything(work)
        versions = [one for one in known if one.key in {KEY, NEXT}]
        found = {}
        for one in network.organizations():
            family = loading.family_of(network, one.number, network.day)
            read = readers(network, one.number, family, network.day)
            bench = Bench(network, known, loading.load(work, read), network.day, "")
            given = (one.number, *situation(bench, one.number, network.day))
            before, after = (assess(pack, *given, network.day).pillars["sourcing"].level for pack in versions)
            if before != after:
                found[one.id] = (before, after)
        return found

    result: dict[str, tuple[int | None, int | None]] = world.do(body)
    return result


@pytest.fixture
def crowd(there: World) -> World:
    """Mills that sent what counts, counted, waits or is to come, some with plants, some asked, one forgotten."""
    yesterday, tomorrow = START - timedelta(days=1), START + timedelta(days=1)
    with building(there) as build:
        for name, level, fields in (
            ("waiting", 1, {"state": "submitted"}),
            ("lapsed", 1, {"valid_until": yesterday}),
            ("lapsing", 1, {"valid_until": START}),
            ("coming", 1, {"observed_to": tomorrow}),
            ("asked", 1, {}),
            ("owner", 1, {}),
            ("plant", 2, {}),
        ):
            build.organization(name, country="MY", claim="verified")
            build.prove(name, level, **fields)
        build.own("owner", "plant")
        build.link("brand", "asked")
    return there


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_a_preview_finds_what_a_look_at_each_alone_finds(
    crowd: World, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preview, "CHUNK", size)
    row = propose(crowd)
    work_off(crowd)
    found = shifted(crowd, row)
    assert found == one_by_one(crowd)
    assert {"org_balanced", "org_asked", "org_lapsing"} <= found.keys()


def test_a_preview_trusts_no_level_that_lapsed_or_is_yet_to_be_derived(crowd: World) -> None:
    crowd.clock.advance(2)  # one certificate lapsed, one counts from now on
    row = propose(crowd)
    work_off(crowd)
    assert "org_lapsing" not in shifted(crowd, row)
    assert shifted(crowd, row) == one_by_one(crowd)

    def behind(work: Work) -> None:
        work.session.execute(
            update(Evidence).where(Evidence.organization == number(work, "asked")).values(state="withdrawn")
        )
        work.enqueue(derive.JOB, {"organizations": []}).run_after = work.now + timedelta(days=1)

    crowd.do(behind)
    crowd.members["First"].post(f"/v1/publications/{row['id']}/preview")
    work_off(crowd)
    assert "org_asked" not in shifted(crowd, row)
    assert shifted(crowd, row) == one_by_one(crowd)


def test_only_those_whom_a_version_concerns_are_derived_anew_and_all_as_from_nothing(
    crowd: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    anew = set()

    def counting(bench: Bench, organization: int) -> Any:
        anew.add(organization)
        return appraisal_of(bench, organization)

    row = propose(crowd)
    work_off(crowd)
    approve(crowd, "Second", row)
    monkeypatch.setattr(derive, "appraisal_of", counting)
    work_off(crowd)
    names = crowd.do(lambda work: {one.id for one in engine.network(work).organizations() if one.number in anew})
    assert {"org_balanced", "org_waiting", "org_owner", "org_plant"} <= names
    assert names.isdisjoint({"org_silent", "org_preserved", "org_asked"})  # silent, or asked for the version before
    after = derived(crowd)
    derive.rebuild(crowd.runtime)
    assert derived(crowd) == after


# Repeated and at once -----------------------------------------------------------------------------


def happened(world: World) -> Any:
    """How many proposals, previews and derivations, audit entries and events there are of publications."""

    def body(work: Work) -> Any:
        kinds = (preview.JOB, spreading.JOB)
        counted = (
            select(func.count()).select_from(Publication).where(Publication.framework == NEXT),
            select(func.count()).select_from(Job).where(Job.kind.in_(kinds)),
            select(func.count()).select_from(AuditEntry).where(AuditEntry.action.startswith("framework.")),
            select(func.count()).select_from(OutboxEvent).where(OutboxEvent.type.startswith("framework.")),
        )
        return [work.session.scalar(one) for one in counted]

    return world.do(body)


def test_every_post_repeated_with_its_key_is_answered_alike_and_happens_once(there: World) -> None:
    first, second = there.members["First"], there.members["Second"]

    def twice(who: Member, path: str, body: Any = None) -> Any:
        key = {"Idempotency-Key": path}
        answer = who.post(path, body, headers=key)
        after = happened(there)
        again = who.post(path, body, headers=key)
        assert again.headers["Idempotency-Replayed"] == "true"
        assert (again.status_code, again.get_data()) == (answer.status_code, answer.get_data())
        assert happened(there) == after
        assert answer.status_code < 300, answer.json
        return answer.json

    refused = twice(first, "/v1/publications", {"framework": NEXT, "reason": "A first try"})
    twice(second, f"/v1/publications/{refused['id']}/refuse", {"reason": "Not yet"})
    row = propose(there)
    twice(first, f"/v1/publications/{row['id']}/preview")
    work_off(there)
    twice(second, f"/v1/publications/{row['id']}/approve", {"sha256": row["sha256"], "reason": "Read"})
    assert happened(there) == [2, 4, 4, 1]  # looked at three times, derived once


def test_an_answer_is_replayed_after_it_was_decided_otherwise(there: World) -> None:
    first, key = there.members["First"], {"Idempotency-Key": "one"}
    asked = {"framework": NEXT, "reason": "Tighter"}
    made = first.post("/v1/publications", asked, headers=key)
    there.members["Second"].post(f"{made.headers['Location']}/refuse", {"reason": "No"})
    again = first.post("/v1/publications", asked, headers=key)
    assert (again.status_code, again.json["state"]) == (201, "proposed")
    assert first.get(made.headers["Location"]).json["state"] == "refused"


def decided(answers: Sequence[Answer], code: str) -> Answer:
    """The one that went through; all others were told why not."""
    won = [answer for answer in answers if answer.status_code < 300]
    assert {answer.json["code"] for answer in answers if answer not in won} == {code}
    assert len(won) == 1
    return won[0]


def test_of_two_persons_who_approve_at_once_one_does(there: World) -> None:
    row = propose(there)
    work_off(there)
    persons = [there.members["Second"], colleague(there, there.members["First"], "Third")]
    path, body = f"/v1/publications/{row['id']}/approve", {"sha256": row["sha256"], "reason": "Read"}
    answers = together([partial(one.post, path, body) for one in persons])
    winner = decided(answers, "publication-decided")
    assert winner.json["decided_by"]["name"] == ("Second", "Third")[answers.index(winner)]
    assert happened(there) == [1, 2, 2, 1]


def test_approving_and_refusing_at_once_gives_one_of_both(there: World) -> None:
    row = propose(there)
    work_off(there)
    second, third = there.members["Second"], colleague(there, there.members["First"], "Third")
    path = f"/v1/publications/{row['id']}"
    approving = partial(second.post, f"{path}/approve", {"sha256": row["sha256"], "reason": "Read"})
    refusing = partial(third.post, f"{path}/refuse", {"reason": "No"})
    winner = decided(together([approving, refusing]), "publication-decided")
    assert second.get(path).json == winner.json


def test_of_two_persons_who_propose_a_version_at_once_one_does(there: World) -> None:
    asked = {"framework": NEXT, "reason": "Tighter"}
    persons = [there.members["First"], there.members["Second"]]
    decided(together([partial(one.post, "/v1/publications", asked) for one in persons]), "framework-proposed")
    assert happened(there) == [1, 1, 1, 0]
