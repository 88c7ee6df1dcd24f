"""Short cuts for tests about suppliers: who buys from whom, what is asked, and what is proven."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from typing import Any

from graph.network import Requirement as RequirementFact
from supplychain.audits.models import Finding
from supplychain.evidence.models import Evidence
from supplychain.frameworks.framework import Framework, Indicator, StandardRef
from supplychain.frameworks.loader import load_packs, shipped_packs
from supplychain.frameworks.terms import EvidenceKind, Kind
from supplychain.network import facts
from supplychain.network.models import Organization, SupplyLink
from supplychain.work import Work
from tests.world import START, World

KEY = "eseec-electronics@1"
PILLARS = ("csr", "eco_efficiency", "ohs")
A_YEAR = START + timedelta(days=365)


@cache
def electronics() -> Framework:
    """The electronics pack."""
    found = load_packs(shipped_packs()).get(KEY)
    assert found is not None
    return found


def supply(world: World, buyer: int, supplier: int, state: str = "confirmed") -> None:
    """A link with no dates."""

    def body(work: Work) -> None:
        row = SupplyLink(buyer=buyer, supplier=supplier, periods=[[None, None, state]], created_at=work.now)
        work.session.add(row)
        work.session.flush()
        work.change(facts.of_link(row))

    world.do(body)


def ask(
    world: World, issuer: int, number: int, levels: Mapping[str, int], *, grace: int = 0, first: date = START
) -> None:
    """A published requirement a pillar, for tier 1, numbered from `number` on. grace: months; first: effective from."""

    def body(work: Work) -> None:
        for place, (pillar, level) in enumerate(levels.items()):
            work.change(
                RequirementFact(
                    number=number + place,
                    issuer=issuer,
                    framework=KEY,
                    pillars=(pillar,),
                    schedule=(level,),
                    grace=(grace,),
                    effective_from=first,
                    published_on=work.today,
                    id=f"req_{number + place}",
                    title=f"Title {number + place}",
                )
            )

    world.do(body)


def prove(world: World, organization: int, level: int, *, until: date = A_YEAR, trust: str = "audited") -> None:
    """Accepted evidence that meets every indicator of the electronics pack at a level; certificates last `until`."""

    def body(work: Work) -> None:
        for indicator in electronics().indicators:
            for values in _proofs(indicator, level):
                work.session.add(
                    Evidence(
                        organization=organization,
                        holder=organization,
                        trust=trust,
                        state="accepted",
                        observed_to=work.today,
                        valid_until=until,
                        received_at=work.now,
                        reviewed_at=work.now,
                        submitted_by=organization,
                        **values,
                    )
                )
        work.session.flush()
        work.touch(organization)

    world.do(body)


def _proofs(indicator: Indicator, level: int) -> Iterator[dict[str, Any]]:
    target = next((one for one in reversed(indicator.targets) if one.level <= level), None)
    if target is None:
        return
    kinds = indicator.evidence
    kind = EvidenceKind.CERTIFICATE if EvidenceKind.CERTIFICATE in kinds else min(kinds)
    answers: list[dict[str, Any]] = [{"indicator": one, "value": True} for one in target.also]
    if indicator.kind is Kind.CERTIFICATE:
        assert isinstance(target.value, tuple)
        yield {"kind": kind, "values": answers, **_standard(target.value[0])}
        return
    value = target.value if isinstance(target.value, bool | str) else float(str(target.value))
    answers.append({"indicator": indicator.id, "value": value, "unit": indicator.unit})
    yield {"kind": kind, "framework": electronics().id, "values": answers}


def _standard(named: StandardRef) -> dict[str, Any]:
    found = electronics().standard(named.standard)
    assert found is not None
    version = named.version or next(iter(found.versions), None)
    return {"standard": named.standard, "certificate": {"version": version}}


def change(world: World, organization: int, **attributes: Any) -> None:
    """Set attributes of an organization, consents included."""

    def body(work: Work) -> None:
        row = work.session.get_one(Organization, organization)
        for name, value in attributes.items():
            setattr(row, name, value)
        work.session.flush()
        work.change(facts.of_organization(row))
        work.touch(organization)

    world.do(body)


def find_fault(world: World, organization: int, reviewer: int, severity: str = "critical") -> None:
    """An open finding on fire safety."""

    def body(work: Work) -> None:
        work.session.add(
            Finding(
                organization=organization,
                holder=organization,
                reviewer=reviewer,
                framework=electronics().id,
                indicator="O07",
                severity=severity,
                state="open",
                observed_on=work.today,
                opened_at=work.now,
            )
        )
        work.session.flush()
        work.touch(organization)

    world.do(body)
