"""How the result of a platform is laid out: data, `rules/reconciliation/platform.toml`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from junheng.engine.standard.rulebook import RULES_DIR
from junheng.engine.standard.rulefile import reader_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction
    from pathlib import Path

    from junheng.engine.standard.ruleset import Text

FILE = RULES_DIR / "reconciliation" / "platform.toml"
REQUIRED = ("unit", "stage", "indicator", "value")
COLUMNS = (*REQUIRED, "verdict", "pupils")
WORDS = ("primary", "junior", "met", "not_met")


@dataclass(frozen=True)
class Layout:
    """Names of columns, words in them, and how far two figures may lie apart."""

    id: str
    version: str
    confirmation: str
    columns: Mapping[str, tuple[str, ...]]
    words: Mapping[str, tuple[str, ...]]
    coefficient_marks: tuple[str, ...]
    cell_tolerance: Fraction
    coefficient_tolerance: Fraction
    reason: Text


def load(path: Path = FILE) -> Layout:
    """Return the layout of a file; RuleFileError with everything wrong in it."""
    top = reader_of(path)
    columns, words, rows = top.inner("columns"), top.inner("words"), top.inner("rows")
    tolerance = top.inner("tolerance")
    layout = Layout(
        id=top.text("id"),
        version=top.text("version"),
        confirmation=top.text("confirmation"),
        columns={name: columns.texts(name) for name in COLUMNS},
        words={name: words.texts(name) for name in WORDS},
        coefficient_marks=rows.texts("coefficient_marks"),
        cell_tolerance=tolerance.decimal("cell"),
        coefficient_tolerance=tolerance.decimal("coefficient"),
        reason=tolerance.name("reason"),
    )
    for reader in (columns, words, rows, tolerance, top):
        reader.finish()
    top.faults.raise_any()
    return layout
