"""The evidence of the demo: what a company of a sector sends to hold given levels."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from supplychain.demo.plan import DISPUTER, HERO, INVITED, Company
from supplychain.demo.words import draw
from supplychain.frameworks.framework import Framework, Indicator, StandardRef, Target
from supplychain.frameworks.terms import EvidenceKind, Kind, Scope, Trust

FRESH, LAPSED, WAITING = "fresh", "lapsed", "waiting"
_LASTING = "sa8000"
"""Proves rest days for longer than the three months that an attendance list is good for."""
Values = dict[str, Any]
_SENT: Sequence[EvidenceKind] = (EvidenceKind.QUANTITY, EvidenceKind.ANSWER)
_KINDS = {"achiever": 14, "steady": 26, "mixed": 30, "lapsed": 9, "waiting": 8, "starter": 8, "none": 5}


@dataclass(frozen=True, slots=True)
class Pillar:
    """What a company proves in one pillar. age: `fresh`, `lapsed` (it held once) or `waiting` (for the review)."""

    level: int
    trust: Trust
    age: str = FRESH


Profile = Mapping[str, Pillar]
"""By pillar; a pillar that is left out was never assessed."""


def profile_of(random: Random, company: Company) -> Profile:
    """What a company proves, by how far it has come."""
    if company.key == HERO:
        return {
            "eco_efficiency": Pillar(2, Trust.CERTIFIED),
            "ohs": Pillar(2, Trust.CERTIFIED),
            "csr": Pillar(1, Trust.CERTIFIED),
        }
    if company.claim == "unclaimed" or company.key in {INVITED, DISPUTER}:
        return {}
    if company.claim == "unverified":
        return {name: Pillar(1, Trust.DOCUMENTED, WAITING) for name in ("ohs", "csr")}
    return _drawn(random, "achiever" if company.pilot in {1, 4, 8} else draw(random, _KINDS))


def _drawn(random: Random, kind: str) -> Profile:
    pillars = ("eco_efficiency", "ohs", "csr")
    if kind == "achiever":
        return {name: Pillar(random.choice((3, 3, 4)), Trust.AUDITED) for name in pillars}
    if kind == "steady":
        return {name: Pillar(random.choice((2, 2, 3)), Trust.CERTIFIED) for name in pillars}
    if kind == "mixed":
        told = random.sample(pillars, random.choice((1, 2, 2, 3)))
        return {name: Pillar(random.choice((1, 1, 2, 3)), random.choice(tuple(Trust))) for name in told}
    if kind in {LAPSED, WAITING}:
        held = random.choice(pillars)
        return {name: Pillar(3, Trust.CERTIFIED, kind if name == held else FRESH) for name in pillars}
    if kind == "starter":
        return {random.choice(pillars): Pillar(0, Trust.DOCUMENTED)}
    return {}


def evidence_of(framework: Framework, company: Company, profile: Profile, day: date) -> Iterator[Values]:
    """The rows of a company's evidence without its organization; ``sites`` says whether plants are meant."""
    random = Random(company.key)
    for name, held in profile.items():
        asked = [one for one in framework.indicators if one.pillar == name and _concerns(one, company.sector)]
        days = days_of(random, held.age, day)
        yield from answers(framework, asked, held, days)
        yield from _certificates(framework, asked, held, days, random)


def _concerns(indicator: Indicator, sector: str) -> bool:
    return indicator.applies is None or not indicator.applies.leaves_out({"sector": frozenset({sector})})


def days_of(random: Random, age: str, day: date) -> Values:
    """The four dates: of measurements and of certificates."""
    back = random.randint(12, 70) + (460 if age == LAPSED else 0)
    seen = day - timedelta(days=back)
    issued = day - timedelta(days=random.randint(60, 420) + (900 if age == LAPSED else 0))
    return {
        "seen": {"observed_from": seen - timedelta(days=364), "observed_to": seen},
        "until": day + timedelta(days=random.randint(120, 600)) if age != LAPSED else day - timedelta(days=40),
        "issued": issued,
    }


def _held_at(indicator: Indicator, level: int) -> Target | None:
    return next((one for one in reversed(indicator.targets) if one.level <= level), None)


def answers(framework: Framework, asked: Sequence[Indicator], held: Pillar, days: Values) -> Iterator[Values]:
    """Answers and meter readings as a company sends them: by kind, by place and by what they are worth."""
    gathered: dict[tuple[EvidenceKind, bool, Trust], list[Values]] = {}
    for indicator in asked:
        target = _held_at(indicator, max(held.level, 1))
        kind = next((one for one in _SENT if one in indicator.evidence), None)
        if target is None or kind is None or (held.level == 0 and indicator.mandatory_from == 1 and gathered):
            continue
        trust = max(indicator.trust_at(target.level), held.trust)
        gathered.setdefault((kind, indicator.scope is Scope.SITE, trust), []).extend(_values(indicator, target))
    for (kind, site, trust), values in gathered.items():
        yield {
            **_row(held, trust, site=site),
            "kind": kind,
            "framework": framework.id,
            "values": values,
            "source": "Meters and logs" if kind is EvidenceKind.QUANTITY else "Checklist",
            "valid_until": days["until"],
            **days["seen"],
        }


def _values(indicator: Indicator, target: Target) -> list[Values]:
    value = target.value if isinstance(target.value, bool | str) else float(str(target.value))
    said: Values = {"indicator": indicator.id, "value": value}
    if indicator.unit is not None:
        said["unit"] = indicator.unit
    return [said, *({"indicator": one, "value": True} for one in target.also)]


def _certificates(
    framework: Framework, asked: Sequence[Indicator], held: Pillar, days: Values, random: Random
) -> Iterator[Values]:
    """Certificates of standards, and permits, which are certificates of no standard."""
    for indicator in asked:
        target = _held_at(indicator, held.level)
        if target is None or not indicator.evidence.isdisjoint({EvidenceKind.ANSWER, EvidenceKind.QUANTITY}):
            continue
        number = f"DEMO-{indicator.id}-{random.randint(1000, 9999)}"
        trust = max(indicator.trust_at(target.level), held.trust)
        row = {
            **_row(held, trust, site=indicator.scope is Scope.SITE),
            "kind": EvidenceKind.CERTIFICATE,
            "issued_on": days["issued"],
            "observed_to": days["issued"],
            "valid_until": days["until"],
            "source": "Certificate",
        }
        also = [{"indicator": one, "value": True} for one in target.also]
        if indicator.kind is Kind.CERTIFICATE and isinstance(target.value, tuple):
            yield {
                **row,
                "values": also,
                "framework": framework.id if also else None,
                **_standard(framework, target.value, number),
            }
        else:
            yield {
                **row,
                "framework": framework.id,
                "values": _values(indicator, target),
                "certificate": {"number": number, "issuer": "Local bureau"},
            }


def _standard(framework: Framework, named: Sequence[StandardRef], number: str) -> Values:
    one = next((one for one in named if one.standard == _LASTING), named[0])
    found = framework.standard(one.standard)
    assert found is not None, "packs name standards they know"
    version = one.version or next(iter(found.versions), None)
    printed = {"number": number, "issuer": "Example Certification", **({"version": version} if version else {})}
    return {"standard": one.standard, "certificate": printed}


def _row(held: Pillar, trust: Trust, *, site: bool) -> Values:
    return {
        "trust": trust.word,
        "state": "submitted" if held.age == WAITING else "accepted",
        "site": site,
        "standard": None,
        "certificate": None,
        "observed_from": None,
        "issued_on": None,
    }
