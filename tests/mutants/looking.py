"""Mutants of looking up the chain: over which links weights and shapes are computed."""

from datetime import date

import pytest

from graph import shown
from graph.facts import Link
from graph.network import Network, state_on
from graph.sight import Sight
from graph.terms import LinkState
from tests.mutants.mutant import Mutant
from tests.visibility import test_brand, test_exposure


def closed_links_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def everything(network: Network, _seen: Sight, day: date, buyer: int) -> tuple[Link, ...]:
        links = network.links_from(buyer)
        return tuple(link for link in links if state_on(link.periods, day) is LinkState.CONFIRMED)

    monkeypatch.setattr(shown, "_below", everything)


PSEUDONYM = "`pseudonym`: no HS code, share, dates; `none`: never listed"
MUTANTS = (
    Mutant(
        "spend is followed over links that hide who is at their end",
        PSEUDONYM,
        closed_links_too,
        test_exposure.test_a_brand_cannot_tell_what_part_of_its_spend_goes_to_whom_it_does_not_see,
        ("/v1/network/exposure",),
    ),
    Mutant(
        "chokepoints are counted over hidden suppliers",
        PSEUDONYM,
        closed_links_too,
        test_brand.test_a_brand_cannot_tell_that_its_supplier_hides_suppliers,
        ("/v1/network/chokepoints",),
    ),
)
