"""What a pack's method asks of it: grades and weights that add up, and nothing that the method does not know."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, Protocol

from supplychain.frameworks.document import PackError
from supplychain.frameworks.terms import Method


class Pack(Protocol):
    """A shaped pack that can say where something is wrong."""

    @property
    def data(self) -> dict[str, Any]: ...

    def error(self, code: str, remedy: str, *steps: object) -> PackError: ...


def problems(pack: Pack) -> Iterator[PackError]:
    """Everything that does not fit the method."""
    method = pack.data["method"]
    if method == Method.WEIGHTED:
        yield from _weights(pack)
    else:
        yield from _without_weights(pack)
    if method != Method.GATED:
        yield from _every_row_counts(pack)


def _without_weights(pack: Pack) -> Iterator[PackError]:
    remedy = "only a weighted framework has it"
    if pack.data["groups"]:
        yield pack.error("not-for-method", remedy, "groups")
    for index, level in enumerate(pack.data["levels"]):
        if level["score"] is not None or level["score_ours"]:
            yield pack.error("not-for-method", remedy, "levels", index, "score")
    for index, indicator in enumerate(pack.data["indicators"]):
        for key in ("group", "weight", "shared", "limiting"):
            if indicator[key]:
                yield pack.error("not-for-method", remedy, "indicators", index, key)


def _every_row_counts(pack: Pack) -> Iterator[PackError]:
    """Grades and indexes judge every indicator at every level, and know neither optional ones nor zero tolerance."""
    if pack.data["optional_share"]:
        yield pack.error("not-for-method", "only a gated framework has it", "optional_share")
    for index, indicator in enumerate(pack.data["indicators"]):
        at = ("indicators", index)
        for level in range(1, len(pack.data["levels"]) + 1):
            if str(level) not in indicator["targets"]:
                yield pack.error("target-missing", f"give level {level} a target", *at, "targets")
        if indicator["mandatory_from"] != 1:
            yield pack.error("not-for-method", "every indicator counts from level 1 on", *at, "mandatory_from")
        if indicator["zero_tolerance"]:
            yield pack.error("not-for-method", "only a gated framework has it", *at, "zero_tolerance")


def _weights(pack: Pack) -> Iterator[PackError]:
    if len(pack.data["pillars"]) != 1:
        yield pack.error("one-pillar", "an index has one pillar; its parts are groups", "pillars")
    for index, level in enumerate(pack.data["levels"]):
        if level["score"] is None or not 0 < level["score"] <= 100:  # noqa: PLR2004 - the whole score
            yield pack.error("score-missing", "say the score it needs, above 0 and up to 100", "levels", index, "score")
    groups = {group["id"]: group for group in pack.data["groups"]}
    if sum((group["weight"] for group in pack.data["groups"]), Decimal(0)) != 1:
        yield pack.error("weights-not-one", "let the weights of the groups add up to 1", "groups")
    for index, group in enumerate(pack.data["groups"]):
        yield from _group(pack, group, ("groups", index))
    for index, indicator in enumerate(pack.data["indicators"]):
        yield from _member(pack, indicator, groups, ("indicators", index))


def _group(pack: Pack, group: dict[str, Any], at: tuple[object, ...]) -> Iterator[PackError]:
    members = [one for one in pack.data["indicators"] if one["group"] == group["id"]]
    own = [one["weight"] for one in members if one["weight"] is not None]
    yield from _negative(pack, group["weight"], *at, "weight")
    for share, weight in group["shares"].items():
        yield from _negative(pack, weight, *at, "shares", share)
        if all(one["shared"] != share for one in members):
            yield pack.error("unused", "let an indicator take part in it, or leave it out", *at, "shares", share)
    if sum([*own, *group["shares"].values()], Decimal(0)) != 1:
        yield pack.error("weights-not-one", f"let the weights within {group['id']} add up to 1", *at)


def _member(
    pack: Pack, indicator: dict[str, Any], groups: dict[str, dict[str, Any]], at: tuple[object, ...]
) -> Iterator[PackError]:
    group = groups.get(indicator["group"])
    if group is None:
        yield pack.error("unknown-group", "use the id of one of the pack's groups", *at, "group")
        return
    if (indicator["weight"] is None) == (indicator["shared"] is None):
        yield pack.error("bad-weight", "give exactly one of weight and shared", *at)
    if indicator["shared"] is not None and indicator["shared"] not in group["shares"]:
        yield pack.error("unknown-share", "use one of its group's shares", *at, "shared")
    if indicator["weight"] is not None:
        yield from _negative(pack, indicator["weight"], *at, "weight")


def _negative(pack: Pack, weight: Decimal, *steps: object) -> Iterable[PackError]:
    return [] if weight > 0 else [pack.error("bad-weight", "use a weight above 0", *steps)]
