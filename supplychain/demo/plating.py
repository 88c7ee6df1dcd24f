"""What firms state of themselves, and the electroplaters' readings that the index is made of."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from supplychain.demo.organizations import numbers_of
from supplychain.demo.plan import HERO, Company, Plan
from supplychain.demo.proofs import Pillar, Values, answers, days_of
from supplychain.demo.words import draw, public
from supplychain.facts.models import OrganizationFact
from supplychain.facts.operations import project
from supplychain.frameworks.framework import Framework, Indicator
from supplychain.frameworks.terms import Trust
from supplychain.network import facts
from supplychain.network.models import Organization
from supplychain.work import Work

INDEX = "electroplating-index@1"
_SECTOR = "PLT"
_CLASSES = {"1": 35, "2": 45, "3": 20}
_LAGGING = {"EP03": 0.5, "EP13": 0.6, "EP20": 0.45}
"""How often an indicator is a class behind the rest (manual lines, reuse of water, audits): the trade's weak links."""
_ANY_OTHER = 0.08
_PROCESSES = ("zinc_plating", "copper_plating", "nickel_plating", "silver_plating")
_BOARD_SHOP = ("copper_plating", "gold_plating")
_STAFF = {"sme": (40, 280), "large": (1200, 6000)}
_YUAN_A_HEAD = 450_000


def state(work: Work, plan: Plan, day: date) -> None:
    """Figures of the last year by everybody's own word; which plating lines run where, confirmed by the reviewer."""
    numbers = numbers_of(work)
    lines: list[Organization] = []
    for company in plan.companies:
        if company.claim != "verified":
            continue
        number = numbers[company.key]
        staff = Random(f"staff {company.key}").randint(*_STAFF[company.size])
        for fact, value in (("staff", staff), ("revenue_cny", staff * _YUAN_A_HEAD)):
            work.session.add(_fact(work, company.key, number, number, fact, [str(value)], year=day.year - 1))
        for key in (company.plants or (company.key,)) if _plates(company) else ():
            row = _fact(work, key, numbers[key], number, "processes", sorted(processes_of(company)))
            row.reviewer, row.verified_on = numbers["reviewer"], day - timedelta(days=90)
            row.note = "Bath list and site visit"
            work.session.add(row)
            work.session.flush()
            entry = work.session.get_one(Organization, numbers[key])
            entry.verified_facts = project([row])
            lines.append(entry)
    work.session.flush()
    work.change(*map(facts.of_organization, lines))


def readings_of(framework: Framework, company: Company, day: date) -> Iterator[Values]:
    """The rows of an electroplater's evidence for the index; nothing of anybody else."""
    if not _plates(company):
        return
    random = Random(f"index {company.key}")
    held = 2 if company.key == HERO else int(draw(random, _CLASSES))
    levels = {
        one.id: max(1, held - (random.random() < _LAGGING.get(one.id, _ANY_OTHER)))
        for one in framework.indicators
        if _concerns(one, processes_of(company))
    }
    days = days_of(random, "fresh", day)
    for level in sorted(set(levels.values())):
        asked = [one for one in framework.indicators if levels.get(one.id) == level]
        yield from answers(framework, asked, Pillar(level, Trust.DOCUMENTED), days)


def processes_of(company: Company) -> Sequence[str]:
    """The plating lines of a company."""
    random = Random(f"lines {company.key}")
    return _BOARD_SHOP if company.key == HERO else random.sample(_PROCESSES, random.choice((1, 2, 2, 3)))


def _plates(company: Company) -> bool:
    return company.claim == "verified" and (company.sector == _SECTOR or company.key == HERO)


def _concerns(indicator: Indicator, processes: Sequence[str]) -> bool:
    return indicator.applies is None or not indicator.applies.leaves_out({"processes": frozenset(processes)})


def _fact(
    work: Work, key: str, organization: int, holder: int, fact: str, values: list[Any], year: int | None = None
) -> OrganizationFact:
    return OrganizationFact(
        id=public("fct", key, fact),
        organization=organization,
        holder=holder,
        fact=fact,
        year=year,
        values=values,
        stated_at=work.now - timedelta(days=100),
    )
