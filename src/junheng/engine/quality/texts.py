"""Checks of the texts behind the figures: misplaced separators, words read as missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from junheng.engine.quality.far import LEAST_SPREAD
from junheng.engine.quality.inspection import Figure, Hit, Inspection
from junheng.engine.quality.raw import readings
from junheng.engine.standard.unit_table import UNITS
from junheng.engine.store.session import literal
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from junheng.engine.quality.rules import QualityRule

_ODD_LOOKING = r"'[0-9][,.][0-9]{3}([^0-9]|$)|[0-9],'"


def separators(look: Inspection, rule: QualityRule) -> Iterator[Hit]:
    """Find numbers whose commas and points do not stand where they belong.

    A point before three digits may be a decimal point: it is odd only where the figure as read is
    far from its peers and the other reading is not.
    """
    least = rule.number("least_spread")
    for fact in look.facts_of(rule):
        for figure, text in _texts(look, fact.id, f"regexp_matches({{cell}}, {_ODD_LOOKING})"):
            found = readings(text)
            if not found:
                continue
            likely = _likeliest(
                look, fact.id, figure, found, reach=rule.number("limit"), least_spread=least
            )
            if "," not in text and (likely is None or likely == figure.value):
                continue
            yield Hit(
                rule,
                figure.unit_ix,
                fact.id,
                figure.value,
                say("“{text}” has separators in odd places.", text=text),
                expected=look.usual(fact.id, figure, least),
                likely=None if likely == figure.value else likely,
            )


def _likeliest(
    look: Inspection,
    field: str,
    figure: Figure,
    found: tuple[Fraction, ...],
    *,
    reach: float,
    least_spread: float,
) -> Fraction | None:
    """Return the reading nearest to the peers, None when none is near or there are no peers."""
    line = look.peers.get((field, figure.stage))
    if line is None:
        return None
    near = [(abs(line.distance(float(v), figure.pupils)), v) for v in found if v > 0]
    distance, value = min(near, default=(float("inf"), figure.value))
    return value if distance <= reach * max(line.spread, least_spread) else None


def unread(look: Inspection, rule: QualityRule) -> Iterator[Hit]:
    """Find cells that say something and are read as missing."""
    blanks = ", ".join(literal(word) for word in rule.words("blanks"))
    for fact in look.facts_of(rule):
        where = f"u.{fact.id} IS NULL AND {{cell}} NOT IN ({blanks})"
        for figure, text in _texts(look, fact.id, where):
            yield Hit(
                rule,
                figure.unit_ix,
                fact.id,
                None,
                say("The file says “{text}”, which is read as missing.", text=text),
                expected=look.usual(fact.id, figure, LEAST_SPREAD),
            )


def _texts(look: Inspection, field: str, where: str) -> Iterator[tuple[Figure, str]]:
    """Yield the figures and texts of a field that an SQL condition on `{cell}` picks."""
    raw = look.raw
    if raw is None:
        return
    for of_field, stage in raw.columns:
        header = raw.only_column(field, stage) if of_field == field else None
        if header is None:
            continue
        cell = raw.narrowed(header)
        rows = look.table.session.rows(
            f"SELECT u.unit_ix, u.pupils, CAST(COALESCE(u.{field}, 0) AS VARCHAR), {cell} "
            f"FROM {UNITS} u JOIN {raw.table.relation} r ON r.row_no = u.row_no "
            f"WHERE u.stage = '{stage}' AND u.pupils > 0 AND {cell} IS NOT NULL "
            f"AND {where.replace('{cell}', cell)} ORDER BY u.unit_ix"
        )
        for ix, pupils, scaled, text in rows:
            value = look.exact(field, scaled)
            yield Figure(int(str(ix)), stage, int(str(pupils)), value), str(text)
