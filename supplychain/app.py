"""The whole life of a request: authenticate, one unit of work, derive, commit, answer.

A route's view runs inside the unit of work; leaving it normally derives and commits, raising
rolls back and becomes problem+json. To refuse is to raise.
"""

import re
import secrets
import time
from http import HTTPStatus
from typing import Any

import flask_smorest
import structlog
from flask import Flask, Response, g, request, url_for
from flask_smorest.utils import prepare_response
from werkzeug.exceptions import HTTPException, RequestHeaderFieldsTooLarge

from schemas.base import Problem
from supplychain import __version__, frameworks, idempotency, telemetry, wiring
from supplychain.accounts.authenticate import authenticate
from supplychain.config import Settings
from supplychain.db import Database
from supplychain.errors import Moved, NotFound, Refusal, Stale
from supplychain.http import PUBLIC, Access, Blueprint, OrjsonProvider, require
from supplychain.idempotency import Answer, Replay
from supplychain.network import aliases, calendar
from supplychain.problems import problem_of
from supplychain.retries import key_of_bearer, request_fingerprint
from supplychain.revisions import REVISION, check_min_revision, revision, weak_etag
from supplychain.work import NOBODY, Actor, Runtime, Work, run

SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Strict-Transport-Security": "max-age=31536000",
    "Cross-Origin-Resource-Policy": "same-origin",
}
HEADERS = {**SECURITY_HEADERS, "Cache-Control": "private, no-cache"}
"""What every answer says that says nothing else there."""
CONDITIONS = frozenset({"HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_UNMODIFIED_SINCE"})
MAX_HEADERS = 16_000
"""Characters of all header values together; servers in front of us have limits of their own for a single one."""
KEPT_HEADERS = ("Content-Type", "Location", "ETag", "Link")
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,80}")


class Application(Flask):
    """Flask with one unit of work a request."""

    json_provider_class = OrjsonProvider
    runtime: Runtime

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.access: dict[str, Access] = {}

    def dispatch_request(self) -> Any:
        """Run the view inside its unit of work."""
        access = self.access.get(request.endpoint or "")
        if request.routing_exception is not None or access is None:
            return super().dispatch_request()
        if any("\x00" in str(part) for part in (request.view_args or {}).values()):
            raise NotFound  # no id has one, and PostgreSQL takes none as a parameter
        if access.writes:
            return self._write(access)
        return self._read(access)

    def _view(self) -> Response:
        try:
            return self.make_response(super().dispatch_request())
        except NotFound:
            found = aliases.now_known_as(g.work, request.view_args or {}) if request.view_args else None
            if found is None:
                raise
            place = url_for(request.endpoint or "", **{**request.args.to_dict(flat=False), **found})
            link = f'<{place}>; rel="canonical"'
            raise Moved("organization-merged", headers={"Location": place, "Link": link}) from None

    def _read(self, access: Access) -> Response:
        work = Work(self.runtime, NOBODY, writes=False, request_id=g.request_id)
        g.work = work
        try:
            self._admit(work, access)
            response = self._view()
            if access.permission != PUBLIC:
                response.headers[REVISION] = revision(work)
            return response
        finally:
            work.close()

    def _admit(self, work: Work, access: Access) -> None:
        if access.permission != PUBLIC:
            actor = authenticate(work, request.headers.get("Authorization"))
            work.become(actor)
            require(work, access.permission)
            check_min_revision(work)

    def _write(self, access: Access) -> Response:
        actor = self._authenticated(access)
        # A GET that records facts (who opened a file) is a new fact each time, and its answer may be long.
        asks = request.method in {"GET", "HEAD"}
        key = None if asks else idempotency.checked(request.headers.get(idempotency.HEADER))
        if key is not None and access.bearer is not None:
            key = key_of_bearer(key, access.bearer)

        def claim(work: Work) -> None:
            if key is not None:
                idempotency.claim(work, key, request_fingerprint(actor))

        def view(work: Work) -> Response:
            g.work = work
            return self._view()

        def complete(work: Work, response: Response) -> None:
            if work.deferred:
                _say_deferred(response, work.deferred)
            if key is not None:
                # The view may have refused nothing and read nothing; the key is taken anyway.
                _ = work.connection
                idempotency.complete(work, key, _answer_of(response))

        calendar.advance_day(self.runtime)
        try:
            return run(
                self.runtime,
                view,
                actor,
                request_id=g.request_id,
                on_begin=claim,
                before_commit=complete,
            )
        except Replay as replay:
            return _replayed(replay.answer)

    def _authenticated(self, access: Access) -> Actor:
        """Authenticate in a read of its own, so that no write lock is held over the body."""
        work = Work(self.runtime, NOBODY, writes=False, request_id=g.request_id)
        try:
            if access.permission == PUBLIC:
                return NOBODY
            actor = authenticate(work, request.headers.get("Authorization"))
            work.actor = actor
            require(work, access.permission)
            return actor
        finally:
            work.close()


def _say_deferred(response: Response, job: str) -> None:
    if response.status_code in {200, 201}:
        response.status_code = 202
    response.headers["Link"] = f'</v1/jobs/{job}>; rel="monitor"'


def _answer_of(response: Response) -> Answer:
    kept = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    return Answer(response.status_code, kept, response.get_data())


def _replayed(answer: Answer) -> Response:
    response = Response(answer.body, answer.status)
    for name, value in answer.headers.items():
        response.headers[name] = value
    response.headers["Idempotency-Replayed"] = "true"
    return response


class Api(flask_smorest.Api):
    """flask-smorest with problem+json, in answers and in the document."""

    ERROR_SCHEMA = Problem

    def handle_http_exception(self, error: HTTPException) -> Response:
        """Framework errors (404, 405, 413, …) in the same shape as ours."""
        return problem_of(error)

    def _register_responses(self) -> None:
        # flask-smorest documents errors as plain JSON; ours are application/problem+json.
        for status in HTTPStatus:
            response: dict[str, Any] = {"description": status.phrase}
            if status >= HTTPStatus.BAD_REQUEST:
                response["schema"] = self.ERROR_SCHEMA
            prepare_response(response, self.spec, "application/problem+json")
            self.spec.components.response(status.name, response, lazy=True)
        default = {"description": "A problem", "schema": self.ERROR_SCHEMA}
        prepare_response(default, self.spec, "application/problem+json")
        self.spec.components.response("DEFAULT_ERROR", default, lazy=True)


def create_app(settings: Settings | None = None, runtime: Runtime | None = None) -> Application:
    """The WSGI application.

    settings: read from the environment when absent. runtime: shared with a caller that already
    opened the database (the CLI, tests).
    """
    settings = settings or (runtime.settings if runtime else Settings.from_environment())
    app = Application("supplychain", static_folder=None)
    app.runtime = runtime or wiring.runtime(settings, Database(settings.database_url))
    frameworks.check(app.runtime)  # a mistake in a pack stops the start, not an answer
    app.json = OrjsonProvider(app)
    app.config.update(
        API_TITLE="Supplier compliance",
        API_VERSION=__version__,
        OPENAPI_VERSION="3.1.0",
        MAX_CONTENT_LENGTH=settings.max_body,
        MAX_FORM_PARTS=100,
        PROPAGATE_EXCEPTIONS=False,
        API_SPEC_OPTIONS=wiring.SPEC_OPTIONS,
    )
    api = Api(app)
    for blueprint in wiring.blueprints():
        _register(app, api, blueprint)
    app.before_request(_begin_request)
    app.after_request(_end_request)
    app.register_error_handler(Refusal, problem_of)
    app.register_error_handler(Exception, problem_of)
    app.extensions["supplychain-api"] = api
    return app


def _register(app: Application, api: Api, blueprint: Blueprint) -> None:
    api.register_blueprint(blueprint)
    app.access.update(blueprint.access)


def _begin_request() -> None:
    given = request.headers.get("X-Request-Id", "")
    g.request_id = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(12)
    g.started = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)
    if sum(len(value) for name, value in request.environ.items() if name.startswith("HTTP_")) > MAX_HEADERS:
        raise RequestHeaderFieldsTooLarge


def _end_request(response: Response) -> Response:
    response = _with_weak_etag(response)
    given = {name.lower() for name, _ in response.headers}
    response.headers.extend([(name, value) for name, value in HEADERS.items() if name.lower() not in given])
    response.headers["X-Request-Id"] = g.request_id
    route = request.url_rule.rule if request.url_rule else "-"
    telemetry.observe(request.method, route, response.status_code, g.started)
    telemetry.log.info(
        "request",
        method=request.method,
        route=route,
        status=response.status_code,
        milliseconds=round((time.perf_counter() - g.started) * 1000, 1),
    )
    return response


def _with_weak_etag(response: Response) -> Response:
    work = g.get("work")
    if request.method not in {"GET", "HEAD"} or response.status_code != HTTPStatus.OK or work is None:
        return response
    if "ETag" not in response.headers and not response.is_streamed:
        secret = work.runtime.settings.secret
        tag = weak_etag(secret, work.actor.organization, response.get_data())
        response.headers["ETag"] = tag
    if CONDITIONS.isdisjoint(request.environ):
        return response
    response.make_conditional(request)
    refused = response.status_code == HTTPStatus.PRECONDITION_FAILED
    return problem_of(Stale()) if refused else response
