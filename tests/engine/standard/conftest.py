"""A session for the tests of a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from junheng.engine.store.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with Session() as opened:
        yield opened
