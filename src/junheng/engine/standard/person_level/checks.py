"""What must hold between the datasets before anything is measured.

Each check is a query for the ids that break it. Faults name the dataset, the column and the id.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from junheng.engine.standard.person_level.roll import CLASS_COUNTS, in_force
from junheng.errors import Fault, TableFaults
from junheng.i18n import N_, Message, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from junheng.engine.store.sql_engine import SqlEngine

MAX_LISTED = 20
"""Faults listed of one check; all are counted."""

STAGES_KNOWN = ("kindergarten", "primary", "junior", "senior")


@dataclass(frozen=True)
class Check:
    """A query whose rows (one column `id`) are wrong, and what to say of them."""

    dataset: str
    column: str
    wrong: str
    found: str
    remedy: Message


@dataclass(frozen=True)
class Suspicion:
    """A query that has a row when something may be wrong, and the checks that then name it.

    Without a row all is well. To find that costs much less than to look for each fault by itself.
    """

    finds: str
    checks: tuple[Check, ...]


def of_structure() -> tuple[Suspicion, ...]:
    """Return the checks of ids and links that the counting relies on."""
    single = (
        _unknown_stage(),
        _parent_uncounted(),
        _unit_without_parent(),
        _mixed_campus(),
    )
    return (
        *(Suspicion(_seems_doubled(*key), (_doubled(*key),)) for key in KEYS),
        *map(_plain, single),
        *(_dangling_to(target) for target in dict.fromkeys(to for _, _, to in LINKS)),
    )


def of_counts() -> tuple[Suspicion, ...]:
    """Return the checks of the classes that pupils name: whether any is not known."""
    return (_class_unknown(),)


def of_people(day: date) -> tuple[Suspicion, ...]:
    """Return the checks that each person stands in one place on a day: a pass over all people."""
    return (_in_two_places("pupils", "pupil_id", day), _in_two_places("staff", "staff_id", day))


def _in_two_places(dataset: str, column: str, day: date) -> Suspicion:
    """As many hashes as rows on the day prove that nobody is there twice; see `_seems_doubled`."""
    on_the_day = f"FROM person_{dataset} WHERE {in_force(day)}"
    counts = f"SELECT COUNT(*) AS n, COUNT(DISTINCT hash({column})) AS n_hashes {on_the_day}"
    named = Check(
        dataset,
        column,
        f"SELECT {column} AS id {on_the_day} GROUP BY {column} HAVING COUNT(*) > 1",
        N_("“{found}” stands in more than one place on the statistics date."),
        say("End the earlier row the day before the next one begins."),
    )
    return Suspicion(f"SELECT '' AS id FROM ({counts}) k WHERE n_hashes < n", (named,))


def _plain(check: Check) -> Suspicion:
    return Suspicion(check.wrong, (check,))


KEYS = (
    ("schools", "school_id"),
    ("campuses", "campus_id"),
    ("units", "unit_id"),
    ("classes", "class_id"),
)
LINKS = (
    ("units", "school_id", "schools"),
    ("campuses", "school_id", "schools"),
    ("classes", "unit_id", "units"),
    ("classes", "campus_id", "campuses"),
    ("staff", "school_id", "schools"),
    ("teaching", "unit_id", "units"),
    ("rooms", "school_id", "schools"),
    ("rooms", "campus_id", "campuses"),
    ("grounds", "school_id", "schools"),
    ("grounds", "campus_id", "campuses"),
    ("equipment", "school_id", "schools"),
)
MAY_BE_BLANK = {"campus_id"}


def _seems_doubled(dataset: str, column: str) -> str:
    """As many hashes as rows prove that no id is blank or doubled; fewer prove nothing."""
    counts = (
        f"SELECT COUNT(*) AS n, COUNT({column}) AS n_ids, "
        f"COUNT(DISTINCT hash({column})) AS n_hashes FROM person_{dataset}"
    )
    return f"SELECT '' AS id FROM ({counts}) k WHERE n_ids < n OR n_hashes < n"


def _doubled(dataset: str, column: str) -> Check:
    return Check(
        dataset,
        column,
        f"SELECT {column} AS id FROM person_{dataset} GROUP BY {column} "
        f"HAVING COUNT(*) > 1 OR {column} IS NULL",
        N_("“{found}” stands in more than one row, or is blank."),
        say("Give every row its own number."),
    )


def _dangling_to(target: str) -> Suspicion:
    """All links to one dataset, whose ids are then looked up once."""
    links = [(dataset, column) for dataset, column, to in LINKS if to == target]
    values = (
        f"SELECT DISTINCT {column} AS id, {int(column in MAY_BE_BLANK)} AS may_be_blank "
        f"FROM person_{dataset}"
        for dataset, column in links
    )
    key = dict(KEYS)[target]
    return Suspicion(
        f"SELECT r.id AS id FROM (\n{' UNION ALL '.join(values)}\n) r "
        f"LEFT JOIN person_{target} t ON t.{key} = r.id "
        f"WHERE t.{key} IS NULL AND (r.id IS NOT NULL OR r.may_be_blank = 0)",
        tuple(_dangling(dataset, column, target) for dataset, column in links),
    )


def _dangling(dataset: str, column: str, target: str) -> Check:
    blank = "" if column in MAY_BE_BLANK else f" OR r.{column} IS NULL"
    return Check(
        dataset,
        column,
        # Distinct values first: a dataset has far more rows than schools.
        f"SELECT r.{column} AS id FROM (SELECT DISTINCT {column} FROM person_{dataset}) r "
        f"LEFT JOIN person_{target} t ON t.{column} = r.{column} "
        f"WHERE t.{column} IS NULL AND (r.{column} IS NOT NULL{blank})",
        N_("“{found}” does not stand in the dataset it points to."),
        say("Correct the number, or add the row to the dataset {dataset}.", dataset=target),
    )


def _unknown_stage() -> Check:
    known = ", ".join(f"'{stage}'" for stage in STAGES_KNOWN)
    return Check(
        "units",
        "stage",
        f"SELECT stage AS id FROM person_units WHERE stage IS NULL OR stage NOT IN ({known})",
        N_("“{found}” is not one of the words known here."),
        say("Write one of: {words}.", words=", ".join(STAGES_KNOWN)),
    )


def _parent_uncounted() -> Check:
    return Check(
        "schools",
        "parent_school_id",
        "SELECT s.school_id AS id FROM person_schools s LEFT JOIN person_schools p "
        "ON p.school_id = s.parent_school_id "
        "WHERE s.is_counted = 0 AND (p.school_id IS NULL OR p.is_counted = 0)",
        N_("“{found}” is not counted by itself, and its parent is not counted either."),
        say("Name the counted school to which it belongs."),
    )


def _unit_without_parent() -> Check:
    return Check(
        "units",
        "unit_id",
        "SELECT unit_id AS id FROM person_unit_map WHERE counted_unit IS NULL",
        N_("“{found}” belongs to a school that has no unit of this stage."),
        say("Add the unit to the parent school, or correct the parent."),
    )


def _mixed_campus() -> Check:
    return Check(
        "campuses",
        "stage_only",
        "SELECT campus_id AS id FROM person_own_campuses WHERE n_units > 1 OR n_other_stage > 0",
        N_("“{found}” is marked as a campus of one stage, and has classes of another unit."),
        say("Leave the stage of the campus blank, or correct its classes."),
    )


def _class_unknown() -> Suspicion:
    named = Check(
        "pupils",
        "class_id",
        f"SELECT n.class_id AS id FROM {CLASS_COUNTS} n "
        "LEFT JOIN person_classes c ON c.class_id = n.class_id WHERE c.class_id IS NULL",
        N_("“{found}” does not stand in the dataset it points to."),
        say("Correct the number, or add the row to the dataset {dataset}.", dataset="classes"),
    )
    return Suspicion("SELECT unit_id AS id FROM person_class_sums WHERE n_unknown > 0", (named,))


def stop_on_faults(engine: SqlEngine, *groups: Sequence[Suspicion]) -> None:
    """Run checks and raise all faults together.

    Each group is one query. Keep apart what changes often: an engine that remembers the answers of
    unchanged relations need then not look at the others again.

    Raises
    ------
    TableFaults
        At most `MAX_LISTED` faults of each check are listed.
    """
    suspected = [suspicion for group in groups if group for suspicion in _seen(engine, group)]
    if not suspected:
        return
    checks = [check for suspicion in suspected for check in suspicion.checks]
    wrong = _found(engine, [check.wrong for check in checks])
    if not wrong:
        return
    faults = [fault for ix in sorted(wrong) for fault in _faults(checks[ix], sorted(wrong[ix]))]
    raise TableFaults(faults, sum(map(len, wrong.values())))


def _seen(engine: SqlEngine, group: Sequence[Suspicion]) -> list[Suspicion]:
    return [group[ix] for ix in sorted(_found(engine, [one.finds for one in group]))]


def _found(engine: SqlEngine, queries: list[str]) -> dict[int, list[str]]:
    """Return the ids found by the position of their query; a query without any is left out."""
    # One query for all: most of the time of a small one goes into planning it.
    selects = (
        f"SELECT {ix} AS ix, w.id AS id FROM ({query}) w" for ix, query in enumerate(queries)
    )
    found: dict[int, list[str]] = {}
    for ix, row_id in engine.rows("\nUNION ALL\n".join(selects)):
        found.setdefault(int(str(ix)), []).append(str(row_id or ""))
    return found


def _faults(check: Check, wrong: list[str]) -> Iterator[Fault]:
    for text in wrong[:MAX_LISTED]:
        yield Fault(
            say(check.found, found=text),
            check.remedy,
            source=check.dataset,
            column=check.column,
        )
