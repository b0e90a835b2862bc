"""Reading a table cell by cell: every fault is found, and named with row, column and remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from junheng.engine.standard.unit_table.contract import (
    KIND_WORDS,
    STAGE_WORDS,
    UNITS,
    translated,
)
from junheng.engine.standard.unit_table.figures import Figures
from junheng.engine.standard.unit_table.findings import Findings
from junheng.engine.standard.unit_table.headers import match_headers
from junheng.engine.standard.unit_table.result import Loaded, UnitTable
from junheng.engine.standard.unit_table.texts import check_texts
from junheng.i18n import N_, Renderable, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from junheng.engine.standard.ruleset import RuleSet
    from junheng.engine.store.tables import SourceTable


def read(
    table: SourceTable,
    ruleset: RuleSet,
    *,
    ignore_unknown: bool = False,
    is_mapped: bool = False,
    notes: tuple[Renderable, ...] = (),
) -> UnitTable:
    """Check `table` against the contract and load it.

    Parameters
    ----------
    table
        The file as it arrived, all text.
    ruleset
        Decides which facts are needed.
    ignore_unknown
        Report unknown columns and go on, instead of refusing the table.
    is_mapped
        The table was made by a mapping of foreign data: a county is any text, not six digits.
    notes
        What is to be said with the results about how the table came to be.

    Raises
    ------
    TableFaults
        Everything wrong with the table, at most `MAX_FAULTS_LISTED` of it listed.
    """
    found = match_headers(table, ruleset, ignore_unknown=ignore_unknown)
    fact_ids = [f.id for f in ruleset.facts if f.id in found.columns]
    findings = Findings(table, found.columns)
    figures = Figures(findings)
    check_texts(findings, is_mapped=is_mapped)
    figures.check(fact_ids)
    findings.stop_on_faults()
    _load_units(findings, figures, fact_ids)
    _check_indoor_area(findings, figures.decimals)
    findings.stop_on_faults()
    return _loaded(findings, figures, ruleset, fact_ids).finished(notes, found.ignored)


def _load_units(findings: Findings, figures: Figures, fact_ids: list[str]) -> None:
    """Make the relation `units`: who, pupils, and every fact as value x 10**decimals."""
    cell = findings.cell
    columns = [
        # The source keeps the order of the file, and so does a window without an order.
        "CAST(ROW_NUMBER() OVER () - 1 AS BIGINT) AS unit_ix",
        "row_no",
        f"{cell('unit_id')} AS unit_id",
        f"{cell('school_id')} AS school_id",
        f"{cell('school_name')} AS school_name",
        f"COALESCE({cell('county_code')}, '') AS county",
        f"{translated(cell('stage'), STAGE_WORDS)} AS stage",
        f"COALESCE({translated(cell('kind'), KIND_WORDS)}, 'ordinary') AS kind",
        f"CAST({figures.exact('pupils')} AS BIGINT) AS pupils",
        *(f"{figures.scaled(f)} AS {f}" for f in fact_ids),
    ]
    source = findings.table.relation
    findings.session.create(UNITS, f"SELECT {', '.join(columns)} FROM {source}")


def _check_indoor_area(findings: Findings, decimals: Mapping[str, int]) -> None:
    """The statistics count indoor sport rooms inside the teaching area."""
    inner, outer = "indoor_sport_area_m2", "teaching_area_m2"
    if inner not in findings.columns or outer not in findings.columns:
        return
    factors = {
        f: 10 ** (max(decimals[inner], decimals[outer]) - decimals[f]) for f in (inner, outer)
    }
    wrong = findings.session.rows(
        f"SELECT u.row_no, s.{findings.cell(inner)}, s.{findings.cell(outer)} FROM {UNITS} u "
        f"JOIN {findings.table.relation} s ON s.row_no = u.row_no "
        f"WHERE CAST(u.{inner} AS DECIMAL(38,0)) * {factors[inner]} "
        f"> CAST(u.{outer} AS DECIMAL(38,0)) * {factors[outer]} ORDER BY u.row_no"
    )
    for row_no, indoor, teaching in wrong:
        remedy = say(
            "Indoor sport rooms lie inside the teaching area ({teaching}): correct one.",
            teaching=teaching,
        )
        found = N_("{found} m2 is more than the teaching area that contains it.")
        findings.add(inner, [(row_no, indoor)], found, remedy)


def _loaded(findings: Findings, figures: Figures, ruleset: RuleSet, fact_ids: list[str]) -> Loaded:
    maxima = "".join(f", MAX({f})" for f in fact_ids)
    asked = f"SELECT COUNT(*), MAX(pupils){maxima} FROM {UNITS}"
    n_units, most_pupils, *largest = (int(str(n or 0)) for n in findings.session.rows(asked)[0])
    return Loaded(
        session=findings.session,
        ruleset=ruleset,
        name=findings.table.name,
        decimals={f: figures.decimals[f] for f in fact_ids},
        largest=dict(zip(fact_ids, largest, strict=True)),
        n_units=n_units,
        most_pupils=most_pupils,
    )
