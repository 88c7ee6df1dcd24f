"""Lists for tests of imports: sent, and what they leave behind."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO
from uuid import uuid4

from sqlalchemy import event, func, select
from stdnum.cn import uscc
from stdnum.iso7064 import mod_97_10

from supplychain import heads
from supplychain.audit import AuditEntry
from supplychain.network.imports.reading import read
from supplychain.network.imports.rows import Kind
from supplychain.network.imports.running import Report, import_sheet
from supplychain.network.models import Identifier, Organization, OwnershipRow, SupplierRecord, SupplyLink
from supplychain.outbox import OutboxEvent
from supplychain.work import Runtime
from tests.world import Member, World

LEI = "529900T8BM49AURSDO55"
OTHER_LEI = "5493001KJTIIGC8Y1R12"
USCC = "91110000600037341L"


def anew(rows: Iterable[dict[str, str]], known: dict[str, str]) -> list[dict[str, str]]:
    """Rows with identifiers that nobody used yet in place of those above. known: what stands for which, so far.

    Identifiers are everybody's: examples of one world that had the same ones would each go on from what the ones
    before it left, and a failure would not come again when Hypothesis repeats it.
    """
    drawn = {LEI: new_lei, OTHER_LEI: new_lei, USCC: new_uscc}
    for value in {value for row in rows for value in row.values()} & drawn.keys() - known.keys():
        known[value] = drawn[value]()
    return [{name: known.get(value, value) for name, value in row.items()} for row in rows]


def new_lei() -> str:
    head = f"529900{uuid4().hex[:12].upper()}"
    return head + str(mod_97_10.calc_check_digits(head))


def new_uscc() -> str:
    head = f"91110000{uuid4().hex[:9].upper()}"
    return head + str(uscc.calc_check_digit(head))


def import_file(
    runtime: Runtime, organization: int, stream: BinaryIO, kind: str, form: str | None = None, **how: Any
) -> Report:
    """Import a file for an organization (number) as the command line does."""
    return import_sheet(runtime, organization, read(stream.read(), Kind(kind), form), **how)


def send(member: Member, kind: str, text: str, *, dry_run: bool = False, status: int = 201) -> dict[str, Any]:
    path = f"/v1/imports?kind={kind}" + ("&dry_run=true" if dry_run else "")
    response = member.post(path, data=text.encode(), headers={"Content-Type": "text/csv"})
    assert response.status_code == status, response.json
    body: dict[str, Any] = response.json
    return body


def statuses(report: dict[str, Any]) -> list[str]:
    return [result["status"] for result in report["results"]]


def codes(report: dict[str, Any]) -> list[tuple[int, str | None, str]]:
    return [
        (result["row"], error["column"], error["code"]) for result in report["results"] for error in result["errors"]
    ]


def count(world: World, model: Any) -> int:
    return int(world.do(lambda work: work.session.scalar(select(func.count()).select_from(model))))


def rows_of(world: World, model: Any) -> list[Any]:
    return list(world.do(lambda work: list(work.session.scalars(select(model).order_by(model.number)))))


def told(world: World) -> list[str]:
    """What was put into the outbox beside the days, in its order."""
    return [event.type for event in rows_of(world, OutboxEvent) if event.type != "day.advanced"]


def footprint(world: World) -> tuple[int, ...]:
    """All that an import may leave behind but its own report."""
    revision = world.do(lambda work: heads.read(work.connection)[0])
    models = (Organization, Identifier, SupplierRecord, OwnershipRow, SupplyLink, AuditEntry, OutboxEvent)
    return (revision, *(count(world, model) for model in models))


def images(world: World) -> list[Any]:
    """Every row that an import writes, as values."""
    models = (Organization, Identifier, SupplierRecord, OwnershipRow, SupplyLink)
    return [
        [getattr(row, column.key) for column in model.__table__.columns]
        for model in models
        for row in rows_of(world, model)
    ]


@contextmanager
def counted(world: World) -> Iterator[list[str]]:
    """The statements sent while the block runs."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    engines = (world.runtime.database.writer, world.runtime.database.reader)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)


def suppliers(*codes: str) -> str:
    return "code,name\n" + "".join(f"{code},Supplier {code}\n" for code in codes)
