"""Measuring a large folder batch by batch, in bounded memory.

What is kept of a batch are the relations of its units, which afterwards stand together as if the
folder had been measured at once. Rows of people and classes are not kept: they are read again where
somebody asks for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from junheng.engine.standard.person_level import pieces, terms
from junheng.engine.standard.person_level.folder import files_of, open_files
from junheng.engine.standard.person_level.roll import CLASS_COUNTS, COUNTED_UNITS
from junheng.engine.standard.person_level.rules import person_rules
from junheng.engine.standard.person_level.running import run_from_units, run_steps, run_to_units
from junheng.engine.standard.unit_table import UNITS
from junheng.errors import TableFaults

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from junheng.engine.standard.person_level.pieces import Files
    from junheng.engine.standard.ruleset import RuleSet
    from junheng.engine.store.session import Session
    from junheng.engine.store.sql_engine import Row

KEPT = (
    "person_homes",
    "person_unit_map",
    "person_own_campuses",
    "person_roll",
    "person_shares",
    "person_home_units",
    "person_undecided",
    "person_lessons",
    "person_posts",
    "person_unit_staff",
    terms.UNIT_FACTS,
)
"""Relations of which every batch adds its rows; the others are of no use after it."""
PASSING = (
    "person_class_sums",
    COUNTED_UNITS,
    "person_pe_arts",
    "person_staff_sums",
    "person_visitors",
    "person_room_sums",
    "person_ground_sums",
    "person_equipment_sums",
)
READ_WHERE_ASKED = (CLASS_COUNTS, terms.UNIT_SUMS, terms.UNIT_FACTS, UNITS)
"""Relations that are views: they are read once in a batch, the last one not at all."""


class _Batch:
    """A session as the engine of the steps, with some relations computed where they are read."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.load = session.load

    def create(self, relation: str, select: str) -> None:
        if relation in READ_WHERE_ASKED:
            self._session.define(relation, select)
        else:
            self._session.create(relation, select)

    def rows(self, sql: str) -> list[Row]:
        return self._session.rows(sql)


def run_in_batches(
    session: Session,
    folder: Path,
    ruleset: RuleSet,
    day: date,
    *,
    checks_people: bool = True,
    most: int | None = None,
) -> int:
    """Run the steps over an opened folder, in batches of at most `most` pupils where that is sound.

    None stands for `pieces.PUPILS_A_BATCH`. Returns the number of parts of a person, as `run_steps`
    does. Where a batch has faults, all of the folder is measured at once, so that the faults are
    named together.
    """
    files = files_of(folder)
    batches: Sequence[Files] = [files]
    # Shares of persons have one denominator for the whole folder.
    if person_rules(ruleset).teacher_stage == "main":
        batches = pieces.batches(session, files, checks_people=checks_people, most=most)
    if len(batches) > 1:
        try:
            return _run_each(session, batches, files, ruleset, day, checks_people=checks_people)
        except TableFaults:
            open_files(session, files)
    return run_steps(session, ruleset, day, checks_people=checks_people)


def _run_each(
    session: Session,
    batches: Sequence[Files],
    files: Mapping[str, Sequence[Path]],
    ruleset: RuleSet,
    day: date,
    *,
    checks_people: bool,
) -> int:
    engine = _Batch(session)
    parts = 1
    for ix, batch in enumerate(batches):
        open_files(session, batch)
        parts = run_to_units(engine, ruleset, day, checks_people=checks_people)
        for relation in KEPT:
            if ix == 0:
                session.create(_kept(relation), f"SELECT * FROM {relation}")
            else:
                session.run(f"INSERT INTO {_kept(relation)} SELECT * FROM {relation}")
    open_files(session, files)
    for relation in PASSING:
        session.run(f"DROP TABLE {relation}")
    for relation in KEPT:
        session.define(relation, f"SELECT * FROM {_kept(relation)}")
    run_from_units(engine, ruleset, day, parts)
    return parts


def _kept(relation: str) -> str:
    return f"kept_{relation}"


__all__ = ["run_in_batches"]
