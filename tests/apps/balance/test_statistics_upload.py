"""Workbooks of the annual statistics through the browser, to a measured assessment."""

from __future__ import annotations

import io
import struct
import zipfile
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.apps.balance.tables import RULES, check
from tests.engine.annual_statistics import books
from tests.engine.store import xls_writer

from junheng.apps.balance.models import AssessedDispersion, AssessedUnit, Upload, UploadState
from junheng.apps.balance.services import upload_apply
from junheng.apps.catalogue.models import Source, SourceKind
from junheng.apps.foundation.scoping import everything
from junheng.engine.annual_statistics.grid import open_grids

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.test import Client
    from tests.world import World

# Worked by hand on the domain pages, as `tests/engine/annual_statistics` has it.
VERDICTS = {"甲校": ("pass", 6), "乙校": ("fail", 3), "丙校": ("fail", 5), "丁校": ("pass", 7)}
COEFFICIENTS = {
    "R1": 0.0667, "R2": 0.2200, "R3": 0.0481, "R4": 0.0758, "R5": 0.1117, "R6": 0.0805,
    "R7": 0.0836,
}  # fmt: skip


@pytest.fixture(scope="module")
def workbooks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The workbooks of the four schools of the worked district by file name."""
    folder = tmp_path_factory.mktemp("returns")
    found = {}
    for school in books.worked_district():
        path = books.write_book(folder / f"{school.name}.xlsx", books.book(school))
        found[path.name] = path.read_bytes()
    return found


def packed(files: Mapping[str, bytes]) -> bytes:
    """Pack files into a folder of an archive."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(f"导出/{name}", content)
    return stream.getvalue()


def as_old(path: Path) -> bytes:
    """Return a workbook as one of Excel 97 to 2003, with its merged cells."""
    sheets = []
    for grid in open_grids(path):
        cells = [
            xls_writer.label(r, c, text)
            for r, row in enumerate(grid.rows)
            for c, text in enumerate(row)
            if text
        ]
        blocks = [
            struct.pack("<4H", top, low, left, right) for top, left, low, right in grid.merged
        ]
        merged = struct.pack("<H", len(blocks)) + b"".join(blocks)
        sheets.append(xls_writer.Sheet(grid.sheet, [*cells, xls_writer.record(0x00E5, merged)]))
    return xls_writer.Book(sheets).file()


def faults_of(upload: Upload) -> str:
    assert upload.state == UploadState.FAULTY
    return str(upload.faults)


def test_the_workbooks_of_all_schools_are_measured(
    client: Client, world: World, workbooks: dict[str, bytes]
) -> None:
    client.force_login(world.officer)
    client.cookies["language"] = "en"
    form = {
        "file": SimpleUploadedFile("returns.zip", packed(workbooks)),
        "bureau": world.bureau.pk,
        "school_year": 2025,
        "statistics_date": "2025-09-01",
        "ruleset": RULES,
    }
    page = client.post("/balance/upload/", form, follow=True).text
    assert "4 stage units of 4 schools" in page
    assert "Where the figures were read" in page
    assert "Annual statistics, 4 workbooks." in page
    assert "教基5176" in page
    assert "教学仪器设备资产值" in page
    assert "has not been compared with the official forms" in page
    with everything(reason="test"):
        made = upload_apply(upload_id=str(Upload.objects.get().pk), by=world.officer.pk)
        units = AssessedUnit.objects.filter(assessment=made)
        assert {u.school_name: (u.verdict, u.n_met) for u in units} == VERDICTS
        rows = AssessedDispersion.objects.filter(assessment=made, stage="primary")
        assert {r.indicator: round(r.cv or 0, 4) for r in rows} == COEFFICIENTS
        assert made.source_name == "returns.zip"
        source = Source.objects.get(bureau=world.bureau)
        assert source.kind == SourceKind.ANNUAL_STATISTICS


def test_a_stages_workbook_of_an_old_kind_is_read(world: World, tmp_path: Path) -> None:
    headers, rows = books.stage_sheet("小学", books.worked_district())
    path = books.write_stage(tmp_path / "小学.xlsx", headers, rows, sheet="小学")
    upload = check(world, as_old(path), name="小学.xls")
    assert upload.state == UploadState.CHECKED, upload.faults
    preview = upload.preview or {}
    assert preview["counts"]["units"] == 4
    verdicts = {row["name"]: row["verdict"] for row in preview["rows"]}
    assert verdicts == {name: verdict for name, (verdict, _) in VERDICTS.items()}
    assert all(one["header"] and not one["table"] for one in preview["read_from"])


def test_a_fault_names_workbook_table_and_row(world: World, workbooks: dict[str, bytes]) -> None:
    school = books.worked_district()[0]
    tables = books.book(school)
    del tables["教基5176"]
    stream = packed(workbooks | {"甲校.xlsx": written(tables)})
    told = faults_of(check(world, stream, name="returns.zip"))
    assert "甲校.xlsx" in told
    assert "5176" in told


def written(tables: books.Book) -> bytes:
    with TemporaryDirectory() as folder:
        return books.write_book(Path(folder) / "b.xlsx", tables).read_bytes()


def damaged_within(archive: bytes) -> bytes:
    """Return an archive whose list of parts is whole and whose first part does not unpack."""
    name_bytes, more_bytes = struct.unpack_from("<HH", archive, 26)
    begins_at = 30 + name_bytes + more_bytes
    # A block of the kind that deflate has none of.
    return archive[:begins_at] + b"\x07" + archive[begins_at + 1 :]


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"PK\x03\x04 damaged", "the archive is damaged"),
        (damaged_within(packed({"a.xlsx": b"x" * 999})), "the archive is damaged"),
        (packed({"a.txt": b"x"}), "holds no workbook of the annual statistics"),
        (packed({"a.xlsx": b"x", "b/a.xlsx": b"y"}), "holds two files of the name"),
    ],
)
def test_an_archive_of_something_else_is_refused(world: World, content: bytes, found: str) -> None:
    assert found in faults_of(check(world, content, name="returns.zip"))


def test_workbooks_of_two_districts_are_refused(world: World, tmp_path: Path) -> None:
    one, two, *_ = books.worked_district()
    files = {}
    for school in (one, replace(two, county="邻区")):
        path = books.write_book(tmp_path / f"{school.name}.xlsx", books.book(school))
        files[path.name] = path.read_bytes()
    told = faults_of(check(world, packed(files), name="returns.zip"))
    assert "of several districts" in told
