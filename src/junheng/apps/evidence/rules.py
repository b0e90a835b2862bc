"""The rules of evidence, read once from `junheng/rules/evidence`: which files, and who may."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from junheng.engine.standard.rulefile import reader_of

if TYPE_CHECKING:
    from junheng.engine.standard.rulefile import Reader
    from junheng.engine.standard.ruleset import Text

RULES_DIR = Path(__file__).parents[2] / "rules" / "evidence"
MIB = 1024 * 1024

Check = Literal["pdf", "jpeg", "png", "archive", "text"]
Shown = Literal["frame", "picture", "table", "paragraphs", "text", "none"]
CHECKS: tuple[Check, ...] = ("pdf", "jpeg", "png", "archive", "text")
SHOWN: tuple[Shown, ...] = ("frame", "picture", "table", "paragraphs", "text", "none")


@dataclass(frozen=True)
class Kind:
    """One kind of file that is taken; `main_part` is what an archive of this kind holds."""

    id: str
    endings: tuple[str, ...]
    media_type: str
    name: Text
    check: Check
    main_part: str
    shown: Shown


@dataclass(frozen=True)
class FileRules:
    """Kinds in the order of the file, and limits; see `files.toml`."""

    kinds: tuple[Kind, ...]
    file_mb: int
    name_bytes: int
    note_characters: int
    parts: int
    pixels: int
    shown_mb: int
    shown_rows: int
    shown_columns: int
    shown_paragraphs: int

    @property
    def file_bytes(self) -> int:
        """How large one file may be."""
        return self.file_mb * MIB

    @property
    def endings(self) -> tuple[str, ...]:
        """Every ending that is taken."""
        return tuple(ending for kind in self.kinds for ending in kind.endings)

    def kind(self, kind_id: str) -> Kind:
        """Return one kind; KeyError for an unknown one."""
        for kind in self.kinds:
            if kind.id == kind_id:
                return kind
        raise KeyError(kind_id)


@dataclass(frozen=True)
class Rights:
    """Which roles look and file, at the bureau and at schools; see `rights.toml`."""

    readers: frozenset[str]
    fillers: frozenset[str]
    school_readers: frozenset[str]
    school_fillers: frozenset[str]
    kinds_not_asked: frozenset[str]


@cache
def files(folder: Path = RULES_DIR) -> FileRules:
    """Return kinds and limits of files; RuleFileError with everything wrong in the file."""
    top = reader_of(folder / "files.toml")
    limits = top.inner("limits")
    found = FileRules(
        kinds=tuple(_kind(entry) for entry in top.rows("kind", "id")),
        file_mb=limits.whole("file_mb"),
        name_bytes=limits.whole("name_bytes"),
        note_characters=limits.whole("note_characters"),
        parts=limits.whole("parts"),
        pixels=limits.whole("pixels"),
        shown_mb=limits.whole("shown_mb"),
        shown_rows=limits.whole("shown_rows"),
        shown_columns=limits.whole("shown_columns"),
        shown_paragraphs=limits.whole("shown_paragraphs"),
    )
    for reader in (limits, top):
        reader.finish()
    top.faults.raise_any()
    return found


@cache
def rights(folder: Path = RULES_DIR) -> Rights:
    """Return who may; RuleFileError with everything wrong in the file."""
    top = reader_of(folder / "rights.toml")
    readers, fillers, schools = (top.inner(key) for key in ("readers", "fillers", "schools"))
    found = Rights(
        readers=frozenset(readers.texts("roles")),
        fillers=frozenset(fillers.texts("roles")),
        school_readers=frozenset(schools.texts("readers")),
        school_fillers=frozenset(schools.texts("fillers")),
        kinds_not_asked=frozenset(schools.texts("kinds_not_asked")),
    )
    for reader in (readers, fillers, schools, top):
        reader.finish()
    top.faults.raise_any()
    return found


def _kind(entry: Reader) -> Kind:
    found = Kind(
        id=entry.identifier("id"),
        endings=entry.texts("endings"),
        media_type=entry.text("media_type"),
        name=entry.name("name"),
        check=entry.choice("check", CHECKS),
        main_part=entry.text("main_part", ""),
        shown=entry.choice("shown", SHOWN),
    )
    entry.finish()
    return found
