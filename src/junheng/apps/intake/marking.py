"""The workbook with red cells: made while a faulty file is checked, kept as long as the file."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from junheng.apps.intake.models import MarkedWorkbook
from junheng.engine.contracts.marked import write_marked
from junheng.errors import DataError
from junheng.i18n import say

if TYPE_CHECKING:
    from pathlib import Path

    from junheng.apps.intake.examining import Examined
    from junheng.apps.intake.models import Import


def marked(found: Examined, folder: Path, language: str) -> bytes:
    """Return a file that was looked at as a workbook with its faults in it.

    Blank where it has none, or could not be read as tables at all.
    """
    if not found.n_faults or not found.parts:
        return b""
    path = folder / "marked.xlsx"
    write_marked(path, [part.checked for part in found.parts], language=language)
    return path.read_bytes()


def keep(source: Import, content: bytes, language: str) -> None:
    """Keep what `marked` returned in place of what was kept before."""
    forget(source)
    if content:
        text = base64.b64encode(content).decode()
        MarkedWorkbook.objects.create(source=source, language=language, content=text)


def forget(source: Import) -> None:
    """Drop the workbook of a file."""
    MarkedWorkbook.objects.filter(source=source).delete()


def is_kept(source: Import) -> bool:
    """Whether there is a workbook of the file."""
    return MarkedWorkbook.objects.filter(source=source).exists()


def workbook(source: Import) -> bytes:
    """Return the workbook of a faulty file; DataError where there is none."""
    kept = MarkedWorkbook.objects.filter(source=source).first()
    if kept is not None:
        return base64.b64decode(kept.content)
    if not source.is_open:
        raise DataError(say("This file is no longer waiting."))
    raise DataError(say("There is no workbook with marks of this file. Check it again."))
