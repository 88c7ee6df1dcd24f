"""Routes about the system itself: alive, ready, metrics, the document, the docs page, jobs."""

import os
from functools import cache
from importlib.resources import files
from typing import Any

from flask import Response, current_app
from sqlalchemy import select

from schemas.job import JobSchema
from schemas.system import AliveSchema, ProblemTypeSchema, ReadySchema, VocabularySchema
from supplychain import migrate, telemetry
from supplychain.accounts.permissions import Permission
from supplychain.document import document
from supplychain.errors import NotFound, Unavailable
from supplychain.http import PUBLIC, Blueprint, answer, current
from supplychain.i18n import both, catalogue
from supplychain.jobs import Job

COUNTED = frozenset({"import", "publication", "publication-preview"})
"""Kinds of job whose progress counts what its owner sent, or what operators may count; others count organizations that
their owner may not all see."""
blp = Blueprint("system", __name__, description="Health, documentation and long work")
BLUEPRINTS = (blp,)
DOCS_POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'"


@blp.route("/livez", permission=PUBLIC)
@blp.response(200, AliveSchema, description="The process answers")
def live() -> Response:
    """Say that the process lives; asks nobody else."""
    return answer({"status": "ok"})


@blp.route("/readyz", permission=PUBLIC)
@blp.response(200, ReadySchema, description="The process can do its work")
def ready() -> Response:
    """Say that the database answers and has the schema this code needs."""
    found = migrate.current(current().runtime.database)
    if found != migrate.head():
        raise Unavailable("schema-version", found=found, wanted=migrate.head())
    return answer({"status": "ok", "schema": found})


@blp.route("/metrics", permission=Permission.METRICS_READ)
@blp.response(200, {"type": "string"}, description="Prometheus text format", content_type="text/plain")
def metrics() -> Response:
    """Show counters to the operator only: a counter tells everyone's activity."""
    body, content_type = telemetry.exposition(os.environ.get("PROMETHEUS_MULTIPROC_DIR"))
    return Response(body, content_type=content_type)


@cache
def _document() -> dict[str, Any]:
    return document(current_app)


@blp.route("/v1/openapi.json", permission=PUBLIC)
@blp.response(200, {"type": "object"}, description="This API as OpenAPI 3.1")
def openapi() -> Response:
    """Describe every route."""
    return answer(_document())


@blp.route("/docs", permission=PUBLIC)
@blp.response(200, {"type": "string"}, description="The documentation page", content_type="text/html")
def docs() -> Response:
    """Show the documentation page."""
    return _asset("index.html")


@blp.route("/static/docs/<name>", permission=PUBLIC)
@blp.response(200, {"type": "string"}, description="A file of the documentation page", content_type="text/*")
def docs_asset(name: str) -> Response:
    """Serve what the documentation page needs; it asks no other machine."""
    return _asset(name)


_TYPES = {"html": "text/html", "js": "text/javascript", "css": "text/css"}


def _asset(name: str) -> Response:
    folder = files("supplychain") / "static" / "docs"
    kind = _TYPES.get(name.rpartition(".")[2])
    if kind is None or name not in {entry.name for entry in folder.iterdir()}:
        raise NotFound
    response = Response((folder / name).read_bytes(), mimetype=kind)
    response.headers["Content-Security-Policy"] = DOCS_POLICY
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


@blp.route("/v1/problems/<code>", permission=PUBLIC)
@blp.response(200, ProblemTypeSchema)
def problem_type(code: str) -> Response:
    """Say what a problem code means and what to do, in both languages."""
    if f"{code}.title" not in catalogue("en"):
        raise NotFound
    return answer({"code": code, "title": both(f"{code}.title"), "detail": both(code)})


_WORDS = ("status", "move", "result", "mark", "why")


@blp.route("/v1/vocabulary", permission=PUBLIC)
@blp.response(200, VocabularySchema)
def vocabulary() -> Response:
    """Say in both languages what every status, move, result and reason means."""
    words = [(kind, code, key) for key in catalogue("en") for kind, _, code in [key.partition(".")] if kind in _WORDS]
    return answer({"items": [{"kind": kind, "code": code, "text": both(key)} for kind, code, key in words]})


@blp.route("/v1/jobs/<job_id>", permission=Permission.JOBS_READ)
@blp.response(200, JobSchema)
def get_job(job_id: str) -> Response:
    """Show how far a piece of long work is."""
    work = current()
    job = work.session.scalar(select(Job).where(Job.id == job_id, Job.organization == work.actor.organization))
    if job is None:
        raise NotFound
    done, total = (job.progress_done, job.progress_total) if job.kind in COUNTED else (int(job.state == "done"), 1)
    return answer(
        {"id": job.id, "kind": job.kind, "state": job.state, "done": done, "total": total, "result": job.result}
    )
