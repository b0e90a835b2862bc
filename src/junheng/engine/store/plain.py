"""Files that can be read in one go: nothing in them needs a second look.

Reading every cell as text, so that each fault can be named, costs more than all the rest of a
large table. Most tables have no fault. A plain table is one whose texts need no trimming and no
normalising and whose numbers are exact in whole numbers of a small scale; whether that holds is
found out from the bytes of the file and while they are read, without keeping the text. Whatever
does not hold is no fault: the table is then read with care (`tables.open_table`), which decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from junheng.engine.store.session import Session

# Printable ASCII, the Chinese characters in common use, their punctuation and the signs that stand
# in names (·, Roman numerals, brackets). None of them is changed or joined by Unicode's normal
# form C, and none is a blank but the space.
ORDINARY = "\u00b7\u2010-\u2027\u2160-\u217f\u3001-\u3020\u4e00-\u9fff\uff01-\uff5e"

WHOLE_DIGITS = 12
"""A number with more digits before its point is left to the careful reader."""

EXACT_DIGITS = 15


class PlainTable(Protocol):
    """A table that may be plain, seen from outside: its headers and the number of its rows."""

    @property
    def name(self) -> str:
        """File name, for messages."""

    @property
    def sheet(self) -> str:
        """Always empty: workbooks are read with care."""

    @property
    def headers(self) -> tuple[str, ...]:
        """Headers without blanks at their ends, in order."""

    @property
    def n_rows(self) -> int:
        """How many rows must be found."""

    @property
    def scales(self) -> tuple[int, ...]:
        """Numbers of decimals to try, in order."""

    def decimals_of(self, position: int, decimals: int) -> int:
        """Return by how many of `decimals` the numbers of a column must be scaled."""

    def source(self, texts: Mapping[str, int], numbers: Mapping[str, int], decimals: int) -> str:
        """Return a FROM item with columns of these names; the values are positions in `headers`.

        Texts are VARCHAR; numbers are BIGINT, the value times 10**decimals_of(...). A blank cell is
        NULL. Reading it fails where the table is not plain; the reader of numbers must still see
        that none is `too_large`.
        """


def too_large(decimals: int) -> int:
    """Return the least scaled number of which a plain table cannot say whether it is exact.

    A decimal of 15 digits and its nearest double stand for each other, both ways.

    >>> too_large(0), too_large(2), too_large(6)
    (1000000000000, 100000000000000, 1000000000000000)
    """
    n_digits: int = min(WHOLE_DIGITS + decimals, EXACT_DIGITS)
    return int(10**n_digits)


def open_plain(session: Session, path: Path) -> PlainTable | None:
    """Look at a file; None when it is seen at once that it must be read with care."""
    ending = path.suffix.lower()
    if ending == ".csv":
        from junheng.engine.store.plain_csv import look_at_csv

        return look_at_csv(path)
    if ending == ".parquet":
        from junheng.engine.store.plain_parquet import look_at_parquet

        return look_at_parquet(session, path)
    return None


def has_read(session: Session, relation: str, select: str) -> bool:
    """Make a relation from a SELECT over plain tables; False when one of them is not plain."""
    from duckdb import Error

    try:
        session.create(relation, select)
    except Error:
        return False
    return True
