"""Which links and which organizations a requirement names: rules 1 and 4 of the cascade."""

from collections.abc import Iterator
from dataclasses import dataclass

from graph.codes import ScopeMatch, code_match
from graph.facts import Link, Organization, Record, Requirement
from graph.network import Network
from graph.terms import ScopeApplies


@dataclass(frozen=True, slots=True)
class ScopeTest:
    """One test of the supplier scope: the value judged, whose word it is, and the outcome."""

    attribute: str
    value: str | None
    source: str
    passed: bool


def scope_match(requirement: Requirement, link: Link, *, own: bool) -> ScopeMatch:
    """What the requirement's link scope says of the link (domain rules: cascade, rule 1)."""
    prefixes = requirement.link_scope
    if not prefixes or (requirement.scope_applies is ScopeApplies.FIRST and not own):
        return ScopeMatch.INSIDE
    return code_match(prefixes, link.category or "")


def owes(network: Network, requirement: Requirement, supplier: int) -> bool:
    """Whether the supplier scope binds the organization (domain rules: cascade, rule 4)."""
    scope = requirement.supplier_scope
    if not (scope.countries or scope.regions or scope.sectors or scope.sizes):
        return True
    return all(test.passed for test in scope_tests(network, requirement, supplier))


def scope_tests(network: Network, requirement: Requirement, supplier: int) -> Iterator[ScopeTest]:
    """Each attribute that the supplier scope names, on its own value, else the issuer's record.

    An attribute that neither states is not in the scope: nobody is bound on a guess.
    """
    own = network.organization(supplier)
    record = network.record(requirement.issuer, supplier)
    scope = requirement.supplier_scope
    wanted = {
        "country": scope.countries,
        "region": scope.regions,
        "sector": scope.sectors,
        "size": scope.sizes,
    }
    for attribute, allowed in wanted.items():
        if allowed:
            value, source = _stated(attribute, own, record)
            yield ScopeTest(attribute, value, source, value in allowed)


def _stated(attribute: str, own: Organization | None, record: Record | None) -> tuple[str | None, str]:
    for fact, source in ((own, "own"), (record, "record")):
        value: str | None = getattr(fact, attribute, None)
        if value is not None:
            return value, source
    return None, "nobody"
