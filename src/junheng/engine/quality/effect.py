"""What a finding would do: the same assessment with one figure missing or corrected.

Only the county and stage of the unit are measured again. Sums over the units without findings are
made once in SQL; the units with findings are added one by one, so that leaving one out or changing
it loses no digits to cancellation. A coefficient this close to its limit is decided in exact
fractions, as in the assessment itself.

With x the amounts and P the pupils of the units used: mean = sum x / sum P and
CV^2 = sum(x^2 / P) sum P / (sum x)^2 - 1.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import accumulate
from math import sqrt
from typing import TYPE_CHECKING

from junheng.engine.quality.outcomes import CellOutcome, Coefficient, Effect, Outcome
from junheng.engine.quality.raw import PUPILS
from junheng.engine.standard import exact, working
from junheng.engine.standard.definition import MEAN_OF_COEFFICIENTS, NEAR_ONE_IN
from junheng.engine.standard.unit_table import UNITS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from junheng.engine.standard.assess import Assessment
    from junheng.engine.standard.ruleset import Indicator, RuleSet, Stage
    from junheng.engine.standard.working import CellWorking
    from junheng.engine.store.session import Row

FLAGGED = "quality_flagged"

Facts = dict[str, Fraction | None]
Place = tuple[str, "Stage"]
"""County (blank for none) and stage."""


@dataclass(frozen=True)
class FlaggedUnit:
    """A unit with a finding, and what it brings into each coefficient."""

    unit_ix: int
    place: Place
    kind: str
    pupils: int
    facts: Facts
    cells: Mapping[str, CellWorking]
    is_excluded: bool


@dataclass(frozen=True)
class Sums:
    """Sums over units: how many, pupils, amounts, amounts squared per pupil."""

    n: int = 0
    pupils: int = 0
    amount: float = 0.0
    squares: float = 0.0

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.n + other.n,
            self.pupils + other.pupils,
            self.amount + other.amount,
            self.squares + other.squares,
        )

    @property
    def cv(self) -> float | None:
        """Coefficient of variation; None without units or with a mean of 0."""
        if self.amount <= 0 or self.pupils == 0:
            return None
        return sqrt(max(0.0, self.squares * self.pupils / self.amount**2 - 1))


NOTHING = Sums()


@dataclass(frozen=True)
class _Group:
    """One county and stage: sums of its sound units, and its flagged units in order."""

    n_sound: int
    sound: Mapping[str, Sums]
    flagged: tuple[FlaggedUnit, ...]

    @cached_property
    def others(self) -> Mapping[str, list[Sums]]:
        """For each indicator and flagged unit: the sums over all units but that one."""
        return {i: _all_but_one(self.sound[i], self.flagged, i) for i in self.sound}

    @cached_property
    def position(self) -> Mapping[int, int]:
        """The place of each flagged unit among them."""
        return {unit.unit_ix: ix for ix, unit in enumerate(self.flagged)}

    @cached_property
    def n_flagged(self) -> int:
        """How many flagged units are in scope."""
        return sum(not unit.is_excluded for unit in self.flagged)


class Effects:
    """Outcomes of changed figures of the flagged units of one assessment.

    Constant number of queries, whatever the number of findings, apart from coefficients that lie
    within a billionth of their limit.
    """

    def __init__(self, assessment: Assessment, unit_ixs: Iterable[int]) -> None:
        self.assessment = assessment
        self.ruleset = assessment.ruleset
        self._session = assessment.table.session
        self._session.load(FLAGGED, {"unit_ix": sorted(unit_ixs)}, {"unit_ix": "BIGINT"})
        self.units = {unit.unit_ix: unit for unit in self._flagged_units()}
        self._groups = self._load_groups()
        self._counties = self._load_counties()
        self._standing: dict[Place, dict[str, Coefficient]] = {}

    def effect(self, unit_ix: int, field: str, likely: Fraction | None) -> Effect | None:
        """Return the effect of one figure; None where no indicator uses it."""
        unit = self.units[unit_ix]
        touched = _touched(self.ruleset, field)
        if unit.is_excluded or not touched:
            return None
        return Effect(
            now=self._outcome(unit, unit, self.value(unit_ix, field, None), touched),
            missing=self._with(unit, field, None, touched),
            corrected=None if likely is None else self._with(unit, field, likely, touched),
        )

    def value(self, unit_ix: int, field: str, otherwise: Fraction | None) -> Fraction | None:
        """Return the exact figure of the unit table; `otherwise` where it has no such field."""
        unit = self.units[unit_ix]
        if field == PUPILS:
            return Fraction(unit.pupils)
        return unit.facts.get(field, otherwise)

    def _with(
        self, unit: FlaggedUnit, field: str, value: Fraction | None, touched: Sequence[Indicator]
    ) -> Outcome:
        """Return the outcome with one figure replaced. Without pupils nothing is per pupil."""
        pupils = int(value or 0) if field == PUPILS else unit.pupils
        facts = unit.facts if field == PUPILS else unit.facts | {field: value}
        changed = _measured(self.ruleset, replace(unit, pupils=pupils, facts=facts), touched)
        return self._outcome(unit, changed, value, touched)

    def _outcome(
        self,
        old: FlaggedUnit,
        new: FlaggedUnit,
        value: Fraction | None,
        touched: Sequence[Indicator],
    ) -> Outcome:
        before = self._before(old)
        after = before if new is old else self._after(old, new, touched)
        verdicts = unit_verdict(self.ruleset, old), unit_verdict(self.ruleset, new)
        judged = {i.id for i in touched} | {MEAN_OF_COEFFICIENTS}
        return Outcome(
            value=value,
            cells={i.id: _cell(new.cells[i.id]) for i in touched},
            unit_verdict=verdicts[1],
            coefficients={name: c for name, c in after.items() if name in judged},
            county_verdict=self._county_verdict(
                old.place[0], verdicts, (before.values(), after.values())
            ),
        )

    # coefficients

    def _before(self, unit: FlaggedUnit) -> dict[str, Coefficient]:
        """Return all coefficients of a unit's place as the table stands, computed once."""
        if unit.place not in self._standing:
            self._standing[unit.place] = self._after(unit, unit, self.ruleset.indicators)
        return self._standing[unit.place]

    def _after(
        self, old: FlaggedUnit, new: FlaggedUnit, touched: Sequence[Indicator]
    ) -> dict[str, Coefficient]:
        """Return all coefficients with a unit changed; those not touched stay as they are."""
        is_all = len(touched) == len(self.ruleset.indicators)
        found = {} if is_all else dict(self._before(old))
        for i in touched:
            found[i.id] = self._coefficient(old, new, i)
        if self.ruleset.dispersion.method == "mean":
            own = {i.id: found[i.id] for i in self.ruleset.indicators}
            found[MEAN_OF_COEFFICIENTS] = self._mean(old, new, own)
        return found

    def _coefficient(self, old: FlaggedUnit, new: FlaggedUnit, indicator: Indicator) -> Coefficient:
        group = self._groups[old.place]
        position = group.position[old.unit_ix]
        n_in_scope = group.n_sound + group.n_flagged - (not old.is_excluded) + (not new.is_excluded)
        sums = group.others[indicator.id][position] + _share(new, indicator.id)
        status = self._status(old, new, indicator, sums.cv)
        return Coefficient(sums.cv, status, n_in_scope - sums.n)

    def _status(
        self, old: FlaggedUnit, new: FlaggedUnit, indicator: Indicator, cv: float | None
    ) -> str:
        limit = self.ruleset.dispersion.limits.get(old.place[1])
        if cv is None:
            return "not_computable"
        if limit is None or self.ruleset.dispersion.method != "each":
            return "not_judged"
        if not _is_near(cv, limit):
            return "within" if cv < limit else "beyond"
        square = self._exact_square(old, new, indicator) or Fraction(0)
        return "within" if exact.is_within(square, limit) else "beyond"

    def _mean(
        self, old: FlaggedUnit, new: FlaggedUnit, found: Mapping[str, Coefficient]
    ) -> Coefficient:
        limit = self.ruleset.dispersion.limits.get(old.place[1])
        n_left_out = max(c.n_left_out for c in found.values())
        cvs = [c.cv for c in found.values() if c.cv is not None]
        if len(cvs) < len(found):
            return Coefficient(None, "not_computable", n_left_out)
        cv = sum(cvs) / len(cvs)
        if limit is None:
            return Coefficient(cv, "not_judged", n_left_out)
        if _is_near(cv, limit):
            squares = [self._exact_square(old, new, i) for i in self.ruleset.indicators]
            is_within = exact.mean_is_within([s for s in squares if s is not None], limit)
        else:
            is_within = cv < limit
        return Coefficient(cv, "within" if is_within else "beyond", n_left_out)

    def _exact_square(
        self, old: FlaggedUnit, new: FlaggedUnit, indicator: Indicator
    ) -> Fraction | None:
        i = indicator.id
        rows = self._session.rows(
            f"SELECT CAST(num_{i} AS VARCHAR), CAST(den_{i} AS VARCHAR), pupils FROM cells "
            f"WHERE county = ? AND stage = ? AND num_{i} IS NOT NULL AND unit_ix <> ?",
            [*old.place, old.unit_ix],
        )
        shares = [exact.Share(Fraction(int(str(n)), int(str(d))), int(str(p))) for n, d, p in rows]
        amount = _used_amount(new, i)
        if amount is not None:
            shares.append(exact.Share(amount, new.pupils))
        return exact.dispersion(shares, per=indicator.per).cv_squared if shares else None

    # the county

    def _county_verdict(
        self,
        county: str,
        verdicts: tuple[str, str],
        coefficients: tuple[Iterable[Coefficient], Iterable[Coefficient]],
    ) -> str:
        """Put the change into the county's counts and judge as the definition does."""
        counts = dict(self._counties[county])
        for sign, verdict, found in zip((-1, 1), verdicts, coefficients, strict=True):
            counts[verdict] = counts.get(verdict, 0) + sign
            for c in found:
                counts[c.status] = counts.get(c.status, 0) + sign
                counts["incomplete"] += sign * (c.n_left_out > 0)
        rules = self.ruleset
        if rules.unit_rule.met_at_least is None and rules.dispersion.method == "none":
            return "not_judged"
        if counts.get("fail") or counts.get("beyond"):
            return "not_met"
        open_questions = ("undetermined", "not_computable", "incomplete")
        return "undetermined" if any(counts.get(n) for n in open_questions) else "met"

    # loading

    def _flagged_units(self) -> list[FlaggedUnit]:
        decimals = self.assessment.table.decimals
        texts = ", ".join(f"CAST({f} AS VARCHAR)" for f in decimals)
        rows = self._session.rows(
            f"SELECT unit_ix, county, stage, kind, pupils, {texts} FROM {UNITS} "
            f"JOIN {FLAGGED} USING (unit_ix) ORDER BY unit_ix"
        )
        return [self._flagged_unit(row) for row in rows]

    def _flagged_unit(self, row: Row) -> FlaggedUnit:
        unit_ix, county, stage, kind, pupils, *scaled = row
        facts: Facts = {
            field: None if text is None else Fraction(int(str(text)), 10**decimals)
            for (field, decimals), text in zip(
                self.assessment.table.decimals.items(), scaled, strict=True
            )
        }
        place: Place = (str(county), "primary" if stage == "primary" else "junior")
        unit = FlaggedUnit(
            int(str(unit_ix)), place, str(kind), int(str(pupils)), facts, {}, is_excluded=False
        )
        return _measured(self.ruleset, unit, self.ruleset.indicators)

    def _load_groups(self) -> dict[Place, _Group]:
        flagged: dict[Place, list[FlaggedUnit]] = {}
        for unit in self.units.values():
            flagged.setdefault(unit.place, []).append(unit)
        sound = self._sound_sums()
        nothing = dict.fromkeys((i.id for i in self.ruleset.indicators), NOTHING)
        return {
            place: _Group(*sound.get(place, (0, nothing)), tuple(units))
            for place, units in flagged.items()
        }

    def _sound_sums(self) -> dict[Place, tuple[int, dict[str, Sums]]]:
        """Sums of each place with findings over the units without any."""
        sums = ", ".join(_sums_sql(i.id) for i in self.ruleset.indicators)
        rows = self._session.rows(
            f"SELECT county, stage, COUNT(*), {sums} FROM cells c WHERE is_excluded = 0 "
            f"AND unit_ix NOT IN (SELECT unit_ix FROM {FLAGGED}) "
            f"AND (county, stage) IN (SELECT (county, stage) FROM {UNITS} "
            f"JOIN {FLAGGED} USING (unit_ix)) GROUP BY county, stage"
        )
        found: dict[Place, tuple[int, dict[str, Sums]]] = {}
        for county, stage, n, *numbers in rows:
            place: Place = (str(county), "primary" if stage == "primary" else "junior")
            found[place] = (
                int(str(n)),
                {
                    i.id: Sums(
                        int(str(numbers[4 * ix])),
                        int(str(numbers[4 * ix + 1])),
                        float(str(numbers[4 * ix + 2])),
                        float(str(numbers[4 * ix + 3])),
                    )
                    for ix, i in enumerate(self.ruleset.indicators)
                },
            )
        return found

    def _load_counties(self) -> dict[str, dict[str, int]]:
        rows = self._session.rows(
            "SELECT county, n_fail, n_undetermined, n_beyond, n_not_computable, n_incomplete "
            "FROM county_verdicts"
        )
        names = ("fail", "undetermined", "beyond", "not_computable", "incomplete")
        return {
            str(county): {name: int(str(n)) for name, n in zip(names, counts, strict=True)}
            for county, *counts in rows
        }


def unit_verdict(ruleset: RuleSet, unit: FlaggedUnit) -> str:
    """Return a unit's verdict from the statuses of all its cells."""
    if unit.is_excluded:
        return "excluded"
    at_least = ruleset.unit_rule.met_at_least
    if at_least is None:
        return "not_judged"
    statuses = [cell.status for cell in unit.cells.values()]
    if "below85" in statuses or statuses.count("between85") > len(statuses) - at_least:
        return "fail"
    return "undetermined" if "missing" in statuses else "pass"


def _measured(ruleset: RuleSet, unit: FlaggedUnit, touched: Sequence[Indicator]) -> FlaggedUnit:
    """Return the unit with the touched cells, and whether it is in scope, from its figures."""
    stage = unit.place[1]
    cells = dict(unit.cells) | {
        i.id: working.cell_working(ruleset, i, stage, pupils=unit.pupils, facts=unit.facts)
        for i in touched
    }
    is_excluded = any(
        e.kind == unit.kind and (e.pupils_below is None or unit.pupils < e.pupils_below)
        for e in ruleset.exclusions
    )
    return replace(unit, cells=cells, is_excluded=is_excluded)


def _touched(ruleset: RuleSet, field: str) -> tuple[Indicator, ...]:
    if field == PUPILS:
        return ruleset.indicators
    return tuple(i for i in ruleset.indicators if any(fact == field for fact, _ in i.terms))


def _cell(cell: CellWorking) -> CellOutcome:
    return CellOutcome(None if cell.value is None else float(cell.value), cell.status)


def _used_amount(unit: FlaggedUnit, indicator_id: str) -> Fraction | None:
    """The amount with which a unit enters a coefficient; None when it is left out."""
    if unit.is_excluded or unit.pupils == 0:
        return None
    return unit.cells[indicator_id].amount


def _share(unit: FlaggedUnit, indicator_id: str) -> Sums:
    amount = _used_amount(unit, indicator_id)
    if amount is None:
        return NOTHING
    return Sums(1, unit.pupils, float(amount), float(amount * amount / unit.pupils))


def _all_but_one(sound: Sums, flagged: Sequence[FlaggedUnit], indicator_id: str) -> list[Sums]:
    shares = [_share(unit, indicator_id) for unit in flagged]
    before = list(accumulate(shares, initial=sound))
    after = list(accumulate(reversed(shares), initial=NOTHING))[::-1]
    return [before[ix] + after[ix + 1] for ix in range(len(shares))]


def _is_near(cv: float, limit: Fraction) -> bool:
    return abs(cv / float(limit) - 1) * NEAR_ONE_IN <= 1


def _sums_sql(i: str) -> str:
    amount = f"CAST(num_{i} AS DOUBLE) / CAST(den_{i} AS DOUBLE)"
    return (
        f"COUNT(num_{i}), COALESCE(SUM(CASE WHEN num_{i} IS NOT NULL THEN pupils END), 0), "
        f"COALESCE(SUM({amount}), 0), COALESCE(SUM(({amount}) * ({amount}) / pupils), 0)"
    )
