"""The public contract of `junheng assess` on a unit table: command and table.

docs/reference/unit-table.md and docs/reference/assess-json.md say the same to people.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.command_line import call
from tests.engine.standard.formats import parquet, xlsx
from tests.unit_tables import (
    FACTS,
    FACTS_2012,
    REQUIRED,
    Row,
    results,
    unit,
    write_csv,
)

if TYPE_CHECKING:
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
