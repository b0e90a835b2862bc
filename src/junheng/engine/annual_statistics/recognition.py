"""Telling files of annual statistics from other tables, at little cost."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from junheng.engine.annual_statistics.paths import folded
from junheng.engine.store.limits import MIB

if TYPE_CHECKING:
    from pathlib import Path

ENDINGS = (".xlsx", ".xls")

MOST_BYTES_LOOKED_INTO = 8 * MIB
"""Workbooks of schools and of a large district's stage have less; larger files are others."""

_TOP_ROWS = 12
_SHEET_NAME = re.compile(r"教基(?P<table>[0-9]{4}续?)(?:_(?P<kind>.+))?")
_OLD_SHEET_NAME = re.compile(r"(?:基础)?基[0-9]{3}|[1-5][1-5][1-9]")


def is_annual_statistics(path: Path) -> bool:
    """Whether a workbook, or any workbook of a folder, holds tables of annual statistics.

    Told by the names of sheets (教基NNNN), or by the merged header of a stage's workbook.
    """
    if path.is_dir():
        return any(map(is_annual_statistics, workbooks(path)))
    if path.suffix.lower() not in ENDINGS or not path.is_file():
        return False
    if path.stat().st_size > MOST_BYTES_LOOKED_INTO:
        return False
    from junheng.engine.annual_statistics.grid import merged_tops

    names, tops = merged_tops(path, _TOP_ROWS)
    if any(map(split_name, names)):
        return True
    if not tops:
        return False
    from junheng.engine.annual_statistics.layout import load_layout
    from junheng.engine.annual_statistics.stage_workbook import is_stage_sheet

    layout = load_layout()
    return any(is_stage_sheet(grid, layout) for grid in tops)


def workbooks(folder: Path) -> list[Path]:
    """Return the workbooks of a folder by name."""
    return [file for file in visible(folder) if file.suffix.lower() in ENDINGS]


def visible(folder: Path) -> list[Path]:
    """Return the files of a folder by name, without hidden ones and locks of open workbooks."""
    return sorted(f for f in folder.iterdir() if f.is_file() and not f.name.startswith((".", "~$")))


def split_name(sheet: str) -> tuple[str, str] | None:
    """Return the table number and the kind of school that a sheet's name tells, or None.

    >>> split_name("教基4156_九年一贯制学校"), split_name("教基1102续"), split_name("Sheet1")
    (('4156', '九年一贯制学校'), ('1102续', ''), None)
    """
    found = _SHEET_NAME.fullmatch(folded(sheet))
    return None if found is None else (found["table"], found["kind"] or "")


def is_old_name(sheet: str) -> bool:
    """Whether a sheet is called as tables were until 2020.

    >>> is_old_name("基础基112"), is_old_name("512"), is_old_name("Sheet1")
    (True, True, False)
    """
    return _OLD_SHEET_NAME.fullmatch(folded(sheet)) is not None
