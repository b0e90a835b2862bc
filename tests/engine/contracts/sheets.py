"""What stands in a workbook, read from its parts: values, fills, comments, links, drop-downs."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_CELL = re.compile(r'<c r="([A-Z]+\d+)"([^>]*?)(?:/>|>(.*?)</c>)', re.S)
_RED = "FFF9D5D1"


@dataclass(frozen=True)
class Page:
    """One sheet: texts by cell, red cells, comments by cell, links by cell, drop-down ranges."""

    values: Mapping[str, str]
    red: frozenset[str]
    comments: Mapping[str, str]
    links: Mapping[str, str]
    drop_downs: frozenset[str]

    def row(self, number: int) -> list[str]:
        """Return the filled cells of a row in the order of columns."""
        return [text for place, text in self.values.items() if _row(place) == number]

    @property
    def n_rows(self) -> int:
        return max(_row(place) for place in self.values)


def pages(path: Path) -> dict[str, Page]:
    """Return the sheets of a workbook that XlsxWriter made, by name."""
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name).decode() for name in book.namelist() if "ml" in name}
    names = re.findall(r'<sheet name="([^"]+)"', parts["xl/workbook.xml"])
    fills = re.findall(r"<fill>(.*?)</fill>", parts["xl/styles.xml"], re.S)
    styles = re.search(r"<cellXfs.*?</cellXfs>", parts["xl/styles.xml"], re.S)
    used = re.findall(r'<xf [^>]*fillId="(\d+)"', styles[0] if styles else "")
    is_red = [_RED in fills[int(fill)] for fill in used]
    strings = re.findall(r"<si>.*?</si>", parts.get("xl/sharedStrings.xml", ""), re.S)
    found = {}
    for number, name in enumerate(names, start=1):
        found[name] = _page(parts, number, is_red, [_text(one) for one in strings])
    return found


def _page(parts: dict[str, str], number: int, is_red: list[bool], strings: list[str]) -> Page:
    xml = parts[f"xl/worksheets/sheet{number}.xml"]
    values, red = {}, set()
    for place, attributes, inner in _CELL.findall(xml):
        style = re.search(r's="(\d+)"', attributes)
        if style and is_red[int(style[1])]:
            red.add(place)
        if inner:
            values[place] = strings[int(_text(inner))] if 't="s"' in attributes else _text(inner)
    links = re.findall(r'<hyperlink ref="([A-Z]+\d+)" location="([^"]+)"', xml)
    lists = re.findall(r'<dataValidation type="list"[^>]*sqref="([^"]+)"', xml)
    return Page(values, frozenset(red), _comments(parts, number), dict(links), frozenset(lists))


def _comments(parts: dict[str, str], number: int) -> dict[str, str]:
    relations = parts.get(f"xl/worksheets/_rels/sheet{number}.xml.rels", "")
    target = re.search(r'Target="\.\./(comments\d+\.xml)"', relations)
    xml = parts[f"xl/{target[1]}"] if target else ""
    found = re.findall(r'<comment ref="([A-Z]+\d+)".*?</comment>', xml, re.S)
    texts = re.findall(r"<comment .*?</comment>", xml, re.S)
    return {place: _text(text) for place, text in zip(found, texts, strict=True)}


def replace_texts(path: Path, texts: Mapping[str, str]) -> None:
    """Put other texts into the cells of a workbook, as somebody who mends it does."""
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    with zipfile.ZipFile(path, "w") as book:
        for name, data in parts.items():
            mended = data
            for old, new in texts.items():
                mended = mended.replace(f">{old}<".encode(), f">{new}<".encode())
            book.writestr(name, mended)


def _text(xml: str) -> str:
    return "".join(re.findall(r">([^<]+)<", f">{xml}<"))


def _row(place: str) -> int:
    return int(re.sub(r"\D", "", place))
