"""The presets: each keeps the totals published for its district, whatever the seed."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

import pytest

from junheng.engine.simulation.persons import PersonTables, draw_persons
from junheng.engine.simulation.presets import PRESETS
from junheng.engine.simulation.sample import draw_district
from junheng.engine.standard.ruleset import STAGES

if TYPE_CHECKING:
    from junheng.engine.simulation.district import District

LAST = 2025
FIVE_DISTRICTS = ("wuhua", "yuzhong", "pingfang", "xigong", "dongsheng")


@cache
def district(preset: str, seed: int) -> District:
    return draw_district(preset, seed=seed, years=1)


@cache
def persons(preset: str) -> PersonTables:
    return draw_persons(district(preset, 2025), LAST)


def totals(preset: str, seed: int) -> tuple[int, int, int]:
    now = district(preset, seed).figures_in(LAST)
    n_schools = len(district(preset, seed).schools_in(LAST))
    return n_schools, sum(f.pupils for f in now), sum(f.staff for f in now)


def test_the_five_districts_are_there() -> None:
    assert set(FIVE_DISTRICTS) < set(PRESETS)


@pytest.mark.parametrize("seed", [1, 2, 2025])
@pytest.mark.parametrize(
    ("preset", "n_schools", "pupils", "staff"),
    [
        # Published: all three of Dongsheng, schools and pupils of Xigong, schools of Wuhua.
        ("dongsheng", 50, 77_332, 6_230),
        ("xigong", 39, 37_000, 2_984),
        ("wuhua", 67, 103_625, 8_348),
        # "More than 40": 10 that lead groups, their 33 members, and a special school.
        ("yuzhong", 44, 68_052, 5_482),
        ("pingfang", 20, 16_000, 1_289),
    ],
)
def test_totals(preset: str, n_schools: int, pupils: int, staff: int, seed: int) -> None:
    assert totals(preset, seed) == (n_schools, pupils, staff)


@pytest.mark.parametrize("preset", FIVE_DISTRICTS)
def test_staff_and_size_not_published_are_those_of_dongsheng(preset: str) -> None:
    """1:12.4; and 1 547 pupils a school where nothing is told of the size of the district."""
    n_schools, pupils, staff = totals(preset, 2025)
    assert round(pupils / staff, 1) == 12.4
    if preset in {"wuhua", "yuzhong"}:
        assert round(pupils / n_schools) == 1_547


def test_wuhua_has_72_campuses_and_11_middle_schools() -> None:
    """67 schools on 72 campuses; 11 public middle schools, 7 with senior grades."""
    assert persons("wuhua").n_rows("campuses") == 72
    kinds = [s.kind for s in district("wuhua", 2025).schools_in(LAST)]
    assert kinds.count("complete_middle") == 7
    assert kinds.count("complete_middle") + kinds.count("junior") == 11


@pytest.mark.parametrize("preset", FIVE_DISTRICTS)
def test_people_add_up(preset: str) -> None:
    """On 1 September everybody is in a class or employed; senior grades come on top."""
    tables = persons(preset).datasets
    n_pupils, n_staff = totals(preset, 2025)[1:]
    stage_of = dict(zip(tables["units"]["unit_id"], tables["units"]["stage"], strict=True))
    unit_of = dict(zip(tables["classes"]["class_id"], tables["classes"]["unit_id"], strict=True))
    pupils = tables["pupils"]
    rows = zip(pupils["class_id"], pupils["from_date"], pupils["to_date"], strict=True)
    day = "2025-09-01"
    here = [c for c, start, end in rows if str(start) <= day and (end is None or str(end) >= day)]
    assert sum(stage_of[unit_of[c]] in STAGES for c in here) == n_pupils
    staff = zip(tables["staff"]["to_date"], tables["staff"]["main_stage"], strict=True)
    assert sum(left is None and stage != "senior" for left, stage in staff) == n_staff


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_says_where_it_comes_from(preset: str) -> None:
    source = PRESETS[preset].source
    assert ("made up" in source) == (preset in {"pingfang", "village"})
    if preset in {"wuhua", "yuzhong"}:
        assert "not published" in source


@pytest.mark.parametrize("seed", [1, 2, 2025])
def test_the_village_is_small_and_has_both_stages(seed: int) -> None:
    village = district("village", seed)
    assert totals("village", seed) == (4, 600, 58)
    assert len(village.figures_in(LAST)) == 5
    assert {unit.stage for unit in village.units} == {"primary", "junior"}
    assert {unit.kind for unit in village.units} == {"ordinary", "teaching_point"}


def test_the_village_has_people() -> None:
    assert 600 <= persons("village").n_rows("pupils") < 650


@pytest.mark.parametrize("preset", FIVE_DISTRICTS)
def test_training_and_equipment_add_up(preset: str) -> None:
    """Five years of hours for every teacher; what schools bought is what their units have."""
    tables = persons(preset).datasets
    staff = zip(*(tables["staff"][n] for n in ("staff_id", "to_date", "main_stage")), strict=True)
    teachers = {who for who, left, stage in staff if left is None and stage is not None}
    assert Counter(tables["training"]["staff_id"]) == dict.fromkeys(teachers, 5)
    equipment = tables["equipment"]
    names = ("school_id", "asset_kind", "amount")
    # A school with senior grades has equipment for them, too, which is no unit's.
    all_stages = {
        s.id for s in district(preset, 2025).schools_in(LAST) if s.kind != "complete_middle"
    }
    for kind, figure in (("teaching_equipment", "equipment_yuan"), ("computers", "computers")):
        rows = zip(*(equipment[name] for name in names), strict=True)
        bought = sum(int(str(n)) for school, k, n in rows if k == kind and school in all_stages)
        units = {unit.id: unit.school_id for unit in district(preset, 2025).units}
        assert bought == sum(
            getattr(f, figure)
            for f in district(preset, 2025).figures_in(LAST)
            if units[f.unit_id] in all_stages
        )
