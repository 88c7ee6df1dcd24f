"""What was asked, and under whose key: by what a retry is told from another request."""

import hashlib
from typing import Any

import orjson
from flask import request

from supplychain.actor import Actor


def request_fingerprint(actor: Actor) -> str:
    """SHA-256 of what was asked: by which person, method, path, query and the meaning of the body.

    The answer kept may hold a secret of that person, so no colleague's request is the same.
    """
    digest = hashlib.sha256(f"{actor.person} {request.method} {request.full_path}\n".encode())
    if request.mimetype == "multipart/form-data":
        for name, value in sorted(request.form.items(multi=True)):
            digest.update(orjson.dumps([name, value]))
        for name, part in sorted(request.files.items(multi=True)):
            digest.update(orjson.dumps([name, part.filename, _hash_of(part.stream)]))
    else:
        digest.update(_canonical(request.get_data(cache=True)))
    return digest.hexdigest()


def key_of_bearer(key: str, bearer: str) -> str:
    """The Idempotency-Key of a caller without an API key, in a space of its own.

    bearer: the member of the body, or of the query, that it shows instead. Were all such callers to share one space,
    whoever guesses the key of a stranger could spoil the stranger's request.
    """
    body = request.get_json(silent=True)
    shown = body.get(bearer) if isinstance(body, dict) else request.args.get(bearer)
    return hashlib.sha256(orjson.dumps([shown, key])).hexdigest()


def _hash_of(stream: Any) -> str:
    stream.seek(0)
    digest = hashlib.sha256()
    while chunk := stream.read(1 << 18):
        digest.update(chunk)
    stream.seek(0)
    return digest.hexdigest()


def _canonical(body: bytes) -> bytes:
    try:
        return orjson.dumps(orjson.loads(body), option=orjson.OPT_SORT_KEYS)
    except orjson.JSONDecodeError:
        return body
