"""Words and figures that several papers share, in the language in force."""

from __future__ import annotations

from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

from django.utils.translation import gettext, gettext_noop

from junheng.apps.foundation.shown import language
from junheng.engine.documents import rounded

if TYPE_CHECKING:
    from datetime import date, datetime

    from junheng.apps.balance.api import AssessedUnit, Assessment
    from junheng.apps.reports.basis import Basis
    from junheng.engine.standard import RuleSet
    from junheng.engine.standard.ruleset import Indicator
    from junheng.engine.standard.working import CellWorking

STAGES = {"primary": gettext_noop("Primary"), "junior": gettext_noop("Junior secondary")}
CELLS = {
    "met": gettext_noop("Standard met"),
    "between85": gettext_noop("Not met (≥ 85 %)"),
    "below85": gettext_noop("Not met (< 85 %)"),
    "missing": gettext_noop("Data missing"),
    "not_judged": gettext_noop("Not judged"),
    "not_applicable": gettext_noop("Not judged"),
}
VERDICTS = {
    "pass": gettext_noop("Passes"),
    "fail": gettext_noop("Does not pass"),
    "undetermined": gettext_noop("Cannot be judged yet"),
    "excluded": gettext_noop("Not assessed"),
    "not_judged": gettext_noop("Not judged"),
}
DISPERSIONS = {
    "within": gettext_noop("Within the limit"),
    "beyond": gettext_noop("Beyond the limit"),
    "not_computable": gettext_noop("Not computable"),
    "not_judged": gettext_noop("Not judged"),
}
COUNTIES = {
    "met": gettext_noop("Standard met"),
    "not_met": gettext_noop("Not met yet"),
    "undetermined": gettext_noop("Cannot be judged yet"),
    "not_judged": gettext_noop("Not judged"),
}
NOTHING = "–"
DIGEST_GROUP = 16


def stage_word(stage: str) -> str:
    """Return the name of a stage."""
    return gettext(STAGES[stage])


def cell_word(status: str) -> str:
    """Return what a status of one figure is called."""
    return gettext(CELLS[status])


def verdict_word(verdict: str) -> str:
    """Return what a verdict on a unit is called."""
    return gettext(VERDICTS[verdict])


def dispersion_word(status: str) -> str:
    """Return what a status of a coefficient is called."""
    return gettext(DISPERSIONS[status])


def county_word(verdict: str) -> str:
    """Return what a verdict on the district is called."""
    return gettext(COUNTIES[verdict])


def school_name(unit: AssessedUnit) -> str:
    """Return the school's name: as in the table, or the English one where there is one."""
    return (unit.school.name_en if language() == "en" else "") or unit.school_name


def unit_name(unit: AssessedUnit, basis: Basis) -> str:
    """Return the name of a unit: with its stage where the school has more than one."""
    name = school_name(unit)
    if len(basis.schools[unit.school_id]) == 1:
        return name
    return gettext("%(school)s (%(stage)s)") % {"school": name, "stage": stage_word(unit.stage)}


def bureau_name(assessment: Assessment) -> str:
    """Return the name of the bureau."""
    return str(assessment.bureau.name)


def day_text(day: date) -> str:
    """Return a day as the language writes it."""
    return gettext("%(year)s-%(month)s-%(day)s") % {
        "year": day.year,
        "month": day.month if language() == "zh" else f"{day.month:02d}",
        "day": day.day if language() == "zh" else f"{day.day:02d}",
    }


def year_text(assessment: Assessment) -> str:
    """Return the name of the school year."""
    return gettext("School year %(year)s") % {"year": assessment.school_year}


def time_line(assessment: Assessment) -> str:
    """Return school year and statistics date in one line."""
    return gettext("%(year)s · statistics date %(day)s") % {
        "year": year_text(assessment),
        "day": day_text(assessment.statistics_date),
    }


def rules_line(assessment: Assessment, rules: RuleSet) -> str:
    """Return the document and the rule set in one line."""
    return gettext("%(document)s · rule set %(id)s %(version)s") % {
        "document": rules.document,
        "id": assessment.ruleset.ruleset_id,
        "version": assessment.ruleset.version,
    }


def foot_line(basis: Basis, digest: str, made_at: datetime) -> str:
    """Return what stands at the foot of every page: rule set, digest of the data, day."""
    return gettext("%(rules)s · data digest %(digest)s · made on %(day)s") % {
        "rules": rules_line(basis.assessment, basis.rules),
        "digest": digest[:DIGEST_GROUP],
        "day": day_text(made_at.date()),
    }


def digest_text(digest: str) -> str:
    """Return a digest in groups that a person can compare.

    >>> digest_text("0123456789abcdef" * 4)[:33]
    '0123456789abcdef 0123456789abcdef'
    """
    return " ".join(digest[at : at + DIGEST_GROUP] for at in range(0, len(digest), DIGEST_GROUP))


def name_of(indicator: Indicator) -> str:
    """Return the official name of an indicator."""
    return indicator.name.of(language())


def value_text(cell: CellWorking, rules: RuleSet) -> str:
    """Return a school's value with the decimals of the form."""
    if cell.value is None:
        return NOTHING
    return rounded(cell.value, rules.presentation.school_decimals)


def threshold_text(cell: CellWorking) -> str:
    """Return what the standard asks, as the standard writes it."""
    return NOTHING if cell.threshold is None else f"≥ {plain(cell.threshold)}"


def plain(value: Fraction) -> str:
    """Return a short decimal without zeros at its end.

    >>> plain(Fraction(42, 10)), plain(Fraction(2000))
    ('4.2', '2000')
    """
    return f"{float(value):.10g}"


def lack_text(cell: CellWorking, rules: RuleSet) -> str:
    """Return what is missing in its own unit, never less than what is needed; "" for nothing."""
    return amount_text(cell.gap, cell.indicator, rules) if cell.gap else ""


def amount_text(gap: Fraction, indicator: Indicator, rules: RuleSet) -> str:
    """Return a lack of an indicator in the unit in which it is made good."""
    unit = rules.fact(indicator.terms[0][0]).unit.of(language())
    return gettext("%(amount)s %(unit)s") % {"amount": up(gap), "unit": unit}


def up(gap: Fraction) -> str:
    """Return a lack: whole where it is whole, else two decimals, rounded up.

    >>> up(Fraction(3)), up(Fraction(1234561, 1000))
    ('3', '1234.57')
    """
    return str(gap) if gap.denominator == 1 else rounded(Fraction(ceil(gap * 100), 100), 2)


def terms_text(cell: CellWorking) -> str:
    """Return the terms of a figure with their names: what a school can check."""
    parts = []
    for term in cell.terms:
        name = term.fact.name.of(language())
        figure = NOTHING if term.value is None else _figure(term.value)
        parts.append(f"{name} {figure} {term.fact.unit.of(language())}")
    return gettext("; ").join(parts)


def _figure(value: Fraction) -> str:
    return str(value) if value.denominator == 1 else rounded(value, 2)
