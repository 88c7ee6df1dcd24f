"""What an error of the database means to who called: somebody was faster, it is locked, it is away."""

from sqlalchemy import exc
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.orm.exc import StaleDataError

from supplychain.errors import Conflict, Refusal, Unavailable

_DEADLOCK, _SERIALIZATION, _LOCK_TIMEOUT = "40P01", "40001", "55P03"
# Primary result codes of SQLite: what went wrong outside the statement.
_BUSY, _LOCKED = 5, 6
_READ_ONLY, _INPUT_OUTPUT, _FULL, _CANNOT_OPEN, _PROTOCOL = 8, 10, 13, 14, 15
_AWAY = {_READ_ONLY, _INPUT_OUTPUT, _FULL, _CANNOT_OPEN, _PROTOCOL}


def is_lost_race(error: SQLAlchemyError) -> bool:
    """Whether somebody else was faster, so that the same unit of work may well succeed a moment later."""
    return isinstance(error, StaleDataError | IntegrityError) or _state(error) in {_DEADLOCK, _SERIALIZATION}


def refusal_of(error: SQLAlchemyError) -> Refusal | None:
    """How to refuse a request that met this error; None where the mistake is ours."""
    if _state(error) == _LOCK_TIMEOUT:
        return Conflict("request-in-flight", headers={"Retry-After": "1"})
    if isinstance(error, IntegrityError):
        return None
    if is_lost_race(error) or isinstance(error, exc.TimeoutError) or _sqlite_code(error) in {_BUSY, _LOCKED}:
        return Unavailable("busy", headers={"Retry-After": "1"})
    if _is_away(error):
        return Unavailable("database-unavailable", headers={"Retry-After": "2"})
    return None


def _is_away(error: SQLAlchemyError) -> bool:
    if not isinstance(error, DBAPIError):
        return False
    code = _sqlite_code(error)
    if code is not None:
        return code in _AWAY
    return error.connection_invalidated or type(error).__name__ == "OperationalError"


def _state(error: SQLAlchemyError) -> str | None:
    return getattr(getattr(error, "orig", None), "sqlstate", None)


def _sqlite_code(error: SQLAlchemyError) -> int | None:
    extended: int | None = getattr(getattr(error, "orig", None), "sqlite_errorcode", None)
    return None if extended is None else extended & 0xFF
