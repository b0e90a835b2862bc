"""What the tests of the store share: a session, and the real public tables where they are."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from junheng.engine.store.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def session() -> Iterator[Session]:
    with Session() as opened:
        yield opened


@pytest.fixture(scope="module")
def kept_session() -> Iterator[Session]:
    """One session for all examples of a property, each of which replaces its relations."""
    with Session() as opened:
        yield opened


@pytest.fixture(scope="session")
def real_schools() -> Path:
    """The folder of real school tables; they are no part of the project."""
    beside = Path(__file__).parents[4] / "shared" / "data"
    folder = Path(os.environ.get("JUNHENG_SHARED_DATA", beside)) / "schools"
    if not folder.is_dir():
        pytest.skip(f"the real public tables are not at {folder}")
    return folder
