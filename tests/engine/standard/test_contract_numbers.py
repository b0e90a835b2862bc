"""The public contract of `junheng assess` on a unit table: numbers and blanks.

docs/reference/unit-table.md and docs/reference/assess-json.md say the same to people.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.command_line import call
from tests.engine.standard.formats import arrow, parquet, xlsx
from tests.unit_tables import (
    FACTS,
    INDICATORS,
    Row,
    headers,
    results,
    unit,
    write_csv,
)

if TYPE_CHECKING:
    from pathlib import Path


AWKWARD = [
    {"pupils": "997", "teachers_above_degree": "41", "teaching_area_m2": "4488.37"},
    {"pupils": "3", "equipment_yuan": "5999.999999", "media_rooms": "1"},
    {"pupils": "999983", "equipment_yuan": "1999965999.99", "sports_ground_area_m2": "7499872.4"},
    {"pupils": "7", "indoor_sport_area_m2": "0.000000000001", "teaching_area_m2": "0.3"},
]


@pytest.mark.parametrize("changes", AWKWARD)
def test_printed_values_and_gaps_are_the_nearest_doubles(changes: Row) -> None:
    row = unit(**changes)
    found = results([row])
    p = int(row["pupils"])
    x = {name: Fraction(row[name]) for name in FACTS}
    rooms = x["teaching_area_m2"] - x["indoor_sport_area_m2"]
    sport = x["sports_ground_area_m2"] + x["indoor_sport_area_m2"]
    exact = {
        "R1": 100 * x["teachers_above_degree"] / p,
        "R4": rooms / p,
        "R5": sport / p,
        "R6": x["equipment_yuan"] / p,
        "R7": 100 * x["media_rooms"] / p,
    }
    assert {r: found.cell("A", r)["value"] for r in exact} == {
        r: float(v) for r, v in exact.items()
    }
    lacks = {
        "R4": Fraction("4.5") * p - rooms,
        "R5": Fraction("7.5") * p - sport,
        "R6": 2000 * p - x["equipment_yuan"],
    }
    assert {r: found.cell("A", r)["gap"] for r in lacks} == {
        r: float(max(lack, Fraction(0))) for r, lack in lacks.items()
    }


def test_thresholds_and_floors_are_the_nearest_doubles() -> None:
    cells = results([unit("A"), unit("B", stage="junior")])
    assert [cells.cell("A", r)["threshold"] for r in INDICATORS] == [
        4.2,
        1,
        0.9,
        4.5,
        7.5,
        2000,
        2.3,
    ]
    assert [cells.cell("B", r)["threshold"] for r in INDICATORS] == [
        5.3,
        1,
        0.9,
        5.8,
        10.2,
        2500,
        2.4,
    ]
    assert [cells.cell("A", r)["floor"] for r in INDICATORS] == [
        3.57,
        0.85,
        0.765,
        3.825,
        6.375,
        1700,
        1.955,
    ]
    assert [cells.cell("B", r)["floor"] for r in INDICATORS] == [
        4.505,
        0.85,
        0.765,
        4.93,
        8.67,
        2125,
        2.04,
    ]


def test_gaps_of_persons_and_rooms_are_whole() -> None:
    found = results([unit(pupils="1001")])
    gaps = [found.cell("A", r)["gap"] for r in ("R1", "R2", "R3", "R7")]
    assert gaps == [1, 1, 1, 1]
    assert all(isinstance(gap, int) for gap in gaps)


def test_nothing_is_rounded() -> None:
    assert results([unit(pupils="999")]).cell("A", "R7")["value"] == 2300 / 999


def test_binary_floats_are_read_at_fifteen_digits(tmp_path: Path) -> None:
    """0.1 + 0.2 is 0.3 in both formats, and 4.2 x 1.1 is 4.62."""
    row = unit("A", pupils="1", teaching_area_m2="0.3", indoor_sport_area_m2="0.3")
    row |= {"equipment_yuan": "4.62"}
    floats = {
        "teaching_area_m2": 0.3,
        "indoor_sport_area_m2": 0.1 + 0.2,
        "equipment_yuan": 4.2 * 1.1,
    }
    for path in (xlsx(tmp_path, [row], floats), parquet(tmp_path, [row], floats)):
        outcome = call("assess", path, "--json")
        assert outcome.code == 0, outcome.err
        cells = outcome.json["units"][0]["cells"]
        assert (cells["R4"]["value"], cells["R6"]["value"]) == (0.0, 4.62)


@pytest.mark.parametrize("blank", [" ", "\t", "\u00a0", "\u3000", "\n", "\ufeff"])
def test_blanks_around_a_text_are_cut_off_in_every_format(tmp_path: Path, blank: str) -> None:
    rows = [unit(f"{blank}A", kind=""), unit(f"B{blank}", kind=blank)]
    for path in (
        write_csv(tmp_path / "u.csv", rows),
        xlsx(tmp_path, rows),
        parquet(tmp_path, rows),
    ):
        outcome = call("assess", path, "--json")
        assert outcome.code == 0, outcome.err
        assert [u["unit_id"] for u in outcome.json["units"]] == ["A", "B"]


def test_empty_texts_of_parquet_are_blanks(tmp_path: Path) -> None:
    row = unit("A", kind="x")
    at = headers([row]).index("kind")
    pq.write_table(arrow([row]).set_column(at, "kind", pa.array([""])), tmp_path / "u.parquet")
    assert call("assess", tmp_path / "u.parquet", "--json").code == 0


def test_decimals_of_parquet_stay_exact(tmp_path: Path) -> None:
    row = unit("A", equipment_yuan="0")
    table = arrow([row]).set_column(
        headers([row]).index("equipment_yuan"),
        "equipment_yuan",
        pa.array([Decimal("1999999.999999999999")], pa.decimal128(30, 12)),
    )
    pq.write_table(table, tmp_path / "u.parquet")
    cell = call("assess", tmp_path / "u.parquet", "--json").json["units"][0]["cells"]["R6"]
    assert (cell["status"], cell["gap"]) == ("between85", 1e-12)


@pytest.mark.parametrize(
    "text", ["2000000", "2000000.", "2000000.000", "2e6", "+2000000", "２００００００", "02000000"]
)
def test_a_number_is_the_decimal_as_written(text: str) -> None:
    assert results([unit(equipment_yuan=text)]).cell("A", "R6")["value"] == 2000.0


@pytest.mark.parametrize(
    "text", ["2,000,000", "200万", "2 000 000", "0x10", "1/2", "nan", "inf", "-"]
)
def test_what_is_no_decimal_is_refused(tmp_path: Path, text: str) -> None:
    path = write_csv(tmp_path / "u.csv", [unit(equipment_yuan=text)])
    outcome = call("--lang", "en", "assess", path, "--json")
    assert (outcome.code, outcome.out) == (2, "")
    assert f"“{text}” is not a number" in outcome.err
