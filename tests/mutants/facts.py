"""Mutants of what counts as a verified fact: what a supplier says of itself leaves an indicator out."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from graph.network import Network
from graph.terms import PROVABLE
from supplychain.conformity import appraisal, loading
from supplychain.network import facts, proofs
from tests import test_attributes
from tests.mutants.mutant import Mutant

RULE = "`not_applicable` comes only from the pack's rules over verified facts …, never from the supplier's word"


def own_word(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once its claim is verified, whatever an organization states is a fact."""
    about = loading.facts_about

    def stated(network: Network, organization: int, day: date) -> Any:
        found = network.organization(organization)
        told = {name: getattr(found, name) for name in PROVABLE} if found and found.verified else {}
        known = {name: frozenset({value}) for name, value in told.items() if value is not None}
        return replace(about(network, organization, day), verified=known)

    monkeypatch.setattr(appraisal, "facts_about", stated)


def proven_for_good(monkeypatch: pytest.MonkeyPatch) -> None:
    """An attribute that was once proven is proven whatever it says next."""
    confirm, of_organization = proofs.confirm, facts.of_organization
    once: dict[int, set[str]] = {}

    def remembered(work: Any, row: Any, printed: Any, note: str) -> Any:
        once.setdefault(row.number, set()).update(printed)
        return confirm(work, row, printed, note)

    def outlived(row: Any) -> Any:
        fact = of_organization(row)
        values = {name: getattr(row, name) for name in once.get(row.number, ())}
        return replace(fact, proven=replace(fact.proven, **values))

    monkeypatch.setattr(proofs, "confirm", remembered)
    monkeypatch.setattr(facts, "of_organization", outlived)


MUTANTS = (
    Mutant(
        "a verified owner's word is a verified fact",
        RULE,
        own_word,
        test_attributes.test_what_a_supplier_says_of_itself_leaves_no_indicator_out,
    ),
    Mutant(
        "a proof outlives the value it was of",
        RULE,
        proven_for_good,
        test_attributes.test_a_changed_value_is_unproven_and_changing_it_back_does_not_prove_it,
    ),
)
