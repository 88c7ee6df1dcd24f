"""The parts of a statement of conformity."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from supplychain.statements.paper.naming import Words
from supplychain.statements.paper.parts import Cell, Column, Heading, Note, Part, Table, Tone

Item = Mapping[str, Any]


def parts(content: Item, words: Words) -> Iterator[Part]:
    """What is said of an organization's conformity, framework by framework, and what it rests on."""
    numbered = {one["id"]: f"E{at}" for at, one in enumerate(content["evidence"], 1)}
    if not content["frameworks"]:
        yield Note(words.word("no_framework"))
    for framework in content["frameworks"]:
        yield from _framework(framework, numbered, words)
    yield Heading(words.word("evidence"))
    if content["evidence"]:
        yield Note(words.word("evidence_says"))
        yield _evidence(content["evidence"], numbered, words)
    else:
        yield Note(words.word("no_evidence"))
    if "obligations" in content:
        yield from _obligations(content, words)


def level(framework: Item, rank: int | None, words: Words) -> str:
    """A level with its name: ``2 of 4, basic``."""
    if rank is None:
        return words.word("none_held")
    label = next((words.text(one["name"]) for one in framework["levels"] if one["level"] == rank), "")
    return words.together([f"{rank} {words.word('of')} {framework['top_level']}", label])


def _framework(framework: Item, numbered: Mapping[str, str], words: Words) -> Iterator[Part]:
    yield Heading(f"{words.text(framework['name'])} ({framework['framework']})")
    yield Note(f"{words.word('overall')}: {level(framework, framework['overall'], words)}", loud=True)
    columns = [("pillar", 2.6), ("level", 2.4), ("good_through", 1.3), ("certified", 1.5), ("provisional", 1.5)]
    rows = [
        [
            Cell(words.text(one["name"])),
            Cell(level(framework, one["level"], words), _score(one, words), Tone.GOOD if one["level"] else Tone.QUIET),
            Cell(one["good_through"] or "–"),
            Cell(_rank(one["certified"])),
            Cell(_rank(one["provisional"])),
        ]
        for one in framework["pillars"]
    ]
    yield _table(words, columns, rows)
    yield from _missing(framework, words)
    yield Heading(words.word("indicators"), 2)
    names = {one["pillar"]: words.text(one["name"]) for one in framework["pillars"]}
    rows = [
        [
            Cell(one["indicator"]),
            Cell(words.text(one["name"]), small=names[one["pillar"]]),
            Cell(_runs(one["levels"], words), tone=_tone(one["levels"])),
            Cell(", ".join(dict.fromkeys(numbered[it["evidence"]] for it in one["levels"] if it["evidence"])) or "–"),
        ]
        for one in framework["indicators"]
    ]
    yield _table(words, [("number", 0.9), ("indicator", 4.2), ("results", 3.6), ("evidence", 1)], rows)


def _score(pillar: Item, words: Words) -> str:
    """Of an index, what it scores and what the next level needs."""
    following = pillar["next"]
    if following["score"] is None:
        return ""
    needed = f"{words.word('score_needed')} {following['score_needed']:g}"
    ours = following.get("score_ours")  # statements made before say nothing of it
    mark = f" † {words.word('score_ours')}" if ours else ""
    return f"{words.word('score')} {following['score']:g}, {needed}{mark}"


def _missing(framework: Item, words: Words) -> Iterator[Part]:
    rows = [
        [
            Cell(words.text(one["name"]), small=f"{words.word('at_level')} {one['next']['level']}"),
            Cell(unmet["indicator"]),
            Cell(words.text(unmet["name"])),
            Cell(words.word(unmet["result"], "results"), words.word(unmet["reason"], "whys")),
        ]
        for one in framework["pillars"]
        for unmet in one["next"]["unmet"]
    ]
    if rows:
        yield Heading(words.word("missing"), 2)
        yield _table(words, [("pillar", 2.2), ("number", 0.9), ("indicator", 4.2), ("result", 2.4)], rows)


def _runs(levels: Sequence[Item], words: Words) -> str:
    """Results of neighbouring levels that are alike, told once: ``1–2 met, 3–4 unmet``."""
    told = []
    for result, run in groupby(levels, key=lambda one: one["result"]):
        ranks = [one["level"] for one in run]
        span = str(ranks[0]) if len(ranks) == 1 else f"{ranks[0]}–{ranks[-1]}"
        told.append(f"{span} {words.word(result, 'results')}")
    return words.together(told)


def _tone(levels: Sequence[Item]) -> Tone:
    found = {one["result"] for one in levels}
    if found == {"met"}:
        return Tone.GOOD
    return Tone.QUIET if found <= {"not_assessed", "not_applicable"} else Tone.PLAIN


def _evidence(pieces: Sequence[Item], numbered: Mapping[str, str], words: Words) -> Table:
    rows = [
        [
            Cell(numbered[one["id"]]),
            Cell(_kind(one, words), small=words.together([one["id"], ", ".join(one["indicators"])])),
            Cell(words.shared(one["trust"], "trusts"), small=_review(one, words)),
            Cell(_days(one, words)),
            Cell("\n".join(one["files"]) or words.word("no_file"), tone=Tone.HASH if one["files"] else Tone.QUIET),
        ]
        for one in pieces
    ]
    return _table(words, [("number", 0.6), ("evidence", 2.6), ("trust", 1.6), ("days", 2), ("files", 2.9)], rows)


def _kind(one: Item, words: Words) -> str:
    printed = one["certificate"] or {}
    named = [
        one["standard"] or "",
        printed.get("version") or "",
        printed.get("number") or "",
        printed.get("issuer") or "",
    ]
    return words.together([words.shared(one["kind"], "evidence_kinds"), *named])


def _review(one: Item, words: Words) -> str:
    said = " ".join([words.word(one["review"]), *([one["reviewed_at"][:10]] if one["reviewed_at"] else [])])
    return f"{said} · {words.word('source_erased')}" if one.get("source_erased") else said


def _days(one: Item, words: Words) -> str:
    seen = " – ".join(dict.fromkeys(day for day in (one["observed_from"], one["observed_to"]) if day))
    days = {"observed": seen, "issued_on": one["issued_on"], "valid_until": one["valid_until"]}
    days["received"] = one["received_at"][:10]
    return "\n".join(f"{words.word(name)} {day}" for name, day in days.items() if day)


def _obligations(content: Item, words: Words) -> Iterator[Part]:
    yield Heading(words.word("obligations"))
    if not content["obligations"]:
        yield Note(words.word("no_obligations"))
        return
    pillars = {
        (framework["framework"], one["pillar"]): words.text(one["name"])
        for framework in content["frameworks"]
        for one in framework["pillars"]
    }
    rows = [
        [
            Cell(one["issuer"] or words.word(one["asked_by"]), small=one["title"] or ""),
            Cell(pillars.get((one["framework"], one["pillar"]), one["pillar"])),
            Cell(str(one["level"])),
            Cell(_rank(one["achieved"])),
            words.toned(one["status"], "statuses"),
            Cell(one["due"], small=words.until(one["waived_until"])),
        ]
        for one in content["obligations"]
    ]
    columns = [("asked_by", 3), ("pillar", 2.4), ("owed", 0.8), ("held", 0.8), ("status", 1.6), ("due", 1.4)]
    yield _table(words, columns, rows)


def _rank(rank: int | None) -> str:
    return "–" if rank is None else str(rank)


def _table(words: Words, columns: Sequence[tuple[str, float]], rows: Sequence[Sequence[Cell]]) -> Table:
    return Table([Column(words.word(name), share) for name, share in columns], rows)
