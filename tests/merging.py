"""What a merge may change, as values: every table, and what readers are answered."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select

from supplychain.db import Base
from supplychain.work import Work
from tests.world import Member, World

HISTORY = frozenset(
    {"audit_entry", "outbox_event", "network_log", "level_log", "log_head", "merge", "merge_step", "idempotency_key"}
)
"""What only grows: it tells what happened, a merge and its undoing included."""
DERIVED = frozenset({"flag"})
"""Opened anew with another id and day when what it rests on comes back."""
COUNTED = frozenset({"version", "assessed_at", "rules_version", "open_flags"})
"""Columns that count edits or moments, or name flags."""


def tables(world: World) -> Mapping[str, list[dict[str, Any]]]:
    """Every row of every table that a split must restore."""

    def read(work: Work) -> Mapping[str, list[dict[str, Any]]]:
        return {
            table.name: sorted(
                (
                    {name: value for name, value in row.items() if name not in COUNTED}
                    for row in work.session.execute(select(table)).mappings()
                    if row.get("assessments") != {}  # says no more than that there is no row
                ),
                key=repr,
            )
            for table in Base.metadata.sorted_tables
            if table.name not in HISTORY | DERIVED
        }

    found: Mapping[str, list[dict[str, Any]]] = world.do(read)
    return found


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> Mapping[str, Any]:
    """Tables that differ, and how."""
    return {
        name: ([one for one in before[name] if one not in rows], [one for one in rows if one not in before[name]])
        for name, rows in after.items()
        if rows != before[name]
    }


def answers(members: Iterable[Member], paths: Iterable[str]) -> Mapping[tuple[str, str], Any]:
    """What some members are answered on some routes."""
    return {
        (member.id, path): (response.status_code, {**response.json, "instance": None})
        for member in members
        for path in paths
        for response in [member.get(path)]
    }
