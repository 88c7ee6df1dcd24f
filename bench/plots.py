"""Pictures of what was measured into `docs/pictures/`, and `docs/measured.md`: `python -m bench.plots`."""

import json
import statistics
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
from matplotlib import pyplot as plt

from bench import page
from bench.goals import RESULTS

PICTURES: Final = Path(__file__).parent.parent / "docs" / "pictures"
SIZES: Final = {"S": "#9ecae1", "M": "#3182bd", "L": "#08306b"}
GOAL: Final = "#cb181d"
LABEL: Final[Mapping[str, Any]] = {
    "fontsize": 9,
    "bbox": {"boxstyle": "square,pad=0.1", "color": "white", "alpha": 0.85, "linewidth": 0},
}
RATIOS: Final = {
    "table": ("all rows with via\nvs networkx", 250),
    "effective": ("effective levels\nvs networkx", 600),
    "duckdb": ("all rows with via\nvs DuckDB, 1 thread", 75),
    "postgres": ("all rows with via\nvs PostgreSQL", None),
    "load": ("links loaded\nvs SQLAlchemy Core", 15),
}
"""Row: what its bars say, and the goal at M."""
RIVALS: Final = {
    "table": ("networkx", "#d95f02", "o"),
    "duckdb": ("DuckDB, 1 thread", "#7570b3", "s"),
    "postgres": ("PostgreSQL, by the clock", "#1b9e77", "^"),
}
CHANGES: Final = {"insert": "a link is new", "delete": "a link ends"}
STYLE: Final = {
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "font.size": 10,
    "legend.frameon": False,
    "savefig.dpi": 110,
    "figure.constrained_layout.use": True,
}
Results = Mapping[str, Mapping[str, Any]]
"""By size: the rows."""


def main() -> int:
    """Draw every picture of which something was measured, and write the page."""
    paths = {size: RESULTS / f"{size}.json" for size in SIZES}
    kept = {size: json.loads(path.read_text("utf-8")) for size, path in paths.items() if path.exists()}
    kept = {size: one for size, one in kept.items() if "shape" in one["rows"]}
    if not kept:
        print(f"no size is whole in {RESULTS}")
        return 1
    results = {size: one["rows"] for size, one in kept.items()}
    PICTURES.mkdir(exist_ok=True)
    drawn = {}
    with mpl.rc_context(STYLE):
        for draw in (ratios, seconds, changes, weights):
            figure = draw(results)
            if figure is not None:
                drawn[draw.__name__] = draw.__doc__
                figure.savefig(PICTURES / f"{draw.__name__}.png", metadata={"Software": None})
                plt.close(figure)
    page.write(kept, drawn)
    return 0


def ratios(results: Results) -> Any:
    """How many times as long the rivals take, size by size, and where the goal is."""
    figure, axes = plt.subplots(figsize=(8, 4.4))
    height = 0.8 / len(SIZES)
    for place, (row, (_, goal)) in enumerate(RATIOS.items()):
        for at, (size, color) in enumerate(SIZES.items()):
            value = results.get(size, {}).get(row, {}).get("value")
            if value is None:
                continue
            y = place - 0.4 + height * (at + 0.5)
            axes.barh(y, value, height * 0.92, color=color)
            axes.annotate(f"{value:,.0f}", (value, y), (4, 0), textcoords="offset points", va="center", **LABEL)
        if goal:
            axes.plot([goal, goal], [place - 0.46, place + 0.46], color=GOAL, linewidth=2, solid_capstyle="butt")
    axes.set(xscale="log", title="How many times as long the others take", yticks=range(len(RATIOS)))
    axes.set_yticklabels([label for label, _ in RATIOS.values()])
    axes.invert_yaxis()
    axes.set_xlim(1, axes.get_xlim()[1] * 1.6)
    axes.xaxis.set_major_formatter("{x:,.0f}")
    shown = [plt.Rectangle((0, 0), 1, 1, color=color) for size, color in SIZES.items() if size in results]
    goal_line = plt.Line2D([], [], color=GOAL, linewidth=2)
    labels = [*(f"{size}: {rows['shape']['links']:,} links" for size, rows in results.items()), "goal at M"]
    figure.legend([*shown, goal_line], labels, loc="outside lower center", ncols=len(labels))
    return figure


def seconds(results: Results) -> Any:
    """What one requirement costs, by the number of links: ours and the rivals."""
    figure, axes = plt.subplots(figsize=(8, 4.2))
    most = max(rows["shape"]["links"] for rows in results.values())
    lines = {"this engine": ("#08306b", "D", "table", "ours"), **_theirs()}
    for label, (color, marker, row, side) in lines.items():
        points = [
            (rows["shape"]["links"], statistics.median(rows[row][side]) / rows[row]["requirements"])
            for rows in results.values()
            if side in rows.get(row, {})
        ]
        if points:
            axes.plot(*zip(*points, strict=True), color=color, marker=marker, linewidth=2)
            last = points[-1][0] == most
            place: dict[str, Any] = {"xytext": (10, 0), "va": "center"} if last else {"xytext": (0, 9), "ha": "center"}
            axes.annotate(label, points[-1], textcoords="offset points", color=color, **place)
    axes.set(xscale="log", yscale="log", xlabel="links", ylabel="seconds")
    axes.set_title("All rows with via, processor seconds a requirement")
    axes.grid(which="major", color="#dddddd", linewidth=0.7)
    left, right = axes.get_xlim()
    axes.set_xlim(left, right * (right / left) ** 0.25)  # room for the last label
    bottom, top = axes.get_ylim()
    axes.set_ylim(bottom, top * 1.8)
    axes.xaxis.set_major_formatter("{x:,.0f}")
    return figure


def _theirs() -> dict[str, tuple[str, str, str, str]]:
    return {label: (color, marker, row, "theirs") for row, (label, color, marker) in RIVALS.items()}


def weights(results: Results) -> Any:
    """Bytes a link and a cell, beside their goals."""
    rows = next((rows for size in reversed(SIZES) if "link" in (rows := results.get(size, {}))), None)
    if rows is None:
        return None
    figure, both = plt.subplots(1, 2, figsize=(8, 1.9))
    cell = rows["cell"]
    for axes, title, bars, goal in (
        (both[0], "Bytes a link", {"both directions": rows["link"]["value"]}, 24),
        (both[1], "Bytes a cell", {"kept": cell["value"], "while walking": cell["while walking"]}, 0.5),
    ):
        drawn = axes.barh(list(bars), list(bars.values()), 0.6, color=[SIZES["M"], SIZES["S"]][: len(bars)])
        axes.bar_label(drawn, padding=4, fmt="{:.3g}")
        axes.axvline(goal, color=GOAL, linewidth=2)
        axes.annotate(f"goal {goal}", (goal, 1), (4, -2), ("data", "axes fraction"), "offset points", color=GOAL)
        axes.set(title=title, xlim=(0, max(goal, *bars.values()) * 1.3), ylim=(1.5, -0.5))
    return figure


def changes(results: Results) -> Any:
    """How long links that come and go take: the median, and what 99 in 100 stay below."""
    sizes = [size for size in SIZES if "value" in results.get(size, {}).get("insert", {})]
    if not sizes:
        return None
    figure, axes = plt.subplots(figsize=(8, 2.6))
    labels = []
    for kind, what in CHANGES.items():
        for size in sizes:
            rows = results[size]
            y, median, late = len(labels), rows[kind]["value"], rows[f"{kind} p99"]["value"]
            axes.plot([median, late], [y, y], color=SIZES[size], linewidth=2)
            axes.plot(median, y, "o", color=SIZES[size], markersize=8)
            axes.plot(late, y, "|", color=SIZES[size], markersize=14, markeredgewidth=2)
            for value in (median, late):
                axes.annotate(f"{value:,.3g}", (value, y), (0, 8), textcoords="offset points", ha="center", fontsize=9)
            labels.append(f"{what}, {size}")
    for goal, text in ((10, "median"), (1000, "p99")):
        axes.axvline(goal, color=GOAL, linewidth=1.5)
        axes.annotate(f" goal {text}", (goal, 1), xycoords=("data", "axes fraction"), va="top", color=GOAL)
    axes.set(
        xscale="log", xlabel="microseconds", title="A link changes: median and 99th of 100", yticks=range(len(labels))
    )
    axes.set_yticklabels(labels)
    axes.set_ylim(len(labels) - 0.5, -0.9)
    axes.xaxis.set_major_formatter("{x:,.0f}")
    return figure


if __name__ == "__main__":
    sys.exit(main())
