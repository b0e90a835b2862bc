"""Exports of the national systems: mapped, checked, and told about in their own headers."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from junheng.engine import contracts
from junheng.engine.contracts import register_cells
from junheng.engine.contracts.mapped import read_mapped_dataset
from junheng.engine.contracts.reading import Checked, Context
from junheng.engine.contracts.register_file import (
    REGISTERS,
    load_register_mapping,
    register_mapping_from,
    register_mapping_text,
    shipped_register_mappings,
)
from junheng.engine.store.tables import open_table
from junheng.errors import DataError, NotFound, RuleSetError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from junheng.engine.contracts.register_mapping import RegisterMapping
    from junheng.engine.store.session import Session

CONTEXT = Context(2025, is_simulated=True)
KEY = b"a key of a test bureau"

# Check digits of simulated numbers: domain test vectors (99010120150301001 -> 9, ...002 -> 7).
PUPIL = {
    "序号": "1",
    "学籍号": "G990101201503010019",
    "姓名": "李示例",
    "性别": "男",
    "出生日期": "20150301",
    "身份证件类型": "居民身份证",
    "身份证件号": "990101201503010019",
    "学校标识码": "2153990001",
    "学校名称": "示例小学",
    "年级": "小学2021级",
    "班级": "2021级(3)班",
    "入学年月": "202109",
    "就读方式": "走读",
    "是否进城务工人员随迁子女": "外省迁入",
    "是否留守儿童": "非留守儿童",
    "残疾类型": "无残疾",
}
STAFF = {
    "教职工号": "T0001",
    "姓名": "张示例",
    "性别": "女",
    "出生日期": "1985-06-01",
    "身份证件号": "",
    "学校标识码": "2153990001",
    "进本校年月": "2010年9月",
    "是否在编": "是",
    "岗位类别": "教师岗位",
    "最高学历": "大学本科毕业",
    "职称": "一级教师",
    "骨干教师类型": "市级骨干教师",
    "骨干教师认定年月": "2023.09",
    "教师资格证种类": "小学教师资格",
    "任教学段": "小学",
}
FUNDING = {
    "学校标识码": "2153990001",
    "年度": "2025",
    "公用经费支出（万元）": "68.0005",
    "教师培训费（万元）": "",
    "教育事业费（万元）": "900",
}


def read(
    session: Session,
    folder: Path,
    rows: Sequence[Mapping[str, str]],
    mapping: str | RegisterMapping,
    title: str = "",
) -> Checked:
    path = folder / "导出.csv"
    with path.open("w", encoding="gb18030", newline="") as file:
        if title:
            file.write(title + "\n")
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    used = load_register_mapping(mapping) if isinstance(mapping, str) else mapping
    table = open_table(session, path, header_names=used.header_names)
    contract = contracts.contract(used.dataset)
    return read_mapped_dataset(table, used, contract, CONTEXT, id_key=KEY)


def values(checked: Checked, *fields: str) -> list[tuple[object, ...]]:
    return checked.table.session.rows(
        f"SELECT {', '.join(fields)} FROM {checked.relation} ORDER BY row_no, {fields[-1]}"
    )


def faults(checked: Checked) -> list[str]:
    return [fault.render() for fault in checked.faults()]


# --- the three registers -------------------------------------------------------------------------


def test_pupils(session: Session, tmp_path: Path) -> None:
    checked = read(session, tmp_path, [PUPIL], "pupil-register", "某区学生名册,,,")
    assert faults(checked) == []
    assert values(
        checked, "register_number", "sex_code", "birth_date", "class_id", "from_date",
        "is_boarder", "is_migrant_child", "is_left_behind", "disability_code", "row_no",
    ) == [
        ("G990101201503010019", "1", "2015-03-01", "2153990001-P-2021-03", "2021-09-01",
         "0", "1", "0", None, 3),
    ]  # fmt: skip
    assert checked.contract == contracts.contract("pupils")
    assert checked.ignored_headers == ()


def test_the_internal_number_tells_nothing_and_stays(session: Session, tmp_path: Path) -> None:
    twin = PUPIL | {
        "学籍号": "G990101201503010027",
        "身份证件号": "990101201503010027",
        "性别": "女",
    }
    ids = [
        values(read(session, tmp_path, [PUPIL, twin], "pupil-register"), "pupil_id")
        for _ in range(2)
    ]
    assert ids[0] == ids[1]
    (first,), (second,) = ids[0]
    assert first != second
    assert "2015" not in str(first)
    assert str(first).startswith("P")


def test_staff(session: Session, tmp_path: Path) -> None:
    checked = read(session, tmp_path, [STAFF], "staff-register")
    assert faults(checked) == []
    assert values(
        checked, "staff_id", "from_date", "is_on_establishment", "category_code",
        "education_code", "title_code", "backbone_level", "backbone_from",
        "certificate_stage_code", "main_stage",
    ) == [
        ("T0001", "2010-09-01", "1", "1", "21", "first", "city", "2023-09-01", "2", "primary")
    ]  # fmt: skip


def test_funding_in_ten_thousands_is_turned_into_yuan(session: Session, tmp_path: Path) -> None:
    other = FUNDING | {"学校标识码": "2153990002", "教师培训费（万元）": "0"}
    checked = read(session, tmp_path, [FUNDING, other], "funding-statistics")
    assert faults(checked) == []
    assert values(checked, "school_id", "year", "amount_yuan", "kind") == [
        ("2153990001", "2025", "680005", "public_funding_account"),
        ("2153990002", "2025", "680005", "public_funding_account"),
        ("2153990002", "2025", "0", "training_spend"),
    ], "a blank was not reported and gives no row; a zero does"


# --- faults in the words of the export -----------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "value", "expected"),
    [
        ("性别", "雄", "row 2, column “性别”: “雄” is not a code"),
        ("学籍号", "1.1E+17", "row 2, column “学籍号”: The spreadsheet has turned"),
        ("是否留守儿童", "也许", "row 2, column “是否留守儿童”: “也许” is neither yes nor no."),
        ("入学年月", "秋天", "row 2, column “入学年月”: “秋天” is not a day."),
        ("班级", "1903班", "column “学校标识码、年级、班级”: “1903班” in “班级” cannot be read."),
        ("班级", "", "“班级” is blank, of which this field is made."),
        ("年级", "2021级", "“2021级” in “年级” cannot be read."),
        ("姓名", "", "row 2, column “姓名”: is blank."),
    ],
)
def test_faults_name_the_headers_of_the_export(
    session: Session, tmp_path: Path, header: str, value: str, expected: str
) -> None:
    checked = read(session, tmp_path, [PUPIL | {header: value}], "pupil-register")
    assert any(expected in fault for fault in faults(checked)), faults(checked)
    assert checked.n_sound == 0


def test_one_fault_for_one_wrong_cell(session: Session, tmp_path: Path) -> None:
    checked = read(session, tmp_path, [PUPIL | {"班级": "1903班"}], "pupil-register")
    assert checked.n_faults == 1


def test_checks_between_cells_speak_in_them_too(session: Session, tmp_path: Path) -> None:
    checked = read(session, tmp_path, [STAFF | {"骨干教师认定年月": ""}], "staff-register")
    (fault,) = faults(checked)
    assert "column “骨干教师认定年月”: is blank, which 骨干教师类型 does not allow here." in fault


def test_a_number_that_is_none(session: Session, tmp_path: Path) -> None:
    row = FUNDING | {"公用经费支出（万元）": "约68万"}
    (fault,) = faults(read(session, tmp_path, [row], "funding-statistics"))
    named = "column “公用经费支出（万元） / 教师培训费（万元）”: “约68万” is not a number."
    assert named in fault


def test_a_moved_column_is_missed_even_where_the_dataset_could_do_without(
    session: Session, tmp_path: Path
) -> None:
    row = {("留守情况" if k == "是否留守儿童" else k): v for k, v in PUPIL.items()}
    checked = read(session, tmp_path, [row], "pupil-register")
    (fault,) = faults(checked)
    assert "column “是否留守儿童”: the column is missing. Say in the mapping" in fault
    assert checked.ignored_headers == ("留守情况",)


def test_a_mapping_of_another_dataset_or_without_a_key(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("姓名,性别\na,b\n", encoding="utf-8")
    table = open_table(session, path)
    mapping = load_register_mapping("pupil-register")
    with pytest.raises(DataError, match="is for pupils, not for staff"):
        read_mapped_dataset(table, mapping, contracts.contract("staff"), CONTEXT, id_key=KEY)
    with pytest.raises(DataError, match="Give the key of the bureau"):
        read_mapped_dataset(table, mapping, contracts.contract("pupils"), CONTEXT)


# --- putting a mapping right ---------------------------------------------------------------------


def test_what_fits_a_file(session: Session) -> None:
    mapping = load_register_mapping("pupil-register")
    headers = [("留守儿童情况" if h == "是否留守儿童" else h) for h in PUPIL]
    found = mapping.suggest(headers)
    assert found.matched["class_number"] == "班级"
    assert set(found.missing) == {
        "is_left_behind",
        "ethnicity_code",
        "entry_how",
        "home_address",
    }
    assert found.unknown == ("留守儿童情况",)
    assert found.near["is_left_behind"] == "留守儿童情况"


def test_a_renamed_column_is_put_right_and_kept_as_text(session: Session, tmp_path: Path) -> None:
    mapping = load_register_mapping("pupil-register").with_columns({"is_left_behind": "留守情况"})
    kept = register_mapping_from(register_mapping_text(mapping), "本区.toml")
    row = {("留守情况" if k == "是否留守儿童" else k): v for k, v in PUPIL.items()}
    checked = read(session, tmp_path, [row], kept)
    assert faults(checked) == []
    assert values(checked, "is_left_behind") == [("0",)]


def test_an_ignored_column_can_become_a_used_one(session: Session, tmp_path: Path) -> None:
    mapping = load_register_mapping("funding-statistics")
    changed = mapping.with_columns({"account.amount_yuan": "教育事业费（万元）"})
    checked = read(session, tmp_path, [FUNDING], changed)
    assert values(checked, "kind", "amount_yuan") == [("public_funding_account", "9000000")]


def test_corrections_that_lead_nowhere() -> None:
    mapping = load_register_mapping("pupil-register")
    with pytest.raises(DataError, match="has no column “shoe_size”"):
        mapping.with_columns({"shoe_size": "鞋码"})
    with pytest.raises(DataError, match="needs a header"):
        mapping.with_columns({"name": " "})


@pytest.mark.parametrize("name", shipped_register_mappings())
def test_shipped_mappings_say_that_they_are_unconfirmed(name: str) -> None:
    mapping = load_register_mapping(name)
    assert {column.confirmation for column in mapping.columns} == {"L"}
    assert {derived.confirmation for derived in mapping.derived} <= {"L"}
    assert "未公开" in mapping.note.zh
    assert "unconfirmed" in mapping.name.en


@pytest.mark.parametrize("name", shipped_register_mappings())
def test_the_text_of_a_mapping_reads_back_the_same(name: str) -> None:
    mapping = load_register_mapping(name)
    text = register_mapping_text(mapping)
    again = register_mapping_from(text, "again.toml")
    assert register_mapping_text(again) == text
    assert (again.columns, again.derived, again.rows) == (
        mapping.columns, mapping.derived, mapping.rows,
    )  # fmt: skip
    assert (again.note, again.ignored) == (mapping.note, mapping.ignored)


@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip))
def test_any_header_survives_the_text(header: str) -> None:
    mapping = load_register_mapping("staff-register").with_columns({"name": header})
    again = register_mapping_from(register_mapping_text(mapping), "again.toml")
    assert again.column("name").headers[0] == header.strip()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('to = "name"', 'to = "nmae"', "“nmae” is no field, or stands twice"),
        ('dataset = "staff"', 'dataset = "stuff"', "“stuff” is none of"),
        ('parse = "day"', 'parse = "hour"', "“hour” is none of"),
        ('headers = ["性别"]', "headers = []", "a list of texts is wanted"),
        ('to = "sex_code"', 'to = "to_date"', "the required field “sex_code” is not filled"),
        ("[[column]]", "[[column]", "is no TOML file"),
    ],
)
def test_faulty_mapping_files(old: str, new: str, message: str) -> None:
    text = (REGISTERS / "staff-register.toml").read_text(encoding="utf-8")
    with pytest.raises(RuleSetError, match=message):
        register_mapping_from(text.replace(old, new, 1), "本区.toml")


def test_mappings_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="funding-statistics, pupil-register, staff-register"):
        load_register_mapping("school-register")
    with pytest.raises(RuleSetError, match="cannot be read"):
        load_register_mapping(str(tmp_path / "absent.toml"))


# --- cells ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "stage", "year"),
    [
        ("小学2021级", "P", "2021"),
        ("一年级", "P", "2025"),
        ("６年级", "P", "2020"),
        ("七年级", "J", "2025"),
        ("初中2024级", "J", "2024"),
        ("初三", "J", "2023"),
        ("高一", "S", "2025"),
        ("2024级", None, "2024"),
        ("大班", None, None),
        ("12024级", None, None),
    ],
)
def test_grades(text: str, stage: str | None, year: str | None) -> None:
    assert register_cells.stage_letter(text) == stage
    assert register_cells.entry_year(text, 2025) == year


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("3班", "03"),
        ("（３）班", "03"),
        ("2021级(12)班", "12"),
        ("二十一班", "21"),
        ("十班", "10"),
        ("05", "05"),
        ("1903班", None),
        ("0班", None),
        ("尖子班", None),
        ("", None),
    ],
)
def test_class_numbers(text: str, number: str | None) -> None:
    assert register_cells.class_number(text) == number
