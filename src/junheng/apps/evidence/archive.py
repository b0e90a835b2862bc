"""The whole binder as one archive in the order of the standard, packed while it is sent.

Nothing is gathered: at any moment one piece of one file is in memory. What the archive needs of the
database is read before the first byte goes out.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections import Counter
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext

from junheng.apps.evidence import selectors, storage
from junheng.apps.evidence.items import PARTS, items_of
from junheng.apps.evidence.names import cleaned
from junheng.apps.foundation.shown import language
from junheng.errors import DataError
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from junheng.apps.evidence.items import Item
    from junheng.apps.evidence.models import Evidence, EvidenceVersion
    from junheng.apps.evidence.storage import Stored

FAST = 1
"""Level of packing: PDF and pictures are packed already."""
_FOLDER_BYTES = 90
_HEADS = (
    "部分 Part", "序号 No.", "指标 Item", "学校 School", "文件 File", "路径 Path", "版本 Version",
    "字节 Bytes", "SHA-256", "报送人 Filed by", "时间 On", "说明 Note",
)  # fmt: skip
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Line:
    """One file of the archive: its path, what the index says of it, and where it lies sealed."""

    path: str
    told: tuple[str, ...]
    n_bytes: int
    stored: Stored


def lines_of(rows: Iterable[Evidence]) -> list[Line]:
    """Return the newest version of every piece that counts, in the order of the standard.

    `rows` come with versions, their people and schools. DataError names the first file that is not
    on disk.
    """
    taken: Counter[str] = Counter()
    order = {item.id: item for item in items_of()}
    known = [one for one in rows if one.item_id in order and not one.is_withdrawn]
    known.sort(key=lambda one: (order[one.item_id].position, _school_key(one), one.created_at))
    return [_line(order[one.item_id], one, one.versions.all()[0], taken) for one in known]


def packed(lines: Sequence[Line], *, title: str) -> Iterator[bytes]:
    """Yield the archive: the index first, then the files, as they are read."""
    outlet = _Outlet()
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_DEFLATED, compresslevel=FAST) as archive:
        for name, content in index_of(lines, title=title):
            with archive.open(name, "w") as target:
                target.write(content)
        for line in lines:
            with archive.open(line.path, "w", force_zip64=True) as target:
                for piece in storage.pieces(line.stored):
                    target.write(piece)
                    yield outlet.taken()
    yield outlet.taken()


def index_of(lines: Sequence[Line], *, title: str) -> list[tuple[str, bytes]]:
    """Return the index of an archive: a page with links, and a table for spreadsheets."""
    table = io.StringIO(newline="")
    writer = csv.writer(table)
    writer.writerow(_HEADS)
    writer.writerows([_no_formula(text) for text in line.told] for line in lines)
    context = {"title": title, "heads": _HEADS, "lines": lines}
    page = render_to_string("evidence/index_file.html", context)
    # The mark tells Excel that it is UTF-8.
    return [
        ("index.html", page.encode()),
        ("index.csv", b"\xef\xbb\xbf" + table.getvalue().encode()),
    ]


def _line(item: Item, one: Evidence, version: EvidenceVersion, taken: Counter[str]) -> Line:
    if not storage.is_there(version.stored_as):
        raise DataError(
            say("“{name}” is not on disk: restore it from a backup.", name=version.file_name)
        )
    part = gettext(PARTS[item.part])
    owner = one.school.name if one.school else one.bureau.name
    number = list(PARTS).index(item.part) + 1
    folders = (f"{number} {part}", f"{item.number} {item.name.of(language())}", owner)
    clean = [cleaned(folder, most_bytes=_FOLDER_BYTES) for folder in folders]
    path = _unique("/".join((*clean, version.file_name)), taken)
    at = timezone.localtime(version.at).strftime("%Y-%m-%d %H:%M")
    told = (
        part, item.number, item.name.of(language()), owner, version.file_name, path,
        str(version.number), str(version.n_bytes), version.sha256, version.by.display_name, at,
        version.note,
    )  # fmt: skip
    return Line(path, told, version.n_bytes, selectors.stored(version))


def _school_key(one: Evidence) -> str:
    return one.school.identifier if one.school else ""


def _unique(path: str, taken: Counter[str]) -> str:
    """Return a path that no other file has, also where capitals count for nothing."""
    key = path.casefold()
    taken[key] += 1
    if taken[key] == 1:
        return path
    pure = PurePosixPath(path)
    return _unique(str(pure.with_name(f"{pure.stem} ({taken[key]}){pure.suffix}")), taken)


def _no_formula(text: str) -> str:
    """Return a text that a spreadsheet takes as text.

    >>> _no_formula("=1+1"), _no_formula("报告")
    ("'=1+1", '报告')
    """
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


class _Outlet:
    """Takes what an archive writes, and gives it away; it cannot be searched."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, part: bytes) -> int:
        self._parts.append(bytes(part))
        return len(part)

    def flush(self) -> None:
        """Keep nothing back: there is nothing behind this."""

    def close(self) -> None:
        """End: there is nothing to close."""

    def taken(self) -> bytes:
        """Return what was written since the last call."""
        parts, self._parts = self._parts, []
        return b"".join(parts)
