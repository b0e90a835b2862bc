"""Papers as documents to edit: the same blocks, with names of fonts that offices have."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from junheng.engine.documents.blocks import (
    Facts,
    Heading,
    Paragraph,
    Signatures,
    Table,
    cell_text,
)
from junheng.engine.documents.layouts import layout

if TYPE_CHECKING:
    from datetime import datetime

    from junheng.engine.documents.blocks import Block, Document
    from junheng.engine.documents.layouts import Layout

LATIN = "Times New Roman"
A4_MM = (210, 297)
MAIN = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def as_docx(document: Document, *, made_at: datetime) -> bytes:
    """Return a paper as an Office Open XML document with styles, so that it can be edited."""
    # Loads a parser that pages do not need.
    import docx

    look = layout(document.layout)
    book = docx.Document()
    told = book.core_properties
    told.title, told.author, told.language = document.title, "", document.language
    told.created = told.modified = made_at.replace(tzinfo=None)
    _page(book, look)
    _styles(book, look, document.language)
    _Writer(book, look).write(document)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _page(book: Any, look: Layout) -> None:
    from docx.enum.section import WD_ORIENT
    from docx.shared import Mm

    section = book.sections[0]
    short, long = (Mm(side) for side in A4_MM)
    section.page_width, section.page_height = (long, short) if look.is_landscape else (short, long)
    if look.is_landscape:
        section.orientation = WD_ORIENT.LANDSCAPE
    for side, width in look.margins_mm.items():
        setattr(section, f"{side}_margin", Mm(width))


def _styles(book: Any, look: Layout, language: str) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
    from docx.shared import Pt

    sizes = look.sizes_pt
    for name, face, size in (
        ("Normal", "body", "body"),
        ("Title", "title", "title"),
        ("Heading 1", "heading", "heading"),
        ("Heading 2", "heading", "heading"),
    ):
        _face(book.styles[name], look.word[face], sizes[size])
    normal = book.styles["Normal"].paragraph_format
    normal.line_spacing_rule, normal.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(sizes["line"])
    normal.space_after = Pt(0)
    title = book.styles["Title"].paragraph_format
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.line_spacing = Pt(sizes["title"] * 1.5)
    for border in book.styles["Title"].element.iter(f"{MAIN}pBdr"):
        border.getparent().remove(border)
        break
    body = book.styles.add_style("Body Indented", 1)
    body.base_style = book.styles["Normal"]
    if language == "zh":
        body.paragraph_format.first_line_indent = Pt(2 * sizes["body"])


def _face(style: Any, name: str, size: float) -> None:
    """Set a Chinese and a Latin face; a style names them apart."""
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    style.font.name, style.font.size = LATIN, Pt(size)
    style.font.color.rgb = RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    fonts.set(qn("w:eastAsia"), name)


class _Writer:
    """Writes the blocks of one paper into an open document."""

    def __init__(self, book: Any, look: Layout) -> None:
        self.book = book
        self.look = look

    def write(self, document: Document) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH

        self.book.add_paragraph(document.title, style="Title")
        if document.subtitle:
            self._small(document.subtitle).alignment = WD_ALIGN_PARAGRAPH.CENTER
        for block in document.blocks:
            self._block(block)
        if document.foot:
            self._small(document.foot, self.book.sections[0].footer.paragraphs[0])

    def _block(self, block: Block) -> None:
        if isinstance(block, Heading):
            self.book.add_heading(block.text, level=block.level)
        elif isinstance(block, Paragraph):
            if block.is_note:
                self._small(block.text)
            else:
                self.book.add_paragraph(block.text, style="Body Indented")
        elif isinstance(block, Facts):
            rows = [text for pair in block.pairs for text in pair]
            rows += [""] * (-len(rows) % 4)
            lines = [rows[at : at + 4] for at in range(0, len(rows), 4)]
            self._grid(lines, (1, 2, 1, 2), "llll", n_heads=0)
        elif isinstance(block, Table):
            if block.caption:
                self._small(block.caption)
            body = [[cell_text(block, at, c) for at, c in enumerate(row)] for row in block.rows]
            self._grid([list(block.headers), *body], block.widths, block.aligns, n_heads=1)
        else:
            self._signatures(block)

    def _signatures(self, block: Signatures) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH

        for place in block.places:
            self.book.add_paragraph(f"{place}　＿＿＿＿＿＿＿＿＿＿")
        if block.date:
            self.book.add_paragraph(block.date).alignment = WD_ALIGN_PARAGRAPH.RIGHT

    def _small(self, text: str, paragraph: Any = None) -> Any:
        from docx.shared import Pt

        made = self.book.add_paragraph() if paragraph is None else paragraph
        run = made.add_run(text)
        run.font.size = Pt(self.look.sizes_pt["note"])
        made.paragraph_format.line_spacing = 1.2
        return made

    def _grid(
        self, rows: list[list[str]], widths: tuple[float, ...], aligns: str, *, n_heads: int
    ) -> None:
        """Write a table whose head comes again on every page."""
        from docx.oxml import OxmlElement
        from docx.shared import Mm

        side = A4_MM[1 if self.look.is_landscape else 0]
        room = side - self.look.margins_mm["left"] - self.look.margins_mm["right"]
        table = self.book.add_table(rows=0, cols=len(widths), style="Table Grid")
        table.autofit = False
        for at, width in enumerate(widths):
            table.columns[at].width = Mm(room * width / sum(widths))
        for number, row in enumerate(rows):
            cells = table.add_row().cells
            for at, text in enumerate(row):
                cells[at].width = Mm(room * widths[at] / sum(widths))
                self._cell(cells[at], text, "c" if number < n_heads else aligns[at])
        for head in table.rows[:n_heads]:
            head._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        self.book.add_paragraph().paragraph_format.line_spacing = 0.6

    def _cell(self, cell: Any, text: str, align: str) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.shared import Pt

        paragraph = cell.paragraphs[0]
        paragraph.alignment = {
            "l": WD_ALIGN_PARAGRAPH.LEFT,
            "c": WD_ALIGN_PARAGRAPH.CENTER,
            "r": WD_ALIGN_PARAGRAPH.RIGHT,
        }[align]
        paragraph.paragraph_format.line_spacing = 1.1
        paragraph.add_run(text).font.size = Pt(self.look.sizes_pt["table"])
