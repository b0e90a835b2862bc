"""The district page: the verdict, what stands in the way, how far apart schools lie, the years."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from django.utils.translation import gettext, ngettext

from junheng.apps.balance.kept import open_kept
from junheng.apps.balance.models import State
from junheng.apps.balance.present import heat, strips, trends, unit_list, words
from junheng.apps.balance.present.map import DistrictMap, MapSchool, district_map, map_schools
from junheng.apps.foundation.shown import Link, language

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from junheng.apps.balance.models import AssessedDispersion, AssessedUnit, Assessment
    from junheng.apps.balance.present.heat import Column, HeatCell, HeatRow
    from junheng.apps.balance.present.strips import Strips
    from junheng.apps.balance.present.trends import TrendShown
    from junheng.apps.balance.present.unit_list import Filter
    from junheng.engine.standard.ruleset import Indicator, RuleSet


class DistrictShown:
    """Everything the district page shows of one assessment."""

    def __init__(
        self,
        assessment: Assessment,
        units: Sequence[AssessedUnit],
        years: Sequence[Assessment],
        dispersions: Mapping[int, Sequence[AssessedDispersion]],
        chosen: Filter,
    ) -> None:
        self.assessment = assessment
        self.units = units
        self.years = years
        self.dispersions = dispersions
        self.filter = chosen
        self.rules: RuleSet = open_kept(assessment.ruleset)

    # what it comes to

    @cached_property
    def in_scope(self) -> tuple[AssessedUnit, ...]:
        """Units that are judged."""
        return tuple(unit for unit in self.units if unit.verdict != "excluded")

    @cached_property
    def n_shortfalls(self) -> int:
        """Figures below their threshold in units that do not pass."""
        failing = (unit for unit in self.units if unit.verdict == "fail")
        return sum(unit_list.n_missed(unit) for unit in failing)

    @property
    def n_schools(self) -> int:
        return len({unit.school_id for unit in self.in_scope})

    @property
    def n_schools_passing(self) -> int:
        """Schools of which every unit passes."""
        not_passing = {unit.school_id for unit in self.in_scope if unit.verdict != "pass"}
        return self.n_schools - len(not_passing)

    @property
    def answer(self) -> str:
        """The question of the page in one sentence: are we through, and what is in the way."""
        a = self.assessment
        counts = {
            "schools": self.n_schools,
            "units": a.n_in_scope,
            "passing": a.n_pass,
            "failing": a.n_fail,
            "shortfalls": self.n_shortfalls,
            "undetermined": a.n_undetermined,
            "coefficients": self.coefficients_sentence,
        }
        if not self.judges_units:
            text = gettext(
                "%(units)d stage units of %(schools)d schools are compared; this rule set judges "
                "no single unit. %(coefficients)s."
            )
        elif a.n_fail:
            text = gettext(
                "%(units)d stage units of %(schools)d schools are assessed, %(passing)d pass; "
                "%(failing)d units with %(shortfalls)d shortfalls stand between the district and "
                "the standard."
            )
        elif a.n_undetermined:
            text = gettext(
                "%(units)d stage units of %(schools)d schools are assessed, %(passing)d pass; "
                "%(undetermined)d cannot be judged until missing data are supplied."
            )
        else:
            text = gettext("All %(units)d assessed stage units of %(schools)d schools pass.")
        return text % counts

    @property
    def reasons(self) -> list[str]:
        """The two lines under the verdict."""
        a = self.assessment
        found = [self.coefficients_sentence]
        if self.judges_units:
            found.insert(0, self.passing_sentence)
        if a.n_excluded:
            found.append(self.excluded_sentence)
        return found

    @property
    def passing_sentence(self) -> str:
        a = self.assessment
        return gettext(
            "%(passing)d of %(units)d stage units, %(schools)d of %(of)d schools pass"
        ) % {
            "passing": a.n_pass,
            "units": a.n_in_scope,
            "schools": self.n_schools_passing,
            "of": self.n_schools,
        }

    @property
    def judges_units(self) -> bool:
        """Whether the rule set says of a single unit that it passes."""
        return self.rules.unit_rule.met_at_least is not None

    @property
    def judged_dispersions(self) -> list[AssessedDispersion]:
        """Coefficients that have a limit."""
        return [row for row in self.own_dispersions if row.limit is not None]

    @property
    def n_coefficients(self) -> int:
        return len(self.own_dispersions)

    @property
    def n_judged(self) -> int:
        return len(self.judged_dispersions)

    @property
    def n_within(self) -> int:
        return sum(1 for row in self.judged_dispersions if row.status == "within")

    @property
    def is_compared(self) -> bool:
        """Whether a mapping made the figures: compared between schools, judged by nothing."""
        return words.is_compared(self.rules)

    @property
    def compared_note(self) -> str:
        """What the mapping says of its figures."""
        return self.rules.note.of(language()) if self.rules.note else ""

    @property
    def coefficients_sentence(self) -> str:
        if not self.judged_dispersions:
            return gettext("%(all)d coefficients between schools are computed, none is judged") % {
                "all": self.n_coefficients
            }
        return gettext("%(within)d of %(all)d coefficients between schools are within limits") % {
            "within": self.n_within,
            "all": self.n_judged,
        }

    @property
    def excluded_sentence(self) -> str:
        """Who is left out, and by which rule."""
        kinds = sorted({unit.kind for unit in self.units if unit.verdict == "excluded"})
        reasons = [rule.reason.of(language()) for rule in self.rules.exclusions]
        chosen = [
            reason
            for rule, reason in zip(self.rules.exclusions, reasons, strict=True)
            if rule.kind in kinds
        ]
        count = self.assessment.n_excluded
        text = ngettext(
            "%(n)d unit is not assessed: %(reasons)s",
            "%(n)d units are not assessed: %(reasons)s",
            count,
        )
        return text % {"n": count, "reasons": gettext("; ").join(chosen)}

    @property
    def own_dispersions(self) -> Sequence[AssessedDispersion]:
        return self.dispersions[self.assessment.pk]

    @property
    def verdict(self) -> str:
        return words.shown_status(self.assessment.verdict)

    @property
    def n_unconfirmed(self) -> int:
        """Rows among those that decide here that were not yet read in their document."""
        if self.is_compared:
            return 0
        deciding = {i.id for i in self.rules.indicators} | {"unit_rule", "dispersion"}
        return sum(
            1
            for row, source in self.rules.all_sources
            if not source.is_confirmed and row.partition(":")[0] in deciding | {"exclusion"}
        )

    @property
    def is_withdrawn(self) -> bool:
        return self.assessment.state == State.WITHDRAWN

    @property
    def charts_key(self) -> str:
        """Names the charts of the page: the same key, the same figures, since none ever changes."""
        made = [(one.pk, one.created_at.timestamp()) for one in [self.assessment, *self.years]]
        return repr(made)

    @property
    def n_in_the_way(self) -> int:
        return unit_list.n_in_the_way(self.units)

    # map

    @cached_property
    def map_schools(self) -> tuple[MapSchool, ...]:
        return map_schools(self.units)

    @cached_property
    def map(self) -> DistrictMap | None:
        return district_map(self.assessment, self.map_schools)

    # heat table

    @property
    def columns(self) -> list[Column]:
        return heat.columns(self.rules)

    @cached_property
    def rows(self) -> list[HeatRow]:
        """The units that the filter leaves, in its order."""
        return [self._row(unit) for unit in unit_list.listed(self.units, self.filter)]

    def _row(self, unit: AssessedUnit) -> HeatRow:
        return heat.HeatRow(
            label=words.unit_name(unit),
            note=words.stage_word(unit.stage),
            url=words.school_url(unit),
            verdict=words.shown_status(unit.verdict),
            cells=tuple(self._cell(unit, i) for i in self.rules.indicators),
        )

    def _cell(self, unit: AssessedUnit, indicator: Indicator) -> HeatCell:
        cell = unit.cells.get(indicator.id)
        if cell is None:
            return heat.NO_CELL
        url = words.cell_url(unit, indicator.id)
        return heat.heat_cell(self.rules, indicator, cell["value"], cell["status"], url)

    @property
    def show_chips(self) -> list[Link]:
        if self.is_compared:
            n_units = self.assessment.n_units
            return [Link(gettext("All units"), self.filter.url(), is_current=True, n=n_units)]
        return unit_list.show_chips(self.assessment, self.units, self.filter)

    @property
    def stage_options(self) -> list[tuple[str, str]]:
        return unit_list.stage_options()

    @property
    def sort_options(self) -> list[tuple[str, str]]:
        return unit_list.sort_options(is_compared=self.is_compared)

    # dispersion

    @cached_property
    def strips(self) -> list[Strips]:
        return strips.strips_by_stage(self.rules, self.own_dispersions, self.in_scope)

    # years

    @property
    def passing_trend(self) -> TrendShown:
        return trends.passing_trend(self.years)

    @property
    def coefficient_trends(self) -> list[TrendShown]:
        return [
            trends.coefficient_trend(self.rules, shown.stage, self.years, self.dispersions)
            for shown in self.strips
        ]
