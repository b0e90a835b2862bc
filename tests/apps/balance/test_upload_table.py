"""A table on its way in: checked, compared, applied by a job, counted once."""

from __future__ import annotations

import csv
import html
import io
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.apps.balance.tables import RULES, WORKED, A, B, C, D, as_csv, changed, publish
from tests.apps.balance.tables import check_anew as check
from tests.engine.store import xls_writer

from junheng.apps.balance.api import uploads_clean_up
from junheng.apps.balance.models import AssessedUnit, Assessment, Upload, UploadState
from junheng.apps.balance.tasks import apply_upload
from junheng.apps.foundation import clock, journal
from junheng.apps.foundation.scoping import everything
from junheng.apps.jobs.api import run_worker
from junheng.apps.registry.api import School

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client
    from tests.world import World

UPLOAD = "/balance/upload/"


@dataclass(frozen=True)
class Reply:
    """What came back: the status and the text of the last page."""

    status_code: int
    text: str


def send(client: Client, world: World, content: bytes, name: str = "table.csv") -> Reply:
    """Send a table as the upload form does."""
    form = {
        "file": SimpleUploadedFile(name, content),
        "bureau": world.bureau.pk,
        "school_year": 2025,
        "statistics_date": "2025-09-01",
        "ruleset": RULES,
    }
    reply = client.post(UPLOAD, form, follow=True)
    return Reply(reply.status_code, reply.text)


@pytest.fixture
def officer(client: Client, world: World) -> Client:
    """The browser of the supervision officer, in English."""
    client.force_login(world.officer)
    client.cookies["language"] = "en"
    return client


def test_it_works(officer: Client, world: World, transactional_db: None) -> None:
    page = send(officer, world, as_csv(WORKED))
    assert "4 stage units of 4 schools" in page.text
    with everything(reason="test"):
        upload = Upload.objects.get()
        assert Assessment.objects.count() == 0
    officer.post(f"{UPLOAD}{upload.pk}/apply")
    assert run_worker(until_idle=True) == 1
    assert "What changed because of you" in officer.get(f"{UPLOAD}{upload.pk}/").text
    with everything(reason="test"):
        found = Assessment.objects.get()
        verdicts = dict(AssessedUnit.objects.values_list("unit_id", "verdict"))
        assert Upload.objects.get().content == ""
    assert (found.verdict, found.n_pass, found.n_fail, found.n_beyond) == ("not_met", 2, 2, 0)
    assert verdicts == {"A": "pass", "B": "fail", "C": "fail", "D": "pass"}


def as_xls(table: bytes) -> bytes:
    """Return a table as an old workbook, figures as numbers."""
    records = [
        xls_writer.number(r, c, float(text)) if text.isdecimal() else xls_writer.label(r, c, text)
        for r, row in enumerate(csv.reader(io.StringIO(table.decode("utf-8-sig"))))
        for c, text in enumerate(row)
    ]
    return xls_writer.Book([xls_writer.Sheet("学校", records)]).file()


def as_html(table: bytes) -> bytes:
    """Return a table as the page that many systems give out under the ending .xls."""
    rows = csv.reader(io.StringIO(table.decode("utf-8-sig")))
    lines = ["".join(f"<td>{html.escape(text)}</td>" for text in row) for row in rows]
    return f"<html><table><tr>{'</tr><tr>'.join(lines)}</tr></table></html>".encode()


@pytest.mark.parametrize(
    ("name", "form"), [("table.xls", as_xls), ("table.xls", as_html), ("table.html", as_html)]
)
def test_an_export_of_another_system_is_read(
    officer: Client, world: World, name: str, form: Callable[[bytes], bytes]
) -> None:
    ending = f".{name.partition('.')[2]}"
    assert ending in officer.get(UPLOAD).text.partition('accept="')[2].partition('"')[0].split(",")
    page = send(officer, world, form(as_csv(WORKED)), name)
    assert (page.status_code, "4 stage units of 4 schools" in page.text) == (200, True)


def test_facts_and_gaps_are_those_of_the_table(world: World) -> None:
    publish(world)
    with everything(reason="test"):
        units = {unit.unit_id: unit for unit in AssessedUnit.objects.all()}
    assert units["A"].facts["equipment_yuan"] == "2760000"
    assert {i: c["gap"] for i, c in units["B"].cells.items() if c["gap"]} == {
        "R3": 1,
        "R4": 160,
        "R6": 40_000,
        "R7": 1,
    }
    assert {i: c["gap"] for i, c in units["C"].cells.items() if c["gap"]} == {"R2": 1, "R3": 1}
    assert [unit.row_no for unit in units.values()] == [2, 3, 4, 5]


def test_unknown_schools_enter_the_registry_and_known_ones_keep_their_kind(world: World) -> None:
    publish(world)
    with everything(reason="test"):
        kinds = dict(School.objects.filter(bureau=world.bureau).values_list("identifier", "kind"))
    assert kinds["2153000011"] == "primary"
    assert kinds["3153000002"] == "nine_year"


def test_the_assessment_is_in_the_journal(world: World) -> None:
    made = publish(world)
    entry = journal.history(made).get()
    assert entry.who_id == world.officer.pk
    assert (journal.values(entry.new) or {})["source_sha256"] == made.source_sha256


def test_a_second_table_stands_beside_the_first(world: World) -> None:
    first, second = publish(world), publish(world, [A, D])
    with everything(reason="test"):
        assert Assessment.objects.count() == 2
        assert AssessedUnit.objects.filter(assessment=first).count() == 4
    assert second.verdict == "met"


def test_the_preview_tells_new_changed_unchanged_and_gone(world: World) -> None:
    publish(world)
    new = changed(D, unit_id="E", school_id="2153000013", school_name="样例第五小学")
    upload = check(world, as_csv([A, changed(B, media_rooms="30"), C, new]))
    assert upload.preview is not None
    kinds = {row["unit_id"]: row["kind"] for row in upload.preview["rows"]}
    assert kinds == {"A": "same", "B": "changed", "C": "same", "D": "gone", "E": "new"}
    figures = next(row["figures"] for row in upload.preview["rows"] if row["unit_id"] == "B")
    assert ["18", "30"] in figures


def test_the_same_figure_written_otherwise_is_unchanged(world: World) -> None:
    publish(world)
    upload = check(world, as_csv([changed(A, teaching_area_m2="5640.00"), B, C, D]))
    assert upload.preview is not None
    assert upload.preview["kinds"] == {"same": 4}


def test_units_that_turn_are_named_after_applying(officer: Client, world: World) -> None:
    publish(world)
    better = changed(C, teachers_backbone="5")
    upload = check(world, as_csv([A, B, better, D]))
    apply_upload.call(upload_id=str(upload.pk), user_id=world.officer.pk)
    page = officer.get(f"{UPLOAD}{upload.pk}/")
    assert "样例第三小学" in page.text
    assert "样例第四小学" not in page.text


def test_applying_twice_makes_one_assessment(world: World) -> None:
    upload = check(world, as_csv(WORKED))
    first, second = (
        apply_upload.call(upload_id=str(upload.pk), user_id=world.officer.pk) for _ in range(2)
    )
    assert first == second
    with everything(reason="test"):
        assert Assessment.objects.count() == 1


def test_a_kill_in_the_middle_leaves_nothing_half_written(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = check(world, as_csv(WORKED))

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("junheng.apps.balance.publishing._dispersion", killed)
    with pytest.raises(KeyboardInterrupt):
        apply_upload.call(upload_id=str(upload.pk), user_id=world.officer.pk)
    with everything(reason="test"):
        assert Assessment.objects.count() == 0
        assert AssessedUnit.objects.count() == 0
        assert not School.objects.filter(identifier="2153000011").exists()
        upload.refresh_from_db()
    assert upload.state == UploadState.CHECKED
    monkeypatch.undo()
    apply_upload.call(upload_id=str(upload.pk), user_id=world.officer.pk)
    with everything(reason="test"):
        assert Assessment.objects.count() == 1


def test_a_discarded_table_cannot_be_applied(officer: Client, world: World) -> None:
    upload = check(world, as_csv(WORKED))
    officer.post(f"{UPLOAD}{upload.pk}/discard")
    assert officer.post(f"{UPLOAD}{upload.pk}/apply").status_code == 400
    with everything(reason="test"):
        upload.refresh_from_db()
    assert (upload.state, upload.content) == (UploadState.DISCARDED, "")


def test_the_file_lies_encrypted_and_not_for_longer_than_a_week(world: World) -> None:
    upload = check(world, as_csv(WORKED))
    applied = publish(world)
    with everything(reason="test"):
        assert uploads_clean_up(now=clock.now() + timedelta(days=6)) == 0
        assert uploads_clean_up(now=clock.now() + timedelta(days=8)) == 1
        assert not Upload.objects.filter(pk=upload.pk).exists()
        assert Upload.objects.get().assessment_id == applied.pk


def test_the_database_does_not_show_the_file(world: World) -> None:
    from django.db import connection

    check(world, as_csv(WORKED))
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM balance_upload")
        (content,) = cursor.fetchone()
    assert content.startswith("test:")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_template_reads_back_as_an_empty_table(
    officer: Client, world: World, kind: str
) -> None:
    content = officer.get(f"{UPLOAD}template.{kind}").content
    page = send(officer, world, content, name=f"template.{kind}")
    assert "faults" in page.text
    with everything(reason="test"):
        upload = Upload.objects.get()
    # The one fault of an empty template is that no row was filled in.
    assert upload.n_faults == 1


def test_a_filled_template_is_read(officer: Client, world: World) -> None:
    header = officer.get(f"{UPLOAD}template.csv").content
    row = ["A", "2153000001", "样例第一小学", "", "小学", "普通学校", "1200"]
    row += ["60", "18", "11", "5640", "0", "8400", "2760000", "28"]
    page = send(officer, world, header + ",".join(row).encode())
    assert "1 stage units of 1 schools" in page.text
