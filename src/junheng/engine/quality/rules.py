"""Quality rules: what a table's figures are asked, read from `junheng/rules/quality/<id>.toml`.

A rule names a kind of check, the fields it looks at, its parameters with their reason, and how
grave and how sure a finding is. Fields are facts of a unit table, `pupils`, headers of the raw
table, or "*" for every fact.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from junheng.engine.standard.rulebook import RULES_DIR
from junheng.engine.standard.rulefile import FaultList, Reader
from junheng.engine.standard.ruleset import Confirmation, Source, Text
from junheng.engine.toml_file import checked_table
from junheng.errors import NotFound
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

QUALITY_DIR = RULES_DIR / "quality"
GENERAL = "unit-table"
EVERY_FACT = "*"

Kind = Literal[
    "code_value",
    "separators",
    "slip",
    "unread",
    "zero",
    "part_of",
    "sum",
    "repeated",
    "outlier",
    "last_year",
]
Only = Literal["all", "measured", "counted"]
Severity = Literal["error", "warning"]
Confidence = Literal["high", "medium", "low"]

PARAMS: Mapping[Kind, frozenset[str]] = {
    "code_value": frozenset({"codes", "times", "factor", "apart"}),
    "separators": frozenset({"limit", "least_spread"}),
    "slip": frozenset({"factors", "limit", "within", "least_spread"}),
    "unread": frozenset({"blanks"}),
    "zero": frozenset({"zero_share", "least_count"}),
    "part_of": frozenset({"tolerance"}),
    "sum": frozenset({"tolerance"}),
    "repeated": frozenset({"at_least"}),
    "outlier": frozenset({"limit", "factor", "apart", "least_spread"}),
    "last_year": frozenset({"limit", "factor", "apart", "least_spread"}),
}
"""The parameters that each kind of check needs."""

WORDS = frozenset({"codes", "factors", "blanks"})
"""Parameters that are a list of words in one text."""

NEED_OTHERS: frozenset[Kind] = frozenset({"part_of", "sum", "repeated"})


@dataclass(frozen=True)
class QualityRule:
    """One question to the figures of a table.

    `fields` are the suspects, `others` what they are compared with: parts of a sum, the whole of
    a part, the column that may have been copied. `only` keeps a rule to facts that are measured
    (areas, money) or counted (persons, rooms).
    """

    id: str
    kind: Kind
    name: Text
    fields: tuple[str, ...]
    others: tuple[str, ...]
    only: Only
    params: Mapping[str, Fraction | str | int]
    reason: Text
    severity: Severity
    confidence: Confidence
    source: Source

    def number(self, name: str) -> float:
        """Return a parameter as a number."""
        return float(self.params[name])

    def words(self, name: str) -> tuple[str, ...]:
        """Return a parameter that lists words."""
        return tuple(str(self.params[name]).split())


@dataclass(frozen=True)
class QualityRules:
    """A file of quality rules, in order of precedence; `digest` is the SHA-256 of its bytes."""

    id: str
    version: str
    rules: tuple[QualityRule, ...]
    digest: str


def available(folder: Path = QUALITY_DIR) -> tuple[str, ...]:
    """Return the ids of the shipped files."""
    return tuple(sorted(path.stem for path in folder.glob("*.toml")))


def load(name: str = GENERAL, *, folder: Path = QUALITY_DIR) -> QualityRules:
    """Return shipped quality rules by id, or those of a file whose path ends in .toml.

    Raises `NotFound` for an unknown id or file, `RuleSetError` with every fault of a file.
    """
    path = Path(name) if name.endswith(".toml") else folder / f"{name}.toml"
    if not path.is_file():
        raise NotFound(
            say(
                "There are no quality rules “{name}”. Known: {known}.",
                name=name,
                known=", ".join(available(folder)),
            )
        )
    return parse(path.read_bytes(), name=str(path))


def parse(content: bytes, *, name: str) -> QualityRules:
    """Return the rules written in TOML; `name` stands for the file in messages.

    Raises `RuleSetError` with every fault.
    """
    faults = FaultList(name)
    top = Reader(checked_table(content, name), "", faults)
    rules = QualityRules(
        id=top.text("id"),
        version=top.text("version"),
        rules=tuple(_rule(row) for row in top.rows("rules", "id")),
        digest=sha256(content).hexdigest(),
    )
    top.finish()
    faults.raise_any()
    return rules


def _rule(row: Reader) -> QualityRule:
    rule = QualityRule(
        id=row.identifier("id"),
        kind=row.choice("kind", get_args(Kind)),
        name=row.name("name"),
        fields=row.texts("fields"),
        others=row.texts("others"),
        only=row.choice("only", get_args(Only)) if row.has("only") else "all",
        params=row.params("params"),
        reason=row.name("reason"),
        severity=row.choice("severity", get_args(Severity)),
        confidence=row.choice("confidence", get_args(Confidence)),
        source=_source(row.inner("source")),
    )
    row.finish()
    _check_params(row, rule)
    if rule.kind in NEED_OTHERS and not rule.others:
        row.fault("others", say("This kind compares columns."), say("Name the other columns."))
    return rule


def _source(table: Reader) -> Source:
    source = Source(
        document=table.text("document"),
        confirmation=table.choice("confirmation", get_args(Confirmation)),
        clause=table.text("clause", default=""),
    )
    table.finish()
    return source


def _check_params(row: Reader, rule: QualityRule) -> None:
    wanted = PARAMS[rule.kind]
    if set(rule.params) != wanted:
        row.fault(
            "params",
            say("The parameters are: {names}.", names=", ".join(sorted(rule.params)) or "–"),
            say("This kind needs: {names}.", names=", ".join(sorted(wanted))),
        )
    for name in wanted & set(rule.params):
        if isinstance(rule.params[name], str) and name not in WORDS:
            row.fault(
                f"params.{name}",
                say("This parameter is not a number: {value}.", value=rule.params[name]),
                say("Write a whole number, or a decimal in quotes such as “0.05”."),
            )
