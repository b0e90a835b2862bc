"""What stands inside a workbook, looked at before its cells are read.

A workbook is a zip archive of XML parts. The reader of cells (calamine) trusts its input: it
unpacks without limit, holds the whole rectangle between the first and the last value in memory,
and gives a blank for an error and for a formula without a computed value. All three are settled
here, on the unpacked text of the sheet.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.parsers import expat

from junheng.engine.store.faults import refused
from junheng.engine.store.limits import MAX_SHEET_CELLS, MIB
from junheng.engine.store.raw import BROKEN_ARCHIVE, check_packing, truncated
from junheng.errors import Fault
from junheng.i18n import say

if TYPE_CHECKING:
    from pathlib import Path

    from junheng.i18n import Message

_WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_SHEET_PREFIX = re.compile(rb"<(\w+:)sheetData\b")
_VALUED = rb'<c [^<>]*?\br="%s"[^<>]*(?<!/)>\s*<(?!/)'
_FAR = re.compile(_VALUED % rb"(?:[A-Z]{3,}[0-9]+|[A-Z]+[0-9]{5,})")
_REFERENCE = re.compile(_VALUED % rb"([A-Z]+)([0-9]+)")
_UNNAMED_CELL = re.compile(rb"<c(?![^<>]*\br=)[ />]")
_ROW_NUMBER = re.compile(rb'<row [^<>]*?\br="([0-9]+)"')
_VALUE = re.compile(rb"<(?:v|is)>\s*[^<\s]|<is><")
_FORMULA_ELEMENT = rb"<f\b(?:[^<>]*/>|[^<>]*>[^<]*</f>)"
_ERROR = re.compile(
    rb'<c (?=[^<>]*\bt="e")[^<>]*?\br="([A-Z]+[0-9]+)"[^<>]*>\s*'
    rb"(?:" + _FORMULA_ELEMENT + rb")?\s*<v>([^<]*)</v>"
)
_FORMULA = re.compile(
    rb'<c (?P<kind>[^<>]*?)\br="(?P<cell>[A-Z]+[0-9]+)"(?P<more>[^<>]*)>\s*'
    + _FORMULA_ELEMENT
    + rb"\s*(?:<v>(?P<value>[^<]*)</v>|<v\s*/>)?"
)
_UNCALCULATED = b'fullCalcOnLoad="1"'


@dataclass(frozen=True)
class Sheet:
    """One worksheet: its name, its XML text, and whether a person sees its tab."""

    name: str
    xml: bytes
    is_visible: bool

    @property
    def has_values(self) -> bool:
        """Whether any cell holds a value."""
        return _VALUE.search(self.xml) is not None


@dataclass(frozen=True)
class Workbook:
    """The worksheets of a workbook; `is_uncalculated` says that no program has computed it yet."""

    sheets: tuple[Sheet, ...]
    is_uncalculated: bool


def open_parts(path: Path) -> Workbook:
    """Unpack the sheets of a workbook within limits; faults for damage, bombs and macros."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _workbook(path, archive)
    except (*BROKEN_ARCHIVE, expat.ExpatError) as error:
        raise truncated(path.name) from error


def check_rectangle(name: str, sheet: Sheet) -> None:
    """Refuse a sheet whose values lie so far apart that the reader would fill the memory."""
    n_rows, n_columns = _rectangle(sheet.xml)
    if n_rows * n_columns > MAX_SHEET_CELLS:
        raise refused(
            name,
            say(
                "values lie as far apart as {rows} rows and {columns} columns.",
                rows=n_rows,
                columns=n_columns,
            ),
            say("Delete the stray values far below or to the right of the table."),
            sheet=sheet.name,
        )


def cell_faults(name: str, sheet: Sheet, *, is_uncalculated: bool) -> list[Fault]:
    """Return a fault for each error value and each formula without a computed value."""
    faults = [
        _cell_fault(
            name,
            sheet.name,
            found[1],
            say(
                "cell {cell} holds the error {error}.",
                cell=found[1].decode(),
                error=found[2].decode(errors="replace"),
            ),
            say("Correct the formula, or replace it by its value."),
        )
        for found in (_ERROR.finditer(sheet.xml) if b't="e"' in sheet.xml else ())
    ]
    if b"<f" in sheet.xml:
        faults += [
            _cell_fault(
                name,
                sheet.name,
                found["cell"],
                say("cell {cell} holds a formula without a value.", cell=found["cell"].decode()),
                say("Open the workbook in Excel or WPS, let it calculate, and save it."),
            )
            for found in _FORMULA.finditer(sheet.xml)
            if _is_uncomputed(found, is_uncalculated=is_uncalculated)
        ]
    return faults


def _workbook(path: Path, archive: zipfile.ZipFile) -> Workbook:
    names = set(archive.namelist())
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise refused(
            path.name,
            say("the workbook contains macros."),
            say("Workbooks with macros are not opened. Save it as “Excel workbook (.xlsx)”."),
        )
    if _WORKBOOK not in names:
        raise refused(
            path.name,
            say("this is a zip archive and no Excel workbook."),
            say("Open it in the program that made it and save it as .xlsx or .csv."),
        )
    parts = _unpacked(path, archive)
    targets = {
        relation["Id"]: _part_name(relation["Target"])
        for relation in _elements(parts[_RELATIONS], "Relationship")
        if relation.get("Type", "").endswith("/worksheet")
    }
    sheets = tuple(
        Sheet(
            entry["name"],
            _bare(parts[targets[relation]]),
            entry.get("state", "visible") == "visible",
        )
        for entry in _elements(parts[_WORKBOOK], "sheet")
        if (relation := _relation_id(entry)) in targets
    )
    return Workbook(sheets, _UNCALCULATED in parts[_WORKBOOK])


def _unpacked(path: Path, archive: zipfile.ZipFile) -> dict[str, bytes]:
    """Unpack every XML part, counting what really comes out and not what the archive claims."""
    n_packed = path.stat().st_size
    n_unpacked = 0
    parts = {}
    for info in archive.infolist():
        if info.flag_bits & 1:
            raise protected(path.name)
        if not info.filename.endswith((".xml", ".rels")):
            continue
        pieces = []
        with archive.open(info) as part:
            while piece := part.read(MIB):
                n_unpacked += len(piece)
                check_packing(path.name, n_unpacked, n_packed)
                pieces.append(piece)
        parts[info.filename] = b"".join(pieces)
        if b"<!DOCTYPE" in parts[info.filename]:
            # Spreadsheet programs write none; its entities can fill the memory or name files.
            raise refused(
                path.name,
                say("a part of the workbook declares a document type."),
                say("Open it in Excel or WPS and save it anew as .xlsx."),
            )
    return parts


def protected(name: str) -> Exception:
    """Return the error of a file locked with a password."""
    return refused(
        name,
        say("the workbook is protected by a password."),
        say("Save a copy without the password to open it."),
    )


def _elements(xml: bytes, tag: str) -> list[dict[str, str]]:
    """Return the attributes of all elements of a name, whatever their prefix."""
    found: list[dict[str, str]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == tag:
            found.append(attributes)

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.Parse(xml, True)
    return found


def _relation_id(attributes: dict[str, str]) -> str:
    """Return the attribute `id` of the relations' namespace, whatever its prefix (often r)."""
    return next((text for name, text in attributes.items() if name.endswith(":id")), "")


def _part_name(target: str) -> str:
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


def _bare(xml: bytes) -> bytes:
    """Return sheet XML without a prefix on its elements, which some programs write."""
    prefix = _SHEET_PREFIX.search(xml)
    if prefix is None:
        return xml
    return xml.replace(b"<" + prefix[1], b"<").replace(b"</" + prefix[1], b"</")


def _rectangle(xml: bytes) -> tuple[int, int]:
    """Return an upper bound of the rows and columns between A1 and the last value."""
    if _UNNAMED_CELL.search(xml):
        rows = xml.split(b"<row")
        last = max((int(number) for number in _ROW_NUMBER.findall(xml)), default=0)
        return max(len(rows), last), max(row.count(b"<c") for row in rows)
    if _FAR.search(xml) is None:
        return 9_999, 702
    places = _REFERENCE.findall(xml)
    columns = {column for column, _ in places}
    return max(int(row) for _, row in places), max(map(_column_number, columns))


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + letter - ord("A") + 1
    return number


def _is_uncomputed(found: re.Match[bytes], *, is_uncalculated: bool) -> bool:
    """Whether a formula cell has no value, or the 0 that writers put in place of one."""
    value = found["value"]
    if value:
        return is_uncalculated and value == b"0"
    is_text = b't="str"' in found["kind"] + found["more"]
    return not (is_text and value is not None)


def _cell_fault(name: str, sheet: str, cell: bytes, found: Message, remedy: Message) -> Fault:
    row = int(cell.lstrip(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    return Fault(found, remedy, name, sheet, row)
