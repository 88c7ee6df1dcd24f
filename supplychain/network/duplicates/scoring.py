"""How likely two records are one company, with every reason as a part of the score: pure.

The score begins with how well the names agree; each other part moves it a stated way, so that the parts add up.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Final

from supplychain.network.duplicates.addresses import address_agreement
from supplychain.network.duplicates.names import Name, read

OTHER_COUNTRY: Final = 0.96
ADDRESS_COUNTS_FROM: Final = 0.5
SAME_ADDRESS: Final = 0.4
SAME_CODE: Final = 0.4
OTHER_ADDRESS: Final = 0.98
ADDRESS_IS_OTHER_BELOW: Final = 0.15
SAME_IDENTIFIER: Final = 0.99
OTHER_IDENTIFIER: Final = 0.6
ONE_EACH: Final = frozenset({"lei", "uscc", "vat", "duns"})
"""Schemes of which a company has one; a location number is a site's."""


class Part(StrEnum):
    """What a part of the score rests on; each has its sentences in the catalogue of messages."""

    SAME_NAME = "same_name"
    SIMILAR_NAME = "similar_name"
    SAME_ADDRESS = "same_address"
    OTHER_ADDRESS = "other_address"
    OTHER_COUNTRY = "other_country"
    SAME_CODE = "same_code"
    SAME_IDENTIFIER = "same_identifier"
    OTHER_IDENTIFIER = "other_identifier"


@dataclass(frozen=True)
class Profile:
    """What a record says of an organization, and which registered identifiers the open directory has for it.

    number: of the record. organization: whom it means now.
    """

    number: int
    organization: int
    code: str
    written: str
    country: str | None = None
    address: str | None = None
    identifiers: Mapping[str, str] = field(default_factory=dict, hash=False)

    @cached_property
    def name(self) -> Name:
        """The name, taken apart."""
        return read(self.written)

    @cached_property
    def spoken(self) -> str:
        """What it says, in one text: the same for rows that say the same."""
        return "|".join(_plain(text) for text in (self.written, self.country, self.address))

    @cached_property
    def plain_code(self) -> str:
        """The sender's own number, without marks and leading noughts."""
        return "".join(filter(str.isalnum, self.code)).casefold().lstrip("0")


def _plain(text: str | None) -> str:
    return " ".join(unicodedata.normalize("NFKC", text or "").casefold().split())


@dataclass(frozen=True, slots=True)
class Score:
    """A score, 0 to 1, and what each part adds to it or takes from it, in the order in which it counts."""

    value: float
    parts: tuple[tuple[Part, float], ...]


def score(one: Profile, other: Profile, names: float) -> Score:
    """The score of two records whose names agree so well."""
    parts: list[tuple[Part, float]] = []
    value = 0.0

    def move(part: Part, to: float) -> None:
        nonlocal value
        parts.append((part, to - value))
        value = to

    move(Part.SAME_NAME if names >= 1 else Part.SIMILAR_NAME, names)
    if one.country and other.country and one.country != other.country:
        move(Part.OTHER_COUNTRY, value * OTHER_COUNTRY)
    addresses = address_agreement(one.address, other.address)
    if addresses is not None and addresses > ADDRESS_COUNTS_FROM:
        share = SAME_ADDRESS * (addresses - ADDRESS_COUNTS_FROM) / (1 - ADDRESS_COUNTS_FROM)
        move(Part.SAME_ADDRESS, value + (1 - value) * share)
    elif addresses is not None and addresses < ADDRESS_IS_OTHER_BELOW:
        move(Part.OTHER_ADDRESS, value * OTHER_ADDRESS)
    if one.plain_code and one.plain_code == other.plain_code:
        move(Part.SAME_CODE, value + (1 - value) * SAME_CODE)
    shared = one.identifiers.keys() & other.identifiers.keys() & ONE_EACH
    if any(one.identifiers[scheme] == other.identifiers[scheme] for scheme in shared):
        move(Part.SAME_IDENTIFIER, max(value, SAME_IDENTIFIER))
    elif shared:
        move(Part.OTHER_IDENTIFIER, value * OTHER_IDENTIFIER)
    return Score(value, tuple(parts))
