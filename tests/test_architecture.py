"""The house rules that a machine can see: who imports whom, who reads the clock, who commits."""

import ast
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

ROOT = Path(__file__).parent.parent
PACKAGES = ("graph", "schemas", "supplychain")
FILES = [path.relative_to(ROOT).as_posix() for name in PACKAGES for path in sorted((ROOT / name).rglob("*.py"))]

MAX_LINES = 300
ENGINE_LIBRARIES = {"dateutil", "graph", "immutables", "llvmlite", "numba", "numpy", "rustworkx"}
INPUT_OUTPUT_AND_CLOCK = {
    "asyncio", "http", "io", "logging", "multiprocessing", "os", "pathlib", "secrets", "shutil", "socket",
    "sqlite3", "ssl", "subprocess", "tempfile", "time", "urllib", "uuid",
}  # fmt: skip
CLOCK_READERS = (
    "supplychain/config.py",  # makes the clock that work.now reads, and that a test replaces
    "supplychain/work.py",
    "supplychain/cli",
    "supplychain/demo",
)
COMMITTERS = (
    "supplychain/work.py",
    "supplychain/db.py",  # ends the driver's transaction once a role is taken, before any row is touched
)


def test_every_import_contract_holds(capsys: pytest.CaptureFixture[str]) -> None:
    status = lint_imports(config_filename=str(ROOT / "pyproject.toml"))
    assert status == EXIT_STATUS_SUCCESS, capsys.readouterr().out


def test_the_engine_imports_numbers_and_neither_clock_nor_files() -> None:
    allowed = (set(sys.stdlib_module_names) | ENGINE_LIBRARIES) - INPUT_OUTPUT_AND_CLOCK
    engine = [file for file in FILES if file.startswith("graph/")]
    foreign = {file: others for file in engine if (others := set(_imported(_tree(file))) - allowed)}
    # What runs on a cluster is written in the cluster's own words, and nobody imports it unless asked to run there.
    # And what is kept between processes is kept in files, in one place.
    kept = {"hashlib", "json", "os", "pathlib", "shutil", "tempfile"}
    assert foreign.pop("graph/snapshot.py") <= kept
    assert foreign == {"graph/spark.py": {"pyspark"}}


def test_the_edge_reads_through_queries_and_never_selects_by_itself() -> None:
    assert _found(_is_select, [file for file in FILES if file.endswith("/api.py") or "/api/" in file]) == []


def test_only_the_unit_of_work_and_the_entry_points_read_the_clock() -> None:
    assert _found(_reads_clock, [file for file in FILES if not file.startswith(CLOCK_READERS)]) == []


def test_only_the_unit_of_work_commits() -> None:
    assert _found(_commits, [file for file in FILES if not file.startswith(COMMITTERS)]) == []


def test_no_file_hides_a_second_noun_behind_its_length() -> None:
    lengths = {file: len((ROOT / file).read_text("utf-8").splitlines()) for file in FILES}
    assert {file: length for file, length in lengths.items() if length > MAX_LINES} == {}


@pytest.mark.parametrize(
    ("check", "code"),
    [
        ("select", "select(Supplier)"),
        ("select", "sa.select(Supplier)"),
        ("clock", "datetime.now(UTC)"),
        ("clock", "datetime.datetime.now()"),
        ("clock", "date.today()"),
        ("clock", "time.time()"),
        ("commit", "session.commit()"),
        ("commit", "work.session.commit()"),
    ],
)
def test_the_checks_see_what_they_forbid(check: str, code: str) -> None:
    checks = {"select": _is_select, "clock": _reads_clock, "commit": _commits}
    assert _lines(ast.parse(code), checks[check]) == [1]


def _tree(file: str) -> ast.Module:
    return ast.parse((ROOT / file).read_text("utf-8"), file)


def _found(check: Callable[[ast.Call], bool], files: list[str]) -> list[str]:
    return [f"{file}:{line}" for file in files for line in _lines(_tree(file), check)]


def _lines(tree: ast.Module, check: Callable[[ast.Call], bool]) -> list[int]:
    return [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Call) and check(node)]


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "graph" if node.level else str(node.module).partition(".")[0]


def _dotted(node: ast.expr) -> list[str]:
    """``a.b.c`` as ["a", "b", "c"]; calls and subscripts on the way end the name."""
    if isinstance(node, ast.Attribute):
        return [*_dotted(node.value), node.attr]
    return [node.id] if isinstance(node, ast.Name) else []


def _is_select(call: ast.Call) -> bool:
    return _dotted(call.func)[-1:] == ["select"]


def _reads_clock(call: ast.Call) -> bool:
    return tuple(_dotted(call.func)[-2:]) in {
        ("datetime", "now"),
        ("datetime", "utcnow"),
        ("datetime", "today"),
        ("date", "today"),
        ("time", "time"),
        ("time", "time_ns"),
    }


def _commits(call: ast.Call) -> bool:
    return _dotted(call.func)[-1:] == ["commit"]
