"""Papers of the district: made by a job, kept, listed, fetched by the bureau alone."""

from __future__ import annotations

from hashlib import sha256
from html import unescape
from typing import TYPE_CHECKING

import pytest
from tests.apps.balance.tables import publish
from tests.apps.reports.pages import text_of, unpacked

from junheng.apps.foundation.scoping import everything
from junheng.apps.jobs.api import run_worker
from junheng.apps.reports.models import Paper
from junheng.apps.reports.rules import paper_kinds

if TYPE_CHECKING:
    from django.test import Client
    from tests.world import World

    from junheng.apps.balance.api import Assessment

pytestmark = pytest.mark.django_db
TOKEN = "6f0d5f3e-0d7f-4a06-9f5e-3f2d0f5c7c11"


def made_of(client: Client, made: Assessment, kind: str, form: str) -> Paper:
    """Have a paper made in the name of whoever is signed in."""
    chosen = {"kind": kind, "form": form, "token": TOKEN}
    reply = client.post(f"/reports/{made.pk}/make", chosen)
    assert reply.status_code == 302
    assert run_worker(until_idle=True) == 1
    assert client.get(reply.headers["Location"]).headers["Location"].startswith("/reports/")
    with everything(reason="test"):
        return Paper.objects.get(kind=kind, form=form)


def test_notices_of_all_schools_are_one_file(client: Client, world: World) -> None:
    made = publish(world)
    client.force_login(world.officer)
    paper = made_of(client, made, "notice", "zip")
    page = client.get(f"/reports/{made.pk}/")
    assert paper.file_name in page.text
    assert paper.data_digest[:16] in page.text
    client.force_login(world.director)
    content = client.get(f"/reports/papers/{paper.pk}").content
    assert sha256(content).hexdigest() == paper.sha256
    files = unpacked(content)
    assert list(files) == [
        "001 样例第一小学 学校结果告知单.pdf",
        "002 样例九年一贯制学校 学校结果告知单.pdf",
        "003 样例第三小学 学校结果告知单.pdf",
        "004 样例第四小学 学校结果告知单.pdf",
    ]
    for name, pages in files.items():
        assert name.split()[1] in text_of(pages)


def test_the_same_page_sent_twice_is_one_job(client: Client, world: World) -> None:
    made = publish(world)
    client.force_login(world.officer)
    chosen = {"kind": "confirmation", "form": "zip", "token": TOKEN}
    first, second = (client.post(f"/reports/{made.pk}/make", chosen) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert run_worker(until_idle=True) == 1
    with everything(reason="test"):
        assert Paper.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "form"), [("notice", "docx"), ("secrets", "pdf"), ("", ""), ("notice", "exe")]
)
def test_what_there_is_not_is_refused(client: Client, world: World, kind: str, form: str) -> None:
    made = publish(world)
    client.force_login(world.officer)
    reply = client.post(f"/reports/{made.pk}/make", {"kind": kind, "form": form, "token": TOKEN})
    assert reply.status_code == 400
    assert run_worker(until_idle=True) == 0


def test_only_the_bureau_makes_and_fetches(client: Client, world: World) -> None:
    made = publish(world)
    client.force_login(world.officer)
    paper = made_of(client, made, "confirmation", "zip")
    for user in (world.head, world.clerk, world.outsider, world.administrator):
        client.force_login(user)
        assert client.get(f"/reports/papers/{paper.pk}").status_code == 404
        assert client.get(f"/reports/{made.pk}/").status_code == 404
        assert client.post(f"/reports/{made.pk}/make", {}).status_code == 404


def test_home_leads_everybody_to_what_is_theirs(client: Client, world: World) -> None:
    client.force_login(world.officer)
    assert "暂无文书" in client.get("/reports/").text
    made = publish(world)
    assert client.get("/reports/").headers["Location"] == f"/reports/{made.pk}/"
    client.force_login(world.head)
    own = client.get("/reports/").text
    assert f"/reports/{made.pk}/schools/{world.primary.pk}/confirmation" in own
    assert f"/schools/{world.nine_year.pk}/" not in own


def test_the_list_shows_every_kind_in_both_languages(client: Client, world: World) -> None:
    made = publish(world)
    client.force_login(world.director)
    for cookie, language in (("zh-hans", "zh"), ("en", "en")):
        client.cookies["language"] = cookie
        page = unescape(client.get(f"/reports/{made.pk}/").text)
        for kind in paper_kinds().values():
            assert kind.name.of(language) in page
            assert kind.purpose.of(language) in page


def test_every_kind_can_be_written() -> None:
    from junheng.apps.reports import written

    of_school = {kind.id for kind in paper_kinds().values() if kind.is_of_school}
    assert of_school == set(written.OF_SCHOOL)
    assert set(paper_kinds()) - of_school == set(written.OF_DISTRICT)
