"""What an answer to a write would tell: whether others have it already (domain rules: no 409 names what is unseen)."""

import io
import re
from collections.abc import Callable, Sequence
from typing import Any

import orjson

from tests.factories import ELECTRONICS, printed
from tests.ground import org
from tests.papers import pdf
from tests.visibility.answers import Worlds
from tests.visibility.story import Teller, Twist
from tests.world import Answer, Member

_DRAWN = re.compile(r"\b[a-z]{3}_[0-9a-f]{26}\b|urn:request:\w+|\b[A-Za-z0-9_-]{43}\b")
Write = Callable[[Member], Answer]


def told(
    worlds: Worlds, twist: Twist, reader: str, writes: Sequence[Write], before: Sequence[str] = ()
) -> list[tuple[int, str]]:
    """What a reader is answered to some writes, after some others wrote the same."""
    members = worlds.told(twist).world.members
    for other in before:
        assert [write(members[other]).status_code for write in writes] == [201] * len(writes)
    answers = [write(members[reader]) for write in writes]
    return [(one.status_code, _DRAWN.sub("*", one.get_data(as_text=True))) for one in answers]


def alike(worlds: Worlds, reader: str, writes: Sequence[Write], twist: Twist, before: Sequence[str] = ()) -> list[int]:
    """Assert that writes are answered alike in an untouched world and in a twisted one; the statuses."""
    plain = told(worlds, Twist(), reader, writes)
    assert told(worlds, twist, reader, writes, before) == plain, "answers differ"
    return [status for status, _ in plain]


def posting(path: str, body: dict[str, Any]) -> Write:
    return lambda me: me.post(path, body)


def test_whether_others_trade_with_own_or_note_down_the_same_changes_no_answer(worlds: Worlds) -> None:
    def taken(build: Teller) -> None:
        build.record("rival", "loom", code="V-1")
        build.link("second", "loom")
        build.link("rival", "yarn", private_to="second")
        build.link("rival", "yarn", state="disputed")
        build.own("second", "loom", confirmed=False)
        build.invite("second", "loom")
        build.member("loom", "supplier")

    here, there = org("brand"), org("loom")
    writes = [
        posting("/v1/records", {"organization": there, "code": "V-1", "name": "Loom"}),
        posting("/v1/invitations", {"organization": there, "email": "a@b.example", "role": "supplier"}),
        posting("/v1/links", {"buyer": here, "supplier": there}),
        posting("/v1/links", {"buyer": org("rival"), "supplier": org("yarn"), "private": True}),
        posting("/v1/ownerships", {"child": there, "parent": here}),
    ]
    assert alike(worlds, "brand", writes, Twist(late=taken)) == [201] * 5


def test_whether_others_sent_the_same_file_changes_no_answer(worlds: Worlds) -> None:
    certificate = {"kind": "certificate", "standard": "rspo", "certificate": printed("MB")}
    dated = orjson.dumps({**certificate, "issued_on": "2026-01-01", "valid_until": "2030-01-01"})

    def send(me: Member) -> Answer:
        parts = {"evidence": (io.BytesIO(dated), "claim.json", "application/json")}
        parts["file"] = (io.BytesIO(pdf()), "certificate.pdf", "application/pdf")
        sent = me.post("/v1/evidence", data=parts, content_type="multipart/form-data")
        told_as = _DRAWN.sub("*", sent.get_data(as_text=True).replace(me.id, "me"))
        sent.set_data(told_as)
        return sent

    assert alike(worlds, "farm", [send], Twist(), before=["mill"]) == [201]


def test_an_unlisted_supplier_is_as_unknown_to_an_organiser_as_one_that_is_no_good(worlds: Worlds) -> None:
    offer = {"side": "supplier", "organization": org("loom"), "offer": {"categories": ["85"]}}
    writes = [posting("/v1/events/mev_organiser/registrations", offer)]
    good = Twist(late=lambda build: build.prove("loom", 3, ELECTRONICS, trust="audited"))
    assert alike(worlds, "organiser", writes, good) == [422]


def test_a_reviewer_is_refused_alike_whatever_waits_for_others(worlds: Worlds) -> None:
    def waiting(build: Teller) -> None:
        other = build.number("other_reviewer")
        build.organization("loom", claim="unverified", claim_reviewer=other, evidence_reviewer=other)
        build.link("yarn", "loom", state="disputed")

    finding = {"organization": org("loom"), "framework": "rspo-mill", "indicator": "RSPO01", "severity": "major"}
    writes = [
        posting("/v1/findings", {**finding, "observed_on": "2026-11-20", "note": "Seen"}),
        posting(
            f"/v1/claims/{org('loom')}/verify", {"scheme": "uscc", "value": "91110000600037341L", "note": "Seen it"}
        ),
        posting("/v1/links/confirmations", {"links": ["lnk_yarn_loom"], "note": "Seen"}),
    ]
    assert alike(worlds, "reviewer", writes, Twist(late=waiting)) == [422, 404, 422]
