"""Worlds in few words: rows and facts written at once, in one unit of work, under ids that can be foretold.

``with building(world) as build: build.chain("brand > mill > spinner")`` is a world in which brand buys from
mill and mill from spinner. Organizations go by short names and come into being when they are first named;
``org_mill`` is the public id of mill, ``lnk_brand_mill`` that of the link. The log, the derived rows and the
engine follow as they do in the application: everything ends in the one commit of a unit of work.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from supplychain.accounts import keys
from supplychain.accounts.models import ApiKey, Membership, Person
from supplychain.answers.models import Answer, Reply
from supplychain.audits.models import Finding
from supplychain.evidence.models import Evidence, Grant
from supplychain.frameworks import registry
from supplychain.frameworks.framework import Framework, Indicator
from supplychain.frameworks.models import Publication
from supplychain.frameworks.terms import EvidenceKind, Kind
from supplychain.matchmaking.models import MatchEvent, Registration
from supplychain.network import calendar
from supplychain.plans.models import Plan, PlanReview
from supplychain.publishing.models import LevelShift
from supplychain.requirements import rules
from supplychain.requirements.facts import fact_of
from supplychain.requirements.models import Requirement
from supplychain.statements.canonical import canonical, digest
from supplychain.statements.models import Statement
from supplychain.waivers.facts import fact_of as fact_of_waiver
from supplychain.waivers.models import Waiver
from supplychain.what_if.models import WhatIf
from supplychain.what_if.rules import Effect
from supplychain.work import Work
from tests.ground import Ground
from tests.world import Member, World

MILLS = "rspo-mill@1"
"""The small framework of the tests: one pillar, one certificate, two levels."""
ELECTRONICS = "eseec-electronics@1"
MANY_YEARS = date(2040, 1, 1)


@contextmanager
def building(world: World) -> Iterator["Builder"]:
    """One unit of work of the system: what was built is derived and committed when the block is left."""
    calendar.advance_day(world.runtime)
    work = Work(world.runtime)
    try:
        yield Builder(world, work)
        work.finish()
    finally:
        work.close()


class Builder(Ground):
    """Writes rows and tells the engine what they mean."""

    def require(
        self, issuer: str, schedule: Sequence[int] = (1,), name: str = "", *, published: bool = True, **values: Any
    ) -> Requirement:
        """A requirement, published today unless it is to stay a draft; one of an issuer needs no name."""
        given = {
            "title": f"{issuer} asks {name}".strip(),
            "framework": MILLS,
            "pillar": "all",
            "purpose": "",
            "beyond": "hold",
            "grace": [0],
            "link_scope": [],
            "scope_applies": "every",
            "supplier_scope": {},
            "effective_from": self.work.today,
            "effective_to": None,
            **values,
        }
        row = Requirement(
            id=given.pop("id", "_".join(("req", issuer, *([name] if name else [])))),
            issuer=self.number(issuer),
            schedule=list(schedule),
            state="published" if published else "draft",
            published_at=self.work.now if published else None,
            created_at=self.work.now,
            **given,
        )
        self._add(row)
        if published:
            demand = rules.Demand(row.framework, row.pillar, row.schedule)
            pillars = rules.pillars_of(demand, self.framework(row.framework))
            self.work.change(fact_of(row, pillars, self.work.today))
        return row

    def waive(self, issuer: str, supplier: str, requirement: str = "", **fields: Any) -> Waiver:
        """Leave for a supplier until the end of time under an issuer's requirement, its only one unless told."""
        demand = self._found(Requirement, requirement or f"req_{issuer}")
        assert demand is not None, requirement
        given = {"id": f"wvr_{issuer}_{supplier}", "reason": "plan_agreed", "until": MANY_YEARS, "due": MANY_YEARS}
        given |= {"veiled": False, "granted_on": self.work.today, "granted_at": self.work.now, **fields}
        ends = {"issuer": demand.issuer, "requirement": demand.number, "supplier": self.number(supplier)}
        row = self._add(Waiver(**ends, **given))
        self.work.change(fact_of_waiver(row))
        return row

    def answer(self, supplier: str, requirement: str, kind: str = "accept", **fields: Any) -> Answer:
        """What a supplier said to a requirement, heard by its issuer under its name unless told otherwise."""
        demand = self._found(Requirement, requirement)
        assert demand is not None, requirement
        number = self.number(supplier)
        given = {"id": f"ans_{supplier}_{requirement}", "veiled": False, "text": "", "holder": number, **fields}
        given |= {"answered_on": self.work.today, "answered_at": self.work.now}
        ends = {"issuer": demand.issuer, "requirement": demand.number, "supplier": number}
        return self._add(Answer(kind=kind, **ends, **given))

    def reply(self, answer: Answer, kind: str = "explain", **fields: Any) -> Reply:
        """What the issuer answered back."""
        parties = {"issuer": answer.issuer, "supplier": answer.supplier, "holder": answer.holder}
        given = {"id": f"rpl_{answer.id}", "replied_on": self.work.today, "replied_at": self.work.now, **fields}
        return self._add(Reply(answer=answer.number, kind=kind, **parties, **given))

    def plan(self, name: str, level: int, framework: str = MILLS, **fields: Any) -> Plan:
        """A plan of one step to reach a level of a pillar, the first unless told; the step is due in a year."""
        pillar = fields.pop("pillar", self.framework(framework).pillars[0].id)
        due = self.work.today + timedelta(days=365)
        step: dict[str, Any] = {"title": "Step", "due": due.isoformat(), "done_on": None, "note": "", "evidence": []}
        number = self.number(name)
        given = {"id": f"pln_{name}", "title": f"Plan of {name}", "owner": "Somebody", "milestones": [step], **fields}
        given |= {"made_on": self.work.today, "made_at": self.work.now, "framework": framework, "pillar": pillar}
        return self._add(Plan(organization=number, holder=number, level=level, **given))

    def review_plan(self, plan: Plan, reviewer: str, party: str = "customer", decision: str = "accept") -> PlanReview:
        """What somebody said of a plan."""
        said = {"party": party, "decision": decision, "day": self.work.today, "at": self.work.now}
        who = {"plan": plan.number, "holder": plan.holder, "reviewer": self.number(reviewer)}
        return self._add(PlanReview(**who, **said))

    def framework(self, key: str) -> Framework:
        """A framework version that the world's application knows."""
        found = registry(self.work).get(key)
        assert found is not None, key
        return found

    def prove(self, name: str, level: int = 1, framework: str = MILLS, **fields: Any) -> list[Evidence]:
        """Accepted, certified evidence that meets every indicator of a framework at a level; fields change it."""
        found = self.framework(framework)
        proofs = [(one, values) for one in found.indicators for values in _proofs(found, one, level)]
        return [self.evidence(name, f"{one.id}_{level}", **{**values, **fields}) for one, values in proofs]

    def evidence(self, name: str, word: str = "", *, holder: str | None = None, **fields: Any) -> Evidence:
        """One piece of evidence about an organization, accepted unless told otherwise. word: tells it from others."""
        given = {
            "kind": "certificate",
            "trust": "certified",
            "state": "accepted",
            "observed_to": self.work.today,
            "valid_until": MANY_YEARS,
            "received_at": self.work.now,
            "reviewed_at": None if fields.get("state") == "submitted" else self.work.now,
            "submitted_by": self.number(holder or name),
            **fields,
        }
        row = self._add(
            Evidence(
                id=f"evd_{name}_{word}".lower()[:40],
                organization=self.number(name),
                holder=self.number(holder or name),
                **given,
            )
        )
        self.work.touch(row.organization)
        return row

    def find_fault(self, name: str, reviewer: str, indicator: str, framework: str = MILLS, **fields: Any) -> Finding:
        """An open finding of a reviewer."""
        given = {"severity": "major", "state": "open", "observed_on": self.work.today, **fields}
        row = self._add(
            Finding(
                id=f"fnd_{name}_{indicator}".lower(),
                organization=self.number(name),
                holder=self.number(name),
                reviewer=self.number(reviewer),
                framework=framework.partition("@")[0],
                indicator=indicator,
                opened_at=self.work.now,
                **given,
            )
        )
        self.work.touch(row.organization)
        return row

    def grant(self, holder: str, brand: str) -> Grant:
        """Leave for a brand to see a holder's accepted evidence."""
        return self._add(
            Grant(
                id=f"grt_{holder}_{brand}",
                organization=self.number(holder),
                brand=self.number(brand),
                granted_at=self.work.now,
            )
        )

    def member(self, name: str, *roles: str) -> Member:
        """Somebody who acts for an organization in some roles, with a key that can be foretold."""
        row = self.organization(name)
        person = self._found(Person, f"per_{name}")
        if person is None:
            person = self._add(
                Person(
                    id=f"per_{name}", email=f"{name}@example.org", name=f"Person of {name}", created_at=self.work.now
                )
            )
        for role in roles:
            self._add(Membership(person=person.number, organization=row.number, role=role, created_at=self.work.now))
        text, prefix, secret_hash = _key("_".join((name, *roles)))
        first = self._found(ApiKey, f"key_{name}") is None
        self._add(
            ApiKey(
                id=f"key_{name}" if first else "_".join(("key", name, *roles))[:40],
                prefix=prefix,
                secret_hash=secret_hash,
                organization=row.number,
                person=person.number,
                name="",
                roles=sorted(roles),
                scopes=[],
                created_at=self.work.now,
            )
        )
        member = Member(self.world.app.test_client(), text, row.number, row.id)
        self.world.members[name] = member
        return member

    def event(self, organiser: str, framework: str = ELECTRONICS, **fields: Any) -> MatchEvent:
        """A matchmaking event, open to members, ten days from today."""
        given = {"name": "Fair", "held_on": self.work.today + timedelta(days=10), "threshold": 1, "open": True}
        row = MatchEvent(
            id=f"mev_{organiser}",
            organiser=self.number(organiser),
            framework=framework,
            created_at=self.work.now,
            **{**given, **fields},
        )
        return self._add(row)

    def propose(self, name: str, *, shifted: str) -> Publication:
        """A framework version that an operator proposed, with somebody whose level it would change."""
        key = f"pack-of-{name}@1"
        named = {"id": f"pub_{name}", "framework": key, "holds": key, "sha256": "0" * 64, "reason": name}
        row = self._add(Publication(organization=self.number(name), proposed_at=self.work.now, **named))
        ends = {"organization": self.number(shifted), "owner": self.number(name)}
        seen = {"pillar": "ohs", "before": 1, "after": 2, "country": "CN", "region": "Jiangsu", "sector": "PCB"}
        self._add(LevelShift(publication=row.number, **ends, **seen))
        return row

    def suppose(self, name: str, *foreseen: Sequence[Any], **publish: Any) -> WhatIf:
        """A what-if that somebody kept yesterday. foreseen: demand, pillar, supplier, tier, level, levels missing."""
        counts = dict.fromkeys(map(str, Effect), 0)
        none: dict[str, Any] = {name: [] for name in ("by_tier", "by_pillar", "by_country", "by_region")}
        told = {"totals": counts, **none, "left_out": {"closed": 0, "unstated": 0, "veiled": 0}}
        demand = {"title": "Supposed", "framework": MILLS, "schedule": [1], "pillar": "all", **publish}
        asked = {**demand, "link_scope": [], "supplier_scope": {}}
        return self._add(
            WhatIf(
                id=f"wif_{name}",
                organization=self.number(name),
                title=f"{name} supposes",
                asked=[{"publish": asked}],
                asked_on=self.work.today - timedelta(days=1),
                looked_at=self.work.today,
                told=told,
                foreseen=[list(one) for one in foreseen],
                created_at=self.work.now,
            )
        )

    def statement(self, name: str, **fields: Any) -> Statement:
        """A statement that an organization had issued of itself today; its token can be foretold."""
        row = self.organization(name)
        party: dict[str, Any] = {
            "id": row.id,
            "name": row.name,
            "name_zh": None,
            "country": row.country,
            "identifiers": [],
        }
        parties, day = {"issuer": party, "subject": party}, self.work.today.isoformat()
        head = {"id": f"stm_{name}", "kind": "conformity", "on": day, "known": day, "issued_on": day}
        head |= {"issued_at": self.work.now.isoformat(), "rules_version": "3"}
        content = canonical({**head, **parties, "frameworks": [], "evidence": []})
        given = {"id": f"stm_{name}", "token": f"stv_{name}", "proof": False, "evidence": [], **fields}
        days = {"looked_at": self.work.today, "known": self.work.today, "issued_at": self.work.now}
        heads = {"network_revision": 0, "level_revision": 0}
        text = {"content": content, "size": len(content), "sha256": digest(content)}
        told = {**parties, "frameworks": []}
        ends = {"holder": row.number, "organization": row.number}
        return self._add(Statement(kind="conformity", told=told, **text, **ends, **days, **heads, **given))

    def register(self, event: MatchEvent, name: str, *, demand: Mapping[str, Any] | None = None, **stated: Any) -> None:
        """A participant: a buyer with its demand, or a supplier. stated: partners and excluded, by name."""
        supplier = {"offer": {"categories": ["85"], "languages": ["en"]}}
        buyer = {"products": ["85"], "levels": {}, "countries": [], "languages": ["en"], "sectors": [], "meetings": 3}
        side = {"demand": {**buyer, **demand}} if demand is not None else supplier
        others = {word: [self.number(one) for one in stated.get(word, ())] for word in ("partners", "excluded")}
        self._add(
            Registration(
                id=f"rgn_{name}",
                event=event.number,
                organiser=event.organiser,
                organization=self.number(name),
                side="supplier" if demand is None else "buyer",
                profile={**side, **others},
                registered_at=self.work.now,
            )
        )


def printed(version: str | None) -> dict[str, Any]:
    """What is printed on a certificate of a version of a standard."""
    return {"number": "0815", "issuer": "Example Certification", **({"version": version} if version else {})}


def _key(name: str) -> tuple[str, str, str]:
    """Text, prefix and hash of a key that is the same in every world."""
    secret = keys.token_hash(name)[:48]
    head = f"sck_{secret[:12]}_{secret}"
    return head + keys._checksum(head), secret[:12], keys.token_hash(secret)


def _proofs(framework: Framework, indicator: Indicator, level: int) -> Iterator[dict[str, Any]]:
    target = next((one for one in reversed(indicator.targets) if one.level <= level), None)
    if target is None:
        return
    kind = EvidenceKind.CERTIFICATE if EvidenceKind.CERTIFICATE in indicator.evidence else min(indicator.evidence)
    answers: list[dict[str, Any]] = [{"indicator": one, "value": True} for one in target.also]
    if indicator.kind is Kind.CERTIFICATE:
        assert isinstance(target.value, tuple)
        named = target.value[0]
        standard = framework.standard(named.standard)
        assert standard is not None
        version = named.version or (standard.versions[-1] if standard.versions else None)
        yield {"kind": kind, "values": answers, "standard": named.standard, "certificate": printed(version)}
        return
    value = target.value if isinstance(target.value, bool | str) else float(str(target.value))
    unit = {"unit": indicator.unit} if indicator.unit else {}
    answers.append({"indicator": indicator.id, "value": value, **unit})
    yield {"kind": kind, "framework": framework.id, "values": answers}
