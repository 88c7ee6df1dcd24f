"""Derive: what follows from facts, incrementally and from nothing."""

import os
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from graph.network import Requirement as RequirementFact
from supplychain import lease
from supplychain.audit import AuditEntry
from supplychain.conformity.derive import handle, rebuild
from supplychain.conformity.models import Conformity, Flag
from supplychain.evidence.models import Evidence
from supplychain.facts import queries as facts_queries
from supplychain.facts.models import OrganizationFact
from supplychain.jobs import Job
from supplychain.network import engine, facts, proofs
from supplychain.network.engine import Engine
from supplychain.network.models import Organization, OwnershipRow, SupplyLink
from supplychain.outbox import OutboxEvent
from supplychain.work import Work
from tests.world import START, World

BASE = "eseec-electronics@1"


def link(world: World, buyer: int, supplier: int, state: str = "confirmed") -> int:
    def body(work: Work) -> int:
        row = SupplyLink(buyer=buyer, supplier=supplier, periods=[[None, None, state]], created_at=work.now)
        work.session.add(row)
        work.session.flush()
        work.change(facts.of_link(row))
        return row.number

    number: int = world.do(body)
    return number


def turn(world: World, number: int, state: str) -> None:
    def body(work: Work) -> None:
        row = work.session.get_one(SupplyLink, number)
        row.periods = [[None, None, state]]
        work.session.flush()
        work.change(facts.of_link(row))

    world.do(body)


def require(world: World, issuer: int, number: int, pillar: str, schedule: Sequence[int]) -> None:
    def body(work: Work) -> None:
        work.change(
            RequirementFact(
                number=number,
                issuer=issuer,
                framework=BASE,
                pillars=(pillar,),
                schedule=tuple(schedule),
                effective_from=work.today,
                published_on=work.today,
                id=f"req_{number}",
            )
        )

    world.do(body)


def answer(world: World, organization: int, indicator: str, value: Any, **more: Any) -> None:
    def body(work: Work) -> None:
        work.session.add(
            Evidence(
                organization=organization,
                holder=organization,
                kind=more.pop("kind", "answer"),
                framework=more.pop("framework", "eseec-electronics"),
                values=more.pop("values", [{"indicator": indicator, "value": value}]),
                trust=more.pop("trust", "audited"),
                state=more.pop("state", "accepted"),
                observed_to=more.pop("observed_to", work.today),
                received_at=work.now,
                reviewed_at=work.now,
                submitted_by=organization,
                **more,
            )
        )
        work.session.flush()
        work.touch(organization)

    world.do(body)


def derived(world: World) -> dict[str, Any]:
    """Everything that is derived, in a form to compare."""

    def body(work: Work) -> dict[str, Any]:
        rows = work.session.scalars(select(Conformity).order_by(Conformity.organization)).all()
        flags = work.session.scalars(select(Flag).where(Flag.closed_on.is_(None))).all()
        return {
            "conformity": [
                (row.organization, row.assessments, sorted(row.open_flags), row.good_through) for row in rows
            ],
            "flags": sorted((flag.organization, flag.kind) for flag in flags),
            "standings": {number: dict(found) for number, found in engine.state(work).standings.items()},
        }

    found: dict[str, Any] = world.do(body)
    return found


def flags_of(world: World, organization: int) -> list[str]:
    return [kind for number, kind in derived(world)["flags"] if number == organization]


def test_a_supplier_that_owes_and_was_never_assessed_is_flagged_for_training(world: World) -> None:
    brand, supplier = world.join("Brand", "brand"), world.join("Supplier", "supplier")
    link(world, brand.number, supplier.number)
    assert flags_of(world, supplier.number) == []
    require(world, brand.number, 1, "ohs", [1])
    assert flags_of(world, supplier.number) == ["training"]


def test_the_flag_closes_when_nobody_asks_any_more_and_reopens_as_a_new_row(world: World) -> None:
    brand, supplier = world.join("Brand", "brand"), world.join("Supplier", "supplier")
    number = link(world, brand.number, supplier.number)
    require(world, brand.number, 1, "ohs", [1])
    turn(world, number, "ended")
    assert flags_of(world, supplier.number) == []
    turn(world, number, "confirmed")
    rows = world.do(lambda work: [(one.opened_on, one.closed_on) for one in work.session.scalars(select(Flag))])
    assert [closed is None for _, closed in rows] == [False, True]


def test_one_change_is_told_once_in_audit_and_outbox(world: World) -> None:
    brand, supplier = world.join("Brand", "brand"), world.join("Supplier", "supplier")
    link(world, brand.number, supplier.number)
    require(world, brand.number, 1, "ohs", [1])

    def told(work: Work) -> tuple[int, int]:
        entries = work.session.scalars(select(AuditEntry).where(AuditEntry.action == "flag.opened")).all()
        events = work.session.scalars(select(OutboxEvent).where(OutboxEvent.type == "flag.opened")).all()
        return len(entries), len(events)

    assert world.do(told) == (1, 1)
    world.do(lambda work: work.touch(supplier.number))
    assert world.do(told) == (1, 1)


def test_what_lapses_overnight_lowers_the_level_on_the_day_and_says_so_with_its_date(world: World) -> None:
    brand, mill = world.join("Brand", "brand"), world.join("Mill", "supplier", kind="plant")
    link(world, brand.number, mill.number)
    until = world.clock.now.date() + timedelta(days=3)
    answer(
        world,
        mill.number,
        "RSPO01",
        None,
        kind="certificate",
        framework=None,
        values=[],
        standard="rspo",
        certificate={"version": "MB"},
        issued_on=world.clock.now.date(),
        valid_until=until,
    )
    before = derived(world)["conformity"]
    world.clock.advance(10)
    world.do(lambda work: None)

    def changes(work: Work) -> list[Any]:
        entries = work.session.scalars(select(AuditEntry).where(AuditEntry.action == "level.changed"))
        return [entry.data["after"] for entry in entries]

    assert world.do(changes) == [1, None]
    assert derived(world)["conformity"] != before


def test_more_than_the_limit_is_left_to_a_job_that_finishes_it(world: World) -> None:
    object.__setattr__(world.runtime.settings, "derive_limit", 3)
    brand = world.join("Brand", "brand")
    suppliers = [world.join(f"Supplier{n}", "supplier") for n in range(7)]
    for one in suppliers:
        link(world, brand.number, one.number)
    require(world, brand.number, 1, "ohs", [1])
    assert derived(world)["flags"] == []
    (job,) = world.do(lambda work: list(lease.claim(work.session, Job, "me", work.now)))
    handle(world.runtime, job, "me")
    assert len(derived(world)["flags"]) == 7
    assert world.do(lambda work: work.session.get_one(Job, job.number).state) == "done"


NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
RUNS, LONGEST = (2000, 50) if NIGHTLY else (25, 14)
FACTS = ("uses_toxic_substances", "exceeds_discharge_limits", "exceeds_energy_quota")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("link"), st.integers(0, 5), st.integers(0, 5)),
        st.tuples(st.just("claim"), st.integers(0, 5), st.integers(0, 5)),
        st.tuples(st.just("end"), st.integers(0, 9)),
        st.tuples(st.just("require"), st.integers(0, 2), st.sampled_from(["ohs", "csr"]), st.integers(1, 3)),
        st.tuples(st.just("answer"), st.integers(0, 5), st.sampled_from(["O09", "C01", "E01"]), st.integers(0, 3)),
        st.tuples(st.just("certify"), st.integers(0, 5), st.sampled_from(["IP", "MB"]), st.integers(1, 130)),
        st.tuples(st.just("declare"), st.integers(0, 5), st.sampled_from(FACTS), st.booleans()),
        st.tuples(st.just("audit"), st.integers(0, 5), st.integers(0, 1840)),
        st.tuples(st.just("own"), st.integers(0, 5), st.integers(0, 5), st.none() | st.integers(1, 130)),
        st.tuples(st.just("days"), st.integers(1, 400)),
        st.tuples(st.just("consent"), st.integers(0, 5)),
        st.tuples(st.just("state"), st.integers(0, 5), st.sampled_from(["PCB", "MET"])),
        st.tuples(st.just("confirm"), st.integers(0, 5)),
    ),
    min_size=3,
    max_size=LONGEST,
)


class Story:
    """A world that random steps happen to."""

    def __init__(self, world: World) -> None:
        self.world = world
        kinds = ["company", "company", "company", "company", "plant", "plant"]
        self.numbers = [world.join(f"O{n}", "brand", kind=kind, country="CN").number for n, kind in enumerate(kinds)]
        self.links: list[int] = []
        self.requirements = 0

    def step(self, step: tuple[Any, ...]) -> None:
        getattr(self, f"do_{step[0]}")(*step[1:])

    def do_link(self, buyer: int, supplier: int, state: str = "confirmed") -> None:
        pair = (self.numbers[buyer], self.numbers[supplier])
        known = self.world.do(
            lambda work: work.session.scalar(
                select(SupplyLink.number).where(SupplyLink.buyer == pair[0], SupplyLink.supplier == pair[1])
            )
        )
        if buyer != supplier and known is None:
            self.links.append(link(self.world, *pair, state))

    def do_claim(self, buyer: int, supplier: int) -> None:
        self.do_link(buyer, supplier, "claimed")

    def do_end(self, which: int) -> None:
        if self.links:
            turn(self.world, self.links[which % len(self.links)], "ended")

    def do_require(self, issuer: int, pillar: str, level: int) -> None:
        self.requirements += 1
        require(self.world, self.numbers[issuer], self.requirements, pillar, [level, 1])

    def do_answer(self, who: int, indicator: str, months: int) -> None:
        day = self.world.clock.now.date() - timedelta(days=30 * months)
        answer(self.world, self.numbers[who], indicator, 0 if indicator == "C01" else True, observed_to=day)

    def do_certify(self, who: int, version: str, days: int) -> None:
        """A certificate whose end comes within the window sooner or later."""
        today = self.world.clock.now.date()
        proof = {"kind": "certificate", "standard": "rspo", "certificate": {"version": version}}
        until = today + timedelta(days=days)
        answer(self.world, self.numbers[who], "", None, **proof, framework=None, values=[], valid_until=until)

    def do_declare(self, who: int, fact: str, value: bool) -> None:
        def body(work: Work) -> None:
            number = self.numbers[who]
            before = facts_queries.standing(work, number, fact, None)
            if before is not None:
                before.ended_at = work.now
            values = ["true" if value else "false"]
            row = OrganizationFact(organization=number, holder=number, fact=fact, values=values, stated_at=work.now)
            work.session.add(row)
            work.session.flush()
            work.touch(number)

        self.world.do(body)

    def do_audit(self, who: int, days: int) -> None:
        """A cleaner production audit some days ago; five years after it the next one is due."""
        day = self.world.clock.now.date() - timedelta(days=days)
        answer(self.world, self.numbers[who], "E14", "full", observed_to=day)

    def do_own(self, parent: int, child: int, days: int | None = None) -> None:
        if parent < child:

            def body(work: Work) -> None:
                row = OwnershipRow(
                    valid_to=None if days is None else work.today + timedelta(days=days),
                    child=self.numbers[child],
                    parent=self.numbers[parent],
                    confirmed_by_child=True,
                    confirmed_by_parent=True,
                    claimed_by=self.numbers[parent],
                    created_at=work.now,
                )
                work.session.add(row)
                work.session.flush()
                work.change(facts.of_ownership(row))

            self.world.do(body)

    def do_days(self, days: int) -> None:
        # Missed days are advanced one by one; a few at a time keeps the story short.
        self.world.clock.advance(min(days, 20))

    def do_consent(self, who: int) -> None:
        def body(work: Work) -> None:
            row = work.session.get_one(Organization, self.numbers[who])
            row.listed = not row.listed
            work.session.flush()
            work.touch(row.number)

        self.world.do(body)

    def do_state(self, who: int, sector: str) -> None:
        def body(work: Work) -> None:
            row = work.session.get_one(Organization, self.numbers[who])
            row.sector = sector
            work.session.flush()
            work.change(facts.of_organization(row))

        self.world.do(body)

    def do_confirm(self, who: int) -> None:
        def body(work: Work) -> None:
            row = work.session.get_one(Organization, self.numbers[who])
            if row.sector is not None:
                proofs.confirm(work, row, {"sector": row.sector}, "Permit")

        self.world.do(body)


def test_a_flag_opens_and_shuts_with_the_days_that_pass_as_if_derived_from_nothing(world: World) -> None:
    tale = Story(world)
    tale.do_certify(0, "MB", 100)
    tale.do_declare(1, "uses_toxic_substances", True)
    tale.do_audit(1, 1820)
    tale.do_own(2, 5, 30)
    tale.do_certify(5, "IP", 400)
    for _ in range(6):
        tale.do_days(20)
        incremental = derived(world)
        rebuild(world.runtime)
        assert derived(world) == incremental
    rows = world.do(lambda work: work.session.scalars(select(Flag).order_by(Flag.number)).all())
    told = [(tale.numbers.index(one.organization), one.kind, (one.opened_on - START).days) for one in rows]
    assert (0, "evidence_expiring", 11) in told
    assert (2, "evidence_expiring", 0) in told
    assert [days for who, kind, days in told if (who, kind) == (1, "audit_due")] == [0, 7]


def test_evidence_counts_for_a_plant_of_which_this_process_has_not_heard_yet(world: World) -> None:
    tale = Story(world)
    world.do(lambda work: engine.network(work).revision)  # this process has looked, and looks no more
    tale.do_own(0, 5)
    tale.do_answer(0, "O09", 3)
    incremental = derived(world)
    assert {organization for organization, *_ in incremental["conformity"]} == {tale.numbers[0], tale.numbers[5]}
    rebuild(world.runtime)
    assert derived(world) == incremental


@pytest.mark.slow
def test_what_is_derived_step_by_step_is_what_is_derived_from_nothing(sqlite_url: str, world_on: Any) -> None:
    @settings(
        max_examples=RUNS,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(STEPS)
    def story(steps: list[tuple[Any, ...]]) -> None:
        world = world_on(sqlite_url)
        tale = Story(world)
        for step in steps:
            tale.step(step)
        incremental = derived(world)
        rebuild(world.runtime)
        assert derived(world) == incremental
        world.runtime.components[Engine] = Engine()
        assert derived(world) == incremental
        world.runtime.database.dispose()

    story()
