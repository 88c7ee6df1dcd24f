"""Routes of what-if: a question that changes nothing."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import Response

from schemas.base import page_of
from schemas.foreseen import ForeseenPageSchema, ForeseenQuery
from schemas.what_if import (
    WHAT_IF_EXAMPLE,
    KeptWhatIfSchema,
    WhatIfEntrySchema,
    WhatIfKeptSchema,
    WhatIfQuery,
    WhatIfQuestionSchema,
    WhatIfSchema,
)
from supplychain.accounts.permissions import Permission
from supplychain.http import Blueprint, answer, current, page_of_items, page_of_select
from supplychain.what_if import comparing, keeping, operations, telling
from supplychain.what_if.models import WhatIf
from supplychain.what_if.rules import counted

blp = Blueprint("what-if", __name__, url_prefix="/v1", description="What changes would change, before they are made")
BLUEPRINTS = (blp,)
READ, WRITE = Permission.WHAT_IFS_READ, Permission.WHAT_IFS_WRITE
KEPT_EXAMPLE = {"title": "A tier further down", **WHAT_IF_EXAMPLE}


# A POST, for no address is long enough for what it asks; it writes nothing, so it holds no lock.
@blp.route("/what-if", methods=["POST"], permission=READ, writes=False)
@blp.arguments(WhatIfQuestionSchema, example=WHAT_IF_EXAMPLE)
@blp.response(200, WhatIfSchema)
def ask_what_if(question: dict[str, Any]) -> Response:
    """Show what changes would change: who newly owes, is freed, owes more or less, falls short; nothing is kept.

    Computed over organizations whose conformity is open to you, on what you are shown: links below that you see,
    attributes that are displayed. What you may not see you cannot suppose anything about.
    """
    return answer(telling.represent(operations.ask(current(), question), question["limit"]))


@blp.route("/what-ifs", methods=["POST"], permission=WRITE)
@blp.arguments(WhatIfKeptSchema, example=KEPT_EXAMPLE)
@blp.response(201, KeptWhatIfSchema)
def keep_what_if(question: dict[str, Any]) -> Response:
    """Ask as `POST /v1/what-if` does, and keep question and answer, to be held against what really happens."""
    row = keeping.keep(current(), question)
    return answer(_whole(row), 201, Location=f"/v1/what-ifs/{row.id}")


@blp.route("/what-ifs", permission=READ)
@blp.arguments(WhatIfQuery, location="query")
@blp.response(200, page_of(WhatIfEntrySchema))
def list_what_ifs(query: dict[str, Any]) -> Response:
    """List one's own kept what-ifs."""
    listed = keeping.listed(current())
    return page_of_select(listed, [WhatIf.number], _entries, query.get("cursor"), query["limit"])


@blp.route("/what-ifs/<what_if_id>", permission=READ)
@blp.response(200, KeptWhatIfSchema)
def get_what_if(what_if_id: str) -> Response:
    """Show what was supposed, and what was answered in total on that day."""
    return answer(_whole(keeping.own(current(), what_if_id)))


@blp.route("/what-ifs/<what_if_id>", methods=["DELETE"], permission=WRITE)
@blp.response(204)
def discard_what_if(what_if_id: str) -> Response:
    """Throw a kept what-if away."""
    keeping.discard(current(), keeping.own(current(), what_if_id))
    return Response(status=204)


@blp.route("/what-ifs/<what_if_id>/comparison", permission=READ)
@blp.arguments(ForeseenQuery, location="query")
@blp.response(200, ForeseenPageSchema)
def compare_what_if(query: dict[str, Any], what_if_id: str) -> Response:
    """Hold what was foreseen against what is so today, of suppliers that you see today."""
    found = comparing.comparison(current(), keeping.own(current(), what_if_id), query.get("verdict"))
    key = comparing.position
    return page_of_items(found.items, key, list, query.get("cursor"), query["limit"], in_order=True, **found.extra)


def _entries(rows: Sequence[Any]) -> Iterable[dict[str, Any]]:
    return (_entry(row) for (row,) in rows)


def _entry(row: WhatIf) -> dict[str, Any]:
    return {
        "id": row.id,
        "title": row.title,
        "asked_on": row.asked_on,
        "on": row.looked_at,
        "totals": _with_all(row.told["totals"]),
    }


def _whole(row: WhatIf) -> dict[str, Any]:
    told = {name: [_with_all(cell) for cell in row.told[name]] for name in keeping.CELLS}
    return {**row.told, **_entry(row), **told, "changes": row.asked}


def _with_all(counts: Mapping[str, Any]) -> dict[str, Any]:
    """Counts by effect, none of those that were not looked for when they were kept."""
    return {**counted(()), **counts}
