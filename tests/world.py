"""A small world for tests: one database, one application, members who call it with their keys."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, cast

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from supplychain.accounts import operations as accounts
from supplychain.app import Application
from supplychain.network import calendar, facts
from supplychain.network.models import Organization
from supplychain.work import Runtime, Work, run
from tests.contract import contract

START = date(2026, 11, 22)


@dataclass
class Clock:
    """The time of the tests: stands still until told."""

    now: datetime = field(default_factory=lambda: datetime.combine(START, time(8), UTC))

    def __call__(self) -> datetime:
        return self.now

    def advance(self, days: int) -> None:
        self.now += timedelta(days=days)

    def go_to(self, day: date) -> None:
        self.now = datetime.combine(day, time(8), UTC)


class Answer(TestResponse):
    """An answer whose JSON the test knows: it indexes it without asking whether there is any."""

    @property
    def json(self) -> Any:
        return super().json


@dataclass
class Member:
    """Somebody of an organization, calling the API with a key."""

    client: FlaskClient
    key: str
    number: int
    id: str

    def call(self, method: str, path: str, **options: Any) -> Answer:
        headers = {"Authorization": f"Bearer {self.key}", **options.pop("headers", {})}
        response = cast(Answer, self.client.open(path, method=method, headers=headers, **options))
        check(response)
        return response

    def get(self, path: str, **options: Any) -> Answer:
        return self.call("GET", path, **options)

    def post(self, path: str, json: Any = None, **options: Any) -> Answer:
        return self.call("POST", path, **({"json": json} if json is not None else {}), **options)

    def patch(self, path: str, json: Any, etag: str | None = None) -> Answer:
        headers = {"If-Match": etag} if etag else {}
        return self.call("PATCH", path, json=json, headers=headers)


def check(response: Answer) -> None:
    """What holds of every answer: never a 5xx, as documented, refusals are problem+json with a known sentence."""
    assert response.status_code < 500, response.get_data(as_text=True)
    broken = contract().broken(response)
    assert broken == [], broken
    if response.status_code >= 400:
        assert response.mimetype == "application/problem+json"
        problem = response.json
        assert problem["status"] == response.status_code
        assert problem["detail"] != problem["code"], f"no sentence for {problem['code']}"
        for fault in problem.get("errors", []):
            assert not fault["detail"].startswith("fault."), f"no sentence for {fault['code']}"


@dataclass(repr=False)
class World:
    """One database with an application on it."""

    runtime: Runtime
    app: Application
    clock: Clock
    members: dict[str, Member] = field(default_factory=dict)

    def do(self, body: Any) -> Any:
        """Run a unit of work as the system, on a day the network has reached."""
        calendar.advance_day(self.runtime)
        return run(self.runtime, body)

    def join(self, name: str, *roles: str, kind: str = "company", **attributes: Any) -> Member:
        """A new verified organization with one person in some roles, and a key for it."""

        def body(work: Work) -> tuple[int, str, str]:
            row = Organization(
                name=name,
                kind=kind,
                claim=attributes.pop("claim", "verified"),
                created_at=work.now,
                **attributes,
            )
            work.session.add(row)
            work.session.flush()
            work.change(facts.of_organization(row))
            person = accounts.enroll(work, row.number, email=f"{name.lower()}@example.org", name=name, roles=roles)
            _, text = accounts.issue_key(work, row.number, person.number, roles=roles)
            return row.number, row.id, text

        number, public, key = self.do(body)
        self.members[name] = Member(self.app.test_client(), key, number, public)
        return self.members[name]
