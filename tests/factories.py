"""Worlds in few words: rows and facts written at once, in one unit of work, under ids that can be foretold.

``with building(world) as build: build.chain("brand > mill > spinner")`` is a world in which brand buys from
mill and mill from spinner. Organizations go by short names and come into being when they are first named;
``org_mill`` is the public id of mill, ``lnk_brand_mill`` that of the link. The log, the derived rows and the
engine follow as they do in the application: everything ends in the one commit of a unit of work.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from supplychain.accounts import keys
from supplychain.accounts.models import ApiKey, Membership, Person
from supplychain.audits.models import Finding
from supplychain.evidence.models import Evidence, Grant
from supplychain.frameworks import registry
from supplychain.frameworks.framework import Framework, Indicator
from supplychain.frameworks.terms import EvidenceKind, Kind
from supplychain.network import calendar, facts
from supplychain.network.models import Organization, OwnershipRow, SupplierRecord, SupplyLink
from supplychain.requirements import rules
from supplychain.requirements.facts import fact_of
from supplychain.requirements.models import Requirement
from supplychain.work import Work
from tests.world import Member, World

MILLS = "rspo-mill@1"
"""The small framework of the tests: one pillar, one certificate, two levels."""
ELECTRONICS = "eseec-electronics@1"
MANY_YEARS = date(2040, 1, 1)


def org(name: str) -> str:
    """The public id of an organization."""
    return f"org_{name}"


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


class Builder:
    """Writes rows and tells the engine what they mean."""

    def __init__(self, world: World, work: Work) -> None:
        self.world = world
        self.work = work

    def organization(self, name: str, **attributes: Any) -> Organization:
        """The organization of that name, made if need be; attributes change one that is there."""
        row = self._found(Organization, org(name))
        if row is None:
            given = {"name": name.replace("_", " ").title(), "country": "CN", "claim": "verified", **attributes}
            row = self._add(Organization(id=org(name), created_at=self.work.now, **given))
            self.work.change(facts.of_organization(row))
        elif attributes:
            self.change(row, attributes)
        return row

    def change(self, row: Organization, attributes: Mapping[str, Any]) -> None:
        """Set attributes, consents included."""
        for name, value in attributes.items():
            setattr(row, name, value)
        self.work.session.flush()
        self.work.change(facts.of_organization(row))
        self.work.touch(row.number)

    def number(self, name: str) -> int:
        """The internal number of an organization."""
        return self.organization(name).number

    def chain(self, text: str, category: str = "", **values: Any) -> list[SupplyLink]:
        """The links of ``"brand > mill > spinner"``, each buyer left of its supplier."""
        names = [part.strip() for part in text.split(">")]
        return [self.link(*pair, category, **values) for pair in zip(names, names[1:], strict=False)]

    def link(
        self,
        buyer: str,
        supplier: str,
        category: str = "",
        *,
        state: str = "confirmed",
        disclosure: str = "identity",
        since: date | None = None,
        until: date | None = None,
        private_to: str | None = None,
        **values: Any,
    ) -> SupplyLink:
        """A link in one state; the same ends and category again change it. private_to: whose knowledge it is."""
        parts = ["lnk", buyer, supplier, *([category] if category else []), *([private_to] if private_to else [])]
        stated = {
            "disclosure_buyer": disclosure,
            "disclosure_supplier": disclosure,
            "periods": [[_text(since), _text(until), "private" if private_to else state]],
            **values,
        }
        row = self._found(SupplyLink, "_".join(parts))
        if row is None:
            row = self._add(
                SupplyLink(
                    id="_".join(parts),
                    buyer=self.number(buyer),
                    supplier=self.number(supplier),
                    category=category,
                    owner=self.number(private_to) if private_to else 0,
                    created_at=self.work.now,
                    **stated,
                )
            )
        else:
            for name, value in stated.items():
                setattr(row, name, value)
            self.work.session.flush()
        self.work.change(facts.of_link(row))
        return row

    def own(self, parent: str, child: str, *, confirmed: bool = True, since: date | None = None) -> OwnershipRow:
        """The child is below the parent; unconfirmed ones are claimed by the parent alone."""
        row = self._add(
            OwnershipRow(
                id=f"own_{parent}_{child}",
                parent=self.number(parent),
                child=self.number(child),
                valid_from=since,
                confirmed_by_parent=True,
                confirmed_by_child=confirmed,
                claimed_by=self.number(parent),
                created_at=self.work.now,
            )
        )
        self.work.change(facts.of_ownership(row))
        return row

    def record(self, owner: str, about: str, **values: Any) -> SupplierRecord:
        """The owner's private row about an organization."""
        given = {"code": f"{owner}-{about}", "name": f"{about} of {owner}", **values}
        row = self._add(
            SupplierRecord(
                id=f"rec_{owner}_{about}",
                owner=self.number(owner),
                organization=self.number(about),
                created_at=self.work.now,
                **given,
            )
        )
        self.work.change(facts.of_record(row))
        return row

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
            id=f"req_{issuer}{'_' + name if name else ''}",
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
        self._add(
            ApiKey(
                id="_".join(("key", name, *roles))[:40],
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
        self.world.members["_".join((name, *roles))] = member
        return member

    def _add(self, row: Any) -> Any:
        self.work.session.add(row)
        self.work.session.flush()
        return row

    def _found(self, model: Any, public: str) -> Any:
        return self.work.session.query(model).filter_by(id=public).one_or_none()


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
        yield {"kind": kind, "values": answers, "standard": named.standard, "certificate": {"version": version}}
        return
    value = target.value if isinstance(target.value, bool | str) else float(str(target.value))
    answers.append({"indicator": indicator.id, "value": value, "unit": indicator.unit})
    yield {"kind": kind, "framework": framework.id, "values": answers}


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
