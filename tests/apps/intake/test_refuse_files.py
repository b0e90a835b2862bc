"""What is refused at the door, each with a sentence that says what to do."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
import xlsxwriter
from django.db import connection
from tests.apps.intake.district import as_csv
from tests.engine.contracts.sheets import replace_texts
from tests.world import put

from junheng.apps.foundation.scoping import everything
from junheng.apps.intake import marking, services
from junheng.apps.intake.models import MarkedWorkbook, State
from junheng.apps.registry.api import bureau_ensure, school_year_ensure
from junheng.engine import contracts
from junheng.engine.contracts.template import write_template
from junheng.errors import DataError, TableFaults

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from pytest_django.fixtures import Settings
    from tests.apps.intake.district import District

pytestmark = pytest.mark.django_db

Row = dict[str, str | None]


def told(district: District, dataset: str, content: Sequence[Row] | bytes, name: str = "") -> str:
    """Return the faults of a file as one text; it must be refused."""
    source = district.send(dataset, content, name=name)
    assert source.state == State.FAULTY
    return "\n".join(fault.render() for fault in district.faults(source))


def book(sheets: Mapping[str, Sequence[Sequence[object]]]) -> bytes:
    stream = BytesIO()
    with xlsxwriter.Workbook(stream) as made:
        for name, rows in sheets.items():
            sheet = made.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return stream.getvalue()


def pupil(district: District, **changes: str | None) -> Row:
    return {**district.pupils_of(district.school)[0], **changes}


@pytest.mark.parametrize(
    ("changes", "found", "remedy"),
    [
        ({"identity_number": "1.2E+17"}, "last digits are lost", "Format the column as text"),
        ({"identity_number": "990101201903010011"}, "check", ""),
        ({"identity_number": "110105201903010019"}, "", ""),
        ({"sex_code": "女的"}, "女的", ""),
        ({"from_date": "2027-09-01"}, "lies after the school year", "leave the row to the year"),
        ({"class_id": "no-such-class"}, "There is no “no-such-class” among “班级”", "add the row"),
        ({"birth_date": "1919-03-01"}, "age that is not between", "Check the birth date"),
        ({"is_boarder": "8"}, "neither yes nor no", "Write yes or no"),
    ],
)
def test_a_wrong_value_is_told_with_its_place(
    district: District, changes: Row, found: str, remedy: str
) -> None:
    text = told(district, "pupils", [pupil(district, **changes)])
    assert "pupils.csv, row 2" in text
    assert found in text
    assert remedy in text


def test_a_simulated_person_is_no_one_of_a_real_bureau(district: District) -> None:

    real = bureau_ensure(code="530199", name_zh="真实区教育局", is_simulated=False)
    with everything(reason="test"):
        received = services.import_receive(
            bureau=real,
            school_year=school_year_ensure(first_year=2025),
            source=services.Source("p.csv", as_csv("pupils", [pupil(district)]), None),
            datasets=["pupils"],
        )
        source = services.import_check(import_id=received.pk)
    assert "99" in "\n".join(fault.render() for fault in district.faults(source))
    assert source.state == State.FAULTY


def test_the_same_pupil_in_two_schools(district: District) -> None:
    other = district.pupils_of(district.other)[0]["class_id"]
    text = told(district, "pupils", [pupil(district), pupil(district, class_id=other)])
    assert "stands in row 2 already" in text


def test_a_school_cannot_enrol_a_pupil_of_another(district: District) -> None:
    theirs = district.pupils_of(district.other)[0]
    own = district.pupils_of(district.school)[0]["class_id"]
    row = {**theirs, "class_id": own, "from_date": "2025-10-13"}
    source = district.send("pupils", [row], by=district.clerk, school=district.school)
    text = "\n".join(fault.render() for fault in district.faults(source))
    assert f"{district.other.name_zh} still has a row of the same 学生编号" in text
    assert "Ask that school" in text


def test_a_school_speaks_for_its_own_rows_alone(district: District) -> None:
    theirs = district.pupils_of(district.other)[0]
    source = district.send("pupils", [theirs], by=district.clerk, school=district.school)
    text = "\n".join(fault.render() for fault in district.faults(source))
    assert f"belongs to {district.other.identifier}" in text


def test_a_unit_does_not_go_while_classes_name_it(district: District) -> None:
    units = district.rows("units")
    source = district.send("units", units[1:], is_whole=True)
    text = "\n".join(fault.render() for fault in district.faults(source))
    assert re.search(r"would go, but \d+ rows of “班级” name it", text)


def test_an_identity_number_of_somebody_else(district: District) -> None:
    one, two = district.pupils_of(district.school)[:2]
    same = {name: one[name] for name in ("identity_number", "birth_date", "sex_code")}
    text = told(district, "pupils", [{**two, **same}])
    assert f"belongs to another 学生编号 already: {one['pupil_id']} / " in text


def test_the_template_of_last_year(district: District, tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    write_template(path, [contracts.contract("rooms")], school_year=2024)
    text = told(district, "rooms", path.read_bytes(), name="t.xlsx")
    assert "The template is of the school year 2024-2025, not 2025-2026." in text
    assert "Fetch this year's template" in text


def test_the_file_of_another_district(district: District, tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    rooms = contracts.contract("rooms")
    write_template(path, [rooms], school_year=2025, county_code="530777")
    text = told(district, "rooms", path.read_bytes(), name="t.xlsx")
    assert "The file belongs to the bureau 530777" in text
    schools = [{**row, "county_code": "530777"} for row in district.rows("schools")]
    assert "“530777” is another county" in told(district, "schools", schools)


def test_headers_in_another_language(district: District) -> None:
    content = "numéro,école,genre\nR1,2153000001,classe\n".encode()
    text = told(district, "rooms", content)
    assert "column “numéro”: is not a column of “用房”" in text
    assert "Add a column with one of these headers: 用房编号" in text


def test_two_sheets_with_one_name(district: District) -> None:
    rows = [["用房编号"], ["R1"]]
    content = book({"教室一": rows, "教室二": rows})
    doubled = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(doubled, "w") as new:
        for item in old.infolist():
            data = old.read(item)
            if item.filename == "xl/workbook.xml":
                data = data.replace("教室二".encode(), "教室一".encode())
            new.writestr(item, data)
    text = told(district, "rooms", doubled.getvalue(), name="two.xlsx")
    assert "two sheets have the name “教室一”" in text


def test_two_sheets_of_one_dataset(district: District) -> None:
    names = [contracts.contract("rooms").name.zh, "rooms"]
    content = book({name: [["用房编号"], ["R1"]] for name in names})
    text = told(district, "", content, name="two.xlsx")
    assert "the dataset “rooms” is there already under another name" in text


def test_two_hundred_errors_in_one_row(district: District) -> None:
    unknown = {f"多余列{n}": "x" for n in range(200)}
    headers = ["用房编号", *unknown]
    content = (",".join(headers) + "\n" + ",".join(["R1", *unknown.values()]) + "\n").encode()
    source = district.send("rooms", content)
    assert source.n_faults >= 200
    assert len({fault.column for fault in district.faults(source)}) >= 200


def test_a_file_that_is_no_table(district: District) -> None:
    assert "x.xlsx" in told(district, "rooms", b"\x00\x01\x02 no table", name="x.xlsx")


def test_a_file_above_the_limit_is_not_kept(district: District, settings: Settings) -> None:
    settings.UPLOAD_LIMIT_MB = 0
    with pytest.raises(TableFaults, match="larger than 0 MB"):
        district.send("rooms", district.rows("rooms")[:1])


def test_the_workbook_back_is_mended_and_applied(district: District, tmp_path: Path) -> None:
    row = {**district.rows("rooms")[0], "room_kind": "不认识", "area_m2": "12.5"}
    source = district.send("rooms", [row])
    with everything(reason="test"):
        path = tmp_path / "marked.xlsx"
        path.write_bytes(marking.workbook(source))
    replace_texts(path, {"不认识": str(district.rows("rooms")[0]["room_kind"])})
    again = district.send("", path.read_bytes(), name="marked.xlsx", by=district.world.director)
    assert (again.state, district.part(again).n_changed) == (State.CHECKED, 1)
    district.apply(again)
    assert district.rows("rooms")[0]["area_m2"] == "12.5"


def test_a_file_that_is_no_table_has_nothing_to_mark(district: District) -> None:
    source = district.send("rooms", b"\x00\x01\x02 no table", name="x.xlsx")
    with everything(reason="test"), pytest.raises(DataError, match="no workbook with marks"):
        marking.workbook(source)


def test_marks_lie_encrypted_and_go_with_the_file(district: District) -> None:
    faulty = {**district.rows("rooms")[0], "room_kind": "不认识"}
    first = district.send("rooms", [faulty])
    with everything(reason="test"), connection.cursor() as cursor:
        cursor.execute("SELECT content FROM intake_markedworkbook")
        ((kept,),) = cursor.fetchall()
        opened = MarkedWorkbook.objects.get(source=first)
        assert opened.content not in kept
        assert opened.language == "zh"
        services.import_discard(source=first)
        assert not MarkedWorkbook.objects.exists()
        with pytest.raises(DataError, match="no longer waiting"):
            marking.workbook(first)


def test_a_check_without_faults_drops_the_marks(district: District) -> None:
    campus = district.rows("campuses")[0]
    number = f"{campus['school_id']}-77"
    row = district.rows("rooms")[0] | {"room_id": "R-new", "campus_id": number}
    source = district.send("rooms", [row])
    assert source.state == State.FAULTY
    put(district.place, "campuses", [campus | {"campus_id": number, "campus_no": "77"}])
    with everything(reason="test"):
        again = services.import_check(import_id=source.pk)
        assert (again.state, marking.is_kept(again)) == (State.CHECKED, False)
