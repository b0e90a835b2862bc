"""Steps from the sums to `units` and `terms`: every fact of a unit as an exact fraction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from junheng.engine.standard.definition import TERMS, Step
from junheng.engine.standard.person_level.assets import EQUIPMENT
from junheng.engine.standard.person_level.roll import COUNTED_UNITS, counted_stages
from junheng.engine.standard.unit_table import UNITS
from junheng.errors import RuleSetError
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from junheng.engine.standard.person_level.rules import PersonRules
    from junheng.engine.standard.ruleset import Indicator, Relief, RuleSet

WIDE = "DECIMAL(38,0)"
HUNDREDTHS = 100
UNIT_SUMS = "person_unit_sums"
"""What each unit and its school have: nothing in it changes when a pupil moves."""
UNIT_FACTS = "person_unit_facts"
"""The sums of each unit and the parts of its school, the last relation before units get numbers."""
SHOWN_DECIMALS = 6
"""Decimals with which `units` shows a unit's part of a shared thing; `terms` has the fraction."""


@dataclass(frozen=True)
class FactSource:
    """How a fact of a unit is written over the joined sums: numerator and denominator as SQL.

    `denominators` are the factors of the denominator; equal ones of two facts need not be
    multiplied. `decimals` are those that the relation `units` shows.
    """

    numerator: str
    denominators: tuple[str, ...]
    decimals: int


def steps(
    ruleset: RuleSet, rules: PersonRules, relief: Relief | None, person_parts: int
) -> tuple[Step, ...]:
    """Return the last steps; `person_parts` is the k of teachers counted in 1/k.

    They need the relation `UNIT_FACTS`.
    """
    sources = fact_sources(ruleset, rules, relief, person_parts)
    return (
        Step("person_facts", _numbered()),
        Step(UNITS, _units(sources)),
        Step("person_terms", _terms(ruleset, sources)),
    )


def facts_steps() -> tuple[Step, ...]:
    """Return the steps that join all sums to the units of the stages that count."""
    return Step(UNIT_SUMS, _sums()), Step(UNIT_FACTS, _facts())


def narrowed(ruleset: RuleSet, integer: str) -> Step:
    """Return the step that gives the terms the type in which the definition computes."""
    columns = ["unit_ix", "county", "stage", "kind", "pupils"]
    for i in ruleset.indicators:
        columns += [f"CAST({part}_{i.id} AS {integer}) AS {part}_{i.id}" for part in ("num", "den")]
    return Step(TERMS, f"SELECT {', '.join(columns)} FROM person_terms")


def fact_sources(
    ruleset: RuleSet, rules: PersonRules, relief: Relief | None, person_parts: int
) -> dict[str, FactSource]:
    """Return the source of every fact that an indicator of the rule set uses.

    Raises `RuleSetError` for a fact that people, rooms and things do not tell.
    """
    known = _person_facts(rules, relief, person_parts) | _located_facts() | _kept_facts()
    used = dict.fromkeys(fact_id for i in ruleset.indicators for fact_id, _ in i.terms)
    for fact_id in used:
        if fact_id not in known:
            raise RuleSetError(
                say(
                    "Rule set {rules} uses “{fact}”, which cannot be measured from people and "
                    "rooms. Assess a unit table instead.",
                    rules=ruleset.id,
                    fact=fact_id,
                )
            )
    return {fact_id: known[fact_id] for fact_id in used}


def _person_facts(
    rules: PersonRules, relief: Relief | None, person_parts: int
) -> dict[str, FactSource]:
    names = ("teachers_above_degree", "teachers_backbone", "teachers_pe_arts")
    decimals = 0 if person_parts == 1 else SHOWN_DECIMALS
    found = {
        name: FactSource(
            f"CASE WHEN has_staff = 1 THEN COALESCE({name}, 0) END", (str(person_parts),), decimals
        )
        for name in names
    }
    if relief is not None:
        start, end = int(relief.params["pupils_from"]), int(relief.params["pupils_below"])
        small = f"locality_code IN {rules.listed('rural')} AND pupils >= {start} AND pupils < {end}"
        visitors = f"CASE WHEN {small} THEN COALESCE(visitors, 0) * {person_parts} ELSE 0 END"
        own = found["teachers_pe_arts"]
        found["teachers_pe_arts"] = FactSource(
            f"({own.numerator} + {visitors})", own.denominators, decimals
        )
    return found


def _located_facts() -> dict[str, FactSource]:
    """Facts with a place: what lies on the unit's own campus, and its share of the rest."""
    hundredths = str(HUNDREDTHS)
    found = {}
    for name, sums, factors in (
        ("teaching_area_m2", "rooms", ("d_rest", hundredths)),
        ("indoor_sport_area_m2", "rooms", ("d_rest", hundredths)),
        ("media_rooms", "rooms", ("d_rest",)),
        ("sports_ground_area_m2", "grounds", ("d_rest", hundredths)),
    ):
        own, rest = f"COALESCE(own_{name}, 0)", f"COALESCE(rest_{name}, 0)"
        found[name] = FactSource(
            f"CASE WHEN {sums}_known = 1 THEN CAST({own} AS {WIDE}) * d_rest "
            f"+ CAST({rest} AS {WIDE}) * n_rest END",
            factors,
            SHOWN_DECIMALS,
        )
    return found


def _kept_facts() -> dict[str, FactSource]:
    """Facts without a place: the unit's share of the whole school's."""
    return {
        name: FactSource(
            f"CAST({name} AS {WIDE}) * n_all", ("d_all", str(HUNDREDTHS)), SHOWN_DECIMALS
        )
        for name in EQUIPMENT
    }


def _sums() -> str:
    located = {
        "rooms": ("person_room_sums", ("teaching_area_m2", "indoor_sport_area_m2", "media_rooms")),
        "grounds": ("person_ground_sums", ("sports_ground_area_m2",)),
    }
    columns, joins = [], []
    for name, (relation, facts) in located.items():
        own, rest = f"own_{name}", f"rest_{name}"
        joins += [
            f"LEFT JOIN {relation} {own} ON {own}.school_id = u.school_id "
            f"AND {own}.place = u.unit_id",
            f"LEFT JOIN {relation} {rest} ON {rest}.school_id = u.school_id AND {rest}.place = ''",
        ]
        columns.append(
            f"CASE WHEN ({own}.school_id IS NOT NULL OR {rest}.school_id IS NOT NULL) "
            f"AND COALESCE({own}.n_blank, 0) + COALESCE({rest}.n_blank, 0) = 0 "
            f"THEN 1 ELSE 0 END AS {name}_known"
        )
        columns += [
            f"{side}_{name}.{fact} AS {side}_{fact}" for fact in facts for side in ("own", "rest")
        ]
    columns += [f"e.{fact} AS {fact}" for fact in EQUIPMENT]
    columns += [
        f"t.{fact} AS {fact}"
        for fact in ("teachers_above_degree", "teachers_backbone", "teachers_pe_arts")
    ]
    staffed = (
        "SELECT DISTINCT h.counted_id AS school_id "
        "FROM (SELECT DISTINCT school_id FROM person_staff) s "
        "JOIN person_homes h ON h.school_id = s.school_id"
    )
    scope = f"SELECT unit_id, school_id FROM {COUNTED_UNITS} WHERE stage IN {counted_stages()}"
    return (
        "SELECT u.unit_id AS unit_id,\n"
        "  CASE WHEN w.school_id IS NULL THEN 0 ELSE 1 END AS has_staff, "
        f"v.visitors AS visitors,\n  {', '.join(columns)}\n"
        f"FROM ({scope}) u\n{chr(10).join(joins)}\n"
        "LEFT JOIN person_equipment_sums e ON e.school_id = u.school_id\n"
        "LEFT JOIN person_unit_staff t ON t.unit_id = u.unit_id\n"
        "LEFT JOIN person_visitors v ON v.unit_id = u.unit_id\n"
        f"LEFT JOIN ({staffed}) w ON w.school_id = u.school_id"
    )


def _facts() -> str:
    return (
        "SELECT u.school_id AS school_id, u.school_name AS school_name, u.county AS county, "
        "u.stage AS stage, u.kind AS kind, u.locality_code AS locality_code, "
        "u.pupils AS pupils, u.n_all AS n_all, u.d_all AS d_all, u.n_rest AS n_rest, "
        "u.d_rest AS d_rest, s.*\n"
        f"FROM person_shares u JOIN {UNIT_SUMS} s ON s.unit_id = u.unit_id"
    )


def _numbered() -> str:
    order = "county, school_id, CASE stage WHEN 'primary' THEN 0 ELSE 1 END, unit_id"
    numbered = f"SELECT *, ROW_NUMBER() OVER (ORDER BY {order}) - 1 AS ix FROM {UNIT_FACTS}"
    return f"SELECT *, CAST(ix AS BIGINT) AS unit_ix FROM ({numbered}) n"


def _units(sources: dict[str, FactSource]) -> str:
    columns = ["unit_ix", "unit_ix + 1 AS row_no", "unit_id", "school_id", "school_name"]
    columns += ["county", "stage", "kind", "pupils"]
    for fact_id, source in sources.items():
        value = (
            f"CAST({source.numerator} AS DOUBLE) * {10**source.decimals} "
            f"/ CAST({_product(source.denominators)} AS DOUBLE)"
        )
        columns.append(f"CAST(ROUND({value}) AS BIGINT) AS {fact_id}")
    return f"SELECT {', '.join(columns)}\nFROM person_facts\nORDER BY unit_ix"


def _terms(ruleset: RuleSet, sources: dict[str, FactSource]) -> str:
    columns = ["unit_ix", "county", "stage", "kind", "pupils"]
    for i in ruleset.indicators:
        numerator, denominator = _fraction(i, sources)
        columns += [f"{numerator} AS num_{i.id}", f"{denominator} AS den_{i.id}"]
    return f"SELECT {', '.join(columns)}\nFROM person_facts"


def _fraction(indicator: Indicator, sources: dict[str, FactSource]) -> tuple[str, str]:
    """SQL of numerator and denominator of an indicator's sum of facts."""
    common = list(
        dict.fromkeys(f for fact, _ in indicator.terms for f in sources[fact].denominators)
    )
    parts = []
    for fact, weight in indicator.terms:
        lacking = [f for f in common if f not in sources[fact].denominators]
        factors = [f"CAST({sources[fact].numerator} AS {WIDE})", str(weight), *lacking]
        parts.append(" * ".join(factors))
    return f"CAST({' + '.join(parts)} AS {WIDE})", f"CAST({_product(common)} AS {WIDE})"


def _product(factors: Sequence[str]) -> str:
    return " * ".join(factors)
