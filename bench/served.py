"""HTTP: what an organization asks in a network of an industry, beside the demo network. `SIZE=S|M|L`, L by default.

The links of `bench.industry` and everybody whom they name lie in a snapshot that gunicorn opens; all its requirements
are published (`bench.recorded`). A brand asks where a supplier stands; a supplier at the bottom what it owes, and where
it stands itself; a buyer in the middle, below many issuers, where one of its direct suppliers stands. CPU time of one
worker, in turn with the demo's. Then the buyer names the bottom as a new supplier, and each is asked once more.

`python -m bench.served brand own` asks these questions alone; `change` names the link that is new.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final

from bench.industry import Industry, industry
from bench.recorded import Recorded, record
from bench.server import Client, Server, cost, serve
from supplychain import wiring
from supplychain.config import Settings
from supplychain.db import Database
from supplychain.demo.access import keys_of, secret_of

ROUNDS: Final = 5
REQUESTS: Final = 200
"""Of a round, at most."""
SECONDS: Final = 2
"""How long a round of slow answers may take, about."""
DEMO, LARGE = 8915, 8916
ROWS: Final = {"brand": "http", "obligations": "http obligations", "own": "http own", "buyer": "http buyer"}
"""Question to its row in the table of goals."""
CHANGE: Final = "change"


@dataclass(frozen=True, slots=True)
class Question:
    """Who asks, and about whom in turn."""

    key: str
    paths: tuple[str, ...]

    def __call__(self, number: int) -> tuple[str, str, None, dict[str, str]]:
        """The question with a number."""
        return "GET", self.paths[number % len(self.paths)], None, _bearer(self.key)


Questions = Mapping[str, Question]


@dataclass(frozen=True, slots=True)
class Network:
    """What a server is started with, who asks, and, of the industry, the link that is new."""

    environment: Mapping[str, str]
    keys: tuple[str, str, str]
    suppliers: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    link: Mapping[str, str] | None = None

    def questions(self, known: int | None = None) -> Questions:
        """By name. known: so many of the brand's suppliers are asked about."""
        (brand, bottom, buyer), (below, direct) = self.keys, self.suppliers
        return {
            "brand": Question(brand, tuple(map(_status, below[:known]))),
            "obligations": Question(bottom, ("/v1/me/obligations?limit=200",)),
            "own": Question(bottom, ("/v1/me/status",)),
            "buyer": Question(buyer, tuple(map(_status, direct))),
        }


def main() -> int:
    """One line."""
    print(json.dumps(compared(industry(os.environ.get("SIZE", "L")), sys.argv[1:]), indent=1))
    return 0


def measured(case: Any) -> dict[str, dict[str, Any]]:
    """The rows of the table of goals."""
    return compared(case.made)


def compared(made: Industry, only: Collection[str] = ()) -> dict[str, dict[str, Any]]:
    """By row: theirs over ours, in CPU seconds of an answer; first answers once a link is new; the worker's memory."""
    asked = set(only) or {*ROWS, CHANGE}
    with tempfile.TemporaryDirectory(prefix="supplychain-bench-") as folder, _both(Path(folder), made) as servers:
        (demo, its), (large, mine) = servers
        known = len(its.suppliers[0])
        wanted, theirs = mine.questions(known), its.questions()
        found = {ROWS[name]: _beside(large, wanted[name], demo, theirs[name]) for name in ROWS if name in asked}
        if "brand" in asked:
            everybody = mine.questions()["brand"]
            anybody = cost(large, everybody, REQUESTS - known, known) / 1e6
            found[ROWS["brand"]]["of a supplier nobody asked about before, s"] = anybody
        if CHANGE in asked:
            found |= _changed(large, mine, wanted)
        found["http memory"] = {"value": large.pss()[0]}
    return found


def _beside(large: Server, mine: Question, demo: Server, its: Question) -> dict[str, Any]:
    """How many questions are answered beside the demo network's."""
    first, again = cost(large, mine, 1), cost(large, mine, 1)
    requests = max(1, min(REQUESTS, int(SECONDS * 1e6 / again)))
    cost(demo, its, REQUESTS)
    rounds = [(cost(large, mine, requests) / 1e6, cost(demo, its, REQUESTS) / 1e6) for _ in range(ROUNDS)]
    ours, theirs = zip(*rounds, strict=True)
    return {
        "value": median(b / a for a, b in rounds),
        "ours": list(ours),
        "theirs": list(theirs),
        "first answer, s": first / 1e6,
        "rows of an answer": [_rows(large, mine), _rows(demo, its)],
    }


def _changed(server: Server, network: Network, questions: Questions) -> dict[str, dict[str, Any]]:
    """The link that is new, and the first answer to each question after it, in CPU seconds."""
    body, headers = json.dumps(network.link).encode(), {**_bearer(network.keys[2]), "Content-Type": "application/json"}
    written = cost(server, lambda _: ("POST", "/v1/links", body, headers), 1) / 1e6
    answers = {f"{name}, s": cost(server, question, 1) / 1e6 for name, question in questions.items()}
    return {"http link": {"value": written}, "http changed": {"value": max(answers.values()), **answers}}


def _rows(server: Server, question: Question) -> int:
    """How many obligations an answer tells of, or, of an organization's own status, frameworks."""
    told = json.loads(_body(server, question))
    return next(len(told[name]) for name in ("items", "obligations", "frameworks") if name in told)


def _body(server: Server, question: Question) -> bytes:
    status, body = Client(server.port).call(*question(0))
    assert status == 200, body
    return body


@contextmanager
def _both(folder: Path, made: Industry) -> Iterator[tuple[tuple[Server, Network], tuple[Server, Network]]]:
    demo, large = _demo(folder / "demo"), _large(folder / "large", made)
    with (
        serve("wsgi:app", DEMO, **demo.environment) as small,
        serve("wsgi:app", LARGE, **large.environment) as whole,
    ):
        yield (small, _with_suppliers(demo, small)), (whole, large)


def _demo(folder: Path) -> Network:
    """The demo network; its supplier is bottom and buyer: it has customers and suppliers."""
    folder.mkdir()
    command = [sys.executable, "-c", "from supplychain.cli import main; main()", "demo", "load"]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    instance = folder / "instance"
    settings = Settings(database_url=f"sqlite:///{instance}/supplychain.db", secret=secret_of(instance))
    database = Database(settings.database_url)
    keys = keys_of(wiring.runtime(settings, database), instance)
    database.dispose()
    brand, supplier = keys["brand"]["key"], keys["supplier"]["key"]
    return Network(_environment(settings, instance / "files"), (brand, supplier, supplier))


def _with_suppliers(network: Network, server: Server) -> Network:
    """Asked about are those whom the brand knows by name, and whom the buyer buys from."""
    brand, _, buyer = network.keys
    below, direct = (
        tuple(one["id"] for one in json.loads(_body(server, Question(key, (path,))))["items"])
        for key, path in ((brand, _LISTED), (buyer, f"{_LISTED}&tier=1"))
    )
    return Network(network.environment, network.keys, (below, direct))


_LISTED: Final = "/v1/suppliers?limit=200&kind=identity"


def _large(folder: Path, made: Industry) -> Network:
    folder.mkdir()
    recorded: Recorded = record(folder, made, REQUESTS)
    runtime, cast = recorded.runtime, recorded.cast
    runtime.database.dispose()
    buyer, bottom = map(_name, (cast.buyer, cast.bottom))
    return Network(
        _environment(runtime.settings, folder / "files"),
        recorded.keys,
        (tuple(map(_name, cast.suppliers)), tuple(map(_name, cast.direct))),
        {"buyer": buyer, "supplier": bottom, "category": made.codes[0]},
    )


def _name(organization: int) -> str:
    return f"org_{organization:020}"


def _status(supplier: str) -> str:
    return f"/v1/suppliers/{supplier}/status"


def _bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def _environment(settings: Settings, files: Path) -> dict[str, str]:
    return {
        "SUPPLYCHAIN_DATABASE_URL": settings.database_url,
        "SUPPLYCHAIN_SECRET": settings.secret,
        "SUPPLYCHAIN_FILES_URL": str(files),
    }


if __name__ == "__main__":
    sys.exit(main())
