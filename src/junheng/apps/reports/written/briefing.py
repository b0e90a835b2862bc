"""One page for the director: whether the district passes, what stands in the way, how much."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from junheng.apps.foundation.shown import language
from junheng.apps.reports import words
from junheng.apps.reports.basis import STAGES, data_digest
from junheng.apps.reports.written.corrections import STATES, shortfalls
from junheng.engine.documents import Document, Heading, Paragraph, Table, rounded

if TYPE_CHECKING:
    from datetime import datetime

    from junheng.apps.reports.basis import Basis
    from junheng.apps.reports.written.corrections import Shortfall

LISTED = 3


def write(basis: Basis, made_at: datetime) -> tuple[Document, ...]:
    """Return the briefing."""
    blocks = (
        Paragraph(verdict_sentence(basis)),
        Heading(gettext("1. Where we stand")),
        _by_stage(basis),
        Paragraph(spread_sentence(basis)),
        Heading(gettext("2. What stands in the way")),
        Paragraph(obstacles_sentence(basis)),
        Paragraph(_worst(missed_in(basis))),
        Heading(gettext("3. How much is missing")),
        Paragraph(total_sentence(basis)),
        Paragraph(
            gettext(
                "%(day)s, from the published assessment; government guarantee, education quality "
                "and social recognition are not part of these figures."
            )
            % {"day": words.day_text(made_at.date())},
            is_note=True,
        ),
    )
    return (
        Document(
            gettext("Briefing on high-quality, balanced compulsory education"),
            blocks,
            subtitle=f"{words.bureau_name(basis.assessment)} · {words.time_line(basis.assessment)}",
            foot=words.foot_line(basis, data_digest(basis.assessment, basis.units), made_at),
            layout="report",
            language=language(),
        ),
    )


def missed_in(basis: Basis) -> list[Shortfall]:
    """Return the figures below the standard or without data, worst first."""
    return [one for one in shortfalls(basis) if one.cell.status in STATES]


def verdict_sentence(basis: Basis) -> str:
    """Say how the district stands."""
    found = basis.assessment
    counts = {
        "pass": found.n_pass,
        "all": found.n_in_scope,
        "fail": found.n_fail,
        "open": found.n_undetermined,
        "beyond": found.n_beyond,
    }
    if found.verdict == "met":
        text = gettext(
            "The district meets resource allocation: all %(all)d stage units pass and every "
            "coefficient between schools is within its limit."
        )
    else:
        text = gettext(
            "The district does not meet resource allocation yet: %(pass)d of %(all)d stage units "
            "pass, %(fail)d do not, %(open)d cannot be judged; %(beyond)d coefficients between "
            "schools are beyond their limits."
        )
    return text % counts


def _by_stage(basis: Basis) -> Table:
    headers = (
        gettext("Stage"),
        gettext("Stage units"),
        gettext("Passing"),
        gettext("Share (%)"),
        gettext("Pupils"),
        gettext("Figures below the standard"),
    )
    rows = []
    for stage in STAGES:
        units = basis.of_stage(stage)
        if not units:
            continue
        n_pass = sum(unit.verdict == "pass" for unit in units)
        n_missed = sum(
            cell.status in STATES for unit in units for cell in basis.cells[unit.pk].values()
        )
        share = Fraction(n_pass * 100, len(units))
        pupils = sum(unit.pupils for unit in units)
        rows.append((words.stage_word(stage), len(units), n_pass, share, pupils, n_missed))
    return Table(
        headers,
        tuple(rows),
        (2, 1.6, 1.4, 1.6, 1.8, 2.4),
        "crrrrr",
        name=gettext("By stage"),
        formats={3: basis.rules.presentation.ratio_decimals},
    )


def spread_sentence(basis: Basis) -> str:
    """Say which coefficients between schools are beyond their limits."""
    beyond = [d for d in basis.dispersions if d.status == "beyond" and d.cv is not None]
    if not beyond:
        return gettext("All coefficients of variation between schools are within their limits.")
    places = basis.rules.presentation.coefficient_decimals
    named = [
        gettext("%(stage)s, %(name)s %(cv)s (limit %(limit)s)")
        % {
            "stage": words.stage_word(d.stage),
            "name": words.name_of(basis.rules.indicator(d.indicator)),
            "cv": rounded(d.cv or 0.0, places),
            "limit": words.NOTHING if d.limit is None else f"{d.limit:.2f}",
        }
        for d in sorted(beyond, key=lambda d: -(d.cv or 0.0))
    ]
    return gettext("Beyond the limit between schools: %(list)s.") % {
        "list": gettext("; ").join(named)
    }


def obstacles_sentence(basis: Basis) -> str:
    """Say which indicators stand in the way most often."""
    missed = missed_in(basis)
    if not missed:
        return gettext("No figure falls short of the standard.")
    counted = Counter(one.cell.indicator.id for one in missed)
    named = [
        gettext("%(name)s (%(n)d stage units)")
        % {"name": words.name_of(basis.rules.indicator(indicator)), "n": n}
        for indicator, n in counted.most_common(LISTED)
    ]
    return gettext("Most often below the standard or without data: %(list)s.") % {
        "list": gettext("; ").join(named)
    }


def _worst(missed: list[Shortfall]) -> str:
    if not missed:
        return ""
    counted = Counter(words.school_name(one.unit) for one in missed)
    named = [
        gettext("%(school)s (%(n)d figures)") % {"school": school, "n": n}
        for school, n in counted.most_common(LISTED)
    ]
    return gettext("Schools with the most shortfalls: %(list)s.") % {
        "list": gettext("; ").join(named)
    }


def total_sentence(basis: Basis) -> str:
    """Say what is missing in all, each indicator in its own unit."""
    rule = basis.rules.unit_rule
    totals: dict[str, Fraction] = {}
    for one in missed_in(basis):
        if one.cell.gap:
            found = one.cell.indicator.id
            totals[found] = totals.get(found, Fraction(0)) + one.cell.gap
    if not totals:
        return gettext("Nothing is missing.")
    named = [
        gettext("%(name)s: %(lack)s")
        % {
            "name": words.name_of(indicator),
            "lack": words.amount_text(totals[indicator.id], indicator, basis.rules),
        }
        for indicator in basis.rules.indicators
        if indicator.id in totals
    ]
    return gettext(
        "To bring every figure of every school to its standard: %(list)s. Not all of it is "
        "needed for the schools to pass, since each may keep %(allowed)d below the standard, "
        "at %(floor)s %% of it or more."
    ) % {
        "list": gettext("; ").join(named),
        "allowed": len(basis.rules.indicators) - (rule.met_at_least or 0),
        "floor": rounded(rule.floor_share * 100, 0),
    }
