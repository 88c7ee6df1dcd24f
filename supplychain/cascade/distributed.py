"""`supplychain cascade --engine spark`: the same files, read by Spark's workers, and the answer put together here.

Workers read with the readers of the local engine, so that both accept, refuse and tell the same. Every machine must
reach the files under the same path and have this package installed.
"""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - its customary name
from pyspark.sql.pandas.types import to_arrow_schema

from graph.bulk.arrays import NO_DAY
from graph.bulk.due import day_number
from graph.spark import Asked, Keep, Tables, obligations
from supplychain.cascade import links, organizations
from supplychain.cascade.mistakes import SHOWN, Mistakes, unreadable
from supplychain.cascade.operations import Files, Report, Tell
from supplychain.cascade.requirements import Requirement, read_requirements
from supplychain.cascade.tables import Part, Table, check_out, table
from supplychain.cascade.values import Interned, Reader, known
from supplychain.cascade.writing import ROWS, SCHEMA, whole
from supplychain.errors import Fault, Invalid

_LINKS: Final = (
    "row BIGINT, mistakes BINARY, id BIGINT, buyer STRING, supplier STRING, hs STRING, since DATE, carries BOOLEAN"
)
_ORGANIZATIONS: Final = "row BIGINT, mistakes BINARY, ref STRING, country STRING, sector STRING, parent STRING"
Batches = Iterator[pa.RecordBatch]
Rows = Iterator[dict[str, Any]]


def cascade(files: Files, on: date, tell: Tell, spark: SparkSession, keep: Keep) -> Report:
    """Compute who owes what on a day and write it. Raises Invalid for what the files have wrong, and OSError.

    keep: how what a round computed is kept until the next one.
    """
    check_out(files.out, files.read)
    mistakes = Mistakes()
    requirements = read_requirements(files.requirements, mistakes)
    tables, ignored = _tables(files, on, spark, mistakes)
    mistakes.stop_if_any()
    asked = [Asked(one.id, one.issuer, one.demand(())) for one in requirements]
    owed = obligations(spark, tables, asked, keep, lambda tier: tell("tiers", tier, None))
    return Report(
        obligations=_write(owed, files.out),
        requirements=len(requirements),
        links=tables.links.count(),
        unknown_issuers=_unknown(spark, requirements, tables),
        ignored=ignored,
    )


def _tables(
    files: Files, on: date, spark: SparkSession, mistakes: Mistakes
) -> tuple[Tables, dict[str, tuple[str, ...]]]:
    found = table(files.links, links.REQUIRED, links.OPTIONAL)
    ignored = {files.links.name: found.ignored}
    listed = spark.createDataFrame([], _ORGANIZATIONS)
    if files.organizations is not None:
        others = table(files.organizations, organizations.REQUIRED, organizations.OPTIONAL)
        ignored[files.organizations.name] = others.ignored
        listed = _read(spark, others, _organizations_in, _ORGANIZATIONS, mistakes)
        _tell_twins(listed, "ref", files.organizations, mistakes)
    carrying = _read(spark, found, partial(_links_in, on=day_number(on)), _LINKS, mistakes)
    _tell_twins(carrying, "id", files.links, mistakes)
    tables = Tables(carrying.where("carries"), listed)
    return tables, {name: columns for name, columns in ignored.items() if columns}


# On the workers -----------------------------------------------------------------------------


def _links_in(file: Table, part: Part, mistakes: Mistakes, on: int) -> Rows:
    judging = links.Judging(file.path, on, mistakes)
    for columns in file.read(part):
        found = judging.judge(columns)
        yield {
            "row": pa.array(range(columns.first, columns.first + len(columns)), pa.int64()),
            "id": pa.array(found.number),
            "buyer": found.buyer.cast(pa.string()),
            "supplier": found.supplier.cast(pa.string()),
            "hs": pa.array(judging.codes.texts, pa.string()).take(pa.array(found.code)),
            "since": pa.array(found.valid_from, pa.int32(), mask=found.valid_from == NO_DAY).cast(pa.date32()),
            "carries": pa.array(found.carries),
        }


def _organizations_in(file: Table, part: Part, mistakes: Mistakes) -> Rows:
    read = Reader(file.path, mistakes)
    for columns in file.read(part):
        first, arrays = columns.first, columns.arrays
        nobody = pa.nulls(len(columns), pa.string()).dictionary_encode()
        texts = {}
        for name, writing in (("country", str.upper), ("sector", str)):
            interned = Interned(writing)
            numbers = read.codes(first, name, arrays.get(name, nobody), interned)
            texts[name] = pa.array(interned.texts, pa.string()).take(pa.array(numbers))
        yield {
            "row": pa.array(range(first, first + len(columns)), pa.int64()),
            "ref": read.named(first, "ref", arrays["ref"]).cast(pa.string()),
            **texts,
            "parent": known(arrays.get("parent", nobody)).cast(pa.string()),
        }


def _parts_in(batches: Batches, file: Table, read: Callable[[Table, Part, Mistakes], Rows], schema: Any) -> Batches:
    """The rows of the parts that are named, and at the end of each what is wrong with it."""
    for batch in batches:
        for named in batch.to_pylist():
            mistakes = Mistakes()
            told: dict[str, Any] = {"row": [named["first"]]}
            try:
                for columns in read(file, Part(**named), mistakes):
                    yield _batch(columns, schema)
            except Invalid as error:
                told["mistakes"] = [_packed(error.faults, 1, fatal=True)]
            else:
                told["mistakes"] = [_packed(mistakes.faults, mistakes.count, fatal=False)]
            yield _batch(told, schema)


def _batch(columns: dict[str, Any], schema: Any) -> Any:
    count = len(columns["row"])
    return pa.RecordBatch.from_arrays(
        [pa.array(columns[one.name], one.type) if one.name in columns else pa.nulls(count, one.type) for one in schema],
        schema=schema,
    )


def _packed(faults: Iterable[Fault], count: int, *, fatal: bool) -> bytes:
    return orjson.dumps([fatal, count, [(fault.pointer, fault.code, fault.params) for fault in faults]])


# Here ---------------------------------------------------------------------------------------


def _read(
    spark: SparkSession,
    file: Table,
    read: Callable[..., Rows],
    columns: str,
    mistakes: Mistakes,
) -> DataFrame:
    """The rows of a file; what is wrong with it is gathered. Raises Invalid where it is no table."""
    parts = [(part.first, part.group) for part in file.parts()]
    schema = to_arrow_schema(spark.createDataFrame([], columns).schema)
    work = partial(_parts_in, file=file, read=read, schema=schema)
    named = spark.createDataFrame(parts, "first BIGINT, `group` INT").repartition(len(parts), "first")
    found = named.mapInArrow(work, columns).persist()
    for row in found.where("mistakes IS NOT NULL").orderBy("row").select("mistakes").collect():
        fatal, count, faults = orjson.loads(row.mistakes)
        told = [Fault(pointer, code, params) for pointer, code, params in faults]
        if fatal:
            raise unreadable(told[0])
        mistakes.take(told, count)
    return found.where("mistakes IS NULL").drop("mistakes")


def _tell_twins(rows: DataFrame, key: str, path: Path, mistakes: Mistakes) -> None:
    """Tell values that are there twice: each time with the row that had it before."""
    if mistakes.count:
        return  # what could not be read stands as nothing
    twins = rows.groupBy(key).agg(F.sort_array(F.collect_list("row")).alias("rows")).where(F.size("rows") > 1)
    shown = twins.orderBy(key if key == "id" else F.get("rows", F.lit(1))).limit(SHOWN).collect()
    told = 0
    for twin in shown:
        for before, again in zip(twin.rows, twin.rows[1:], strict=False):
            mistakes.rows(path, [again], key, "listed-twice", row=before if key == "id" else twin.rows[0])
            told += 1
    if len(shown) == SHOWN:
        total = twins.agg(F.sum(F.size("rows") - 1).alias("total")).collect()[0].total
        mistakes.more(total - told)


def _unknown(spark: SparkSession, requirements: Sequence[Requirement], tables: Tables) -> tuple[str, ...]:
    """The requirements whose issuer no link and no organization names."""
    asked = spark.createDataFrame([(one.id, one.issuer) for one in requirements], "requirement STRING, name STRING")
    named = [(tables.links, "buyer"), (tables.links, "supplier")]
    named += [(tables.organizations, "ref"), (tables.organizations, "parent")]
    for rows, column in named:
        asked = asked.join(rows.select(F.col(column).alias("name")), "name", "left_anti")
    return tuple(row.requirement for row in asked.orderBy("requirement").collect())


def _write(owed: DataFrame, out: Path) -> int:
    """Sorted by the workers into parts, and these one behind the other into the file; how many rows."""
    folder = out.with_name(f".{out.name}.{os.getpid()}.parts")
    try:
        owed.orderBy("requirement", "supplier").write.mode("overwrite").parquet(str(folder))
        with _opened(sorted(folder.glob("part-*.parquet"))) as parts:
            texts = (
                column
                for part in parts
                for batch in part.iter_batches(ROWS, columns=["requirement", "supplier"])
                for column in batch.columns
            )
            with whole(out, texts) as writer:
                for part in parts:
                    for batch in part.iter_batches(ROWS):
                        writer.write_table(pa.Table.from_batches([batch]).cast(SCHEMA), ROWS)
            return sum(part.metadata.num_rows for part in parts)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _opened(paths: Sequence[Path]) -> Iterator[list[Any]]:
    parts = [pq.ParquetFile(path) for path in paths]
    try:
        yield parts
    finally:
        for part in parts:
            part.close()
