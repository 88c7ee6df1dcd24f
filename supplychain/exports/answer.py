"""A whole list as an answer: what asks for it, and what is sent. The only place of this room that knows HTTP."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import IO, Any, Final
from urllib.parse import quote

import marshmallow as ma
from flask import Request, Response, g
from sqlalchemy import Select

from supplychain.crypto import fingerprint
from supplychain.errors import Invalid
from supplychain.exports import headings
from supplychain.exports.formats import BY_MEDIA_TYPE, JSON_TYPE, MEDIA_TYPES, Format
from supplychain.exports.whole import BATCH, SLICE, List, Written, write
from supplychain.work import Work

_ORDINARY: Final = frozenset({None, "", "*/*", JSON_TYPE})
"""What ``Accept`` says of nearly every request: JSON, and nothing to compare."""
_OFFERED: Final = (JSON_TYPE, *BY_MEDIA_TYPE)
Batched = Callable[[], Iterable[Sequence[Any]]]
"""Begins to read a list, some items at a time."""
VARY: Final = "Accept, Accept-Language"


class Moved(Exception):
    """The snapshot was given up while the list was read: what is written so far is of an older one."""


def asked(request: Request) -> Format | None:
    """The format of a whole list that a request asks for; None when it asks for a page.

    Raises Invalid when it asks for a page as well.
    """
    named = request.args.get("format")
    if named is None:
        accepted = request.headers.get("Accept")
        if accepted in _ORDINARY:
            return None
        best = request.accept_mimetypes.best_match(_OFFERED, JSON_TYPE)
        form = BY_MEDIA_TYPE.get(best)
    else:
        form = Format(named)  # the schema of the query took it
    for of_pages in ("cursor", "limit"):
        if form is not None and of_pages in request.args:
            raise Invalid.at(f"?{of_pages}", "not-of-a-whole-list")
    return form


def items_of(view: Any) -> type[ma.Schema] | None:
    """The schema of the items of the list that a view answers, if it does."""
    for described in getattr(view, "_apidoc", {}).get("response", {}).get("responses", {}).get(HTTPStatus.OK, ()):
        field = getattr(described.get("schema"), "fields", {}).get("items")
        if isinstance(field, ma.fields.List) and isinstance(field.inner, ma.fields.Nested):
            return type(field.inner.schema)
    return None


def of_query(work: Work, query: Select[*tuple[Any, ...]]) -> Iterator[Sequence[Any]]:
    """The rows of a query, some at a time, read while they are asked for."""
    found = work.session.execute(query.execution_options(yield_per=BATCH))
    return ([tuple(row) for row in rows] for rows in found.partitions())


def in_batches(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Some items at a time."""
    return (items[start : start + BATCH] for start in range(0, len(items), BATCH))


def shown(
    work: Work, batches: Iterable[Sequence[Any]], represent: Callable[[Sequence[Any]], Iterable[Any]]
) -> Iterator[Sequence[Mapping[str, Any]]]:
    """What a reader is shown of some items at a time. Raises Moved before it reads of two snapshots."""
    began = work.restarts
    for batch in batches:
        items = list(represent(batch))
        if work.restarts != began:
            raise Moved
        yield items


def whole_list(
    work: Work,
    request: Request,
    form: Format,
    schema: type[ma.Schema] | None,
    batches: Batched,
    represent: Callable[[Sequence[Any]], Iterable[Any]],
    beside: Mapping[str, Any],
    language: str,
) -> Response:
    """The whole list as a file. batches: begins to read it, anew if the snapshot was given up. Raises Invalid."""
    assert schema is not None, "a list says what its items are"
    route = request.url_rule.rule if request.url_rule else request.path
    title = headings.title_of(route, language)
    told_in = headings.CODES if request.args.get("header") == headings.CODES else language
    while True:
        try:
            whole = List(title, schema, shown(work, batches(), represent), beside)
            written = write(form, whole, told_in, work.moment.on, g.get("export_progress"))
        except Moved:
            continue  # the engine knew more than the snapshot; the new one is as new as the engine
        return _sent(work, request, form, written, f"{title}-{work.moment.on}.{form}", language)


def _sent(work: Work, request: Request, form: Format, written: Written, name: str, language: str) -> Response:
    response = Response(_parts(written.file), mimetype=MEDIA_TYPES[form])
    response.call_on_close(written.file.close)
    if form is Format.CSV:
        response.mimetype_params["header"] = "present"
    response.headers["Content-Length"] = str(written.size)
    response.headers["Content-Language"] = language
    response.headers["Vary"] = VARY
    # RFC 6266: the name itself in UTF-8, and what is ASCII of it for clients that read no other.
    plain = name.encode("ascii", "ignore").decode().lstrip("-")
    response.headers.set("Content-Disposition", "attachment", filename=plain, **{"filename*": f"UTF-8''{quote(name)}"})
    tag = fingerprint(work.runtime.settings.secret, "etag", work.actor.organization, written.digest.hex())
    response.headers["ETag"] = f'W/"{tag}"'
    response.make_conditional(request)
    if request.method == "HEAD" or response.status_code != HTTPStatus.OK:
        written.file.close()
        response.response = ()
    return response


def _parts(file: IO[bytes]) -> Iterator[bytes]:
    """The bytes of a file, which is closed when all are sent or the reader is gone."""
    with file:
        while part := file.read(SLICE):
            yield part
