"""Comparing: what differs, school by school."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from junheng.engine import snapshot
from junheng.engine.simulation.persons import draw_persons, write_persons
from junheng.engine.simulation.sample import draw_district
from junheng.engine.snapshot.figures import Figures, Row, differences
from junheng.engine.snapshot.verifying import SnapshotDamaged
from junheng.engine.standard.rulebook import RULES_DIR

if TYPE_CHECKING:
    from pathlib import Path

    from tests.engine.snapshot.conftest import Make, Rewrite

CENTRAL = "2153990001"


def test_a_snapshot_differs_from_itself_in_nothing(kept: Path) -> None:
    same = snapshot.compare(kept, kept)
    assert (same.schools, same.coefficients, same.counties) == ((), (), ())
    assert same.is_same_ruleset
    assert same.has_same_key


def test_a_ground_that_grew_shows_at_its_school_alone(
    tmp_path: Path, village: Path, kept: Path, make: Make, rewrite: Rewrite
) -> None:
    source = shutil.copytree(village, tmp_path / "source")
    larger = f"CASE school_id WHEN '{CENTRAL}' THEN area_m2 + 1000 ELSE area_m2 END"
    rewrite(source, "grounds", f"SELECT * REPLACE ({larger} AS area_m2) FROM old")
    make(source, tmp_path / "after")
    found = snapshot.compare(kept, tmp_path / "after")
    (school,) = found.schools
    assert school.school_id == CENTRAL
    facts = [d for d in school.differences if d.table == "facts"]
    assert [d.key for d in facts] == [(f"{CENTRAL}-P", "sports_ground_area_m2")]
    assert float(str(facts[0].after)) - float(str(facts[0].before)) == 1000
    assert {d.key[1] for d in school.differences if d.table == "cells"} == {"R5"}
    assert {d.key for d in found.coefficients} == {("990101", "primary", "R5")}
    assert found.counties == ()


def test_a_school_that_closed_is_told_once(
    tmp_path: Path, village: Path, kept: Path, make: Make, rewrite: Rewrite
) -> None:
    point = "2153990004"
    source = shutil.copytree(village, tmp_path / "source")
    of_point = f"LIKE '{point}%'"
    rewrite(source, "pupils", f"SELECT * FROM old WHERE class_id NOT {of_point}")
    rewrite(source, "teaching", f"SELECT * FROM old WHERE unit_id NOT {of_point}")
    moved = f"CASE school_id WHEN '{point}' THEN '{CENTRAL}' ELSE school_id END"
    rewrite(source, "staff", f"SELECT * REPLACE ({moved} AS school_id) FROM old")
    for dataset in (
        "classes",
        "rooms",
        "grounds",
        "equipment",
        "funding",
        "campuses",
        "units",
        "schools",
    ):
        rewrite(source, dataset, f"SELECT * FROM old WHERE school_id <> '{point}'")
    make(source, tmp_path / "after")
    found = snapshot.compare(kept, tmp_path / "after")
    gone = next(school for school in found.schools if school.school_id == point)
    assert [(d.table, d.change) for d in gone.differences] == [("units", "removed")]
    assert "教学点" in gone.school_name
    back = snapshot.compare(tmp_path / "after", kept)
    came = next(school for school in back.schools if school.school_id == point)
    assert [(d.table, d.change) for d in came.differences] == [("units", "added")]


def test_other_rules_and_keys_are_told(
    tmp_path: Path, village: Path, kept: Path, make: Make
) -> None:
    local = RULES_DIR / "example-local" / "2026.1.toml"
    make(village, tmp_path / "after", ruleset_file=local, secret=bytes(32))
    found = snapshot.compare(kept, tmp_path / "after")
    assert not found.is_same_ruleset
    assert not found.has_same_key


def test_a_damaged_snapshot_is_not_compared(copied: Path, kept: Path) -> None:
    (copied / "data" / "rooms.parquet").unlink()
    with pytest.raises(SnapshotDamaged):
        snapshot.compare(kept, copied)


def test_quotients_may_be_printed_a_hair_apart() -> None:
    def figures(cv: float, status: str) -> Figures:
        row: Row = {"county_code": "990101", "stage": "primary", "indicator": "R1", "mean": 1.0}
        row |= {"sd": 0.1, "cv": cv, "limit": 0.5, "status": status, "n_units": 3}
        empty: Figures = {n: [] for n in ("units", "cells", "facts", "left_out", "counties")}
        return empty | {"dispersion": [row]}

    assert list(differences(figures(0.3, "within"), figures(0.3 * (1 + 1e-12), "within"))) == []
    assert len(list(differences(figures(0.3, "within"), figures(0.3 + 1e-7, "within")))) == 1
    assert len(list(differences(figures(0.3, "within"), figures(0.3, "beyond")))) == 1


def test_districts_are_compared_school_by_school(tmp_path: Path, make: Make) -> None:
    for seed in (1, 2):
        source = tmp_path / f"people-{seed}"
        write_persons(draw_persons(draw_district("xigong", seed=seed, years=1), 2025), source)
        make(source, tmp_path / str(seed))
    found = snapshot.compare(tmp_path / "1", tmp_path / "2")
    assert len(found.schools) == 39
