"""Measuring a folder piece by piece gives what measuring it at once gives."""

from __future__ import annotations

import tempfile
from collections import Counter
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from junheng.engine import standard
from junheng.engine.simulation.persons_nation import Size, persons_nation
from junheng.engine.standard.person_level import class_bands, classes, item_data, pieces
from junheng.engine.standard.person_level.batches import KEPT, run_in_batches
from junheng.engine.standard.person_level.folder import files_of, open_folder
from junheng.engine.standard.person_level.reader import measure_persons
from junheng.engine.standard.person_level.running import run_steps
from junheng.engine.store.session import Session
from junheng.errors import TableFaults

if TYPE_CHECKING:
    from collections.abc import Iterator

DAY = date(2025, 9, 1)
RULES = standard.load("cn-2017-quality")
RESULTS = ("person_terms", "units", *KEPT)


@pytest.fixture(scope="module")
def nation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty schools in four pieces; tests that change files take a copy."""
    return drawn(tmp_path_factory.mktemp("nation"), schools=40, schools_a_piece=10)


@pytest.fixture
def session() -> Iterator[Session]:
    with Session() as opened:
        yield opened


def drawn(folder: Path, *, schools: int, schools_a_piece: int, seed: int = 3) -> Path:
    size = Size(schools, schools * 60, min(schools, 4))
    list(persons_nation(folder, size, seed=seed, schools_a_piece=schools_a_piece))
    return folder


def copied(nation: Path, to: Path) -> Path:
    for path in nation.iterdir():
        (to / path.name).write_bytes(path.read_bytes())
    return to


def change(path: Path, select: str) -> None:
    """Replace a file by a SELECT over it."""
    with Session() as session:
        session.create("changed", select.format(old=f"read_parquet('{path}')"))
        session.export_parquet("changed", path)


def results(session: Session) -> dict[str, list[tuple[object, ...]]]:
    return {name: sorted(session.rows(f"SELECT * FROM {name}"), key=repr) for name in RESULTS}


def n_batches(session: Session, folder: Path, *, checks_people: bool = True) -> int:
    return len(pieces.batches(session, files_of(folder), checks_people=checks_people, most=1))


def whole(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    with Session() as session:
        open_folder(session, folder)
        run_steps(session, RULES, DAY)
        return results(session)


def piecewise(folder: Path, most: int = 1) -> dict[str, list[tuple[object, ...]]]:
    with Session() as session:
        open_folder(session, folder)
        run_in_batches(session, folder, RULES, DAY, most=most)
        return results(session)


def test_it_works(nation: Path, session: Session) -> None:
    assert n_batches(session, nation) == 4
    assert piecewise(nation) == whole(nation)


@settings(max_examples=4, deadline=None)
@given(
    schools=st.integers(1, 9),
    schools_a_piece=st.integers(1, 4),
    most=st.sampled_from((1, 300, 10**9)),
    seed=st.integers(0, 10**6),
)
def test_pieces_and_the_whole_agree(
    schools: int, schools_a_piece: int, most: int, seed: int
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = drawn(Path(name), schools=schools, schools_a_piece=schools_a_piece, seed=seed)
        assert piecewise(folder, most) == whole(folder)


def test_verdicts_and_items_are_those_of_the_whole(nation: Path, session: Session) -> None:
    open_folder(session, nation)
    run_in_batches(session, nation, RULES, DAY, most=1)
    found = item_data(session, RULES, DAY), classes(session), class_bands(session)
    with Session() as other:
        measure_persons(other, nation, RULES, statistics_date=DAY)
        assert found == (item_data(other, RULES, DAY), classes(other), class_bands(other))
    table = measure_persons(session, nation, RULES, statistics_date=DAY)
    assert len(standard.assess(table).units) == table.n_units


def test_bands_count_every_class_once(nation: Path, session: Session) -> None:
    measure_persons(session, nation, RULES, statistics_date=DAY)
    sizes = [one.pupils or 0 for one in classes(session)]
    n_of_band: Counter[tuple[int, int | None]] = Counter()
    for band in class_bands(session):
        n_of_band[band.lowest, band.highest] += band.n_classes
    for (lowest, highest), n in n_of_band.items():
        assert n == sum(size >= lowest and (highest is None or size <= highest) for size in sizes)
    assert sum(n_of_band.values()) == len(sizes)


def test_pieces_that_point_into_each_other_are_measured_together(
    nation: Path, session: Session, tmp_path: Path
) -> None:
    """A teacher of the first piece with lessons in the last: that piece alone cannot tell."""
    folder = copied(nation, tmp_path)
    one = "(SELECT MIN(staff_id) FROM read_parquet('{first}'))".format(
        first=folder / "staff.001.parquet"
    )
    change(
        folder / "teaching.004.parquet",
        f"SELECT * FROM {{old}} UNION ALL SELECT {one}, unit_id, '22', 50, 'rotation', "
        "from_date, to_date FROM (SELECT * FROM {old} LIMIT 1)",
    )
    assert n_batches(session, folder) == 1
    assert piecewise(folder) == whole(folder) != whole(nation)


def test_a_pupil_in_two_pieces_is_found(nation: Path, session: Session, tmp_path: Path) -> None:
    folder = copied(nation, tmp_path)
    one = f"(SELECT MIN(pupil_id) FROM read_parquet('{folder / 'pupils.001.parquet'}'))"
    change(
        folder / "pupils.004.parquet",
        f"SELECT * FROM {{old}} UNION ALL SELECT * REPLACE ({one} AS pupil_id) FROM "
        "(SELECT * FROM {old} WHERE to_date IS NULL LIMIT 1)",
    )
    assert n_batches(session, folder) == 1
    assert n_batches(session, folder, checks_people=False) == 4
    with pytest.raises(TableFaults, match="stands in more than one place"):
        measure_persons(session, folder, RULES, statistics_date=DAY)


def test_files_without_ranges_are_measured_together(
    nation: Path, session: Session, tmp_path: Path
) -> None:
    """Numbers as ids have ranges in another order than text."""
    folder = copied(nation, tmp_path)
    for path in folder.glob("classes.*.parquet"):
        change(path, "SELECT * REPLACE (CAST(hash(class_id) % 1000000 AS BIGINT) AS class_id) "
               "FROM {old}")  # fmt: skip
    assert n_batches(session, folder) == 1


def test_pieces_of_other_types_are_measured_together(
    nation: Path, session: Session, tmp_path: Path
) -> None:
    folder = copied(nation, tmp_path)
    change(folder / "staff.002.parquet", "SELECT * REPLACE (CAST(from_date AS VARCHAR) "
           "AS from_date) FROM {old}")  # fmt: skip
    assert n_batches(session, folder) == 1


def test_faults_of_all_pieces_are_named_together(
    nation: Path, session: Session, tmp_path: Path
) -> None:
    folder = copied(nation, tmp_path)
    for piece in ("001", "003"):
        change(
            folder / f"rooms.{piece}.parquet",
            "SELECT * REPLACE (school_id || '?' AS school_id) FROM {old} LIMIT 1",
        )
    open_folder(session, folder)
    with pytest.raises(TableFaults) as raised:
        run_in_batches(session, folder, RULES, DAY, most=1)
    assert len(raised.value.faults) == 2


def test_bounded_memory_is_kept_and_overflows_to_the_folder_named(
    nation: Path, tmp_path: Path
) -> None:
    with Session(memory_mib=64, overflow=tmp_path) as session:
        assert session.rows("SELECT current_setting('memory_limit')") == [("64.0 MiB",)]
        assert session.rows("SELECT current_setting('temp_directory')") == [(str(tmp_path),)]
        assert measure_persons(session, nation, RULES, statistics_date=DAY).n_units > 40
