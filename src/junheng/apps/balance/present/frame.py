"""Scope and time in the header: whose figures, of which school year."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext

from junheng.apps.balance.present import words
from junheng.apps.foundation.shown import Link

if TYPE_CHECKING:
    from collections.abc import Sequence

    from junheng.apps.balance.models import Assessment

Choice = dict[str, Any]


def of_assessment(assessment: Assessment, years: Sequence[Assessment]) -> dict[str, Any]:
    """Return `scope` and `period` of the header for a page of an assessment."""
    options = [
        Link(year_label(one), words.district_url(one), is_current=one.pk == assessment.pk)
        for one in reversed(years)
    ]
    return {
        "scope": {"label": assessment.bureau.name},
        "period": {
            "label": year_label(assessment),
            "detail": gettext("statistics date %(date)s")
            % {"date": assessment.statistics_date.isoformat()},
            "options": options if len(options) > 1 else [],
        },
        "assessment": assessment,
        "rules_line": words.ruleset_line(assessment),
        "source_line": words.source_line(assessment),
        "rules_url": words.rules_url(assessment),
    }


def with_live(period: Choice, assessment: Assessment) -> Choice:
    """Return the period of a page with the live figures as the first of its options."""
    own = Link(year_label(assessment), words.district_url(assessment), is_current=True)
    options = period["options"] or [own]
    return {**period, "options": [live_option(), *options]}


def live_option(*, is_current: bool = False) -> Link:
    """Return the option that leads to the live figures."""
    return Link(gettext("Live (not official)"), reverse("balance:live"), is_current)


def year_label(assessment: Assessment) -> str:
    """Return the name of an assessment's school year."""
    return gettext("School year %(year)s") % {"year": assessment.school_year}
