"""Layouts of papers, read from `rules/documents/layouts.toml`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from junheng.engine.standard.rulefile import reader_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from junheng.engine.standard.rulefile import Reader

PATH = Path(__file__).parents[2] / "rules" / "documents" / "layouts.toml"
SIDES = ("top", "right", "bottom", "left")
SIZES = ("title", "heading", "body", "table", "note", "line")
FACES = ("title", "heading", "body")


@dataclass(frozen=True)
class Layout:
    """How a paper looks. Margins in mm by side; sizes and the distance of lines in points by place.

    `pages` and `word` name fonts by place: the former are carried along in the file, the latter
    are looked up by the reader's office program.
    """

    id: str
    is_landscape: bool
    margins_mm: Mapping[str, float]
    sizes_pt: Mapping[str, float]
    pages: Mapping[str, str]
    word: Mapping[str, str]
    source: str


@cache
def layouts(path: Path = PATH) -> Mapping[str, Layout]:
    """Return the layouts by id; RuleFileError with everything wrong in the file."""
    top = reader_of(path)
    found = {}
    for entry in top.rows("layout", "id"):
        one = Layout(
            id=entry.identifier("id"),
            is_landscape=entry.flag("landscape", default=False),
            margins_mm=_decimals(entry, "margins_mm", SIDES),
            sizes_pt=_decimals(entry, "sizes_pt", SIZES),
            pages=_texts(entry, "pages"),
            word=_texts(entry, "word"),
            source=entry.text("source"),
        )
        entry.finish()
        found[one.id] = one
    top.finish()
    top.faults.raise_any()
    return found


def layout(layout_id: str) -> Layout:
    """Return a layout; KeyError for one that there is not."""
    return layouts()[layout_id]


def families() -> frozenset[str]:
    """Return every font family that pages are set in."""
    return frozenset(name for one in layouts().values() for name in one.pages.values())


def _decimals(entry: Reader, key: str, names: tuple[str, ...]) -> dict[str, float]:
    inner = entry.inner(key)
    found = {name: float(inner.decimal(name)) for name in names}
    inner.finish()
    return found


def _texts(entry: Reader, key: str) -> dict[str, str]:
    inner = entry.inner(key)
    found = {name: inner.text(name) for name in FACES}
    inner.finish()
    return found
