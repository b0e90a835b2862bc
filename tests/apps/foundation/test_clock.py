"""The day of the product: China's, wherever the server stands."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from junheng.apps.foundation import clock


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2025, 8, 31, 15, 59, tzinfo=UTC), date(2025, 8, 31)),
        (datetime(2025, 8, 31, 16, 0, tzinfo=UTC), date(2025, 9, 1)),
    ],
)
def test_the_day_turns_at_midnight_in_shanghai(moment: datetime, day: date) -> None:
    assert clock.today(moment) == day
