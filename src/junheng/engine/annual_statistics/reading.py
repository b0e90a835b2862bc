"""Files of annual statistics, of either kind, to stage units: the one way in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from junheng.engine.annual_statistics.figures import Place
from junheng.engine.annual_statistics.grid import open_grids
from junheng.engine.annual_statistics.layout import Layout, layouts, load_layout
from junheng.engine.annual_statistics.recognition import (
    is_old_name,
    split_name,
    visible,
    workbooks,
)
from junheng.engine.annual_statistics.school_workbook import read_school
from junheng.engine.annual_statistics.schools import School, check_twice, united, whole_schools
from junheng.engine.annual_statistics.stage_workbook import is_stage_sheet, read_stage, stage_of
from junheng.engine.annual_statistics.sums import Telling
from junheng.engine.annual_statistics.units import check_facts, unit_rows
from junheng.engine.standard.split import relief_in_force
from junheng.engine.standard.unit_rows import UnitRow, load_units
from junheng.errors import DataError, TableFaults
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from junheng.engine.annual_statistics.grid import Grid
    from junheng.engine.annual_statistics.returns import SchoolReturn
    from junheng.engine.standard.ruleset import RuleSet
    from junheng.engine.standard.unit_table import UnitTable
    from junheng.engine.store.session import Session
    from junheng.errors import Fault
    from junheng.i18n import Message

OTHER_ENDINGS = (".et", ".xlsm", ".xlsb", ".ods", ".csv")
"""Tables that would be left out in silence if they were not refused."""


SHEET_EXAMPLES = ("教基1001", "教基3112_小学")


@dataclass(frozen=True)
class Statistics:
    """What was read: whole schools with their points added, and what is to be said about it.

    `n_points` counts the rows that were added to another school. `by_school` and `by_stage` say
    which kinds of workbooks there were.
    """

    layout: Layout
    n_workbooks: int
    schools: tuple[School, ...]
    n_points: int
    messages: tuple[Message, ...]
    by_school: bool
    by_stage: bool


@dataclass(frozen=True)
class StatisticsUnits:
    """Stage units as read, facts exact, with what they were read from and what is to be said."""

    read: Statistics
    rows: tuple[UnitRow, ...]
    messages: tuple[Message, ...]


def read_statistics(
    session: Session,
    path: Path,
    ruleset: RuleSet,
    *,
    layout: str | None = None,
    statistics_date: date | None = None,
) -> UnitTable:
    """Read a folder or workbook of annual statistics into a table that `assess` takes.

    Parameters
    ----------
    session
        Takes the relations `units` and `terms`.
    path
        A folder of workbooks, one a school or one a stage, or a single workbook.
    ruleset
        Says how shared things are split, and which figures are needed.
    layout
        Id of a layout, or a file ending in .toml; None: told by the tables.
    statistics_date
        Day by which reliefs are looked up: the tables do not tell what they need, and a relief
        in force is told as a warning.

    Raises
    ------
    TableFaults
        Everything wrong in all workbooks at once.
    NotFound, RuleSetError
        No such layout; a faulty layout; a rule set whose facts the tables do not tell.
    """
    found = read_units(path, ruleset, layout=layout, statistics_date=statistics_date)
    return load_units(session, found.rows, ruleset, warnings=found.messages)


def read_units(
    path: Path,
    ruleset: RuleSet,
    *,
    layout: str | None = None,
    statistics_date: date | None = None,
) -> StatisticsUnits:
    """Read a folder or workbook of annual statistics into stage units; see `read_statistics`."""
    read = read_schools(path, layout=layout)
    check_facts(ruleset, read.layout)
    rows = unit_rows(read.schools, ruleset)
    if not rows:
        raise DataError(
            say("{path}: no school has pupils of a compulsory stage.", path=str(path.name))
        )
    messages = (
        *read.messages,
        *_left_out(read, rows),
        *_without_pupils(rows),
        *_reliefs(ruleset, statistics_date),
    )
    return StatisticsUnits(read, tuple(rows), messages)


def read_schools(path: Path, *, layout: str | None = None) -> Statistics:
    """Read a folder or workbook of annual statistics into whole schools.

    Raises `TableFaults` with everything wrong in all workbooks, `NotFound` and `RuleSetError` for
    the layout.
    """
    telling = Telling()
    files = _files(path, telling)
    grids = {file: found for file in files if (found := _opened(file, telling))}
    chosen = load_layout(layout) if layout else _told_layout(grids)
    returns = [
        school for file, found in grids.items() for school in _read(file, found, chosen, telling)
    ]
    check_twice(returns, chosen, telling)
    merged = united(returns, telling)
    telling.stop()
    schools, n_points = whole_schools(merged, chosen, telling)
    telling.stop()
    messages = (
        _summary(len(files), len(schools), chosen),
        *_points(n_points, chosen),
        *telling.messages(chosen),
    )
    by_school = [any(split_name(g.sheet) for g in found) for found in grids.values()]
    return Statistics(
        chosen,
        len(files),
        tuple(schools),
        n_points,
        messages,
        by_school=any(by_school),
        by_stage=not all(by_school),
    )


# --- files ---------------------------------------------------------------------------------------


def _files(path: Path, telling: Telling) -> list[Path]:
    if not path.is_dir():
        return [path]
    for file in visible(path):
        if file.suffix.lower() in OTHER_ENDINGS:
            found = say("files ending in “{ending}” are not read here.", ending=file.suffix)
            remedy = say("Save it as “Excel workbook (.xlsx)”, or move it out of the folder.")
            telling.add(Place(file.name, "").fault(found, remedy))
    files = workbooks(path)
    if not files:
        found = say("there is no workbook (.xlsx, .xls) in the folder.")
        telling.add(Place(str(path), "").fault(found, say("Name the folder of the exports.")))
    return files


def _opened(file: Path, telling: Telling) -> tuple[Grid, ...]:
    try:
        return open_grids(file)
    except TableFaults as error:
        telling.found.extend(error.faults)
        return ()


def _told_layout(grids: Mapping[Path, Sequence[Grid]]) -> Layout:
    """The layout that the tables tell; without a sign of another one, the present one."""
    names = [split_name(grid.sheet) for found in grids.values() for grid in found]
    tables = {told[0] for told in names if told}
    told = (layout for layout in layouts() if tables.intersection(layout.told_by))
    return next(told, None) or load_layout()


def _read(
    file: Path, grids: Sequence[Grid], layout: Layout, telling: Telling
) -> Iterator[SchoolReturn]:
    if any(split_name(grid.sheet) for grid in grids):
        school = read_school(file.name, grids, layout, telling)
        if school is not None:
            yield school
        return
    stage_sheets = [grid for grid in grids if is_stage_sheet(grid, layout)]
    if not stage_sheets:
        telling.add(_not_known(file, grids))
    for grid in stage_sheets:
        # A workbook of one sheet often calls it Sheet1: then the name of the file tells.
        stage = stage_of(layout, grid.sheet, file.stem)
        if stage is None:
            words = ", ".join(word for listed in layout.stage_words.values() for word in listed)
            found = say("neither sheet nor file says which stage these schools are of.")
            remedy = say("Name the sheet or the file with one of: {words}.", words=words)
            telling.add(Place(file.name, grid.sheet).fault(found, remedy))
        else:
            yield from read_stage(grid, stage, layout, telling)


def _not_known(file: Path, grids: Sequence[Grid]) -> Fault:
    if any(is_old_name(grid.sheet) for grid in grids):
        return Place(file.name, grids[0].sheet).fault(
            say("these are tables of 2020 or before ({sheet}).", sheet=grids[0].sheet),
            say("Tables from 2021 on are read. Enter older figures in a unit table."),
        )
    return Place(file.name, "").fault(
        say(
            "this is neither a school's workbook (sheets {sheets} ...) nor one of a stage.",
            sheets=", ".join(SHEET_EXAMPLES),
        ),
        say("Move it out of the folder, or export it again."),
    )


# --- what is said --------------------------------------------------------------------------------


def _summary(n_workbooks: int, n_schools: int, layout: Layout) -> Message:
    if layout.is_confirmed:
        return say(
            "Annual school statistics: {schools} schools read from {n} workbooks by layout "
            "{layout}.",
            schools=n_schools,
            n=n_workbooks,
            layout=layout.id,
        )
    return say(
        "Annual school statistics: {schools} schools read from {n} workbooks by layout {layout}, "
        "which has not been compared with the official forms.",
        schools=n_schools,
        n=n_workbooks,
        layout=layout.id,
    )


def _points(n_points: int, layout: Layout) -> Iterator[Message]:
    if n_points:
        yield say(
            "{n} points that are not counted as schools ({label} = 0) were added to theirs.",
            n=n_points,
            label=layout.identity["is_counted"][0],
        )


def _left_out(read: Statistics, rows: Sequence[UnitRow]) -> Iterator[Message]:
    units = {(row.county, row.school_id) for row in rows}
    names = [s.name for s in read.schools if (s.county, s.id or s.name) not in units]
    if names:
        yield say(
            "{n} schools without a compulsory stage in these tables are left out: {names}.",
            n=len(names),
            names=", ".join(names),
        )


def _without_pupils(rows: Sequence[UnitRow]) -> Iterator[Message]:
    for row in rows:
        if row.pupils == 0:
            yield say("Unit {unit} has no pupils; its figures count as missing.", unit=row.unit_id)


def _reliefs(ruleset: RuleSet, day: date | None) -> Iterator[Message]:
    """Reliefs of the seven indicators need what the tables do not hold."""
    if day is None:
        return
    for indicator in ruleset.indicators:
        relief = relief_in_force(ruleset, indicator.id, day)
        if relief is not None:
            yield say(
                "Relief {relief} is in force on {day}, but the tables do not tell what it needs: "
                "it is not applied.",
                relief=relief.id,
                day=day,
            )
