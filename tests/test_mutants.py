"""Each rule of what may be seen by whom is tested: broken on purpose, it makes the test fail that is named for it."""

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from supplychain.db import Database
from tests.mutants import MUTANTS, Mutant
from tests.test_probes import Tenants
from tests.visibility.answers import Worlds
from tests.visibility.conftest import maker
from tests.world import World


@pytest.fixture
def make(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], World]]:
    """Makes worlds that nothing was asked of before the rule was broken."""
    made, opened = maker(tmp_path_factory.mktemp("mutants"))
    yield made
    _dispose(opened)


def _dispose(opened: list[Database]) -> None:
    for database in opened:
        database.dispose()


def given(mutant: Mutant, make: Callable[[], World]) -> Iterator[dict[str, Any]]:
    """What the killing test asks for; each of its cases in turn."""
    needs: dict[str, Callable[[], Any]] = {
        "worlds": lambda: Worlds(make, mutant.routes),
        "world": make,
        "tenants": lambda: Tenants(make(), mutant.routes),
    }
    names = inspect.signature(mutant.killed_by).parameters
    for case in _cases(mutant.killed_by):
        yield {name: case[name] if name in case else needs[name]() for name in names}


def _cases(test: Callable[..., None]) -> Iterator[dict[str, Any]]:
    marks = [mark for mark in getattr(test, "pytestmark", ()) if mark.name == "parametrize"]
    if not marks:
        yield {}
    for mark in marks:
        names = [mark.args[0]] if isinstance(mark.args[0], str) else list(mark.args[0])
        yield from (dict(zip(names, values, strict=True)) for values in mark.args[1])


@pytest.mark.parametrize("mutant", MUTANTS, ids=[one.broken.replace(" ", "-") for one in MUTANTS])
def test_a_broken_rule_is_noticed(mutant: Mutant, make: Callable[[], World], monkeypatch: pytest.MonkeyPatch) -> None:
    mutant.patch(monkeypatch)
    assert any(fails(mutant.killed_by, needs) for needs in given(mutant, make)), mutant.killed_by.__name__


def fails(test: Callable[..., None], needs: dict[str, Any]) -> bool:
    """Whether a test fails by what it asserts; any other error is the mutant's own and passes through."""
    try:
        test(**needs)
    except AssertionError as error:
        if "worlds" in needs and "differ" not in str(error):
            raise
        return True
    return False


def test_the_killers_pass_where_no_rule_is_broken(make: Callable[[], World]) -> None:
    """Asked as the mutants ask them: on the few routes where the rule shows, of worlds made for it."""
    quick = {one.killed_by: one for one in MUTANTS if "tenants" in inspect.signature(one.killed_by).parameters}
    for mutant in quick.values():
        for needs in given(mutant, make):
            mutant.killed_by(**needs)
