"""Whether a claim can be evidence at all, and whether it counts without a review (domain rules: Evidence)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from supplychain.errors import Fault
from supplychain.evidence import values
from supplychain.evidence.values import Value
from supplychain.frameworks.framework import Framework, Indicator
from supplychain.frameworks.period import Period
from supplychain.frameworks.systems import guidance
from supplychain.frameworks.terms import EvidenceKind, Trust
from supplychain.frameworks.values import ValueUnusable, parameter, reading, yes_or_no

EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)
"""Dates outside are slips of the pen, and leave no room for the months that rules add to them."""
BY_SUBMITTER = frozenset({Trust.SELF_DECLARED, Trust.DOCUMENTED})
"""What a submitter may claim; more is a reviewer's, or a certificate's over the crosswalk."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Evidence as it is submitted; organizations and evidence by their public ids.

    organization: None = whoever submits it. sites: its own plants that are covered; none = itself.
    framework: id without version. trust: None = what the files make of it.
    """

    kind: EvidenceKind
    organization: str | None = None
    sites: tuple[str, ...] = ()
    framework: str | None = None
    values: tuple[Value, ...] = ()
    standard: str | None = None
    certificate: Mapping[str, Any] | None = field(default=None, hash=False)
    observed_from: date | None = None
    observed_to: date | None = None
    issued_on: date | None = None
    valid_until: date | None = None
    source: str = ""
    trust: Trust | None = None
    supersedes: str | None = None


def trust_of(claim: Claim, *, has_files: bool) -> Trust:
    """What a claim is worth before any review: a file makes it documented."""
    return claim.trust or (Trust.DOCUMENTED if has_files else Trust.SELF_DECLARED)


def accepted_on_receipt(claim: Claim, trust: Trust, frameworks: Sequence[Framework], *, verified: bool) -> bool:
    """Whether a pack lets it count at once; nothing of an unverified owner's does."""
    asked = frozenset(one.indicator for one in claim.values)
    return verified and any(
        framework.accepts_on_receipt(claim.kind, trust, frozenset(one for one in asked if framework.indicator(one)))
        for framework in _versions(claim, frameworks)
    )


def divided(claim: Claim, frameworks: Sequence[Framework]) -> tuple[Value, ...]:
    """The values of a claim without faults, the quotients of those told as two amounts among them, in the unit of the
    newest version that takes them.
    """
    versions = list(reversed(_versions(claim, frameworks)))
    return tuple(values.resolved(one, _measuring(one, versions)) for one in claim.values)


def _measuring(one: Value, versions: Iterable[Framework]) -> Indicator | None:
    asked = (version.indicator(one.indicator) for version in versions)
    return next((known for known in asked if known is not None and not [*values.faults_of(one, known, "")]), None)


def faults_of(claim: Claim, frameworks: Sequence[Framework], today: date, *, has_files: bool) -> list[Fault]:
    """Everything that keeps a claim from being evidence, with the place of each."""
    return [
        *_what_is_missing(claim),
        *_in_values(claim, frameworks),
        *_in_certificate(claim, frameworks),
        *_in_dates(claim, today),
        *_in_periods(claim, frameworks),
        *_in_trust(claim, has_files=has_files),
    ]


def _what_is_missing(claim: Claim) -> Iterator[Fault]:
    if claim.kind is EvidenceKind.CERTIFICATE:
        yield from _missing_of_certificate(claim)
    else:
        yield from (
            Fault(f"/{name}", "only-for-certificates")
            for name in ("standard", "certificate")
            if getattr(claim, name) is not None
        )
        yield from _required(claim, () if claim.values else ("values",))
    yield from _required(claim, ("framework",) if claim.values else ())
    yield from _required(claim, ("observed_from", "observed_to") if claim.kind is EvidenceKind.QUANTITY else ())


def _missing_of_certificate(claim: Claim) -> Iterator[Fault]:
    if claim.standard is None and not claim.values:
        yield Fault("/standard", "standard-or-values")
    yield from _required(claim, ("issued_on",))


def _required(claim: Claim, names: Iterable[str]) -> Iterator[Fault]:
    return (Fault(f"/{name}", "required") for name in names if not getattr(claim, name))


def _versions(claim: Claim, frameworks: Sequence[Framework]) -> list[Framework]:
    return [framework for framework in frameworks if framework.id == claim.framework]


def _in_values(claim: Claim, frameworks: Sequence[Framework]) -> Iterator[Fault]:
    versions = _versions(claim, frameworks)
    if claim.framework is not None and not versions:
        known = ", ".join(sorted({framework.id for framework in frameworks}))
        yield Fault("/framework", "unknown-framework", {"known": known})
        return
    seen: set[str] = set()
    for index, one in enumerate(claim.values if versions else ()):
        if one.indicator in seen:
            yield Fault(f"/values/{index}/indicator", "answered-twice")
        seen.add(one.indicator)
        # A value is good if one version of the framework takes it; else the newest says why not.
        refusals = [_in_value(claim, one, index, version) for version in versions]
        if all(refusals):
            yield from refusals[-1:]  # type: ignore[misc] # all of them are faults here


def _in_value(claim: Claim, one: Value, index: int, framework: Framework) -> Fault | None:
    at = f"/values/{index}"
    indicator = framework.indicator(one.indicator)
    parent = indicator or _asks_too(framework, one.indicator)
    if parent is None:
        return Fault(f"{at}/indicator", "unknown-indicator", {"framework": framework.key})
    if claim.kind is not EvidenceKind.DECLARATION and claim.kind not in parent.evidence:
        accepted = ", ".join(sorted(parent.evidence))
        return Fault(f"{at}/indicator", "kind-not-accepted", {"indicator": parent.id, "accepted": accepted})
    if indicator is None and claim.standard is None and all(other.indicator != parent.id for other in claim.values):
        return Fault(f"{at}/indicator", "answer-its-indicator-too", {"indicator": parent.id})
    missing = _parameter_missing(claim, indicator)
    if missing is not None:
        return Fault(f"{at}/indicator", "parameter-missing", {"indicator": parent.id, "parameter": missing})
    return next(values.faults_of(one, indicator, at), None) or _unread(one, indicator, parent, at)


def _unread(one: Value, indicator: Indicator | None, parent: Indicator, at: str) -> Fault | None:
    """Why a value says nothing to an indicator, or to what is asked with it."""
    told = values.resolved(one, indicator)
    try:
        _read(indicator, parent, told)
    except ValueUnusable as refusal:
        where = f"{at}/unit" if refusal.code.startswith("unit-") else f"{at}/value"
        return Fault(where, refusal.code, _what_it_takes(parent, told))
    return None


def _asks_too(framework: Framework, question: str) -> Indicator | None:
    """The indicator that a further question, or a parameter, belongs to."""
    return next((one for one in framework.indicators if question in _further(one)), None)


def _further(indicator: Indicator) -> list[str]:
    told_with = [indicator.parameter.id] if indicator.parameter else []
    return [also.id for also in indicator.also] + told_with


def _parameter_missing(claim: Claim, indicator: Indicator | None) -> str | None:
    """The parameter that an indicator is told with, where the claim leaves it out."""
    if indicator is None or indicator.parameter is None:
        return None
    wanted = indicator.parameter.id
    return wanted if all(other.indicator != wanted for other in claim.values) else None


def _read(indicator: Indicator | None, parent: Indicator, one: Value) -> None:
    if indicator is not None:
        reading(indicator, one.value, one.unit)
    elif parent.parameter is not None and parent.parameter.id == one.indicator:
        parameter(parent.parameter, one.value, one.unit)
    elif one.unit is not None:
        raise ValueUnusable("unit-not-wanted")
    else:
        yes_or_no(one.value)


def _what_it_takes(indicator: Indicator, one: Value) -> dict[str, Any]:
    choices = ", ".join(choice.id for choice in indicator.choices)
    told_with = indicator.parameter
    unit = told_with.unit if told_with is not None and told_with.id == one.indicator else indicator.unit
    return {"indicator": indicator.id, "unit": unit, "given": one.unit, "choices": choices}


def _in_certificate(claim: Claim, frameworks: Sequence[Framework]) -> Iterator[Fault]:
    if claim.standard is None or claim.kind is not EvidenceKind.CERTIFICATE:
        return
    found = [standard for framework in frameworks if (standard := framework.standard(claim.standard))]
    if not found and claim.standard in guidance():
        yield Fault("/standard", "standard-not-certifiable", {"standard": guidance()[claim.standard].en})
        return
    if not found:
        known = ", ".join(sorted({standard.id for framework in frameworks for standard in framework.crosswalk}))
        yield Fault("/standard", "unknown-standard", {"known": known})
        return
    if claim.certificate is None:
        yield Fault("/certificate", "required")
        return
    editions = sorted({version for standard in found for version in standard.versions})
    version = claim.certificate.get("version")
    if editions and version not in editions:
        yield Fault("/certificate/version", "unknown-edition", {"known": ", ".join(editions)})


def _in_dates(claim: Claim, today: date) -> Iterator[Fault]:
    names = ("observed_from", "observed_to", "issued_on", "valid_until")
    given = {name: day for name in names if (day := getattr(claim, name)) is not None}
    for name, day in given.items():
        if not EARLIEST <= day <= LATEST:
            yield Fault(f"/{name}", "date-out-of-range", {"min": EARLIEST, "max": LATEST})
        elif name != "valid_until" and day > today:
            yield Fault(f"/{name}", "in-the-future", {"today": today})
    if claim.observed_from and claim.observed_to is None:
        yield Fault("/observed_to", "required")
    if claim.observed_from and claim.observed_to and claim.observed_to < claim.observed_from:
        yield Fault("/observed_to", "ends-before-it-begins")
    if claim.issued_on and claim.valid_until and claim.valid_until < claim.issued_on:
        yield Fault("/valid_until", "expires-before-issue")


def _in_periods(claim: Claim, frameworks: Sequence[Framework]) -> Iterator[Fault]:
    """Readings whose own days say that no version of the framework will judge by them.

    Where one version does, the reading is taken; the others say of it that they do not assess it, and why.
    """
    first, last = claim.observed_from, claim.observed_to
    if first is None or last is None or first > last or first < EARLIEST or last > LATEST:
        return
    asked = {one.indicator: _shortest(one.indicator, _versions(claim, frameworks)) for one in claim.values}
    for months in sorted({period.months for period in asked.values() if period is not None}):
        period = Period(months)
        if not period.covered(first, last):
            named = ", ".join(name for name, one in asked.items() if one is not None and one.months == months)
            told = {"indicators": named, "months": months, "first": period.begins(last), "last": last}
            yield Fault("/observed_from", "period-too-short", told)


def _shortest(indicator: str, versions: Iterable[Framework]) -> Period | None:
    """The least that a version measures an indicator over; None where one sets no period."""
    found = [one for version in versions if (one := version.indicator(indicator)) is not None]
    periods = [one.period for one in found if one.period is not None]
    return min(periods, key=lambda one: one.months) if periods and len(periods) == len(found) else None


def _in_trust(claim: Claim, *, has_files: bool) -> Iterator[Fault]:
    if claim.trust is None:
        return
    if claim.trust not in BY_SUBMITTER:
        yield Fault("/trust", "trust-by-review-only")
    elif claim.trust is Trust.DOCUMENTED and not has_files:
        yield Fault("/trust", "trust-needs-a-file")
