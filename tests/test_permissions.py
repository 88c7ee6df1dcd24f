"""Every route says who may call it, and keeps to it."""

from collections.abc import Iterator
from typing import cast

import pytest
from werkzeug.routing import Rule

from supplychain.accounts import operations
from supplychain.accounts.permissions import PERMISSIONS, SUBMITTING, Permission, Role, permissions_of
from supplychain.http import PUBLIC, Blueprint
from supplychain.work import Work
from tests.world import Answer, Member, World, check

OPEN_TO_EVERYBODY = {
    "GET /livez",
    "GET /readyz",
    "GET /docs",
    "GET /static/docs/<name>",
    "GET /frameworks",
    "GET /frameworks/<key>",
    "GET /references",
    "GET /notices/opt-out",
    "POST /notices/opt-out",
    "GET /static/pages/<name>",
    "GET /v1/openapi.json",
    "GET /v1/problems/<code>",
    "GET /v1/vocabulary",
    "GET /v1/audit/keys",
    "GET /v1/invitations/<reference>",
    "POST /v1/invitations/accept",
    "GET /v1/statements/verify/<token>",
}
FRAMEWORK_METHODS = {"HEAD", "OPTIONS"}


def routes(world: World) -> Iterator[tuple[str, Rule]]:
    """Each registered method and rule."""
    for rule in world.app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - FRAMEWORK_METHODS):
            yield method, rule


def path_of(rule: Rule) -> str:
    """A path that the rule takes, with ids that nobody has."""
    _, path = rule.build(dict.fromkeys(rule.arguments, "nothing")) or ("", "")
    assert path, rule.rule
    return path


def test_every_route_has_a_permission(world: World) -> None:
    known = {PUBLIC, *Permission}
    assert {rule.rule: rule.endpoint for _, rule in routes(world) if rule.endpoint not in world.app.access} == {}
    assert {access.permission for access in world.app.access.values()} <= known


def test_the_open_routes_are_these_and_no_others(world: World) -> None:
    public = {
        f"{method} {rule.rule}"
        for method, rule in routes(world)
        if world.app.access[rule.endpoint].permission == PUBLIC
    }
    assert public == OPEN_TO_EVERYBODY


def test_whoever_writes_without_a_key_must_show_something_else(world: World) -> None:
    public = {endpoint: one for endpoint, one in world.app.access.items() if one.permission == PUBLIC and one.writes}
    assert {endpoint: one.bearer for endpoint, one in public.items()} == {
        "invitations.accept_invitation": "token",
        "pages.opt_out": "token",
    }
    with pytest.raises(ValueError, match="must show something else"):
        Blueprint("open", __name__).route("/open", methods=["POST"], permission=PUBLIC)


def test_every_other_route_is_closed_without_a_key(world: World) -> None:
    client = world.app.test_client()
    for method, rule in routes(world):
        if world.app.access[rule.endpoint].permission != PUBLIC:
            response = cast(Answer, client.open(path_of(rule), method=method, json={}))
            check(response)
            assert (response.status_code, response.json["code"]) == (401, "key-missing"), (method, rule.rule)


LONG_QUESTIONS = {"POST /v1/what-if"}
"""Reads whose question fits in no address."""


def test_a_route_that_only_reads_is_a_get(world: World) -> None:
    for method, rule in routes(world):
        access = world.app.access[rule.endpoint]
        assert access.writes or method == "GET" or f"{method} {rule.rule}" in LONG_QUESTIONS, (method, rule.rule)


@pytest.mark.parametrize("role", Role)
def test_a_role_is_refused_what_the_table_does_not_give_it(world: World, role: Role) -> None:
    member = world.join(role.value.title(), role)
    for method, rule in routes(world):
        permission = world.app.access[rule.endpoint].permission
        if permission != PUBLIC and permission not in PERMISSIONS[role]:
            response = member.call(method, path_of(rule), json={})
            assert (response.status_code, response.json["code"]) == (403, "permission-missing"), (method, rule.rule)


@pytest.mark.parametrize("role", Role)
def test_the_owner_of_an_unverified_claim_is_refused_all_but_submitting(world: World, role: Role) -> None:
    member = world.join(role.value.title(), role, claim="unverified")
    for method, rule in routes(world):
        permission = world.app.access[rule.endpoint].permission
        if permission != PUBLIC and permission not in SUBMITTING:
            response = member.call(method, path_of(rule), json={})
            assert (response.status_code, response.json["code"]) == (403, "claim-unverified"), (method, rule.rule)


def test_an_id_that_no_database_takes_is_unknown(world: World) -> None:
    member = world.join("Acme", *Role)
    for method, rule in routes(world):
        if rule.arguments:
            path = path_of(rule).replace("nothing", "no%00thing")
            assert member.call(method, path, json={}).status_code == 404, (method, rule.rule)


def test_a_key_narrowed_to_one_permission_opens_its_routes_only(world: World) -> None:
    member = world.join("Acme", "brand")
    key = member.post("/v1/keys", {"scopes": ["frameworks.read"]}).json["key"]
    narrow = Member(world.app.test_client(), key, member.number, member.id)
    for method, rule in routes(world):
        permission = world.app.access[rule.endpoint].permission
        if permission not in {PUBLIC, Permission.FRAMEWORKS_READ}:
            response = narrow.call(method, path_of(rule), json={})
            assert response.status_code == 403, (method, rule.rule)


def test_every_permission_is_given_to_some_role() -> None:
    assert frozenset().union(*PERMISSIONS.values()) == frozenset(Permission)


def test_scopes_narrow_and_never_widen() -> None:
    brand = permissions_of([Role.BRAND], [])
    assert permissions_of([Role.BRAND], ["metrics.read", "links.read"]) == {"links.read"}
    assert permissions_of([Role.BRAND], ["metrics.read"]) == frozenset()
    assert permissions_of([Role.BRAND, Role.TRAINER], []) >= brand


def test_a_key_is_found_by_whoever_presents_it_and_by_its_organization_alone(world: World) -> None:
    acme, other = world.join("Acme", "brand"), world.join("Other", "brand")

    def keys_of(work: Work) -> int:
        return len(work.session.scalars(operations.own_keys(acme.number)).all())

    assert world.do(keys_of) == 1
    listed = [row["id"] for row in other.get("/v1/keys").json["items"]]
    assert len(listed) == 1
    assert listed != [row["id"] for row in acme.get("/v1/keys").json["items"]]
