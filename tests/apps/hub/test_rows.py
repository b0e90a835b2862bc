"""Stored rows by the API: in reach, page by page, and people no easier than on the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.web.matrix.two_districts import ABROAD, OWN, PLACES, build, mark

from junheng.apps.audit.models import AuditEntry
from junheng.apps.foundation.scoping import everything
from junheng.apps.privacy.models import Disclosure

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import Settings
    from tests.web.matrix.two_districts import TwoDistricts

API = "/api/v1/datasets/"


@pytest.fixture
def districts(db: None) -> TwoDistricts:
    from tests.prepared import prepared

    return prepared("two districts of the api", build)


def asked(client: Client, reader: Any, dataset: str, **query: str | int) -> Any:
    """Return the reply to a question for rows in the name of somebody."""
    client.force_login(reader)
    return client.get(f"{API}{dataset}/rows", query, headers={"accept-language": "en"})


def test_pages_join_to_all_rows(client: Client, districts: TwoDistricts) -> None:
    officer = districts.readers["planning_officer"]
    found: list[str] = []
    after = ""
    for _ in range(10):
        page = asked(client, officer, "schools", first_year=2025, limit=1, after=after).json()
        found += [row["school_name"] for row in page["rows"]]
        after = page["next"]
        if after is None:
            break
    here = [place for place in PLACES if place != ABROAD]
    assert sorted(found) == sorted(f"学校{mark(place)}" for place in here)
    entry = AuditEntry.objects.filter(act="export").first()
    assert entry is not None
    assert (entry.kind, entry.n_rows) == ("dataset:schools", 1)


def test_a_school_reads_its_own(client: Client, districts: TwoDistricts) -> None:
    reply = asked(client, districts.readers["head"], "schools", first_year=2025)
    assert [row["school_name"] for row in reply.json()["rows"]] == [f"学校{mark(OWN)}"]


def test_people_are_masked_and_counted(client: Client, districts: TwoDistricts) -> None:
    officer = districts.readers["supervision_officer"]
    assert asked(client, officer, "pupils").status_code == 422
    reply = asked(client, officer, "pupils", purpose="inspection", limit=2)
    assert reply.status_code == 200, reply.text
    assert all("*" in row["name"] for row in reply.json()["rows"])
    with everything(reason="test"):
        noted = Disclosure.objects.get()
    assert (noted.n_rows, noted.purpose) == (2, "inspection")


def test_small_pages_are_no_way_around_the_second_person(
    client: Client, districts: TwoDistricts, settings: Settings
) -> None:
    settings.EXPORT_ROWS_ALONE = 3
    officer = districts.readers["supervision_officer"]
    first = asked(client, officer, "pupils", purpose="inspection", limit=2)
    after = first.json()["next"]
    reply = asked(client, officer, "pupils", purpose="inspection", limit=2, after=after)
    assert reply.status_code == 403
    assert "second person" in reply.json()["detail"]


@pytest.mark.parametrize("reader", ["class_teacher", "bureau_leader", "integration", "it_officer"])
def test_who_may_not_take_people_out_finds_nothing(
    client: Client, districts: TwoDistricts, reader: str
) -> None:
    reply = asked(client, districts.readers[reader], "pupils", purpose="inspection")
    assert reply.status_code == 404


@pytest.mark.parametrize("after", ["x", "WzFd", "e30="])
def test_a_wrong_next_is_told(client: Client, districts: TwoDistricts, after: str) -> None:
    reply = asked(client, districts.readers["planning_officer"], "schools", after=after)
    assert reply.status_code == 422
