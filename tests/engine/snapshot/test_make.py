"""Making a snapshot: what is in it, the same bytes each time, whole or not at all."""

from __future__ import annotations

import hashlib
import json
import shutil
import stat
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from junheng import __version__
from junheng.engine import contracts, snapshot, standard
from junheng.engine.snapshot.figures import read_json
from junheng.engine.standard.person_level import measure_persons
from junheng.engine.standard.rulebook import RULES_DIR
from junheng.engine.store.session import Session, literal
from junheng.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

    from tests.engine.snapshot.conftest import Make, Rewrite

DAY = date(2025, 9, 1)
NATIONAL = RULES_DIR / "cn-2017-quality" / "2026.1.toml"


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_it_works(tmp_path: Path, village: Path, make: Make) -> None:
    made = make(village, tmp_path / "out").content
    assert made["statistics_date"] == "2025-09-01"
    assert made["counties"] == ["990101"]
    assert made["engine"]["version"] == __version__
    rows = {dataset["id"]: dataset["rows"] for dataset in made["datasets"]}
    assert (rows["schools"], rows["units"], rows["classes"]) == (4, 5, 27)
    assert rows["pupils"] >= 600
    assert made["results"] == {
        "units": 5,
        "cells": 28,
        "facts": 40,
        "dispersion": 14,
        "left_out": 0,
        "counties": 1,
    }
    files = files_of(tmp_path / "out")
    assert set(files) == set(made["files"]) | {"manifest.json"}
    for name, entry in made["files"].items():
        assert entry["sha256"] == hashlib.sha256(files[name]).hexdigest()
        assert entry["bytes"] == len(files[name])


def test_the_figures_are_those_of_the_folder(village: Path, kept: Path) -> None:
    rules = standard.load("cn-2017-quality", "2026.1")
    with Session() as session:
        table = measure_persons(session, village, rules, statistics_date=DAY)
        expected = standard.assess(table)
        figures = read_json(kept / "results" / "figures.json")
        assert {u["unit_id"]: (u["pupils"], u["verdict"]) for u in figures["units"]} == {
            u.unit_id: (u.pupils, u.verdict) for u in expected.units
        }
        assert {(c["unit_id"], c["indicator"]): c["value"] for c in figures["cells"]} == {
            (u.unit_id, i): c.value for u in expected.units for i, c in u.cells.items()
        }
        assert [d["cv"] for d in figures["dispersion"]] == pytest.approx(
            [d.cv for d in expected.dispersion], rel=1e-12
        )


def test_parquet_and_json_say_the_same(kept: Path) -> None:
    figures = read_json(kept / "results" / "figures.json")
    with Session() as session:
        for name, rows in figures.items():
            path = literal(str(kept / "results" / f"{name}.parquet"))
            found = session.rows(f"SELECT * FROM read_parquet({path})")
            assert found == [tuple(row.values()) for row in rows]


def test_it_keeps_the_bytes_of_the_rules(kept: Path) -> None:
    manifest = snapshot.verify(kept)
    assert (kept / manifest.ruleset_file).read_bytes() == NATIONAL.read_bytes()
    digest = hashlib.sha256(NATIONAL.read_bytes()).hexdigest()
    assert manifest.content["ruleset"]["sha256"] == digest


def test_local_rules_bring_what_they_are_laid_over(
    tmp_path: Path, village: Path, make: Make
) -> None:
    manifest = make(
        village, tmp_path / "out", ruleset_file=RULES_DIR / "example-local" / "2026.1.toml"
    )
    assert manifest.content["ruleset"]["files"] == [
        "rules/cn-2017-quality/2026.1.toml",
        "rules/example-local/2026.1.toml",
    ]
    assert snapshot.recompute(tmp_path / "out").agrees


# --- privacy -------------------------------------------------------------------------------------


def texts_of(folder: Path) -> set[str]:
    """Every value of every Parquet file of a folder, as text."""
    found: set[str] = set()
    with Session() as session:
        for path in folder.rglob("*.parquet"):
            rows = session.rows(f"SELECT * FROM read_parquet({literal(str(path))})")
            found |= {str(value) for row in rows for value in row}
    return found


def test_nothing_in_it_tells_who_somebody_is(village: Path, kept: Path) -> None:
    identifying = ("name", "identity_number", "register_number", "pupil_id", "staff_id")
    secret: set[str] = set()
    with Session() as session:
        for dataset in ("pupils", "staff"):
            source = f"read_parquet({literal(str(village / f'{dataset}.parquet'))})"
            described = {str(row[0]) for row in session.rows(f"DESCRIBE SELECT * FROM {source}")}
            for column in described.intersection(identifying):
                secret |= {str(v) for (v,) in session.rows(f"SELECT {column} FROM {source}")}
    assert len(secret) > 2_000
    assert not secret & texts_of(kept)
    everything = b"".join(files_of(kept).values()).decode("utf-8", errors="ignore")
    assert not any(text in everything for text in secret if text.startswith("99"))


def test_columns_of_nobodys_contract_stay_out(
    tmp_path: Path, village: Path, make: Make, rewrite: Rewrite
) -> None:
    source = shutil.copytree(village, tmp_path / "source")
    rewrite(source, "pupils", "SELECT *, '13800000000' AS phone FROM old")
    make(source, tmp_path / "out")
    assert "13800000000" not in texts_of(tmp_path / "out")


def test_a_dataset_without_a_contract_stays_out(tmp_path: Path, village: Path, make: Make) -> None:
    known = [c for c in contracts.contracts() if c.id != "training"]
    manifest = make(village, tmp_path / "out", contracts=known)
    assert not any("training" in name for name in manifest.files)


def test_a_field_that_a_figure_needs_cannot_be_lost(
    tmp_path: Path, village: Path, make: Make
) -> None:
    """Were a measured field called sensitive, figures would change: that is told, not frozen."""
    known = {c.id: c for c in contracts.contracts()}
    fields = [
        replace(f, sensitivity="L4") if f.id == "backbone_level" else f
        for f in known["staff"].fields
    ]
    known["staff"] = replace(known["staff"], fields=tuple(fields))
    with pytest.raises(DataError, match="column"):
        make(village, tmp_path / "out", contracts=known.values())
    assert list(tmp_path.iterdir()) == []


# --- the same bytes ------------------------------------------------------------------------------


def test_the_same_input_gives_the_same_bytes(
    tmp_path: Path, village: Path, kept: Path, make: Make
) -> None:
    make(village, tmp_path / "again")
    assert files_of(tmp_path / "again") == files_of(kept)


def test_the_order_of_rows_in_the_folder_does_not_matter(
    tmp_path: Path, village: Path, kept: Path, make: Make, rewrite: Rewrite
) -> None:
    source = shutil.copytree(village, tmp_path / "source")
    for dataset in ("pupils", "teaching", "rooms", "schools"):
        rewrite(source, dataset, "SELECT * FROM old ORDER BY hash(old)")
    make(source, tmp_path / "again")
    assert files_of(tmp_path / "again") == files_of(kept)


def test_manifest_tells_no_time_of_making(kept: Path) -> None:
    manifest = json.loads((kept / "manifest.json").read_text(encoding="utf-8"))
    assert set(manifest) == {
        "format", "statistics_date", "counties", "ruleset", "engine", "pseudonyms", "datasets",
        "results", "n_figures", "supersedes", "files", "sha256",
    }  # fmt: skip


# --- whole or not at all -------------------------------------------------------------------------


def test_it_is_read_only(kept: Path) -> None:
    modes = {stat.S_IMODE(path.stat().st_mode) for path in kept.rglob("*") if path.is_file()}
    folders = {stat.S_IMODE(p.stat().st_mode) for p in (kept, *kept.rglob("*")) if p.is_dir()}
    assert (modes, folders) == ({0o444}, {0o555})


@pytest.mark.parametrize("is_empty", [True, False])
def test_an_existing_folder_is_never_overwritten(
    tmp_path: Path, village: Path, make: Make, is_empty: bool
) -> None:
    target = tmp_path / "out"
    target.mkdir()
    if not is_empty:
        (target / "note.txt").write_text("mine")
    with pytest.raises(DataError, match="never overwritten"):
        make(village, target)
    assert [path.name for path in target.iterdir()] == ([] if is_empty else ["note.txt"])


def test_a_faulty_folder_leaves_nothing(
    tmp_path: Path, village: Path, make: Make, rewrite: Rewrite
) -> None:
    source = shutil.copytree(village, tmp_path / "source")
    rewrite(source, "classes", "SELECT * REPLACE ('nowhere' AS unit_id) FROM old")
    with pytest.raises(DataError):
        make(source, tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["source"]


def test_a_place_without_room_is_told(tmp_path: Path, village: Path, make: Make) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="cannot be written"):
        make(village, tmp_path / "file" / "out")


# --- corrections ---------------------------------------------------------------------------------


def test_a_correction_names_what_it_supersedes(
    tmp_path: Path, village: Path, kept: Path, make: Make
) -> None:
    first = snapshot.verify(kept)
    second = make(village, tmp_path / "out", supersedes=kept)
    assert second.content["supersedes"] == {"sha256": first.sha256}
    assert second.sha256 != first.sha256


def test_only_the_same_day_is_superseded(
    tmp_path: Path, village: Path, kept: Path, make: Make
) -> None:
    with pytest.raises(DataError, match="of 2025-09-01 and county 990101"):
        make(village, tmp_path / "out", supersedes=kept, statistics_date=date(2025, 10, 1))
    assert not (tmp_path / "out").exists()
