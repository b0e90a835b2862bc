"""The JSON object: whole whatever texts hold, in pieces however long the table is."""

from __future__ import annotations

import random
from dataclasses import asdict
from typing import TYPE_CHECKING

import pytest
from tests.strategies import draw_rows
from tests.unit_tables import as_document, assess, document, unit

from junheng.engine.standard import results_json
from junheng.engine.store.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator

NASTY = [
    '"',
    "\\",
    "a\nb",
    "\t",
    "\u2028",
    "{0}",
    "%s",
    "🏫",
    "\x01",
    "O'Brien",
    "</script>",
    "null",
]


@pytest.fixture
def session() -> Iterator[Session]:
    with Session() as opened:
        yield opened


def test_any_text_survives() -> None:
    found = document([unit(name) for name in NASTY])
    assert [u["unit_id"] for u in found["units"]] == NASTY


def test_any_text_survives_in_left_out() -> None:
    found = document([unit(name, pupils="0") for name in NASTY])
    assert [u["unit_id"] for u in found["dispersion"][0]["left_out"]] == NASTY


def test_units_and_typed_records_agree(session: Session) -> None:
    assessment = assess(session, draw_rows(random.Random(3), 40))
    for record, parsed in zip(assessment.units, as_document(assessment)["units"], strict=True):
        whole = asdict(record)
        assert {name: whole[name] for name in ("unit_id", "county_code", "stage", "verdict")} == {
            name: parsed[name] for name in ("unit_id", "county_code", "stage", "verdict")
        }
        assert whole["n_met"] == parsed["n_met"]
        cells = {
            r: {k: v for k, v in c.items() if k != "indicator"} for r, c in whole["cells"].items()
        }
        assert cells == parsed["cells"]


def test_doubles_survive_to_the_last_bit(session: Session) -> None:
    rows = [unit(str(p), pupils=str(p)) for p in range(900, 1100)]
    cells = as_document(assess(session, rows))["units"]
    assert [u["cells"]["R6"]["value"] for u in cells] == [2_000_000 / p for p in range(900, 1100)]


def test_very_large_and_very_small_values_are_json() -> None:
    rows = [
        unit("A", pupils="1", equipment_yuan="999999999999"),
        unit("B", pupils="999999999999", equipment_yuan="0.000000000000000001"),
    ]
    found = document(rows)["units"]
    assert found[0]["cells"]["R6"]["value"] == 999999999999.0
    assert found[1]["cells"]["R6"]["value"] == 1e-18 / 999999999999


def test_long_tables_come_in_pieces(session: Session) -> None:
    rows = [unit(str(ix)) for ix in range(20_001)]
    assessment = assess(session, rows)
    assert max(len(piece) for piece in results_json.chunks(assessment)) < 25_000_000
    assert [u["unit_id"] for u in as_document(assessment)["units"]] == [
        row["unit_id"] for row in rows
    ]


def test_rules_without_thresholds_give_null() -> None:
    extra = {"computers": "100", "books": "30000", "teachers": "60", "teachers_mid_title": "30"}
    found = document([unit(**extra)], rules="cn-2012-basic")
    assert found["units"][0]["cells"]["B5"] == {
        "value": 30.0,
        "threshold": None,
        "floor": None,
        "status": "not_applicable",
        "gap": None,
    }
