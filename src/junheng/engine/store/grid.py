"""A sheet as rows of cells, on its way to a table: where the headers stand, what is merged, hidden.

Workbooks, old workbooks and pages saved as workbooks all come through here, so that they behave
alike. What was done beyond plain reading is told in the notes of the table.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from junheng.engine.store.csv_reader import load_rows
from junheng.engine.store.faults import raise_any, refused
from junheng.engine.store.numbers import is_decimal
from junheng.engine.store.source import RawRows, SourceTable, check_first_rows, clean, settle
from junheng.errors import Fault
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from junheng.engine.store.session import Session
    from junheng.i18n import Message

MAX_HEADER_ROW = 10
"""Rows from the top of the sheet among which the headers are looked for."""

MIN_KNOWN_HEADERS = 2
"""Known headers that make a row the row of headers."""

MIN_IDENTIFIER_DIGITS = 10
"""Digits from which a number is an identifier (of a school: 10) and no figure of one."""

MAX_LISTED = 10
"""Rows that a note lists one by one."""

NumberedRow = tuple[int, list[str]]
"""A row number as the spreadsheet shows it, and the cells as text."""


@dataclass(frozen=True)
class OpenedTable(SourceTable):
    """A table with what a person should know about how it was read.

    `notes` are no faults: the table was read, and each note says what was done and what to do
    where that is not what was meant.
    """

    notes: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class Block:
    """Merged cells, both ends included: rows from 1 as the person sees them, columns from 0."""

    top: int
    bottom: int
    left: int
    right: int


@dataclass(frozen=True)
class Grid:
    """One sheet. `rows` walks anew through the rows that hold any value, each of `n_columns`.

    `hidden_rows` are counted from 1, `hidden_columns` from 0.
    """

    file: str
    sheet: str
    rows: Callable[[], Iterator[NumberedRow]]
    n_columns: int
    merged: Sequence[Block] = ()
    hidden_rows: Collection[int] = ()
    hidden_columns: Collection[int] = ()
    is_visible: bool = True
    notes: list[Fault] = field(default_factory=list)

    def note(self, found: Message, remedy: Message, row: int | None = None) -> None:
        """Add a note about this sheet."""
        self.notes.append(Fault(found, remedy, self.file, self.sheet, row))


def folded(name: str) -> str:
    """Fold what people vary in a name without meaning anything: case, blanks, brackets, stars.

    >>> folded("* 使用面积（平方米） ") == folded("使用面积(平方米)")
    True
    """
    return plain(name.strip("*＊ "))


def plain(name: str) -> str:
    """Fold case, blanks and full-width brackets.

    >>> plain(" Area （m2）")
    'area(m2)'
    """
    return "".join(name.casefold().replace("（", "(").replace("）", ")").split())


def n_known(cells: Iterable[str], header_names: Iterable[str]) -> int:
    """Return how many cells of a row are known headers.

    >>> n_known(["姓名 ", "备注", "*学籍号"], ["学籍号", "姓名"])
    2
    """
    known = set(map(folded, header_names))
    return sum(folded(clean(cell)) in known for cell in cells)


def settle_grid(session: Session, grid: Grid, header_names: Collection[str] = ()) -> OpenedTable:
    """Bring a sheet into a relation.

    Parameters
    ----------
    session
        Takes the relation.
    grid
        The sheet.
    header_names
        Names of columns that the reader knows. With them the headers may stand below a title,
        within the first ten rows; without them the first row with values is the headers.

    Raises
    ------
    TableFaults
        No values; no headers; merged cells of which it is not clear what they mean.
    """
    top = list(islice(grid.rows(), MAX_HEADER_ROW + 1))
    if not top:
        raise refused(grid.file, say("no sheet holds values."), say("Export it again."))
    place = _header_place(top, header_names)
    _note_titles(grid, top[:place])
    header_row, headers = top[place]
    check_first_rows([cells for _, cells in top[place:]], header_row, grid.file, grid.sheet)
    merging = _Merging(grid, header_row)
    raise_any(merging.faults)
    rows = merging.filled(islice(grid.rows(), place + 1, None))
    hidden: list[int] = []
    relation = load_rows(session, _watched(rows, grid.hidden_rows, hidden), grid.n_columns)
    raise_any(merging.faults)
    table = settle(session, RawRows(relation, tuple(headers), header_row), grid.file, grid.sheet)
    merging.note_filled()
    _note_hidden(grid, hidden, headers)
    return OpenedTable(**vars(table), notes=tuple(grid.notes))


def cell_name(row: int, column: int) -> str:
    """Return a cell's name, from its row counted from 1 and its column counted from 0.

    >>> cell_name(5, 0), cell_name(1, 27)
    ('A5', 'AB1')
    """
    letters = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row}"


# --- headers --------------------------------------------------------------------------------------


def _header_place(top: Sequence[NumberedRow], header_names: Collection[str]) -> int:
    """Return which of the first rows holds most known headers; the first one when none does."""
    counts = [n_known(cells, header_names) if row <= MAX_HEADER_ROW else 0 for row, cells in top]
    best = max(counts)
    return counts.index(best) if best >= MIN_KNOWN_HEADERS else 0


def _note_titles(grid: Grid, rows: Sequence[NumberedRow]) -> None:
    for row, cells in rows:
        text = next(cell for cell in map(clean, cells) if cell)
        grid.note(
            say("“{text}” stands above the headers and was not read.", text=text),
            say("Nothing is to be done where it is a title."),
            row,
        )


# --- merged cells ---------------------------------------------------------------------------------


class _Merging:
    """Gives the text of merged cells to every row they span.

    Only cells merged downwards in one column, and only texts and identifiers: whether a merged
    figure is that of each row or of all together, nobody can tell from the sheet.
    """

    def __init__(self, grid: Grid, header_row: int) -> None:
        self.faults: list[Fault] = []
        self._grid = grid
        self._starting: dict[int, list[Block]] = defaultdict(list)
        self._filled: list[Block] = []
        for block in grid.merged:
            if block.top <= header_row < block.bottom:
                self._refuse(block, say("Put the headers into one row, without merged cells."))
            elif block.top > header_row and block.left < block.right:
                self._refuse(block, _UNMERGE)
            elif block.top > header_row:
                self._starting[block.top].append(block)

    def filled(self, rows: Iterator[NumberedRow]) -> Iterator[NumberedRow]:
        """Yield the rows with the cells filled; faults are complete at the end."""
        if not self._starting:
            yield from rows
            return
        lasting: dict[int, tuple[str, int]] = {}
        for row, cells in rows:
            for column, (text, bottom) in list(lasting.items()):
                if row > bottom:
                    del lasting[column]
                else:
                    cells[column] = text
            for block in self._starting.get(row, ()):
                text = clean(cells[block.left]) if block.left < self._grid.n_columns else ""
                if is_decimal(text) and len(text) < MIN_IDENTIFIER_DIGITS:
                    self._refuse(block, _UNMERGE)
                elif text:
                    lasting[block.left] = (text, block.bottom)
                    self._filled.append(block)
            yield row, cells

    def note_filled(self) -> None:
        """Say which merged cells were taken for every row."""
        if self._filled:
            names = ", ".join(_names(block) for block in self._filled[:MAX_LISTED])
            self._grid.note(
                say(
                    "{n} blocks of merged cells were taken for every row they span: {cells}.",
                    n=len(self._filled),
                    cells=names if len(self._filled) <= MAX_LISTED else f"{names}, ...",
                ),
                say("Where this is not meant, unmerge them and write each value."),
            )

    def _refuse(self, block: Block, remedy: Message) -> None:
        found = say(
            "the cells {first} to {last} are merged.",
            first=cell_name(block.top, block.left),
            last=cell_name(block.bottom, block.right),
        )
        self.faults.append(Fault(found, remedy, self._grid.file, self._grid.sheet, block.top))


_UNMERGE = say("Unmerge them and write the value into every cell it holds for.")


def _names(block: Block) -> str:
    return f"{cell_name(block.top, block.left)}:{cell_name(block.bottom, block.right)}"


# --- rows -----------------------------------------------------------------------------------------


def _watched(
    rows: Iterator[NumberedRow], hidden_rows: Collection[int], found: list[int]
) -> Iterator[NumberedRow]:
    """Yield the rows and remember those that are hidden."""
    for row, cells in rows:
        if row in hidden_rows:
            found.append(row)
        yield row, cells


def _note_hidden(grid: Grid, rows: Sequence[int], headers: Sequence[str]) -> None:
    if not grid.is_visible:
        grid.note(
            say("the sheet is hidden and was read all the same."),
            say("Delete it where it is not meant."),
        )
    if rows:
        listed = ", ".join(map(str, rows[:MAX_LISTED]))
        grid.note(
            say(
                "{n} hidden rows were read like the others: {rows}.",
                n=len(rows),
                rows=listed if len(rows) <= MAX_LISTED else f"{listed}, ...",
            ),
            say("Delete them where they are not meant."),
        )
    names = [header for ix, header in enumerate(headers) if ix in grid.hidden_columns and header]
    if names:
        grid.note(
            say("hidden columns were read like the others: {columns}.", columns=", ".join(names)),
            say("Delete them where they are not meant."),
        )
