"""Reading papers back in tests."""

from __future__ import annotations

import io
import zipfile

import docx
from pypdf import PdfReader


def text_of(content: bytes) -> str:
    """Return the text of a PDF without spaces, which setting puts between scripts."""
    pages = PdfReader(io.BytesIO(content)).pages
    return "".join("".join(page.extract_text().split()) for page in pages)


def n_pages(content: bytes) -> int:
    """Return how many pages a PDF has."""
    return len(PdfReader(io.BytesIO(content)).pages)


def unpacked(content: bytes) -> dict[str, bytes]:
    """Return the files of a ZIP by name."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return {name: parts.read(name) for name in parts.namelist()}


def lines_of(content: bytes) -> list[str]:
    """Return the paragraphs and cells of a document to edit."""
    book = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in book.tables for row in table.rows for cell in row.cells]
    return [paragraph.text for paragraph in book.paragraphs] + cells
