"""Who reaches which pupils and staff, computed once more from the raw tables by plain SQL.

Nothing of the product is used here but the names of its tables: what roles reach is written down
by hand, as the privacy rules of the bureau say it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection

if TYPE_CHECKING:
    from datetime import date

WHO_SEES_PUPILS = {
    "bureau_leader", "supervision_officer", "basic_education_officer", "planning_officer",
    "head", "school_clerk", "grade_leader", "class_teacher", "subject_teacher",
    "school_doctor", "counsellor", "pupil", "guardian",
}  # fmt: skip
WHO_SEES_STAFF = {
    "bureau_leader", "supervision_officer", "personnel_officer", "planning_officer",
    "research_officer", "head", "school_clerk",
}  # fmt: skip

POSTS = """
    SELECT role, bureau_id, grouping_id, school_id, grade, school_class_id, pupil_id
    FROM accounts_post WHERE user_id = %s AND revoked_at IS NULL
    AND valid_from <= %s AND (valid_to IS NULL OR valid_to >= %s)
"""
MEMBERS = """
    SELECT school_id FROM groups_membership WHERE grouping_id = %s
    AND from_date <= %s AND (to_date IS NULL OR to_date >= %s)
"""
OF_GRADE = """
    SELECT school_class_id FROM registry_classyear
    WHERE school_id = %s AND grade = %s AND school_year = %s
"""
IN_CLASS = """
    SELECT pupil_id FROM registry_enrolment WHERE school_class_id = %s
    AND from_date <= %s AND (to_date IS NULL OR to_date >= %s)
"""
# A school keeps the pupils and staff who once were its own: their files stay with it.
ONCE_AT_SCHOOL = """
    SELECT e.pupil_id FROM registry_enrolment e
    JOIN registry_schoolclass c ON c.id = e.school_class_id WHERE c.school_id = %s
"""
ONCE_EMPLOYED = "SELECT staff_id FROM registry_employment WHERE school_id = %s"


def pupils_of(user_id: int, day: date) -> set[int]:
    """Return the pupils that a person may see on a day."""
    found: set[int] = set()
    for role, bureau, grouping, school, grade, one_class, pupil in rows(POSTS, user_id, day, day):
        if role not in WHO_SEES_PUPILS:
            continue
        if bureau is not None:
            found |= ids("SELECT id FROM registry_pupil WHERE bureau_id = %s", bureau)
        elif grouping is not None:
            for member in ids(MEMBERS, grouping, day, day):
                found |= ids(ONCE_AT_SCHOOL, member)
        elif pupil is not None:
            found.add(pupil)
        elif one_class is not None:
            found |= ids(IN_CLASS, one_class, day, day)
        elif grade is not None:
            for each in ids(OF_GRADE, school, grade, day.year - (day.month < 9)):
                found |= ids(IN_CLASS, each, day, day)
        else:
            found |= ids(ONCE_AT_SCHOOL, school)
    return found


def staff_of(user_id: int, day: date) -> set[int]:
    """Return the members of staff that a person may see on a day."""
    found: set[int] = set()
    for role, bureau, grouping, school, *_ in rows(POSTS, user_id, day, day):
        if role not in WHO_SEES_STAFF:
            continue
        if bureau is not None:
            found |= ids("SELECT id FROM registry_staff WHERE bureau_id = %s", bureau)
        elif grouping is not None:
            for member in ids(MEMBERS, grouping, day, day):
                found |= ids(ONCE_EMPLOYED, member)
        else:
            found |= ids(ONCE_EMPLOYED, school)
    return found


def ids(sql: str, *params: Any) -> set[int]:
    """Return the first column of a statement."""
    return {row[0] for row in rows(sql, *params)}


def rows(sql: str, *params: Any) -> list[Any]:
    """Return the rows of a statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())
