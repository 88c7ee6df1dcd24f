"""What-ifs that are kept: their asker's own, seen by nobody else."""

from typing import Any, Final

import orjson
from sqlalchemy import Select, select

from supplychain.errors import Invalid, NotFound
from supplychain.what_if import operations, telling
from supplychain.what_if.foreseen import Key, Level, written
from supplychain.what_if.models import WhatIf
from supplychain.what_if.operations import Answer
from supplychain.work import Work

MAX_KEPT: Final = 20_000
"""Obligations foreseen, at some 60 bytes each."""
CELLS: Final = ("by_tier", "by_pillar", "by_country", "by_region")
TOLD: Final = ("totals", *CELLS, "left_out")


def keep(work: Work, question: dict[str, Any]) -> WhatIf:
    """Ask, and keep question and answer under a title. Raises Invalid, Conflict."""
    title = question.pop("title")
    asked = orjson.loads(orjson.dumps(question["changes"]))
    answer = operations.ask(work, question)
    foreseen = _foreseen(work, answer)
    if len(foreseen) > MAX_KEPT:
        raise Invalid.at("/changes", "too-much-foreseen", limit=MAX_KEPT, foreseen=len(foreseen))
    told = telling.represent(answer, limit=0)
    row = WhatIf(
        organization=work.actor.organization,
        title=title,
        asked=asked,
        asked_on=work.today,
        looked_at=answer.on,
        told={name: told[name] for name in TOLD},
        foreseen=written(foreseen),
        created_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    work.record("what_if.kept", row.id, row.organization)
    return row


def listed(work: Work) -> Select[WhatIf]:
    """The caller's own, all of them."""
    return select(WhatIf).where(WhatIf.organization == work.actor.organization)


def own(work: Work, what_if_id: str) -> WhatIf:
    """One of the caller's own. Raises NotFound for another's as for none."""
    row = work.session.scalar(listed(work).where(WhatIf.id == what_if_id))
    if row is None:
        raise NotFound
    return row


def discard(work: Work, row: WhatIf) -> None:
    """Throw one away."""
    work.session.delete(row)
    work.record("what_if.discarded", row.id, row.organization)


def _foreseen(work: Work, answer: Answer) -> dict[Key, Level]:
    """All that would be owed under the demands that were looked at, also where nothing changes."""
    found = {}
    for one in operations.owed_after(work, answer):
        name = answer.supposed.names.get(one.demand.number, one.demand.id)
        found[Key(name, one.pillar, one.seen.id)] = Level(one.side.tier, one.side.level, one.side.gap)
    return found
