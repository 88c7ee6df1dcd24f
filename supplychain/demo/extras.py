"""What the journeys need besides: evidence that waits with a file, findings, a register entry, the event."""

import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from sqlalchemy import select

from supplychain.audits.models import Finding
from supplychain.conformity.models import Flag
from supplychain.conformity.rules import FlagKind
from supplychain.demo.organizations import numbers_of
from supplychain.demo.plan import HERO, INVITED, SEED, Company, Plan
from supplychain.demo.words import BUYER_COUNTRIES, TRADES, public
from supplychain.evidence.files import Upload, take_in
from supplychain.evidence.models import Evidence, Grant, StoredFile
from supplychain.facts.models import OrganizationFact
from supplychain.matchmaking.models import MatchEvent, Registration
from supplychain.network.models import Organization
from supplychain.work import Work

EVENT = "conference"
REGISTERED = 24
"""Suppliers registered at the event; the other flagged ones are left to the organiser."""
DECLARING = 5
"""Platers that say that they are named for a cleaner production audit."""
_PAPER = (
    b"Certificate DEMO-45001-0001 (fictional)\n"
    b"ISO 45001:2018, occupational health and safety management system\n"
    b"Scope: manufacture of printed circuit boards\n"
)


def add(work: Work, plan: Plan, day: date) -> None:
    """Waiting evidence, a certificate of a public register, findings, a grant, and the event with its buyers."""
    numbers = numbers_of(work)
    _waiting(work, numbers, day)
    _from_register(work, numbers, day)
    _findings(work, plan, numbers, day)
    _declared(work, plan, numbers)
    work.session.add(
        Grant(
            id=public("grt", HERO),
            organization=numbers[HERO],
            brand=numbers["brand-1"],
            granted_at=work.now - timedelta(days=30),
        )
    )
    event = _event(numbers["organiser"], work, day)
    work.session.add(event)
    work.session.flush()
    work.session.add_all(_buyers(work, plan, event, numbers))
    work.session.flush()


# Evidence -----------------------------------------------------------------------------------


def _waiting(work: Work, numbers: Mapping[str, int], day: date) -> None:
    """A certificate with its file, in the reviewer's queue."""
    (taken,) = take_in(work.runtime, [Upload("iso-45001.txt", "text/plain", io.BytesIO(_PAPER))])
    row = _certificate(work, numbers[HERO], "iso-45001", day, holder=numbers[HERO])
    row.files = [public("fil", HERO)]
    work.session.add(row)
    work.session.flush()
    work.session.add(
        StoredFile(
            id=public("fil", HERO),
            organization=numbers[HERO],
            evidence=row.number,
            sha256=taken.sha256,
            size=taken.size,
            name=taken.name,
            media_type=taken.media_type,
            received_at=work.now,
        )
    )
    work.touch(numbers[HERO])


def _from_register(work: Work, numbers: Mapping[str, int], day: date) -> None:
    """What a public register says of a company that nobody claimed, entered by its reviewer."""
    row = _certificate(work, numbers[INVITED], "iso-14001", day, holder=numbers[INVITED])
    row.state, row.trust, row.source = "accepted", "certified", "Public register of certificates"
    row.certificate = {"number": "DEMO-14001-0002", "issuer": "Example Certification", "version": "2015"}
    row.submitted_by = row.reviewer = numbers["reviewer"]
    row.reviewed_at = work.now
    work.session.add(row)
    work.touch(numbers[INVITED])


def _certificate(work: Work, organization: int, standard: str, day: date, holder: int) -> Evidence:
    return Evidence(
        id=public("evd", standard, organization),
        organization=organization,
        holder=holder,
        kind="certificate",
        standard=standard,
        certificate={"number": "DEMO-45001-0001", "issuer": "Example Certification", "version": "2018"},
        trust="documented",
        state="submitted",
        source="Certificate",
        issued_on=day - timedelta(days=30),
        observed_to=day - timedelta(days=30),
        valid_until=day + timedelta(days=1000),
        received_at=work.now,
        submitted_by=holder,
    )


def _findings(work: Work, plan: Plan, numbers: Mapping[str, int], day: date) -> None:
    """Bad news at every stage of its life."""
    verified = [one for one in plan.companies if one.claim == "verified" and one.key != HERO]
    stages = ("open", "open", "explained", "rectified", "verified")
    for at, (company, state) in enumerate(zip(Random(SEED).sample(verified, 5), stages, strict=True)):
        work.session.add(_finding(work, numbers, company, state, day, severity="critical" if at == 0 else "major"))
        work.touch(numbers[company.key])


def _declared(work: Work, plan: Plan, numbers: Mapping[str, int]) -> None:
    """Platers that are named for an audit, so that one is due."""
    platers = [one.key for one in plan.companies if one.sector == "PLT" and one.claim == "verified"][:DECLARING]
    for key in platers:
        work.session.add(
            OrganizationFact(
                id=public("fct", key),
                organization=numbers[key],
                holder=numbers[key],
                fact="on_audit_list",
                values=["true"],
                stated_at=work.now - timedelta(days=5),
            )
        )
    work.session.flush()
    work.touch(*(numbers[key] for key in platers))


def _finding(
    work: Work, numbers: Mapping[str, int], company: Company, state: str, day: date, *, severity: str
) -> Finding:
    later = state != "open"
    return Finding(
        id=public("fnd", company.key),
        organization=numbers[company.key],
        holder=numbers[company.key],
        reviewer=numbers["reviewer"],
        framework="eseec-electronics",
        indicator="O07",
        severity=severity,
        state=state,
        observed_on=day - timedelta(days=45),
        note="Fire exit of hall 2 blocked",
        explanation="Goods of a late delivery" if later else None,
        rectification="Exit cleared and marked" if state in {"rectified", "verified"} else None,
        opened_at=work.now - timedelta(days=40),
        verified_at=work.now if state == "verified" else None,
    )


# The event ----------------------------------------------------------------------------------


def _event(organiser: int, work: Work, day: date) -> MatchEvent:
    return MatchEvent(
        id=public("mev", EVENT),
        organiser=organiser,
        name="Business facilitation conference, Shenzhen",
        name_zh="深圳商务对接会",
        held_on=day + timedelta(days=75),
        place="Shenzhen",
        framework=work.runtime.settings.listing_framework,
        threshold=3,
        open=True,
        created_at=work.now,
    )


def _buyers(work: Work, plan: Plan, event: MatchEvent, numbers: Mapping[str, int]) -> Iterator[Registration]:
    random = Random(SEED)
    products = sorted({trade.category for trade in TRADES.values()})
    for at, (key, _, country) in enumerate(plan.buyers):
        demand: dict[str, Any] = {
            "products": random.sample(products, random.choice((1, 2, 2, 3))),
            "levels": {"ohs": 3, "csr": 3} if at % 3 else {"eco_efficiency": 4},
            "countries": ["CN"] if at % 4 else [],
            "languages": ["en"] if country in BUYER_COUNTRIES[:6] else ["en", "zh"],
            "sectors": [],
            "meetings": random.choice((2, 3, 4, 6)),
        }
        yield _registration(work, event, numbers[key], "buyer", {"demand": demand})


def register_suppliers(work: Work, plan: Plan) -> None:
    """The first suppliers flagged ``matchmaking``, each with what it sells."""
    event = work.session.scalars(select(MatchEvent).where(MatchEvent.id == public("mev", EVENT))).one()
    numbers = numbers_of(work)
    companies = {numbers[one.key]: one for one in plan.companies}
    for row in _flagged(work)[:REGISTERED]:
        trade = TRADES[companies[row.number].sector]
        offer = {"categories": [trade.category], "languages": row.languages}
        work.session.add(_registration(work, event, row.number, "supplier", {"offer": offer}))
    work.session.flush()


def _flagged(work: Work) -> Sequence[Organization]:
    query = (
        select(Organization)
        .join(Flag, Flag.organization == Organization.number)
        .where(Flag.kind == FlagKind.MATCHMAKING.value, Flag.closed_on.is_(None))
        .order_by(Organization.number)
    )
    return work.session.scalars(query).all()


def _registration(work: Work, event: MatchEvent, organization: int, side: str, profile: Any) -> Registration:
    return Registration(
        id=public("rgn", side, organization),
        event=event.number,
        organiser=event.organiser,
        organization=organization,
        side=side,
        profile={**profile, "partners": [], "excluded": []},
        registered_at=work.now,
    )
