"""From a requirement's row to the fact that the engine folds."""

from collections.abc import Sequence
from datetime import date

from graph import network as facts
from graph.terms import Beyond, ScopeApplies
from supplychain.requirements.models import Requirement


def fact_of(row: Requirement, pillars: Sequence[str], published_on: date) -> facts.Requirement:
    """The published requirement, its pillars listed one by one.

    published_on: the calendar day of publication in the configured time zone.
    """
    assert row.effective_from is not None, "a published requirement has a first day"
    scope = row.supplier_scope
    return facts.Requirement(
        number=row.number,
        id=row.id,
        title=row.title,
        issuer=row.issuer,
        framework=row.framework,
        pillars=tuple(pillars),
        purpose=row.purpose,
        schedule=tuple(row.schedule),
        beyond=Beyond(row.beyond),
        grace=tuple(row.grace),
        link_scope=tuple(row.link_scope),
        scope_applies=ScopeApplies(row.scope_applies),
        supplier_scope=facts.SupplierScope(
            countries=frozenset(scope.get("countries", ())),
            regions=frozenset(scope.get("regions", ())),
            sectors=frozenset(scope.get("sectors", ())),
            sizes=frozenset(scope.get("sizes", ())),
        ),
        effective_from=row.effective_from,
        effective_to=row.effective_to,
        published_on=published_on,
        named=row.named,
        predecessor=row.predecessor,
    )
