"""Working pages: one figure with everything needed to redo it by hand."""

from __future__ import annotations

from dataclasses import dataclass
from math import isclose
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from junheng.apps.balance.findings import corrections_in
from junheng.apps.balance.kept import open_kept
from junheng.apps.balance.present import words
from junheng.apps.balance.present.findings import decision_shown, field_name
from junheng.apps.balance.redoing import cell_redone, coefficient_redone, units_in_scope
from junheng.apps.balance.stored import ends, figure_text
from junheng.apps.foundation.shown import language
from junheng.engine.quality.raw import PUPILS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from fractions import Fraction

    from junheng.apps.balance.models import AssessedDispersion, AssessedUnit, Assessment
    from junheng.apps.balance.present.findings import DecisionShown
    from junheng.engine.standard import working
    from junheng.engine.standard.ruleset import Indicator, RuleSet, Source

SHORT_FRACTION = 24
SAME_TO = 1e-12


@dataclass(frozen=True)
class Line:
    """One line of a formula: beside a fraction what stands left and right of it."""

    left: str
    numerator: str = ""
    denominator: str = ""
    right: str = ""


@dataclass(frozen=True)
class Term:
    """One term of a formula with its value as written in the table."""

    symbol: str
    name: str
    value: str
    unit: str
    source: str
    row_no: int | None = None


@dataclass(frozen=True)
class Work:
    """A working as the component shows it."""

    title: str
    subject: str
    status: str
    verdict_text: str
    lines: tuple[Line, ...]
    terms: tuple[Term, ...]
    result: str
    shown: str
    threshold: str
    steps: tuple[str, ...]
    rule_text: str
    document: str
    clause: str
    tag: str
    rules: str
    data: str


@dataclass(frozen=True)
class Recomputed:
    """A figure redone from the stored facts beside the stored one."""

    stored: str
    redone: str
    is_equal: bool


@dataclass(frozen=True)
class ShareRow:
    """One unit's line in the working of a coefficient."""

    name: str
    url: str
    amount: str
    pupils: str
    value: str
    weight: str
    difference: str
    contribution: str


@dataclass(frozen=True)
class CorrectionShown:
    """A figure that was corrected before the table was measured."""

    name: str
    field: str
    decision: DecisionShown


@dataclass(frozen=True)
class WorkingShown:
    """A working page: the working, the units of a coefficient, and the figure redone."""

    work: Work
    recomputed: Recomputed
    shares: tuple[ShareRow, ...] = ()
    left_out: str = ""
    corrections: tuple[CorrectionShown, ...] = ()


def unrounded(value: Fraction | float | None) -> str:
    """Write a value in full: the exact fraction where it is short, and its decimals.

    >>> unrounded(Fraction(1, 3))
    '1/3 ≈ 0.333333333333333'
    """
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"≈ {value:.15g}"
    exact = f"{value.numerator}/{value.denominator}"
    if ends(value):
        return words.exact_decimal(value)
    decimals = f"≈ {float(value):.15g}"
    return f"{exact} {decimals}" if len(exact) <= SHORT_FRACTION else decimals


# --- one figure of a unit -------------------------------------------------------------------------


def of_cell(unit: AssessedUnit, indicator_id: str) -> WorkingShown:
    """Return the working of one indicator of one unit, redone from its stored facts."""
    rules = open_kept(unit.assessment.ruleset)
    redone = cell_redone(unit, indicator_id)
    cell = unit.cells[indicator_id]
    return WorkingShown(
        work=_cell_work(unit, rules, redone),
        recomputed=_recomputed(cell["value"], redone.value, cell["status"], redone.status),
        corrections=_corrections(unit.assessment, rules, redone.indicator, {unit.unit_id: unit}),
    )


def _cell_work(unit: AssessedUnit, rules: RuleSet, redone: working.CellWorking) -> Work:
    indicator = redone.indicator
    spoken = language()
    places = rules.presentation.school_decimals
    unit_text = indicator.unit.of(spoken)
    return Work(
        title=words.indicator_label(indicator),
        subject=f"{words.unit_name(unit)} · {words.stage_word(unit.stage)} · {unit.unit_id}",
        status=words.shown_status(redone.status),
        verdict_text=_cell_verdict(rules, redone),
        lines=_cell_lines(redone),
        terms=_cell_terms(unit, redone),
        result=f"{unrounded(redone.value)} {unit_text}",
        shown="–" if redone.value is None else f"{words.figure(redone.value, places)} {unit_text}",
        threshold=_threshold(redone),
        steps=tuple(_cell_steps(redone)),
        rule_text=indicator.source.note.of(spoken)
        if indicator.source.note
        else indicator.name.of(spoken),
        **_rule(indicator.source),
        **_foot(unit.assessment),
    )


def _threshold(redone: working.CellWorking) -> str:
    if redone.threshold is None:
        return ""
    return f"≥ {unrounded(redone.threshold)} {redone.indicator.unit.of(language())}"


def _cell_verdict(rules: RuleSet, redone: working.CellWorking) -> str:
    if redone.gap:
        lack = words.gap_amount(rules, redone.indicator, _plain(redone.gap))
        return gettext("%(lack)s are missing to the standard.") % {"lack": lack}
    if redone.value is None:
        return gettext("A term of the formula is blank in the table.")
    if words.is_compared(rules):
        return gettext("Compared between schools, not judged.")
    return ""


def _plain(gap: Fraction) -> float:
    return int(gap) if gap.denominator == 1 else float(gap)


def _symbol(at: int) -> str:
    return f"x{at + 1}"


def _sum(parts: Sequence[tuple[int, str]]) -> str:
    """Write a weighted sum: `x1 − x2`."""
    text = ""
    for weight, name in parts:
        factor = "" if abs(weight) == 1 else f"{abs(weight)} × "
        sign = "" if not text and weight > 0 else ("−" if weight < 0 else "+")
        text += f" {sign} {factor}{name}" if text else f"{sign}{factor}{name}"
    return text


def _cell_lines(redone: working.CellWorking) -> tuple[Line, ...]:
    per = "" if redone.indicator.per == 1 else f"{redone.indicator.per} × "
    spoken = language()
    named = _sum([(t.weight, t.fact.name.of(spoken)) for t in redone.terms])
    values = _sum(
        [(t.weight, "–" if t.value is None else figure_text(t.value)) for t in redone.terms]
    )
    pupils = gettext("pupils")
    result = unrounded(redone.value)
    return (
        Line(f"X = {per}", named, pupils),
        Line(f"X = {per}", values, str(redone.pupils), f"= {result}"),
    )


def _cell_terms(unit: AssessedUnit, redone: working.CellWorking) -> tuple[Term, ...]:
    spoken = language()
    source = words.source_name(unit.assessment)
    facts = tuple(
        Term(
            _symbol(at),
            term.fact.name.of(spoken),
            "–" if term.value is None else _exact(term.value),
            term.fact.unit.of(spoken),
            source,
            unit.row_no,
        )
        for at, term in enumerate(redone.terms)
    )
    pupils = Term(
        "P",
        gettext("Pupils"),
        words.figure(redone.pupils, 0),
        gettext("persons"),
        source,
        unit.row_no,
    )
    return (*facts, pupils)


def _cell_steps(redone: working.CellWorking) -> list[str]:
    """Say how the value was judged, in the order of the rule."""
    if redone.threshold is None or redone.value is None or redone.floor is None:
        return []
    facts = {
        "value": _short(redone.value),
        "threshold": unrounded(redone.threshold),
        "floor": unrounded(redone.floor),
    }
    if redone.status == "met":
        return [gettext("%(value)s ≥ %(threshold)s: the standard is met.") % facts]
    below = gettext("%(value)s < %(threshold)s: the standard is not met.") % facts
    if redone.status == "between85":
        floor = gettext("%(value)s ≥ %(floor)s (85 %% of the standard): may stay once.") % facts
    else:
        floor = gettext("%(value)s < %(floor)s (85 %% of the standard): may not stay.") % facts
    return [below, floor]


# --- a coefficient --------------------------------------------------------------------------------


def of_dispersion(
    row: AssessedDispersion, assessment: Assessment, units: Sequence[AssessedUnit]
) -> WorkingShown:
    """Return the working of a coefficient, redone from the facts of all units in scope."""
    rules = open_kept(assessment.ruleset)
    redone = coefficient_redone(row, assessment, units)
    indicator = redone.indicator
    in_scope = units_in_scope(row, units)
    by_id = {u.unit_id: u for u in in_scope}
    return WorkingShown(
        work=_dispersion_work(assessment, rules, redone),
        recomputed=_recomputed(row.cv, redone.cv, row.status, redone.status),
        shares=tuple(_share(s, indicator, by_id) for s in redone.shares),
        left_out=gettext(", ").join(words.unit_name(by_id[i]) for i in redone.left_out),
        corrections=_corrections(assessment, rules, indicator, by_id),
    )


def _dispersion_work(
    assessment: Assessment, rules: RuleSet, redone: working.DispersionWorking
) -> Work:
    spoken = language()
    places = rules.presentation.coefficient_decimals
    name = words.indicator_label(redone.indicator)
    source = redone.source
    return Work(
        title=gettext("Coefficient of variation between schools: %(name)s") % {"name": name},
        subject=f"{assessment.bureau.name} · {words.stage_word(redone.stage)}",
        status=words.shown_status(redone.status),
        verdict_text=gettext("%(n)d units enter the coefficient.") % {"n": len(redone.shares)},
        lines=_dispersion_lines(redone),
        terms=_dispersion_terms(redone),
        result=unrounded(redone.cv),
        shown="–" if redone.cv is None else words.figure(redone.cv, places),
        threshold="" if redone.limit is None else f"≤ {unrounded(redone.limit)}",
        steps=tuple(_dispersion_steps(redone)),
        rule_text=source.note.of(spoken) if source.note else rules.name.of(spoken),
        **_rule(source),
        **_foot(assessment),
    )


def _dispersion_lines(redone: working.DispersionWorking) -> tuple[Line, ...]:
    per = "" if redone.indicator.per == 1 else f"{redone.indicator.per} × "
    return (
        Line("M = " + per, "Σ x", "Σ P", f"= {unrounded(redone.mean)}"),
        Line("S = √ Σ (P / Σ P) × (X − M)²", right=f"{unrounded(redone.sd)}"),
        Line("CV =", "S", "M", f"{unrounded(redone.cv)}"),
    )


def _dispersion_terms(redone: working.DispersionWorking) -> tuple[Term, ...]:
    spoken = language()
    below = gettext("table of units below")
    per_pupil = redone.indicator.unit.of(spoken)
    return (
        Term("Σ x", gettext("Sum of the figure over the units"), _exact(redone.amount), "", below),
        Term(
            "Σ P",
            gettext("Sum of pupils"),
            words.figure(redone.pupils, 0),
            gettext("persons"),
            below,
        ),
        Term("M", gettext("Mean weighted by pupils"), _short(redone.mean), per_pupil, ""),
        Term("S²", gettext("Sum of the contributions"), _short(redone.variance), "", below),
        Term("S", gettext("Standard deviation"), _short(redone.sd), per_pupil, ""),
    )


def _exact(value: Fraction) -> str:
    return words.grouped(words.exact_decimal(value)) if ends(value) else unrounded(value)


def _short(value: Fraction | float | None) -> str:
    return "–" if value is None else f"{float(value):.9g}"


def _dispersion_steps(redone: working.DispersionWorking) -> list[str]:
    if redone.limit is None or redone.cv is None:
        return []
    facts = {"cv": f"{redone.cv:.9g}", "limit": unrounded(redone.limit)}
    if redone.status == "within":
        return [gettext("%(cv)s ≤ %(limit)s: within the limit.") % facts]
    return [gettext("%(cv)s > %(limit)s: beyond the limit.") % facts]


def _share(
    share: working.DispersionShare, indicator: Indicator, by_id: Mapping[str, AssessedUnit]
) -> ShareRow:
    return ShareRow(
        name=words.unit_name(by_id[share.unit_id]),
        url=words.cell_url(by_id[share.unit_id], indicator.id),
        amount=_exact(share.amount),
        pupils=words.figure(share.pupils, 0),
        value=words.figure(share.value, 4),
        weight=words.figure(share.weight, 6),
        difference=words.figure(share.difference, 4),
        contribution=words.figure(share.contribution, 6),
    )


def _corrections(
    assessment: Assessment,
    rules: RuleSet,
    indicator: Indicator,
    by_id: Mapping[str, AssessedUnit],
) -> tuple[CorrectionShown, ...]:
    """Return the corrections of the figures that an indicator takes from these units."""
    fields = {PUPILS, *(fact for fact, _ in indicator.terms)}
    return tuple(
        CorrectionShown(
            words.unit_name(by_id[d["unit_id"]]), field_name(d["field"], rules), decided
        )
        for d in corrections_in(assessment.findings)
        if d["unit_id"] in by_id and d["field"] in fields and (decided := decision_shown(d))
    )


# --- both -----------------------------------------------------------------------------------------


def _rule(source: Source) -> dict[str, str]:
    return {
        "document": source.document,
        "clause": source.clause,
        "tag": source.confirmation,
    }


def _foot(assessment: Assessment) -> dict[str, str]:
    rules = open_kept(assessment.ruleset)
    digest = gettext("digest %(digest)s") % {"digest": rules.digest[:12]}
    return {
        "rules": f"{words.ruleset_line(assessment)} · {digest}",
        "data": words.source_line(assessment),
    }


def _recomputed(
    stored: float | None, redone: Fraction | float | None, status: str, new_status: str
) -> Recomputed:
    """Compare a stored figure with the one redone: to 12 digits, and the same status."""
    value = None if redone is None else float(redone)
    if stored is None or value is None:
        is_near = stored is value
    else:
        is_near = isclose(stored, value, rel_tol=SAME_TO)
    return Recomputed(
        stored="–" if stored is None else f"{stored:.15g}",
        redone="–" if value is None else f"{value:.15g}",
        is_equal=is_near and status == new_status,
    )
