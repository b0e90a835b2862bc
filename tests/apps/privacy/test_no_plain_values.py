"""A stolen database and read logs show no number of a person, after a real import."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection
from tests.apps.intake.district import as_csv
from tests.apps.privacy.conftest import CLASS_ID, IDENTITY, REGISTER, School, pupil
from tests.world import stored

from junheng.apps.foundation.scoping import everything
from junheng.apps.intake import services
from junheng.apps.intake.models import State
from junheng.engine.contracts.identifiers import identity_check

if TYPE_CHECKING:
    import pytest
    from django.test import Client

NAME = "令狐标记"
ADDRESS = "样例区甲乙街道丙丁巷1号"
NEW = "99010120170401001"
MARKED = NEW + identity_check(NEW)
PHONE = "13999990000"


def dump() -> str:
    """Return every value of the database as the test's own transaction sees it."""
    told = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            told += [str(value) for row in cursor.fetchall() for value in row]
    return "\n".join(told)


def imported(school: School) -> None:
    """Check and apply a file; leave another one waiting and a faulty one."""
    world = school.world
    row = pupil(
        "P3",
        NAME,
        birth_date="2017-04-01",
        identity_kind_code="1",
        identity_number=MARKED,
        home_address=ADDRESS,
        class_id=CLASS_ID,
    )
    wrong = {**row, "identity_number": MARKED[:-1] + "A"}
    with everything(reason="test"):
        for name, rows, expected in (
            ("applied", [row], State.CHECKED),
            ("waiting", [{**row, "is_boarder": "1"}], State.CHECKED),
            ("faulty", [wrong], State.FAULTY),
        ):
            received = services.import_receive(
                bureau=world.bureau,
                school_year=world.year,
                source=services.Source(f"{name}.csv", as_csv("pupils", rows), world.officer.pk),
                datasets=["pupils"],
            )
            checked = services.import_check(import_id=received.pk)
            assert checked.state == expected
            if name == "applied":
                services.import_apply(import_id=checked.pk, by=world.officer.pk)


def test_it_works(
    school: School, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level("DEBUG")
    world = school.world
    world.clerk.phone = PHONE
    world.clerk.save()
    imported(school)
    (row,) = [r for r in stored(school.place, "pupils") if r["pupil_id"] == "P3"]
    assert (row["identity_number"], row["home_address"]) == (MARKED, ADDRESS)
    told = dump()
    assert "P3" in told, "the dump holds what was imported"
    for secret in (MARKED, MARKED[:-1], IDENTITY, REGISTER, PHONE, ADDRESS, ADDRESS[3:]):
        assert secret not in told
    out, err = capfd.readouterr()
    logged = caplog.text + out + err
    for secret in (NAME, MARKED, MARKED[:-1], PHONE, ADDRESS):
        assert secret not in logged


def test_pages_log_no_name(
    client: Client, school: School, capfd: pytest.CaptureFixture[str]
) -> None:
    client.force_login(school.world.clerk)
    key = "key=P1&key=2024-09-01&year=2025"
    client.get(f"/intake/rows/pupils/?{key}")
    client.post(f"/intake/rows/pupils/unmask?{key}", {"purpose": "correct"})
    client.post("/privacy/consents/", {"pupil": "P1", "guardian": NAME})
    client.get("/intake/rows/pupils/?key=nobody")
    out, err = capfd.readouterr()
    for secret in ("欧阳小华", NAME, IDENTITY):
        assert secret not in out + err
