"""What is written through a target comes back the same, for every dataset."""

from __future__ import annotations

import pytest
from tests.world import (
    change,
    drawn_rows,
    in_key_order,
    put,
    settled,
    stored,
)

from junheng.apps.registry.targets import Place, all_targets

KEPT = [one.contract.id for one in all_targets()]

OWN_ROWS: dict[str, list[dict[str, str | None]]] = {
    "school_years": [
        {
            "school_year": "2025",
            "starts_on": "2025-09-01",
            "ends_on": "2026-08-31",
            "statistics_date": "2025-09-01",
        }
    ],
    "terms": [
        {
            "school_year": "2025",
            "term_no": "1",
            "starts_on": "2025-09-01",
            "ends_on": "2026-01-23",
        }
    ],
    "documents": [
        {
            "document_id": "D0001",
            "title": "学校布局规划",
            "document_kind": "plan",
            "number": None,
            "issued_on": "2025-03-01",
            "school_id": None,
            "item": "G1",
            "content_sha256": None,
        }
    ],
}
"""Datasets that the simulation does not draw."""


@pytest.fixture
def place(db: None) -> Place:
    return settled()


def test_it_works(place: Place) -> None:
    for dataset, rows in OWN_ROWS.items():
        put(place, dataset, rows)
    for dataset in KEPT:
        rows = OWN_ROWS.get(dataset) or drawn_rows(dataset)
        assert rows, dataset
        assert stored(place, dataset) == in_key_order(dataset, rows), dataset


def test_writing_everything_away_leaves_nothing(place: Place) -> None:
    for dataset in reversed(KEPT):
        change(place, dataset, [(row, None) for row in stored(place, dataset)])
        assert stored(place, dataset) == []
