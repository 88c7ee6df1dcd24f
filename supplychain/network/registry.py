"""Registered identifiers as rows: read from a payload, matched, entered."""

from collections.abc import Iterable, Mapping, Sequence

from supplychain.errors import Fault, Invalid
from supplychain.network import directory
from supplychain.network.identifiers import IdentifierInvalid, normalised
from supplychain.network.models import Identifier
from supplychain.work import Work

Pair = tuple[str, str]
"""Scheme and normalised value."""


def checked(sent: Sequence[Mapping[str, str]], pointer: str = "/identifiers") -> list[Pair]:
    """Identifiers of a payload, normalised, each once. Raises Invalid with a fault for each wrong one."""
    pairs: list[Pair] = []
    faults: list[Fault] = []
    for at, one in enumerate(sent):
        try:
            pairs.append((one["scheme"], normalised(one["scheme"], one["value"])))
        except IdentifierInvalid as error:
            faults.append(
                Fault(f"{pointer}/{at}/value" if pointer else "/value", error.code, {"scheme": one["scheme"]})
            )
    if faults:
        raise Invalid("invalid-payload", faults=faults)
    return list(dict.fromkeys(pairs))


def match(work: Work, pairs: Sequence[Pair]) -> int | None:
    """Number of the one organization that holds any of the identifiers.

    Raises Invalid when they belong to several.
    """
    holders = set(directory.by_identifier(work, pairs).values()) if pairs else set()
    if len(holders) > 1:
        raise Invalid.at("/identifiers", "identifiers-disagree")
    return holders.pop() if holders else None


def register(work: Work, organization: int, pairs: Iterable[Pair]) -> list[Identifier]:
    """Enter identifiers that nobody holds for an organization."""
    rows = [Identifier(organization=organization, scheme=scheme, value=value) for scheme, value in pairs]
    work.session.add_all(rows)
    work.session.flush()
    return rows


def add(work: Work, organization: int, pairs: Sequence[Pair], pointer: str = "/identifiers") -> list[Pair]:
    """Enter those identifiers that the organization does not hold yet; the ones that were new.

    Raises Invalid when another organization holds one: that is the directory's to tell.
    """
    holders = directory.by_identifier(work, pairs)
    if any(holder != organization for holder in holders.values()):
        raise Invalid.at(pointer, "identifier-taken")
    new = [pair for pair in pairs if pair not in holders]
    register(work, organization, new)
    return new
