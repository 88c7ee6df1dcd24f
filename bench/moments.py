"""A list of another day beside the plain one, on ten thousand links: CPU time of one process, cold and warm.

Cold: nothing is remembered, and the network of the past day is made anew. Warm: asked again.
"""

import logging
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from bench.network import answers, drain, forget, links, opened, organizations, requirements
from bench.network import key as key_of
from supplychain import telemetry, wiring
from supplychain.app import create_app
from supplychain.network import calendar
from supplychain.work import Runtime, run

FIRST, BELOW = 100, 100
"""Suppliers of the brand, and of each of them."""
ROUNDS = 3
PROVED = {"values": [{"indicator": "O09", "value": True}], "trust": "audited"}
"""One thing that everybody has, verified by an auditor, good for a year."""
_NOW = [datetime(2026, 11, 25, 8, tzinfo=UTC)]


def main() -> None:
    """Measure and print one line for each question."""
    telemetry.configure(level=logging.ERROR)
    with tempfile.TemporaryDirectory(prefix="supplychain-bench-") as folder:
        wiring.collect_less()  # as every process that serves
        runtime, key = built(Path(folder) / "moments.db")
        client = create_app(runtime=runtime).test_client()

        def ask(query: str) -> Callable[[], None]:
            def body() -> None:
                answer = client.get(f"/v1/suppliers?limit=200&{query}", headers={"Authorization": f"Bearer {key}"})
                assert answer.status_code == 200
                assert len(answer.json["items"]) == 200, query

            return body

        yesterday = _NOW[0].date() - timedelta(days=1)
        print(f"{'list of suppliers on 10,100 links':44} {'cold':>9} {'warm':>9} {'ratios to plain':>18}")
        plain = None
        for what, query in (
            ("today, by all that is known", ""),
            ("yesterday, by what was known then", f"on={yesterday}"),
            ("today, by what was known yesterday", f"known={yesterday}"),
            ("yesterday, by all that is known", f"on={yesterday}&known={_NOW[0].date()}"),
            ("in a year, if nothing is renewed", f"on={_NOW[0].date() + timedelta(days=365)}"),
        ):
            found = (cost(ask(query), lambda: forget(runtime)), cost(ask(query), lambda: None))
            plain = plain or found
            ratios = "  ".join(f"{mine / its:.2f}" for mine, its in zip(found, plain, strict=True))
            print(f"{what:44} {found[0]:>7.2f} s {found[1] * 1000:>6.1f} ms {ratios:>18}")


def built(path: Path) -> tuple[Runtime, str]:
    """Two tiers below a brand, recorded yesterday; today somebody else joined. With the brand's key."""
    runtime = opened(path, files_url=str(path.parent / "files"), clock=lambda: _NOW[0])
    calendar.advance_day(runtime)
    brand, *others = run(runtime, lambda work: organizations(work, 1 + FIRST + FIRST * BELOW))
    first, below = others[:FIRST], others[FIRST:]
    pairs = [(brand, one) for one in first] + [(first[at % FIRST], one) for at, one in enumerate(below)]
    for start in range(0, len(pairs), 1000):
        run(runtime, lambda work, start=start: links(work, pairs[start : start + 1000], "identity"))  # type: ignore[misc] # bound now
    run(runtime, lambda work: requirements(work, [brand]))
    for start in range(0, len(others), 500):
        run(runtime, partial(answers, numbers=others[start : start + 500], **PROVED))
    key = run(runtime, lambda work: key_of(work, brand, "brand"))
    drain(runtime)
    _NOW[0] += timedelta(days=1)
    calendar.advance_day(runtime)
    run(runtime, lambda work: organizations(work, 1))
    return runtime, key


def cost(body: Callable[[], None], before: Callable[[], None]) -> float:
    """CPU seconds, the median of some rounds."""
    taken = []
    for _ in range(ROUNDS):
        before()
        start = time.process_time()
        body()
        taken.append(time.process_time() - start)
    return statistics.median(taken)


if __name__ == "__main__":
    main()
