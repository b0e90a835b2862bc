"""Checks between the fields and the rows of one dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from junheng.engine.contracts.reading import Checked

    Read = Callable[..., Checked]

PUPIL = {
    "学生编号": "P1",
    "姓名": "李示例",
    "性别": "男",
    "出生日期": "2015-03-01",
    "身份证件类型": "居民身份证",
    "身份证件号": "990101201503010019",
    "班级编号": "C1",
    "入班日期": "2025-09-01",
    "离班日期": "",
}
BOY, GIRL = "990101201503010019", "990101201503010027"


def faults(checked: Checked) -> list[tuple[int | None, str]]:
    return [(fault.row, fault.field_id) for fault in checked.faults()]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"出生日期": "2015-03-02"}, "birth_date"),
        ({"性别": "女"}, "sex_code"),
        ({"身份证件号": GIRL}, "sex_code"),
        ({"出生日期": "1915-03-01", "身份证件号": ""}, "birth_date"),
        ({"出生日期": "2024-03-01", "身份证件号": ""}, "birth_date"),
        ({"入班日期": "2026-09-01"}, "from_date"),
        ({"入班日期": "2025-10-01", "离班日期": "2025-09-30"}, "to_date"),
        ({"身份证件号": "990101201503010018"}, "identity_number"),
        ({"身份证件类型": "", "身份证件号": "E12345678"}, "identity_number"),
    ],
)
def test_one_fault(read: Read, changed: dict[str, str], field: str) -> None:
    assert faults(read("pupils", [PUPIL | changed])) == [(2, field)]


@pytest.mark.parametrize(
    "changed",
    [
        {"身份证件类型": "护照", "身份证件号": "E12345678"},
        {"身份证件类型": "", "身份证件号": ""},
        {"性别": "未说明的性别"},
        {"出生日期": "2023-09-01", "身份证件号": ""},  # two years old on the first day of school
        {"入班日期": "2022-09-01", "离班日期": "2023-08-31"},  # a register tells of the past too
        {"入班日期": "2026-08-31"},
    ],
)
def test_no_fault(read: Read, changed: dict[str, str]) -> None:
    assert faults(read("pupils", [PUPIL | changed])) == []


def test_the_key_stands_once(read: Read) -> None:
    unit = {"校段编号": "U1", "学校标识码": "2153990001", "学段": "小学"}
    again = unit | {"学段": "初中"}
    checked = read("units", [unit, again])
    assert faults(checked) == [(3, "unit_id")]
    assert "row 2" in checked.faults()[0].render()


def test_units_of_a_school_have_different_stages(read: Read) -> None:
    unit = {"校段编号": "U1", "学校标识码": "2153990001", "学段": "小学"}
    assert faults(read("units", [unit, unit | {"校段编号": "U2"}])) == [(3, "school_id")]


def test_a_pupil_is_in_one_class_at_a_time(read: Read) -> None:
    """The last day in the old class still counts, so the new one begins the day after."""
    before = PUPIL | {"离班日期": "2025-11-01"}
    after = PUPIL | {"班级编号": "C2", "入班日期": "2025-11-01"}
    assert faults(read("pupils", [before, after])) == [(3, "from_date")]
    moved = after | {"入班日期": "2025-11-02"}
    assert faults(read("pupils", [before, moved])) == []


def test_overlap_with_an_earlier_row_that_lasts_longest(read: Read) -> None:
    long = PUPIL | {"入班日期": "2025-09-01", "离班日期": "2026-05-31"}
    short = PUPIL | {"入班日期": "2025-09-02", "离班日期": "2025-09-03"}
    late = PUPIL | {"入班日期": "2026-05-01"}
    checked = read("pupils", [long, short, late])
    assert faults(checked) == [(3, "from_date"), (4, "from_date")]
    assert all("row 2" in fault.render() for fault in checked.faults())


def test_an_identity_number_belongs_to_one_person(read: Read) -> None:
    assert faults(read("pupils", [PUPIL, PUPIL | {"学生编号": "P2"}])) == [(3, "identity_number")]


def test_one_person_has_one_birth_date(read: Read) -> None:
    no_number = {"身份证件号": "", "离班日期": "2025-10-01"}
    other = {"身份证件号": "", "入班日期": "2025-10-02", "出生日期": "2015-03-11"}
    assert faults(read("pupils", [PUPIL | no_number, PUPIL | other])) == [(3, "birth_date")]


def test_staff_with_two_posts_on_the_establishment(read: Read) -> None:
    staff = {
        "教职工编号": "T1",
        "姓名": "张示例",
        "性别": "女",
        "出生日期": "1985-06-01",
        "学校标识码": "2153990001",
        "任职开始日期": "2010-09-01",
        "编制类别": "专任教师",
        "是否在编": "是",
    }
    second = staff | {"学校标识码": "2153990002", "任职开始日期": "2020-09-01"}
    assert faults(read("staff", [staff, second])) == [(3, "from_date")]
    assert faults(read("staff", [staff, second | {"是否在编": "否"}])) == []


SCHOOL = {
    "学校标识码": "2153990001",
    "学校名称": "示例小学",
    "县区代码": "990101",
    "办学类型": "小学",
    "城乡类型": "村庄",
    "举办者类型": "县级教育部门",
    "是否寄宿制": "否",
    "是否计校数": "否",
    "所属学校标识码": "",
}


def test_required_where_another_field_says_so(read: Read) -> None:
    assert faults(read("schools", [SCHOOL])) == [(2, "parent_school_id")]
    assert faults(read("schools", [SCHOOL | {"是否计校数": "是"}])) == []


def test_a_refused_cell_is_not_called_blank_too(read: Read) -> None:
    checked = read("schools", [SCHOOL | {"所属学校标识码": "12345"}])
    assert faults(checked) == [(2, "parent_school_id")]


def test_a_school_is_not_its_own_parent(read: Read) -> None:
    checked = read("schools", [SCHOOL | {"所属学校标识码": "2153990001"}])
    assert faults(checked) == [(2, "parent_school_id")]


def test_lessons_belong_to_the_year(read: Read) -> None:
    lesson = {
        "教职工编号": "T1",
        "校段编号": "U1",
        "课程": "体育",
        "周课时": "12",
        "任课形式": "本校",
        "开始日期": "2023-09-01",
        "结束日期": "2024-09-01",
    }
    assert faults(read("teaching", [lesson])) == []
    assert faults(read("teaching", [lesson | {"结束日期": "2024-08-31"}])) == [(2, "to_date")]
    late = lesson | {"开始日期": "2026-09-01", "结束日期": ""}
    assert faults(read("teaching", [late])) == [(2, "from_date")]
