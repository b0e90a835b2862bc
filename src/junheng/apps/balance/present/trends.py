"""Trends: figures of the district over the school years."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from junheng.apps.balance.present import words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from junheng.apps.balance.models import AssessedDispersion, Assessment
    from junheng.engine.standard.ruleset import Indicator, RuleSet


@dataclass(frozen=True)
class Series:
    """One line of a trend."""

    label: str
    values: tuple[float | None, ...]
    status: str


@dataclass(frozen=True)
class TrendShown:
    """Lines over the school years."""

    title: str
    years: tuple[str, ...]
    series: tuple[Series, ...]
    limit: float | None = None
    limit_label: str = ""
    decimals: int = 0


def passing_trend(years: Sequence[Assessment]) -> TrendShown:
    """Return how many units were assessed and passed, year by year."""
    assessed, passing = gettext("assessed"), gettext("passing")
    return TrendShown(
        title=gettext("Stage units assessed and passing"),
        years=_labels(years),
        series=(
            Series(assessed, tuple(one.n_in_scope for one in years), "excluded"),
            Series(passing, tuple(one.n_pass for one in years), "pass"),
        ),
    )


def coefficient_trend(
    rules: RuleSet,
    stage: str,
    years: Sequence[Assessment],
    dispersions: Mapping[int, Sequence[AssessedDispersion]],
) -> TrendShown:
    """Return the coefficients of a stage, year by year; `dispersions` by assessment."""
    limit = rules.dispersion.limits.get(words.stage_of(stage))
    by_year = [_coefficients(stage, dispersions[one.pk]) for one in years]
    return TrendShown(
        title=gettext("Coefficients between schools, %(stage)s")
        % {"stage": words.stage_word(stage)},
        years=_labels(years),
        series=tuple(_series(i, by_year) for i in rules.indicators),
        limit=None if limit is None else float(limit),
        limit_label="" if limit is None else gettext("limit"),
        decimals=rules.presentation.coefficient_decimals,
    )


def _labels(years: Sequence[Assessment]) -> tuple[str, ...]:
    return tuple(str(one.school_year.starts_on.year) for one in years)


def _coefficients(stage: str, rows: Sequence[AssessedDispersion]) -> dict[str, AssessedDispersion]:
    return {row.indicator: row for row in rows if row.stage == stage}


def _series(indicator: Indicator, by_year: Sequence[Mapping[str, AssessedDispersion]]) -> Series:
    rows = [year.get(indicator.id) for year in by_year]
    last = rows[-1].status if rows and rows[-1] else "not_computable"
    values = tuple(row.cv if row else None for row in rows)
    name = words.indicator_name(indicator, is_short=True)
    return Series(name, values, words.shown_status(last))
