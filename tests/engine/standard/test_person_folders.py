"""Measuring from people: a folder of datasets, on either engine."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.engine.standard.people import (
    DAY,
    RULES,
    amount,
    equipment,
    ground,
    n_pupils,
    pupils,
    room,
    school,
    teacher,
    world,
)

from junheng.engine import standard
from junheng.engine.standard.person_level import (
    is_person_folder,
    item_data,
    measure_persons,
    statistics_date_of,
)
from junheng.engine.standard.person_level.datasets import BY_NAME, DATASETS
from junheng.engine.standard.person_level.reader import run_steps
from junheng.engine.standard.school_items import SchoolSize
from junheng.engine.store.session import Session
from junheng.errors import DataError, TableFaults

if TYPE_CHECKING:
    from collections.abc import Iterator

    from junheng.engine.store.sql_engine import SqlEngine


@pytest.fixture
def fresh() -> Iterator[Session]:
    """A session that holds no tables of other tests."""
    with Session() as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small world as a folder: dates as text, flags as true and false, a dataset in pieces."""
    whole = world(
        school("S", "312", "primary junior"),
        pupils("S-primary-1", 30),
        teacher("T"),
        teacher("both", lessons={"S-primary": ("24", 5), "S-junior": ("22", 7)}),
        room(120, is_multimedia=1, is_networked=1),
        ground(300),
        equipment(5_000),
    )
    with Session() as session:
        for name, rows in whole.items():
            types = BY_NAME[name].columns
            columns = {column: [row.get(column) for row in rows] for column in types}
            session.load(name, columns, types)
            session.export_parquet(name, tmp_path / f"{name}.parquet")
    return tmp_path


def rewrite(folder: Path, dataset: str, select: str) -> None:
    """Replace a dataset by a SELECT over it."""
    path = folder / f"{dataset}.parquet"
    with Session() as session:
        session.create("changed", select.format(old=f"read_parquet('{path}')"))
        session.export_parquet("changed", path)


def test_a_folder_is_measured(folder: Path, fresh: Session) -> None:
    assert is_person_folder(folder)
    assert statistics_date_of(fresh, folder) == DAY
    result = standard.assess(measure_persons(fresh, folder, RULES, statistics_date=DAY))
    assert n_pupils(result) == {"S-primary": 30, "S-junior": 0}
    assert amount(result, "S-primary", "R4") == 120


def test_columns_of_other_types_are_read(folder: Path, fresh: Session) -> None:
    rewrite(
        folder,
        "pupils",
        "SELECT * REPLACE (CAST(from_date AS VARCHAR) AS from_date, ' ' AS to_date, "
        "TRUE AS is_migrant_child) FROM {old}",
    )
    rewrite(folder, "rooms", "SELECT * REPLACE (CAST(area_m2 AS DOUBLE) AS area_m2) FROM {old}")
    result = standard.assess(measure_persons(fresh, folder, RULES, statistics_date=DAY))
    assert n_pupils(result)["S-primary"] == 30
    assert amount(result, "S-primary", "R4") == 120
    (size,) = item_data(fresh, RULES, DAY)["G4"]
    assert size == SchoolSize("S", is_combined=True, pupils=30, migrant_pupils=30)


def test_a_folder_without_a_dataset_is_none(folder: Path, fresh: Session) -> None:
    (folder / "grounds.parquet").unlink()
    assert not is_person_folder(folder)
    assert not is_person_folder(folder / "pupils.parquet")
    with pytest.raises(DataError, match="lacks the datasets grounds"):
        measure_persons(fresh, folder, RULES, statistics_date=DAY)


def test_training_may_be_absent(folder: Path, fresh: Session) -> None:
    (folder / "training.parquet").unlink()
    assert measure_persons(fresh, folder, RULES, statistics_date=DAY).n_units == 2


@pytest.mark.parametrize(
    ("dataset", "select", "message"),
    [
        ("pupils", "SELECT * EXCLUDE (to_date) FROM {old}", "“to_date”: the column is missing"),
        (
            "pupils",
            "SELECT * REPLACE ('gestern' AS from_date) FROM {old}",
            "“from_date”: “gestern” is no value",
        ),
        ("rooms", "SELECT * REPLACE ('12 m2' AS area_m2) FROM {old}", "“12 m2” is no value"),
    ],
)
def test_what_cannot_be_read_is_refused(
    folder: Path, fresh: Session, dataset: str, select: str, message: str
) -> None:
    rewrite(folder, dataset, select)
    with pytest.raises(TableFaults, match=message):
        measure_persons(fresh, folder, RULES, statistics_date=DAY)


def test_a_cut_off_file_is_refused(folder: Path, fresh: Session) -> None:
    path = folder / "staff.parquet"
    path.write_bytes(path.read_bytes()[:-6])
    with pytest.raises(DataError, match=r"staff\.parquet"):
        measure_persons(fresh, folder, RULES, statistics_date=DAY)


def test_no_entry_year_asks_for_the_date(folder: Path, fresh: Session) -> None:
    rewrite(folder, "classes", "SELECT * REPLACE (NULL AS entry_year) FROM {old}")
    with pytest.raises(DataError, match="Name the statistics date"):
        statistics_date_of(fresh, folder)


# --- documents and the second engine -------------------------------------------------------------

DOCS = Path(__file__).parents[3] / "docs" / "reference"


@pytest.mark.parametrize("page", ["person-level.md", "person-level.zh.md"])
def test_the_reference_names_every_column(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    for dataset in DATASETS:
        assert f"`{dataset.name}`" in text
        for column in dataset.measured:
            assert f"**{column}**" in text


def terms_of(engine: SqlEngine, text: str) -> list[tuple[str, ...]]:
    parts = (f"CAST({p}_{i.id} AS {text})" for i in RULES.indicators for p in ("num", "den"))
    rows = engine.rows(
        f"SELECT county, stage, kind, pupils, {', '.join(parts)} FROM person_terms ORDER BY unit_ix"
    )
    return [tuple(map(str, row)) for row in rows]


@pytest.mark.soak
@pytest.mark.spark
@pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs Java")
def test_the_same_sql_agrees_on_spark(folder: Path, fresh: Session) -> None:
    pytest.importorskip("pyspark", reason="needs the extra junheng[spark]")
    from junheng.engine.store.spark import SparkEngine

    measure_persons(fresh, folder, RULES, statistics_date=DAY)
    with SparkEngine() as spark:
        for dataset in DATASETS:
            path = folder / f"{dataset.name}.parquet"
            spark.create(dataset.relation, f"SELECT * FROM parquet.`{path}`")
        run_steps(spark, RULES, DAY)
        assert terms_of(spark, "STRING") == terms_of(fresh, "VARCHAR")
