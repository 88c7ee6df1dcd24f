"""To refuse is to raise: one exception per kind of refusal, told as RFC 9457 at the edge."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with the input: where (JSON pointer), which code, with which values."""

    pointer: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


class Refusal(Exception):
    """A request that is refused; the unit of work rolls back and nothing is changed.

    code: stable kebab-case code, the key of its sentences in ``messages/``.
    params: values the sentences may name; never another tenant's.
    faults: the single faults, for payloads with several.
    """

    status = 400

    def __init__(
        self,
        code: str,
        *,
        faults: Sequence[Fault] = (),
        headers: Mapping[str, str] | None = None,
        **params: Any,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.params = params
        self.faults = tuple(faults)
        self.headers = dict(headers or {})


class Malformed(Refusal):
    """The request cannot be read at all (400)."""


class Moved(Refusal):
    """What was asked for is known under another id now (308); ``Location`` names it."""

    status = 308


class Unauthenticated(Refusal):
    """No key, or none that is valid now (401)."""

    status = 401


class Forbidden(Refusal):
    """The key's role or scopes do not cover this route (403)."""

    status = 403


class NotFound(Refusal):
    """Unseen = unknown: the same answer for both (404)."""

    status = 404

    def __init__(self, code: str = "not-found", **params: Any) -> None:
        super().__init__(code, **params)


class Conflict(Refusal):
    """The reader's own resource is in a state that forbids this (409)."""

    status = 409


class Gone(Refusal):
    """It was there and is not any more: an expired invitation, a pinned revision (410)."""

    status = 410


class Stale(Refusal):
    """If-Match names an older version (412)."""

    status = 412

    def __init__(self, code: str = "version-changed", **params: Any) -> None:
        super().__init__(code, **params)


class TooLarge(Refusal):
    """The body or a file is larger than allowed (413)."""

    status = 413


class Unsupported(Refusal):
    """The media type is not one this route reads (415)."""

    status = 415


class Invalid(Refusal):
    """A payload that can be read but not accepted (422)."""

    status = 422

    @classmethod
    def at(cls, pointer: str, code: str, **params: Any) -> "Invalid":
        """A payload with one fault at a JSON pointer."""
        return cls("invalid-payload", faults=(Fault(pointer, code, params),))


class PreconditionRequired(Refusal):
    """An edit without If-Match (428)."""

    status = 428


class Unavailable(Refusal):
    """The database or store cannot be reached now; try again (503)."""

    status = 503
