"""Bad queries, paths and headers: told what is wrong with them, never a 5xx, on every route there is."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from werkzeug.routing import Rule

from tests.bodies import body_of, path_of, writing
from tests.test_bad_input import Ours
from tests.test_probes import THEIRS
from tests.visibility.questions import parameters
from tests.world import World

NASTY: Mapping[str, str] = {
    "NUL": "%00",
    "NUL inside": "a%00b",
    "not UTF-8": "%ff%fe",
    "a surrogate": "%ed%a0%80",
    "5,001 digits": "9" * 5001,
    "more than 64 bits": "18446744073709551616",
    "minus one": "-1",
    "1e400": "1e400",
    "not a number": "NaN",
    "nothing": "",
    "a quote": "%27%20OR%201=1--",
    "a wildcard": "%25_%25",
    "brackets": "[[[[",
    "a date that is none": "2026-02-30",
    "a character of four bytes": "%F0%9F%98%80",
    "a line": "a%0d%0aSet-Cookie:%20a=b",
    "long": "x" * 5000,
}
HEADERS: Mapping[str, tuple[str, ...]] = {
    "Idempotency-Key": ("", " ", "x" * 256, "x" * 5000, "ünï", "a,b"),
    "If-Match": ("", "1", '"', '"1', "W/*", "*", "x" * 5000, "ünï"),
    "If-None-Match": ("", "*", '"', "x" * 5000, "ünï"),
    "Accept-Language": ("", "*", "zz", "en;q=x", "x" * 5000, "zh-CN,zh;q=0.9"),
    "X-Request-Id": ("", "a b", "x" * 5000, "ünï"),
    "Min-Revision": ("", "1", "gAAAAA", "x" * 5000, "ünï"),
    "Accept": ("", "nonsense", "text/html"),
    "Range": ("bytes=0-0", "nonsense"),
}
KEYS = (
    *(
        "",
        "Bearer",
        "Bearer ",
        "Basic YTpi",
        "Bearer sck_",
        "bearer sck_000000000000_" + "0" * 56,
        "Bearer " + "x" * 5000,
    ),
    *("Bearer ünï", "Bearer sck_../../etc", "sck_000000000000_", "Bearer a b c", "Digest x", "Bearer null"),
)


@pytest.fixture
def ours(world: World) -> Ours:
    return Ours(world)


def every(ours: Ours) -> Iterator[tuple[str, Rule]]:
    """Every method and route that is ours and not the framework's."""
    yield from writing(ours.world.app)
    for rule in ours.world.app.url_map.iter_rules():
        if "GET" in (rule.methods or ()):
            yield "GET", rule


def test_no_nasty_query_is_our_mistake(ours: Ours) -> None:
    for rule in ours.world.app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()):
            continue
        path = path_of(rule, {name: THEIRS.get(name, ("x",))[0].replace("theirs", "ours") for name in rule.arguments})
        for parameter in parameters(ours.world.app, rule):
            for value in NASTY.values():
                ours.member.get(f"{path}?{parameter['name']}={value}")
            twice = ours.member.get(f"{path}?{parameter['name']}=1&{parameter['name']}=2")
            assert twice.status_code < 500


def test_a_filter_that_no_route_has_is_refused(ours: Ours) -> None:
    for rule in ours.world.app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and parameters(ours.world.app, rule):
            values = {name: THEIRS.get(name, ("nobody",))[0] for name in rule.arguments}
            assert ours.member.get(f"{path_of(rule, values)}?surprise=1").status_code == 422, rule.rule


def test_no_nasty_path_is_our_mistake(ours: Ours) -> None:
    for method, rule in every(ours):
        body: Any = body_of(ours.world.app, method, rule) if method != "GET" else None
        for value in filter(None, NASTY.values()) if rule.arguments else ():
            path = path_of(rule, dict.fromkeys(rule.arguments, value))
            options = {"json": body} if body is not None else {}
            answer = ours.member.call(method, path, headers={"If-Match": '"1"'}, **options)
            assert 300 <= answer.status_code < 500, (method, path)


def test_no_nasty_header_is_our_mistake(ours: Ours) -> None:
    for name, values in HEADERS.items():
        for value in values:
            headers = {name: value.encode("utf-8").decode("latin-1")}
            ours.member.get("/v1/suppliers", headers=headers)
            ours.member.call("PATCH", "/v1/records/rec_ours_ours_source", json={"spend": 1}, headers=headers)
            ours.member.post("/v1/requirements", {"title": 1}, headers=headers)


def test_no_key_that_is_none_opens_a_route(ours: Ours) -> None:
    client = ours.world.app.test_client()
    for key in KEYS:
        answer = client.get("/v1/me", headers={"Authorization": key.encode("utf-8").decode("latin-1")})
        assert answer.status_code == 401, key
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert "Set-Cookie" not in answer.headers


def test_a_method_that_a_route_lacks_is_told_which_it_has(ours: Ours) -> None:
    for rule in ours.world.app.url_map.iter_rules():
        path = path_of(rule, dict.fromkeys(rule.arguments, "nobody"))
        for method in ("TRACE", "PROPFIND", "BREW"):
            answer = ours.member.call(method, path)
            assert answer.status_code == 405
            assert answer.headers["Allow"]
