"""What was answered of a past day is answered again, byte for byte, whatever is recorded later.

Later changes are drawn at random: they may touch everything but whom the readers may see today.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from supplychain.audits.models import Finding
from supplychain.evidence.models import Evidence
from supplychain.requirements.models import Requirement
from tests.factories import Builder, building
from tests.ground import org
from tests.world import World

DAY = timedelta(days=1)
SUPPLIERS = ("mill", "spinner", "farm")
READERS = ("brand", "mill")
PATHS = (
    *("/v1/suppliers", "/v1/suppliers?format=xlsx"),
    *(f"/v1/suppliers/{org(name)}{way}" for name in SUPPLIERS for way in ("", "/status", "/explanation", "/forecast")),
    "/v1/requirements/req_brand/obligations",
    *("/v1/me/status", "/v1/me/obligations", "/v1/me/obligations/req_brand/explanation"),
    *("/v1/me/index?framework=first-steps@1", "/v1/me/gaps?framework=rspo-mill@1&other=eseec-electronics@1"),
    *("/v1/flags", "/v1/flags?format=csv", "/v1/network", "/v1/network?format=graphml"),
    *("/v1/me/forecast", "/v1/forecast", "/v1/forecast/breaks", "/v1/me/levels"),
)
Answers = Mapping[tuple[str, str], bytes]


def begin(world: World) -> None:
    """brand > mill > spinner > farm by name; rival buys from mill, and mill hides a supplier."""
    with building(world) as build:
        build.member("brand", "brand")
        build.member("mill", "supplier")
        build.member("operator", "operator")
        build.chain("brand > mill > spinner > farm")
        build.link("mill", "ghost", disclosure="none")
        build.link("rival", "mill")
        build.require("brand", (2, 1), grace=[1])
        build.require("rival", (1,), grace=[2])
        build.prove("mill", 1, valid_until=date(2027, 3, 1))


def proofs(build: Builder, name: str) -> list[Evidence]:
    of_it = select(Evidence).where(Evidence.organization == build.number(name)).order_by(Evidence.number)
    return list(build.work.session.scalars(of_it))


def sends(build: Builder, name: str) -> None:
    build.evidence(name, _word(build), state="submitted", **_claim(build))


def proves(build: Builder, name: str) -> None:
    build.evidence(name, _word(build), **_claim(build), valid_until=build.work.today + 60 * DAY)


def _word(build: Builder) -> str:
    return str(build.work.session.scalar(select(func.count(Evidence.number))))


def _claim(build: Builder) -> dict[str, Any]:
    certificate = {"number": "0815", "issuer": "Example Certification", "version": "IP"}
    return {"standard": "rspo", "certificate": certificate, "observed_to": build.work.today}


def reviews(build: Builder, name: str) -> None:
    """As the verb does it: what waits is accepted with another trust, or rejected."""
    for at, one in enumerate(proofs(build, name)):
        if one.state == "submitted":
            one.state, one.reviewed_at = ("accepted", "rejected")[at % 2], build.work.now
            one.trust = "audited" if one.state == "accepted" else one.trust
            build.work.touch(one.organization)


def withdraws(build: Builder, name: str) -> None:
    for one in proofs(build, name)[:1]:
        if one.state in {"submitted", "accepted"}:
            one.state, one.closed_at = "withdrawn", build.work.now
            build.work.touch(one.organization)


def finds_fault(build: Builder, name: str) -> None:
    if build._found(Finding, f"fnd_{name}_rspo01") is None:
        build.find_fault(name, "reviewer", "RSPO01")


def verifies(build: Builder, name: str) -> None:
    finding = build._found(Finding, f"fnd_{name}_rspo01")
    if finding is not None and finding.verified_at is None:
        finding.state, finding.verified_at = "verified", build.work.now
        build.work.touch(finding.organization)


def renames(build: Builder, name: str) -> None:
    said = {"name": f"{name} {build.work.today}", "country": "VN", "size": "sme"}
    build.change(build.organization(name), said)


def buys_in_secret(build: Builder, name: str) -> None:
    build.link(name, "ghost", "9", disclosure="none", since=build.work.today)


def buys_more(build: Builder, name: str) -> None:
    """Another category from whom the reader knows already, from today on."""
    build.link("brand", name, "85", since=build.work.today - 20 * DAY, until=date(2029, 1, 1))


def is_asked_by_another(build: Builder, name: str) -> None:
    build.link("second", name)
    if build._found(Requirement, "req_second") is None:
        build.require("second", (1, 1))


def gets_a_plant(build: Builder, name: str) -> None:
    plant = f"{name}_plant"
    if build._found(type(build.organization(name)), org(plant)) is None:
        build.organization(plant, kind="plant")
        build.own(name, plant)


STEPS: tuple[Callable[[Builder, str], None], ...] = (
    *(sends, proves, reviews, withdraws, finds_fault, verifies, renames),
    *(buys_in_secret, buys_more, is_asked_by_another, gets_a_plant),
)


def is_amended(world: World) -> None:
    brand = world.members["brand"]
    held = [one for one in brand.get("/v1/requirements").json["items"] if one["effective_to"] is None]
    if not held:
        return
    demand = held[-1]
    values = {"schedule": [max(1, 3 - demand["schedule"][0]), 1], "effective_from": str(_today(world) + DAY)}
    brand.post(f"/v1/requirements/{demand['id']}/amend", values)


def is_ended(world: World) -> None:
    for one in world.members["brand"].get("/v1/requirements").json["items"]:
        world.members["brand"].post(f"/v1/requirements/{one['id']}/end", {})


def is_merged(world: World) -> None:
    """Another entry of mill's, with evidence of its own, becomes mill. (A split would take mill's sight of it away.)"""
    operator = world.members["operator"]
    if operator.get("/v1/merges").json["items"]:
        return
    with building(world) as build:
        build.organization("mill_too", claim="unclaimed")
        proves(build, "mill_too")
    said = {"source": org("mill_too"), "target": org("mill"), "scope": "directory"}
    assert operator.post("/v1/merges", said).status_code == 201


OF_ALL: tuple[Callable[[World], None], ...] = (is_amended, is_ended, is_merged)


def _today(world: World) -> date:
    found: date = world.do(lambda work: work.today)
    return found


def moments(today: date) -> list[str]:
    """Days until yesterday, by what was known until yesterday: nothing that is recorded from now on belongs to them."""
    known = today - DAY
    days = (known, known - 10 * DAY, known + 40 * DAY)
    return [f"on={known}", *(f"on={day}&known={known}" for day in days)]


def ask(world: World, query: str) -> Answers:
    found = {}
    for reader in READERS:
        for path in PATHS:
            answer = world.members[reader].get(f"{path}{'&' if '?' in path else '?'}{query}")
            said = answer.get_data() if answer.status_code == 200 else answer.json["code"].encode()
            found[reader, path] = said
    return found


step = st.tuples(st.sampled_from(STEPS), st.sampled_from(SUPPLIERS))
anything = st.one_of(step, step, step, st.sampled_from(OF_ALL), st.integers(1, 40))


# Not made smaller: a story takes seconds to tell.
@settings(
    max_examples=5,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(anything, min_size=6, max_size=14))
def test_the_answer_of_a_past_day_never_changes(world_on: Callable[[str], World], story: list[Any]) -> None:
    world = world_on("")
    begin(world)
    heard: dict[str, Answers] = {}
    for part in [*story, 2]:
        if isinstance(part, int):
            world.clock.advance(part)
            for query in moments(_today(world)):
                heard[query] = ask(world, query)
        elif isinstance(part, tuple):
            with building(world) as build:
                part[0](build, part[1])
        else:
            part(world)
    world.clock.advance(1)
    for query, answers in heard.items():
        again = ask(world, query)
        differing = [key for key, said in answers.items() if again[key] != said]
        shown = [str(one[key][:3000]) for key in differing[:1] for one in (answers, again)]
        assert not differing, "\n".join([query, str(differing), *shown])
