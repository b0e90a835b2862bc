"""Layouts of register exports through the client: a moved column is put right without code."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from junheng.apps.foundation.models import Change
from junheng.apps.foundation.scoping import everything
from junheng.apps.intake.models import Import, RegisterLayout, RegisterSample
from junheng.engine.contracts.register_file import register_mapping_from

if TYPE_CHECKING:
    from django.test import Client
    from tests.apps.intake.district import District

pytestmark = pytest.mark.django_db

PAGE = "/intake/mappings/pupil-register/"
# Check digits of simulated numbers: domain test vectors (99010120150301001 -> 9).
PUPIL = {
    "学籍号": "G990101201503010019",
    "姓名": "李示例",
    "性别": "男",
    "出生日期": "20150301",
    "身份证件类型": "居民身份证",
    "身份证件号": "990101201503010019",
    "学校标识码": "2153990001",
    "年级": "小学2021级",
    "班级": "2021级(3)班",
    "入学年月": "202109",
    "就读方式": "走读",
    "是否进城务工人员随迁子女": "外省迁入",
    "是否留守儿童": "非留守儿童",
    "残疾类型": "无残疾",
}
MOVED = "住宿情况登记"
"""What an export may call 就读方式; no shipped layout knows it."""


@pytest.fixture
def officer(client: Client, district: District) -> Client:
    client.force_login(district.world.officer)
    client.cookies["language"] = "en"
    return client


def export(**renamed: str) -> SimpleUploadedFile:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([renamed.get(header, header) for header in PUPIL])
    writer.writerow(PUPIL.values())
    return SimpleUploadedFile("学籍导出.csv", text.getvalue().encode())


def read(client: Client, file: SimpleUploadedFile) -> str:
    """Send an export and return the page that shows it."""
    answer = client.post(PAGE, {"act": "read", "file": file, "year": "2025"})
    assert answer.status_code == 302, answer.text
    return client.get(PAGE).text


def test_a_moved_column_is_put_right_and_stays_so(officer: Client) -> None:
    page = read(officer, export(就读方式=MOVED))
    assert "1 required columns missing, 1 columns unknown." in page
    assert "Show what would change" not in page
    choice = {"column-is_boarder": MOVED}
    page = officer.post(PAGE, {"act": "try"} | choice).text
    assert "1 rows read, 0 of them with faults; 0 faults in all; 0 required" in page
    assert "小学2021级 → P" in page
    assert officer.post(PAGE, {"act": "save"} | choice).status_code == 302
    page = read(officer, export(就读方式=MOVED))
    assert "0 required columns missing, 0 columns unknown." in page
    assert "Show what would change" in page
    with everything(reason="test"):
        layout = RegisterLayout.objects.get()
    assert Change.objects.filter(kind="intake.RegisterLayout", key=str(layout.pk)).exists()
    own = register_mapping_from(officer.get(f"{PAGE}layout.toml").text, "sent")
    assert own.column("is_boarder").headers[0] == MOVED


def test_personal_data_are_masked(officer: Client) -> None:
    page = read(officer, export())
    assert "学籍导出.csv" in page
    assert "990101201503010019" not in page
    assert "李示例" not in page
    with everything(reason="test"):
        sample = RegisterSample.objects.get()
    assert sample.first_year == 2025


def test_rows_of_an_export_go_on_as_an_import(officer: Client, district: District) -> None:
    read(officer, export())
    answer = officer.post(PAGE, {"act": "import"})
    assert answer.status_code == 302, answer.text
    with everything(reason="test"):
        source = Import.objects.get()
        part = source.parts.get()
        assert not RegisterSample.objects.exists()
    assert (part.dataset, part.n_rows) == ("pupils", 1), district.faults(source)
    # The class is none of the district: the ordinary check says so.
    assert "2153990001-P-2021-03" in officer.get(answer.headers["Location"]).text


def test_an_export_with_faults_goes_nowhere(officer: Client) -> None:
    read(officer, export(就读方式=MOVED))
    page = officer.post(PAGE, {"act": "import"}).text
    assert "the column is missing." in page
    with everything(reason="test"):
        assert not Import.objects.exists()


def test_a_file_that_is_no_table_is_refused(officer: Client) -> None:
    file = SimpleUploadedFile("x.xlsx", b"no workbook")
    answer = officer.post(PAGE, {"act": "read", "file": file, "year": "2025"})
    assert answer.status_code == 422
    assert "x.xlsx" in answer.text
    with everything(reason="test"):
        assert not RegisterSample.objects.exists()


def test_the_list_says_what_is_unconfirmed_and_ours(officer: Client, district: District) -> None:
    page = officer.get("/intake/mappings/").text
    assert "Layout unconfirmed" in page
    assert "none: as shipped" in page
    officer.post(PAGE, {"act": "save"})
    assert district.world.officer.display_name in officer.get("/intake/mappings/").text


def test_others_find_nothing(client: Client, district: District) -> None:
    client.force_login(district.clerk)
    assert client.get(PAGE).status_code == 404
    assert client.get("/intake/mappings/").status_code == 404
    assert client.get(f"{PAGE}layout.toml").status_code == 404
    client.force_login(district.world.outsider)
    at = f"{PAGE}?at=bureau-{district.world.bureau.pk}"
    assert client.get(at).status_code == 404
    assert client.post(at, {"act": "save"}).status_code == 404


def test_an_unknown_layout_is_not_found(officer: Client) -> None:
    assert officer.get("/intake/mappings/none/").status_code == 404


def test_collecting_leads_to_the_layouts_for_who_may(client: Client, district: District) -> None:
    for user, may in ((district.world.officer, True), (district.clerk, False)):
        client.force_login(user)
        assert ('href="/intake/mappings/"' in client.get("/intake/").text) == may
