"""Words, figures and addresses that several pages share."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext, gettext_noop

from junheng.apps.balance import mappings
from junheng.apps.balance.kept import open_kept
from junheng.apps.foundation.shown import language

if TYPE_CHECKING:
    from junheng.apps.balance.models import AssessedUnit, Assessment
    from junheng.engine.standard.ruleset import Indicator, RuleSet, Stage

STAGE_WORDS = {"primary": gettext_noop("Primary"), "junior": gettext_noop("Junior secondary")}
KIND_WORDS = {
    "ordinary": gettext_noop("Ordinary school"),
    "teaching_point": gettext_noop("Teaching point"),
    "special": gettext_noop("Special education school"),
    "vocational": gettext_noop("Vocational school"),
}
THIN_SPACE = "\N{NARROW NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
REGISTRY = "registry"
"""Name of the source of an assessment that came from stored rows; no file has a name like it."""
MONEY = frozenset({"元", "yuan"})


def stage_word(stage: str) -> str:
    """Return the name of a stage."""
    return gettext(STAGE_WORDS[stage])


def stage_of(stage: str) -> Stage:
    """Return a stored stage as the engine's type."""
    return "primary" if stage == "primary" else "junior"


def shown_status(status: str) -> str:
    """Return the status under which a figure is drawn; what nothing judges is not applicable."""
    return "not_applicable" if status == "not_judged" else status


def figure(value: Fraction | float, places: int) -> str:
    """Write a number with fixed decimals, halves rounded up, thin spaces between thousands.

    >>> figure(Fraction(12345, 10), 2).replace(THIN_SPACE, " ")
    '1 234.50'
    """
    exact = Fraction(repr(value)) if isinstance(value, float) else Fraction(value)
    with localcontext() as context:
        context.prec = 60
        quotient = Decimal(exact.numerator) / Decimal(exact.denominator)
        rounded = quotient.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return f"{rounded:,}".replace(",", THIN_SPACE).replace("-", MINUS)


def exact_decimal(value: Fraction) -> str:
    """Write a fraction whose decimals come to an end, all of them, without exponent.

    >>> exact_decimal(Fraction(9, 8))
    '1.125'
    """
    with localcontext() as context:
        context.prec = 60
        return format(Decimal(value.numerator) / Decimal(value.denominator), "f")


def grouped(digits: str) -> str:
    """Put thin spaces between the thousands of a decimal as text."""
    whole, point, rest = digits.partition(".")
    return f"{int(whole):,}".replace(",", THIN_SPACE) + point + rest


def amount(value: Fraction | float) -> str:
    """Write a lack: whole where it is whole, else two decimals.

    >>> amount(3), amount(2.5)
    ('3', '2.50')
    """
    return figure(value, 0 if Fraction(value).denominator == 1 else 2)


def indicator_name(indicator: Indicator, *, is_short: bool = False) -> str:
    """Return the name of an indicator; that of a proxy says so."""
    name = (indicator.short_name if is_short else indicator.name).of(language())
    return gettext("%(name)s (proxy)") % {"name": name} if indicator.is_proxy else name


def indicator_label(indicator: Indicator) -> str:
    """Return number and name of an indicator; those of a proxy say so."""
    return f"{indicator.number} {indicator_name(indicator)}"


def is_compared(ruleset: RuleSet) -> bool:
    """Whether a rule set is the measures of a mapping: compared between schools, not judged."""
    return mappings.is_mapping(ruleset.id)


def fact_unit(ruleset: RuleSet, indicator: Indicator) -> str:
    """Return the unit in which a lack of an indicator is counted."""
    return ruleset.fact(indicator.terms[0][0]).unit.of(language())


def gap_amount(ruleset: RuleSet, indicator: Indicator, gap: float | None) -> str:
    """Return what is missing with its unit, or "" when nothing is."""
    if not gap:
        return ""
    unit = fact_unit(ruleset, indicator)
    return gettext("%(amount)s %(unit)s") % {"amount": amount(gap), "unit": unit}


def gap_text(ruleset: RuleSet, indicator: Indicator, gap: float | None) -> str:
    """Return a lack in words, or "" when there is none."""
    lack = gap_amount(ruleset, indicator, gap)
    return gettext("short of %(lack)s") % {"lack": lack} if lack else ""


def decimals_of(ruleset: RuleSet) -> int:
    """Return how many decimals the official form prints for a school's value."""
    return ruleset.presentation.school_decimals


def ruleset_line(assessment: Assessment) -> str:
    """Return the rule set of an assessment in one line: document, id, version."""
    rules = open_kept(assessment.ruleset)
    return gettext("%(document)s · rule set %(id)s %(version)s") % {
        "document": rules.document,
        "id": rules.id,
        "version": rules.version,
    }


def source_line(assessment: Assessment) -> str:
    """Return what an assessment rests on in one line: statistics date, file."""
    return gettext("Statistics date %(date)s · %(file)s") % {
        "date": assessment.statistics_date.isoformat(),
        "file": source_name(assessment),
    }


def source_name(assessment: Assessment) -> str:
    """Return the name of the file an assessment came from, or that of the registry in words."""
    if assessment.source_name == REGISTRY:
        return gettext("registry of the bureau")
    return assessment.source_name


def unit_name(unit: AssessedUnit) -> str:
    """Return the school's name: as in the table, or the English one where there is one."""
    is_english = language() == "en"
    return (unit.school.name_en if is_english else "") or unit.school_name


# --- addresses ------------------------------------------------------------------------------------


def district_url(assessment: Assessment) -> str:
    """Return the address of the district page."""
    return reverse("balance:district", args=[assessment.pk])


def school_url(unit: AssessedUnit) -> str:
    """Return the address of the school page, at the unit's stage."""
    address = reverse("balance:school", args=[unit.assessment_id, unit.school_id])
    return f"{address}?stage={unit.stage}"


def cell_url(unit: AssessedUnit, indicator: str) -> str:
    """Return the address of the working of one figure of a unit."""
    return reverse("balance:cell", args=[unit.assessment_id, unit.pk, indicator])


def what_if_url(unit: AssessedUnit) -> str:
    """Return the address that tries other figures on a unit."""
    return reverse("balance:what_if", args=[unit.assessment_id, unit.pk])


def coefficient_url(assessment_id: int, stage: str, indicator: str) -> str:
    """Return the address of the working of a coefficient."""
    return reverse("balance:coefficient", args=[assessment_id, stage, indicator])


def rules_url(assessment: Assessment) -> str:
    """Return the address of the page of an assessment's rule set."""
    kept = assessment.ruleset
    return reverse("balance:ruleset", args=[kept.ruleset_id, kept.version])
