"""Mutants of what trainers, organisers, guests of an event and reviewers are told."""

from dataclasses import replace
from typing import Any

import pytest

from graph.pairing import Reader, propose
from supplychain.evidence import queries as evidence
from supplychain.matchmaking import queries as matchmaking
from supplychain.matchmaking import rules as pairing_rules
from supplychain.training import queries as training
from supplychain.training.rules import need
from tests.mutants.mutant import FLAGS, Mutant, without
from tests.visibility import test_brand, test_others


def trainers_need_no_consent(monkeypatch: pytest.MonkeyPatch) -> None:
    consenting = training._consenting
    monkeypatch.setattr(training, "_consenting", lambda query: without(consenting(query), "training_consent"))


def trainers_are_told_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    def dated(owed: Any, unmet_of: Any) -> Any:
        found = need(owed, unmet_of)
        return found and replace(found, month=min(one.due for one in owed).isoformat())

    monkeypatch.setattr(training, "need", dated)


def trainers_are_told_how_many_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    owed = training._owed
    asked: dict[int, int] = {}

    def counted(work: Any, network: Any, numbers: Any) -> Any:
        found = owed(work, network, numbers)
        asked.update({number: len(some) for number, some in found.items()})
        return found

    item = training._item
    monkeypatch.setattr(training, "_owed", counted)
    monkeypatch.setattr(
        training, "_item", lambda work, row, found: {**item(work, row, found), "name_zh": str(asked[row.number])}
    )


def organisers_need_no_consent(monkeypatch: pytest.MonkeyPatch) -> None:
    consenting = matchmaking.consenting
    monkeypatch.setattr(matchmaking, "consenting", lambda only=None: without(consenting(only), "listed"))


def refusals_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        pairing_rules, "propose", lambda others, demands, _reader: propose(others, demands, Reader.CANDIDATE)
    )


def any_evidence_is_assigned(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = evidence._seen
    monkeypatch.setattr(
        evidence, "_seen", lambda work, row, _assigned, granted: seen(work, row, work.actor.organization, granted)
    )


MUTANTS = (
    Mutant(
        "trainers see who did not consent",
        "Trainers see suppliers that enrolled or consented",
        trainers_need_no_consent,
        test_others.test_a_trainer_sees_nobody_who_did_not_consent,
        FLAGS,
    ),
    Mutant(
        "trainers are told the day of a deadline",
        "Trainers see region, unmet indicators, module and a deadline *month*",
        trainers_are_told_the_day,
        test_others.test_a_trainer_is_told_the_month_of_a_deadline_and_not_its_day,
        FLAGS,
    ),
    Mutant(
        "trainers are told how many ask",
        "Trainers see … never issuers or their number",
        trainers_are_told_how_many_ask,
        test_others.test_a_trainer_cannot_tell_how_many_ask_for_what_is_lacking,
        FLAGS,
    ),
    Mutant(
        "organisers see who did not consent to be listed",
        "`matchmaking`: consent to be listed",
        organisers_need_no_consent,
        test_others.test_an_organiser_sees_no_supplier_that_did_not_consent_to_be_listed,
        FLAGS,
    ),
    Mutant(
        "refusals of a supplier show to buyers and organisers",
        "Gates of matchmaking use only what one of the two participants itself stated",
        refusals_for_all,
        test_brand.test_a_buyer_cannot_tell_at_an_event_who_refused_it_or_trades_with_whom,
        ("/v1/events/<event_id>/pairings",),
    ),
    Mutant(
        "a reviewer sees evidence that is assigned to another",
        "A reviewer sees only what is assigned to it",
        any_evidence_is_assigned,
        test_others.test_a_reviewer_sees_nothing_that_is_not_assigned_to_it,
        ("/v1/evidence/<evidence_id>",),
    ),
)
