"""Schools with more than one stage: their units, their shares of shared assets, and two reliefs.

A nine-year school is two units, a complete middle school one, a twelve-year school two. Teachers
are counted in the stage in which they teach; rooms, grounds and equipment are shared and split by
weighted enrolment, the senior part taking its share without becoming a unit.

Source: split note of the basic-balance statistics work, 2015; the weights are in the rule set.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from junheng.engine.standard.itemtypes import number, shown
from junheng.engine.standard.ruleset import STAGES, Relief, RuleSet, Stage
from junheng.errors import DataError, RuleSetError
from junheng.i18n import Message, say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

SchoolKind = Literal["primary", "junior", "nine_year", "twelve_year", "complete_middle"]

_STAGES_OF: dict[SchoolKind, tuple[Stage, ...]] = {
    "primary": ("primary",),
    "junior": ("junior",),
    "nine_year": ("primary", "junior"),
    "twelve_year": ("primary", "junior"),
    "complete_middle": ("junior",),
}


@dataclass(frozen=True)
class RentedVenue:
    """An off-campus sports venue rented for a school; the walk is in minutes, the area in m2."""

    area_m2: Fraction
    walk_minutes: Fraction
    is_kept_for_school: bool
    is_way_safe: bool


@dataclass(frozen=True)
class Counted:
    """A figure after a relief was looked at: what counts, why, and the relief if one was used."""

    value: Fraction
    reason: Message
    relief_id: str = ""


def unit_stages(kind: SchoolKind, pupils: Mapping[str, int]) -> tuple[Stage, ...]:
    """Return the stages of a school that are units: those of its kind that have pupils.

    A campus with pupils of one stage alone is a school of that stage.

    >>> unit_stages("twelve_year", {"primary": 600, "junior": 500, "senior": 400})
    ('primary', 'junior')
    """
    return tuple(stage for stage in _STAGES_OF[kind] if pupils.get(stage, 0) > 0)


def shares(rules: RuleSet, kind: SchoolKind, pupils: Mapping[str, int]) -> dict[str, Fraction]:
    """Return the share of the shared assets that each stage takes; the shares sum to 1.

    Parameters
    ----------
    pupils
        Persons per stage: `primary`, `junior`, `senior`. A stage left out has none.

    Raises
    ------
    DataError
        No pupils at all, a negative number, or pupils of a stage that the kind does not have.
    RuleSetError
        The rule set has no weights for this kind.
    """
    weights = _weights(rules, kind)
    _check_pupils(kind, pupils, weights)
    weighted = {stage: weights[stage] * pupils.get(stage, 0) for stage in weights}
    total = sum(weighted.values(), Fraction(0))
    return {stage: weight / total for stage, weight in weighted.items()}


def split_assets(
    rules: RuleSet,
    kind: SchoolKind,
    pupils: Mapping[str, int],
    assets: Mapping[str, Fraction | None],
) -> dict[Stage, dict[str, Fraction | None]]:
    """Return the assets of each unit of a school: shared ones by share, exact.

    `assets` holds one figure per fact for the whole school, None where it is missing; a missing
    figure is missing in every unit. Facts that are not shared (teachers) are refused: they are
    counted by the stage in which the person teaches.
    """
    for fact_id in assets:
        if not rules.fact(fact_id).is_shared:
            raise DataError(
                say(
                    "{fact} is not split between stages; count it by the stage it belongs to.",
                    fact=rules.fact(fact_id).name.zh,
                )
            )
    share = shares(rules, kind, pupils)
    return {
        stage: {fact: None if x is None else x * share[stage] for fact, x in assets.items()}
        for stage in unit_stages(kind, pupils)
    }


def relief_in_force(rules: RuleSet, applies_to: str, on: date) -> Relief | None:
    """Return the first relief of a row that holds on a day, or None."""
    reliefs = (r for r in rules.reliefs if r.applies_to == applies_to and r.source.holds_on(on))
    return next(reliefs, None)


def pe_arts_teachers_counted(
    rules: RuleSet, *, on: date, is_rural: bool, pupils: int, full_time: int, visiting: int
) -> Counted:
    """Return the PE and arts teachers that count in R3.

    In a small rural school those who come by rotation, part-time or itinerant teaching
    (`visiting`, persons) count too, while the relief is in force.
    """
    relief = relief_in_force(rules, "R3", on)
    if relief is None:
        return Counted(Fraction(full_time), say("No relief is in force on {day}.", day=on))
    start, end = number(relief, "pupils_from"), number(relief, "pupils_below")
    if not (is_rural and start <= pupils < end):
        reason = say(
            "Only rural schools with {start} or more and fewer than {end} pupils may count "
            "visiting teachers.",
            start=shown(start),
            end=shown(end),
        )
        return Counted(Fraction(full_time), reason)
    reason = say("{n} visiting teachers count in a small rural school.", n=visiting)
    return Counted(Fraction(full_time + visiting), reason, relief.id)


def sports_ground_counted(
    rules: RuleSet,
    *,
    on: date,
    is_dense_centre: bool,
    ground_area_m2: Fraction,
    rebuilt_area_m2: Fraction = Fraction(0),
    venues: Sequence[RentedVenue] = (),
) -> Counted:
    """Return the sports ground area (m2) that counts in R5.

    In an over-dense city centre, rebuilt space on campus and rented venues within the walk count
    too, while the relief is in force.
    """
    relief = relief_in_force(rules, "R5", on)
    if relief is None:
        return Counted(ground_area_m2, say("No relief is in force on {day}.", day=on))
    if not is_dense_centre:
        reason = say("Only schools in an over-dense city centre may count rented or rebuilt space.")
        return Counted(ground_area_m2, reason)
    walk = number(relief, "walk_minutes_at_most")
    fit = [v for v in venues if _is_fit(v, walk)]
    extra = rebuilt_area_m2 + sum((venue.area_m2 for venue in fit), Fraction(0))
    reason = say(
        "{extra} m² of rebuilt and rented space count; {left_out} rented venues do not fulfil the "
        "conditions.",
        extra=shown(extra),
        left_out=len(venues) - len(fit),
    )
    return Counted(ground_area_m2 + extra, reason, relief.id)


def _is_fit(venue: RentedVenue, walk_minutes_at_most: Fraction) -> bool:
    return (
        venue.is_kept_for_school
        and venue.is_way_safe
        and venue.walk_minutes <= walk_minutes_at_most
    )


def _weights(rules: RuleSet, kind: SchoolKind) -> Mapping[str, Fraction]:
    if kind in STAGES:
        return {kind: Fraction(1)}
    for split in rules.splits:
        if split.school_kind == kind:
            return split.weights
    raise RuleSetError(
        say(
            "Rule set {rules} has no weights for the split of a school of kind {kind}. Add them "
            "under [[splits]].",
            rules=rules.id,
            kind=kind,
        )
    )


def _check_pupils(
    kind: SchoolKind, pupils: Mapping[str, int], weights: Mapping[str, Fraction]
) -> None:
    for stage, n in pupils.items():
        if n < 0 or (n > 0 and stage not in weights):
            raise DataError(
                say(
                    "A school of kind {kind} cannot have {n} pupils in stage {stage}. Correct the "
                    "number or the kind.",
                    kind=kind,
                    n=n,
                    stage=stage,
                )
            )
    if not any(pupils.values()):
        raise DataError(
            say("Assets cannot be split: the school has no pupils. Enter its pupils by stage.")
        )
