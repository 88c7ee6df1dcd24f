"""What the edges (app, CLI, worker) put together: every blueprint, job and the deriver."""

import importlib
from collections.abc import Iterable

from supplychain.config import Settings
from supplychain.conformity.derive import refresh
from supplychain.db import Database
from supplychain.http import Blueprint
from supplychain.work import Runtime

APIS = (
    "supplychain.system",
    "supplychain.accounts.api",
    "supplychain.network.api",
    "supplychain.frameworks.api",
    "supplychain.evidence.api",
    "supplychain.audits.api",
    "supplychain.requirements.api",
    "supplychain.conformity.api",
    "supplychain.training.api",
    "supplychain.matchmaking.api",
)
MODELS = (
    "supplychain.audit",
    "supplychain.outbox",
    "supplychain.jobs",
    "supplychain.heads",
    "supplychain.idempotency",
    "supplychain.accounts.models",
    "supplychain.network.models",
    "supplychain.network.log",
    "supplychain.requirements.models",
    "supplychain.evidence.models",
    "supplychain.audits.models",
    "supplychain.conformity.models",
    "supplychain.matchmaking.models",
)
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


def runtime(settings: Settings, database: Database) -> Runtime:
    """A process's runtime with the real deriver."""
    load_models()
    return Runtime(settings, database, derive=refresh)


def blueprints() -> Iterable[Blueprint]:
    """Every feature's blueprints, ``BLUEPRINTS`` of its API module."""
    for name in APIS:
        yield from importlib.import_module(name).BLUEPRINTS


def load_models() -> None:
    """Import every module with tables, so that the metadata is whole."""
    for name in MODELS:
        importlib.import_module(name)
