"""Data for the items of parts two to four that people, rooms and classes tell.

Read after `measure_persons`, from the relations it leaves in the session. Classes, schools and
teachers of special and vocational schools, and of stages that are not compulsory, are left out.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from junheng.engine.standard.county_items import ZoneEnrolment
from junheng.engine.standard.person_level import class_sizes, staffing
from junheng.engine.standard.person_level.roll import counted_stages, in_force
from junheng.engine.standard.person_level.rules import PersonRules, person_rules
from junheng.engine.standard.school_items import (
    ClassBand,
    SchoolClass,
    SchoolRooms,
    SchoolSize,
    TeacherCertificate,
    TeacherTraining,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from junheng.engine.standard.ruleset import Item, RuleSet, Stage
    from junheng.engine.store.session import Session

    Source = Callable[[Session, PersonRules, Item, date], Sequence[object]]

IN_SCOPE = "kind IN ('ordinary', 'teaching_point')"


def item_data(session: Session, ruleset: RuleSet, day: date) -> Mapping[str, Sequence[object]]:
    """Return, by item id, what `items.evaluate` takes for every item that people can tell.

    `day` is the statistics date of the measurement that the session holds.
    """
    rules = person_rules(ruleset)
    session.create(CLASS_FLAGS, _class_flags(day))
    return {
        item.id: SOURCES[item.check](session, rules, item, day)
        for item in ruleset.items
        if item.check in SOURCES
    }


CLASS_FLAGS = "person_class_flags"
"""Pupils of each class by what is known of them."""


def _class_flags(day: date) -> str:
    # A blank flag is unknown: the second count tells it from 0.
    return (
        "SELECT class_id, COUNT(*) AS pupils, SUM(is_migrant_child) AS migrant, "
        "COUNT(is_migrant_child) AS migrant_known, SUM(is_home_in_zone) AS in_zone, "
        "COUNT(is_home_in_zone) AS in_zone_known "
        f"FROM person_pupils WHERE {in_force(day)} GROUP BY class_id"
    )


def _stage(value: object) -> Stage:
    return "primary" if value == "primary" else "junior"


def _whole(value: object) -> int | None:
    return None if value is None else int(str(value))


# --- classes -------------------------------------------------------------------------------------

_CLASSES = (
    "SELECT c.class_id AS class_id, u.school_id AS school_id, u.unit_id AS unit_id, "
    "u.stage AS stage, n.pupils AS pupils FROM person_class_counts n "
    "JOIN person_classes c ON c.class_id = n.class_id "
    "JOIN person_unit_map m ON m.unit_id = c.unit_id "
    "JOIN person_shares u ON u.unit_id = m.counted_unit "
    f"WHERE u.stage IN {counted_stages()} AND u.{IN_SCOPE}"
)


def classes(session: Session) -> tuple[SchoolClass, ...]:
    """Return every class with pupils on the statistics date, by id (G5)."""
    rows = session.rows(f"SELECT class_id, stage, pupils FROM ({_CLASSES}) ORDER BY class_id")
    return tuple(SchoolClass(str(c), _stage(s), int(str(n))) for c, s, n in rows)


def class_bands(session: Session) -> tuple[ClassBand, ...]:
    """Return the classes of each school and stage in the bands of the annual statistics."""
    rows = session.rows(
        "SELECT u.school_id, u.stage, r.low, SUM(r.n) "
        f"FROM ({class_sizes.unfolded('person_roll', 'unit_id')}) r "
        "JOIN person_shares u ON u.unit_id = r.unit_id "
        f"WHERE u.stage IN {counted_stages()} AND u.{IN_SCOPE} "
        "GROUP BY 1, 2, 3 ORDER BY 1, 2 DESC, 3"
    )
    highest_of = dict(class_sizes.BANDS)
    return tuple(
        ClassBand(str(school), _stage(stage), int(str(low)), highest_of[int(str(low))], int(str(n)))
        for school, stage, low, n in rows
    )


def _class_data(
    session: Session, rules: PersonRules, item: Item, day: date
) -> tuple[SchoolClass, ...]:
    return classes(session)


# --- schools -------------------------------------------------------------------------------------


def _rooms(session: Session, rules: PersonRules, item: Item, day: date) -> tuple[SchoolRooms, ...]:
    """G3: classes and the areas of music and art rooms; a blank area leaves the rooms unknown."""
    areas = (
        "SELECT h.counted_id AS school_id, COUNT(*) AS n, "
        "list(r.area_m2 ORDER BY r.area_m2) FILTER (WHERE r.room_kind = 'music') AS music, "
        "list(r.area_m2 ORDER BY r.area_m2) FILTER (WHERE r.room_kind = 'art') AS art "
        "FROM person_rooms r JOIN person_homes h ON h.school_id = r.school_id GROUP BY 1"
    )
    sizes = (
        "SELECT school_id, MAX(stage) AS stage, COUNT(*) AS n_classes, MAX(pupils) AS largest "
        f"FROM ({_CLASSES.replace('u.stage AS stage', _STAGE_RANK)}) GROUP BY 1"
    )
    rows = session.rows(
        "SELECT z.school_id, z.stage, z.n_classes, z.largest, a.n, a.music, a.art, "
        f"s.planned_year, s.locality_code IN {rules.listed('rural')} "
        f"FROM ({sizes}) z JOIN person_schools s ON s.school_id = z.school_id "
        f"LEFT JOIN ({areas}) a ON a.school_id = z.school_id ORDER BY 1"
    )
    return tuple(
        SchoolRooms(
            school_id=str(school),
            stage="junior" if stage else "primary",
            n_classes=int(str(n_classes)),
            music_areas_m2=None if n_rooms is None else _areas(music),
            art_areas_m2=None if n_rooms is None else _areas(art),
            built_year=_whole(built),
            is_rural=bool(is_rural),
            largest_class=int(str(largest)),
        )
        for school, stage, n_classes, largest, n_rooms, music, art, built, is_rural in rows
    )


_STAGE_RANK = "CASE WHEN u.stage = 'junior' THEN 1 ELSE 0 END AS stage"


def _areas(values: object) -> tuple[Fraction, ...] | None:
    listed = values if isinstance(values, list) else []
    if any(value is None for value in listed):
        return None
    return tuple(Fraction(str(value)) for value in listed)


def _sizes(session: Session, rules: PersonRules, item: Item, day: date) -> tuple[SchoolSize, ...]:
    """G4: pupils of the compulsory stages of each school, and the migrant children among them."""
    combined = f"s.kind_code IN {rules.listed('nine_year')} OR s.kind_code IN "
    rows = session.rows(
        "SELECT u.school_id, "
        f"MAX(CASE WHEN {combined}{rules.listed('twelve_year')} THEN 1 ELSE 0 END), "
        "SUM(n.pupils), SUM(COALESCE(n.migrant, 0)), SUM(n.pupils - n.migrant_known), "
        "MAX(s.planned_year) FROM person_class_flags n "
        "JOIN person_classes c ON c.class_id = n.class_id "
        "JOIN person_unit_map m ON m.unit_id = c.unit_id "
        "JOIN person_shares u ON u.unit_id = m.counted_unit "
        "JOIN person_schools s ON s.school_id = u.school_id "
        f"WHERE u.stage IN {counted_stages()} AND u.{IN_SCOPE} GROUP BY 1 ORDER BY 1"
    )
    return tuple(
        SchoolSize(
            school_id=str(school),
            is_combined=bool(is_combined),
            pupils=int(str(n)),
            built_year=_whole(built),
            migrant_pupils=None if unknown else int(str(migrant)),
        )
        for school, is_combined, n, migrant, unknown, built in rows
    )


def _zones(
    session: Session, rules: PersonRules, item: Item, day: date
) -> tuple[ZoneEnrolment, ...]:
    """G13: pupils of each unit and those whose home lies in its zone."""
    rows = session.rows(
        "SELECT u.unit_id, MIN(u.stage), SUM(n.pupils), SUM(COALESCE(n.in_zone, 0)), "
        "SUM(n.pupils - n.in_zone_known), "
        f"MAX(CASE WHEN s.locality_code IN {rules.listed('urban_or_town')} THEN 1 ELSE 0 END), "
        f"MAX(CASE WHEN s.sponsor_code IN {rules.listed('private')} THEN 1 ELSE 0 END), "
        "MAX(COALESCE(s.is_boarding, 0)) FROM person_class_flags n "
        "JOIN person_classes c ON c.class_id = n.class_id "
        "JOIN person_unit_map m ON m.unit_id = c.unit_id "
        "JOIN person_shares u ON u.unit_id = m.counted_unit "
        "JOIN person_schools s ON s.school_id = u.school_id "
        f"WHERE u.stage IN {counted_stages()} AND u.{IN_SCOPE} GROUP BY 1 ORDER BY 1"
    )
    return tuple(
        ZoneEnrolment(
            unit_id=str(unit),
            stage=_stage(stage),
            pupils=int(str(n)),
            pupils_in_zone=None if unknown else int(str(in_zone)),
            is_urban_or_town=bool(is_urban),
            is_public=not is_private,
            is_boarding=bool(is_boarding),
        )
        for unit, stage, n, in_zone, unknown, is_urban, is_private, is_boarding in rows
    )


# --- teachers ------------------------------------------------------------------------------------


def _placed(rules: PersonRules, day: date) -> str:
    """Full-time teachers of the compulsory stages in scope."""
    return (
        f"SELECT DISTINCT p.staff_id AS staff_id FROM ({staffing.placed(rules, day)}) p "
        "JOIN person_shares u ON u.unit_id = p.unit_id "
        f"WHERE u.stage IN {counted_stages()} AND u.{IN_SCOPE}"
    )


def _training(
    session: Session, rules: PersonRules, item: Item, day: date
) -> tuple[TeacherTraining, ...]:
    """G9: hours of the last years up to that of the statistics date; unknown without any row."""
    first_year = day.year - int(item.params["years"]) + 1
    hours = (
        "SELECT staff_id, CASE WHEN COUNT(*) = COUNT(hours) THEN SUM(hours) END AS hours "
        f"FROM person_training WHERE year BETWEEN {first_year} AND {day.year} GROUP BY staff_id"
    )
    rows = session.rows(
        f"SELECT t.staff_id, h.hours FROM ({_placed(rules, day)}) t "
        f"LEFT JOIN ({hours}) h ON h.staff_id = t.staff_id ORDER BY 1"
    )
    return tuple(
        TeacherTraining(str(staff), None if n is None else Fraction(str(n))) for staff, n in rows
    )


def _certificates(
    session: Session, rules: PersonRules, item: Item, day: date
) -> tuple[TeacherCertificate, ...]:
    """G12: whether each full-time teacher holds a certificate; a blank says that there is none."""
    rows = session.rows(
        f"SELECT t.staff_id, MAX(s.certificate_stage_code) FROM ({_placed(rules, day)}) t "
        "JOIN person_staff s ON s.staff_id = t.staff_id GROUP BY 1 ORDER BY 1"
    )
    return tuple(TeacherCertificate(str(staff), code is not None) for staff, code in rows)


SOURCES: Mapping[str, Source] = {
    "music_art_rooms": _rooms,
    "school_size": _sizes,
    "class_size": _class_data,
    "training_hours": _training,
    "certified_teachers": _certificates,
    "nearby_enrolment": _zones,
}
"""What each check of `items` gets, by the name of the check."""
