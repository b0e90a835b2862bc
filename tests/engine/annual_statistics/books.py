"""Workbooks as an export gives them, written here by hand from the header texts of the tables.

Nothing of the product's own writer is used: merged headers, row of column codes and row codes are
made anew, so that reading is proved against what was seen and not against what we write.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from xlsxwriter import Workbook

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from xlsxwriter.worksheet import Worksheet

Value = str | int | float | None
Header = tuple[str, ...]
Row = tuple[str, "Sequence[Value]"]

DEGREES = ("博士研究生", "硕士研究生", "本科", "专科", "高中阶段", "高中阶段以下")
GRADES = {
    "小学": ("一年级", "二年级", "三年级", "四年级", "五年级", "六年级"),
    "初中": ("一年级", "二年级", "三年级", "四年级"),
    "高中": ("一年级", "二年级", "三年级"),
}
PUPIL_TABLE = {"小学": "3112", "初中": "3115", "高中": "3118"}
PUPIL_ROWS = ("#女", "#少数民族", "#寄宿生", "#随迁子女", "#进城务工人员随迁子女", "#农村留守儿童")
BANDS = (
    "25人及以下", "26-30人", "31-35人", "36-40人", "41-45人",
    "46-50人", "51-55人", "56-60人", "61-65人", "66人及以上",
)  # fmt: skip


@dataclass(frozen=True)
class Stage:
    """One stage of a school: pupils, teachers by degree in the order of `DEGREES`, by subject."""

    pupils: Value
    degrees: tuple[Value, ...] = (0, 0, 0, 0, 0, 0)
    pe: Value = 0
    arts: Value = 0
    backbone: Value = 0
    classes: tuple[int, ...] = ()
    graduates: int = 999

    @property
    def teachers(self) -> int:
        """Full-time teachers of the stage."""
        return sum(n for n in self.degrees if isinstance(n, int))


@dataclass(frozen=True)
class School:
    """What a school of the tests reports; equipment in 万元, areas in m2."""

    name: str
    stages: Mapping[str, Stage]
    kind: str = "小学"
    code: str = ""
    county: str = "均衡区"
    counted: Value = "1"
    parent: str = ""
    teaching: Value = 0
    indoor: Value = 0
    ground: Value = 0
    equipment: Value = 0
    media: Value = 0


@dataclass(frozen=True)
class Table:
    """A table of a school's workbook: data columns by header path, rows by text."""

    title: str
    columns: tuple[Header, ...]
    rows: tuple[Row, ...]
    without_codes: tuple[str, ...] = field(default=())

    def column(self, header: Header) -> int:
        """Position of a header among the data columns."""
        return self.columns.index(header)

    def with_column(self, at: int, header: Header, value: Value = 7) -> Table:
        """The same table with one more column."""
        columns = (*self.columns[:at], header, *self.columns[at:])
        rows = tuple((text, (*vs[:at], value, *vs[at:])) for text, vs in self.rows)
        return replace(self, columns=columns, rows=rows)

    def without_row(self, text: str) -> Table:
        """The same table without a row."""
        return replace(self, rows=tuple(row for row in self.rows if row[0] != text))

    def in_order(self, columns: Sequence[int], rows: Sequence[int]) -> Table:
        """The same table with columns and rows in another order."""
        return replace(
            self,
            columns=tuple(self.columns[c] for c in columns),
            rows=tuple((self.rows[r][0], tuple(self.rows[r][1][c] for c in columns)) for r in rows),
        )

    def with_value(self, row: str, header: Header, value: Value) -> Table:
        """The same table with one cell changed; the first row of that text."""
        at = self.column(header)
        ix = [text for text, _ in self.rows].index(row)
        values = list(self.rows[ix][1])
        values[at] = value
        rows = (*self.rows[:ix], (row, tuple(values)), *self.rows[ix + 1 :])
        return replace(self, rows=rows)


Book = dict[str, Table]


def book(school: School) -> Book:
    """Return the tables of a school's workbook, by sheet."""
    tables = {"教基1001": identity(school), "教基1102": backbone(school)}
    for word, stage in school.stages.items():
        tables[f"教基{PUPIL_TABLE[word]}_{school.kind}"] = pupils(word, stage)
        if word != "高中" and stage.classes:
            tables[f"教基{'2106' if word == '小学' else '2107'}"] = classes(stage)
    tables["教基4155"] = teachers({w: s for w, s in school.stages.items() if w != "高中"})
    tables["教基5170"] = Table(
        "校舍情况",
        (("校舍建筑面积",), ("教学及辅助用房", "计"), ("教学及辅助用房", "普通教室"),
         ("教学及辅助用房", "室内体育用房"), ("行政办公用房",)),
        (("总计", (99999, school.teaching, 1, school.indoor, 88)), ("#危房", (0, 0, 0, 0, 0))),
    )  # fmt: skip
    tables["教基5176"] = Table(
        "占地面积及其他办学条件",
        (("占地面积", "计"), ("占地面积", "绿化用地面积"), ("运动场地面积",), ("图书",),
         ("网络多媒体教室",), ("固定资产总值(万元)", "计"),
         ("固定资产总值(万元)", "教学仪器设备资产值(万元)")),
        (("总计", (50000, 4000, school.ground, 12345, school.media, 900, school.equipment)),),
    )  # fmt: skip
    return tables


def identity(school: School) -> Table:
    rows = {
        "学校（机构）名称": school.name,
        "学校（机构）标识码": school.code or None,
        "统计三级": school.county,
        "办学类型": school.kind,
        "是否计校数": school.counted,
        "所属学校": school.parent or None,
    }
    return Table("学校基本情况", (("内容",),), tuple((k, (v,)) for k, v in rows.items()))


def backbone(school: School) -> Table:
    rows = [("占地", (1,)), *(
        (f"县级以上骨干教师({w})", (s.backbone,)) for w, s in school.stages.items()
    )]  # fmt: skip
    return Table("学校其他情况", (("数量",),), tuple(rows))


def pupils(word: str, stage: Stage) -> Table:
    grades = GRADES[word]
    before: tuple[Header, ...] = (("毕业生数",), ("招生数", "计"), ("招生数", "受过学前教育"))
    enrolled = [("在校生数", text) for text in ("合计", "#女", *grades)]
    columns = (*before, *enrolled, ("预计毕业生数",))
    total = (stage.graduates, 55, 44, stage.pupils, 3, *(1 for _ in grades), 77)
    other = tuple(2 for _ in columns)
    return Table(
        f"{word}分类型学生数", columns, (("总计", total), *((t, other) for t in PUPIL_ROWS))
    )


SUBJECTS: tuple[Header, ...] = (
    ("合计",), ("#女",), ("道德与法治",), ("语文",), ("数学",), ("外语", "计"), ("外语", "英语"),
    ("科学",), ("信息科技",), ("体育与健康",), ("艺术", "计"), ("艺术", "音乐"), ("艺术", "美术"),
    ("劳动",), ("综合实践活动",), ("其他",), ("本学年不授课",),
)  # fmt: skip


def teachers(stages: Mapping[str, Stage]) -> Table:
    """The present table: one section a stage, and 艺术 with 音乐 and 美术 inside."""
    rows: list[Row] = []
    for word, stage in stages.items():
        subjects = {"合计": stage.teachers, "#女": 1, "体育与健康": stage.pe, "艺术": stage.arts}
        inside = {"音乐": stage.arts, "美术": 0}
        rows.append((word, [inside.get(h[-1], subjects.get(h[0], 1)) for h in SUBJECTS]))
        rows += [(text, [1] * len(SUBJECTS)) for text in ("#女", "#少数民族")]
        rows += [
            (degree, [n, *([1] * (len(SUBJECTS) - 1))])
            for degree, n in zip(DEGREES, stage.degrees, strict=True)
        ]
    return Table("义务教育阶段专任教师分课程、分学历情况", SUBJECTS, tuple(rows))


def classes(stage: Stage) -> Table:
    rows = [("合计", (sum(stage.classes), 5))]
    rows += [(band, (n, 1)) for band, n in zip(BANDS, stage.classes, strict=True)]
    return Table("班额情况", (("合计",), ("一年级",)), tuple(rows))


# --- files ---------------------------------------------------------------------------------------


def write_book(path: Path, tables: Mapping[str, Table]) -> Path:
    """Write a school's workbook: title, merged headers, row of column codes, rows with codes."""
    with Workbook(str(path)) as workbook:
        for name, table in tables.items():
            write_table(workbook.add_worksheet(name), table)
    return path


def write_table(sheet: Worksheet, table: Table) -> None:
    """Write one table into a sheet."""
    headers: list[Header] = [("指标名称",), ("代码",), *table.columns]
    _merge(sheet, (0, 0, 0, max(len(headers) - 1, 1)), table.title)
    depth = max(map(len, headers))
    write_headers(sheet, headers, 1)
    for c, code in enumerate(["甲", "乙", *map(str, range(1, len(table.columns) + 1))]):
        sheet.write(1 + depth, c, code)
    for r, (text, values) in enumerate(table.rows, start=2 + depth):
        sheet.write(r, 0, f"　{text}" if text in DEGREES else text)
        sheet.write(r, 1, f"{r - 1 - depth:02d}")
        for c, value in enumerate(values, start=2):
            sheet.write(r, c, value)
    sheet.write(2 + depth + len(table.rows), 0, "注：本表由学校填报。")


def write_headers(sheet: Worksheet, headers: Sequence[Header], first: int) -> None:
    """Merge each header over the columns below it and down to the last row where it ends."""
    depth = max(map(len, headers))
    for level in range(depth):
        c = 0
        while c < len(headers):
            end = c
            if len(headers[c]) > level + 1:
                while (
                    end + 1 < len(headers)
                    and headers[end + 1][: level + 1] == headers[c][: level + 1]
                    and len(headers[end + 1]) > level + 1
                ):
                    end += 1
            if level < len(headers[c]):
                is_leaf = level == len(headers[c]) - 1
                bottom = first + (depth - 1 if is_leaf else level)
                _merge(sheet, (first + level, c, bottom, end), headers[c][level])
            c = end + 1


def _merge(sheet: Worksheet, block: tuple[int, int, int, int], text: str) -> None:
    top, left, bottom, right = block
    if (top, left) == (bottom, right):
        sheet.write(top, left, text)
    else:
        sheet.merge_range(top, left, bottom, right, text)


STAGE_IDENTITY: tuple[Header, ...] = (
    ("学校名称",), ("统计一级",), ("统计三级",), ("办学类型",), ("是否计校数",), ("所属学校",),
)  # fmt: skip


def stage_headers(word: str) -> tuple[Header, ...]:
    """Header paths of a stage's workbook, as a calculator of the seven indicators reads them."""
    if word == "高中":
        return (*STAGE_IDENTITY, ("在校生数", "合计"))
    return (
        *STAGE_IDENTITY,
        ("在校生数", "合计"), ("在校生数", "#女"),
        ("专任教师", "合计"),
        ("专任教师", "#按学历分", "博士研究生"), ("专任教师", "#按学历分", "硕士研究生"),
        ("专任教师", "#按学历分", "本科"), ("专任教师", "#按学历分", "专科"),
        ("专任教师", "#按学历分", "高中阶段"), ("专任教师", "#按学历分", "高中阶段以下"),
        ("专任教师", "#按授课课程分", "体育与健康"),
        ("专任教师", "#按授课课程分", "艺术", "计"), ("专任教师", "#按授课课程分", "艺术", "音乐"),
        ("专任教师", "#按授课课程分", "艺术", "美术"),
        ("教基1102", f"县级以上骨干教师({word})"),
        ("教学及辅助用房", "计"), ("教学及辅助用房", "普通教室"), ("室内体育用房",),
        ("运动场地面积",), ("教学仪器设备资产值(万元)",), ("网络多媒体教室",),
    )  # fmt: skip


def stage_row(word: str, school: School) -> list[Value]:
    """A school's row under `stage_headers`."""
    stage = school.stages[word]
    who: list[Value] = [
        school.name, "云省", school.county, school.kind, school.counted, school.parent or None,
    ]  # fmt: skip
    if word == "高中":
        return [*who, stage.pupils]
    return [
        *who, stage.pupils, 3, stage.teachers, *stage.degrees, stage.pe, stage.arts, stage.arts, 0,
        stage.backbone, school.teaching, 1, school.indoor, school.ground, school.equipment,
        school.media,
    ]  # fmt: skip


def stage_sheet(word: str, schools: Sequence[School]) -> tuple[list[Header], list[list[Value]]]:
    """Headers and rows of a stage's workbook for the schools that have the stage."""
    rows = [stage_row(word, school) for school in schools if word in school.stages]
    return list(stage_headers(word)), rows


def write_stage(
    path: Path,
    headers: Sequence[Header],
    rows: Sequence[Sequence[Value]],
    *,
    sheet: str = "Sheet1",
    title: str = "",
) -> Path:
    """Write a stage's workbook: merged headers of several rows, then a row per school."""
    with Workbook(str(path)) as workbook:
        page = workbook.add_worksheet(sheet)
        first = 1 if title else 0
        if title:
            _merge(page, (0, 0, 0, len(headers) - 1), title)
        write_headers(page, headers, first)
        top = first + max(map(len, headers))
        for r, row in enumerate(rows, start=top):
            for c, value in enumerate(row):
                page.write(r, c, value)
    return path


# --- the worked district of the standard's page ---------------------------------------------------


def worked_district() -> list[School]:
    """Four primary schools whose seven values, verdicts and coefficients were worked by hand."""
    return [
        School("甲校", {"小学": Stage(1200, (1, 9, 30, 20, 2, 0), 6, 5, 18)}, teaching=6000,
               indoor=360, ground=8040, equipment=276, media=28),
        School("乙校", {"小学": Stage(800, (0, 6, 20, 10, 4, 1), 4, 3, 8)}, teaching=3440,
               indoor=0, ground=6240, equipment=156, media=18),
        School("丙校", {"小学": Stage(450, (0, 0, 9, 10, 3, 0), 2, 2, 4)}, teaching=2500.5,
               indoor=250.5, ground=3574.5, equipment=108, media=11),
        School("丁校", {"小学": Stage(90, (0, 0, 1, 3, 1, 0), 1, 0, 1)}, teaching=540,
               indoor="—", ground=990, equipment=19.8, media=3),
    ]  # fmt: skip
