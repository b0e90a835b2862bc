"""The mark of a workbook that holds personal data: a first sheet and a footer on every sheet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from junheng.i18n import N_, translator

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

SHEETS = {"zh": "导出说明", "en": "About this export"}
"""Name of the first sheet; a workbook that comes back is read without it."""

MAX_FOOTER = 255
"""Characters that a footer can hold."""

_LABELS = (N_("Exported by"), N_("At"), N_("Purpose"))
_DUTY = N_(
    "This file holds personal data. Use it for this purpose alone, pass it to nobody, and delete "
    "it afterwards."
)


@dataclass(frozen=True)
class Watermark:
    """Who took the data out, when, for what; `language` (zh or en) of the mark itself."""

    user: str
    at: str
    purpose: str
    language: str = "zh"

    @property
    def line(self) -> str:
        """The mark as one line."""
        return f"{self.user} · {self.at} · {self.purpose}"


def add_first_sheet(book: Workbook, mark: Watermark) -> None:
    """Write the first sheet; call it before any other sheet is added."""
    translate = translator(mark.language)
    sheet = book.add_worksheet(SHEETS[mark.language])
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 60)
    bold = book.add_format({"bold": True})
    filled = zip(_LABELS, (mark.user, mark.at, mark.purpose), strict=True)
    for row, (label, text) in enumerate(filled):
        sheet.write_string(row, 0, translate(label), bold)
        sheet.write_string(row, 1, text)
    sheet.write_string(len(_LABELS), 0, translate(_DUTY))
    mark_footer(sheet, mark)


def mark_footer(sheet: Worksheet, mark: Watermark | None) -> None:
    """Print the mark below every page of a sheet."""
    if mark is not None:
        # An ampersand begins a command of the footer.
        sheet.set_footer("&L" + mark.line.replace("&", "&&")[: MAX_FOOTER - 2])
