"""Compound files, in which old Office programs keep their streams like files on a small disk.

Read defensively: every chain of sectors is bounded by the size of the file, so that a damaged or
hostile file ends in `CompoundError` and never in a loop or in more memory than the file has.

Source: [MS-CFB] Compound File Binary File Format, sections 2.1 to 2.6.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from junheng.engine.store.raw import OLE_MARK

if TYPE_CHECKING:
    from collections.abc import Sequence

_HEADER_BYTES = 512
_ENTRY_BYTES = 128
_LAST_SECTOR = 0xFFFFFFFA
"""Sector numbers above this one are signs: end of chain, free, part of the table itself."""
_SECTOR_SHIFTS = (9, 12)
_MINI_SHIFT = 6
_STORAGE, _STREAM, _ROOT = 1, 2, 5


class CompoundError(Exception):
    """The bytes are no whole compound file."""


@dataclass(frozen=True)
class Entry:
    """One line of the directory: a storage (folder), a stream (file) or the root."""

    name: str
    kind: int
    start: int
    size: int

    @property
    def is_stream(self) -> bool:
        """Whether the entry holds bytes of its own."""
        return self.kind == _STREAM


class Compound:
    """A compound file whose directory has been read.

    Raises
    ------
    CompoundError
        Header, tables or directory are damaged.
    """

    def __init__(self, data: bytes) -> None:
        if len(data) < _HEADER_BYTES or not data.startswith(OLE_MARK):
            raise CompoundError
        self._data = data
        shift, mini_shift = struct.unpack_from("<HH", data, 30)
        if shift not in _SECTOR_SHIFTS or mini_shift != _MINI_SHIFT:
            raise CompoundError
        self._sector_bytes = 1 << shift
        self._n_sectors = max(0, -(-len(data) // self._sector_bytes) - 1)
        directory, self._cutoff = struct.unpack_from("<I4xI", data, 48)
        self._table = self._sector_table()
        self.entries = tuple(_entries(self._chained(directory)))

    def names(self) -> frozenset[str]:
        """Return the names of all storages and streams, in small letters."""
        return frozenset(entry.name.lower() for entry in self.entries)

    def stream(self, *names: str) -> bytes:
        """Return the first stream that has one of the names, whatever the case of its letters."""
        wanted = {name.lower() for name in names}
        for entry in self.entries:
            if entry.is_stream and entry.name.lower() in wanted:
                return self._content(entry)
        raise CompoundError

    def _content(self, entry: Entry) -> bytes:
        if entry.size >= self._cutoff:
            content = self._chained(entry.start)
        else:
            content = _chain(self._mini, self._mini_table, entry.start, 1 << _MINI_SHIFT)
        if len(content) < entry.size:
            raise CompoundError
        return content[: entry.size]

    def _chained(self, start: int) -> bytes:
        return _chain(self._data[self._sector_bytes :], self._table, start, self._sector_bytes)

    def _sector_table(self) -> Sequence[int]:
        """Return, by sector, the one that follows it."""
        parts = list(struct.unpack_from("<109I", self._data, 76))
        following, n_more = struct.unpack_from("<II", self._data, 68)
        for _ in range(min(n_more, self._n_sectors)):
            if following > _LAST_SECTOR:
                break
            *more, following = self._numbers(following)
            parts += more
        table: list[int] = []
        for part in parts[: self._n_sectors]:
            if part <= _LAST_SECTOR:
                table += self._numbers(part)
        return table

    def _numbers(self, sector: int) -> Sequence[int]:
        start = (sector + 1) * self._sector_bytes
        content = self._data[start : start + self._sector_bytes]
        if len(content) < self._sector_bytes:
            raise CompoundError
        return struct.unpack(f"<{self._sector_bytes // 4}I", content)

    @cached_property
    def _mini(self) -> bytes:
        """The stream of the root, in which short streams are packed."""
        root = next((entry for entry in self.entries if entry.kind == _ROOT), None)
        if root is None:
            raise CompoundError
        return self._chained(root.start)[: root.size]

    @cached_property
    def _mini_table(self) -> Sequence[int]:
        (start,) = struct.unpack_from("<I", self._data, 60)
        content = self._chained(start)
        return struct.unpack(f"<{len(content) // 4}I", content)


def _chain(data: bytes, table: Sequence[int], start: int, sector_bytes: int) -> bytes:
    """Join the sectors from `start` on; the last one of the file may be cut short."""
    pieces: list[bytes] = []
    sector = start
    while sector <= _LAST_SECTOR:
        if sector >= len(table) or sector * sector_bytes >= len(data) or len(pieces) > len(table):
            raise CompoundError
        pieces.append(data[sector * sector_bytes : (sector + 1) * sector_bytes])
        sector = table[sector]
    return b"".join(pieces)


def _entries(directory: bytes) -> list[Entry]:
    found = []
    for place in range(0, len(directory) - _ENTRY_BYTES + 1, _ENTRY_BYTES):
        n_bytes, kind = struct.unpack_from("<HB", directory, place + 64)
        start, size = struct.unpack_from("<II", directory, place + 116)
        if kind in {_STORAGE, _STREAM, _ROOT} and 2 <= n_bytes <= 64:
            name = directory[place : place + n_bytes - 2].decode("utf-16-le", "replace")
            found.append(Entry(name, kind, start, size))
    return found
