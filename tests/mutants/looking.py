"""Mutants of looking up the chain: over which links weights and shapes are computed."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from graph import shown
from graph.network import Network
from graph.sight import Sight, sight
from graph.terms import Disclosure, LinkState
from graph.walks.ground import KINDS
from tests.mutants.mutant import Mutant
from tests.visibility import test_brand, test_exposure


def closed_links_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def everybody(network: Network, reader: int, day: date) -> Sight:
        openness = {one.number: Disclosure.IDENTITY for one in network.organizations()}
        return replace(sight(network, reader, day), openness=openness)

    monkeypatch.setattr(shown, "sight", everybody)
    confirmed = [kind.state is LinkState.CONFIRMED and not kind.owned for kind in KINDS]
    monkeypatch.setattr(shown, "_BELOW", np.array(confirmed))


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
