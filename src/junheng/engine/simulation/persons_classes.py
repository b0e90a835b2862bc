"""The classes of a simulated district, and the pupils in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from junheng.engine.simulation import people
from junheng.engine.simulation.draws import Draw, apportion
from junheng.engine.simulation.people import Lots

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from junheng.engine.simulation.people import Flags, Ints
    from junheng.engine.simulation.plan import SchoolPlan

Columns = dict[str, list[object]]
"""One dataset: values by column, all of one length; dates as ISO text, blank as None."""

GRADES = {"primary": range(1, 7), "junior": range(7, 10), "senior": range(10, 13)}
MOST_IN_CLASS = {"primary": 43, "junior": 48, "senior": 50}
CROWDED_CLASS = {"primary": 49, "junior": 53, "senior": 55}
CROWDED_SHARE = 0.15
SMALL_CLASS = 12
CLASS_KIND = {"primary": "10", "junior": "20", "senior": "40"}
POINT_CLASS, SPECIAL_CLASS = "13", "17"

# Chances in a million.
OLDER = 30_000
MOVED = 9_000
CLASS_LOST_ONE = 120_000
BOARDS = 450_000
LEFT_BEHIND = {"city": 8_000, "town": 40_000, "rural": 120_000}
MIGRANTS = {"city": (60_000, 360_000), "town": (20_000, 90_000), "rural": (0, 20_000)}
DISABLED = 3_500
IN_ZONE_ELSEWHERE = 870_000
ETHNICITIES = ("01",) * 90 + ("02",) * 4 + ("03",) * 2 + ("04", "06", "07", "08")
DISABILITIES = ("61", "62", "63", "64", "65", "65", "65", "66", "67", "69")


@dataclass(frozen=True)
class StagePart:
    """The pupils of one stage of one school in a year; `stage` may be senior."""

    unit_id: str
    plan: SchoolPlan
    stage: str
    pupils: int
    migrant_chance: int


@dataclass(frozen=True)
class SchoolClass:
    """One class, with the pupils it has on the statistics date."""

    id: str
    part: StagePart
    campus_id: str
    grade: int
    entry_year: int
    class_no: int
    kind: str
    pupils: int


def classes_of(part: StagePart, campuses: Sequence[str], year: int, seed: int) -> list[SchoolClass]:
    """Divide the pupils of a stage into grades and classes; a grade is on one campus."""
    draw = Draw(seed, "classes", part.unit_id, year)
    most = _most_in_class(part, draw)
    grades = GRADES[part.stage]
    sizes = apportion(part.pupils, [draw.between(0.93, 1.07) for _ in grades])
    found = []
    for grade, size in zip(grades, sizes, strict=True):
        n_classes = max(1, ceil(size / most))
        parts = apportion(size, [draw.between(0.985, 1.015) for _ in range(n_classes)])
        # The lower grades are on the last campus, the others on the main one.
        campus = campuses[-1 if (grade - grades[0]) * len(campuses) < 2 else 0]
        found += [
            SchoolClass(
                id=f"{part.unit_id}-{year - (grade - grades[0])}-{ix + 1:02d}",
                part=part,
                campus_id=campus,
                grade=grade,
                entry_year=year - (grade - grades[0]),
                class_no=ix + 1,
                kind=_class_kind(part),
                pupils=n,
            )
            for ix, n in enumerate(parts)
            if n > 0
        ]
    return found


def _most_in_class(part: StagePart, draw: Draw) -> int:
    if part.plan.school.kind == "special":
        return SMALL_CLASS
    is_crowded = part.plan.school.location == "city" and draw.share() < CROWDED_SHARE
    return CROWDED_CLASS[part.stage] if is_crowded else MOST_IN_CLASS[part.stage]


def _class_kind(part: StagePart) -> str:
    special = {"special": SPECIAL_CLASS, "teaching_point": POINT_CLASS}
    return special.get(part.plan.school.kind, CLASS_KIND[part.stage])


def migrant_chance(plan: SchoolPlan, seed: int) -> int:
    """Return the chance in a million that a pupil of a school came with migrant workers."""
    low, high = MIGRANTS[plan.school.location]
    return Draw(seed, "migrants", plan.school.id).whole(low, high)


def class_columns(classes: Sequence[SchoolClass]) -> Columns:
    """Return the dataset `classes`."""
    return {
        "class_id": [c.id for c in classes],
        "school_id": [c.part.plan.school.id for c in classes],
        "unit_id": [c.part.unit_id for c in classes],
        "campus_id": [c.campus_id for c in classes],
        "entry_year": [c.entry_year for c in classes],
        "class_no": [c.class_no for c in classes],
        "grade": [c.grade for c in classes],
        "class_kind_code": [c.kind for c in classes],
    }


# --- pupils --------------------------------------------------------------------------------------


def pupil_columns(classes: Sequence[SchoolClass], year: int, seed: int) -> Columns:
    """Return the dataset `pupils`: who is there on 1 September, who left, and who moved.

    A pupil who moved within the district has two rows, the earlier of which has ended.
    """
    lots = Lots(seed, "pupils", year)
    is_new = np.array([c.entry_year == year for c in classes], dtype=np.bool_)
    n_left = (lots.happens("left", len(classes), CLASS_LOST_ONE) & ~is_new).astype(np.int64)
    sizes = np.array([c.pupils for c in classes], dtype=np.int64) + n_left
    of_class = np.repeat(np.arange(len(classes), dtype=np.int64), sizes)
    last = np.cumsum(sizes) - 1
    has_left = np.zeros(len(of_class), dtype=np.bool_)
    has_left[last[n_left > 0]] = True
    columns = _persons(lots, classes, of_class, year)
    columns |= _enrolment(classes, of_class, has_left, year)
    moves = lots.happens("moved", len(of_class), MOVED) & ~has_left
    _move(columns, lots, classes, np.where(moves, of_class, -1), year)
    return {name: columns[name] for name in PUPIL_COLUMNS}


PUPIL_COLUMNS = (
    "pupil_id",
    "register_number",
    "name",
    "sex_code",
    "birth_date",
    "identity_kind_code",
    "identity_number",
    "ethnicity_code",
    "class_id",
    "from_date",
    "to_date",
    "entry_how",
    "is_boarder",
    "is_migrant_child",
    "is_left_behind",
    "disability_code",
    "is_home_in_zone",
    "home_address",
)


def _persons(lots: Lots, classes: Sequence[SchoolClass], of_class: Ints, year: int) -> Columns:
    n = len(of_class)
    is_male = lots.happens("sex", n, 525_000)
    is_migrant = lots.happens(
        "migrant", n, _per_class(classes, of_class, lambda c: c.part.migrant_chance)
    )
    areas = np.where(
        is_migrant,
        people.HOME_AREA + 100 + lots.whole("area", n, 0, people.FURTHEST_AREAS),
        people.HOME_AREA,
    )
    ages = _per_class(classes, of_class, lambda c: c.grade + 5) + lots.happens("older", n, OLDER)
    births = people.birth_days(lots, ages, year)
    numbers = people.identity_numbers(areas, births, is_male)
    chance = _per_class(classes, of_class, _disabled_chance)
    is_disabled = lots.happens("disabled", n, chance)
    kinds = people.pick(DISABILITIES, lots.whole("disability", n, 0, len(DISABILITIES) - 1))
    return {
        "pupil_id": [f"P{ix + 1:07d}" for ix in range(n)],
        "register_number": [f"G{number}" for number in numbers],
        "name": list(people.names(lots, n)),
        "sex_code": ["1" if male else "2" for male in is_male.tolist()],
        "birth_date": list(people.dates(births)),
        "identity_kind_code": ["1"] * n,
        "identity_number": list(numbers),
        "ethnicity_code": list(
            people.pick(ETHNICITIES, lots.whole("ethnicity", n, 0, len(ETHNICITIES) - 1))
        ),
        "is_boarder": list(
            people.flags(lots.happens("boards", n, _per_class(classes, of_class, _board_chance)))
        ),
        "is_migrant_child": list(people.flags(is_migrant)),
        "is_left_behind": list(
            people.flags(
                lots.happens("behind", n, _per_class(classes, of_class, _left_behind_chance))
            )
        ),
        "disability_code": [
            kind if disabled else None
            for kind, disabled in zip(kinds, is_disabled.tolist(), strict=True)
        ],
        "is_home_in_zone": list(
            people.flags(lots.happens("zone", n, _per_class(classes, of_class, _zone_chance)))
        ),
        # No figure needs it, and a drawn one could be somebody's.
        "home_address": [None] * n,
        "entry_how": ["arranged" if migrant else "zone" for migrant in is_migrant.tolist()],
    }


def _per_class(
    classes: Sequence[SchoolClass], of_class: Ints, number: Callable[[SchoolClass], int]
) -> Ints:
    return np.array([number(c) for c in classes], dtype=np.int64)[of_class]


def _disabled_chance(c: SchoolClass) -> int:
    return people.MILLION if c.part.plan.school.kind == "special" else DISABLED


def _board_chance(c: SchoolClass) -> int:
    return BOARDS if c.part.plan.school.is_boarding else 0


def _left_behind_chance(c: SchoolClass) -> int:
    return LEFT_BEHIND[c.part.plan.school.location]


def _zone_chance(c: SchoolClass) -> int:
    """Public schools without boarders take the pupils of their zone; others from everywhere."""
    school = c.part.plan.school
    is_zoned = school.owner == "county" and not school.is_boarding and school.kind != "special"
    return people.MILLION if is_zoned and c.part.stage != "senior" else IN_ZONE_ELSEWHERE


def _enrolment(
    classes: Sequence[SchoolClass], of_class: Ints, has_left: Flags, year: int
) -> Columns:
    ids = [c.id for c in classes]
    entered = [date(c.entry_year, 9, 1).isoformat() for c in classes]
    summer = date(year, 7, 10).isoformat()
    rows = of_class.tolist()
    return {
        "class_id": [ids[ix] for ix in rows],
        "from_date": [entered[ix] for ix in rows],
        "to_date": [summer if left else None for left in has_left.tolist()],
    }


def _move(
    columns: Columns,
    lots: Lots,
    classes: Sequence[SchoolClass],
    class_of_mover: Ints,
    year: int,
) -> None:
    """Give some pupils an earlier class in another school, which ended the day before.

    `class_of_mover` holds the class of each row, or -1 where the pupil stays.
    """
    peers: dict[int, list[SchoolClass]] = {}
    for c in classes:
        if c.part.plan.school.kind not in {"special", "teaching_point"}:
            peers.setdefault(c.grade, []).append(c)
    n = len(class_of_mover)
    when = lots.whole("moved when", n, 0, 2).tolist()
    where = lots.whole("moved from", n, 0, 2**40).tolist()
    starts = (date(year, 9, 1), date(year, 2, 20), date(year - 1, 9, 1))
    for row in np.flatnonzero(class_of_mover >= 0).tolist():
        now, start = classes[class_of_mover[row]], starts[when[row]]
        before = peers[now.grade][where[row] % len(peers[now.grade])]
        is_elsewhere = before.part.plan.school.id != now.part.plan.school.id
        if is_elsewhere and now.part.plan.school.kind != "special" and now.entry_year < start.year:
            _add_earlier_row(columns, row, before, start)


def _add_earlier_row(columns: Columns, row: int, before: SchoolClass, start: date) -> None:
    for values in columns.values():
        values.append(values[row])
    columns["class_id"][-1] = before.id
    columns["is_boarder"][-1] = 0
    columns["to_date"][-1] = people.a_day_before(start).isoformat()
    columns["from_date"][row] = start.isoformat()
    columns["entry_how"][row] = "transfer"
