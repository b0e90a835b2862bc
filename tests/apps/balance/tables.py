"""Unit tables for tests of the balance app, and the short way to a published assessment.

`WORKED` is the worked district of four primary units of the domain pages; the expected verdicts,
gaps and coefficients stand there and were not made by this program.
"""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import TYPE_CHECKING

from tests.prepared import prepared

from junheng.apps.balance.api import Source, upload_apply, upload_check
from junheng.apps.foundation.scoping import everything
from junheng.apps.registry.api import school_year_ensure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.world import World

    from junheng.apps.balance.models import Assessment, Upload

RULES = "cn-2017-quality@2026.1"
HEADERS = (
    "unit_id",
    "school_id",
    "school_name",
    "stage",
    "kind",
    "pupils",
    "teachers_above_degree",
    "teachers_backbone",
    "teachers_pe_arts",
    "teaching_area_m2",
    "indoor_sport_area_m2",
    "sports_ground_area_m2",
    "equipment_yuan",
    "media_rooms",
)
Row = tuple[str, ...]

# A is the primary school of the small world, B the primary part of its nine-year school.
A: Row = ("A", "2153000001", "样例第一小学", "primary", "ordinary", "1200",
          "60", "18", "11", "5640", "0", "8400", "2760000", "28")  # fmt: skip
B: Row = ("B", "3153000002", "样例九年一贯制学校", "primary", "ordinary", "800",
          "36", "8", "7", "3440", "0", "6240", "1560000", "18")  # fmt: skip
C: Row = ("C", "2153000011", "样例第三小学", "primary", "ordinary", "450",
          "19", "4", "4", "2250", "0", "3825", "1080000", "11")  # fmt: skip
D: Row = ("D", "2153000012", "样例第四小学", "primary", "ordinary", "90",
          "4", "1", "1", "540", "0", "990", "198000", "3")  # fmt: skip
WORKED: tuple[Row, ...] = (A, B, C, D)


def changed(row: Row, **values: str) -> Row:
    """Return a row with some columns changed."""
    return tuple(values.get(header, text) for header, text in zip(HEADERS, row, strict=True))


def as_csv(rows: Sequence[Row], headers: Sequence[str] = HEADERS) -> bytes:
    """Return rows as a CSV file."""
    text = io.StringIO()
    csv.writer(text).writerows([headers, *rows])
    return text.getvalue().encode()


def check(
    world: World,
    content: bytes,
    *,
    name: str = "table.csv",
    year: int = 2025,
    rules: str = RULES,
) -> Upload:
    """Check a table in the name of the supervision officer."""
    return prepared(
        ("checked", world.bureau.pk, content, name, year, rules),
        lambda: check_anew(world, content, name=name, year=year, rules=rules),
    )


def check_anew(
    world: World,
    content: bytes,
    *,
    name: str = "table.csv",
    year: int = 2025,
    rules: str = RULES,
) -> Upload:
    """Check a table, whatever was checked before: for tests of how that is done."""
    with everything(reason="test"):
        return upload_check(
            bureau=world.bureau,
            school_year=school_year_ensure(first_year=year),
            statistics_date=date(year, 9, 1),
            ruleset_ref=rules,
            source=Source(name, content, world.officer.pk),
        )


def apply(world: World, upload: Upload) -> Assessment:
    """Apply a checked table in the name of the supervision officer."""
    with everything(reason="test"):
        return upload_apply(upload_id=str(upload.pk), by=world.officer.pk)


def publish(world: World, rows: Sequence[Row] = WORKED, *, year: int = 2025) -> Assessment:
    """Check and apply a table in the name of the supervision officer."""
    return prepared(
        ("published", world.bureau.pk, tuple(rows), year),
        lambda: apply(world, check(world, as_csv(rows), year=year)),
    )


def many(n_units: int) -> tuple[Row, ...]:
    """Return a table of units of different schools, some of which fail."""
    return tuple(
        changed(
            A,
            unit_id=f"U{ix}",
            school_id=f"S{ix:05d}",
            school_name=f"第{ix}小学",
            media_rooms=str(20 + ix % 12),
        )
        for ix in range(n_units)
    )
