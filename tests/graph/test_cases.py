"""Every case of the casebook, under its own title."""

import pytest

from graph.cascade import Lens, Obligation, obligations, reach, unclassified_links
from tests.graph.casebook import Case, load_cases

CASES = load_cases()


def said(owed: Obligation, case: Case, line: str) -> str:
    """The obligation in the words of the case; due and announced only where the case speaks of them."""
    words = f"tier {owed.tier} level {owed.level} via {owed.via}"
    words += f" due {owed.due}" if " due " in line else ""
    return words + (" announced" if owed.announced else "")


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_the_case_holds(case: Case) -> None:
    found = obligations(case.network, case.requirement, case.day)
    lines = {
        case.names[number]: said(owed, case, case.owed.get(case.names[number], "")) for number, owed in found.items()
    }
    assert lines == case.owed
    if case.unclassified is not None:
        assert unclassified_links(case.network, case.requirement, case.day, Lens.OWED) == case.unclassified
    if case.beyond_horizon is not None:
        beyond = reach(case.network, case.requirement, case.day, Lens.OWED).beyond_horizon
        assert {case.names[number] for number in beyond} == case.beyond_horizon


def test_the_casebook_is_not_empty() -> None:
    assert len(CASES) >= 20
