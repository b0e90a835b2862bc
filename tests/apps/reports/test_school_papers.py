"""Papers of one school: the confirmation sheet and the notice, for the bureau and the school."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.apps.balance.tables import A, B, C, D, changed, publish
from tests.apps.reports.pages import n_pages, text_of

from junheng.apps.balance.api import units_visible_to
from junheng.apps.foundation.scoping import everything, within
from junheng.apps.reports.basis import data_digest, district_basis, school_basis
from junheng.errors import DataError, NotFound

if TYPE_CHECKING:
    from django.test import Client
    from tests.world import World

    from junheng.apps.accounts.models import User
    from junheng.apps.balance.api import Assessment

pytestmark = pytest.mark.django_db


def fetched(client: Client, user: User, made: Assessment, school_id: int, paper: str) -> bytes:
    client.force_login(user)
    reply = client.get(f"/reports/{made.pk}/schools/{school_id}/{paper}")
    assert reply.status_code == 200
    assert reply.headers["Content-Type"] == "application/pdf"
    assert "attachment" in reply.headers["Content-Disposition"]
    return bytes(reply.content)


def digest_of(world: World, made: Assessment, school_id: int) -> str:
    with within(world.reader(world.officer).scope):
        return data_digest(
            made, school_basis(world.reader(world.officer), made.pk, school_id).units
        )


def test_the_sheet_holds_figures_places_to_sign_and_the_digest(
    client: Client, world: World
) -> None:
    made = publish(world)
    content = fetched(client, world.head, made, world.primary.pk, "confirmation")
    found = text_of(content)
    for said in (
        "义务教育优质均衡发展学校数据确认表", "样例第一小学", "2153000001", "小学：在校生1200人",
        "每百名学生拥有高于规定学历教师数", "高于规定学历教师数60人", "5.00", "≥4.2",
        # 11 teachers for 1200 pupils: 0.91666...
        "0.92", "运动场地面积8400平方米", "7.00", "未达标（≥85%）",
        "填表人（签字）", "校长（签字）", "学校（公章）", digest_of(world, made, world.primary.pk),
    ):  # fmt: skip
        assert said in found, said
    assert n_pages(content) == 1


def test_the_sheet_is_chinese_and_the_notice_speaks_the_language(
    client: Client, world: World
) -> None:
    made = publish(world)
    client.cookies["language"] = "en"
    sheet = text_of(fetched(client, world.head, made, world.primary.pk, "confirmation"))
    assert "数据确认表" in sheet
    notice = text_of(fetched(client, world.head, made, world.primary.pk, "notice"))
    assert "SamplePrimarySchool1" in notice
    assert "Noticeofresults" in notice


def test_the_notice_tells_what_is_missing_in_its_own_unit(client: Client, world: World) -> None:
    made = publish(world)
    content = fetched(client, world.officer, made, world.nine_year.pk, "notice")
    found = text_of(content)
    # School B of the worked district: its four gaps stand on the domain page.
    for lack in ("还差1人", "还差160平方米", "还差40000元", "还差1间", "未达标"):
        assert lack in found, lack
    assert "样例第一小学" not in found
    assert n_pages(content) == 1


def test_a_school_with_two_stages_has_one_page(client: Client, world: World) -> None:
    junior = changed(B, unit_id="BJ", stage="junior")
    made = publish(world, (A, B, junior, C, D))
    for paper in ("confirmation", "notice"):
        content = fetched(client, world.other_head, made, world.nine_year.pk, paper)
        assert n_pages(content) == 1
        assert "初中" in text_of(content)


def test_the_digest_is_of_the_figures_and_changes_with_each(world: World) -> None:
    made = publish(world)
    reader = world.reader(world.officer)
    with within(reader.scope):
        units = units_visible_to(reader, made)
    before = data_digest(made, units)
    assert data_digest(made, units[::-1]) == before
    units[0].facts["media_rooms"] = "29"
    assert data_digest(made, units) != before


def test_a_figure_that_is_missing_is_a_dash(client: Client, world: World) -> None:
    made = publish(world, (changed(A, media_rooms=""), B, C, D))
    found = text_of(fetched(client, world.head, made, world.primary.pk, "confirmation"))
    assert "网络多媒体教室数–间" in found
    assert "缺数据" in found


def test_others_find_nothing(client: Client, world: World) -> None:
    made = publish(world)
    for user in (world.other_head, world.outsider, world.administrator):
        client.force_login(user)
        for paper in ("confirmation", "notice"):
            reply = client.get(f"/reports/{made.pk}/schools/{world.primary.pk}/{paper}")
            assert reply.status_code == 404


def test_what_is_no_paper_of_a_school_is_not_found(client: Client, world: World) -> None:
    made = publish(world)
    client.force_login(world.officer)
    for paper in ("briefing", "secrets"):
        reply = client.get(f"/reports/{made.pk}/schools/{world.primary.pk}/{paper}")
        assert reply.status_code == 404


def test_a_withdrawn_assessment_gives_no_papers(world: World) -> None:
    made = publish(world)
    with everything(reason="test"):
        made.state = "withdrawn"
        made.withdrawn_at, made.withdrawn_why = made.created_at, "test"
        made.save()
    reader = world.reader(world.officer)
    with within(reader.scope):
        with pytest.raises(DataError, match="withdrawn"):
            district_basis(reader, made.pk)
        with pytest.raises(NotFound):
            school_basis(reader, made.pk, world.elsewhere.pk)
