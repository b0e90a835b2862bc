"""A closed school's units and rooms stay stored, and no figure of a later day is made of them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from tests.world import change, put, settled, stored

from junheng.apps.foundation.scoping import everything
from junheng.apps.registry.api import (
    School,
    SuccessionKind,
    export_folder,
    fresh_units,
    recount,
    succession_record,
)
from junheng.apps.registry.summaries.measuring import measured_terms
from junheng.engine import standard
from junheng.engine.standard.person_level import measure_persons
from junheng.engine.store.session import Session
from junheng.errors import TableFaults

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from junheng.apps.registry.api import Place

RULES = standard.load("cn-2017-quality")
CLOSED_ON = date(2026, 3, 1)


@pytest.fixture
def place(db: None) -> Iterator[Place]:
    here = settled()
    with everything(reason="test"):
        yield here


def a_school(place: Place) -> School:
    """Return a school with rooms."""
    return School.objects.get(identifier=stored(place, "rooms")[0]["school_id"])


def leave(place: Place, school: School) -> None:
    """Let everybody of a school leave on the last day of February."""
    classes = {
        c["class_id"] for c in stored(place, "classes") if c["school_id"] == school.identifier
    }
    units = {u["unit_id"] for u in stored(place, "units") if u["school_id"] == school.identifier}
    for dataset, field, mine in (
        ("pupils", "class_id", classes),
        ("staff", "school_id", {school.identifier}),
        ("teaching", "unit_id", units),
    ):
        rows = [r for r in stored(place, dataset) if r[field] in mine and not r["to_date"]]
        change(place, dataset, [(row, row | {"to_date": "2026-02-28"}) for row in rows])


def close(place: Place, school: School) -> None:
    leave(place, school)
    succession_record(school=school, kind=SuccessionKind.CLOSED, on=CLOSED_ON, by=None, why="test")


def exported(place: Place, folder: Path, on: date) -> set[str]:
    """Return the schools of the units that an export of a day measures."""
    export_folder(place, folder, on=on)
    with Session() as session:
        table = measure_persons(session, folder, RULES, statistics_date=on)
        return {str(school) for (school,) in session.rows("SELECT school_id FROM units") if table}


def summarised(place: Place, on: date) -> set[str]:
    """Return the schools of the units that the summaries of a day measure."""
    table = fresh_units(place.bureau_id, on=on, ruleset=RULES)
    return {str(school) for (school,) in table.session.rows("SELECT school_id FROM units")}


def next_year(place: Place, but: str) -> None:
    """Enter the schools and classes of the next year, all but those of one school."""
    later = type(place)(place.bureau_id, place.school_year + 1)
    for dataset in ("schools", "classes"):
        put(later, dataset, [r for r in stored(place, dataset) if r["school_id"] != but])


def test_it_counts_until_it_closes(place: Place, tmp_path: Path) -> None:
    school = a_school(place)
    summarised(place, CLOSED_ON)
    close(place, school)
    for n, (day, counts) in enumerate([(date(2026, 2, 28), True), (CLOSED_ON, False)]):
        assert (school.identifier in exported(place, tmp_path / str(n), day)) is counts
        assert (school.identifier in summarised(place, day)) is counts
    assert recount(place.bureau_id, ruleset=RULES) == []
    assert any(row["school_id"] == school.identifier for row in stored(place, "rooms"))


def test_a_school_that_nobody_entered_for_the_next_year_is_none(
    place: Place, tmp_path: Path
) -> None:
    school, day = a_school(place), date(2026, 9, 1)
    leave(place, school)
    next_year(place, school.identifier)
    later = type(place)(place.bureau_id, 2026)
    found = exported(later, tmp_path, day)
    assert found
    assert found == summarised(place, day)
    assert school.identifier not in found


def test_people_who_still_stand_there_are_told_of(place: Place, tmp_path: Path) -> None:
    school = a_school(place)
    next_year(place, school.identifier)
    later = type(place)(place.bureau_id, 2026)
    with pytest.raises(TableFaults, match=school.identifier):
        exported(later, tmp_path, date(2026, 9, 1))
    with pytest.raises(TableFaults, match=school.identifier):
        summarised(place, date(2026, 9, 1))


def test_both_ways_measure_the_same(place: Place, tmp_path: Path) -> None:
    close(place, a_school(place))
    export_folder(place, tmp_path, on=CLOSED_ON)
    with Session() as session:
        told = measured_terms(measure_persons(session, tmp_path, RULES, statistics_date=CLOSED_ON))
    assert told == measured_terms(fresh_units(place.bureau_id, on=CLOSED_ON, ruleset=RULES))
