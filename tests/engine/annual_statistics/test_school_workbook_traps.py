"""One workbook per school: what the tables lead astray with."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.annual_statistics import books
from tests.engine.annual_statistics.books import School, Stage
from tests.engine.annual_statistics.schools import (
    facts,
    primary,
    refused,
    said,
    write,
    write_changed,
)
from xlsxwriter import Workbook

from junheng.engine.annual_statistics.reading import read_schools

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random


@settings(max_examples=10, deadline=None)
@given(st.randoms(use_true_random=False))
def test_cells_are_found_wherever_columns_and_rows_stand(
    tmp_path_factory: pytest.TempPathFactory, random: Random
) -> None:
    """Next year's tables: further columns, and all of them in another order."""

    def moved(tables: books.Book) -> None:
        for sheet, table in tables.items():
            if sheet in ("教基1001", "教基4155"):
                continue
            wider = table.with_column(random.randint(0, len(table.columns)), ("新增指标",))
            columns, rows = list(range(len(wider.columns))), list(range(len(wider.rows)))
            random.shuffle(columns)
            random.shuffle(rows)
            # Without a second column “the only one” is told by its place.
            is_one_column = len(table.columns) == 1
            tables[sheet] = (
                table.in_order([0], rows) if is_one_column else wider.in_order(columns, rows)
            )
        staff = tables["教基4155"].with_column(random.randint(0, 17), ("新增课程",))
        columns = list(range(len(staff.columns)))
        random.shuffle(columns)
        tables["教基4155"] = staff.in_order(columns, range(len(staff.rows)))

    school, a, b = primary(), tmp_path_factory.mktemp("a"), tmp_path_factory.mktemp("b")
    assert facts(write_changed(a, school, moved)) == facts(write(b, [school]))


def test_sections_may_stand_beside_their_rows(tmp_path: Path) -> None:
    """小学 merged over its rows in a column of its own, the row texts in the next."""
    school = primary()
    path = write(tmp_path, [school]) / "甲校.xlsx"
    tables = {k: v for k, v in books.book(school).items() if k != "教基4155"}
    staff = books.book(school)["教基4155"]
    with Workbook(str(path)) as workbook:
        for name, table in tables.items():
            books.write_table(workbook.add_worksheet(name), table)
        sheet = workbook.add_worksheet("教基4155_小学")
        sheet.merge_range(0, 0, 0, 9, staff.title)
        books.write_headers(sheet, [("指标名称",), ("",), ("代码",), *staff.columns], 1)
        for c, code in enumerate(["甲", "", "乙", *map(str, range(1, len(staff.columns) + 1))]):
            sheet.write(3, c, code)
        sheet.merge_range(4, 0, 3 + len(staff.rows), 0, "小学")
        for r, (text, values) in enumerate(staff.rows, start=4):
            sheet.write_row(r, 1, ["合计" if text == "小学" else text, f"{r - 3:02d}", *values])
    assert facts(tmp_path)["甲校-P"]["teachers_above_degree"] == 60
    assert facts(tmp_path)["甲校-P"]["teachers_pe_arts"] == 11


def test_arts_contain_music_and_fine_arts_in_the_present_table(tmp_path: Path) -> None:
    school = primary(stages={"小学": Stage(100, (0, 0, 9, 0, 0, 0), pe=4, arts=3)})
    assert facts(write(tmp_path, [school]))["甲校-P"]["teachers_pe_arts"] == 7


def tables_of_2021(tables: books.Book, stages: dict[str, str]) -> None:
    """Teachers in 4155 (primary) and 4156 (junior), 艺术 beside 音乐 and 美术."""
    present = tables.pop("教基4155")
    for word, number in stages.items():
        first = [text for text, _ in present.rows].index(word)
        rows = [("总计", present.rows[first][1]), *present.rows[first + 1 : first + 9]]
        columns = [h[-1:] if h[0] == "艺术" and h[-1] != "计" else h[:1] for h in present.columns]
        table = books.Table("专任教师", tuple(columns), tuple(rows))
        for header, n in (("艺术", 1), ("音乐", 2), ("美术", 3)):
            table = table.with_value("总计", (header,), n)
        tables[f"教基{number}"] = table.in_order(
            [c for c, h in enumerate(columns) if h != ("外语",)], range(len(rows))
        )


def test_arts_music_and_fine_arts_are_added_in_the_tables_of_2021(tmp_path: Path) -> None:
    stages = {
        "小学": Stage(100, (0, 1, 5, 2, 0, 0), pe=4),
        "初中": Stage(50, (0, 1, 5, 2, 0, 0), pe=3),
    }
    school = primary(kind="九年一贯制学校", stages=stages)
    path = write_changed(
        tmp_path, school, lambda tables: tables_of_2021(tables, {"小学": "4155", "初中": "4156"})
    )
    found = facts(path)
    assert read_schools(path).layout.id == "tables-2021"
    assert found["甲校-P"]["teachers_pe_arts"] == 4 + 1 + 2 + 3
    assert found["甲校-J"]["teachers_pe_arts"] == 3 + 1 + 2 + 3
    assert found["甲校-P"]["teachers_above_degree"] == 8
    assert found["甲校-J"]["teachers_above_degree"] == 6


def without_doctors(tables: books.Book) -> None:
    tables["教基4155"] = tables["教基4155"].without_row("博士研究生")


def test_doctors_are_missed_when_the_table_has_no_row_of_them(tmp_path: Path) -> None:
    (fault,) = refused(write_changed(tmp_path, primary(), without_doctors))
    assert "1 of 62 teachers" in fault.found.render()
    assert "博士研究生" in fault.found.render()
    assert (fault.source, fault.sheet, fault.column) == ("甲校.xlsx", "教基4155", "合计")


def test_without_a_row_of_doctors_the_total_shows_that_nobody_is_lost(tmp_path: Path) -> None:
    school = primary(stages={"小学": Stage(1200, (0, 10, 30, 20, 2, 0), 6, 5, 18)})
    path = write_changed(tmp_path, school, without_doctors)
    assert facts(path)["甲校-P"]["teachers_above_degree"] == 60
    assert "博士" not in said(path)


def test_a_lost_row_of_doctors_is_told_when_no_total_can_tell(tmp_path: Path) -> None:
    def blind(tables: books.Book) -> None:
        without_doctors(tables)
        tables["教基4155"] = tables["教基4155"].with_value("小学", ("合计",), None)

    told = said(write_changed(tmp_path, primary(), blind))
    assert "博士研究生" in told
    assert "甲校" in told


def test_a_total_that_its_parts_do_not_reach_is_told(tmp_path: Path) -> None:
    def uneven(tables: books.Book) -> None:
        tables["教基4155"] = tables["教基4155"].with_value("小学", ("合计",), 70)

    assert "70 teachers" in said(write_changed(tmp_path, primary(), uneven))


def test_equipment_is_in_ten_thousand_yuan_exactly(tmp_path: Path) -> None:
    path = write(tmp_path, [primary(equipment=276.000001)])
    assert facts(path)["甲校-P"]["equipment_yuan"] == Fraction("2760000.01")


def test_a_point_that_is_not_counted_is_added_to_its_school(tmp_path: Path) -> None:
    stage = Stage(30, (0, 0, 2, 0, 0, 0), 1, 0, 0)
    point = School("某村教学点", {"小学": stage}, kind="小学教学点", counted="0", parent="甲校",
                   teaching=100, indoor=0, ground=200.5, equipment=1.5,
                   media=1)  # fmt: skip
    path = write(tmp_path, [primary(), point])
    found = facts(path)
    assert list(found) == ["甲校-P"]
    assert found["甲校-P"] == {
        "pupils": 1230,
        "teachers_above_degree": 62,
        "teachers_backbone": 18,
        "teachers_pe_arts": 12,
        "teaching_area_m2": 6100,
        "indoor_sport_area_m2": 360,
        "sports_ground_area_m2": Fraction("8240.5"),
        "equipment_yuan": 2775000,
        "media_rooms": 29,
    }
    assert "1 points" in said(path)


def test_a_point_whose_school_is_not_there_is_refused(tmp_path: Path) -> None:
    point = primary("某村教学点", counted="0", parent="丙校", kind="小学教学点")
    (fault,) = refused(write(tmp_path, [primary(), point]))
    assert "丙校" in fault.found.render()
    assert "所属学校" in fault.remedy.render()
    nameless = primary("无主教学点", counted="0", kind="小学教学点")
    (tmp_path / "某村教学点.xlsx").unlink()
    (fault,) = refused(write(tmp_path, [nameless]))
    assert "no school is named" in fault.found.render()


def test_a_blank_cell_is_missing_and_never_nothing(tmp_path: Path) -> None:
    found = facts(write(tmp_path, [primary(ground=None, indoor=None)]))["甲校-P"]
    assert found["sports_ground_area_m2"] is None
    assert found["indoor_sport_area_m2"] is None
    assert found["teaching_area_m2"] == 6000


@pytest.mark.parametrize("dash", ["-", "—", "——", "－", "–"])
def test_a_dash_does_not_apply(tmp_path: Path, dash: str) -> None:
    school = primary(indoor=dash, stages={"小学": Stage(100, (dash, 1, 8, dash, dash, dash))})
    found = facts(write(tmp_path, [school]))["甲校-P"]
    assert found["indoor_sport_area_m2"] == 0
    assert found["teachers_above_degree"] == 9


def test_a_dash_where_pupils_need_the_figure_is_refused(tmp_path: Path) -> None:
    (fault,) = refused(write(tmp_path, [primary(ground="—")]))
    assert "dash" in fault.found.render()
    assert fault.column == "运动场地面积"


def test_the_same_school_in_two_workbooks_is_refused(tmp_path: Path) -> None:
    books.write_book(tmp_path / "1.xlsx", books.book(primary(code="2153990001")))
    books.write_book(tmp_path / "2.xlsx", books.book(primary("甲校（新）", code="2153990001")))
    (fault,) = refused(tmp_path)
    assert fault.source == "2.xlsx"
    assert "1.xlsx" in fault.found.render()


def test_last_years_graduates_are_no_pupils(tmp_path: Path) -> None:
    school = primary(stages={"小学": Stage(1200, (1, 9, 30, 20, 2, 0), graduates=250)})
    assert facts(write(tmp_path, [school]))["甲校-P"]["pupils"] == 1200


def test_tables_before_2021_are_named_and_refused(tmp_path: Path) -> None:
    books.write_book(tmp_path / "老表.xlsx", {"基础基512": books.identity(primary())})
    (fault,) = refused(tmp_path)
    assert "2020" in fault.found.render()
