"""What the tables of annual statistics look like, as data: which cell feeds which term.

Layouts lie in `junheng/rules/annual_statistics/<id>.toml`; a bureau may keep its own file. A file
that names another one in `based_on` says only what differs: its rows replace those of the same id.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Literal

from junheng.engine.annual_statistics.paths import Path, folded

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

    from junheng.engine.standard.ruleset import Stage, Text

LAYOUTS_DIR = FilePath(__file__).parents[2] / "rules" / "annual_statistics"
DEFAULT_LAYOUT_ID = "present"

SchoolStage = Literal["primary", "junior", "senior"]
SCHOOL_STAGES: tuple[SchoolStage, ...] = ("primary", "junior", "senior")

FIRST, ONLY = "@first", "@only"
"""In place of a path: the first row or column of a table, or the only one."""


@dataclass(frozen=True)
class Table:
    """A table of the statistics; `rows` and `columns` are what this product writes into it.

    `also` are further numbers under which the same figures are found, `sections` the rows under
    which others stand.
    """

    id: str
    also: tuple[str, ...]
    title: str
    sections: tuple[str, ...]
    rows: tuple[Path, ...]
    columns: tuple[Path, ...]

    @property
    def label(self) -> str:
        """Number and title, for messages."""
        return f"教基{self.id} {self.title}"


@dataclass(frozen=True)
class Figure:
    """One cell and what it is for.

    `fact` is "pupils", a fact of the rule set, or "" where the figure is read for a check alone.
    `stage` is "" for what the whole school owns. `cells` are pairs of row and column, tried in
    order; `headers` the header paths in a workbook of a stage. `factor` leads to the unit of the
    fact (10 000 from 万元 to yuan). `education` and `subjects` are the codes of the teachers whom
    a writer counts there.
    """

    id: str
    fact: str
    stage: SchoolStage | Literal[""]
    table: str
    cells: tuple[tuple[Path, Path], ...]
    headers: tuple[Path, ...]
    factor: Fraction
    is_whole: bool
    is_optional: bool
    is_nothing_when_dashed: bool
    education: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kind:
    """A kind of school as the statistics call it, its code, and the stages it must report."""

    code: str
    names: tuple[str, ...]
    stages: tuple[SchoolStage, ...]


@dataclass(frozen=True)
class Sum:
    """A figure and those that add up to it, by id."""

    whole: str
    parts: tuple[str, ...]


@dataclass(frozen=True)
class Band:
    """Class sizes `lowest` to `highest` (None: open) under the texts that name the band."""

    lowest: int
    highest: int | None
    names: tuple[str, ...]


@dataclass(frozen=True)
class Layout:
    """One form of the tables. `digest` is the SHA-256 of its files, base first.

    `identity` has the labels of each field of `IDENTITY_FIELDS`; `words` the folded texts for
    counted and not counted schools and for rows of totals; `stage_words` those that tell the stage
    of a workbook. `told_by` are tables whose presence tells this layout.
    """

    id: str
    name: Text
    document: str
    note: Text | None
    is_confirmed: bool
    told_by: tuple[str, ...]
    identity_table: str
    identity: Mapping[str, tuple[str, ...]]
    words: Mapping[str, tuple[str, ...]]
    kinds: tuple[Kind, ...]
    stage_words: Mapping[SchoolStage, tuple[str, ...]]
    tables: Mapping[str, Table]
    figures: Mapping[str, Figure]
    sums: tuple[Sum, ...]
    class_tables: Mapping[Stage, str]
    bands: tuple[Band, ...]
    digest: str

    def kind(self, word: str) -> Kind | None:
        """Return the kind of school of a word, or None."""
        wanted = folded(word)
        return next((kind for kind in self.kinds if wanted in kind.names), None)

    def kind_of_code(self, code: str) -> Kind | None:
        """Return the kind of school of a code, or None."""
        return next((kind for kind in self.kinds if kind.code == code), None)

    def figures_of(self, stage: str) -> tuple[Figure, ...]:
        """Return the figures of a stage, or of the whole school for ""."""
        return tuple(figure for figure in self.figures.values() if figure.stage == stage)

    def sheets_of(self, table_id: str) -> tuple[str, ...]:
        """Return the table numbers under which a table's figures are looked for."""
        table = self.tables[table_id]
        return (table.id, *table.also)


IDENTITY_FIELDS = ("school_name", "school_id", "county", "kind", "is_counted", "parent")
WORD_LISTS = ("counted", "not_counted", "totals")


def layouts() -> tuple[Layout, ...]:
    """Return every layout that comes with the product, by id."""
    return tuple(load_layout(path.stem) for path in sorted(LAYOUTS_DIR.glob("*.toml")))


def load_layout(name: str = DEFAULT_LAYOUT_ID) -> Layout:
    """Return a layout by id, or from a file whose name ends in .toml.

    Raises
    ------
    NotFound
        There is no layout or file of that name.
    RuleSetError
        The file is faulty; the message names file, key and fault.
    """
    from junheng.engine.annual_statistics.layout_file import read_layout

    return read_layout(name, LAYOUTS_DIR)


__all__ = [
    "DEFAULT_LAYOUT_ID",
    "FIRST",
    "IDENTITY_FIELDS",
    "LAYOUTS_DIR",
    "ONLY",
    "SCHOOL_STAGES",
    "WORD_LISTS",
    "Band",
    "Figure",
    "Kind",
    "Layout",
    "SchoolStage",
    "Sum",
    "Table",
    "layouts",
    "load_layout",
]
