"""Mutants of unseen = unknown: another tenant's rows are found, or told apart from those that nobody has."""

from typing import Any

import pytest
from sqlalchemy import select

from supplychain.accounts import operations as accounts
from supplychain.accounts.models import ApiKey
from supplychain.conformity import explaining, supplier_list
from supplychain.errors import Conflict, Forbidden
from supplychain.evidence import operations
from supplychain.evidence import queries as evidence
from supplychain.evidence.models import StoredFile
from supplychain.matchmaking import queries as matchmaking
from supplychain.matchmaking.models import MatchEvent
from supplychain.network import engine, link_queries, records, visibility
from supplychain.network.link_rules import Side
from supplychain.network.models import SupplierRecord
from supplychain.requirements import queries as requirements
from supplychain.requirements.models import Requirement
from tests import test_probes
from tests.mutants.mutant import Mutant, attribute
from tests.visibility import test_writes


def the_unseen_is_forbidden(monkeypatch: pytest.MonkeyPatch) -> None:
    find = visibility.find

    def told(work: Any, reader: int, displayed: str, day: Any) -> Any:
        known = any(one.id == displayed for one in engine.network(work).organizations())
        if known and displayed not in visibility.visible_to(work, reader, day):
            raise Forbidden("permission-missing", permission="suppliers.read")
        return find(work, reader, displayed, day)

    for module in (supplier_list, explaining):
        monkeypatch.setattr(module, "find", told)


def codes_are_taken_once_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    def with_code(work: Any, code: str) -> Any:
        return work.session.scalar(select(SupplierRecord).where(SupplierRecord.code == code))

    monkeypatch.setattr(records, "_with_code", with_code)


def a_file_is_taken_once_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    attach = operations._attach

    def once(work: Any, row: Any, files: Any) -> None:
        hashes = [one.sha256 for one in files]
        if work.session.scalar(select(StoredFile.number).where(StoredFile.sha256.in_(hashes))) is not None:
            raise Conflict("evidence-closed", state="accepted")
        attach(work, row, files)

    monkeypatch.setattr(operations, "_attach", once)


def evidence_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = evidence._seen

    def anybody(work: Any, row: Any, assigned: Any, granted: Any) -> Any:
        return seen(work, row, assigned, granted) or evidence.Seen(row, evidence.Sight.REVIEWER, assigned)

    monkeypatch.setattr(evidence, "_seen", anybody)


UNSEEN = "Unseen = unknown = the same 404"
UNREAD = "no 409 names a row the caller cannot read"
PROBE = test_probes.test_every_id_of_another_tenant_answers_like_one_that_nobody_has

MUTANTS = (
    Mutant(
        "what is there but unseen is forbidden, not unknown",
        UNSEEN,
        the_unseen_is_forbidden,
        PROBE,
        ("/v1/suppliers/<supplier_id>",),
    ),
    Mutant(
        "records are found whosever they are",
        UNSEEN,
        attribute(records, "own", lambda _owner, _organization=None: select(SupplierRecord)),
        PROBE,
        ("/v1/records/<record_id>",),
    ),
    Mutant(
        "links are found whosever they are",
        UNSEEN,
        attribute(link_queries, "_side_of", lambda _work, _row: Side.BUYER),
        PROBE,
        ("/v1/links/<link_id>",),
    ),
    Mutant(
        "requirements are found whosever they are",
        UNSEEN,
        attribute(requirements, "_of", lambda _work: select(Requirement)),
        PROBE,
        ("/v1/requirements/<requirement_id>",),
    ),
    Mutant("evidence is found whosever it is", UNSEEN, evidence_for_all, PROBE, ("/v1/evidence/<evidence_id>",)),
    Mutant(
        "keys are found whosever they are",
        UNSEEN,
        attribute(accounts, "own_keys", lambda _organization: select(ApiKey)),
        PROBE,
        ("/v1/keys/<key_id>",),
    ),
    Mutant(
        "events are found whosever they are",
        UNSEEN,
        attribute(matchmaking, "events", lambda _work: select(MatchEvent)),
        PROBE,
        ("/v1/events/<event_id>",),
    ),
    Mutant(
        "a code that another buyer uses is taken",
        UNREAD,
        codes_are_taken_once_for_all,
        test_writes.test_whether_others_trade_with_own_or_note_down_the_same_changes_no_answer,
    ),
    Mutant(
        "a file that another holder sent is taken",
        "no file deduplication is visible across owners",
        a_file_is_taken_once_for_all,
        test_writes.test_whether_others_sent_the_same_file_changes_no_answer,
    ),
)
