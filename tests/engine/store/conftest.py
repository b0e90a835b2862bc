"""What the tests of the store share: a session, and the real public tables where they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.public_data import SCHOOLS

from junheng.engine.store.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


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
    if not SCHOOLS.is_dir():
        pytest.skip(f"the real public tables are not at {SCHOOLS}")
    return SCHOOLS
