"""From whole schools to stage units: what a school owns is split by weighted enrolment, exactly."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from junheng.engine.standard.person_level.rules import SPLIT_KINDS, UNIT_KINDS, person_rules
from junheng.engine.standard.ruleset import STAGES
from junheng.engine.standard.school_items import ClassBand
from junheng.engine.standard.unit_rows import UnitRow, used_facts
from junheng.errors import RuleSetError
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from junheng.engine.annual_statistics.layout import Layout
    from junheng.engine.annual_statistics.schools import School
    from junheng.engine.standard.person_level.rules import PersonRules
    from junheng.engine.standard.ruleset import RuleSet, Stage

UNIT_SUFFIX: Mapping[Stage, str] = {"primary": "P", "junior": "J"}


def check_facts(ruleset: RuleSet, layout: Layout) -> None:
    """Raise `RuleSetError` when the rule set uses a fact that the tables do not tell."""
    told = {figure.fact for figure in layout.figures.values()}
    for fact_id in used_facts(ruleset):
        if fact_id not in told:
            raise RuleSetError(
                say(
                    "Rule set {rules} uses “{fact}”, which layout {layout} of the annual "
                    "statistics does not tell. Assess a unit table instead.",
                    rules=ruleset.id,
                    fact=fact_id,
                    layout=layout.id,
                )
            )


def unit_rows(schools: Iterable[School], ruleset: RuleSet) -> list[UnitRow]:
    """Return the stage units in the order of county, school and stage.

    A school without pupils of a stage has no unit of it; one without any keeps the stages of its
    kind, so that somebody sees it.
    """
    rules, facts = person_rules(ruleset), used_facts(ruleset)
    rows = [row for school in schools for row in _units(school, rules, ruleset, facts)]
    return sorted(rows, key=lambda r: (r.county, r.school_id, STAGES.index(r.stage), r.unit_id))


def _units(
    school: School, rules: PersonRules, ruleset: RuleSet, facts: Sequence[str]
) -> Iterator[UnitRow]:
    weighted = {s: _weight(rules, school.kind_code, s) * n for s, n in school.pupils.items()}
    whole = sum(weighted.values())
    school_id = school.id or school.name
    for stage in _unit_stages(school):
        share = Fraction(weighted.get(stage, 0), whole) if whole else Fraction(1)
        yield UnitRow(
            unit_id=f"{school_id}-{UNIT_SUFFIX[stage]}",
            school_id=school_id,
            school_name=school.name,
            county=school.county,
            stage=stage,
            kind=_kind(rules, school.kind_code),
            pupils=school.pupils.get(stage, 0),
            facts={fact: _amount(school, stage, fact, ruleset, share) for fact in facts},
        )


def _unit_stages(school: School) -> tuple[Stage, ...]:
    with_pupils = tuple(stage for stage in STAGES if school.pupils.get(stage))
    return with_pupils or tuple(stage for stage in STAGES if stage in school.stages)


def _amount(
    school: School, stage: Stage, fact: str, ruleset: RuleSet, share: Fraction
) -> Fraction | None:
    if not ruleset.fact(fact).is_shared:
        return school.amounts.get((stage, fact))
    amount = school.amounts.get(("", fact))
    return None if amount is None else amount * share


def _kind(rules: PersonRules, code: str) -> str:
    return next((kind for kind in UNIT_KINDS if code in rules.codes[kind]), "ordinary")


def _weight(rules: PersonRules, code: str, stage: str) -> int:
    """Weight of a pupil: by the kind of school, for other stages that of attached classes.

    As whole numbers over one denominator, the same as for people (`person_level.roll`).
    """
    for kind in SPLIT_KINDS:
        if code in rules.codes[kind] and stage in rules.weights.get(kind, {}):
            return rules.weights[kind][stage]
    return rules.weights["attached_classes"].get(stage, 0)


def class_bands(schools: Iterable[School], layout: Layout) -> tuple[ClassBand, ...]:
    """Return the classes of each school and stage by size, as the item of class sizes takes them.

    Bands without classes are left out.
    """
    highest = {band.lowest: band.highest for band in layout.bands}
    return tuple(
        ClassBand(school.id or school.name, stage, lowest, highest[lowest], n)
        for school in schools
        for (stage, lowest), n in sorted(school.classes.items())
        if n
    )
