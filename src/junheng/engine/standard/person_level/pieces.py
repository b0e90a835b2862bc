"""Which pieces of a folder can be measured one after another.

A folder of pieces may be taken apart when nothing in one piece points into another. That is certain
where, for every kind of id, the ids of each piece lie in a range of their own; the ranges stand in
the ends of the files, so that no row is read to find out. Where they overlap, or are not told, the
folder is measured as a whole, which gives the same and takes more memory.
"""

from __future__ import annotations

from itertools import chain, pairwise
from typing import TYPE_CHECKING

from junheng.engine.standard.person_level.datasets import DATASETS
from junheng.engine.store.session import literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from junheng.engine.store.session import Session

    Files = Mapping[str, Sequence[Path]]
    Range = tuple[str, str]

PUPILS_A_BATCH = 20_000_000
"""Pupils that are measured at once: with their classes they take some 200 MB."""

IDS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "school": (
        ("schools", "school_id"),
        ("schools", "parent_school_id"),
        ("campuses", "school_id"),
        ("units", "school_id"),
        ("staff", "school_id"),
        ("rooms", "school_id"),
        ("grounds", "school_id"),
        ("equipment", "school_id"),
    ),
    "campus": (
        ("campuses", "campus_id"),
        ("classes", "campus_id"),
        ("rooms", "campus_id"),
        ("grounds", "campus_id"),
    ),
    "unit": (("units", "unit_id"), ("classes", "unit_id"), ("teaching", "unit_id")),
    "class": (("classes", "class_id"), ("pupils", "class_id")),
    "member of staff": (("staff", "staff_id"), ("teaching", "staff_id")),
}
"""Columns that are compared with each other, by what they name."""
OF_PUPILS = (("pupils", "pupil_id"),)
"""Compared only where a pupil in two places is looked for."""


def batches(
    session: Session, files: Files, *, checks_people: bool, most: int | None = None
) -> list[Files]:
    """Return the files in batches that may be measured one by one; one batch: only as a whole.

    `most` are the pupils of a batch, if a single piece has not more; None: `PUPILS_A_BATCH`.
    """
    required = [dataset.name for dataset in DATASETS if dataset.is_required]
    by_piece = [{_piece(path): path for path in files[name]} for name in required]
    pieces = list(by_piece[0])
    if len(pieces) < 2 or any(list(others) != pieces for others in by_piece):
        return [files]
    ids = {**IDS, **({"pupil": OF_PUPILS} if checks_people else {})}
    if not (_are_alike(session, files, required) and _are_apart(session, files, ids)):
        return [files]
    groups = _grouped(pieces, _rows(session, files["pupils"]), most or PUPILS_A_BATCH)
    return [
        {name: [found[piece] for piece in group]
         for name, found in zip(required, by_piece, strict=True)}
        for group in groups
    ]  # fmt: skip


def _piece(path: Path) -> str:
    """Return what tells a piece from the others: '001' of pupils.001.parquet."""
    return path.name.split(".", 1)[1]


def _read(function: str, paths: Sequence[Path]) -> str:
    return f"{function}([{', '.join(literal(str(path.resolve())) for path in paths)}])"


def _are_alike(session: Session, files: Files, names: Sequence[str]) -> bool:
    """Whether all pieces of a dataset have the same columns of the same types, and ids are text."""
    columns_of = {name: set[str]() for name in names}
    for name, column in chain(*IDS.values(), OF_PUPILS):
        columns_of[name].add(column)
    return all(
        n_files == len(files[name])
        and n_types == 1
        and (a_type == "VARCHAR" or column not in columns_of[name])
        for name in names
        for column, n_files, n_types, a_type in session.rows(
            "SELECT name, COUNT(DISTINCT file_name), COUNT(DISTINCT duckdb_type), MIN(duckdb_type) "
            f"FROM {_read('parquet_schema', files[name])} WHERE type IS NOT NULL GROUP BY name"
        )
    )


def _are_apart(
    session: Session, files: Files, ids: Mapping[str, tuple[tuple[str, str], ...]]
) -> bool:
    """Whether no range of ids of one piece touches that of another, for any kind of id."""
    ranges: dict[str, dict[str, Range]] = {}
    for name in {dataset for columns in ids.values() for dataset, _ in columns}:
        wanted = {
            column: kind for kind, columns in ids.items() for d, column in columns if d == name
        }
        found = _ranges(session, files[name], list(wanted))
        if found is None:
            return False
        for (piece, column), (low, high) in found.items():
            of_kind = ranges.setdefault(wanted[column], {})
            other_low, other_high = of_kind.get(piece, (low, high))
            of_kind[piece] = (min(low, other_low), max(high, other_high))
    return all(
        before[1] < after[0]
        for of_kind in ranges.values()
        for before, after in pairwise(sorted(of_kind.values()))
    )


def _ranges(
    session: Session, paths: Sequence[Path], columns: Sequence[str]
) -> dict[tuple[str, str], Range] | None:
    """Return lowest and highest value by piece and column; None where a file does not tell.

    Text compares by code point, as in the files: UTF-8 keeps that order.
    """
    listed = ", ".join(literal(column) for column in columns)
    rows = session.rows(
        "SELECT file_name, path_in_schema, MIN(stats_min_value), MAX(stats_max_value), "
        "BOOL_AND(COALESCE(stats_min_value IS NOT NULL AND stats_max_value IS NOT NULL "
        "OR stats_null_count = num_values, FALSE)) "
        f"FROM {_read('parquet_metadata', paths)} WHERE path_in_schema IN ({listed}) "
        "GROUP BY file_name, path_in_schema"
    )
    piece_of = {str(path.resolve()): _piece(path) for path in paths}
    if not all(is_told for *_, is_told in rows):
        return None
    return {
        (piece_of[str(file)], str(column)): (str(low), str(high))
        for file, column, low, high, _ in rows
        if low is not None
    }


def _rows(session: Session, paths: Sequence[Path]) -> list[int]:
    rows = session.rows(
        f"SELECT num_rows FROM {_read('parquet_file_metadata', paths)} ORDER BY file_name"
    )
    return [int(str(n)) for (n,) in rows]


def _grouped(pieces: Sequence[str], n_pupils: Sequence[int], most: int) -> list[list[str]]:
    """Put neighbouring pieces together up to `most` pupils."""
    groups: list[list[str]] = []
    total = 0
    for piece, n in zip(pieces, n_pupils, strict=True):
        if not groups or total + n > most:
            groups.append([])
            total = 0
        groups[-1].append(piece)
        total += n
    return groups
