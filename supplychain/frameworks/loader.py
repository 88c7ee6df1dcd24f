"""Packs of YAML to frameworks; all that is wrong with them at once, with file and line."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any

from supplychain.frameworks.applicability import Rule
from supplychain.frameworks.checks import problems
from supplychain.frameworks.compiling import rules_of
from supplychain.frameworks.crosswalk import Carries, Satisfies, Standard
from supplychain.frameworks.document import Document, PackError, PackErrors, pointer_to, read
from supplychain.frameworks.framework import (
    Also,
    Choice,
    Framework,
    Indicator,
    Level,
    OnReceipt,
    Pillar,
    Reference,
    Sector,
    StandardRef,
    Target,
)
from supplychain.frameworks.period import Period
from supplychain.frameworks.shape import shaped
from supplychain.frameworks.terms import (
    Better,
    EvidenceKind,
    Kind,
    Method,
    Region,
    Relation,
    Scope,
    SourceKind,
    Tag,
    Text,
    Trust,
)
from supplychain.frameworks.topics import measure_of, topics_of
from supplychain.frameworks.weighing import Group, Parameter, Share


class Registry:
    """The framework versions that are known, by key."""

    def __init__(self, frameworks: Iterable[Framework]) -> None:
        self._frameworks = {framework.key: framework for framework in frameworks}

    def __iter__(self) -> Iterator[Framework]:
        return iter(self._frameworks.values())

    def get(self, key: str) -> Framework | None:
        """The framework version `id@version`."""
        return self._frameworks.get(key)

    def indicator(self, indicator_id: str) -> tuple[Indicator, ...]:
        """An indicator as each framework version has it; ids are shared only by versions of one framework."""
        found = (framework.indicator(indicator_id) for framework in self)
        return tuple(indicator for indicator in found if indicator is not None)

    def standard(self, standard_id: str) -> tuple[Standard, ...]:
        """A standard as each framework version recognises it."""
        found = (framework.standard(standard_id) for framework in self)
        return tuple(standard for standard in found if standard is not None)


@cache
def shipped_packs() -> tuple[Path, ...]:
    """The packs that come with the system."""
    folder = Path(str(files("supplychain.frameworks") / "packs"))
    return tuple(sorted(folder.glob("*.yaml")))


def load_packs(paths: Iterable[Path]) -> Registry:
    """The registry of these packs; PackErrors says everything that is wrong with any of them."""
    loaded: list[tuple[Document, Framework]] = []
    errors: list[PackError] = []
    for path in paths:
        try:
            document = read(str(path), _text(path))
            loaded.append((document, _framework(document)))
        except PackErrors as refused:
            errors.extend(refused.errors)
    errors.extend(_clashes(loaded))
    if errors:
        raise PackErrors(errors)
    return Registry(framework for _, framework in loaded)


def load_text(file: str, text: str) -> Framework:
    """The framework of one pack's text; `file` is the name that errors show."""
    return _framework(read(file, text))


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise PackErrors([PackError(str(path), 1, "", "not-utf-8", "save the file as UTF-8")]) from error


def _clashes(loaded: list[tuple[Document, Framework]]) -> Iterator[PackError]:
    keys: set[str] = set()
    owners: dict[str, str] = {}
    for document, framework in loaded:
        if framework.key in keys:
            yield document.error("/version", "duplicate-version", f"{framework.key} is taken: choose another version")
        keys.add(framework.key)
        for index, indicator in enumerate(framework.indicators):
            owner = owners.setdefault(indicator.id, framework.id)
            if owner != framework.id:
                # evidence names indicators without their framework
                remedy = f"{indicator.id} belongs to {owner}: choose another id"
                yield document.error(pointer_to("indicators", index, "id"), "duplicate-id", remedy)


def _framework(document: Document) -> Framework:
    pack = shaped(document)
    rules, refused = rules_of(document, pack)
    errors = [*problems(document, pack), *refused]
    if errors:
        raise PackErrors(errors)
    return Framework(
        id=pack["id"],
        version=pack["version"],
        method=Method(pack["method"]),
        names=Text(**pack["names"]),
        levels=tuple(
            Level(rank, Text(**level["label"]), level["ours"], level["score"], level["score_ours"])
            for rank, level in enumerate(pack["levels"], start=1)
        ),
        pillars=tuple(Pillar(one["id"], Text(**one["names"])) for one in pack["pillars"]),
        indicators=tuple(_indicator(one, rule, pack) for one, rule in zip(pack["indicators"], rules, strict=True)),
        optional_share=pack["optional_share"],
        crosswalk=tuple(_standard(one) for one in pack["crosswalk"]),
        sectors=tuple(Sector(one["id"], Text(**one["names"])) for one in pack["sectors"]),
        on_receipt=tuple(
            OnReceipt(EvidenceKind(one["kind"]), Trust.of(one["trust"]), one["up_to"]) for one in pack["on_receipt"]
        ),
        notes=tuple(Text(**note) for note in pack["notes"]),
        groups=tuple(_group(one) for one in pack["groups"]),
    )


def _indicator(data: dict[str, Any], rule: Rule | None, pack: dict[str, Any]) -> Indicator:
    return Indicator(
        id=data["id"],
        pillar=data["pillar"],
        kind=Kind(data["kind"]),
        scope=Scope(data["scope"]),
        names=Text(**data["names"]),
        question=Text(**data["question"]),
        help=Text(**data["help"]),
        targets=_targets(data),
        mandatory_from=data["mandatory_from"],
        evidence=frozenset(map(EvidenceKind, data["evidence"])),
        min_trust=_trust_by_rank(data["min_trust"], len(pack["levels"])),
        validity_months=data["validity_months"],
        unit=data["unit"],
        unit_label=_text_or_none(data["unit_label"]),
        better=Better(data["better"]) if data["better"] else None,
        choices=tuple(Choice(one["id"], Text(**one["names"])) for one in data["choices"]),
        also=tuple(Also(one["id"], Text(**one["question"])) for one in data["also"]),
        zero_tolerance=data["zero_tolerance"],
        applies=rule,
        references=tuple(_reference(one, pack) for one in data["references"]),
        parameter=_parameter(data["parameter"]),
        period=_period(data["period"]),
        group=data["group"],
        weight=data["weight"],
        shared=data["shared"],
        limiting=data["limiting"],
        ours=data["ours"],
        topics=topics_of(pack, data["id"]),
        measure=measure_of(pack, data["id"]),
    )


def _group(data: dict[str, Any]) -> Group:
    return Group(
        id=data["id"],
        names=Text(**data["names"]),
        weight=data["weight"],
        shares=tuple(Share(share, weight) for share, weight in data["shares"].items()),
        quantitative=data["quantitative"],
        ours=data["ours"],
    )


def _parameter(data: dict[str, Any] | None) -> Parameter | None:
    return Parameter(data["id"], Text(**data["question"]), data["unit"]) if data else None


def _period(data: dict[str, Any] | None) -> Period | None:
    return Period(data["months"], data["ours"], Tag(data["tag"]) if data["tag"] else None) if data else None


def _targets(data: dict[str, Any]) -> tuple[Target, ...]:
    targets = (
        Target(
            level=int(key),
            value=_target_value(one["value"]),
            also=tuple(one["also"]),
            ours=one["ours"],
            per_parameter=one["per_parameter"],
            tag=Tag(one["tag"]) if one["tag"] else None,
        )
        for key, one in data["targets"].items()
    )
    return tuple(sorted(targets, key=lambda target: target.level))


def _target_value(value: Any) -> bool | Decimal | str | tuple[StandardRef, ...] | None:
    if isinstance(value, list):
        return tuple(StandardRef(name.partition(":")[0], name.partition(":")[2] or None) for name in value)
    if value is None or isinstance(value, bool | str):
        return value
    return Decimal(value)


def _trust_by_rank(steps: dict[str, str], top: int) -> tuple[Trust, ...]:
    ranks: list[Trust] = []
    for rank in range(1, top + 1):
        word = steps.get(str(rank))
        ranks.append(Trust.of(word) if word else ranks[-1])
    return tuple(ranks)


def _reference(data: dict[str, Any], pack: dict[str, Any]) -> Reference:
    source = pack["sources"][data["source"]]
    tag = Tag(data["tag"])
    return Reference(
        title=Text(**source["title"]),
        clause=data["clause"],
        in_force_from=source["in_force_from"],
        in_force_to=source["in_force_to"],
        tag=tag,
        note=_text_or_none(data["note"]),
        source=data["source"],
        region=Region(source["region"]) if source["region"] else None,
        replaced_by=source["replaced_by"],
        kind=SourceKind(source["kind"]) if source["kind"] else None,
        checked_on=pack["checked_on"] if tag is Tag.READ else None,
    )


def _standard(data: dict[str, Any]) -> Standard:
    return Standard(
        id=data["id"],
        names=Text(**data["names"]),
        versions=tuple(data["versions"]),
        authority=Text(**data["authority"]),
        trust=Trust.of(data["trust"]),
        satisfies=tuple(
            Satisfies(
                one["indicator"],
                Relation(one["relation"]),
                one["up_to"],
                one["version"],
                Tag(one["tag"]) if one["tag"] else None,
                one["ours"],
            )
            for one in data["satisfies"]
        ),
        note=_text_or_none(data["note"]),
        carries=tuple(
            Carries(one["standard"], Relation(one["relation"]), Tag(one["tag"]), one["as_version"], one["version"])
            for one in data["carries"]
        ),
        until=MappingProxyType(data["until"]),
    )


def _text_or_none(data: dict[str, str] | None) -> Text | None:
    return Text(**data) if data else None
