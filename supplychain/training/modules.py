"""The training modules as data, and which of them cover an indicator."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class Module:
    """A training module. covers: ids of indicators by framework id, without version."""

    id: str
    name: Mapping[str, str]
    covers: Mapping[str, frozenset[str]]

    def covered(self, framework: str, indicators: Iterable[str]) -> list[str]:
        """Those of some indicators of a framework version that the module covers, in order."""
        return sorted(self.covers.get(framework.partition("@")[0], frozenset()).intersection(indicators))


@cache
def modules() -> tuple[Module, ...]:
    """Every module that ships with the system."""
    read = yaml.safe_load((files("supplychain.training") / "modules.yaml").read_text("utf-8"))
    return tuple(
        Module(one["id"], one["name"], {key: frozenset(some) for key, some in one["covers"].items()})
        for one in read["modules"]
    )


def covering(wanted: Mapping[str, Iterable[str]]) -> list[dict[str, Any]]:
    """The modules that cover some of the unmet indicators, given by framework version."""
    found = []
    for module in modules():
        covered = sorted({one for framework, some in wanted.items() for one in module.covered(framework, some)})
        if covered:
            found.append({"id": module.id, "name": dict(module.name), "covers": covered})
    return found
