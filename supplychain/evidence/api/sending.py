"""Files as parts of a request."""

from typing import Final

from flask import request
from werkzeug.datastructures import FileStorage

from supplychain.errors import Fault, Invalid, Unsupported
from supplychain.evidence.files import Upload

MAX_FILES: Final = 10


def sent_files(*beside: str, at_most: int = MAX_FILES) -> list[Upload]:
    """The files of a form, parts «file», beside others; without a body none. Raises Invalid, Unsupported."""
    if not request.content_length and not request.mimetype:
        return []
    if request.mimetype != "multipart/form-data":
        raise Unsupported("media-type", expected="multipart/form-data")
    allowed = {*beside, "file"}
    faults = [Fault(f"form:{name}", "unknown-field") for name in sorted({*request.form, *request.files} - allowed)]
    uploads = [upload_of(one) for one in request.files.getlist("file")]
    if len(uploads) > at_most:
        faults.append(Fault("form:file", "items", {"min": 0, "max": at_most}))
    if faults:
        raise Invalid("invalid-payload", faults=faults)
    return uploads


def sent_part(name: str) -> bytes:
    """The bytes of the one part of a form that has a name. Raises Invalid, Unsupported."""
    if request.mimetype != "multipart/form-data":
        raise Unsupported("media-type", expected="multipart/form-data")
    parts = request.files.getlist(name)
    if len(parts) != 1:
        raise Invalid.at(f"form:{name}", "sent-twice" if parts else "required")
    with parts[0].stream as stream:
        content: bytes = stream.read()
    return content


def upload_of(part: FileStorage) -> Upload:
    """A part as a file to be taken in."""
    return Upload(part.filename or "", part.mimetype, part.stream)
