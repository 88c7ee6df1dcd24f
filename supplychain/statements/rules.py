"""What a statement counts, and what its paper is still worth."""

from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

NOTHING_OWED = "nothing_owed"
Row = Mapping[str, Any]


class StatementKind(StrEnum):
    """What is stated: an organization's own conformity, or where its chain stands."""

    CONFORMITY = "conformity"
    CHAIN = "chain"


class Validity(StrEnum):
    """What whoever holds the paper may rely on."""

    AS_ISSUED = "as_issued"
    EVIDENCE_WITHDRAWN = "evidence_withdrawn"
    WITHDRAWN = "withdrawn"


def validity_of(*, withdrawn: bool, evidence_gone: bool) -> Validity:
    """What a paper is worth: what its issuer took back says nothing any more.

    evidence_gone: some of the evidence that decided there was withdrawn or rejected since. That something newer was
    sent since takes nothing away from what was so on the day, and is nobody's to know.
    """
    if withdrawn:
        return Validity.WITHDRAWN
    return Validity.EVIDENCE_WITHDRAWN if evidence_gone else Validity.AS_ISSUED


def by_tier(suppliers: Iterable[Row]) -> list[dict[str, Any]]:
    """How many suppliers of each tier have which status, the worst of what each owes; the nearest tier first."""
    counted: dict[int, Counter[str]] = {}
    for one in suppliers:
        counted.setdefault(one["tier"], Counter())[one["status"] or NOTHING_OWED] += 1
    return [
        {"tier": tier, "suppliers": counted[tier].total(), "statuses": dict(sorted(counted[tier].items()))}
        for tier in sorted(counted)
    ]


def by_demand(suppliers: Iterable[Row]) -> list[dict[str, Any]]:
    """How many suppliers owe each requirement in each pillar, and with which status."""
    counted: dict[tuple[str, str], Counter[str]] = {}
    for one in suppliers:
        for owed in one["obligations"]:
            counted.setdefault((owed["requirement"], owed["pillar"]), Counter())[owed["status"]] += 1
    return [
        {
            "requirement": key[0],
            "pillar": key[1],
            "suppliers": counted[key].total(),
            "statuses": dict(sorted(counted[key].items())),
        }
        for key in sorted(counted)
    ]
