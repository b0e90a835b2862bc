"""The kind of a file by its first bytes and its structure; what is not taken, with the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from junheng.apps.evidence.content import archives, pictures, portable, texts
from junheng.apps.evidence.content.refusal import Refused
from junheng.apps.evidence.names import ending_of
from junheng.apps.evidence.rules import files
from junheng.engine.store.raw import OLE_MARK, ZIP_MARK
from junheng.i18n import N_, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from junheng.apps.evidence.rules import FileRules, Kind
    from junheng.i18n import Message

HEAD_BYTES = 1024
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")

# Programs, by how they begin; scripts, by the ending that makes them run.
_PROGRAMS = (b"MZ", b"\x7fELF", b"\xfe\xed\xfa", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"#!")
_SCRIPTS = frozenset(
    {".exe", ".bat", ".cmd", ".com", ".ps1", ".vbs", ".js", ".jar", ".msi", ".scr", ".lnk", ".sh",
     ".hta", ".apk", ".html", ".htm", ".svg", ".xml"}
)  # fmt: skip

_OTHERS: Mapping[bytes, str] = {
    b"GIF8": N_("a GIF picture"),
    b"BM": N_("a BMP picture"),
    b"II*\0": N_("a TIFF picture"),
    b"MM\0*": N_("a TIFF picture"),
    b"RIFF": N_("a WebP picture, a sound or a film"),
    b"Rar!": N_("a RAR archive"),
    b"7z\xbc\xaf": N_("a 7z archive"),
    b"\x1f\x8b": N_("a packed file (gzip)"),
    b"{\\rtf": N_("an RTF document"),
}
_FILM_OR_HEIC = b"ftyp"


def recognised(file: BinaryIO, *, name: str, n_bytes: int, rules: FileRules | None = None) -> Kind:
    """Return the kind of a file; Refused says why it is not taken, and what to do instead.

    Reads no more than the checks need; archives are looked into and not unpacked.
    """
    rules = rules or files()
    _check_size(name, n_bytes, rules)
    file.seek(0)
    head = file.read(HEAD_BYTES)
    _check_program(name, head)
    kind = _by_head(file, name, head, rules)
    ending = ending_of(name)
    if ending not in kind.endings:
        raise Refused(
            name,
            say(
                "its content is that of a {kind} file, its name ends in “{ending}”.",
                kind=kind.endings[0],
                ending=ending,
            ),
            say("Give it the ending {ending}.", ending=kind.endings[0]),
        )
    return kind


def _check_size(name: str, n_bytes: int, rules: FileRules) -> None:
    if n_bytes == 0:
        raise Refused(name, say("it is empty."), say("Export or scan it again."))
    if n_bytes > rules.file_bytes:
        raise Refused(
            name,
            say("it is larger than {limit} MB.", limit=rules.file_mb),
            say("Scan it at a lower resolution, or divide it."),
        )


def _check_program(name: str, head: bytes) -> None:
    if head.startswith(_PROGRAMS) or ending_of(name) in _SCRIPTS:
        raise Refused(
            name,
            say("it is a program or a page with scripts, not a document."),
            say("Export the document as PDF and send that. Do not open this file."),
        )


def _by_head(file: BinaryIO, name: str, head: bytes, rules: FileRules) -> Kind:
    if head.startswith(portable.MARK):
        portable.check(file, name)
        return rules.kind("pdf")
    for check in pictures.CHECKS:
        if head.startswith(check.mark):
            check.run(file, name, rules)
            return rules.kind(check.kind)
    if head.startswith(ZIP_MARK):
        return archives.kind_of(file, name, rules)
    if head.startswith(OLE_MARK):
        raise _old_office(file, name)
    for mark, what in _OTHERS.items():
        if head.startswith(mark):
            raise not_taken(name, say(what), rules)
    if head[4:8] == _FILM_OR_HEIC:
        raise not_taken(name, say("a HEIC photo or a film"), rules)
    texts.check(file, name, rules)
    return rules.kind("text")


def not_taken(name: str, what: Message, rules: FileRules) -> Refused:
    """Return the refusal of a kind of file that is well known and not taken."""
    return Refused(
        name,
        say("it is {what}, which is not taken.", what=what),
        say("Send one of these: {endings}.", endings=", ".join(rules.endings)),
    )


def _old_office(file: BinaryIO, name: str) -> Refused:
    file.seek(0)
    if _ENCRYPTED in file.read(4 * 1024 * 1024):
        return Refused(
            name,
            say("it is an Office document that opens with a password."),
            say("Take the password off and send it again: an inspector has to be able to open it."),
        )
    return Refused(
        name,
        say("it is an Office document of the old form (.doc, .xls, .ppt, .wps)."),
        say("Open it, save it as .docx, .xlsx or .pptx, or export it as PDF."),
    )
