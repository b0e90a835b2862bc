"""A page of HTML cut into tags and text, in one pass over it.

Made for pages that nobody vouches for: no entity is expanded beyond one character, nothing is
fetched, and the time grows with the length alone. (The parser of the standard library searches
again from every unclosed bracket; a page of a few megabytes keeps it busy for hours.)
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_NAME = re.compile(r"/?[A-Za-z][A-Za-z0-9:_-]{0,63}")
_STOP = re.compile("[\"'>]")
_ATTRIBUTE = re.compile(
    r"""([A-Za-z][A-Za-z0-9:_-]{0,63})\s{0,9}(?:=\s{0,9}("[^"]*"|'[^']*'|[^\s"'>]+))?"""
)
_UNSHOWN = frozenset({"script", "style", "title", "xml", "comment"})
_MAX_TAG = 10_000


@dataclass(frozen=True)
class Tag:
    """An opening or (`is_end`) closing tag; names are in small letters."""

    name: str
    is_end: bool = False
    attributes: Mapping[str, str] = field(default_factory=dict)


def tokens(page: str) -> Iterator[Tag | str]:
    """Yield the tags of a page and the text between them; comments, scripts, styles left out."""
    place = 0
    while place < len(page):
        bracket = page.find("<", place)
        if bracket < 0:
            bracket = len(page)
        if bracket > place:
            text = page[place:bracket]
            yield unescape(text) if "&" in text else text
        if bracket == len(page):
            return
        tag, place = _tag(page, bracket)
        if tag is None:
            continue
        yield tag
        if tag.name in _UNSHOWN and not tag.is_end:
            place = _after(page, f"</{tag.name}", place)


def _tag(page: str, bracket: int) -> tuple[Tag | None, int]:
    """Return the tag that begins at a bracket and the place after it; None for a comment."""
    if page.startswith("<!--", bracket):
        end = page.find("-->", bracket + 4)
        return None, len(page) if end < 0 else end + 3
    name = _NAME.match(page, bracket + 1)
    if name is None:
        if page[bracket + 1 : bracket + 2] in {"!", "?"}:
            return None, _end_of_tag(page, bracket)
        # A bracket alone is text, as in "< 5".
        return Tag(""), bracket + 1
    written = name[0].lower()
    if page.startswith(">", name.end()):
        return _plain(written), name.end() + 1
    end = _end_of_tag(page, name.end())
    inside = page[name.end() : min(end - 1, name.end() + _MAX_TAG)]
    attributes = {
        found[1].lower(): unescape((found[2] or "").strip("\"'"))
        for found in _ATTRIBUTE.finditer(inside)
    }
    return Tag(written.removeprefix("/"), written.startswith("/"), attributes), end


@lru_cache(maxsize=256)
def _plain(written: str) -> Tag:
    """Return a tag without attributes; a page has few different ones."""
    return Tag(written.removeprefix("/"), written.startswith("/"))


def _end_of_tag(page: str, place: int) -> int:
    """Return the place after the bracket that closes a tag, not looking inside quotes."""
    while (stop := _STOP.search(page, place)) is not None:
        if stop[0] == ">":
            return stop.end()
        closing = page.find(stop[0], stop.end())
        if closing < 0:
            break
        place = closing + 1
    return len(page)


def _after(page: str, text: str, place: int) -> int:
    found = re.compile(re.escape(text), re.IGNORECASE).search(page, place)
    return len(page) if found is None else found.start()
