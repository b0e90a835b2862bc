"""Personal values shown in full and handed out: a purpose, a limit, a second person, a record."""

from __future__ import annotations

import zipfile
from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.apps.intake.district import as_csv
from tests.apps.privacy.conftest import IDENTITY, REGISTER, School, signed_in
from tests.world import change

from junheng.apps.audit.models import AuditEntry
from junheng.apps.foundation import clock, policies
from junheng.apps.foundation.scoping import everything
from junheng.apps.intake.models import Import
from junheng.apps.privacy.disclosures import Asked, export_ask, request_decide, request_fetch
from junheng.apps.privacy.models import Disclosure, ExportRequest, RequestState
from junheng.apps.privacy.policies import ExportRequestPolicy
from junheng.errors import DataError, NotAllowed, NotFound

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django.fixtures import Settings

ROW = urlencode({"key": ["P1", "2024-09-01"], "year": 2025}, doseq=True)
TEMPLATE = "/intake/new/pupils/template.xlsx?year=2025"


def entries(act: str) -> list[AuditEntry]:
    with everything(reason="test"):
        return list(AuditEntry.objects.filter(act=act))


def texts_of(workbook: bytes) -> str:
    with zipfile.ZipFile(BytesIO(workbook)) as file:
        return "".join(file.read(name).decode() for name in file.namelist() if "xml" in name)


# --- shown in full --------------------------------------------------------------------------------


def test_it_works(client: Client, school: School) -> None:
    clerk = signed_in(client, school.world.clerk)
    page = clerk.get(f"/intake/rows/pupils/?{ROW}").text
    assert IDENTITY not in page
    answer = clerk.post(f"/intake/rows/pupils/unmask?{ROW}", {"purpose": "correct"})
    assert IDENTITY in answer.text
    assert REGISTER in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    (entry,) = entries("unmask")
    assert (entry.kind, entry.purpose, entry.n_rows) == ("dataset:pupils", "correct", 1)
    assert "P1" in entry.keys
    assert IDENTITY not in clerk.get(f"/intake/rows/pupils/?{ROW}").text


@pytest.mark.parametrize("purpose", ["", "curiosity"])
def test_nothing_is_shown_without_a_purpose(client: Client, school: School, purpose: str) -> None:
    clerk = signed_in(client, school.world.clerk)
    answer = clerk.post(f"/intake/rows/pupils/unmask?{ROW}", {"purpose": purpose})
    assert answer.status_code == 400
    assert IDENTITY not in answer.text
    assert not entries("unmask")


def test_a_day_has_a_limit(client: Client, school: School, settings: Settings) -> None:
    settings.UNMASK_PER_DAY = 1
    clerk = signed_in(client, school.world.clerk)
    address = f"/intake/rows/pupils/unmask?{ROW}"
    assert clerk.post(address, {"purpose": "correct"}).status_code == 200
    assert clerk.post(address, {"purpose": "correct"}).status_code == 403
    with everything(reason="test"):
        Disclosure.objects.update(at=clock.now() - timedelta(days=1))
    assert clerk.post(address, {"purpose": "correct"}).status_code == 200


def test_a_second_factor_comes_first(client: Client, school: School, settings: Settings) -> None:
    settings.SECOND_FACTOR_ASKED = True
    clerk = signed_in(client, school.world.clerk)
    for address in (f"/intake/rows/pupils/unmask?{ROW}", TEMPLATE):
        answer = clerk.post(address, {"purpose": "correct"})
        assert (answer.status_code, answer.headers["Location"]) == (302, "/me/factor/")
    assert not entries("unmask")
    assert not entries("export")


def test_another_school_finds_no_such_row(client: Client, school: School) -> None:
    other = signed_in(client, school.world.other_head)
    answer = other.post(f"/intake/rows/pupils/unmask?{ROW}", {"purpose": "correct"})
    assert answer.status_code == 404
    assert not entries("unmask")


# --- handed out -----------------------------------------------------------------------------------


def test_a_workbook_without_purpose_holds_nobody(client: Client, school: School) -> None:
    clerk = signed_in(client, school.world.clerk)
    assert IDENTITY not in texts_of(clerk.get(TEMPLATE).content)
    assert clerk.post(TEMPLATE, {"purpose": ""}).status_code == 400
    assert not entries("export")


def test_a_workbook_is_marked_recorded_and_read_again(client: Client, school: School) -> None:
    clerk = signed_in(client, school.world.clerk)
    content = clerk.post(TEMPLATE, {"purpose": "correct"}).content
    told = texts_of(content)
    assert IDENTITY in told
    assert "About this export" in told
    # On the first sheet, and in the footer of both sheets.
    assert told.count("Check and correct register or personnel records") >= 3
    assert told.count("<oddFooter>&amp;Lclerk · ") == 2
    (entry,) = entries("export")
    assert (entry.purpose, entry.n_rows) == ("correct", 2)
    for dataset in ("pupils", "all"):
        file = SimpleUploadedFile("template.xlsx", content)
        sent = clerk.post(f"/intake/new/{dataset}/", {"file": file, "year": "2025"})
        assert sent.status_code == 302, sent.text
        page = clerk.get(sent.headers["Location"]).text
        assert "There is nothing to apply." in page, page[page.index("<main") :]
    with everything(reason="test"):
        assert Import.objects.count() == 2


def test_many_rows_wait_for_a_second_person(
    client: Client, school: School, settings: Settings
) -> None:
    settings.EXPORT_ROWS_ALONE = 1
    clerk = signed_in(client, school.world.clerk)
    assert clerk.post(TEMPLATE, {"purpose": "correct"}).status_code == 302
    assert "Waiting for approval" in clerk.get("/privacy/exports/").text
    with everything(reason="test"):
        (found,) = ExportRequest.objects.all()
    fetch, decide = (f"/privacy/exports/{found.pk}/{act}" for act in ("fetch", "decide"))
    assert clerk.post(fetch).status_code == 403
    assert clerk.post(decide, {"act": "approve"}).status_code == 403
    head = signed_in(client, school.world.head)
    assert (
        "1 exports of personal data wait for your decision." in head.get("/privacy/exports/").text
    )
    assert head.post(decide, {"act": "approve"}).status_code == 302
    assert head.post(fetch).status_code == 403
    clerk = signed_in(client, school.world.clerk)
    content = clerk.post(fetch).content
    assert IDENTITY in texts_of(content)
    assert clerk.post(fetch).status_code == 403
    assert [entry.n_rows for entry in entries("export")] == [2]
    assert len(entries("decide")) == 1


def test_a_refused_or_old_approval_gives_nothing(school: School, settings: Settings) -> None:
    settings.EXPORT_ROWS_ALONE = 0
    world, now = school.world, clock.now()
    clerk, head = world.reader(world.clerk), world.reader(world.head)
    asked = Asked(world.bureau.pk, world.primary.pk, "pupils", 2025)
    with everything(reason="test"):
        first = export_ask(clerk, asked, purpose="correct", n_rows=2, now=now)
        again = export_ask(clerk, asked, purpose="correct", n_rows=2, now=now)
        assert first
        assert again == first
        request_decide(head, first.pk, is_approved=False, now=now)
        with pytest.raises(NotAllowed):
            request_fetch(clerk, first.pk, n_rows=2, now=now)
        with pytest.raises(DataError):
            request_decide(head, first.pk, is_approved=True, now=now)
        second = export_ask(clerk, asked, purpose="correct", n_rows=2, now=now)
        assert second
        request_decide(head, second.pk, is_approved=True, now=now)
        with pytest.raises(NotAllowed):
            request_fetch(clerk, second.pk, n_rows=2, now=now + timedelta(days=3))
        request_fetch(clerk, second.pk, n_rows=2, now=now + timedelta(days=2))
        second.refresh_from_db()
    assert second.state == RequestState.FETCHED


def test_requests_are_seen_by_asker_and_approvers(school: School, settings: Settings) -> None:
    settings.EXPORT_ROWS_ALONE = 0
    world = school.world
    asked = Asked(world.bureau.pk, world.primary.pk, "pupils", 2025)
    readers = [world.reader(user) for user in world.people]
    with everything(reason="test"):
        found = export_ask(
            world.reader(world.clerk), asked, purpose="correct", n_rows=2, now=clock.now()
        )
        every = ExportRequest.objects.all()
        assert policies.disagreements(ExportRequestPolicy(), readers, every) == []
        assert found
        for user in (world.other_head, world.outsider, world.administrator):
            with pytest.raises(NotFound):
                request_decide(world.reader(user), found.pk, is_approved=True, now=clock.now())


def test_a_formula_in_a_name_stays_a_text(client: Client, school: School) -> None:
    row = school.pupils[0]
    change(school.place, "pupils", [(row, {**row, "name": "=HYPERLINK(1)"})])
    clerk = signed_in(client, school.world.clerk)
    told = texts_of(clerk.post(TEMPLATE, {"purpose": "correct"}).content)
    assert "=HYPERLINK(1)" in told
    assert "<f>" not in told


def test_a_file_goes_back_to_whoever_may_mend_it(client: Client, school: School) -> None:
    wrong = {**school.pupils[0], "sex_code": "X"}
    clerk = signed_in(client, school.world.clerk)
    file = SimpleUploadedFile("pupils.csv", as_csv("pupils", [wrong]))
    sent = clerk.post("/intake/new/pupils/", {"file": file, "year": "2025"})
    marked = f"{sent.headers['Location']}marked.xlsx"
    assert IDENTITY in texts_of(clerk.get(marked).content)
    # The bureau's leaders look at imports, with people masked.
    assert signed_in(client, school.world.director).get(marked).status_code == 403
