"""One workbook per school, a sheet per table: every figure by table, row text and header path."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from random import Random
from typing import TYPE_CHECKING

import pytest
from tests.engine.annual_statistics import books
from tests.engine.annual_statistics.books import Stage
from tests.engine.annual_statistics.schools import (
    RULES,
    facts,
    primary,
    refused,
    said,
    write,
    write_changed,
)

from junheng.engine import standard
from junheng.engine.annual_statistics.reading import read_schools, read_statistics
from junheng.engine.annual_statistics.recognition import is_annual_statistics
from junheng.engine.annual_statistics.units import class_bands
from junheng.engine.store.session import Session
from junheng.errors import NotFound, RuleSetError, TableFaults

if TYPE_CHECKING:
    from pathlib import Path

    from junheng.engine.standard import Assessment


# --- the district worked by hand -----------------------------------------------------------------


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Assessment:
    folder = write(tmp_path_factory.mktemp("worked"), books.worked_district())
    session = Session()
    return standard.assess(read_statistics(session, folder, RULES))


def test_it_works(worked: Assessment) -> None:
    by_name = {unit.school_name: unit for unit in worked.units}
    verdicts = {name: (unit.verdict, unit.n_met) for name, unit in by_name.items()}
    assert verdicts == {
        "甲校": ("pass", 6),
        "乙校": ("fail", 3),
        "丙校": ("fail", 5),
        "丁校": ("pass", 7),
    }
    values = {i: by_name["甲校"].cells[i].value for i in ("R1", "R4", "R5", "R6")}
    assert values == {"R1": 5.0, "R4": 4.7, "R5": 7.0, "R6": 2300.0}


def test_coefficients_of_the_worked_district(worked: Assessment) -> None:
    found = {d.indicator: round(d.cv or 0, 4) for d in worked.dispersion if d.stage == "primary"}
    assert found == {
        "R1": 0.0667, "R2": 0.2200, "R3": 0.0481, "R4": 0.0758, "R5": 0.1117, "R6": 0.0805,
        "R7": 0.0836,
    }  # fmt: skip


def test_such_files_are_recognised(tmp_path: Path) -> None:
    assert not is_annual_statistics(tmp_path)
    write(tmp_path, books.worked_district()[:1])
    assert is_annual_statistics(tmp_path)
    assert is_annual_statistics(tmp_path / "甲校.xlsx")


def test_a_damaged_workbook_is_refused_wherever_it_breaks(tmp_path: Path) -> None:
    path = write(tmp_path, [primary()]) / "甲校.xlsx"
    whole = path.read_bytes()
    for n in range(4, len(whole), len(whole) // 12):
        path.write_bytes(whole[:n])
        assert not is_annual_statistics(path)
        refused(path)
    damage = Random(1)
    for _ in range(20):
        broken = bytearray(whole)
        for at in damage.sample(range(len(whole)), 8):
            broken[at] ^= 255
        path.write_bytes(broken)
        with suppress(TableFaults):
            read_schools(path)


def test_it_says_what_was_read(tmp_path: Path) -> None:
    told = said(write(tmp_path, books.worked_district()))
    assert "4 schools read from 4 workbooks by layout present" in told
    assert "not been compared" in told


# --- schools of several stages --------------------------------------------------------------------


def test_a_nine_year_school_is_split_by_weighted_pupils(tmp_path: Path) -> None:
    stages = {
        "小学": Stage(166, (0, 0, 9, 1, 0, 0), 2, 1, 3),
        "初中": Stage(210, (0, 1, 9, 1, 0, 0), 2, 2, 4),
    }
    school = primary(kind="九年一贯制学校", stages=stages, teaching=23226, indoor=0)
    found = facts(write(tmp_path, [school]))
    areas = {unit: Fraction(str(f["teaching_area_m2"])) for unit, f in found.items()}
    # Published split of 23 226 over 166 and 210 pupils with the weights 1 : 1.1.
    assert round(float(areas["甲校-P"]), 2) == 9711.63
    assert round(float(areas["甲校-J"]), 2) == 13514.37
    assert sum(areas.values()) == 23226
    assert found["甲校-P"]["teachers_above_degree"] == 10
    assert found["甲校-J"]["teachers_above_degree"] == 10


def test_a_twelve_year_school_leaves_the_share_of_its_seniors(tmp_path: Path) -> None:
    stages = {"小学": Stage(600), "初中": Stage(500), "高中": Stage(400)}
    school = primary(kind="十二年一贯制学校", stages=stages, ground=1678)
    found = facts(write(tmp_path, [school]))
    assert {u: f["sports_ground_area_m2"] for u, f in found.items()} == {
        "甲校-P": 600,
        "甲校-J": 550,
    }


def test_a_complete_school_is_one_unit(tmp_path: Path) -> None:
    stages = {"初中": Stage(500), "高中": Stage(700)}
    found = facts(write(tmp_path, [primary(kind="完全中学", stages=stages, ground=1340)]))
    assert {u: f["sports_ground_area_m2"] for u, f in found.items()} == {"甲校-J": 500}


def test_a_complete_school_without_its_seniors_is_refused(tmp_path: Path) -> None:
    (fault,) = refused(write(tmp_path, [primary(kind="完全中学", stages={"初中": Stage(500)})]))
    assert "教基3118" in fault.found.render()


def test_special_schools_without_these_tables_are_left_out_and_told(tmp_path: Path) -> None:
    special = primary("启智学校", kind="其他特教学校", stages={})
    told = said(write(tmp_path, [primary(), special]))
    assert "left out: 启智学校" in told


# --- classes --------------------------------------------------------------------------------------


def test_classes_by_size(tmp_path: Path) -> None:
    sizes = (0, 0, 0, 2, 20, 3, 0, 0, 0, 1)
    stage = replace(books.worked_district()[0].stages["小学"], classes=sizes)
    read = read_schools(write(tmp_path, [primary(stages={"小学": stage})]))
    bands = {(b.lowest, b.highest): b.n_classes for b in class_bands(read.schools, read.layout)}
    assert bands == {(36, 40): 2, (41, 45): 20, (46, 50): 3, (66, None): 1}


# --- layouts --------------------------------------------------------------------------------------


def test_an_officer_can_name_a_moved_header_in_a_layout(tmp_path: Path) -> None:
    def renamed(tables: books.Book) -> None:
        table = tables["教基5176"]
        columns = tuple(("体育场地",) if h == ("运动场地面积",) else h for h in table.columns)
        tables["教基5176"] = replace(table, columns=columns)

    folder = tmp_path / "tables"
    folder.mkdir()
    write_changed(folder, primary(), renamed)
    (fault,) = refused(folder)
    assert "运动场地面积" in fault.found.render()
    own = tmp_path / "own.toml"
    own.write_text(
        'based_on = "present"\nid = "own"\n[[figures]]\nid = "sports_ground"\n'
        'fact = "sports_ground_area_m2"\ntable = "5176"\nrows = ["总计"]\n'
        'columns = ["体育场地"]\nheaders = ["体育场地"]\n',
        encoding="utf-8",
    )
    assert facts(folder, layout=str(own))["甲校-P"]["sports_ground_area_m2"] == 8040


def test_faulty_layouts_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="present"):
        read_schools(tmp_path, layout="2030")
    own = tmp_path / "own.toml"
    own.write_text('based_on = "present"\n[[sums]]\nwhole = "nobody"\nparts = []\n', "utf-8")
    write(tmp_path, [primary()])
    with pytest.raises(RuleSetError, match="nobody"):
        read_schools(tmp_path, layout=str(own))
    other = tmp_path / "other.toml"
    other.write_text("id = ", "utf-8")
    with pytest.raises(RuleSetError, match=r"other\.toml"):
        read_schools(tmp_path, layout=str(other))


def test_a_rule_set_that_needs_more_than_the_tables_tell_is_refused(tmp_path: Path) -> None:
    write(tmp_path, [primary()])
    with Session() as session, pytest.raises(RuleSetError, match="computers"):
        read_statistics(session, tmp_path, standard.load("cn-2012-basic"))
