"""Structured logs and metrics; no secret and no personal data goes into either."""

import logging
import re
import sys
import time
import traceback
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
from structlog.stdlib import ProcessorFormatter

log = structlog.get_logger("supplychain")
REQUESTS = Counter("supplychain_requests", "Requests answered", ["method", "route", "status"])
SECONDS = Histogram("supplychain_request_seconds", "Time to answer", ["method", "route"])
_COMMON: list[Any] = [structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso", utc=True)]
_SECRET = {"authorization", "key", "token", "secret", "password"}


def configure(*, level: int = logging.INFO) -> None:
    """JSON lines on standard error, with whatever request context is bound."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            *_COMMON,
            _without_secrets,
            structlog.processors.ExceptionRenderer(_traceback),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def foreign_lines() -> logging.Formatter:
    """Makes the same JSON lines of what the server itself logs, without the request it could not read."""
    return ProcessorFormatter(
        foreign_pre_chain=[*_COMMON, _without_quotations],
        processors=[
            ProcessorFormatter.remove_processors_meta,
            structlog.processors.ExceptionRenderer(_traceback),
            structlog.processors.JSONRenderer(),
        ],
    )


def _without_quotations(_logger: Any, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if str(entry["event"]).startswith("Invalid request"):
        entry["event"] = re.split("['\"]", entry["event"], maxsplit=1)[0].strip()
    return entry


def _traceback(exc_info: Any) -> str:
    """An exception and its causes; of each message the first line, for a database tells the row it refused below."""
    told: list[str] = []
    error: BaseException | None = exc_info[1]
    while error is not None:
        frames = "".join(traceback.format_tb(error.__traceback__))
        message = str(error).partition("\n")[0]
        told.append(f"Traceback (most recent call last):\n{frames}{type(error).__name__}: {message}")
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\n\ncaused by\n\n".join(told)


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
