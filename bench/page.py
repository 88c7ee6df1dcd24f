"""`docs/measured.md`, out of `results/`: every row, every size that was measured, beside its goal."""

import statistics
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from bench.goals import TABLE, Row

PAGE: Final = Path(__file__).parent.parent / "docs" / "measured.md"
UNITS: Final = {"times": "×", "us": "µs"}
HEAD: Final = """# What was measured

Written by `make bench` out of `bench/results/`; what the rows mean is in [cascade.md](cascade.md) and `bench/goals.py`.
A ratio says how many times as long the other takes; below it their and our seconds, medians of the rounds: processor
time, and by the clock where PostgreSQL takes part. In bold: a goal that is reached at a size it is set for.
"""


def write(kept: Mapping[str, Mapping[str, Any]], drawn: Mapping[str, str]) -> None:
    """The page of what is kept, by size. drawn: what each picture shows, by its name."""
    lines = [HEAD, f"| | {' | '.join(kept)} | goal |", f"|---|{'---|' * len(kept)}---|"]
    for row in (row for _, rows in TABLE for row in rows if row.unit):
        cells = [_cell(row, size, one["rows"].get(row.key, {})) for size, one in kept.items()]
        goal = f"{row.goal.replace('<=', '≤').replace('>=', '≥')} at {', '.join(row.sizes)}" if row.goal else ""
        lines.append(f"| {row.what.replace(' / ', ' ÷ ')} | {' | '.join(cells)} | {goal} |")
    lines += ["", *(f"- {_under_what(size, one)}." for size, one in kept.items())]
    for picture, what in drawn.items():
        lines += ["", f"![{what.rstrip('.')}](pictures/{picture}.png)"]
    PAGE.write_text("\n".join(lines) + "\n", "utf-8")


def _cell(row: Row, size: str, found: Mapping[str, Any]) -> str:
    if "value" not in found:
        return "–"
    text = f"{_number(found['value'])} {UNITS.get(row.unit, row.unit)}"
    text = f"**{text}**" if row.reached(found["value"], size) else text
    if "theirs" not in found:
        return text
    theirs, ours = (_number(statistics.median(found[side])) for side in ("theirs", "ours"))
    return f"{text}<br>{theirs} ÷ {ours}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2g}" if value < 1 else f"{value:.3g}"


def _under_what(size: str, kept: Mapping[str, Any]) -> str:
    rows, machine = kept["rows"], dict(kept["machine"])
    shape = ", ".join(f"{value:,} {name}" for name, value in rows["shape"].items() if isinstance(value, int))
    load = max(row["load"] for row in rows.values())
    where = f"{machine.pop('on')} on {machine.pop('processor')}, {machine.pop('cores')} cores, load up to {load}"
    return f"**{size}**: {shape}; {where}; {', '.join(f'{name} {one}' for name, one in machine.items())}"
