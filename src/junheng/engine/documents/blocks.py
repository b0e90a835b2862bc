"""What a paper says, apart from how it looks: a row of blocks."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

Cell = str | float | Fraction | None


@dataclass(frozen=True)
class Heading:
    """A heading within a paper; `level` is 1 for the largest."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; a note is set smaller and without the indent of the first line."""

    text: str
    is_note: bool = False


@dataclass(frozen=True)
class Facts:
    """Names and what stands for them, two pairs to a line."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Table:
    """A table. Cells are text as printed, or numbers that `formats` prints.

    `widths`: relative widths of the columns. `aligns`: one of l, c, r for each column. `formats`:
    how many decimals a number has, by position of its column; a workbook keeps the number itself.
    `name`: of its sheet in a workbook, the caption where it has none.
    """

    headers: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    widths: tuple[float, ...]
    aligns: str
    caption: str = ""
    name: str = ""
    formats: Mapping[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        n_columns = len(self.headers)
        lengths = {len(self.widths), len(self.aligns), *(len(row) for row in self.rows)}
        if lengths - {n_columns}:
            message = f"{self.caption or self.name}: not every row has {n_columns} columns"
            raise ValueError(message)


@dataclass(frozen=True)
class Signatures:
    """Places to sign or to seal, side by side, and below them the place of the date."""

    places: tuple[str, ...]
    date: str = ""


Block = Heading | Paragraph | Facts | Table | Signatures


@dataclass(frozen=True)
class Document:
    """A paper. `foot` stands at the foot of each page; `layout` names its look."""

    title: str
    blocks: tuple[Block, ...]
    subtitle: str = ""
    foot: str = ""
    layout: str = "form"
    language: str = "zh"

    @property
    def tables(self) -> tuple[Table, ...]:
        return tuple(block for block in self.blocks if isinstance(block, Table))


def cell_text(table: Table, column: int, value: Cell) -> str:
    """Return a cell as printed; "" for no value.

    >>> cell_text(Table(("a",), (), (1,), "r", formats={0: 2}), 0, Fraction(1, 8))
    '0.13'
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return rounded(value, table.formats.get(column, 0))


def rounded(value: Fraction | float, places: int) -> str:
    """Return a number with fixed decimals, halves rounded up, as the forms have it.

    >>> rounded(Fraction(4195, 1000), 2), rounded(0.125, 2)
    ('4.20', '0.13')
    """
    exact = Fraction(repr(value)) if isinstance(value, float) else Fraction(value)
    with localcontext() as context:
        context.prec = 60
        quotient = Decimal(exact.numerator) / Decimal(exact.denominator)
        return str(quotient.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP))
