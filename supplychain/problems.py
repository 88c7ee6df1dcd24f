"""From an exception to RFC 9457 problem+json in the reader's language."""

import secrets
from collections.abc import Mapping
from typing import Any

import orjson
from flask import Response, g, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException, MethodNotAllowed, RequestEntityTooLarge

from supplychain import telemetry
from supplychain.errors import Fault, Refusal
from supplychain.http import language
from supplychain.i18n import DEFAULT, sentence
from supplychain.outages import refusal_of

MEDIA_TYPE = "application/problem+json"
_FRAMEWORK_CODES = {
    400: "bad-request",
    404: "not-found",
    405: "method-not-allowed",
    408: "too-slow",
    413: "too-large",
    414: "uri-too-long",
    415: "media-type",
    417: "expectation-failed",
    431: "headers-too-large",
}
_SERVER_CODES = {
    **_FRAMEWORK_CODES,
    403: "proxy-not-allowed",
    500: "internal",
    501: "transfer-coding-unknown",
}
"""Codes of what the server refuses before there is a request for the application."""


def problem_of(error: Exception) -> Response:
    """The answer to an exception; what we did not foresee is logged and told as ``internal``."""
    told = refusal_of(error) if isinstance(error, SQLAlchemyError) else error
    if isinstance(told, Refusal):
        if told.status >= 500:
            telemetry.log.warning("unavailable", code=told.code, cause=type(told.__cause__ or error).__name__)
        return problem(told.status, told.code, told.params, told.faults, told.headers)
    if isinstance(error, HTTPException) and error.code is not None and error.code < 500:
        return _framework_problem(error, error.code)
    telemetry.log.error("unforeseen", exc_info=error)
    return problem(500, "internal", {})


def _framework_problem(error: HTTPException, status: int) -> Response:
    headers: dict[str, str] = {}
    params: dict[str, Any] = {}
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        headers["Allow"] = ", ".join(sorted(error.valid_methods))
        params["allowed"] = headers["Allow"]
    if isinstance(error, RequestEntityTooLarge):
        params["limit"] = request.max_content_length
    if error.response is not None and 300 <= status < 400:
        return error.response  # type: ignore[return-value] # a redirect is an answer
    return problem(status, _FRAMEWORK_CODES.get(status, "bad-request"), params, (), headers)


def problem(
    status: int,
    code: str,
    params: Mapping[str, Any],
    faults: tuple[Fault, ...] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A problem answer; ``title`` says what is wrong, ``detail`` what to do about it."""
    told_in = language()
    body = _body(status, code, params, told_in, g.get("request_id", "none"))
    if faults:
        body["errors"] = [
            {
                "pointer": fault.pointer,
                "code": fault.code,
                "detail": sentence(f"fault.{fault.code}", told_in, fault.params),
            }
            for fault in faults
        ]
    response = Response(orjson.dumps(body), status, mimetype=MEDIA_TYPE)
    response.headers["Content-Language"] = told_in
    for name, value in (headers or {}).items():
        response.headers[name] = value
    return response


def of_the_server(status: int, reason: str) -> bytes:
    """The whole answer to what could not be read as a request, in the default language: nobody could say another."""
    request_id = secrets.token_hex(12)
    code = _SERVER_CODES.get(status, "bad-request")
    telemetry.log.warning("refused by the server", request_id=request_id, status=status, code=code)
    content = orjson.dumps(_body(status, code, {}, DEFAULT, request_id))
    headers = {
        "Connection": "close",
        "Content-Type": MEDIA_TYPE,
        "Content-Length": str(len(content)),
        "Content-Language": DEFAULT,
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "X-Request-Id": request_id,
    }
    lines = [f"HTTP/1.1 {status} {reason}", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    return "\r\n".join(lines).encode("latin-1") + content


def _body(status: int, code: str, params: Mapping[str, Any], told_in: str, request_id: str) -> dict[str, Any]:
    return {
        "type": f"/v1/problems/{code}",
        "title": sentence(f"{code}.title", told_in, params),
        "status": status,
        "detail": sentence(code, told_in, params),
        "code": code,
        "instance": f"urn:request:{request_id}",
    }
