"""The bytes of a file, read within limits, and what kind of file the bytes say it is."""

from __future__ import annotations

import zipfile
import zlib
from typing import TYPE_CHECKING

from junheng.engine.store.faults import refused
from junheng.engine.store.limits import (
    MAX_FILE_BYTES,
    MAX_PACKING,
    MAX_UNPACKED_BYTES,
    MIB,
    PACKING_FREE_BYTES,
)
from junheng.i18n import N_, Message, say

if TYPE_CHECKING:
    from pathlib import Path

ZIP_MARK = b"PK\x03\x04"
OLE_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
GZIP_MARK = b"\x1f\x8b"
PARQUET_MARK = b"PAR1"
_HEAD_BYTES = 8

# What the reader of zip archives raises for a damaged one: a name that is no UTF-8 is a ValueError.
BROKEN_ARCHIVE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    KeyError,
    NotImplementedError,
    ValueError,
)

_KINDS = {
    ZIP_MARK: N_("a zip archive or an Excel workbook"),
    OLE_MARK: N_("an old or protected Office file"),
    GZIP_MARK: N_("a gzip file"),
    PARQUET_MARK: N_("a Parquet file"),
    b"%PDF": N_("a PDF document"),
    b"\x89PNG": N_("a picture"),
    b"\xff\xd8\xff": N_("a picture"),
}


def check_file(path: Path) -> None:
    """Refuse what is no readable file with some content and a bearable size."""
    try:
        # Only then opened: a pipe would wait for somebody to write into it.
        if path.exists() and not path.is_file():
            raise refused(
                str(path), say("this is a folder or a device, not a file."), say("Name one file.")
            )
        with path.open("rb"):
            size = path.stat().st_size
    except FileNotFoundError as error:
        raise refused(
            str(path), say("there is no such file."), say("Check the name and the folder.")
        ) from error
    except OSError as error:
        raise refused(
            path.name,
            say("the file cannot be read ({reason}).", reason=error.strerror),
            say("Check your rights to it and whether another program holds it."),
        ) from error
    if size == 0:
        raise refused(path.name, say("the file is empty."), say("Export it again."))
    if size > MAX_FILE_BYTES:
        raise refused(
            path.name,
            say(
                "the file has {n} MiB, more than {most}.", n=size // MIB, most=MAX_FILE_BYTES // MIB
            ),
            say("Divide it, for example by province."),
        )


def head(path: Path) -> bytes:
    """Return the first bytes of a file."""
    with path.open("rb") as file:
        return file.read(_HEAD_BYTES)


def kind_of(first_bytes: bytes) -> Message | None:
    """Return what well-known kind of file begins with these bytes, or None for any other."""
    for mark, kind in _KINDS.items():
        if first_bytes.startswith(mark):
            return say(kind)
    return None


def mistaken(name: str, first_bytes: bytes, ending: str) -> Exception:
    """Return the error of a file whose content is not what its ending says."""
    return refused(
        name,
        say(
            "the ending says {ending}, but the content is {kind}.",
            ending=ending,
            kind=kind_of(first_bytes) or say("something else"),
        ),
        say("Open it in the program that made it and save it as .xlsx or .csv."),
    )


def unpacked_gzip(path: Path) -> bytes:
    """Return the content of a .gz file, within limits."""
    packed = path.read_bytes()
    parts: list[bytes] = []
    rest = packed
    if not rest.startswith(GZIP_MARK):
        raise mistaken(path.name, rest[:_HEAD_BYTES], ".gz")
    while rest.startswith(GZIP_MARK):
        part, rest = _one_member(path.name, rest, len(packed), sum(map(len, parts)))
        parts.append(part)
    return b"".join(parts)


def check_packing(name: str, n_unpacked: int, n_packed: int) -> None:
    """Refuse a bomb: content that unpacks to far more than its packed size."""
    if n_unpacked > MAX_UNPACKED_BYTES or (
        n_unpacked > PACKING_FREE_BYTES and n_unpacked > MAX_PACKING * n_packed
    ):
        raise refused(
            name,
            say(
                "unpacked, the file is larger than is safe ({most} MiB in all, {times} times its"
                " packed size).",
                most=MAX_UNPACKED_BYTES // MIB,
                times=MAX_PACKING,
            ),
            say("Copy the cells that hold data into a new file and save that."),
        )


def truncated(name: str) -> Exception:
    """Return the error of a file that ends too early or is damaged inside."""
    return refused(
        name,
        say("the file is damaged or was not copied to its end."),
        say("Copy or export it again."),
    )


def _one_member(name: str, data: bytes, n_packed: int, n_before: int) -> tuple[bytes, bytes]:
    """Unpack one member of a gzip file; return its content and what follows it."""
    stream = zlib.decompressobj(wbits=31)
    parts: list[bytes] = []
    n_unpacked = n_before
    try:
        while not stream.eof:
            part = stream.decompress(data, MIB)
            data = stream.unconsumed_tail
            if not part and not data and not stream.eof:
                raise truncated(name)
            parts.append(part)
            n_unpacked += len(part)
            check_packing(name, n_unpacked, n_packed)
    except zlib.error as error:
        raise truncated(name) from error
    return b"".join(parts), stream.unused_data
