"""One workbook per stage over all schools: merged headers of several rows, a row per school."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.engine.annual_statistics import books
from tests.engine.annual_statistics.books import School, Stage
from tests.engine.annual_statistics.schools import nine_year, primary, refused

from junheng.engine import standard
from junheng.engine.annual_statistics.reading import read_schools, read_statistics
from junheng.engine.annual_statistics.recognition import is_annual_statistics
from junheng.engine.annual_statistics.units import unit_rows
from junheng.engine.store.session import Session

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction
    from pathlib import Path
    from random import Random

    import pytest

    from junheng.engine.standard.unit_rows import UnitRow

RULES = standard.load("cn-2017-quality")


def write(folder: Path, schools: Sequence[School], *words: str) -> Path:
    for word in words or ("小学", "初中", "高中"):
        headers, rows = books.stage_sheet(word, schools)
        if rows:
            books.write_stage(folder / f"2025年{word}.xlsx", headers, rows)
    return folder


def write_without(folder: Path, schools: Sequence[School], *leaves: str) -> Path:
    """The workbook of the primary stage without some columns."""
    headers, rows = books.stage_sheet("小学", schools)
    keep = [c for c, h in enumerate(headers) if h[-1] not in leaves]
    books.write_stage(
        folder / "小学.xlsx", [headers[c] for c in keep], [[row[c] for c in keep] for row in rows]
    )
    return folder


def units(path: Path) -> list[UnitRow]:
    return unit_rows(read_schools(path).schools, RULES)


def facts(path: Path, unit_id: str) -> dict[str, Fraction | None]:
    (row,) = (row for row in units(path) if row.unit_id == unit_id)
    return dict(row.facts)


def test_it_works(tmp_path: Path) -> None:
    write(tmp_path, books.worked_district())
    assert is_annual_statistics(tmp_path)
    with Session() as session:
        result = standard.assess(read_statistics(session, tmp_path, RULES))
        verdicts = {unit.school_name: (unit.verdict, unit.n_met) for unit in result.units}
        coefficients = [round(d.cv or 0, 4) for d in result.dispersion if d.stage == "primary"]
    assert verdicts == {
        "甲校": ("pass", 6),
        "乙校": ("fail", 3),
        "丙校": ("fail", 5),
        "丁校": ("pass", 7),
    }
    assert coefficients == [0.0667, 0.2200, 0.0481, 0.0758, 0.1117, 0.0805, 0.0836]


def test_the_district_is_the_third_level(tmp_path: Path) -> None:
    schools = [primary(), primary("乙校", county="另一区")]
    assert {row.county for row in units(write(tmp_path, schools))} == {"均衡区", "另一区"}


def test_a_unit_table_is_no_such_workbook(tmp_path: Path) -> None:
    headers = [("学校名称",), ("办学类型",), ("运动场地面积",), ("学段",)]
    books.write_stage(tmp_path / "小学.xlsx", headers, [["甲校", "小学", 3, "小学"]])
    assert not is_annual_statistics(tmp_path / "小学.xlsx")
    assert not is_annual_statistics(tmp_path / "absent.xlsx")
    assert not is_annual_statistics(tmp_path / "other.csv")


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.randoms(use_true_random=False))
def test_the_order_of_columns_and_rows_does_not_matter(
    tmp_path_factory: pytest.TempPathFactory, random: Random
) -> None:
    schools = [*books.worked_district(), nine_year()]
    expected, shuffled = tmp_path_factory.mktemp("a"), tmp_path_factory.mktemp("b")
    write(expected, schools)
    for word in ("小学", "初中"):
        headers, rows = books.stage_sheet(word, schools)
        order = list(range(len(headers)))
        random.shuffle(order)
        random.shuffle(rows)
        changed = [[row[c] for c in order] for row in rows]
        books.write_stage(shuffled / f"{word}.xlsx", [headers[c] for c in order], changed)
    assert units(shuffled) == units(expected)


def test_a_further_column_and_a_title_change_nothing(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    schools = books.worked_district()
    headers, rows = books.stage_sheet("小学", schools)
    at = headers.index(("专任教师", "#按学历分", "本科"))
    more = [*headers[:at], ("专任教师", "#按学历分", "#全日制", "本科生"), *headers[at:]]
    books.write_stage(
        tmp_path / "a" / "表.xlsx",
        more,
        [[*row[:at], 77, *row[at:]] for row in rows],
        sheet="小学",
        title="2026年小学基本情况",
    )
    (tmp_path / "b").mkdir()
    assert units(tmp_path / "a") == units(write(tmp_path / "b", schools))


def test_rows_of_totals_are_no_school(tmp_path: Path) -> None:
    headers, rows = books.stage_sheet("小学", books.worked_district())
    total = ["合计", *([None] * 5), *([9999] * (len(headers) - 6))]
    books.write_stage(tmp_path / "小学.xlsx", headers, [total, *rows])
    assert {row.school_name for row in units(tmp_path)} == {"甲校", "乙校", "丙校", "丁校"}


def test_arts_are_taken_from_their_total(tmp_path: Path) -> None:
    write(tmp_path, [primary(stages={"小学": Stage(100, (0, 0, 9, 0, 0, 0), pe=4, arts=3)})])
    assert facts(tmp_path, "甲校-P")["teachers_pe_arts"] == 7


def test_an_export_without_doctors_is_refused_where_its_total_shows_one(tmp_path: Path) -> None:
    write_without(tmp_path, books.worked_district(), "博士研究生")
    (fault,) = refused(tmp_path)
    assert "“甲校”: 1 of 62 teachers" in fault.found.render()
    assert (fault.row, fault.column) == (5, "专任教师 / 合计")


def test_an_export_without_doctors_and_totals_is_told(tmp_path: Path) -> None:
    headers, rows = books.stage_sheet("小学", [primary()])
    keep = [c for c, h in enumerate(headers) if h != ("专任教师", "合计") and h[-1] != "博士研究生"]
    books.write_stage(
        tmp_path / "小学.xlsx", [headers[c] for c in keep], [[rows[0][c] for c in keep]]
    )
    with Session() as session:
        told = [w.render() for w in read_statistics(session, tmp_path, RULES).warnings]
    assert any("博士研究生" in sentence and "甲校" in sentence for sentence in told)


def test_points_that_are_not_counted_are_added(tmp_path: Path) -> None:
    named = primary("某村教学点", counted=0, parent="甲校", kind="小学教学点",
                    stages={"小学": Stage(30)}, ground=100)  # fmt: skip
    same_name = replace(named, name="甲校", parent="")
    write(tmp_path, [named, primary(), same_name])
    (row,) = units(tmp_path)
    assert row.pupils == 1260
    assert row.facts["sports_ground_area_m2"] == 8040 + 100 + 100


def test_a_point_of_nobody_is_refused(tmp_path: Path) -> None:
    (fault,) = refused(write(tmp_path, [primary(), primary("某村教学点", counted=0)]))
    assert "某村教学点" in fault.found.render()


def test_the_same_school_twice_is_refused(tmp_path: Path) -> None:
    (fault,) = refused(write(tmp_path, [primary(), primary("乙校"), primary()]))
    assert (fault.row, fault.source) == (7, "2025年小学.xlsx")
    assert "row 5" in fault.found.render()


def test_equipment_missing_and_dashes(tmp_path: Path) -> None:
    write(tmp_path, [primary(equipment=19.8, indoor="——", ground=None)])
    found = facts(tmp_path, "甲校-P")
    assert found["equipment_yuan"] == 198000
    assert found["indoor_sport_area_m2"] == 0
    assert found["sports_ground_area_m2"] is None


def test_a_nine_year_school_stands_in_two_workbooks(tmp_path: Path) -> None:
    write(tmp_path, [nine_year(teaching=23226)])
    shares = [row.facts["teaching_area_m2"] for row in units(tmp_path)]
    assert [round(float(share or 0), 2) for share in shares] == [9711.63, 13514.37]
    assert sum(share or 0 for share in shares) == 23226


def test_a_nine_year_school_in_one_workbook_is_refused(tmp_path: Path) -> None:
    (fault,) = refused(write(tmp_path, [nine_year()], "小学"))
    assert "九年一贯制学校" in fault.found.render()
    assert "“junior secondary”" in fault.found.render()


def test_what_a_school_owns_must_agree_in_both_workbooks(tmp_path: Path) -> None:
    write(tmp_path, [nine_year(media=20)], "小学")
    write(tmp_path, [nine_year(media=21)], "初中")
    (fault,) = refused(tmp_path)
    found = fault.found.render()
    # Files are read by name: 初中 before 小学.
    assert "“20” here, but “21” in 2025年初中.xlsx, row 5" in found
    assert fault.column == "网络多媒体教室"


def test_seniors_take_their_share(tmp_path: Path) -> None:
    stages = {"初中": Stage(500), "高中": Stage(700)}
    write(tmp_path, [primary("完中", kind="完全中学", stages=stages, ground=1340)])
    assert facts(tmp_path, "完中-J")["sports_ground_area_m2"] == 500


def test_a_workbook_of_an_unknown_stage_is_refused(tmp_path: Path) -> None:
    headers, rows = books.stage_sheet("小学", [primary()])
    books.write_stage(tmp_path / "导出.xlsx", headers, rows)
    (fault,) = refused(tmp_path)
    assert "初中" in fault.remedy.render()


def test_two_columns_that_fit_are_refused(tmp_path: Path) -> None:
    headers, rows = books.stage_sheet("小学", [primary()])
    headers.append(("共用校舍", "运动场地面积"))
    headers[headers.index(("运动场地面积",))] = ("自有校舍", "运动场地面积")
    books.write_stage(tmp_path / "小学.xlsx", headers, [[*rows[0], 5]])
    (fault,) = refused(tmp_path)
    assert "共用校舍 / 运动场地面积" in fault.found.render()


def test_a_column_that_is_not_there_is_told_once(tmp_path: Path) -> None:
    write_without(tmp_path, books.worked_district(), "网络多媒体教室", "是否计校数")
    (fault,) = refused(tmp_path)
    assert fault.column == "网络多媒体教室"


def test_reliefs_in_force_are_told(tmp_path: Path) -> None:
    write(tmp_path, [primary()])
    with Session() as session:
        then = read_statistics(session, tmp_path, RULES, statistics_date=date(2021, 9, 1))
        now = read_statistics(session, tmp_path, RULES, statistics_date=date(2025, 9, 1))
    assert [w.render()[:20] for w in then.warnings[1:]] == [
        "Relief R3-small-rura",
        "Relief R5-dense-cent",
    ]
    assert len(now.warnings) == 1
