"""The meaning of a pack whose shape is right: what refers to what, and what may not contradict what."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from supplychain.frameworks import carrying, method_checks, topics, units
from supplychain.frameworks.document import Document, PackError, pointer_to
from supplychain.frameworks.terms import Kind, Relation, Tag, Trust


@dataclass(frozen=True, slots=True)
class _Pack:
    document: Document
    data: dict[str, Any]

    @property
    def top(self) -> int:
        return len(self.data["levels"])

    def error(self, code: str, remedy: str, *steps: object) -> PackError:
        return self.document.error(pointer_to(*steps), code, remedy)


def problems(document: Document, data: dict[str, Any]) -> Iterator[PackError]:
    """Everything wrong with a shaped pack."""
    pack = _Pack(document, data)
    yield from method_checks.problems(pack)
    yield from carrying.problems(pack)
    yield from topics.problems(pack)
    for part in ("pillars", "sectors", "groups", "indicators", "crosswalk"):
        yield from _twice(pack, [one["id"] for one in data[part]], part)
    if not 0 <= data["optional_share"] <= 1:
        yield pack.error("share-out-of-range", "use a share from 0 to 1", "optional_share")
    for index, rule in enumerate(data["on_receipt"]):
        yield from _level(pack, rule["up_to"], "on_receipt", index, "up_to")
    for index, indicator in enumerate(data["indicators"]):
        yield from _indicator(pack, indicator, ("indicators", index))
    for index, standard in enumerate(data["crosswalk"]):
        yield from _standard(pack, standard, ("crosswalk", index))
    yield from _sources(pack)
    for pillar in data["pillars"]:
        if all(indicator["pillar"] != pillar["id"] for indicator in data["indicators"]):
            yield pack.error("pillar-empty", f"give the pillar {pillar['id']} an indicator", "pillars")


def _sources(pack: _Pack) -> Iterator[PackError]:
    known = pack.data["sources"]
    for source, dates in known.items():
        if dates["in_force_from"] and dates["in_force_to"] and dates["in_force_from"] > dates["in_force_to"]:
            yield pack.error("dates-reversed", "end after the beginning", "sources", source, "in_force_to")
        if dates["replaced_by"] is not None and (dates["replaced_by"] == source or dates["replaced_by"] not in known):
            yield pack.error("unknown-source", "name another one of the sources", "sources", source, "replaced_by")


def _twice(pack: _Pack, ids: Iterable[str], *steps: object) -> Iterator[PackError]:
    seen: Counter[str] = Counter()
    for index, one in enumerate(ids):
        seen[one] += 1
        if seen[one] > 1:
            yield pack.error("duplicate-id", f"{one} is taken: choose another id", *steps, index, "id")


def _level(pack: _Pack, level: int, *steps: object) -> Iterator[PackError]:
    if not 1 <= level <= pack.top:
        yield pack.error("unknown-level", f"use a level from 1 to {pack.top}", *steps)


def _level_key(pack: _Pack, key: str, *steps: object) -> Iterator[PackError]:
    if key not in {str(rank) for rank in range(1, pack.top + 1)}:
        yield pack.error("unknown-level", f"use a level from 1 to {pack.top}", *steps, key)


def _indicator(pack: _Pack, indicator: dict[str, Any], at: tuple[object, ...]) -> Iterator[PackError]:
    if all(pillar["id"] != indicator["pillar"] for pillar in pack.data["pillars"]):
        yield pack.error("unknown-pillar", "use the id of one of the pack's pillars", *at, "pillar")
    yield from _unit(pack, indicator, at)
    yield from _choices(pack, indicator, at)
    yield from _targets(pack, indicator, at)
    yield from _parameter(pack, indicator, at)
    yield from _period(pack, indicator, at)
    yield from _mandatory(pack, indicator, at)
    yield from _trust(pack, indicator, at)
    yield from _also(pack, indicator, at)
    for index, reference in enumerate(indicator["references"]):
        yield from _reference(pack, reference, (*at, "references", index))


def _unit(pack: _Pack, indicator: dict[str, Any], at: tuple[object, ...]) -> Iterator[PackError]:
    quantity = indicator["kind"] == Kind.QUANTITY
    for key in ("unit", "unit_label", "better"):
        if quantity and indicator[key] is None:
            yield pack.error("missing", f"a quantity needs {key}", *at, key)
        if not quantity and indicator[key] is not None:
            yield pack.error("not-for-kind", f"only a quantity has {key}", *at, key)
    if quantity and indicator["unit"] is not None and not units.known(indicator["unit"]):
        yield pack.error("unknown-unit", "use a UNECE Rec 20 code, or a quotient of two: KWH/MTK", *at, "unit")


def _choices(pack: _Pack, indicator: dict[str, Any], at: tuple[object, ...]) -> Iterator[PackError]:
    choice = indicator["kind"] == Kind.CHOICE
    if choice and len(indicator["choices"]) < 2:  # noqa: PLR2004 - one answer is no choice
        yield pack.error("missing", "a choice needs at least two answers, from worst to best", *at, "choices")
    if not choice and indicator["choices"]:
        yield pack.error("not-for-kind", "only a choice has choices", *at, "choices")
    yield from _twice(pack, [one["id"] for one in indicator["choices"]], *at, "choices")


def _targets(pack: _Pack, indicator: dict[str, Any], at: tuple[object, ...]) -> Iterator[PackError]:
    ranked: list[tuple[int, str, tuple[Decimal, Decimal]]] = []
    for key, target in indicator["targets"].items():
        yield from (wrong := list(_level_key(pack, key, *at, "targets")))
        where = (*at, "targets", key, "value")
        rank = _rank(pack, indicator, target["value"])
        if rank is None:
            yield pack.error("bad-target", _WANTED[indicator["kind"]], *where)
        elif not wrong:
            ranked.append((int(key), key, (rank, _direction(indicator) * (target["per_parameter"] or Decimal(0)))))
    for (_, below, lower), (_, key, upper) in pairwise(sorted(ranked)):
        # each on its own: what is stricter for few layers must not be laxer for many
        if upper[0] < lower[0] or upper[1] < lower[1]:
            yield pack.error("target-eases", "ask at least as much as one level below", *at, "targets", key)
        if dropped := set(indicator["targets"][below]["also"]) - set(indicator["targets"][key]["also"]):
            remedy = f"ask {', '.join(sorted(dropped))} as the level below does"
            yield pack.error("target-eases", remedy, *at, "targets", key, "also")


_WANTED = {
    Kind.BOOLEAN: "the target of a yes-or-no question is true",
    Kind.QUANTITY: "the target of a quantity is a number in the indicator's unit",
    Kind.CHOICE: "the target of a choice is the id of one of its choices",
    Kind.CERTIFICATE: "the target of a certificate is a list of standards of the crosswalk: name or name:version",
}


def _rank(pack: _Pack, indicator: dict[str, Any], value: Any) -> Decimal | None:
    """How much a target asks, or None if it is not one; certificates cannot be ranked, so all ask the same."""
    kind = indicator["kind"]
    if kind == Kind.QUANTITY and value is None:
        return Decimal("-Infinity")
    if kind == Kind.QUANTITY and isinstance(value, int | Decimal) and not isinstance(value, bool):
        return Decimal(value) * _direction(indicator)
    if kind == Kind.BOOLEAN and value is True:
        return Decimal(1)
    if kind == Kind.CHOICE:
        ids = [one["id"] for one in indicator["choices"]]
        return Decimal(ids.index(value)) if value in ids else None
    if kind == Kind.CERTIFICATE and isinstance(value, list) and value:
        return Decimal(1) if all(_is_standard(pack, one) for one in value) else None
    return None


def _direction(indicator: dict[str, Any]) -> int:
    return -1 if indicator["better"] == "lower" else 1


def _parameter(pack: _Pack, indicator: dict[str, Any], at: tuple[object, ...]) -> Iterator[PackError]:
    parameter = indicator["parameter"]
    follow = [key for key, target in indicator["targets"].items() if target["per_parameter"] is not None]
    for key, target in indicator["targets"].items():
        if target["value"] is None and (target["per_parameter"] is not None or not target["also"]):
            remedy = "a target without a number asks a further question, and nothing else"
            yield pack.error("bad-target", remedy, *at, "targets", key)
    if parameter is None:
        for key in follow:
            yield pack.error("missing", "name the parameter it follows", *at, "targets", key, "per_parameter")
        return
    if indicator["kind"] != Kind.QUANTITY:
        yield pack.error("not-for-kind", "only a quantity has a parameter", *at, "parameter")
    if not parameter["id"].startswith(indicator["id"] + "."):
        yield pack.error("bad-id", f"begin with {indicator['id']}.", *at, "parameter", "id")
    if not units.known(parameter["unit"]):
        yield pack.error("unknown-unit", "use a UNECE Rec 20 code, C62 for a count", *at, "parameter", "unit")
    if not follow:
        yield pack.error("unused", "let a target follow it, or leave it out", *at, "parameter")


def _period(pack: _Pack, indicator: dict[str, Any], at: tuple[object, ...]) -> Iterator[PackError]:
    period = indicator["period"]
    if period is None:
        return
    if indicator["kind"] != Kind.QUANTITY:
        yield pack.error("not-for-kind", "only a quantity is measured over a period", *at, "period")
    if period["ours"] == (period["tag"] is not None):
        remedy = "say where the months are from: tag how well they are known, or ours: true"
        yield pack.error("mark-missing", remedy, *at, "period")


def _is_standard(pack: _Pack, name: Any) -> bool:
    if not isinstance(name, str):
        return False
    standard, _, version = name.partition(":")
    return any(one["id"] == standard and (not version or version in one["versions"]) for one in pack.data["crosswalk"])


def _mandatory(pack: _Pack, indicator: dict[str, Any], at: tuple[object, ...]) -> Iterator[PackError]:
    level = indicator["mandatory_from"]
    if level is None:
        return
    yield from _level(pack, level, *at, "mandatory_from")
    if 1 <= level <= pack.top and str(level) not in indicator["targets"]:
        yield pack.error("mandatory-without-target", f"give level {level} a target", *at, "mandatory_from")


def _trust(pack: _Pack, indicator: dict[str, Any], at: tuple[object, ...]) -> Iterator[PackError]:
    wrong = [error for key in indicator["min_trust"] for error in _level_key(pack, key, *at, "min_trust")]
    yield from wrong
    if "1" not in indicator["min_trust"]:
        yield pack.error("missing", "say the least trust from level 1 on", *at, "min_trust")
    if wrong:
        return
    steps = sorted((int(key), key, Trust.of(word)) for key, word in indicator["min_trust"].items())
    for (_, _, lower), (_, key, upper) in pairwise(steps):
        if upper < lower:
            yield pack.error("trust-falls", "ask at least the trust of the level below", *at, "min_trust", key)


def _also(pack: _Pack, indicator: dict[str, Any], at: tuple[object, ...]) -> Iterator[PackError]:
    ids = [one["id"] for one in indicator["also"]]
    yield from _twice(pack, ids, *at, "also")
    for index, one in enumerate(ids):
        if not one.startswith(indicator["id"] + "."):
            yield pack.error("bad-id", f"begin with {indicator['id']}.", *at, "also", index, "id")
        if all(one not in target["also"] for target in indicator["targets"].values()):
            yield pack.error("unused", "let a target ask it, or leave it out", *at, "also", index)
    for key, target in indicator["targets"].items():
        for index, one in enumerate(target["also"]):
            if one not in ids:
                yield pack.error("unknown-question", "use an id under also", *at, "targets", key, "also", index)


def _reference(pack: _Pack, reference: dict[str, Any], at: tuple[object, ...]) -> Iterator[PackError]:
    if reference["source"] not in pack.data["sources"]:
        yield pack.error("unknown-source", "list it under sources", *at, "source")
    if reference["tag"] == Tag.REMEMBERED and reference["clause"] is not None:
        remedy = "leave the clause out: what is only remembered carries law and topic"
        yield pack.error("clause-only-remembered", remedy, *at, "clause")
    if reference["tag"] == Tag.READ and reference["clause"] is None:
        yield pack.error("clause-missing", "a text that was read has a clause; else tag it K or K?", *at, "clause")


def _standard(pack: _Pack, standard: dict[str, Any], at: tuple[object, ...]) -> Iterator[PackError]:
    ids = {indicator["id"] for indicator in pack.data["indicators"]}
    yield from _twice(pack, standard["versions"], *at, "versions")
    for version in standard["until"]:
        if version not in standard["versions"]:
            yield pack.error("unknown-version", "use one of the standard's versions", *at, "until", version)
    for index, one in enumerate(standard["satisfies"]):
        where = (*at, "satisfies", index)
        if one["indicator"] not in ids:
            yield pack.error("unknown-indicator", "use the id of one of the pack's indicators", *where, "indicator")
        if one["ours"] and one["relation"] != Relation.PARTIAL:
            yield pack.error("ours-in-full", "a mapping that no text was compared for is partial", *where, "relation")
        if one["up_to"] is not None:
            yield from _level(pack, one["up_to"], *where, "up_to")
        if one["version"] is not None and one["version"] not in standard["versions"]:
            yield pack.error("unknown-version", "use one of the standard's versions", *where, "version")
