"""Documents that are zip archives (OOXML, OFD): what they hold is looked at, not unpacked."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, BinaryIO

from junheng.apps.evidence.content.refusal import Refused
from junheng.engine.store.raw import BROKEN_ARCHIVE, check_packing
from junheng.errors import TableFaults
from junheng.i18n import say

if TYPE_CHECKING:
    from junheng.apps.evidence.rules import FileRules, Kind

TYPES_PART = "[Content_Types].xml"
_MOST_TYPES_BYTES = 4 * 1024 * 1024
_MACRO_TYPES = (b"macroEnabled", b"vbaProject", b"ms-office.activeX")
_MACRO_PARTS = ("vbaproject.bin", "vbadata.xml")
_IS_LOCKED = 0x1


def kind_of(file: BinaryIO, name: str, rules: FileRules) -> Kind:
    """Return which kind of document an archive is; Refused for bombs, macros and other archives."""
    try:
        file.seek(0)
        with zipfile.ZipFile(file) as archive:
            return _looked_into(archive, name, rules)
    except BROKEN_ARCHIVE as error:
        raise Refused(
            name,
            say("the document is damaged or was not copied to its end."),
            say("Open it, save it again, and send that."),
        ) from error


def _looked_into(archive: zipfile.ZipFile, name: str, rules: FileRules) -> Kind:
    parts = archive.infolist()
    _check_bomb(parts, name, rules)
    if any(part.flag_bits & _IS_LOCKED for part in parts):
        raise Refused(name, say("the archive is encrypted."), say("Take the password off."))
    names = {part.filename for part in parts}
    kind = next((k for k in rules.kinds if k.main_part and k.main_part in names), None)
    if kind is None:
        raise Refused(
            name,
            say("it is an archive of files, which is not taken."),
            say("Unpack it and send the files in it, several at once if you like."),
        )
    _check_macros(archive, name, names)
    return kind


def _check_bomb(parts: list[zipfile.ZipInfo], name: str, rules: FileRules) -> None:
    n_unpacked = sum(part.file_size for part in parts)
    n_packed = sum(part.compress_size for part in parts)
    try:
        check_packing(name, n_unpacked, max(1, n_packed))
        is_bomb = len(parts) > rules.parts
    except TableFaults:
        is_bomb = True
    if is_bomb:
        raise Refused(
            name,
            say("unpacked it would be far larger than a document is."),
            say("Copy the content into a new document and send that."),
        )


def _check_macros(archive: zipfile.ZipFile, name: str, names: set[str]) -> None:
    types = b""
    if TYPES_PART in names:
        with archive.open(TYPES_PART) as part:
            types = part.read(_MOST_TYPES_BYTES)
    has_part = any(one.lower().endswith(_MACRO_PARTS) for one in names)
    if has_part or any(mark in types for mark in _MACRO_TYPES):
        raise Refused(
            name,
            say("the document holds macros, that is a program."),
            say("Save it without macros (.docx, .xlsx, .pptx), or export it as PDF."),
        )
