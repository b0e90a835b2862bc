"""Papers of the district say what the worked district of the domain pages says."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from django.utils import translation
from openpyxl import load_workbook
from tests.apps.balance.tables import A, B, C, D, changed, publish
from tests.apps.reports.pages import lines_of, n_pages, text_of

from junheng.apps.foundation.scoping import within
from junheng.apps.registry.models import SchoolProfile
from junheng.apps.reports.basis import data_digest, district_basis
from junheng.apps.reports.printing import print_district
from junheng.apps.reports.rules import paper_kind, paper_kinds
from junheng.apps.reports.written.corrections import shortfalls

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.world import World

    from junheng.apps.balance.api import Assessment
    from junheng.apps.reports.basis import Basis

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _chinese() -> Iterator[None]:
    with translation.override("zh-hans"):
        yield


def basis_of(world: World, made: Assessment) -> Basis:
    reader = world.reader(world.officer)
    with within(reader.scope):
        return district_basis(reader, made.pk)


def printed(basis: Basis, kind: str, form: str) -> bytes:
    return print_district(
        basis, paper_kind(kind), form, made_at=basis.assessment.created_at
    ).content


def rows_of(content: bytes, sheet: str) -> list[list[object]]:
    book = load_workbook(io.BytesIO(content))
    return [[cell.value for cell in row] for row in book[sheet].iter_rows(min_row=2)]


def test_the_list_names_every_lack_worst_first(world: World) -> None:
    basis = basis_of(world, publish(world))
    rows = rows_of(printed(basis, "corrections", "xlsx"), "问题清单")
    assert [(row[1], str(row[3])[0], row[8]) for row in rows] == [
        ("样例第三小学", "2", "1 人"),  # 0.8889 of 1
        ("样例第一小学", "5", "600 平方米"),  # 7.0 of 7.5
        ("样例九年一贯制学校", "4", "160 平方米"),  # 4.3 of 4.5
        ("样例九年一贯制学校", "3", "1 人"),  # 0.875 of 0.9
        ("样例九年一贯制学校", "6", "40000 元"),  # 1950 of 2000
        ("样例九年一贯制学校", "7", "1 间"),  # 2.25 of 2.3
        ("样例第三小学", "3", "1 人"),  # 0.8889 of 0.9
    ]
    goals = rows_of(printed(basis, "corrections", "xlsx"), "整改清单")
    assert len(goals) == len(rows)
    assert goals[1][2] == "生均体育运动场馆面积：补足 600 平方米，达到≥ 7.5"


def test_missing_data_stand_after_failures_and_near_figures_apart(world: World) -> None:
    made = publish(world, (changed(A, media_rooms="", sports_ground_area_m2="0"), B, C, D))
    found = shortfalls(basis_of(world, made))
    states = [one.cell.status for one in found]
    order = ["below85", "between85", "missing", "met"]
    assert states == sorted(states, key=order.index)
    # Nothing at all is the worst there is.
    assert (found[0].unit.unit_id, found[0].cell.indicator.id) == ("A", "R5")
    assert found[0].share == 0


def test_the_briefing_is_one_page_and_an_editable_document(world: World) -> None:
    basis = basis_of(world, publish(world))
    page = printed(basis, "briefing", "pdf")
    assert n_pages(page) == 1
    found = text_of(page)
    for said in (
        "4个校段中2个达标", "2个未达标", "样例九年一贯制学校（4项）",
        "生均体育运动场馆面积差600平方米",
        "每百名学生拥有体育、艺术（美术、音乐）专任教师数差2人", "不得低于标准的85%",
    ):  # fmt: skip
        assert said in found, said
    lines = lines_of(printed(basis, "briefing", "docx"))
    assert "义务教育优质均衡发展情况专报" in lines
    assert "50.0" in lines


def test_the_form_tables_are_those_of_the_worked_district(world: World) -> None:
    basis = basis_of(world, publish(world))
    content = printed(basis, "form_tables", "xlsx")
    met = rows_of(content, "表二-1")
    assert [row[1:4] for row in met] == [
        [4, 4, 100], [4, 3, 75], [4, 2, 50], [4, 3, 75], [4, 3, 75], [4, 3, 75], [4, 3, 75],
        [4, 2, 50],
    ]  # fmt: skip
    assert [row[4:7] for row in met] == [[0, 0, None]] * 8
    units = {row[1]: row for row in rows_of(content, "表二-2")}
    assert units["样例第一小学"][-2:] == ["是", "1,2,3,4,6,7 / 5"]
    assert units["样例九年一贯制学校"][-2:] == ["否", "1,2,5 / 3,4,6,7"]
    assert units["样例第四小学"][6:8] == [pytest.approx(400 / 90), pytest.approx(100 / 90)]
    found = text_of(printed(basis, "form_tables", "pdf"))
    # Means and coefficients of the domain page, with the decimals of the form.
    for pair in ("4.690.067", "1.220.220", "0.910.048", "7.660.112", "2203.940.081", "2.360.084"):
        assert pair in found, pair


def test_sponsors_come_from_the_registry(world: World) -> None:
    made = publish(world)
    with within(world.reader(world.officer).scope):
        SchoolProfile.objects.create(
            bureau=world.bureau,
            school=world.primary,
            school_year=2025,
            name="样例第一小学",
            kind_code="211",
            locality_code="111",
            sponsor_code="7",
            is_boarding=False,
            is_counted=True,
        )
    rows = rows_of(printed(basis_of(world, made), "form_tables", "xlsx"), "表二-2")
    assert [row[2] for row in rows] == ["7", None, None, None]


def test_the_report_has_every_table_of_the_form(world: World) -> None:
    basis = basis_of(world, publish(world))
    found = text_of(printed(basis, "self_assessment", "pdf"))
    lines = "".join("".join(line.split()) for line in lines_of(
        printed(basis, "self_assessment", "docx")))  # fmt: skip
    asked = [item.name.zh for item in basis.rules.items if item.part != "recognition"]
    asked += [veto.name.zh for veto in basis.rules.vetoes]
    asked += ["表一基本情况", "表二-1", "表三", "表四", "表五", "表六", "4个校段中2个达标"]
    for said in asked:
        assert "".join(said.split()) in lines, said
    assert "一票否决事项" in found
    assert data_digest(basis.assessment, basis.units)[:16] in found


def test_every_form_comes_out_in_english_too(world: World) -> None:
    basis = basis_of(world, publish(world))
    with translation.override("en"):
        for kind in paper_kinds().values():
            for form in kind.forms_of_district:
                assert printed(basis, kind.id, form)[:4] in {b"%PDF", b"PK\x03\x04"}
