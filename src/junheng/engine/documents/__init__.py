"""Official papers: what a paper says goes in as blocks, the bytes of a file come out.

One paper is a `Document`: titles, paragraphs, tables, places to sign. `pages` prints it as PDF/A,
`word` as a document to edit, `sheets` its tables as a workbook, all from the same blocks. Layouts
(paper, margins, fonts, sizes) are data in `rules/documents`.

>>> from junheng.engine.documents import Document, Paragraph
>>> Document("通知", (Paragraph("各学校："),)).title
'通知'
"""

from junheng.engine.documents.blocks import (
    Block,
    Cell,
    Document,
    Facts,
    Heading,
    Paragraph,
    Signatures,
    Table,
    rounded,
)
from junheng.engine.documents.faults import FontMissing, Unprintable
from junheng.engine.documents.fonts import open_fonts
from junheng.engine.documents.layouts import Layout, families, layout
from junheng.engine.documents.pages import as_pdf
from junheng.engine.documents.sheets import as_workbook
from junheng.engine.documents.word import as_docx

__all__ = [
    "Block",
    "Cell",
    "Document",
    "Facts",
    "FontMissing",
    "Heading",
    "Layout",
    "Paragraph",
    "Signatures",
    "Table",
    "Unprintable",
    "as_docx",
    "as_pdf",
    "as_workbook",
    "families",
    "layout",
    "open_fonts",
    "rounded",
]
