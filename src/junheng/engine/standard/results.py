"""Results of an assessment as typed records, read from the session's relations on demand."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from junheng.engine.standard import definition
from junheng.engine.standard.ruleset import STAGES
from junheng.engine.standard.unit_table import UNITS
from junheng.i18n import Message, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from junheng.engine.standard.ruleset import Indicator, Stage
    from junheng.engine.standard.unit_table import UnitTable
    from junheng.engine.store.session import Session
    from junheng.engine.store.sql_engine import Row

COUNTY_COUNTS = (
    "n_units",
    "n_pass",
    "n_fail",
    "n_undetermined",
    "n_excluded",
    "n_beyond",
    "n_not_computable",
    "n_incomplete",
)


@dataclass(frozen=True)
class Cell:
    """One indicator of one unit. `value` and `gap` are None when missing."""

    indicator: str
    value: float | None
    threshold: float | None
    floor: float | None
    status: str
    gap: float | int | None


@dataclass(frozen=True)
class UnitResult:
    """One stage unit: who it is, its cells by indicator, its verdict."""

    unit_id: str
    school_id: str | None
    school_name: str | None
    county_code: str | None
    stage: Stage
    kind: str
    pupils: int
    verdict: str
    n_met: int | None
    cells: Mapping[str, Cell]


@dataclass(frozen=True)
class LeftOut:
    """A unit in scope that does not enter a coefficient, and why (`no_pupils`, `missing`)."""

    unit_id: str
    reason: str


@dataclass(frozen=True)
class DispersionResult:
    """One coefficient of variation: county, stage, indicator."""

    county_code: str | None
    stage: Stage
    indicator: str
    mean: float | None
    sd: float | None
    cv: float | None
    limit: float | None
    status: str
    n_units: int
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True)
class CountyVerdict:
    """Part one of the standard for a county, with counts and reasons."""

    county_code: str | None
    resource_allocation: str
    n_units: int
    n_pass: int
    n_fail: int
    n_undetermined: int
    n_excluded: int
    n_beyond: int
    n_not_computable: int
    n_incomplete: int
    reasons: tuple[Message, ...]


class Assessment:
    """The results of one assessment, read from the session's relations on demand."""

    def __init__(self, table: UnitTable) -> None:
        self.table = table
        self.ruleset = table.ruleset
        self.warnings = table.warnings

    @property
    def _session(self) -> Session:
        return self.table.session

    @cached_property
    def units(self) -> tuple[UnitResult, ...]:
        """Every unit, in the order of the table."""
        cells = ", ".join(
            f"value_{i.id}, status_{i.id}, gap_{i.id}" for i in self.ruleset.indicators
        )
        rows = self._session.rows(
            "SELECT unit_id, school_id, school_name, county, stage, kind, pupils, verdict, n_met, "
            f"{cells} FROM {definition.RESULTS} ORDER BY unit_ix"
        )
        return tuple(self._unit(row) for row in rows)

    def _unit(self, row: Row) -> UnitResult:
        unit_id, school_id, school_name, county, stage, kind, pupils, verdict, n_met, *figures = row
        cells = {}
        if verdict != "excluded":
            for ix, indicator in enumerate(self.ruleset.indicators):
                value, status, gap = figures[3 * ix : 3 * ix + 3]
                cells[indicator.id] = self._cell(indicator, stage_of(stage), value, status, gap)
        return UnitResult(
            unit_id=str(unit_id),
            school_id=_text(school_id),
            school_name=_text(school_name),
            county_code=_text(county),
            stage=stage_of(stage),
            kind=str(kind),
            pupils=int(str(pupils)),
            verdict=str(verdict),
            n_met=_whole(n_met),
            cells=cells,
        )

    def _cell(
        self, indicator: Indicator, stage: Stage, value: object, status: object, gap: object
    ) -> Cell:
        threshold, floor = self._thresholds[indicator.id, stage]
        return Cell(
            indicator=indicator.id,
            value=_number(value),
            threshold=threshold,
            floor=floor,
            status=str(status),
            gap=_whole(gap) if self.ruleset.is_counted_whole(indicator) else _number(gap),
        )

    @cached_property
    def _thresholds(self) -> Mapping[tuple[str, Stage], tuple[float | None, float | None]]:
        """Threshold and floor as doubles, by indicator and stage."""
        share = self.ruleset.unit_rule.floor_share
        exact = {(i.id, s): i.thresholds.get(s) for i in self.ruleset.indicators for s in STAGES}
        return {
            key: (None, None) if at is None else (float(at), float(at * share))
            for key, at in exact.items()
        }

    @cached_property
    def dispersion(self) -> tuple[DispersionResult, ...]:
        """Every coefficient, by county, primary before junior, in the order of the indicators."""
        rows = self._session.rows(
            "SELECT county, stage, indicator, mean, sd, cv, status, n_units FROM dispersion "
            "ORDER BY county, CASE stage WHEN 'primary' THEN 0 ELSE 1 END, indicator_ix"
        )
        return tuple(self._dispersion_row(row) for row in rows)

    def _dispersion_row(self, row: Row) -> DispersionResult:
        county, stage, indicator, mean, sd, cv, status, n_units = row
        limit = self._limit(stage_of(stage), str(indicator))
        return DispersionResult(
            county_code=_text(county),
            stage=stage_of(stage),
            indicator=str(indicator),
            mean=_number(mean),
            sd=_number(sd),
            cv=_number(cv),
            limit=limit,
            status=str(status),
            n_units=int(str(n_units)),
            left_out=tuple(self._left_out.get((str(county), str(stage), str(indicator)), ())),
        )

    def _limit(self, stage: Stage, indicator: str) -> float | None:
        rule = self.ruleset.dispersion
        is_judged = rule.method == "each" or indicator == definition.MEAN_OF_COEFFICIENTS
        limit = rule.limits.get(stage) if is_judged else None
        return None if limit is None else float(limit)

    @cached_property
    def _left_out(self) -> Mapping[tuple[str, str, str], list[LeftOut]]:
        missing = [f"status_{i.id} = 'missing'" for i in self.ruleset.indicators]
        rows = self._session.rows(
            f"SELECT county, stage, unit_id, pupils, {', '.join(missing)} "
            f"FROM {definition.RESULTS} WHERE {' OR '.join(missing)} ORDER BY unit_ix"
        )
        left_out: dict[tuple[str, str, str], list[LeftOut]] = defaultdict(list)
        for county, stage, unit_id, pupils, *is_missing in rows:
            unit = LeftOut(str(unit_id), "missing" if pupils else "no_pupils")
            for indicator, is_out in zip(self.ruleset.indicators, is_missing, strict=True):
                if is_out:
                    left_out[str(county), str(stage), indicator.id].append(unit)
            if self.ruleset.dispersion.method == "mean":
                left_out[str(county), str(stage), definition.MEAN_OF_COEFFICIENTS].append(unit)
        return left_out

    @cached_property
    def counties(self) -> tuple[CountyVerdict, ...]:
        """Every county's verdict on resource allocation, by county."""
        rows = self._session.rows(
            f"SELECT county, resource_allocation, {', '.join(COUNTY_COUNTS)} "
            "FROM county_verdicts ORDER BY county"
        )
        return tuple(_county(row) for row in rows)

    def facts_of(self, unit_id: str) -> Mapping[str, Fraction | None] | None:
        """Exact facts of a unit by id; None when the table has no such unit."""
        names = list(self.table.decimals)
        as_text = ", ".join(f"CAST({name} AS VARCHAR)" for name in names)
        rows = self._session.rows(f"SELECT {as_text} FROM {UNITS} WHERE unit_id = ?", [unit_id])
        if not rows:
            return None
        return {
            name: None
            if value is None
            else Fraction(int(str(value)), 10 ** self.table.decimals[name])
            for name, value in zip(names, rows[0], strict=True)
        }


def stage_of(value: object) -> Stage:
    """Return a stage as it stands in a relation."""
    return "primary" if value == "primary" else "junior"


def _county(row: Row) -> CountyVerdict:
    county, verdict, *counts = row
    n = {name: int(str(value)) for name, value in zip(COUNTY_COUNTS, counts, strict=True)}
    return CountyVerdict(_text(county), str(verdict), **n, reasons=tuple(_reasons(str(verdict), n)))


def _reasons(verdict: str, n: Mapping[str, int]) -> Iterator[Message]:
    in_scope = n["n_units"] - n["n_excluded"]
    if n["n_fail"]:
        yield say("{n} of {total} stage units do not pass.", n=n["n_fail"], total=in_scope)
    if n["n_beyond"]:
        yield say("{n} coefficients of variation are beyond their limit.", n=n["n_beyond"])
    if n["n_undetermined"]:
        yield say("{n} stage units lack data and cannot be judged yet.", n=n["n_undetermined"])
    if n["n_not_computable"]:
        yield say("{n} coefficients of variation cannot be computed.", n=n["n_not_computable"])
    if n["n_incomplete"]:
        yield say(
            "{n} coefficients of variation leave units out for lack of data.", n=n["n_incomplete"]
        )
    if in_scope == 0:
        yield say("No stage unit is in scope: nothing was measured.")
    elif verdict == "met":
        yield say(
            "All {total} stage units pass and every coefficient is within its limit.",
            total=in_scope,
        )
    elif verdict == "not_judged":
        yield say("These measures have no threshold: they are compared, not judged.")


def _text(value: object) -> str | None:
    return None if value in (None, "") else str(value)


def _number(value: object) -> float | None:
    return None if value is None else float(str(value))


def _whole(value: object) -> int | None:
    return None if value is None else int(str(value))
