"""What the edges (app, CLI, worker) put together: every blueprint, job and the deriver."""

import gc
import importlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from supplychain.config import Settings
from supplychain.conformity.derive import refresh
from supplychain.db import Database
from supplychain.http import Blueprint
from supplychain.jobs import Job
from supplychain.outbox import OutboxEvent
from supplychain.work import Runtime, Work

JobHandler = Callable[[Runtime, Job, str], None]
"""Does a leased job for a lease owner. It calls ``lease.finish`` in the transaction of its last effect, and
``lease.hold`` with ``jobs.advance`` in that of every effect before; LeaseLost passes through it."""
Dispatcher = Callable[[Work, OutboxEvent], None]
"""Decides who receives an event and writes down what each receives, in the transaction that acknowledges it."""

APIS = (
    "supplychain.system",
    "supplychain.accounts.api",
    "supplychain.network.api",
    "supplychain.frameworks.api",
    "supplychain.evidence.api",
    "supplychain.audits.api",
    "supplychain.facts.api",
    "supplychain.requirements.api",
    "supplychain.waivers.api",
    "supplychain.answers.api",
    "supplychain.conformity.api",
    "supplychain.what_if.api",
    "supplychain.exposure.api",
    "supplychain.matchmaking.api",
    "supplychain.questionnaires.api",
    "supplychain.plans.api",
    "supplychain.flags.api",
    "supplychain.history.api",
    "supplychain.publishing.api",
    "supplychain.trail.api",
    "supplychain.notices.api",
    "supplychain.pages.api",
    "supplychain.statements.api",
)
MODELS = (
    "supplychain.audit",
    "supplychain.outbox",
    "supplychain.jobs",
    "supplychain.heads",
    "supplychain.idempotency",
    "supplychain.accounts.models",
    "supplychain.network.models",
    "supplychain.network.merge_models",
    "supplychain.network.duplicates.models",
    "supplychain.network.log",
    "supplychain.frameworks.models",
    "supplychain.requirements.models",
    "supplychain.waivers.models",
    "supplychain.answers.models",
    "supplychain.plans.models",
    "supplychain.evidence.models",
    "supplychain.audits.models",
    "supplychain.facts.models",
    "supplychain.conformity.models",
    "supplychain.what_if.models",
    "supplychain.matchmaking.models",
    "supplychain.questionnaires.models",
    "supplychain.publishing.models",
    "supplychain.trail.models",
    "supplychain.notices.models",
    "supplychain.statements.models",
)
JOBS: Mapping[str, str] = {
    "derive": "supplychain.conformity.derive:handle",
    "rules": "supplychain.conformity.renewing:handle",
    "publication-preview": "supplychain.publishing.preview:handle",
    "publication": "supplychain.publishing.spreading:handle",
    "import": "supplychain.network.imports.job:handle",
    "duplicates": "supplychain.network.duplicates.searching:handle",
    "protected-cells": "supplychain.conformity.protected:handle",
    "reminders": "supplychain.notices.reminding:handle",
    "notice-mail": "supplychain.notices.mailing:handle",
}
"""Kind of job to ``module:function``, a JobHandler; found when the worker starts, not by the web processes."""
DISPATCHERS: tuple[str, ...] = ("supplychain.notices.dispatching:dispatch",)
"""``module:function``, each a Dispatcher, called in this order for every event."""
SPEC_OPTIONS = {
    "info": {
        "description": "Which conformity level each supplier owes, has and lacks, and why.",
        "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    },
    "components": {
        "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "bearerFormat": "sck_<prefix>_<secret>"}}
    },
    "security": [{"key": []}],
}


def collect_less() -> None:
    """Look for cycles less often than Python does by default, in a process that keeps an engine.

    What the engine holds stays for long and has no cycles: to look through it at every seven hundredth new object
    costs a tenth of a request and a fifth of an import, and frees nothing.
    """
    gc.set_threshold(25_000, 20, 50)


def runtime(settings: Settings, database: Database) -> Runtime:
    """A process's runtime with the real deriver."""
    load_models()
    return Runtime(settings, database, derive=refresh)


def blueprints() -> Iterable[Blueprint]:
    """Every feature's blueprints, ``BLUEPRINTS`` of its API module."""
    for name in APIS:
        yield from importlib.import_module(name).BLUEPRINTS


def job_handlers() -> Mapping[str, JobHandler]:
    """Every kind of job with its handler."""
    return {kind: _named(name) for kind, name in JOBS.items()}


def dispatchers() -> tuple[Dispatcher, ...]:
    """Everybody who is told of every event."""
    return tuple(_named(name) for name in DISPATCHERS)


def _named(name: str) -> Any:
    module, _, function = name.partition(":")
    return getattr(importlib.import_module(module), function)


def load_models() -> None:
    """Import every module with tables, so that the metadata is whole."""
    for name in MODELS:
        importlib.import_module(name)
