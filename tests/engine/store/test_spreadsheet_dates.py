"""Numbers that a format shows as days: ECMA-376 part 1, section 18.17.4 (serial values)."""

from __future__ import annotations

import pytest

from junheng.engine.store.spreadsheet_dates import as_day_or_time


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "00:00:00"),
        (0.25, "06:00:00"),
        (0.999988, "23:59:59"),
        (1, "1900-01-01"),
        (59, "1900-02-28"),
        (61, "1900-03-01"),
        (2_958_465, "9999-12-31"),
        (39_448.75, "2008-01-01 18:00:00"),
        (2_958_465.999_999, None),
        (2_958_466, None),
        (-1, None),
        (float("nan"), None),
        (float("inf"), None),
    ],
)
def test_days_since_1900(number: float, text: str | None) -> None:
    assert as_day_or_time(number) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "1904-01-01"),
        (1.5, "1904-01-02 12:00:00"),
        (2_957_003, "9999-12-31"),
        (2_957_004, None),
    ],
)
def test_days_since_1904(number: float, text: str | None) -> None:
    assert as_day_or_time(number, is_1904=True) == text
