"""Papers read back: what was printed is what was written, as PDF/A, Word and workbook."""

from __future__ import annotations

import io
import shutil
import subprocess
from datetime import UTC, datetime
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import docx
import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from junheng.engine.documents import (
    Document,
    Facts,
    FontMissing,
    Heading,
    Paragraph,
    Signatures,
    Table,
    Unprintable,
    as_docx,
    as_pdf,
    as_workbook,
    families,
    open_fonts,
    rounded,
)

if TYPE_CHECKING:
    from typst import Fonts

AT = datetime(2025, 10, 15, 8, tzinfo=UTC)
FOLDER = Path("/usr/share/fonts/opentype/noto")
TABLE = Table(
    ("序号", "指标", "值"),
    (("1", "每百名学生拥有骨干教师数", Fraction(4196, 1000)), ("2", "生均面积", None)),
    (1, 4, 2),
    "clr",
    "表一",
    formats={2: 2},
)
PAPER = Document(
    "数据确认表",
    (
        Facts((("学校", "样例小学"), ("标识码", "2153000001"), ("姓名", "䶮㛃𬀩"))),
        Heading("一、指标"),
        Paragraph("本校确认下列数据。"),
        TABLE,
        Paragraph("小字说明", is_note=True),
        Signatures(("校长（签字）", "学校（公章）"), "年　月　日"),
    ),
    subtitle="2025-2026学年",
    foot="数据摘要 0123",
)
SAID = (
    "数据确认表", "2025-2026学年", "样例小学", "2153000001", "䶮㛃𬀩", "一、指标",
    "本校确认下列数据。", "每百名学生拥有骨干教师数", "4.20", "小字说明",
    "校长（签字）", "数据摘要 0123",
)  # fmt: skip


@cache
def fonts() -> Fonts:
    return open_fonts((FOLDER,), families())


def text_of(content: bytes) -> str:
    """Return the text of all pages without the spaces that setting puts between scripts."""
    pages = PdfReader(io.BytesIO(content)).pages
    return "".join("".join(page.extract_text().split()) for page in pages)


def test_a_printed_paper_reads_back_and_is_for_the_archive() -> None:
    content = as_pdf([PAPER], fonts(), made_at=AT)
    found = text_of(content)
    assert [words for words in SAID if words.replace(" ", "") not in found] == []
    told = PdfReader(io.BytesIO(content)).xmp_metadata
    assert told is not None
    assert (told.pdfaid_part, told.pdfaid_conformance) == ("2", "A")


def test_the_same_paper_is_the_same_bytes() -> None:
    assert as_pdf([PAPER], fonts(), made_at=AT) == as_pdf([PAPER], fonts(), made_at=AT)


def test_every_paper_begins_on_its_own_page() -> None:
    content = as_pdf([PAPER, PAPER, PAPER], fonts(), made_at=AT)
    assert len(PdfReader(io.BytesIO(content)).pages) == 3


@pytest.mark.parametrize("sign", ["\U00031350", "\ue123", "😀"])
def test_a_character_that_no_font_has_is_refused(sign: str) -> None:
    with pytest.raises(Unprintable, match="数据"):
        as_pdf([Document("数据", (Paragraph(f"张{sign}"),))], fonts(), made_at=AT)


def test_text_is_text_and_no_command() -> None:
    said = '#panic("x")*a*$b$<c>@d\\"'
    assert said in text_of(as_pdf([Document(said, (Paragraph(said),))], fonts(), made_at=AT))


def test_a_missing_font_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(FontMissing, match="fonts-noto-cjk"):
        open_fonts((tmp_path, tmp_path / "none"), families())


def test_a_document_to_edit_says_the_same_in_named_fonts() -> None:
    book = docx.Document(io.BytesIO(as_docx(PAPER, made_at=AT)))
    lines = [paragraph.text for paragraph in book.paragraphs]
    lines += [cell.text for table in book.tables for row in table.rows for cell in row.cells]
    lines += [paragraph.text for paragraph in book.sections[0].footer.paragraphs]
    found = "\n".join(lines)
    assert [words for words in SAID if words not in found] == []
    for style, face in (("Normal", "仿宋"), ("Heading 1", "黑体"), ("Title", "方正小标宋简体")):
        assert face in book.styles[style].element.xml
    width = book.sections[0].page_width
    assert width is not None
    assert round(width.mm) == 210


def test_a_workbook_keeps_the_numbers() -> None:
    sheet = load_workbook(io.BytesIO(as_workbook([PAPER])))["表一"]
    assert [cell.value for cell in sheet[2]] == ["1", "每百名学生拥有骨干教师数", 4.196]
    assert sheet["C2"].number_format == "0.00"
    assert sheet["C3"].value is None


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("form", ["docx", "xlsx"])
def test_libreoffice_opens_it_without_complaint(tmp_path: Path, form: str) -> None:
    path = tmp_path / f"paper.{form}"
    path.write_bytes(as_docx(PAPER, made_at=AT) if form == "docx" else as_workbook([PAPER]))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [
        "soffice",
        profile,
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        str(tmp_path),
        str(path),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "4.20" in text_of((tmp_path / "paper.pdf").read_bytes())


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (Fraction(4195, 1000), 2, "4.20"),
        (Fraction(1, 3), 3, "0.333"),
        (0.5, 0, "1"),
        (2.675, 2, "2.68"),
    ],
)
def test_halves_are_rounded_up_as_the_forms_have_it(
    value: Fraction | float, places: int, text: str
) -> None:
    assert rounded(value, places) == text


def test_a_row_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(ValueError, match="2 columns"):
        Table(("a", "b"), (("1",),), (1, 1), "ll", "t")
