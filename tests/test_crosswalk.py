"""Certificates that prove one another: as strong as the weakest hop, by a path that is told; never in a circle."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from supplychain.conformity.models import Conformity
from supplychain.conformity.rules import Outcome
from supplychain.frameworks.crosswalk import Carries, Satisfies, Standard
from supplychain.frameworks.document import PackErrors
from supplychain.frameworks.framework import Framework
from supplychain.frameworks.loader import load_packs, load_text, shipped_packs
from supplychain.frameworks.terms import Kind, Relation, Tag, Trust
from supplychain.work import Work
from tests.conformity_cases import WORDS, assessed, certificate, framework, indicator, outcome
from tests.test_framework_errors import PACK
from tests.test_methods import send
from tests.world import START, Member, World

FULL = "eseec-electronics@2"
AUDITED, CERTIFIED = Trust.AUDITED, Trust.CERTIFIED


def standard(name: str, *, trust: Trust = AUDITED, **given: Any) -> Standard:
    return Standard(name, WORDS, given.pop("versions", ()), WORDS, trust, **given)


def hop(name: str, relation: Relation = Relation.FULL, **given: Any) -> Carries:
    return Carries(name, relation, Tag.KNOWN, **given)


def chain(*hops: Relation, trust: Trust = AUDITED) -> Framework:
    """Standards s0 > s1 > …; the last proves Q in full, and C is met by it by name. trust: of the one in between."""
    names = [f"s{place}" for place in range(len(hops) + 1)]
    middle = [
        standard(name, carries=(hop(further, relation),), trust=trust if place else AUDITED)
        for place, (name, further, relation) in enumerate(zip(names, names[1:], hops, strict=False))
    ]
    last = standard(names[-1], satisfies=(Satisfies("Q", Relation.FULL),))
    named = indicator("C", Kind.CERTIFICATE, {1: [names[-1]]})
    return framework(indicator("Q"), named, crosswalk=(*middle, last))


def found(pack: Framework, name: str = "Q", **cert: Any) -> Outcome:
    return outcome(assessed(pack, certificate(1, "s0", **cert)), name)


def test_a_certificate_proves_over_several_standards_and_tells_the_way() -> None:
    result = assessed(chain(Relation.FULL, Relation.FULL, Relation.FULL), certificate(1, "s0"))
    assert outcome(result, "Q") is Outcome.MET
    assert [source.path for source in result.results["Q"].sources] == [("s0", "s1", "s2", "s3")]
    assert [source.path for source in result.results["C"].sources] == [("s0", "s1", "s2", "s3")]


@pytest.mark.parametrize("weak", [0, 1, 2])
def test_one_partial_hop_makes_all_of_it_partial(weak: int) -> None:
    hops = [Relation.PARTIAL if place == weak else Relation.FULL for place in range(3)]
    assert found(chain(*hops)) is Outcome.PARTLY_MET
    assert found(chain(*hops), "C") is Outcome.PARTLY_MET
    assert assessed(chain(*hops), certificate(1, "s0")).pillars["ohs"].level == 0


def test_it_counts_with_the_least_trust_on_the_way() -> None:
    pack = chain(Relation.FULL, Relation.FULL, trust=CERTIFIED)
    audited = replace(indicator("Q"), min_trust=(AUDITED,) * 3)
    assert found(pack) is Outcome.MET
    assert found(replace(pack, indicators=(audited, pack.indicators[1]))) is Outcome.NOT_ASSESSED


def test_only_the_editions_that_a_hop_names_go_on() -> None:
    carrying = standard("s0", versions=("1", "2"), carries=(hop("s1", version="2", as_version="b"),))
    carried = standard("s1", versions=("a", "b"), satisfies=(Satisfies("Q", Relation.FULL, version="b"),))
    pack = framework(indicator("Q"), crosswalk=(carrying, carried))
    assert found(pack, version="2") is Outcome.MET
    assert found(pack, version="1") is Outcome.NOT_ASSESSED
    other = replace(carrying, carries=(hop("s1", version="2", as_version="a"),))
    assert found(replace(pack, crosswalk=(other, carried)), version="2") is Outcome.NOT_ASSESSED


def test_two_ways_are_both_shown_and_the_full_one_decides() -> None:
    start = standard("s0", carries=(hop("s1"), hop("s2", Relation.PARTIAL)))
    ends = [standard(name, satisfies=(Satisfies("Q", Relation.FULL),)) for name in ("s1", "s2")]
    result = assessed(framework(indicator("Q"), crosswalk=(start, *ends)), certificate(1, "s0"))
    assert outcome(result, "Q") is Outcome.MET
    assert {(source.path, source.relation) for source in result.results["Q"].sources} == {
        (("s0", "s1"), Relation.FULL),
        (("s0", "s2"), Relation.PARTIAL),
    }


CARRIED = (
    PACK
    + """\
    carries:
      - {standard: gb, relation: full, tag: K}
  - id: gb
    names: {en: GB, zh: 国标}
    authority: {en: Anybody, zh: 任何}
    trust: certified
    carries:
      - {standard: eu, relation: partial, tag: K}
  - id: eu
    names: {en: EU, zh: 欧盟}
    authority: {en: Anybody, zh: 任何}
    trust: certified
"""
)


@pytest.mark.parametrize(
    ("addition", "error"),
    [
        (
            "    carries:\n      - {standard: gb, relation: full, tag: K}\n",
            "73: /crosswalk/2/carries/0/standard: crosswalk-cycle",
        ),
        (
            "    carries:\n      - {standard: eu, relation: full, tag: K}\n",
            "73: /crosswalk/2/carries/0/standard: crosswalk-cycle",
        ),
        (
            '    carries:\n      - {standard: iso, as_version: "2018", relation: full, tag: K}\n',
            "73: /crosswalk/2/carries/0/standard: crosswalk-cycle",
        ),
        (
            "    carries:\n      - {standard: us, relation: full, tag: K}\n",
            "73: /crosswalk/2/carries/0/standard: unknown-standard",
        ),
        (
            "    carries:\n      - {standard: iso, relation: full, tag: K}\n",
            "73: /crosswalk/2/carries/0/as_version: unknown-version",
        ),
        ("    carries:\n      - {standard: gb, relation: full}\n", "73: /crosswalk/2/carries/0/tag: missing"),
    ],
)
def test_circles_and_hops_to_nowhere_are_refused_with_file_and_line(addition: str, error: str) -> None:
    assert load_text("tiny.yaml", CARRIED).key == "tiny@1"
    with pytest.raises(PackErrors) as caught:
        load_text("tiny.yaml", CARRIED + addition)
    assert error in [f"{one.line}: {one.pointer}: {one.code}" for one in caught.value.errors]


# -- the shipped pack


def pack() -> Framework:
    known = load_packs(shipped_packs()).get(FULL)
    assert known is not None
    return known


def test_a_chinese_or_european_certificate_stands_for_the_iso_one() -> None:
    for name, version, row in (("gbt-24001", "2016", "E13"), ("emas", None, "E13"), ("gbt-45001", "2020", "O25")):
        result = assessed(pack(), certificate(1, name, version=version, framework=None))
        assert outcome(result, row, 3) is Outcome.MET
    assert outcome(assessed(pack(), certificate(1, "emas", framework=None)), "E13", 4) is Outcome.MET
    assert outcome(assessed(pack(), certificate(1, "gbt-24001", version="2016")), "E13", 4) is Outcome.NOT_ASSESSED


# -- what a certificate covers, over the API


@pytest.fixture
def supplier(world: World) -> Member:
    return world.join("Plant", "supplier")


def level_of(body: dict[str, Any], pillar: str, level: int) -> dict[str, Any]:
    (found,) = [one for one in body["pillars"] if one["pillar"] == pillar]
    told: dict[str, Any] = found["levels"][level - 1]
    return told


def test_what_a_certificate_covers_of_a_level_is_told_with_what_is_missing(supplier: Member) -> None:
    body = supplier.get(f"/v1/frameworks/{FULL}/coverage?standard=sa8000&version=2014").json
    csr = level_of(body, "csr", 2)
    assert csr["covered"] == ["C01", "C02", "C04", "C06", "C07", "C10", "C11", "C14", "C15", "C17"]
    asked = [
        one for one in pack().indicators if one.pillar == "csr" and one.target(2) and (one.mandatory_from or 9) <= 2
    ]
    assert csr["mandatory"] == len(asked)
    assert csr["percent"] == 100 * 10 // len(asked)
    assert sorted(csr["covered"] + csr["partly"] + csr["missing"]) == sorted(one.id for one in asked)
    assert "C05" in csr["partly"]
    assert body["trust"] == "audited"
    carried = supplier.get(f"/v1/frameworks/{FULL}/coverage?standard=gbt-24001&version=2016").json
    assert carried["paths"] == [["gbt-24001", "iso-14001"]]
    assert level_of(carried, "eco_efficiency", 3)["covered"] == ["E13"]


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ("standard=iso-26000", "?standard", "standard-not-certifiable"),
        ("standard=iso-9001", "?standard", "unknown-standard"),
        ("standard=sa8000", "?version", "unknown-edition"),
        ("standard=sa8000&version=1997", "?version", "unknown-edition"),
        ("", "?standard", "required"),
    ],
)
def test_what_is_not_recognised_covers_nothing_and_says_what_is(
    supplier: Member, query: str, pointer: str, code: str
) -> None:
    answer = supplier.get(f"/v1/frameworks/{FULL}/coverage?{query}")
    assert answer.status_code == 422
    assert [(one["pointer"], one["code"]) for one in answer.json["errors"]] == [(pointer, code)]
    assert supplier.get("/v1/frameworks/none@1/coverage?standard=sa8000").status_code == 404


def test_an_own_certificate_is_told_by_its_days_and_nobody_else_s_is_found(world: World, supplier: Member) -> None:
    said = {
        "kind": "certificate",
        "standard": "sa8000",
        "certificate": {"number": "SA-1", "version": "2014", "issuer": "A body"},
        "issued_on": (START - timedelta(days=100)).isoformat(),
        "valid_until": (START + timedelta(days=500)).isoformat(),
    }
    sent = supplier.post("/v1/evidence", said)
    assert sent.status_code == 201, sent.json
    path = f"/v1/me/evidence/{sent.json['id']}/coverage?framework={FULL}"
    (body,) = supplier.get(path).json["items"]
    every = supplier.get(path.partition("?")[0]).json["items"]
    assert [one["framework"] for one in every] == ["eseec-electronics@1", FULL]
    assert every[1] == body
    assert (body["standard"], body["version"], body["through"]) == ("sa8000", "2014", said["valid_until"])
    assert "C01" in level_of(body, "csr", 3)["covered"]
    other = world.join("Other", "supplier")
    assert other.get(path).status_code == 404
    assert supplier.get(f"/v1/me/evidence/evd_none/coverage?framework={FULL}").status_code == 404


# -- what an audit looks at without having been compared, and editions that end


def test_an_audit_nobody_compared_proves_in_part_only_and_the_answer_says_so(supplier: Member) -> None:
    body = supplier.get(f"/v1/frameworks/{FULL}/coverage?standard=smeta").json
    ohs = level_of(body, "ohs", 2)
    assert (ohs["percent"], ohs["covered"]) == (0, [])
    assert ohs["percent_partly"] == 100 * len(ohs["partly"]) // ohs["mandatory"]
    assert {"O04", "O07", "O19"} <= set(ohs["partly"]) <= set(body["ours"])
    assert ohs["missing"]
    for language, partly in (("en", f"and {len(ohs['partly'])} in part"), ("zh", f"部分证明 {len(ohs['partly'])} 项")):
        assert partly in ohs["text"][language]
        assert ", ".join(ohs["missing"]) in ohs["text"][language]
    assert level_of(body, "csr", 3)["covered"] == ["C23"]


def test_a_four_pillar_smeta_is_a_smeta_and_looks_at_environment_besides(supplier: Member) -> None:
    plain, four = (
        supplier.get(f"/v1/frameworks/{FULL}/coverage?standard={one}").json for one in ("smeta", "smeta-4-pillar")
    )
    assert four["ways"] == [{"path": ["smeta-4-pillar", "smeta"], "mark": "known", "until": None}]
    assert level_of(four, "ohs", 2)["partly"] == level_of(plain, "ohs", 2)["partly"]
    assert level_of(plain, "eco_efficiency", 2)["partly"] == []
    assert level_of(four, "eco_efficiency", 2)["partly"] == ["E01", "E06", "E07"]
    assert level_of(four, "csr", 3)["covered"] == ["C23"]


def test_the_way_over_other_standards_is_stored_with_the_result_and_told_to_its_owner(
    world: World, supplier: Member
) -> None:
    send(world, supplier, [certificate(1, "gbt-45001", version="2020", framework=None)])

    def stored(work: Work) -> Any:
        row = work.session.get(Conformity, supplier.number)
        return row.assessments[FULL]["paths"] if row else None

    paths = world.do(stored)
    (number, *way), *others = paths["O25"]
    assert (way, others) == (["gbt-45001", "iso-45001"], [])
    assert paths["O01"] == [[number, *way]]
    (told,) = [one for one in supplier.get("/v1/me/status").json["frameworks"] if one["framework"] == FULL]
    (row,) = [one for one in told["indicators"] if one["indicator"] == "O25"]
    assert [source["path"] for source in row["sources"]] == [way]


def test_every_mapping_that_is_ours_is_partial_and_every_other_says_how_well_it_is_known() -> None:
    for one in pack().crosswalk:
        for row in one.satisfies:
            assert (row.tag is None) == row.ours
            assert not row.ours or row.relation is Relation.PARTIAL


@pytest.mark.parametrize(
    ("name", "version", "counts_after"),
    [("iso-14001", "2015", False), ("iso-14001", "2026", True), ("gbt-24001", "2016", False), ("emas", None, False)],
)
def test_a_replaced_edition_counts_until_the_transition_ends_whatever_the_certificate_says(
    name: str, version: str | None, *, counts_after: bool
) -> None:
    last = date(2029, 5, 31)
    fact = certificate(1, name, version=version, issued_on=date(2028, 1, 1), valid_until=date(2031, 1, 1))
    before = assessed(pack(), fact, day=last)
    after = assessed(pack(), fact, day=last + timedelta(days=1))
    assert outcome(before, "E13", 3) is Outcome.MET
    assert outcome(after, "E13", 3) is (Outcome.MET if counts_after else Outcome.EXPIRED)
    assert (before.good_through == last) is not counts_after
