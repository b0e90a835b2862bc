"""A village clerk's import in a browser: template, fill, faults, mending, apply, undo."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.apps.intake.district import make

from junheng.apps.jobs.api import run_worker
from junheng.engine.store.session import Session
from junheng.engine.store.tables import open_table
from junheng.engine.store.workbook import SheetData, write_workbook

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from playwright.sync_api import Page
    from tests.apps.intake.district import District
    from tests.browser.conftest import Open, Visit

pytestmark = pytest.mark.browser

AREA = "使用面积（平方米）"


@pytest.fixture
def district(transactional_db: None) -> District:
    return make()


def sound(opened: Visit) -> None:
    """Check what holds on every page."""
    assert opened.axe_violations() == []
    assert opened.overflow_px == 0


def filled(template: Path, filled_in: Path, texts: Iterable[str]) -> None:
    """Write the rows of a template again, the areas of the first rooms replaced by texts."""
    with Session() as session:
        table = open_table(session, template, sheet="用房")
        place = table.headers.index(AREA)
        cells = ", ".join(f"c{n}" for n in range(len(table.headers)))
        rows = session.rows(
            f"SELECT {cells} FROM {table.relation} WHERE row_no > 3 ORDER BY row_no"
        )
    told = [list(row) for row in rows]
    for row, text in zip(told, texts, strict=False):
        row[place] = text
    write_workbook(filled_in, {"用房": SheetData(list(table.headers), told)})


def send(page: Page, file: Path) -> None:
    page.set_input_files("#id_file", file)
    page.get_by_role("button", name="检查文件").click()
    page.wait_for_url("**/intake/*-*/")


def test_a_clerk_goes_from_template_to_undoing(
    visit: Open, district: District, tmp_path: Path
) -> None:
    before = district.everything()
    opened = visit("/intake/", user=district.clerk)
    sound(opened)
    page = opened.page
    page.locator("a[href*='/intake/new/rooms/']").first.click()
    page.wait_for_url("**/intake/new/rooms/**")
    sound(opened)
    with page.expect_download() as download:
        page.locator("a[href*='template.xlsx']").click()
    template = tmp_path / "template.xlsx"
    download.value.save_as(template)

    faulty = tmp_path / "faulty.xlsx"
    filled(template, faulty, ["很大", "-5"])
    send(page, faulty)
    sound(opened)
    assert page.locator("[data-first-fault]").evaluate("e => e === document.activeElement")
    assert page.locator("tbody tr:not(.group-row)").count() == 2
    with page.expect_download() as download:
        page.locator("a[href$='marked.xlsx']").click()
    assert download.value.suggested_filename == "junheng-faults.xlsx"

    page.locator("a[href*='/intake/new/rooms/'].button-primary").click()
    page.wait_for_url("**/intake/new/rooms/**")
    mended = tmp_path / "mended.xlsx"
    filled(template, mended, ["1", "2"])
    send(page, mended)
    sound(opened)
    assert page.locator("#changes ins").all_inner_texts() == ["1", "2"]
    page.get_by_role("button", name="写入").click()
    page.locator(".progress").wait_for()
    sound(opened)
    run_worker(until_idle=True)
    page.locator("#outcome-heading").wait_for()
    sound(opened)
    assert page.locator("#effects-heading").is_visible()
    assert district.everything() != before

    page.locator("a[href$='/undo']").click()
    page.wait_for_url("**/undo")
    sound(opened)
    page.locator("form .button-danger").click()
    page.locator(".progress").wait_for()
    run_worker(until_idle=True)
    page.get_by_text("本次导入已撤销").wait_for()
    assert district.everything() == before


@pytest.mark.parametrize(("width", "language"), [(1440, "zh-hans"), (1024, "en"), (390, "zh-hans")])
def test_pages_are_sound_at_every_width(
    visit: Open, district: District, width: int, language: str
) -> None:
    rows = district.rows("rooms")
    changed = district.send("rooms", [{**row, "area_m2": "7"} for row in rows[:30]])
    faulty = district.send("pupils", [{**district.rows("pupils")[0], "sex_code": "？"}])
    applied = district.apply(district.send("grounds", [
        {**row, "area_m2": "11"} for row in district.rows("grounds")
    ]))  # fmt: skip
    room = rows[0]
    for path in (
        "/intake/",
        "/intake/new/pupils/",
        f"/intake/{changed.pk}/",
        f"/intake/{faulty.pk}/",
        f"/intake/{applied.pk}/",
        f"/intake/{applied.pk}/undo",
        f"/intake/rows/rooms/?key={room['room_id']}",
    ):
        opened = visit(path, width=width, language=language, user=district.world.officer)
        sound(opened)


def test_windows_of_changes_are_swapped_in(visit: Open, district: District) -> None:
    rows = [{**row, "name": "改名"} for row in district.rows("pupils")]
    source = district.send("pupils", rows)
    page = visit(f"/intake/{source.pk}/", user=district.world.officer).page
    page.evaluate("window.here = true")
    page.locator(".pager-next").click()
    page.wait_for_url("**page=2**")
    assert page.locator("#changes ins").count() == 100
    page.fill("#changes-text", str(rows[17]["pupil_id"]))
    page.keyboard.press("Enter")
    page.wait_for_url("**text=**")
    assert page.locator("#changes ins").count() == 1
    assert page.evaluate("window.here")
    page.locator("#changes tbody a").first.click()
    page.wait_for_url("**/intake/rows/pupils/**")


def test_a_clerk_of_another_school_finds_nothing(visit: Open, district: District) -> None:
    own = [r for r in district.rows("rooms") if r["school_id"] == district.school.identifier]
    source = district.send(
        "rooms", [{**own[0], "area_m2": "1"}], by=district.clerk, school=district.school
    )
    own_page = visit(f"/intake/{source.pk}/", user=district.clerk).page
    assert own_page.locator("#changes").is_visible()
    foreign = visit("/intake/", user=district.world.clerk).page
    response = foreign.request.get(own_page.url)
    assert response.status == 404
    assert source.file_name not in response.text()
