"""What must not matter: the order of rows, and the unit in which a field is written."""

from __future__ import annotations

import random
from decimal import Decimal

from tests.engine.quality.tables import find, sample


def damaged() -> list[dict[str, str]]:
    rows = sample()
    rows[0]["equipment_yuan"] = "738.05"
    rows[1]["teachers_above_degree"] = "0"
    rows[2]["media_rooms"] = "88888"
    return rows


def test_the_order_of_rows_does_not_matter() -> None:
    rows = damaged()
    shuffled = random.Random(4).sample(rows, len(rows))
    first = {(f.unit_id, f.field, f.rule.id, f.likely) for f in find(rows)}
    assert first == {(f.unit_id, f.field, f.rule.id, f.likely) for f in find(shuffled)}
    assert len(first) >= 3


def test_a_field_in_another_unit_gives_the_same_findings() -> None:
    """Square metres or square decimetres: distances are logarithms."""
    rows = damaged()
    rows[3]["sports_ground_area_m2"] = "15.5"
    scaled = [
        row | {"sports_ground_area_m2": str(Decimal(row["sports_ground_area_m2"]) * 100)}
        for row in rows
    ]
    field = "sports_ground_area_m2"
    first = {(f.unit_id, f.rule.id) for f in find(rows) if f.field == field}
    assert first == {(f.unit_id, f.rule.id) for f in find(scaled) if f.field == field}
    assert (rows[3]["unit_id"], "unit_slip") in first


def test_findings_repeat() -> None:
    rows = damaged()
    assert [(f.unit_id, f.field) for f in find(rows)] == [(f.unit_id, f.field) for f in find(rows)]
