"""A folder of Parquet files, one dataset each, as relations of a session.

`<dataset>.parquet`, or, where one file would be too large, pieces `<dataset>.001.parquet` and so
on. The relations are views: nothing is copied, and only the columns that are used are read.
"""

from __future__ import annotations

from datetime import date
from os import SEEK_END
from typing import TYPE_CHECKING

from junheng.engine.standard.person_level.datasets import BY_NAME, DATASETS, Dataset
from junheng.engine.store.raw import PARQUET_MARK, head, mistaken, truncated
from junheng.engine.store.session import literal, quoted
from junheng.errors import DataError, Fault, TableFaults
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from junheng.engine.store.session import Session


def is_person_folder(path: Path) -> bool:
    """Whether a path is a folder with every dataset that the measurement cannot do without."""
    return path.is_dir() and not any(_missing(path))


def is_in_pieces(path: Path) -> bool:
    """Whether the pupils of a folder stand in several files."""
    return len(_files(path, BY_NAME["pupils"])) > 1


def open_folder(session: Session, folder: Path) -> None:
    """Make a view of every dataset in a folder, typed; an optional dataset may be empty.

    Raises
    ------
    DataError
        A dataset is missing, lacks a column, or holds what cannot be read.
    """
    missing = [dataset.name for dataset in _missing(folder)]
    if missing:
        raise DataError(
            say(
                "{folder} lacks the datasets {names}. Put a file <dataset>.parquet there for each.",
                folder=str(folder),
                names=", ".join(missing),
            )
        )
    open_files(session, files_of(folder))


def files_of(folder: Path) -> dict[str, list[Path]]:
    """Return the files of each dataset of a folder, in the order of their names."""
    return {dataset.name: _files(folder, dataset) for dataset in DATASETS}


def open_files(session: Session, files: Mapping[str, Sequence[Path]]) -> None:
    """Make a view of every dataset over some of its files; one without any is empty.

    Raises `DataError` as `open_folder` does.
    """
    for dataset in DATASETS:
        _open(session, dataset, files.get(dataset.name, ()))


def statistics_date_of(session: Session, folder: Path) -> date:
    """Return 1 September of the school year of a folder: the year in which its first grade entered.

    Raises
    ------
    DataError
        No class has an entry year.
    """
    open_folder(session, folder)
    year = session.rows("SELECT MAX(entry_year) FROM person_classes")[0][0]
    if year is None:
        raise DataError(
            say("{folder}: no class has an entry year. Name the statistics date.", folder=folder)
        )
    return date(int(str(year)), 9, 1)


def _missing(folder: Path) -> Iterator[Dataset]:
    for dataset in DATASETS:
        if dataset.is_required and not _files(folder, dataset):
            yield dataset


def _files(folder: Path, dataset: Dataset) -> list[Path]:
    one = folder / f"{dataset.name}.parquet"
    return [one] if one.is_file() else sorted(folder.glob(f"{dataset.name}.*.parquet"))


def _open(session: Session, dataset: Dataset, files: Sequence[Path]) -> None:
    if not files:
        columns = ", ".join(f"CAST(NULL AS {t}) AS {c}" for c, t in dataset.columns.items())
        _view(session, dataset, f"SELECT {columns} WHERE 1 = 0")
        return
    for path in files:
        _check_marks(path)
    names = ", ".join(literal(str(path.resolve())) for path in files)
    source = f"read_parquet([{names}], hive_partitioning = false)"
    found = _types(session, dataset, source)
    _check_columns(dataset, files[0].name, found)
    columns = ", ".join(
        _typed(column, kind, found.get(column)) for column, kind in dataset.columns.items()
    )
    _view(session, dataset, f"SELECT {columns} FROM {source}")
    _check_values(session, dataset, source, found, files[0].name)


def _types(session: Session, dataset: Dataset, source: str) -> dict[str, str]:
    described = session.rows(f"DESCRIBE SELECT * FROM {source}")
    return {str(row[0]): str(row[1]) for row in described}


def _check_marks(path: Path) -> None:
    """Refuse a file that is no Parquet file, or whose end is missing."""
    first_bytes = head(path)
    if not first_bytes.startswith(PARQUET_MARK):
        raise mistaken(path.name, first_bytes, ".parquet")
    with path.open("rb") as file:
        file.seek(-len(PARQUET_MARK), SEEK_END)
        if file.read() != PARQUET_MARK:
            raise truncated(path.name)


def _view(session: Session, dataset: Dataset, select: str) -> None:
    session.run(f"CREATE OR REPLACE TEMP VIEW {dataset.relation} AS {select}")


def _typed(column: str, kind: str, found: str | None) -> str:
    if found is None:
        return f"CAST(NULL AS {kind}) AS {column}"
    if found == kind:
        return quoted(column)
    if found == "VARCHAR":
        return f"TRY_CAST(nullif(trim({column}), '') AS {kind}) AS {column}"
    return f"TRY_CAST({column} AS {kind}) AS {column}"


def _check_columns(dataset: Dataset, file: str, found: dict[str, str]) -> None:
    faults = [
        Fault(
            say("the column is missing."),
            say("Add the column; leave a cell blank where the value is not known."),
            source=file,
            column=column,
        )
        for column in dataset.measured
        if column not in found
    ]
    if faults:
        raise TableFaults(faults)


def _check_values(
    session: Session, dataset: Dataset, source: str, found: dict[str, str], file: str
) -> None:
    """Refuse what is there and cannot be read as its type; the right types pass unread."""
    faults = []
    for column in dataset.measured:
        kind = dataset.columns[column]
        if kind in ("VARCHAR", found[column]):
            continue
        wrong = session.rows(
            f"SELECT CAST({column} AS VARCHAR) FROM {source} WHERE "
            f"nullif(trim(CAST({column} AS VARCHAR)), '') IS NOT NULL "
            f"AND TRY_CAST({column} AS {kind}) IS NULL LIMIT 1"
        )
        faults += [
            Fault(
                say("“{found}” is no value of this column.", found=row[0]),
                say("Write dates as 2026-09-01, flags as 0 or 1, numbers without unit."),
                source=file,
                column=column,
            )
            for row in wrong
        ]
    if faults:
        raise TableFaults(faults)
