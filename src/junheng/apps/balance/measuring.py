"""From the bytes of a file to everything an assessment stores, without touching the database."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from junheng.apps.balance import findings, mappings, statistics
from junheng.apps.balance.stored import figure_text
from junheng.engine import standard
from junheng.engine.standard import definition, measures
from junheng.engine.standard.unit_table import UNITS
from junheng.engine.store.session import Session
from junheng.engine.store.tables import open_table
from junheng.errors import Fault, TableFaults
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date
    from fractions import Fraction

    from junheng.apps.balance.statistics import ReadFrom, StatisticsRead
    from junheng.engine.standard.assess import (
        Assessment,
        CountyVerdict,
        DispersionResult,
        UnitResult,
    )
    from junheng.engine.standard.ruleset import RuleSet
    from junheng.engine.standard.unit_table import UnitTable
    from junheng.engine.store.source import SourceTable
    from junheng.i18n import Renderable

Facts = Mapping[str, str | None]
Figures = Mapping[str, Mapping[str, "Fraction | None"]]

QUANTILES = (10, 25, 50, 75, 90)
FEWEST_FOR_QUANTILES = 10
"""Below this number of units a quantile would lie on, or next to, a single school's value."""


@dataclass(frozen=True)
class MeasuredUnit:
    """One unit with its exact facts as texts, see `figure_text`, its verdict and its cells."""

    row_no: int
    unit_id: str
    school_identifier: str
    school_name: str
    stage: str
    kind: str
    pupils: int
    facts: Facts
    verdict: str
    n_met: int | None
    cells: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class MeasuredDispersion:
    """One coefficient with the anonymous quantiles of the values behind it."""

    result: DispersionResult
    quantiles: tuple[float, ...] | None


@dataclass(frozen=True)
class Measured:
    """What one table says by one rule set; `read_from` when it came as annual statistics."""

    ruleset: RuleSet
    definition_sha256: str
    warnings: tuple[Renderable, ...]
    county: CountyVerdict
    units: tuple[MeasuredUnit, ...]
    dispersions: tuple[MeasuredDispersion, ...]
    findings: tuple[findings.Stored, ...]
    read_from: ReadFrom | None = None


def measure(
    content: bytes,
    *,
    name: str,
    ruleset: RuleSet,
    county_code: str,
    day: date | None = None,
    decisions: Iterable[findings.Stored] = (),
    last_year: Callable[[Session], UnitTable] | None = None,
) -> Measured:
    """Read a table, look for suspicious figures, make the corrections decided on, and measure it.

    Parameters
    ----------
    content
        The bytes of the file.
    name
        Its name: the ending decides how it is read, messages show it.
    ruleset
        The rule set to measure by, or the measures of a shipped mapping.
    county_code
        The one county that the table may name (six digits); it may also name none. A foreign
        table is taken as one district whatever it names.
    day
        The statistics date, by which a relief that the annual statistics cannot tell is named.
    decisions
        What was decided about findings, see `findings.inspect`.
    last_year
        Gives the table of a year before in a session of its own.

    Raises
    ------
    TableFaults
        Everything that is wrong with the table.
    """
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        session = stack.enter_context(Session())
        path = statistics.placed(Path(folder), name, content)
        before = None if last_year is None else last_year(stack.enter_context(Session()))
        is_foreign = mappings.is_mapping(ruleset.id)
        if not is_foreign and statistics.is_statistics(path):
            read = statistics.read(session, path, ruleset, day)
            return _measured_statistics(read, decisions, before)
        source = open_table(session, path)
        table = _read_foreign(source, ruleset) if is_foreign else standard.read(source, ruleset)
        inspected = findings.inspect(
            table, findings.texts_of(source, ruleset), decisions=decisions, last_year=before
        )
        if not is_foreign:
            _check_county(inspected.assessment, name, county_code)
        return measured_of(inspected)


def _measured_statistics(
    read: StatisticsRead, decisions: Iterable[findings.Stored], before: UnitTable | None
) -> Measured:
    """Measure annual statistics; their figures are corrected in the workbooks, not beside them."""
    kept = [d for d in decisions if d["kind"] != "corrected"]
    inspected = findings.inspect(read.table, None, decisions=kept, last_year=before)
    shown = tuple({**one, "is_correctable": False} for one in inspected.findings)
    measured = measured_of(inspected, read.figures)
    return replace(measured, findings=shown, read_from=read.told)


def _read_foreign(table: SourceTable, ruleset: RuleSet) -> UnitTable:
    return measures.read_mapped(table, mappings.mapping_id(ruleset.id), whole_as_one=True)


def _check_county(assessment: Assessment, name: str, county_code: str) -> None:
    found = [county.county_code for county in assessment.counties]
    if found in ([None], [county_code]):
        return
    codes = ", ".join(code or "–" for code in found)
    fault = Fault(
        say("names the counties {codes}; this bureau's is {code}.", codes=codes, code=county_code),
        say("Keep the rows of your own county, or leave the county column blank in every row."),
        source=name,
    )
    raise TableFaults([fault])


def measured_of(inspected: findings.Inspected, figures: Figures | None = None) -> Measured:
    """Return what an assessment stores of an inspected table.

    `figures`: the exact facts of the units by their ids, where the table itself shows them to a few
    decimals only.
    """
    assessment = inspected.assessment
    ruleset = assessment.ruleset
    table = assessment.table
    text = definition.text(ruleset, table.integer, table.denominators)
    values = _values_by_indicator(assessment.units)
    row_numbers = _row_numbers(assessment)
    return Measured(
        ruleset=ruleset,
        definition_sha256=sha256(text.encode()).hexdigest(),
        warnings=assessment.warnings,
        county=assessment.counties[0],
        units=tuple(
            _unit(
                unit,
                row_numbers[unit.unit_id],
                (figures or {}).get(unit.unit_id) or assessment.facts_of(unit.unit_id) or {},
            )
            for unit in assessment.units
        ),
        dispersions=tuple(
            MeasuredDispersion(row, quantiles_of(values.get((row.stage, row.indicator), ())))
            for row in assessment.dispersion
        ),
        findings=inspected.findings,
    )


def _row_numbers(assessment: Assessment) -> Mapping[str, int]:
    rows = assessment.table.session.rows(f"SELECT unit_id, row_no FROM {UNITS}")
    return {str(unit_id): int(str(row_no)) for unit_id, row_no in rows}


def _unit(unit: UnitResult, row_no: int, facts: Mapping[str, Fraction | None]) -> MeasuredUnit:
    cells = {i: asdict(cell) for i, cell in unit.cells.items()}
    return MeasuredUnit(
        row_no=row_no,
        unit_id=unit.unit_id,
        school_identifier=unit.school_id or unit.unit_id,
        school_name=unit.school_name or unit.school_id or unit.unit_id,
        stage=unit.stage,
        kind=unit.kind,
        pupils=unit.pupils,
        facts={n: None if value is None else figure_text(value) for n, value in facts.items()},
        verdict=unit.verdict,
        n_met=unit.n_met,
        cells={
            i: {key: cell[key] for key in ("value", "status", "gap")} for i, cell in cells.items()
        },
    )


def _values_by_indicator(
    units: Sequence[UnitResult],
) -> dict[tuple[str, str], list[float]]:
    found: dict[tuple[str, str], list[float]] = {}
    for unit in units:
        for indicator, cell in unit.cells.items():
            if cell.value is not None:
                found.setdefault((unit.stage, indicator), []).append(cell.value)
    return found


def quantiles_of(values: Sequence[float]) -> tuple[float, ...] | None:
    """Return the values at `QUANTILES` per cent, interpolated; None for too few units.

    >>> quantiles_of([float(n) for n in range(11)])
    (1.0, 2.5, 5.0, 7.5, 9.0)
    """
    if len(values) < FEWEST_FOR_QUANTILES:
        return None
    ordered = sorted(values)
    return tuple(_quantile(ordered, percent) for percent in QUANTILES)


def _quantile(ordered: Sequence[float], percent: int) -> float:
    whole, rest = divmod(percent * (len(ordered) - 1), 100)
    if rest == 0:
        return ordered[whole]
    return ordered[whole] + (ordered[whole + 1] - ordered[whole]) * rest / 100
