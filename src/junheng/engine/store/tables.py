"""Opening a table of any accepted kind: what is read, and what is refused with a way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from junheng.engine.store.faults import refused
from junheng.engine.store.raw import check_file
from junheng.engine.store.source import SourceTable
from junheng.i18n import N_, say

if TYPE_CHECKING:
    from pathlib import Path

    from junheng.engine.store.session import Session

__all__ = ["ENDINGS", "SourceTable", "open_table"]

ENDINGS = (".csv", ".csv.gz", ".xlsx", ".parquet")

_ADVICE = {
    ".xls": N_("Open it and save it as “Excel workbook (.xlsx)”."),
    ".et": N_("Open it in WPS and save it as “Microsoft Excel (.xlsx)”."),
    ".xlsm": N_("Workbooks with macros are not opened. Save it as “Excel workbook (.xlsx)”."),
    ".xlsb": N_("Open it and save it as “Excel workbook (.xlsx)”."),
    ".ods": N_("Open it and save it as “Excel workbook (.xlsx)”."),
}


def open_table(session: Session, path: Path, *, sheet: str | None = None) -> SourceTable:
    """Read a table from a file into the session.

    Parameters
    ----------
    session
        Takes the relation.
    path
        A file with one of the `ENDINGS`.
    sheet
        The sheet of a workbook; needed only when several sheets hold data.

    Raises
    ------
    TableFaults
        Anything that keeps the table from being read exactly; every fault has a place, what was
        found there and the way out.
    """
    check_file(path)
    ending = ending_of(path)
    if ending == ".xlsx":
        from junheng.engine.store.xlsx_file import read_xlsx

        return read_xlsx(session, path, sheet)
    if ending == ".parquet":
        from junheng.engine.store.parquet_file import read_parquet

        return read_parquet(session, path)
    if ending in {".csv", ".csv.gz"}:
        from junheng.engine.store.csv_file import read_csv

        return read_csv(session, path)
    raise _not_accepted(path.name, ending)


def ending_of(path: Path) -> str:
    """Return the ending in small letters; that of a packed file has two parts.

    >>> from pathlib import Path
    >>> ending_of(Path("学校.2026.CSV.gz")), ending_of(Path("a.b.xlsx"))
    ('.csv.gz', '.xlsx')
    """
    suffixes = [suffix.lower() for suffix in path.suffixes[-2:]]
    if suffixes[-1:] == [".gz"]:
        return "".join(suffixes)
    return suffixes[-1] if suffixes else ""


def _not_accepted(name: str, ending: str) -> Exception:
    advice = _ADVICE.get(ending)
    if advice is None:
        remedy = say("Give a file that ends in {endings}.", endings=", ".join(ENDINGS))
    else:
        remedy = say(advice)
    return refused(name, say("files ending in “{ending}” are not read.", ending=ending), remedy)
