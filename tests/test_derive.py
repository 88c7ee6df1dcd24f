"""Derive: what follows from facts, incrementally and from nothing."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test
from sqlalchemy import select

from graph.facts import Requirement as RequirementFact
from graph.facts import Waiver as WaiverFact
from supplychain import lease
from supplychain.audit import AuditEntry
from supplychain.audits.models import Decision, Finding
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
from tests.factories import MILLS, building
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
    world.do(lambda work: work.change(demanded(issuer, number, pillar, schedule, work.today)))


def demanded(issuer: int, number: int, pillar: str, schedule: Sequence[int], day: date) -> RequirementFact:
    """A demand that is published, and effective, on a day."""
    return RequirementFact(
        number=number,
        issuer=issuer,
        framework=BASE,
        pillars=(pillar,),
        schedule=tuple(schedule),
        effective_from=day,
        published_on=day,
        id=f"req_{number}",
    )


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


FACTS = ("uses_toxic_substances", "exceeds_discharge_limits", "exceeds_energy_quota")
ANSWERED = ("O09", "C01", "E01")
WHO, PARENTS, DEMANDERS, WHICH = st.integers(0, 5), st.integers(0, 4), st.integers(0, 2), st.integers(0, 9)
SOON = st.integers(1, 130)


class Story(RuleBasedStateMachine):
    """A world to which facts and days happen in any order; now and then it is held against one derived from nothing."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        kinds = ["company", "company", "company", "company", "plant", "plant"]
        self.numbers = [world.join(f"O{n}", "brand", kind=kind, country="CN").number for n, kind in enumerate(kinds)]
        self.links: list[int] = []
        self.demands: list[RequirementFact] = []
        self.waivers: list[WaiverFact] = []

    @property
    def today(self) -> date:
        """The day of the story."""
        return self.world.clock.now.date()

    def changes(self, fact: Any) -> None:
        """A fact of the network happens."""
        self.world.do(lambda work: work.change(fact))

    @rule(buyer=WHO, supplier=WHO, state=st.sampled_from(["confirmed", "claimed"]))
    def links_up(self, buyer: int, supplier: int, state: str = "confirmed") -> None:
        pair = (self.numbers[buyer], self.numbers[supplier])
        known = self.world.do(
            lambda work: work.session.scalar(
                select(SupplyLink.number).where(SupplyLink.buyer == pair[0], SupplyLink.supplier == pair[1])
            )
        )
        if buyer != supplier and known is None:
            self.links.append(link(self.world, *pair, state))

    @precondition(lambda self: self.links)
    @rule(which=WHICH, state=st.sampled_from(["ended", "confirmed"]))
    def turns(self, which: int, state: str) -> None:
        turn(self.world, self.links[which % len(self.links)], state)

    @rule(issuer=DEMANDERS, pillar=st.sampled_from(["ohs", "csr"]), level=st.integers(1, 3), wait=st.integers(0, 30))
    def demands_more(self, issuer: int, pillar: str, level: int, wait: int = 0) -> None:
        number, begin = len(self.demands) + 1, self.today + timedelta(days=wait)
        demand = demanded(self.numbers[issuer], number, pillar, [level, 1], self.today)
        self.demands.append(replace(demand, effective_from=begin))
        self.changes(self.demands[-1])

    @precondition(lambda self: self.demands)
    @rule(which=WHICH, days=st.integers(0, 30))
    def demands_no_more(self, which: int, days: int) -> None:
        demand = self.demands[which % len(self.demands)]
        self.changes(replace(demand, effective_to=self.today + timedelta(days=days)))

    @precondition(lambda self: self.demands)
    @rule(which=WHICH, who=WHO, level=st.none() | st.integers(0, 2), days=SOON)
    def waives(self, which: int, who: int, level: int | None, days: int) -> None:
        number, demand = len(self.waivers) + 1, self.demands[which % len(self.demands)]
        until = self.today + timedelta(days=days)
        due = until if level is None else None
        told = WaiverFact(number, demand.number, self.numbers[who], self.today, until, due, level, id=f"wvr_{number}")
        self.waivers.append(told)
        self.changes(told)

    @precondition(lambda self: self.waivers)
    @rule(which=WHICH)
    def waives_no_more(self, which: int) -> None:
        self.changes(replace(self.waivers[which % len(self.waivers)], revoked_on=self.today))

    @rule(
        who=WHO,
        indicator=st.sampled_from(ANSWERED),
        months=st.integers(0, 3),
        state=st.sampled_from(["accepted", "accepted", "submitted"]),
    )
    def answers(self, who: int, indicator: str, months: int, state: str = "accepted") -> None:
        day = self.today - timedelta(days=30 * months)
        answer(self.world, self.numbers[who], indicator, indicator != "C01" or 0, observed_to=day, state=state)

    @rule(who=WHO, version=st.sampled_from(["IP", "MB"]), days=SOON)
    def certifies(self, who: int, version: str, days: int) -> None:
        """A certificate whose end comes within the window sooner or later."""
        proof = {"kind": "certificate", "standard": "rspo", "certificate": {"version": version}}
        until = self.today + timedelta(days=days)
        answer(self.world, self.numbers[who], "", None, **proof, framework=None, values=[], valid_until=until)

    @rule(which=WHICH, state=st.sampled_from(["accepted", "rejected", "withdrawn"]))
    def decides(self, which: int, state: str) -> None:
        """What was sent is reviewed, or taken back."""

        def body(work: Work) -> None:
            rows = work.session.scalars(select(Evidence).order_by(Evidence.number)).all()
            if rows:
                row = rows[which % len(rows)]
                row.state = state
                work.touch(row.organization)

        self.world.do(body)

    @rule(who=WHO, indicator=st.sampled_from(ANSWERED), severity=st.sampled_from(["major", "critical"]))
    def finds_fault(self, who: int, indicator: str, severity: str) -> None:
        number = self.numbers[who]
        ends = {"organization": number, "holder": number, "reviewer": self.numbers[0]}
        about = {"framework": "eseec-electronics", "indicator": indicator, "severity": severity, "state": "open"}

        def body(work: Work) -> None:
            work.session.add(Finding(**ends, **about, observed_on=work.today, opened_at=work.now))
            work.session.flush()
            work.touch(number)

        self.world.do(body)

    @rule(which=WHICH, state=st.sampled_from(["rectified", "verified"]))
    def mends(self, which: int, state: str) -> None:
        def body(work: Work) -> None:
            rows = work.session.scalars(select(Finding).order_by(Finding.number)).all()
            if rows:
                row = rows[which % len(rows)]
                row.state, row.verified_at = state, work.now if state == "verified" else None
                work.touch(row.organization)

        self.world.do(body)

    @rule(who=WHO, indicator=st.sampled_from(ANSWERED), days=SOON)
    def is_let_off(self, who: int, indicator: str, days: int) -> None:
        """A reviewer decides that an indicator does not apply for some days."""
        number = self.numbers[who]

        def body(work: Work) -> None:
            until = work.today + timedelta(days=days)
            said = {"reason": "No such work", "decided_on": work.today, "expires_on": until, "decided_at": work.now}
            ends = {"organization": number, "holder": number, "reviewer": self.numbers[0]}
            work.session.add(Decision(framework="eseec-electronics", indicator=indicator, **ends, **said))
            work.session.flush()
            work.touch(number)

        self.world.do(body)

    @rule(who=WHO, fact=st.sampled_from(FACTS), value=st.booleans())
    def declares(self, who: int, fact: str, value: bool) -> None:
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

    @rule(who=WHO, days=st.integers(0, 1840))
    def is_audited(self, who: int, days: int) -> None:
        """A cleaner production audit some days ago; five years after it the next one is due."""
        answer(self.world, self.numbers[who], "E14", "full", observed_to=self.today - timedelta(days=days))

    @rule(parent=PARENTS, child=WHO, days=st.none() | SOON, wait=st.none() | SOON)
    def owns(self, parent: int, child: int, days: int | None = None, wait: int | None = None) -> None:
        if parent < child:

            def body(work: Work) -> None:
                begin = None if wait is None else work.today + timedelta(days=wait)
                row = OwnershipRow(
                    valid_from=begin,
                    valid_to=None if days is None else (begin or work.today) + timedelta(days=days),
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

    @rule(which=WHICH)
    def owns_no_more(self, which: int) -> None:
        def body(work: Work) -> None:
            rows = work.session.scalars(select(OwnershipRow).order_by(OwnershipRow.number)).all()
            if rows:
                row = rows[which % len(rows)]
                row.confirmed_by_parent = not row.confirmed_by_parent
                work.session.flush()
                work.change(facts.of_ownership(row))

        self.world.do(body)

    @rule(days=st.integers(1, 20))
    def passes(self, days: int) -> None:
        # Missed days are advanced one by one; a few at a time keeps the story short.
        self.world.clock.advance(days)

    @rule(who=WHO)
    def consents(self, who: int) -> None:
        def body(work: Work) -> None:
            row = work.session.get_one(Organization, self.numbers[who])
            row.listed = not row.listed
            work.session.flush()
            work.touch(row.number)

        self.world.do(body)

    @rule(who=WHO, sector=st.sampled_from(["PCB", "MET"]))
    def states(self, who: int, sector: str) -> None:
        def body(work: Work) -> None:
            row = work.session.get_one(Organization, self.numbers[who])
            row.sector = sector
            work.session.flush()
            work.change(facts.of_organization(row))

        self.world.do(body)

    @rule(who=WHO, kind=st.sampled_from(["company", "plant"]), active=st.booleans())
    def turns_into(self, who: int, kind: str, active: bool) -> None:
        def body(work: Work) -> None:
            row = work.session.get_one(Organization, self.numbers[who])
            row.kind, row.active = kind, active
            work.session.flush()
            work.change(facts.of_organization(row))

        self.world.do(body)

    @rule(who=WHO)
    def is_confirmed(self, who: int) -> None:
        def body(work: Work) -> None:
            row = work.session.get_one(Organization, self.numbers[who])
            if row.sector is not None:
                proofs.confirm(work, row, {"sector": row.sector}, "Permit")

        self.world.do(body)

    @rule()
    def is_told_to_another_process(self) -> None:
        """One that knows the logs alone."""
        self.world.runtime.components[Engine] = Engine()

    @rule()
    def is_as_derived_from_nothing(self) -> None:
        incremental = derived(self.world)
        rebuild(self.world.runtime)
        assert derived(self.world) == incremental

    def teardown(self) -> None:
        self.is_as_derived_from_nothing()
        self.is_told_to_another_process()
        self.is_as_derived_from_nothing()


def test_a_flag_opens_and_shuts_with_the_days_that_pass_as_if_derived_from_nothing(world: World) -> None:
    tale = Story(world)
    tale.certifies(0, "MB", 100)
    tale.declares(1, "uses_toxic_substances", True)
    tale.is_audited(1, 1820)
    tale.owns(2, 5, 30)
    tale.certifies(5, "IP", 400)
    for _ in range(6):
        tale.passes(20)
        incremental = derived(world)
        rebuild(world.runtime)
        assert derived(world) == incremental
    rows = world.do(lambda work: work.session.scalars(select(Flag).order_by(Flag.number)).all())
    told = [(tale.numbers.index(one.organization), one.kind, (one.opened_on - START).days) for one in rows]
    assert (0, "evidence_expiring", 11) in told
    assert (2, "evidence_expiring", 0) in told
    assert [days for who, kind, days in told if (who, kind) == (1, "audit_due")] == [0, 7]


def test_who_stand_alike_are_kept_once(world: World) -> None:
    with building(world) as build:
        for name in ("one", "other", "better"):
            build.organization(name, country="MY", claim="verified")
            build.prove(name, 2 if name == "better" else 1)

    def kept(work: Work) -> tuple[Any, ...]:
        state = engine.state(work)
        found = {one.id: one.number for one in engine.network(work).organizations()}
        return tuple(state.standing(found[f"org_{name}"], MILLS, "sourcing") for name in ("one", "other", "better"))

    one, other, better = world.do(kept)
    assert one is other
    assert (one["level"], better["level"]) == (1, 2)


def test_evidence_counts_for_a_plant_of_which_this_process_has_not_heard_yet(world: World) -> None:
    tale = Story(world)
    world.do(lambda work: engine.network(work).revision)  # this process has looked, and looks no more
    tale.owns(0, 5)
    tale.answers(0, "O09", 3)
    incremental = derived(world)
    assert {organization for organization, *_ in incremental["conformity"]} == {tale.numbers[0], tale.numbers[5]}
    rebuild(world.runtime)
    assert derived(world) == incremental


def test_who_shares_a_plant_is_derived_when_another_of_its_owners_is_bought(world: World) -> None:
    """What the new owner's evidence says of the plant counts for everybody that owns it, as long as it is bought."""
    tale = Story(world)
    tale.owns(2, 5)
    tale.owns(3, 5)
    tale.answers(2, "O09", 0)
    tale.owns(1, 3, 20)
    through = {organization: good for organization, _, _, good in derived(world)["conformity"]}
    assert through[tale.numbers[2]] == tale.today + timedelta(days=20)
    tale.is_as_derived_from_nothing()


@pytest.mark.slow
def test_what_is_derived_step_by_step_is_what_is_derived_from_nothing(sqlite_url: str, world_on: Any) -> None:
    """By night 2,000 stories of 50 facts and days (docs/flags.md); by day as many as there is time for."""

    class Told(Story):
        def __init__(self) -> None:
            super().__init__(world_on(sqlite_url))

    suppressed = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
    long = settings(deadline=None, suppress_health_check=suppressed)
    short = settings(long, max_examples=25, stateful_step_count=20)
    by_night = settings.get_current_profile_name() == "nightly"
    run_state_machine_as_test(Told, settings=long if by_night else short)
