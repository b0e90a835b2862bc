"""The district page: the verdict, what stands in the way, how far apart schools lie, the years."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.utils.translation import gettext, ngettext

from junheng.apps.balance.kept import open_kept
from junheng.apps.balance.models import State
from junheng.apps.balance.present import words
from junheng.apps.balance.present.map import DistrictMap, MapSchool, district_map, map_schools
from junheng.apps.balance.present.words import Link
from junheng.engine.standard.definition import MEAN_OF_COEFFICIENTS
from junheng.engine.standard.ruleset import STAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from junheng.apps.balance.models import AssessedDispersion, AssessedUnit, Assessment
    from junheng.engine.standard.ruleset import Indicator, RuleSet

IN_THE_WAY = frozenset({"fail", "undetermined", "not_judged"})
MISSED = frozenset({"between85", "below85"})


@dataclass(frozen=True)
class Column:
    """One column of the heat table."""

    label: str
    title: str


@dataclass(frozen=True)
class HeatCell:
    """One figure of the heat table."""

    status: str
    text: str
    url: str


@dataclass(frozen=True)
class HeatRow:
    """One unit of the heat table."""

    label: str
    note: str
    url: str
    verdict: str
    cells: tuple[HeatCell, ...]


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


@dataclass(frozen=True)
class Filter:
    """What the reader wants to see of the units; every part stands in the address."""

    show: str = "missed"
    stage: str = ""
    text: str = ""
    sort: str = "shortfalls"

    SORTS = ("shortfalls", "table", "name", "pupils")

    def url(self, **changed: str) -> str:
        """Return the address of the same page with parts of the filter changed."""
        default = Filter()
        parts = {"show": self.show, "stage": self.stage, "text": self.text, "sort": self.sort}
        kept = {k: v for k, v in (parts | changed).items() if v != getattr(default, k)}
        return f"?{urlencode(kept)}#units"


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
        self.places = words.decimals_of(self.rules)

    # what it comes to

    @cached_property
    def in_scope(self) -> tuple[AssessedUnit, ...]:
        """Units that are judged."""
        return tuple(unit for unit in self.units if unit.verdict != "excluded")

    @cached_property
    def n_shortfalls(self) -> int:
        """Figures below their threshold in units that do not pass."""
        failing = (unit for unit in self.units if unit.verdict == "fail")
        return sum(n_missed(unit) for unit in failing)

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
        return self.rules.note.of(words.language()) if self.rules.note else ""

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
        reasons = [rule.reason.of(words.language()) for rule in self.rules.exclusions]
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
        return sum(1 for unit in self.units if unit.verdict in IN_THE_WAY)

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
        return [
            Column(words.indicator_name(i, is_short=True), words.indicator_label(i))
            for i in self.rules.indicators
        ]

    @cached_property
    def rows(self) -> list[HeatRow]:
        """The units that the filter leaves, in its order."""
        wanted = [unit for unit in self.units if self._is_wanted(unit)]
        wanted.sort(key=_ORDERS[self.filter.sort])
        return [self._row(unit) for unit in wanted]

    def _is_wanted(self, unit: AssessedUnit) -> bool:
        f = self.filter
        is_shown = {
            "all": True,
            "missed": unit.verdict in IN_THE_WAY,
            "below": any(cell["status"] == "below85" for cell in unit.cells.values()),
            "pass": unit.verdict == "pass",
            "excluded": unit.verdict == "excluded",
        }[f.show]
        text = f.text.casefold()
        is_named = text in words.unit_name(unit).casefold() or text in unit.unit_id.casefold()
        return is_shown and f.stage in ("", unit.stage) and is_named

    def _row(self, unit: AssessedUnit) -> HeatRow:
        return HeatRow(
            label=words.unit_name(unit),
            note=words.stage_word(unit.stage),
            url=words.school_url(unit),
            verdict=words.shown_status(unit.verdict),
            cells=tuple(self._cell(unit, i) for i in self.rules.indicators),
        )

    def _cell(self, unit: AssessedUnit, indicator: Indicator) -> HeatCell:
        cell = unit.cells.get(indicator.id)
        if cell is None:
            return HeatCell("excluded", "", "")
        value = cell["value"]
        text = "–" if value is None else words.figure(value, self._places(indicator))
        return HeatCell(
            words.shown_status(cell["status"]), text, words.cell_url(unit, indicator.id)
        )

    def _places(self, indicator: Indicator) -> int:
        """Yuan per pupil need no decimals to be told apart from their threshold."""
        is_money = self.rules.fact(indicator.terms[0][0]).unit.zh in words.MONEY
        return 0 if is_money else self.places

    @property
    def show_chips(self) -> list[Link]:
        a = self.assessment
        if self.is_compared:
            return [Link(gettext("All units"), self.filter.url(), is_current=True, n=a.n_units)]
        n_below = sum(
            any(cell["status"] == "below85" for cell in unit.cells.values()) for unit in self.units
        )
        chips = [
            ("missed", gettext("Not passing"), self.n_in_the_way, ""),
            ("below", gettext("With a figure below 85 percent"), n_below, "below85"),
            ("pass", gettext("Passing"), a.n_pass, "pass"),
            ("excluded", gettext("Not assessed"), a.n_excluded, "excluded"),
            ("all", gettext("All units"), a.n_units, ""),
        ]
        return [
            Link(label, self.filter.url(show=key), self.filter.show == key, n, status)
            for key, label, n, status in chips
        ]

    @property
    def stage_options(self) -> list[tuple[str, str]]:
        return [("", gettext("Both stages")), *((s, words.stage_word(s)) for s in STAGES)]

    @property
    def sort_options(self) -> list[tuple[str, str]]:
        most = [] if self.is_compared else [("shortfalls", gettext("Most shortfalls first"))]
        return [
            *most,
            ("table", gettext("As in the table")),
            ("name", gettext("By name")),
            ("pupils", gettext("Largest first")),
        ]

    # dispersion

    @cached_property
    def strips(self) -> list[Strips]:
        return [self._strips(stage) for stage in STAGES if self._rows_of(stage)]

    def _rows_of(self, stage: str) -> list[AssessedDispersion]:
        return [row for row in self.own_dispersions if row.stage == stage]

    def _strips(self, stage: str) -> Strips:
        rows = self._rows_of(stage)
        units = [unit for unit in self.in_scope if unit.stage == stage]
        return Strips(
            stage=stage,
            label=words.stage_word(stage),
            n_within=sum(1 for row in rows if row.status == "within"),
            strips=tuple(self._strip(row, units) for row in rows),
        )

    def _strip(self, row: AssessedDispersion, units: Sequence[AssessedUnit]) -> StripShown:
        if row.indicator == MEAN_OF_COEFFICIENTS:
            return self._mean_strip(row)
        indicator = self.rules.indicator(row.indicator)
        threshold = indicator.thresholds.get(words.stage_of(row.stage))
        spoken = words.language()
        return StripShown(
            label=words.indicator_label(indicator),
            unit=indicator.unit.of(spoken),
            url=words.coefficient_url(row.assessment_id, row.stage, indicator.id),
            mean=row.mean,
            threshold=None if threshold is None else float(threshold),
            cv=row.cv,
            limit=row.limit,
            status=words.shown_status(row.status),
            note=left_out_note(row),
            decimals=self._places(indicator),
            schools=tuple(_spot(unit, indicator.id) for unit in units),
        )

    def _mean_strip(self, row: AssessedDispersion) -> StripShown:
        return StripShown(
            label=gettext("Mean of the coefficients"),
            unit="",
            url="",
            mean=None,
            threshold=None,
            cv=row.cv,
            limit=row.limit,
            status=words.shown_status(row.status),
            note=left_out_note(row),
            decimals=self.places,
            schools=(),
        )

    # years

    @property
    def year_labels(self) -> tuple[str, ...]:
        return tuple(str(one.school_year.starts_on.year) for one in self.years)

    @property
    def passing_trend(self) -> TrendShown:
        return TrendShown(
            title=gettext("Stage units assessed and passing"),
            years=self.year_labels,
            series=(
                Series(
                    gettext("assessed"), tuple(one.n_in_scope for one in self.years), "excluded"
                ),
                Series(gettext("passing"), tuple(one.n_pass for one in self.years), "pass"),
            ),
        )

    @property
    def coefficient_trends(self) -> list[TrendShown]:
        return [self._coefficient_trend(shown.stage) for shown in self.strips]

    def _coefficient_trend(self, stage: str) -> TrendShown:
        limit = self.rules.dispersion.limits.get(words.stage_of(stage))
        return TrendShown(
            title=gettext("Coefficients between schools, %(stage)s")
            % {"stage": words.stage_word(stage)},
            years=self.year_labels,
            series=tuple(self._series(stage, i) for i in self.rules.indicators),
            limit=None if limit is None else float(limit),
            limit_label="" if limit is None else gettext("limit"),
            decimals=self.rules.presentation.coefficient_decimals,
        )

    def _series(self, stage: str, indicator: Indicator) -> Series:
        rows = [
            next(
                (
                    row
                    for row in self.dispersions[one.pk]
                    if row.stage == stage and row.indicator == indicator.id
                ),
                None,
            )
            for one in self.years
        ]
        last = rows[-1].status if rows and rows[-1] else "not_computable"
        values = tuple(row.cv if row else None for row in rows)
        name = words.indicator_name(indicator, is_short=True)
        return Series(name, values, words.shown_status(last))


def n_missed(unit: AssessedUnit) -> int:
    """Return how many figures of a unit lie below their threshold."""
    return sum(cell["status"] in MISSED for cell in unit.cells.values())


def left_out_note(row: AssessedDispersion) -> str:
    """Return how many units a coefficient leaves out, or ""."""
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


_ORDERS: Mapping[str, Callable[[AssessedUnit], tuple[object, ...]]] = {
    "shortfalls": lambda unit: (-n_missed(unit), unit.row_no),
    "table": lambda unit: (unit.row_no,),
    "name": lambda unit: (words.unit_name(unit), unit.stage),
    "pupils": lambda unit: (-unit.pupils, unit.row_no),
}
