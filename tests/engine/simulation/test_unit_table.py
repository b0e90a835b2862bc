"""The sample district as a unit table: it is read, judged, and looks like a real district."""

from __future__ import annotations

import csv
from functools import cache
from typing import TYPE_CHECKING, Literal

import pytest

from junheng.engine.simulation.sample import draw_district
from junheng.engine.simulation.unit_table import unit_table, write_unit_table
from junheng.engine.standard import Assessment, assess, load, read
from junheng.engine.store.session import Session
from junheng.engine.store.tables import open_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from junheng.engine.simulation.district import District

    Judge = Callable[[District, int, str], Assessment]


CONTRACT = [
    "unit_id",
    "school_id",
    "school_name",
    "county_code",
    "stage",
    "pupils",
    "teachers_above_degree",
    "teachers_backbone",
    "teachers_pe_arts",
    "teaching_area_m2",
    "indoor_sport_area_m2",
    "sports_ground_area_m2",
    "equipment_yuan",
    "media_rooms",
    "kind",
    "computers",
    "books",
    "teachers",
    "teachers_mid_title",
]
# A provincial capital's district about 2013, primary: m2 of rooms and of sport, yuan, computers
# per 100, books, teachers, teachers above the degree and of intermediate title, per pupil.
PUBLISHED_2013 = (3.042, 4.424, 1295.9, 8.296, 22.007, 0.049, 0.047, 0.030)
PUBLISHED_WORST_COEFFICIENT = 1.299


@cache
def district(seed: int = 2025) -> District:
    return draw_district(seed=seed)


@pytest.fixture
def judge(tmp_path: Path) -> Iterator[Judge]:
    """Return a function that writes a year's table, reads it back, and assesses it."""
    with Session() as session:

        def judged(sample: District, year: int, rules: str) -> Assessment:
            path = tmp_path / "units.csv"
            write_unit_table(sample, year, path)
            return assess(read(open_table(session, path), load(rules)))

        yield judged


def test_it_works() -> None:
    rows = unit_table(district(), 2025)
    assert [list(row) for row in rows] == [CONTRACT] * len(district().figures_in(2025))
    assert all(value for row in rows for value in row.values())
    assert sum(int(row["pupils"]) for row in rows) == 77_332
    assert {row["kind"] for row in rows} == {"ordinary", "teaching_point", "special"}
    assert {row["county_code"] for row in rows} == {"990101"}


@pytest.mark.parametrize("headers", ["zh", "en"])
def test_the_file_holds_the_table(tmp_path: Path, headers: Literal["zh", "en"]) -> None:
    path = tmp_path / "units.csv"
    write_unit_table(district(), 2020, path, headers=headers)
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    table = unit_table(district(), 2020)
    assert (header == CONTRACT) is (headers == "en")
    assert len(set(header)) == len(CONTRACT)
    assert [row[0] for row in rows] == [row["unit_id"] for row in table]
    assert rows[0][4] == ("小学" if headers == "zh" else "primary")


def test_files_repeat_byte_for_byte(tmp_path: Path) -> None:
    first, again = tmp_path / "a.csv", tmp_path / "b.csv"
    write_unit_table(draw_district(seed=4), 2025, first)
    write_unit_table(draw_district(seed=4), 2025, again)
    assert first.read_bytes() == again.read_bytes()


@pytest.mark.parametrize("seed", [1, 2, 2025])
def test_a_few_schools_are_under_the_standard(judge: Judge, seed: int) -> None:
    result = judge(district(seed), 2025, "cn-2017-quality")
    by_school: dict[str | None, set[str]] = {}
    for unit in result.units:
        by_school.setdefault(unit.school_id, set()).add(unit.verdict)
    (county,) = result.counties
    assert (county.n_units - county.n_excluded, county.n_excluded) == (56, 3)
    assert (county.n_pass, county.n_fail, county.n_undetermined) == (49, 7, 0)
    assert sum(verdicts == {"pass"} for verdicts in by_school.values()) == 41
    assert {row.status for row in result.dispersion} == {"within"}


def test_the_district_comes_nearer_to_the_standard(judge: Judge) -> None:
    passing = [
        judge(district(), year, "cn-2017-quality").counties[0].n_pass for year in (2016, 2020, 2025)
    ]
    assert passing[0] < passing[1] < passing[2]


@pytest.mark.parametrize("year", [2016, 2025])
def test_levels_lie_near_published_ones(judge: Judge, year: int) -> None:
    result = judge(district(), year, "cn-2012-basic")
    primary = [row for row in result.dispersion if row.stage == "primary"][:8]
    for row, published, indicator in zip(
        primary, PUBLISHED_2013, result.ruleset.indicators, strict=True
    ):
        assert row.mean is not None
        assert row.cv is not None
        scale = 100 if indicator.per == 100 and published < 1 else 1
        assert 0.75 * published < row.mean / scale < 2.5 * published
        assert row.cv < PUBLISHED_WORST_COEFFICIENT
