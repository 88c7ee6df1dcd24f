"""The comparison once on PostgreSQL, whose row-level security may hide too little or, as badly, too much."""

import pytest

from tests.factories import ELECTRONICS
from tests.visibility.answers import Worlds, asked
from tests.visibility.story import Teller, Twist


def everything_hidden(build: Teller) -> None:
    """What neither the brand nor its trainer, organiser or operator may read."""
    for supplier in ("mill", "spinner", "weaver"):
        build.link("second", supplier)
    build.require("second", (2, 1))
    build.prove("loom", 1, state="submitted")
    build.grant("spinner", "second")
    build.own("office", "rival", confirmed=False)
    build.invite("second", "yarn")
    build.link("mill", "ghost", disclosure="none")
    build.link("dyer", "farm")
    build.chain("agent > broker > reel")
    build.link("mill", "deeper", private_to="rival")
    build.record("rival", "weaver", country="VN")
    build.prove("mill", 2, ELECTRONICS)
    build.grant("mill", "maker")


@pytest.mark.postgres
def test_everything_hidden_at_once_is_hidden_behind_the_second_wall_too(worlds_on_postgres: Worlds) -> None:
    twist = Twist(early=everything_hidden, stands_for={"weaver": "twill", "twill": "weaver"})
    worlds_on_postgres.alike("brand", "organiser", "trainer", "operator", twist=twist)


@pytest.mark.postgres
def test_both_databases_answer_every_question_alike(worlds: Worlds, worlds_on_postgres: Worlds) -> None:
    """Row-level security hides nothing that a reader may see."""
    here, there = worlds.told(), worlds_on_postgres.told()
    differ = [
        (reader, question)
        for reader in ("brand", "mill", "reviewer", "star")
        for question, walk in asked(here, there, reader, filters=False)
        if here.answers(reader, question, walk=walk) != there.answers(reader, question, walk=walk)
    ]
    assert differ == []
