"""Several at once: calls that start together, each in a thread of its own."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from threading import Barrier
from typing import Any, TypeVar

from sqlalchemy import select

from supplychain.conformity.models import Conformity, Flag
from tests.world import Answer, Member, World

T = TypeVar("T")


def together(calls: Sequence[Callable[[], T]]) -> list[T]:
    """What calls that start at the same moment return, in their order; raises what one of them raises."""
    start = Barrier(len(calls))

    def run(call: Callable[[], T]) -> T:
        start.wait(timeout=30)
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def at_once(world: World, member: Member, calls: Sequence[Callable[[Member], Answer]]) -> list[Answer]:
    """What a member is answered who calls several times at once, on a connection each."""
    return together([partial(call, another(world, member)) for call in calls])


def another(world: World, member: Member) -> Member:
    """The same member on a connection of its own."""
    return replace(member, client=world.app.test_client())


def derived(world: World) -> Any:
    """All that is stored of what follows from the facts."""
    conformity = select(Conformity.organization, Conformity.assessments, Conformity.open_flags)
    flags = select(Flag.organization, Flag.kind, Flag.closed_on).order_by(Flag.number)
    return world.do(lambda work: [[tuple(row) for row in work.session.execute(one)] for one in (conformity, flags)])
