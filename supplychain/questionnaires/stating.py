"""Facts told with the answers of a form: stated by the one road there is, as declared."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from supplychain.errors import Fault, Invalid
from supplychain.facts import operations
from supplychain.facts.models import OrganizationFact
from supplychain.faults import escaped
from supplychain.frameworks.catalogue import catalogue
from supplychain.questionnaires.asking import Questionnaire
from supplychain.questionnaires.deciding import Stated, readable
from supplychain.work import Work

Given = Mapping[str, Any]
_SAID = ("value", "year", "valid_from", "valid_to")


@dataclass(frozen=True, slots=True)
class Statements:
    """What a form says of facts that is not on record yet, by fact, and the facts of which it says nothing new."""

    new: Mapping[str, Given]
    unchanged: tuple[str, ...]
    faults: tuple[Fault, ...]


def read(work: Work, found: Questionnaire, given: Mapping[str, Given]) -> Statements:
    """What a form says of facts, with a fault for whatever cannot be stated."""
    new: dict[str, Given] = {}
    unchanged: list[str] = []
    faults: list[Fault] = []
    may = readable(found.sheet)
    for name, said in given.items():
        if not said.keys() - {"year"}:  # form libraries make an object of every question, with the year that is asked
            continue
        wrong = list(_wrong(work, name, said, asked=name in may))
        faults += wrong
        if not wrong and "document" not in said and any(_says(one, name, said) for one in found.stated):
            unchanged.append(name)
        elif not wrong:
            new[name] = said
    return Statements(new, tuple(unchanged), tuple(faults))


def state(work: Work, statements: Statements, organization_id: str | None) -> list[OrganizationFact]:
    """State what is new. Raises Forbidden."""
    return [
        operations.state(work, fact=name, organization=organization_id, **said) for name, said in statements.new.items()
    ]


def as_said(one: Stated) -> dict[str, Any]:
    """A fact on record in the form of an answer."""
    said = {name: getattr(one, name) for name in _SAID}
    days = {name: day.isoformat() for name in ("valid_from", "valid_to") if (day := said.pop(name)) is not None}
    return {name: value for name, value in said.items() if value is not None} | days


def _wrong(work: Work, name: str, said: Given, *, asked: bool) -> Iterator[Fault]:
    at = f"/facts/{escaped(name)}"
    if name not in catalogue():
        yield Fault(at, "unknown-fact", {"known": ", ".join(catalogue())})
    elif not asked:
        yield Fault(at, "fact-not-asked", {"fact": name})
    elif "value" not in said:
        yield Fault(f"{at}/value", "required")
    else:
        told = {part: value for part, value in said.items() if part != "document"}
        for one in [*operations.faults(work, fact=name, **told), *_in_document(work, said)]:
            yield Fault(f"{at}{one.pointer}", one.code, one.params)


def _in_document(work: Work, said: Given) -> Iterator[Fault]:
    try:
        if "document" in said:
            operations.document_of(work, said["document"])
    except Invalid as refused:
        yield from refused.faults


def _says(one: Stated, name: str, said: Given) -> bool:
    told = said["value"]
    before, now = (set(it) if isinstance(it, list) else it for it in (one.value, told))
    same_days = all(getattr(one, part) == said.get(part) for part in _SAID[1:])
    return one.fact == name and before == now and type(one.value) is type(told) and same_days
