"""The workbook to fill in: as it is written, as an office program keeps it, as it comes back."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from python_calamine import CalamineWorkbook
from tests.nursery import PATIENCE_S
from xlsxwriter import Workbook

from junheng.engine import contracts
from junheng.engine.contracts.cells import Context
from junheng.engine.contracts.reading import read_dataset
from junheng.engine.contracts.template import check_template, sheet_of, write_template
from junheng.engine.store.tables import open_table
from junheng.engine.store.template_book import read_identity
from junheng.errors import TableFaults

if TYPE_CHECKING:
    from pathlib import Path

    from junheng.engine.store.session import Session

SIMULATED = Context(2025, is_simulated=True, county_code="990101")
CHOSEN = [contracts.contract(name) for name in ("schools", "pupils")]


@pytest.fixture(params=["zh", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "template.xlsx"
    write_template(path, CHOSEN, school_year=2025, county_code="990101")
    return path


def _rows(path: Path, sheet: str) -> list[list[str]]:
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_name(sheet).to_python()
    return [[str(cell) for cell in row] for row in rows]


def test_it_works(template: Path) -> None:
    headers, notes, sample = _rows(template, "学生")
    assert headers == [field.header.zh for field in contracts.contract("pupils").fields]
    assert notes[0].startswith("填写说明：")
    assert sample[0] == "示例：P0000001"
    assert sample[headers.index("性别")] == "男"
    assert sample[headers.index("是否寄宿")] == "否"


def test_english(tmp_path: Path) -> None:
    path = tmp_path / "template.xlsx"
    write_template(path, CHOSEN, school_year=2025, language="en")
    headers, notes, sample = _rows(path, "Pupils")
    assert headers[0] == "Pupil id"
    assert notes[0].startswith("Notes: Required. ")
    assert sample[headers.index("Sex")] == "male"


def test_people_see_only_the_datasets(template: Path) -> None:
    with zipfile.ZipFile(template) as book:
        workbook = book.read("xl/workbook.xml").decode()
    states = dict(re.findall(r'<sheet name="([^"]+)" sheetId="\d+"(?: state="(\w+)")?', workbook))
    assert states == {
        "学校": "",
        "学生": "",
        "junheng_lists": "veryHidden",
        "junheng": "veryHidden",
    }


def test_drop_downs_frozen_rows_and_formats(template: Path) -> None:
    with zipfile.ZipFile(template) as book:
        sheet = book.read("xl/worksheets/sheet2.xml").decode()
        styles = book.read("xl/styles.xml").decode()
    assert 'ySplit="3"' in sheet
    coded = [f for f in contracts.contract("pupils").fields if f.kind in {"code", "boolean"}]
    assert sheet.count('type="list"') == len(coded)
    assert all(int(row) == 4 for row in re.findall(r'sqref="[A-Z]+(\d+):', sheet))
    assert 'formatCode="yyyy-mm-dd"' in styles


def test_drop_downs_offer_what_the_reader_takes(template: Path) -> None:
    lists = CalamineWorkbook.from_path(str(template)).get_sheet_by_name("junheng_lists")
    columns = list(zip(*lists.to_python(), strict=True))
    assert any("九年一贯制学校" in column for column in columns)
    assert any(list(column[:2]) == ["是", "否"] and not any(column[2:]) for column in columns)


def test_an_untouched_template_has_no_rows(tmp_path: Path, session: Session, language: str) -> None:
    """Notes and sample are no data, in either language."""
    path = tmp_path / "template.xlsx"
    write_template(path, CHOSEN, school_year=2025, language=language)
    for contract in CHOSEN:
        table = open_table(session, path, sheet=contract.name.of(language))
        checked = read_dataset(table, contract, context=SIMULATED)
        assert (checked.n_rows, checked.n_faults) == (0, 0)


def test_a_sample_row_without_its_mark_is_sound_data(
    template: Path, tmp_path: Path, session: Session
) -> None:
    """What the sample shows is what the reader wants."""
    filled = tmp_path / "filled.xlsx"
    rows = _rows(template, "学生")
    rows[2][0] = rows[2][0].removeprefix("示例：")
    with Workbook(str(filled)) as book:
        sheet = book.add_worksheet("学生")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    checked = read_dataset(
        open_table(session, filled), contracts.contract("pupils"), context=SIMULATED
    )
    assert (checked.n_rows, checked.faults()) == (1, ())


def test_what_the_hidden_sheet_tells(template: Path, session: Session) -> None:
    assert read_identity(session, template) == {
        "template": "junheng-template",
        "school_year": "2025",
        "county_code": "990101",
        "version.schools": contracts.contract("schools").version,
        "version.pupils": contracts.contract("pupils").version,
    }
    assert check_template(session, template, CHOSEN, context=SIMULATED) == ()


@pytest.mark.parametrize(
    ("context", "words"),
    [
        (Context(2026, county_code="990101"), "2025-2026"),
        (Context(2025, county_code="530102"), "530102"),
    ],
)
def test_template_of_last_year_or_another_district(
    template: Path, session: Session, context: Context, words: str
) -> None:
    (fault,) = check_template(session, template, CHOSEN, context=context)
    assert words in fault.render()


def test_template_of_an_older_contract(template: Path, session: Session) -> None:
    newer = [replace(CHOSEN[0], version="2027.1"), CHOSEN[1]]
    (fault,) = check_template(session, template, newer, context=SIMULATED)
    assert "2027.1" in fault.render()
    assert fault.sheet == "学校"


def test_a_workbook_of_ones_own_has_nothing_to_compare(tmp_path: Path, session: Session) -> None:
    path = tmp_path / "own.xlsx"
    with Workbook(str(path)) as book:
        book.add_worksheet("学生").write_row(0, 0, ["学生编号"])
    assert check_template(session, path, CHOSEN, context=SIMULATED) == ()


def test_sheets_are_found_by_name_or_id() -> None:
    assert sheet_of(CHOSEN[1], ["学校", "学生"]) == "学生"
    assert sheet_of(CHOSEN[1], ["pupils "]) == "pupils "
    assert sheet_of(CHOSEN[1], ["学生名单"]) is None


def test_several_sheets_without_a_name_are_refused(template: Path, session: Session) -> None:
    with pytest.raises(TableFaults, match="several sheets"):
        open_table(session, template)


def test_libreoffice_keeps_the_template(template: Path, tmp_path: Path, session: Session) -> None:
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    out = tmp_path / "kept"
    subprocess.run(
        [office, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to",
         "xlsx", "--outdir", out, template],
        check=True, capture_output=True, timeout=PATIENCE_S,
    )  # fmt: skip
    kept = out / template.name
    assert read_identity(session, kept) == read_identity(session, template)
    with zipfile.ZipFile(kept) as book:
        sheet = book.read("xl/worksheets/sheet2.xml").decode()
    assert sheet.count('type="list"') > 0
    checked = read_dataset(
        open_table(session, kept, sheet="学生"), contracts.contract("pupils"), context=SIMULATED
    )
    assert (checked.n_rows, checked.n_faults) == (0, 0)
