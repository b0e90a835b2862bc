"""The figures of an assessment as flat tables, alike in Parquet and JSON; how two sets differ.

| table | a row for each |
|---|---|
| units | stage unit: who it is, pupils, verdict |
| cells | unit and indicator |
| facts | unit and raw figure, as exact decimal text |
| dispersion | county, stage and indicator |
| left_out | unit that does not enter a coefficient |
| counties | county |
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from fractions import Fraction
    from pathlib import Path

    from junheng.engine.standard import Assessment
    from junheng.engine.standard.assess import CountyVerdict, DispersionResult, UnitResult
    from junheng.engine.store.session import Session

Scalar = str | int | float | None
Row = dict[str, Scalar]
Figures = dict[str, list[Row]]

TEXT, WHOLE, REAL = "VARCHAR", "BIGINT", "DOUBLE"
RELATIVE_TOLERANCE = 1e-9
"""How far two engines may print a quotient apart; statuses and counts must be equal."""


@dataclass(frozen=True)
class Table:
    """Columns of a table with SQL types; the first `n_keys` of them name a row."""

    n_keys: int
    columns: Mapping[str, str]

    def key_of(self, row: Row) -> tuple[str, ...]:
        """Return what names a row; an unknown county is empty."""
        names = list(self.columns)[: self.n_keys]
        return tuple("" if row[name] is None else str(row[name]) for name in names)


_COEFFICIENT = {"county_code": TEXT, "stage": TEXT, "indicator": TEXT}
_COUNTS = (
    "n_units",
    "n_pass",
    "n_fail",
    "n_undetermined",
    "n_excluded",
    "n_beyond",
    "n_not_computable",
    "n_incomplete",
)
# Written out and not taken from the assessment: a form that must be read in ten years stays.
TABLES: Mapping[str, Table] = {
    "units": Table(
        1,
        {
            "unit_id": TEXT,
            "school_id": TEXT,
            "school_name": TEXT,
            "county_code": TEXT,
            "stage": TEXT,
            "kind": TEXT,
            "pupils": WHOLE,
            "verdict": TEXT,
            "n_met": WHOLE,
        },
    ),
    "cells": Table(
        2,
        {
            "unit_id": TEXT,
            "indicator": TEXT,
            "value": REAL,
            "threshold": REAL,
            "floor": REAL,
            "status": TEXT,
            "gap": REAL,
        },
    ),
    "facts": Table(2, {"unit_id": TEXT, "fact": TEXT, "value": TEXT}),
    "dispersion": Table(
        3,
        _COEFFICIENT
        | {"mean": REAL, "sd": REAL, "cv": REAL, "limit": REAL, "status": TEXT, "n_units": WHOLE},
    ),
    "left_out": Table(4, _COEFFICIENT | {"unit_id": TEXT, "reason": TEXT}),
    "counties": Table(
        1, {"county_code": TEXT, "resource_allocation": TEXT} | dict.fromkeys(_COUNTS, WHOLE)
    ),
}


def figures_of(assessment: Assessment) -> Figures:
    """Return every figure of an assessment."""
    return {
        "units": [_unit(unit) for unit in assessment.units],
        "cells": [row for unit in assessment.units for row in _cells(unit)],
        "facts": [row for unit in assessment.units for row in _facts(assessment, unit.unit_id)],
        "dispersion": [_dispersion(row) for row in assessment.dispersion],
        "left_out": [out for row in assessment.dispersion for out in _left_out(row)],
        "counties": [_county(county) for county in assessment.counties],
    }


def _unit(unit: UnitResult) -> Row:
    return {name: getattr(unit, name) for name in TABLES["units"].columns}


def _cells(unit: UnitResult) -> Iterator[Row]:
    for cell in unit.cells.values():
        yield {"unit_id": unit.unit_id} | asdict(cell)


def _facts(assessment: Assessment, unit_id: str) -> Iterator[Row]:
    for fact, value in (assessment.facts_of(unit_id) or {}).items():
        yield {"unit_id": unit_id, "fact": fact, "value": None if value is None else _exact(value)}


def _exact(value: Fraction) -> str:
    """Write a decimal fraction in full, without exponent or idle zeros."""
    text = f"{Decimal(value.numerator) / Decimal(value.denominator):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _dispersion(row: DispersionResult) -> Row:
    return {name: getattr(row, name) for name in TABLES["dispersion"].columns}


def _left_out(row: DispersionResult) -> Iterator[Row]:
    for unit in row.left_out:
        yield {
            "county_code": row.county_code,
            "stage": row.stage,
            "indicator": row.indicator,
            "unit_id": unit.unit_id,
            "reason": unit.reason,
        }


def _county(county: CountyVerdict) -> Row:
    return {name: getattr(county, name) for name in TABLES["counties"].columns}


# --- files ---------------------------------------------------------------------------------------


def write_json(figures: Figures, path: Path) -> None:
    """Write all tables as one JSON object, a row a line."""
    tables = [
        f"{json.dumps(name)}: [{','.join(_line(row) for row in rows)}\n]"
        for name, rows in figures.items()
    ]
    path.write_text("{" + ",\n".join(tables) + "}\n", encoding="utf-8")


def _line(row: Row) -> str:
    return "\n" + json.dumps(row, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def read_json(path: Path) -> Figures:
    """Return the tables that `write_json` wrote."""
    figures: Figures = json.loads(path.read_text(encoding="utf-8"))
    return figures


def write_parquet(session: Session, figures: Figures, folder: Path) -> None:
    """Write each table as `<table>.parquet` into a folder."""
    for name, table in TABLES.items():
        columns = {column: [row[column] for row in figures[name]] for column in table.columns}
        session.load(f"figures_{name}", columns, table.columns)
        session.export_parquet(f"figures_{name}", folder / f"{name}.parquet")


# --- differences ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Difference:
    """One figure that differs between two sets, or a row that only one of them has.

    `key` names the row as `TABLES` says; `column` is empty for a whole row.
    """

    table: str
    key: tuple[str, ...]
    change: Literal["added", "removed", "changed"]
    column: str = ""
    before: Scalar = None
    after: Scalar = None


def count(figures: Figures) -> int:
    """Return how many figures there are, the columns that name rows not counted."""
    return sum(
        len(figures[name]) * (len(table.columns) - table.n_keys) for name, table in TABLES.items()
    )


def differences(before: Figures, after: Figures) -> Iterator[Difference]:
    """Yield every difference, table by table, in the order of the rows of `before`."""
    for name, table in TABLES.items():
        old = {table.key_of(row): row for row in before[name]}
        new = {table.key_of(row): row for row in after[name]}
        for key, row in old.items():
            if key in new:
                yield from _changes(name, key, row, new[key])
            else:
                yield Difference(name, key, "removed")
        for key in new:
            if key not in old:
                yield Difference(name, key, "added")


def _changes(name: str, key: tuple[str, ...], before: Row, after: Row) -> Iterator[Difference]:
    table = TABLES[name]
    for column in list(table.columns)[table.n_keys :]:
        old, new = before[column], after[column]
        if not _is_same(old, new):
            yield Difference(name, key, "changed", column, old, new)


def _is_same(old: Scalar, new: Scalar) -> bool:
    if isinstance(old, float) and isinstance(new, float):
        return math.isclose(old, new, rel_tol=RELATIVE_TOLERANCE)
    return old == new
