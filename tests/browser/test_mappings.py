"""An officer puts a moved column of a register export right, in a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.apps.intake.district import make
from tests.apps.intake.test_mappings import MOVED, PAGE, export

if TYPE_CHECKING:
    from pathlib import Path

    from tests.apps.intake.district import District
    from tests.browser.conftest import Open, Visit

pytestmark = pytest.mark.browser


@pytest.fixture
def district(transactional_db: None) -> District:
    return make()


def sound(opened: Visit) -> None:
    """Check what holds on every page."""
    assert opened.axe_violations() == []
    assert opened.overflow_px == 0


@pytest.mark.parametrize("width", [1440, 390])
def test_a_moved_column_is_put_right(
    visit: Open, district: District, tmp_path: Path, width: int
) -> None:
    file = tmp_path / "学籍导出.csv"
    file.write_bytes(export(就读方式=MOVED).read())
    opened = visit("/intake/mappings/", width=width, user=district.world.officer)
    sound(opened)
    page = opened.page
    page.locator(f"a[href^='{PAGE}']").click()
    page.wait_for_url(f"**{PAGE}*")
    sound(opened)
    page.set_input_files("#id_file", file)
    page.get_by_role("button", name="读取导出文件").click()
    page.get_by_text("缺少必需列 1 个").wait_for()
    sound(opened)
    page.locator("select[name='column-is_boarder']").select_option(MOVED)
    page.get_by_role("button", name="按所选列重新读取").click()
    page.get_by_text("缺少必需列 0 个").wait_for()
    page.get_by_role("button", name="保存为本单位版本").click()
    page.get_by_role("button", name="查看将要发生的变动").wait_for()
    sound(opened)
