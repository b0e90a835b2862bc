"""The file back with its faults in it: what a clerk mends and sends again.

A workbook as our template lays it out, with the rows and columns of the file that came: row
numbers and order stay, faulty cells are red with a comment, a first sheet lists the faults with
links to their cells. Whatever came (CSV, Parquet) goes back as .xlsx.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from junheng.engine.contracts.template import template_columns, template_identity
from junheng.engine.store.marked_book import (
    MAX_COMMENTS,
    FaultList,
    MarkedSheet,
    write_marked_book,
)
from junheng.engine.store.template_book import LAST_ROW, TemplateColumn
from junheng.i18n import N_, say, translator

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from junheng.engine.contracts.findings import FieldFault
    from junheng.engine.contracts.reading import Checked
    from junheng.engine.store.marked_book import Cell
    from junheng.i18n import Translate

FAULT_SHEETS = {"zh": "问题清单", "en": "Faults"}
"""Name of the first sheet; a file that comes back with it is read without it."""

MAX_LISTED = 5_000
"""Faults on the first sheet."""

ROWS_AT_ONCE = 10_000

_HEADERS = (N_("No."), N_("Sheet"), N_("Row"), N_("Column"), N_("Found"), N_("What to do"))


def write_marked(
    path: Path, checked: Sequence[Checked], *, language: str = "zh", last_row: int = LAST_ROW
) -> int:
    """Write the workbook of datasets that were read, faults marked; return the rows left out.

    Parameters
    ----------
    checked
        Datasets of one session, with all their faults: those of the file and conflicts.
    language
        Of headers on the first sheet, comments and drop-downs (zh or en).
    last_row
        The last row that a sheet can hold, counted from 0; rows of a longer table are left out.
    """
    spoken = "en" if language.startswith("en") else "zh"
    translate = translator(language)
    sheets = {one.contract.name.of(spoken): _sheet(one, spoken, translate) for one in checked}
    context = checked[0].context
    contracts = [one.contract for one in checked]
    identity = template_identity(contracts, context.school_year, context.county_code)
    faults = _fault_list(checked, spoken, translate, last_row)
    return write_marked_book(path, faults, sheets, identity, last_row=last_row)


def _sheet(one: Checked, language: str, translate: Translate) -> MarkedSheet:
    columns = _columns(one, language, translate)
    return MarkedSheet(
        headers=one.table.headers,
        columns=columns,
        rows=_rows(one, len(columns)),
        faulty=frozenset(_faulty(one)),
        comments=_comments(one, translate),
        head_rows=frozenset(one.skipped_rows),
    )


def _columns(one: Checked, language: str, translate: Translate) -> list[TemplateColumn]:
    """Return a column for each header of the file: that of its field, or a plain one."""
    known = template_columns(one.contract, language, translate, sample=False)
    by_field = dict(zip((f.id for f in one.contract.fields), known, strict=True))
    by_place = {place: by_field[field_id] for field_id, place in one.columns.items()}
    return [
        by_place.get(place, TemplateColumn(header, "", "", "text"))
        for place, header in enumerate(one.table.headers)
    ]


def _rows(one: Checked, n_columns: int) -> Iterator[tuple[int, Sequence[str | None]]]:
    session, relation = one.table.session, one.table.relation
    cells = ", ".join(f"c{place}" for place in range(n_columns))
    last = -1
    while True:
        rows = session.rows(
            f"SELECT row_no, {cells} FROM {relation} WHERE row_no > {last}"
            f" ORDER BY row_no LIMIT {ROWS_AT_ONCE}"
        )
        if not rows:
            return
        for row_no, *values in rows:
            last = int(str(row_no))
            yield last, [None if value is None else str(value) for value in values]


def _faulty(one: Checked) -> Iterator[Cell]:
    """Yield every faulty cell: of rows, and the headers of columns that are wrong as a whole."""
    places = one.columns
    rows = one.findings.session.rows(
        f"SELECT DISTINCT row_no, field_ix FROM {one.findings.relation} WHERE row_no IS NOT NULL"
    )
    for row_no, field_ix in rows:
        place = places.get(one.contract.fields[int(str(field_ix))].id)
        # A cell of a column that the file lacks is shown at the row's first cell.
        yield int(str(row_no)), 0 if place is None else place
    for fault in one.faults(MAX_LISTED):
        if fault.row is None and fault.column in one.table.headers:
            yield 1, one.table.headers.index(fault.column)


def _comments(one: Checked, translate: Translate) -> Mapping[Cell, str]:
    found: dict[Cell, str] = {}
    for fault in one.faults(MAX_LISTED):
        cell = _cell(one, fault)
        if cell is None or (cell not in found and len(found) == MAX_COMMENTS):
            continue
        text = f"{fault.found.render(translate)} {fault.remedy.render(translate)}"
        found[cell] = f"{found[cell]}\n{text}" if cell in found else text
    return found


def _cell(one: Checked, fault: FieldFault) -> Cell | None:
    if fault.row is not None:
        return fault.row, one.columns.get(fault.field_id, 0)
    headers = one.table.headers
    return (1, headers.index(fault.column)) if fault.column in headers else None


def _fault_list(
    checked: Sequence[Checked], language: str, translate: Translate, last_row: int
) -> FaultList:
    n_faults = sum(one.n_faults for one in checked)
    every = ((one, fault) for one in checked for fault in one.faults(MAX_LISTED))
    rows = [
        (_line(number, one, fault, language, translate), one.contract.name.of(language),
         _cell(one, fault))
        for number, (one, fault) in enumerate(islice(every, MAX_LISTED), start=1)
    ]  # fmt: skip
    notes = []
    if n_faults > len(rows):
        notes.append(say("Only the first {n} are listed.", n=len(rows)))
    if any(one.n_faults > MAX_COMMENTS for one in checked):
        notes.append(say("Only the first {n} cells of a sheet have a comment.", n=MAX_COMMENTS))
    if any(_last(one) > last_row + 1 for one in checked):
        notes.append(say("Rows below {n} do not fit into a sheet and are left out.",
                         n=last_row + 1))  # fmt: skip
    return FaultList(
        name=FAULT_SHEETS[language],
        title=say("{n} faults to mend", n=n_faults).render(translate),
        headers=[translate(header) for header in _HEADERS],
        rows=rows,
        notes=[note.render(translate) for note in notes],
    )


def _line(
    number: int, one: Checked, fault: FieldFault, language: str, translate: Translate
) -> list[str]:
    return [
        str(number),
        one.contract.name.of(language),
        "" if fault.row is None else str(fault.row),
        fault.column,
        fault.found.render(translate),
        fault.remedy.render(translate),
    ]


def _last(one: Checked) -> int:
    rows = one.table.session.rows(f"SELECT max(row_no) FROM {one.table.relation}")
    return int(str(rows[0][0] or 0))
