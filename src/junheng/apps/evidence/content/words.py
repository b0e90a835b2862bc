"""The words of an Office document: paragraphs of .docx, lines of the slides of .pptx."""

from __future__ import annotations

import re
import zipfile
from typing import TYPE_CHECKING
from xml.parsers import expat

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

_BLOCK = 64 * 1024
_MOST_PART_BYTES = 32 * 1024 * 1024
_SLIDE = re.compile(r"ppt/slides/slide(\d+)\.xml")
_BREAKS = {"tab": "\t", "br": "\n", "cr": "\n"}


class _NoDocument(ValueError):
    """XML that declares a document type: no Office program writes one."""


def paragraphs(file: BinaryIO, *, main_part: str, most: int) -> tuple[list[str], bool]:
    """Return the first paragraphs that hold words, and whether there are more.

    The paragraphs of a table come cell by cell. Raises zipfile.BadZipFile, expat.ExpatError or
    ValueError for a damaged document.
    """
    found: list[str] = []
    file.seek(0)
    with zipfile.ZipFile(file) as archive:
        for part in _parts(archive, main_part):
            for text in _of_part(archive, part):
                if len(found) == most:
                    return found, True
                found.append(text)
    return found, False


def _parts(archive: zipfile.ZipFile, main_part: str) -> list[str]:
    """Return the parts that hold the words: the document, or the slides in their order."""
    slides = {int(m[1]): m[0] for name in archive.namelist() if (m := _SLIDE.fullmatch(name))}
    return [slides[n] for n in sorted(slides)] if slides else [main_part]


def _of_part(archive: zipfile.ZipFile, name: str) -> Iterator[str]:
    reading = _Reading()
    n_read = 0
    with archive.open(name) as part:
        while (block := part.read(_BLOCK)) and n_read < _MOST_PART_BYTES:
            n_read += len(block)
            reading.parser.Parse(block, False)
            yield from reading.taken()


class _Reading:
    """Collects the text of paragraphs while XML comes in."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = self._refuse
        self._words: list[str] = []
        self._is_text = False
        self._done: list[str] = []

    def taken(self) -> list[str]:
        """Return the paragraphs that ended since the last call."""
        done, self._done = self._done, []
        return done

    def _start(self, tag: str, _attributes: object) -> None:
        name = tag.rpartition(" ")[2]
        self._is_text = name == "t"
        if name in _BREAKS:
            self._words.append(_BREAKS[name])

    def _end(self, tag: str) -> None:
        self._is_text = False
        if tag.rpartition(" ")[2] == "p":
            text = "".join(self._words).strip()
            self._words.clear()
            if text:
                self._done.append(text)

    def _text(self, text: str) -> None:
        if self._is_text:
            self._words.append(text)

    def _refuse(self, *_: object) -> None:
        raise _NoDocument
