"""The way of a file: checked, looked at, applied, undone; nothing else is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection, transaction

from junheng.apps.foundation.models import Change
from junheng.apps.foundation.scoping import everything
from junheng.apps.intake import selectors, services
from junheng.apps.intake.models import Import, PreviewPart, State
from junheng.engine.contracts.identifiers import identity_check
from junheng.errors import DataError

if TYPE_CHECKING:
    from tests.apps.intake.district import District

pytestmark = pytest.mark.django_db


def moved(row: dict[str, str | None], class_id: str | None) -> dict[str, str | None]:
    return {**row, "class_id": class_id, "from_date": "2025-10-13"}


def test_it_works(district: District) -> None:
    before = district.everything()
    one, two, three = district.pupils_of(district.school)[:3]
    file = [{**one, "name": "改名"}, moved(two, three["class_id"]), three]
    source = district.send("pupils", file)
    assert source.state == State.CHECKED
    part = district.part(source)
    assert (part.n_rows, part.n_new, part.n_changed, part.n_unchanged, part.n_removed) == (
        3, 1, 2, 1, 0,
    )  # fmt: skip
    assert district.everything() == before, "checking writes nothing"

    district.apply(source)
    rows = {(r["pupil_id"], r["from_date"]): r for r in district.rows("pupils")}
    assert rows[one["pupil_id"], one["from_date"]]["name"] == "改名"
    assert rows[two["pupil_id"], two["from_date"]]["to_date"] == "2025-10-12"
    assert rows[two["pupil_id"], "2025-10-13"]["class_id"] == three["class_id"]
    assert len(rows) == len(before["pupils"]) + 1

    district.undo(source)
    assert district.everything() == before
    with everything(reason="test"):
        source.refresh_from_db()
    assert (source.state, source.undone_by) == (State.UNDONE, district.world.officer)


def test_the_preview_is_read_in_windows(district: District) -> None:
    present = [row for row in district.rows("pupils") if row["to_date"] is None]
    rows = [{**row, "name": f"改名{n}"} for n, row in enumerate(present[:250])]
    source = district.send("pupils", rows)
    with everything(reason="test"):
        part = selectors.part_of(source, "pupils")
        window, total = selectors.changes_of(part, kind="changed", limit=20, offset=95)
        assert total == part.n_changed >= 250
        direct, _ = selectors.changes_of(part, limit=300)
        assert list(window) == list(direct[95:115])
        assert [one.changed for one in window] == [("name",)] * 20
        found, n_found = selectors.changes_of(part, search="改名17", limit=3)
        assert n_found == 11
        assert (found[0].new or {})["name"] == "改名17"
        assert selectors.changes_of(part, kind="new", limit=5) == ((), 0)


def test_applying_twice_writes_once(district: District) -> None:
    row = {**district.rows("pupils")[0], "name": "改名"}
    source = district.send("pupils", [row])
    district.apply(source)
    n_lines = Change.objects.count()
    assert district.apply(source).state == State.APPLIED
    assert Change.objects.count() == n_lines


def test_a_file_with_faults_is_not_applied(district: District) -> None:
    row = {**district.rows("pupils")[0], "sex_code": "女的"}
    source = district.send("pupils", [row])
    assert (source.state, source.n_faults) == (State.FAULTY, 1)
    with pytest.raises(DataError, match="without faults"):
        district.apply(source)
    (fault,) = district.faults(source)
    assert (fault.row, fault.field_id, fault.value) == (2, "sex_code", "女的")


def test_a_whole_table_removes_what_it_leaves_out(district: District) -> None:
    rooms = district.rows("rooms")
    source = district.send("rooms", rooms[2:], is_whole=True)
    part = district.part(source)
    assert (part.n_removed, part.n_unchanged) == (2, len(rooms) - 2)
    district.apply(source)
    assert district.rows("rooms") == rooms[2:]
    district.undo(source)
    assert district.rows("rooms") == rooms


def test_a_preview_that_has_aged_is_not_applied(district: District) -> None:
    row = district.rows("pupils")[0]
    first = district.send("pupils", [{**row, "name": "甲"}], by=district.world.officer)
    second = district.send("pupils", [{**row, "name": "乙"}], by=district.world.director)
    district.apply(second)
    with pytest.raises(services.Aged):
        district.apply(first)
    assert district.rows("pupils")[0]["name"] == "乙"
    with everything(reason="test"):
        again = services.import_check(import_id=first.pk, is_aged=True)
        part = again.parts.get()
        (change,), _ = selectors.changes_of(part, limit=9)
    assert again.is_aged
    assert (change.old or {})["name"] == "乙"
    district.apply(first)
    assert district.rows("pupils")[0]["name"] == "甲"


def test_a_newer_file_for_the_same_supersedes_the_one_that_waits(district: District) -> None:
    row = district.rows("pupils")[0]
    older = district.send("pupils", [{**row, "name": "甲"}])
    district.send("pupils", [{**row, "name": "乙"}])
    with everything(reason="test"):
        older.refresh_from_db()
        assert (older.state, older.content) == (State.SUPERSEDED, "")
        assert not PreviewPart.objects.filter(part__source=older).exists()
    with pytest.raises(DataError):
        district.apply(older)


def test_a_discarded_file_leaves_its_line_in_the_history(district: District) -> None:
    source = district.send("pupils", district.rows("pupils")[:1])
    with everything(reason="test"):
        services.import_discard(source=source)
        kept = Import.objects.get(pk=source.pk)
    assert (kept.state, kept.content, kept.faults) == (State.DISCARDED, "", "")


def test_nothing_is_written_when_the_database_refuses(district: District) -> None:
    """No contract forbids that a member of staff is a pupil too; the database does."""
    first17 = "99010120050301001"
    born = {"identity_number": first17 + identity_check(first17), "birth_date": "2005-03-01",
            "sex_code": "1"}  # fmt: skip
    staff = {**district.rows("staff")[0], "staff_id": "T9", "school_id": district.school.identifier}
    district.apply(district.send("staff", [{**staff, **born}]))
    before = district.everything()
    pupils = district.pupils_of(district.school)
    file = [{**pupils[0], "name": "改名"}, {**pupils[1], **born}]
    source = district.send("pupils", file, by=district.world.director)
    assert source.state == State.CHECKED
    with pytest.raises(DataError, match="belongs to somebody else"), transaction.atomic():
        district.apply(source)
    assert district.everything() == before


def test_all_that_tells_of_people_is_encrypted(district: District) -> None:
    row = {**district.pupils_of(district.school)[0], "name": "欧阳独一无二"}
    bad = {**district.pupils_of(district.school)[1], "sex_code": "x"}
    district.apply(district.send("pupils", [row], by=district.world.officer))
    district.send("pupils", [row, bad], by=district.world.director)
    secrets = [str(row["identity_number"]), str(row["register_number"])]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            text = str(cursor.fetchall())
            assert not [s for s in secrets if s in text], table
            if table.startswith(("intake_", "jobs_")):
                assert "欧阳独一无二" not in text, table
