"""The seven indicators a second time: plain Python and fractions, no table engine, no rule set.

Written from the text of the standard alone (教督〔2017〕6号, part one) and slow on purpose: every
step is one sentence of the text. It shares nothing with the engine, not even the thresholds.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PEOPLE_AND_ROOMS = {
    "R1": "teachers_above_degree",
    "R2": "teachers_backbone",
    "R3": "teachers_pe_arts",
    "R7": "media_rooms",
}
INDICATORS = ("R1", "R2", "R3", "R4", "R5", "R6", "R7")
THRESHOLDS = {
    "primary": dict(zip(INDICATORS, ["4.2", "1", "0.9", "4.5", "7.5", "2000", "2.3"], strict=True)),
    "junior": dict(zip(INDICATORS, ["5.3", "1", "0.9", "5.8", "10.2", "2500", "2.4"], strict=True)),
}
LIMITS = {"primary": Fraction(50, 100), "junior": Fraction(45, 100)}

Row = dict[str, str]


@dataclass(frozen=True)
class Cell:
    """One indicator of one unit; `amount` is what the value is made of, before pupils divide it."""

    amount: Fraction | None
    value: Fraction | None
    status: str
    gap: Fraction | None


@dataclass(frozen=True)
class Unit:
    """One stage unit, judged."""

    row: Row
    cells: Mapping[str, Cell]
    verdict: str

    @property
    def n_met(self) -> int:
        """How many indicators are met."""
        return sum(cell.status == "met" for cell in self.cells.values())


@dataclass(frozen=True)
class Dispersion:
    """One coefficient, with its square so that comparing it is exact."""

    mean: Fraction | None
    variance: Fraction | None
    cv_squared: Fraction | None
    status: str
    used: tuple[str, ...]
    left_out: tuple[str, ...]


def amounts(row: Row) -> dict[str, Fraction | None]:
    """Return the raw term of each indicator: persons, rooms, m2, yuan."""
    x = {name: Fraction(text) if text else None for name, text in row.items() if name in _FACTS}
    indoor, rooms, ground = (
        x[f"{name}_area_m2"] for name in ("indoor_sport", "teaching", "sports_ground")
    )
    found = {r: x[fact] for r, fact in PEOPLE_AND_ROOMS.items()}
    found["R4"] = None if rooms is None or indoor is None else rooms - indoor
    found["R5"] = None if ground is None or indoor is None else ground + indoor
    found["R6"] = x["equipment_yuan"]
    return found


_FACTS = {
    *PEOPLE_AND_ROOMS.values(),
    "teaching_area_m2",
    "indoor_sport_area_m2",
    "sports_ground_area_m2",
    "equipment_yuan",
}


def judge(row: Row) -> Unit:
    """Return one unit's cells and verdict."""
    kind, pupils = row.get("kind") or "ordinary", int(row["pupils"])
    if kind in {"special", "vocational"} or (kind == "teaching_point" and pupils < 50):
        return Unit(row, {}, "excluded")
    terms = amounts(row)
    cells = {r: _cell(row["stage"], r, terms[r], pupils) for r in INDICATORS}
    statuses = [cell.status for cell in cells.values()]
    if "below85" in statuses or statuses.count("between85") >= 2:
        return Unit(row, cells, "fail")
    return Unit(row, cells, "undetermined" if "missing" in statuses else "pass")


def _cell(stage: str, r: str, amount: Fraction | None, pupils: int) -> Cell:
    if amount is None or pupils == 0:
        return Cell(None, None, "missing", None)
    threshold = Fraction(THRESHOLDS[stage][r])
    per = 100 if r in PEOPLE_AND_ROOMS else 1
    value = per * amount / pupils
    if value >= threshold:
        return Cell(amount, value, "met", Fraction(0))
    status = "between85" if value >= threshold * 85 / 100 else "below85"
    lack = threshold * pupils / per - amount
    return Cell(amount, value, status, Fraction(ceil(lack)) if per == 100 else lack)


def dispersion(units: Sequence[Unit], stage: str, r: str) -> Dispersion:
    """Return the coefficient of one indicator over the units in scope of one county and stage."""
    used = [u for u in units if u.cells[r].value is not None]
    names = tuple(u.row["unit_id"] for u in used)
    left_out = tuple(u.row["unit_id"] for u in units if u not in used)
    if not used:
        return Dispersion(None, None, None, "not_computable", names, left_out)
    pupils = sum(int(u.row["pupils"]) for u in used)
    per = 100 if r in PEOPLE_AND_ROOMS else 1
    mean = per * sum((u.cells[r].amount or Fraction(0) for u in used), Fraction(0)) / pupils
    variance = Fraction(0)
    for u in used:
        difference = (u.cells[r].value or Fraction(0)) - mean
        variance += Fraction(int(u.row["pupils"]), pupils) * difference**2
    if mean == 0:
        return Dispersion(mean, variance, None, "not_computable", names, left_out)
    cv_squared = variance / mean**2
    status = "within" if cv_squared <= LIMITS[stage] ** 2 else "beyond"
    return Dispersion(mean, variance, cv_squared, status, names, left_out)


@dataclass(frozen=True)
class Assessment:
    """The whole table: units in their order, dispersion and verdict by county."""

    units: tuple[Unit, ...]
    dispersion: Mapping[tuple[str, str, str], Dispersion]
    counties: Mapping[str, str]


def assess(rows: Sequence[Row]) -> Assessment:
    """Return what the standard says of a table; the key of a blank county is an empty text."""
    units = tuple(judge(row) for row in rows)
    groups: dict[tuple[str, str], list[Unit]] = defaultdict(list)
    by_county: dict[str, list[Unit]] = defaultdict(list)
    for u in units:
        by_county[u.row.get("county_code", "")].append(u)
        if u.verdict != "excluded":
            groups[u.row.get("county_code", ""), u.row["stage"]].append(u)
    coefficients = {
        (county, stage, r): dispersion(groups[county, stage], stage, r)
        for county, stage in sorted(groups, key=lambda key: (key[0], key[1] == "junior"))
        for r in INDICATORS
    }
    counties = {
        county: _county(by_county[county], [d for k, d in coefficients.items() if k[0] == county])
        for county in sorted(by_county)
    }
    return Assessment(units, coefficients, counties)


def _county(units: Sequence[Unit], coefficients: Sequence[Dispersion]) -> str:
    if any(u.verdict == "fail" for u in units) or any(d.status == "beyond" for d in coefficients):
        return "not_met"
    is_open = any(u.verdict == "undetermined" for u in units)
    if is_open or any(d.status == "not_computable" or d.left_out for d in coefficients):
        return "undetermined"
    return "met"
