"""What people decide about findings, and the table that follows from it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from junheng.engine.quality.raw import PUPILS
from junheng.engine.standard import unit_table
from junheng.engine.standard.unit_table import IDENTITY_COLUMNS, UNITS
from junheng.engine.standard.unit_table.figures import MAX_DECIMALS
from junheng.engine.store.session import literal
from junheng.engine.store.tables import SourceTable
from junheng.errors import DataError
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction

    from junheng.engine.standard.unit_table import UnitTable

DECIDED_ROWS = "quality_decided"

DecisionKind = Literal["corrected", "accepted", "open"]


@dataclass(frozen=True)
class Decision:
    """What was decided about one figure: corrected, accepted with a reason, or left open.

    `was` is the figure that was decided on, `value` the corrected one; None stands for missing.
    """

    unit_id: str
    field: str
    rule_id: str
    kind: DecisionKind
    was: Fraction | None
    value: Fraction | None = None
    reason: str = ""


def apply_decisions(table: UnitTable, decisions: Iterable[Decision]) -> UnitTable:
    """Return the table with every correction made, checked as a whole again.

    The session's relations then hold the new table: `table` and assessments of it are spent.

    Raises
    ------
    DataError
        A decision without its reason; a correction of a unit, field or figure that is not there.
    TableFaults
        The corrected table breaks a check of the contract.
    """
    all_of = tuple(decisions)
    for decision in all_of:
        _check_reason(decision)
    corrections = [d for d in all_of if d.kind == "corrected"]
    if not corrections:
        return table
    current = _figures(table, corrections)
    for decision in corrections:
        _check_current(table, decision, current)
    new = unit_table.read(_corrected(table, corrections), table.ruleset, is_mapped=True)
    return replace(new, warnings=table.warnings, ignored_columns=table.ignored_columns)


def _check_reason(decision: Decision) -> None:
    if decision.kind == "accepted" and not decision.reason.strip():
        raise DataError(
            say(
                "{unit}, {field}: accepted without a reason. Write why the figure is right.",
                unit=decision.unit_id,
                field=decision.field,
            )
        )


def _figures(table: UnitTable, decisions: list[Decision]) -> dict[tuple[str, str], str | None]:
    """Return the exact texts of all figures of the units that decisions name."""
    fields = (PUPILS, *table.decimals)
    texts = ", ".join(_exact_text(table, field) for field in fields)
    units = ", ".join(literal(unit) for unit in dict.fromkeys(d.unit_id for d in decisions))
    rows = table.session.rows(f"SELECT unit_id, {texts} FROM {UNITS} WHERE unit_id IN ({units})")
    return {
        (str(unit), field): None if text is None else str(text)
        for unit, *found in rows
        for field, text in zip(fields, found, strict=True)
    }


def _check_current(
    table: UnitTable, decision: Decision, current: dict[tuple[str, str], str | None]
) -> None:
    key = decision.unit_id, decision.field
    if key not in current:
        raise DataError(
            say(
                "This table has no figure “{field}” of unit {unit}. Decide on a current finding.",
                field=decision.field,
                unit=decision.unit_id,
            )
        )
    if current[key] != _written(table, decision.field, decision.was):
        raise DataError(
            say(
                "{unit}, {field}: the figure is now {now}, not {was}. Look at the findings again.",
                unit=decision.unit_id,
                field=decision.field,
                now=current[key] or "–",
                was="–" if decision.was is None else decision.was,
            )
        )


def _corrected(table: UnitTable, corrections: list[Decision]) -> SourceTable:
    identity = [c.id for c in IDENTITY_COLUMNS if c.id != PUPILS]
    names = (*identity, PUPILS, *table.decimals)
    by_field: dict[str, list[Decision]] = {}
    for decision in corrections:
        by_field.setdefault(decision.field, []).append(decision)
    columns = [f"NULLIF({'county' if name == 'county_code' else name}, '')" for name in identity]
    columns += [
        _replaced(_exact_text(table, field), by_field.get(field, []))
        for field in (PUPILS, *table.decimals)
    ]
    cells = ", ".join(f"{sql} AS c{ix}" for ix, sql in enumerate(columns))
    table.session.create(DECIDED_ROWS, f"SELECT row_no, {cells} FROM {UNITS} ORDER BY unit_ix")
    return SourceTable(table.session, DECIDED_ROWS, names, "")


def _exact_text(table: UnitTable, field: str) -> str:
    """SQL of a figure as plain decimal text with all its decimals."""
    decimals = table.decimals.get(field, 0)
    whole = f"CAST({field} AS HUGEINT)"
    if decimals == 0:
        return f"CAST({whole} AS VARCHAR)"
    scale = 10**decimals
    rest = f"LPAD(CAST({whole} % {scale} AS VARCHAR), {decimals}, '0')"
    return f"CAST({whole} // {scale} AS VARCHAR) || '.' || {rest}"


def _written(table: UnitTable, field: str, value: Fraction | None) -> str | None:
    """Return a value as `_exact_text` writes it."""
    if value is None:
        return None
    decimals = table.decimals.get(field, 0)
    scaled = value * 10**decimals
    digits = f"{int(scaled):0{decimals + 1}d}"
    cut = len(digits) - decimals
    return f"{digits[:cut]}.{digits[cut:]}" if decimals else digits


def _replaced(sql: str, corrections: list[Decision]) -> str:
    if not corrections:
        return sql
    cases = " ".join(
        f"WHEN {literal(d.unit_id)} THEN {literal(None if d.value is None else _decimal(d.value))}"
        for d in corrections
    )
    return f"CASE unit_id {cases} ELSE {sql} END"


def _decimal(value: Fraction) -> str:
    """Write a value as a plain decimal; DataError for one that has none of up to 18 decimals."""
    for decimals in range(MAX_DECIMALS + 1):
        scaled = value * 10**decimals
        if scaled.denominator == 1:
            digits = f"{scaled.numerator:0{decimals + 1}d}"
            cut = len(digits) - decimals
            return f"{digits[:cut]}.{digits[cut:]}" if decimals else digits
    raise DataError(say("{value} has no end as a decimal. Round it.", value=value))
