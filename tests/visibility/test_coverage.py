"""The comparison itself: it asks every route, and it sees what a reader may see."""

import re

import pytest

from tests.visibility import questions
from tests.visibility.answers import Worlds, asked
from tests.visibility.story import READERS, Hook, Teller, Twist

ONLY_BY_TOKEN = "/v1/invitations/<reference>"
"""Answers the bearer of a token, which is nobody's id; tested with invitations."""


def test_every_route_shows_something_to_somebody(worlds: Worlds) -> None:
    plain = worlds.told()
    for reader in READERS:
        for question, walk in asked(plain, plain, reader):
            plain.answers(reader, question, walk=walk)
    shown = {
        question.split(" ")[0].split("?")[0] for (_, question), told in plain.heard.items() if told[0].status == 200
    }
    wanting = [
        rule.rule
        for rule in questions.rules(plain.world.app)
        if rule.rule != ONLY_BY_TOKEN
        and not any(re.fullmatch(re.sub("<[^>]+>", "[^/]+", rule.rule), path) for path in shown)
    ]
    assert wanting == [], "no reader of the story is shown anything here; give one of them something"


def _confirm(build: Teller) -> None:
    build.link("brand", "dyer")


def _prove(build: Teller) -> None:
    build.prove("mill", 2)


def _grant(build: Teller) -> None:
    build.grant("mill", "brand")


SEEN: list[tuple[str, str, Twist | Hook]] = [
    ("brand", "an opened link", Twist(links={"mill>shade": {"disclosure": "identity"}})),
    ("brand", "a confirmed link", _confirm),
    ("brand", "a level of a supplier", _prove),
    ("brand", "evidence granted", _grant),
    ("mill", "its own link", Twist(links={"mill>spinner": {"share": 0.25}})),
    ("mill", "its own level", _prove),
    ("spinner", "a demand that reaches it", lambda build: build.require("rival", (1,), "more")),
    ("trainer", "a consent", lambda build: build.organization("mill", training_consent=True)),
    ("organiser", "a consent taken back", lambda build: build.organization("star", listed=False)),
    ("reviewer", "evidence assigned to it", lambda build: build.prove("mill", 2, state="submitted")),
    ("operator", "a claim", lambda build: build.organization("loom", claim="unverified")),
]


@pytest.mark.parametrize(("reader", "what", "twist"), SEEN, ids=[f"{reader}: {what}" for reader, what, _ in SEEN])
def test_what_a_reader_may_see_is_seen_to_differ(worlds: Worlds, reader: str, what: str, twist: Twist | Hook) -> None:
    changed = twist if isinstance(twist, Twist) else Twist(late=twist)
    assert worlds.differences([reader], changed)
