"""What the edge says of the state that an answer is of: revisions as sealed tokens, ETags of shared views."""

import hashlib
from struct import Struct

from flask import request

from supplychain.crypto import Sealer, Unreadable, fingerprint
from supplychain.errors import Malformed, Unavailable
from supplychain.work import Work

REVISION, MIN_REVISION = "Revision", "Min-Revision"
_REVISION = Struct(">QQ")  # of one length, whatever the revisions


def revision(work: Work) -> str:
    """Up to which state a read answers, as a token that differs every time and tells its bearer nothing."""
    return Sealer(work.runtime.settings.secret, "revision").seal(_REVISION.pack(*work.heads)).decode()


def check_min_revision(work: Work) -> None:
    """Compare Min-Revision with the snapshot of a read. Raises Malformed, and Unavailable when it is older."""
    given = request.headers.get(MIN_REVISION)
    if given is None:
        return
    try:
        asked = _REVISION.unpack(Sealer(work.runtime.settings.secret, "revision").open(given.encode()))
    except Unreadable as error:
        raise Malformed("revision-unreadable") from error
    if any(mine < theirs for mine, theirs in zip(work.heads, asked, strict=True)):
        raise Unavailable("behind", headers={"Retry-After": "1"})


def weak_etag(secret: str, reader: int, body: bytes) -> str:
    """The ETag of a derived or shared view: bound to the reader, so it tells nobody anything."""
    digest = hashlib.sha256(body).hexdigest()
    return f'W/"{fingerprint(secret, "etag", reader, digest)}"'
