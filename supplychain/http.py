"""The HTTP kernel: routes that must say who may call them, JSON read strictly, pages, ETags."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar, cast

import flask_smorest
import marshmallow as ma
import orjson
from flask import Request, Response, current_app, g, request, url_for
from flask.json.provider import JSONProvider
from sqlalchemy import Select, tuple_
from webargs import core
from webargs.flaskparser import FlaskParser

from supplychain.crypto import Sealer, Unreadable
from supplychain.errors import (
    Forbidden,
    Invalid,
    Malformed,
    PreconditionRequired,
    Stale,
    Unsupported,
)
from supplychain.exports import answer as answer_whole
from supplychain.exports.answer import Batched
from supplychain.exports.formats import Format
from supplychain.faults import faults_of
from supplychain.i18n import DEFAULT, LANGUAGES
from supplychain.moments import moment
from supplychain.work import Work

PUBLIC = "public"
"""The permission of a route that needs no key; every such route says so."""
PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
View = TypeVar("View", bound=Callable[..., Any])
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Access:
    """Who may call a route, whether its unit of work writes, and of what it is a list, if it is one.

    bearer: the member of the body that a caller without a key shows instead.
    """

    permission: str
    writes: bool
    bearer: str | None = None
    items: type[ma.Schema] | None = None


class Blueprint(flask_smorest.Blueprint):
    """A blueprint that refuses to register a route without a permission."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.access: dict[str, Access] = {}

    def route(
        self,
        rule: str,
        *,
        permission: str,
        methods: Sequence[str] = ("GET",),
        writes: bool | None = None,
        bearer: str | None = None,
        **options: Any,
    ) -> Callable[[View], View]:
        """Register a view. writes: whether it records facts (default: every method but GET).

        bearer: of a public route that writes, the member of the body, or of the query, by which one caller is told
        from another.
        """
        if not permission:
            raise ValueError(f"{rule}: a route needs a permission")
        recording = "GET" not in methods if writes is None else writes
        if recording and permission == PUBLIC and bearer is None:
            raise ValueError(f"{rule}: who calls without a key must show something else, or all share their retries")
        register = super().route(rule, methods=list(methods), **options)

        def decorate(view: View) -> View:
            endpoint = f"{self.name}.{options.get('endpoint', view.__name__)}"
            self.access[endpoint] = Access(permission, recording, bearer, answer_whole.items_of(view))
            return cast(View, register(view))

        return decorate

    def arguments(self, schema: Any, **options: Any) -> Callable[[View], View]:
        """Parse the body, query or path by a schema, which is made once and not once a request."""
        made = schema() if isinstance(schema, type) else schema
        return cast("Callable[[View], View]", super().arguments(made, **options))


class Parser(FlaskParser):
    """Reads JSON through orjson: deep nesting, lone surrogates and huge integers are 400."""

    DEFAULT_UNKNOWN_BY_LOCATION = {
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "json": ma.RAISE,
        "query": ma.RAISE,
        "querystring": ma.RAISE,
        "form": ma.RAISE,
    }

    def _raw_load_json(self, req: Request) -> Any:
        body = req.get_data(cache=True)
        if not body:
            return core.missing
        if not req.is_json:
            raise Unsupported("media-type", expected="application/json")
        return parse_json(body)

    def handle_error(self, error: ma.ValidationError, req: Request, schema: ma.Schema, **_: Any) -> NoReturn:
        raise Invalid("invalid-payload", faults=faults_of(error.messages))


def parse_json(body: bytes) -> Any:
    """Parse JSON. Raises Malformed."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Malformed("json-unreadable", reason=error.msg.split(":")[0]) from error


Blueprint.ARGUMENTS_PARSER = Parser()


class OrjsonProvider(JSONProvider):
    """orjson for everything the app writes."""

    def dumps(self, obj: Any, **_: Any) -> str:
        return orjson.dumps(obj, option=orjson.OPT_NON_STR_KEYS).decode()

    def loads(self, s: str | bytes, **_: Any) -> Any:
        return orjson.loads(s)

    def response(self, *args: Any, **kwargs: Any) -> Response:
        return answer(args[0] if args else kwargs)


def answer(body: Any, status: int = 200, **headers: str) -> Response:
    """A JSON response."""
    raw = orjson.dumps(body, option=orjson.OPT_NON_STR_KEYS)
    response = Response(raw, status, mimetype="application/json")
    for name, value in headers.items():
        response.headers[name.replace("_", "-")] = value
    return response


def page(text: str, spoken: str) -> Response:
    """A page for people, which runs and shows nothing of anybody else's."""
    response = Response(text, mimetype="text/html")
    response.headers["Content-Language"] = spoken
    response.headers["Content-Security-Policy"] = PAGE_POLICY
    response.headers["Vary"] = "Accept-Language"
    return response


def language() -> str:
    """Which of our languages the reader likes best; ``zh-CN`` is answered in ``zh``."""
    for asked, quality in request.accept_languages:
        primary = asked.partition("-")[0].lower()
        if quality > 0 and primary in LANGUAGES:
            return primary
    return DEFAULT


def current() -> Work:
    """The unit of work of this request."""
    return cast(Work, g.work)


def looking(query: Mapping[str, Any]) -> Work:
    """The unit of work of this request, with the moment that its query names (``on``, ``known``). Raises Invalid."""
    work = current()
    work.moment = moment(work.today, query.get("on"), query.get("known"))
    return work


def require(work: Work, permission: str) -> None:
    """Refuse an actor whose key does not cover a permission. Raises Forbidden."""
    if permission != PUBLIC and permission not in work.actor.permissions:
        raise Forbidden("permission-missing" if work.actor.verified else "claim-unverified", permission=permission)


# Versions of editable resources -------------------------------------------------------------


def etag(version: int | str) -> str:
    """The strong ETag of an editable resource: the row version of one owner's, a fingerprint of a shared one's."""
    return f'"{version}"'


def check_if_match(version: int | str) -> None:
    """Compare If-Match with a row version or fingerprint. Raises PreconditionRequired, Stale.

    ``*`` says that any version will do, which is what we ask to avoid.
    """
    if not request.headers.get("If-Match") or request.if_match.star_tag:
        raise PreconditionRequired("if-match-required")
    if not request.if_match.contains(str(version)):
        raise Stale


# Pages --------------------------------------------------------------------------------------


def _scope() -> str:
    """What a cursor belongs to: the route, the reader and the filters."""
    filters = sorted((k, v) for k, v in request.args.items(multi=True) if k not in _PAGING)
    return orjson.dumps([request.path, current().actor.organization, filters]).decode()


_PAGING = {"cursor", "limit"}


def _after(cursor: str | None) -> list[Any] | None:
    if cursor is None:
        return None
    sealer = Sealer(current().runtime.settings.secret, "cursor")
    try:
        scope, position = orjson.loads(sealer.open(cursor.encode("utf-8", "replace")))
    except Unreadable as error:
        raise Malformed("cursor-unreadable") from error
    if scope != _scope():
        raise Malformed("cursor-of-another-list")
    return cast(list[Any], position)


def _with_link(body: dict[str, Any], position: Sequence[Any] | None) -> Response:
    response = answer(body)
    if position is not None:
        sealer = Sealer(current().runtime.settings.secret, "cursor")
        token = sealer.seal(orjson.dumps([_scope(), list(position)])).decode()
        arguments: dict[str, Any] = {**request.args.to_dict(flat=False), "cursor": token}
        target = url_for(request.endpoint or "", **(request.view_args or {}), **arguments)
        response.headers["Link"] = f'<{target}>; rel="next"'
    return response


def _whole(
    form: Format, batches: Batched, represent: Callable[[Sequence[Any]], Iterable[Any]], **beside: Any
) -> Response:
    access: Access = current_app.access[request.endpoint]  # type: ignore[attr-defined] # an Application
    return answer_whole.whole_list(current(), request, form, access.items, batches, represent, beside, language())


def page_of_select(
    query: Select[*tuple[Any, ...]],
    keys: Sequence[Any],
    represent: Callable[[Sequence[Any]], Iterable[Any]],
    cursor: str | None,
    limit: int,
) -> Response:
    """One keyset page of a query ordered by ``keys`` (unique together, ascending).

    represent: from the rows of a page to its items. Asked for a file, the answer is the whole list instead.
    """
    if (form := answer_whole.asked(request)) is not None:
        return _whole(form, lambda: answer_whole.of_query(current(), query.order_by(*keys)), represent)
    after = _after(cursor)
    if after is not None:
        query = query.where(tuple_(*keys) > tuple_(*after))
    rows = current().session.execute(query.order_by(*keys).add_columns(*keys).limit(limit + 1)).all()
    shown = rows[:limit]
    position = tuple(shown[-1])[-len(keys) :] if len(rows) > limit else None
    width = len(keys)
    return _with_link({"items": list(represent([tuple(row)[:-width] for row in shown]))}, position)


def page_of_items(
    items: Sequence[Item],
    key: Callable[[Item], Sequence[Any]],
    represent: Callable[[Sequence[Item]], Iterable[Any]],
    cursor: str | None,
    limit: int,
    *,
    in_order: bool = False,
    **extra: Any,
) -> Response:
    """One keyset page of computed items ordered by ``key`` (unique, displayed values).

    in_order: the items are in that order already. extra: members of the body beside ``items``. Asked for a file, the
    answer is the whole list instead.
    """
    ordered = items if in_order else sorted(items, key=lambda item: list(key(item)))
    if (form := answer_whole.asked(request)) is not None:
        return _whole(form, lambda: answer_whole.in_batches(ordered), represent, **extra)
    after = _after(cursor)
    start = 0 if after is None else bisect_right(ordered, after, key=lambda item: list(key(item)))
    shown = ordered[start : start + limit]
    position = key(shown[-1]) if len(ordered) > start + limit else None
    return _with_link({"items": list(represent(shown)), **extra}, position)
