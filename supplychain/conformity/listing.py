"""Who qualifies to meet buyers under a framework, at a level and on a day of an event's choosing.

The very rule of the ``matchmaking`` flag (domain rules: Flags), which is stored for the configured framework alone.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import select

from supplychain.audits.models import Finding
from supplychain.audits.terms import FindingState, Severity
from supplychain.conformity import loading
from supplychain.conformity.appraisal import members
from supplychain.conformity.levels import Stood, levels
from supplychain.conformity.rules import FindingFact, FlagDecision, matchmaking
from supplychain.dialects import among
from supplychain.frameworks.framework import Framework
from supplychain.network import engine
from supplychain.work import Work

Standings = Mapping[tuple[int, str, str], Stood]


def judged(
    work: Work, organizations: Collection[int], framework: Framework, threshold: int, day: date
) -> Mapping[int, FlagDecision]:
    """Whether organizations may be listed for an event of a framework, from a threshold on, with all reasons.

    day: the event's; of one that is past, today counts. As the deriver: who may be told is the caller's to decide.
    """
    numbers = sorted(set(organizations))
    pillars = [pillar.id for pillar in framework.pillars]
    wanted = [(number, framework.key, pillar) for number in numbers for pillar in pillars]
    now, ahead = levels(work, wanted, work.today), levels(work, wanted, max(day, work.today))
    group = {number: members(number, loading.family_of(engine.network(work), number, work.today)) for number in numbers}
    with work.deriving():
        found = _critical(work, {one for some in group.values() for one in some})
        consenting = loading.consents(work.session, numbers)
    return {
        number: matchmaking(
            {pillar: now[number, framework.key, pillar].standing for pillar in pillars},
            {pillar: ahead[number, framework.key, pillar].standing for pillar in pillars},
            [finding for member in group[number] for finding in found.get(member, ())],
            consent=number in consenting,
            threshold=threshold,
        )
        for number in numbers
    }


def assessed(work: Work, organizations: Iterable[int], framework: Framework) -> list[int]:
    """Those of whom a framework was ever asked or spoken to, as far as it was derived: nobody else has a level."""
    state = engine.state(work)
    pillars = [pillar.id for pillar in framework.pillars]
    return [
        number
        for number in organizations
        if any(state.standing(number, framework.key, pillar) is not None for pillar in pillars)
    ]


def _critical(work: Work, organizations: Iterable[int]) -> Mapping[int, Sequence[FindingFact]]:
    query = select(Finding).where(
        among(Finding.organization, organizations),
        Finding.severity == Severity.CRITICAL,
        Finding.state != FindingState.VERIFIED,
    )
    found: dict[int, list[FindingFact]] = {}
    for row in work.session.scalars(query):
        fact = FindingFact(
            row.number, row.organization, row.framework, row.indicator, row.severity, FindingState(row.state)
        )
        found.setdefault(row.organization, []).append(fact)
    return found
