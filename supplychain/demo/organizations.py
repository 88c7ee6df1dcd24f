"""Enters everybody: brands and their subsidiaries, suppliers and plants, buyers, and those who serve them all."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from supplychain.accounts.models import Membership, Person
from supplychain.accounts.permissions import Role
from supplychain.demo.plan import Plan
from supplychain.demo.words import lei_of, public, uscc_of
from supplychain.network import facts
from supplychain.network.models import Identifier, Organization, OwnershipRow, SupplierRecord
from supplychain.work import Work

SERVICES: Mapping[str, tuple[str, str | None, str, Role]] = {
    "reviewer": ("Lighthouse Assurance Ltd.", "灯塔认证有限公司", "CN", Role.REVIEWER),
    "organiser": ("Chamber of Sustainable Trade", "可持续贸易商会", "BE", Role.ORGANISER),
    "trainer": ("Delta Cleaner Production Service Unit", "三角洲清洁生产服务中心", "CN", Role.TRAINER),
    "operator": ("Demo Platform Operator", None, "DE", Role.OPERATOR),
}
"""By short name: name in English and Chinese, country, role."""
SUBSIDIARIES = {"brand-1": "purchasing-1", "brand-2": "purchasing-2"}
_PLANT_NAMES = {"a": ("Plant 1", "一厂"), "b": ("Plant 2", "二厂"), "c": ("Plant 3", "三厂")}
_HISTORY = timedelta(days=1500)


def enter(work: Work, plan: Plan) -> None:
    """Everybody, with identifiers, ownership, people and the pilot programme's own records."""
    _insert(work, _services(work))
    reviewer = numbers_of(work)["reviewer"]
    _insert(work, [*_brands(work, plan, reviewer), *_buyers(work, plan), *_suppliers(work, plan, reviewer)])
    numbers = numbers_of(work)
    work.session.add_all(_identifiers(work, plan, numbers))
    _insert_told(work, _ownerships(work, plan, numbers), facts.of_ownership)
    _insert_told(work, _pilot_records(work, plan, numbers), facts.of_record)
    _people(work, plan, numbers)
    work.session.flush()


def numbers_of(work: Work) -> dict[str, int]:
    """Numbers of the demo's organizations by short name."""
    known = {public("org", key): key for key in _keys()}
    rows = work.session.execute(select(Organization.id, Organization.number))
    return {known[one.id]: one.number for one in rows if one.id in known}


def _keys() -> Iterator[str]:
    yield from SERVICES
    yield from SUBSIDIARIES.values()
    yield from (f"brand-{at}" for at in range(1, 7))
    yield from (f"buyer-{at:02d}" for at in range(1, 41))
    for at in range(1, 501):
        yield f"sme-{at:03d}"
        yield from (f"sme-{at:03d}-{letter}" for letter in _PLANT_NAMES)


def _services(work: Work) -> Iterator[Organization]:
    for key, (name, name_zh, country, _) in SERVICES.items():
        yield _organization(work, key, name=name, name_zh=name_zh, country=country, languages=["en", "zh"])


def _brands(work: Work, plan: Plan, reviewer: int) -> Iterator[Organization]:
    for key, name, country in plan.brands:
        yield _organization(work, key, name=name, country=country, languages=["en"], accepted_reviewers=[reviewer])
        if key in SUBSIDIARIES:
            yield _organization(
                work,
                SUBSIDIARIES[key],
                name=f"{name.split()[0]} Purchasing (Shenzhen) Co., Ltd.",
                name_zh="采购（深圳）有限公司",
                country="CN",
                languages=["zh", "en"],
                accepted_reviewers=[reviewer],
            )


def _buyers(work: Work, plan: Plan) -> Iterator[Organization]:
    for key, name, country in plan.buyers:
        yield _organization(work, key, name=name, country=country, languages=["en"])


def _suppliers(work: Work, plan: Plan, reviewer: int) -> Iterator[Organization]:
    for one in plan.companies:
        settled = one.claim != "unclaimed"
        stated = {"country": "CN", "region": one.region, "sector": one.sector, "size": one.size}
        shared: dict[str, Any] = {
            **stated,
            "proven": _proven(work, stated, reviewer) if one.claim == "verified" else None,
        }
        yield _organization(
            work,
            one.key,
            name=one.name,
            name_zh=one.name_zh,
            claim=one.claim,
            listed=one.listed and one.claim == "verified",
            training_consent=one.training and one.claim == "verified",
            languages=["zh", "en"] if int(one.key[-1]) % 3 else ["zh"],
            claim_reviewer=reviewer if settled else None,
            evidence_reviewer=reviewer if settled else None,
            accepted_reviewers=[reviewer] if one.claim == "verified" else [],
            **shared,
        )
        for plant in one.plants:
            name, name_zh = _PLANT_NAMES[plant[-1]]
            names = {"name": f"{one.name} {name}", "name_zh": f"{one.name_zh}{name_zh}"}
            yield _organization(work, plant, kind="plant", claim="verified", **names, **shared)


def _proven(work: Work, stated: Mapping[str, str], reviewer: int) -> dict[str, Any]:
    """What the reviewer that verified a claim confirmed on the same documents."""
    given = {"reviewer": reviewer, "on": work.today.isoformat()}
    return {name: {"value": value, **given} for name, value in stated.items()}


def _organization(work: Work, key: str, **values: Any) -> Organization:
    return Organization(id=public("org", key), created_at=work.now, **{"claim": "verified", **values})


def _insert(work: Work, rows: Iterable[Organization]) -> None:
    _insert_told(work, rows, facts.of_organization)


def _insert_told(work: Work, rows: Iterable[Any], fact_of: Any) -> None:
    """Insert rows in one go, then say as facts what they are: their numbers are drawn on insert."""
    added = list(rows)
    work.session.add_all(added)
    work.session.flush()
    work.change(*map(fact_of, added))


def _identifiers(work: Work, plan: Plan, numbers: Mapping[str, int]) -> Iterator[Identifier]:
    for at, (key, _, _) in enumerate([*plan.brands, *plan.buyers], 1):
        yield Identifier(organization=numbers[key], scheme="lei", value=lei_of(at), verified_at=work.now)
    for at, one in enumerate(plan.companies, 1):
        seen = work.now if one.claim == "verified" else None
        yield Identifier(
            organization=numbers[one.key], scheme="uscc", value=uscc_of(one.division, at), verified_at=seen
        )


def _ownerships(work: Work, plan: Plan, numbers: Mapping[str, int]) -> Iterator[OwnershipRow]:
    pairs = [*SUBSIDIARIES.items(), *((one.key, plant) for one in plan.companies for plant in one.plants)]
    for parent, child in pairs:
        yield OwnershipRow(
            id=public("own", parent, child),
            parent=numbers[parent],
            child=numbers[child],
            valid_from=work.today - _HISTORY,
            confirmed_by_parent=True,
            confirmed_by_child=True,
            claimed_by=numbers[parent],
            created_at=work.now,
        )


def _pilot_records(work: Work, plan: Plan, numbers: Mapping[str, int]) -> Iterator[SupplierRecord]:
    """The service unit's own list of its pilots, at every stage of the chain."""
    for one in plan.companies:
        if one.pilot is not None:
            yield SupplierRecord(
                id=public("rec", one.key),
                owner=numbers["trainer"],
                organization=numbers[one.key],
                code=f"PILOT-{one.pilot:02d}",
                name=one.name,
                country="CN",
                region=one.region,
                sector=one.sector,
                size=one.size,
                created_at=work.now,
            )


def _people(work: Work, plan: Plan, numbers: Mapping[str, int]) -> None:
    """One person for everybody who is claimed; keys are minted only for those whose keys are printed."""
    seats = [(key, role) for key, (_, _, _, role) in SERVICES.items()]
    seats += [(key, Role.BRAND) for key, _, _ in (*plan.brands, *plan.buyers)]
    seats += [(key, Role.BRAND) for key in SUBSIDIARIES.values()]
    seats += [(one.key, Role.SUPPLIER) for one in plan.companies if one.claim != "unclaimed"]
    people = [
        Person(id=public("per", key), email=email_of(key), name=f"Demo person of {key}", created_at=work.now)
        for key, _ in seats
    ]
    work.session.add_all(people)
    work.session.flush()
    work.session.add_all(
        Membership(person=person.number, organization=numbers[key], role=role, created_at=work.now)
        for person, (key, role) in zip(people, seats, strict=True)
    )


def email_of(key: str) -> str:
    """The address of the one person of an organization."""
    return f"{key}@demo.example"
