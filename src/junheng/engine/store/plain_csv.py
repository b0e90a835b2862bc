"""CSV files whose bytes tell that every row is regular and every number exact."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from junheng.engine.store.csv_reader import csv_rows
from junheng.engine.store.limits import MAX_COLUMNS, MAX_FILE_BYTES, MAX_ROWS
from junheng.engine.store.plain import ORDINARY, WHOLE_DIGITS
from junheng.engine.store.source import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_BOM = b"\xef\xbb\xbf"
_GLOB = frozenset("*?[")
_PARTS = b",-+eE\n\r"
_DULL = bytes(code for code in range(0x20, 0x7F) if code not in b'",-+eE')
_ORDINARY = re.compile(f"[{ORDINARY}]*")
# What DuckDB reads as a number and people do not: 1_000.
_GROUPED = re.compile(rb"_[0-9]")
# An exponent moves the point: what is written with few decimals may have many. To look for four
# texts takes a tenth of the time that one pattern takes.
_EXPONENTS = (b"e-", b"e+", b"E-", b"E+")
_FINER_THAN = {2: re.compile(rb"\.[0-9]{3}"), 6: re.compile(rb"\.[0-9]{7}")}
_WIDEST_FAST = 18
_PIECE = 1 << 18


@dataclass(frozen=True)
class PlainCsv:
    """A CSV file that DuckDB can read as it is; `has_blanks`: texts may begin or end with one."""

    path: Path
    headers: tuple[str, ...]
    n_rows: int
    scales: tuple[int, ...]
    has_returns: bool
    has_blanks: bool
    sheet: str = ""

    @property
    def name(self) -> str:
        """The file's name, for messages."""
        return self.path.name

    def decimals_of(self, position: int, decimals: int) -> int:
        """Text does not tell which columns are whole."""
        del position
        return decimals

    def source(self, texts: Mapping[str, int], numbers: Mapping[str, int], decimals: int) -> str:
        """Return a FROM item in the named columns; see `plain.PlainTable`."""
        kind = f"DECIMAL({WHOLE_DIGITS + decimals},{decimals})"
        rows = csv_rows(
            self.path.resolve(),
            [f"c{i}" for i in range(len(self.headers))],
            has_header=True,
            has_returns=self.has_returns,
            types={f"c{i}": kind for i in numbers.values()},
        )
        columns = [f"{self._text(i)} AS {name}" for name, i in texts.items()]
        columns += [f"{_scaled(f'c{i}', decimals)} AS {name}" for name, i in numbers.items()]
        return f"(SELECT {', '.join(columns)} FROM {rows})"

    def _text(self, i: int) -> str:
        return f"nullif(trim(c{i}), '')" if self.has_blanks else f"c{i}"


def _scaled(cell: str, decimals: int) -> str:
    """SQL of a decimal times 10**decimals as a whole number."""
    # DuckDB keeps the product of 18-digit decimals at 18 digits, those of its fraction too.
    if WHOLE_DIGITS + 2 * decimals > _WIDEST_FAST:
        cell = f"CAST({cell} AS DECIMAL(38,{decimals}))"
    return f"CAST({cell} * {10**decimals} AS BIGINT)"


def look_at_csv(path: Path) -> PlainCsv | None:
    """Judge a CSV file by its bytes; None when any of them calls for care."""
    if not path.is_file() or path.stat().st_size > MAX_FILE_BYTES or _GLOB & set(str(path)):
        return None
    seen = _Seen()
    for lines in _pieces(path):
        if not seen.are_regular(lines):
            return None
    n_rows = seen.n_lines - 1
    scale = next((k for k, is_enough in seen.is_enough.items() if is_enough), None)
    if not 0 < n_rows <= MAX_ROWS or len(seen.headers) > MAX_COLUMNS or scale is None:
        return None
    return PlainCsv(path, seen.headers, n_rows, (scale,), seen.has_returns, seen.has_blanks)


def _pieces(path: Path) -> Iterator[bytes]:
    """Yield the file in pieces of whole lines, small enough for the processor's memory."""
    rest = b""
    with path.open("rb", buffering=0) as file:
        while piece := file.read(_PIECE):
            end = piece.rfind(b"\n") + 1
            if end:
                yield rest + piece[:end]
                rest = piece[end:]
            else:
                rest += piece
    if rest:
        yield rest


@dataclass
class _Seen:
    """What the lines seen so far have told; `is_enough`: scales that hold every number."""

    headers: tuple[str, ...] = ()
    n_lines: int = 0
    has_returns: bool = False
    has_blanks: bool = False
    is_enough: dict[int, bool] = field(default_factory=lambda: dict.fromkeys(_FINER_THAN, True))

    def are_regular(self, lines: bytes) -> bool:
        """Count more lines; False for unusual characters, line ends or numbers of commas."""
        if not self.headers:
            lines = lines.removeprefix(_BOM)
            self._take_header(lines)
        signs = lines.translate(None, _DULL)
        n_lines = signs.count(b"\n") + (not lines.endswith(b"\n"))
        self.n_lines += n_lines
        self.has_blanks = self.has_blanks or b" " in lines
        for scale, finer in _FINER_THAN.items():
            self.is_enough[scale] = self.is_enough[scale] and not finer.search(lines)
            if self.is_enough[scale]:
                break
        return (
            signs.count(b",") == (len(self.headers) - 1) * n_lines
            and self._ends_lines_alike(lines, signs)
            and not _GROUPED.search(lines)
            and not any(exponent in signs for exponent in _EXPONENTS)
            and _is_ordinary(signs)
        )

    def _take_header(self, lines: bytes) -> None:
        header = lines.partition(b"\n")[0].decode("utf-8", "replace")
        self.has_returns = header.endswith("\r")
        self.headers = tuple(map(clean, header.split(",")))

    def _ends_lines_alike(self, lines: bytes, signs: bytes) -> bool:
        n_returns = signs.count(b"\r")
        if not self.has_returns:
            return n_returns == 0
        return n_returns == lines.count(b"\r\n") == lines.count(b"\n")


def _is_ordinary(signs: bytes) -> bool:
    """Whether all characters need neither trimming nor normalising; no quotation mark is."""
    try:
        text = signs.translate(None, _PARTS).decode()
    except UnicodeDecodeError:
        return False
    return _ORDINARY.fullmatch(text) is not None
