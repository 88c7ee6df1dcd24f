"""What may be recorded in the audit trail, and as whom others are told of its doer; data, beside this file."""

from collections.abc import Mapping
from importlib.resources import files
from typing import Final

import yaml

VERBS: Final[Mapping[str, str]] = yaml.safe_load((files("supplychain") / "verbs.yaml").read_text("utf-8"))
"""Every verb that may be recorded, and as whom its doer is told of to others. Each has its sentences."""


def known(verb: str) -> str:
    """A verb that has its sentences. Raises KeyError: what nobody could read is not recorded."""
    if verb not in VERBS:
        raise KeyError(verb)
    return verb
