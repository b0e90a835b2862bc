"""From people to the tables and back: the same verdicts, cells and coefficients, exactly."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from junheng.engine import simulation, standard
from junheng.engine.annual_statistics.people import school_figures
from junheng.engine.annual_statistics.reading import read_schools, read_statistics
from junheng.engine.annual_statistics.units import class_bands
from junheng.engine.annual_statistics.writing import write_school_workbooks, write_stage_workbooks
from junheng.engine.simulation.persons import draw_persons, write_persons
from junheng.engine.standard import person_level
from junheng.engine.store.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from junheng.engine.annual_statistics.people import SchoolFigures
    from junheng.engine.standard.assess import CountyVerdict, DispersionResult, UnitResult
    from junheng.engine.standard.school_items import ClassBand

    Writer = Callable[[SchoolFigures, Path], list[str]]

DAY = date(2025, 9, 1)
RULES = standard.load("cn-2017-quality")
CPU_SECONDS = 3.0


@dataclass(frozen=True)
class Measured:
    """A district of people, what the tables would say of it, and what it measures to."""

    folder: Path
    figures: SchoolFigures
    units: tuple[UnitResult, ...]
    dispersion: tuple[DispersionResult, ...]
    counties: tuple[CountyVerdict, ...]
    bands: tuple[ClassBand, ...]


@pytest.fixture(scope="module", params=["village", "dongsheng"])
def people(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Measured:
    folder = tmp_path_factory.mktemp("people")
    district = simulation.draw_district(request.param, years=1)
    write_persons(draw_persons(district, 2025), folder)
    with Session() as session:
        figures = school_figures(session, folder, RULES, statistics_date=DAY)
    with Session() as session:
        table = person_level.measure_persons(session, folder, RULES, statistics_date=DAY)
        found = standard.assess(table)
        bands = person_level.class_bands(session)
        return Measured(folder, figures, found.units, found.dispersion, found.counties, bands)


@pytest.mark.parametrize("write", [write_school_workbooks, write_stage_workbooks])
def test_the_route_of_the_tables_and_that_of_people_agree(
    people: Measured, tmp_path: Path, write: Writer
) -> None:
    assert people.figures.differences == ()
    write(people.figures, tmp_path / "out")
    with Session() as session:
        started = time.process_time()
        read = read_statistics(session, tmp_path / "out", RULES)
        assert time.process_time() - started < CPU_SECONDS
        result = standard.assess(read)
        assert result.units == people.units
        assert result.dispersion == people.dispersion
        assert result.counties == people.counties


def test_the_tables_of_2021_agree_too(people: Measured, tmp_path: Path) -> None:
    layout = "tables-2021"
    with Session() as session:
        told = school_figures(session, people.folder, RULES, statistics_date=DAY, layout=layout)
    write_school_workbooks(told, tmp_path / "out")
    with Session() as session:
        result = standard.assess(read_statistics(session, tmp_path / "out", RULES, layout=layout))
        assert (result.units, result.dispersion) == (people.units, people.dispersion)


def test_classes_by_size_agree(people: Measured, tmp_path: Path) -> None:
    write_school_workbooks(people.figures, tmp_path / "out")
    read = read_schools(tmp_path / "out")
    regular = {school.id for school in read.schools if school.stages}
    found = [band for band in class_bands(read.schools, read.layout) if band.school_id in regular]
    assert sorted(map(repr, found)) == sorted(map(repr, people.bands))


def test_what_the_tables_cannot_tell_is_named(people: Measured) -> None:
    """Visiting teachers count by a relief in small rural schools; no table has them."""
    for_ever = tuple(replace(r, source=replace(r.source, valid_to=None)) for r in RULES.reliefs)
    relieved = replace(RULES, reliefs=for_ever)
    with Session() as session:
        told = school_figures(session, people.folder, relieved, statistics_date=DAY)
    with Session() as session:
        table = person_level.measure_persons(session, people.folder, relieved, statistics_date=DAY)
        units = standard.assess(table).units
    before = {unit.unit_id: unit for unit in people.units}
    changed = {
        (unit.unit_id, indicator)
        for unit in units
        for indicator, cell in unit.cells.items()
        if cell.value != before[unit.unit_id].cells[indicator].value
    }
    assert set(told.differences) == changed
    assert {indicator for _, indicator in changed} == {"R3"}
