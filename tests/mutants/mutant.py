"""What a mutant is: a rule of domain rules §7, how it is broken, and the test that notices."""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Select

Patch = Callable[[pytest.MonkeyPatch], None]
SUPPLIERS = ("/v1/suppliers", "/v1/suppliers/<supplier_id>", "/v1/requirements/<requirement_id>/obligations")
WHY = ("/v1/suppliers", "/v1/suppliers/<supplier_id>/explanation")
OWED = ("/v1/me/obligations", "/v1/me/obligations/<reference>/explanation")
FLAGS = ("/v1/flags",)


@dataclass(frozen=True)
class Mutant:
    """A rule, broken by a monkeypatch of one function or one condition.

    broken: what the mutant does. rule: the words of the rule. killed_by: a test that fails under the patch. routes:
    where it shows; all if none are named.
    """

    broken: str
    rule: str
    patch: Patch
    killed_by: Callable[..., None]
    routes: tuple[str, ...] = ()


def attribute(owner: Any, name: str, value: Any) -> Patch:
    """One function or constant is another."""
    return lambda monkeypatch: monkeypatch.setattr(owner, name, value)


def without(query: Select[Any], word: str) -> Select[Any]:
    """The query without its conditions on a column."""
    other = copy(query)
    other._where_criteria = tuple(one for one in query._where_criteria if word not in str(one))
    return other
