"""The sample district as a unit table of the public contract: one row a stage unit."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from junheng.engine.simulation.district import District, School, Unit, UnitYear

HEADERS: Mapping[str, str] = {
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
    "computers": "计算机台数",
    "books": "图书册数",
    "teachers": "专任教师数",
    "teachers_mid_title": "中级及以上专业技术职务教师数",
}
"""Columns in the order of the contract, with their Chinese headers."""
WORDS: Mapping[str, str] = {
    "primary": "小学",
    "junior": "初中",
    "ordinary": "普通学校",
    "teaching_point": "教学点",
    "special": "特殊教育学校",
    "vocational": "职业学校",
}


def unit_table(district: District, year: int) -> list[dict[str, str]]:
    """Return one school year as a unit table: text under English headers.

    `year` is the one in which the school year starts. Rows stand in the order of
    `district.units`; school names are the Chinese ones.
    """
    units = {unit.id: unit for unit in district.units}
    schools = {school.id: school for school in district.schools}
    rows = []
    for figures in district.figures_in(year):
        unit = units[figures.unit_id]
        rows.append(_row(district.bureau.code, schools[unit.school_id], unit, figures))
    return rows


def _row(county_code: str, school: School, unit: Unit, figures: UnitYear) -> dict[str, str]:
    known = {
        "school_id": school.id,
        "school_name": school.name.zh,
        "county_code": county_code,
        "stage": unit.stage,
        "kind": unit.kind,
    }
    return {column: known.get(column) or str(getattr(figures, column)) for column in HEADERS}


def write_unit_table(
    district: District, year: int, path: Path, *, headers: Literal["zh", "en"] = "zh"
) -> None:
    """Write the unit table of one school year as CSV (UTF-8 with mark, as spreadsheets expect).

    With Chinese headers stage and kind are written in Chinese, too.
    """
    rows = unit_table(district, year)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADERS.values() if headers == "zh" else HEADERS)
        for row in rows:
            words = row | {key: WORDS[row[key]] for key in ("stage", "kind")}
            writer.writerow((words if headers == "zh" else row).values())
