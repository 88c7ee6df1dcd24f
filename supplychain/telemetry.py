"""Structured logs and metrics; no secret and no personal data goes into either."""

import logging
import sys
import time
from collections.abc import MutableMapping
from typing import Any

import structlog
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
    multiprocess,
)

log = structlog.get_logger("supplychain")
REQUESTS = Counter("supplychain_requests", "Requests answered", ["method", "route", "status"])
SECONDS = Histogram("supplychain_request_seconds", "Time to answer", ["method", "route"])
_SECRET = {"authorization", "key", "token", "secret", "password"}


def configure(*, level: int = logging.INFO) -> None:
    """JSON lines on standard error, with whatever request context is bound."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_secrets,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def _without_secrets(_logger: Any, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for name in _SECRET & entry.keys():
        entry[name] = "…"
    return entry


def observe(method: str, route: str, status: int, started: float) -> None:
    """Count one answered request; ``started`` is from ``time.perf_counter``."""
    REQUESTS.labels(method, route, status).inc()
    SECONDS.labels(method, route).observe(time.perf_counter() - started)


def exposition(multiprocess_folder: str | None) -> tuple[bytes, str]:
    """All metrics in the Prometheus text format, summed over workers where there are several."""
    if not multiprocess_folder:
        return generate_latest(), CONTENT_TYPE_LATEST
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call] # of a library in part without types
    return generate_latest(registry), CONTENT_TYPE_LATEST
