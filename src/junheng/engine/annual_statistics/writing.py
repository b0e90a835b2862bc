"""Workbooks of annual statistics, of both kinds, from the figures of schools.

A cell that nobody here knows stays empty: not filled in, as the tables mean it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from junheng.engine.annual_statistics.layout import ONLY, SchoolStage
from junheng.engine.annual_statistics.paths import Path, fits
from junheng.engine.annual_statistics.table_sheet import LABEL_CODE, ROW_CODE
from junheng.engine.store.replace import filled
from junheng.engine.store.workbook import sheet_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from fractions import Fraction
    from pathlib import Path as FilePath

    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from junheng.engine.annual_statistics.layout import Figure, Layout, Table
    from junheng.engine.annual_statistics.people import SchoolFigures
    from junheng.engine.annual_statistics.returns import SchoolReturn

Value = str | int | float | None

STAGE_FILES: Mapping[SchoolStage, str] = {"primary": "小学", "junior": "初中", "senior": "高中"}
NAME_COLUMN = 0
"""In a stage's workbook the first column is the name of the school."""


def write_school_workbooks(figures: SchoolFigures, folder: FilePath) -> list[str]:
    """Write one workbook per school, a sheet per table; return the names of the files.

    The folder appears with all its files, or nothing is written.
    """
    names = []
    with filled(folder) as new:
        for school in figures.schools:
            name = f"{school.id}_{_file_part(school.name)}.xlsx"
            _write_school(new / name, school, figures.layout)
            names.append(name)
    return names


def write_stage_workbooks(figures: SchoolFigures, folder: FilePath) -> list[str]:
    """Write one workbook per stage, a row per school; return the names of the files.

    The folder appears with all its files, or nothing is written.
    """
    names = []
    with filled(folder) as new:
        for stage, word in STAGE_FILES.items():
            schools = [s for s in figures.schools if _has_stage(s, stage, figures.layout)]
            if schools:
                _write_stage(new / f"{word}.xlsx", schools, stage, figures.layout)
                names.append(f"{word}.xlsx")
    return names


def _file_part(name: str) -> str:
    return sheet_name(name).replace(" ", "")


def _has_stage(school: SchoolReturn, stage: SchoolStage, layout: Layout) -> bool:
    return any(figure.id in school.cells for figure in layout.figures_of(stage))


# --- a school's workbook -------------------------------------------------------------------------


def _write_school(path: FilePath, school: SchoolReturn, layout: Layout) -> None:
    from xlsxwriter import Workbook

    options = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    with Workbook(str(path), options) as book:
        head = book.add_format({"bold": True, "align": "center", "valign": "vcenter", "border": 1})
        for table in layout.tables.values():
            if _is_reported(school, table, layout):
                sheet = book.add_worksheet(sheet_name(f"教基{table.id}"))
                _write_table(sheet, table, _values_of(school, table, layout), head)


def _is_reported(school: SchoolReturn, table: Table, layout: Layout) -> bool:
    """Whether a school has anything to say in a table."""
    if table.id == layout.identity_table:
        return True
    class_stages = [stage for stage, name in layout.class_tables.items() if name == table.id]
    if class_stages:
        return any(stage in class_stages for stage, _ in school.classes)
    return any(f.table == table.id and f.id in school.cells for f in layout.figures.values())


def _values_of(
    school: SchoolReturn, table: Table, layout: Layout
) -> Mapping[tuple[Path, Path], Value]:
    """Return the filled cells of a table, by row and column as the table writes them."""
    if table.id == layout.identity_table:
        return _identity_values(school, table, layout)
    if table.id in layout.class_tables.values():
        return _class_values(school, table, layout)
    values: dict[tuple[Path, Path], Value] = {}
    for figure in layout.figures.values():
        if figure.table == table.id and figure.id in school.cells:
            place = _written_at(figure, table)
            if place is not None:
                values[place] = _number(school.cells[figure.id].amount, figure.factor)
    for (table_id, row, column), n in school.details.items():
        if table_id == table.id:
            values[row, column] = n
    return values


def _written_at(figure: Figure, table: Table) -> tuple[Path, Path] | None:
    """Return the row and column of a table where the first fitting address of a figure lies."""
    for row, column in figure.cells:
        rows = [path for path in table.rows if path == row]
        columns = [path for path in table.columns if path == column or fits(column, path)]
        if rows and column == (ONLY,):
            return rows[0], table.columns[0]
        if rows and columns:
            return rows[0], columns[0]
    return None


def _identity_values(
    school: SchoolReturn, table: Table, layout: Layout
) -> Mapping[tuple[Path, Path], Value]:
    texts = identity_texts(school)
    return {
        (row, table.columns[0]): texts[field] or None
        for row in table.rows
        for field, labels in layout.identity.items()
        if row[-1] in labels
    }


def identity_texts(school: SchoolReturn) -> Mapping[str, str]:
    """Return who a school is, by field of the identity."""
    return {
        "school_name": school.name,
        "school_id": school.id,
        "county": school.county,
        "kind": school.kind.names[0],
        "is_counted": "1" if school.is_counted else "0",
        "parent": school.parent,
    }


def _class_values(
    school: SchoolReturn, table: Table, layout: Layout
) -> Mapping[tuple[Path, Path], Value]:
    column = table.columns[0]
    (stage,) = (stage for stage, name in layout.class_tables.items() if name == table.id)
    values: dict[tuple[Path, Path], Value] = {
        ((band.names[0],), column): school.classes.get((stage, band.lowest))
        for band in layout.bands
    }
    values[table.rows[0], column] = sum(n for (s, _), n in school.classes.items() if s == stage)
    return values


def _number(amount: Fraction | None, factor: Fraction) -> Value:
    """Return an amount in the unit of the table; a workbook keeps 15 digits."""
    if amount is None:
        return None
    written = amount / factor
    return int(written) if written.denominator == 1 else float(written)


def _write_table(
    sheet: Worksheet, table: Table, values: Mapping[tuple[Path, Path], Value], head: Format
) -> None:
    """Write title, merged headers, the row of column codes, and the rows with their codes."""
    n_columns = 2 + len(table.columns)
    depth = max(map(len, table.columns))
    sheet.merge_range(0, 0, 0, n_columns - 1, f"教基{table.id} {table.title}", head)
    headers = [("指标名称",), ("代码",), *table.columns]
    _write_headers(sheet, headers, 1, depth, head)
    codes = [LABEL_CODE, ROW_CODE, *map(str, range(1, len(table.columns) + 1))]
    for column, code in enumerate(codes):
        sheet.write_string(1 + depth, column, code, head)
    for number, row in enumerate(table.rows):
        at = 2 + depth + number
        sheet.write_string(at, 0, row[-1])
        sheet.write_string(at, 1, f"{number + 1:02d}")
        for column, path in enumerate(table.columns, start=2):
            _write(sheet, at, column, values.get((row, path)))
    sheet.set_column(0, 0, 34)
    sheet.freeze_panes(2 + depth, 2)


def _write_headers(
    sheet: Worksheet, headers: Sequence[Path], first: int, depth: int, head: Format
) -> None:
    """Write header paths from row `first`, `depth` rows deep, equal neighbours merged."""
    for level in range(depth):
        for left, right in _runs(headers, level):
            path = headers[left]
            if level >= len(path):
                continue
            is_leaf = level == len(path) - 1
            bottom = first + (depth - 1 if is_leaf else level)
            if (first + level, left) == (bottom, right):
                sheet.write_string(bottom, left, path[level], head)
            else:
                sheet.merge_range(first + level, left, bottom, right, path[level], head)


def _runs(headers: Sequence[Path], level: int) -> Iterator[tuple[int, int]]:
    """Yield first and last of neighbours that share their path down to `level` and go on."""
    left = 0
    for at in range(1, len(headers) + 1):
        is_same = (
            at < len(headers)
            and headers[at][: level + 1] == headers[left][: level + 1]
            and len(headers[at]) > level + 1
            and len(headers[left]) > level + 1
        )
        if not is_same:
            yield left, at - 1
            left = at


def _write(sheet: Worksheet, row: int, column: int, value: Value) -> None:
    if isinstance(value, str):
        sheet.write_string(row, column, value)
    elif value is not None:
        sheet.write_number(row, column, value)


# --- a stage's workbook --------------------------------------------------------------------------


def _write_stage(
    path: FilePath, schools: Sequence[SchoolReturn], stage: SchoolStage, layout: Layout
) -> None:
    from xlsxwriter import Workbook

    labels = {field: (names[0],) for field, names in layout.identity.items()}
    figures = [f for f in (*layout.figures_of(stage), *layout.figures_of("")) if f.headers]
    headers = [*labels.values(), *(f.headers[0] for f in figures)]
    depth = max(map(len, headers))
    with Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        head = book.add_format({"bold": True, "align": "center", "valign": "vcenter", "border": 1})
        sheet = book.add_worksheet(STAGE_FILES[stage])
        _write_headers(sheet, headers, 0, depth, head)
        for at, school in enumerate(schools, start=depth):
            texts = identity_texts(school)
            row: list[Value] = [texts[field] or None for field in labels]
            row += [_number(school.cells[f.id].amount, f.factor) for f in figures]
            for column, value in enumerate(row):
                _write(sheet, at, column, value)
        sheet.freeze_panes(depth, NAME_COLUMN + 1)
        sheet.set_column(NAME_COLUMN, NAME_COLUMN, 34)
