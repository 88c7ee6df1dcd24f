"""Unseen is unknown: whatever belongs to another tenant answers, byte for byte, like what does not exist.

Probes are generated from the routes there are: every route with an id in its path, every role, another tenant's
id and one that nobody has. On both databases, for the second wall is PostgreSQL's.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.routing import Rule

from supplychain.db import Base
from supplychain.work import Work
from tests.bodies import WRITING, body_of, path_of
from tests.factories import building, printed
from tests.tenants import EVERY_ROLE, tenant
from tests.world import Answer, Member, World

SYSTEM = re.compile(r"/(static|livez|readyz|docs|frameworks|references)|/v1/(problems|frameworks|references|openapi)")
DIRECTORY = {
    "/v1/organizations/<organization_id>": "names and identifiers are a phone book",
    "/v1/statements/verify/<token>": "whoever shows the token is told what its paper must say",
    "/v1/claims/<organization_id>/assign": "the operator assigns any organization that the directory names",
}
"""Routes by which an organization may be told from an unknown one, and why."""
THEIRS: Mapping[str, tuple[str, ...]] = {
    "link_id": ("lnk_theirs_theirs_source_8504", "lnk_theirs_client_theirs", "lnk_theirs_source_theirs_client_theirs"),
    "ownership_id": ("own_theirs_theirs_plant", "own_theirs_theirs_office"),
    "record_id": ("rec_theirs_theirs_source",),
    "waiver_id": ("wvr_theirs",),
    "answer_id": ("ans_theirs",),
    "plan_id": ("pln_theirs", "pln_theirs_source"),
    "requirement_id": ("req_theirs", "req_theirs_draft"),
    "reference": ("req_theirs", "inv_theirs"),
    "evidence_id": ("evd_theirs_accepted", "evd_theirs_client_submitted"),
    "file_id": ("fil_theirs", "fil_theirs_client"),
    "finding_id": ("fnd_theirs_rspo01", "fnd_theirs_client_rspo01"),
    "decision_id": ("dec_theirs",),
    "fact_id": ("fct_theirs", "fct_theirs_client"),
    "grant_id": ("grt_theirs_theirs_client",),
    "event_id": ("mev_theirs",),
    "registration_id": ("rgn_theirs",),
    "job_id": ("job_theirs",),
    "import_id": ("imp_theirs",),
    "mapping_id": ("map_theirs",),
    "draft_id": ("drf_theirs",),
    "duplicate_id": ("dup_theirs",),
    "merge_id": ("mrg_theirs",),
    "publication_id": ("pub_theirs",),
    "what_if_id": ("wif_theirs",),
    "statement_id": ("stm_theirs",),
    "key_id": ("key_theirs",),
    "entry_id": ("aud_theirs",),
    "checkpoint_id": ("sth_theirs",),
    "supplier_id": ("org_theirs_source", "org_theirs_client", "org_theirs_plant", "org_theirs"),
    "organization_id": ("org_theirs_client", "org_theirs_source"),
}
IN_QUERIES: tuple[tuple[str, str, str], ...] = (
    ("/v1/suppliers", "requirement", "req_theirs"),
    ("/v1/suppliers/org_ours_source/explanation", "requirement", "req_theirs"),
    ("/v1/suppliers/org_ours_source/exposure", "requirement", "req_theirs"),
    ("/v1/network/conformity", "requirement", "req_theirs"),
    ("/v1/network/exposure", "requirement", "req_theirs"),
    ("/v1/network/weakest", "requirement", "req_theirs"),
    ("/v1/network/leverage", "requirement", "req_theirs"),
    ("/v1/network/chokepoints", "requirement", "req_theirs"),
    ("/v1/network/shared-suppliers", "requirement", "req_theirs"),
    ("/v1/network/picture", "requirement", "req_theirs"),
    ("/v1/me/status", "organization", "org_theirs_plant"),
    ("/v1/me/facts", "organization", "org_theirs_plant"),
    ("/v1/me/forecast", "organization", "org_theirs_plant"),
    ("/v1/me/waivers", "organization", "org_theirs_plant"),
    ("/v1/waivers", "requirement", "req_theirs"),
    ("/v1/me/plans", "organization", "org_theirs_plant"),
    ("/v1/plans", "supplier", "org_theirs_source"),
    ("/v1/me/answers", "organization", "org_theirs_plant"),
    ("/v1/answers", "requirement", "req_theirs"),
    ("/v1/answers", "supplier", "org_theirs_source"),
    ("/v1/waivers", "supplier", "org_theirs_source"),
    ("/v1/facts", "organization", "org_theirs"),
    ("/v1/me/obligations", "organization", "org_theirs_plant"),
    ("/v1/me/levels", "organization", "org_theirs_plant"),
    ("/v1/me/gaps?framework=rspo-mill@1&other=rspo-mill@1", "organization", "org_theirs_plant"),
    ("/v1/me/questionnaire?framework=eseec-electronics@1", "organization", "org_theirs_plant"),
    ("/v1/me/questionnaire?framework=rspo-mill@1", "requirement", "req_theirs"),
    ("/v1/me/questionnaire/workbook?framework=eseec-electronics@1", "organization", "org_theirs_plant"),
    ("/v1/evidence", "organization", "org_theirs"),
    ("/v1/me/history", "subject", "evd_theirs_accepted"),
    ("/v1/me/history", "subject", "lnk_theirs_client_theirs"),
    ("/v1/findings", "organization", "org_theirs_client"),
    ("/v1/decisions", "organization", "org_theirs"),
    ("/v1/links", "counterpart", "org_theirs_source"),
    ("/v1/events/mev_ours/pairings", "buyer", "rgn_theirs"),
    ("/v1/events/mev_ours/pairings", "supplier", "rgn_theirs"),
)
"""Filters that take ids: path with what it cannot be asked without, name, and another tenant's."""
EVIDENCE = {"kind": "certificate", "standard": "rspo", "certificate": printed("MB"), "valid_until": "2030-01-01"}
LEAVE = {"reason": "plan_agreed", "until": "2030-01-01"}
IN_BODIES: tuple[tuple[str, str, Mapping[str, Any], str], ...] = (
    ("POST", "/v1/evidence", {**EVIDENCE, "supersedes": "@"}, "evd_theirs_accepted"),
    ("POST", "/v1/me/facts", {"fact": "soil_key_unit", "value": True, "document": "@"}, "evd_theirs_accepted"),
    ("POST", "/v1/evidence", {**EVIDENCE, "sites": ["@"]}, "org_theirs_plant"),
    (
        "POST",
        "/v1/me/questionnaire/drafts",
        {"framework": "eseec-electronics@1", "organization": "@"},
        "org_theirs_plant",
    ),
    ("POST", "/v1/links/confirmations", {"links": ["@"], "note": "Seen"}, "lnk_theirs_client_theirs"),
    ("POST", "/v1/waivers", {**LEAVE, "requirement": "@", "supplier": "org_ours_source"}, "req_theirs"),
    ("POST", "/v1/waivers", {**LEAVE, "requirement": "req_ours", "supplier": "@"}, "org_theirs_source"),
    ("POST", "/v1/links/confirmations", {"links": ["@"], "note": "Seen"}, "lnk_theirs_source_theirs_client_theirs"),
    (
        "POST",
        "/v1/events/mev_ours/registrations",
        {"side": "supplier", "organization": "@", "offer": {"categories": ["85"]}},
        "org_theirs_source",
    ),
    ("POST", "/v1/statements", {"requirement": "@"}, "req_theirs"),
    ("POST", "/v1/what-if", {"changes": [{"open": {"supplier": "@"}}]}, "org_theirs_source"),
    ("POST", "/v1/what-if", {"changes": [{"close": {"link": "@"}}]}, "lnk_theirs_client_theirs"),
    ("POST", "/v1/what-if", {"changes": [{"end": {"requirement": "@"}}]}, "req_theirs"),
)
"""Bodies that name something by id, which stands where the @ is."""


class Tenants:
    """Our key for each role, and everything of theirs. routes: only these are probed, if any are named."""

    def __init__(self, world: World, routes: tuple[str, ...] = ()) -> None:
        self.world = world
        self.routes = routes
        with building(world) as build:
            tenant(build, "theirs")
            self.ours = tenant(build, "ours")
            outsiders = {role: build.member(f"outside_{role}", role) for role in EVERY_ROLE}
        self.callers = {**outsiders, "everything": self.ours}

    def rules(self) -> list[Rule]:
        """The routes with an id of somebody's in their path."""
        found = [rule for rule in self.world.app.url_map.iter_rules() if is_probed(rule)]
        return [rule for rule in found if not self.routes or rule.rule in self.routes]


@pytest.fixture
def tenants(world: World) -> Tenants:
    return Tenants(world)


def is_probed(rule: Rule) -> bool:
    return bool(rule.arguments) and not SYSTEM.match(rule.rule) and rule.rule not in DIRECTORY


def foreign(rule: Rule) -> Iterator[dict[str, str]]:
    """Another tenant's ids for a route's parameters, in turn; fails for one that no id is known for."""
    names = sorted(rule.arguments)
    longest = max(len(THEIRS[name]) for name in names)
    for turn in range(longest):
        yield {name: THEIRS[name][turn % len(THEIRS[name])] for name in names}


def unknown(public: str) -> str:
    """An id of the same kind and length that nobody has."""
    prefix, _, rest = public.partition("_")
    return f"{prefix}_{'0' * len(rest)}"


def asked(caller: Member, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any, bytes]:
    options = {"json": body} if body is not None else {}
    answer: Answer = caller.call(method, path, headers={"X-Request-Id": "the-same-request", **headers}, **options)
    # A revision is an opaque token, drawn anew for each answer.
    told = sorted(pair for pair in answer.headers.items() if pair[0] not in {"Date", "Revision"})
    return answer.status_code, told, answer.get_data()


def test_the_probes_aim_at_what_is_there(tenants: Tenants) -> None:
    aimed = (
        {one for ids in THEIRS.values() for one in ids}
        | {one for *_, one in IN_QUERIES}
        | {one for *_, one in IN_BODIES}
    )

    def body(work: Work) -> set[str]:
        tables = [table for table in Base.metadata.sorted_tables if "id" in table.c]
        return {public for table in tables for public in work.session.scalars(select(table.c.id))}

    assert aimed - tenants.world.do(body) == set()


def test_every_id_of_another_tenant_answers_like_one_that_nobody_has(tenants: Tenants) -> None:
    app = tenants.world.app
    leaks = []
    for rule in tenants.rules():
        for method in sorted({"GET", *WRITING} & (rule.methods or set())):
            body = body_of(app, method, rule) if method in WRITING else None
            for role, caller in tenants.callers.items():
                for ids in foreign(rule):
                    theirs = asked(caller, method, path_of(rule, ids), body)
                    nobodys = asked(
                        caller, method, path_of(rule, {name: unknown(one) for name, one in ids.items()}), body
                    )
                    if theirs != nobodys or theirs[0] < 400:
                        leaks.append((role, method, rule.rule, ids, theirs[0], nobodys[0]))
    assert leaks == []


def test_a_version_does_not_tell_that_something_of_another_tenant_is_there(tenants: Tenants) -> None:
    app = tenants.world.app
    for rule in tenants.rules():
        for ids in foreign(rule) if "PATCH" in (rule.methods or ()) else ():
            body = body_of(app, "PATCH", rule)
            for version in ('"1"', '"2"', "*", "nonsense"):
                paths = [path_of(rule, some) for some in (ids, {name: unknown(one) for name, one in ids.items()})]
                theirs, nobodys = (asked(tenants.ours, "PATCH", path, body, **{"If-Match": version}) for path in paths)
                assert theirs == nobodys
                assert theirs[0] == 404


def test_a_list_of_another_tenant_s_is_no_file_either(tenants: Tenants) -> None:
    app = tenants.world.app
    tried = 0
    for rule in tenants.rules():
        access = app.access[rule.endpoint]
        if "GET" not in (rule.methods or ()) or access.items is None:
            continue
        for caller in tenants.callers.values():
            for ids in foreign(rule):
                paths = [path_of(rule, some) for some in (ids, {name: unknown(one) for name, one in ids.items()})]
                for form in ("csv", "xlsx", "json"):
                    theirs, nobodys = (asked(caller, "GET", f"{path}?format={form}", None) for path in paths)
                    assert theirs == nobodys
                    assert theirs[0] >= 400
                    tried += 1
    assert tried > 0


def test_something_of_another_tenant_cannot_be_reached_through_something_of_ours(tenants: Tenants) -> None:
    for path in (
        "/v1/events/mev_ours/registrations/{}",
        "/v1/evidence/evd_ours_accepted/files/{}",
        "/v1/evidence/{}/files/fil_ours",
    ):
        theirs = {"events": "rgn_theirs", "evidence": "fil_theirs"}[path.split("/")[2]]
        theirs = "evd_theirs_accepted" if path.endswith("ours") else theirs
        told = [asked(tenants.ours, "GET", path.format(one)) for one in (theirs, unknown(theirs))]
        assert told[0] == told[1]
        assert told[0][0] == 404


def test_a_filter_tells_nothing_of_an_id_of_another_tenant(tenants: Tenants) -> None:
    leaks = []
    for path, name, theirs in IN_QUERIES:
        for role, caller in tenants.callers.items():
            joined = f"{path}{'&' if '?' in path else '?'}{name}="
            told = [asked(caller, "GET", f"{joined}{one}") for one in (theirs, unknown(theirs))]
            if told[0] != told[1]:
                leaks.append((role, path, name))
    assert leaks == []


def test_an_id_of_another_tenant_in_a_body_is_refused_like_one_that_nobody_has(tenants: Tenants) -> None:
    leaks = []
    for method, path, body, theirs in IN_BODIES:
        for role, caller in tenants.callers.items():
            told = [asked(caller, method, path, _naming(body, one)) for one in (theirs, unknown(theirs))]
            if told[0] != told[1] or told[0][0] < 400:
                leaks.append((role, path, theirs))
    assert leaks == []


def _naming(body: Any, public: str) -> Any:
    if isinstance(body, Mapping):
        return {name: _naming(one, public) for name, one in body.items()}
    if isinstance(body, list):
        return [_naming(one, public) for one in body]
    return public if body == "@" else body


def test_the_key_of_another_tenant_and_no_key_open_nothing(tenants: Tenants) -> None:
    """Every route but the public ones asks for a key, and answers alike whether what it names is there or not."""
    app = tenants.world.app
    client = app.test_client()
    for rule in tenants.rules():
        if app.access[rule.endpoint].permission == "public":
            continue
        for method in sorted({"GET", *WRITING} & (rule.methods or set())):
            for ids in foreign(rule):
                answer = client.open(path_of(rule, ids), method=method)
                assert answer.status_code == 401


def test_what_one_tenant_did_under_an_idempotency_key_is_not_replayed_to_another(tenants: Tenants) -> None:
    body = {"name": "Loom", "country": "CN"}
    first = tenants.ours.post("/v1/organizations", body, headers={"Idempotency-Key": "the-same"})
    again = tenants.callers["brand"].post("/v1/organizations", body, headers={"Idempotency-Key": "the-same"})
    assert first.status_code == again.status_code == 201
    assert first.json["id"] != again.json["id"]
    assert "Idempotency-Replayed" not in again.headers


def test_a_cursor_of_another_tenant_opens_no_page(tenants: Tenants) -> None:
    theirs = tenants.world.members["theirs"]
    link = theirs.get("/v1/requirements?limit=1").headers["Link"]
    answer = tenants.ours.get(link.partition("<")[2].partition(">")[0])
    assert answer.status_code == 400
