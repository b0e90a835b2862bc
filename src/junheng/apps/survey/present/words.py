"""Words and numbers that the pages of the survey share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext

from junheng.apps.foundation.shown import language
from junheng.apps.survey.rules import survey_rules

if TYPE_CHECKING:
    from junheng.engine.standard.ruleset import Text
    from junheng.engine.standard.satisfaction import Answers

HIDDEN = "…"


def of(text: Text) -> str:
    """Return a text of the rules in the language of the page."""
    return text.of(language())


def role_name(role: str) -> str:
    """Return who a role is."""
    return of(survey_rules().roles[role].name)


def share(answers: Answers | None) -> str:
    """Return satisfied over valid answers in per cent; a dash without any.

    >>> from junheng.engine.standard.satisfaction import Answers
    >>> share(Answers(1200, 1032))
    '86.0 %'
    """
    if answers is None or answers.share is None:
        return "–"
    return f"{float(100 * answers.share):.1f} %"


def interval(answers: Answers | None) -> str:
    """Return the 95 % interval in per cent.

    >>> from junheng.engine.standard.satisfaction import Answers
    >>> interval(Answers(1200, 1032))
    '83.9–87.8 %'
    """
    found = answers.interval if answers else None
    return f"{100 * found.low:.1f}–{100 * found.high:.1f} %" if found else "–"


def too_few() -> str:
    """Return why nothing is shown."""
    return gettext("fewer than %(n)d, not shown") % {"n": survey_rules().smallest}
