"""Items judged by one or two figures of the county: G7, G8, G11, G13-G15, Q1, Q2, Q9.

Each function takes the item (its limits), the county's figures, and is exact.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from junheng.engine.standard.itemtypes import (
    Figure,
    Finding,
    ItemResult,
    ItemStatus,
    Obstacle,
    all_of,
    at_least,
    check_not_negative,
    from_figures,
    from_findings,
    nothing_to_judge,
    number,
    ratio,
    shown,
    word,
)
from junheng.engine.standard.ruleset import STAGES, Item, Relief, Stage
from junheng.errors import DataError
from junheng.i18n import Message, say

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class SpecialSchoolFunding:
    """Public funding of all special-education schools in a year (yuan), and their pupils."""

    total_yuan: Fraction | None
    pupils: int | None


@dataclass(frozen=True)
class RotationYear:
    """Teachers of the county in the previous year, in persons.

    `exchanged` are those of the eligible who were exchanged; volunteers outside the eligible are
    in neither figure.
    """

    eligible: int | None
    exchanged: int | None
    backbone_exchanged: int | None
    backbone_eligible: int | None = None


@dataclass(frozen=True)
class ZoneEnrolment:
    """Pupils of one unit and those of them whose home lies in its zone."""

    unit_id: str
    stage: Stage
    pupils: int
    pupils_in_zone: int | None
    is_urban_or_town: bool
    is_public: bool
    is_boarding: bool


@dataclass(frozen=True)
class JuniorCohort:
    """One grade of the county from its entry into junior school to graduation, in persons.

    Moves and deaths are those of the three years of that grade.
    """

    entered: int | None
    graduates: int | None
    moved_in: int | None
    moved_out: int | None
    deaths: int | None


@dataclass(frozen=True)
class DisabledChildren:
    """Disabled children of school age in the county, and where they are taught, in persons."""

    of_school_age: int | None
    in_special_schools: int | None
    in_ordinary_schools: int | None
    taught_at_home: int | None


@dataclass(frozen=True)
class SubjectResult:
    """One subject of the national monitoring: level 1 to 4 and between-school difference rate."""

    subject: str
    level: int | None
    difference_rate: Fraction | None


def special_school_funding(
    item: Item, data: SpecialSchoolFunding, reliefs: Sequence[Relief] = ()
) -> ItemResult:
    """G7: yuan of public funding per pupil of the special-education schools."""
    check_not_negative(item, data.total_yuan, data.pupils)
    limit = number(item, "yuan_per_pupil_at_least")
    per_pupil = ratio(data.total_yuan, data.pupils)
    return from_figures(item, [_figure(say("Public funding per pupil (yuan)"), per_pupil, limit)])


def figure_at_least(
    item: Item, data: Fraction | None, reliefs: Sequence[Relief] = ()
) -> ItemResult:
    """G8, G14, G15: an official figure, entered with its document, against its limit."""
    return from_figures(item, [_figure(say("Entered figure"), data, number(item, "at_least"))])


def rotation(item: Item, data: RotationYear, reliefs: Sequence[Relief] = ()) -> ItemResult:
    """G11: share of the eligible who were exchanged, and of backbone teachers among them.

    `backbone_of` of the item names the denominator of the second share: all who were exchanged,
    or (some local texts) the eligible backbone teachers.
    """
    counts = (data.eligible, data.exchanged, data.backbone_exchanged, data.backbone_eligible)
    check_not_negative(item, *counts)
    _check_part(item, data.exchanged, data.eligible)
    _check_part(item, data.backbone_exchanged, data.exchanged)
    basis = word(item, "backbone_of", ("exchanged", "eligible"))
    base = data.exchanged if basis == "exchanged" else data.backbone_eligible
    exchanged = ratio(data.exchanged, data.eligible)
    backbone = ratio(data.backbone_exchanged, base)
    return from_figures(
        item,
        [
            _figure(
                say("Exchanged among the eligible"), exchanged, number(item, "exchanged_at_least")
            ),
            _figure(say("Backbone teachers"), backbone, number(item, "backbone_at_least")),
        ],
    )


def nearby_enrolment(
    item: Item, units: Sequence[ZoneEnrolment], reliefs: Sequence[Relief] = ()
) -> ItemResult:
    """G13: pupils of urban and town public day schools whose home lies in the school's zone.

    `scope` of the item: `county` judges the total of each stage, `school` every unit.
    """
    concerned = [u for u in units if u.is_urban_or_town and u.is_public and not u.is_boarding]
    for unit in concerned:
        check_not_negative(item, unit.pupils, unit.pupils_in_zone)
        _check_part(item, unit.pupils_in_zone, unit.pupils)
    if not concerned:
        return nothing_to_judge(item, is_met=bool(units))
    if word(item, "scope", ("county", "school")) == "school":
        return from_findings(item, [_zone_finding(item, u) for u in concerned if u.pupils])
    return _zones_of_county(item, concerned)


def _zones_of_county(item: Item, units: Sequence[ZoneEnrolment]) -> ItemResult:
    figures = [
        _stage_figure(item, stage, [unit for unit in units if unit.stage == stage])
        for stage in STAGES
        if any(unit.stage == stage and unit.pupils for unit in units)
    ]
    if not figures:
        return nothing_to_judge(item, is_met=False)
    status = all_of(figure.status for figure in figures)
    findings = [_zone_finding(item, unit) for unit in units if unit.pupils]
    obstacles = tuple(
        Obstacle(f.subject, f.status, f.reason) for f in findings if f.status != "met"
    )
    return ItemResult(item.id, status, tuple(figures), obstacles if status != "met" else ())


def _stage_figure(item: Item, stage: Stage, units: Sequence[ZoneEnrolment]) -> Figure:
    names = {
        "primary": say("Primary pupils who attend by nearby zone"),
        "junior": say("Junior pupils who attend by nearby zone"),
    }
    limit = number(item, f"{stage}_at_least")
    pupils = sum(unit.pupils for unit in units)
    known = sum(unit.pupils_in_zone or 0 for unit in units)
    n_open = sum(unit.pupils for unit in units if unit.pupils_in_zone is None)
    if n_open == 0:
        return _figure(names[stage], ratio(known, pupils), limit)
    # Units without a count can hold all of their pupils or none.
    is_lost = at_least(ratio(known + n_open, pupils), limit) == "not_met"
    is_safe = at_least(ratio(known, pupils), limit) == "met"
    status: ItemStatus = "not_met" if is_lost else "met" if is_safe else "undetermined"
    return Figure(names[stage], None, limit, status)


def _zone_finding(item: Item, unit: ZoneEnrolment) -> Finding:
    limit = number(item, f"{unit.stage}_at_least")
    share = ratio(unit.pupils_in_zone, unit.pupils)
    if share is None:
        reason = say("The number of pupils who live in the zone is missing.")
        return Finding(unit.unit_id, "undetermined", reason)
    reason = say(
        "{n_zone} of {n} pupils live in the zone, the limit is {limit}.",
        n_zone=unit.pupils_in_zone,
        n=unit.pupils,
        limit=shown(limit),
    )
    return Finding(unit.unit_id, at_least(share, limit), reason)


def retention(item: Item, data: JuniorCohort, reliefs: Sequence[Relief] = ()) -> ItemResult:
    """Q1: (graduates - moved in + moved out) / (entered - deaths) over three years."""
    check_not_negative(
        item, data.entered, data.graduates, data.moved_in, data.moved_out, data.deaths
    )
    _check_part(item, data.deaths, data.entered)
    kept = _total(data.graduates, _minus(data.moved_in), data.moved_out)
    share = ratio(kept, _total(data.entered, _minus(data.deaths)))
    limit = number(item, "share_at_least")
    return from_figures(item, [_figure(say("Junior three-year retention"), share, limit)])


def disabled_enrolment(
    item: Item, data: DisabledChildren, reliefs: Sequence[Relief] = ()
) -> ItemResult:
    """Q2: disabled children in special and ordinary schools and taught at home, of all of age."""
    places = (data.in_special_schools, data.in_ordinary_schools, data.taught_at_home)
    check_not_negative(item, data.of_school_age, *places)
    enrolled = _total(*places)
    _check_part(item, enrolled, data.of_school_age)
    share = ratio(enrolled, data.of_school_age)
    limit = number(item, "share_at_least")
    return from_figures(item, [_figure(say("Enrolled disabled children"), share, limit)])


def monitoring(
    item: Item, subjects: Sequence[SubjectResult], reliefs: Sequence[Relief] = ()
) -> ItemResult:
    """Q9: every subject at level III or better, and its difference rate below (not at) the limit.

    `best_level` of the item says which end of the scale is the better one.
    """
    findings = []
    for subject in subjects:
        check_not_negative(item, subject.level, subject.difference_rate)
        statuses = (_level_status(item, subject.level), _rate_status(item, subject))
        findings.append(Finding(subject.subject, all_of(statuses), _subject_reason(item, subject)))
    return from_findings(item, findings)


def difference_rate(text: str) -> Fraction:
    """Return a between-school difference rate as a share: "0.12" and "12 %" are the same.

    Raises `DataError` for anything else, also for a number above 1 without a percent sign: it
    could be either.
    """
    compact = text.replace(" ", "").replace("％", "%")
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)?%?", compact, re.ASCII):
        raise _not_a_rate(text)
    value = Fraction(compact.rstrip("%")) / (100 if compact.endswith("%") else 1)
    if value > 1:
        raise _not_a_rate(text)
    return value


def _not_a_rate(text: str) -> DataError:
    return DataError(
        say(
            "“{text}” is not a between-school difference rate. Write 0.12 or 12%, at most 1 or "
            "100%.",
            text=text,
        )
    )


def _level_status(item: Item, level: int | None) -> ItemStatus:
    limit, best = number(item, "level_at_least"), number(item, "best_level")
    if level is None:
        return "undetermined"
    is_reached = level >= limit if best >= limit else level <= limit
    return "met" if is_reached else "not_met"


def _rate_status(item: Item, subject: SubjectResult) -> ItemStatus:
    if subject.difference_rate is None:
        return "undetermined"
    below = subject.difference_rate < number(item, "difference_rate_below")
    return "met" if below else "not_met"


def _subject_reason(item: Item, subject: SubjectResult) -> Message:
    if subject.level is None or subject.difference_rate is None:
        return say("The level or the difference rate is missing.")
    return say(
        "Level {level}, difference rate {rate}; asked are level {level_limit} and a rate below "
        "{rate_limit}.",
        level=subject.level,
        rate=shown(subject.difference_rate),
        level_limit=shown(number(item, "level_at_least")),
        rate_limit=shown(number(item, "difference_rate_below")),
    )


def _figure(name: Message, value: Fraction | None, limit: Fraction) -> Figure:
    return Figure(name, value, limit, at_least(value, limit))


def _minus(n: int | None) -> int | None:
    return None if n is None else -n


def _total(*counts: int | None) -> int | None:
    """Return the sum, or None when any count is missing."""
    known = [n for n in counts if n is not None]
    return sum(known) if len(known) == len(counts) else None


def _check_part(item: Item, part: int | None, whole: int | None) -> None:
    if part is not None and whole is not None and part > whole:
        raise DataError(
            say(
                "Item {item}: {part} of {whole} is impossible. Correct one of the two figures.",
                item=item.id,
                part=part,
                whole=whole,
            )
        )
