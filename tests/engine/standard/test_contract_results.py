"""The public contract of `junheng assess` on a unit table: what comes out.

docs/reference/unit-table.md and docs/reference/assess-json.md say the same to people.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.command_line import call
from tests.unit_tables import (
    INDICATORS,
    Row,
    results,
    unit,
    write_csv,
)

if TYPE_CHECKING:
    from pathlib import Path


# --- missing and zero ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fact", "missing"),
    [
        ("teachers_above_degree", {"R1"}),
        ("teachers_backbone", {"R2"}),
        ("teachers_pe_arts", {"R3"}),
        ("teaching_area_m2", {"R4"}),
        ("indoor_sport_area_m2", {"R4", "R5"}),
        ("sports_ground_area_m2", {"R5"}),
        ("equipment_yuan", {"R6"}),
        ("media_rooms", {"R7"}),
    ],
)
def test_a_blank_is_missing_and_never_zero(fact: str, missing: set[str]) -> None:
    found = results([unit(**{fact: ""})])
    assert {r for r in INDICATORS if found.status("A", r) == "missing"} == missing
    for r in missing:
        assert found.cell("A", r)["value"] is None
        assert found.cell("A", r)["gap"] is None
        assert found.cell("A", r)["threshold"] is not None
    assert found.unit("A")["n_met"] == 7 - len(missing)


def test_zero_is_a_figure() -> None:
    cell = results([unit(media_rooms="0")]).cell("A", "R7")
    assert (cell["value"], cell["status"], cell["gap"]) == (0.0, "below85", 23)


def test_no_pupils_is_accepted_with_a_warning(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "u.csv", [unit("A"), unit("Z", pupils="0")])
    outcome = call("--lang", "en", "assess", path, "--json")
    assert outcome.code == 0
    assert "row 3: unit Z has no pupils" in outcome.err
    one = outcome.json["units"][1]
    assert {c["status"] for c in one["cells"].values()} == {"missing"}
    assert (one["verdict"], one["n_met"]) == ("undetermined", 0)


def test_no_pupils_is_left_out_of_the_dispersion() -> None:
    found = results([unit("A"), unit("Z", pupils="0")])
    for r in INDICATORS:
        row = found.dispersion(r)
        assert row["n_units"] == 1
        assert row["left_out"] == [{"unit_id": "Z", "reason": "no_pupils"}]
    assert found.county()["resource_allocation"] == "undetermined"


# --- verdict of a unit ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "verdict", "n_met"),
    [
        ({}, "pass", 7),
        ({"media_rooms": "22"}, "pass", 6),
        ({"media_rooms": "22", "teachers_backbone": "9"}, "fail", 5),
        ({"media_rooms": "10"}, "fail", 6),
        ({"media_rooms": "10", "teachers_backbone": ""}, "fail", 5),
        ({"media_rooms": "22", "teachers_backbone": "9", "equipment_yuan": ""}, "fail", 4),
        ({"media_rooms": "22", "teachers_backbone": ""}, "undetermined", 5),
        ({"teachers_backbone": ""}, "undetermined", 6),
        ({"media_rooms": "10", "kind": "special"}, "excluded", None),
        ({"pupils": "0", "kind": "vocational"}, "excluded", None),
    ],
)
def test_verdict_in_order(changes: Row, verdict: str, n_met: int | None) -> None:
    one = results([unit(**changes)]).unit("A")
    assert (one["verdict"], one["n_met"]) == (verdict, n_met)


def test_excluded_units_have_no_cells_and_no_dispersion() -> None:
    found = results([unit("A"), unit("X", kind="special", media_rooms="500")])
    assert found.unit("X")["cells"] == {}
    assert found.dispersion("R7")["n_units"] == 1
    assert found.dispersion("R7")["left_out"] == []
    assert found.county()["resource_allocation"] == "met"


# --- dispersion ----------------------------------------------------------------------------------


def test_one_row_for_each_county_stage_and_indicator_in_scope() -> None:
    rows = [
        unit("A", county_code="110101"),
        unit("B", county_code="110102", stage="junior"),
        unit("C", county_code="110102", kind="special"),
        unit("D", county_code="110103", kind="special"),
    ]
    found = results(rows).document["dispersion"]
    assert [(d["county_code"], d["stage"], d["indicator"]) for d in found] == [
        (county, stage, r)
        for county, stage in (("110101", "primary"), ("110102", "junior"))
        for r in INDICATORS
    ]


def test_no_usable_unit_is_not_computable() -> None:
    row = results([unit(teachers_backbone="")]).dispersion("R2")
    assert (row["status"], row["cv"], row["mean"], row["sd"]) == (
        "not_computable",
        None,
        None,
        None,
    )
    assert (row["n_units"], row["left_out"]) == (0, [{"unit_id": "A", "reason": "missing"}])


def test_mean_zero_is_not_computable() -> None:
    row = results([unit("A", media_rooms="0"), unit("B", media_rooms="0")]).dispersion("R7")
    assert (row["status"], row["cv"], row["mean"], row["sd"]) == ("not_computable", None, 0.0, 0.0)
    assert row["left_out"] == []


def test_left_out_names_units_in_their_order() -> None:
    rows = [unit("C", media_rooms=""), unit("A"), unit("B", pupils="0")]
    assert results(rows).dispersion("R7")["left_out"] == [
        {"unit_id": "C", "reason": "missing"},
        {"unit_id": "B", "reason": "no_pupils"},
    ]


@pytest.mark.parametrize(("stage", "limit"), [("primary", 0.5), ("junior", 0.45)])
def test_limits(stage: str, limit: float) -> None:
    assert results([unit(stage=stage)]).dispersion("R1", stage)["limit"] == limit


# --- the county ----------------------------------------------------------------------------------

FAR_APART = {"equipment_yuan": "20000000"}


@pytest.mark.parametrize(
    ("rows", "verdict"),
    [
        ([unit("A"), unit("B")], "met"),
        ([unit("A"), unit("B", media_rooms="10")], "not_met"),
        ([unit("A"), unit("B", **FAR_APART)], "not_met"),
        ([unit("A", media_rooms="10"), unit("B", media_rooms="")], "not_met"),
        ([unit("A", media_rooms=""), unit("B", **FAR_APART)], "not_met"),
        ([unit("A"), unit("B", media_rooms="")], "undetermined"),
        ([unit("A", media_rooms=""), unit("B", media_rooms="")], "undetermined"),
        ([unit("A"), unit("B", pupils="0")], "undetermined"),
        ([unit("A", kind="special")], "met"),
    ],
)
def test_resource_allocation(rows: list[Row], verdict: str) -> None:
    county = results(rows).county()
    assert county["resource_allocation"] == verdict
    assert county["reasons"]


def test_failing_units_outweigh_a_coefficient_that_cannot_be_computed() -> None:
    rows = [unit("A", media_rooms="0"), unit("B", media_rooms="0")]
    assert results(rows).county()["resource_allocation"] == "not_met"


# --- order ---------------------------------------------------------------------------------------


def test_units_stand_as_read() -> None:
    names = ["Z", "A", "10", "9", "甲"]
    found = results([unit(name) for name in names]).document["units"]
    assert [u["unit_id"] for u in found] == names


def test_dispersion_by_county_stage_and_indicator() -> None:
    rows = [
        unit("A", county_code="420100", stage="junior"),
        unit("B", county_code="110101", stage="junior"),
        unit("C", county_code="420100"),
        unit("D", county_code="110101"),
    ]
    found = results(rows).document
    assert [(d["county_code"], d["stage"], d["indicator"]) for d in found["dispersion"]] == [
        (county, stage, r)
        for county in ("110101", "420100")
        for stage in ("primary", "junior")
        for r in INDICATORS
    ]
    assert [v["county_code"] for v in found["verdict"]] == ["110101", "420100"]
