"""Routes of import mappings."""

from collections.abc import Sequence
from typing import Any

from flask import Response

from schemas.base import PageQuery, page_of
from schemas.import_mapping import MAPPING_EXAMPLE, ImportMappingEntrySchema, ImportMappingSchema
from supplychain.accounts.permissions import Permission
from supplychain.errors import Invalid
from supplychain.http import Blueprint, answer, current, page_of_select
from supplychain.network.imports import mappings
from supplychain.network.models import ImportMapping

blp = Blueprint(
    "import-mappings", __name__, url_prefix="/v1", description="What the headings of a source of lists mean"
)
_LONGEST = 80


@blp.route("/import-mappings", permission=Permission.IMPORTS_WRITE)
@blp.arguments(PageQuery, location="query")
@blp.response(200, page_of(ImportMappingSchema))
def list_import_mappings(query: dict[str, Any]) -> Response:
    """List what you keep, by the names of your sources."""
    own = mappings.own(current())
    return page_of_select(own, [ImportMapping.source], _listed, query.get("cursor"), query["limit"])


@blp.route("/import-mappings/<source>", permission=Permission.IMPORTS_WRITE)
@blp.response(200, ImportMappingSchema)
def get_import_mapping(source: str) -> Response:
    """Show what the headings of a source mean."""
    return answer(_shown(mappings.find(current(), source)))


@blp.route("/import-mappings/<source>", methods=["PUT"], permission=Permission.IMPORTS_WRITE)
@blp.arguments(ImportMappingEntrySchema, example=MAPPING_EXAMPLE)
@blp.response(200, ImportMappingSchema)
@blp.alt_response(201, schema=ImportMappingSchema)
def put_import_mapping(sent: dict[str, Any], source: str) -> Response:
    """Keep what the headings of a source mean; ``POST /v1/imports?source=`` reads its lists by it."""
    if len(source) > _LONGEST:
        raise Invalid.at("/source", "length", min=1, max=_LONGEST)
    row, created = mappings.put(current(), source, sent)
    return answer(_shown(row), 201 if created else 200)


@blp.route("/import-mappings/<source>", methods=["DELETE"], permission=Permission.IMPORTS_WRITE)
@blp.response(200, ImportMappingSchema)
def remove_import_mapping(source: str) -> Response:
    """Drop what you keep for a source; the answer shows it a last time."""
    work = current()
    row = mappings.find(work, source)
    shown = _shown(row)
    mappings.remove(work, row)
    return answer(shown)


def _shown(row: ImportMapping) -> dict[str, Any]:
    return {
        "source": row.source,
        "kind": row.kind,
        **{name: getattr(row, name) for name in mappings.SAID},
        "changed_at": row.changed_at.isoformat(),
    }


def _listed(rows: Sequence[tuple[ImportMapping]]) -> list[dict[str, Any]]:
    return [_shown(row) for (row,) in rows]
