"""The parts of a statement of a chain."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from supplychain.conformity.wording import SEVERITY
from supplychain.statements.paper.naming import Words
from supplychain.statements.paper.parts import Cell, Column, Heading, Note, Part, Table, Tone
from supplychain.statements.rules import NOTHING_OWED

Item = Mapping[str, Any]
_ORDER = (*SEVERITY, NOTHING_OWED)


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
        ("number", 0.6),
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
    told = ", ".join(map(str, one["schedule"]))
    return f"{told} {words.word('beyond_hold')}" if one["beyond"] == "hold" else told


def _protected(cell: Item, words: Words) -> Cell:
    if cell["counts"] is None:
        return Cell(words.word("protected_none"), small=cell["month"][:7], tone=Tone.QUIET)
    told = [f"{words.word(status, 'statuses')} {count}" for status, count in sorted(cell["counts"].items())]
    return Cell(words.together(told) or "0", small=f"{words.word('protected_says')} ({cell['month'][:7]})")


def _by_tier(counts: Item, words: Words) -> Table:
    """A row a status, a column a tier: there are fifteen tiers at most."""
    tiers = counts["by_tier"]
    found = {status for one in tiers for status in one["statuses"]}
    columns = [Column(words.word("status"), 3), *(Column(f"{words.word('tier')} {one['tier']}", 1) for one in tiers)]
    rows = [
        [words.toned(status, "statuses"), *_counted([one["statuses"].get(status, 0) for one in tiers])]
        for status in sorted(found, key=_ORDER.index)
    ]
    rows.append([Cell(words.word("suppliers")), *_counted([one["suppliers"] for one in tiers])])
    return Table([*columns, Column(words.word("all_tiers"), 1)], rows)


def _counted(counts: Sequence[int]) -> list[Cell]:
    return [Cell(str(one) if one else "–", tone=Tone.PLAIN if one else Tone.QUIET) for one in (*counts, sum(counts))]


def _by_requirement(content: Item, numbered: Mapping[str, str], words: Words) -> Table:
    names = _pillars(content, words)
    columns = [("requirement", 1.3), ("pillar", 2.4), ("suppliers", 1.1), ("status", 4.6)]
    rows = [
        [
            Cell(numbered[one["requirement"]]),
            Cell(names[one["requirement"], one["pillar"]]),
            Cell(str(one["suppliers"])),
            Cell(
                words.together(
                    f"{words.word(it, 'statuses')} {count}"
                    for it, count in sorted(one["statuses"].items(), key=lambda it: _ORDER.index(it[0]))
                )
            ),
        ]
        for one in content["counts"]["by_requirement"]
    ]
    return Table([Column(words.word(name), share) for name, share in columns], rows)


def _pillars(content: Item, words: Words) -> Mapping[tuple[str, str], str]:
    return {
        (one["requirement"], it["pillar"]): words.text(it["name"]) or it["pillar"]
        for one in content["requirements"]
        for it in one["pillars"]
    }


def _suppliers(content: Item, numbered: Mapping[str, str], words: Words) -> Table:
    columns = [("supplier", 4), ("tier", 0.7), ("requirement", 1.2), ("pillar", 2.2), ("owed", 0.8), ("held", 0.8)]
    columns += [("status", 1.6), ("due", 1.4)]
    names = _pillars(content, words)
    rows = [line for one in content["suppliers"] for line in _lines(one, numbered, names, words)]
    return Table([Column(words.word(name), share) for name, share in columns], rows)


def _lines(
    one: Item, numbered: Mapping[str, str], names: Mapping[tuple[str, str], str], words: Words
) -> Iterator[list[Cell]]:
    known = one if one["name"] else {"name": one["id"], "name_zh": None}
    below = [one["id"] if one["name"] else "", one["country"] or "", words.word(one["kind"], "kinds")]
    who, again = Cell(words.name(known), small=words.together(below)), Cell(one["id"], tone=Tone.QUIET)
    if not one["obligations"]:
        quiet = Cell("–", tone=Tone.QUIET)
        yield [who, Cell(str(one["tier"])), quiet, quiet, quiet, quiet, words.toned(NOTHING_OWED, "statuses"), quiet]
    for at, owed in enumerate(one["obligations"]):
        yield [
            who if at == 0 else again,
            Cell(str(owed["tier"])),
            Cell(numbered[owed["requirement"]]),
            Cell(names[owed["requirement"], owed["pillar"]]),
            Cell(str(owed["level"])),
            Cell("–" if owed["achieved"] is None else str(owed["achieved"])),
            words.toned(owed["status"], "statuses"),
            Cell(owed["due"] or "–", small=words.until(owed["waived_until"])),
        ]
