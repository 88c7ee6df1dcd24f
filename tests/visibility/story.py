"""The world that every comparison starts from, and the ways in which another one may differ from it.

In the eyes of `brand`: mill and spinner by name; weaver, and what is below it, by pseudonym; shade and under not at
all; dyer by its own claim alone, agent by its private knowledge alone. `rival` buys from mill too. maker asks
solder for training and knows star, which is listed; twill is what weaver might just as well be.

    brand > mill > spinner ~ mine > pit         ~ claimed only
            mill ? weaver > farm, reel, spool   ? under a pseudonym
            mill | shade > under                | hidden
    brand ~ dyer > ginner, brand . agent > broker    . private
    rival > mill, rival > rivalmill, maker > solder, maker > star
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from supplychain.accounts.models import Invitation
from supplychain.actor import Actor
from supplychain.audit import AuditEntry
from supplychain.audits.models import Decision
from supplychain.db import table_of
from supplychain.facts.models import OrganizationFact
from supplychain.jobs import Job
from supplychain.network import calendar
from supplychain.network.duplicates.models import Duplicate
from supplychain.network.merge_models import Merge
from supplychain.network.models import ImportRun, Organization, SupplierRecord, SupplyLink
from supplychain.requirements.models import Requirement
from supplychain.trail.models import TreeHead
from supplychain.trail.operations import seal
from supplychain.work import Work
from tests.factories import ELECTRONICS, Builder
from tests.ground import org
from tests.visibility import lists
from tests.world import World

READERS: Mapping[str, tuple[str, ...]] = {
    "brand": ("brand",),
    "mill": ("supplier",),
    "spinner": ("supplier",),
    "farm": ("supplier",),
    "star": ("supplier",),
    "reviewer": ("reviewer",),
    "organiser": ("organiser",),
    "trainer": ("trainer",),
    "operator": ("operator",),
}
OTHERS = (
    *("weaver", "twill", "shade", "under", "dyer", "ginner", "agent", "broker", "mine", "pit"),
    *("rival", "rivalmill", "maker", "solder", "buyer", "office", "newcomer", "other_reviewer"),
    *("second", "third", "ghost", "deeper", "loom", "yarn", "holding", "reel", "spool"),
)
LONG_AGO = date(2026, 1, 1)


def nothing(build: "Teller") -> None:
    """Add nothing."""


Hook = Callable[["Teller"], object]


@dataclass(frozen=True)
class Twist:
    """How a world differs from the story.

    first: told before any other organization is known. early: told with the network, a day before anything is
    required. late: told at the end, a day later. links: values of links, by "buyer>supplier". stands_for: whose
    part in links and evidence another organization plays. refusals: what participants of the event state of others,
    by name. backwards: what no reader did itself is recorded first,
    and in reverse order. guests_backwards: the guests of the event are registered in reverse order.
    """

    first: Hook = nothing
    early: Hook = nothing
    late: Hook = nothing
    links: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    stands_for: Mapping[str, str] = field(default_factory=dict)
    refusals: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    backwards: bool = False
    guests_backwards: bool = False


class Teller(Builder):
    """A builder of the story, as twisted."""

    def __init__(self, world: World, work: Work, twist: Twist) -> None:
        super().__init__(world, work)
        self.twist = twist

    def number(self, name: str) -> int:
        return super().number(self.twist.stands_for.get(name, name))

    def link(self, buyer: str, supplier: str, category: str = "", **values: Any) -> SupplyLink:
        twisted = {"category": category, **values, **self.twist.links.get(f"{buyer}>{supplier}", {})}
        return super().link(buyer, supplier, twisted.pop("category"), **twisted)

    def did(self, name: str, verb: str, row: Any, owner: str = "", **data: Any) -> None:
        """Somebody did something: an entry in its log, or in that of another."""
        was, self.work.actor = self.work.actor, Actor(organization=self.number(name))
        self.work.record(verb, row.id, self.number(owner or name), **data)
        self.work.actor = was

    def invite(self, inviter: str, name: str) -> None:
        """An open invitation to an organization."""
        self._add(
            Invitation(
                id=f"inv_{inviter}_{name}",
                token_hash=f"{inviter}-{name}",
                organization=self.number(name),
                inviter=self.number(inviter),
                email=f"{name}@example.org",
                role="supplier",
                created_at=self.work.now,
                expires_at=self.work.now.replace(year=2030),
            )
        )


def tell(world: World, twist: Twist) -> None:
    """Build the story in a world: the network, a day later what is asked and proven, a day later the end."""
    with telling(world, twist) as build:
        for name, roles in READERS.items():
            build.member(name, *roles)
        twist.first(build)
        for name in reversed(OTHERS) if twist.backwards else OTHERS:
            build.organization(name, claim="unverified" if name == "newcomer" else "verified")
        for step in _ordered(NETWORK, backwards=twist.backwards):
            step(build)
        twist.early(build)
    world.clock.advance(1)
    with telling(world, twist) as build:
        for step in _ordered(DEMANDS, backwards=twist.backwards):
            step(build)
        for step in (_leave, _proofs, _people, _lists, _fair, _publication, _supposed, _stated):
            step(build)
    world.clock.advance(1)
    with telling(world, twist) as build:
        twist.late(build)
    _name_entries(world)
    seal(world.runtime)
    _name_checkpoints(world)


def _name_entries(world: World) -> None:
    """Entries have ids that their organization's log decides: what is equal in two worlds is called alike.

    As the schema's owner: nobody else may write an entry anew.
    """
    counted: Counter[str] = Counter()
    entries = table_of(AuditEntry)
    with world.runtime.database.owner() as connection:
        public = _public(connection)
        for number, organization in connection.execute(
            select(entries.c.number, entries.c.organization).order_by(entries.c.number)
        ).all():
            owner = public.get(organization or 0, "nobody")
            counted[owner] += 1
            name = f"aud_{owner}_{counted[owner]}"
            connection.execute(entries.update().where(entries.c.number == number).values(id=name))


def _name_checkpoints(world: World) -> None:
    heads = table_of(TreeHead)
    with world.runtime.database.owner() as connection:
        public = _public(connection)
        for number, organization, ordinal in connection.execute(
            select(heads.c.number, heads.c.organization, heads.c.ordinal)
        ).all():
            name = f"sth_{public.get(organization, 'nobody')}_{ordinal}"
            connection.execute(heads.update().where(heads.c.number == number).values(id=name))


def _public(connection: Connection) -> dict[int, str]:
    directory = table_of(Organization).c
    found = connection.execute(select(directory.number, directory.id)).all()
    return {row.number: row.id for row in found}


@contextmanager
def telling(world: World, twist: Twist) -> Iterator[Teller]:
    """One unit of work of the system."""
    calendar.advance_day(world.runtime)
    work = Work(world.runtime)
    try:
        yield Teller(world, work, twist)
        work.finish()
    finally:
        work.close()


Step = Callable[[Teller], Any]
NETWORK: tuple[tuple[str, Step], ...] = (
    ("brand", lambda build: build.link("brand", "mill", "5205", share=0.4, flow_down="yes")),
    ("mill", lambda build: build.link("mill", "spinner", "5201")),
    ("mill", lambda build: build.link("mill", "weaver", "5208", disclosure="pseudonym", since=LONG_AGO)),
    ("farm", lambda build: build.link("weaver", "farm", "5201")),
    ("mill", lambda build: build.link("mill", "shade", "5209", disclosure="none")),
    ("", lambda build: build.link("shade", "under", "5201")),
    ("", lambda build: build.link("weaver", "reel", "5204")),
    ("", lambda build: build.link("weaver", "spool", "5204")),
    ("spinner", lambda build: build.link("spinner", "mine", state="claimed")),
    ("", lambda build: build.link("mine", "pit")),
    ("brand", lambda build: build.link("brand", "dyer", state="claimed")),
    ("", lambda build: build.link("dyer", "ginner")),
    ("brand", lambda build: build.link("brand", "agent", private_to="brand")),
    ("", lambda build: build.link("agent", "broker")),
    ("mill", lambda build: build.link("rival", "mill", "5205")),
    ("", lambda build: build.link("rival", "rivalmill")),
    ("", lambda build: build.link("maker", "solder", "8534")),
    ("star", lambda build: build.link("maker", "star", "8534")),
    ("brand", lambda build: build.record("brand", "mill", country="CN")),
    ("", lambda build: build.record("rival", "mill", country="VN")),
    ("brand", lambda build: build.own("brand", "office")),
)
"""Steps, each with the reader that it is the doing of, if any."""
DEMANDS: tuple[tuple[str, Step], ...] = (
    ("brand", lambda build: build.require("brand", (2, 1), grace=[6, 12])),
    ("brand", lambda build: build.require("brand", (1,), "cotton", link_scope=["52"])),
    ("brand", lambda build: build.require("brand", (1,), "vietnam", supplier_scope={"countries": ["VN"]})),
    ("brand", lambda build: build.require("brand", (2,), "draft", published=False)),
    ("", lambda build: build.require("rival", (2, 1, 1), grace=[3], purpose="For the shops of Rival")),
    ("", lambda build: build.require("rival", (1,), "safety", framework=ELECTRONICS, pillar="ohs", beyond="stop")),
    ("", lambda build: build.require("rival", (1,), "rights", framework=ELECTRONICS, pillar="csr", beyond="stop")),
    ("", lambda build: build.require("maker", (1,), framework=ELECTRONICS, pillar="ohs", grace=[3])),
)


def _ordered(steps: Iterable[tuple[str, Step]], *, backwards: bool) -> list[Step]:
    told = list(steps)
    if not backwards:
        return [step for _, step in told]
    return [step for reader, step in reversed(told) if not reader] + [step for reader, step in told if reader]


FORESEEN = ("mill", "spinner", "dyer", "shade", "weaver", "rivalmill", "loom")
"""Of whom both say that they foresaw what they owe: whom they see, whom they see no more, and whom they never saw."""


def _supposed(build: Teller) -> None:
    """Two who kept what they supposed, as if they had once seen more than they do now."""
    for name in ("brand", "rival"):
        foreseen = [(f"req_{name}", "sourcing", org(one), 1, 2, 1) for one in FORESEEN]
        build.suppose(name, *foreseen, ("/changes/0", "sourcing", org("mill"), 1, 1, 0))


def _stated(build: Teller) -> None:
    """What some had put on paper."""
    for name in ("brand", "mill", "rival"):
        build.statement(name)


def _leave(build: Teller) -> None:
    """What brand gave mill by name and weaver by its pseudonym, and what mill was given by somebody else."""
    given = [("brand", build.waive("brand", "mill"))]
    given.append(("brand", build.waive("brand", "weaver", veiled=True, level=0, due=None)))
    asked = build.answer("mill", "req_brand", "question", text="By when?")
    build.reply(asked, text="By June")
    said = [
        ("mill", asked),
        ("weaver", build.answer("weaver", "req_brand", "dispute", veiled=True, reason="wrong_level")),
        ("spinner", build.answer("spinner", "req_brand", "decline", veiled=False, reason="other", text="No means")),
        ("shade", build.answer("shade", "req_brand", "dispute", veiled=None, reason="not_in_scope")),
        ("mill", build.answer("mill", "req_rival", "accept")),
    ]
    plan = build.plan("mill", 2)
    build.review_plan(plan, "rival", decision="return")
    build.plan("spinner", 1)
    build.plan("weaver", 1)
    build.plan("dyer", 2)
    given.append(("rival", build.waive("rival", "mill", level=1, until=date(2027, 3, 31), due=None)))
    for name, row in given:
        build.did(name, "waiver.granted", row, until=row.until)
    for name, one in said:
        build.did(name, "obligation.answered", one, kind=one.kind, reason=one.reason)
    build.did("brand", "answer.replied", asked, kind="explain")
    build.did("rival", "plan.returned", plan)
    for name in ("brand", "rival"):
        link, demand = (
            build._found(*one) for one in ((SupplyLink, f"lnk_{name}_mill_5205"), (Requirement, f"req_{name}"))
        )
        build.did(name, "link.claimed", link, by="buyer")
        build.did("mill", "link.confirmed", link, by="supplier")
        build.did(name, "link.changed", link, by="buyer", changed=["share"])
        build.did(name, "requirement.published", demand)


def _publication(build: Teller) -> None:
    """The operator proposed a version, and saw whose level it would change."""
    build.propose("operator", shifted="mill")


def _proofs(build: Teller) -> None:
    build.prove("mill", 1)
    build.prove("weaver", 1)
    build.prove("dyer", 2)
    build.prove("agent", 1)
    build.prove("shade", 1)
    build.prove("spinner", 1, state="submitted", trust="certified")
    build.prove("star", 3, ELECTRONICS, trust="audited")
    build.find_fault("shade", "reviewer", "RSPO01")
    build.grant("mill", "rival")


def _people(build: Teller) -> None:
    reviewer = build.number("reviewer")
    build.organization("brand", accepted_reviewers=[reviewer])
    build.organization("mill", evidence_reviewer=reviewer)
    build.organization("spinner", country=None)
    build.organization("newcomer", claim_reviewer=reviewer)
    build.organization("solder", training_consent=True, region="Jiangsu")
    build.organization("star", listed=True)
    build.invite("brand", "dyer")
    build.invite("rival", "rivalmill")
    build._add(
        Decision(
            id="dec_mill",
            organization=build.number("mill"),
            holder=build.number("mill"),
            reviewer=reviewer,
            framework="eseec-electronics",
            indicator="O07",
            reason="No such work",
            decided_on=build.work.today,
            expires_on=date(2028, 1, 1),
            decided_at=build.work.now,
        )
    )
    for fact, year, values in (("dormitory_or_canteen", None, ["true"]), ("staff", build.work.today.year, ["420"])):
        mill = build.number("mill")
        said = {"fact": fact, "year": year, "values": values, "stated_at": build.work.now}
        build._add(OrganizationFact(id=f"fct_mill_{fact}", organization=mill, holder=mill, **said))
    _pair(build, "brand", "mill", "mill_too")


def _pair(build: Teller, owner: str, one: str, other: str) -> None:
    """Two records that an owner once said to be about one company, and then not."""
    number, now = build.number(owner), build.work.now
    records = build._found(SupplierRecord, f"rec_{owner}_{one}") or build.record(owner, one), build.record(owner, other)
    ends = {"source": records[1].organization, "target": records[0].organization}
    merge = build._add(Merge(id=f"mrg_{owner}", owner=number, scope="own", merged_at=now, undone_at=now, **ends))
    build._add(
        Duplicate(
            id=f"dup_{owner}",
            owner=number,
            first=records[0].number,
            second=records[1].number,
            said_first=one,
            said_second=other,
            distance=50,
            parts=[["similar_name", 0.95]],
            blocks=["word"],
            merge=merge.number,
            found_at=now,
        )
    )


def _lists(build: Teller) -> None:
    """Each sends one list two years running; the brand has one under way as well, and keeps what its ERP means."""
    lists.send(build, "brand", "2025", "links", {"lnk_brand_mill_5205": None, "lnk_brand_dyer": None})
    lists.send(build, "brand", "2026", "links", {"lnk_brand_mill_5205": None, "lnk_brand_agent_brand": None})
    lists.send(build, "mill", "2025", "organizations", _row("Spinner", "CN") | _row("Farm", "IN"))
    lists.send(build, "mill", "2026", "organizations", _row("Spinner", "VN") | _row("Weaver", "CN"))
    lists.keep_mapping(build, "brand", "ERP", "links", {"Lieferant": "supplier", "Bemerkung": None})
    lists.keep_draft(build, "mill", {"RSPO01": {"standard": "rspo"}})
    brand, now = build.number("brand"), build.work.now
    build._add(ImportRun(id="imp_brand", owner=brand, kind="links", columns=["buyer"], rows=1, created_at=now))
    build._add(Job(id="job_brand", kind="import", payload={}, organization=brand, created_at=now, run_after=now))


def _row(name: str, country: str) -> dict[str, lists.Saying]:
    return {org(name.lower()): {"name": name, "country": country}}


def _fair(build: Teller) -> None:
    event = build.event("organiser")
    demands: dict[str, Any] = {"star": None, "brand": {"levels": {"ohs": 2}}}
    demands |= {name: {"levels": {"ohs": 2}} for name in ("buyer", "maker")}
    for name in reversed(demands) if build.twist.guests_backwards else demands:
        build.register(event, name, demand=demands[name], **build.twist.refusals.get(name, {}))
