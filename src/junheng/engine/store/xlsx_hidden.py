"""What of a sheet a person does not see: rows and columns that are hidden or filtered away."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from junheng.engine.store.xlsx_parts import Sheet

_IS_HIDDEN = rb'(?=[^<>]*\bhidden="(?:1|true)")'
_ROW = re.compile(rb"<row " + _IS_HIDDEN + rb'[^<>]*?\br="([0-9]{1,7})"')
_COLUMNS = re.compile(rb"<col " + _IS_HIDDEN + rb"([^<>]*)>")
_BOUND = re.compile(rb'\b(min|max)="([0-9]{1,5})"')


def hidden_rows(sheet: Sheet) -> frozenset[int]:
    """Return the hidden rows of a sheet, counted from 1."""
    if b" hidden=" not in sheet.xml:
        return frozenset()
    return frozenset(int(number) for number in _ROW.findall(sheet.xml))


def hidden_columns(sheet: Sheet) -> frozenset[int]:
    """Return the hidden columns of a sheet, counted from 0."""
    found: set[int] = set()
    head = sheet.xml.partition(b"<sheetData")[0]
    for attributes in _COLUMNS.findall(head):
        bounds = {name: int(number) for name, number in _BOUND.findall(attributes)}
        if bounds.keys() == {b"min", b"max"}:
            found.update(range(bounds[b"min"] - 1, min(bounds[b"max"], 16_384)))
    return frozenset(found)
