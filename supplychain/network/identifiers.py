"""Registered identifiers: their schemes, how each is written, and its checksum."""

from enum import StrEnum
from typing import Final

from stdnum import ean, lei, vatin
from stdnum.cn import uscc
from stdnum.exceptions import (
    InvalidChecksum,
    InvalidComponent,
    InvalidFormat,
    InvalidLength,
    ValidationError,
)
from stdnum.util import clean


class Scheme(StrEnum):
    """Who registers an identifier (domain rules: organization).

    ``uscc`` is the unified social credit identifier (统一社会信用代码, GB 32100).
    """

    LEI = "lei"
    USCC = "uscc"
    VAT = "vat"
    GLN = "gln"
    DUNS = "duns"


class IdentifierInvalid(Exception):
    """Why a value is no identifier of its scheme, as a fault's code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


_CODES: Final = (
    (InvalidChecksum, "identifier-checksum"),
    (InvalidLength, "identifier-length"),
    (InvalidFormat, "identifier-format"),
    (InvalidComponent, "identifier-component"),
)
_LEI_CHARACTERS: Final = 20  # the library checks its check digits alone
_GLN_DIGITS: Final = 13
_DUNS_DIGITS: Final = 9


def normalised(scheme: str, value: str) -> str:
    """The one way an identifier is stored and compared, its checksum checked.

    Raises IdentifierInvalid.
    """
    try:
        return _normalised(Scheme(scheme), value)
    except ValidationError as error:
        code = next((code for kind, code in _CODES if isinstance(error, kind)), "identifier-format")
        raise IdentifierInvalid(code) from error


def _normalised(scheme: Scheme, value: str) -> str:
    match scheme:
        case Scheme.LEI:
            return str(lei.validate(_of_length(lei.compact(value), _LEI_CHARACTERS)))
        case Scheme.USCC:
            return str(uscc.validate(value))
        case Scheme.VAT:
            return str(vatin.validate(value))
        case Scheme.GLN:
            return _of_length(str(ean.validate(value)), _GLN_DIGITS)
        case Scheme.DUNS:
            # Numbers given out today carry no check digit.
            digits = clean(value, " -").strip()
            if not (digits.isascii() and digits.isdigit()):
                raise InvalidFormat
            return _of_length(digits, _DUNS_DIGITS)


def _of_length(value: str, length: int) -> str:
    if len(value) != length:
        raise InvalidLength
    return value


def guesses(value: str) -> frozenset[str]:
    """What a searcher may have meant: the value normalised under every scheme it is valid in."""
    found = set()
    for scheme in Scheme:
        try:
            found.add(normalised(scheme, value))
        except IdentifierInvalid:
            continue
    return frozenset(found)
