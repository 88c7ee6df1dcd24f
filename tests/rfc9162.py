"""The verifying half of RFC 9162, written from its text (2.1.3.2, 2.1.4.2) and of nothing of ours; a naive tree; notes.

The prover walks ranges downwards; these walk upwards by the bits of two numbers, as the text says.
"""

import base64
import hashlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def naive_root(entries: list[bytes]) -> bytes:
    """MTH of 2.1.1, word for word."""
    if not entries:
        return sha(b"")
    if len(entries) == 1:
        return sha(b"\x00" + entries[0])
    k = 1
    while k * 2 < len(entries):
        k *= 2
    return sha(b"\x01" + naive_root(entries[:k]) + naive_root(entries[k:]))


def included(leaf: bytes, index: int, size: int, path: list[bytes], root: bytes) -> bool:
    """2.1.3.2: whether a leaf hash is at an index of the tree with a root."""
    if index >= size:
        return False
    fn, sn, r = index, size - 1, leaf
    for p in path:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            r = sha(b"\x01" + p + r)
            if not fn & 1:
                while fn and not fn & 1:
                    fn >>= 1
                    sn >>= 1
        else:
            r = sha(b"\x01" + r + p)
        fn >>= 1
        sn >>= 1
    return sn == 0 and r == root


def consistent(first: int, first_root: bytes, second: int, second_root: bytes, path: list[bytes]) -> bool:
    """2.1.4.2: whether a tree of a size is the beginning of another."""
    if first == second:
        return not path and first_root == second_root
    if not path:
        return False
    path = list(path)
    if first & (first - 1) == 0:
        path.insert(0, first_root)
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn >>= 1
        sn >>= 1
    fr = sr = path[0]
    for c in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = sha(b"\x01" + c + fr), sha(b"\x01" + c + sr)
            if not fn & 1:
                while fn and not fn & 1:
                    fn >>= 1
                    sn >>= 1
        else:
            sr = sha(b"\x01" + sr + c)
        fn >>= 1
        sn >>= 1
    return sn == 0 and fr == first_root and sr == second_root


def read_note(note: str, verifier: str) -> tuple[str, int, bytes]:
    """Origin, size and root of a checkpoint whose signature a verifier key (name+hash+base64) bears out."""
    text, _, last = note.rpartition("\n\n")
    text += "\n"
    name, hint, encoded = verifier.split("+", 2)
    dash, signer, signature = last.strip().split(" ")
    assert (dash, signer) == ("\u2014", name)
    raw, key = base64.b64decode(signature), base64.b64decode(encoded)
    assert raw[:4].hex() == hint == sha(name.encode() + b"\n" + key)[:4].hex()
    Ed25519PublicKey.from_public_bytes(key[1:]).verify(raw[4:], text.encode())
    origin, size, root, *_ = text.split("\n")
    return origin, int(size), base64.b64decode(root)
