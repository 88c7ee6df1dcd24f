"""The day as a fact: ``day.advanced`` is written once a day, whoever notices first (domain rules: days)."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from graph.network import DayAdvanced
from supplychain import heads
from supplychain.network import engine
from supplychain.work import Runtime, Work, run


def needs_advance(runtime: Runtime) -> bool:
    """Whether the calendar is ahead of the network as this process knows it; asks no database.

    A process that has not folded the newest rows of the log may say yes for nothing, never no.
    """
    folded: engine.Engine = runtime.component(engine.Engine)
    return folded.state.network.day < _today(runtime)


def advance_day(runtime: Runtime) -> int:
    """Bring the network to today, one day a unit of work; how many days this call recorded.

    A network that never saw a day starts today. Several processes may call at once: the first locks the log,
    the others find the day recorded.
    """
    recorded = 0
    while needs_advance(runtime):
        recorded += run(runtime, _advance)
    return recorded


def _advance(work: Work) -> int:
    heads.lock(work.session, heads.NETWORK)
    reached = engine.network(work).day
    if reached >= work.today:
        return 0
    following = work.today if reached == date.min else reached + timedelta(days=1)
    work.change(DayAdvanced(following))
    work.record("day.advanced", following.isoformat())
    work.emit("day.advanced", following.isoformat())
    return 1


def _today(runtime: Runtime) -> date:
    return runtime.settings.clock().astimezone(ZoneInfo(runtime.settings.time_zone)).date()
