"""People, rooms and things of the sample district: they are possible, and add up to its figures."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import tomllib
from collections import Counter
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest

from junheng.engine import standard
from junheng.engine.simulation.people import identity_numbers
from junheng.engine.simulation.persons import PersonTables, draw_persons, write_persons
from junheng.engine.simulation.persons_nation import Size, persons_nation
from junheng.engine.simulation.sample import draw_district
from junheng.engine.simulation.unit_table import write_unit_table
from junheng.engine.standard import items, rulebook
from junheng.engine.standard.person_level import (
    class_bands,
    classes,
    is_person_folder,
    item_data,
    measure_persons,
    statistics_date_of,
)
from junheng.engine.standard.person_level.datasets import DATASETS
from junheng.engine.store.session import Session
from junheng.engine.store.tables import open_table
from junheng.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from junheng.engine.simulation.district import District
    from junheng.engine.standard import Assessment

LAST = 2025
DAY = date(LAST, 9, 1)
RULES = standard.load("cn-2017-quality")
CONTRACTS, CODES = rulebook.RULES_DIR / "contracts", rulebook.RULES_DIR / "codes"
Row = dict[str, object]


@cache
def district(seed: int = 2025, preset: str = "dongsheng") -> District:
    return draw_district(preset, seed=seed)


@cache
def persons(seed: int = 2025, year: int = LAST, preset: str = "dongsheng") -> PersonTables:
    return draw_persons(district(seed, preset), year)


@cache
def rows(dataset: str) -> list[Row]:
    columns = persons().datasets[dataset]
    return [
        dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)
    ]


def is_here(row: Row, day: date = DAY) -> bool:
    begun, ended = str(row["from_date"]), row["to_date"]
    return begun <= day.isoformat() and (ended is None or str(ended) >= day.isoformat())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample district of the last year as a folder of Parquet."""
    path = tmp_path_factory.mktemp("persons")
    write_persons(persons(), path)
    return path


@pytest.fixture
def session() -> Iterator[Session]:
    with Session() as opened:
        yield opened


# --- it works ------------------------------------------------------------------------------------


def test_it_works() -> None:
    stage_of = {row["unit_id"]: row["stage"] for row in rows("units")}
    unit_of = {row["class_id"]: row["unit_id"] for row in rows("classes")}
    here = Counter(stage_of[unit_of[row["class_id"]]] for row in rows("pupils") if is_here(row))
    assert here["primary"] + here["junior"] == 77_332
    assert here["senior"] > 1_300
    staff = [row for row in rows("staff") if is_here(row) and row["main_stage"] != "senior"]
    assert len(staff) == 6_230
    assert persons().n_rows("schools") == 50
    assert 50 <= persons().n_rows("campuses") <= 72


def test_the_datasets_have_the_agreed_columns() -> None:
    assert {name: list(columns) for name, columns in persons().datasets.items()} == {
        dataset.name: list(dataset.columns) for dataset in DATASETS
    }


@pytest.mark.parametrize("dataset", [dataset.name for dataset in DATASETS])
def test_datasets_and_codes_are_those_of_the_contracts(dataset: str) -> None:
    contract = tomllib.loads((CONTRACTS / f"{dataset}.toml").read_text(encoding="utf-8"))
    columns = persons().datasets[dataset]
    assert [field["id"] for field in contract["fields"]] == list(columns)
    for field in contract["fields"]:
        if field.get("code_list"):
            path = CODES / f"{field['code_list']}.toml"
            listed = tomllib.loads(path.read_text(encoding="utf-8"))["values"]
            known = {value["code"] for value in listed}
            assert {v for v in columns[field["id"]] if v is not None} <= known
        if field.get("required"):
            assert None not in columns[field["id"]]


def digest(tables: PersonTables) -> str:
    return hashlib.sha256(json.dumps(tables.datasets).encode()).hexdigest()


def test_the_same_seed_repeats_byte_for_byte_in_another_process() -> None:
    program = (
        "import hashlib, json; from junheng.engine.simulation.sample import draw_district as d;"
        "from junheng.engine.simulation.persons import draw_persons as p;"
        "text = json.dumps(p(d(seed=2025), 2025).datasets).encode();"
        "print(hashlib.sha256(text).hexdigest())"
    )
    other = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONHASHSEED": "321"},
        capture_output=True,
        check=True,
        text=True,
    )
    assert other.stdout.strip() == digest(persons())


def test_another_seed_and_another_year_give_other_people() -> None:
    assert len({digest(t) for t in (persons(), persons(1), persons(2025, 2018))}) == 3


def test_a_year_without_figures_is_refused() -> None:
    with pytest.raises(DataError, match="no figures of 2030; its years are 2016 to 2025"):
        draw_persons(district(), 2030)


# --- agreement with the figures ------------------------------------------------------------------


def by_units(session: Session, path: Path, sample: District, year: int) -> Assessment:
    table = path / "units.csv"
    write_unit_table(sample, year, table)
    return standard.assess(standard.read(open_table(session, table), RULES))


@pytest.mark.parametrize(
    ("seed", "year", "preset"),
    [(2025, LAST, "dongsheng"), (1, LAST, "dongsheng"), (2025, 2018, "dongsheng"),
     (2025, LAST, "xigong")],
)  # fmt: skip
def test_people_measure_to_the_figures_of_the_unit_table(
    tmp_path: Path, session: Session, seed: int, year: int, preset: str
) -> None:
    write_persons(persons(seed, year, preset), tmp_path)
    day = date(year, 9, 1)
    table = measure_persons(session, tmp_path, RULES, statistics_date=day)
    ours = standard.assess(table)
    with Session() as other:
        theirs = by_units(other, tmp_path, district(seed, preset), year)
        assert ours.warnings == ()
        assert ours.counties == theirs.counties
        _assert_same_units(ours, theirs)
        _assert_same_dispersion(ours, theirs)


def _assert_same_units(ours: Assessment, theirs: Assessment) -> None:
    expected = {unit.unit_id: unit for unit in theirs.units}
    assert {unit.unit_id for unit in ours.units} == set(expected)
    for unit in ours.units:
        other = expected[unit.unit_id]
        assert (unit.pupils, unit.kind, unit.verdict, unit.n_met, unit.school_name) == (
            other.pupils, other.kind, other.verdict, other.n_met, other.school_name,
        )  # fmt: skip
        for indicator, cell in unit.cells.items():
            assert cell.status == other.cells[indicator].status
        _assert_same_facts(ours, theirs, unit.unit_id)


def _assert_same_facts(ours: Assessment, theirs: Assessment, unit_id: str) -> None:
    """People are equal; a part of a shared thing is written to a hundredth in the unit table."""
    found, expected = ours.facts_of(unit_id), theirs.facts_of(unit_id)
    assert found is not None
    assert expected is not None
    for fact_id, value in found.items():
        other = expected[fact_id]
        assert value is not None
        assert other is not None
        if RULES.fact(fact_id).is_shared:
            assert abs(value - other) <= 0.01
        else:
            assert value == other


def _assert_same_dispersion(ours: Assessment, theirs: Assessment) -> None:
    for row, other in zip(ours.dispersion, theirs.dispersion, strict=True):
        assert (row.stage, row.indicator, row.status) == (
            other.stage, other.indicator, other.status,
        )  # fmt: skip
        assert row.cv == pytest.approx(other.cv, abs=1e-4)
        if row.indicator in {"R1", "R2", "R3"}:
            assert row.cv == pytest.approx(other.cv, abs=1e-14)


def test_the_folder_says_its_statistics_date(folder: Path, session: Session) -> None:
    assert is_person_folder(folder)
    assert statistics_date_of(session, folder) == DAY


# --- people --------------------------------------------------------------------------------------


def test_check_digits_follow_the_standard() -> None:
    """GB 11643: 990101 20150301 001 has 9, ... 002 has 7."""
    numbers = identity_numbers(
        np.array([990_101, 990_101]),
        np.array([date(2015, 3, 1).toordinal()] * 2),
        np.array([True, False]),
    )
    assert numbers == ["990101201503010019", "990101201503010027"]


WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@pytest.mark.parametrize("dataset", ["pupils", "staff"])
def test_identity_numbers_are_impossible_valid_and_unique(dataset: str) -> None:
    key = "pupil_id" if dataset == "pupils" else "staff_id"
    people = {row[key]: row for row in rows(dataset)}
    numbers = [str(row["identity_number"]) for row in people.values()]
    assert len(set(numbers)) == len(people)
    for row, number in zip(people.values(), numbers, strict=True):
        assert re.fullmatch(r"99\d{15}[\dX]", number)
        total = sum(int(digit) * w for digit, w in zip(number, WEIGHTS, strict=False))
        assert number[17] == "10X98765432"[total % 11]
        assert number[6:14] == str(row["birth_date"]).replace("-", "")
        assert (int(number[16]) % 2 == 1) == (row["sex_code"] == "1")


def test_register_numbers_are_g_and_the_identity_number() -> None:
    assert all(row["register_number"] == f"G{row['identity_number']}" for row in rows("pupils"))


def test_pupils_are_of_an_age_with_their_grade() -> None:
    grade_of = {row["class_id"]: int(str(row["grade"])) for row in rows("classes")}
    births: dict[int, list[str]] = {}
    for row in rows("pupils"):
        births.setdefault(grade_of[str(row["class_id"])], []).append(str(row["birth_date"]))
    # Six years old on 31 August: the youngest was born on that day.
    assert max(births[1]) == "2019-08-31"
    for grade, days in births.items():
        assert max(days) <= f"{2020 - grade}-08-31"
        assert min(days) >= f"{2018 - grade}-09-01"


def test_classes_lie_under_and_over_the_limit() -> None:
    here = Counter(row["class_id"] for row in rows("pupils") if is_here(row))
    stage_of = {row["unit_id"]: str(row["stage"]) for row in rows("units")}
    over = {"primary": 45, "junior": 50}
    sizes = [(stage_of[row["unit_id"]], here[row["class_id"]]) for row in rows("classes")]
    crowded = sum(n > over[stage] for stage, n in sizes if stage in over)
    assert 0.02 * len(sizes) < crowded < 0.2 * len(sizes)
    assert max(n for _, n in sizes) <= 60


def test_pupils_who_moved_stand_in_one_class_on_any_day() -> None:
    of_pupil: dict[object, list[Row]] = {}
    for row in rows("pupils"):
        of_pupil.setdefault(row["pupil_id"], []).append(row)
    moved = [both for both in of_pupil.values() if len(both) > 1]
    assert len(moved) > 100
    for later, earlier in moved:
        assert earlier["to_date"] is not None
        gap = date.fromisoformat(str(later["from_date"])) - date.fromisoformat(
            str(earlier["to_date"])
        )
        assert gap.days == 1
    # Some of them on the very day of the statistics.
    assert any(later["from_date"] == DAY.isoformat() for later, _ in moved)


def test_boarders_live_in_boarding_schools() -> None:
    boarding = {row["school_id"] for row in rows("schools") if row["is_boarding"]}
    school_of = {row["class_id"]: row["school_id"] for row in rows("classes")}
    boarders = {school_of[row["class_id"]] for row in rows("pupils") if row["is_boarder"]}
    assert boarders
    assert boarders <= boarding


def test_staff_have_odd_careers() -> None:
    own = {row["staff_id"]: row["school_id"] for row in rows("staff")}
    school_of = {row["unit_id"]: row["school_id"] for row in rows("units")}
    away = [row for row in rows("teaching") if school_of[row["unit_id"]] != own[row["staff_id"]]]
    assert {row["form"] for row in away} == {"rotation", "itinerant"}
    at_home = [row for row in rows("teaching") if school_of[row["unit_id"]] == own[row["staff_id"]]]
    assert {row["form"] for row in at_home} == {"own"}
    units = Counter(staff for staff, _ in {(r["staff_id"], r["unit_id"]) for r in rows("teaching")})
    assert max(units.values()) >= 2
    expired = [
        r for r in rows("staff") if r["backbone_to"] and str(r["backbone_to"]) < "2025-09-01"
    ]
    assert len(expired) > 10
    assert sum(not is_here(row) for row in rows("staff")) > 20


# --- items ---------------------------------------------------------------------------------------


def test_items_are_judged_from_people(folder: Path, session: Session) -> None:
    measure_persons(session, folder, RULES, statistics_date=DAY)
    data = item_data(session, RULES, DAY)
    results = {item: items.evaluate(RULES, item, rows_, on=DAY) for item, rows_ in data.items()}
    assert set(results) == {"G3", "G4", "G5", "G9", "G12", "G13"}
    # A class and a school are too large, some lack rooms, hours or a certificate; zones are kept.
    statuses = {item: result.status for item, result in results.items()}
    assert statuses == dict.fromkeys(data, "not_met") | {"G13": "met"}
    assert all(value is not None and value > 0.6 for value in (results[i].value for i in statuses))


def test_classes_and_bands_agree(folder: Path, session: Session) -> None:
    measure_persons(session, folder, RULES, statistics_date=DAY)
    sizes = [c.pupils for c in classes(session)]
    bands = class_bands(session)
    assert sum(band.n_classes for band in bands) == len(sizes)
    above_45 = sum(band.n_classes for band in bands if band.lowest > 45)
    assert above_45 == sum(n is not None and n > 45 for n in sizes)
    assert {band.highest for band in bands if band.lowest == 46} == {50}


# --- a nation ------------------------------------------------------------------------------------


@cache
def drawn(path: Path, seed: int = 7) -> list[int]:
    return list(persons_nation(path, Size(60, 24_000, 5), seed=seed, schools_a_piece=25))


def test_a_nation_is_written_in_pieces_and_measured(tmp_path: Path, session: Session) -> None:
    assert drawn(tmp_path) == [25, 50, 60]
    assert is_person_folder(tmp_path)
    assert len(list(tmp_path.glob("pupils.*.parquet"))) == 3
    table = measure_persons(session, tmp_path, RULES, statistics_date=DAY)
    result = standard.assess(table)
    n_pupils = sum(unit.pupils for unit in result.units)
    assert 0.95 * 24_000 < n_pupils < 24_500
    assert len({unit.school_id for unit in result.units}) == 60
    assert len(result.counties) == 5
    assert {"pass", "fail"} <= {unit.verdict for unit in result.units}
    assert not any(
        cell.status == "missing" for unit in result.units for cell in unit.cells.values()
    )


def test_a_nation_repeats(tmp_path: Path, session: Session) -> None:
    for name, seed in (("a", 7), ("b", 7), ("c", 8)):
        drawn(tmp_path / name, seed)
    pupils = "read_parquet('{folder}/pupils.*.parquet') p"
    sums = [
        session.rows(f"SELECT COUNT(*), SUM(hash(p)) FROM {pupils.format(folder=tmp_path / name)}")
        for name in "abc"
    ]
    assert sums[0] == sums[1] != sums[2]


def test_more_counties_than_schools_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="5 schools cannot fill 6 counties"):
        list(persons_nation(tmp_path, Size(5, 100, 6)))
