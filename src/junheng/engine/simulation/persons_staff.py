"""The staff of a simulated district: people, lessons and training that add up to the figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from junheng.engine.simulation import people
from junheng.engine.simulation.draws import Draw
from junheng.engine.simulation.people import Lots

if TYPE_CHECKING:
    from collections.abc import Sequence

    from junheng.engine.simulation.people import Ints
    from junheng.engine.simulation.persons_classes import Columns
    from junheng.engine.simulation.plan import SchoolPlan

FULL_TIME, OTHERS = "1", ("2", "3", "3", "4", "4")
ABOVE_DEGREE = {
    "primary": ("31", "21", "21", "21", "14"),
    "junior": ("21", "21", "21", "21", "14", "14", "11"),
    "senior": ("21", "21", "14", "14", "11"),
}
BELOW_DEGREE = {"primary": "41", "junior": "31", "senior": "31"}
PE_ARTS = ("22", "22", "22", "24", "25", "23")
SUBJECTS = {
    "primary": ("13", "14", "13", "14", "41", "11", "15", "13", "14", "61"),
    "junior": ("13", "14", "41", "16", "17", "18", "12", "21", "20", "26"),
    "senior": ("13", "14", "41", "16", "17", "18", "12", "21", "20", "26"),
}
CERTIFICATES = {"primary": "2", "junior": "3", "senior": "4"}
MID_TITLES = ("first",) * 13 + ("senior",) * 6 + ("full_senior",)
OTHER_TITLES = ("second",) * 6 + ("third", "none", "none")
BACKBONE_LEVELS = ("county",) * 14 + ("city",) * 4 + ("province", "nation")
SENIOR_TEACHERS_PER_100 = 9

# Chances in a million.
SECOND_SUBJECT = 200_000
SECOND_STAGE = 80_000
ON_ROTATION = 45_000
EXPIRED_TITLE = 12_000
NO_CERTIFICATE = 400
SHORT_OF_HOURS = 4_000


@dataclass(frozen=True)
class Team:
    """The staff of one unit, by what they count for, and the other units they may teach in.

    `stage` may be senior. `sibling_id` is the other compulsory unit of a nine-year school;
    `rural_ids` are the units of the same stage outside the city, for rotation.
    """

    unit_id: str
    plan: SchoolPlan
    stage: str
    staff: int
    teachers: int
    above_degree: int
    backbone: int
    pe_arts: int
    mid_title: int
    sibling_id: str | None
    rural_ids: tuple[str, ...]


@dataclass
class StaffTables:
    """The datasets `staff`, `teaching` and `training`, filled team by team."""

    staff: Columns
    teaching: Columns
    training: Columns


STAFF_COLUMNS = (
    "staff_id",
    "name",
    "sex_code",
    "birth_date",
    "identity_number",
    "school_id",
    "from_date",
    "to_date",
    "is_on_establishment",
    "category_code",
    "education_code",
    "title_code",
    "backbone_level",
    "backbone_from",
    "backbone_to",
    "certificate_stage_code",
    "main_stage",
)
TEACHING_COLUMNS = (
    "staff_id",
    "unit_id",
    "subject_code",
    "periods",
    "form",
    "from_date",
    "to_date",
)
TRAINING_COLUMNS = ("staff_id", "year", "hours")


def staff_tables(teams: Sequence[Team], year: int, seed: int) -> StaffTables:
    """Return everybody employed on 1 September of `year`, and those who left that summer."""
    tables = StaffTables(
        {name: [] for name in STAFF_COLUMNS},
        {name: [] for name in TEACHING_COLUMNS},
        {name: [] for name in TRAINING_COLUMNS},
    )
    for team in teams:
        _add_team(tables, team, year, seed)
    _add_identities(tables.staff, year, seed)
    _add_itinerants(tables, teams, year)
    return tables


def _add_team(tables: StaffTables, team: Team, year: int, seed: int) -> None:
    """Add the full-time teachers of a unit, the other staff, and who retired."""
    lots = Lots(seed, "staff", team.unit_id, year)
    first = len(tables.staff["staff_id"])
    n_retired = team.teachers // 60
    n = team.staff + n_retired
    _add_employment(tables.staff, team, lots, n_retired, year)
    ids = [f"T{first + ix + 1:06d}" for ix in range(n)]
    tables.staff["staff_id"] += ids
    teachers = ids[: team.teachers]
    _add_merits(tables.staff, team, lots, n, year)
    _add_lessons(tables.teaching, team, lots, teachers, year)
    _add_training(tables.training, lots, teachers, year)


def _add_employment(staff: Columns, team: Team, lots: Lots, n_retired: int, year: int) -> None:
    n = team.staff + n_retired
    ages = lots.whole("age", n, 24, 57)
    ages[team.staff :] = 60
    births = people.birth_days(lots, ages, year)
    begun = np.maximum(year - ages + 23 + lots.whole("late", n, 0, 6), team.plan.school.founded)
    begun = np.minimum(begun, year)
    staff["school_id"] += [team.plan.school.id] * n
    staff["birth_date"] += people.dates(births)
    staff["from_date"] += [date(y, 9, 1).isoformat() for y in begun.tolist()]
    summer = date(year, 8, 31).isoformat()
    staff["to_date"] += [None] * team.staff + [summer] * n_retired
    staff["is_on_establishment"] += people.flags(~lots.happens("outside", n, 60_000))
    others = lots.whole("category", n, 0, len(OTHERS) - 1)
    staff["category_code"] += [
        FULL_TIME if ix < team.teachers or ix >= team.staff else OTHERS[kind]
        for ix, kind in enumerate(others.tolist())
    ]


def _add_merits(staff: Columns, team: Team, lots: Lots, n: int, year: int) -> None:
    """Add degree, title, backbone title and certificate; those who do not teach have the lower."""
    n_other = n - team.teachers
    is_above = lots.chosen("degree", team.teachers, team.above_degree).tolist()
    above = ABOVE_DEGREE[team.stage]
    level = people.pick(above, lots.whole("level", n, 0, len(above) - 1))
    staff["education_code"] += [
        level[ix] if good else BELOW_DEGREE[team.stage] for ix, good in enumerate(is_above)
    ] + ["31"] * n_other
    is_mid = lots.chosen("title", team.teachers, team.mid_title).tolist()
    rank = lots.whole("rank", n, 0, 10**6).tolist()
    titles = [
        MID_TITLES[r % len(MID_TITLES)] if good else OTHER_TITLES[r % len(OTHER_TITLES)]
        for good, r in zip(is_mid, rank, strict=False)
    ]
    staff["title_code"] += titles + ["none"] * n_other
    _add_backbone(staff, team, lots, n_other, year)
    lacks = lots.happens("certificate", team.teachers, NO_CERTIFICATE).tolist()
    code = CERTIFICATES[team.stage]
    staff["certificate_stage_code"] += [None if lack else code for lack in lacks] + [None] * n_other
    staff["main_stage"] += [team.stage] * team.teachers + [None] * n_other


def _add_backbone(staff: Columns, team: Team, lots: Lots, n_other: int, year: int) -> None:
    """Add titles for five years: valid ones for as many as the figures say, some expired."""
    n = team.teachers
    is_valid = lots.chosen("backbone", n, team.backbone).tolist()
    is_expired = lots.happens("expired", n, EXPIRED_TITLE).tolist()
    level = people.pick(BACKBONE_LEVELS, lots.whole("height", n, 0, len(BACKBONE_LEVELS) - 1))
    since = lots.whole("since", n, 0, 4).tolist()
    for ix in range(n):
        start = year - since[ix] if is_valid[ix] else year - 5 - since[ix] % 2
        has_title = is_valid[ix] or is_expired[ix]
        staff["backbone_level"].append(level[ix] if has_title else None)
        # Titles are given on the day on which the school year begins and end the day before.
        staff["backbone_from"].append(date(start, 9, 1).isoformat() if has_title else None)
        staff["backbone_to"].append(date(start + 5, 8, 31).isoformat() if has_title else None)
    for column in ("backbone_level", "backbone_from", "backbone_to"):
        staff[column] += [None] * n_other


def _add_lessons(
    teaching: Columns, team: Team, lots: Lots, teachers: Sequence[str], year: int
) -> None:
    n = len(teachers)
    is_pe_arts = lots.chosen("pe arts", n, team.pe_arts).tolist()
    kind = lots.whole("subject", n, 0, 10**6).tolist()
    periods = lots.whole("periods", n, 9, 16).tolist()
    has_second = lots.happens("second subject", n, SECOND_SUBJECT).tolist()
    crosses = lots.happens("second stage", n, SECOND_STAGE).tolist()
    rotates = lots.happens("rotation", n, ON_ROTATION).tolist()
    for ix, staff_id in enumerate(teachers):
        subjects = PE_ARTS if is_pe_arts[ix] else SUBJECTS[team.stage]
        subject = subjects[kind[ix] % len(subjects)]
        is_away = rotates[ix] and team.plan.school.location == "city" and bool(team.rural_ids)
        if is_away:
            host = team.rural_ids[kind[ix] % len(team.rural_ids)]
            _add_lesson(teaching, staff_id, host, (subject, periods[ix]), year, form="rotation")
        if not is_away or kind[ix] % 2:
            _add_lesson(teaching, staff_id, team.unit_id, (subject, periods[ix]), year)
        if has_second[ix] and not is_away:
            # Two periods more: PE teachers take arts, others now and then a lesson of PE.
            second = "24" if is_pe_arts[ix] and subject != "24" else "22"
            _add_lesson(teaching, staff_id, team.unit_id, (second, 2), year)
        if crosses[ix] and team.sibling_id and not is_away:
            _add_lesson(teaching, staff_id, team.sibling_id, (subject, 4), year)


def _add_lesson(
    teaching: Columns,
    staff_id: str,
    unit_id: str,
    lesson: tuple[str, int],
    year: int,
    *,
    form: str = "own",
) -> None:
    row = (staff_id, unit_id, *lesson, form, date(year, 9, 1).isoformat(), None)
    for name, value in zip(TEACHING_COLUMNS, row, strict=True):
        teaching[name].append(value)


def _add_training(training: Columns, lots: Lots, teachers: Sequence[str], year: int) -> None:
    """Add the hours of five years; a few people have less than 360."""
    is_short = lots.happens("short", len(teachers), SHORT_OF_HOURS).tolist()
    hours = lots.whole("hours", 5 * len(teachers), 72, 96).tolist()
    for ix, staff_id in enumerate(teachers):
        for back in range(5):
            training["staff_id"].append(staff_id)
            training["year"].append(year - 4 + back)
            training["hours"].append(40 if is_short[ix] else hours[5 * ix + back])


def _add_identities(staff: Columns, year: int, seed: int) -> None:
    lots = Lots(seed, "staff", year)
    n = len(staff["staff_id"])
    is_male = lots.happens("sex", n, 260_000)
    births = np.array(
        [date.fromisoformat(str(day)).toordinal() for day in staff["birth_date"]], dtype=np.int64
    )
    areas: Ints = np.full(n, people.HOME_AREA, dtype=np.int64)
    staff["name"] += people.names(lots, n)
    staff["sex_code"] += ["1" if male else "2" for male in is_male.tolist()]
    staff["identity_number"] += people.identity_numbers(areas, births, is_male)


def _add_itinerants(tables: StaffTables, teams: Sequence[Team], year: int) -> None:
    """Send a PE or arts teacher of a town (or else the city) to each small rural unit."""
    taught = tables.teaching
    hosts = [t for t in teams if t.plan.school.location == "rural" and t.teachers < 15]
    places = {t.plan.school.location for t in teams}
    home = "town" if "town" in places else "city"
    near = {t.unit_id for t in teams if t.plan.school.location == home and t.stage == "primary"}
    guests = [
        (str(staff), str(subject))
        for staff, subject, unit, form in zip(
            taught["staff_id"], taught["subject_code"], taught["unit_id"], taught["form"],
            strict=True,
        )
        if unit in near and subject in PE_ARTS and form == "own"
    ]  # fmt: skip
    for ix, host in enumerate(hosts):
        staff_id, subject = guests[(7 * ix) % len(guests)]
        _add_lesson(taught, staff_id, host.unit_id, (subject, 3), year, form="itinerant")


def senior_team(plan: SchoolPlan, seed: int) -> Team:
    """Return the senior teachers of a complete middle school; they come on top of the figures."""
    n = plan.senior_pupils * SENIOR_TEACHERS_PER_100 // 100
    draw = Draw(seed, "senior", plan.school.id)
    return Team(
        unit_id=f"{plan.school.id}-S",
        plan=plan,
        stage="senior",
        staff=n,
        teachers=n,
        above_degree=n * draw.whole(92, 98) // 100,
        backbone=n * draw.whole(10, 20) // 100,
        pe_arts=n * 8 // 100,
        mid_title=n // 2,
        sibling_id=None,
        rural_ids=(),
    )
