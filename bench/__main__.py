"""``make bench``: what a request costs, as a ratio against a bare Flask route in the same run.

CPU time of one gunicorn worker, keep-alive, A B A B in turn, medians of rounds and how far they lie apart; every
answer is checked. Then the rules beside a spreadsheet, a framework version over many suppliers, imports, matching,
and the goals of the cascade over a whole industry, of the size that SIZE names.
"""

import json
import os
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench import assess, goals, imports, matching, memory, versions, what_if
from bench.network import Built, build
from bench.server import Client, Server, cost, serve

ROUNDS = 5
REQUESTS = 200
SUPPLIERS = 120
POSTING = 20
"""So many suppliers post in turn, in both networks: each gathers the same pieces of evidence."""


def main() -> int:
    """Run every measurement and print one line each."""
    with tempfile.TemporaryDirectory(prefix="supplychain-bench-") as folder:
        few = build(Path(folder) / "few.db", suppliers=SUPPLIERS, brands=1)
        many = build(Path(folder) / "many.db", suppliers=POSTING, brands=1000)
        environment = {"SUPPLYCHAIN_FILES_URL": folder, "BARE_DATABASE": f"{folder}/bare.db"}
        with (
            serve("bench.bare:app", 8911, **environment) as bare,
            serve("wsgi:app", 8912, SUPPLYCHAIN_DATABASE_URL=few.url, **environment) as ours,
            serve("wsgi:app", 8913, SUPPLYCHAIN_DATABASE_URL=many.url, **environment) as crowded,
        ):
            _check(ours, few)
            print(f"{'what':58} {'ours':>9} {'bare':>9} {'ratio':>7} {'of all rounds':>15}   goal")
            item = _get("/item")
            _line("status of one supplier (throughput)", ours, _status(few), bare, item, 0.25, inverse=True)
            _line("list of 100 suppliers (throughput)", ours, _list(few), bare, item, 0.20, inverse=True)
            row, driver = _row("/row"), _row("/row-by-driver")
            _line("evidence POST with derive, 1 brand (cost)", ours, _evidence(few), bare, row, 6)
            _line("evidence POST with derive, 1,000 brands (cost)", crowded, _evidence(many), bare, row, 6)
            _line("the same against the driver without SQLAlchemy (cost)", ours, _evidence(few), bare, driver, None)
            _line("the supplier's own status (cost)", ours, _own(few), bare, item, None)
        assess.main()
        versions.main(2_000)
        matching.main()
        what_if.main()
        demo = Path(folder) / "demo"
        demo.mkdir()
        weights = ", ".join(f"{weight:.0f} MiB" for weight in memory.measured(demo))
        print(f"{'two workers on the demo network after every journey (PSS)':58} {weights:>27}   <= 150")
    imports.main()
    return goals.main()


def _check(server: Server, built: Built) -> None:
    """The measured answers are right: everybody is listed, owes level 3 and was not assessed."""
    client = Client(server.port)
    path = "/v1/suppliers?limit=100"
    status, body = client.call("GET", path, headers=_bearer(built.brand_key))
    items = json.loads(body)["items"]
    assert status == 200, body
    assert len(items) == 100, len(items)
    assert {one["obligations"][0]["level"] for one in items} == {3}


_count = iter(range(10**9))


def _line(
    what: str,
    ours: Server,
    mine: "Prepare",
    bare: Server,
    theirs: "Prepare",
    goal: float | None,
    *,
    inverse: bool = False,
) -> None:
    requests = REQUESTS if inverse else REQUESTS // 2
    cost(ours, mine, 20, next(_count) * REQUESTS)
    cost(bare, theirs, 20)
    pairs = [(cost(ours, mine, requests, next(_count) * REQUESTS), cost(bare, theirs, requests)) for _ in range(ROUNDS)]
    ratios = sorted(b / a if inverse else a / b for a, b in pairs)
    ratio, spread = statistics.median(ratios), f"{ratios[0]:.2f} to {ratios[-1]:.2f}"
    ours_cost, bare_cost = (statistics.median(column) for column in zip(*pairs, strict=True))
    aim = "" if goal is None else f"{'>=' if inverse else '<='} {goal}"
    print(f"{what:58} {ours_cost:7.0f}us {bare_cost:7.0f}us {ratio:7.2f} {spread:>15}   {aim}")
    sys.stdout.flush()


Prepare = Callable[[int], tuple[str, str, bytes | None, dict[str, str]]]


def _bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def _get(path: str, key: str | None = None) -> Prepare:
    headers = _bearer(key) if key else {}
    return lambda _: ("GET", path, None, headers)


def _status(built: Built) -> Prepare:
    return _get(f"/v1/suppliers/{built.supplier_id}/status", built.brand_key)


def _list(built: Built) -> Prepare:
    return _get("/v1/suppliers?limit=100", built.brand_key)


def _own(built: Built) -> Prepare:
    return _get("/v1/me/status", built.supplier_keys[0])


def _row(path: str) -> Prepare:
    body = json.dumps({"kind": "answer", "value": True}).encode()
    return lambda _: ("POST", path, body, {"Content-Type": "application/json"})


def _evidence(built: Built) -> Prepare:
    """Answers to one question by every supplier in turn, each answer another than its last."""
    run, keys = os.urandom(4).hex(), built.supplier_keys[:POSTING]

    def prepare(number: int) -> tuple[str, str, bytes | None, dict[str, str]]:
        body = {
            "kind": "answer",
            "framework": "eseec-electronics",
            "values": [{"indicator": "E20", "value": ("own", "none")[number // len(keys) % 2]}],
        }
        headers = {
            **_bearer(keys[number % len(keys)]),
            "Content-Type": "application/json",
            "Idempotency-Key": f"{run}-{number}",
        }
        return "POST", "/v1/evidence", json.dumps(body).encode(), headers

    return prepare


if __name__ == "__main__":
    sys.exit(main())
