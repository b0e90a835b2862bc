"""Rotations and titles: as many as published, of people who are there."""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

import pytest

from junheng.engine.simulation import draw_district
from junheng.engine.simulation.careers import (
    Ladder,
    Rotation,
    draw_ladder,
    draw_rotations,
)
from junheng.engine.simulation.persons import PersonTables, draw_persons

if TYPE_CHECKING:
    from junheng.engine.simulation.district import District

LAST = 2025


@cache
def district(preset: str, seed: int) -> District:
    return draw_district(preset, seed=seed, years=1)


@cache
def persons(preset: str = "dongsheng", seed: int = 2025) -> PersonTables:
    return draw_persons(district(preset, seed), LAST)


@cache
def rotations(preset: str = "dongsheng", seed: int = 2025) -> tuple[Rotation, ...]:
    return draw_rotations(district(preset, seed), persons(preset, seed), LAST)


@cache
def ladder(preset: str = "dongsheng", seed: int = 2025) -> Ladder:
    return draw_ladder(district(preset, seed), persons(preset, seed), LAST)


# --- rotations -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("preset", "seed"), [("dongsheng", 2025), ("dongsheng", 1), ("xigong", 2025), ("xigong", 2)]
)
def test_469_rotations_in_two_years(preset: str, seed: int) -> None:
    """Xigong 2024-01-15: 469 since 2022; the district that has everything takes the number."""
    found = rotations(preset, seed)
    assert len(found) == 469
    assert len({rotation.staff_id for rotation in found}) == 469
    assert {rotation.starts for rotation in found} == {date(2024, 9, 1), date(2025, 9, 1)}


def test_other_districts_rotate_as_many_for_their_staff() -> None:
    """469 of 6 230: 4 of the village's 58."""
    assert len(rotations("village")) == 4


def test_those_of_this_year_are_the_lessons_given_elsewhere() -> None:
    taught = persons().datasets["teaching"]
    rows = zip(taught["staff_id"], taught["unit_id"], taught["form"], strict=True)
    lessons = {(who, host) for who, host, form in rows if form == "rotation"}
    now = {(r.staff_id, r.to_unit_id) for r in rotations() if r.starts.year == LAST}
    assert now == lessons
    assert all(r.ended is None and r.ends >= date(2026, 8, 31) for r in rotations()
               if r.starts.year == LAST)  # fmt: skip


def test_those_of_last_year_are_back() -> None:
    past = [r for r in rotations() if r.starts.year == LAST - 1]
    assert {r.ended for r in past} == {date(2025, 8, 31)}


@pytest.mark.parametrize("preset", ["dongsheng", "xigong", "yuzhong", "village"])
def test_rotations_are_possible(preset: str) -> None:
    staff = persons(preset).datasets["staff"]
    school_of = dict(zip(staff["staff_id"], staff["school_id"], strict=True))
    since = dict(zip(staff["staff_id"], staff["from_date"], strict=True))
    units = {unit.id: unit for unit in district(preset, 2025).units}
    for rotation in rotations(preset):
        home, host = units[rotation.from_unit_id], units[rotation.to_unit_id]
        assert home.school_id == school_of[rotation.staff_id]
        assert host.school_id != home.school_id
        assert str(since[rotation.staff_id]) <= rotation.starts.isoformat()


@pytest.mark.parametrize("preset", ["dongsheng", "xigong"])
def test_enough_of_those_who_went_hold_a_title(preset: str) -> None:
    """At least 20 % of the exchanged teachers are backbone teachers (T2)."""
    past = [r for r in rotations(preset) if r.ended]
    assert sum(r.backbone_level is not None for r in past) >= 0.2 * len(past)


# --- ladder --------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 2, 2025])
def test_the_ladder_has_the_published_totals(seed: int) -> None:
    """Dongsheng: 521 teaching masters and subject leaders, 152 famous, 1 191 backbone: 1 864."""
    found = ladder(seed=seed)
    assert (found.total("leader"), found.total("famous"), found.total("backbone")) == (
        521, 152, 1_191,
    )  # fmt: skip
    assert min(found.elsewhere.values()) >= 0


@pytest.mark.parametrize("preset", ["dongsheng", "xigong", "village"])
def test_holders_are_those_with_a_valid_title(preset: str) -> None:
    staff = persons(preset).datasets["staff"]
    names = ("staff_id", "to_date", "backbone_level", "backbone_from", "backbone_to")
    valid = {
        who
        for who, left, level, start, end in zip(*(staff[n] for n in names), strict=True)
        if left is None and level and str(start) <= "2025-09-01" <= str(end)
    }
    holders = [who for who, _ in ladder(preset).holders]
    assert len(holders) == len(set(holders))
    assert set(holders) == valid


def test_higher_levels_stand_on_higher_steps() -> None:
    staff = persons().datasets["staff"]
    level = dict(zip(staff["staff_id"], staff["backbone_level"], strict=True))
    rank = {"nation": 0, "province": 1, "city": 2, "county": 3}
    of_step: dict[str, list[int]] = {}
    for who, step in ladder().holders:
        of_step.setdefault(step, []).append(rank[str(level[who])])
    assert max(of_step["famous"]) <= min(of_step["leader"])
    assert max(of_step["leader"]) <= min(of_step["backbone"])
    assert Counter(step for _, step in ladder().holders)["famous"] < len(of_step["leader"])


# --- repeatability -------------------------------------------------------------------------------


def test_both_repeat_and_depend_on_the_seed() -> None:
    again = draw_persons(district("village", 2025), LAST)
    assert draw_rotations(district("village", 2025), again, LAST) == rotations("village")
    assert draw_ladder(district("village", 2025), again, LAST) == ladder("village")
    assert rotations(seed=1) != rotations(seed=2025)
