"""What work costs, and what it costs beside other work."""

import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Processor seconds of this process, and the result."""
    begun = time.process_time()
    result = work()
    return time.process_time() - begun, result


def by_the_clock(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds by the clock, for what a server takes part in, and the result."""
    begun = time.perf_counter()
    result = work()
    return time.perf_counter() - begun, result


def compared(ours: Sequence[float], theirs: Sequence[float], **more: Any) -> dict[str, Any]:
    """A row of two, measured in turn: how many times as long theirs takes, the median over the rounds."""
    ratio = statistics.median(b / a for a, b in zip(ours, theirs, strict=True))
    return {"value": ratio, "ours": list(ours), "theirs": list(theirs), **more}
