"""The school page: seven indicators of each stage, what it takes, the years, the position."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from junheng.apps.balance.kept import open_kept
from junheng.apps.balance.models import State
from junheng.apps.balance.present import words
from junheng.apps.balance.present.trends import Series, TrendShown
from junheng.apps.balance.present.unit_list import MISSED
from junheng.apps.foundation.shown import Link, language

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from junheng.apps.balance.models import AssessedUnit
    from junheng.engine.standard.ruleset import Exclusion, Indicator, RuleSet, Stage

Quantiles = tuple[float, ...]


@dataclass(frozen=True)
class CellShown:
    """One indicator of the unit, as the component draws it."""

    label: str
    unit: str
    value: float | None
    threshold: float | None
    floor: float | None
    status: str
    gap_text: str
    url: str


@dataclass(frozen=True)
class GapShown:
    """One lack, in the unit in which it is made good."""

    what: str
    where: str
    amount: str
    note: str
    is_cheapest: bool
    url: str


@dataclass(frozen=True)
class Position:
    """A unit's value beside the quarters of the district, without names and ranks."""

    label: str
    unit: str
    value: float | None
    low: float
    middle: float
    high: float
    text: str


class SchoolShown:
    """Everything the school page shows of one stage of one school."""

    def __init__(
        self,
        unit: AssessedUnit,
        siblings: Sequence[AssessedUnit],
        history: Sequence[AssessedUnit],
        quantiles: Mapping[tuple[int, str, str], Sequence[float]],
    ) -> None:
        """`siblings`: all units of the school in the assessment; `history`: its other years."""
        self.unit = unit
        self.siblings = siblings
        self.history = history
        self.quantiles = quantiles
        self.rules: RuleSet = open_kept(unit.assessment.ruleset)
        self.places = words.decimals_of(self.rules)

    @property
    def name(self) -> str:
        return words.unit_name(self.unit)

    @property
    def verdict(self) -> str:
        return words.shown_status(self.unit.verdict)

    @property
    def stage(self) -> str:
        return words.stage_word(self.unit.stage)

    @property
    def tabs(self) -> list[Link]:
        return [
            Link(words.stage_word(one.stage), f"?stage={one.stage}", one.pk == self.unit.pk)
            for one in self.siblings
        ]

    @property
    def facts_line(self) -> str:
        """Kind, stage and pupils of the unit in one line."""
        kind = gettext(words.KIND_WORDS[self.unit.kind])
        pupils = ngettext("%(n)s pupil", "%(n)s pupils", self.unit.pupils) % {
            "n": words.figure(self.unit.pupils, 0)
        }
        return gettext(" · ").join([kind, self.stage, pupils, self.unit.unit_id])

    @property
    def is_compared(self) -> bool:
        """Whether a mapping made the figures: compared between schools, judged by nothing."""
        return words.is_compared(self.rules)

    @property
    def has_papers(self) -> bool:
        """Whether there is a sheet to sign: the figures count, and a rule judges the school."""
        is_in_force = self.unit.assessment.state == State.PUBLISHED
        return is_in_force and self.rules.unit_rule.met_at_least is not None

    @property
    def compared_note(self) -> str:
        """What the mapping says of its figures."""
        return self.rules.note.of(language()) if self.rules.note else ""

    # the answer

    @property
    def answer(self) -> str:
        """Whether this stage passes, and what is in the way."""
        n_met, n_all = self.unit.n_met or 0, len(self.rules.indicators)
        facts = {"met": n_met, "all": n_all, "lacks": len(self.missed), "stage": self.stage}
        if self.unit.verdict == "excluded":
            return self.excluded_reason
        if self.unit.verdict == "pass":
            text = gettext("%(stage)s: %(met)d of %(all)d indicators are met; the unit passes.")
        elif self.unit.verdict == "fail":
            text = gettext(
                "%(stage)s: %(met)d of %(all)d indicators are met; the unit does not pass yet, "
                "%(lacks)d shortfalls are listed below."
            )
        elif self.unit.verdict == "undetermined":
            text = gettext(
                "%(stage)s: %(met)d of %(all)d indicators are met; data are missing, so that the "
                "unit cannot be judged."
            )
        else:
            text = gettext("%(stage)s: this rule set judges no single unit.")
        return text % facts

    @property
    def excluded_reason(self) -> str:
        reasons = [r.reason.of(language()) for r in self.rules.exclusions if self._is_by(r)]
        return gettext("Not assessed: %(reason)s.") % {"reason": gettext("; ").join(reasons)}

    def _is_by(self, rule: Exclusion) -> bool:
        below = rule.pupils_below
        return rule.kind == self.unit.kind and (below is None or self.unit.pupils < below)

    # indicators

    @cached_property
    def cells(self) -> list[CellShown]:
        return [self._cell(i) for i in self.rules.indicators if i.id in self.unit.cells]

    def _cell(self, indicator: Indicator) -> CellShown:
        cell = self.unit.cells[indicator.id]
        threshold = indicator.thresholds.get(self._stage)
        floor = None if threshold is None else threshold * self.rules.unit_rule.floor_share
        spoken = language()
        return CellShown(
            label=words.indicator_label(indicator),
            unit=indicator.unit.of(spoken),
            value=cell["value"],
            threshold=None if threshold is None else float(threshold),
            floor=None if floor is None else float(floor),
            status=words.shown_status(cell["status"]),
            gap_text=words.gap_text(self.rules, indicator, cell["gap"]),
            url=words.cell_url(self.unit, indicator.id),
        )

    @property
    def _stage(self) -> Stage:
        return words.stage_of(self.unit.stage)

    # what it takes

    @cached_property
    def missed(self) -> list[Indicator]:
        """Indicators below their threshold, nearest to it first."""
        found = [i for i in self.rules.indicators if self._status(i) in MISSED]
        return sorted(found, key=self._relative_gap)

    def _status(self, indicator: Indicator) -> str:
        return str(self.unit.cells.get(indicator.id, {}).get("status"))

    def _relative_gap(self, indicator: Indicator) -> float:
        threshold = indicator.thresholds[self._stage]
        value = self.unit.cells[indicator.id]["value"]
        return 1 - value / float(threshold) if threshold else 0.0

    @property
    def n_allowed(self) -> int:
        """How many indicators may stay between 85 % and the threshold."""
        at_least = self.rules.unit_rule.met_at_least
        return 0 if at_least is None else len(self.rules.indicators) - at_least

    @cached_property
    def near(self) -> list[Indicator]:
        return [i for i in self.missed if self._status(i) == "between85"]

    @cached_property
    def far(self) -> list[Indicator]:
        return [i for i in self.missed if self._status(i) == "below85"]

    @property
    def way(self) -> str:
        """What has to be made good for the unit to pass, in words."""
        n_far, n_near = len(self.far), len(self.near)
        counts = {"far": n_far, "near": n_near, "some": max(n_near - self.n_allowed, 0)}
        if self.unit.verdict == "pass":
            return gettext("The unit passes as it is; what is listed may stay.")
        if n_far == 0:
            text = gettext("Any %(some)d of these %(near)d are enough for the unit to pass.")
        elif n_near > self.n_allowed:
            text = gettext(
                "All %(far)d below 85 %% of the standard and any %(some)d of the other %(near)d "
                "are needed for the unit to pass."
            )
        elif n_near:
            text = gettext(
                "All %(far)d below 85 %% of the standard are needed; the other %(near)d may stay."
            )
        else:
            text = gettext(
                "All are needed; %(allowed)d of them need only reach 85 %% of the standard."
            )
            counts["allowed"] = self.n_allowed
        return text % counts

    @property
    def has_choice(self) -> bool:
        """Whether some of the lacks are marked as enough and others are not."""
        return self.unit.verdict == "fail" and len(self._nearest) < len(self.missed)

    @property
    def gaps(self) -> list[GapShown]:
        return [self._gap(i) for i in self.missed]

    def _gap(self, indicator: Indicator) -> GapShown:
        share = self._relative_gap(indicator)
        return GapShown(
            what=indicator.name.of(language()),
            where="",
            amount=words.gap_amount(self.rules, indicator, self.unit.cells[indicator.id]["gap"]),
            note=gettext("%(percent)s%% below the standard")
            % {"percent": words.figure(share * 100, 1)},
            is_cheapest=self.unit.verdict == "fail" and indicator in self._nearest,
            url=words.cell_url(self.unit, indicator.id),
        )

    @cached_property
    def _nearest(self) -> list[Indicator]:
        """The set of shortfalls that is relatively smallest: all far ones, the nearest others."""
        n_near = max(len(self.near) - self.n_allowed, 0)
        return [*self.far, *self.near[:n_near]]

    # position

    @property
    def positions(self) -> list[Position]:
        found = (self._position(i) for i in self.rules.indicators)
        return [position for position in found if position is not None]

    def _position(self, indicator: Indicator) -> Position | None:
        key = (self.unit.assessment_id, self.unit.stage, indicator.id)
        quantiles = self.quantiles.get(key)
        cell = self.unit.cells.get(indicator.id)
        if quantiles is None or cell is None:
            return None
        _, low, middle, high, _ = quantiles
        return Position(
            label=indicator.short_name.of(language()),
            unit=indicator.unit.of(language()),
            value=cell["value"],
            low=low,
            middle=middle,
            high=high,
            text=quarter(cell["value"], low, middle, high),
        )

    # years

    @cached_property
    def years(self) -> list[AssessedUnit]:
        """The unit in each school year by the same rule set, oldest first."""
        by_year = {self.unit.assessment.school_year_id: self.unit}
        ruleset_id = self.unit.assessment.ruleset.ruleset_id
        for one in self.history:
            is_same = one.unit_id == self.unit.unit_id and one.stage == self.unit.stage
            if is_same and one.assessment.ruleset.ruleset_id == ruleset_id:
                by_year.setdefault(one.assessment.school_year_id, one)
        return sorted(by_year.values(), key=lambda one: one.assessment.school_year.starts_on)

    @property
    def trends(self) -> list[TrendShown]:
        """One small chart for each indicator, with its threshold."""
        labels = tuple(str(one.assessment.school_year.starts_on.year) for one in self.years)
        return [self._trend(i, labels) for i in self.rules.indicators if i.id in self.unit.cells]

    def _trend(self, indicator: Indicator, labels: tuple[str, ...]) -> TrendShown:
        threshold = indicator.thresholds.get(self._stage)
        values = tuple(one.cells.get(indicator.id, {}).get("value") for one in self.years)
        series = Series("", values, words.shown_status(self._status(indicator)))
        return TrendShown(
            title=words.indicator_name(indicator, is_short=True),
            years=labels,
            series=(series,),
            limit=None if threshold is None else float(threshold),
            limit_label="" if threshold is None else gettext("standard"),
            decimals=self.places,
        )

    @property
    def what_if_url(self) -> str:
        return words.what_if_url(self.unit)

    @property
    def district_url(self) -> str:
        return reverse("balance:district", args=[self.unit.assessment_id])


def quarter(value: float | None, low: float, middle: float, high: float) -> str:
    """Return in words in which quarter of the district's units a value lies."""
    if value is None:
        return gettext("data missing")
    if value < low:
        return gettext("lowest quarter")
    if value < middle:
        return gettext("second quarter")
    if value < high:
        return gettext("third quarter")
    return gettext("highest quarter")
