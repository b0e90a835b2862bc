"""Rows that were sent as JSON, as the file that an import reads."""

from __future__ import annotations

import csv
import io
import unicodedata
from typing import TYPE_CHECKING

from junheng.errors import Fault, TableFaults
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Value = str | bool | int | float | None


def as_file(rows: Sequence[Mapping[str, Value]]) -> bytes:
    """Return rows as CSV: names of fields in row 1, the first row in row 2.

    Names that are no fields become columns, too: the check of the import names them. TableFaults
    for texts that no line of a table can hold.
    """
    names = list(dict.fromkeys(name for row in rows for name in row))
    faults = [
        Fault(
            say("holds a line break or a sign that is none."),
            say("Send it as one line of text."),
            row=number,
            column=_printable(name),
        )
        for number, row in enumerate(rows, start=2)
        for name, value in row.items()
        if not (_is_line(name) and _is_line(_text(value)))
    ]
    if faults:
        raise TableFaults(faults)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([_text(row.get(name)) for name in names] for row in rows)
    return text.getvalue().encode()


def _text(value: Value) -> str:
    """Return a value of the JSON form of a contract as a table has it."""
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, bool) else str(value)


def _is_line(text: str) -> bool:
    return not any(unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp") for sign in text)


def _printable(text: str) -> str:
    return "".join(sign if _is_line(sign) else "?" for sign in text)
