"""What a unit would come to with other figures: measured the same way, nothing written."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from junheng.apps.balance import selectors
from junheng.apps.balance.kept import open_kept
from junheng.apps.balance.stored import exact_text
from junheng.engine import standard
from junheng.engine.standard.ruleset import STAGES
from junheng.engine.standard.unit_rows import UnitRow, load_units, used_facts
from junheng.engine.store.session import Session

if TYPE_CHECKING:
    from collections.abc import Mapping

    from junheng.apps.accounts.api import Reader
    from junheng.apps.balance.models import AssessedUnit
    from junheng.engine.standard import RuleSet
    from junheng.engine.standard.assess import CountyVerdict, DispersionResult, UnitResult

Facts = dict[str, Fraction | None]


@dataclass(frozen=True)
class Figures:
    """Pupils of a unit and its exact facts by id; None where a fact is not filled in."""

    pupils: int
    facts: Mapping[str, Fraction | None]


@dataclass(frozen=True)
class Imagined:
    """The unit with other figures.

    `coefficients` by indicator and `county` are of the whole district with this one unit changed;
    none for a reader who does not see the district.
    """

    unit: UnitResult
    coefficients: Mapping[str, DispersionResult]
    county: CountyVerdict | None


def figures_of(unit: AssessedUnit) -> Figures:
    """Return the figures a unit was assessed by."""
    return _figures(unit, open_kept(unit.assessment.ruleset))


def _figures(unit: AssessedUnit, rules: RuleSet) -> Figures:
    facts = ((name, unit.facts.get(name)) for name in used_facts(rules))
    exact: Facts = {name: None if text is None else Fraction(text) for name, text in facts}
    return Figures(unit.pupils, exact)


def shown(figure: Fraction | None) -> str:
    """Return a figure as a field shows it: to two decimals, "" when it is not filled in.

    A field that is left as it was stands for the exact figure, also where this is a rounded one.

    >>> shown(Fraction(7, 3)), shown(Fraction(12)), shown(None)
    ('2.33', '12', '')
    """
    return "" if figure is None else exact_text(Fraction(round(figure * 100), 100))


def imagine(reader: Reader, unit: AssessedUnit, figures: Figures) -> Imagined:
    """Measure a unit anew with other figures, and the district with it where the reader sees it.

    Constant number of queries. DataError when a figure has more digits than any school's.
    """
    rules = open_kept(unit.assessment.ruleset)
    sees_district = unit.assessment.bureau_id in reader.scope.bureaus
    units = selectors.units_visible_to(reader, unit.assessment) if sees_district else [unit]
    given = [_row(one, figures if one.pk == unit.pk else _figures(one, rules)) for one in units]
    with Session() as session:
        found = standard.assess(load_units(session, given, rules))
        measured = next(one for one in found.units if one.unit_id == unit.unit_id)
        if not sees_district:
            return Imagined(measured, {}, None)
        own_stage = [row for row in found.dispersion if row.stage == unit.stage]
        return Imagined(measured, {row.indicator: row for row in own_stage}, found.counties[0])


def _row(unit: AssessedUnit, figures: Figures) -> UnitRow:
    return UnitRow(
        unit_id=unit.unit_id,
        school_id=str(unit.school_id),
        school_name=unit.school_name,
        county="",
        stage=next(stage for stage in STAGES if stage == unit.stage),
        kind=unit.kind,
        pupils=figures.pupils,
        facts=figures.facts,
    )
