"""Every kind of bad table: nothing is changed, the page says where, what, and what to do."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest
from tests.apps.balance.tables import HEADERS, WORKED, A, B, as_csv, changed
from tests.apps.balance.test_upload_table import officer, send

from junheng.apps.balance.models import Assessment, Upload, UploadState
from junheng.apps.foundation.scoping import everything

if TYPE_CHECKING:
    from django.conf import LazySettings
    from django.test import Client
    from tests.world import World

__all__ = ["officer"]

GOOD = as_csv(WORKED)
BAD = {
    "empty": (b"", "table.csv", "empty"),
    "header alone": (as_csv([]), "table.csv", "row"),
    "not a table": (b"\x00\x01\x02" * 50, "table.csv", ""),
    "not a workbook": (b"PK\x03\x04" + GOOD, "table.xlsx", ""),
    "old workbook": (b"\xd0\xcf\x11\xe0" + b"0" * 600, "table.xls", ".xls"),
    "cut off": (gzip.compress(GOOD)[:-9], "table.csv.gz", ""),
    "another ending": (GOOD, "table.docx", ".docx"),
    "column missing": (as_csv([r[:-1] for r in WORKED], HEADERS[:-1]), "t.csv", "media_rooms"),
    "column unknown": (as_csv(WORKED, (*HEADERS[:-1], "rooms")), "t.csv", "rooms"),
    "stage misspelt": (as_csv([changed(A, stage="primry")]), "t.csv", "primry"),
    "negative": (as_csv([changed(A, media_rooms="-3")]), "t.csv", "-3"),
    "text in a number": (as_csv([changed(A, equipment_yuan="about 3")]), "t.csv", "about 3"),
    "pupils blank": (as_csv([changed(A, pupils="")]), "t.csv", "blank"),
    "unit twice": (as_csv([A, A]), "t.csv", "more than one row"),
    "indoor above teaching": (
        as_csv([changed(A, indoor_sport_area_m2="6000")]),
        "t.csv",
        "teaching area",
    ),
    "another county": (
        as_csv([(*A, "530199")], (*HEADERS, "county_code")),
        "t.csv",
        "530199",
    ),
    "two counties": (
        as_csv([(*A, "530102"), (*B, "530103")], (*HEADERS, "county_code")),
        "t.csv",
        "530103",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_it_is_told_and_nothing_is_changed(officer: Client, world: World, case: str) -> None:
    content, name, word = BAD[case]
    page = send(officer, world, content, name)
    assert page.status_code == 200
    assert "Nothing was changed." in page.text
    assert word in page.text
    assert "Traceback" not in page.text
    with everything(reason="test"):
        upload = Upload.objects.get()
        assert Assessment.objects.count() == 0
    assert upload.state == UploadState.FAULTY
    assert upload.n_faults >= 1
    assert upload.content == ""
    assert officer.post(f"/balance/upload/{upload.pk}/apply").status_code == 400


def test_a_fault_is_told_in_the_language_of_the_reader(officer: Client, world: World) -> None:
    officer.cookies["language"] = "zh-hans"
    page = send(officer, world, as_csv([changed(A, stage="大学")]))
    assert "“大学”" in page.text
    assert "2</th>" in page.text


def test_a_file_above_the_limit_is_refused_before_it_is_read(
    officer: Client, world: World, settings: LazySettings
) -> None:
    settings.UPLOAD_LIMIT_MB = 0
    page = send(officer, world, GOOD)
    assert page.status_code == 422
    assert "larger than 0 MB" in page.text
    with everything(reason="test"):
        assert Upload.objects.count() == 0


def test_a_form_without_a_file_is_refused(officer: Client, world: World) -> None:
    page = officer.post("/balance/upload/", {"bureau": world.bureau.pk})
    assert page.status_code == 422


def test_several_faults_are_told_at_once(officer: Client, world: World) -> None:
    rows = [changed(A, stage="x"), changed(B, media_rooms="-1", pupils="")]
    page = send(officer, world, as_csv(rows))
    assert "has 3 faults" in page.text
