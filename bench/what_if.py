"""What-if beside the list that it changes: CPU of one process, each time with nothing remembered of the network."""

import logging
import random
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from bench.network import FRAMEWORK, drain, forget, key, links, opened, organizations, requirements
from supplychain import telemetry, wiring
from supplychain.app import Application, create_app
from supplychain.demo.access import keys_of
from supplychain.demo.load import load
from supplychain.network import calendar
from supplychain.work import Runtime, Work, run

ROUNDS: Final = 5
LAYERS: Final = (1, 100, 1000, 2000)
"""A brand, and suppliers by tier."""
FAN: Final = (100, 30, 7)
"""Links from each organization of a layer to the next: 10,100 in all."""
DEMAND: Final = {"title": "A tier further down", "framework": FRAMEWORK, "schedule": [3, 2, 1], "beyond": "hold"}


@dataclass(frozen=True, slots=True)
class Asked:
    """An application, and the key of who asks."""

    app: Application
    runtime: Runtime
    key: str

    def ask(self, method: str, path: str, body: Any = None) -> tuple[float, Any]:
        """CPU seconds of the answer, with nothing remembered of the network, and its body."""
        forget(self.runtime)
        headers = {"Authorization": f"Bearer {self.key}"}
        start = time.process_time()
        answer = self.app.test_client().open(path, method=method, headers=headers, json=body)
        cost = time.process_time() - start
        assert answer.status_code == HTTPStatus.OK, answer.get_data(as_text=True)
        return cost, answer.get_json()


def main() -> None:
    """One line for each change: what-if, list, ratio."""
    telemetry.configure(level=logging.ERROR)
    wiring.collect_less()  # as every process that serves
    for name, made in (("demo", _demo), ("10,100 links", _layers)):
        with tempfile.TemporaryDirectory(prefix="supplychain-bench-") as folder:
            for what, plain, cost, total in measured(made(Path(folder))):
                told = f"what-if, {name}: {what} ({total} differences)"
                print(f"{told:58} {cost * 1000:8.1f}m {plain * 1000:8.1f}m {cost / plain:6.2f} {'':15}   <= 3")


def measured(asked: Asked) -> Iterator[tuple[str, float, float, int]]:
    """Change, CPU seconds of the plain list and of the what-if in turn, and how many differences it tells."""
    requirement = asked.ask("GET", "/v1/requirements")[1]["items"][0]["id"]
    me = asked.ask("GET", "/v1/me")[1]["organization"]["id"]
    own = next(one["key"] for one in asked.ask("GET", "/v1/network")[1]["edges"] if one["target"] == me)
    changes: dict[str, dict[str, Any]] = {
        "publish": {"publish": {**DEMAND, "pillar": "ohs"}},
        "publish in three pillars": {"publish": DEMAND},
        "amend": {"amend": {"requirement": requirement, "to": {"schedule": [3, 3, 3], "beyond": "hold"}}},
        "a link ends": {"close": {"link": own}},
    }
    for what, change in changes.items():
        plain: list[float] = []
        costs: list[float] = []
        total = 0
        for _ in range(ROUNDS):
            plain.append(asked.ask("GET", f"/v1/requirements/{requirement}/obligations?limit=200")[0])
            cost, answer = asked.ask("POST", "/v1/what-if", {"changes": [change]})
            costs.append(cost)
            total = answer["total"]
        yield what, statistics.median(plain), statistics.median(costs), total


def _demo(folder: Path) -> Asked:
    runtime = opened(folder / "demo.db", files_url=str(folder))
    load(runtime)
    return Asked(create_app(runtime=runtime), runtime, keys_of(runtime, folder)["brand"]["key"])


def _layers(folder: Path) -> Asked:
    runtime = opened(folder / "layers.db", files_url=str(folder))
    calendar.advance_day(runtime)
    numbers = run(runtime, lambda work: organizations(work, sum(LAYERS)))
    layers = [numbers[sum(LAYERS[:at]) : sum(LAYERS[: at + 1])] for at in range(len(LAYERS))]
    for (buyers, suppliers), fan in zip(pairwise(layers), FAN, strict=True):
        run(runtime, partial(_disclosed, buyers=buyers, suppliers=suppliers, fan=fan))
    run(runtime, lambda work: requirements(work, layers[0]))
    token = run(runtime, lambda work: key(work, layers[0][0], "brand"))
    drain(runtime)
    return Asked(create_app(runtime=runtime), runtime, token)


def _disclosed(work: Work, *, buyers: Sequence[int], suppliers: Sequence[int], fan: int) -> None:
    chosen = random.Random(len(buyers))
    pairs = [(buyer, supplier) for buyer in buyers for supplier in chosen.sample(suppliers, fan)]
    links(work, pairs, "identity")


if __name__ == "__main__":
    main()
