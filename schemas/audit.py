"""The sealed audit trail on the wire."""

from marshmallow.validate import Length

from schemas.base import BaseSchema, Int, Many, Moment, Nested, PageQuery, Str

_HEX = 64


class EntryQuery(PageQuery):
    """Filters of the entries about the caller."""

    subject = Str(max=80, metadata={"description": "Id of what they are about"})


class EntrySchema(BaseSchema):
    """An entry about the caller: what was done to what and when. The details stay inside."""

    id = Str(required=True)
    at = Moment(required=True)
    action = Str(required=True, metadata={"description": "noun.past, such as evidence.accepted"})
    subject = Str(required=True)
    sealed = Str(required=True, metadata={"description": "yes, or not_yet: within seconds"})


class CheckpointSchema(BaseSchema):
    """A signed head of a log: a note of C2SP tlog-checkpoint."""

    id = Str(required=True)
    size = Int(required=True, metadata={"description": "How many entries it covers"})
    signed_at = Moment(required=True)
    note = Str(required=True, max=4000)


class ProofSchema(BaseSchema):
    """That an entry is in the log of a checkpoint (RFC 9162, 2.1.3). Hashes are hexadecimal SHA-256.

    The leaf's hash is that of a zero byte and the bytes of ``leaf``.
    """

    entry = Str(required=True)
    leaf = Str(required=True, max=4000, metadata={"description": "The sealed bytes, UTF-8"})
    leaf_index = Int(required=True)
    hashes = Many(Str(validate=Length(equal=_HEX)), required=True)
    checkpoint = Str(required=True, max=4000, metadata={"description": "The signed note"})


class ConsistencySchema(BaseSchema):
    """That the log of one checkpoint is the beginning of that of another (RFC 9162, 2.1.4)."""

    first = Str(required=True, max=4000)
    second = Str(required=True, max=4000)
    hashes = Many(Str(validate=Length(equal=_HEX)), required=True)


class SealKeySchema(BaseSchema):
    """A public key that seals or sealed; each successor and its predecessor signed one another."""

    id = Str(required=True)
    verifier = Str(required=True, metadata={"description": "name+hash+base64, as verifiers of signed notes take it"})
    since = Moment(required=True)
    predecessor = Str(required=True, allow_none=True)


class SealKeysSchema(BaseSchema):
    """The keys, the oldest first."""

    items = Many(Nested(SealKeySchema), required=True)
