"""Steps from rooms, grounds and equipment to what each unit has of its school.

An amount is kept as whole hundredths, and a share as a fraction: nothing is rounded. A school
without any row, or with a blank area, has an unknown amount; a row of area 0 says there is none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from junheng.engine.standard.definition import Step

if TYPE_CHECKING:
    from datetime import date

    from junheng.engine.standard.person_level.rules import PersonRules
    from junheng.engine.standard.ruleset import Relief

EQUIPMENT = {
    "equipment_yuan": "teaching_equipment",
    "computers": "computers",
    "books": "books",
}
"""Facts that are kept per school, with the word of the dataset for each."""


def steps(rules: PersonRules, day: date, relief: Relief | None) -> tuple[Step, ...]:
    """Return the steps to the sums of rooms, grounds and equipment; `relief` is one of R5."""
    return (
        Step("person_room_sums", _room_sums(rules)),
        Step("person_ground_sums", _ground_sums(rules, day, relief)),
        Step("person_equipment_sums", _equipment_sums()),
    )


def _placed(source: str, sums: str) -> str:
    """Sums by counted school and place: the unit whose own campus it is, or '' for the rest."""
    return (
        "SELECT h.counted_id AS school_id, COALESCE(o.unit_id, '') AS place,\n"
        f"  {sums}\n"
        f"FROM {source} r JOIN person_homes h ON h.school_id = r.school_id\n"
        "JOIN person_schools s ON s.school_id = h.counted_id\n"
        "LEFT JOIN person_own_campuses o ON o.campus_id = r.campus_id\n"
        "GROUP BY h.counted_id, COALESCE(o.unit_id, '')"
    )


def _hundredths(condition: str, amount: str) -> str:
    return f"CAST(SUM(CASE WHEN {condition} THEN {amount} ELSE 0 END) * 100 AS BIGINT)"


def _room_sums(rules: PersonRules) -> str:
    """Summed by school and campus as the rooms name them, and only then looked up."""
    teaching = f"room_kind IN {rules.listed('teaching_rooms')}"
    indoor = f"room_kind IN {rules.listed('indoor_sport_rooms')}"
    media = f"{teaching} AND is_multimedia = 1 AND is_networked = 1"
    named = (
        "SELECT school_id, campus_id, "
        f"COUNT(*) FILTER (WHERE {teaching} AND area_m2 IS NULL) AS n_blank,\n"
        f"  {_summed(teaching)} AS teaching_area_m2,\n"
        f"  {_summed(indoor)} AS indoor_sport_area_m2,\n"
        f"  COUNT(*) FILTER (WHERE {media}) AS media_rooms\n"
        "FROM person_rooms GROUP BY school_id, campus_id"
    )
    sums = ("n_blank", "teaching_area_m2", "indoor_sport_area_m2", "media_rooms")
    return _placed(
        f"(\n{named}\n)", ", ".join(f"CAST(SUM(r.{name}) AS BIGINT) AS {name}" for name in sums)
    )


def _summed(condition: str) -> str:
    # A filtered sum takes two thirds of the time of a sum over CASE.
    return f"CAST(COALESCE(SUM(area_m2) FILTER (WHERE {condition}), 0) * 100 AS BIGINT)"


def _ground_sums(rules: PersonRules, day: date, relief: Relief | None) -> str:
    counts = f"r.ground_kind IN {rules.listed('grounds')}"
    if relief is not None:
        rented = (
            f"r.ground_kind IN {rules.listed('rented_grounds')} "
            f"AND r.walk_minutes <= {int(relief.params['walk_minutes_at_most'])} "
            f"AND (r.contract_end IS NULL OR r.contract_end >= DATE '{day.isoformat()}')"
        )
        rebuilt = f"r.ground_kind IN {rules.listed('rebuilt_grounds')}"
        dense = f"s.locality_code IN {rules.listed('dense_centre')}"
        counts = f"({counts} OR ({dense} AND ({rebuilt} OR ({rented}))))"
    return _placed(
        "person_grounds",
        f"SUM(CASE WHEN {counts} AND r.area_m2 IS NULL THEN 1 ELSE 0 END) AS n_blank,\n"
        f"  {_hundredths(counts, 'r.area_m2')} AS sports_ground_area_m2",
    )


def _equipment_sums() -> str:
    sums = []
    for fact, word in EQUIPMENT.items():
        is_of = f"e.asset_kind = '{word}'"
        # Without a row of its kind, or with a blank one, the amount is not known.
        is_known = (
            f"COUNT(CASE WHEN {is_of} THEN 1 END) > 0 AND "
            f"COUNT(CASE WHEN {is_of} AND e.amount IS NULL THEN 1 END) = 0"
        )
        sums.append(f"CASE WHEN {is_known} THEN {_hundredths(is_of, 'e.amount')} END AS {fact}")
    return (
        f"SELECT h.counted_id AS school_id,\n  {', '.join(sums)}\n"
        "FROM person_equipment e JOIN person_homes h ON h.school_id = e.school_id\n"
        "GROUP BY h.counted_id"
    )
