"""Why a cleaner production audit is due, told to the organization itself: rule set, class, facts used, days."""

from typing import Any

from graph.network import Network
from supplychain.conformity.appraisal import audit_cases, frameworks_for, situation
from supplychain.conformity.levels import bench_of
from supplychain.conformity.rules import AuditNeed, audit_needs
from supplychain.frameworks.terms import Tag
from supplychain.network import engine
from supplychain.work import Work

Item = dict[str, Any]


def needs(work: Work, organization: int) -> list[Item]:
    """What an open ``audit_due`` flag says on the day, of the organization and of its plants."""
    bench = bench_of(work, [organization], work.moment.on)
    family = situation(bench, organization, bench.day).family
    concerned = frozenset(one.key for one in frameworks_for(bench, organization, family))
    cases = audit_cases(bench, organization, concerned)
    network = engine.network(work)
    return [_told(network, need) for case in cases for need in audit_needs(case, bench.day)]


def _told(network: Network, need: AuditNeed) -> Item:
    about = network.organization(need.organization)
    rules, bound = need.rules, need.bound
    return {
        "organization": about.id if about else "",
        "rules": rules.id if rules else None,
        "law": dict(rules.names) if rules else None,
        "clause": bound.clause if bound else None,
        "mark": Tag(bound.tag).mark if bound else None,
        "case": bound.id if bound else None,
        "name": dict(bound.names) if bound else None,
        "framework": need.framework,
        "words": [{"source": one.source, "day": one.day, "authority": one.authority} for one in need.words],
        "last": need.last,
        "until": need.until,
    }
