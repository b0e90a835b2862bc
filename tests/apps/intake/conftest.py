"""What tests of imports share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.apps.intake.district import make
from tests.prepared import prepared

if TYPE_CHECKING:
    from tests.apps.intake.district import District


@pytest.fixture
def district(db: None) -> District:
    return prepared("district with its people", make)
