"""What filling in costs: rules as data, `rules/intake/burden.toml`."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING

from junheng.engine import contracts
from junheng.engine.contracts.records import FIELD_KINDS
from junheng.engine.standard.rulebook import RULES_DIR
from junheng.engine.standard.rulefile import reader_of
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from junheng.engine.standard.rulefile import Reader
    from junheng.engine.standard.ruleset import Text

FILE = RULES_DIR / "intake" / "burden.toml"


@dataclass(frozen=True)
class Expected:
    """Rows of a dataset that a school fills in: own, for each class, for each pupil.

    `share` is the part of them that is new or changed in a year.
    """

    dataset: str
    rows: Fraction
    per_class: Fraction
    per_pupil: Fraction
    share: Fraction

    def rows_filled(self, *, n_classes: int, n_pupils: int) -> Fraction:
        """Return the rows that a school of that size fills in within a year."""
        rows = self.rows + self.per_class * n_classes + self.per_pupil * n_pupils
        return rows * self.share


@dataclass(frozen=True)
class BurdenRules:
    """Seconds by kind of field and for rows and files; rows expected; what is taken elsewhere.

    `taken`: dataset and field to the dataset it can be taken from.
    """

    version: str
    source: Text
    cell_s: Mapping[str, int]
    row_s: int
    file_s: int
    looked_over_s: int
    datasets: tuple[Expected, ...]
    taken: Mapping[tuple[str, str], str]


@cache
def load(path: Path = FILE) -> BurdenRules:
    """Return the rules of a file; RuleFileError with everything wrong in it."""
    top = reader_of(path)
    top.text("id")
    rules = _rules(top)
    top.finish()
    _check_names(top, rules)
    top.faults.raise_any()
    return rules


def _rules(top: Reader) -> BurdenRules:
    cell_s, rest_s = top.inner("cell_s"), top.inner("rest_s")
    rules = BurdenRules(
        version=top.text("version"),
        source=top.name("source"),
        cell_s={kind: cell_s.whole(kind) for kind in FIELD_KINDS},
        row_s=rest_s.whole("row"),
        file_s=rest_s.whole("file"),
        looked_over_s=rest_s.whole("looked_over"),
        datasets=tuple(_expected(row) for row in top.rows("datasets", "dataset")),
        taken=dict(chain.from_iterable(map(_taken, top.rows("taken", "dataset")))),
    )
    cell_s.finish()
    rest_s.finish()
    return rules


def _expected(row: Reader) -> Expected:
    rows, per_class, per_pupil = (
        row.decimal(name) if row.has(name) else Fraction(0)
        for name in ("rows", "per_class", "per_pupil")
    )
    expected = Expected(row.text("dataset"), rows, per_class, per_pupil, row.decimal("share"))
    row.finish()
    return expected


def _taken(row: Reader) -> list[tuple[tuple[str, str], str]]:
    dataset, source = row.text("dataset"), row.text("from")
    taken = [((dataset, field), source) for field in row.texts("fields")]
    row.finish()
    return taken


def _check_names(top: Reader, rules: BurdenRules) -> None:
    """Note datasets and fields that there are not."""
    known = contracts.load().contracts
    named = [("datasets", one.dataset) for one in rules.datasets]
    named += [
        ("taken", name)
        for (dataset, _), source in rules.taken.items()
        for name in (dataset, source)
    ]
    for key, name in named:
        if name and name not in known:
            found = say("There is no dataset “{dataset}”.", dataset=name)
            top.fault(f"{key}[{name}]", found, say("Known: {known}.", known=", ".join(known)))
    for dataset, field in rules.taken:
        if dataset in known and field not in {f.id for f in known[dataset].fields}:
            found = say("There is no field “{field}” there.", field=field)
            top.fault(f"taken[{dataset}]", found, say("Name fields of that dataset."))
