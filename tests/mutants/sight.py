"""Mutants of who is seen, as what, over which links."""

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from graph import openness, sight
from graph.facts import Ownership
from graph.network import Network, state_on
from graph.obligations import obligations
from graph.sight import RowKind, rows_about, view
from graph.terms import Disclosure, LinkState
from graph.walks import reach
from graph.walks.reach import Lens
from supplychain.conformity import brand, cells, explaining, obligation_list, protected, supplier_list
from supplychain.crypto import fingerprint
from supplychain.network import engine, visibility
from tests.mutants.mutant import SUPPLIERS, WHY, Mutant, Patch, attribute
from tests.visibility import test_brand, test_names, test_protected


def as_identity(kind: RowKind) -> Patch:
    """Rows of a kind are judged as if they were of identity."""

    def patch(monkeypatch: pytest.MonkeyPatch) -> None:
        def opened(*arguments: Any) -> Any:
            seen = view(*arguments)
            rows = (replace(row, kind=RowKind.IDENTITY) if row.kind is kind else row for row in seen.rows)
            return replace(seen, rows=tuple(rows))

        def opened_some(*arguments: Any) -> Any:
            rows = rows_about(*arguments)
            return tuple(replace(row, kind=RowKind.IDENTITY) if row.kind is kind else row for row in rows)

        monkeypatch.setattr(brand, "view", opened)
        monkeypatch.setattr(brand, "rows_about", opened_some)

    return patch


def claims_open_sight(monkeypatch: pytest.MonkeyPatch) -> None:
    def lenient(*arguments: Any) -> Any:
        state = state_on(*arguments)
        return LinkState.CONFIRMED if state is LinkState.CLAIMED else state

    for module in (sight, openness):
        monkeypatch.setattr(module, "state_on", lenient)


def follows(lens: Lens, **changes: Any) -> Patch:
    """A lens follows other links than it should."""
    return lambda monkeypatch: monkeypatch.setitem(reach._FOLLOWS, lens, replace(reach._FOLLOWS[lens], **changes))


def hearsay_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    following = reach._following

    def indifferent(network: Any, requirement: Any, day: Any, lens: Any) -> Any:
        follow = following(network, requirement, day, lens)
        return lambda link, own: follow(replace(link, owner=link.owner and requirement.issuer), own)

    monkeypatch.setattr(reach, "_following", indifferent)


def sees_through(floor: Disclosure, instead: Disclosure) -> Patch:
    """Sight takes links that are more closed than it may."""

    def patch(monkeypatch: pytest.MonkeyPatch) -> None:
        closure = openness._closure

        def wider(network: Any, group: Any, day: Any, asked: Disclosure) -> Any:
            return closure(network, group, day, instead if asked is floor else asked)

        monkeypatch.setattr(openness, "_closure", wider)

    return patch


def tiers_over_all_links(monkeypatch: pytest.MonkeyPatch) -> None:
    def as_owed(network: Any, requirement: Any, day: Any, lens: Lens, *wanted: Any, **among: Any) -> Any:
        owed = obligations(network, requirement, day, Lens.OWED)
        seen = obligations(network, requirement, day, lens, *wanted, **among)
        return {supplier: owed.get(supplier, one) for supplier, one in seen.items()}

    monkeypatch.setattr(sight, "obligations", as_owed)


def pseudonym(made: Callable[[Any, int, str], str]) -> Patch:
    return attribute(visibility, "pseudonym", made)


def name_of_a_pseudonym(monkeypatch: pytest.MonkeyPatch) -> None:
    item = supplier_list._item

    def named(work: Any, reader: int, day: Any, seen: Any, rows: Any) -> Any:
        found = engine.network(work).organization(seen.organization)
        return {**item(work, reader, day, seen, rows), "name": found.name if found else None}

    monkeypatch.setattr(supplier_list, "_item", named)


def due_date_of_a_pseudonym(monkeypatch: pytest.MonkeyPatch) -> None:
    item = brand.obligation_item

    def dated(work: Any, reader: int, one: Any) -> Any:
        return {**item(work, reader, one), "due": one.owed.due.isoformat()}

    for module in (supplier_list, obligation_list):
        monkeypatch.setattr(module, "obligation_item", dated)


def way_to_a_pseudonym(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explaining, "RowKind", SimpleNamespace(PSEUDONYM=None))


def records_of_any_buyer(monkeypatch: pytest.MonkeyPatch) -> None:
    def anybodys(self: Network, _owner: int, organization: int) -> Any:
        return next((one for (_, about), one in self.held.records.items() if about == organization), None)

    monkeypatch.setattr(Network, "record", anybodys)


CONFIRMED_OPENS = "Confirmed opens, claimed does not: neither shows conformity or what lies below"
MOST_CLOSED = "Sight along a path is the most closed of its links; over paths the most open wins"
PSEUDONYM = "`pseudonym`: with country, tier, level and status; no HS code, share, dates, plant, forecast"
PRIVATE = "`private`: followed only by its owner's requirements in its owner's eyes, tells nobody, opens nothing"
PROTECTED = "A cell is shown when empty, or when it holds >= 5 of >= 3 ownership roots not all of one status"
_OPEN, _CARRYING = (LinkState.CONFIRMED,), (LinkState.CONFIRMED, LinkState.CLAIMED)
_ANY = tuple(Disclosure)

MUTANTS = (
    Mutant(
        "conformity is shown over the brand's own claim",
        CONFIRMED_OPENS,
        as_identity(RowKind.AWAITING),
        test_brand.test_a_brand_sees_no_conformity_over_a_link_that_it_only_claims,
        SUPPLIERS,
    ),
    Mutant(
        "conformity is shown over private knowledge",
        CONFIRMED_OPENS,
        as_identity(RowKind.PRIVATE),
        test_brand.test_a_brand_sees_nothing_below_what_it_knows_privately,
        SUPPLIERS,
    ),
    Mutant(
        "a claimed link opens sight of what lies below",
        CONFIRMED_OPENS,
        claims_open_sight,
        test_brand.test_a_brand_sees_nothing_below_a_link_that_it_only_claims,
        SUPPLIERS,
    ),
    Mutant(
        "a brand's view is computed over claimed links too",
        "A brand's view is computed over confirmed links",
        follows(Lens.SEEN_IDENTITY, own=_CARRYING, below=_CARRYING),
        test_brand.test_a_brand_sees_nothing_below_a_link_that_it_only_claims,
        SUPPLIERS,
    ),
    Mutant(
        "private links of anybody are followed",
        PRIVATE,
        hearsay_of_all,
        test_brand.test_private_links_of_others_tell_a_brand_nothing,
        SUPPLIERS,
    ),
    Mutant(
        "private links are followed from pseudonyms",
        PRIVATE,
        follows(Lens.KNOWN, shown=_ANY[:2]),
        test_brand.test_a_brand_that_notes_down_suppliers_of_a_pseudonym_unmasks_nobody,
        SUPPLIERS,
    ),
    Mutant(
        "hidden links are seen like pseudonymous ones",
        MOST_CLOSED,
        sees_through(Disclosure.PSEUDONYM, Disclosure.NONE),
        test_brand.test_a_brand_cannot_tell_that_its_supplier_hides_suppliers,
        SUPPLIERS,
    ),
    Mutant(
        "requirements are seen to reach what is hidden",
        "`none`: never listed; part of the protected remainder",
        follows(Lens.SEEN_IDENTITY, shown=_ANY),
        test_brand.test_a_brand_cannot_tell_that_its_supplier_hides_suppliers,
        SUPPLIERS,
    ),
    Mutant(
        "a pseudonymous link shows the identity",
        MOST_CLOSED,
        sees_through(Disclosure.IDENTITY, Disclosure.PSEUDONYM),
        test_brand.test_a_brand_cannot_tell_who_a_pseudonym_is,
        SUPPLIERS,
    ),
    Mutant(
        "tier and level are those that are owed, over all links",
        "What a brand sees of an obligation is computed over links at least that open",
        tiers_over_all_links,
        test_brand.test_a_brand_sees_nothing_below_a_link_that_it_only_claims,
        SUPPLIERS,
    ),
    Mutant(
        "a pseudonym is the public id",
        "`pseudonym`: HMAC(secret, brand, organization)",
        pseudonym(lambda _work, _reader, organization: organization),
        test_brand.test_a_brand_cannot_tell_who_a_pseudonym_is,
        SUPPLIERS,
    ),
    Mutant(
        "a pseudonym is the same for every brand",
        "`pseudonym`: different for every brand",
        pseudonym(lambda _work, _reader, organization: "psn_" + fingerprint("secret", "pseudonym", organization)),
        test_names.test_two_brands_know_the_same_supplier_by_different_pseudonyms,
    ),
    Mutant(
        "a pseudonym has its name beside it",
        PSEUDONYM,
        name_of_a_pseudonym,
        test_brand.test_a_brand_cannot_tell_who_a_pseudonym_is,
        SUPPLIERS,
    ),
    Mutant(
        "a pseudonym's country is shown without a crowd",
        "`pseudonym`: country, or continent, where fewer than five organizations share country and sector",
        attribute(visibility, "CROWD", 1),
        test_names.test_a_pseudonym_shows_its_country_only_in_a_crowd_of_five,
    ),
    Mutant(
        "a pseudonym's due date is shown",
        PSEUDONYM,
        due_date_of_a_pseudonym,
        test_brand.test_a_brand_cannot_tell_when_a_demand_on_a_pseudonym_falls_due,
        SUPPLIERS,
    ),
    Mutant(
        "the way to a pseudonym is explained: links, codes and days",
        PSEUDONYM,
        way_to_a_pseudonym,
        test_brand.test_a_brand_cannot_tell_what_a_pseudonym_sells_since_when_and_how_much,
        WHY,
    ),
    Mutant(
        "scopes test what another buyer noted down",
        "Scope tests use the organization's own value, else the issuer's own record, never another buyer's",
        records_of_any_buyer,
        test_brand.test_records_of_other_buyers_tell_a_brand_nothing,
        SUPPLIERS,
    ),
    Mutant(
        "ownership counts by the word of one end",
        "Ownership counts only once both ends, or a reviewer who saw a document, confirmed it",
        attribute(Ownership, "holds_on", lambda _self, _day: True),
        test_brand.test_ownership_that_nobody_confirmed_tells_a_brand_nothing,
        SUPPLIERS,
    ),
    Mutant(
        "cells of fewer than five are shown",
        PROTECTED,
        attribute(cells, "LEAST_ORGANIZATIONS", 1),
        test_protected.test_a_cell_is_shown_when_empty_or_of_five_with_three_roots_not_all_alike,
    ),
    Mutant(
        "cells of fewer than three owners are shown",
        PROTECTED,
        attribute(cells, "LEAST_ROOTS", 1),
        test_protected.test_too_few_hidden_or_too_few_owners_are_not_counted_at_all,
    ),
    Mutant(
        "counts are not rounded",
        "Counts are rounded to multiples of 5",
        attribute(cells, "STEP", 1),
        test_protected.test_a_company_more_or_less_moves_no_count_that_it_could_be_read_from,
    ),
    Mutant(
        "what is reached over claimed links is counted",
        "What the reader cannot list is counted only over confirmed links",
        follows(Lens.SEEN_ANY, own=_CARRYING, below=_CARRYING),
        test_protected.test_only_confirmed_links_are_counted,
    ),
    Mutant(
        "counts are those of today",
        "It is computed when the month's first day advances and stays for the month",
        lambda monkeypatch: monkeypatch.setattr(
            protected,
            "shown",
            lambda work, requirement, day: {
                "month": cells.month_of(day).isoformat(),
                "counts": protected._cell(work, engine.network(work), _of(work, requirement), day),
            },
        ),
        test_protected.test_the_hidden_are_counted_when_a_month_begins_and_stay_so_until_the_next,
    ),
)


def _of(work: Any, number: int) -> Any:
    return engine.network(work).requirement(number)
