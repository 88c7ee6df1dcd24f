"""Bad input is told what is wrong with it and changes nothing: never a 5xx, on every route that writes.

The bodies are generated: every field of every body in turn holds every nasty value, and every body is malformed as
a whole in every way. That an answer is problem+json with a code and a sentence, and no 5xx, is asserted of each.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson
import pytest
from sqlalchemy import func, literal, select, union_all
from werkzeug.routing import Rule

from supplychain.db import Base
from supplychain.work import Work
from tests.bodies import body_of, path_of, schema_of, writing
from tests.factories import building
from tests.tenants import tenant
from tests.test_probes import THEIRS
from tests.world import Answer, Member, World

MARK = "@@here@@"
BROKEN: Mapping[str, bytes] = {
    "100,000 brackets": b"[" * 100_000,
    "50,000 objects": b'{"a":' * 50_000,
    "half": b'{"a": ',
    "not UTF-8": b'{"a": "\xff\xfe"}',
    "a byte order mark": b"\xef\xbb\xbf{}",
    "a comment": b"{} // nothing",
    "single quotes": b"{'a': 1}",
}
"""Bodies that are no JSON: refused whatever the route."""
OF_ANOTHER_KIND: Mapping[str, bytes] = {
    "a list": b"[]",
    "a text": b'"text"',
    "a number": b"1",
    "null": b"null",
    "an unknown field": b'{"surprise": 1}',
    "an unknown field of ours": b'{"number": 1, "id": "org_x", "organization_id": 1}',
}
"""JSON that is no body of any route."""
UNREADABLE: Mapping[str, str] = {
    "a lone surrogate": '"\\ud800"',
    "5,001 digits": "9" * 5001,
    "not a number": "NaN",
    "infinity": "-Infinity",
    "1e400": "1e400",
    "NUL": '"a\\u0000b"',
    "a control character": '"a\\u0008b"',
}
"""Values that no field takes."""
TOO_BIG: Mapping[str, str] = {"more than 64 bits": "18446744073709551616", "less than 64 bits": "-9223372036854775809"}
"""Whole numbers that no field takes but one for numbers that need not be whole."""
ODD: Mapping[str, str] = {
    "null": "null",
    "true": "true",
    "a fraction": "1.5",
    "minus one": "-1",
    "a big fraction": "1e308",
    "nothing": '""',
    "spaces": '"   "',
    "a quote": '"\' OR 1=1 --"',
    "a list": "[]",
    "an object": "{}",
    "lists in lists": "[[[[]]]]",
    "a date that is none": '"2026-02-30"',
    "a year of five digits": '"12026-01-01"',
    "right to left": '"\\u202e"',
    "a megabyte": '"' + "x" * 1_000_000 + '"',
}
"""Values that a field may take or not."""


class Ours:
    """A tenant with one of everything, and what its database holds."""

    def __init__(self, world: World) -> None:
        self.world = world
        with building(world) as build:
            self.member: Member = tenant(build, "ours")

    def path(self, rule: Rule) -> str:
        """The path to something of ours."""
        return path_of(rule, {name: THEIRS[name][0].replace("theirs", "ours") for name in rule.arguments})

    def send(self, method: str, rule: Rule, raw: bytes, kind: str = "application/json", **headers: str) -> Answer:
        given = {"If-Match": '"1"', **headers}
        return self.member.call(method, self.path(rule), data=raw, content_type=kind, headers=given)

    def rows(self) -> dict[str, int]:
        """How many rows each table has."""
        tables = [table for table in Base.metadata.sorted_tables if table.name != "idempotency_key"]
        counts = (select(literal(table.name), func.count()).select_from(table) for table in tables)

        def body(work: Work) -> dict[str, int]:
            return {row[0]: row[1] for row in work.session.execute(union_all(*counts))}

        found: dict[str, int] = self.world.do(body)
        return found


@pytest.fixture
def ours(world: World) -> Ours:
    return Ours(world)


def places(body: Any) -> Iterator[tuple[bytes, str]]:
    """The body with the mark in the place of every value in turn, and where that is."""
    for where in _ways(body):
        yield orjson.dumps(_marked(body, where)), "/".join(map(str, where))


def _ways(body: Any) -> Iterator[tuple[Any, ...]]:
    inside = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for name, value in inside:
        yield (name,)
        for rest in _ways(value):
            yield (name, *rest)


def _marked(body: Any, where: tuple[Any, ...]) -> Any:
    if not where:
        return MARK
    copy = dict(body) if isinstance(body, dict) else list(body)
    copy[where[0]] = _marked(copy[where[0]], where[1:])
    return copy


def whole(ours: Ours, method: str, rule: Rule) -> dict[str, Any]:
    """A body with every field that a route knows: the example, and what the example leaves out."""
    app = ours.world.app
    schema = schema_of(app, method, rule) or {}
    example = body_of(app, method, rule) or {}
    made = dict.fromkeys(schema.get("properties", {}))
    return {**made, **example} if isinstance(example, dict) else made


def takes_json(ours: Ours) -> list[tuple[str, Rule]]:
    return [(method, rule) for method, rule in writing(ours.world.app) if schema_of(ours.world.app, method, rule)]


def test_what_is_no_json_is_refused_by_every_route_with_a_body(ours: Ours) -> None:
    before = ours.rows()
    taken = [
        (method, rule.rule, name)
        for method, rule in takes_json(ours)
        for name, raw in {**BROKEN, **OF_ANOTHER_KIND}.items()
        if ours.send(method, rule, raw).status_code < 400
    ]
    assert taken == []
    assert ours.rows() == before


def test_json_under_another_name_is_refused_by_every_route_with_a_body(ours: Ours) -> None:
    before = ours.rows()
    for method, rule in takes_json(ours):
        raw = orjson.dumps(body_of(ours.world.app, method, rule))
        for kind in ("text/plain", "application/xml", "application/x-www-form-urlencoded", "nonsense", ""):
            if (rule.rule, kind) == ("/v1/imports", "text/plain"):
                continue  # where a list may come as text
            assert ours.send(method, rule, raw, kind).status_code in {415, 422, 400}, (method, rule.rule, kind)
    assert ours.rows() == before


def test_no_route_falls_over_a_body_it_did_not_ask_for(ours: Ours) -> None:
    without = [one for one in writing(ours.world.app) if not schema_of(ours.world.app, *one)]
    for method, rule in without:
        nobody = path_of(rule, dict.fromkeys(rule.arguments, "nobody"))
        for raw in {**BROKEN, **OF_ANOTHER_KIND}.values():
            for headers in ({}, {"Idempotency-Key": "k"}):
                answer = ours.member.call(method, nobody, data=raw, content_type="application/json", headers=headers)
                # Whoever names nothing is answered; the same key with another body is refused.
                assert answer.status_code in ({404, 422} if rule.arguments else {202, 422}), rule.rule


def test_a_value_that_no_field_takes_is_refused_in_every_field(ours: Ours) -> None:
    before = ours.rows()
    taken = []
    for method, rule in takes_json(ours):
        for raw, where in places(whole(ours, method, rule)):
            for name, value in UNREADABLE.items():
                sent = raw.replace(f'"{MARK}"'.encode(), value.encode())
                if ours.send(method, rule, sent).status_code < 400:
                    taken.append((method, rule.rule, where, name))
    assert taken == []
    assert ours.rows() == before


NUMBERS = {"share", "spend", "value"}
"""Fields for numbers that need not be whole."""


def test_a_whole_number_of_more_than_64_bits_is_refused_where_a_whole_number_is_asked_for(ours: Ours) -> None:
    before = ours.rows()
    taken = []
    for method, rule in takes_json(ours):
        for raw, where in places(whole(ours, method, rule)):
            for name, value in TOO_BIG.items() if where.rpartition("/")[2] not in NUMBERS else ():
                sent = raw.replace(f'"{MARK}"'.encode(), value.encode())
                if ours.send(method, rule, sent).status_code < 400:
                    taken.append((method, rule.rule, where, name))
    assert taken == []
    assert ours.rows() == before


def test_no_odd_value_in_any_field_is_our_mistake(ours: Ours) -> None:
    """It may be taken or refused; what is refused changes nothing."""
    before = ours.rows()
    for method, rule in takes_json(ours):
        for raw, where in places(whole(ours, method, rule)):
            sent = (raw.replace(f'"{MARK}"'.encode(), value.encode()) for value in ODD.values())
            taken = [ours.send(method, rule, body).status_code < 400 for body in sent]
            after = ours.rows()
            assert after == before or any(taken), (method, rule.rule, where)
            before = after


def test_of_two_fields_of_one_name_the_last_is_read_and_judged(ours: Ours) -> None:
    before = ours.rows()
    for method, rule in takes_json(ours):
        body = body_of(ours.world.app, method, rule)
        for name in body:
            raw = orjson.dumps(body)[:-1] + b"," + orjson.dumps(name) + b':{"not": ["this"]}}'
            assert ours.send(method, rule, raw).status_code >= 400, (method, rule.rule, name)
    assert ours.rows() == before


def test_a_body_beyond_the_limit_is_refused_before_it_is_read(ours: Ours) -> None:
    for method, rule in takes_json(ours)[:3]:
        answer = ours.send(method, rule, b" " * (ours.world.runtime.settings.max_body + 1))
        assert answer.status_code == 413
