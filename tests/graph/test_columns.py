"""Links as columns are the links they were made of."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from graph.arrays.columns import NO_LINK, STATES, LinkColumns, columns_of
from graph.facts import Link, Period
from graph.periods import state_on
from graph.terms import Disclosure, FlowDown, LinkState

DAYS = st.none() | st.dates(date(2026, 1, 1), date(2026, 1, 12))


@st.composite
def periods(draw: st.DrawFn) -> tuple[Period, ...]:
    """Periods of one link: days in order, each with one state."""
    cuts = sorted(draw(st.sets(st.dates(date(2026, 1, 1), date(2026, 1, 12)), min_size=2, max_size=6)))
    begins: list[date | None] = [*cuts[:-1]]
    if draw(st.booleans()):
        begins[0] = None
    found = [
        Period(begin, date.fromordinal(end.toordinal() - 1), draw(st.sampled_from(LinkState)))
        for begin, end in zip(begins, cuts[1:], strict=True)
        if draw(st.booleans())
    ]
    if draw(st.booleans()):
        found.append(Period(cuts[-1], None, draw(st.sampled_from(LinkState))))
    return tuple(found)


@st.composite
def links(draw: st.DrawFn) -> list[Link]:
    """Links with whatever can be said of one."""
    numbers = draw(st.lists(st.integers(1, 2**40), unique=True, max_size=8))
    return [
        Link(
            number=number,
            buyer=draw(st.integers(1, 9)),
            supplier=draw(st.integers(1, 9)),
            periods=draw(periods()),
            category=draw(st.none() | st.sampled_from(("85", "8517", "851762"))),
            share=draw(st.none() | st.floats(0, 1)),
            flow_down=draw(st.sampled_from(FlowDown)),
            disclosure=draw(st.sampled_from(Disclosure)),
            owner=draw(st.none() | st.integers(1, 9)),
            id=draw(st.sampled_from(("", "lnk_1", "lnk_22"))),
        )
        for number in numbers
    ]


@given(links(), st.dates(date(2025, 12, 30), date(2026, 1, 14)))
def test_columns_give_back_every_link_and_its_state_on_a_day(some: list[Link], day: date) -> None:
    found = LinkColumns.of_arrays(columns_of(some).arrays())
    states = found.state_on(day)
    for link in some:
        at = found.at(link.number)
        assert at is not None
        assert found.link(at) == link
        state = None if states[at] == NO_LINK else STATES[states[at]]
        assert state == state_on(link.periods, day)
    assert len(found) == len(some)
    assert found.at(0) is None
