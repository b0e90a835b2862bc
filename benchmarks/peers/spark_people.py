"""The same SQL on Spark: `python -m benchmarks.peers.spark_people FOLDER`; needs Java.

Runs every step up to the terms of the indicators on Spark and on DuckDB, and compares all of them:
whole numbers, so that they are equal or not. Prints how many units agree.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from junheng.engine import standard
from junheng.engine.standard.person_level import measure_persons, statistics_date_of
from junheng.engine.standard.person_level.datasets import DATASETS, TEXT, Dataset
from junheng.engine.standard.person_level.running import run_steps
from junheng.engine.store.session import Session
from junheng.engine.store.spark import SparkEngine

if TYPE_CHECKING:
    from junheng.engine.store.sql_engine import SqlEngine

RULES = standard.load("cn-2017-quality")


def terms(engine: SqlEngine, text: str) -> list[tuple[str, ...]]:
    """Return numerators and denominators of every unit as text."""
    parts = (f"CAST({p}_{i.id} AS {text})" for i in RULES.indicators for p in ("num", "den"))
    rows = engine.rows(
        f"SELECT county, stage, kind, pupils, {', '.join(parts)} FROM person_terms ORDER BY unit_ix"
    )
    return [tuple(map(str, row)) for row in rows]


def main(folder: Path) -> None:
    """Measure twice and compare."""
    with Session() as session:
        day = statistics_date_of(session, folder)
        measure_persons(session, folder, RULES, statistics_date=day, checks_people=False)
        ours = terms(session, "VARCHAR")
    with SparkEngine() as spark:
        for dataset in DATASETS:
            _open(spark, folder, dataset)
        run_steps(spark, RULES, day, checks_people=False)
        theirs = terms(spark, "STRING")
    if ours != theirs:
        raise SystemExit("Spark and DuckDB differ")
    print(len(ours))


def _open(spark: SparkEngine, folder: Path, dataset: Dataset) -> None:
    """Read the pieces of a dataset; columns that its files lack are blank."""
    found: set[str] = set()
    files = f"parquet.`{folder}/{dataset.name}.*.parquet`"
    if next(folder.glob(f"{dataset.name}.*.parquet"), None):
        found = {str(row[0]) for row in spark.rows(f"DESCRIBE SELECT * FROM {files}")}
    columns = ", ".join(
        column if column in found else f"CAST(NULL AS {kind.replace(TEXT, 'STRING')}) AS {column}"
        for column, kind in dataset.columns.items()
        if column in dataset.measured or not found
    )
    source = f"FROM {files}" if found else "WHERE 1 = 0"
    spark.create(dataset.relation, f"SELECT {columns} {source}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
