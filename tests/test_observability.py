"""What the system says of itself: to whom it may, and without what was confided to it."""

import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from supplychain import migrate, wiring
from supplychain.accounts import keys
from supplychain.app import create_app
from supplychain.config import Settings
from supplychain.db import Database
from supplychain.work import Runtime
from tests.papers import pdf
from tests.serving import PATIENCE, Server, headers, live_by_the_real_clock
from tests.test_idempotency import BODY, CERTIFICATE
from tests.world import Member, World

only_on_postgres = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
"""What is tested is the same on both; PostgreSQL's errors say more."""


# Alive and ready ------------------------------------------------------------------------------


@pytest.fixture(params=["sqlite", "postgres"])
def cut_off(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Runtime]:
    """An application whose database cannot be reached."""
    (tmp_path / "a folder").mkdir()
    urls = {"sqlite": f"sqlite:///{tmp_path / 'a folder'}", "postgres": "postgresql://nobody@127.0.0.1:1/nothing"}
    settings = Settings(database_url=urls[request.param])
    runtime = wiring.runtime(settings, Database(settings.database_url))
    yield runtime
    runtime.database.dispose()


def test_a_process_lives_without_its_database_but_is_not_ready(cut_off: Runtime) -> None:
    client = create_app(runtime=cut_off).test_client()
    assert client.get("/livez").json == {"status": "ok"}
    ready = client.get("/readyz")
    assert ready.json is not None
    assert (ready.status_code, ready.json["code"]) == (503, "database-unavailable")
    assert ready.mimetype == "application/problem+json"
    assert ready.headers["Retry-After"] == "2"


def test_without_its_database_everything_else_is_told_to_come_back(cut_off: Runtime) -> None:
    client = create_app(runtime=cut_off).test_client()
    key = {"Authorization": f"Bearer {keys.mint().text}"}
    for method, path in (("GET", "/v1/me"), ("GET", "/v1/suppliers"), ("POST", "/v1/evidence")):
        answer = client.open(path, method=method, headers=key, json=BODY if method == "POST" else None)
        assert answer.json is not None
        assert (answer.status_code, answer.json["code"]) == (503, "database-unavailable"), path
        assert "Retry-After" in answer.headers


def test_a_process_is_ready_when_the_schema_is_the_one_it_needs(world: World) -> None:
    client, database = world.app.test_client(), world.runtime.database
    assert client.get("/readyz").json == {"status": "ok", "schema": migrate.head()}
    database.dispose()
    for revision, found in (("0001", "0001"), ("base", "None")):
        migrate.downgrade(database, revision)
        behind = client.get("/readyz", headers={"Accept-Language": "en"})
        assert behind.json is not None
        assert (behind.status_code, behind.json["code"]) == (503, "schema-version")
        assert found in behind.json["detail"]
        assert migrate.head() in behind.json["detail"]
        assert client.get("/livez").status_code == 200
    migrate.upgrade(database)
    database.dispose()
    assert client.get("/readyz").status_code == 200


@only_on_postgres
def test_connections_that_the_database_closed_are_made_anew(world: World) -> None:
    brand = world.join("Brand", "brand")
    assert brand.get("/v1/me").status_code == 200
    with world.runtime.database.owner() as connection:
        closed = connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        ).all()
    assert closed
    assert brand.get("/v1/me").status_code == 200
    assert brand.post("/v1/keys", {}).status_code == 201


# Metrics --------------------------------------------------------------------------------------


def test_metrics_are_the_operators_only(world: World) -> None:
    operator, brand = world.join("Operator", "operator"), world.join("Brand", "brand")
    assert world.app.test_client().get("/metrics").status_code == 401
    assert brand.get("/metrics").status_code == 403
    told = operator.get("/metrics")
    assert told.mimetype == "text/plain"
    assert 'supplychain_requests_total{method="GET",route="/metrics",status="403"}' in told.get_data(as_text=True)


def test_metrics_name_routes_and_never_what_was_asked_for(world: World) -> None:
    operator = world.join("Operator", "operator")
    operator.get("/v1/evidence/evd_confided")
    operator.get("/v1/confided")
    operator.call("QUERY", "/livez")
    told = operator.get("/metrics").get_data(as_text=True)
    assert 'route="/v1/evidence/<evidence_id>"' in told
    assert "confided" not in told


# Logs -----------------------------------------------------------------------------------------

MARK = "confided"


def scripted_session(world: World, server: Server, operator: Member, supplier: Member) -> dict[str, str]:
    """Whatever carries something confidential, done over HTTP; the confidential things by name."""
    secrets = {"operator's key": operator.key, "supplier's key": supplier.key}
    with httpx.Client(base_url=server.url, timeout=PATIENCE) as client:

        def call(method: str, path: str, **options: Any) -> httpx.Response:
            more = options.pop("headers", {})
            return client.request(method, path, headers={**headers(supplier), **more}, **options)

        made = call("POST", "/v1/keys", json={"name": MARK}, headers={"Idempotency-Key": f"{MARK}-key"})
        secrets["new key"] = made.json()["key"]
        assert call("DELETE", f"/v1/keys/{made.json()['id']}").status_code == 200
        listed = call("GET", "/v1/keys").json()["items"]
        (own,) = (one["id"] for one in listed if one["revoked_at"] is None)
        secrets["rotated key"] = call("POST", f"/v1/keys/{own}/rotate").json()["key"]
        invited = call(
            "POST",
            "/v1/invitations",
            json={"email": f"{MARK}@example.org", "role": "supplier", "organization": supplier.id},
        )
        assert invited.status_code == 201, invited.text
        secrets["invitation"] = invited.json()["token"]
        assert client.get(f"/v1/invitations/{secrets['invitation']}").status_code == 200
        accepted = client.post("/v1/invitations/accept", json={"token": secrets["invitation"], "name": MARK})
        assert accepted.status_code == 201, accepted.text
        secrets["accepted key"] = accepted.json()["key"]
        assert call("POST", "/v1/evidence", json={**BODY, "source": MARK}).status_code == 201
        files = {"evidence": (None, json.dumps(CERTIFICATE)), "file": (f"{MARK}.pdf", pdf(MARK.encode()))}
        assert call("POST", "/v1/evidence", files=files).status_code == 201
        assert call("POST", "/v1/evidence", json={MARK: MARK}).status_code == 422
        assert call("POST", "/v1/evidence", content=b'{"x": "' + MARK.encode()).status_code == 415
        assert call("GET", f"/v1/evidence/{MARK}?{MARK}={MARK}").status_code == 404
        assert call("GET", f"/{MARK}").status_code == 404
        page = call("GET", "/v1/evidence?limit=1")
        secrets["cursor"] = re.findall("cursor=([^&>]+)", page.headers["Link"])[0]
        secrets["revision"] = page.headers["Revision"]
        call("GET", "/v1/me", headers={"Min-Revision": MARK, "If-None-Match": MARK, "User-Agent": MARK})
        call("GET", "/v1/me", headers={"Authorization": f"Bearer {MARK}"})
        assert refused_by_the_database(world, call, supplier.id) == 500
    what_no_server_understands(server, secrets["invitation"], supplier.key)
    return secrets


def refused_by_the_database(world: World, call: Any, organization: str) -> int:
    """A mistake of ours: the database tells the whole row that it refuses; the status that is answered."""
    with world.runtime.database.owner() as connection:
        connection.execute(text("ALTER TABLE invitation ADD CONSTRAINT odd CHECK (email NOT LIKE 'odd%')"))
    body = {"email": f"odd.{MARK}@example.org", "role": "supplier", "organization": organization}
    status: int = call("POST", "/v1/invitations", json=body).status_code
    return status


def what_no_server_understands(server: Server, token: str, key: str) -> None:
    """Requests that the server refuses before the application sees them."""
    host, port = server.url.removeprefix("http://").split(":")
    for raw in (
        f"GET /v1/invitations/{token} HTTP/9.9\r\n\r\n",
        f"GET /v1/invitations/{token}\r\n\r\n",
        f"G{MARK}T /v1/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\0\r\n\r\n",
        f"GET /v1/me HTTP/1.1\r\nHost: x\r\nAuthorization Bearer {key}\r\n\r\n",
        f"GET /v1/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\0{MARK}\r\n\r\n",
        f"GET /v1/me HTTP/1.1\r\nHost: x\r\nX: y\r\n {key}\r\n\r\n",
        f"POST /v1/me HTTP/1.1\r\nHost: x\r\nContent-Length: {MARK}\r\n\r\n",
        f"POST /v1/evidence HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{MARK}\r\n",
        f"GET /{'x' * 9000}{MARK} HTTP/1.1\r\nHost: x\r\n\r\n",
    ):
        with socket.create_connection((host, int(port)), timeout=PATIENCE) as connection:
            connection.sendall(raw.encode())
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(4096):
                pass


@only_on_postgres
@pytest.mark.slow
def test_the_logs_are_lines_of_json_without_what_was_confided_to_us(world: World, tmp_path: Path) -> None:
    live_by_the_real_clock(world)
    operator, supplier = world.join("Operator", "operator"), world.join("Mill", "supplier")
    with Server(world, tmp_path) as server:
        server.wait()
        secrets = scripted_session(world, server, operator, supplier)
        counted = server.get("/metrics", headers=headers(operator)).text
        assert server.stop() == 0
    log = server.log.read_text()
    lines = [json.loads(line) for line in log.splitlines()]
    assert all({"event", "level", "timestamp"} <= line.keys() for line in lines)
    told = [line for line in lines if line["event"] == "request"]
    assert len(told) >= 18
    assert all({"method", "route", "status", "milliseconds", "request_id"} <= line.keys() for line in told)
    assert any("CheckViolation" in line.get("exception", "") for line in lines)
    assert any(line["event"].startswith("Invalid request") for line in lines)
    for where in (log, counted):
        assert {name for name, secret in secrets.items() if secret in where or secret[-20:] in where} == set()
        assert [line for line in where.splitlines() if MARK in line] == []
    assert 'route="/v1/invitations/<reference>",status="200"} 1' in counted
