"""How far two sources of one figure may lie apart: rules as data, `rules/intake/sources.toml`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from junheng.engine.standard.rulebook import RULES_DIR
from junheng.engine.standard.rulefile import reader_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction
    from pathlib import Path

    from junheng.engine.standard.rulefile import Reader
    from junheng.engine.standard.ruleset import Text

FILE = RULES_DIR / "intake" / "sources.toml"


@dataclass(frozen=True)
class Tolerance:
    """Up to `within`, or the share `of` of the larger figure, two figures agree.

    Beyond `large` they are looked at first. Figures in the field's own unit.
    """

    within: Fraction
    large: Fraction
    of: Fraction
    reason: Text

    def agrees(self, low: Fraction, high: Fraction) -> bool:
        """Whether the lowest and the highest figure of several sources agree."""
        return high - low <= max(self.within, self.of * abs(high))

    def is_large(self, low: Fraction, high: Fraction) -> bool:
        """Whether two figures lie so far apart that they are looked at first."""
        return not self.agrees(low, high) and high - low > self.large


@dataclass(frozen=True)
class Tolerances:
    """The tolerance of each field; `default` for those not listed."""

    version: str
    default: Tolerance
    by_field: Mapping[str, Tolerance]

    def of(self, field: str) -> Tolerance:
        """Return the tolerance of a field."""
        return self.by_field.get(field, self.default)


@cache
def load(path: Path = FILE) -> Tolerances:
    """Return the tolerances of a file; RuleFileError with everything wrong in it."""
    top = reader_of(path)
    top.text("id")
    found = Tolerances(
        version=top.text("version"),
        default=_tolerance(top.inner("default")),
        by_field={row.text("field"): _tolerance(row) for row in top.rows("fields", "field")},
    )
    top.finish()
    top.faults.raise_any()
    return found


def _tolerance(row: Reader) -> Tolerance:
    within, large, of = (row.decimal(name) for name in ("within", "large", "of"))
    tolerance = Tolerance(within, large, of, row.name("reason"))
    row.finish()
    return tolerance
