"""The command line: what it does, and that foreseen errors are sentences, never tracebacks."""

import json
import os
import re
import signal
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from supplychain.cli import main
from supplychain.config import Settings
from supplychain.conformity.models import Conformity
from supplychain.db import Database
from supplychain.network.log import NetworkLogRow
from supplychain.outbox import OutboxEvent
from tests import made_files
from tests.conftest import PACKS
from tests.serving import PATIENCE, running
from tests.world import World

ROOT = Path(__file__).parent.parent


def run(*arguments: str) -> Result:
    """A command that ends by itself, one way or another, without a traceback."""
    result = CliRunner().invoke(main, list(arguments))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    return result


@pytest.fixture
def here(world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> World:
    """A migrated world that the command line finds through its settings."""
    monkeypatch.setenv("SUPPLYCHAIN_DATABASE_URL", world.runtime.settings.database_url)
    monkeypatch.setenv("SUPPLYCHAIN_FILES_URL", str(tmp_path / "files"))
    # Commands live by the real clock, so the world must too.
    object.__setattr__(world.runtime.settings, "clock", Settings().clock)
    return world


@pytest.fixture
def empty(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    path = tmp_path / "empty.db"
    monkeypatch.setenv("SUPPLYCHAIN_DATABASE_URL", f"sqlite:///{path}")
    return path


def refused(result: Result, *words: str) -> None:
    assert result.exit_code == 2
    assert result.stdout == ""
    for word in words:
        assert word in result.stderr


# The schema ---------------------------------------------------------------------------------


def test_a_database_goes_up_and_down_and_can_be_checked(empty: Path) -> None:
    refused(run("db", "check"), "schema None", "db upgrade")
    assert run("db", "upgrade").exit_code == 0
    assert run("db", "upgrade").exit_code == 0
    assert "as this code needs it" in run("db", "check").output
    assert run("db", "downgrade", "base").output.endswith("schema None\n")
    assert run("db", "upgrade").exit_code == 0


def test_a_table_that_differs_is_found(empty: Path) -> None:
    run("db", "upgrade")
    database = Database(f"sqlite:///{empty}")
    with database.owner() as connection:
        connection.exec_driver_sql("ALTER TABLE person DROP COLUMN language")
    database.dispose()
    refused_check = run("db", "check")
    assert refused_check.exit_code == 2
    assert "person" in refused_check.stderr


def test_an_unknown_revision_is_a_sentence(empty: Path) -> None:
    assert run("db", "upgrade", "9999").exit_code == 2
    assert run("db", "downgrade", "9999").exit_code == 2


def test_commands_ask_for_a_migrated_database(empty: Path) -> None:
    for arguments in (("rebuild",), ("refresh",), ("worker", "--once"), ("keys", "list", "--as", "org_x")):
        refused(run(*arguments), "supplychain db upgrade")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SUPPLYCHAIN_DATABASE_URL", "nonsense"),
        ("SUPPLYCHAIN_DATABASE_URL", "oracle://x"),
        ("SUPPLYCHAIN_TIME_ZONE", "Mars/Olympus"),
        ("SUPPLYCHAIN_MAX_BODY", "much"),
        ("SUPPLYCHAIN_DATABSE_URL", "sqlite://"),
        ("SUPPLYCHAIN_PRODUCTION", "yes"),
    ],
)
def test_a_wrong_setting_is_a_sentence(empty: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    refused(run("rebuild"), "A setting cannot be used")


def test_a_database_that_is_away_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUPPLYCHAIN_DATABASE_URL", "postgresql://127.0.0.1:1/none")
    refused(run("rebuild"), "The database refused", "Connection refused")


# Organizations and keys ---------------------------------------------------------------------


def test_the_first_operator_comes_in_from_the_machine_itself(here: World) -> None:
    result = run("organizations", "create", "Operator", "--email", "op@example.org")
    public, key = result.output.split()
    client = here.app.test_client()
    answer = client.get(f"/v1/organizations/{public}", headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 200
    assert client.get("/metrics", headers={"Authorization": f"Bearer {key}"}).status_code == 200


def test_a_key_is_issued_listed_and_revoked(here: World) -> None:
    brand = here.join("Brand", "brand")
    issued = run("keys", "issue", "--as", brand.id, "--email", "b@example.org", "--role", "brand", "--days", "30")
    key_id, key = issued.output.split()
    headers = {"Authorization": f"Bearer {key}"}
    client = here.app.test_client()
    assert client.get("/v1/requirements", headers=headers).status_code == 200
    listed = run("keys", "list", "--as", brand.id).output
    assert key_id in listed
    assert key not in listed
    assert run("keys", "revoke", key_id).exit_code == 0
    assert client.get("/v1/requirements", headers=headers).status_code == 401
    assert re.search(f"{key_id} over", run("keys", "list", "--as", brand.id).output)


def test_a_scope_narrows_a_key(here: World) -> None:
    brand = here.join("Brand", "brand")
    arguments = ["keys", "issue", "--as", brand.id, "--email", "b@example.org", "--role", "brand"]
    key = run(*arguments, "--scope", "requirements.read").output.split()[1]
    headers = {"Authorization": f"Bearer {key}"}
    client = here.app.test_client()
    assert client.get("/v1/requirements", headers=headers).status_code == 200
    assert client.post("/v1/requirements", headers=headers, json={}).status_code == 403
    refused(run(*arguments, "--scope", "everything"), "everything")


def test_who_is_not_there_is_a_sentence(here: World) -> None:
    refused(run("keys", "list", "--as", "org_none"), "no such thing")
    refused(run("keys", "revoke", "key_none"), "no such thing")
    refused(run("import", __file__, "--kind", "links", "--as", "org_none"), "no such thing")


# The network --------------------------------------------------------------------------------


def test_a_list_that_replaces_is_foreseen_and_confirmed_over_the_command_line(here: World, tmp_path: Path) -> None:
    brand = here.join("Brand", "brand")
    firms, links = tmp_path / "firms.csv", tmp_path / "links.csv"
    firms.write_text("code,name\nV1,One\nV2,Two\n")
    links.write_text("supplier\nV1\nV2\n")
    assert run("import", str(firms), "--kind", "organizations", "--as", brand.id).exit_code == 0
    assert run("import", str(links), "--kind", "links", "--as", brand.id).exit_code == 0
    links.write_text("supplier\nV1\nV1\n")
    replacing = ["import", str(links), "--kind", "links", "--as", brand.id]
    more = ["--mode", "replace", "--valid-on", "2026-01-01"]
    refused(run(*replacing, *more), "1 of 2 links would end")
    seen = run(*replacing, *more, "--dry-run")
    assert "2 rows, 1 duplicate, 1 matched, 1 links ended" in seen.output
    (preview,) = re.findall(r"--confirm (imp_\w+)", seen.output)
    assert "1 links ended" in run(*replacing, "--confirm", preview).output
    refused(run(*replacing, "--confirm", preview), "/ends/lnk_")


def test_a_list_is_imported_and_every_wrong_row_is_named(here: World, tmp_path: Path) -> None:
    brand = here.join("Brand", "brand")
    file = tmp_path / "list.csv"
    file.write_text("name,country\nAcme,CN\n,CN\n", "utf-8")
    arguments = ["import", str(file), "--kind", "organizations", "--as", brand.id]
    result = run(*arguments)
    assert result.exit_code == 1
    assert result.stdout.strip() == "2 rows, 1 created, 1 error"
    assert "row 2: name" in result.stderr
    file.write_text("name,country\nBeta,CN\n", "utf-8")
    assert run(*arguments).exit_code == 0


def test_a_list_is_read_as_it_is_and_what_was_made_of_it_is_said(here: World, tmp_path: Path) -> None:
    brand = here.join("Brand", "brand")
    file = tmp_path / "list.csv"
    file.write_bytes(made_files.sheet(["Firma X", "Land", "Rest"], ["Müller & Söhne", "Deutschland", "x"]))
    arguments = ["import", str(file), "--kind", "organizations", "--as", brand.id]
    refused(run(*arguments), "Firma X, Land, Rest")
    result = run(*arguments, "--mapping", '{"columns": {"Firma X": "name"}}')
    assert result.stdout.strip() == "1 rows, 1 created"
    assert "read as spreadsheet, sheet 'List', header in row 1: name (Firma X), country (Land)" in result.stderr
    assert "ignored: Rest" in result.stderr
    file.write_bytes("Firma;Land\nMüller & Söhne;Deutschland\n".encode("mac_roman"))
    assert run(*arguments).stdout.strip() == "1 rows, 1 matched"
    refused(run(*arguments, "--encoding", "utf-8"), "utf-8")
    refused(run(*arguments, "--source", "none"))


def test_a_file_that_is_no_list_is_a_sentence(here: World, tmp_path: Path) -> None:
    brand = here.join("Brand", "brand")
    file = tmp_path / "list.json"
    file.write_bytes(b"\xff{")
    refused(run("import", str(file), "--kind", "organizations", "--as", brand.id))
    refused(run("import", str(tmp_path / "none.csv"), "--kind", "links", "--as", brand.id), "none.csv")


def test_refresh_and_rebuild_look_at_everybody(here: World) -> None:
    for name in ("One", "Two", "Three"):
        here.join(name, "supplier")
    assert "3 organizations derived" in run("rebuild").output
    assert "3 organizations derived" in run("refresh", "--all").output
    assert "0 organizations derived" in run("refresh").output


def test_refresh_derives_whose_dates_passed(here: World) -> None:
    member = here.join("One", "supplier")
    run("rebuild")
    here.do(lambda work: work.session.add(Conformity(**stale(member.number))))
    assert "1 organizations derived" in run("refresh").output


def stale(number: int) -> dict[str, object]:
    return {
        "organization": number,
        "assessments": {},
        "open_flags": {},
        "good_through": date(2020, 1, 1),
        "rules_version": "0",
        "assessed_at": datetime(2020, 1, 1, tzinfo=UTC),
    }


def test_a_snapshot_is_written_when_asked_for(here: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here.join("Brand", "brand")
    written = run("snapshot")
    assert Path(written.output.strip()).parent == tmp_path / "snapshots"
    assert run("snapshot").output == written.output
    monkeypatch.setenv("SUPPLYCHAIN_SNAPSHOT_ROWS", "0")
    refused(run("snapshot"), "No snapshot was written")
    monkeypatch.setenv("SUPPLYCHAIN_SNAPSHOT_ROWS", "10")
    (tmp_path / "file").touch()
    monkeypatch.setenv("SUPPLYCHAIN_SNAPSHOTS", str(tmp_path / "file"))
    refused(run("snapshot"), "No snapshot can be kept")


# The worker ---------------------------------------------------------------------------------


def test_the_worker_works_once_and_stops(here: World) -> None:
    here.do(lambda work: work.emit("thing.happened", "thing"))
    done = subprocess.run(
        [sys.executable, "-c", "from supplychain.cli import main; main()", "worker", "--once"],
        cwd=ROOT,
        env=environment(here),
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    events = [json.loads(line) for line in done.stderr.splitlines()]
    assert [(event["type"], event["subject"]) for event in events if event["event"] == "event"] == [
        ("day.advanced", here.runtime.settings.clock().date().isoformat()),
        ("thing.happened", "thing"),
    ]
    open_events = select(func.count()).select_from(OutboxEvent).where(OutboxEvent.done_at.is_(None))
    assert here.do(lambda work: work.session.scalar(open_events)) == 0


def test_the_worker_stops_when_told(here: World) -> None:
    """At once: left alone, it would look again in an hour."""
    code = (
        "from supplychain import worker; worker.PAUSE_SECONDS = worker.SEALING_SECONDS = 3600\n"
        "from supplychain.cli import main; main()"
    )
    command = [sys.executable, "-c", code, "worker"]
    with running(command, cwd=ROOT, env=environment(here), stderr=subprocess.PIPE) as worker:
        while b"house kept" not in worker.stderr.readline():
            assert worker.poll() is None
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(timeout=PATIENCE) == 0
        assert b"worker stopped" in worker.stderr.read()
    days = select(func.count()).select_from(NetworkLogRow).where(NetworkLogRow.day.is_not(None))
    assert here.do(lambda work: work.session.scalar(days)) >= 1


def environment(world: World) -> dict[str, str]:
    return {**os.environ, "SUPPLYCHAIN_DATABASE_URL": world.runtime.settings.database_url}


# Documents ----------------------------------------------------------------------------------


def test_the_description_of_the_api_needs_no_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUPPLYCHAIN_DATABASE_URL", "nonsense")
    file = tmp_path / "openapi.json"
    assert run("openapi", "--output", str(file)).exit_code == 0
    document = json.loads(file.read_text("utf-8"))
    assert document["openapi"] == "3.1.0"
    assert "/v1/requirements/{requirement_id}/amend" in document["paths"]
    assert json.loads(run("openapi").stdout) == document
    refused(run("openapi", "--output", str(tmp_path / "no" / "folder.json")), "cannot be written")


def test_a_pack_is_checked_with_the_line_of_every_mistake(tmp_path: Path) -> None:
    assert "2 levels" in run("framework", "check", str(PACKS / "rspo-1.yaml")).output
    pack = tmp_path / "pack.yaml"
    pack.write_text(
        (PACKS / "rspo-1.yaml").read_text("utf-8").replace("min_trust: {1: certified}", "min_trust: {1: x}")
    )
    result = run("framework", "check", str(pack))
    refused(result)
    assert re.search(r"pack\.yaml:\d+: /indicators/0/min_trust/1: ", result.stderr)


def test_a_pack_may_not_take_what_a_shipped_one_has(tmp_path: Path) -> None:
    shipped = ROOT / "supplychain" / "frameworks" / "packs" / "eseec-electronics-1.yaml"
    assert run("framework", "check", str(shipped)).exit_code == 0
    copy = tmp_path / "copy.yaml"
    copy.write_text(shipped.read_text("utf-8"), "utf-8")
    refused(run("framework", "check", str(copy)), "duplicate-version")


def test_help_is_instant_for_it_imports_nothing_heavy() -> None:
    code = "import sys, supplychain.cli; print(sorted({'sqlalchemy', 'flask', 'networkx', 'rich'} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
