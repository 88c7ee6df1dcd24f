"""Mutants of what suppliers and brands are told."""

from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from graph.cascade import Obligation, effective, obligations, path
from graph.network import Network
from graph.passing import passing_through
from graph.waivers import waivers_for
from supplychain.conformity import brand, obligation_list, own_obligations, supplier_list
from supplychain.conformity.models import Conformity
from supplychain.crypto import Sealer, fingerprint
from supplychain.evidence import queries as evidence
from supplychain.evidence.models import Evidence
from supplychain.http import answer, etag
from supplychain.network import engine, link_queries, organizations
from supplychain.network.api import links as link_routes
from supplychain.network.visibility import visible_to
from supplychain.waivers import queries as waivers
from tests.mutants.mutant import OWED, SUPPLIERS, Mutant, Patch, attribute
from tests.visibility import test_brand, test_names, test_order, test_supplier

PASSING = ("/v1/suppliers", "/v1/suppliers/<supplier_id>")


def one_reference_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    def reference(_work: Any, _reader: int, requirement: Any, *, issuer_shown: bool) -> str:
        return str(requirement.id) if issuer_shown else "rqp_" + fingerprint("secret", "requirement", requirement.id)

    monkeypatch.setattr(own_obligations, "requirement_ref", reference)


def passing_as_owed(monkeypatch: pytest.MonkeyPatch) -> None:
    def owed(network: Network, buyer: int, day: Any, among: Any) -> Iterator[Obligation]:
        for one in passing_through(network, buyer, day, among):
            requirement = network.requirement(one.requirement)
            assert requirement is not None
            yield obligations(network, requirement, day)[one.supplier]

    monkeypatch.setattr(brand, "passing_through", owed)


def everything_that_suppliers_owe(monkeypatch: pytest.MonkeyPatch) -> None:
    def every(network: Network, buyer: int, day: Any, among: Any) -> Iterator[Obligation]:
        suppliers = {link.supplier for link in network.links_from(buyer) if among is None or link.supplier in among}
        for requirement in network.requirements():
            if requirement.issuer != buyer:
                owed = obligations(network, requirement, day)
                yield from (one for supplier, one in owed.items() if supplier in suppliers)

    monkeypatch.setattr(brand, "passing_through", every)


def places_as_recorded(work: Any, reader: int, day: Any) -> Any:
    found = visible_to(work, reader, day).items()
    in_order = sorted(found, key=lambda pair: (pair[1].tier, pair[1].organization))
    return [(seen.tier, name) for name, seen in in_order]


def effective_levels(monkeypatch: pytest.MonkeyPatch) -> None:
    item = brand.obligation_item

    def told(work: Any, reader: int, one: Any) -> Any:
        owed = effective(engine.network(work), one.owed.supplier, work.today)
        level = owed.get((one.requirement.framework, one.pillar), one.owed.level)
        return {**item(work, reader, one), "level": max(level, one.owed.level)}

    for module in (supplier_list, obligation_list):
        monkeypatch.setattr(module, "obligation_item", told)


def told_beside(shown: Any) -> Patch:
    """What is stored of a supplier's conformity is told beside its entry."""

    def patch(monkeypatch: pytest.MonkeyPatch) -> None:
        item = supplier_list._item

        def told(work: Any, reader: int, day: Any, seen: Any, rows: Any) -> Any:
            row = work.session.get(Conformity, seen.organization)
            entry = item(work, reader, day, seen, rows)
            return {**entry, **shown(row)} if row and seen.opens_conformity else entry

        monkeypatch.setattr(supplier_list, "_item", told)

    return patch


def since_somebody_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    status = brand._status

    def dated(day: Any, owed: Any, pillar: str, known: Any, stood: Any) -> Any:
        told = status(day, owed, pillar, known, stood)
        return replace(told, since=stood.since) if stood else told

    monkeypatch.setattr(brand, "_status", dated)


def waivers_of_any_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def found(network: Network, requirement: Any, supplier: int, day: Any, **_: Any) -> Any:
        return waivers_for(network, requirement, supplier, day)

    monkeypatch.setattr(brand, "waivers_for", found)


def who_else_buys(monkeypatch: pytest.MonkeyPatch) -> None:
    of_role = link_queries._of_role

    def with_others(work: Any, network: Network, role: Any) -> Any:
        found = of_role(work, network, role)
        return found + [other for link in found for other in network.links_to(link.supplier) if other not in found]

    monkeypatch.setattr(link_queries, "_of_role", with_others)


def versions_of_shared_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    def counted(work: Any, row: Any, status: int = 200, **headers: str) -> Any:
        return answer(link_queries.represent(work, [row])[0], status, ETag=etag(row.version), **headers)

    monkeypatch.setattr(link_routes, "_one", counted)


UPWARDS = "A supplier sees the issuer at tier 1 or when `named`; otherwise «a customer of your customer»"
PASSES = "A direct buyer on a path sees its own direct suppliers' status for demands that pass through it"
OWN = "A brand sees level, status and unmet indicators of its obligations"
DISPLAYED = "Filters, sorts, search and cursors work on displayed values only"

MUTANTS = (
    Mutant(
        "the issuer is shown at every tier",
        UPWARDS,
        attribute(own_obligations, "issuer_shown", lambda _requirement, _owed: True),
        test_supplier.test_a_supplier_at_tier_2_cannot_tell_who_asks,
        OWED,
    ),
    Mutant(
        "an unnamed demand has one reference for all",
        UPWARDS,
        one_reference_for_all,
        test_names.test_two_suppliers_know_the_same_unnamed_demand_by_different_references,
    ),
    Mutant(
        "all hops above are shown as customers",
        "A supplier sees its direct customer on each path, never the hops between",
        attribute(own_obligations, "ways_in", path),
        test_supplier.test_a_supplier_cannot_tell_the_hops_between_its_customer_and_the_issuer,
        OWED,
    ),
    Mutant(
        "a supplier is told when a hop above it began",
        "A supplier sees its direct customer on each path, never the hops between",
        attribute(own_obligations, "_without_hops", lambda reason: reason),
        test_supplier.test_a_supplier_cannot_tell_when_a_link_above_its_customer_began,
        OWED,
    ),
    Mutant(
        "a waiver is judged under whatever name the supplier has now",
        "`pseudonym`: different for every brand, with tier, level and status",
        waivers_of_any_name,
        test_brand.test_a_brand_cannot_tell_whom_it_once_gave_leave_by_name_behind_a_pseudonym,
        SUPPLIERS,
    ),
    Mutant(
        "a waiver is listed under whatever name the supplier has now",
        "`pseudonym`: different for every brand",
        attribute(waivers, "shown_as", lambda _work, row: str(row.supplier)),
        test_brand.test_a_brand_cannot_tell_whom_it_once_gave_leave_by_name_behind_a_pseudonym,
        ("/v1/waivers",),
    ),
    Mutant(
        "a direct buyer is told who asks through it",
        "… without the issuer when unnamed",
        attribute(brand, "_issuer_shown", lambda _one: True),
        test_supplier.test_a_direct_buyer_cannot_tell_who_asks_through_it,
        PASSING,
    ),
    Mutant(
        "a direct buyer is shown the shortest way's tier and level",
        PASSES,
        passing_as_owed,
        test_supplier.test_a_supplier_cannot_tell_who_else_buys_from_its_suppliers_or_what_for,
        PASSING,
    ),
    Mutant(
        "a direct buyer is shown whatever its suppliers owe",
        "An obligation is seen by the issuer, the supplier, and the direct buyer on a path it may see",
        everything_that_suppliers_owe,
        test_supplier.test_a_supplier_cannot_tell_who_else_buys_from_its_suppliers_or_what_for,
        PASSING,
    ),
    Mutant(
        "demands that pass through stand in the order of their numbers",
        DISPLAYED,
        lambda monkeypatch: monkeypatch.setattr(brand, "sorted", lambda rows, key: list(rows), raising=False),
        test_order.test_nobody_can_tell_in_which_order_others_recorded_their_facts,
        PASSING,
    ),
    Mutant(
        "suppliers are sorted by tier and then as they were recorded",
        DISPLAYED,
        attribute(supplier_list, "places", places_as_recorded),
        test_order.test_nobody_can_tell_in_which_order_others_recorded_their_facts,
        PASSING,
    ),
    Mutant(
        "cursors can be read",
        "opaque tokens",
        attribute(Sealer, "seal", lambda _self, data: urlsafe_b64encode(data)),
        test_names.test_a_cursor_tells_nothing_and_is_another_one_each_time,
    ),
    Mutant(
        "a brand is shown the effective level",
        "v's effective level is the maximum over all its obligations: shown to v only",
        effective_levels,
        test_brand.test_a_brand_cannot_tell_what_others_ask_of_its_suppliers_or_since_when,
        SUPPLIERS,
    ),
    Mutant(
        "a brand is shown every framework a supplier is assessed in",
        OWN,
        told_beside(lambda row: {"name_zh": ", ".join(sorted(row.assessments))}),
        test_brand.test_a_brand_sees_no_levels_but_those_of_its_obligations,
        SUPPLIERS,
    ),
    Mutant(
        "a brand is told since when a supplier was asked for what it lacks",
        "No brand learns who else buys from a supplier, or how many",
        since_somebody_asked,
        test_brand.test_a_brand_cannot_tell_what_others_ask_of_its_suppliers_or_since_when,
        SUPPLIERS,
    ),
    Mutant(
        "a brand lists the links of its suppliers' other customers",
        "No brand learns who else buys from a supplier, or how many",
        who_else_buys,
        test_brand.test_a_brand_cannot_tell_who_else_buys_from_its_suppliers_or_how_many,
        ("/v1/links",),
    ),
    Mutant(
        "evidence is shown without a grant",
        "A supplier's evidence is its own; files only by the supplier's grant",
        attribute(evidence, "_granted", lambda _reader: Evidence.state == "accepted"),
        test_brand.test_a_brand_sees_no_evidence_that_was_not_granted_to_it,
        ("/v1/evidence/<evidence_id>",),
    ),
    Mutant(
        "a brand is shown the flags that all brands' obligations opened",
        "A brand sees `training` iff its own obligations alone would open it",
        told_beside(lambda row: {"flags": ["training"] if "training" in row.open_flags else []}),
        test_brand.test_a_brand_cannot_tell_what_others_ask_of_its_suppliers_or_since_when,
        SUPPLIERS,
    ),
    Mutant(
        "attributes of an organization are open to all",
        "Names and registered identifiers are a shared directory; everything else is [a secret]",
        attribute(organizations, "holds", lambda _work, _row: True),
        test_brand.test_nobody_but_itself_reads_what_an_organization_says_of_itself,
        ("/v1/links", "/v1/organizations/<organization_id>"),
    ),
    Mutant(
        "the tag of a link counts what the other end changes",
        "Revision numbers and ETags handed out are opaque",
        versions_of_shared_rows,
        test_supplier.test_a_supplier_cannot_tell_that_its_customer_changed_what_is_its_own,
        ("/v1/links", "/v1/links/<link_id>"),
    ),
)
