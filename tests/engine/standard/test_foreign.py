"""Real public data, file to coefficient: mapping, unit table, engine, against published figures.

Reference: `reference_cv.csv` beside the data, computed apart from this product (see the README
there). The data stay outside the project; without them these tests are skipped.
"""

from __future__ import annotations

import csv
from functools import cache
from typing import TYPE_CHECKING

import pytest
from tests.public_data import SCHOOLS, needs_schools

from junheng.engine import standard
from junheng.engine.standard import measures
from junheng.engine.store.session import Session
from junheng.engine.store.tables import open_table

if TYPE_CHECKING:
    from junheng.engine.standard.assess import DispersionResult


# data set of the reference: file, mapping, stage
DATASETS = {
    "tainan primary": ("tainan_schools_2014.csv.gz", "tainan-2014", "primary"),
    "tainan junior": ("tainan_schools_2014.csv.gz", "tainan-2014", "junior"),
    "taiwan 103 primary": ("taiwan_schools_2012_2014.csv.gz", "taiwan-moe-2014", "primary"),
    "taiwan 103 junior": ("taiwan_schools_2012_2014.csv.gz", "taiwan-moe-2014", "junior"),
    "alagoas 2020": ("alagoas_schools_2020.csv.gz", "alagoas-2020", ""),
    "england 2021 primary": ("england_schools_2021.csv.gz", "england-2021", "primary"),
}
MEASURES = {
    "regular teachers per 100": "regular_teachers_per_100",
    "site m2 per pupil": "site_m2_per_pupil",
    "floor m2 per pupil": "floor_m2_per_pupil",
    "classes per 100": "classes_per_100",
    "full-time teachers per 100": "full_time_teachers_per_100",
    "places per 100 pupils": "places_per_100",
}
# Alagoas: two kinds of unit, a stage of a school and a whole school (listed as primary).
ALAGOAS = {
    "AI teachers per 100 AI pupils": ("alagoas-2020", "primary", "teachers_per_100"),
    "AF teachers per 100 AF pupils": ("alagoas-2020", "junior", "teachers_per_100"),
    "rooms in use per 100 (all pupils)": ("alagoas-2020-schools", "primary", "rooms_per_100"),
    "projectors per 100, 88888=missing": (
        "alagoas-2020-schools",
        "primary",
        "projectors_per_100",
    ),
    "pupil computers per 100, 88888=missing": (
        "alagoas-2020-schools",
        "primary",
        "pupil_computers_per_100",
    ),
}

pytestmark = needs_schools


def reference_rows() -> list[dict[str, str]]:
    path = SCHOOLS / "reference_cv.csv"
    if not path.is_file():
        return []
    with path.open(encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if "WRONG" not in row["indicator"]]


@cache
def dispersion_of(
    file: str, mapping: str, *, whole: bool
) -> dict[tuple[str, str, str], DispersionResult]:
    with Session() as session:
        table = open_table(session, SCHOOLS / file)
        result = standard.assess(measures.read_mapped(table, mapping, whole_as_one=whole))
        return {
            ("ALL" if whole else str(row.county_code), row.stage, row.indicator): row
            for row in result.dispersion
        }


def place_of(row: dict[str, str]) -> tuple[str, str, str, str]:
    """File, mapping, stage and measure that a reference row is about."""
    file, mapping, stage = DATASETS[row["dataset"]]
    if row["indicator"] in ALAGOAS:
        mapping, stage, measure = ALAGOAS[row["indicator"]]
    else:
        measure = MEASURES[row["indicator"]]
    return file, mapping, stage, measure


@pytest.mark.parametrize(
    "row", reference_rows(), ids=lambda r: f"{r['dataset']}-{r['indicator']}-{r['district']}"
)
def test_reproduces_reference(row: dict[str, str]) -> None:
    file, mapping, stage, measure = place_of(row)
    found = dispersion_of(file, mapping, whole=row["district"] == "ALL")
    result = found[row["district"], stage, measure]
    assert result.n_units == int(row["units_used"])
    assert result.mean == pytest.approx(float(row["mean"]), abs=5.1e-7)
    assert result.sd == pytest.approx(float(row["S"]), abs=5.1e-7)
    assert result.cv == pytest.approx(float(row["CV"]), abs=5.1e-7)


def test_proxies_are_compared_not_judged() -> None:
    found = dispersion_of("tainan_schools_2014.csv.gz", "tainan-2014", whole=True)
    assert {row.status for row in found.values()} == {"not_judged"}
    assert {row.limit for row in found.values()} == {None}


def test_user_may_ask_for_the_national_thresholds() -> None:
    with Session() as session:
        table = open_table(session, SCHOOLS / "tainan_schools_2014.csv.gz")
        mapped = measures.read_mapped(
            table,
            "tainan-2014",
            whole_as_one=True,
            thresholds_from=standard.load("cn-2017-quality"),
        )
        result = standard.assess(mapped)
        cells = [unit.cells for unit in result.units if unit.stage == "primary"]
        assert {cell["regular_teachers_per_100"].threshold for cell in cells} == {4.2}
        assert {cell["classes_per_100"].threshold for cell in cells} == {None}
        assert mapped.ruleset.indicator("regular_teachers_per_100").is_proxy
        assert {row.status for row in result.dispersion} <= {"within", "beyond"}
