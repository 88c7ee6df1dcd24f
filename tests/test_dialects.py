"""What SQLite and PostgreSQL spell differently gives the same answer on both."""

from sqlalchemy import select

from supplychain.conformity.loading import load
from supplychain.dialects import among
from supplychain.network.models import Organization
from supplychain.work import Work, run
from tests.factories import building
from tests.world import World

MORE_THAN_PARAMETERS = 70_000


def named(work: Work, numbers: set[int], *, others: bool = False) -> list[str]:
    condition = among(Organization.number, numbers)
    query = select(Organization.name).where(~condition if others else condition).order_by(Organization.number)
    return list(work.session.scalars(query))


def test_a_row_is_found_among_more_numbers_than_a_statement_takes_parameters(world: World) -> None:
    with building(world) as build:
        mill, spinner = build.organization("mill").number, build.organization("spinner").number
    many = {spinner, *range(10_000, 10_000 + MORE_THAN_PARAMETERS)}
    assert run(world.runtime, lambda work: named(work, many)) == ["Spinner"]
    assert "Mill" in run(world.runtime, lambda work: named(work, many, others=True))
    assert mill not in many


def test_what_is_recorded_of_more_organizations_than_a_statement_takes_parameters_is_read_at_once(world: World) -> None:
    with building(world) as build:
        mill, spinner = build.organization("mill").number, build.organization("spinner").number
        build.prove("mill")
    many = {mill, spinner, *range(10_000, 10_000 + MORE_THAN_PARAMETERS)}

    def read(work: Work) -> tuple[int, ...]:
        with work.deriving():
            found = load(work, many).evidence
        return tuple(number for number in many if number in found)

    assert run(world.runtime, read) == (mill,)


def test_nothing_is_among_no_numbers_and_everything_is_outside_them(world: World) -> None:
    with building(world) as build:
        build.organization("mill")
    assert run(world.runtime, lambda work: named(work, set())) == []
    assert "Mill" in run(world.runtime, lambda work: named(work, set(), others=True))
