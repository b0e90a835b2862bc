"""One workbook per school, a sheet per table: what the school reports."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING

from junheng.engine.annual_statistics.figures import Cell, Faults, Place, read_cell
from junheng.engine.annual_statistics.layout import FIRST, Layout
from junheng.engine.annual_statistics.paths import folded
from junheng.engine.annual_statistics.recognition import split_name
from junheng.engine.annual_statistics.returns import SchoolReturn, identified
from junheng.engine.annual_statistics.table_sheet import TableSheet, find, open_table
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from junheng.engine.annual_statistics.grid import Grid
    from junheng.engine.annual_statistics.layout import Figure, Table
    from junheng.engine.annual_statistics.paths import Path
    from junheng.errors import Fault
    from junheng.i18n import Message

COLUMN_CODES = "甲, 乙, 1, 2 ..."
_A_ROW_CODE = re.compile(r"[0-9]{2}")


def read_school(
    workbook: str, grids: Sequence[Grid], layout: Layout, faults: Faults
) -> SchoolReturn | None:
    """Return what the sheets of a school's workbook report, None when they do not tell whose.

    What is wrong goes to `faults`.
    """
    return _Workbook(workbook, layout, faults).read(grids)


class _Workbook:
    """Reads one school's workbook, table by table."""

    def __init__(self, name: str, layout: Layout, faults: Faults) -> None:
        self._name = name
        self._layout = layout
        self._faults = faults
        self._sheets: dict[str, TableSheet] = {}
        self._identity: Grid | None = None
        self._kind_word = ""

    def read(self, grids: Sequence[Grid]) -> SchoolReturn | None:
        for grid in grids:
            self._take(grid)
        school = self._identified()
        if school is None:
            return None
        for figure in self._layout.figures.values():
            self._read_figure(school, figure)
        self._read_classes(school)
        return school

    def _take(self, grid: Grid) -> None:
        """Keep a sheet under its table; sheets of other tables and of no table are left."""
        told = split_name(grid.sheet)
        if told is None:
            return
        table_id, kind_word = told
        if table_id == self._layout.identity_table:
            self._identity = grid
        table = self._table_of(table_id)
        if table is None:
            return
        self._kind_word = self._kind_word or kind_word
        if table_id in self._sheets:
            first = self._sheets[table_id].grid.sheet
            found = say(
                "table {table} stands also on sheet “{sheet}”.", table=table_id, sheet=first
            )
            self._tell(grid.sheet, found, say("Keep one of the two sheets."))
            return
        sheet = open_table(grid, table, table_id, kind_word)
        if sheet is not None:
            self._sheets[table_id] = sheet
        elif table_id != self._layout.identity_table:
            found = say("there is no row of column codes ({codes}).", codes=COLUMN_CODES)
            self._tell(grid.sheet, found, say("Export the table as the system gives it."))

    def _table_of(self, table_id: str) -> Table | None:
        tables = self._layout.tables.values()
        return next((t for t in tables if table_id in (t.id, *t.also)), None)

    def _tell(self, sheet: str, found: Message, remedy: Message) -> None:
        self._faults.add(Place(self._name, sheet).fault(found, remedy))

    # who

    def _identified(self) -> SchoolReturn | None:
        sheet = self._layout.identity_table
        if self._identity is None:
            found = say(
                "there is no sheet “{sheet}”, which says whose workbook this is.",
                sheet=f"教基{sheet}",
            )
            self._faults.add(
                Place(self._name, "").fault(found, say("Export the workbook with all its tables."))
            )
            return None
        texts = self._identity_texts(self._identity)
        place = Place(self._name, self._identity.sheet)
        return identified(self._layout, texts, place, self._faults, kind_word=self._kind_word)

    def _identity_texts(self, grid: Grid) -> Mapping[str, str]:
        table = self._sheets.get(self._layout.identity_table)
        texts = {}
        for field, labels in self._layout.identity.items():
            found = _under_header(table, labels) if table else ""
            texts[field] = found or self._beside_label(grid, labels)
        return texts

    def _beside_label(self, grid: Grid, labels: Sequence[str]) -> str:
        """The first text to the right of a label, the code of its row left out."""
        others = {label for named in self._layout.identity.values() for label in named}
        for row in grid.rows:
            for column, text in enumerate(row):
                if folded(text) in labels:
                    right = [t for t in row[column + 1 :] if t]
                    values = right[1:] if right and _A_ROW_CODE.fullmatch(right[0]) else right
                    # A label follows where the value itself is blank.
                    return values[0] if values and folded(values[0]) not in others else ""
        return ""

    # figures

    def _read_figure(self, school: SchoolReturn, figure: Figure) -> None:
        cell = self._cell(figure, figure.table, figure.cells)
        if isinstance(cell, Cell):
            school.cells[figure.id] = cell
        else:
            school.absent[figure.id] = cell

    def _cell(
        self, figure: Figure, table_id: str, cells: Sequence[tuple[Path, Path]]
    ) -> Cell | Fault:
        """Return a figure's cell, or the fault of its absence."""
        reasons: list[tuple[TableSheet, Message]] = []
        for name in self._layout.sheets_of(table_id):
            sheet = self._sheets.get(name)
            if sheet is None:
                continue
            found, reason = find(sheet, cells)
            if found is not None:
                return self._value(sheet, found.row, found.column, figure)
            if reason is not None:
                reasons.append((sheet, reason))
        return self._absent(table_id, reasons)

    def _value(self, sheet: TableSheet, row: int, column: int, figure: Figure) -> Cell:
        return read_cell(
            sheet.grid.rows[row][column],
            self._place(sheet, row, column),
            self._faults,
            factor=figure.factor,
            is_whole=figure.is_whole,
        )

    def _place(self, sheet: TableSheet, row: int, column: int) -> Place:
        return Place(
            self._name,
            sheet.grid.sheet,
            row + 1,
            sheet.heading(column),
            sheet.table_id,
            sheet.row_text(row),
        )

    def _absent(self, table_id: str, reasons: Sequence[tuple[TableSheet, Message]]) -> Fault:
        table = self._layout.tables[table_id]
        if not reasons:
            return Place(self._name, "").fault(
                say("there is no sheet of table {table}.", table=table.label),
                say("Export the workbook with it. A table left empty counts as not filled in."),
            )
        sheet, reason = reasons[0]
        return Place(self._name, sheet.grid.sheet, table=table.label).fault(
            reason,
            say(
                "Export the table again. If this year's tables name it otherwise, write the new "
                "name into a layout and read with it."
            ),
        )

    # classes by size

    def _read_classes(self, school: SchoolReturn) -> None:
        for stage, table_id in self._layout.class_tables.items():
            sheet = self._sheets.get(table_id)
            if sheet is None:
                continue
            for band in self._layout.bands:
                cells = [((name,), (FIRST,)) for name in band.names]
                cells += [((FIRST,), (name,)) for name in band.names]
                found, _ = find(sheet, cells)
                if found is None:
                    continue
                text = sheet.grid.rows[found.row][found.column]
                place = self._place(sheet, found.row, found.column)
                cell = read_cell(text, place, self._faults, factor=Fraction(1), is_whole=True)
                if cell.amount is not None:
                    school.classes[stage, band.lowest] = int(cell.amount)


def _under_header(table: TableSheet, labels: Sequence[str]) -> str:
    """The text of the first row under a header, where the form of the school has headers."""
    for column, path in table.columns.items():
        if path and path[-1] in labels:
            return next((table.grid.rows[row][column] for row in table.rows), "")
    return ""
