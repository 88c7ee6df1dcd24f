"""What a supplier owes over all carrying links, as it may know it: who asks, what is unmet, whose move it is."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from graph.cascade import Lens, Obligation, explain, obligations_of, ways_in
from graph.network import Network, Requirement
from graph.terms import Reason
from graph.waivers import excused, waivers_for
from supplychain.answers.queries import said_by
from supplychain.answers.rules import Said
from supplychain.conformity import wording
from supplychain.conformity.appraisal import Appraisal, asked_of
from supplychain.conformity.lacking import computed
from supplychain.conformity.levels import appraise
from supplychain.conformity.rules import Move, Owed, Standing, TrainingNeed, judge, training_needs, unmet_for
from supplychain.errors import NotFound
from supplychain.frameworks import registry
from supplychain.network import engine
from supplychain.requirements.naming import issuer_shown, requirement_ref
from supplychain.work import Work

Item = dict[str, Any]
_OWN_RULES = frozenset(
    {
        "announced",
        "tier_is_shortest",
        "schedule_entry",
        "held_beyond_schedule",
        "supplier_scope_open",
        "due_rule",
        "amendment_kept_due",
    }
)
"""The rules a supplier is told: nothing of the hops between its customer and the issuer."""


class Entry(NamedTuple):
    """What is owed in one pillar, and under which reference the supplier knows the requirement."""

    owed: Obligation
    requirement: Requirement
    pillar: str
    reference: str


def entries(work: Work, organization: int, day: date) -> list[Entry]:
    """Everything the organization owes, one a pillar, the earliest due first."""
    network = engine.network(work)
    found = []
    for one in obligations_of(network, organization, day):
        requirement = network.requirement(one.requirement)
        assert requirement is not None  # it has an obligation
        reference = reference_of(work, requirement, one, organization)
        found += [Entry(one, requirement, pillar, reference) for pillar in requirement.pillars]
    return sorted(found, key=position)


def position(entry: Entry) -> list[Any]:
    """Where an obligation stands in the supplier's list."""
    return [entry.owed.due_for(entry.pillar).isoformat(), entry.reference, entry.pillar]


def obligations(work: Work, organization: int, day: date, some: Sequence[Entry] | None = None) -> list[Item]:
    """What the organization is told of some entries, of all by default."""
    network = engine.network(work)
    appraisal = appraise(work, [organization], day)[organization]
    said = said_by(work, organization)
    state = engine.state(work)
    items = []
    for one in entries(work, organization, day) if some is None else some:
        standing = state.standing(organization, one.requirement.framework, one.pillar)
        since = date.fromisoformat(standing["since"]) if standing and not work.moment.looks_back else None
        item = _obligation(work, network, one.requirement, one.owed, one.pillar, appraisal, since, day)
        items.append(_with_answer(item, said.get(one.requirement.number)))
    return items


def _with_answer(item: Item, said: Said | None) -> Item:
    waiting = {"move": str(Move.BRAND), "since": said.answered_on.isoformat()} if said and said.waits else {}
    return {**item, **waiting, "answer": wording.answer(said)}


def numbers_of(work: Work, organization: int, day: date) -> Mapping[str, int]:
    """The number of each requirement that the organization owes, by the reference under which it knows it."""
    network = engine.network(work)
    found = {}
    for one in obligations_of(network, organization, day):
        requirement = network.requirement(one.requirement)
        if requirement is not None:
            found[reference_of(work, requirement, one, organization)] = one.requirement
    return found


def needs(work: Work, organization: int, day: date) -> tuple[TrainingNeed, ...]:
    """What an open ``training`` flag says to the organization itself, over everything it owes."""
    network = engine.network(work)
    appraisal = appraise(work, [organization], day)[organization]
    owed = [
        Owed(framework, pillar, asked.level, asked.due, standing.level, announced)
        for framework, pillar, asked, announced in asked_of(network, organization, day)
        for standing in [appraisal.standings.get((framework, pillar), Standing(pillar, None))]
    ]
    return training_needs(owed, computed(appraisal.assessments), day)


def explanation(work: Work, organization: int, reference: str, day: date) -> Item:
    """Why the organization owes a requirement, without the hops between. Raises NotFound."""
    network = engine.network(work)
    for one in obligations_of(network, organization, day):
        requirement = network.requirement(one.requirement)
        if requirement is None or reference_of(work, requirement, one, organization) != reference:
            continue
        told = explain(network, requirement, organization, day, Lens.OWED)
        rules = [_without_hops(reason) for reason in told.reasons if str(reason.code) in _OWN_RULES]
        return {
            **_demand(work, network, requirement, one, day),
            "pillars": list(requirement.pillars),
            "rules": wording.reasons(rules),
        }
    raise NotFound


def _without_hops(reason: Reason) -> Reason:
    """A rule without the dates of links that are not the supplier's own."""
    kept = {name: value for name, value in reason.params.items() if name not in {"since", "start", "predecessor"}}
    return Reason(reason.code, kept)


def _obligation(
    work: Work,
    network: Network,
    requirement: Requirement,
    owed: Obligation,
    pillar: str,
    appraisal: Appraisal,
    since: date | None,
    day: date,
) -> Item:
    standing = appraisal.standings.get((requirement.framework, pillar), Standing(pillar, None))
    due = owed.due_for(pillar)
    waivers = waivers_for(network, requirement, owed.supplier, day)
    waived = excused(owed.level, due, standing.level, waivers, day)
    status = judge(owed.level, due, owed.announced, standing, day, waived=waived, since=since)
    assessment = appraisal.assessments.get(requirement.framework)
    lacking: Iterable[Any] = unmet_for(assessment, pillar, owed.level) if assessment and status.gap else ()
    return {
        **_demand(work, network, requirement, owed, day),
        "pillar": pillar,
        "achieved": standing.level,
        "gap": status.gap,
        "status": str(status.code),
        "move": str(status.move),
        "since": wording.plain(status.since),
        "due": due.isoformat(),
        "waiver": wording.waiver(waivers),
        "unmet": wording.unmet(registry(work).get(requirement.framework), lacking),
    }


def _demand(work: Work, network: Network, requirement: Requirement, owed: Obligation, day: date) -> Item:
    """Who asks for what, as the supplier may know it: its direct customers, the issuer only where shown."""
    shown = issuer_shown(requirement, owed)
    ways = ways_in(network, requirement, owed.supplier, day, Lens.OWED)
    customers = {link.buyer: network.organization(link.buyer) for link in ways}
    issuer = network.organization(requirement.issuer)
    return {
        "requirement": reference_of(work, requirement, owed, owed.supplier),
        "title": requirement.title if shown else None,
        "purpose": requirement.purpose,
        "issuer": {"id": issuer.id, "name": issuer.name} if shown and issuer else None,
        "asked_by": "customer" if owed.tier == 1 else "customer_of_customer",
        "customers": sorted(({"id": one.id, "name": one.name} for one in customers.values() if one), key=_by_name),
        "framework": requirement.framework,
        "tier": owed.tier,
        "level": owed.level,
        "announced": owed.announced,
    }


def reference_of(work: Work, requirement: Requirement, owed: Obligation, reader: int) -> str:
    """What stands for a requirement in the eyes of who owes it."""
    return requirement_ref(work, reader, requirement, issuer_shown=issuer_shown(requirement, owed))


def _by_name(one: Mapping[str, str]) -> tuple[str, str]:
    return one["name"], one["id"]
