"""Checks between datasets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from junheng.engine.contracts.references import check_references

if TYPE_CHECKING:
    from collections.abc import Callable

    from junheng.engine.contracts.reading import Checked
    from junheng.engine.store.session import Session

    Read = Callable[..., Checked]

SCHOOL = {
    "学校标识码": "3153990001",
    "学校名称": "示例九年一贯制学校",
    "县区代码": "990101",
    "办学类型": "九年一贯制学校",
    "城乡类型": "主城区",
    "举办者类型": "县级教育部门",
    "是否寄宿制": "否",
    "是否计校数": "是",
    "小学学制": "6",
}
UNITS = [
    {"校段编号": "U1", "学校标识码": "3153990001", "学段": "小学"},
    {"校段编号": "U2", "学校标识码": "3153990001", "学段": "初中"},
]
CLASS = {
    "班级编号": "C1",
    "学校标识码": "3153990001",
    "校段编号": "U1",
    "入学年份（级）": "2025",
    "班号": "1",
    "年级": "1",
}
PUPIL = {
    "学生编号": "P1",
    "姓名": "李示例",
    "性别": "男",
    "出生日期": "2019-03-01",
    "班级编号": "C1",
    "入班日期": "2025-09-01",
}


def faults(checked: Checked) -> list[tuple[int | None, str]]:
    return [(fault.row, fault.field_id) for fault in checked.faults()]


def test_it_works(read: Read) -> None:
    everything = [
        read("schools", [SCHOOL]),
        read("units", UNITS),
        read("classes", [CLASS]),
        read("pupils", [PUPIL]),
    ]
    unchecked = check_references(everything)
    assert [faults(one) for one in everything] == [[], [], [], []]
    assert unchecked == (("classes", "campuses"),)


def test_a_class_without_school(read: Read) -> None:
    classes = read("classes", [CLASS | {"学校标识码": "2153990009"}])
    check_references([read("schools", [SCHOOL]), classes])
    assert faults(classes) == [(2, "school_id")]
    assert classes.n_sound == 0


def test_a_pupil_without_class(read: Read) -> None:
    pupils = read("pupils", [PUPIL, PUPIL | {"学生编号": "P2", "班级编号": "C9"}])
    check_references([read("classes", [CLASS]), pupils])
    assert faults(pupils) == [(3, "class_id")]


def test_a_unit_of_another_school(read: Read) -> None:
    other = SCHOOL | {"学校标识码": "2153990002"}
    classes = read("classes", [CLASS | {"学校标识码": "2153990002"}])
    check_references([read("schools", [SCHOOL, other]), read("units", UNITS), classes])
    assert faults(classes) == [(2, "school_id")]
    assert "3153990001" in classes.faults()[0].render()


def test_grades_belong_to_the_stage(read: Read) -> None:
    grades = {"C1": ("U1", "6"), "C2": ("U1", "7"), "C3": ("U2", "7"), "C4": ("U2", "6")}
    rows = [
        CLASS | {"班级编号": name, "校段编号": unit, "年级": grade, "班号": str(n)}
        for n, (name, (unit, grade)) in enumerate(grades.items(), start=1)
    ]
    classes = read("classes", rows)
    check_references([read("schools", [SCHOOL]), read("units", UNITS), classes])
    assert faults(classes) == [(3, "grade"), (5, "grade")]


def test_five_years_of_primary(read: Read) -> None:
    classes = read("classes", [CLASS | {"年级": "6"}])
    check_references([read("schools", [SCHOOL | {"小学学制": "5"}]), read("units", UNITS), classes])
    assert faults(classes) == [(2, "grade")]


def test_what_the_bureau_knows_already_counts(read: Read, session: Session) -> None:
    session.load("stored_classes", {"class_id": ["C7"]})
    pupils = read("pupils", [PUPIL | {"班级编号": "C7"}])
    assert check_references([pupils], known={"classes": "stored_classes"}) == ()
    assert faults(pupils) == []


def test_a_faulty_row_can_still_be_referred_to(read: Read) -> None:
    """One mistake in a class must not become forty in its pupils."""
    classes = read("classes", [CLASS | {"班号": "一"}])
    pupils = read("pupils", [PUPIL])
    check_references([classes, pupils])
    assert faults(classes) == [(2, "class_no")]
    assert faults(pupils) == []
