"""The sample district: published totals, repeatability, and records that agree with each other."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from collections import Counter
from decimal import Decimal
from functools import cache
from itertools import combinations

import pytest

from junheng.engine.simulation.district import District, UnitYear, school_year_label
from junheng.engine.simulation.presets import PRESETS
from junheng.engine.simulation.sample import draw_district
from junheng.engine.standard.ruleset import STAGES
from junheng.errors import DataError

LAST = 2025
# JY/T 1001: school category, province by GB/T 2260, sequence; no check digit.
IDENTIFIER = re.compile(
    r"(11|21|22|31|32|33|34|35|36|37|41|42|51|91|92|93)"
    r"(1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[12])"
    r"\d{6}"
)
CATEGORY = {
    "primary": "21",
    "teaching_point": "21",
    "junior": "31",
    "nine_year": "31",
    "complete_middle": "34",
    "special": "51",
}


@cache
def district(seed: int = 2025, preset: str = "dongsheng") -> District:
    return draw_district(preset, seed=seed)


def digest(seed: int) -> str:
    return hashlib.sha256(repr(draw_district(seed=seed)).encode()).hexdigest()


def test_it_works() -> None:
    sample = district()
    assert sample.bureau.code == "990101"
    assert sample.bureau.name.zh == "样例区"
    assert [school_year_label(year) for year in (sample.years[0], sample.years[-1])] == [
        "2016-2017",
        "2025-2026",
    ]
    assert len(sample.years) == 10


@pytest.mark.parametrize("seed", [1, 2, 2025])
def test_published_totals_are_exact(seed: int) -> None:
    """Dongsheng 2024: 50 compulsory schools, 77 332 pupils, 6 230 staff, 1 : 12.4."""
    now = district(seed).figures_in(LAST)
    pupils, staff = sum(f.pupils for f in now), sum(f.staff for f in now)
    assert (len(district(seed).schools_in(LAST)), pupils, staff) == (50, 77_332, 6_230)
    assert round(pupils / staff, 1) == 12.4
    assert 58 <= len(now) <= 60
    # District-wide 1 864 teachers hold a title of the ladder, kindergartens and seniors included.
    assert sum(f.teachers_backbone for f in now) < 1_864


def test_the_second_preset_keeps_its_totals() -> None:
    now = district(preset="xigong").figures_in(LAST)
    assert len(district(preset="xigong").schools_in(LAST)) == 39
    assert sum(f.pupils for f in now) == 37_000
    assert sum(f.staff for f in now) == PRESETS["xigong"].staff


def test_all_kinds_and_places_occur() -> None:
    schools = district().schools_in(LAST)
    kinds = Counter(school.kind for school in schools)
    assert kinds["special"] == 1
    assert kinds["nine_year"] == 9
    assert kinds["teaching_point"] == 3
    assert {school.location for school in schools} == {"city", "town", "rural"}


def test_small_points_and_large_schools_occur() -> None:
    units = {unit.id: unit for unit in district().units}
    now = district().figures_in(LAST)
    points = [f.pupils for f in now if units[f.unit_id].kind == "teaching_point"]
    assert min(points) < 50 <= max(points) < 100
    assert any(f.pupils > 2_000 for f in now)


def test_the_same_seed_repeats_byte_for_byte_in_another_process() -> None:
    program = (
        "import hashlib; from junheng.engine.simulation.sample import draw_district as d;"
        "print(hashlib.sha256(repr(d(seed=11)).encode()).hexdigest())"
    )
    other = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONHASHSEED": "123"},
        capture_output=True,
        check=True,
        text=True,
    )
    assert other.stdout.strip() == digest(11) == digest(11)


def test_another_seed_gives_another_district() -> None:
    assert digest(11) != digest(12)
    assert district(11).schools != district(12).schools


def test_fewer_years_leave_the_others_as_they_are() -> None:
    few = draw_district(years=3)
    assert few.years == (2023, 2024, 2025)
    assert few.figures_in(2023) == district().figures_in(2023)
    assert set(few.schools) < set(district().schools)


@pytest.mark.parametrize("seed", [3, 4, 2025])
def test_identifiers_are_valid_unique_and_of_their_kind(seed: int) -> None:
    schools = district(seed).schools
    assert all(IDENTIFIER.fullmatch(school.id) for school in schools)
    assert all(school.id.startswith(CATEGORY[school.kind]) for school in schools)
    assert all(school.id[4:6] == "99" for school in schools)
    assert len({school.id for school in schools}) == len(schools)
    assert len({unit.id for unit in district(seed).units}) == len(district(seed).units)


@pytest.mark.parametrize("seed", [3, 4, 2025])
@pytest.mark.parametrize("preset", PRESETS)
def test_names_are_unique_and_not_those_of_real_schools(seed: int, preset: str) -> None:
    schools = district(seed, preset).schools
    assert len({school.name.zh for school in schools}) == len(schools)
    assert len({school.name.en for school in schools}) == len(schools)
    assert all(school.name.zh.startswith("样例区") for school in schools)
    assert max(len(school.name.zh) for school in schools) <= 20
    assert not any(re.search(r"[\u4e00-\u9fff{}]", school.name.en) for school in schools)


def test_location_codes_agree_with_locations() -> None:
    first = {"city": "11", "town": "12", "rural": "2"}
    assert all(s.location_code.startswith(first[s.location]) for s in district().schools)


@pytest.mark.parametrize("seed", [3, 4, 2025])
def test_schools_stand_on_the_map_and_apart(seed: int) -> None:
    sample = district(seed)
    places = [(school.x_m, school.y_m) for school in sample.schools]
    assert all(_inside(place, sample.map.outline) for place in places)
    gaps = [(ax - bx) ** 2 + (ay - by) ** 2 for (ax, ay), (bx, by) in combinations(places, 2)]
    assert min(gaps) >= 700**2


def _inside(point: tuple[int, int], outline: tuple[tuple[int, int], ...]) -> bool:
    """Whether a ray to the east crosses the outline an odd number of times."""
    x, y = point
    crossings = 0
    for (ax, ay), (bx, by) in zip(outline, (*outline[1:], outline[0]), strict=True):
        if (ay > y) != (by > y) and x < ax + (y - ay) * (bx - ax) / (by - ay):
            crossings += 1
    return crossings % 2 == 1


def test_units_follow_the_kind_of_the_school() -> None:
    stages: dict[str, list[str]] = {}
    for unit in district().units:
        stages.setdefault(unit.school_id, []).append(unit.stage)
    for school in district().schools:
        both = school.kind == "nine_year"
        junior = school.kind in {"junior", "complete_middle"}
        expected = list(STAGES) if both else ["junior" if junior else "primary"]
        assert stages[school.id] == expected


@pytest.mark.parametrize("seed", [5, 6, 2025])
@pytest.mark.parametrize("preset", PRESETS)
def test_figures_of_every_year_are_possible(seed: int, preset: str) -> None:
    for figures in district(seed, preset).figures:
        _assert_possible(figures)


def _assert_possible(figures: UnitYear) -> None:
    assert figures.pupils > 0
    assert 1 <= figures.teachers <= figures.staff
    parts = (
        figures.teachers_above_degree,
        figures.teachers_backbone,
        figures.teachers_pe_arts,
        figures.teachers_mid_title,
    )
    assert all(0 <= part <= figures.teachers for part in parts)
    assert Decimal(0) <= figures.indoor_sport_area_m2 <= figures.teaching_area_m2
    assert figures.sports_ground_area_m2 >= 0
    assert min(figures.equipment_yuan, figures.media_rooms, figures.computers, figures.books) >= 0


def test_shared_assets_of_a_nine_year_school_are_split_one_to_one_point_one() -> None:
    school = next(s for s in district().schools if s.kind == "nine_year")
    both = [f for f in district().figures_in(LAST) if f.unit_id.startswith(school.id)]
    primary, junior = both
    total = primary.books + junior.books
    assert total == int(total)
    expected = float(total) * primary.pupils / (primary.pupils + 1.1 * junior.pupils)
    assert float(primary.books) == pytest.approx(expected, abs=0.006)


def test_schools_exist_from_founding_to_merger() -> None:
    sample = district()
    for school in sample.schools:
        years = [f.year for f in sample.figures if f.unit_id == f"{school.id}-P"]
        if years:
            assert years == [year for year in sample.years if school.exists_in(year)]
    assert sum(s.founded > sample.years[0] for s in sample.schools) >= 3


def test_a_merged_school_goes_to_one_that_stays_and_brings_its_pupils() -> None:
    sample = district()
    (merged,) = [school for school in sample.schools if school.closed is not None]
    assert merged.closed is not None
    assert not merged.exists_in(merged.closed)
    (into,) = [school for school in sample.schools if school.id == merged.successor_id]
    assert into.exists_in(LAST)
    rolls = {(f.unit_id[:10], f.year): f.pupils for f in sample.figures}
    before = rolls[into.id, merged.closed - 1]
    assert rolls[into.id, merged.closed] > before
    assert rolls[merged.id, merged.closed - 1] < 100


def test_cities_grow_and_villages_shrink() -> None:
    sample = district()
    location = {school.id: school.location for school in sample.schools}
    old = {school.id for school in sample.schools if school.founded < 2013 and not school.closed}

    def pupils(where: str, year: int) -> int:
        figures = sample.figures_in(year)
        ids = {f.unit_id: f.unit_id[:10] for f in figures}
        return sum(
            f.pupils for f in figures if ids[f.unit_id] in old and location[ids[f.unit_id]] == where
        )

    assert pupils("city", 2016) < pupils("city", LAST)
    assert pupils("rural", 2016) > 1.2 * pupils("rural", LAST)


@pytest.mark.parametrize("years", [0, 16])
def test_years_out_of_range_are_refused(years: int) -> None:
    with pytest.raises(DataError, match="1 to 15 school years"):
        draw_district(years=years)


def test_an_unknown_preset_is_refused_with_those_that_exist() -> None:
    with pytest.raises(DataError, match=r"“atlantis”\. Choose one of: dongsheng, xigong"):
        draw_district("atlantis")
