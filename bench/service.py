"""The service at the size of an industry: 50,000 suppliers over eight tiers, one link changed at a time.

CPU time of one process. Carried: what the engine makes from the revision before. From nothing: the same question in the
same run with nothing remembered of the network, which is what every change cost before. SCALE makes it smaller; MORE
says how many links a supplier has beside its first: 1.2, or 5.1 for 300,000 in all. Words after the command: only the
questions that have one of them in their name.
"""

import logging
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from bench.chain import MORE, Chain, build, now
from bench.network import forget, link, record
from supplychain import telemetry, wiring
from supplychain.app import create_app
from supplychain.network import calendar, facts
from supplychain.network.models import SupplyLink
from supplychain.work import Work, run

ROUNDS: Final = 5
LOOKED_AT: Final = ("exposure", "chokepoints", "shared-suppliers", "leverage")


class Asked:
    """An application on a chain, asked by its brand."""

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        self._app = create_app(runtime=chain.runtime)
        self._chance = random.Random(6)

    def ask(self, path: str, body: Any = None) -> Any:
        """The body of an answer."""
        method, headers = "GET" if body is None else "POST", {"Authorization": f"Bearer {self.chain.key}"}
        answer = self._app.test_client().open(path, method=method, headers=headers, json=body)
        assert answer.status_code == HTTPStatus.OK, answer.get_data(as_text=True)
        return answer.get_json()

    def forget(self) -> None:
        """Let nothing be remembered of the network."""
        forget(self.chain.runtime)

    def open(self) -> int:
        """A new link somewhere between the third tier and the fourth; its number."""
        return run(self.chain.runtime, self._opened)

    def _opened(self, work: Work) -> int:
        ends = (self._chance.choice(self.chain.tiers[tier]) for tier in (3, 4))
        row = link(work, *ends, "identity", category=f"{self._chance.randrange(10**6):06}")
        return record(work, [row], facts.of_link)[0]

    def close(self) -> None:
        """A link that existed ends."""
        number = self.open()
        run(self.chain.runtime, lambda work: _changed(work, number, periods=[[None, None, "ended"]]))

    def veil(self) -> None:
        """A link is disclosed by pseudonym from now on."""
        number = self.open()
        run(self.chain.runtime, lambda work: _changed(work, number, disclosure_buyer="pseudonym"))


def _changed(work: Work, number: int, **values: Any) -> None:
    row = work.session.get_one(SupplyLink, number)
    for name, value in values.items():
        setattr(row, name, value)
    work.session.flush()
    work.change(facts.of_link(row))


def main() -> None:
    """One line for each question: carried, from nothing, and how many times that is."""
    telemetry.configure(level=logging.ERROR)
    wiring.collect_less()  # as every process that serves
    with tempfile.TemporaryDirectory(prefix="supplychain-bench-") as folder:
        scale, more = (float(os.environ.get(name, usual)) for name, usual in (("SCALE", "1"), ("MORE", str(MORE))))
        asked = Asked(_chain(Path(folder), scale, more))
        count = sum(map(len, asked.chain.tiers)) - 1
        print(f"{f'{count:,} suppliers, eight tiers':44} {'carried':>12} {'from nothing':>14} {'ratio':>8}")
        for what, carried, nothing in measured(asked, sys.argv[1:]):
            print(f"{what:44} {carried * 1000:9.1f} ms {nothing * 1000:11.0f} ms {nothing / carried:8.0f}")


def _chain(folder: Path, scale: float, more: float) -> Chain:
    """A chain that was recorded two days ago, so that yesterday is a day to ask about."""
    ago = [timedelta(days=2)]
    chain = build(folder, scale, clock=lambda: now() - ago[0], more=more)
    ago[0] = timedelta()
    calendar.advance_day(chain.runtime)
    return chain


def measured(asked: Asked, words: Sequence[str] = ()) -> Iterator[tuple[str, float, float]]:
    """Question, CPU seconds carried and from nothing. words: one of which is in its name; none for all questions."""
    first = asked.ask("/v1/suppliers?limit=100")["items"]
    known = next(one["id"] for one in first if one["kind"] == "identity")
    demand = asked.ask("/v1/requirements")["items"][0]["id"]
    supposed = {"changes": [{"open": {"supplier": known, "category": "8542"}}]}
    today = asked.chain.runtime.settings.clock().date()
    day, year = today - timedelta(days=1), today + timedelta(days=365)
    others = (f"on={day}", f"known={day}", f"on={day}&known={today}", f"on={year}")
    questions: tuple[tuple[str, Callable[[], Any], Callable[[], Any]], ...] = (
        ("list of 100, a link is new", asked.open, lambda: asked.ask("/v1/suppliers?limit=100")),
        ("list of 100, a link ends", asked.close, lambda: asked.ask("/v1/suppliers?limit=100")),
        ("list of 100, a link is veiled", asked.veil, lambda: asked.ask("/v1/suppliers?limit=100")),
        ("list by status, a link is new", asked.open, lambda: asked.ask("/v1/suppliers?limit=100&status=overdue")),
        ("status of one supplier, a link is new", asked.open, lambda: asked.ask(f"/v1/suppliers/{known}/status")),
        (
            "obligations of a requirement, a link is new",
            asked.open,
            lambda: asked.ask(f"/v1/requirements/{demand}/obligations?limit=100"),
        ),
        ("what-if of a link, a link is new", asked.open, lambda: asked.ask("/v1/what-if", supposed)),
        ("write of a link, with its preview", lambda: None, asked.open),
        *(
            (f"list of 100, {other}, a link is new", asked.open, partial(asked.ask, f"/v1/suppliers?limit=100&{other}"))
            for other in others
        ),
        *(
            (
                f"list by status, {other}, a link is new",
                asked.open,
                partial(asked.ask, f"/v1/suppliers?limit=100&status=overdue&{other}"),
            )
            for other in others
        ),
        *((f"{way}, a link is new", asked.open, partial(asked.ask, f"/v1/network/{way}")) for way in LOOKED_AT),
    )
    wanted = (one for one in questions if not words or any(word in one[0] for word in words))
    for what, change, question in wanted:
        change()
        question()
        carried = [_cost(question, change) for _ in range(ROUNDS)]
        nothing = [_cost(question, asked.forget) for _ in range(ROUNDS // 2 + 1)]
        yield what, statistics.median(carried), statistics.median(nothing)


def _cost(question: Callable[[], Any], before: Callable[[], Any]) -> float:
    before()
    start = time.process_time()
    question()
    return time.process_time() - start


if __name__ == "__main__":
    main()
