"""Routes of import mappings."""

from collections.abc import Sequence
from typing import Any

from flask import Response

from schemas.base import page_of
from schemas.import_mapping import MAPPING_EXAMPLE, ImportMappingEntrySchema, ImportMappingQuery, ImportMappingSchema
from supplychain.accounts.permissions import Permission
from supplychain.http import Blueprint, answer, current, page_of_select
from supplychain.network.imports import mappings
from supplychain.network.models import ImportMapping

blp = Blueprint(
    "import-mappings", __name__, url_prefix="/v1", description="What the headings of a source of lists mean"
)


@blp.route("/import-mappings", methods=["POST"], permission=Permission.IMPORTS_WRITE)
@blp.arguments(ImportMappingEntrySchema, example=MAPPING_EXAMPLE)
@blp.response(201, ImportMappingSchema)
@blp.alt_response(200, schema=ImportMappingSchema)
def keep_import_mapping(sent: dict[str, Any]) -> Response:
    """Keep what the headings of a source mean, in place of what was kept for it (200).

    ``POST /v1/imports?source=`` reads its lists by it.
    """
    row, created = mappings.put(current(), sent["source"], sent)
    return answer(_shown(row), 201 if created else 200, Location=f"/v1/import-mappings/{row.id}")


@blp.route("/import-mappings", permission=Permission.IMPORTS_WRITE)
@blp.arguments(ImportMappingQuery, location="query")
@blp.response(200, page_of(ImportMappingSchema))
def list_import_mappings(query: dict[str, Any]) -> Response:
    """List what you keep, by the names of your sources."""
    own = mappings.own(current(), query.get("source"))
    return page_of_select(own, [ImportMapping.source], _listed, query.get("cursor"), query["limit"])


@blp.route("/import-mappings/<mapping_id>", permission=Permission.IMPORTS_WRITE)
@blp.response(200, ImportMappingSchema)
def get_import_mapping(mapping_id: str) -> Response:
    """Show what the headings of a source mean."""
    return answer(_shown(mappings.find(current(), mapping_id)))


@blp.route("/import-mappings/<mapping_id>", methods=["DELETE"], permission=Permission.IMPORTS_WRITE)
@blp.response(200, ImportMappingSchema)
def remove_import_mapping(mapping_id: str) -> Response:
    """Drop what you keep for a source; the answer shows it a last time."""
    work = current()
    row = mappings.find(work, mapping_id)
    shown = _shown(row)
    mappings.remove(work, row)
    return answer(shown)


def _shown(row: ImportMapping) -> dict[str, Any]:
    return {
        "id": row.id,
        "source": row.source,
        "kind": row.kind,
        **{name: getattr(row, name) for name in mappings.SAID},
        "changed_at": row.changed_at.isoformat(),
    }


def _listed(rows: Sequence[tuple[ImportMapping]]) -> list[dict[str, Any]]:
    return [_shown(row) for (row,) in rows]
