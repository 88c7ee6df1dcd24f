"""Routes of what-if: a question that changes nothing."""

from typing import Any

from flask import Response

from schemas.what_if import WHAT_IF_EXAMPLE, WhatIfQuestionSchema, WhatIfSchema
from supplychain.accounts.permissions import Permission
from supplychain.http import Blueprint, answer, current
from supplychain.what_if import operations, telling

blp = Blueprint("what-if", __name__, url_prefix="/v1", description="What changes would change, before they are made")
BLUEPRINTS = (blp,)


# A POST, for no address is long enough for what it asks; it writes nothing, so it holds no lock.
@blp.route("/what-if", methods=["POST"], permission=Permission.WHAT_IFS_READ, writes=False)
@blp.arguments(WhatIfQuestionSchema, example=WHAT_IF_EXAMPLE)
@blp.response(200, WhatIfSchema)
def ask_what_if(question: dict[str, Any]) -> Response:
    """Show what changes would change: who newly owes, is freed, owes more or less, falls short; nothing is kept.

    Computed over organizations whose conformity is open to you, on what you are shown: links below that you see,
    attributes that are displayed. What you may not see you cannot suppose anything about.
    """
    return answer(telling.represent(operations.ask(current(), question), question["limit"]))
