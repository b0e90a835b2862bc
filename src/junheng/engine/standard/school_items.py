"""Items judged school by school, class by class or teacher by teacher: G3-G6, G9, G12, Q4.

Each function takes the item (its limits), the rows, and the reliefs in force, and is exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

from junheng.engine.standard.itemtypes import (
    Finding,
    ItemResult,
    ItemStatus,
    all_of,
    at_least,
    check_not_negative,
    from_findings,
    nothing_to_judge,
    number,
    ratio,
    shown,
    word,
)
from junheng.i18n import Message, say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from junheng.engine.standard.ruleset import Item, Relief, Stage

Areas = tuple[Fraction, ...]


@dataclass(frozen=True)
class SchoolRooms:
    """Music and art rooms of one school, each with its area in m2; None where not reported.

    `stage` of a nine-year school is junior: the stricter size of the relief for small schools.
    """

    school_id: str
    stage: Stage
    n_classes: int | None
    music_areas_m2: Areas | None
    art_areas_m2: Areas | None
    built_year: int | None = None
    is_rural: bool = False
    largest_class: int | None = None


@dataclass(frozen=True)
class SchoolSize:
    """Pupils of one school in the compulsory stages.

    `is_combined` marks nine-year and twelve-year schools.
    """

    school_id: str
    is_combined: bool
    pupils: int | None
    built_year: int | None = None
    migrant_pupils: int | None = None


@dataclass(frozen=True)
class SchoolClass:
    """One class and its pupils."""

    class_id: str
    stage: Stage
    pupils: int | None


@dataclass(frozen=True)
class ClassBand:
    """A band of the statistics: how many classes of a school have `lowest` to `highest` pupils.

    `highest` None is the open band (66 and more).
    """

    school_id: str
    stage: Stage
    lowest: int
    highest: int | None
    n_classes: int


@dataclass(frozen=True)
class SchoolFunding:
    """Public funding of one school in a year (yuan), with the base per pupil (yuan)."""

    school_id: str
    pupils: int
    funding_yuan: Fraction | None
    base_yuan_per_pupil: Fraction | None


@dataclass(frozen=True)
class TeacherTraining:
    """Hours of training of one full-time teacher within the last years that count."""

    teacher_id: str
    hours: Fraction | None


@dataclass(frozen=True)
class TeacherCertificate:
    """Whether one full-time teacher holds a teaching certificate."""

    teacher_id: str
    has_certificate: bool | None


@dataclass(frozen=True)
class TrainingFunds:
    """Yearly public-funding budget of one school and what of it is for training (yuan)."""

    school_id: str
    budget_yuan: Fraction | None
    training_yuan: Fraction | None


def music_art_rooms(
    item: Item, schools: Sequence[SchoolRooms], reliefs: Sequence[Relief] = ()
) -> ItemResult:
    """G3: one large enough room or more per 12 classes, for music and for art.

    `mode` of the item: `each` asks the number of both kinds, `sum` of the two together. A relief
    lowers the area for the schools it names.
    """
    return from_findings(item, [_rooms_finding(item, school, reliefs) for school in schools])


def _rooms_finding(item: Item, school: SchoolRooms, reliefs: Sequence[Relief]) -> Finding:
    areas = (number(item, "music_area_m2"), number(item, "art_area_m2"))
    status = _rooms_status(item, school, areas)
    if status == "not_met":
        for relief in reliefs:
            softer = _relieved_areas(school, relief)
            if softer and _rooms_status(item, school, softer) == "met":
                return Finding(school.school_id, "met", relief_used(relief), relief.id)
    return Finding(school.school_id, status, _rooms_reason(item, school, areas))


def _rooms_needed(item: Item, n_classes: int) -> int:
    return ceil(n_classes / number(item, "classes_per_room"))


def _rooms_status(item: Item, school: SchoolRooms, areas: tuple[Fraction, Fraction]) -> ItemStatus:
    if school.n_classes is None:
        return "undetermined"
    need = _rooms_needed(item, school.n_classes)
    music = _large_enough(school.music_areas_m2, areas[0])
    art = _large_enough(school.art_areas_m2, areas[1])
    if word(item, "mode", ("each", "sum")) == "each":
        return all_of((_enough(music, need), _enough(art, need)))
    if (music or 0) + (art or 0) >= need:
        return "met"
    return "undetermined" if music is None or art is None else "not_met"


def _large_enough(areas: Areas | None, at_least_m2: Fraction) -> int | None:
    return None if areas is None else sum(area >= at_least_m2 for area in areas)


def _enough(rooms: int | None, need: int) -> ItemStatus:
    return at_least(None if rooms is None else Fraction(rooms), Fraction(need))


def _relieved_areas(school: SchoolRooms, relief: Relief) -> tuple[Fraction, Fraction] | None:
    """Return the areas (music, art) a relief asks of a school, or None when it is not for it."""
    if "built_until" in relief.params:
        if school.built_year is None or school.built_year > number(relief, "built_until"):
            return None
        return number(relief, "music_area_m2"), number(relief, "art_area_m2")
    largest = school.largest_class
    if not school.is_rural or largest is None or largest >= number(relief, "largest_class_below"):
        return None
    area = number(relief, f"{school.stage}_area_m2")
    return area, area


def _rooms_reason(item: Item, school: SchoolRooms, areas: tuple[Fraction, Fraction]) -> Message:
    music = _large_enough(school.music_areas_m2, areas[0])
    art = _large_enough(school.art_areas_m2, areas[1])
    if school.n_classes is None or music is None or art is None:
        return say("The number of classes or the areas of the rooms are missing.")
    return say(
        "{n} classes need {need} rooms; large enough are {music} for music and {art} for art.",
        n=school.n_classes,
        need=_rooms_needed(item, school.n_classes),
        music=music,
        art=art,
    )


def relief_used(relief: Relief) -> Message:
    """Return the sentence for a subject that is met through a relief."""
    return say("Met through the relief {relief}; to be followed up.", relief=relief.id)


def school_size(
    item: Item, schools: Sequence[SchoolSize], reliefs: Sequence[Relief] = ()
) -> ItemResult:
    """G4: no school is larger than the limit of its kind."""
    return from_findings(item, [_size_finding(item, school, reliefs) for school in schools])


def _size_finding(item: Item, school: SchoolSize, reliefs: Sequence[Relief]) -> Finding:
    key = "combined_at_most" if school.is_combined else "single_stage_at_most"
    limit = number(item, key)
    if school.pupils is None:
        return Finding(school.school_id, "undetermined", say("The number of pupils is missing."))
    if school.pupils <= limit:
        return Finding(school.school_id, "met", say("{n} pupils.", n=school.pupils))
    for relief in reliefs:
        if _is_size_relieved(school, relief) and school.pupils <= number(relief, key):
            return Finding(school.school_id, "met", relief_used(relief), relief.id)
    return Finding(school.school_id, "not_met", _above(school.pupils, limit))


def _is_size_relieved(school: SchoolSize, relief: Relief) -> bool:
    if "built_until" in relief.params:
        built = school.built_year
        return built is not None and built <= number(relief, "built_until")
    share = ratio(school.migrant_pupils, school.pupils)
    return share is not None and share > number(relief, "migrant_share_above")


def class_size(
    item: Item, classes: Sequence[SchoolClass | ClassBand], reliefs: Sequence[Relief] = ()
) -> ItemResult:
    """G5: no class is larger than the limit of its stage, from classes or bands of the statistics.

    A band that lies on both sides of the limit is undetermined: its classes must be counted.
    """
    findings = [_class_finding(item, row) for row in classes]
    return from_findings(item, [finding for finding in findings if finding.n > 0])


def _class_finding(item: Item, row: SchoolClass | ClassBand) -> Finding:
    limit = number(item, f"{row.stage}_at_most")
    if isinstance(row, ClassBand):
        return _band_finding(row, limit)
    if row.pupils is None:
        return Finding(row.class_id, "undetermined", say("The number of pupils is missing."))
    status: ItemStatus = "met" if row.pupils <= limit else "not_met"
    return Finding(row.class_id, status, _above(row.pupils, limit))


def _band_finding(band: ClassBand, limit: Fraction) -> Finding:
    reason = say(
        "{n} classes of {lowest} to {highest} pupils, the limit is {limit}.",
        n=band.n_classes,
        lowest=band.lowest,
        highest="-" if band.highest is None else band.highest,
        limit=shown(limit),
    )
    status: ItemStatus = "undetermined"
    if band.lowest > limit:
        status = "not_met"
    elif band.highest is not None and band.highest <= limit:
        status = "met"
    return Finding(band.school_id, status, reason, n=band.n_classes)


def _above(pupils: int, limit: Fraction) -> Message:
    return say("{n} pupils, the limit is {limit}.", n=pupils, limit=shown(limit))


def small_school_funding(
    item: Item, schools: Sequence[SchoolFunding], reliefs: Sequence[Relief] = ()
) -> ItemResult:
    """G6: schools below 100 pupils are funded as for 100."""
    below = number(item, "pupils_below")
    small = [school for school in schools if school.pupils < below]
    if not small:
        return nothing_to_judge(item, is_met=bool(schools))
    return from_findings(item, [_funding_finding(item, school) for school in small])


def _funding_finding(item: Item, school: SchoolFunding) -> Finding:
    check_not_negative(item, school.funding_yuan, school.base_yuan_per_pupil)
    if school.funding_yuan is None or school.base_yuan_per_pupil is None:
        reason = say("The funding or the base per pupil is missing.")
        return Finding(school.school_id, "undetermined", reason)
    need = number(item, "funded_as_pupils") * school.base_yuan_per_pupil
    reason = say(
        "{n} pupils, funded with {funding} yuan; {need} yuan are due.",
        n=school.pupils,
        funding=shown(school.funding_yuan),
        need=shown(need),
    )
    return Finding(school.school_id, at_least(school.funding_yuan, need), reason)


def hours_in_window(by_year: Mapping[int, Fraction], *, last_year: int, years: int) -> Fraction:
    """Return the hours of the last `years` years up to and including `last_year`.

    >>> hours_in_window({2021: Fraction(60), 2026: Fraction(80)}, last_year=2026, years=5)
    Fraction(80, 1)
    """
    counted = (h for year, h in by_year.items() if last_year - years < year <= last_year)
    return sum(counted, Fraction(0))


def training_hours(
    item: Item, teachers: Sequence[TeacherTraining], reliefs: Sequence[Relief] = ()
) -> ItemResult:
    """G9: the share of full-time teachers with the hours of training of five years."""
    need = number(item, "hours_at_least")
    findings = [
        Finding(t.teacher_id, at_least(t.hours, need), _hours_reason(t.hours, need))
        for t in teachers
    ]
    return from_findings(item, findings, limit=number(item, "share_at_least"))


def _hours_reason(hours: Fraction | None, need: Fraction) -> Message:
    if hours is None:
        return say("The hours of training are missing.")
    return say("{hours} hours of training; {need} are due.", hours=shown(hours), need=shown(need))


def certified_teachers(
    item: Item, teachers: Sequence[TeacherCertificate], reliefs: Sequence[Relief] = ()
) -> ItemResult:
    """G12: the share of full-time teachers who hold a certificate."""
    findings = [_certificate_finding(teacher) for teacher in teachers]
    return from_findings(item, findings, limit=number(item, "share_at_least"))


def _certificate_finding(teacher: TeacherCertificate) -> Finding:
    if teacher.has_certificate is None:
        reason = say("It is not known whether a certificate is held.")
        return Finding(teacher.teacher_id, "undetermined", reason)
    if teacher.has_certificate:
        return Finding(teacher.teacher_id, "met", say("Holds a teaching certificate."))
    return Finding(teacher.teacher_id, "not_met", say("Holds no teaching certificate."))


def training_funds(
    item: Item, schools: Sequence[TrainingFunds], reliefs: Sequence[Relief] = ()
) -> ItemResult:
    """Q4: every school sets aside its share of the public-funding budget for training."""
    return from_findings(item, [_funds_finding(item, school) for school in schools])


def _funds_finding(item: Item, school: TrainingFunds) -> Finding:
    check_not_negative(item, school.budget_yuan, school.training_yuan)
    share, limit = ratio(school.training_yuan, school.budget_yuan), number(item, "share_at_least")
    if share is None:
        reason = say("The budget or the training funds are missing.")
        return Finding(school.school_id, "undetermined", reason)
    reason = say(
        "{share} of the budget for training, the limit is {limit}.",
        share=shown(share),
        limit=shown(limit),
    )
    return Finding(school.school_id, at_least(share, limit), reason)
