"""The district page: one sentence, what stands in the way, filters, the years, the workbook."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from python_calamine import CalamineWorkbook
from tests.apps.balance.tables import HEADERS, A, B, C, D, as_csv, changed, check, publish

from junheng.apps.balance.api import upload_apply
from junheng.apps.foundation.scoping import everything

if TYPE_CHECKING:
    from django.test import Client
    from tests.world import World


NAMES = {
    "A": "Sample Primary School 1",
    "B": "Sample Nine-Year School",
    "C": "样例第三小学",
    "D": "样例第四小学",
}


@pytest.fixture
def director(client: Client, world: World) -> Client:
    """The browser of the director, in English."""
    client.force_login(world.director)
    client.cookies["language"] = "en"
    return client


def test_it_works(director: Client, world: World) -> None:
    made = publish(world)
    page = director.get(f"/balance/{made.pk}/").text
    # B misses R3, R4, R6, R7 and C misses R2, R3.
    assert (
        "4 stage units of 4 schools are assessed, 2 pass; 2 units with 6 shortfalls stand between"
        in page
    )
    assert "7 of 7 coefficients between schools are within limits" in page
    assert page.count("Not yet assessed here") == 3


def test_it_is_chinese_unless_asked_otherwise(client: Client, world: World) -> None:
    made = publish(world)
    client.force_login(world.director)
    page = client.get(f"/balance/{made.pk}/").text
    assert "纳入评估 4 校 4 个校段，2 个达标；距全区达标还差 2 个校段、6 项缺口。" in page


def test_a_district_that_passes_says_so(director: Client, world: World) -> None:
    made = publish(world, [A, D])
    page = director.get(f"/balance/{made.pk}/").text
    assert "All 2 assessed stage units of 2 schools pass." in page


def test_missing_data_are_not_failure(director: Client, world: World) -> None:
    made = publish(world, [A, changed(D, media_rooms="")])
    page = director.get(f"/balance/{made.pk}/").text
    assert "1 cannot be judged until missing data are supplied" in page
    assert "1 unit left out: data missing" in page


def test_who_is_left_out_is_said_with_the_reason(director: Client, world: World) -> None:
    point = changed(D, kind="teaching_point", pupils="49")
    made = publish(world, [A, point])
    page = director.get(f"/balance/{made.pk}/").text
    assert "1 unit is not assessed: Teaching points with fewer than 50 pupils" in page


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", "BC"),
        ("?show=all", "ABCD"),
        ("?show=pass", "AD"),
        ("?show=all&text=第三", "C"),
        ("?show=all&stage=junior", ""),
        ("?show=nonsense&sort=nonsense", "BC"),
    ],
)
def test_filters_choose_the_units(director: Client, world: World, query: str, shown: str) -> None:
    made = publish(world)
    page = director.get(f"/balance/{made.pk}/{query}").text
    table = page.partition('id="units"')[2].partition("</section>")[0]
    assert {unit for unit, name in NAMES.items() if name in table} == set(shown)


def test_the_most_shortfalls_stand_first(director: Client, world: World) -> None:
    made = publish(world, [C, B])
    table = director.get(f"/balance/{made.pk}/").text.partition('id="units"')[2]
    assert table.index(NAMES["B"]) < table.index(NAMES["C"])


def test_the_years_stand_side_by_side(director: Client, world: World) -> None:
    before = publish(world, year=2024)
    made = publish(world, [A, D], year=2025)
    page = director.get(f"/balance/{made.pk}/").text
    assert f'href="/balance/{before.pk}/"' in page
    assert "Stage units assessed and passing" in page


def test_schools_without_a_position_have_no_map(director: Client, world: World) -> None:
    made = publish(world, [C, D])
    assert "No map yet" in director.get(f"/balance/{made.pk}/").text


def test_a_rule_set_that_judges_no_unit_says_so(director: Client, world: World) -> None:
    more = ("computers", "books", "teachers", "teachers_mid_title")
    rows = [(*row, "120", "30000", "80", "40") for row in (A, B)]
    upload = check(world, as_csv(rows, (*HEADERS, *more)), rules="cn-2012-basic@2026.1")
    with everything(reason="test"):
        made = upload_apply(upload_id=str(upload.pk), by=world.officer.pk)
    page = director.get(f"/balance/{made.pk}/").text
    assert "this rule set judges no single unit" in page
    assert "1 of 1 coefficients" in page
    school = director.get(f"/balance/{made.pk}/schools/{world.primary.pk}/").text
    assert "this rule set judges no single unit" in school


def test_the_workbook_holds_what_the_page_shows(director: Client, world: World) -> None:
    made = publish(world)
    reply = director.get(f"/balance/{made.pk}/workbook")
    assert reply["Content-Disposition"].endswith('.xlsx"')
    book = CalamineWorkbook.from_filelike(io.BytesIO(reply.content))
    rows = book.get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows[1:]] == ["A", "B", "C", "D"]
    assert rows[2][rows[0].index("Pupils")] == 800


def test_a_withdrawn_assessment_says_so_and_stays_readable(client: Client, world: World) -> None:
    before, made = publish(world), publish(world, [A, D])
    client.force_login(world.officer)
    client.cookies["language"] = "en"
    address = f"/balance/{made.pk}/withdraw"
    assert "This field is required" in client.post(address, {"why": " "}).text
    assert client.post(address, {"why": "wrong file"}).status_code == 302
    assert "wrong file" in client.get(f"/balance/{made.pk}/").text
    assert client.get("/work/").headers["Location"] == f"/balance/{before.pk}/"
    listed = client.get("/balance/").text
    assert "withdrawn" in listed
    assert client.post(address, {"why": "again"}).status_code == 403
