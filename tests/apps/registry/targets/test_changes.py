"""Changes through targets: journal, undo, what rows share, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.world import change, drawn_rows, in_key_order, put, settled, stored

from junheng.apps.foundation import journal
from junheng.apps.foundation.models import Change
from junheng.apps.foundation.scoping import Scope, everything, within
from junheng.apps.registry import models
from junheng.apps.registry.targets import Place, target
from junheng.engine.store.session import Session
from junheng.errors import DataError, NotAllowed

if TYPE_CHECKING:
    from uuid import UUID

    Rows = list[dict[str, str | None]]


@pytest.fixture
def place(db: None) -> Place:
    return settled()


def first(place: Place, dataset: str) -> dict[str, str | None]:
    return stored(place, dataset)[0]


def undo(place: Place, dataset: str, batch: UUID) -> None:
    names = [field.id for field in target(dataset).contract.fields]

    def full(row: journal.Row | None) -> journal.Row | None:
        return None if row is None else {name: row.get(name) for name in names}

    turned = [(full(e.new), full(e.old)) for e in journal.rows_of_batch(batch)]
    change(place, dataset, turned)


def pupils_twice(place: Place) -> Rows:
    """Return both rows of a pupil who changed class, the earlier one first."""
    rows = stored(place, "pupils")
    codes = [row["pupil_id"] for row in rows]
    code = next(code for code in codes if codes.count(code) == 2)
    return [row for row in rows if row["pupil_id"] == code]


# --- journal and undo -----------------------------------------------------------------------------


def test_each_row_has_one_line_and_undo_brings_back_what_was(place: Place) -> None:
    before = stored(place, "pupils")
    moved, left, stays = before[0], before[1], before[2]
    new = stays | {"pupil_id": "N1", "register_number": None, "identity_number": None}
    batch = change(
        place,
        "pupils",
        [(moved, moved | {"to_date": "2026-01-31"}), (left, None), (None, new)],
    )
    entries = {entry.key: entry for entry in journal.rows_of_batch(batch)}
    assert entries.keys() == {
        f"990101/{row['pupil_id']}/{row['from_date']}" for row in (moved, left, new)
    }
    gone = entries[f"990101/{left['pupil_id']}/{left['from_date']}"]
    assert gone.new is None
    assert gone.old is not None
    assert gone.old["identity_number"] == left["identity_number"]
    assert stored(place, "pupils") != before
    undo(place, "pupils", batch)
    assert stored(place, "pupils") == before


def test_undo_of_everything_leaves_an_empty_bureau(place: Place) -> None:
    newest_first = Change.objects.filter(kind__startswith=journal.DATASET).order_by("-pk")
    told = dict.fromkeys(newest_first.values_list("kind", "batch"))
    for kind, batch in told:
        assert batch is not None
        undo(place, kind.removeprefix(journal.DATASET), batch)
    with everything(reason="test"):
        assert not models.School.objects.filter(bureau=place.bureau_id).exists()
        assert not models.Person.objects.filter(bureau=place.bureau_id).exists()


def test_a_later_change_of_the_same_row_is_told(place: Place) -> None:
    row, other = stored(place, "rooms")[:2]
    batch = change(place, "rooms", [(row, row | {"area_m2": "50.5"})])
    assert not journal.later_changes(batch).exists()
    change(place, "rooms", [(other, other | {"area_m2": "60"})])
    assert not journal.later_changes(batch).exists()
    later = change(place, "rooms", [(row | {"area_m2": "50.5"}, row)])
    assert [entry.batch for entry in journal.later_changes(batch)] == [later]


def test_keys_of_yearly_rows_name_the_year(place: Place) -> None:
    assert target("schools").key_text(place, ("2153990001",)) == "990101/2025/2153990001"
    assert target("pupils").key_text(place, ("P1", "2025-09-01")) == "990101/P1/2025-09-01"
    row = first(place, "classes")
    batch = change(place, "classes", [(row, row | {"class_kind_code": None})])
    assert [entry.key for entry in journal.rows_of_batch(batch)] == [
        f"990101/2025/{row['class_id']}"
    ]


def test_no_number_of_a_person_stands_anywhere_in_the_database(place: Place) -> None:
    row = first(place, "pupils")
    change(place, "pupils", [(row, row | {"is_boarder": "1", "disability_code": "65"})])
    secrets = {str(r["identity_number"]) for r in drawn_rows("pupils") + drawn_rows("staff")}
    secrets |= {str(r["register_number"]) for r in drawn_rows("pupils")}
    names = {str(r["name"]) for r in drawn_rows("pupils")}
    journalled = ""
    for table in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{table}"')
            text = repr(cursor.fetchall())
        assert not [number for number in secrets if number in text], table
        if table == Change._meta.db_table:
            journalled = text
    assert not [name for name in names if name in journalled]


# --- what rows share ------------------------------------------------------------------------------


def test_a_corrected_name_is_corrected_in_every_row_and_undone_in_every_row(place: Place) -> None:
    before = stored(place, "pupils")
    earlier, later = pupils_twice(place)
    batch = change(place, "pupils", [(later, later | {"name": "更名", "ethnicity_code": "02"})])
    assert [row["name"] for row in pupils_twice(place)] == ["更名", "更名"]
    told = {entry.key for entry in journal.rows_of_batch(batch)}
    assert told == {f"990101/{r['pupil_id']}/{r['from_date']}" for r in (earlier, later)}
    undo(place, "pupils", batch)
    assert stored(place, "pupils") == before


def test_a_new_row_that_contradicts_the_person_is_refused(place: Place) -> None:
    earlier, later = pupils_twice(place)
    change(place, "pupils", [(later, None)])
    with pytest.raises(DataError, match="姓名"):
        put(place, "pupils", [later | {"name": "别人"}])
    with pytest.raises(DataError, match="身份证件号"):
        put(place, "pupils", [later | {"identity_number": None}])
    put(place, "pupils", [later])
    assert pupils_twice(place) == [earlier, later]


def test_rows_of_one_person_must_agree(place: Place) -> None:
    earlier, later = pupils_twice(place)
    with pytest.raises(DataError, match="性别"):
        change(place, "pupils", [(earlier, earlier | {"sex_code": "9"}), (later, later)])


def test_a_person_goes_with_the_last_row_and_not_before(place: Place) -> None:
    for row in pupils_twice(place):
        with everything(reason="test"):
            assert models.Pupil.objects.filter(code=row["pupil_id"]).exists()
        change(place, "pupils", [(row, None)])
    with everything(reason="test"):
        assert not models.Pupil.objects.filter(code=row["pupil_id"]).exists()
        assert models.Person.objects.count() == models.Pupil.objects.count() + (
            models.Staff.objects.count()
        )


def test_two_people_may_exchange_their_numbers(place: Place) -> None:
    one, other = [row for row in stored(place, "staff") if row["identity_number"]][:2]
    numbers = {"identity_number": other["identity_number"]}
    back = {"identity_number": one["identity_number"]}
    change(place, "staff", [(one, one | numbers), (other, other | back)])
    found = {row["staff_id"]: row["identity_number"] for row in stored(place, "staff")}
    assert found[one["staff_id"]] == other["identity_number"]


def test_a_pupil_who_becomes_a_teacher_is_one_person(place: Place) -> None:
    pupil = first(place, "pupils")
    same = {name: pupil[name] for name in ("name", "sex_code", "birth_date", "identity_number")}
    teacher = first(place, "staff") | {"staff_id": "N1"} | same
    put(place, "staff", [teacher])
    with everything(reason="test"):
        assert models.Pupil.objects.get(code=pupil["pupil_id"]).person == (
            models.Staff.objects.get(code="N1").person
        )
    with pytest.raises(DataError, match="both pupil and member of staff"):
        change(place, "staff", [(teacher, teacher | {"name": "别名"})])
    with pytest.raises(DataError, match="known already"):
        put(place, "staff", [teacher | {"staff_id": "N2", "name": "别名"}])
    with pytest.raises(DataError, match="belongs to somebody else"):
        put(place, "staff", [teacher | {"staff_id": "N2"}])


# --- daily work and its order ---------------------------------------------------------------------


def test_closing_comes_before_adding_whatever_the_order(place: Place) -> None:
    row = next(r for r in stored(place, "pupils") if r["to_date"] is None)
    other = next(r for r in stored(place, "classes") if r["class_id"] != row["class_id"])
    moved = row | {"class_id": other["class_id"], "from_date": "2026-03-02"}
    change(place, "pupils", [(None, moved), (row, row | {"to_date": "2026-03-01"})])
    assert moved in stored(place, "pupils")


@pytest.mark.parametrize(
    ("dataset", "edit", "why"),
    [
        ("pupils", {"class_id": "nowhere"}, "There is no 班级编号 “nowhere”"),
        ("pupils", {"to_date": "1999-01-01"}, "A day lies before"),
        ("rooms", {"school_id": "2153000000"}, "There is no 学校标识码"),
        ("rooms", {"area_m2": "-1"}, "below zero"),
        ("schools", {"county_code": "110101"}, "another county"),
    ],
)
def test_what_cannot_be_is_said(place: Place, dataset: str, edit: dict[str, str], why: str) -> None:
    row, before = first(place, dataset), stored(place, dataset)
    n_entries = Change.objects.count()
    with pytest.raises(DataError, match=why):
        change(place, dataset, [(row, row | edit)])
    assert stored(place, dataset) == before
    assert Change.objects.count() == n_entries


def test_an_overlap_a_double_and_a_ghost_are_refused(place: Place) -> None:
    row = next(r for r in stored(place, "pupils") if r["to_date"] is None)
    with pytest.raises(DataError, match="two classes on one day"):
        put(place, "pupils", [row | {"from_date": "2026-03-02"}])
    with pytest.raises(DataError, match=r"is there already|two classes"):
        put(place, "pupils", [row])
    with pytest.raises(DataError, match="not there any more"):
        change(place, "pupils", [(row | {"from_date": "2026-03-02"}, None)])


@pytest.mark.parametrize("dataset", ["units", "campuses", "schools", "classes"])
def test_what_is_referred_to_does_not_go(place: Place, dataset: str) -> None:
    with pytest.raises(DataError, match="still referred to"):
        change(place, dataset, [(first(place, dataset), None)])


def test_a_school_shows_its_newest_profile(place: Place) -> None:
    row = first(place, "schools")
    next_year = Place(place.bureau_id, 2026)
    put(next_year, "schools", [row | {"school_name": "新校名", "kind_code": "312"}])
    with everything(reason="test"):
        school = models.School.objects.get(identifier=row["school_id"])
        assert (school.name_zh, school.kind) == ("新校名", "nine_year")
        assert stored(place, "schools")[0] == row
        change(next_year, "schools", [(stored(next_year, "schools")[0], None)])
        school.refresh_from_db()
    assert (school.name_zh, school.kind) == (row["school_name"], "primary")


# --- whose rows -----------------------------------------------------------------------------------


def test_a_school_reads_and_writes_its_own_rows_alone(place: Place) -> None:
    rows = drawn_rows("pupils")
    classes = {r["class_id"]: r["school_id"] for r in drawn_rows("classes")}
    mine = str(drawn_rows("schools")[0]["school_id"])
    own = Place(place.bureau_id, place.school_year, frozenset({mine}))
    expected = [r for r in rows if classes[r["class_id"]] == mine]
    assert 0 < len(expected) < len(rows)
    assert stored(own, "pupils") == in_key_order("pupils", expected)
    for dataset in ("rooms", "staff", "schools", "units", "equipment"):
        assert {r["school_id"] for r in stored(own, dataset)} == {mine}, dataset
    foreign = next(r for r in rows if classes[r["class_id"]] != mine)
    for pair in ((None, foreign | {"pupil_id": "N1"}), (foreign, None), (foreign, foreign)):
        with pytest.raises(NotAllowed, match="does not belong"):
            change(own, "pupils", [pair])
    with pytest.raises(NotAllowed):
        put(own, "county_facts", [{"county_code": "990101", "year": "2025", "key": "x"}])
    change(own, "pupils", [(expected[0], expected[0] | {"is_boarder": "1"})])


def test_the_scope_in_force_must_reach_the_place(place: Place) -> None:
    row = first(place, "rooms")
    mine = Place(place.bureau_id, place.school_year, frozenset({str(row["school_id"])}))
    with everything(reason="test"):
        school = models.School.objects.get(identifier=row["school_id"])
    with Session() as session:
        with within(Scope(schools=frozenset({school.pk}))):
            assert target("rooms").load(session, "own", mine) > 0
            with pytest.raises(NotAllowed):
                target("rooms").load(session, "whole", place)
        with within(Scope()), pytest.raises(NotAllowed):
            target("rooms").load(session, "own", mine)


def test_the_number_of_queries_does_not_grow_with_the_rows(place: Place) -> None:
    def n_queries(n_rows: int) -> int:
        rows = stored(place, "rooms")[:n_rows]
        with CaptureQueriesContext(connection) as queries:
            change(place, "rooms", [(row, row) for row in rows])
        return len(queries)

    assert n_queries(1) == n_queries(60)
