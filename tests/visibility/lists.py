"""Lists that members sent, and what they said the headings of their sources mean."""

from collections.abc import Mapping
from typing import Any

from supplychain.network.models import ImportMapping, ImportResult, ImportRun
from supplychain.questionnaires.models import QuestionnaireDraft
from tests.factories import MILLS, Builder

Saying = Mapping[str, str] | None
"""What a row says of an organization; rows of links say nothing of that kind."""


def send(build: Builder, owner: str, name: str, kind: str, rows: Mapping[str, Saying]) -> None:
    """A list that was imported to its end. rows: in their order, by the id of what each was found to speak of."""
    said = {column for saying in rows.values() for column in saying or ()}
    number, now = build.number(owner), build.work.now
    run = build._add(
        ImportRun(
            id=f"imp_{owner}_{name}",
            owner=number,
            kind=kind,
            columns=["buyer", "supplier", "category"] if kind == "links" else sorted(said),
            rows=len(rows),
            matched=len(rows),
            created_at=now,
            finished_at=now,
        )
    )
    for row, (subject, saying) in enumerate(rows.items(), 1):
        given: dict[str, Any] = {"status": "matched", "subject": subject, "said": saying and dict(saying)}
        build._add(ImportResult(run=run.number, row=row, owner=number, **given))


def keep_mapping(build: Builder, owner: str, source: str, kind: str, columns: Mapping[str, str | None]) -> None:
    """What an owner says the headings of a source mean."""
    build._add(
        ImportMapping(
            id=f"map_{owner}_{source}".lower(),
            owner=build.number(owner),
            source=source,
            kind=kind,
            columns=dict(columns),
            constants={},
            splits={},
            created_at=build.work.now,
            changed_at=build.work.now,
        )
    )


def keep_draft(build: Builder, holder: str, answers: Mapping[str, Any]) -> None:
    """A form of a holder's that is not sent yet."""
    number, now = build.number(holder), build.work.now
    build._add(
        QuestionnaireDraft(
            id=f"drf_{holder}",
            holder=number,
            organization=number,
            framework=MILLS,
            title=holder,
            content={"answers": dict(answers), "facts": {}},
            created_at=now,
            changed_at=now,
        )
    )
