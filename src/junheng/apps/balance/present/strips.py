"""Strips: how far apart the units lie in one figure, and the coefficient that comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext, ngettext

from junheng.apps.balance.present import heat, words
from junheng.apps.foundation.shown import language
from junheng.engine.standard.definition import MEAN_OF_COEFFICIENTS
from junheng.engine.standard.ruleset import STAGES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from junheng.apps.balance.models import AssessedDispersion, AssessedUnit
    from junheng.engine.standard.ruleset import RuleSet


@dataclass(frozen=True)
class Spot:
    """One unit on a strip."""

    name: str
    value: float | None
    pupils: int
    url: str
    status: str


@dataclass(frozen=True)
class StripShown:
    """One coefficient with the units behind it."""

    label: str
    unit: str
    url: str
    mean: float | None
    threshold: float | None
    cv: float | None
    limit: float | None
    status: str
    note: str
    decimals: int
    schools: tuple[Spot, ...]


@dataclass(frozen=True)
class Strips:
    """All strips of one stage, with how many coefficients are within their limits."""

    stage: str
    label: str
    n_within: int
    strips: tuple[StripShown, ...]


def strips_by_stage(
    rules: RuleSet, rows: Sequence[AssessedDispersion], units: Sequence[AssessedUnit]
) -> list[Strips]:
    """Return the strips of every stage that has coefficients; `units` are those in scope."""
    stages = [stage for stage in STAGES if any(row.stage == stage for row in rows)]
    return [_strips(rules, stage, rows, units) for stage in stages]


def _strips(
    rules: RuleSet,
    stage: str,
    rows: Sequence[AssessedDispersion],
    units: Sequence[AssessedUnit],
) -> Strips:
    own = [row for row in rows if row.stage == stage]
    members = [unit for unit in units if unit.stage == stage]
    return Strips(
        stage=stage,
        label=words.stage_word(stage),
        n_within=sum(1 for row in own if row.status == "within"),
        strips=tuple(_strip(rules, row, members) for row in own),
    )


def _strip(rules: RuleSet, row: AssessedDispersion, units: Sequence[AssessedUnit]) -> StripShown:
    if row.indicator == MEAN_OF_COEFFICIENTS:
        return _mean_strip(rules, row)
    indicator = rules.indicator(row.indicator)
    threshold = indicator.thresholds.get(words.stage_of(row.stage))
    return StripShown(
        label=words.indicator_label(indicator),
        unit=indicator.unit.of(language()),
        url=words.coefficient_url(row.assessment_id, row.stage, indicator.id),
        mean=row.mean,
        threshold=None if threshold is None else float(threshold),
        cv=row.cv,
        limit=row.limit,
        status=words.shown_status(row.status),
        note=_left_out_note(row),
        decimals=heat.places(rules, indicator),
        schools=tuple(_spot(unit, indicator.id) for unit in units),
    )


def _mean_strip(rules: RuleSet, row: AssessedDispersion) -> StripShown:
    return StripShown(
        label=gettext("Mean of the coefficients"),
        unit="",
        url="",
        mean=None,
        threshold=None,
        cv=row.cv,
        limit=row.limit,
        status=words.shown_status(row.status),
        note=_left_out_note(row),
        decimals=words.decimals_of(rules),
        schools=(),
    )


def _left_out_note(row: AssessedDispersion) -> str:
    n_units = len(row.left_out)
    if not n_units:
        return ""
    text = ngettext(
        "%(n)d unit left out: data missing", "%(n)d units left out: data missing", n_units
    )
    return text % {"n": n_units}


def _spot(unit: AssessedUnit, indicator: str) -> Spot:
    cell = unit.cells[indicator]
    return Spot(
        name=words.unit_name(unit),
        value=cell["value"],
        pupils=unit.pupils,
        url=words.cell_url(unit, indicator),
        status=words.shown_status(cell["status"]),
    )
