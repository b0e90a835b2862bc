"""Tables II-1, II-2 and III of the application form, in its order and with its decimals."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from junheng.apps.reports import words
from junheng.apps.reports.basis import STAGES, data_digest
from junheng.engine.documents import Document, Paragraph, Table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from junheng.apps.balance.api import AssessedUnit
    from junheng.apps.reports.basis import Basis
    from junheng.engine.documents import Block, Cell
    from junheng.engine.standard.working import CellWorking


def write(basis: Basis, made_at: datetime) -> tuple[Document, ...]:
    """Return the three tables, each a paper of its own; the long one lies across the page."""
    digest = data_digest(basis.assessment, basis.units)
    papers: tuple[tuple[tuple[Block, ...], str], ...] = (
        ((met_table(basis),), "form"),
        ((unit_table(basis), Paragraph(_remark(basis), is_note=True)), "wide"),
        ((dispersion_table(basis),), "form"),
    )
    return tuple(
        Document(
            gettext("Application form: high-quality, balanced compulsory education"),
            blocks,
            subtitle=f"{words.bureau_name(basis.assessment)} · {words.time_line(basis.assessment)}",
            foot=words.foot_line(basis, digest, made_at),
            layout=layout,
        )
        for blocks, layout in papers
    )


def _remark(basis: Basis) -> str:
    n_left = len(basis.units) - len(basis.in_scope)
    return gettext(
        "Remark: numbers of the indicators that reach the standard; after the stroke those that "
        "reach only 85 %% of it. Sponsor code as in the form. Blank: not in the registry. %(n)d "
        "stage units are not assessed and not listed."
    ) % {"n": n_left}


def met_table(basis: Basis) -> Table:
    """Return table II-1: how many stage units meet each indicator, by stage."""
    headers = [gettext("Indicator")]
    for stage in STAGES:
        told = {"stage": words.stage_word(stage)}
        headers += [
            gettext("%(stage)s: schools") % told,
            gettext("%(stage)s: meeting") % told,
            gettext("%(stage)s: share (%%)") % told,
        ]
    rows = []
    for indicator in basis.rules.indicators:
        row: list[Cell] = [f"{indicator.number} {words.name_of(indicator)}"]
        for stage in STAGES:
            units = basis.of_stage(stage)
            met = sum(basis.cells[u.pk][indicator.id].status == "met" for u in units)
            row += [len(units), met, _percent(met, len(units))]
        rows.append(tuple(row))
    rows.append(_passing(basis))
    places = basis.rules.presentation.ratio_decimals
    return Table(
        tuple(headers),
        tuple(rows),
        (5.5, 1.6, 1.6, 1.7, 1.6, 1.6, 1.7),
        "lrrrrrr",
        caption=gettext("Table II-1: schools that meet the indicators"),
        name=gettext("Table II-1"),
        formats={3: places, 6: places},
    )


def _passing(basis: Basis) -> tuple[Cell, ...]:
    row: list[Cell] = [gettext("Schools that pass as a whole")]
    for stage in STAGES:
        units = basis.of_stage(stage)
        n_pass = sum(unit.verdict == "pass" for unit in units)
        row += [len(units), n_pass, _percent(n_pass, len(units))]
    return tuple(row)


def _percent(part: int, whole: int) -> Fraction | None:
    return Fraction(part * 100, whole) if whole else None


def unit_table(basis: Basis) -> Table:
    """Return table II-2: one line for each stage unit, in the order of the annual statistics."""
    indicators = basis.rules.indicators
    headers = (
        gettext("No."),
        gettext("School"),
        gettext("Sponsor code"),
        gettext("Pupils"),
        gettext("Grades"),
        gettext("Classes"),
        *(f"{i.number} {i.short_name.of('zh')}" for i in indicators),
        gettext("Passes"),
        gettext("Remark"),
    )
    rows = tuple(
        _unit_row(basis, number, unit) for number, unit in enumerate(basis.in_scope, start=1)
    )
    first, last = 6, 6 + len(indicators)
    return Table(
        headers,
        rows,
        (0.8, 4, 1, 1.2, 0.9, 0.9, *(1.25 for _ in indicators), 0.9, 2),
        f"clcrrr{'r' * len(indicators)}cl",
        caption=gettext("Table II-2: the seven indicators school by school"),
        name=gettext("Table II-2"),
        formats=dict.fromkeys(range(first, last), basis.rules.presentation.school_decimals),
    )


def _unit_row(basis: Basis, number: int, unit: AssessedUnit) -> tuple[Cell, ...]:
    cells = list(basis.cells[unit.pk].values())
    classes = basis.classes.get((unit.school_id, unit.stage))
    return (
        number,
        words.unit_name(unit, basis),
        basis.sponsors.get(unit.school_id),
        unit.pupils,
        classes.n_grades if classes else None,
        classes.n_classes if classes else None,
        *(cell.value for cell in cells),
        _passes(unit),
        _numbers(cells),
    )


def _passes(unit: AssessedUnit) -> str:
    if unit.verdict == "undetermined":
        return words.verdict_word(unit.verdict)
    return gettext("Yes") if unit.verdict == "pass" else gettext("No")


def _numbers(cells: Sequence[CellWorking]) -> str:
    """Return the numbers of the indicators met, and after a stroke of those between."""
    met = [cell.indicator.number for cell in cells if cell.status == "met"]
    between = [cell.indicator.number for cell in cells if cell.status == "between85"]
    text = ",".join(met)
    return f"{text} / {','.join(between)}" if between else text


def dispersion_table(basis: Basis) -> Table:
    """Return table III: the county's mean and coefficient of every indicator, by stage."""
    rules = basis.rules
    by_key = {(d.stage, d.indicator): d for d in basis.dispersions}
    headers = [gettext("Indicator")]
    for stage in STAGES:
        told = {"stage": words.stage_word(stage)}
        headers += [
            gettext("%(stage)s: mean") % told,
            gettext("%(stage)s: coefficient") % told,
            gettext("%(stage)s: limit") % told,
            gettext("%(stage)s: result") % told,
        ]
    rows = []
    for indicator in rules.indicators:
        row: list[Cell] = [f"{indicator.number} {words.name_of(indicator)}"]
        for stage in STAGES:
            found = by_key.get((stage, indicator.id))
            if found is None:
                row += [None, None, None, words.NOTHING]
            else:
                row += [found.mean, found.cv, found.limit, words.dispersion_word(found.status)]
        rows.append(tuple(row))
    values, ratios = rules.presentation.school_decimals, rules.presentation.coefficient_decimals
    return Table(
        tuple(headers),
        tuple(rows),
        (3.8, 1.5, 1.3, 1, 1.8, 1.5, 1.3, 1, 1.8),
        "lrrrcrrrc",
        caption=gettext("Table III: means and coefficients of variation"),
        name=gettext("Table III"),
        formats={1: values, 2: ratios, 3: 2, 5: values, 6: ratios, 7: 2},
    )
