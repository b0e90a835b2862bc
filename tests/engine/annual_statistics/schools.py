"""Schools like those of the worked district, and what is read of their workbooks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypedDict, Unpack

import pytest
from tests.engine.annual_statistics import books
from tests.engine.annual_statistics.books import School, Stage

from junheng.engine import standard
from junheng.engine.annual_statistics.reading import read_schools, read_statistics
from junheng.engine.annual_statistics.units import unit_rows
from junheng.engine.store.session import Session
from junheng.errors import TableFaults

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from junheng.errors import Fault


RULES = standard.load("cn-2017-quality")


class Reported(TypedDict, total=False):
    """Fields of a school beside its name."""

    stages: Mapping[str, Stage]
    kind: str
    code: str
    county: str
    counted: books.Value
    parent: str
    teaching: books.Value
    indoor: books.Value
    ground: books.Value
    equipment: books.Value
    media: books.Value


def write(folder: Path, schools: list[School]) -> Path:
    for school in schools:
        books.write_book(folder / f"{school.name}.xlsx", books.book(school))
    return folder


def write_changed(folder: Path, school: School, change: Callable[[books.Book], None]) -> Path:
    tables = books.book(school)
    change(tables)
    books.write_book(folder / f"{school.name}.xlsx", tables)
    return folder


def facts(path: Path, *, layout: str | None = None) -> Mapping[str, Mapping[str, object]]:
    """Facts and pupils by unit."""
    rows = unit_rows(read_schools(path, layout=layout).schools, RULES)
    return {row.unit_id: {"pupils": row.pupils, **row.facts} for row in rows}


def said(path: Path) -> str:
    with Session() as session:
        table = read_statistics(session, path, RULES)
        return "\n".join(warning.render() for warning in table.warnings)


def primary(name: str = "甲校", **more: Unpack[Reported]) -> School:
    """The first school of the worked district under a name, with other figures."""
    return replace(books.worked_district()[0], name=name, **more)


def nine_year(**more: Unpack[Reported]) -> School:
    """A school of both stages."""
    stages = {
        "小学": Stage(166, (0, 0, 9, 1, 0, 0), 2, 1, 3),
        "初中": Stage(210, (0, 1, 9, 1, 0, 0), 2, 2, 4),
    }
    return replace(primary("九校", kind="九年一贯制学校", stages=stages), **more)


def refused(path: Path, *, layout: str | None = None) -> tuple[Fault, ...]:
    """Return the faults for which workbooks are refused."""
    with pytest.raises(TableFaults) as raised:
        read_schools(path, layout=layout)
    return raised.value.faults
