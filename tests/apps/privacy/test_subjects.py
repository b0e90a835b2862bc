"""What is held about one person: collected, handed over, forgotten wherever it lies."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from tests.apps.intake.district import as_csv
from tests.apps.privacy.conftest import IDENTITY, REGISTER, School
from tests.command_line import call
from tests.world import change, put, stored

from junheng.apps.accounts.models import User
from junheng.apps.audit.models import AuditEntry
from junheng.apps.foundation import clock, journal, person_keys
from junheng.apps.foundation.scoping import everything
from junheng.apps.intake import services
from junheng.apps.intake.models import Import, PreviewPart, State
from junheng.apps.privacy.consents import Given, consent_give
from junheng.apps.privacy.forgetting import subject_forget
from junheng.apps.privacy.models import Consent
from junheng.apps.privacy.subjects import Subject, held_about, subject_export
from junheng.apps.privacy.watermarks import watermark_of
from junheng.apps.registry.api import Person, Pupil
from junheng.engine.snapshot.pseudonyms import keys_for, pseudonym
from junheng.engine.store.session import Session
from junheng.errors import DataError, NotFound

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django.fixtures import Settings
    from tests.world import World

TODAY = date(2025, 10, 15)
ENDED = "2025-09-30"


def subject(world: World, number: str = "P1") -> Subject:
    return Subject(world.bureau, "pupils", number)


def sent(school: School, *, is_applied: bool = False) -> Import:
    """Send a file that renames the first pupil."""
    world = school.world
    content = as_csv("pupils", [{**school.pupils[0], "name": "改名"}])
    with everything(reason="test"):
        received = services.import_receive(
            bureau=world.bureau,
            school_year=world.year,
            source=services.Source("pupils.csv", content, world.officer.pk),
            datasets=["pupils"],
        )
        checked = services.import_check(import_id=received.pk)
        assert checked.state == State.CHECKED
        if is_applied:
            return services.import_apply(import_id=checked.pk, by=world.officer.pk)
        return checked


def ended(school: School, name: str = "改名") -> None:
    row = next(r for r in stored(school.place, "pupils") if r["pupil_id"] == "P1")
    change(school.place, "pupils", [(row, {**row, "to_date": ENDED})])


def consented(school: School) -> None:
    world = school.world
    given = Given("questionnaire", "guardian", "张某", "paper", TODAY)
    with everything(reason="test"):
        pupil = Pupil.objects.select_related("person").get(code="P1")
        by = world.reader(world.clerk)
        consent_give(pupil=pupil, given=given, by=by, now=clock.now())


def test_everything_held_is_handed_over(school: School, tmp_path: Path) -> None:
    sent(school, is_applied=True)
    consented(school)
    with everything(reason="test"):
        held = held_about(subject(school.world), TODAY)
        mark = watermark_of("operator", purpose="request", now=clock.now(), language="zh")
        as_json, workbook = subject_export(
            held, tmp_path, purpose="request", watermark=mark, now=clock.now()
        )
        (entry,) = AuditEntry.objects.filter(act="subject_export")
    told = json.loads(as_json.read_text())
    assert told["pupils"][0]["identity_number"] == IDENTITY
    assert [json.loads(line["new"])["name"] for line in told["journal"]] == ["欧阳小华", "改名"]
    assert told["imports"][0]["file"] == "pupils.csv"
    assert told["consents"][0]["guardian"] == "张某"
    assert "李示例" not in as_json.read_text()
    assert workbook.read_bytes()[:2] == b"PK"
    assert entry.purpose == "request"
    assert IDENTITY not in entry.keys + entry.detail


def test_nothing_held_is_told(school: School) -> None:
    with everything(reason="test"), pytest.raises(NotFound):
        held_about(subject(school.world, "P9"), TODAY)


def test_forgetting_reaches_everything(school: School) -> None:
    world = school.world
    applied = sent(school, is_applied=True)
    consented(school)
    ended(school)
    keys = [school.world.bureau.code, "P1"]
    waiting = sent_again(school)
    with everything(reason="test"):
        gone = subject_forget(subject(world), why="asked for", by=world.officer.pk, now=clock.now())
        assert (gone.n_rows, gone.n_consents, gone.n_lines_left) == (1, 1, 0)
        assert gone.n_lines >= 5
        assert not Pupil.objects.filter(code="P1").exists()
        assert not Person.objects.filter(name__in=["欧阳小华", "改名"]).exists()
        assert not Consent.objects.exists()
        waiting.refresh_from_db()
        assert (waiting.state, waiting.content) == (State.DISCARDED, "")
        assert not PreviewPart.objects.exists()
        lines = list(journal.rows_of_batch(applied.batch))
        assert [(line.key.split("/")[:2], line.is_forgotten) for line in lines] == [(keys, True)]
        assert not person_keys.existing_keys([subject(world).key_subject])
        held = held_about(subject(world), TODAY)
        assert {json.dumps(line) for line in held.sections["journal"]} & set() == set()
        assert all(line["new"] in ("", "{}") for line in held.sections["journal"])
        (entry,) = AuditEntry.objects.filter(act="erased")
        assert (entry.user_id, entry.n_rows) == (world.officer.pk, 1)
    left = stored(school.place, "pupils")
    assert [row["name"] for row in left] == ["李示例"]


def sent_again(school: School) -> Import:
    row = next(r for r in stored(school.place, "pupils") if r["pupil_id"] == "P1")
    pupils = [{**row, "is_boarder": "1"}]
    return sent(replace(school, pupils=pupils))


def test_who_is_enrolled_stays(school: School) -> None:
    world = school.world
    with everything(reason="test"):
        with pytest.raises(DataError, match="kept by law"):
            subject_forget(subject(world), why="asked for", by=None, now=clock.now())
        assert Pupil.objects.filter(code="P1").exists()
        assert person_keys.existing_keys([subject(world).key_subject])


def test_the_other_pupil_is_untouched_and_the_number_can_come_again(school: School) -> None:
    world = school.world
    ended(school)
    with everything(reason="test"):
        subject_forget(subject(world), why="asked for", by=None, now=clock.now())
        held = held_about(subject(world, "P2"), TODAY)
        assert json.loads(held.sections["journal"][0]["new"])["name"] == "李示例"
    put(school.place, "pupils", [school.pupils[0]])
    with everything(reason="test"):
        again = held_about(subject(world), TODAY)
        assert again.sections["pupils"][0]["register_number"] == REGISTER


def test_the_command(school: School, tmp_path: Path) -> None:
    where = ("pupils", "P1", "--bureau", school.world.bureau.code)
    assert call("person", "export", *where).code == 2
    assert call("person", "export", *where, "--out", tmp_path).code == 0
    assert len(list(tmp_path.iterdir())) == 2
    asked = call("--lang", "en", "person", "forget", *where, "--why", "asked for")
    assert asked.code == 2
    assert "add --sure" in asked.err
    refused = call("--lang", "en", "person", "forget", *where, "--why", "asked for", "--sure")
    assert "kept by law" in refused.err
    ended(school)
    done = call("--lang", "en", "person", "forget", *where, "--why", "asked for", "--sure")
    assert done.code == 0, done.err
    assert "Forgotten: 1 rows" in done.out


def test_an_export_on_the_command_line_has_the_same_rules(
    school: School, tmp_path: Path, settings: Settings
) -> None:
    path = tmp_path / "pupils.xlsx"
    where = ("--lang", "en", "export", "pupils", "--bureau", school.world.bureau.code)
    asked = (*where, "--year", "2025", "--out", path)
    assert "need a purpose" in call(*asked).err
    assert call(*asked, "--purpose", "migration").code == 0
    settings.EXPORT_ROWS_ALONE = 1
    assert "need a second person" in call(*asked, "--purpose", "migration").err
    for name, code in (("clerk", 2), ("outsider", 2), ("officer", 0)):
        assert User.objects.filter(username=name).exists()
        assert call(*asked, "--purpose", "migration", "--approved-by", name).code == code
    with everything(reason="test"):
        found = list(AuditEntry.objects.filter(act="export").order_by("pk"))
    assert [(entry.purpose, entry.n_rows) for entry in found] == [("migration", 2)] * 2
    assert found[1].detail.endswith("; officer")


def test_pseudonyms_go_with_the_person(school: School, tmp_path: Path) -> None:
    where = ("export", "all", "--bureau", school.world.bureau.code, "--year", "2025")
    out = ("--format", "parquet", "--purpose", "migration", "--snapshot-keys")

    def pseudonyms(folder: str) -> dict[str, str]:
        done = call(*where, "--out", tmp_path / folder, *out)
        assert done.code == 0, done.err
        with Session() as session:
            keys = keys_for(session, tmp_path / folder, None)
        return {n: pseudonym(keys.key_of("pupils", n), "pupils", n) for n in ("P1", "P2")}

    before = pseudonyms("before")
    assert pseudonyms("again") == before
    ended(school)
    with everything(reason="test"):
        subject_forget(subject(school.world), why="asked for", by=None, now=clock.now())
    put(school.place, "pupils", [{**school.pupils[0], "to_date": ENDED}])
    after = pseudonyms("after")
    assert after["P2"] == before["P2"]
    assert after["P1"] != before["P1"]
