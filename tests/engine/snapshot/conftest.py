"""The village as a folder of people, and snapshots made of it."""

from __future__ import annotations

import shutil
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

import pytest

from junheng.engine import contracts, snapshot
from junheng.engine.simulation.persons import draw_persons, write_persons
from junheng.engine.simulation.sample import draw_district
from junheng.engine.standard.rulebook import RULES_DIR
from junheng.engine.store.session import Session, literal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from junheng.engine.snapshot import Manifest

    Make = Callable[..., Manifest]
    Rewrite = Callable[[Path, str, str], None]

DAY = date(2025, 9, 1)
NATIONAL = RULES_DIR / "cn-2017-quality" / "2026.1.toml"
SECRET = bytes(range(32))


@pytest.fixture(scope="session")
def village(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The village in 2025, person by person; tests that change it take a copy."""
    folder = tmp_path_factory.mktemp("village")
    write_persons(draw_persons(draw_district("village", years=1), DAY.year), folder)
    return folder


@pytest.fixture(scope="session")
def make() -> Make:
    """Make a snapshot as a bureau would: national rules, shipped contracts, one key."""
    return partial(
        snapshot.make,
        statistics_date=DAY,
        ruleset_file=NATIONAL,
        contracts=contracts.contracts(),
        secret=SECRET,
    )


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory, village: Path, make: Make) -> Path:
    """A snapshot of the village, to be read only."""
    folder = tmp_path_factory.mktemp("kept") / "snapshot"
    make(village, folder)
    return folder


@pytest.fixture
def copied(tmp_path: Path, kept: Path) -> Path:
    """A copy of the snapshot that may be damaged."""
    return writable(shutil.copytree(kept, tmp_path / "copied"))


def writable(folder: Path) -> Path:
    """Give back the right to write."""
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return folder


@pytest.fixture
def rewrite() -> Rewrite:
    """Change a dataset of a folder: `select` reads from `old`."""

    def rewritten(folder: Path, dataset: str, select: str) -> None:
        path = folder / f"{dataset}.parquet"
        with Session() as session:
            session.create("old", f"SELECT * FROM read_parquet({literal(str(path))})")
            session.create("new", select)
            session.export_parquet("new", path)

    return rewritten
