"""A statement's content drawn as a paper."""

from collections.abc import Iterator, Mapping
from typing import Any

from supplychain.statements.paper import chain, conformity
from supplychain.statements.paper.naming import Words, told_at
from supplychain.statements.paper.parts import Cell, Facts, Heading, Note, Paper, Part, Tone
from supplychain.statements.rules import StatementKind

Item = Mapping[str, Any]


def drawn(content: Item, language: str, link: str, sha256: str) -> Paper:
    """A statement in one language: all that its content says, and how to verify it."""
    words = Words(language)
    first, *others = words.names(content["subject"])
    told = conformity if content["kind"] == StatementKind.CONFORMITY else chain
    return Paper(
        language=language,
        title=words.word(content["kind"]),
        subject=first,
        beside=words.together([*others, words.registered(content["subject"])]),
        parts=[*_head(content, words, sha256), *told.parts(content, words), *_foot(words, link)],
        foot=words.together([content["id"], f"SHA-256 {sha256}"]),
        page_word=words.word("page"),
        link=link,
    )


def _head(content: Item, words: Words, sha256: str) -> Iterator[Part]:
    rows = [("on", content["on"]), ("known", content["known"]), ("issued_at", told_at(content["issued_at"]))]
    if content["issuer"] != content["subject"]:
        rows.insert(0, ("issuer", words.together([words.name(content["issuer"]), words.registered(content["issuer"])])))
    rows += [("id", content["id"]), ("rules", content["rules_version"])]
    keys = [f"{one['framework']} (SHA-256 {one['sha256']})" for one in content["frameworks"]]
    yield Facts(
        [
            *((words.word(name), Cell(value)) for name, value in rows),
            *([(words.word("framework"), Cell("\n".join(keys), tone=Tone.HASH))] if keys else []),
            (words.word("sha256"), Cell(sha256, tone=Tone.HASH)),
        ]
    )
    if content["on"] > content["issued_on"]:
        yield Note(words.word("of_the_future"), loud=True)
    elif content["on"] < content["issued_on"] or content["known"] < content["issued_on"]:
        yield Note(words.word("of_the_past"), loud=True)


def _foot(words: Words, link: str) -> Iterator[Part]:
    yield Heading(words.word("how_to_verify"))
    yield Note(words.word("verify_says"))
    yield Facts([(words.word("verify"), Cell(link, tone=Tone.HASH))])
