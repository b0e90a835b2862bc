"""The public contract of `junheng assess` on a unit table, sentence by sentence.

docs/reference/unit-table.md and docs/reference/assess-json.md say the same to people.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from tests.command_line import call
from tests.unit_tables import (
    FACTS,
    FACTS_2012,
    REQUIRED,
    Row,
    headers,
    results,
    unit,
    write_csv,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

CHINESE = {
    "unit_id": "校段编号",
    "school_id": "学校标识码",
    "school_name": "学校名称",
    "county_code": "县区代码",
    "stage": "学段",
    "pupils": "在校生数",
    "teachers_above_degree": "高于规定学历教师数",
    "teachers_backbone": "县级以上骨干教师数",
    "teachers_pe_arts": "体育、艺术（美术、音乐）专任教师数",
    "teaching_area_m2": "教学及辅助用房面积",
    "indoor_sport_area_m2": "室内体育用房面积",
    "sports_ground_area_m2": "运动场地面积",
    "equipment_yuan": "教学仪器设备值",
    "media_rooms": "网络多媒体教室数",
    "kind": "学校类别",
}
INDICATORS = tuple(f"R{n}" for n in range(1, 8))


# --- the command ---------------------------------------------------------------------------------


def test_json_is_one_object_and_nothing_else(tmp_path: Path) -> None:
    outcome = call("assess", write_csv(tmp_path / "u.csv", [unit()]), "--json")
    assert outcome.code == 0
    assert set(outcome.json) >= {"ruleset", "units", "dispersion", "verdict"}
    assert outcome.json["ruleset"] == {"id": "cn-2017-quality", "version": "2026.1"}


def test_json_keeps_its_keys(tmp_path: Path) -> None:
    found = call("assess", write_csv(tmp_path / "u.csv", [unit()]), "--json").json
    (one,) = found["units"]
    assert set(one) == {"unit_id", "county_code", "stage", "verdict", "n_met", "cells"}
    assert set(one["cells"]["R1"]) == {"value", "threshold", "floor", "status", "gap"}
    assert list(found["dispersion"][0]) == [
        "county_code",
        "stage",
        "indicator",
        "mean",
        "sd",
        "cv",
        "limit",
        "status",
        "n_units",
        "left_out",
    ]
    assert set(found["verdict"][0]) == {"county_code", "resource_allocation", "reasons"}


def test_bad_input_names_place_finding_and_way_out(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "u.csv", [unit("A"), unit("B", media_rooms="many")])
    outcome = call("--lang", "en", "assess", path, "--json", "--out", tmp_path / "out")
    assert (outcome.code, outcome.out) == (2, "")
    assert "u.csv, row 3, column “media_rooms”: “many” is not a number." in outcome.err
    assert "Write a number" in outcome.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_encodings(tmp_path: Path, encoding: str) -> None:
    rows = [unit("甲"), unit("乙", stage="junior")]
    path = write_csv(tmp_path / "u.csv", rows, names=CHINESE, encoding=encoding)
    outcome = call("assess", path, "--json")
    assert [u["unit_id"] for u in outcome.json["units"]] == ["甲", "乙"]


def test_gb18030_of_2022(tmp_path: Path) -> None:
    """The edition of 2022 moved 龴 (U+9FB4) to the two-byte code FE59."""
    path = write_csv(tmp_path / "u.csv", [unit("?")], names=CHINESE, encoding="gb18030")
    path.write_bytes(path.read_bytes().replace(b"\n?,", b"\n\xfe\x59,"))
    assert call("assess", path, "--json").json["units"][0]["unit_id"] == "\u9fb4"


def test_chinese_words_for_stage_and_kind(tmp_path: Path) -> None:
    rows = [
        unit("A", stage="primary", kind="普通学校") | {"stage": "小学"},
        unit("B", stage="junior", kind="特殊教育学校") | {"stage": "初中"},
        unit("C", stage="primary", kind="职业学校") | {"stage": "小学"},
        unit("D", stage="primary", kind="教学点", pupils="49") | {"stage": "小学"},
    ]
    path = write_csv(tmp_path / "u.csv", rows, names=CHINESE)
    found = call("assess", path, "--json").json["units"]
    assert [u["stage"] for u in found] == ["primary", "junior", "primary", "primary"]
    assert [u["verdict"] for u in found] == ["pass", "excluded", "excluded", "excluded"]


def test_all_formats_give_the_same_object(tmp_path: Path) -> None:
    rows = [unit("A"), unit("B", teaching_area_m2="4699.99", media_rooms="")]
    paths = [write_csv(tmp_path / "u.csv", rows), xlsx(tmp_path, rows), parquet(tmp_path, rows)]
    objects = [call("assess", path, "--json").json for path in paths]
    for found in objects:
        found.pop("warnings")
    assert objects[0] == objects[1] == objects[2]


def test_unknown_columns_are_ignored_only_when_asked(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "u.csv", [unit(colour="red")])
    refused = call("--lang", "en", "assess", path, "--json")
    assert (refused.code, refused.out) == (2, "")
    assert "column “colour”" in refused.err
    ignored = call("--lang", "en", "assess", path, "--json", "--ignore-unknown")
    assert ignored.code == 0
    assert "ignored unknown columns: colour" in ignored.err


# --- the table -----------------------------------------------------------------------------------


def test_a_nine_year_school_has_two_units() -> None:
    rows = [unit("A-P", school_id="A"), unit("A-J", school_id="A", stage="junior")]
    found = results(rows).document
    assert [(u["unit_id"], u["stage"]) for u in found["units"]] == [
        ("A-P", "primary"),
        ("A-J", "junior"),
    ]


def test_results_are_per_county() -> None:
    low = {"media_rooms": "10"}
    rows = [unit("A", county_code="110101"), unit("B", county_code="110102", **low)]
    found = results(rows)
    assert found.county("110101")["resource_allocation"] == "met"
    assert found.county("110102")["resource_allocation"] == "not_met"
    assert found.dispersion("R7", county="110102")["mean"] == 1.0


def test_without_county_code_there_is_one_county() -> None:
    found = results([unit("A"), unit("B", stage="junior")])
    assert [v["county_code"] for v in found.document["verdict"]] == [None]


def test_blank_county_stands_for_itself() -> None:
    found = results([unit("A", county_code=""), unit("B", county_code="110101")]).document
    assert [u["county_code"] for u in found["units"]] == [None, "110101"]
    assert [v["county_code"] for v in found["verdict"]] == [None, "110101"]


@pytest.mark.parametrize("code", ["11010", "1101011", "11010A", "１１０１０１", "东城区"])
def test_county_code_has_six_digits(tmp_path: Path, code: str) -> None:
    outcome = call("assess", write_csv(tmp_path / "u.csv", [unit(county_code=code)]), "--json")
    assert (outcome.code, outcome.out) == (2, "")
    assert code in outcome.err


@pytest.mark.parametrize(
    ("kind", "pupils", "verdict"),
    [
        ("", "1000", "pass"),
        ("ordinary", "40", "pass"),
        ("special", "1000", "excluded"),
        ("vocational", "1000", "excluded"),
        ("teaching_point", "49", "excluded"),
        ("teaching_point", "50", "pass"),
        ("teaching_point", "0", "excluded"),
    ],
)
def test_kinds(kind: str, pupils: str, verdict: str) -> None:
    assert results([unit(kind=kind, pupils=pupils)]).unit("A")["verdict"] == verdict


def test_columns_of_2012_may_be_present() -> None:
    extra = dict.fromkeys(FACTS_2012, "7")
    assert results([unit(**extra)]).document == results([unit()]).document


@pytest.mark.parametrize("column", REQUIRED)
def test_every_column_must_be_present(tmp_path: Path, column: str) -> None:
    row = {name: value for name, value in unit().items() if name != column}
    outcome = call("--lang", "en", "assess", write_csv(tmp_path / "u.csv", [row]), "--json")
    assert (outcome.code, outcome.out) == (2, "")
    assert f"column “{column}”: the column is missing." in outcome.err


def test_at_least_one_row(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "u.csv", [unit()])
    path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    assert call("assess", path, "--json").code == 2


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([unit("A"), unit("A", stage="junior")], "“A” stands in more than one row"),
        ([unit("")], "row 2, column “unit_id”: is blank"),
        ([unit(pupils="")], "row 2, column “pupils”: is blank"),
        ([unit(pupils="10.5")], "“10.5” is not a whole number"),
        ([unit(pupils="-1")], "-1 is negative"),
        ([unit(indoor_sport_area_m2="4700.01")], "is more than the teaching area"),
        *(([unit(**{fact: "-0.01"})], "-0.01 is negative") for fact in FACTS),
        ([unit() | {"stage": "senior"}], "“senior” is not one of the words"),
        ([unit(kind="kindergarten")], "“kindergarten” is not one of the words"),
    ],
)
def test_refused_tables(tmp_path: Path, rows: list[Row], found: str) -> None:
    outcome = call("--lang", "en", "assess", write_csv(tmp_path / "u.csv", rows), "--json")
    assert (outcome.code, outcome.out) == (2, "")
    assert found in outcome.err


def test_indoor_area_may_equal_the_teaching_area() -> None:
    assert results([unit(indoor_sport_area_m2="4700")]).cell("A", "R4")["value"] == 0.0


def test_whole_pupils_may_be_written_with_a_point() -> None:
    assert results([unit(pupils="1000.0")]).cell("A", "R7")["value"] == 2.3


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


# --- numbers -------------------------------------------------------------------------------------

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


# --- other formats -------------------------------------------------------------------------------


def xlsx(folder: Path, rows: Sequence[Row], floats: dict[str, float] | None = None) -> Path:
    path = folder / "u.xlsx"
    names = headers(rows)
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, names)
        for ix, row in enumerate(rows, start=1):
            for column, name in enumerate(names):
                value: object = (floats or {}).get(name, row[name])
                if name in FACTS or name == "pupils":
                    value = None if value == "" else float(str(value))
                sheet.write(ix, column, value)
    return path


def arrow(rows: Sequence[Row], floats: dict[str, float] | None = None) -> pa.Table:
    columns = {}
    for name in headers(rows):
        values = [row[name] or None for row in rows]
        if name in (floats or {}):
            columns[name] = pa.array([(floats or {})[name]] * len(rows), pa.float64())
        elif name in FACTS:
            columns[name] = pa.array(
                [None if v is None else float(v) for v in values], pa.float64()
            )
        elif name == "pupils":
            columns[name] = pa.array([int(str(v)) for v in values], pa.int64())
        else:
            columns[name] = pa.array(values, pa.string())
    return pa.table(columns)


def parquet(folder: Path, rows: Sequence[Row], floats: dict[str, float] | None = None) -> Path:
    path = folder / "u.parquet"
    pq.write_table(arrow(rows, floats), path)
    return path
