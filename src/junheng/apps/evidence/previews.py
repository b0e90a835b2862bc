"""What of a file is shown on its page: by the browser where that is safe, else read by ourselves.

A document that cannot be read so is no fault: it was checked when it was filed, and whoever wants
to see it opens the file.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from xml.parsers import expat

from junheng.apps.evidence import selectors, storage
from junheng.apps.evidence.content import words
from junheng.apps.evidence.content.texts import encoding_of
from junheng.apps.evidence.rules import MIB, files
from junheng.engine.store.glance import glance
from junheng.errors import TableFaults

if TYPE_CHECKING:
    from junheng.apps.evidence.models import EvidenceVersion
    from junheng.apps.evidence.rules import Kind, Shown

_UNREADABLE = (TableFaults, zipfile.BadZipFile, expat.ExpatError, ValueError, KeyError)
_MOST_TEXT = 200_000


@dataclass(frozen=True)
class Preview:
    """What is shown: `how` is frame, picture, table, paragraphs, text, or none.

    `is_cut`: there is more in the file than on the page.
    """

    how: Shown
    rows: tuple[tuple[str, ...], ...] = ()
    paragraphs: tuple[str, ...] = ()
    text: str = ""
    sheet: str = ""
    is_cut: bool = False


def preview_of(version: EvidenceVersion) -> Preview:
    """Return what is shown of a version."""
    kind = files().kind(version.kind)
    if kind.shown in ("frame", "picture", "none"):
        return Preview(kind.shown)
    if version.n_bytes > files().shown_mb * MIB:
        return Preview("none")
    try:
        return _read(version, kind)
    except _UNREADABLE:
        return Preview("none")


def _read(version: EvidenceVersion, kind: Kind) -> Preview:
    limits = files()
    with storage.unsealed(selectors.stored(version)) as file:
        if kind.shown == "table":
            with TemporaryDirectory(prefix="junheng-evidence-") as folder:
                path = Path(folder) / "document.xlsx"
                path.write_bytes(file.read())
                seen = glance(path, n_rows=limits.shown_rows, n_columns=limits.shown_columns)
            return Preview("table", rows=seen.rows, sheet=seen.sheet, is_cut=seen.is_cut)
        if kind.shown == "paragraphs":
            found, is_cut = words.paragraphs(
                file, main_part=kind.main_part, most=limits.shown_paragraphs
            )
            return Preview("paragraphs", paragraphs=tuple(found), is_cut=is_cut)
        encoding = encoding_of(file) or "utf-8"
        file.seek(0)
        text = TextIOWrapper(file, encoding=encoding, errors="replace").read(_MOST_TEXT + 1)
        return Preview("text", text=text[:_MOST_TEXT], is_cut=len(text) > _MOST_TEXT)
