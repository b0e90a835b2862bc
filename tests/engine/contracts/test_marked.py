"""The file back with red cells, comments and a list of faults."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.engine.contracts.sheets import pages, replace_texts
from xlsxwriter import Workbook

from junheng.engine import contracts
from junheng.engine.contracts.marked import FAULT_SHEETS, write_marked
from junheng.engine.contracts.reading import Context, read_dataset
from junheng.engine.contracts.template import check_template
from junheng.engine.store.tables import open_table

if TYPE_CHECKING:
    from pathlib import Path

    from tests.engine.contracts.conftest import Read

    from junheng.engine.store.session import Session

CONTEXT = Context(2025, is_simulated=True)
GOOD = {"用房编号": "R1", "学校标识码": "2153000001", "用房类型": "普通教室",
        "使用面积（平方米）": "60.5", "是否多媒体": "是", "是否联网": "是"}  # fmt: skip
BAD = {**GOOD, "用房编号": "R2", "用房类型": "教室一种", "使用面积（平方米）": "很大"}


@pytest.fixture
def marked(read: Read, tmp_path: Path) -> Path:
    path = tmp_path / "marked.xlsx"
    checked = read("rooms", [GOOD, BAD])
    assert {f.column for f in checked.faults()} == {"用房类型", "使用面积（平方米）"}
    assert write_marked(path, [checked]) == 0
    return path


def test_faulty_cells_are_red_and_say_why(marked: Path) -> None:
    sheet = pages(marked)["用房"]
    assert sheet.row(1) == list(GOOD)
    assert (sheet.values["A3"], sheet.values["C3"], sheet.values["D2"]) == (
        "R2",
        "教室一种",
        "60.5",
    )
    assert sheet.red == {"C3", "D3"}
    assert sheet.comments.keys() == {"C3", "D3"}
    assert "“很大”" in sheet.comments["D3"]


def test_the_first_sheet_lists_the_faults_with_links(marked: Path) -> None:
    found = pages(marked)
    assert next(iter(found)) == FAULT_SHEETS["zh"]
    first = found[FAULT_SHEETS["zh"]]
    assert [first.row(n)[1:4] for n in (3, 4)] == [
        ["用房", "3", "用房类型"],
        ["用房", "3", "使用面积（平方米）"],
    ]
    assert first.links == {"A3": "'用房'!C3", "A4": "'用房'!D3"}


def test_drop_downs_and_the_hidden_identity_are_kept(marked: Path, session: Session) -> None:
    assert "C2:C1048576" in pages(marked)["用房"].drop_downs
    rooms = [contracts.contract("rooms")]
    assert check_template(session, marked, rooms, context=CONTEXT) == ()
    assert check_template(session, marked, rooms, context=Context(2026)) != ()


def test_what_was_mended_in_it_is_read_again(marked: Path, session: Session) -> None:
    replace_texts(marked, {"教室一种": "普通教室", "很大": "55"})
    table = open_table(session, marked, sheet="用房")
    checked = read_dataset(table, contracts.contract("rooms"), context=CONTEXT)
    assert checked.n_faults == 0
    assert session.rows("SELECT room_id, area_m2, row_no FROM rooms ORDER BY row_no") == [
        ("R1", "60.5", 2),
        ("R2", "55", 3),
    ]


def test_rows_of_notes_and_samples_keep_their_place(session: Session, tmp_path: Path) -> None:
    path, out = tmp_path / "t.xlsx", tmp_path / "m.xlsx"
    with Workbook(str(path)) as book:
        sheet = book.add_worksheet("用房")
        rows = [list(BAD), ["填写说明：必填"], ["示例：R0"], list(BAD.values())]
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    rooms = contracts.contract("rooms")
    checked = read_dataset(open_table(session, path), rooms, context=CONTEXT)
    write_marked(out, [checked])
    back = pages(out)["用房"]
    assert [back.values[place] for place in ("A2", "A3", "A4")] == [
        "填写说明：必填",
        "示例：R0",
        "R2",
    ]
    assert back.red == {"C4", "D4"}
    again = read_dataset(open_table(session, out, sheet="用房"), rooms, context=CONTEXT)
    assert (again.n_rows, again.n_faults) == (1, 2)


def test_a_column_that_is_wrong_as_a_whole_has_a_red_header(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "m.xlsx"
    write_marked(path, [read("rooms", [{**GOOD, "多余": "x"}])])
    sheet = pages(path)["用房"]
    assert sheet.red == {"G1"}
    assert sheet.comments.keys() == {"G1"}


def test_two_hundred_errors_in_one_row(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "m.xlsx"
    write_marked(path, [read("rooms", [GOOD | {f"多余{n}": "x" for n in range(200)}])])
    found = pages(path)
    assert len(found["用房"].red) == 200
    assert len(found[FAULT_SHEETS["zh"]].links) == 200


def test_a_table_longer_than_a_sheet_is_cut_and_says_so(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "m.xlsx"
    rows = [{**BAD, "用房编号": f"R{n}"} for n in range(10)]
    assert write_marked(path, [read("rooms", rows)], language="en", last_row=5) == 5
    found = pages(path)
    assert found["Rooms"].n_rows == 6
    first = found[FAULT_SHEETS["en"]]
    assert first.values["A2"] == "Rows below 6 do not fit into a sheet and are left out."
    assert (len(first.links), first.n_rows) == (10, 23)


def test_more_faults_than_comments(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "m.xlsx"
    rows = [{**BAD, "用房编号": f"R{n}"} for n in range(1100)]
    write_marked(path, [read("rooms", rows)], language="en")
    found = pages(path)
    assert len(found["Rooms"].comments) == 2000
    assert len(found["Rooms"].red) == 2200
    assert "first 2000 cells" in found[FAULT_SHEETS["en"]].values["A2"]
