"""What it costs to assess one supplier: `python -m bench.assess`, or with all the rest in `make bench`.

60 indicators of the electronics pack in full and 200 pieces of evidence, answers of several months and certificates;
then the whole pack. Beside it the spreadsheet of the tests, which gives levels and outcomes alone and looks through all
evidence for each: A B A B in one run, medians of CPU time, results compared. Then each shipped pack as it is.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from itertools import cycle, islice
from statistics import median
from time import process_time

from supplychain.conformity.rules import EvidenceFact, Family, appraise
from supplychain.conformity.specimens import SUBJECT, Sent, just_meeting
from supplychain.frameworks.framework import Framework
from supplychain.frameworks.loader import load_packs, shipped_packs
from tests import sheet

DAY = date(2026, 11, 22)
PIECES, ROUNDS, TIMES = 200, 9, 40
LIMIT_MS = 2.0


def pieces(framework: Framework, count: int) -> list[EvidenceFact]:
    """Evidence of every level and of several months, each piece with a number of its own."""
    sent = (
        fact
        for months, level in enumerate(cycle(range(1, framework.top_level + 1)))
        for fact in just_meeting(framework, level, Sent(DAY - timedelta(days=30 * (months % 9))))
    )
    return [replace(fact, number=number) for number, fact in enumerate(islice(sent, count), start=1)]


def some_of(framework: Framework, count: int) -> Framework:
    """The first indicators of a framework, and what certificates prove of these."""
    indicators = framework.indicators[:count]
    names = {one.id for one in indicators}
    crosswalk = [
        replace(one, satisfies=tuple(proof for proof in one.satisfies if proof.indicator in names))
        for one in framework.crosswalk
    ]
    return replace(framework, indicators=indicators, crosswalk=tuple(crosswalk))


def appraising(framework: Framework, facts: list[EvidenceFact]) -> Callable[[], object]:
    """The assessment with every source and reason, and where the supplier would stand otherwise."""
    return lambda: appraise(framework, SUBJECT, Family(), facts, (), (), (), DAY)


def plainly(framework: Framework, facts: list[EvidenceFact]) -> Callable[[], object]:
    """The levels and outcomes of the spreadsheet."""
    spread = sheet.Sheet(framework, facts, DAY)
    return lambda: (sheet.levels(spread), sheet.outcomes(spread))


def check(framework: Framework, facts: list[EvidenceFact]) -> None:
    """Both say the same."""
    assessment, _ = appraise(framework, SUBJECT, Family(), facts, (), (), (), DAY)
    levels = {name: one.level for name, one in assessment.pillars.items()}
    found = {(name, one.level): one.outcome for name, row in assessment.results.items() for one in row.levels}
    assert plainly(framework, facts)() == (levels, found)


def cost(body: Callable[[], object], times: int) -> float:
    """Milliseconds of CPU for one of several in a row."""
    started = process_time()
    for _ in range(times):
        body()
    return (process_time() - started) / times * 1000


def line(framework: Framework, goal: str) -> float:
    """Print one line, as all of `make bench` does; milliseconds."""
    facts = pieces(framework, PIECES)
    check(framework, facts)
    ours, plain = appraising(framework, facts), plainly(framework, facts)
    pairs = [(cost(ours, TIMES), cost(plain, 1)) for _ in range(ROUNDS)]
    mine, theirs = (median(column) for column in zip(*pairs, strict=True))
    ratios = sorted(a / b for a, b in pairs)
    what = f"{len(framework.indicators)} indicators, {PIECES} pieces of evidence (cost)"
    spread = f"{ratios[0]:.3f} to {ratios[-1]:.3f}"
    print(f"{what:58} {mine * 1000:7.0f}us {theirs * 1000:7.0f}us {median(ratios):7.3f} {spread:>15}   {goal}")
    return mine


def main() -> float:
    """Print each figure; milliseconds for 60 indicators."""
    packs = {framework.key: framework for framework in load_packs(shipped_packs())}
    full = packs["eseec-electronics@2"]
    spent = line(some_of(full, 60), f"<= {LIMIT_MS} ms")
    line(full, "")
    for key, framework in packs.items():
        mine = appraising(framework, pieces(framework, PIECES))
        mine()  # the plan is made once a process
        spent_here = median(cost(mine, TIMES) for _ in range(ROUNDS))
        print(f"{f'  {key}: {len(framework.indicators)} indicators':58} {spent_here * 1000:7.0f}us")
    return spent


if __name__ == "__main__":
    raise SystemExit(main() > LIMIT_MS)
