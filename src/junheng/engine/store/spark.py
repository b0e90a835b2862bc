"""The optional second engine: Spark SQL, for data that already lie on a cluster.

Spark and its Java machine start only when this engine is asked for (8 to 13 s). Data go in
through Arrow, so that no Python worker is needed on the executors.
"""

from __future__ import annotations

import logging
import os
import shutil
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Self

from junheng.errors import DataError
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from types import TracebackType

    from pyspark.sql import SparkSession

    from junheng.engine.store.sql_engine import Row

MASTER_VARIABLE = "JUNHENG_SPARK_MASTER"
LOCAL_MASTER = "local[2]"

_SETTINGS = {
    "spark.app.name": "junheng",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.session.timeZone": "UTC",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
}
_LOCAL_SETTINGS = {"spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1"}


class SparkEngine:
    """A Spark session as an `SqlEngine`; a context manager that stops it.

    Parameters
    ----------
    master
        Where Spark runs. None takes the environment variable `JUNHENG_SPARK_MASTER`, or two
        threads on this machine.

    Raises
    ------
    DataError
        PySpark or Java is missing, or Spark does not start.
    """

    def __init__(self, master: str | None = None) -> None:
        self._spark = _started(master or os.environ.get(MASTER_VARIABLE, LOCAL_MASTER))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop Spark."""
        self._spark.stop()

    def load(
        self,
        relation: str,
        columns: Mapping[str, Sequence[object]],
        types: Mapping[str, str],
    ) -> None:
        """Make a relation from lists of equal length, see `SqlEngine.load`."""
        import pyarrow as pa

        arrow = {
            "BIGINT": pa.int64(),
            "VARCHAR": pa.string(),
            "DOUBLE": pa.float64(),
            "DECIMAL(38,0)": pa.decimal128(38, 0),
        }
        table = pa.table(
            {
                name: pa.array(_values(values, types[name]), type=arrow[types[name]])
                for name, values in columns.items()
            }
        )
        self._spark.createDataFrame(table).createOrReplaceTempView(relation)

    def create(self, relation: str, select: str) -> None:
        """Make a relation from a SELECT text, computed once and kept."""
        self._spark.sql(select).localCheckpoint().createOrReplaceTempView(relation)

    def rows(self, sql: str) -> list[Row]:
        """Return all rows of a query."""
        return [tuple(row) for row in self._spark.sql(sql).collect()]


def _values(values: Sequence[object], kind: str) -> Sequence[object]:
    if not kind.startswith("DECIMAL"):
        return values
    return [None if value is None else Decimal(str(value)) for value in values]


def _started(master: str) -> SparkSession:
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise DataError(
            say("Spark is not installed. Install it with: pip install 'junheng[spark]'")
        ) from error
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        raise DataError(
            say("Spark needs Java, and there is none. Install Java 17, or use the engine duckdb.")
        )
    local = _LOCAL_SETTINGS if master.startswith("local") else {}
    # PySpark writes every failed query to standard error, besides raising it.
    logging.getLogger("SQLQueryContextLogger").disabled = True
    builder = SparkSession.builder.master(master)
    for name, value in {**_SETTINGS, **local}.items():
        builder = builder.config(name, value)
    try:
        with _quiet_errors():
            return builder.getOrCreate()
    except Exception as error:  # whatever Spark, Java or the bridge between them raise
        raise DataError(
            say("Spark does not start at “{master}”: {reason}", master=master, reason=str(error))
        ) from error


@contextmanager
def _quiet_errors() -> Iterator[None]:
    """Send standard error nowhere while Java starts; Java keeps it so, Python gets it back.

    Java greets on standard error before any setting of Spark can silence it. What goes wrong
    later arrives as a Python exception.
    """
    kept = os.dup(2)
    try:
        with Path(os.devnull).open("w") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
