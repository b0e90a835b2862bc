"""What kind of file this is: told by its first bytes, whatever its name ends in.

Exports of other systems bear the ending .xls whatever they are, and people rename files. A file
with one of the accepted endings is read as what it is; a kind that is not read is named, with the
way out.
"""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, Literal

from junheng.engine.store.faults import refused
from junheng.engine.store.raw import (
    BROKEN_ARCHIVE,
    OLE_MARK,
    PARQUET_MARK,
    ZIP_MARK,
    kind_of,
    mistaken,
)
from junheng.i18n import N_, say

if TYPE_CHECKING:
    from pathlib import Path

Kind = Literal["xlsx", "xls", "html", "text", "parquet", "gzip"]

ENDINGS = (".csv", ".csv.gz", ".xlsx", ".xls", ".html", ".htm", ".parquet")

SAVE_AS_XLSX = N_("Open it and save it as “Excel workbook (.xlsx)”.")
_ADVICE = {
    ".et": N_("Open it in WPS and save it as “Microsoft Excel (.xlsx)”."),
    ".ett": N_("Open it in WPS and save it as “Microsoft Excel (.xlsx)”."),
    ".wps": N_("Copy the table into a spreadsheet and save that as “Excel workbook (.xlsx)”."),
    ".xlsm": N_("Workbooks with macros are not opened. Save it as “Excel workbook (.xlsx)”."),
    ".xlsb": SAVE_AS_XLSX,
    ".ods": SAVE_AS_XLSX,
    ".xlt": SAVE_AS_XLSX,
    ".xltx": SAVE_AS_XLSX,
    ".xml": SAVE_AS_XLSX,
    ".mht": SAVE_AS_XLSX,
    ".mhtml": SAVE_AS_XLSX,
    ".numbers": N_("Open it in Numbers and export it as Excel (.xlsx)."),
    ".pdf": N_("Ask for the table itself, as “Excel workbook (.xlsx)” or CSV."),
    ".doc": N_("Copy the table into a spreadsheet and save that as “Excel workbook (.xlsx)”."),
    ".docx": N_("Copy the table into a spreadsheet and save that as “Excel workbook (.xlsx)”."),
}
_ZIP_KINDS = {
    "xl/workbook.bin": (N_("a binary Excel workbook (.xlsb)"), ".xlsb"),
    "content.xml": (N_("an OpenDocument file (.ods)"), ".ods"),
    "word/document.xml": (N_("a Word document"), ".docx"),
    "Index/Document.iwa": (N_("a Numbers document"), ".numbers"),
    "Index.zip": (N_("a Numbers document"), ".numbers"),
}
_HEAD_BYTES = 65_536
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_FIXED_ENDINGS: dict[str, Kind] = {".csv.gz": "gzip", ".parquet": "parquet"}
_SPREADSHEET_ENDINGS = frozenset({".xlsx", ".xls"})


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


def kind_of_file(path: Path) -> Kind:
    """Return how a file is to be read.

    Files that programs write for programs (.parquet, .csv.gz) are what their ending says; their
    readers check it.

    Raises
    ------
    TableFaults
        The ending or the content is of a kind that is not read.
    """
    ending = ending_of(path)
    if ending not in ENDINGS:
        raise _not_accepted(path.name, ending)
    if ending in _FIXED_ENDINGS:
        return _FIXED_ENDINGS[ending]
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if head.startswith(ZIP_MARK):
        _check_archive(path)
        return "xlsx"
    if head.startswith(OLE_MARK):
        return _compound(path, head, ending)
    if head.startswith(PARQUET_MARK) or kind_of(head[:8]) is not None:
        raise mistaken(path.name, head[:8], ending)
    return _text_kind(path, head, ending)


def _compound(path: Path, head: bytes, ending: str) -> Kind:
    from junheng.engine.store.xls_file import is_workbook

    if ending != ".xls" and not is_workbook(path):
        if "EncryptedPackage".encode("utf-16-le") in path.read_bytes():
            return "xlsx"
        raise mistaken(path.name, head[:8], ending)
    return "xls"


def _text_kind(path: Path, head: bytes, ending: str) -> Kind:
    is_utf16 = head.startswith(_UTF16_MARKS)
    if b"\0" in head and not is_utf16 and ending in _SPREADSHEET_ENDINGS:
        raise mistaken(path.name, head[:8], ending)
    text = head.decode("utf-16" if is_utf16 else "latin-1", "replace").lstrip("\ufeffï»¿ \t\r\n")
    start = text[:_HEAD_BYTES].lower()
    if start.startswith("mime-version:"):
        raise _other_content(path.name, N_("a page in one file (MHTML)"), ".mht")
    if "urn:schemas-microsoft-com:office:spreadsheet" in start and start.startswith("<?xml"):
        raise _other_content(path.name, N_("an XML spreadsheet of 2003"), ".xml")
    if start.startswith("<") and ("<table" in start or "<html" in start):
        return "html"
    return "text"


def _check_archive(path: Path) -> None:
    """Refuse a zip archive that is a well-known file of another kind, by its name."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except BROKEN_ARCHIVE:
        return  # the reader of workbooks says what is damaged
    if "xl/workbook.xml" in names:
        return
    for part, (kind, ending) in _ZIP_KINDS.items():
        if part in names:
            raise _other_content(path.name, kind, ending)


def _other_content(name: str, kind: str, ending: str) -> Exception:
    return refused(
        name, say("the content is {kind}, which is not read.", kind=say(kind)), say(_ADVICE[ending])
    )


def _not_accepted(name: str, ending: str) -> Exception:
    advice = _ADVICE.get(ending)
    if advice is None:
        remedy = say("Give a file that ends in {endings}.", endings=", ".join(ENDINGS))
    else:
        remedy = say(advice)
    return refused(name, say("files ending in “{ending}” are not read.", ending=ending), remedy)
