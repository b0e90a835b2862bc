"""Reading datasets: headers, canonical values, every fault with row, field, value and remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from junheng.engine import contracts
from junheng.engine.contracts.cells import Context, canonical, plain_sql
from junheng.engine.contracts.identifiers import identity_check
from junheng.errors import TableFaults

if TYPE_CHECKING:
    from collections.abc import Callable

    from junheng.engine.contracts.reading import Checked
    from junheng.engine.store.session import Session

    Read = Callable[..., Checked]

SIMULATED = Context(2025, is_simulated=True)
PUPIL = {
    "学生编号": "P1",
    "姓名": "李示例",
    "性别": "男",
    "出生日期": "2015-03-01",
    "身份证件号": "990101201503010019",
    "班级编号": "C1",
    "入班日期": "2025-09-01",
}


def fault_places(checked: Checked) -> list[tuple[int | None, str]]:
    return [(fault.row, fault.field_id) for fault in checked.faults()]


def test_it_works(read: Read, session: Session) -> None:
    checked = read("pupils", [PUPIL])
    assert (checked.n_rows, checked.n_faults, checked.n_sound) == (1, 0, 1)
    rows = session.rows("SELECT row_no, pupil_id, sex_code, birth_date, to_date FROM pupils")
    assert rows == [(2, "P1", "1", "2015-03-01", None)]


def test_headers_in_every_dress_and_order(read: Read, session: Session) -> None:
    row = {
        "from_date": "2025/9/1",
        "＊ 身份证号 ": "990101201503010019",
        "CSRQ": "20150301",
        "Name": "李示例",
        "班级编号": "C1",
        "性 别": "1",
        "学生编号": "P1",
    }
    checked = read("pupils", [row])
    assert checked.faults() == ()
    rows = session.rows("SELECT name, birth_date, from_date, identity_number FROM pupils")
    assert rows == [("李示例", "2015-03-01", "2025-09-01", "990101201503010019")]


def test_all_faults_of_one_row_at_once(read: Read) -> None:
    bad = PUPIL | {
        "姓名": "",
        "性别": "雄",
        "出生日期": "2015-02-30",
        "身份证件号": "1.2E+17",
        "班级编号": "C 1",
        "是否寄宿": "也许",
        "民族": "未填",
        "学籍号": "123",
    }
    checked = read("pupils", [PUPIL | {"学生编号": "P0", "身份证件号": ""}, bad])
    assert {field for row, field in fault_places(checked) if row == 3} == {
        "name",
        "sex_code",
        "birth_date",
        "identity_number",
        "class_id",
        "is_boarder",
        "ethnicity_code",
        "register_number",
    }
    assert (checked.n_faults, checked.n_sound) == (8, 1)
    first = checked.faults()[0]
    assert first.source == "pupils.csv"
    assert all(str(fault.remedy) for fault in checked.faults())


def test_a_fault_carries_row_field_value_and_header_as_written(read: Read) -> None:
    checked = read("staff", [STAFF | {"学历": "大本"}])
    (fault,) = checked.faults()
    assert (fault.row, fault.field_id, fault.value, fault.column) == (
        2,
        "education_code",
        "大本",
        "学历",
    )
    assert "大本" in fault.render()


STAFF = {
    "教职工编号": "T1",
    "姓名": "张示例",
    "性别": "女",
    "出生日期": "1985-06-01",
    "学校标识码": "2153990001",
    "任职开始日期": "2010-09-01",
    "编制类别": "专任教师",
}


def test_missing_doubled_and_unknown_columns(read: Read) -> None:
    row = {key: value for key, value in PUPIL.items() if key != "班级编号"}
    checked = read("pupils", [row | {"身份证号码": "990101201503010019", "班主任": "王"}])
    assert {fault.column for fault in checked.faults()} == {"班级编号", "身份证号码", "班主任"}
    assert all(fault.row is None for fault in checked.faults())
    assert checked.ignored_headers == ("身份证号码", "班主任")


def test_a_near_header_is_suggested(read: Read) -> None:
    (fault,) = read("pupils", [PUPIL | {"是否随迁": "否"}]).faults()
    assert "是否随迁子女" in str(fault.remedy)


def test_unknown_columns_can_be_left_out(read: Read) -> None:
    checked = read("pupils", [PUPIL | {"班主任": "王"}], ignore_unknown=True)
    assert checked.n_faults == 0
    assert checked.ignored_headers == ("班主任",)


def test_notes_and_samples_of_the_template_are_left_out(read: Read) -> None:
    notes = dict.fromkeys(PUPIL, "必填。") | {"学生编号": "填写说明：必填。"}
    sample = PUPIL | {"学生编号": "示例：P0000001"}
    checked = read("pupils", [notes, sample, PUPIL])
    assert (checked.n_rows, checked.n_faults, checked.skipped_rows) == (1, 0, (2, 3))


def test_a_sample_further_down_is_a_row_like_any_other(read: Read) -> None:
    other = PUPIL | {"学生编号": "P2", "身份证件号": ""}
    sample = PUPIL | {"学生编号": "示例：P3", "身份证件号": ""}
    checked = read("pupils", [PUPIL, other, sample])
    assert (checked.n_rows, checked.skipped_rows) == (3, ())


def test_numbers_out_of_range_and_shape(read: Read, session: Session) -> None:
    room = {
        "用房编号": "R1",
        "学校标识码": "2153990001",
        "用房类型": "音乐教室",
        "使用面积（平方米）": "９６.50",
    }
    far = room | {"用房编号": "R2", "使用面积（平方米）": "50793000"}
    negative = room | {"用房编号": "R3", "使用面积（平方米）": "-1"}
    texts = room | {"用房编号": "R4", "使用面积（平方米）": "7,382,11"}
    checked = read("rooms", [room, far, negative, texts])
    assert fault_places(checked) == [(3, "area_m2"), (4, "area_m2"), (5, "area_m2")]
    assert session.rows("SELECT room_kind, area_m2 FROM rooms WHERE is_sound") == [
        ("music", "96.5")
    ]


def test_real_people_and_invented_ones(read: Read) -> None:
    real = PUPIL | {"身份证件号": "11010519491231002X"}
    assert fault_places(read("pupils", [real])) == [(2, "identity_number")]
    checked = read("pupils", [PUPIL], context=Context(2025))
    assert fault_places(checked) == [(2, "identity_number")]


def test_another_countys_rows_are_refused(read: Read) -> None:
    row = {"县区代码": "990101", "年度": "2025", "数据项": "special_pupils", "数值": "120"}
    assert read("county_facts", [row]).n_faults == 0
    elsewhere = Context(2025, is_simulated=True, county_code="990102")
    assert fault_places(read("county_facts", [row], context=elsewhere)) == [(2, "county_code")]


def test_faults_come_in_windows_and_as_an_error(read: Read) -> None:
    rows = [PUPIL | {"学生编号": f"P{n}", "身份证件号": "", "性别": "雄"} for n in range(250)]
    checked = read("pupils", rows)
    assert checked.n_faults == 250
    assert [fault.row for fault in checked.faults(2, offset=248)] == [250, 251]
    with pytest.raises(TableFaults) as raised:
        checked.raise_faults()
    assert (len(raised.value.faults), raised.value.n_faults) == (200, 250)


FIELDS = {
    f"{field.kind} {field.pattern or field.kind_field}".strip(): field
    for dataset in ("pupils", "staff", "schools", "rooms")
    for field in contracts.contract(dataset).fields
}
PIECES = st.one_of(
    st.text("0123456789-./年月日Xx男女是否０１．－ \n", max_size=20),
    st.sampled_from(["2015-03-01", "2015-02-30", "1999-12", "0", "1", "007", "1.50", "1e3", "-0"]),
    st.integers(0, 10**17 - 1).map(lambda n: f"{n:017d}" + identity_check(f"{n:017d}")),
    st.integers(0, 10**10 - 1).map(lambda n: f"{n:010d}"),
    st.decimals(-1000, 10**16, allow_nan=False, places=7).map(str),
)


@pytest.mark.parametrize("kind", FIELDS)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(texts=st.lists(PIECES.map(str.strip).filter(bool), min_size=1, max_size=20))
def test_what_sql_calls_plain_stays_as_it_is(session: Session, kind: str, texts: list[str]) -> None:
    """The two ways of reading a cell agree."""
    field = FIELDS[kind]
    session.load("given", {"c": texts})
    plain = session.rows(f"SELECT c FROM given WHERE {plain_sql(field, 'c', SIMULATED)}")
    meaning = canonical(field, SIMULATED)
    for (text,) in plain:
        assert meaning(str(text)) == text
