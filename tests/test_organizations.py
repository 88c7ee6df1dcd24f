"""The shared directory and private records: who may read and who may write what."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from supplychain.network import directory, engine
from supplychain.network.identifiers import IdentifierInvalid, normalised
from supplychain.work import Work
from tests.world import Answer, Member, World

LEI = "529900T8BM49AURSDO55"
USCC = "91110000600037341L"


def enter(member: Member, name: str, **sent: Any) -> Answer:
    return member.post("/v1/organizations", {"name": name, **sent})


def lei(value: str = LEI) -> list[dict[str, str]]:
    return [{"scheme": "lei", "value": value}]


def codes(response: Answer) -> set[tuple[str, str]]:
    assert response.status_code == 422
    return {(fault["pointer"], fault["code"]) for fault in response.json["errors"]}


def test_an_organization_is_entered_and_found_by_name_and_by_identifier(world: World) -> None:
    acme = world.join("Acme", "brand")
    entered = enter(acme, "Kaifeng Circuits", name_zh="凯峰电路", identifiers=lei("5299 00t8-bm49 aursdo55"))
    assert entered.status_code == 201
    assert entered.headers["Location"] == f"/v1/organizations/{entered.json['id']}"
    row = {
        "id": entered.json["id"],
        "name": "Kaifeng Circuits",
        "name_zh": "凯峰电路",
        "identifiers": lei(),
    }
    stranger = world.join("Other", "supplier")
    for query in ("name=kaif", "name=凯峰", f"identifier={LEI}", "identifier=5299%2000T8BM49AURSDO55"):
        assert stranger.get(f"/v1/organizations?{query}").json["items"] == [row]
    for query in ("name=aifeng", "identifier=12345", "name=%25", "name=_aifeng"):
        assert stranger.get(f"/v1/organizations?{query}").json["items"] == []
    assert stranger.get(entered.headers["Location"]).json == row


def test_the_directory_is_read_page_by_page_in_the_order_of_names(world: World) -> None:
    acme = world.join("Acme", "brand")
    for name in ("Delta", "Beta", "Gamma", "Beta"):
        enter(acme, name)
    names: list[str] = []
    path: str | None = "/v1/organizations?limit=2"
    while path:
        page = acme.get(path)
        names += [item["name"] for item in page.json["items"]]
        path = page.headers["Link"].split(">")[0].lstrip("<") if "Link" in page.headers else None
    assert names == ["Acme", "Beta", "Beta", "Delta", "Gamma"]


def test_a_match_by_identifier_returns_nothing_the_sender_did_not_send(world: World) -> None:
    acme, other = world.join("Acme", "brand"), world.join("Other", "brand")
    first = enter(acme, "Kaifeng Circuits", country="CN", identifiers=[*lei(), {"scheme": "uscc", "value": USCC}])
    again = enter(other, "KAIFENG", identifiers=[*lei(), {"scheme": "duns", "value": "15-048-3782"}])
    assert again.status_code == 200
    assert again.json == {
        "id": first.json["id"],
        "name": "KAIFENG",
        "identifiers": lei(),
        "record": None,
        "similar": [],
    }


def test_a_matched_entry_is_not_changed_by_who_matches_it(world: World) -> None:
    acme, other = world.join("Acme", "brand"), world.join("Other", "brand")
    path = enter(acme, "Kaifeng", country="CN", identifiers=lei()).headers["Location"]
    before = acme.get(path).json
    enter(other, "Impostor", country="DE", identifiers=[*lei(), {"scheme": "duns", "value": "150483782"}])
    assert acme.get(path).json == before


@pytest.mark.parametrize("known", [False, True], ids=["nobody deals with it", "somebody deals with it"])
def test_a_match_does_not_tell_whether_anybody_deals_with_the_organization(world: World, known: bool) -> None:
    acme, other, asker = world.join("Acme", "brand"), world.join("Other", "brand"), world.join("Asker", "brand")
    found = enter(acme, "Kaifeng", identifiers=lei()).json["id"]
    if known:
        other.post("/v1/records", {"organization": found, "code": "1", "name": "K"})
        other.post("/v1/invitations", {"organization": found, "email": "a@example.org"})
    answer = enter(asker, "Kaifeng", identifiers=lei()).json
    assert answer == {"id": found, "name": "Kaifeng", "identifiers": lei(), "record": None, "similar": []}


def test_a_name_alone_never_matches_and_is_proposed_only_among_own_records(world: World) -> None:
    acme, other = world.join("Acme", "brand"), world.join("Other", "brand")
    first = enter(acme, "Kaifeng Circuits", record={"code": "1"}).json
    assert enter(other, "Kaifeng Circuits", record={"code": "1"}).json["similar"] == []
    second = enter(acme, "KAIFENG circuits")
    assert second.status_code == 201
    assert second.json["similar"] == [{"id": first["id"], "name": "Kaifeng Circuits"}]


def test_identifiers_of_two_organizations_are_refused(world: World) -> None:
    acme = world.join("Acme", "brand")
    enter(acme, "One", identifiers=lei())
    enter(acme, "Two", identifiers=[{"scheme": "uscc", "value": USCC}])
    both = enter(acme, "Both", identifiers=[*lei(), {"scheme": "uscc", "value": USCC}])
    assert codes(both) == {("/identifiers", "identifiers-disagree")}


@pytest.mark.parametrize(
    ("scheme", "value", "code"),
    [
        ("lei", "529900T8BM49AURSDO56", "identifier-checksum"),
        ("lei", "000098", "identifier-length"),
        ("lei", "", "identifier-length"),
        ("uscc", "91110000600037341A", "identifier-checksum"),
        ("vat", "136695976", "identifier-format"),
        ("vat", "ZZ136695976", "identifier-component"),
        ("gln", "4006381333932", "identifier-checksum"),
        ("gln", "73513537", "identifier-length"),
        ("duns", "1504837", "identifier-length"),
        ("duns", "١٢٣٤٥٦٧٨٩", "identifier-format"),
    ],
)
def test_an_identifier_that_cannot_be_right_is_refused(scheme: str, value: str, code: str) -> None:
    with pytest.raises(IdentifierInvalid) as refused:
        normalised(scheme, value)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("scheme", "written", "stored"),
    [
        ("lei", "5299 00t8-bm49 aursdo55", LEI),
        ("uscc", "9111 0000 6000 3734 1l", USCC),
        ("vat", "DE136,695 976", "DE136695976"),
        ("gln", "4-006381-333931", "4006381333931"),
        ("duns", "15-048-3782", "150483782"),
    ],
)
def test_an_identifier_is_stored_in_one_writing(scheme: str, written: str, stored: str) -> None:
    assert normalised(scheme, written) == stored


def test_a_wrong_identifier_is_pointed_at_and_changes_nothing(world: World) -> None:
    acme = world.join("Acme", "brand")
    wrong = [*lei(), {"scheme": "uscc", "value": "91110000600037341A"}, {"scheme": "duns", "value": "1"}]
    assert codes(enter(acme, "Kaifeng", identifiers=wrong)) == {
        ("/identifiers/1/value", "identifier-checksum"),
        ("/identifiers/2/value", "identifier-length"),
    }
    unknown = enter(acme, "Kaifeng", identifiers=[{"scheme": "isin", "value": "US0378331005"}])
    assert codes(unknown) == {("/identifiers/0/scheme", "not-one-of")}
    assert acme.get("/v1/organizations?name=Kaifeng").json["items"] == []


def test_one_identifier_entered_twice_at_once_makes_one_organization(world: World) -> None:
    acme, other = world.join("Acme", "brand"), world.join("Other", "brand")
    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(enter, member, "Kaifeng", identifiers=lei()) for member in (acme, other)]
        answers = [one.result() for one in asked]
    assert sorted(answer.status_code for answer in answers) == [200, 201]
    assert len({answer.json["id"] for answer in answers}) == 1


def test_attributes_are_told_to_the_first_source_only(world: World) -> None:
    acme, other = world.join("Acme", "brand"), world.join("Other", "brand")
    path = enter(acme, "Kaifeng", country="CN", sector="PCB", size="sme").headers["Location"]
    assert acme.get(path).json["sector"] == "PCB"
    assert other.get(path).json.keys() == {"id", "name", "name_zh", "identifiers"}


def test_the_first_source_corrects_an_entry_until_its_owner_is_verified(world: World) -> None:
    acme, other = world.join("Acme", "brand"), world.join("Other", "brand")
    path = enter(acme, "Kaifneg", country="CN").headers["Location"]
    read = acme.get(path)
    changed = acme.patch(path, {"name": "Kaifeng", "sector": "PCB"}, read.headers["ETag"])
    assert changed.status_code == 200
    assert changed.json["name"] == "Kaifeng"
    assert acme.patch(path, {"name": "X"}, read.headers["ETag"]).json["code"] == "version-changed"
    assert acme.patch(path, {"name": "X"}).json["code"] == "if-match-required"
    assert other.patch(path, {"name": "X"}, '"1"').json["code"] == "organization-not-held"
    claim(world, path, "unverified")
    assert acme.get(path).headers["ETag"] == changed.headers["ETag"]
    claim(world, path, "verified")
    assert acme.patch(path, {"name": "X"}, changed.headers["ETag"]).json["code"] == "organization-not-held"
    assert "sector" not in acme.get(path).json


def test_a_verified_organization_holds_its_attributes_and_gives_its_consents(world: World) -> None:
    mill = world.join("Mill", "supplier")
    path = f"/v1/organizations/{mill.id}"
    changed = mill.patch(path, {"country": "VN", "listed": True, "training_consent": True}, etag_of(mill, path))
    assert changed.status_code == 200
    again = mill.get(path).json
    assert (again["country"], again["listed"], again["training_consent"], again["claim"]) == (
        "VN",
        True,
        True,
        "verified",
    )
    stranger = world.join("Acme", "brand")
    assert stranger.get(path).json.keys() == {"id", "name", "name_zh", "identifiers"}


def test_nobody_consents_for_another_organization(world: World) -> None:
    acme = world.join("Acme", "brand")
    path = enter(acme, "Kaifeng").headers["Location"]
    assert codes(acme.patch(path, {"listed": True}, etag_of(acme, path))) == {("/listed", "consent-not-yours")}


def test_an_identifier_is_added_but_never_taken_from_another_or_taken_away(world: World) -> None:
    acme = world.join("Acme", "brand")
    first = enter(acme, "One", identifiers=lei()).headers["Location"]
    second = enter(acme, "Two").headers["Location"]
    taken = acme.patch(second, {"identifiers": lei()}, etag_of(acme, second))
    assert codes(taken) == {("/identifiers", "identifier-taken")}
    uscc = [{"scheme": "uscc", "value": USCC}]
    added = acme.patch(first, {"identifiers": uscc}, etag_of(acme, first))
    assert added.json["identifiers"] == [*lei(), *uscc]


def test_what_is_sent_about_a_matched_entry_stays_in_the_senders_record(world: World) -> None:
    acme, other = world.join("Acme", "brand"), world.join("Other", "brand")
    found = enter(acme, "Kaifeng", country="CN", sector="PCB", identifiers=lei()).json
    assert found["record"] is not None
    mine = enter(other, "KF", country="VN", identifiers=lei(), record={"code": "V-1", "spend": 12.5}).json["record"]
    assert (mine["code"], mine["name"], mine["country"], mine["sector"], mine["spend"]) == (
        "V-1",
        "KF",
        "VN",
        None,
        12.5,
    )
    assert len(other.get("/v1/records").json["items"]) == 1


def test_entering_again_changes_the_senders_record_and_makes_no_second(world: World) -> None:
    acme = world.join("Acme", "brand")
    for size in ("sme", "large"):
        enter(acme, "Kaifeng", size=size, identifiers=lei(), record={"code": "V-1"})
    (record,) = acme.get("/v1/records").json["items"]
    assert record["size"] == "large"
    taken = enter(acme, "Another", record={"code": "V-1"})
    assert (taken.status_code, taken.json["code"]) == (409, "record-code-taken")
    assert acme.get("/v1/organizations?name=Another").json["items"] == []


def test_a_record_is_its_owners_alone(world: World) -> None:
    acme, other = world.join("Acme", "brand"), world.join("Other", "brand")
    found = enter(acme, "Kaifeng").json["id"]
    written = acme.post("/v1/records", {"organization": found, "code": "V-1", "name": "KF", "spend": 5})
    assert written.status_code == 201
    path = written.headers["Location"]
    assert other.get("/v1/records").json["items"] == []
    unknown = other.get("/v1/records/rec_unknown").json
    for refused in (other.get(path), other.patch(path, {"spend": 1}, '"1"'), other.call("DELETE", path)):
        assert refused.status_code == 404
        assert refused.json | {"instance": ""} == unknown | {"instance": ""}
    assert acme.get(path).json["spend"] == 5


def test_a_record_is_edited_on_the_version_that_was_read_and_dropped(world: World) -> None:
    acme = world.join("Acme", "brand")
    found = enter(acme, "Kaifeng").json["id"]
    path = acme.post("/v1/records", {"organization": found, "code": "V-1", "name": "KF"}).headers["Location"]
    acme.post("/v1/records", {"organization": found, "code": "V-2", "name": "KF"})
    tag = acme.get(path).headers["ETag"]
    assert acme.patch(path, {"spend": 7, "sector": "PCB"}, tag).json["spend"] == 7
    assert acme.patch(path, {"spend": 8}, tag).status_code == 412
    assert acme.patch(path, {"code": "V-2"}, acme.get(path).headers["ETag"]).json["code"] == "record-code-taken"
    assert acme.call("DELETE", path).status_code == 200
    assert acme.get(path).status_code == 404


def test_the_engine_reads_the_last_record_left(world: World) -> None:
    acme = world.join("Acme", "brand")
    found = enter(acme, "Kaifeng").json["id"]
    first = acme.post("/v1/records", {"organization": found, "code": "1", "name": "K", "sector": "PCB"})
    second = acme.post("/v1/records", {"organization": found, "code": "2", "name": "K", "sector": "EMS"})
    sectors = []
    for response in (first, second):
        sectors.append(engine_sector(world, acme, found))
        acme.call("DELETE", response.headers["Location"])
    assert [*sectors, engine_sector(world, acme, found)] == ["EMS", "EMS", None]


def test_the_engine_tests_nobodys_word_on_an_unverified_organization_but_the_issuers(world: World) -> None:
    acme, other = world.join("Acme", "brand"), world.join("Other", "brand")
    found = enter(acme, "Kaifeng", sector="PCB", identifiers=lei()).json["id"]
    enter(other, "Kaifeng", sector="EMS", identifiers=lei())

    def own_sector(work: Work) -> str | None:
        known = engine.network(work).organization(directory.find(work, found).number)
        assert known is not None
        return known.sector

    assert world.do(own_sector) is None
    assert (engine_sector(world, acme, found), engine_sector(world, other, found)) == ("PCB", "EMS")


def test_a_record_is_about_somebody_else_in_the_directory(world: World) -> None:
    acme = world.join("Acme", "brand")
    own = acme.post("/v1/records", {"organization": acme.id, "code": "1", "name": "K"})
    assert codes(own) == {("/organization", "record-of-yourself")}
    unknown = acme.post("/v1/records", {"organization": "org_0", "code": "1", "name": "K"})
    assert codes(unknown) == {("/organization", "unknown-organization")}


def test_an_unverified_owner_may_only_submit(world: World) -> None:
    mill = world.join("Mill", "supplier", claim="unverified")
    assert mill.get(f"/v1/organizations/{mill.id}").json["claim"] == "unverified"
    for method, path in (("POST", "/v1/organizations"), ("GET", "/v1/records"), ("GET", "/v1/ownerships")):
        refused = mill.call(method, path, json={"name": "X"} if method == "POST" else None)
        assert (refused.status_code, refused.json["code"]) == (403, "claim-unverified")


def test_the_caller_is_told_for_whom_it_calls(world: World) -> None:
    acme = world.join("Acme", "brand")
    me = acme.get("/v1/me").json
    assert (me["organization"]["id"], me["roles"]) == (acme.id, ["brand"])
    assert "requirements.write" in me["permissions"]


def test_a_country_is_one_of_iso_3166(world: World) -> None:
    acme = world.join("Acme", "brand")
    assert codes(enter(acme, "Kaifeng", country="XX")) == {("/country", "unknown-country")}


def etag_of(member: Member, path: str) -> str:
    return member.get(path).headers["ETag"]


def claim(world: World, path: str, state: str) -> None:
    def change(work: Work) -> None:
        directory.find(work, path.rpartition("/")[2]).claim = state

    world.do(change)


def engine_sector(world: World, owner: Member, organization: str) -> str | None:
    def read(work: Work) -> str | None:
        number = directory.find(work, organization).number
        record = engine.network(work).record(owner.number, number)
        return record.sector if record else None

    found: str | None = world.do(read)
    return found
