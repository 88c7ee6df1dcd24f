"""Two tenants that have one of everything, and nothing in common."""

from datetime import date

from sqlalchemy import select

from supplychain.accounts import operations as accounts
from supplychain.accounts.models import Invitation
from supplychain.audit import AuditEntry, commitment
from supplychain.audits.models import Decision
from supplychain.evidence.models import StoredFile
from supplychain.facts.models import OrganizationFact
from supplychain.jobs import Job
from supplychain.network.duplicates.models import ComparedRecord, Duplicate, KnownSpelling
from supplychain.network.merge_models import Merge, MergeStep
from supplychain.network.models import ImportMapping, ImportRun
from supplychain.notices.models import Digest, Notice, NoticePreference, ReminderSchedule
from supplychain.questionnaires.models import QuestionnaireDraft
from supplychain.requirements.models import Requirement
from supplychain.trail.models import AuditNode, TreeHead
from tests.factories import Builder, printed
from tests.world import Member

EVERY_ROLE = ("brand", "supplier", "reviewer", "organiser", "trainer", "operator")


def tenant(build: Builder, name: str, roles: tuple[str, ...] = EVERY_ROLE) -> Member:
    """An organization with a key and one of everything it could own; ids end in its name or begin with it."""
    member = build.member(name, *roles)
    _network(build, name)
    _demands(build, name)
    _proofs(build, name)
    _paperwork(build, name)
    _identity(build, name)
    _notices(build, name)
    build.propose(name, shifted=name)
    build.statement(name)
    build.suppose(name, ["/changes/0", "sourcing", f"org_{name}_source", 1, 1, 1])
    event = build.event(name, open=False)
    build.register(event, name, demand={})
    return member


def _network(build: Builder, name: str) -> None:
    source, client = f"{name}_source", f"{name}_client"
    build.organization(source, claim="unclaimed", source=build.number(name))
    build.organization(client, claim="unverified", claim_reviewer=build.number(name))
    build.link(name, source, "8504")
    build.link(client, name, state="claimed")
    build.link(source, client, private_to=name)
    build.organization(f"{name}_plant", kind="plant")
    build.own(name, f"{name}_plant")
    build.own(name, f"{name}_office", confirmed=False)
    build.record(name, source)


def _identity(build: Builder, name: str) -> None:
    """A merge of its own, with what it moved, a pair of its records, and a spelling it knows."""
    number, now = build.number(name), build.work.now
    one, other = (build.number(f"{name}_{word}") for word in ("source", "client"))
    merge = build._add(Merge(id=f"mrg_{name}", owner=number, scope="own", source=one, target=other, merged_at=now))
    merge.undone_at = now
    step = {"table": "supplier_record", "key": {"number": 0}, "column": "organization"}
    build._add(MergeStep(merge=merge.number, position=0, owner=number, old={"value": 0}, new={"value": 0}, **step))
    first, second = build.record(name, f"{name}_twin"), build.record(name, f"{name}_too")
    build._add(ComparedRecord(record=first.number, owner=number, said=name))
    build._add(KnownSpelling(owner=number, spelling=name, organization=one, decided_at=now))
    build._add(
        Duplicate(
            id=f"dup_{name}",
            owner=number,
            first=first.number,
            second=second.number,
            said_first=name,
            said_second=name,
            distance=0,
            parts=[],
            blocks=[],
            found_at=now,
        )
    )


def _demands(build: Builder, name: str) -> None:
    build.require(name, (2, 1))
    build.require(name, (1,), "draft", published=False)
    build.waive(name, f"{name}_source", id=f"wvr_{name}")
    said = build.answer(f"{name}_source", f"req_{name}", "question", id=f"ans_{name}", text="Why?")
    build.reply(said, text="Because")
    build.answer(name, f"req_{name}", "dispute", id=f"ans_{name}_own", reason="other")
    build.review_plan(build.plan(name, 2), name)
    build.plan(f"{name}_source", 1)


def _proofs(build: Builder, name: str) -> None:
    client = f"{name}_client"
    build.organization(client, evidence_reviewer=build.number(name))
    for about, state in ((name, "accepted"), (client, "submitted")):
        row = build.evidence(
            about, state, state=state, standard="rspo", certificate=printed("MB"), files=[f"fil_{about}"]
        )
        build._add(
            StoredFile(
                id=f"fil_{about}",
                organization=row.holder,
                evidence=row.number,
                sha256="0" * 64,
                size=1,
                name="certificate.pdf",
                media_type="application/pdf",
                received_at=build.work.now,
            )
        )
    build.find_fault(name, name, "RSPO01")
    build.find_fault(client, name, "RSPO01")
    build.grant(name, client)


def _paperwork(build: Builder, name: str) -> None:
    now, number = build.work.now, build.number(name)
    for subject, public in ((number, f"fct_{name}"), (build.number(f"{name}_client"), f"fct_{name}_client")):
        build._add(
            OrganizationFact(
                id=public, organization=subject, holder=subject, fact="soil_key_unit", values=["true"], stated_at=now
            )
        )
    build._add(
        Decision(
            id=f"dec_{name}",
            organization=number,
            holder=number,
            reviewer=number,
            framework="rspo-mill",
            indicator="RSPO01",
            reason="No mill",
            decided_on=build.work.today,
            expires_on=date(2028, 1, 1),
            decided_at=now,
        )
    )
    _trail(build, name)
    build._add(Job(id=f"job_{name}", kind="import", payload={}, organization=number, created_at=now, run_after=now))
    build._add(ImportRun(id=f"imp_{name}", owner=number, kind="links", columns=["buyer"], created_at=now))
    mapping = {"source": f"erp_{name}", "kind": "links", "columns": {"A": "buyer"}, "constants": {}, "splits": {}}
    build._add(ImportMapping(id=f"map_{name}", owner=number, created_at=now, changed_at=now, **mapping))
    draft = {"framework": "eseec-electronics@1", "title": name, "content": {"answers": {}, "facts": {}}}
    about = {"holder": number, "organization": number, "created_at": now, "changed_at": now}
    build._add(QuestionnaireDraft(id=f"drf_{name}", **draft, **about))
    build._add(
        Invitation(
            id=f"inv_{name}",
            token_hash=name,
            organization=build.number(f"{name}_source"),
            inviter=number,
            email=f"{name}_source@example.org",
            role="supplier",
            created_at=now,
            expires_at=now.replace(year=2030),
        )
    )


def _notices(build: Builder, name: str) -> None:
    """What it was told, a digest that told it, its wish for digests, and when its suppliers are reminded."""
    now, number, today = build.work.now, build.number(name), build.work.today
    told = {"kind": "flag_opened", "subject": f"flg_{name}", "data": {}, "key": name, "day": today, "created_at": now}
    notice = build._add(Notice(id=f"ntc_{name}", organization=number, **told))
    person = accounts.enroll(build.work, number, email=f"{name}_told@example.org", name=name, roles=["supplier"]).number
    build._add(Digest(id=f"dgs_{name}", person=person, organization=number, day=today, upto=notice.number))
    build._add(NoticePreference(person=person, organization=number, frequency="never", without=[], changed_at=now))
    demand = build.work.session.scalars(select(Requirement.number).where(Requirement.issuer == number)).first()
    assert demand is not None
    build._add(ReminderSchedule(requirement=demand, issuer=number, days=[1], changed_at=now))


def _trail(build: Builder, name: str) -> None:
    """An entry about it, sealed in its log under a checkpoint of nobody's."""
    number, now, salt = build.number(name), build.work.now, "0" * 32
    told = {"salt": salt, "blind": salt, "commitment": commitment(salt, {}), "data": {}}
    entry = AuditEntry(id=f"aud_{name}", at=now, action="day.seen", subject=name, organization=number, **told)
    entry.leaf, entry.own_leaf = number, 0
    build._add(entry)
    build._add(AuditNode(organization=number, height=0, position=0, hash=bytes(32)))
    build._add(
        TreeHead(id=f"sth_{name}", organization=number, ordinal=1, size=1, key="0" * 64, signed_at=now, note=name)
    )
