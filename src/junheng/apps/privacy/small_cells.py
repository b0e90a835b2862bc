"""Counts of persons with small ones hidden, and with them what would give them away.

A table with its totals is a set of equations: each row and each column sums up to its total. Cells
are edges between rows and columns, the totals among them; a hidden cell can be computed back unless
it lies on a ring of hidden cells along which one person can be moved. So for each small count the
cheapest such ring is hidden, too. Moving never leads below one: whoever knows that a hidden count
is at least one still cannot tell which it is.

Source of the method: the network model of complementary suppression (Cox, 1980, JASA 75, 377-385).
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Row = tuple["int | None", ...]
Cell = tuple[int, int]
MOVABLE = 2
"""A count from which one person can be taken so that one is left."""


def is_small(count: int, minimum: int) -> bool:
    """Whether a single count of persons, which no total tells, is to be hidden.

    >>> is_small(0, 5), is_small(4, 5), is_small(5, 5)
    (False, True, False)
    """
    return 0 < count < minimum


@dataclass(frozen=True)
class Shown:
    """A table to show: None where a count is hidden."""

    rows: tuple[Row, ...]
    row_totals: Row
    column_totals: Row
    total: int | None


def hide_small(counts: Sequence[Sequence[int]], minimum: int) -> Shown:
    """Return counts and their totals, those from 1 to below `minimum` hidden and what tells them.

    Parameters
    ----------
    counts
        Whole numbers >= 0, shape (rows, columns), at least one of each; every row as long.
    minimum
        The smallest count of persons that is shown. Zero is always shown: it tells of nobody.

    >>> hide_small([[3, 20], [30, 40]], 5).rows
    ((None, None), (None, None))
    >>> hide_small([[7, 20], [0, 40]], 5).total
    67
    """
    table = _with_totals(counts)
    hidden = {
        (r, c) for r, row in enumerate(table) for c, n in enumerate(row) if is_small(n, minimum)
    }
    for cell in sorted(hidden):
        hidden |= _ring(table, hidden, cell)
    # What was hidden to protect is protected in turn.
    while more := {c for cell in sorted(hidden) for c in _ring(table, hidden, cell)} - hidden:
        hidden |= more
    rows = [
        tuple(None if (r, c) in hidden else n for c, n in enumerate(row))
        for r, row in enumerate(table)
    ]
    *inner, last = rows
    return Shown(
        tuple(row[:-1] for row in inner), tuple(row[-1] for row in inner), last[:-1], last[-1]
    )


def _with_totals(counts: Sequence[Sequence[int]]) -> list[list[int]]:
    rows = [[*row, sum(row)] for row in counts]
    return [*rows, [sum(column) for column in zip(*rows, strict=True)]]


def _ring(table: list[list[int]], hidden: set[Cell], cell: Cell) -> set[Cell]:
    """Return the cells of the cheapest ring along which a person can be added to `cell`.

    The shortest way from the row of the cell to its column, hidden cells costing nothing. There
    always is one: by the totals, which can grow with it.
    """
    start, goal = ("row", cell[0]), ("column", cell[1])
    if _is_margin(table, cell):
        start, goal = goal, start
    ways: list[tuple[int, tuple[str, int], tuple[Cell, ...]]] = [(0, start, ())]
    done: set[tuple[str, int]] = set()
    while ways:
        cost, node, way = heapq.heappop(ways)
        if node == goal:
            return set(way)
        if node in done:
            continue
        done.add(node)
        for step, following in _steps(table, node):
            if step != cell:
                more = 0 if step in hidden else table[step[0]][step[1]] + 1
                heapq.heappush(ways, (cost + more, following, (*way, step)))
    message = "A table with totals always has a ring."
    raise ValueError(message)


def _steps(table: list[list[int]], node: tuple[str, int]) -> Iterator[tuple[Cell, tuple[str, int]]]:
    """Yield the cells over which a way goes on from a row or column, and where they lead.

    Leaving a row takes a person out of an inner cell, leaving a column puts one in; for totals it
    is the other way round, for the total of all as for inner cells.
    """
    kind, at = node
    others = range(len(table[0])) if kind == "row" else range(len(table))
    for other in others:
        cell = (at, other) if kind == "row" else (other, at)
        takes_out = (kind == "row") != _is_margin(table, cell)
        n = table[cell[0]][cell[1]]
        if n >= (MOVABLE if takes_out else 1):
            yield cell, ("column" if kind == "row" else "row", other)


def _is_margin(table: list[list[int]], cell: Cell) -> bool:
    """Whether a cell is the total of a row or of a column, but not of all."""
    return (cell[0] == len(table) - 1) != (cell[1] == len(table[0]) - 1)
