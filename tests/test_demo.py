"""The demo network: what it holds, that it loads once and goes on where it stopped, and that the tour walks on it."""

import importlib.util
import io
import json
import shlex
import shutil
import socket
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from types import ModuleType
from typing import Any

import httpx
import networkx as nx
import psutil
import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from rich.console import Console
from sqlalchemy import func, select

from supplychain import telemetry, wiring
from supplychain.app import create_app
from supplychain.cli import main
from supplychain.config import Settings
from supplychain.conformity import derive
from supplychain.conformity.models import Conformity, Flag, ProtectedCell
from supplychain.conformity.supplier_list import supplier_items
from supplychain.db import Database
from supplychain.demo import access, plating, table
from supplychain.demo import load as loading
from supplychain.demo.organizations import numbers_of
from supplychain.demo.plan import HERO, PER_TIER, make
from supplychain.demo.words import public
from supplychain.evidence.models import Evidence
from supplychain.facts.models import OrganizationFact
from supplychain.matchmaking.models import Registration
from supplychain.network import engine
from supplychain.network.identifiers import normalised
from supplychain.network.independence import may_review
from supplychain.network.models import Identifier, Organization, SupplierRecord, SupplyLink
from supplychain.work import Runtime, Work, run
from tests.conftest import migrated_sqlite
from tests.serving import PATIENCE, free_port
from tests.world import Clock, World

TOUR = Path(__file__).parent.parent / "docs" / "tour.py"


@pytest.fixture
def demo(world: World) -> World:
    """A world with the demo network in it."""
    assert loading.load(world.runtime)
    return world


def _count(world: World, query: Any) -> dict[Any, int]:
    return run(world.runtime, lambda work: {row[0]: row[1] for row in work.session.execute(query)})


def test_the_plan_is_the_same_every_time_and_as_large_as_the_documents_say() -> None:
    plan = make()
    assert plan == make()
    assert len(plan.companies) == sum(PER_TIER) == 500
    assert len(plan.brands) == 6
    assert len(plan.buyers) == 40
    assert {one.region for one in plan.companies} == {
        "Bohai Basin", "Jiangsu", "Zhejiang", "Shenzhen", "Pearl River Delta",
    }  # fmt: skip
    assert {one.tier for one in plan.companies} == {1, 2, 3, 4}
    pilots = [one for one in plan.companies if one.pilot]
    assert len(pilots) == 12
    assert {one.tier for one in pilots} == {1, 2, 3, 4}


def test_the_plan_has_cycles_shared_suppliers_and_every_kind_of_link() -> None:
    plan = make()
    bought = nx.DiGraph((one.buyer, one.supplier) for one in plan.links if one.state == "confirmed")
    assert not nx.is_directed_acyclic_graph(bought)
    brands = Counter(one.supplier for one in plan.links if one.buyer.startswith("brand-"))
    assert max(brands.values()) >= 3
    assert {one.state for one in plan.links} == {
        "confirmed", "claimed", "offered", "disputed", "ended", "private",
    }  # fmt: skip
    assert {one.buyer_wish for one in plan.links} == {"identity", "pseudonym", "none"}


def test_the_demo_shows_every_status_and_level_and_both_flags(demo: World) -> None:
    def statuses(work: Work) -> set[str]:
        numbers = numbers_of(work)
        brands = [numbers[f"brand-{at}"] for at in range(1, 7)]
        items = [item for brand in brands for item in supplier_items(work, brand, work.today)]
        return {one["status"] for item in items for one in item["obligations"]}

    assert run(demo.runtime, statuses) >= {
        "met", "gap", "overdue", "not_assessed", "expired", "announced", "awaiting_confirmation",
    }  # fmt: skip
    flags = _count(demo, select(Flag.kind, func.count()).where(Flag.closed_on.is_(None)).group_by(Flag.kind))
    assert flags["matchmaking"] >= 20
    assert flags["training"] >= 100

    def levels(work: Work) -> set[int | None]:
        rows = work.session.scalars(select(Conformity.assessments)).all()
        return {one["level"] for row in rows for framework in row.values() for one in framework["pillars"].values()}

    assert run(demo.runtime, levels) == {None, 0, 1, 2, 3, 4}


def test_the_demo_is_what_a_computation_from_nothing_gives(loaded: World) -> None:
    query = select(Conformity.organization, Conformity.assessments).order_by(Conformity.organization)
    before = run(loaded.runtime, lambda work: work.session.execute(query).all())
    derive.rebuild(loaded.runtime)
    assert run(loaded.runtime, lambda work: work.session.execute(query).all()) == before


def test_the_demo_loads_once(empty: World) -> None:
    assert loading.load(empty.runtime)
    tables = (Organization, SupplyLink, Evidence, Registration, SupplierRecord, ProtectedCell)

    def counts(work: Work) -> list[int | None]:
        return [work.session.scalar(select(func.count()).select_from(model)) for model in tables]

    before = run(empty.runtime, counts)
    assert not loading.load(empty.runtime)
    assert run(empty.runtime, counts) == before
    assert loading.is_loaded(empty.runtime)


def test_a_load_that_was_interrupted_goes_on_where_it_stopped(empty: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("the power went")

    with monkeypatch.context() as patched:
        patched.setattr(loading, "_requirements", broken)
        with pytest.raises(RuntimeError):
            loading.load(empty.runtime)
    assert not loading.is_loaded(empty.runtime)
    empty.clock.advance(1)
    assert loading.load(empty.runtime)
    assert loading.is_loaded(empty.runtime)
    companies = run(empty.runtime, lambda work: work.session.scalar(select(func.count()).select_from(Identifier)))
    assert companies == 546


def test_the_demo_wants_an_empty_database(empty: World) -> None:
    empty.join("Acme", "brand")
    with pytest.raises(loading.NotEmpty):
        loading.load(empty.runtime)


def test_every_identifier_of_the_demo_has_good_check_digits(loaded: World) -> None:
    rows = run(loaded.runtime, lambda work: work.session.scalars(select(Identifier)).all())
    assert all(normalised(one.scheme, one.value) == one.value for one in rows)


def test_the_reviewer_is_independent_of_every_supplier(loaded: World) -> None:

    def body(work: Work) -> list[str]:
        numbers, network = numbers_of(work), engine.network(work)
        suppliers = {key: number for key, number in numbers.items() if key.startswith("sme-")}
        reviewer = numbers["reviewer"]
        return [key for key, number in suppliers.items() if not may_review(network, reviewer, number, work.today)]

    assert run(loaded.runtime, body) == []


def test_the_demo_has_an_index_with_classes_regions_and_weak_links(loaded: World, tmp_path: Path) -> None:
    keys = access.keys_of(loaded.runtime, tmp_path)
    client = loaded.app.test_client()

    def told(role: str, path: str) -> Any:
        answer = client.get(path, headers={"Authorization": f"Bearer {keys[role]['key']}"})
        assert answer.status_code == 200, answer.json
        return answer.json

    own = told("supplier", f"/v1/me/index?framework={plating.INDEX}")
    assert own["periods"][-1]["score"] is not None
    regions = told("organiser", f"/v1/indexes?framework={plating.INDEX}&level=2")["items"]
    assert len([one for one in regions if one["region"]]) >= 3
    assert all(sum(one["organizations"] for one in region["classes"]) >= 5 for region in regions)
    assert any(region["weak_links"] for region in regions)


def test_in_the_demo_only_the_reviewers_word_leaves_a_metal_out(loaded: World, tmp_path: Path) -> None:
    keys = access.keys_of(loaded.runtime, tmp_path)
    headers = {"Authorization": f"Bearer {keys['supplier']['key']}"}
    client = loaded.app.test_client()
    facts = client.get("/v1/me/facts", headers=headers).json
    assert facts is not None
    standing = {one["fact"]: one["standing"] for one in facts["items"]}
    assert {standing["staff"], standing["revenue_cny"]} == {"declared"}
    size = client.get("/v1/me/size-classes", headers=headers).json
    assert size is not None
    assert {one["standing"] for one in size["items"] if one["size_class"]} == {"declared"}

    def unconfirmed(work: Work) -> list[str]:
        query = select(OrganizationFact.id).where(
            OrganizationFact.fact == "processes", OrganizationFact.reviewer.is_(None)
        )
        return list(work.session.scalars(query))

    assert run(loaded.runtime, unconfirmed) == []


def test_a_key_for_each_role_is_written_down_and_kept(loaded: World, tmp_path: Path) -> None:
    keys = access.keys_of(loaded.runtime, tmp_path)
    assert keys == json.loads((tmp_path / "demo-keys.json").read_text())
    assert set(keys) == {"brand", "supplier", "reviewer", "organiser", "trainer", "operator"}
    assert (tmp_path / "demo-keys.json").stat().st_mode & 0o077 == 0
    assert access.keys_of(loaded.runtime, tmp_path) == keys
    client = loaded.app.test_client()
    for role, one in keys.items():
        me = client.get("/v1/me", headers={"Authorization": f"Bearer {one['key']}"}).json
        assert me is not None
        assert me["organization"]["id"] == one["organization"]
        assert role in me["roles"]


def test_the_exposure_of_a_brand_is_what_the_plan_of_the_network_gives(loaded: World, tmp_path: Path) -> None:
    keys = access.keys_of(loaded.runtime, tmp_path)
    headers = {"Authorization": f"Bearer {keys['brand']['key']}"}

    def items(path: str) -> list[dict[str, Any]]:
        answer = loaded.app.test_client().get(path, headers=headers).json
        assert answer is not None
        return list(answer["items"])

    (demand,) = (one for one in items("/v1/requirements") if one["link_scope"] == ["85"])
    assert demand["scope_applies"] == "first"
    owing = items(f"/v1/requirements/{demand['id']}/obligations?limit=200")
    meeting = {one["supplier"] for one in owing if one["gap"] == 0}
    (told, *_) = items("/v1/network/weakest?pillar=ohs&requirement=" + demand["id"])
    assert (told["achieved"] or 0) == min(one["achieved"] or 0 for one in owing if one["gap"] is not None)
    walked = _spend({"brand-1", "purchasing-1"}, "85")
    for one in items(f"/v1/network/exposure?requirement={demand['id']}"):
        weights = walked[one["depth"] - 1]
        assert one["suppliers"] == len(weights)
        assert one["weight"] == pytest.approx(sum(weights.values()), abs=1e-6)
        met = sum(weight for key, weight in weights.items() if public("org", key) in meeting)
        assert (one["exposure"] or 0) == pytest.approx(met / (sum(weights.values()) or 1), abs=1e-5)
    assert [len(one) for one in walked[:4]] == [18, 7, 3, 0]


def _spend(group: set[str], scope: str) -> list[dict[str, float]]:
    """A brand's spend by depth, from the plan alone: links in force today, below its own those told by identity."""
    today = [one for one in make().links if one.since <= 0 and (one.until is None or one.until >= 0)]
    own = [one for one in today if one.buyer in group and one.state in {"confirmed", "claimed"}]
    told = [one for one in today if one.state == "confirmed" and {one.buyer_wish, one.supplier_wish} == {"identity"}]
    known = {one.supplier for one in own if one.state == "confirmed"}
    while further := {one.supplier for one in told if one.buyer in known} - known - group:
        known |= further
    steps = [{"": 1.0}]
    for _ in range(8):
        step: dict[str, float] = {}
        for buyer, weight in steps[-1].items():
            links = own if buyer == "" else [one for one in told if one.buyer == buyer and buyer in known]
            said = sum(one.share or 0 for one in links)
            silent = sum(one.share is None for one in links)
            for one in links:
                part = max(0, 1 - said) / silent if one.share is None else one.share / max(said, 1)
                if (one.category.startswith(scope) or buyer != "") and one.flow_down != "no":
                    step[one.supplier] = step.get(one.supplier, 0.0) + weight * part
        steps.append(step)
    return steps[1:]


def test_a_lost_file_of_keys_is_replaced_and_the_lost_keys_are_over(loaded: World, tmp_path: Path) -> None:
    lost = access.keys_of(loaded.runtime, tmp_path)
    (tmp_path / "demo-keys.json").unlink()
    keys = access.keys_of(loaded.runtime, tmp_path)
    client = loaded.app.test_client()
    for role in lost:
        assert _status(client, lost[role]["key"]) == 401
        assert _status(client, keys[role]["key"]) == 200


def test_an_invitation_waits_until_it_is_accepted(loaded: World, tmp_path: Path) -> None:
    invitation = access.invitation_of(loaded.runtime, tmp_path)
    assert invitation is not None
    assert access.invitation_of(loaded.runtime, tmp_path) == invitation
    (tmp_path / "demo-invitation.json").unlink()
    again = access.invitation_of(loaded.runtime, tmp_path)
    assert again is not None
    client = loaded.app.test_client()
    accepted = client.post("/v1/invitations/accept", json={"token": again["token"], "name": "Li Wei"})
    assert accepted.status_code == 201
    assert access.invitation_of(loaded.runtime, tmp_path) is None


def test_the_secret_of_an_instance_is_drawn_once(tmp_path: Path) -> None:
    secret = access.secret_of(tmp_path / "instance")
    assert access.secret_of(tmp_path / "instance") == secret
    assert access.secret_of(tmp_path / "another") != secret


def test_the_table_adds_up_and_says_what_the_brand_itself_is_told(loaded: World, tmp_path: Path) -> None:
    lines = table.lines(loaded.runtime)
    assert len({line.brand for line in lines}) == 6
    assert all(line.suppliers == sum(line.counts.values()) + line.other for line in lines)
    assert all(sum(line.counts[name] for line in lines) for name in table.COLUMNS)
    key = access.keys_of(loaded.runtime, tmp_path)["brand"]["key"]
    told = (
        loaded.app.test_client().get("/v1/suppliers?tier=1&limit=100", headers={"Authorization": f"Bearer {key}"}).json
    )
    assert told is not None
    assert len(told["items"]) == lines[0].suppliers
    overdue = sum(item["status"] == "overdue" for item in told["items"])
    assert overdue == lines[0].counts["overdue"]
    console = Console(width=100, file=io.StringIO())
    console.print(table.table(lines))
    assert "Bluefjord" in console.file.getvalue()  # type: ignore[attr-defined] # a StringIO


def test_the_five_commands_that_are_printed_work(loaded: World, tmp_path: Path) -> None:
    keys = access.keys_of(loaded.runtime, tmp_path)
    commands = table.commands("http://demo", keys)
    assert len(commands) == 5
    client = loaded.app.test_client()
    for what, command in commands:
        *_, header, url = shlex.split(command)
        name, _, value = header.partition(": ")
        answer = client.get(url.removeprefix("http://demo"), headers={name: value})
        assert answer.status_code == 200, what
        assert answer.json is not None
        assert answer.json["items"], what


def test_the_tour_walks_all_four_journeys_on_the_demo(
    demo: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tour_py = _tour_script()
    today = demo.clock.now.date()
    monkeypatch.setattr(tour_py, "_day", lambda ahead: (today + timedelta(days=ahead)).isoformat())
    monkeypatch.chdir(tmp_path)
    keys = tour_py.names_of(access.keys_of(demo.runtime, tmp_path))
    tour = tour_py.Tour(_ByClient(tour_py, demo), keys)
    tour_py.walk(tour)
    told = "\n".join(tour.pages)
    assert "sck_" not in told.replace("sck_…", "")
    client, supplier = demo.app.test_client(), keys["SUPPLIER"]
    status = client.get("/v1/me/status", headers={"Authorization": f"Bearer {supplier}"}).json
    assert status is not None
    (found,) = (one for one in status["frameworks"] if one["framework"] == loading.FRAMEWORK)
    reached = {one["pillar"]: one["level"] for one in found["pillars"]}
    assert reached["ohs"] == 3
    assert public("org", HERO) == status["organization"]["id"]


@pytest.mark.slow
def test_the_demo_is_served_with_its_worker_and_both_stop_together(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-c", "from supplychain.cli import main; main()", "demo", "serve", "--port", str(port)]
    with (tmp_path / "out").open("wb") as out:
        demo = psutil.Popen(command, cwd=tmp_path, stdout=out, stderr=out)
    try:
        _until_ready(port, demo)
        children = _once_all_are_there(demo, 4)  # gunicorn, two workers of it, and the worker process
        demo.terminate()
        assert demo.wait(PATIENCE) == 0
        _, alive = psutil.wait_procs(children, PATIENCE)
        assert alive == []
    finally:
        for process in (*demo.children(recursive=True), demo) if demo.is_running() else ():
            process.kill()
        demo.wait()
    assert set(json.loads((tmp_path / "instance" / "demo-keys.json").read_text())) == set(access.MEMBERS)


def _until_ready(port: int, demo: psutil.Popen) -> None:
    deadline = time.monotonic() + 5 * PATIENCE  # it is loaded first
    while time.monotonic() < deadline:
        assert demo.poll() is None, "the demo did not start"
        with suppress(httpx.TransportError):
            if httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=PATIENCE).status_code == 200:
                return
        time.sleep(0.5)
    raise TimeoutError


def _once_all_are_there(demo: psutil.Popen, count: int) -> list[psutil.Process]:
    """The first worker of gunicorn answers, on a busy machine, before the second is forked."""
    deadline = time.monotonic() + PATIENCE
    while len(children := demo.children(recursive=True)) != count:
        assert time.monotonic() < deadline, f"{len(children)} processes instead of {count}: {children}"
        time.sleep(0.25)
    return children


def test_a_port_in_use_is_refused_before_anything_is_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = CliRunner().invoke(main, ["demo", "serve", "--port", str(taken.getsockname()[1])])
    assert result.exit_code == 2
    assert "PORT=8001 make run" in result.output
    assert not (tmp_path / "instance").exists()


class _ByClient:
    """Makes the tour's calls through the test client, and its commands through click."""

    def __init__(self, script: ModuleType, world: World) -> None:
        self.script, self.world, self.client = script, world, world.app.test_client()

    def __call__(self, call: Any, keys: Mapping[str, str]) -> Any:
        headers = dict(call.headers) | ({"Authorization": f"Bearer {keys[call.who]}"} if call.who else {})
        answer = self.client.open(call.path, method=call.method, headers=headers, **self._body(call))
        is_json = "json" in (answer.mimetype or "")
        return self.script.Answer(answer.status_code, {}, answer.json if is_json else answer.get_data(as_text=True))

    def _body(self, call: Any) -> dict[str, Any]:
        if call.file is None:
            return {} if call.body is None else {"json": call.body}
        name, kind, content = call.file
        if call.body is None:
            return {"data": content, "content_type": kind}
        file = (io.BytesIO(content.encode()), name, kind)
        return {"data": {"evidence": json.dumps(call.body), "file": file}, "content_type": "multipart/form-data"}

    def run(self, line: Sequence[str], name: str, content: str) -> str:
        Path(name).write_text(content)
        settings = self.world.runtime.settings
        environment = {"SUPPLYCHAIN_DATABASE_URL": settings.database_url, "SUPPLYCHAIN_FILES_URL": settings.files_url}
        result = CliRunner(env=environment).invoke(main, list(line[1:]))
        assert result.exit_code == 0, result.output
        return result.output


def _tour_script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("tour", TOUR)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["tour"] = module
    spec.loader.exec_module(module)
    return module


def _status(client: FlaskClient, key: str) -> int:
    return client.get("/v1/me", headers={"Authorization": f"Bearer {key}"}).status_code


@cache
def _template() -> Path:
    """A folder with the demo network loaded on SQLite, to be copied."""
    folder = Path(mkdtemp(prefix="supplychain-demo-"))
    shutil.copy(migrated_sqlite(), folder / "world.db")
    world = _on(folder)
    loading.load(world.runtime)
    world.runtime.database.dispose()
    return folder


def _on(folder: Path) -> World:
    telemetry.configure(level=50)
    clock = Clock()
    settings = Settings(database_url=f"sqlite:///{folder / 'world.db'}", files_url=str(folder / "files"), clock=clock)
    runtime: Runtime = wiring.runtime(settings, Database(settings.database_url))
    return World(runtime, create_app(runtime=runtime), clock)


@pytest.fixture
def empty(sqlite_url: str, tmp_path: Path) -> Iterator[World]:
    """A world on SQLite with nothing in it."""
    assert sqlite_url.endswith("world.db")
    world = _on(tmp_path)
    yield world
    world.runtime.database.dispose()


@pytest.fixture
def loaded(tmp_path: Path) -> Iterator[World]:
    """The demo network on SQLite, for what does not depend on the database."""
    shutil.copytree(_template(), tmp_path / "demo")
    world = _on(tmp_path / "demo")
    yield world
    world.runtime.database.dispose()
