"""One workbook per school: what is refused, and what is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.engine.annual_statistics import books
from tests.engine.annual_statistics.books import Stage
from tests.engine.annual_statistics.schools import facts, primary, refused, write, write_changed

from junheng.engine.annual_statistics.reading import read_schools

if TYPE_CHECKING:
    from pathlib import Path


def test_every_fault_of_every_workbook_is_told_at_once(tmp_path: Path) -> None:
    def broken(tables: books.Book) -> None:
        tables["教基3112_小学"] = tables["教基3112_小学"].with_value(
            "总计", ("在校生数", "合计"), "1,200"
        )
        tables["教基5176"] = tables["教基5176"].with_value("总计", ("网络多媒体教室",), -3)

    write_changed(tmp_path, primary(), broken)
    write_changed(tmp_path, primary("乙校", media=2.5), lambda tables: None)
    faults = refused(tmp_path)
    shown = [fault.render() for fault in faults]
    assert len(faults) == 3
    assert shown[0].startswith("乙校.xlsx, sheet “教基5176”, row 5, column")
    assert "table 5176, “总计”: “2.5” is not a whole number." in shown[0]
    assert "“1,200” is not a number" in shown[1]
    assert "“3112" not in shown[1]
    assert "-3 is negative" in shown[2]


def test_a_missing_table_row_or_column_is_named(tmp_path: Path) -> None:
    def broken(tables: books.Book) -> None:
        del tables["教基1102"]
        tables["教基4155"] = tables["教基4155"].without_row("硕士研究生")
        columns = [h for h in tables["教基5170"].columns if h[-1] != "室内体育用房"]
        keep = [tables["教基5170"].column(h) for h in columns]
        tables["教基5170"] = tables["教基5170"].in_order(keep, [0])

    shown = "\n".join(f.render() for f in refused(write_changed(tmp_path, primary(), broken)))
    assert "no sheet of table 教基1102续" in shown
    assert "there is no row “小学 / 硕士研究生”" in shown
    assert "there is no column “室内体育用房”" in shown


def test_pupils_that_are_not_filled_in_are_refused(tmp_path: Path) -> None:
    school = primary(stages={"小学": Stage(None, (0, 0, 9, 0, 0, 0))})
    (fault,) = refused(write(tmp_path, [school]))
    assert "not filled in" in fault.found.render()


def test_an_unknown_kind_of_school_is_refused(tmp_path: Path) -> None:
    (fault,) = refused(write(tmp_path, [primary(kind="书院", stages={})]))
    assert "书院" in fault.found.render()
    assert "九年一贯制学校" in fault.remedy.render()


def test_a_workbook_that_does_not_say_whose_it_is_is_refused(tmp_path: Path) -> None:
    def nameless(tables: books.Book) -> None:
        del tables["教基1001"]

    (fault,) = refused(write_changed(tmp_path, primary(), nameless))
    assert "教基1001" in fault.found.render()


def test_a_table_without_column_codes_is_refused(tmp_path: Path) -> None:
    write(tmp_path, [primary()])
    books.write_stage(tmp_path / "裸表.xlsx", [("学校",)], [["甲"]], sheet="教基3112")
    shown = "\n".join(fault.render() for fault in refused(tmp_path))
    assert "甲, 乙, 1, 2" in shown


def test_other_files_among_the_workbooks_are_refused(tmp_path: Path) -> None:
    write(tmp_path, [primary()])
    (tmp_path / "乙校.xls").write_bytes(b"x")
    (tmp_path / "~$甲校.xlsx").write_bytes(b"x")
    (tmp_path / "说明.txt").write_text("x")
    (tmp_path / "坏.xlsx").write_bytes(b"PK\x03\x04")
    assert {fault.source for fault in refused(tmp_path)} == {"乙校.xls", "坏.xlsx"}


def test_the_form_may_put_names_beside_or_under_its_labels(tmp_path: Path) -> None:
    def wide(tables: books.Book) -> None:
        who = tables["教基1001"]
        columns = tuple((text,) for text, _ in who.rows)
        values = tuple(values[0] for _, values in who.rows)
        tables["教基1001"] = books.Table("学校基本情况", columns, (("本校", values),))

    (school,) = read_schools(write_changed(tmp_path, primary(code="2153990001"), wide)).schools
    assert (school.id, school.name, school.county) == ("2153990001", "甲校", "均衡区")


def test_backbone_teachers_may_stand_in_the_continued_table_or_in_columns(tmp_path: Path) -> None:
    def turned(tables: books.Book) -> None:
        del tables["教基1102"]
        tables["教基1102续"] = books.Table(
            "续", (("县级以上骨干教师(小学)",), ("县级以上骨干教师(初中)",)), (("总计", (18, "—")),)
        )

    assert facts(write_changed(tmp_path, primary(), turned))["甲校-P"]["teachers_backbone"] == 18
