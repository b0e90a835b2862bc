"""Checks between columns of one table: parts and wholes, sums, copied figures."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from junheng.engine.quality.far import LEAST_SPREAD
from junheng.engine.quality.inspection import Figure, Hit, Inspection
from junheng.engine.standard.unit_table import UNITS
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from junheng.engine.quality.rules import QualityRule
    from junheng.i18n import Message

# Figures are compared as doubles: sums of decimals may err in the last place.
ROUNDING = 1e-9

_NUMBER = r"'[0-9]+(\.[0-9]+)?'"


@dataclass(frozen=True)
class _Row:
    figure: Figure
    texts: tuple[str | None, ...]


@dataclass(frozen=True)
class _Columns:
    """SQL to read some columns side by side, all facts of the unit table or all raw headers."""

    names: tuple[str, ...]
    is_raw: bool
    source: str
    values: tuple[str, ...]
    texts: tuple[str, ...]


def parts_of(look: Inspection, rule: QualityRule) -> Iterator[Hit]:
    """Find a part larger than its whole."""
    whole = rule.others[0]
    for part in rule.fields:
        columns = _columns(look, (part, whole))
        if columns is None:
            continue
        inner, outer = columns.values
        slack = f"1 + {ROUNDING + rule.number('tolerance')!r}"
        for row in _rows(look, columns, f"{inner} > {outer} * ({slack})"):
            found = say("A part that is larger than the whole it belongs to.")
            yield _hit(look, rule, columns, row, found)


def sums(look: Inspection, rule: QualityRule) -> Iterator[Hit]:
    """Find a total that is not the sum of its parts."""
    for total in rule.fields:
        names = (total, *rule.others)
        columns = _columns(look, names)
        if columns is None:
            continue
        whole, *parts = columns.values
        together = " + ".join(parts)
        slack = f"{ROUNDING + rule.number('tolerance')!r} * GREATEST({whole}, {together})"
        for row in _rows(look, columns, f"ABS({whole} - ({together})) > {slack}"):
            added = sum((Fraction(text or 0) for text in row.texts[1:]), Fraction(0))
            found = say("The parts add up to {sum}.", sum=float(added))
            yield _hit(look, rule, columns, row, found)


def repeated(look: Inspection, rule: QualityRule) -> Iterator[Hit]:
    """Find a figure that stands in another column, too."""
    for field in rule.fields:
        for other in rule.others:
            columns = _columns(look, (field, other))
            if columns is None:
                continue
            one, two = columns.values
            for row in _rows(
                look, columns, f"{one} = {two} AND {one} >= {rule.number('at_least')!r}"
            ):
                found = say("The same figure stands in another column: probably copied.")
                yield _hit(look, rule, columns, row, found)


def _columns(look: Inspection, names: tuple[str, ...]) -> _Columns | None:
    """Return where the named columns stand; None when this table has not all of them."""
    if all(look.has_column(name) for name in names):
        values = tuple(look.value_sql(name) for name in names)
        return _Columns(
            names, False, f"{UNITS} u", values, tuple(f"CAST({v} AS VARCHAR)" for v in values)
        )
    raw = look.raw
    headers = [raw.header_of(name) for name in names] if raw else [None]
    known = tuple(header for header in headers if header is not None)
    if raw is None or len(known) < len(names):
        return None
    texts = tuple(
        f"NULLIF(regexp_extract(replace({raw.narrowed(header)}, ',', ''), {_NUMBER}), '')"
        for header in known
    )
    source = f"{UNITS} u JOIN {raw.table.relation} r ON r.row_no = u.row_no"
    return _Columns(known, True, source, tuple(f"TRY_CAST({t} AS DOUBLE)" for t in texts), texts)


def _rows(look: Inspection, columns: _Columns, where: str) -> list[_Row]:
    rows = look.table.session.rows(
        f"SELECT u.unit_ix, u.stage, u.pupils, {', '.join(columns.texts)} FROM {columns.source} "
        f"WHERE {where} ORDER BY u.unit_ix"
    )
    return [
        _Row(
            Figure(int(str(ix)), str(stage), int(str(pupils)), Fraction(0)),
            tuple(None if text is None else str(text) for text in texts),
        )
        for ix, stage, pupils, *texts in rows
    ]


def _hit(
    look: Inspection,
    rule: QualityRule,
    columns: _Columns,
    row: _Row,
    found: Message,
) -> Hit:
    """Return the hit at the first of the columns that the assessment knows."""
    figure = row.figure
    fields = [_field(look, columns, name, figure.stage) for name in columns.names]
    place = next((ix for ix, field in enumerate(fields) if look.has_column(field)), 0)
    text = row.texts[place]
    others = tuple(field for ix, field in enumerate(fields) if ix != place)
    value = None if text is None else Fraction(text)
    expected = look.usual(fields[place], figure, LEAST_SPREAD)
    return Hit(rule, figure.unit_ix, fields[place], value, found, others, expected)


def _field(look: Inspection, columns: _Columns, name: str, stage: str) -> str:
    if not columns.is_raw or look.raw is None:
        return name
    return look.raw.field_of(name, stage) or name
