"""A framework version over very many suppliers, as the jobs do it: `python -m bench.versions [SUPPLIERS] [URL]`.

Suppliers with a short checklist, two readings and a certificate each; one in twenty sent all that a level asks. First
the preview of a stricter version of the electronics model against the one that ships, while nothing is derived and both
are computed from the facts; then the derivation of everybody, the previews of that version and of one that changes six
indicators, what follows the publication, and the derivation once more, where all is as it was. Suppliers a second of
CPU of this process, and what it weighs before and at most: what a job takes must not grow with their number.
"""

import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from time import process_time
from typing import Any, NamedTuple

from sqlalchemy import func, select, update

from bench.network import opened, quick, record
from supplychain import lease, wiring
from supplychain.conformity import derive
from supplychain.conformity.models import Conformity
from supplychain.conformity.specimens import Sent, just_meeting
from supplychain.db import Base, opaque, table_of
from supplychain.evidence.models import Evidence
from supplychain.frameworks.framework import Framework
from supplychain.frameworks.library import packs
from supplychain.frameworks.loader import shipped_packs
from supplychain.frameworks.models import PUBLISHED, Publication
from supplychain.frameworks.terms import EvidenceKind
from supplychain.jobs import Job
from supplychain.network import calendar, engine, facts
from supplychain.network.models import Organization
from supplychain.publishing import preview, spreading
from supplychain.publishing.models import LevelShift
from supplychain.work import Runtime, Work, run

SUPPLIERS, CHUNK = 100_000, 5_000
WANTED = 5_000
"""Suppliers a second a core."""
KEY = "eseec-electronics@2"
NEXT, SIX = "eseec-electronics@3", "eseec-electronics@4"
"""A version that asks more in every pillar, and one that asks more of six indicators of one pillar."""
SITES = (("CN", "Jiangsu", "PCB"), ("CN", "Guangdong", "SMT"), ("VN", "Bac Ninh", "PCB"), ("MY", "Penang", "CBL"))
TRUSTS = ("self_declared", "documented", "certified", "audited")


def main(suppliers: int = SUPPLIERS, url: str | None = None) -> None:
    """Build the database, do both jobs, print their figures."""
    wiring.collect_less()  # as a worker does
    with tempfile.TemporaryDirectory(prefix="supplychain-bench-") as folder:
        database, drafts = url or Path(folder) / "versions.db", Path(folder) / "packs"
        drafts.mkdir()
        draft(drafts)
        runtime = opened(database, packs=(drafts,), listing_framework=KEY)
        calendar.advance_day(runtime)
        build(runtime, suppliers)
        run(runtime, engine.state)  # a worker has folded the network long before
        measured("preview of a version, both from facts", suppliers, lambda: looked(runtime, NEXT))
        measured("derivation of everybody from nothing", suppliers, lambda: derived(runtime, suppliers))
        run(runtime, engine.state)
        measured("preview of a version, many indicators differ", suppliers, lambda: looked(runtime, NEXT))
        measured("preview of a version, six indicators differ", suppliers, lambda: looked(runtime, SIX))
        measured("publication, the listing stays with the old one", suppliers, lambda: published(runtime))
        measured("derivation of everybody, little changed", suppliers, lambda: derived(runtime, suppliers))
        runtime.database.dispose()


def measured(what: str, suppliers: int, body: Callable[[], str]) -> None:
    """Print one line, as all of `make bench` does."""
    Path("/proc/self/clear_refs").write_text("5")  # the peak is that of this job alone
    weight = _weight("VmRSS")
    started = process_time()
    told = body()
    spent = process_time() - started
    more = f"+{_weight('VmHWM') - weight:.0f} on {weight:.0f} MiB"
    print(f"{f'{what}, {suppliers:,} suppliers':58} {suppliers / spent:7.0f}/s {more:>20}   >= {WANTED}/s   {told}")
    sys.stdout.flush()


def _weight(name: str) -> float:
    """MiB, as Linux counts it."""
    lines = Path("/proc/self/status").read_text("utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) / 1024


def draft(folder: Path) -> None:
    """The next versions: a certificate, or a document, is not enough any more where it was."""
    [file] = [one for one in shipped_packs() if one.stem == "eseec-electronics-2"]
    text = file.read_text("utf-8")
    for key, asked, more, times in ((NEXT, "certified", "audited", -1), (SIX, "documented", "certified", 6)):
        name, version = key.split("@")
        stricter = text.replace(f"min_trust: {{1: {asked}", f"min_trust: {{1: {more}", times)
        changed = stricter.replace('version: "2"', f'version: "{version}"', 1)
        (folder / f"{name}-{version}.yaml").write_text(changed, "utf-8")


def looked(runtime: Runtime, key: str) -> str:
    """Do the job that previews a draft; how many levels it found changed."""
    [pack] = [one for one in packs(runtime) if one.framework.key == key]

    def proposed(work: Work) -> int:
        given = {"framework": key, "holds": key, "sha256": pack.sha256, "reason": "bench", "against": KEY}
        owner = work.session.scalar(select(func.min(Organization.number)))
        work.session.execute(update(Publication).where(Publication.holds == key).values(holds=None))
        row = Publication(organization=owner, proposed_at=work.now, **given)
        work.session.add(row)
        work.session.flush()
        row.preview = work.enqueue(preview.JOB, {"publication": row.number}).number
        return row.number

    publication = run(runtime, proposed)
    preview.handle(runtime, leased(runtime), "bench")
    query = select(func.count()).where(LevelShift.publication == publication)
    return f"{run(runtime, lambda work: work.session.scalar(query)):,} levels change"


def published(runtime: Runtime) -> str:
    """Do the job that follows an approval; how many it derived."""

    def approved(work: Work) -> datetime:
        work.session.execute(update(Publication).where(Publication.holds == NEXT).values(state=PUBLISHED))
        work.enqueue(spreading.JOB, {"framework": NEXT})
        return work.now

    since = run(runtime, approved)
    spreading.handle(runtime, leased(runtime), "bench")
    query = select(func.count()).select_from(Conformity).where(Conformity.assessed_at >= since)
    return f"{run(runtime, lambda work: work.session.scalar(query)):,} derived"


def derived(runtime: Runtime, suppliers: int) -> str:
    """Do the job that derives everybody from nothing; how many are now derived."""

    def asked(work: Work) -> None:
        work.enqueue(derive.JOB, {"organizations": numbers_of(work)}, total=suppliers)

    run(runtime, asked)
    derive.handle(runtime, leased(runtime), "bench")
    return f"{counted(runtime, Conformity):,} derived"


def counted(runtime: Runtime, model: type[Base]) -> int:
    """How many rows there are."""
    return run(runtime, lambda work: work.session.scalar(select(func.count()).select_from(model)) or 0)


def numbers_of(work: Work) -> list[int]:
    """Everybody, in order."""
    return sorted(one.number for one in engine.network(work).organizations())


def leased(runtime: Runtime) -> Job:
    """The one job that waits."""
    [job] = run(runtime, lambda work: list(lease.claim(work.session, Job, "bench", work.now)))
    return job


class Piece(NamedTuple):
    """What a piece of evidence says, in the columns of its row."""

    kind: str
    framework: str | None
    values: list[dict[str, Any]]
    standard: str | None = None
    certificate: dict[str, str] | None = None


def build(runtime: Runtime, suppliers: int) -> None:
    """Suppliers without links, and their evidence, without deriving anything."""
    [pack] = [one.framework for one in packs(runtime) if one.framework.key == KEY]
    whole = [_pieces(pack, level, runtime) for level in range(1, pack.top_level + 1)]
    draw = Random(20261126)
    for start in range(0, suppliers, CHUNK):
        names = range(start, min(start + CHUNK, suppliers))
        run(quick(runtime), lambda work, names=names: _suppliers(work, names, whole, draw))  # type: ignore[misc] # bound now


def _suppliers(work: Work, names: Sequence[int], whole: Sequence[Sequence[Piece]], draw: Random) -> None:
    rows = []
    for name in names:
        country, region, sector = draw.choice(SITES)
        place = {"country": country, "region": region, "sector": sector}
        rows.append(Organization(name=f"Supplier {name:06}", claim="verified", created_at=work.now, **place))
    record(work, rows, facts.of_organization)
    sent = [_row(work, one.number, piece, draw.choice(TRUSTS), draw) for one in rows for piece in _some(whole, draw)]
    for one in draw.sample(rows, len(rows) // 20):
        trust = draw.choice(("certified", "audited"))
        sent += [{**_row(work, one.number, piece, trust, draw), "state": "accepted"} for piece in draw.choice(whole)]
    work.connection.execute(table_of(Evidence).insert(), sent)


def _some(whole: Sequence[Sequence[Piece]], draw: Random) -> list[Piece]:
    """Five answers, two readings and perhaps a certificate."""
    pieces = draw.choice(whole)
    [answers] = [one for one in pieces if one.kind == EvidenceKind.ANSWER]
    [readings] = [one for one in pieces if one.kind == EvidenceKind.QUANTITY]
    some = [answers._replace(values=draw.sample(answers.values, 5))]
    some += [readings._replace(values=[one]) for one in draw.sample(readings.values, 2)]
    certificates = [one for one in pieces if one.kind == EvidenceKind.CERTIFICATE]
    return some + ([draw.choice(certificates)] if certificates else [])


def _pieces(pack: Framework, level: int, runtime: Runtime) -> list[Piece]:
    """All that a level asks: one piece for the answers, one for the readings, and the certificates."""
    told: dict[EvidenceKind, list[dict[str, Any]]] = {EvidenceKind.ANSWER: [], EvidenceKind.QUANTITY: []}
    certificates = []
    for fact in just_meeting(pack, level, Sent(runtime.settings.clock().date())):
        if fact.kind is EvidenceKind.CERTIFICATE:
            printed = {"number": "1", "issuer": "Issuer", **({"version": fact.version} if fact.version else {})}
            certificates.append(Piece(fact.kind, None, [], fact.standard, printed))
        else:
            told.setdefault(fact.kind, []).extend(_value(name, *told_of) for name, told_of in fact.values.items())
    return [Piece(kind, pack.id, values) for kind, values in told.items() if values] + certificates


def _value(indicator: str, value: Any, unit: str | None) -> dict[str, Any]:
    plain = float(value) if isinstance(value, Decimal) else value
    return {"indicator": indicator, "value": plain, **({"unit": unit} if unit else {})}


def _row(work: Work, organization: int, piece: Piece, trust: str, draw: Random) -> dict[str, Any]:
    days = draw.randrange(170)
    certified = piece.kind == EvidenceKind.CERTIFICATE
    return {
        **piece._asdict(),
        "id": opaque("evd"),
        "organization": organization,
        "holder": organization,
        "submitted_by": organization,
        "sites": [],
        "files": [],
        "source": "",
        "trust": trust,
        "state": "accepted" if draw.random() < 0.9 else "submitted",
        "observed_from": work.today - timedelta(days=days + 364),
        "observed_to": work.today - timedelta(days=days),
        "valid_until": work.today + timedelta(days=700 - days) if certified else None,
        "received_at": work.now,
        "reviewed_at": work.now,
        "version": 1,
    }


if __name__ == "__main__":
    main(*(int(one) if one.isdigit() else one for one in sys.argv[1:]))  # type: ignore[arg-type] # a number, then a URL
