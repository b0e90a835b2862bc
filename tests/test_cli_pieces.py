"""`junheng assess` on folders of datasets in pieces, which may be as large as a nation."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.command_line import call

from junheng.commands.inputs import MEMORY_MIB, session_for
from junheng.engine.simulation.persons_nation import SELECTS, Size, persons_nation
from junheng.engine.standard.person_level import pieces
from junheng.engine.standard.person_level.folder import files_of
from junheng.engine.store.session import Session, literal


@pytest.fixture(scope="module")
def in_pieces(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pieces")
    list(persons_nation(folder, Size(12, 900, 2), seed=5, schools_a_piece=4))
    return folder


@pytest.fixture(scope="module")
def in_one(in_pieces: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same datasets, one file each."""
    folder = tmp_path_factory.mktemp("one")
    with Session() as session:
        for name in SELECTS:
            found = literal(str(in_pieces / f"{name}.*.parquet"))
            session.create("all_pieces", f"SELECT * FROM read_parquet({found})")
            session.export_parquet("all_pieces", folder / f"{name}.parquet")
    return folder


def test_it_works(in_pieces: Path, in_one: Path) -> None:
    found = call("--lang", "en", "assess", in_pieces, "--json")
    assert found.code == 0, found.err
    expected = call("--lang", "en", "assess", in_one, "--json").json
    assert found.json == expected
    assert len(expected["units"]) >= 12


def test_batches_give_what_one_file_gives(
    in_pieces: Path, in_one: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With so small a limit that every piece is measured by itself."""
    monkeypatch.setattr(pieces, "PUPILS_A_BATCH", 1)
    with session_for(in_pieces) as session:
        assert len(pieces.batches(session, files_of(in_pieces), checks_people=True)) == 3
    found = call("--lang", "en", "assess", in_pieces, "--json")
    assert found.json == call("--lang", "en", "assess", in_one, "--json").json


def test_memory_is_bounded_for_pieces_alone(in_pieces: Path, in_one: Path, tmp_path: Path) -> None:
    setting = "SELECT current_setting('memory_limit'), current_setting('temp_directory')"
    with session_for(in_pieces) as session:
        ((limit, overflow),) = session.rows(setting)
        assert limit == f"{MEMORY_MIB}.0 MiB"
        assert Path(str(overflow)).is_dir()
    assert not Path(str(overflow)).exists()
    for path in (in_one, tmp_path, tmp_path / "schools.csv"):
        with session_for(path) as session:
            assert session.rows(setting)[0][0] != limit


def test_a_person_in_two_pieces_is_refused(in_pieces: Path, tmp_path: Path) -> None:
    for path in in_pieces.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    first, last = (literal(str(tmp_path / f"pupils.{piece}.parquet")) for piece in ("001", "003"))
    with Session() as session:
        session.create(
            "doubled",
            f"SELECT * FROM {last} UNION ALL (SELECT * REPLACE "
            f"((SELECT MIN(class_id) FROM {last}) AS class_id) FROM {first} "
            "WHERE to_date IS NULL LIMIT 1)",
        )
        session.export_parquet("doubled", tmp_path / "pupils.003.parquet")
    refused = call("--lang", "en", "assess", tmp_path)
    assert refused.code == 2
    assert "stands in more than one place" in refused.err
