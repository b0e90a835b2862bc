"""From a basis to files: papers written in their language, printed in their form."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from junheng.apps.foundation.shown import language
from junheng.apps.jobs.api import progress
from junheng.apps.reports import words, written
from junheng.apps.reports.rules import ZIP
from junheng.engine.documents import as_docx, as_pdf, as_workbook, families, open_fonts
from junheng.errors import NotFound
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from typst import Fonts

    from junheng.apps.reports.basis import Basis
    from junheng.apps.reports.rules import PaperKind
    from junheng.engine.documents import Document

MEDIA_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ZIP: "application/zip",
}
NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f]')
OFFICIAL = "zh-hans"


@dataclass(frozen=True)
class Printed:
    """A file as it is handed out."""

    name: str
    form: str
    content: bytes

    @property
    def media_type(self) -> str:
        return MEDIA_TYPES[self.form]


def fonts() -> Fonts:
    """Return the fonts of this site; FontMissing where they are not installed."""
    return open_fonts(tuple(settings.FONT_FOLDERS), families())


def print_school(basis: Basis, kind: PaperKind, school_id: int, *, made_at: datetime) -> Printed:
    """Return a paper of one school as a PDF."""
    write = written.OF_SCHOOL[kind.id]
    with translation.override(_spoken(kind)):
        document = write(basis, school_id, made_at)
        return Printed(
            _name(words.school_name(basis.schools[school_id][0]), kind, basis, "pdf"),
            "pdf",
            as_pdf([document], fonts(), made_at=made_at),
        )


def print_district(basis: Basis, kind: PaperKind, form: str, *, made_at: datetime) -> Printed:
    """Return a paper of the district in one of its forms; NotFound for a form it does not have."""
    if form not in kind.forms_of_district:
        raise NotFound(say("There is no such form of this paper."))
    with translation.override(_spoken(kind)):
        if form == ZIP:
            content = _all_schools(basis, kind, made_at)
        else:
            documents = written.OF_DISTRICT[kind.id](basis, made_at)
            content = _in_form(documents, form, made_at)
        return Printed(_name(words.bureau_name(basis.assessment), kind, basis, form), form, content)


def _in_form(documents: Sequence[Document], form: str, made_at: datetime) -> bytes:
    if form == "docx":
        return as_docx(documents[0], made_at=made_at)
    if form == "xlsx":
        return as_workbook(documents)
    return as_pdf(documents, fonts(), made_at=made_at)


def _all_schools(basis: Basis, kind: PaperKind, made_at: datetime) -> bytes:
    """Return the paper of every school in one ZIP file, numbered in the order of the table."""
    content = io.BytesIO()
    opened, write = fonts(), written.OF_SCHOOL[kind.id]
    moment = made_at.timetuple()[:6]
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as parts:
        for number, (school_id, units) in enumerate(basis.schools.items(), start=1):
            name = words.school_name(units[0])
            share = (number - 1) / len(basis.schools)
            progress(share, say("Printing {number} of {all}: {name}", number=number,
                                all=len(basis.schools), name=name))  # fmt: skip
            pages = as_pdf([write(basis, school_id, made_at)], opened, made_at=made_at)
            title = _safe(f"{number:03d} {name} {kind.name.of(language())}.pdf")
            parts.writestr(zipfile.ZipInfo(title, moment), pages, zipfile.ZIP_DEFLATED)
    return content.getvalue()


def _spoken(kind: PaperKind) -> str:
    return OFFICIAL if kind.is_official or language() == "zh" else "en"


def _name(whose: str, kind: PaperKind, basis: Basis, form: str) -> str:
    told = gettext("%(paper)s %(whose)s %(year)s") % {
        "paper": kind.name.of(language()),
        "whose": whose,
        "year": basis.assessment.school_year,
    }
    return _safe(f"{told}.{form}")


def _safe(name: str) -> str:
    """Return a name of a file that every system takes.

    >>> _safe("a/b: c")
    'a b  c'
    """
    return NOT_IN_NAMES.sub(" ", name)
