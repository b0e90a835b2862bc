"""The sample district several times over: schools, classes and people of its own in each copy."""

from __future__ import annotations

import tempfile
from pathlib import Path

from junheng.engine import contracts
from junheng.engine.contracts.export import write_dataset
from junheng.engine.contracts.identifiers import IDENTITY_CHECKS, IDENTITY_WEIGHTS
from junheng.engine.simulation.persons import draw_persons, write_persons
from junheng.engine.simulation.sample import draw_district
from junheng.engine.store.session import Session
from junheng.engine.store.workbook import SheetData, write_workbook

YEAR = 2025
BASE = ("schools", "campuses", "units", "classes")
PEOPLE = ("pupils", "staff")
AREA_STEP = 983
"""How far the area codes of one copy lie from those of the next: none meet in ten copies."""


def write_copies(folder: Path, times: int) -> dict[str, int]:
    """Write `BASE` as Parquet into `folder`, `PEOPLE` as CSV into `folder/people`; return rows."""
    people = folder / "people"
    people.mkdir(parents=True)
    counts = {}
    with tempfile.TemporaryDirectory() as name, Session() as session:
        drawn = Path(name)
        write_persons(draw_persons(draw_district(years=1), YEAR), drawn)
        for dataset in (*BASE, *PEOPLE):
            contract = contracts.contract(dataset)
            source = f"read_parquet('{drawn / dataset}.parquet')"
            copies = [_copy(dataset, source, number) for number in range(times)]
            session.create(dataset, " UNION ALL ".join(copies))
            to = people / f"{dataset}.csv" if dataset in PEOPLE else folder / f"{dataset}.parquet"
            write_dataset(to, session, dataset, contract)
            counts[dataset] = int(str(session.rows(f"SELECT count(*) FROM {dataset}")[0][0]))
    return counts


def write_people_book(folder: Path, path: Path) -> None:
    """Write the people of a folder as a workbook with a sheet for each dataset."""
    sheets = {}
    with Session() as session:
        for dataset in PEOPLE:
            contract = contracts.contract(dataset)
            file = folder / "people" / f"{dataset}.csv"
            rows = session.rows(f"SELECT * FROM read_csv('{file}', all_varchar = true)")
            headers = [field.header.zh for field in contract.fields]
            sheets[contract.name.zh] = SheetData(headers, rows)
    write_workbook(path, sheets)


def _copy(dataset: str, source: str, number: int) -> str:
    """Return a SELECT of one copy, in which schools and people have numbers of their own."""
    asked = []
    for field in contracts.contract(dataset).fields:
        told = f"{field.id}::VARCHAR"
        if field.id in {"school_id", "parent_school_id", "unit_id", "class_id", "campus_id"}:
            told = f"substr({told}, 1, 4) || '{99 - number}' || substr({told}, 7)"
        elif field.id in {"pupil_id", "staff_id"}:
            told = f"'{number}-' || {told}"
        elif field.id == "identity_number":
            told = _identity(told, number)
        elif field.id == "register_number":
            told = f"substr({told}, 1, 1) || {_identity(f'substr({told}, 2)', number)}"
        asked.append(f"{told} AS {field.id}")
    return f"SELECT {', '.join(asked)} FROM {source}"


def _identity(number: str, copy: int) -> str:
    """Return SQL for an identity number of another area, its check character made anew."""
    area = f"(substr({number}, 3, 4)::INTEGER + {AREA_STEP * copy}) % 10000"
    first = f"('99' || lpad(({area})::VARCHAR, 4, '0') || substr({number}, 7, 11))"
    weighted = " + ".join(
        f"{weight} * substr({first}, {place}, 1)::INTEGER"
        for place, weight in enumerate(IDENTITY_WEIGHTS, start=1)
    )
    return f"{first} || substr('{IDENTITY_CHECKS}', ({weighted}) % 11 + 1, 1)"
