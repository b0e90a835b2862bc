"""The page that tries other figures on a unit: a slider for each fact, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.utils.translation import gettext

from junheng.apps.balance.kept import open_kept
from junheng.apps.balance.present import words
from junheng.apps.balance.what_if import figures_of, shown
from junheng.apps.foundation.shown import language
from junheng.engine.standard.unit_rows import used_facts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from junheng.apps.balance.forms import WhatIfForm
    from junheng.apps.balance.models import AssessedDispersion, AssessedUnit
    from junheng.apps.balance.what_if import Imagined
    from junheng.engine.standard.results import Cell
    from junheng.engine.standard.ruleset import Indicator, RuleSet

PUPILS = "pupils"
STEPS_OF_A_SLIDER = 200
ROOM = 2
"""A slider ends at this many times the largest of what there is and what the standard asks."""


@dataclass(frozen=True)
class FieldShown:
    """One figure that can be tried. `stored`: as assessed, "" where it was not filled in."""

    name: str
    label: str
    unit: str
    value: str
    stored: str
    top: str
    step: str
    finest: str
    errors: Sequence[str]

    @property
    def is_changed(self) -> bool:
        return self.value != self.stored


@dataclass(frozen=True)
class RowShown:
    """One indicator as assessed and as tried; the coefficient where the reader sees it.

    `close_url` tries the amount that is still missing; "" when nothing is.
    """

    label: str
    unit: str
    threshold: float | None
    before: float | None
    before_status: str
    after: float | None
    after_status: str
    gap: str
    close_url: str
    coefficient_before: float | None
    coefficient_after: float | None
    limit: float | None
    coefficient_status: str

    @property
    def is_changed(self) -> bool:
        return self.before != self.after


class WhatIfShown:
    """A unit as it was assessed, the figures that are tried, and what they come to."""

    def __init__(
        self,
        unit: AssessedUnit,
        form: WhatIfForm,
        imagined: Imagined | None,
        dispersions: Sequence[AssessedDispersion],
    ) -> None:
        """`imagined` is None while a figure of the form is refused."""
        self.unit = unit
        self.form = form
        self.imagined = imagined
        self.rules: RuleSet = open_kept(unit.assessment.ruleset)
        self.places = words.decimals_of(self.rules)
        self.coefficient_places = self.rules.presentation.coefficient_decimals
        self._before = {row.indicator: row for row in dispersions if row.stage == unit.stage}

    @property
    def title(self) -> str:
        return gettext("What if: %(name)s, %(stage)s") % {
            "name": words.unit_name(self.unit),
            "stage": words.stage_word(self.unit.stage),
        }

    @property
    def answer(self) -> str:
        """What the figures on the page would mean, in a sentence."""
        if self.imagined is None:
            return gettext("Put the marked figures right to see what they come to.")
        if not self.form.is_other:
            return gettext("Move a slider or enter a figure; the result follows at once.")
        unit = self.imagined.unit
        told = {"met": unit.n_met or 0, "all": len(self.rules.indicators)}
        if unit.verdict == "pass":
            text = gettext("With these figures %(met)d of %(all)d indicators are met: it passes.")
        elif unit.verdict == "fail":
            text = gettext(
                "With these figures %(met)d of %(all)d indicators are met: it does not pass yet."
            )
        else:
            text = gettext("With these figures the unit cannot be judged.")
        return text % told

    @property
    def fields(self) -> Iterator[FieldShown]:
        yield self._field(PUPILS, gettext("Pupils"), gettext("persons"), is_whole=True)
        for name in used_facts(self.rules):
            fact = self.rules.fact(name)
            spoken = language()
            yield self._field(
                name, fact.name.of(spoken), fact.unit.of(spoken), is_whole=fact.is_whole
            )

    def _field(self, name: str, label: str, unit: str, *, is_whole: bool) -> FieldShown:
        stored = self.stored[name]
        top = self._top(name)
        step = _step(top)
        return FieldShown(
            name=name,
            label=label,
            unit=unit,
            value=self.form.text_of(name, stored),
            stored=stored,
            top=str(-(-top // step) * step),
            step=str(step),
            finest="1" if is_whole and "." not in stored else "any",
            errors=[str(error) for error in self.form.errors.get(name, ())],
        )

    @cached_property
    def stored(self) -> Mapping[str, str]:
        """The figures as assessed, as decimals."""
        figures = figures_of(self.unit)
        return {
            PUPILS: str(figures.pupils),
            **{name: shown(value) for name, value in figures.facts.items()},
        }

    def _top(self, name: str) -> Fraction:
        """Where the slider of a fact ends: room above what there is and what is asked."""
        asked = [self._asked(i) for i in self.rules.indicators if name in dict(i.terms)]
        own = Fraction(self.stored[name] or 0)
        return ROOM * max([own, *asked, Fraction(5)])

    def _asked(self, indicator: Indicator) -> Fraction:
        threshold = indicator.thresholds.get(words.stage_of(self.unit.stage)) or Fraction(0)
        return threshold * self.unit.pupils / indicator.per

    @property
    def rows(self) -> list[RowShown]:
        """Every indicator; none while nothing is measured or the unit is not assessed."""
        if self.imagined is None:
            return []
        cells = self.imagined.unit.cells
        return [self._row(i, cells[i.id]) for i in self.rules.indicators if i.id in cells]

    def _row(self, indicator: Indicator, after: Cell) -> RowShown:
        before = self.unit.cells.get(indicator.id, {})
        old = self._before.get(indicator.id)
        new = self.imagined.coefficients.get(indicator.id) if self.imagined else None
        return RowShown(
            label=words.indicator_label(indicator),
            unit=indicator.unit.of(language()),
            threshold=after.threshold,
            before=before.get("value"),
            before_status=words.shown_status(before.get("status", "excluded")),
            after=after.value,
            after_status=words.shown_status(after.status),
            gap=words.gap_text(self.rules, indicator, after.gap),
            close_url=self._close_url(indicator, after.gap),
            coefficient_before=old.cv if old else None,
            coefficient_after=new.cv if new else None,
            limit=new.limit if new else None,
            coefficient_status=words.shown_status(new.status) if new else "",
        )

    def _close_url(self, indicator: Indicator, gap: float | None) -> str:
        """Try what is missing of the last fact that counts for the indicator."""
        if not gap:
            return ""
        fact = [name for name, weight in indicator.terms if weight > 0][-1]
        entered = {name: self.form.text_of(name, text) for name, text in self.stored.items()}
        more = Fraction(entered[fact] or 0) + Fraction(str(gap))
        entered[fact] = words.exact_decimal(Fraction(-(-more * 100 // 1), 100))
        changed = {name: text for name, text in entered.items() if text != self.stored[name]}
        return f"?{urlencode(changed)}"

    @property
    def county_reasons(self) -> list[str]:
        county = self.imagined.county if self.imagined else None
        return [reason.render(gettext) for reason in county.reasons] if county else []


def _step(top: Fraction) -> int:
    """Return a step of one, two or five times a power of ten, so that a slider has enough of them.

    >>> _step(Fraction(90)), _step(Fraction(5000)), _step(Fraction(900000))
    (1, 50, 5000)
    """
    least = top / STEPS_OF_A_SLIDER
    power = 1
    while True:
        for step in (power, 2 * power, 5 * power):
            if step >= least:
                return step
        power *= 10
