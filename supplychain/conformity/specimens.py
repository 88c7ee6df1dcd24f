"""Evidence that just meets a target: what a plant would send that does no more than a level asks.

For the test cases of packs, and for nothing that is stored.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from supplychain.conformity.rules import EvidenceFact, EvidenceState
from supplychain.frameworks.framework import Framework, Indicator, Target
from supplychain.frameworks.terms import Better, EvidenceKind, Kind, Trust

SUBJECT = 1
"""The number of the organization that specimens speak of."""
NOTHING = -1
"""Instead of a level: send nothing for the indicator. 0 = send what misses the lowest target."""

_MONTH = timedelta(days=30)
_YEAR = timedelta(days=365)
_PARAMETER = 2
_FAR_OFF = 10**9


@dataclass(frozen=True, slots=True)
class Sent:
    """When specimens are sent and with which trust: observed until a month before the day, over as long as is asked;
    certificates a year to run.
    """

    day: date
    trust: Trust = Trust.AUDITED

    def fact(self, framework: Framework, number: int, **values: Any) -> EvidenceFact:
        """A piece of accepted evidence. values: fields of it, the values it tells among them."""
        given: dict[str, Any] = {
            "organization": SUBJECT,
            "trust": self.trust,
            "state": EvidenceState.ACCEPTED,
            "received_at": datetime.combine(self.day, time(12), UTC),
            "framework": framework.id,
            "observed_to": self.day - _MONTH,
            **values,
        }
        given.setdefault("observed_from", _measured_from(framework, given["values"], given["observed_to"]))
        return EvidenceFact(number=number, **given)


def _measured_from(framework: Framework, values: Iterable[str], last: date) -> date | None:
    """The first day of the longest period that what is answered is measured over."""
    asked = (framework.indicator(name) for name in values)
    return min((one.period.begins(last) for one in asked if one is not None and one.period is not None), default=None)


def just_meeting(
    framework: Framework, level: int, sent: Sent, but: Mapping[str, int] | None = None
) -> Iterator[EvidenceFact]:
    """Evidence that just meets a level in every indicator. but: another level by indicator, 0 or NOTHING."""
    for number, indicator in enumerate(framework.indicators, start=1):
        fact = specimen(framework, indicator, (but or {}).get(indicator.id, level), sent, number)
        if fact is not None:
            yield fact


def specimen(framework: Framework, indicator: Indicator, level: int, sent: Sent, number: int) -> EvidenceFact | None:
    """Evidence that just meets the highest target up to a level; None where there is none to send."""
    reached = [target for target in indicator.targets if target.level <= level]
    if not reached:
        return _missing(framework, indicator, sent, number) if level == 0 else None
    target = reached[-1]
    if isinstance(target.value, tuple):
        return _certificate(framework, target, sent, number)
    values: dict[str, Any] = dict.fromkeys(target.also, (True, None))
    values[indicator.id] = (0 if target.value is None else target.value, indicator.unit)
    if indicator.parameter is not None and isinstance(target.value, Decimal):
        values[indicator.parameter.id] = (_PARAMETER, indicator.parameter.unit)
        reading = target.value + _PARAMETER * (target.per_parameter or 0)
        values[indicator.id] = (reading, indicator.unit)
    return sent.fact(framework, number, kind=_kind(indicator), values=values)


def _certificate(framework: Framework, target: Target, sent: Sent, number: int) -> EvidenceFact:
    assert isinstance(target.value, tuple)
    named = target.value[0]
    standard = framework.standard(named.standard)
    assert standard is not None  # the loader saw to it
    return sent.fact(
        framework,
        number,
        kind=EvidenceKind.CERTIFICATE,
        standard=named.standard,
        version=named.version or next(iter(standard.versions), None),
        values=dict.fromkeys(target.also, (True, None)),
        valid_until=sent.day + _YEAR,
    )


def _missing(framework: Framework, indicator: Indicator, sent: Sent, number: int) -> EvidenceFact | None:
    """Evidence that misses the lowest target; a certificate is missed by sending none."""
    if indicator.kind is Kind.CERTIFICATE:
        return None
    value: Any = False
    if indicator.kind is Kind.QUANTITY:
        value = _FAR_OFF if indicator.better is Better.LOWER else -_FAR_OFF
    elif indicator.kind is Kind.CHOICE:
        value = indicator.choices[0].id
    values: dict[str, Any] = {indicator.id: (value, indicator.unit)}
    if indicator.parameter is not None:
        values[indicator.parameter.id] = (0, indicator.parameter.unit)
    return sent.fact(framework, number, kind=_kind(indicator), values=values)


def _kind(indicator: Indicator) -> EvidenceKind:
    return EvidenceKind.QUANTITY if indicator.kind is Kind.QUANTITY else min(indicator.evidence)
