"""What a rule set says about measuring from people, as typed values.

Rows of `[[person_level]]`, by id:

=========================================  =======================================================
nine_year, twelve_year, complete_middle    kinds of school (BXLX) with those split weights
teaching_point, special, vocational        kinds of school whose units are of that kind
rural, urban_or_town, dense_centre         localities (SZDCXLX)
private                                    sponsors that make a school private
full_time                                  categories of staff who are full-time teachers
teacher_stage                              `main` or `share`: in which stage a teacher counts
above_degree_primary, above_degree_junior  levels of education above the required one
backbone                                   levels of backbone titles that count
pe_arts_subjects, pe_arts_teacher          subjects; `main` or `any`: whose subject they must be
visiting_forms                             forms of teaching that a relief of R3 lets count
teaching_rooms, indoor_sport_rooms         kinds of rooms
grounds, rebuilt_grounds, rented_grounds   kinds of sports grounds
attached_classes                           split weights of classes outside the kind of the school
=========================================  =======================================================
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING, Literal

from junheng.errors import RuleSetError
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from junheng.engine.standard.ruleset import PersonRule, RuleSet

SPLIT_KINDS = ("nine_year", "twelve_year", "complete_middle")
UNIT_KINDS = ("teaching_point", "special", "vocational")
CODE_LISTS = (
    *SPLIT_KINDS,
    *UNIT_KINDS,
    "rural",
    "urban_or_town",
    "dense_centre",
    "private",
    "full_time",
    "above_degree_primary",
    "above_degree_junior",
    "backbone",
    "pe_arts_subjects",
    "visiting_forms",
    "teaching_rooms",
    "indoor_sport_rooms",
    "grounds",
    "rebuilt_grounds",
    "rented_grounds",
)


@dataclass(frozen=True)
class PersonRules:
    """The rows of `[[person_level]]` of one rule set.

    `weights` holds, for each kind of split and for `attached_classes`, whole-number weights by
    stage over one common denominator.
    """

    codes: Mapping[str, tuple[str, ...]]
    teacher_stage: Literal["main", "share"]
    pe_arts_teacher: Literal["main", "any"]
    weights: Mapping[str, Mapping[str, int]]

    def listed(self, row_id: str) -> str:
        """Return the codes of a row as an SQL list: ('11', '14')."""
        return "(" + ", ".join("'" + c.replace("'", "''") + "'" for c in self.codes[row_id]) + ")"


def person_rules(ruleset: RuleSet) -> PersonRules:
    """Return what a rule set says about measuring from people.

    Raises `RuleSetError` when a row is missing or says what is not known here.
    """
    rows = {row.id: row for row in ruleset.person_level}
    return PersonRules(
        codes={row_id: _codes(ruleset, rows, row_id) for row_id in CODE_LISTS},
        teacher_stage="share" if _word(ruleset, rows, "teacher_stage", "share") else "main",
        pe_arts_teacher="any" if _word(ruleset, rows, "pe_arts_teacher", "any") else "main",
        weights=_weights(ruleset, rows),
    )


def _row(ruleset: RuleSet, rows: Mapping[str, PersonRule], row_id: str) -> PersonRule:
    if row_id not in rows:
        raise RuleSetError(
            say(
                "Rule set {rules} does not say “{row}” for measuring from people. Add it under "
                "[[person_level]].",
                rules=ruleset.id,
                row=row_id,
            )
        )
    return rows[row_id]


def _codes(ruleset: RuleSet, rows: Mapping[str, PersonRule], row_id: str) -> tuple[str, ...]:
    codes = _row(ruleset, rows, row_id).codes
    if not codes:
        raise _unknown(ruleset, row_id)
    return codes


def _word(ruleset: RuleSet, rows: Mapping[str, PersonRule], row_id: str, other: str) -> bool:
    """Whether a row says `other` and not `main`."""
    codes = _codes(ruleset, rows, row_id)
    if codes not in (("main",), (other,)):
        raise _unknown(ruleset, row_id)
    return codes == (other,)


def _unknown(ruleset: RuleSet, row_id: str) -> RuleSetError:
    return RuleSetError(
        say(
            "Rule set {rules}: [[person_level]] “{row}” has no codes, or codes that are not known "
            "here. Correct the row.",
            rules=ruleset.id,
            row=row_id,
        )
    )


def _weights(ruleset: RuleSet, rows: Mapping[str, PersonRule]) -> Mapping[str, Mapping[str, int]]:
    attached = _row(ruleset, rows, "attached_classes").params
    exact = {"attached_classes": {stage: Fraction(weight) for stage, weight in attached.items()}}
    exact |= {split.school_kind: dict(split.weights) for split in ruleset.splits}
    common = lcm(*(w.denominator for weights in exact.values() for w in weights.values()), 1)
    return {
        kind: {stage: int(weight * common) for stage, weight in weights.items()}
        for kind, weights in exact.items()
    }
