"""A Spark session of the command's own, told from what is installed here."""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from supplychain.errors import Unavailable

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_LOCAL: Final = {
    "spark.ui.enabled": "false",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.sql.shuffle.partitions": "4",
}
_EVERYWHERE: Final = {"spark.ui.showConsoleProgress": "false", "spark.sql.session.timeZone": "UTC"}


@contextmanager
def session(master: str, settings: Mapping[str, str]) -> "Iterator[SparkSession]":
    """A session on a master, `local[*]` being this machine. settings: Spark's own, over ours. Raises Unavailable."""
    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise Unavailable("spark-missing") from error
    # Workers on this machine are of this environment; a cluster's are what it says.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable if master.startswith("local") else "python3")
    builder = SparkSession.builder.appName("supplychain cascade").master(master)
    for name, value in {**_EVERYWHERE, **(_LOCAL if master.startswith("local") else {}), **settings}.items():
        builder = builder.config(name, value)
    try:
        found = builder.getOrCreate()
    except (PySparkException, OSError) as error:
        raise Unavailable("spark-not-started", master=master, reason=str(error).partition("\n")[0]) from error
    found.sparkContext.setLogLevel("ERROR")
    try:
        yield found
    finally:
        found.stop()
