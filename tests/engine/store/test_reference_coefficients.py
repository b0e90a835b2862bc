"""The shipped mappings against coefficients of variation computed by others from the same files.

Each row of `reference_cv.csv` gives mean, standard deviation and coefficient of one measure in
one district, weighted by enrolment: mean = per * sum(x) / sum(P),
sd^2 = sum(P * (per * x / P - mean)^2) / sum(P).
"""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from junheng.engine.store.mapping import TableMapping, apply
from junheng.engine.store.mapping_file import load_mapping, shipped_mappings
from junheng.engine.store.session import Session
from junheng.engine.store.tables import open_table

if TYPE_CHECKING:
    from pathlib import Path

ALL = "ALL"
WRONG = "projectors per 100, 88888 kept (WRONG)"

FILES = {
    "tainan-2014": "tainan_schools_2014.csv.gz",
    "taiwan-moe-2014": "taiwan_schools_2012_2014.csv.gz",
    "alagoas-2020": "alagoas_schools_2020.csv.gz",
    "alagoas-2020-schools": "alagoas_schools_2020.csv.gz",
    "england-2021": "england_schools_2021.csv.gz",
}

MEASURES = {
    ("tainan", "regular teachers per 100"): ("tainan-2014", "regular_teachers_per_100"),
    ("tainan", "site m2 per pupil"): ("tainan-2014", "site_m2_per_pupil"),
    ("tainan", "floor m2 per pupil"): ("tainan-2014", "floor_m2_per_pupil"),
    ("tainan", "classes per 100"): ("tainan-2014", "classes_per_100"),
    ("taiwan", "full-time teachers per 100"): ("taiwan-moe-2014", "full_time_teachers_per_100"),
    ("taiwan", "classes per 100"): ("taiwan-moe-2014", "classes_per_100"),
    ("alagoas", "AI teachers per 100 AI pupils"): ("alagoas-2020", "teachers_per_100"),
    ("alagoas", "AF teachers per 100 AF pupils"): ("alagoas-2020", "teachers_per_100"),
    ("alagoas", "rooms in use per 100 (all pupils)"): ("alagoas-2020-schools", "rooms_per_100"),
    ("alagoas", "projectors per 100, 88888=missing"): (
        "alagoas-2020-schools",
        "projectors_per_100",
    ),
    ("alagoas", "pupil computers per 100, 88888=missing"): (
        "alagoas-2020-schools",
        "pupil_computers_per_100",
    ),
    ("england", "places per 100 pupils"): ("england-2021", "places_per_100"),
}


@dataclass(frozen=True)
class Dispersion:
    """Mean, standard deviation and coefficient of variation."""

    mean: float
    sd: float
    cv: float


def dispersion(pairs: list[tuple[Fraction, Fraction]], per: int) -> Dispersion:
    """Dispersion of per * x / P over pairs (x, P): the mean and each square exact, then summed."""
    pupils = sum(p for _, p in pairs)
    mean = per * sum(x for x, _ in pairs) / pupils
    squares = math.fsum(float(p * (per * x / p - mean) ** 2) for x, p in pairs)
    sd = math.sqrt(squares / pupils)
    return Dispersion(float(mean), sd, sd / float(mean))


class Mapped:
    """One file through one mapping, by county and taken as one."""

    def __init__(self, folder: Path, mapping: TableMapping) -> None:
        self.mapping = mapping
        with Session() as session:
            table = open_table(session, folder / FILES[mapping.id])
            by_county = apply(session, table, mapping).table
            as_one = apply(session, table, mapping, whole_as_one=True).table
            self.headers = by_county.headers
            self.rows = session.rows(f"SELECT * EXCLUDE row_no FROM {by_county.relation}")
            self.rows_as_one = session.rows(f"SELECT * EXCLUDE row_no FROM {as_one.relation}")

    def dispersion(self, measure_id: str, stage: str, district: str) -> Dispersion:
        measure = next(m for m in self.mapping.measures if m.id == measure_id)
        ((fact, weight),) = measure.terms
        county, rows = district, self.rows
        if district == ALL:
            county, rows = self.mapping.county.whole, self.rows_as_one
        named = [dict(zip(self.headers, row, strict=True)) for row in rows]
        pairs = [
            (weight * Fraction(str(row[fact])), Fraction(str(row["pupils"])))
            for row in named
            if row["county_code"] == county and row["stage"] == stage and row[fact] is not None
        ]
        return dispersion(pairs, measure.per)


@pytest.fixture(scope="module")
def mapped(real_schools: Path) -> dict[str, Mapped]:
    return {name: Mapped(real_schools, load_mapping(name)) for name in FILES}


@pytest.fixture(scope="module")
def reference(real_schools: Path) -> list[dict[str, str]]:
    with (real_schools / "reference_cv.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def stage_of(row: dict[str, str]) -> str:
    junior = row["dataset"].endswith("junior") or row["indicator"].startswith("AF ")
    return "junior" if junior else "primary"


def to_6_digits(row: dict[str, str]) -> object:
    """What the reference prints, with half a unit of its last digit."""
    return pytest.approx(
        [float(row["mean"]), float(row["S"]), float(row["CV"])], rel=0, abs=0.500001e-6
    )


def test_every_shipped_mapping_is_tried() -> None:
    assert set(FILES) == set(shipped_mappings())


def test_every_reference_coefficient_is_reproduced(
    mapped: dict[str, Mapped], reference: list[dict[str, str]]
) -> None:
    tried = 0
    for row in reference:
        if row["indicator"] == WRONG:
            continue
        name, measure = MEASURES[row["dataset"].split()[0], row["indicator"]]
        found = mapped[name].dispersion(measure, stage_of(row), row["district"])
        assert [found.mean, found.sd, found.cv] == to_6_digits(row), row
        tried += 1
    assert tried == len(reference) - 6


def test_a_mapping_that_keeps_the_missing_code_gives_the_wrong_values(
    real_schools: Path, reference: list[dict[str, str]]
) -> None:
    right = load_mapping("alagoas-2020-schools")
    projectors = replace(right.units[0].facts["projectors"], missing=frozenset())
    facts = {**right.units[0].facts, "projectors": projectors}
    naive = Mapped(real_schools, replace(right, units=(replace(right.units[0], facts=facts),)))
    rows = [row for row in reference if row["indicator"] == WRONG]
    assert len(rows) == 6
    for row in rows:
        found = naive.dispersion("projectors_per_100", "primary", row["district"])
        assert [found.mean, found.sd, found.cv] == to_6_digits(row), row
