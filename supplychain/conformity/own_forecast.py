"""A supplier's own forecast: its levels if nothing is renewed, what lapses when, and what it will then miss."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import or_, select

from graph.cascade import effective, obligations_of
from graph.network import Network
from graph.waivers import Terms, demanded
from supplychain.conformity.outlooks import Outlooks, own_outlooks, series, window_end
from supplychain.conformity.own_obligations import reference_of
from supplychain.conformity.rules import Loss, Outlook, Step, month_ends
from supplychain.evidence.models import Evidence
from supplychain.frameworks import registry
from supplychain.network import engine
from supplychain.work import Work

Item = dict[str, Any]


def forecast(work: Work, organization: int, months: int) -> Item:
    """Levels by framework, pillar and month, every day on which one changes, and what is owed and will be missed."""
    network = engine.network(work)
    ends = month_ends(work.moment.on, months)
    found = own_outlooks(work, organization, ends[-1])
    about = network.organization(organization)
    teller = _Teller(work, network, found)
    owed = effective(network, organization, work.moment.on)
    return {
        "organization": {"id": about.id, "name": about.name} if about else None,
        "day": work.moment.on,
        "until": ends[-1],
        "frameworks": [
            {"framework": key, "pillars": [teller.pillar(key, one, name, ends, owed) for name in one.now]}
            for key, one in found.items()
        ],
        "obligations": _obligations(work, network, organization, found),
    }


def falls(work: Work, organization: int) -> list[Item]:
    """What an open ``evidence_expiring`` flag says: by pillar the first day of a lower level, and what lapses."""
    found = own_outlooks(work, organization, window_end(work))
    teller = _Teller(work, engine.network(work), found)
    return [
        {"framework": key, "pillar": name, **teller.step(key, step)}
        for key, one in found.items()
        for name in one.now
        if (step := one.first_fall(name))
    ]


def _obligations(work: Work, network: Network, organization: int, found: Outlooks) -> list[Item]:
    """What is owed today, the first to break first; what is neither reached nor waived today breaks on no day."""
    items = []
    for owed in obligations_of(network, organization, work.moment.on):
        requirement = network.requirement(owed.requirement)
        assert requirement is not None  # it has an obligation
        ahead = found.get(requirement.framework)
        if ahead is None:  # of a framework that this process does not know nothing can be said
            continue
        for pillar in requirement.pillars:
            asked = Terms(owed.level, owed.due_for(pillar))
            breaks_on = ahead.missed(pillar, demanded(network, requirement, organization, asked))
            items.append(
                {
                    "requirement": reference_of(work, requirement, owed, organization),
                    "framework": requirement.framework,
                    "pillar": pillar,
                    "level": owed.level,
                    "due": asked.due,
                    "achieved": ahead.now[pillar],
                    "breaks_on": breaks_on,
                    "becomes": None if breaks_on is None else ahead.level(pillar, breaks_on),
                }
            )
    return sorted(items, key=_first_to_break)


def _first_to_break(item: Mapping[str, Any]) -> tuple[Any, ...]:
    return (item["breaks_on"] or date.max, item["due"], item["requirement"], item["pillar"])


class _Teller:
    """Tells outlooks to the organization itself, evidence by the ids that are the reader's."""

    def __init__(self, work: Work, network: Network, found: Outlooks) -> None:
        self._registry = registry(work)
        self._network = network
        lost = (loss for one in found.values() for steps in one.steps.values() for step in steps for loss in step.lost)
        self._ids = _ids(work, {loss.evidence for loss in lost if loss.evidence is not None})

    def pillar(
        self, key: str, found: Outlook, name: str, ends: Sequence[date], owed: Mapping[tuple[str, str], int]
    ) -> Item:
        return {
            "pillar": name,
            "level": found.now[name],
            "effective": owed.get((key, name)),
            "series": series(found, name, ends),
            "steps": [self.step(key, step) for step in found.steps[name]],
        }

    def step(self, key: str, step: Step) -> Item:
        return {
            "day": step.day,
            "level": step.level,
            "before": step.before,
            "lost": [self._loss(key, loss) for loss in step.lost],
        }

    def _loss(self, key: str, loss: Loss) -> Item:
        framework = self._registry.get(key)
        indicator = framework.indicator(loss.indicator) if framework else None
        holder = self._network.organization(loss.holder)
        return {
            "indicator": loss.indicator,
            "name": indicator.names.as_dict() if indicator else None,
            "level": loss.level,
            "holder": holder.id if holder else None,
            "evidence": None if loss.evidence is None else self._ids.get(loss.evidence),
            "result": str(loss.outcome),
            "reason": str(loss.why),
        }


def _ids(work: Work, numbers: Iterable[int]) -> Mapping[int, str]:
    """Public ids of evidence, as far as it is the reader's own."""
    me = work.actor.organization
    mine = or_(Evidence.organization == me, Evidence.holder == me)
    query = select(Evidence.number, Evidence.id).where(Evidence.number.in_(sorted(numbers)), mine)
    return dict(iter(work.session.execute(query)))
