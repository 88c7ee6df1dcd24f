"""Who needs which training, as trainers may see it: only those that consented, and never who asks for it."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, Select, select

from graph.network import Network
from supplychain.conformity.appraisal import asked_of
from supplychain.conformity.lacking import lacking_in
from supplychain.conformity.levels import levels
from supplychain.conformity.models import Conformity, Flag
from supplychain.conformity.rules import FlagKind, Owed
from supplychain.frameworks import registry
from supplychain.network import engine
from supplychain.network.models import Organization
from supplychain.training.rules import Need, need
from supplychain.work import Work

VIEW = "trainer"


def flagged(work: Work, query: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The suppliers flagged ``training`` that consented to be shown to trainers.

    query: ``region``, if only one is asked for. A flag may lag behind the facts; what it says does not, so a
    supplier that lacks nothing any more is left out.
    """
    rows = work.session.execute(_consenting(query)).all()
    network = engine.network(work)
    owed = _owed(work, network, [row.number for row in rows])
    unmet = lacking_in(work, {row.number: (row.assessments, row.good_through) for row in rows})
    needs = ((row, need(owed[row.number], unmet[row.number])) for row in rows)
    return [_item(work, row, found) for row, found in needs if found is not None]


def _consenting(query: Mapping[str, Any]) -> Select[Any]:
    """Open flags of those that may be shown, in the order in which they joined."""
    shown = (
        select(
            Organization.number,
            Organization.id,
            Organization.name,
            Organization.name_zh,
            Organization.region,
            Conformity.assessments,
            Conformity.good_through,
        )
        .join(Flag, Flag.organization == Organization.number)
        .outerjoin(Conformity, Conformity.organization == Organization.number)
        .where(Flag.kind == FlagKind.TRAINING.value, Flag.closed_on.is_(None))
        .where(Organization.training_consent.is_(True), Organization.active.is_(True))
        .order_by(Organization.number)
    )
    return shown.where(Organization.region == query["region"]) if "region" in query else shown


def _owed(work: Work, network: Network, numbers: Sequence[int]) -> Mapping[int, list[Owed]]:
    """Everything each of them owes, whoever asks for it, beside the level it has."""
    asked = {number: list(asked_of(network, number, work.today)) for number in numbers}
    wanted = {(number, framework, pillar) for number, some in asked.items() for framework, pillar, *_ in some}
    stood = levels(work, wanted, work.today)
    return {
        number: [
            Owed(framework, pillar, owing.level, owing.due, stood[number, framework, pillar].standing.level, announced)
            for framework, pillar, owing, announced in some
        ]
        for number, some in asked.items()
    }


def _item(work: Work, row: Row[Any], found: Need) -> dict[str, Any]:
    return {
        "kind": FlagKind.TRAINING.value,
        "view": VIEW,
        "supplier": row.id,
        "name": row.name,
        "name_zh": row.name_zh,
        "region": row.region,
        "pillars": [
            {"framework": framework, "pillar": pillar, "unmet": [_told(work, framework, one) for one in wanting]}
            for (framework, pillar), wanting in found.wanting.items()
        ],
        "deadline_month": found.month,
    }


def _told(work: Work, framework_key: str, indicator_id: str) -> dict[str, Any]:
    framework = registry(work).get(framework_key)
    indicator = framework.indicator(indicator_id) if framework else None
    return {"indicator": indicator_id, "name": indicator.names.as_dict() if indicator else None}
