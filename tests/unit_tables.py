"""Unit tables for tests: rows that pass everything, changed where a test says so."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from junheng.engine import standard
from junheng.engine.standard import results_json
from junheng.engine.store.session import Session
from junheng.engine.store.tables import SourceTable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from junheng.engine.standard import Assessment
    from junheng.engine.store.sql_engine import SqlEngine

Row = dict[str, str]
Document = dict[str, Any]
"""The JSON object of an assessment, parsed."""

# A primary unit of 1,000 pupils and a junior one of 1,000: every figure exactly at its threshold.
AT_THRESHOLD = {
    "primary": {
        "teachers_above_degree": "42",
        "teachers_backbone": "10",
        "teachers_pe_arts": "9",
        "teaching_area_m2": "4700",
        "indoor_sport_area_m2": "200",
        "sports_ground_area_m2": "7300",
        "equipment_yuan": "2000000",
        "media_rooms": "23",
    },
    "junior": {
        "teachers_above_degree": "53",
        "teachers_backbone": "10",
        "teachers_pe_arts": "9",
        "teaching_area_m2": "6000",
        "indoor_sport_area_m2": "200",
        "sports_ground_area_m2": "10000",
        "equipment_yuan": "2500000",
        "media_rooms": "24",
    },
}
REQUIRED = (
    "unit_id",
    "school_id",
    "school_name",
    "stage",
    "pupils",
    *AT_THRESHOLD["primary"],
)
INDICATORS = tuple(f"R{n}" for n in range(1, 8))
FACTS = tuple(AT_THRESHOLD["primary"])
FACTS_2012 = ("computers", "books", "teachers", "teachers_mid_title")


def unit(unit_id: str = "A", *, stage: str = "primary", **changes: str) -> Row:
    """Return a unit of 1,000 pupils, each figure exactly at its threshold, with changes."""
    row = {
        "unit_id": unit_id,
        "school_id": f"S{unit_id}",
        "school_name": f"样例{unit_id}校",
        "stage": stage,
        "pupils": "1000",
        **AT_THRESHOLD[stage],
    }
    return row | changes


def headers(rows: Sequence[Row]) -> list[str]:
    """Return every column that any row names, in order of appearance."""
    return list(dict.fromkeys(name for row in rows for name in row))


def source_table(session: Session, rows: Sequence[Row]) -> SourceTable:
    """Put rows into a session as a file reader would: blank is NULL, first data row is row 2."""
    names = headers(rows)
    columns: dict[str, Sequence[object]] = {"row_no": list(range(2, len(rows) + 2))}
    for ix, name in enumerate(names):
        columns[f"c{ix}"] = [row.get(name) or None for row in rows]
    types = {name: "BIGINT" if name == "row_no" else "VARCHAR" for name in columns}
    relation = session.fresh_name("rows")
    session.load(relation, columns, types)
    return SourceTable(session, relation, tuple(names), "units.csv")


def assess(
    session: Session,
    rows: Sequence[Row],
    *,
    rules: str = standard.DEFAULT_RULESET_ID,
    engine: SqlEngine | None = None,
) -> Assessment:
    """Assess rows in a session that stays open."""
    table = standard.read(source_table(session, rows), standard.load(rules))
    return standard.assess(table, engine=engine)


def document(
    rows: Sequence[Row],
    *,
    rules: str = standard.DEFAULT_RULESET_ID,
    engine: SqlEngine | None = None,
) -> Document:
    """Assess rows and return the JSON object."""
    with Session() as session:
        return as_document(assess(session, rows, rules=rules, engine=engine))


def as_document(assessment: Assessment) -> Document:
    """Return an assessment's JSON object, parsed; NaN and infinity are no JSON."""
    text = "".join(results_json.chunks(assessment))
    parsed: Document = json.loads(text, parse_constant=_refuse)
    return parsed


def _refuse(constant: str) -> float:
    raise AssertionError(f"{constant} in JSON")


@dataclass(frozen=True)
class Results:
    """A document, to be asked by name."""

    document: Document

    def unit(self, unit_id: str) -> Document:
        """Return one unit; KeyError when there is none."""
        found: Document = {u["unit_id"]: u for u in self.document["units"]}[unit_id]
        return found

    def cell(self, unit_id: str, indicator: str) -> Document:
        """Return one cell of a unit."""
        cell: Document = self.unit(unit_id)["cells"][indicator]
        return cell

    def status(self, unit_id: str, indicator: str) -> str:
        """Return the status of one cell."""
        return str(self.cell(unit_id, indicator)["status"])

    def dispersion(
        self, indicator: str, stage: str = "primary", county: str | None = None
    ) -> Document:
        """Return one dispersion row."""
        by_key = {
            (d["county_code"], d["stage"], d["indicator"]): d for d in self.document["dispersion"]
        }
        found: Document = by_key[county, stage, indicator]
        return found

    def county(self, county: str | None = None) -> Document:
        """Return the verdict on one county."""
        found: Document = {v["county_code"]: v for v in self.document["verdict"]}[county]
        return found


def results(
    rows: Sequence[Row],
    *,
    rules: str = standard.DEFAULT_RULESET_ID,
    engine: SqlEngine | None = None,
) -> Results:
    """Assess rows; see `document`."""
    return Results(document(rows, rules=rules, engine=engine))


def write_csv(
    path: Path,
    rows: Sequence[Row],
    *,
    names: Mapping[str, str] | None = None,
    encoding: str = "utf-8",
) -> Path:
    """Write rows as CSV, under other headers when `names` gives them; return the path."""
    columns = headers(rows)
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file)
        writer.writerow([(names or {}).get(column, column) for column in columns])
        writer.writerows([row.get(column, "") for column in columns] for row in rows)
    return path
