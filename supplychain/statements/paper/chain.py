"""The parts of a statement of a chain."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from supplychain.statements.paper.naming import Words
from supplychain.statements.paper.parts import Cell, Column, Heading, Note, Part, Table, Tone
from supplychain.statements.rules import NOTHING_OWED

Item = Mapping[str, Any]


def parts(content: Item, words: Words) -> Iterator[Part]:
    """What is asked, how many suppliers stand where, and unless counts were wanted alone, each of them."""
    numbered = {one["requirement"]: f"R{at}" for at, one in enumerate(content["requirements"], 1)}
    yield Heading(words.word("requirements"))
    if content["requirements"]:
        yield _requirements(content["requirements"], numbered, words)
    else:
        yield Note(words.word("no_requirements"))
    counts = content["counts"]
    yield Heading(words.word("by_tier"))
    yield _by_tier(counts, words)
    if counts["by_requirement"]:
        yield Heading(words.word("by_requirement"))
        yield _by_requirement(content, numbered, words)
    if "suppliers" in content:
        yield Heading(words.word("suppliers"))
        yield Note(words.word("suppliers_say"))
        yield _suppliers(content, numbered, words)


def _requirements(requirements: Sequence[Item], numbered: Mapping[str, str], words: Words) -> Table:
    columns = [
        ("id", 0.6),
        ("requirement", 3),
        ("pillar", 2),
        ("schedule", 1.4),
        ("effective", 1.2),
        ("protected", 2.2),
    ]
    rows = [
        [
            Cell(numbered[one["requirement"]]),
            Cell(one["title"], small=words.together([one["framework"], one["requirement"]])),
            Cell("\n".join(words.text(it["name"]) or it["pillar"] for it in one["pillars"])),
            Cell(_schedule(one, words)),
            Cell(" – ".join(day for day in (one["effective_from"], one["effective_to"]) if day)),
            _protected(one["protected"], words),
        ]
        for one in requirements
    ]
    return Table([Column(words.word(name), share) for name, share in columns], rows)


def _schedule(one: Item, words: Words) -> str:
    told = ", ".join(f"{tier}: {level}" for tier, level in enumerate(one["schedule"], 1))
    return f"{told} {words.word('beyond_hold')}" if one["beyond"] == "hold" else told


def _protected(cell: Item, words: Words) -> Cell:
    if cell["counts"] is None:
        return Cell(words.word("protected_none"), small=cell["month"][:7], tone=Tone.QUIET)
    told = [f"{words.word(status, 'statuses')} {count}" for status, count in sorted(cell["counts"].items())]
    return Cell(words.together(told) or "0", small=f"{words.word('protected_says')} ({cell['month'][:7]})")


def _by_tier(counts: Item, words: Words) -> Table:
    found = {status for one in counts["by_tier"] for status in one["statuses"]}
    statuses = sorted(found, key=lambda status: (status == NOTHING_OWED, status))
    columns = [Column(words.word("tier"), 1), Column(words.word("suppliers"), 1.2)]
    columns += [Column(words.word(status, "statuses"), 1.2) for status in statuses]
    rows = [
        [Cell(str(one["tier"])), Cell(str(one["suppliers"])), *_counted(one["statuses"], statuses)]
        for one in counts["by_tier"]
    ]
    total = {status: sum(one["statuses"].get(status, 0) for one in counts["by_tier"]) for status in statuses}
    rows.append([Cell(words.word("all_tiers")), Cell(str(counts["suppliers"])), *_counted(total, statuses)])
    return Table(columns, rows)


def _by_requirement(content: Item, numbered: Mapping[str, str], words: Words) -> Table:
    counted = content["counts"]["by_requirement"]
    statuses = sorted({status for one in counted for status in one["statuses"]})
    names = _pillars(content, words)
    columns = [
        Column(words.word("requirement"), 1),
        Column(words.word("pillar"), 2.4),
        Column(words.word("suppliers"), 1.2),
    ]
    columns += [Column(words.word(status, "statuses"), 1.2) for status in statuses]
    rows = [
        [
            Cell(numbered[one["requirement"]]),
            Cell(names[one["requirement"], one["pillar"]]),
            Cell(str(one["suppliers"])),
            *_counted(one["statuses"], statuses),
        ]
        for one in counted
    ]
    return Table(columns, rows)


def _counted(counted: Mapping[str, int], statuses: Sequence[str]) -> list[Cell]:
    return [
        Cell(str(counted.get(status, 0)), tone=Tone.PLAIN if counted.get(status) else Tone.QUIET) for status in statuses
    ]


def _pillars(content: Item, words: Words) -> Mapping[tuple[str, str], str]:
    return {
        (one["requirement"], it["pillar"]): words.text(it["name"]) or it["pillar"]
        for one in content["requirements"]
        for it in one["pillars"]
    }


def _suppliers(content: Item, numbered: Mapping[str, str], words: Words) -> Table:
    columns = [("supplier", 4), ("tier", 0.7), ("requirement", 1.1), ("pillar", 2.2), ("owed", 0.8), ("held", 0.8)]
    columns += [("status", 1.6), ("due", 1.4)]
    names = _pillars(content, words)
    rows = [line for one in content["suppliers"] for line in _lines(one, numbered, names, words)]
    return Table([Column(words.word(name), share) for name, share in columns], rows)


def _lines(
    one: Item, numbered: Mapping[str, str], names: Mapping[tuple[str, str], str], words: Words
) -> Iterator[list[Cell]]:
    nobody = {"name": one["id"], "name_zh": None}
    below = [one["id"] if one["name"] else "", one["country"] or "", words.word(one["kind"], "kinds")]
    who = Cell(words.name(one if one["name"] else nobody), small=words.together(below))
    if not one["obligations"]:
        quiet = Cell("–", tone=Tone.QUIET)
        yield [who, Cell(str(one["tier"])), quiet, quiet, quiet, quiet, words.toned(NOTHING_OWED, "statuses"), quiet]
    for at, owed in enumerate(one["obligations"]):
        yield [
            who if at == 0 else Cell(who.text, tone=Tone.QUIET),  # a page may begin here
            Cell(str(owed["tier"])),
            Cell(numbered[owed["requirement"]]),
            Cell(names[owed["requirement"], owed["pillar"]]),
            Cell(str(owed["level"])),
            Cell("–" if owed["achieved"] is None else str(owed["achieved"])),
            words.toned(owed["status"], "statuses"),
            Cell(
                owed["due"] or "–",
                small=f"{words.word('waived_until')} {owed['waived_until']}" if owed["waived_until"] else "",
            ),
        ]
