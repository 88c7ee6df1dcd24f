"""What a sender says the headings of a source mean: kept by the sender's name for the source, used again by it."""

from collections.abc import Mapping
from typing import Any, Final

import orjson
from sqlalchemy import Select, select

from schemas.import_mapping import MappingSchema
from supplychain.errors import Fault, Invalid, NotFound
from supplychain.faults import faults_of
from supplychain.network.imports.cells import COLUMNS
from supplychain.network.imports.files.table import Meaning, Options
from supplychain.network.imports.rows import Kind
from supplychain.network.models import ImportMapping
from supplychain.network.standing import require_verified
from supplychain.work import Actor, Runtime, Work

SAID: Final = ("columns", "constants", "splits", "date_order", "decimal")
_OPTIONS: Final = ("encoding", "separator", "sheet", "header_row", "date_order", "decimal")


def own(work: Work, source: str | None = None) -> Select[ImportMapping]:
    """The actor's mappings, or the one for a source."""
    query = select(ImportMapping).where(ImportMapping.owner == work.actor.organization)
    return query if source is None else query.where(ImportMapping.source == source)


def find(work: Work, mapping_id: str) -> ImportMapping:
    """A mapping of the actor's by its public id. Raises NotFound."""
    return _found(work.session.scalar(own(work).where(ImportMapping.id == mapping_id)))


def _found(row: ImportMapping | None) -> ImportMapping:
    if row is None:
        raise NotFound
    return row


def put(work: Work, source: str, sent: Mapping[str, Any]) -> tuple[ImportMapping, bool]:
    """Keep a mapping in place of any earlier one for the source; whether it is the first.

    Raises Forbidden, Invalid for columns that lists of its kind do not have.
    """
    require_verified(work)
    check(sent, Kind(sent["kind"]))
    row = work.session.scalar(own(work, source))
    created = row is None
    if row is None:
        row = ImportMapping(owner=work.actor.organization, source=source, created_at=work.now)
        work.session.add(row)
    values = {name: sent.get(name) for name in ("date_order", "decimal")}
    values |= {name: dict(sent.get(name) or {}) for name in ("columns", "constants", "splits")}
    changed = row.kind != sent["kind"] or any(getattr(row, name) != value for name, value in values.items())
    if changed or created:
        row.kind = sent["kind"]
        for name, value in values.items():
            setattr(row, name, value)
        row.changed_at = work.now
        work.session.flush()
        work.record("import-mapping.kept", row.id, row.owner, source=source)
    return row, created


def remove(work: Work, row: ImportMapping) -> None:
    """Drop a mapping of the actor's. Raises Forbidden."""
    require_verified(work)
    work.session.delete(row)
    work.session.flush()
    work.record("import-mapping.removed", row.id, row.owner, source=row.source)


def check(sent: Mapping[str, Any], kind: Kind) -> None:
    """Refuse columns that lists of a kind do not have. Raises Invalid."""
    allowed = ", ".join(COLUMNS[kind])
    said = [("/columns", column) for column in (sent.get("columns") or {}).values() if column is not None]
    said += [("/constants", column) for column in sent.get("constants") or {}]
    faults = [
        Fault(pointer, "unknown-column", {"column": column[:80], "allowed": allowed})
        for pointer, column in said
        if column not in COLUMNS[kind]
    ]
    if faults:
        raise Invalid("invalid-payload", faults=faults)


def parsed(text: str) -> dict[str, Any]:
    """A mapping that came with a list, as JSON. Raises Invalid."""
    try:
        sent = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise Invalid.at("query:mapping", "mapping-unreadable") from error
    schema = MappingSchema()
    wrong = schema.validate(sent) if isinstance(sent, dict) else None
    if wrong is None:
        raise Invalid.at("query:mapping", "mapping-unreadable")
    if wrong:
        raise Invalid("invalid-payload", faults=faults_of({"mapping": wrong}))
    return dict(schema.load(sent))


def options_of(runtime: Runtime, actor: Actor, kind: Kind, said: Mapping[str, Any]) -> Options:
    """As ``options``, in a read of its own: nothing is locked while a file is read after it."""
    reader = Work(runtime, actor, writes=False)
    try:
        return options(reader, kind, said)
    finally:
        reader.close()


def options(work: Work, kind: Kind, said: Mapping[str, Any]) -> Options:
    """How a list is to be read: what came with it, else what is kept for its source.

    said: the options by name, ``mapping`` (parsed) and ``source``. Raises NotFound for a source without a mapping,
    Invalid for one of another kind.
    """
    kept: Mapping[str, Any] = {}
    source = said.get("source")
    mapping = said.get("mapping")
    if source is not None and mapping is None:
        row = _found(work.session.scalar(own(work, source)))
        if row.kind != kind:
            raise Invalid.at("query:source", "mapping-other-kind", source=source, kind=row.kind)
        kept = {name: getattr(row, name) for name in SAID}
    told = mapping or kept
    meaning = Meaning(*(dict(told.get(name) or {}) for name in ("columns", "constants", "splits")))
    plain = {name: said[name] for name in _OPTIONS if said.get(name) is not None}
    implied = {name: told[name] for name in ("date_order", "decimal") if told.get(name) is not None}
    return Options(mapping=meaning, **{**implied, **plain})
