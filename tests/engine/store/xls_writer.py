"""Old workbooks (.xls) made record by record, so that tests can put into them what no program does.

Written from [MS-XLS] and [MS-CFB], apart from the reader.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

SECTOR = 512
END, FREE, TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
BIFF5, BIFF8 = 0x0500, 0x0600


def record(kind: int, content: bytes = b"") -> bytes:
    """One record: its type, its length, its content."""
    return struct.pack("<HH", kind, len(content)) + content


def begin(version: int = BIFF8, kind: int = 0x0010) -> bytes:
    """The first record of the globals (5) or of a worksheet (16)."""
    return record(0x0809, struct.pack("<HHHHII", version, kind, 0, 0, 0, 0))


def text8(text: str, *, wide_length: bool = True) -> bytes:
    """A text of Excel 97 and later, two bytes a character."""
    return struct.pack("<HB" if wide_length else "<BB", len(text), 1) + text.encode("utf-16-le")


def text5(text: str, *, wide_length: bool = True) -> bytes:
    """A text of Excel 95 in the Chinese code page."""
    data = text.encode("gbk")
    return struct.pack("<H" if wide_length else "<B", len(data)) + data


def label(row: int, column: int, text: str, version: int = BIFF8) -> bytes:
    """A cell with its text inside."""
    written = text8(text) if version == BIFF8 else text5(text)
    return record(0x0204, struct.pack("<HHH", row, column, 0) + written)


def number(row: int, column: int, value: float, style: int = 0) -> bytes:
    """A cell with a float."""
    return record(0x0203, struct.pack("<HHHd", row, column, style, value))


def rk(row: int, column: int, packed: int) -> bytes:
    """A cell with a number packed into four bytes."""
    return record(0x027E, struct.pack("<HHHI", row, column, 0, packed))


def formula(row: int, column: int, result: bytes, flags: int = 0) -> bytes:
    """A cell with a formula and the eight bytes of its result."""
    head = struct.pack("<HHH", row, column, 0)
    return record(0x0006, head + result + struct.pack("<HIH", flags, 0, 0))


@dataclass
class Sheet:
    """A sheet to be written; `state` 0 is visible, 1 hidden."""

    name: str
    records: list[bytes]
    state: int = 0


@dataclass
class Book:
    """A workbook to be written; `extra` are further records of the globals."""

    sheets: list[Sheet]
    version: int = BIFF8
    extra: list[bytes] = field(default_factory=list)

    def stream(self) -> bytes:
        """The stream `Workbook`."""
        bodies = [begin(self.version) + b"".join(s.records) + record(0x000A) for s in self.sheets]
        place = len(self._globals([0] * len(bodies)))
        places = []
        for body in bodies:
            places.append(place)
            place += len(body)
        return self._globals(places) + b"".join(bodies)

    def file(self) -> bytes:
        """The whole file."""
        return compound({"Workbook": self.stream()})

    def _globals(self, places: list[int]) -> bytes:
        text = text8 if self.version == BIFF8 else text5
        listed = [
            record(0x0085, struct.pack("<IBB", place, s.state, 0) + text(s.name, wide_length=False))
            for place, s in zip(places, self.sheets, strict=True)
        ]
        code_page = record(0x0042, struct.pack("<H", 936))
        parts = [begin(self.version, 5), code_page, *self.extra, *listed, record(0x000A)]
        return b"".join(parts)


def compound(streams: dict[str, bytes]) -> bytes:
    """A compound file of a few streams, each padded beyond the size of packed ones."""
    padded = {name: data.ljust(4096, b"\0") for name, data in streams.items()}
    chains: list[int] = []
    entries = [_entry("Root Entry", 5, END, 0, child=1)]
    for ix, (name, data) in enumerate(padded.items(), start=1):
        n_sectors = -(-len(data) // SECTOR)
        start = len(chains)
        chains += [*range(start + 1, start + n_sectors), END]
        right = ix + 1 if ix < len(padded) else FREE
        entries.append(_entry(name, 2, start, len(data), right=right))
    directory = len(chains)
    n_directory = -(-len(entries) // 4)
    chains += [*range(directory + 1, directory + n_directory), END]
    n_tables = 1
    while n_tables * 128 < len(chains) + n_tables:
        n_tables += 1
    first_table = len(chains)
    chains += [TABLE] * n_tables
    chains += [FREE] * (n_tables * 128 - len(chains))
    tables = [*range(first_table, first_table + n_tables), *[FREE] * (109 - n_tables)]
    header = struct.pack(
        "<8s16xHHHHH6xIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        0x3E, 3, 0xFFFE, 9, 6, 0, n_tables, directory, 0, 4096, END, 0, END, 0,
    )  # fmt: skip
    body = b"".join(data.ljust(-(-len(data) // SECTOR) * SECTOR, b"\0") for data in padded.values())
    listed = b"".join(entries).ljust(n_directory * SECTOR, b"\0")
    return (
        header + struct.pack("<109I", *tables) + body + listed
        + struct.pack(f"<{len(chains)}I", *chains)
    )  # fmt: skip


def _entry(
    name: str, kind: int, start: int, size: int, *, child: int = FREE, right: int = FREE
) -> bytes:
    written = (name + "\0").encode("utf-16-le")
    head = struct.pack("<64sHBBIII", written, len(written), kind, 1, FREE, right, child)
    return head + bytes(36) + struct.pack("<III", start, size, 0)
