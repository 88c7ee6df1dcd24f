"""From appraisals to rows: only what differs from what is stored is written, recorded and told."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from graph.terms import Reason
from supplychain import heads
from supplychain.conformity.appraisal import Appraisal
from supplychain.conformity.models import Conformity, Flag
from supplychain.conformity.rules import RULES_VERSION, FlagDecision, Standing
from supplychain.conformity.stored import assessment_payload, standing_payload
from supplychain.db import opaque, table_of
from supplychain.dialects import upsert
from supplychain.network.log import LevelLogRow
from supplychain.network.models import Organization
from supplychain.work import Work


@dataclass(frozen=True, slots=True)
class Kept:
    """What is stored about an organization, whose row is locked until the commit.

    rules_version: those under which it was derived; None = it never was.
    """

    id: str
    listed: bool
    assessments: Mapping[str, Any]
    open_flags: Mapping[str, str]
    good_through: date | None
    rules_version: str | None

    @property
    def known(self) -> bool:
        """Whether anything is derived of it."""
        return self.rules_version is not None


_O = table_of(Organization)
_C = table_of(Conformity)
# Built once: to build a statement costs as much as to run it.
_THESE = _O.c.number.in_(bindparam("numbers", expanding=True))
# Others may add rows that refer to a locked one, and come to wait here with them: no deadlock.
_LOCK = select(_O.c.number).where(_THESE).order_by(_O.c.number).with_for_update(key_share=True)
_KEPT = (
    select(_O.c.number, _O.c.id, _O.c.listed, _C.c.assessments, _C.c.open_flags, _C.c.good_through, _C.c.rules_version)
    .outerjoin(_C, _C.c.organization == _O.c.number)
    .where(_THESE)
)
_LEVELS = table_of(LevelLogRow).insert()


def lock(work: Work, organizations: Sequence[int]) -> dict[int, Kept]:
    """Lock organizations in the order of their numbers and read what was derived of them."""
    numbers = {"numbers": list(organizations)}
    if work.runtime.database.is_postgres:  # SQLite's one lock is held already
        # A statement of its own: one that waits for a lock reads beside it what was there before it waited.
        work.connection.execute(_LOCK, numbers).all()
    return {
        number: Kept(public, listed, assessments or {}, flags or {}, through, version)
        for number, public, listed, assessments, flags, through, version in work.connection.execute(_KEPT, numbers)
    }


def write(work: Work, day: date, kept: Mapping[int, Kept], appraisals: Iterable[Appraisal]) -> None:
    """Write what differs: derived rows, flags, the level log, audit and events."""
    rows: list[dict[str, Any]] = []
    levels: list[dict[str, Any]] = []
    opened: list[dict[str, Any]] = []
    closed: list[tuple[str, FlagDecision]] = []
    for one in appraisals:
        before = kept[one.organization]
        if not (one.assessments or before.known or any(flag.open for flag in one.flags)):
            continue
        flags = _flags(work, day, before, one, opened, closed)
        assessments = _assessments(work, day, before, one, levels)
        stored = (before.assessments, before.open_flags, before.good_through, before.rules_version)
        if (assessments, flags, one.good_through, RULES_VERSION) != stored:
            rows.append(_row(work, one, assessments, flags))
    upsert(work.connection, Conformity, rows, ["organization"])
    _write_flags(work, day, opened, closed)
    _append_levels(work, levels)


def _row(work: Work, one: Appraisal, assessments: dict[str, Any], flags: dict[str, str]) -> dict[str, Any]:
    return {
        "organization": one.organization,
        "assessments": assessments,
        "open_flags": flags,
        "good_through": one.good_through,
        "rules_version": RULES_VERSION,
        "assessed_at": work.now,
    }


def _assessments(work: Work, day: date, before: Kept, one: Appraisal, levels: list[dict[str, Any]]) -> dict[str, Any]:
    """The new stored assessments; adds a level log row for each standing that differs."""
    stored: dict[str, Any] = {}
    for key, assessment in one.assessments.items():
        mine = {pillar: standing for (framework, pillar), standing in one.standings.items() if framework == key}
        known = before.assessments.get(key, {}).get("standings", {})
        payloads = {pillar: _since(standing, known.get(pillar), day) for pillar, standing in mine.items()}
        for pillar, payload in payloads.items():
            if payload != known.get(pillar):
                levels.append(_level_row(one.organization, key, pillar, payload))
                _tell_level(work, before, one.organization, (key, pillar), known.get(pillar), payload)
        stored[key] = {**assessment_payload(assessment), "standings": payloads}
    for key, gone in before.assessments.items():
        if key not in stored:
            levels += [_forgotten(one.organization, key, pillar, day) for pillar in gone["standings"]]
    return stored


def _since(standing: Standing, known: Mapping[str, Any] | None, day: date) -> dict[str, Any]:
    """The payload of a standing; its day stays as long as its level does."""
    payload = standing_payload(standing, day)
    if known is not None and known["level"] == payload["level"]:
        payload["since"] = known["since"]
    return payload


def _level_row(organization: int, framework: str, pillar: str, payload: dict[str, Any]) -> dict[str, Any]:
    return {"organization": organization, "framework": framework, "pillar": pillar, "standing": payload}


def _forgotten(organization: int, framework: str, pillar: str, day: date) -> dict[str, Any]:
    return _level_row(organization, framework, pillar, standing_payload(Standing(pillar, None), day))


def _tell_level(
    work: Work,
    before: Kept,
    organization: int,
    key: tuple[str, str],
    known: Mapping[str, Any] | None,
    payload: Mapping[str, Any],
) -> None:
    was = known["level"] if known else None
    if was == payload["level"]:
        return
    told = {"framework": key[0], "pillar": key[1], "before": was, "after": payload["level"]}
    work.record("level.changed", before.id, organization, rules_version=RULES_VERSION, **told)
    work.emit("level.changed", before.id, organization, **told)


def _flags(
    work: Work,
    day: date,
    before: Kept,
    one: Appraisal,
    opened: list[dict[str, Any]],
    closed: list[tuple[str, FlagDecision]],
) -> dict[str, str]:
    flags = dict(before.open_flags)
    for decision in one.flags:
        kind = str(decision.kind)
        if decision.open and kind not in flags:
            flags[kind] = opaque("flg")
            opened.append(_flag_row(flags[kind], one.organization, decision, day, work.now))
            _tell_flag(work, "flag.opened", flags[kind], one.organization, decision)
        elif not decision.open and kind in flags:
            closed.append((flags[kind], decision))
            _tell_flag(work, "flag.closed", flags.pop(kind), one.organization, decision)
    return flags


def _flag_row(public: str, organization: int, decision: FlagDecision, day: date, now: datetime) -> dict[str, Any]:
    return {
        "id": public,
        "organization": organization,
        "kind": str(decision.kind),
        "opened_on": day,
        "opened_at": now,
        "opening_reason": _reasons(decision.reasons),
        "rules_version": RULES_VERSION,
    }


def _tell_flag(work: Work, kind: str, public: str, organization: int, decision: FlagDecision) -> None:
    told = {"flag": str(decision.kind), **_reasons(decision.reasons)}
    work.record(kind, public, organization, rules_version=RULES_VERSION, **told)
    work.emit(kind, public, organization, **told)


def _reasons(reasons: Iterable[Reason]) -> dict[str, Any]:
    return {"reasons": [{"code": str(one.code), "params": dict(one.params)} for one in reasons]}


def _write_flags(work: Work, day: date, opened: list[dict[str, Any]], closed: list[tuple[str, FlagDecision]]) -> None:
    if opened:
        work.session.execute(insert(Flag), opened)
    for public, decision in closed:
        work.session.execute(
            update(Flag)
            .where(Flag.id == public)
            .values(closed_on=day, closed_at=work.now, closing_reason=_reasons(decision.reasons))
        )


def _append_levels(work: Work, levels: list[dict[str, Any]]) -> None:
    """One revision of the level log; its head is the last lock a unit takes."""
    if not levels:
        return
    revision = heads.next_revision(work.session, heads.LEVEL)
    rows = [
        {**row, "revision": revision, "position": position, "recorded_at": work.now}
        for position, row in enumerate(levels)
    ]
    work.connection.execute(_LEVELS, rows)
