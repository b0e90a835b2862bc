"""Finding suspicious figures in a unit table, those that move a verdict first."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from junheng.engine.quality import columns, far, texts, years
from junheng.engine.quality.effect import FLAGGED, Effects
from junheng.engine.quality.inspection import Hit, Inspection
from junheng.engine.standard.assess import assess
from junheng.engine.standard.unit_table import UNITS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from fractions import Fraction

    from junheng.engine.quality.outcomes import Effect
    from junheng.engine.quality.raw import RawTexts
    from junheng.engine.quality.rules import Confidence, Kind, QualityRule
    from junheng.engine.standard.assess import Assessment
    from junheng.engine.standard.unit_table import UnitTable
    from junheng.i18n import Message

CHECKS: Mapping[Kind, Callable[[Inspection, QualityRule], Iterator[Hit]]] = {
    "code_value": far.code_values,
    "separators": texts.separators,
    "slip": far.slips,
    "unread": texts.unread,
    "zero": far.zeros,
    "part_of": columns.parts_of,
    "sum": columns.sums,
    "repeated": columns.repeated,
    "outlier": far.outliers,
    "last_year": years.changes,
}

_SURENESS: Mapping[Confidence, int] = {"high": 0, "medium": 1, "low": 2}


@dataclass(frozen=True)
class Finding:
    """One suspicious figure, and what it does to the results.

    `field` is a fact, `pupils`, or a header of the raw table; `others` are the columns it was
    compared with. `expected` is the usual range of units of that size, `likely` the value that a
    slip explains. `also` names further rules that find fault with the figure. `effect` is None
    where the figure enters no indicator, or the unit is excluded.
    """

    rule: QualityRule
    unit_id: str
    school_name: str
    county: str
    stage: str
    row_no: int
    field: str
    others: tuple[str, ...]
    value: Fraction | None
    expected: tuple[float, float] | None
    likely: Fraction | None
    confidence: Confidence
    found: Message
    also: tuple[str, ...]
    effect: Effect | None


def find(
    table: UnitTable,
    rules: Iterable[QualityRule],
    *,
    last_year: UnitTable | None = None,
    raw: RawTexts | None = None,
    assessment: Assessment | None = None,
) -> tuple[Finding, ...]:
    """Return what is suspicious in a table, each figure once, by its effect on the verdicts.

    Parameters
    ----------
    table
        Read by `unit_table.read` or `measures.read_mapped`.
    rules
        See `rules.load`. A rule whose columns the table does not have finds nothing.
    last_year
        The table of a year before, in a session of its own.
    raw
        The file's own texts, in the session of `table`; without them separators, words read as
        missing and columns outside the unit table are not looked at.
    assessment
        Of this table, when there is one already; its relations must still stand in the session.

    Returns
    -------
    tuple of Finding
        First those that change a county's verdict, then a unit's, then most statuses, then the
        largest change of a coefficient.
    """
    look = Inspection(table, raw, last_year)
    if last_year is not None:
        years.load_last_year(table.session, last_year)
    hits = [hit for rule in rules for hit in CHECKS[rule.kind](look, rule)]
    if not hits:
        return ()
    effects = Effects(assessment or assess(table), {hit.unit_ix for hit in hits})
    who = _who(table)
    found = [_finding(group, effects, who) for group in _by_figure(hits)]
    return tuple(sorted(found, key=_weight))


def _by_figure(hits: Iterable[Hit]) -> Iterator[list[Hit]]:
    """Yield the hits on each figure: the surest speaks first, then the first rule in order."""
    groups: dict[tuple[int, str], list[Hit]] = defaultdict(list)
    for hit in hits:
        groups[hit.unit_ix, hit.field].append(hit)
    for group in groups.values():
        yield sorted(group, key=lambda hit: _SURENESS[hit.rule.confidence])


_Who = tuple[str, str, str, str, int]


def _who(table: UnitTable) -> dict[int, _Who]:
    """Id, school, county, stage and row of the flagged units."""
    rows = table.session.rows(
        "SELECT unit_ix, unit_id, COALESCE(school_name, ''), county, stage, row_no "
        f"FROM {UNITS} JOIN {FLAGGED} USING (unit_ix)"
    )
    return {
        int(str(ix)): (str(unit), str(name), str(county), str(stage), int(str(row_no)))
        for ix, unit, name, county, stage, row_no in rows
    }


def _finding(group: list[Hit], effects: Effects, who: Mapping[int, _Who]) -> Finding:
    first = group[0]
    unit_id, school_name, county, stage, row_no = who[first.unit_ix]
    further = dict.fromkeys(hit.rule.id for hit in group[1:] if hit.rule.id != first.rule.id)
    return Finding(
        rule=first.rule,
        unit_id=unit_id,
        school_name=school_name,
        county=county,
        stage=stage,
        row_no=row_no,
        field=first.field,
        others=first.others,
        value=effects.value(first.unit_ix, first.field, first.value),
        expected=first.expected,
        likely=first.likely,
        confidence=first.rule.confidence,
        found=first.found,
        also=tuple(further),
        effect=effects.effect(first.unit_ix, first.field, first.likely),
    )


def _weight(finding: Finding) -> tuple[object, ...]:
    """Sort key: what moves most comes first; equal findings stand in the order of the file."""
    e = finding.effect
    moved = (
        (False, False, 0, 0.0)
        if e is None
        else (e.changes_county, e.changes_unit, e.n_statuses_changed, e.cv_change)
    )
    return (
        *(-float(m) for m in moved),
        _SURENESS[finding.confidence],
        finding.row_no,
        finding.field,
    )
